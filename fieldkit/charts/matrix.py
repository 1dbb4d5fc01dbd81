# SPDX-License-Identifier: EUPL-1.2
"""The matrix of priorities: numbered points over four fields, readable beside the numbered list that it belongs to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldkit.charts.primitives import Chart, Circle, Paint, Point, Primitive, Rect, Text
from fieldkit.typography import french

DOT = 11.0
GUTTER, FOOT = 26.0, 24.0
BAND = 24.0 + DOT  # above and below, the names of the fields stay readable


class MatrixItem(NamedTuple):
    """One point: the number shown, its place from 0 to 1 (right, up), and its name for the description."""

    number: int
    across: float
    up: float
    label: str = ""


class MatrixWords(NamedTuple):
    """What stands at the ends of both axes and in the four fields (top left, top right, bottom left, bottom right)."""

    left: str = "Facile"
    right: str = "Difficile"
    low: str = "Utile"
    high: str = "Très utile"
    fields: tuple[str, str, str, str] = ("À lancer d’abord", "À préparer", "En complément", "Plus tard")


USE_BY_EFFORT = MatrixWords()
SCORE_BY_IMPORTANCE = MatrixWords(
    "Score bas",
    "Score haut",
    "Peu important",
    "Important",
    ("À lancer d’abord", "À maintenir", "En complément", "Plus tard"),
)


def priority_matrix(
    items: Iterable[MatrixItem | tuple[int, float, float, str]],
    width: float = 330,
    height: float = 230,
    words: MatrixWords = USE_BY_EFFORT,
) -> Chart:
    """Draw the four fields and the points, pushed apart when they would hide each other."""
    points = [MatrixItem(*item) for item in items]
    left, bottom = GUTTER, height - FOOT
    plot_width, plot_height = width - left, bottom
    shapes: list[Primitive] = _fields(left, plot_width, plot_height, words)
    wanted = [
        (
            left + DOT + (plot_width - 2 * DOT) * min(1.0, max(0.0, p.across)),
            BAND + (plot_height - 2 * BAND) * (1 - min(1.0, max(0.0, p.up))),
        )
        for p in points
    ]
    bounds = (left + DOT, BAND, width - DOT, plot_height - BAND)
    for item, (x, y) in zip(points, spread(wanted, 2 * DOT + 2, bounds), strict=True):
        shapes.append(Circle(x, y, DOT, Paint("primary", "surface", 2)))
        shapes.append(Text(x, y + 4.4, str(item.number), "on_primary", 12, 700, "middle"))
    return Chart(width, height, tuple(shapes), _describe(points, words))


def spread(points: Sequence[Point], apart: float, bounds: tuple[float, float, float, float]) -> list[Point]:
    """Move points that lie closer than `apart` away from each other, inside bounds (left, top, right, bottom).

    A fixed number of passes: the same input always gives the same picture.
    """
    moved = [list(point) for point in points]
    for _ in range(60):
        pushed = [_push(moved, i, j, apart) for i in range(len(moved)) for j in range(i)]
        if not any(pushed):
            break
        for point in moved:
            point[0] = min(bounds[2], max(bounds[0], point[0]))
            point[1] = min(bounds[3], max(bounds[1], point[1]))
    return [(x, y) for x, y in moved]


def _push(points: list[list[float]], i: int, j: int, apart: float) -> bool:
    dx, dy = points[i][0] - points[j][0], points[i][1] - points[j][1]
    distance = math.hypot(dx, dy)
    if distance >= apart - 0.01:
        return False
    if distance < 0.01:  # the same place: part them sideways, in an angle that differs for every pair
        dx, dy, distance = math.cos(i + 0.5 * j), math.sin(i + 0.5 * j), 1.0
        shift = apart / 2
    else:
        shift = (apart - distance) / 2
    for k, sign in ((i, 1), (j, -1)):
        points[k][0] += sign * shift * dx / distance
        points[k][1] += sign * shift * dy / distance
    return True


def _fields(left: float, width: float, height: float, words: MatrixWords) -> list[Primitive]:
    half_width, half_height = width / 2 - 1, height / 2 - 1
    right, low = left + width / 2 + 1, height / 2 + 1
    shapes: list[Primitive] = []
    for i, (x, y) in enumerate(((left, 0.0), (right, 0.0), (left, low), (right, low))):
        paint = Paint("primary_soft") if i == 0 else Paint("sunken", "border", 0.6)
        shapes.append(Rect(x, y, half_width, half_height, paint, 4))
        end, bottom = i % 2 == 1, i > 1
        shapes.append(
            Text(
                x + (half_width - 8 if end else 8),
                y + (half_height - 9 if bottom else 17),
                words.fields[i],
                "primary_text" if i == 0 else "text2",
                12,
                500 if i == 0 else 400,
                "end" if end else "start",
            )
        )
    shapes += [
        Text(left, height + 17, words.left, "text2", 12),
        Text(left + width, height + 17, words.right, "text2", 12, 400, "end"),
        Text(15, height, words.low, "text2", 12, 400, "start", -90),
        Text(15, 0, words.high, "text2", 12, 400, "end", -90),
    ]
    return shapes


def _describe(points: Sequence[MatrixItem], words: MatrixWords) -> str:
    sentences = []
    for item in points:
        field = words.fields[(0 if item.up >= 0.5 else 2) + (1 if item.across >= 0.5 else 0)]
        sentences.append(f"{item.number}{f', {item.label}' if item.label else ''} : {field}.")
    return french("Matrice des priorités. " + " ".join(sentences))
