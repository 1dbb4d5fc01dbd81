# SPDX-License-Identifier: EUPL-1.2
"""What all instances of a scope begin with alike, worked out once for the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forms.body import questions
from forms.definition import Node, Scope


@dataclass(slots=True, eq=False)
class Blank:
    """A scope without answers. `texts` are those of its template, once it was read and if no repeat in it has any."""

    idle: bytes  # by slot: the flags of a question that is relevant and unanswered
    questions: tuple[Node, ...]
    lively: tuple[Node, ...]  # the questions whose flags depend on others from the start
    numeric: tuple[Node, ...]
    preloads: tuple[Node, ...]
    quiet: tuple[int, ...]  # slots of numbers whose text may not be written yet
    texts: list[str] | None = None


def blank_of(scope: Scope, preloads: Iterable[Node]) -> Blank:
    """Work out what instances of a scope begin with."""
    asked = tuple(questions(scope))
    idle = bytearray(len(scope.nodes))
    for node in asked:
        idle[node.slot] = 0 if node.lively else node.idle
    return Blank(
        idle=bytes(idle),
        questions=asked,
        lively=tuple(node for node in asked if node.lively),
        numeric=tuple(node for node in scope.nodes if node.numeric),
        quiet=tuple(node.slot for node in scope.nodes if node.quiet),
        preloads=tuple(node for node in preloads if node.scope is scope),
    )
