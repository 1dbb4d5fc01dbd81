# SPDX-License-Identifier: EUPL-1.2
"""`$filter` of the submissions feed: comparisons of the system's fields with and, or, not (OData 4.01, part 2, 5.1.1).

As Central, a form's own fields cannot be asked for (501.5).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sync.server.answers import Problem, bad_filter, unknown_filter_field
from sync.server.database import now_text

Value = str | int | float | None
Row = Mapping[str, Value]
Test = Callable[[Row], bool]
SYSTEM = ("submissionDate", "updatedAt", "reviewState", "submitterId", "deletedAt", "deviceId", "formVersion")
FIELDS = {"__id": "__id"} | {f"__system/{name}": name for name in SYSTEM}
TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<date>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[$A-Za-z_][\w/.]*(?:\(\))?)|(?P<mark>[()]))"
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
MAX_DEPTH = 50


def read_filter(text: str) -> Test:
    """Return the test that a filter is; Problem 400.18 if it cannot be read, 501.5 for a field of the form."""
    reader = _Reader(_tokens(text))
    test = reader.any_of()
    if reader.left():
        raise bad_filter(f"unexpected {reader.left()[0][1]}")
    return test


def asks_for_deleted(text: str) -> bool:
    """Tell whether a filter speaks of deleted submissions, which are left out otherwise."""
    return "__system/deletedAt" in text


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise bad_filter(f"at character {at + 1}")
        found.append((match.lastgroup or "", match[match.lastgroup or ""]))
        at = match.end()
    return found


class _Reader:
    """Recursive descent: or, and, not, parentheses, comparison."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def left(self) -> list[tuple[str, str]]:
        return self._tokens[self._at :]

    def any_of(self) -> Test:
        tests = [self._all_of()]
        while self._take("or"):
            tests.append(self._all_of())
        return lambda row: any(test(row) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._one()]
        while self._take("and"):
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise bad_filter("nested too deep")
        try:
            if self._take("not"):
                inner = self._one()
                return lambda row: not inner(row)
            if self._take("("):
                grouped = self.any_of()
                self._expect(")")
                return grouped
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Test:
        left, name, right = self._operand(), self._next()[1], self._operand()
        if name not in COMPARISONS:
            raise bad_filter(f"{name} is no comparison")
        compare = COMPARISONS[name]

        def test(row: Row) -> bool:
            values = left(row), right(row)
            if None in values and name not in {"eq", "ne"}:
                return False
            try:
                return compare(*values)
            except TypeError:
                raise bad_filter("text compared with a number") from None

        return test

    def _operand(self) -> Callable[[Row], Value]:
        kind, text = self._next()
        if kind == "name" and text in FIELDS:
            field = FIELDS[text]
            return lambda row: row[field]
        value = _literal(kind, text)
        return lambda _row: value

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise bad_filter("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, text: str) -> bool:
        found = bool(self.left()) and self.left()[0][0] in {"name", "mark"} and self.left()[0][1] == text
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise bad_filter(f"{text} is missing")


def _literal(kind: str, text: str) -> Value:
    match kind:
        case "text":
            return text[1:-1].replace("''", "'")
        case "number":
            return float(text)
        case "date":
            return _moment(text)
        case "name" if text in {"null", "now()"}:
            return now_text() if text == "now()" else None
        case "name":
            raise _unknown(text)
        case _:
            raise bad_filter(f"unexpected {text}")


def _unknown(name: str) -> Problem:
    is_word = name in {"and", "or", "not", *COMPARISONS}
    return bad_filter(f"unexpected {name}") if is_word else unknown_filter_field(name)


def _moment(text: str) -> str:
    """Return a date as the API writes it, so that text compares as time does."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise bad_filter(f"{text} is no date") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
