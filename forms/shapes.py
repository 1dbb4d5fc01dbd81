# SPDX-License-Identifier: EUPL-1.2
"""Expressions of one shape are compiled once: large forms say the same thing about many questions.

`/data/s1/q1 = 'yes'` and `/data/s7/q1 = 'no'` differ in a path and a literal only. One regular expression cuts paths
and literals out (no parsing), the rest is looked up, and what was compiled for the first of the shape is used again
with other slots. What this cannot cut safely (predicates, wildcards, lists …) is compiled the long way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from forms.definition import Dependency, Expression, Node, Scope
from forms.places import Place, climb
from forms.xpath.functions import FUNCTIONS

_NAME: Final = r"[^\W\d][\w.\-]*+(?::[^\W\d][\w.\-]*+)?+"
_CUT: Final = re.compile(
    rf"""( '[^']*' | "[^"]*"
    | (?<![\w.\-)\]*/:@$]) /{_NAME}(?:/{_NAME})*+ (?!\s*[\[(/:@])
    | (?<![\w.\-/)\]:@]) \.\.(?:/\.\.)*+(?:/{_NAME})*+ (?!\s*[\[(/:@.])
    | (?<![\w.\-/)\]:@]) \. (?!\s*[\w./:@\[])
    | (?<![\w.]) (?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++) )""",
    re.VERBOSE,
)
_WORD: Final = re.compile(r"([^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)\s*(\(?)")
_SYMBOLS: Final = re.compile(r"[/\[\]@|$:]")
_MAX_CUT: Final = 10_000  # characters: what is longer has no fellows
_UNCUT: Final = re.compile(r"[.0-9'\"]")
_IN_NAMES: Final = ("-", ".", "\u00b7")
_OPERATORS: Final = frozenset({"and", "or", "div", "mod"})
# What these write depends on more than the kind of their arguments.
_PARTICULAR: Final = frozenset(
    {"instance", "current", "position", "last", "pulldata", "indexed-repeat", "jr:choice-name", "jr:itext", "randomize"}
    | {"id", "lang", "name", "local-name", "namespace-uri", "once", "depend", "property", "regex", "digest"}
)


@dataclass(frozen=True, slots=True)
class Hole:
    """Stands, among the constants of a shape, for what differs: the slot of a path, a text or a number."""

    kind: str  # "slot", "text", "stripped" or "number"
    index: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What was compiled for the first expression of its shape."""

    template: int
    constants: tuple[Any, ...]
    result: str
    lingual: bool
    reads: tuple[tuple[int, bool, bool], ...]  # number of the path, presence, value
    numbers: tuple[int, ...]  # of the paths that are read as numbers


class NoShapeError(Exception):
    """The expression has to be compiled the long way."""


@dataclass(slots=True)
class Pieces:
    """An expression cut apart. `skeleton` is one as well: its paths are `/_0` …, its literals their own numbers."""

    skeleton: str
    places: list[Place]
    texts: list[str]
    numbers: list[float]
    absolute: bool = True  # says the same for all nodes of a scope

    def filled(self, shape: Shape, source: str) -> Expression:
        """Make the expression from its shape."""
        constants = tuple([self._fill(part) if isinstance(part, Hole) else part for part in shape.constants])
        found: dict[tuple[int, bool, bool], Dependency] = {}
        for index, presence, value in shape.reads:
            place = self.places[index]
            assert place.node is not None  # noqa: S101  (cut found it)
            found.setdefault((id(place.node), presence, value), Dependency(place.node, place.join, presence, value))
        for index in shape.numbers:
            node = self.places[index].node
            assert node is not None  # noqa: S101  (cut found it)
            node.numeric = True
        return Expression(source, shape.template, constants, shape.result, tuple(found.values()), lingual=shape.lingual)

    def _fill(self, hole: Hole) -> Any:
        if hole.kind == "slot":
            node = self.places[hole.index].node
            return node.slot if node is not None else 0
        if hole.kind == "number":
            return self.numbers[hole.index]
        text = self.texts[hole.index]
        return text.strip() if hole.kind == "stripped" else text


class Cutter:
    """Cuts the expressions of one form."""

    def __init__(self, paths: Mapping[str, Node]) -> None:
        self._paths = paths
        self._sound: dict[str, bool] = {}
        self._places: dict[tuple[int, str], Place | None] = {}

    def cut(self, source: str, node: Node) -> Pieces | None:
        """Cut an expression of a node apart; None if it has to be compiled the long way."""
        parts = _CUT.split(source) if len(source) < _MAX_CUT else ()
        if len(parts) < 2:
            return None
        pieces = Pieces("", [], [], [])
        written = parts[0]
        for token, rest in zip(parts[1::2], parts[2::2], strict=True):
            first = token[0]
            if len(token) == 2 and first in "'\"":
                written += f"''{rest}"  # nothing is the same in all: it needs no place
            elif first in "'\"":
                written += f"'{len(pieces.texts)}'{rest}"
                pieces.texts.append(token[1:-1])
            elif first in "/.":
                place = self._place(token, node)
                if place is None:
                    return None
                pieces.absolute = pieces.absolute and first == "/"
                apart = " " if rest[:1] in _IN_NAMES else ""  # `.-1` is a path less one, `/_0-1` a name
                written += f"/_{len(pieces.places)}{apart}{rest}"
                pieces.places.append(place)
            else:
                written += f"{len(pieces.numbers)}{rest}"
                pieces.numbers.append(float(token))
        pieces.skeleton = written
        if not pieces.places:
            return None
        sound = self._sound.get(written)
        if sound is None:
            sound = self._sound[written] = _is_sound(" ".join(parts[::2]))
        return pieces if sound else None

    def _place(self, path: str, node: Node) -> Place | None:
        if path == ".":
            return Place(node, "f", single=True, join=node.scope)
        key = (node.scope.index, path) if path[0] == "/" else (-id(node), path)
        if key not in self._places:
            target = self._paths.get(path) if path[0] == "/" else _relative(node, path.split("/"))
            self._places[key] = _single(target, node.scope)
        return self._places[key]


def _relative(node: Node, steps: list[str]) -> Node | None:
    found: Node | None = node
    for step in steps:
        if found is None:
            return None
        if step == "..":
            found = found.parent
        else:
            found = found.by_name.get(step)
            if found is not None and found.is_repeat:
                return None
    return found


def _single(target: Node | None, scope: Scope) -> Place | None:
    """Make the place of a node that exists once for each instance of `scope`, or None."""
    if target is None or target.is_repeat or target.scope not in scope.chain():
        return None
    return Place(target, climb("f", scope, target.scope), single=True, join=target.scope)


def _is_sound(rest: str) -> bool:
    """Check that nothing but calls and operators is left between the paths and literals."""
    if _SYMBOLS.search(rest.replace("jr:", "")) or _UNCUT.search(_WORD.sub(" ", rest)):
        return False
    for word, bracket in _WORD.findall(rest):
        known = word in FUNCTIONS and word not in _PARTICULAR if bracket else word in _OPERATORS
        if not known and word not in _OPERATORS:
            return False
    return True
