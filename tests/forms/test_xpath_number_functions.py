# SPDX-License-Identifier: EUPL-1.2
"""Functions on numbers and places."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, localcontext
from math import inf, isnan, nan, pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.xpath import geography, numeric
from forms.xpath.geography import EARTH_RADIUS, METERS_PER_DEGREE
from forms.xpath.values import NodeSet, Value


@pytest.mark.parametrize(
    ("number", "places", "result"),
    [
        (2.5, 0.0, 3.0),
        (-2.5, 0.0, -2.0),
        (-2.6, 0.0, -3.0),
        (0.49999999999999994, 0.0, 0.0),
        (1e17, 0.0, 1e17),
        (1.005, 2.0, 1.01),
        (-1.005, 2.0, -1.0),
        (-1.0051, 2.0, -1.01),
        (2.345, 1.0, 2.3),
        (0.05, 1.0, 0.1),
        (-0.05, 1.0, 0.0),
        (1.0e-7, 3.0, 0.0),
        (1.5e-7, 7.0, 2e-7),
        (9.999, 2.0, 10.0),
        (123.0, 2.0, 123.0),
        (1234.5, -2.0, 1200.0),
        (1250.0, -2.0, 1300.0),
        (-33.0, -1.0, -30.0),
        (33.33, -1.0, 30.0),
        (4.0, -1.0, 0.0),
        (1.25, 1.9, 1.3),
        (1.7, nan, 2.0),
        (inf, 2.0, inf),
    ],
)
def test_round(number: float, places: float, result: float) -> None:
    assert numeric.rounded(number, places) == result


def test_round_without_result() -> None:
    assert isnan(numeric.rounded(nan))
    assert isnan(numeric.rounded(1.5, 31.0))
    assert isnan(numeric.rounded(1.5, -31.0))


@settings(deadline=None)
@given(st.floats(-1e12, 1e12), st.integers(1, 12))
def test_round_is_that_of_decimal_arithmetic(number: float, places: int) -> None:
    halves = ROUND_HALF_UP if number > 0 else ROUND_HALF_DOWN
    with localcontext(prec=400):
        expected = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=halves)
    assert numeric.rounded(number, float(places)) == float(expected)


@pytest.mark.parametrize(
    ("number", "whole", "below", "above"),
    [(1.9, 1.0, 1.0, 2.0), (-1.9, -1.0, -2.0, -1.0), (3.0, 3.0, 3.0, 3.0), (inf, inf, inf, inf)],
)
def test_whole_numbers(number: float, whole: float, below: float, above: float) -> None:
    assert (numeric.integer(number), numeric.floored(number), numeric.ceiling(number)) == (whole, below, above)


def test_whole_numbers_of_nothing() -> None:
    assert isnan(numeric.integer(nan))
    assert isnan(numeric.floored(nan))
    assert isnan(numeric.ceiling(nan))


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [
        (2.0, 10.0, 1024.0),
        (4.0, 0.5, 2.0),
        (0.0, 0.0, 1.0),
        (0.0, -1.0, inf),
        (-0.0, -1.0, -inf),
        (-0.0, -2.0, inf),
        (10.0, 400.0, inf),
        (-10.0, 401.0, -inf),
        (-10.0, 400.0, inf),
        (10.0, -400.0, 0.0),
    ],
)
def test_power(base: float, exponent: float, result: float) -> None:
    assert numeric.power(base, exponent) == result


def test_results_that_do_not_exist() -> None:
    for value in (
        numeric.power(-8.0, 1 / 3),
        numeric.square_root(-1.0),
        numeric.natural_logarithm(-1.0),
        numeric.decimal_logarithm(-1.0),
        numeric.natural_logarithm(nan),
        numeric.arc_sine(1.5),
        numeric.arc_cosine(-1.5),
        numeric.sine(inf),
        numeric.tangent(-inf),
    ):
        assert isnan(value)


def test_mathematics() -> None:
    assert numeric.natural_logarithm(math.e) == 1.0
    assert numeric.natural_logarithm(0.0) == -inf
    assert numeric.decimal_logarithm(1000.0) == pytest.approx(3.0)
    assert numeric.decimal_logarithm(0.0) == -inf
    assert numeric.exponential(0.0) == 1.0
    assert numeric.exponential(1000.0) == inf
    assert numeric.power_of_ten(-2.0) == pytest.approx(0.01)
    assert numeric.power_of_ten(400.0) == inf
    assert numeric.square_root(9.0) == 3.0
    assert numeric.absolute(-2.5) == 2.5
    assert numeric.sine(pi / 2) == 1.0
    assert numeric.cosine(pi) == -1.0
    assert numeric.tangent(0.0) == 0.0
    assert numeric.arc_sine(1.0) == pi / 2
    assert numeric.arc_cosine(1.0) == 0.0
    assert numeric.arc_tangent(1.0) == pi / 4
    assert numeric.arc_tangent_2(1.0, -1.0) == pytest.approx(3 * pi / 4)  # the first argument is y
    assert numeric.pi() == pi


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (NodeSet(["1", "2.5", "3"]), 6.5),
        (NodeSet(["1", "", "x", "2"]), 3.0),  # unanswered questions count for nothing
        (NodeSet(["0.1"] * 10), 1.0),
        (NodeSet([]), 0.0),
        ("4", 4.0),
        (2.0, 2.0),
        (inf, inf),
        (NodeSet(["1" + "0" * 308] * 2), inf),
    ],
)
def test_sum(value: Value, result: float) -> None:
    assert numeric.total(value) == result


def test_greatest_and_least() -> None:
    assert numeric.maximum(NodeSet(["-3", "-1", ""])) == -1.0
    assert numeric.minimum(NodeSet(["3", "1", ""]), "0.5") == 0.5
    assert numeric.maximum("2", 10.0, NodeSet(["9"])) == 10.0
    assert isnan(numeric.maximum(NodeSet([])))
    assert isnan(numeric.minimum("", nan))


def test_counts() -> None:
    assert numeric.count(NodeSet(["", "a"])) == 2.0
    assert numeric.count_non_empty(NodeSet(["", "a", " "])) == 2.0


# --- places ---

DEGREE = "0 0 0 0; 0 1 0 0; 1 1 0 0; 1 0 0 0; 0 0 0 0"


def test_distance() -> None:
    assert geography.distance("0 0 0 0;0 1 0 0") == pytest.approx(METERS_PER_DEGREE)
    assert geography.distance("0 0; 90 0") == pytest.approx(EARTH_RADIUS * pi / 2)
    assert geography.distance(NodeSet(["0 0", "0 1", "0 3"])) == pytest.approx(3 * METERS_PER_DEGREE)
    assert geography.distance("0 0", "0 1") == pytest.approx(METERS_PER_DEGREE)
    assert geography.distance("0 -179.5;0 179.5") == pytest.approx(METERS_PER_DEGREE)
    assert geography.distance(NodeSet([])) == geography.distance("50 5 0 0") == 0.0


def test_distance_of_a_step_is_exact() -> None:
    assert geography.distance("50 5;50.000001 5") == pytest.approx(METERS_PER_DEGREE * 1e-6, rel=1e-6)
    assert geography.distance("50 5;50 5") == 0.0
    assert geography.distance("90 0;-90 0") == pytest.approx(EARTH_RADIUS * pi)


def test_distance_is_that_of_the_law_of_cosines() -> None:
    namur, liege = (50.4669, 4.8675), (50.6326, 5.5797)
    (a, x), (b, y) = ((math.radians(lat), math.radians(lon)) for lat, lon in (namur, liege))
    expected = math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(x - y)) * EARTH_RADIUS
    assert geography.distance(f"{namur[0]} {namur[1]};{liege[0]} {liege[1]}") == pytest.approx(expected, abs=0.01)


def test_area() -> None:
    expected = METERS_PER_DEGREE**2 * (1 + math.cos(math.radians(1))) / 2
    assert geography.area(DEGREE) == pytest.approx(expected)
    assert geography.area(NodeSet(["0 0", "0 1", "1 1", "1 0"])) == pytest.approx(expected)
    assert geography.area(NodeSet([DEGREE])) == pytest.approx(expected)
    assert geography.area("0 0;1 0;1 1;0 1;0 0") == pytest.approx(expected)  # the other way round
    assert geography.area("50 5;50 6") == 0.0
    assert geography.area(NodeSet([])) == 0.0


@pytest.mark.parametrize(
    "value", ["", "abc", "91 0;0 0;1 1", "0 181;0 0;1 1", "1;2;3", "nan nan;0 0;1 1", "1 2 3 4 5;0 0;1 1"]
)
def test_what_is_no_place_has_no_size(value: str) -> None:
    assert isnan(geography.area(value))
    assert isnan(geography.distance(value))
    assert not geography.geofence(value, DEGREE)
    assert not geography.geofence("0.5 0.5", value)
    assert not geography.intersects(value)


@pytest.mark.parametrize(
    ("point", "inside"),
    [("0.5 0.5 0 0", True), ("0.5 1.5 0 0", False), ("1.5 0.5", False), ("-0.1 0.5", False), ("0.999 0.001", True)],
)
def test_geofence(point: str, inside: bool) -> None:
    assert geography.geofence(point, DEGREE) is inside
    assert geography.geofence(NodeSet([point]), NodeSet([DEGREE])) is inside
    assert geography.geofence(point, "0 0;0 1;1 1;1 0") is inside  # closed for the author


def test_geofence_with_a_notch() -> None:
    notched = "0 0;0 3;3 3;3 2;1 2;1 1;3 1;3 0;0 0"
    assert geography.geofence("2 0.5", notched)
    assert not geography.geofence("2 1.5", notched)


@pytest.mark.parametrize(
    ("line", "crosses"),
    [
        (DEGREE, False),
        ("0 0;1 1;0 1;1 0;0 0", True),  # a bow tie
        ("0 0;1 1;0 1;1 0", True),
        ("0 0;0 1;0 2", False),
        ("0 0;0 2;0 1", True),  # back on its own way
        ("0 0;0 0;0 1;0 1;1 1;0 0", False),  # points entered twice
        ("0 0;0 2;1 1;0 1", True),  # touches
        ("0 0;0 1;1 1;1 0;0 0;0 1", True),  # around twice
        ("0 0;0 1", False),
        ("0 0;0 1;0 0", True),
        ("50 5", False),
    ],
)
def test_intersects(line: str, crosses: bool) -> None:
    assert geography.intersects(line) is crosses
    assert geography.intersects(";".join(reversed(line.split(";")))) is crosses


def test_intersects_reads_long_traces_soon() -> None:
    spiral = ";".join(f"{i / 1000 * math.sin(i / 9):.7f} {i / 1000 * math.cos(i / 9):.7f}" for i in range(1, 1500))
    assert not geography.intersects(spiral)


@settings(deadline=None)
@given(st.text("0123456789 .;-", max_size=60))
def test_any_text_can_be_asked_for_its_place(text: str) -> None:
    assert isinstance(geography.area(text), float)
    assert isinstance(geography.intersects(text), bool)
    assert isinstance(geography.geofence(text, text), bool)
