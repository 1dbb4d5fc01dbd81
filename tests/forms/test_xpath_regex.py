# SPDX-License-Identifier: EUPL-1.2
"""regex(): the dialect, and that no pattern takes long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import ExpressionError
from forms.xpath.automaton import Automaton, TooLargeError
from forms.xpath.pattern import read_pattern, to_python
from forms.xpath.regex import matches


def follow(text: str, pattern: str) -> bool:
    """Match with the automaton alone, however harmless the pattern is."""
    node, flags = read_pattern(pattern)
    return Automaton(node, flags).accepts(text)


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [
        ("abc", "abc", True),
        ("abcd", "abc", False),  # the whole text, as in JavaRosa, not a part of it
        ("abc", "b", False),
        ("", "", True),
        ("", "a*", True),
        ("5070", "^[1-9][0-9]{3}$", True),
        ("0570", "^[1-9][0-9]{3}$", False),
        ("0478/12.34.56", r"0\d{3}/\d{2}(\.\d{2}){2}", True),
        ("BE0123456749", r"BE[01]\d{9}", True),
        ("agent@commune.be", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", True),
        ("agent@commune", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", False),
        ("cat", "cat|dog", True),
        ("catdog", "cat|dog", False),
        ("xdogy", "x(?:cat|dog)y", True),
        ("٣", r"\d", False),  # ASCII, as in Java
        ("é", r"\w", False),
        ("é", "[À-ÿ]", True),
        ("Été", r"\p{L}+", True),
        ("É", r"\p{Lu}", True),
        ("é", r"\p{Lu}", False),
        ("é", r"\P{Lu}", True),
        ("e", r"\p{Alpha}", True),
        ("é", r"\p{Alpha}", False),
        ("é9", r"\p{IsAlphabetic}\pN", True),
        ("é", "(?i)É", True),
        ("ÉTÉ", "(?i)[a-zé]+", True),
        ("a\nb", "a.b", False),
        ("a\nb", "(?s)a.b", True),
        ("a.b", r"\Qa.b\E", True),
        ("axb", r"\Qa.b\E", False),
        ("a]b", "[]a-b]+", True),
        ("a-b", r"[\w-]+", True),
        ("x", r"[^\d\s]", True),
        ("5", r"[^\D]", True),
        ("x", r"[^\D]", False),
        ("x5", r"[\D5]+", True),
        ("[&~|]", r"[\[&~|\]]+", True),
        ("A\u00e9", r"\x41\u00e9", True),
        ("a{", "a{", True),
        ("aaa", "a{2,}", True),
        ("a", "a{2,}", False),
        ("aaaa", "a{1,3}", False),
        ("aab", "a*?b", True),
        ("abcd1", r"(?=.*\d)(?=.*[a-z]).{4,}", True),
        ("abcde", r"(?=.*\d)(?=.*[a-z]).{4,}", False),
        ("foo", "(?!foo).*", False),
        ("far", "(?!foo).*", True),
        ("bar", ".*(?<=r)", True),
        ("bar", ".*(?<!r)", False),
        ("mot mot", r"\bmot\b \bmot\b", True),
        ("a\u202fb", r"a\hb", True),
        ("ab", r"\Aab\z", True),
    ],
)
def test_both_engines_agree(text: str, pattern: str, result: bool) -> None:
    assert matches(text, pattern) is result
    assert follow(text, pattern) is result


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [
        ("abab", r"(ab)\1", True),
        ("abba", r"(ab)\1", False),
        ("aaa", "a*+a", False),  # possessive: gives nothing back
        ("aaa", "(?>a*)a", False),
        ("2026-2026", r"(?<year>\d{4})-\1", True),
    ],
)
def test_what_only_backtracking_can(text: str, pattern: str, result: bool) -> None:
    assert matches(text, pattern) is result
    with pytest.raises(TooLargeError):
        read_and_build(pattern)


def read_and_build(pattern: str) -> Automaton:
    return Automaton(*read_pattern(pattern))


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a)", "[", "[a", "*", "+a", "?", "a**", "a{3,2}", "a{99999}", r"\p{Nowhere}", r"\p", r"\y", "(?x)a",
     "(?#c)", "[a&&b]", "[a[b]]", "(?P=x)", "\\", r"\x{110000}", "^*", "(" * 100 + ")" * 100, r"(a)\2", "[b-a]"],
)  # fmt: skip
def test_refuses_what_it_cannot_read(pattern: str) -> None:
    with pytest.raises(ExpressionError):
        matches("a", pattern)


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [
        ("a" * 40, "(a+)+b", False),
        ("a" * 40 + "b", "(a+)+b", True),
        ("a" * 5000 + "!", "(a|aa|a*)*$", False),
        ("a" * 30, "(?:a?){30}a{30}", True),
        ("a" * 50, r"([a-zA-Z]+)*\d", False),
        ("x" * 90_000, "x*x*x*x*y", False),
        ("ab" * 20_000, "(?=(.*)*c).*|(.*.*.*.*)*d", False),
        ("a" * 64 + "!", "(.*a){25}", False),
        ("aa" * 20, r"(a*)*\1b", False),  # cannot be judged within bounds
        ("a" * 200_000, "a*", False),  # longer than any answer
        ("1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1!", r"^(\d+\.?)+$", False),
        ("a" * 3000, "((a{1,100}){1,100}){1,100}", False),
    ],
)
def test_hostile_patterns_end_soon(text: str, pattern: str, result: bool) -> None:
    start = time.perf_counter()
    assert matches(text, pattern) is result
    assert time.perf_counter() - start < 5  # bounded by the budget: under a second on a quiet machine


simple = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(?:ab)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
        inner.map(lambda body: f"(?={body})."),
        inner.map(lambda body: f"(?!{body})."),
        inner.map(lambda body: f"({body})"),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(simple, st.text("abc", max_size=8))
def test_the_automaton_and_python_agree(pattern: str, text: str) -> None:
    node, _ = read_pattern(pattern)
    expected = re.fullmatch(to_python(node), text) is not None
    assert follow(text, pattern) is expected
    assert matches(text, pattern) is expected


@settings(deadline=None)
@given(
    st.one_of(st.text(max_size=20), st.text("ab()[]{}*+?|\\^$.-&0123pPdDwWQE<>=!:,", max_size=20)), st.text(max_size=8)
)
def test_any_pattern_is_read_or_refused(pattern: str, text: str) -> None:
    try:
        assert isinstance(matches(text, pattern), bool)
    except ExpressionError as refused:
        assert refused.cause.startswith("regular expression")  # noqa: PT017 - both outcomes are allowed
