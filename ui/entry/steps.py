# SPDX-License-Identifier: EUPL-1.2
"""« Une par une »: one question fills the window, with bigger text and tiles for a finger or an interview."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from forms.views import Changes
from ui import theme
from ui.entry.desk import TOUCH_PERCENT, Desk
from ui.entry.frame import Frame
from ui.entry.section_page import Column
from ui.entry.sections import Item, ItemKind, Section, read_items
from ui.widgets import Label, scrolled

WIDTH = 716
_ASKING = (ItemKind.QUESTION, ItemKind.MATRIX, ItemKind.REPEAT)


@dataclass(frozen=True, slots=True)
class Step:
    """What is shown at once: a question with the notes and headings before it."""

    section: Section
    items: tuple[Item, ...]

    @property
    def asked(self) -> Item:
        """Return the item that is answered (the last note of a step that asks nothing)."""
        return self.items[-1]

    def holds(self, ref: str) -> bool:
        """Tell whether the step shows `ref`."""
        return any(
            ref in item.refs or (item.kind is ItemKind.REPEAT and ref.startswith(f"{item.ref}[")) for item in self.items
        )


def read_steps(desk: Desk, sections: list[Section]) -> list[Step]:
    """Return the steps of the form as it stands: irrelevant questions are left out."""
    steps: list[Step] = []
    for section in sections:
        gathered: list[Item] = []
        for item in read_items(desk.session, section):
            if not any(desk.node(ref).relevant for ref in item.refs):
                continue
            gathered.append(item)
            if item.kind in _ASKING:
                steps.append(Step(section, tuple(gathered)))
                gathered = []
        notes = [item for item in gathered if item.kind is ItemKind.NOTE]
        if notes:
            steps.append(Step(section, tuple(gathered)))
    return steps


class StepPage(QWidget):
    """One step in view."""

    answered = Signal(str, str)
    typed = Signal(str, str)
    focused = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.step: Step | None = None
        self.frames: list[Frame] = []
        self._column = Column(WIDTH)
        self._column.box.setContentsMargins(18, 32, 18, 32)
        self._column.box.setSpacing(4)
        self._overline = Label("", "overline", "primary_text", percent=TOUCH_PERCENT)
        self._column.box.addStretch(2)
        self._column.box.addWidget(self._overline)
        self._column.box.addStretch(3)
        self.area = scrolled(self._column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.area)

    def show_step(self, step: Step) -> None:
        """Show another step and put the keyboard into it."""
        for frame in self.frames:
            self._column.box.removeWidget(frame)
            frame.hide()
            frame.deleteLater()
        self.frames = []
        self.step = step
        number = f"{step.asked.number} · " if step.asked.number else ""
        self._overline.setText(number + step.section.title)
        around = self._desk.around(touch=True)
        for item in step.items:
            frame = around.frame(item, around)
            frame.stand_alone()
            frame.answered.connect(self.answered)
            frame.typed.connect(self.typed)
            frame.focused.connect(self.focused)
            self._column.box.insertWidget(self._column.box.count() - 1, frame)
            self.frames.append(frame)
        self.area.verticalScrollBar().setValue(0)
        self.frames[-1].take_focus()

    def asking(self) -> Frame | None:
        """Return the frame that is answered."""
        return self.frames[-1] if self.frames else None

    def refresh(self, changes: Changes | None = None) -> None:
        """Draw the step as it stands now."""
        del changes
        for frame in self.frames:
            frame.refresh()

    def fit(self) -> None:
        """Follow the text size."""
        self._column.fit()
        self._overline.setFont(theme.font("overline", percent=TOUCH_PERCENT))
