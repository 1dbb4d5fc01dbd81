# SPDX-License-Identifier: EUPL-1.2
"""Functions on text (ODK XForms, "String Functions"; XPath 1.0 §4.2)."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import Final

from forms.xpath.numeric import rounded
from forms.xpath.values import Value, strings

MAX_TEXT: Final = 4_000_000
"""Characters of a text put together: calculations that double each other would fill any memory. Beyond it is empty."""

_NO_BREAK = str.maketrans("\t\r\n", "   ")


def concat(*parts: Value) -> str:
    """Put texts together; node-sets give the text of every node, not only of the first."""
    return _put_together("", strings(parts))


def join(separator: str, *parts: Value) -> str:
    """Put texts together with a separator between them; node-sets give the text of every node."""
    return _put_together(separator, strings(parts))


def _put_together(separator: str, parts: list[str]) -> str:
    if sum(map(len, parts)) + len(separator) * len(parts) > MAX_TEXT:
        return ""
    return separator.join(parts)


def substr(text: str, start: float, end: float | None = None) -> str:
    """Cut from `start` to just before `end`: 0-based, negative counts from the end of the text (as JavaRosa)."""
    return text[_index(start) : None if end is None else _index(end)]


def _index(number: float) -> int | None:
    """Truncate; NaN is 0, as in Java."""
    if isfinite(number):
        return int(number)
    return None if number > 0 else 0


def substring(text: str, start: float, length: float | None = None) -> str:
    """XPath 1.0's own: 1-based, `start` and `length` rounded, characters before the first count in the length."""
    first = rounded(start)
    after = float("inf") if length is None else first + rounded(length)
    if not after > max(first, 1.0):  # also if one of them is NaN
        return ""
    begin = 0 if first < 1 else int(min(first, len(text) + 1.0)) - 1
    return text[begin : None if after > len(text) else int(after) - 1]


def substring_before(text: str, mark: str) -> str:
    """Return what stands before the first `mark`, "" if there is none."""
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""


def substring_after(text: str, mark: str) -> str:
    """Return what stands after the first `mark`, "" if there is none; the whole text after an empty mark."""
    return text.partition(mark)[2] if mark else text


def translate(text: str, old: str, new: str) -> str:
    """Replace characters of `old` by those at the same place in `new`, drop those that have none there."""
    return text.translate(_table(old, new))


@lru_cache(maxsize=256)
def _table(old: str, new: str) -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for place, character in enumerate(old):
        table.setdefault(ord(character), new[place] if place < len(new) else None)
    return table


def string_length(text: str) -> float:
    """Count characters."""
    return float(len(text))


def normalize_space(text: str) -> str:
    """Strip and reduce XML's white space to single spaces; no-break spaces are text and stay."""
    return " ".join([word for word in text.translate(_NO_BREAK).split(" ") if word])


def contains(text: str, part: str) -> bool:
    """Tell whether `part` is in `text`; an empty part always is."""
    return part in text


def starts_with(text: str, part: str) -> bool:
    """Tell whether `text` begins with `part`."""
    return text.startswith(part)


def ends_with(text: str, part: str) -> bool:
    """Tell whether `text` ends with `part`."""
    return text.endswith(part)
