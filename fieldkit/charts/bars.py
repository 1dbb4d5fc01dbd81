# SPDX-License-Identifier: EUPL-1.2
"""Bars: scores by axis with a tick at the reference, amounts against a limit, and the ring of completeness."""

from __future__ import annotations

from collections.abc import Iterable

from fieldkit.charts.primitives import Arc, Chart, Line, Paint, Primitive, Rect, Text, elide, text_width, wrap
from fieldkit.charts.radar import Axis, AxisLike, describe_axes, integer_gap
from fieldkit.typography import DASH, french, integer, percent, signed

BAR = 5.0
VALUE_COLUMN, GAP_COLUMN = 44.0, 44.0


def axis_bars(
    axes: Iterable[AxisLike],
    width: float = 380,
    *,
    row_height: float = 39,
    indent: float = 0,
    name: str = "",
    reference_name: str = "",
) -> Chart:
    """Draw one row an axis: label, value, signed gap, and a bar with a tick at the reference.

    An axis that is not reliable has a hatched bar. `indent` leaves room at the left of each row (for an icon).
    """
    items = [Axis(*axis) for axis in axes]
    shapes: list[Primitive] = []
    for i, axis in enumerate(items):
        shapes += _axis_row(axis, i * row_height, width, row_height, indent)
    return Chart(width, row_height * len(items), tuple(shapes), describe_axes(items, name, reference_name))


def _axis_row(axis: Axis, top: float, width: float, height: float, left: float) -> list[Primitive]:
    baseline, bar_top = top + height * 0.44, top + height * 0.66
    gap_width = GAP_COLUMN if axis.reference is not None else 0
    label = elide(axis.label, width - left - VALUE_COLUMN - gap_width, 14)
    shapes: list[Primitive] = [
        Text(left, baseline, label, "text", 14),
        Text(width - gap_width, baseline, DASH if axis.value is None else integer(axis.value), "text", 14, 600, "end"),
    ]
    if axis.reference is not None and axis.value is not None:
        gap = integer_gap(axis.value, axis.reference)
        shapes.append(Text(width, baseline, signed(gap), _gap_role(gap), 13, 600, "end"))
    length = width - left
    shapes.append(Rect(left, bar_top, length, BAR, Paint("track"), BAR / 2))
    if axis.value is not None:
        filled = max(BAR, length * _share(axis.value))
        paint = Paint("primary") if axis.reliable else Paint("primary", "primary", 0.8, hatch=True)
        ground = [] if axis.reliable else [Rect(left, bar_top, filled, BAR, Paint("surface"), BAR / 2)]
        shapes += [*ground, Rect(left, bar_top, filled, BAR, paint, BAR / 2)]
    if axis.reference is not None:
        shapes.append(Rect(left + (length - 3) * _share(axis.reference), bar_top - 3, 3, BAR + 6, Paint("review"), 1))
    return shapes


def _gap_role(gap: int) -> str:
    return "text2" if gap == 0 else "ok_fg" if gap > 0 else "err_fg"


def _share(value: float, whole: float = 100.0) -> float:
    return min(1.0, max(0.0, value / whole)) if whole > 0 else 0.0


def limit_bar(
    label: str,
    value: float,
    limit: float,
    *,
    least: bool = False,
    whole: float = 0,
    shown: str = "",
    width: float = 268,
) -> Chart:
    """Draw an amount against its limit: « 58 % (max. 50 %) », red when the limit is broken, and a tick at the limit.

    `least` makes the limit a minimum. `whole` is the value at the right end (the larger of value and limit, plus a
    tenth, if 0). `shown` replaces the words for value and limit, which else read as percentages.
    """
    broken = value < limit if least else value > limit
    end = whole or max(value, limit) * 1.1 or 1.0
    said = shown or f"{percent(value, 1)} ({'min.' if least else 'max.'} {percent(limit, 1)})"
    if least:
        status = "sous le minimum" if broken else "minimum atteint"
    else:
        status = "au-delà du plafond" if broken else "sous le plafond"
    shapes: list[Primitive] = [
        Text(0, 15, elide(label, width - text_width(said, 13, 600 if broken else 400) - 12, 13), "text", 13),
        Text(width, 15, said, "err_fg" if broken else "text2", 13, 600 if broken else 400, "end"),
        Rect(0, 24, width, BAR, Paint("track"), BAR / 2),
    ]
    if value > 0:
        filled = max(BAR, width * _share(value, end))
        shapes.append(Rect(0, 24, filled, BAR, Paint("err" if broken else "primary"), BAR / 2))
    shapes.append(Rect((width - 2) * _share(limit, end), 21, 2, BAR + 6, Paint("text")))
    return Chart(width, 34, tuple(shapes), french(f"{label} : {said}, {status}."))


def ring(value: float | None, size: float = 52, *, label: str = "", caption: str = "") -> Chart:
    """Draw a share of 100 as a ring from twelve o'clock, with the number (or `label`) in the middle."""
    stroke = max(3.0, size * 0.1)
    radius, middle = (size - stroke) / 2, size / 2
    text = label or (DASH if value is None else integer(value))
    shapes: list[Primitive] = [Arc(middle, middle, radius, 0, 360, Paint(stroke="track", width=stroke))]
    if value:
        sweep = 360 * _share(value)
        shapes.append(Arc(middle, middle, radius, -90, sweep, Paint(stroke="primary", width=stroke)))
    font = min(size * 0.29, 0.74 * (size - 2 * stroke) / max(0.1, text_width(text, 1, 700)))
    shapes.append(Text(middle, middle + font * 0.36, text, "text", font, 700, "middle"))
    said = "inconnu" if value is None else f"{integer(value)} sur 100"
    return Chart(size, size, tuple(shapes), french(f"{caption or 'Complet'} : {said}."))


def scale_bar(value: float | None, levels: Iterable[str], width: float = 480) -> Chart:
    """Draw the scale of maturity: equal steps from 0 to 100 with their names, and a mark at the value."""
    names = list(levels)
    step, top = width / max(1, len(names)), 18.0
    current = None if value is None else min(len(names) - 1, int(_share(value) * len(names)))
    shapes: list[Primitive] = []
    for i, name in enumerate(names):
        paint = Paint("primary") if i == current else Paint("track")
        shapes.append(Rect(i * step, top, step - 3, 6, paint, 3))
        lines = wrap(name, step - 4, 12, 600 if i == current else 400)
        role = "primary_text" if i == current else "text2"
        for j, line in enumerate(lines):
            shapes.append(Text(i * step, top + 22 + j * 14, line, role, 12, 600 if i == current else 400))
    if value is not None:
        x = (width - 3) * _share(value)
        shapes.append(Line(x, top - 5, x, top + 11, Paint(stroke="text", width=2)))
        anchor_x = min(max(x, 10), width - 10)
        shapes.append(Text(anchor_x, top - 8, integer(value), "text", 12, 700, "middle"))
    said = "inconnu" if value is None else f"{integer(value)} sur 100, niveau {names[current or 0]}" if names else ""
    return Chart(width, 48, tuple(shapes), french(f"Niveau : {said}."))
