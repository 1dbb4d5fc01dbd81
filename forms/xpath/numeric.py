# SPDX-License-Identifier: EUPL-1.2
"""Functions on numbers (ODK XForms, "Number Functions"; XPath 1.0 §4.4, and 3.0 for the mathematics).

Nothing here raises: what has no real result is NaN, what is too great is infinite, as in IEEE 754 and Java.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import ceil, floor, inf, isfinite, nan

from forms.xpath.values import NodeSet, Value, numbers

_MOST_PLACES = 30


def rounded(number: float, places: float = 0.0) -> float:
    """Round halves up (towards +infinity): round(-2.5) is -2. `places` counts decimals; negative ones are tens.

    The number is rounded as it is written, so round(1.005, 2) is 1.01 (as JavaRosa and spreadsheets do).
    """
    if not isfinite(number):
        return number
    count = int(places) if isfinite(places) else 0
    if count == 0:
        below = floor(number)
        return float(below + 1 if number - below >= 0.5 else below)
    if abs(count) > _MOST_PLACES:
        return nan
    if count < 0:
        unit = 10.0**-count
        return floor(number / unit + 0.5) * unit
    return _rounded_decimals(number, count)


def _rounded_decimals(number: float, places: int) -> float:
    text = repr(abs(number))
    mantissa, _, exponent = text.partition("e")
    whole, _, decimals = mantissa.partition(".")
    keep = len(whole) + int(exponent or 0) + places  # digits that stay
    digits = whole + decimals
    if keep >= len(digits):
        return number
    if keep < 0:
        return 0.0
    rest = digits[keep:]
    up = rest[0] > "5" or (rest[0] == "5" and (number > 0 or rest.strip("0") != "5"))
    result = float(f"{int(digits[:keep] or '0') + up}e-{places}")
    return result if number > 0 else -result


def floored(number: float) -> float:
    """Round down."""
    return float(floor(number)) if isfinite(number) else number


def ceiling(number: float) -> float:
    """Round up."""
    return float(ceil(number)) if isfinite(number) else number


def integer(number: float) -> float:
    """Drop the decimals: int(-1.9) is -1."""
    return float(int(number)) if isfinite(number) else number


def absolute(number: float) -> float:
    """Drop the sign."""
    return abs(number)


def power(base: float, exponent: float) -> float:
    """Raise to a power, as Java's Math.pow."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -inf if base < 0 and exponent % 2 == 1 else inf
    except ValueError:  # 0 to a negative power, or a root of a negative number
        if base != 0:
            return nan
        return -inf if math.copysign(1.0, base) < 0 and exponent % 2 == 1 else inf


def _real(function: Callable[[float], float], too_great: float = inf) -> Callable[[float], float]:
    """Make a function of the mathematics library answer NaN or infinity instead of raising."""

    def answer(number: float) -> float:
        try:
            return function(number)
        except ValueError:
            return nan
        except OverflowError:
            return too_great

    answer.__doc__ = function.__doc__
    return answer


sine = _real(math.sin)
cosine = _real(math.cos)
tangent = _real(math.tan)
arc_sine = _real(math.asin)
arc_cosine = _real(math.acos)
arc_tangent = _real(math.atan)
square_root = _real(math.sqrt)
exponential = _real(math.exp)
arc_tangent_2 = math.atan2


def natural_logarithm(number: float) -> float:
    """Return the logarithm to base e: -infinity at zero, NaN below."""
    return math.log(number) if number > 0 else -inf if number == 0 else nan


def decimal_logarithm(number: float) -> float:
    """Return the logarithm to base 10: -infinity at zero, NaN below."""
    return math.log10(number) if number > 0 else -inf if number == 0 else nan


def power_of_ten(number: float) -> float:
    """Return 10 to the power of `number`."""
    return power(10.0, number)


def pi() -> float:
    """Return the ratio of a circle's circumference to its diameter."""
    return math.pi


def total(nodes: Value) -> float:
    """Add up the nodes; those without a number (an unanswered question) count for nothing, as in JavaRosa."""
    found = numbers((nodes,))
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):  # beyond what a number can hold, or infinities of both signs
        return sum(found)


def maximum(*values: Value) -> float:
    """Return the greatest number of all nodes and arguments, NaN if there is none; the unanswered are left out."""
    return max(numbers(values), default=nan)


def minimum(*values: Value) -> float:
    """Return the least number of all nodes and arguments, NaN if there is none; the unanswered are left out."""
    return min(numbers(values), default=nan)


def count(nodes: NodeSet) -> float:
    """Count the nodes."""
    return float(len(nodes))


def count_non_empty(nodes: NodeSet) -> float:
    """Count the nodes that have text."""
    return float(sum(1 for text in nodes.values() if text))
