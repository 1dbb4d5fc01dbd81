# SPDX-License-Identifier: EUPL-1.2
"""The four kinds of value of XPath 1.0 as Python values, and how one becomes another.

number -> `float`, string -> `str`, boolean -> `bool`, node-set -> `NodeSet`. There is no date: a date is its text
(`2026-11-22`), and a number of days since 1970-01-01 wherever a number is asked for.

Where ODK leaves XPath 1.0 (ODK XForms, "XPath Functions", and what JavaRosa does):
- text of a date or dateTime is a number too: days since 1970-01-01 on the local clock, so that `today() <= now()` at
  every hour; `decimal-date-time()` counts in UTC;
- a comma in a number is read as a point, and an exponent is not a number;
- equality of numbers forgives 1e-12, so that 0.1 + 0.2 = 0.3;
- a node-set is true if one of its nodes has text: a question without answer is false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from math import copysign, fmod, inf, nan
from operator import ge, gt, le, lt
from typing import Any, Final

TOLERANCE: Final = 1e-12
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+))[ \t\r\n]*")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]+))?(?:(Z)|([+-][0-9]{2})(?::?([0-9]{2}))?)?)?"
)


class NodeSet:
    """Nodes in document order, each with its text.

    `nodes` are handles that mean something to who made the set; `read` turns one into its text, once, when asked.
    Without `read` the handles are the texts themselves.
    """

    __slots__ = ("_read", "_values", "nodes")

    def __init__(self, nodes: Sequence[Any], read: Callable[[Any], str] | None = None) -> None:
        self.nodes = nodes
        self._read = read
        self._values: list[str] | None = None

    def values(self) -> list[str]:
        """Text of every node. The list is the set's own: not to be changed."""
        if self._values is None:
            read = self._read
            self._values = list(self.nodes) if read is None else [read(node) for node in self.nodes]
        return self._values

    def first(self) -> str:
        """Text of the first node, "" if there is none: XPath's string() of a node-set."""
        if not self.nodes:
            return ""
        if self._values is None and self._read is not None:
            return self._read(self.nodes[0])
        return self.values()[0]

    def reordered(self, nodes: Sequence[Any]) -> NodeSet:
        """Make a set of other handles, or of the same in another order, that are read in the same way."""
        return NodeSet(nodes, self._read)

    def __len__(self) -> int:
        """Count the nodes; so an empty set is false to Python (to XPath see `to_boolean`)."""
        return len(self.nodes)

    def __repr__(self) -> str:
        """Show the texts."""
        return f"NodeSet({self.values()!r})"


Value = float | str | bool | NodeSet


# --- conversions (XPath 1.0 §4.2 to §4.4) ---


def number_to_string(number: float) -> str:
    """Write a number without exponent, and without decimals if it is whole to within 1e-12 (as JavaRosa does)."""
    try:
        whole = int(number)
    except (ValueError, OverflowError):
        if number != number:  # noqa: PLR0124 - the fastest test for NaN
            return "NaN"
        return "Infinity" if number > 0 else "-Infinity"
    if -TOLERANCE < number - whole < TOLERANCE:
        return str(whole)
    text = repr(number)
    return text if "e" not in text else _expand(text)


def _expand(text: str) -> str:
    """Write `1.5e-07` as `0.00000015`; only numbers below 1e-4 reach here, those above 1e16 are whole."""
    mantissa, _, exponent = text.partition("e-")
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}0.{'0' * (int(exponent) - 1)}{mantissa.lstrip('-').replace('.', '')}"


def text_to_number(text: str) -> float:
    """Read a number, a date or a dateTime; NaN for anything else, the empty text included."""
    if text.isdigit() and text.isascii():
        return float(text)
    if text[4:5] == "-":
        return text_to_days(text)
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    match = _NUMBER.fullmatch(text)
    return float(match[1].replace(",", ".")) if match else nan


def text_to_moment(text: str) -> date | datetime | None:
    """Read `yyyy-mm-dd` (gives a date) or a dateTime (gives a datetime, naive if the text names no offset)."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, utc, hours, minutes = match.groups()
    try:
        if time is None:
            return date.fromisoformat(day)
        offset = "+00:00" if utc else f"{hours}:{minutes or '00'}" if hours else ""
        return datetime.fromisoformat(f"{day}T{time}{'.' + (fraction + '00000')[:6] if fraction else ''}{offset}")
    except ValueError:
        return None


def text_to_days(text: str) -> float:
    """Days since 1970-01-01 on the local clock: whole for a date, with a fraction for a dateTime; else NaN."""
    if len(text) == 10 and text[7] == "-":
        try:
            return float(date.fromisoformat(text).toordinal() - EPOCH_ORDINAL)
        except ValueError:
            return nan
    moment = text_to_moment(text)
    if moment is None:
        return nan
    days = float(moment.toordinal() - EPOCH_ORDINAL)
    if not isinstance(moment, datetime):
        return days
    if moment.tzinfo is not None:
        moment = to_local(moment)
        days = float(moment.toordinal() - EPOCH_ORDINAL)
    return days + fraction_of_day(moment)


def to_local(moment: datetime) -> datetime:
    """Move to the local clock; unchanged where the calendar ends (years 1 and 9999)."""
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return moment


def fraction_of_day(moment: datetime) -> float:
    """Share of the day gone on the moment's own clock: noon is 0.5."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6) / 86400


