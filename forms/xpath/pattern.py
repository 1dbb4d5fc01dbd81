# SPDX-License-Identifier: EUPL-1.2
r"""Reads a regular expression into a small tree, and writes it again for Python's `re`.

    Atom (one character) | Assertion (^ $ \b) | Sequence | Choice | Repeat | Look (ahead, behind) | Group | Reference

`Atom.source` and `Assertion.source` are already in Python's dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from forms.errors import ExpressionError
from forms.xpath.character_class import read_class, read_escape

MAX_DEPTH: Final = 40
MAX_COUNT: Final = 10_000
MANY: Final = 10**12
"""Where counting the ways of a pattern stops."""

_QUANTIFIER: Final = re.compile(r"([*+?]|\{[0-9]{1,6}(?:,[0-9]{0,6})?\})([?+]?)")
_FLAGS: Final = re.compile(r"\(\?([imsu]+)\)")
_FLAG: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "u": re.UNICODE}
_ASSERTIONS: Final = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\Z", "Z": r"(?=\n?\Z)", "G": r"\A"}


@dataclass(frozen=True, slots=True)
class Atom:
    """Matches one character."""

    source: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """Matches a place between characters."""

    source: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Matches its items one after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Matches one of its options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Matches its body from `least` to `most` times (None: no end); `mode` is "" (greedy), "?" or "+"."""

    body: Node
    least: int
    most: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class Look:
    """Matches where its body would match ahead (or behind), or would not."""

    body: Node
    opening: str  # "(?=", "(?!", "(?<=" or "(?<!"


@dataclass(frozen=True, slots=True)
class Group:
    """Keeps what its body matched (for a Reference), or never gives it back (atomic)."""

    body: Node
    opening: str  # "(" or "(?>"


@dataclass(frozen=True, slots=True)
class Reference:
    """Matches again what a group matched."""

    number: int


Node = Atom | Assertion | Sequence | Choice | Repeat | Look | Group | Reference


def read_pattern(pattern: str) -> tuple[Node, int]:
    """Return the tree and the flags for `re`. Raises ExpressionError."""
    flags = 0
    start = 0
    leading = _FLAGS.match(pattern)
    if leading:
        start = leading.end()
        for letter in leading[1]:
            flags |= _FLAG[letter]
    reader = _Reader(pattern, start, flags)
    node = reader.choice(0)
    if reader.position < len(pattern):
        raise reader.refusal("a parenthesis too many")
    return node, flags


