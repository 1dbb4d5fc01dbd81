# SPDX-License-Identifier: EUPL-1.2
"""Which frame shows which item."""

from __future__ import annotations

from ui.entry.frame import Frame, Surroundings
from ui.entry.question_frames import GridFrame, HeadingFrame, NoteFrame, QuestionFrame
from ui.entry.repeat_frame import RepeatFrame
from ui.entry.sections import Item, ItemKind

_FRAMES: dict[ItemKind, type[Frame]] = {
    ItemKind.HEADING: HeadingFrame,
    ItemKind.NOTE: NoteFrame,
    ItemKind.MATRIX: GridFrame,
    ItemKind.REPEAT: RepeatFrame,
    ItemKind.QUESTION: QuestionFrame,
}


def make_frame(item: Item, around: Surroundings) -> Frame:
    """Return the frame of an item, drawn as its nodes stand."""
    return _FRAMES[item.kind](item, around)
