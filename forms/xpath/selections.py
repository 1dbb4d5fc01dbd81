# SPDX-License-Identifier: EUPL-1.2
"""Functions on choices and truth (ODK XForms, "Select Functions" and "Boolean Functions")."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from math import isfinite

from forms.xpath.values import NodeSet, Value, text_to_number, to_number


def selected(chosen: str, value: str) -> bool:
    """Tell whether `value` is one of the space-separated `chosen` values; "" is, if nothing is chosen."""
    return value.strip() in (chosen.split() or ("",))


def selected_at(chosen: str, index: float) -> str:
    """Return the chosen value at the 0-based `index`, "" outside."""
    values = chosen.split()
    place = int(index) if isfinite(index) else 0 if index != index else -1  # noqa: PLR0124 - NaN is 0, as in Java
    return values[place] if 0 <= place < len(values) else ""


def count_selected(chosen: str) -> float:
    """Count the chosen values."""
    return float(len(chosen.split()))


def boolean_from_string(text: str) -> bool:
    """Tell whether the text is "true" or "1": a boolean stored in the instance comes back as text."""
    return text == "1" or text.lower() == "true"


def negation(value: bool) -> bool:
    """Return the contrary."""
    return not value


def checklist(least: float, most: float, *factors: Value) -> bool:
    """Tell whether between `least` and `most` factors hold, both included; -1 is no limit."""
    held = sum(1 for factor in _spread(factors) if holds(factor))
    return (least < 0 or held >= least) and (most < 0 or held <= most)


def weighted_checklist(least: float, most: float, *pairs: Value) -> bool:
    """Tell whether the weights of the factors that hold add up to between `least` and `most`; -1 is no limit.

    `pairs` are factor, weight, factor, weight …; one factor and one weight may be node-sets of the same length.
    """
    factors = _spread(pairs[0::2])
    weights = _spread(pairs[1::2])
    held = sum(to_number(weight) for factor, weight in zip(factors, weights, strict=False) if holds(factor))
    return (least == -1 or held >= least) and (most == -1 or held <= most)


def holds(factor: Value) -> bool:
    """Tell whether a factor of a checklist holds: true, a number above 0, or text other than "", "false" and "0"."""
    if isinstance(factor, bool):
        return factor
    if isinstance(factor, str):
        number = text_to_number(factor)
        return number > 0 if number == number else factor not in ("", "false")  # noqa: PLR0124 - NaN
    return to_number(factor) > 0


def _spread(values: Iterable[Value]) -> list[Value]:
    return list(chain.from_iterable(v.values() if isinstance(v, NodeSet) else (v,) for v in values))


def first_argument(value: Value, *_others: Value) -> Value:
    """Return the first argument: depend(), an old way to have an expression calculated again."""
    return value