class _Reader:
    """Recursive descent over one pattern; `position` is where it stands."""

    __slots__ = ("_dot", "pattern", "position")

    def __init__(self, pattern: str, position: int, flags: int) -> None:
        self.pattern = pattern
        self.position = position
        self._dot = r"[\s\S]" if flags & re.DOTALL else r"[^\n\r\x85\u2028\u2029]"

    def refusal(self, cause: str) -> ExpressionError:
        return ExpressionError(
            f"regular expression: {cause}", expression=self.pattern[:80], position=min(self.position, 79)
        )

    def _at(self, text: str) -> bool:
        return self.pattern.startswith(text, self.position)

    def _accept(self, text: str) -> bool:
        if self._at(text):
            self.position += len(text)
            return True
        return False

    def choice(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.refusal("nested too deep")
        options = [self._sequence(depth)]
        while self._accept("|"):
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, depth: int) -> Node:
        items: list[Node] = []
        while self.position < len(self.pattern) and not self._at("|") and not self._at(")"):
            if self._accept(r"\Q"):
                items.extend(self._quoted())
            else:
                items.append(self._quantified(self._single(depth)))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _quoted(self) -> list[Node]:
        end = self.pattern.find(r"\E", self.position)
        text = self.pattern[self.position : end if end >= 0 else None]
        self.position = end + 2 if end >= 0 else len(self.pattern)
        return [Atom(re.escape(character)) for character in text]

    def _quantified(self, node: Node) -> Node:
        match = _QUANTIFIER.match(self.pattern, self.position)
        if match is None:
            return node
        if isinstance(node, Assertion | Look):
            raise self.refusal("nothing to repeat")
        self.position = match.end()
        least, most = _bounds(match[1])
        if least > MAX_COUNT or (most is not None and (most > MAX_COUNT or most < least)):
            raise self.refusal("bad number of repetitions")
        if _QUANTIFIER.match(self.pattern, self.position):
            raise self.refusal("a repetition of a repetition")
        return Repeat(node, least, most, match[2])

    def _single(self, depth: int) -> Node:
        character = self.pattern[self.position]
        match character:
            case "(":
                return self._group(depth)
            case "[":
                source, self.position = read_class(self.pattern, self.position)
                return Atom(source)
            case "\\":
                return self._escaped()
            case "*" | "+" | "?":
                raise self.refusal("nothing to repeat")
        self.position += 1
        match character:
            case ".":
                return Atom(self._dot)
            case "^" | "$":
                return Assertion(character)
        return Atom(re.escape(character))

    def _escaped(self) -> Node:
        letter = self.pattern[self.position + 1 : self.position + 2]
        if letter in _ASSERTIONS:
            self.position += 2
            return Assertion(_ASSERTIONS[letter])
        if letter in set("123456789"):
            self.position += 2
            return Reference(int(letter))
        source, self.position = read_escape(self.pattern, self.position)
        return Atom(source)

    def _group(self, depth: int) -> Node:
        opening = next((o for o in ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>") if self._at(o)), "(")
        if opening == "(" and self._at("(?"):
            named = re.compile(r"\(\?P?<[A-Za-z][A-Za-z0-9_]*>").match(self.pattern, self.position)
            if named is None:
                raise self.refusal("a group of an unknown kind")
            self.position = named.end()
        else:
            self.position += len(opening)
        body = self.choice(depth + 1)
        if not self._accept(")"):
            raise self.refusal("a parenthesis is not closed")
        match opening:
            case "(?:":
                return body
            case "(" | "(?>":
                return Group(body, opening)
            case _:
                return Look(body, opening)


def _bounds(quantifier: str) -> tuple[int, int | None]:
    match quantifier[0]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
    least, comma, most = quantifier[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def to_python(node: Node) -> str:
    """Write the tree for Python's `re`."""
    match node:
        case Atom() | Assertion():
            return node.source
        case Sequence():
            return "".join(f"(?:{to_python(i)})" if isinstance(i, Choice) else to_python(i) for i in node.items)
        case Choice():
            return "|".join(map(to_python, node.options))
        case Repeat():
            most = "" if node.most is None else node.most
            return f"(?:{to_python(node.body)}){{{node.least},{most}}}{node.mode}"
        case Look() | Group():
            return f"{node.opening}{to_python(node.body)})"
        case Reference():
            return f"(?:\\{node.number})"


def ways(node: Node, length: int) -> int:
    """Bound the number of ways in which a backtracking engine may try `node` on `length` characters; MANY at most."""
    match node:
        case Sequence():
            return _product(ways(item, length) for item in node.items)
        case Choice():
            return min(MANY, sum(ways(option, length) for option in node.options))
        case Repeat():
            return _ways_to_repeat(node, length)
        case Look():
            return min(MANY, ways(node.body, length) * (length + 1))
        case Group():
            return ways(node.body, length)
        case _:
            return 1


def _product(factors: Iterable[int]) -> int:
    result = 1
    for factor in factors:
        result = min(MANY, result * factor)
    return result


def _ways_to_repeat(node: Repeat, length: int) -> int:
    most = length if node.most is None else min(node.most, max(length, node.least))
    counts = max(1, most - node.least + 1)
    body = ways(node.body, length)
    if body == 1:
        # A body of two or more characters may stop inside, but only in one way for each count.
        return min(MANY, counts)
    return MANY if most > 12 else min(MANY, counts * body**most)
