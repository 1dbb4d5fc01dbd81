# SPDX-License-Identifier: EUPL-1.2
"""Functions on places (ODK XForms, "Geographic Functions"), on a sphere of JavaRosa's radius.

A point is `latitude longitude [altitude [accuracy]]` in decimal degrees and meters, a trace or shape is points with `;`
between them; node-sets give their points one after the other. A value that is no place makes the result NaN (numbers)
or false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from math import asin, cos, isfinite, nan, pi, radians, sin, sqrt

from forms.xpath.values import Value, strings

EARTH_RADIUS = 6_378_100.0
"""Meters; "Earth's equatorial radius" in JavaRosa."""

METERS_PER_DEGREE = 2 * pi * EARTH_RADIUS / 360

Point = tuple[float, float]


def area(value: Value) -> float:
    """Return the square meters enclosed by a shape or by a node-set of points; 0 with fewer than three points.

    As JavaRosa: each point is projected on the plane at the first one, so the value is for fields, not for countries.
    """
    points = read_points((value,))
    if points is None:
        return nan
    if len(points) < 3:
        return 0.0
    latitude, longitude = points[0]
    flat = [
        ((x - longitude) * METERS_PER_DEGREE * cos(radians(y)), (y - latitude) * METERS_PER_DEGREE) for y, x in points
    ]
    return abs(sum(y1 * x2 - x1 * y2 for (x1, y1), (x2, y2) in pairwise(flat))) / 2


def distance(*values: Value) -> float:
    """Return the meters along the points of all arguments, in their order; 0 with fewer than two points."""
    points = read_points(values)
    return nan if points is None else sum((_between(a, b) for a, b in pairwise(points)), 0.0)


def _between(a: Point, b: Point) -> float:
    """Haversine: the same sphere as JavaRosa's law of cosines, but exact for points a step apart."""
    latitude_a, latitude_b = radians(a[0]), radians(b[0])
    half_north = sin((latitude_b - latitude_a) / 2)
    half_east = sin(radians(b[1] - a[1]) / 2)
    chord = half_north * half_north + cos(latitude_a) * cos(latitude_b) * half_east * half_east
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


def geofence(point: Value, shape: Value) -> bool:
    """Tell whether the (first) point is inside the shape: a ray eastwards crosses the border an odd number of times."""
    places = read_points((point,))
    border = read_points((shape,))
    if not places or not border or len(border) < 3:
        return False
    y, x = places[0]
    inside = False
    for (y1, x1), (y2, x2) in pairwise(_closed(border)):
        if (y2 > y) != (y1 > y) and x < (x1 - x2) * (y - y2) / (y1 - y2) + x2:
            inside = not inside
    return inside


def intersects(value: Value) -> bool:
    """Tell whether a trace or shape crosses or touches itself; neighbours may share their common point."""
    line = [point for point, _ in groupby(read_points((value,)) or ())]
    segments = list(pairwise(line))
    last = len(segments) - 1
    closed = len(line) > 2 and line[0] == line[-1]
    by_west = sorted(range(len(segments)), key=lambda i: min(segments[i][0][1], segments[i][1][1]))
    open_segments: list[int] = []
    for index in by_west:
        (_, x1), (_, x2) = segments[index]
        west = min(x1, x2)
        open_segments = [i for i in open_segments if max(segments[i][0][1], segments[i][1][1]) >= west]
        for other in open_segments:
            first, second = min(index, other), max(index, other)
            neighbours = second - first == 1 or (closed and first == 0 and second == last)
            if _meet(segments[first], segments[second], neighbours=neighbours):
                return True
        open_segments.append(index)
    return False


def _meet(one: tuple[Point, Point], two: tuple[Point, Point], *, neighbours: bool) -> bool:
    (a, b), (c, d) = one, two
    if neighbours:
        shared = b if b in (c, d) else a
        tail, head = (a if shared == b else b), (d if shared == c else c)
        return _turn(tail, shared, head) == 0 and _ahead(shared, tail, head)
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _in_box(*end) for turn, end in zip(turns, ends, strict=True))


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive if c is to one side of the line ab, negative to the other, 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _ahead(origin: Point, a: Point, b: Point) -> bool:
    """Tell whether a and b lie in the same direction from `origin`: the line folds back on itself."""
    return (a[0] - origin[0]) * (b[0] - origin[0]) + (a[1] - origin[1]) * (b[1] - origin[1]) > 0


def _in_box(a: Point, b: Point, c: Point) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _closed(points: Sequence[Point]) -> Sequence[Point]:
    return points if points[0] == points[-1] else [*points, points[0]]


def read_points(values: Iterable[Value]) -> list[Point] | None:
    """Read (latitude, longitude) of all points of all values; None if one of them is no point."""
    points: list[Point] = []
    for text in strings(values):
        for piece in text.strip().removesuffix(";").split(";"):
            point = _read_point(piece)
            if point is None:
                return None
            points.append(point)
    return points


def _read_point(text: str) -> Point | None:
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    if isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
        return latitude, longitude
    return None
