# SPDX-License-Identifier: EUPL-1.2
"""Patterns and texts: the text is before the first NUL, the pattern after it. The two engines must agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.fuzz.harvest import strings_of_tests
from bench.fuzz.oracle import hold
from forms import ExpressionError
from forms.xpath.automaton import Automaton, TooLargeError
from forms.xpath.pattern import ways
from forms.xpath.regex import _Judge, matches

MAX_COMPARED: Final = 24  # characters: within the automaton's budget whatever the pattern


def run(data: bytes) -> None:
    """Try one text with one pattern."""
    first, _, second = data.partition(b"\0")
    text, pattern = first.decode("utf-8", "replace"), second.decode("utf-8", "replace")
    try:
        found = matches(text, pattern)
    except ExpressionError as error:
        hold(error.cause, "an error tells its cause")
        return
    matches(text * 400, pattern)  # time is bounded whatever the length
    if len(text) > MAX_COMPARED or len(pattern) > 200:
        return
    judge = _Judge(pattern)
    if ways(judge._node, len(text)) > 10_000:
        return
    try:
        automaton = Automaton(judge._node, judge._flags)
    except TooLargeError:
        return
    hold((judge._python.fullmatch(text) is not None) == automaton.accepts(text), "the two engines agree")
    hold(found == automaton.accepts(text), "what is answered is what the automaton says")


def seeds() -> Iterator[bytes]:
    """Yield the patterns of the tests, each with a few texts."""
    for pattern in strings_of_tests("tests/forms/test_xpath_regex.py"):
        if len(pattern) < 100:
            for text in ("", "aaa", "5070", pattern[:20]):
                yield text.encode("utf-8", "replace").replace(b"\0", b"") + b"\0" + pattern.encode("utf-8", "replace")
