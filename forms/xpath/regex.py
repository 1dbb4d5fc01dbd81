# SPDX-License-Identifier: EUPL-1.2
r"""regex(): whether a whole text matches a regular expression (as JavaRosa: from its first character to its last).

Forms come from elsewhere, and a backtracking engine can take years for `(a+)+b` on thirty letters. So a pattern is read
here first, and the number of ways in which it could be tried on a text is bounded: if that is small Python's own
engine answers, else a simulated automaton, which never tries a way twice (`forms.xpath.automaton`), within a budget of
steps. A text that cannot be judged within the budget does not match: the person sees the constraint's message.

The dialect is Java's as far as forms use it, written anew for Python: `\d`, `\w` and `\s` are ASCII, `\p{…}` knows
general categories and POSIX classes. Set operations inside classes and inline flags after the start are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from forms.errors import ExpressionError
from forms.xpath.automaton import Automaton, TooLargeError
from forms.xpath.pattern import read_pattern, to_python, ways

MAX_WAYS: Final = 1_000_000
"""Steps that Python's engine may take at worst: some 20 ms."""

MAX_TEXT: Final = 100_000
_LENGTHS: Final = (*(2**n for n in range(17)), MAX_TEXT)


def matches(text: str, pattern: str) -> bool:
    """Tell whether the whole text matches. Raises ExpressionError for a pattern that cannot be read."""
    return _judge(pattern).judge(text)


class _Judge:
    """One pattern, ready to be asked."""

    __slots__ = ("_automaton", "_flags", "_node", "_python", "_safe_length")

    def __init__(self, pattern: str) -> None:
        self._node, self._flags = read_pattern(pattern)
        self._automaton: Automaton | None = None
        try:
            self._python = re.compile(to_python(self._node), self._flags)
        except (re.error, RecursionError, OverflowError) as error:
            raise ExpressionError(f"regular expression: {error}", expression=pattern[:80]) from error
        self._safe_length = max((n for n in _LENGTHS if ways(self._node, n) * (n + 1) <= MAX_WAYS), default=-1)

    def judge(self, text: str) -> bool:
        if len(text) <= self._safe_length:
            return self._python.fullmatch(text) is not None
        if len(text) > MAX_TEXT:
            return False
        try:
            if self._automaton is None:
                self._automaton = Automaton(self._node, self._flags)
        except TooLargeError:
            return False
        return self._automaton.accepts(text)


@lru_cache(maxsize=256)
def _judge(pattern: str) -> _Judge:
    return _Judge(pattern)
