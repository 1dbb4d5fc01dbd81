# SPDX-License-Identifier: EUPL-1.2
"""The radar: a profile over several axes from 0 to 100, and a dashed reference in a second hue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldkit.charts.primitives import (
    Anchor,
    Chart,
    Circle,
    Line,
    Paint,
    Point,
    Polygon,
    Polyline,
    Primitive,
    Text,
    on_circle,
    set_lines,
    text_width,
    wrap,
)
from fieldkit.typography import DASH, NBSP, french, integer, signed

LABEL_SIZE = 12.5
LEADING = 1.2
LEGEND_HEIGHT = 30.0
GAP = 11.0  # between the circle and its labels
UPRIGHT = 0.12  # |cosine| under which a label is centred above or below its axis


class Axis(NamedTuple):
    """One axis: label, value and reference from 0 to 100 (None: unknown), and whether to trust the value."""

    label: str
    value: float | None
    reference: float | None = None
    reliable: bool = True


AxisLike = Axis | tuple[str, float | None, float | None]


def radar(
    axes: Iterable[AxisLike], width: float = 340, height: float = 300, *, name: str = "", reference_name: str = ""
) -> Chart:
    """Draw the profile. Unknown values interrupt the outline; a value to be trusted less is a hollow point.

    `name` and `reference_name` make the legend at the foot; without them there is none.
    """
    items = [Axis(*axis) for axis in axes]
    legend = _legend(name, reference_name, height) if name or reference_name else []
    plot_height = height - (LEGEND_HEIGHT if legend else 0)
    label_width = min(108.0, width * 0.29)
    radius = _widest_radius(items, width, plot_height, label_width)
    centre = (width / 2, plot_height / 2 + (6 if len(items) % 2 else 0))
    spokes = [on_circle(*centre, radius, -90 + 360 * i / max(1, len(items))) for i in range(len(items))]
    shapes = [
        *_grid(centre, spokes),
        *_profile([axis.reference for axis in items], centre, spokes, Paint(stroke="review", width=1.6, dash=(6, 4))),
        *_profile([axis.value for axis in items], centre, spokes, Paint("primary", "primary", 2, opacity=0.16)),
        *_points(items, centre, spokes),
        *_labels(items, centre, radius, label_width),
        *legend,
    ]
    return Chart(width, height, tuple(shapes), describe_axes(items, name, reference_name))


def _widest_radius(axes: Sequence[Axis], width: float, height: float, label_width: float) -> float:
    """Return the largest radius that leaves every label its room beside, above and below the circle."""
    radius = height / 2 - 2 * GAP
    for i, axis in enumerate(axes):
        across, down = on_circle(0, 0, 1, -90 + 360 * i / len(axes))
        lines = _label_lines(axis, across, label_width)
        if abs(across) > UPRIGHT:
            longest = max(text_width(line, LABEL_SIZE) for line in lines)
            radius = min(radius, (width / 2 - longest) / abs(across) - GAP)
        block = LABEL_SIZE * LEADING * (len(lines) + 1)
        if abs(down) > 0.3:
            radius = min(radius, (height / 2 - 8 - block * (0.5 + 0.5 * abs(down))) / abs(down) - GAP)
    return max(10.0, radius)


def _label_lines(axis: Axis, across: float, width: float) -> list[str]:
    return wrap(axis.label, width if abs(across) > UPRIGHT else width * 1.6, LABEL_SIZE)


def describe_axes(axes: Sequence[Axis], name: str, reference_name: str) -> str:
    """Say each axis in words: value, gap to the reference, and when the value is to be trusted less."""
    sentences = [f"Profil{f' de {name}' if name else ''}, de 0 à 100."]
    for axis in axes:
        sentence = f"{axis.label} : {'inconnu' if axis.value is None else integer(axis.value)}"
        if axis.reference is not None:
            sentence += f", {reference_name or 'référence'} {integer(axis.reference)}"
            if axis.value is not None:
                sentence += f", écart {signed(integer_gap(axis.value, axis.reference))}"
        sentences.append(sentence + ("" if axis.reliable else ", fiabilité insuffisante") + ".")
    return french(" ".join(sentences))


def integer_gap(value: float, reference: float) -> int:
    """Return the gap between the numbers as shown, so that what is written adds up."""
    return math.floor(value + 0.5) - math.floor(reference + 0.5)


def _toward(centre: Point, end: Point, share: float) -> Point:
    return centre[0] + (end[0] - centre[0]) * share, centre[1] + (end[1] - centre[1]) * share


def _grid(centre: Point, spokes: Sequence[Point]) -> list[Primitive]:
    hair = Paint(stroke="border", width=1)
    rings = [Polygon(tuple(_toward(centre, end, level / 4) for end in spokes), hair) for level in (1, 2, 3, 4)]
    return [*rings, *(Line(*centre, *end, hair) for end in spokes)]


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Return the stretches of neighbouring known axes, around the circle; one run of all when nothing is missing."""
    known = [i for i, value in enumerate(values) if value is not None]
    runs: list[list[int]] = []
    for i in known:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == len(values) - 1:
        runs[0] = runs.pop() + runs[0]
    return runs