def to_number(value: Value) -> float:
    """XPath's number(), with dates."""
    if isinstance(value, str):
        return text_to_number(value)
    if isinstance(value, NodeSet):
        return text_to_number(value.first())
    return float(value)


def to_string(value: Value) -> str:
    """XPath's string()."""
    if isinstance(value, str):
        return value
    if isinstance(value, NodeSet):
        return value.first()
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_to_string(value)


def to_boolean(value: Value) -> bool:
    """XPath's boolean(); a node-set is true if one of its nodes has text (ODK XForms, note of "XPath Functions")."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value != ""
    if isinstance(value, NodeSet):
        return any(value.values())
    return value > TOLERANCE or value < -TOLERANCE  # false for NaN


def strings(values: Iterable[Value]) -> list[str]:
    """Texts of all arguments, node-sets spread into their nodes."""
    found: list[str] = []
    for value in values:
        if isinstance(value, NodeSet):
            found.extend(value.values())
        else:
            found.append(to_string(value))
    return found


def numbers(values: Iterable[Value]) -> list[float]:
    """Numbers of all arguments, node-sets spread into their nodes; what is not a number (NaN) is left out."""
    found: list[float] = []
    for value in values:
        if isinstance(value, NodeSet):
            found.extend(map(text_to_number, value.values()))
        else:
            found.append(to_number(value))
    return [number for number in found if number == number]  # noqa: PLR0124 - the fastest test for NaN


# --- comparisons (XPath 1.0 §3.4) ---


def equal_numbers(left: float, right: float) -> bool:
    """Compare two numbers, forgiving 1e-12; NaN equals nothing."""
    return left == right or -TOLERANCE < left - right < TOLERANCE


def equal(left: Value, right: Value) -> bool:
    """`=`: with node-sets, whether some node (or some pair of nodes) is equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, NodeSet) or isinstance(right, NodeSet):
        return _some(left, right, equal)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return equal_numbers(to_number(left), to_number(right))


def different(left: Value, right: Value) -> bool:
    """`!=`: with node-sets, whether some node differs: not the contrary of `=`."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) != to_boolean(right)
    if isinstance(left, NodeSet) or isinstance(right, NodeSet):
        return _some(left, right, different)
    if isinstance(left, str) and isinstance(right, str):
        return left != right
    return not equal_numbers(to_number(left), to_number(right))


def less(left: Value, right: Value) -> bool:
    """`<`, between numbers."""
    return _ordered(left, right, lt)


def less_equal(left: Value, right: Value) -> bool:
    """`<=`, between numbers."""
    return _ordered(left, right, le)


def greater(left: Value, right: Value) -> bool:
    """`>`, between numbers."""
    return _ordered(left, right, gt)


def greater_equal(left: Value, right: Value) -> bool:
    """`>=`, between numbers."""
    return _ordered(left, right, ge)


def _some(left: Value, right: Value, test: Callable[[Value, Value], bool]) -> bool:
    lefts: Sequence[Value] = left.values() if isinstance(left, NodeSet) else (left,)
    rights: Sequence[Value] = right.values() if isinstance(right, NodeSet) else (right,)
    return any(test(a, b) for a in lefts for b in rights)


def _ordered(left: Value, right: Value, test: Callable[[float, float], bool]) -> bool:
    if isinstance(left, NodeSet) or isinstance(right, NodeSet):
        if isinstance(left, bool) or isinstance(right, bool):
            return test(float(to_boolean(left)), float(to_boolean(right)))
        rights = _numbers_to_compare(right)
        return any(test(a, b) for a in _numbers_to_compare(left) for b in rights)
    return test(to_number(left), to_number(right))


def _numbers_to_compare(value: Value) -> list[float]:
    return [text_to_number(text) for text in value.values()] if isinstance(value, NodeSet) else [to_number(value)]


# --- arithmetic (XPath 1.0 §3.5): +, - and * are Python's own on floats ---


def divide(left: float, right: float) -> float:
    """`div`, as IEEE 754: by zero it is infinite, or NaN if both are zero."""
    try:
        return left / right
    except ZeroDivisionError:
        if left == 0 or left != left:  # noqa: PLR0124 - the fastest test for NaN
            return nan
        return copysign(inf, left) * copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """`mod`: the remainder has the sign of the dividend, unlike Python's %."""
    try:
        return fmod(left, right)
    except ValueError:
        return nan
