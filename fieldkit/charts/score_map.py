# SPDX-License-Identifier: EUPL-1.2
"""The map of scores: one disc a commune at its label point, darker where the score is higher, the value always printed.

Outlines of communes do not ship (their licences do not allow it), so places are points, north at the top, with the
distances between them as they are on the ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldkit.charts.matrix import spread
from fieldkit.charts.primitives import Chart, Circle, Paint, Point, Primitive, Rect, Text, elide
from fieldkit.typography import DASH, french, integer

DISC = 17.0
LEGEND = 26.0
CLASSES = (0.12, 0.32, 0.52, 0.74, 1.0)  # share of the brand's hue by fifth of the scale
LIGHT_TEXT_FROM = 3  # from this class on, the number is written in the light ink


class MapPlace(NamedTuple):
    """One place: its name, where it is (WGS 84, degrees), its score 0-100 or None, whether it is the one looked at."""

    name: str
    lon: float
    lat: float
    score: float | None
    chosen: bool = False


def score_map(places: Iterable[MapPlace], width: float = 300, height: float = 270) -> Chart:
    """Draw the places where they lie; discs that would hide each other are pushed apart a little."""
    items = sorted(places, key=lambda place: place.chosen)
    bounds = (44.0, DISC + 4, width - 44, height - LEGEND - DISC - 18)
    points = spread(_projected(items, bounds), 2 * DISC + 22, bounds)
    shapes: list[Primitive] = []
    for item, (x, y) in zip(items, points, strict=True):
        shapes += _place(item, x, y)
    shapes += _legend(width, height)
    return Chart(width, height, tuple(shapes), _describe(items))


def _projected(items: Sequence[MapPlace], bounds: tuple[float, float, float, float]) -> list[Point]:
    """Scale longitudes by the cosine of the middle latitude: enough for a territory of some tens of kilometres."""
    if not items:
        return []
    left, top, right, bottom = bounds
    squeeze = math.cos(math.radians(sum(item.lat for item in items) / len(items)))
    xs, ys = [item.lon * squeeze for item in items], [-item.lat for item in items]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    room_x, room_y = right - left, bottom - top
    scale = min(room_x / across if across else math.inf, room_y / down if down else math.inf)
    scale = 0.0 if math.isinf(scale) else scale
    x0 = left + (room_x - across * scale) / 2
    y0 = top + (room_y - down * scale) / 2
    return [(x0 + (x - min(xs)) * scale, y0 + (y - min(ys)) * scale) for x, y in zip(xs, ys, strict=True)]


def _class_of(score: float) -> int:
    return min(len(CLASSES) - 1, int(score // 20))


def _place(item: MapPlace, x: float, y: float) -> list[Primitive]:
    ring = [Circle(x, y, DISC + 3, Paint(stroke="text", width=2))] if item.chosen else []
    name = Text(x, y + DISC + 14, elide(item.name, 96, 12), "text", 12, 600 if item.chosen else 400, "middle")
    if item.score is None:
        paint = Paint("surface", "border_strong", 1, dash=(3, 3))
        return [Circle(x, y, DISC, paint), *ring, Text(x, y + 4, DASH, "text2", 12, 600, "middle"), name]
    step = _class_of(item.score)
    role = "on_primary" if step >= LIGHT_TEXT_FROM else "text"
    return [
        Circle(x, y, DISC, Paint("surface")),
        Circle(x, y, DISC, Paint("primary", "primary", 1, opacity=CLASSES[step])),
        *ring,
        Text(x, y + 4.5, integer(item.score), role, 12.5, 700, "middle"),
        name,
    ]


def _legend(width: float, height: float) -> list[Primitive]:
    top, left, right = height - 12, 20.0, width - 30
    step = (right - left) / len(CLASSES)
    shapes: list[Primitive] = [Text(left - 8, top + 8, "0", "text2", 12, 400, "end")]
    for number, share in enumerate(CLASSES):
        shapes.append(Rect(left + number * step, top, step - 2, 8, Paint("primary", "border", 0.5, opacity=share)))
    shapes.append(Text(right + 4, top + 8, "100", "text2", 12))
    return shapes


def _describe(items: Sequence[MapPlace]) -> str:
    told = [f"{item.name} : {DASH if item.score is None else integer(item.score)}" for item in items]
    return french("Score par commune, de 0 à 100. " + " ; ".join(told) + ".") if told else ""