def _profile(
    values: Sequence[float | None], centre: Point, spokes: Sequence[Point], paint: Paint
) -> Iterable[Primitive]:
    outline = Paint(stroke=paint.stroke, width=paint.width, dash=paint.dash)
    inside = Paint(fill=paint.fill, opacity=paint.opacity)
    for run in _runs(values):
        points = tuple(_toward(centre, spokes[i], _clamp(values[i])) for i in run)
        if len(run) == len(values):
            yield Polygon(points, paint)
        elif len(run) > 1:
            if paint.fill:
                yield Polygon((centre, *points), inside)
            yield Polyline(points, outline)


def _clamp(value: float | None) -> float:
    return min(100.0, max(0.0, value or 0.0)) / 100


def _points(axes: Sequence[Axis], centre: Point, spokes: Sequence[Point]) -> Iterable[Primitive]:
    for axis, end in zip(axes, spokes, strict=True):
        if axis.value is not None:
            x, y = _toward(centre, end, _clamp(axis.value))
            solid = Paint("primary", "surface", 1.5)
            yield Circle(x, y, 4.5, solid if axis.reliable else Paint("surface", "primary", 1.5))


def _labels(axes: Sequence[Axis], centre: Point, radius: float, width: float) -> Iterable[Primitive]:
    for i, axis in enumerate(axes):
        across, down = on_circle(0, 0, 1, -90 + 360 * i / len(axes))
        x, y = centre[0] + (radius + GAP) * across, centre[1] + (radius + GAP) * down
        anchor: Anchor = "middle" if abs(across) < UPRIGHT else "start" if across > 0 else "end"
        lines = _label_lines(axis, across, width)
        step = LABEL_SIZE * LEADING
        # The block of label and value slides from above the point (top of the circle) to below it (bottom).
        top = y - step * (len(lines) + 1) * (0.5 - 0.5 * down) + step * 0.8
        yield from set_lines(lines, x, top, Text(0, 0, "", "text2", LABEL_SIZE, 400, anchor), LEADING)
        shown = DASH if axis.value is None else integer(axis.value)
        yield Text(x, top + step * len(lines), shown, "text", LABEL_SIZE + 0.5, 700, anchor)


def _legend(name: str, reference_name: str, height: float) -> list[Primitive]:
    y, x = height - 8, 5.0
    shapes: list[Primitive] = []
    if name:
        shapes += [Circle(x, y - 4.5, 5, Paint("primary")), Text(x + 11, y, name, "text2", LABEL_SIZE)]
        x += 11 + text_width(name + NBSP, LABEL_SIZE) + 20
    if reference_name:
        dashes = Paint(stroke="review", width=2, dash=(6, 3))
        shapes += [
            Line(x - 5, y - 4.5, x + 10, y - 4.5, dashes),
            Text(x + 17, y, reference_name, "text2", LABEL_SIZE),
        ]
    return shapes
