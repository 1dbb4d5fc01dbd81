# SPDX-License-Identifier: EUPL-1.2
"""How a form is cut for the window: sections, and in each section the items from top to bottom.

A section is a top-level group; questions that stand outside of any group make sections of their own, of at most 25
questions when the form is long and flat. Numbers (`3.2`) count every question of the form, also the ones that are not
relevant now: they never move under the reader's eyes and match the printed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Protocol

from fieldkit.reading_order import CHOICE_CONTROLS, is_note, pages_of
from forms.views import Choice, NodeKind, NodeView, Progress
from ui.entry.markdown import to_plain_text

if TYPE_CHECKING:
    from forms import FormSession


class Nodes(Protocol):
    """What reading items asks of a session."""

    def children(self, ref: str = "") -> list[NodeView]:
        """Return the body nodes below a ref."""
        ...

    def choices(self, ref: str) -> Sequence[Choice]:
        """Return what a select offers."""
        ...


class ItemKind(StrEnum):
    """What one line of a section is on screen."""

    HEADING = "heading"  # a nested group: its label
    QUESTION = "question"
    NOTE = "note"  # nothing to answer: a note, or a value that the form works out and shows
    REPEAT = "repeat"
    MATRIX = "matrix"  # consecutive selects over one list, as rows of one grid


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section. `refs` are the rows of a matrix, else `(ref,)`; `level` is the depth below the section."""

    ref: str
    kind: ItemKind
    number: str
    level: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form. `key` names it for as long as the form is open; `refs` are the nodes that it shows."""

    number: int
    key: str
    title: str
    refs: tuple[str, ...]

    def holds(self, ref: str) -> bool:
        """Tell whether the node of `ref` is on this page."""
        return any(ref == own or ref.startswith((f"{own}/", f"{own}[")) for own in self.refs)


def read_sections(session: FormSession) -> list[Section]:
    """Return all sections that have something relevant to show, numbered as they are in the whole form."""
    sections: list[Section] = []
    for number, nodes in enumerate(pages_of(session), start=1):
        if any(_shows_something(session, node) for node in nodes):
            refs = tuple(node.ref for node in nodes)
            sections.append(Section(number, refs[0], _title(session, nodes, number), refs))
    return sections


def read_items(session: FormSession, section: Section) -> list[Item]:
    """Return the items of a section in form order, irrelevant ones included."""
    counter = count(1)
    items: list[Item] = []
    for ref in section.refs:
        node = session.node(ref)
        if node.kind is NodeKind.GROUP:
            items += _items(session, session.children(ref), section.number, counter, 0)
        else:
            items += _items(session, [node], section.number, counter, 0)
    return items


def entry_items(nodes: Nodes, entry_ref: str) -> list[Item]:
    """Return the items of one entry of a repeat, without numbers."""
    return [replace(item, number="") for item in _items(nodes, nodes.children(entry_ref), 0, count(1), 0)]


def question_refs(session: FormSession, section: Section) -> list[str]:
    """Return the refs of a section that can be shown now, in order: the steps of « Une par une »."""
    return [
        ref
        for item in read_items(session, section)
        if item.kind not in (ItemKind.HEADING,)
        for ref in item.refs
        if session.node(ref).relevant
    ]


def section_progress(session: FormSession, section: Section) -> Progress:
    """Return how far a section is, whether it is one group or loose questions."""
    parts = [_node_progress(session, session.node(ref)) for ref in section.refs]
    return Progress(
        sum(p.asked for p in parts),
        sum(p.answered for p in parts),
        sum(p.invalid for p in parts),
        sum(p.missing for p in parts),
    )


def node_title(node: NodeView) -> str:
    """Return the label of a node as plain words, else its name in the form."""
    words = to_plain_text(node.label.value) if node.label else ""
    return words or node.ref.rpartition("/")[2].partition("[")[0].replace("_", " ").capitalize()


def _shows_something(session: FormSession, node: NodeView) -> bool:
    if not node.relevant:
        return False
    if node.kind is NodeKind.GROUP:
        return any(_shows_something(session, child) for child in session.children(node.ref))
    return True


def _title(session: FormSession, nodes: list[NodeView], number: int) -> str:
    first = nodes[0]
    if first.kind is NodeKind.GROUP or len(nodes) == 1:
        return node_title(first)
    pages = [page for page in pages_of(session) if page[0].kind is not NodeKind.GROUP]
    title: str = session.form.title
    return title if len(pages) == 1 else f"{title} ({number})"


def _items(session: Nodes, nodes: list[NodeView], section: int, counter: Iterator[int], level: int) -> Iterator[Item]:
    position = 0
    while position < len(nodes):
        node = nodes[position]
        rows = _matrix_rows(session, nodes, position)
        if rows:
            refs = tuple(row.ref for row in rows)
            first = next(counter)
            for _ in rows[1:]:
                next(counter)
            yield Item(refs[0], ItemKind.MATRIX, f"{section}.{first}", level, refs)
            position += len(rows) + (0 if rows[0] is node else 1)
            continue
        yield from _item(session, node, section, counter, level)
        position += 1


def _item(session: Nodes, node: NodeView, section: int, counter: Iterator[int], level: int) -> Iterator[Item]:
    if node.kind is NodeKind.GROUP:
        if node.label and node.label.value.strip():
            yield Item(node.ref, ItemKind.HEADING, "", level, (node.ref,))
        yield from _items(session, session.children(node.ref), section, counter, level + 1)
    elif node.kind is NodeKind.REPEAT:
        yield Item(node.ref, ItemKind.REPEAT, f"{section}.{next(counter)}", level, (node.ref,))
    elif is_note(node):
        yield Item(node.ref, ItemKind.NOTE, "", level, (node.ref,))
    else:
        yield Item(node.ref, ItemKind.QUESTION, f"{section}.{next(counter)}", level, (node.ref,))


def _matrix_rows(session: Nodes, nodes: list[NodeView], start: int) -> list[NodeView]:
    """Return the selects from `start` on that share one list and ask for a grid (what `table-list` compiles to)."""
    head = nodes[start]
    if head.kind is not NodeKind.QUESTION or head.control not in CHOICE_CONTROLS:
        return []
    first = start + 1 if "label" in head.appearance else start
    rows: list[NodeView] = []
    offered: list[str] = []
    for node in nodes[first:]:
        if node.control != head.control or "list-nolabel" not in node.appearance:
            break
        values = [choice.value for choice in session.choices(node.ref)]
        if rows and values != offered:
            break
        offered = values
        rows.append(node)
    return rows


def _node_progress(session: FormSession, node: NodeView) -> Progress:
    if node.kind is not NodeKind.QUESTION:
        return session.progress(node.ref)
    if not node.relevant or node.readonly or is_note(node):
        return Progress(0, 0, 0, 0)
    answered = int(bool(node.value))
    return Progress(1, answered, int(node.violation is not None), int(node.required and not answered))
