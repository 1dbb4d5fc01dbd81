# SPDX-License-Identifier: EUPL-1.2
"""How a form is cut into sections, the same in the window and on paper, so that « 3.2 » is one question in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from forms.views import NodeKind, NodeView

if TYPE_CHECKING:
    from forms import FormSession

FLAT_LIMIT = 40
FLAT_PAGE = 25
CHOICE_CONTROLS = ("select1", "select")


def is_note(node: NodeView) -> bool:
    """Tell whether a question asks nothing: shown text, or a value that nobody can change."""
    return node.kind is NodeKind.QUESTION and node.readonly and node.control != "trigger"


def pages_of(session: FormSession) -> Iterator[list[NodeView]]:
    """Yield the nodes of each section in form order, relevant or not.

    A section is a top-level group (one group around everything does not count); questions outside of any group make
    sections of their own, of `FLAT_PAGE` when more than `FLAT_LIMIT` follow each other.
    """
    nodes = session.children()
    while len(nodes) == 1 and nodes[0].kind is NodeKind.GROUP and _holds_groups(session, nodes[0]):
        nodes = session.children(nodes[0].ref)
    loose: list[NodeView] = []
    for node in nodes:
        if node.kind is NodeKind.GROUP:
            yield from _cut(loose)
            loose = []
            yield [node]
        else:
            loose.append(node)
    yield from _cut(loose)


def _holds_groups(session: FormSession, node: NodeView) -> bool:
    return any(child.kind is NodeKind.GROUP for child in session.children(node.ref))


def _cut(nodes: list[NodeView]) -> Iterator[list[NodeView]]:
    step = FLAT_PAGE if len(nodes) > FLAT_LIMIT else max(1, len(nodes))
    for start in range(0, len(nodes), step):
        yield nodes[start : start + step]
