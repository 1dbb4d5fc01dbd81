# SPDX-License-Identifier: EUPL-1.2
"""The order in which a form is read on paper: sections, numbered lines, the same numbers as in the window.

A section is a top-level group; questions outside of any group make sections of their own (of 25 when the form is long
and flat). « 3.2 » is the second question of the third section, counting also what is not relevant now, so that a
number never moves. Notes and calculated values have no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.reading_order import CHOICE_CONTROLS, is_note, pages_of
from forms.views import NodeKind, NodeView

if TYPE_CHECKING:
    from forms import FormSession

UNNUMBERED = " "  # the number of what is asked inside an entry of a repeat
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]+\)")
_EMPHASIS = re.compile(r"(?<![\w\\])(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_MARKS = re.compile(r"</?span[^>]*>|^\s*#{1,6}\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A question, note, repeat or nested heading; `number` is "" where nothing is asked; `level` counts from 0."""

    node: NodeView
    number: str
    level: int

    @property
    def is_note(self) -> bool:
        """Tell whether it asks nothing: shown text, or a value that nobody can change."""
        return self.node.kind is NodeKind.QUESTION and not self.number


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A numbered part of the form; `node` is its group, or None for loose questions."""

    number: int
    title: str
    node: NodeView | None
    lines: tuple[PaperLine, ...]


def plain(node: NodeView) -> str:
    """Return the label without Markdown and HTML marks, or the node's name made readable."""
    words = strip_marks(node.label.value) if node.label else ""
    return words or node.ref.rpartition("/")[2].partition("[")[0].replace("_", " ").capitalize()


def is_sentence(text: str) -> bool:
    """Tell a note from the bare name of a value that the program fills in: both are readonly texts of a form."""
    return len(text) > 60 or text.endswith((".", ":", "?", "…"))


def strip_marks(text: str) -> str:
    """Return the text of a label without the marks of the Markdown subset of XLSForm."""
    text = _MARKS.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)).strip()


def read_sections(session: FormSession) -> list[PaperSection]:
    """Return all sections in form order, relevant or not."""
    found = []
    for number, nodes in enumerate(pages_of(session), 1):
        group = nodes[0] if nodes[0].kind is NodeKind.GROUP else None
        inside = session.children(group.ref) if group else nodes
        lines = tuple(_lines(session, inside, number, iter(range(1, 100_000)), 0))
        title = plain(nodes[0]) if group or len(nodes) == 1 else session.form.title
        found.append(PaperSection(number, title, group, lines))
    return found


def question_numbers(sections: list[PaperSection]) -> dict[str, str]:
    """Return the number of each numbered ref."""
    return {line.node.ref: line.number for section in sections for line in section.lines if line.number}


def _lines(
    session: FormSession, nodes: list[NodeView], section: int, counter: Iterator[int], level: int
) -> Iterator[PaperLine]:
    for i, node in enumerate(nodes):
        if node.kind is NodeKind.GROUP:
            if node.label and node.label.value.strip():
                yield PaperLine(node, "", level)
            yield from _lines(session, session.children(node.ref), section, counter, level + 1)
        elif _heads_a_grid(nodes, i):
            continue
        elif is_note(node):
            yield PaperLine(node, "", level)
        else:
            yield PaperLine(node, f"{section}.{next(counter)}", level)


def _heads_a_grid(nodes: list[NodeView], i: int) -> bool:
    """Tell whether a select only carries the headings of the grid below it (what `table-list` compiles to)."""
    if nodes[i].control not in CHOICE_CONTROLS or "label" not in nodes[i].appearance or i + 1 == len(nodes):
        return False
    return nodes[i + 1].control == nodes[i].control and "list-nolabel" in nodes[i + 1].appearance
