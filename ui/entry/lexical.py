# SPDX-License-Identifier: EUPL-1.2
"""Between what people type in French and what XForms stores: numbers, dates, times, points, sums in a cell.

Every `stored_*` function keeps a text that it does not understand as it is: the engine then reports it as not of the
type, and nothing that was typed is lost.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, DivisionByZero, InvalidOperation

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)
_DATE_PARTS = 3
_CENTURY = 2000
_SHORT_YEAR = 100


def clean(text: str) -> str:
    """Return the text without the control characters that XML cannot hold (line breaks and tabs stay)."""
    return "".join(c for c in text if c in "\n\t\r" or (c >= " " and c not in "\ufffe\uffff" and not _surrogate(c)))


def _surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def stored_number(text: str) -> str:
    """Turn `1 234,50` into `1234.50`; anything that is not a number stays as typed."""
    bare = text.translate(_SPACES).replace("\u2212", "-")
    if "," in bare and "." in bare:
        bare = bare.replace(".", "")
    if not _NUMBER.fullmatch(bare):
        return text.strip()
    return bare.replace(",", ".").removeprefix("+").rstrip(".") or text.strip()


def shown_number(value: str) -> str:
    """Turn `1234.50` into `1234,50`, without thousands spaces: this is what a field being typed in shows."""
    return value.replace(".", ",") if _NUMBER.fullmatch(value) else value


def shown_date(value: str) -> str:
    """Turn `2026-11-22` (with or without a time zone) into `22/11/2026`."""
    try:
        return date.fromisoformat(value[:10]).strftime("%d/%m/%Y")
    except ValueError:
        return value


def stored_date(text: str) -> str:
    """Turn `22/11/2026`, `22.11.26`, `22-11-2026`, `22 11 2026` or an ISO date into `2026-11-22`."""
    text = text.strip()
    parts = [part for part in re.split(r"[/.\-\s\u00a0\u202f]+", text) if part]
    if len(parts) != _DATE_PARTS or not all(part.isdigit() for part in parts):
        return text
    first, middle, last = (int(part) for part in parts)
    year, day = (first, last) if len(parts[0]) == len("2026") else (last, first)
    if year < _SHORT_YEAR:
        year += _CENTURY
    try:
        return date(year, middle, day).isoformat()
    except ValueError:
        return text


def shown_time(value: str) -> str:
    """Turn `10:42:00.000+01:00` into `10:42`."""
    match = re.match(r"(\d{2}):(\d{2})", value)
    return f"{match[1]}:{match[2]}" if match else value


def stored_time(text: str, day: date | None = None) -> str:
    """Turn `10:42`, `10h42` or `10 h` into `10:42:00.000+01:00`: with this computer's offset on `day` (or today)."""
    match = re.fullmatch(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?\s*", text.strip())
    if not match:
        return text.strip()
    try:
        moment = datetime.combine(day or date.today(), time(int(match[1]), int(match[2] or 0)))  # noqa: DTZ011 (local day)
    except ValueError:
        return text.strip()
    return moment.astimezone().isoformat(timespec="milliseconds").partition("T")[2]


def split_date_time(value: str) -> tuple[str, str]:
    """Return both halves of a dateTime as shown: (`22/11/2026`, `10:42`)."""
    day, _, moment = value.partition("T")
    return shown_date(day), shown_time(moment)


def stored_date_time(day: str, moment: str) -> str:
    """Return both halves as typed as one dateTime, `""` when both are empty; half an answer stays half."""
    if not day.strip() and not moment.strip():
        return ""
    stored_day = stored_date(day)
    try:
        return f"{stored_day}T{stored_time(moment, date.fromisoformat(stored_day))}"
    except ValueError:
        return f"{stored_day}T{moment.strip()}"


def split_point(value: str) -> tuple[str, str, str, str]:
    """Return latitude, longitude, altitude and accuracy of a geopoint, each as shown, `""` where missing."""
    parts = [shown_number(part) for part in value.split()][:4]
    latitude, longitude, altitude, accuracy = parts + [""] * (4 - len(parts))
    return latitude, longitude, altitude, accuracy


def stored_point(latitude: str, longitude: str, altitude: str = "", accuracy: str = "") -> str:
    """Return a geopoint `lat lon alt acc` in degrees and metres from what was typed; `""` without degrees."""
    if not latitude.strip() and not longitude.strip():
        return ""
    rest = f" {stored_number(altitude) or '0'} {stored_number(accuracy) or '0'}"
    return f"{stored_number(latitude)} {stored_number(longitude)}{rest}"


def compute(expression: str) -> Decimal:
    """Return the value of a sum typed in a cell: numbers with comma or point, `+ - * / × ÷`, `%` and brackets.

    Raises ValueError on anything else, so that a half-typed formula is never turned into a number.
    """
    marks = re.findall(r"\d+(?:[.,]\d+)?|[-+*/()%]", expression.translate(_SPACES).replace("×", "*").replace("÷", "/"))
    if "".join(marks) != expression.translate(_SPACES).replace("×", "*").replace("÷", "/"):
        raise ValueError(expression)
    parser = _Sum(marks)
    try:
        value = parser.total()
    except (InvalidOperation, DivisionByZero, IndexError, RecursionError) as error:
        raise ValueError(expression) from error
    if parser.marks:
        raise ValueError(expression)
    return value


class _Sum:
    """A recursive descent over the marks: total > product > factor."""

    def __init__(self, marks: list[str]) -> None:
        self.marks = marks

    def total(self) -> Decimal:
        value = self.product()
        while self.marks and self.marks[0] in "+-":
            value = value + self.product() if self.marks.pop(0) == "+" else value - self.product()
        return value

    def product(self) -> Decimal:
        value = self.factor()
        while self.marks and self.marks[0] in "*/":
            value = value * self.factor() if self.marks.pop(0) == "*" else value / self.factor()
        return value

    def factor(self) -> Decimal:
        mark = self.marks.pop(0)
        if mark in "+-":
            return self.factor() if mark == "+" else -self.factor()
        if mark == "(":
            value = self.total()
            if self.marks.pop(0) != ")":
                raise ValueError(mark)
        else:
            value = Decimal(mark.replace(",", "."))
        while self.marks and self.marks[0] == "%":
            self.marks.pop(0)
            value /= 100
        return value


def computed_text(expression: str, *, whole: bool = False) -> str:
    """Return the lexical value of `= 3 * 12,50`, at most four decimals (none if `whole`); no sum stays as typed."""
    try:
        value = compute(expression.strip().removeprefix("="))
        value = value.quantize(Decimal(1) if whole else Decimal("0.0001"))
    except (ValueError, InvalidOperation):  # no sum, or one of more figures than a number keeps
        return expression.strip()
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
