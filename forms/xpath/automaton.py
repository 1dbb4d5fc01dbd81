# SPDX-License-Identifier: EUPL-1.2
"""Matches a regular expression by following all its ways at once (Thompson's simulation), within a budget.

The time is bounded by states times characters, whatever the pattern. Lookaround is followed by an automaton of its
own; references to groups and atomic groups have no automaton: a pattern that has them matches nothing here.
"""

from __future__ import annotations

import re
from typing import Final

from forms.xpath.pattern import Assertion, Atom, Choice, Group, Look, Node, Reference, Repeat, Sequence

MAX_STATES: Final = 5_000
BUDGET: Final = 1_000_000
"""States visited for one text: about half a second."""

_ACCEPT: Final = 0


class TooLargeError(Exception):
    """The pattern needs more states than MAX_STATES, or cannot be followed by an automaton."""


class _SpentError(Exception):
    """The budget is spent."""


class _Test:
    """Whether a character (or, without `cached`, a place) matches; answers about characters are kept."""

    __slots__ = ("_known", "_pattern")

    def __init__(self, source: str, flags: int) -> None:
        self._pattern = re.compile(source, flags)
        self._known: dict[str, bool] = {}

    def character(self, character: str) -> bool:
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = self._pattern.fullmatch(character) is not None
        return known

    def place(self, text: str, position: int) -> bool:
        return self._pattern.match(text, position) is not None


class _Lookaround:
    __slots__ = ("automaton", "behind", "negative")

    def __init__(self, automaton: Automaton, opening: str) -> None:
        self.automaton = automaton
        self.behind = "<" in opening
        self.negative = "!" in opening

    def place(self, run: _Run, position: int) -> bool:
        found = self.automaton.ends_at(run, position) if self.behind else self.automaton.begins_at(run, position)
        return found != self.negative


class _Run:
    """One text being matched: the text, what is left of the budget, what lookarounds have answered."""

    __slots__ = ("answers", "budget", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.budget = BUDGET
        self.answers: dict[tuple[int, int], bool] = {}

    def spend(self, states: int) -> None:
        self.budget -= states
        if self.budget < 0:
            raise _SpentError


class Automaton:
    """The states of a pattern. State 0 accepts.

    A state reads a character (`_reads`), or asserts something of the place (`_asserts`), and leads to `_next`.
    """

    __slots__ = ("_asserts", "_flags", "_next", "_reads", "_start", "_tests")

    def __init__(self, node: Node, flags: int) -> None:
        self._flags = flags
        self._reads: list[_Test | None] = [None]
        self._asserts: list[_Test | _Lookaround | None] = [None]
        self._next: list[tuple[int, ...]] = [()]
        self._tests: dict[str, _Test] = {}
        self._start = self._build(node, _ACCEPT)

    def accepts(self, text: str) -> bool:
        """Tell whether the whole text matches; False if it cannot be told within the budget."""
        run = _Run(text)
        try:
            states = self._closure(run, [self._start], 0)
            for position, character in enumerate(text):
                states = self._closure(run, self._step(states, character), position + 1)
                if not states:
                    return False
        except _SpentError:
            return False
        return _ACCEPT in states

    def begins_at(self, run: _Run, position: int) -> bool:
        """Tell whether some text from `position` on matches."""
        key = (id(self), position)
        if key not in run.answers:
            run.answers[key] = self._begins_at(run, position)
        return run.answers[key]

    def _begins_at(self, run: _Run, position: int) -> bool:
        states = self._closure(run, [self._start], position)
        while _ACCEPT not in states:
            if not states or position == len(run.text):
                return False
            states = self._closure(run, self._step(states, run.text[position]), position + 1)
            position += 1
        return True

    def ends_at(self, run: _Run, position: int) -> bool:
        """Tell whether some text up to `position` matches."""
        states: set[int] = set()
        for place in range(position + 1):
            reached = [self._start]
            if place:
                reached += self._step(states, run.text[place - 1])
            states = self._closure(run, reached, place)
        return _ACCEPT in states

    def _step(self, states: set[int], character: str) -> list[int]:
        return [self._next[s][0] for s in states if (test := self._reads[s]) is not None and test.character(character)]

    def _closure(self, run: _Run, states: list[int], position: int) -> set[int]:
        """Add the states that are reached without reading."""
        seen: set[int] = set()
        while states:
            state = states.pop()
            if state in seen:
                continue
            seen.add(state)
            assertion = self._asserts[state]
            if self._reads[state] is None and (assertion is None or _holds(assertion, run, position)):
                states.extend(self._next[state])
        run.spend(len(seen) + 1)
        return seen

    # --- building, from the end of the pattern to its start ---

    def _state(
        self, following: tuple[int, ...], reads: _Test | None = None, asserts: _Test | _Lookaround | None = None
    ) -> int:
        if len(self._next) >= MAX_STATES:
            raise TooLargeError
        self._reads.append(reads)
        self._asserts.append(asserts)
        self._next.append(following)
        return len(self._next) - 1

    def _test(self, source: str) -> _Test:
        test = self._tests.get(source)
        if test is None:
            test = self._tests[source] = _Test(source, self._flags)
        return test

    def _build(self, node: Node, following: int) -> int:
        """Add the states of `node`, that lead to `following`; return the first of them."""
        match node:
            case Atom():
                return self._state((following,), reads=self._test(node.source))
            case Assertion():
                return self._state((following,), asserts=self._test(node.source))
            case Sequence():
                for item in reversed(node.items):
                    following = self._build(item, following)
                return following
            case Choice():
                return self._state(tuple(self._build(option, following) for option in node.options))
            case Repeat() if node.mode != "+":
                return self._build_repeat(node, following)
            case Look():
                lookaround = _Lookaround(Automaton(node.body, self._flags), node.opening)
                return self._state((following,), asserts=lookaround)
            case Group() if node.opening == "(":
                return self._build(node.body, following)
            case Repeat() | Group() | Reference():
                raise TooLargeError

    def _build_repeat(self, node: Repeat, following: int) -> int:
        start = following
        if node.most is None:
            start = self._state(())
            self._next[start] = (self._build(node.body, start), following)
        else:
            for _ in range(node.most - node.least):
                start = self._state((self._build(node.body, start), following))
        for _ in range(node.least):
            start = self._build(node.body, start)
        return start


def _holds(assertion: _Test | _Lookaround, run: _Run, position: int) -> bool:
    if isinstance(assertion, _Lookaround):
        return assertion.place(run, position)
    return assertion.place(run.text, position)
