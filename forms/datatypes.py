# SPDX-License-Identifier: EUPL-1.2
"""Whether a text is of a bind's data type (XForms "Data Types")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

Check = Callable[[str], object]

_SIGNED: Final = re.compile(r"[+-]?[0-9]{1,18}").fullmatch
_FRACTION: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?").fullmatch
_TIME: Final = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
).fullmatch
_POINT: Final = re.compile(
    r"(-?[0-9]+(?:\.[0-9]+)?) (-?[0-9]+(?:\.[0-9]+)?)(?: -?[0-9.]+(?:[eE]-?[0-9]+)?){0,2}"
).fullmatch

# Characters that XML 1.0 cannot hold, and lone surrogates (XML 1.0 §2.2).
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_int(text: str) -> bool:
    """Accept a whole number of at most 18 digits."""
    if text.isdigit() and text.isascii():
        return len(text) <= 18
    return _SIGNED(text) is not None


def is_decimal(text: str) -> bool:
    """Accept a number, with an exponent or without."""
    return (text.isascii() and text.replace(".", "", 1).isdigit()) or _FRACTION(text) is not None


def is_date(text: str) -> bool:
    """Accept a day of the calendar: yyyy-mm-dd."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False  # fromisoformat() also reads weeks
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date_time(text: str) -> bool:
    """Accept a day, `T`, and a time of it, with or without a time zone."""
    day, mark, time = text.partition("T")
    return bool(mark) and is_date(day) and _TIME(time) is not None


def is_point(text: str) -> bool:
    """Accept latitude, longitude, then altitude and accuracy, which may be left out."""
    match = _POINT(text.strip())
    return match is not None and abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180


def _points(text: str) -> list[str]:
    return [point for point in text.split(";") if point.strip()]


def is_trace(text: str) -> bool:
    """Accept at least two points."""
    points = _points(text)
    return len(points) >= 2 and all(map(is_point, points))


def is_shape(text: str) -> bool:
    """Accept at least three points, and the first again."""
    points = _points(text)
    return len(points) >= 4 and all(map(is_point, points)) and points[0].split()[:2] == points[-1].split()[:2]


CHECKS: Final[Mapping[str, Check]] = {
    "int": is_int,
    "decimal": is_decimal,
    "boolean": frozenset({"true", "false", "0", "1"}).__contains__,
    "date": is_date,
    "time": _TIME,
    "dateTime": is_date_time,
    "geopoint": is_point,
    "geotrace": is_trace,
    "geoshape": is_shape,
}
"""By data type, a function that is true for texts of that type; types not listed take any text."""
