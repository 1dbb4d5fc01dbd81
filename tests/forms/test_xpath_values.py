# SPDX-License-Identifier: EUPL-1.2
"""Conversions, comparisons and arithmetic of XPath values."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import copysign, inf, isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.xpath import values
from forms.xpath.values import NodeSet, Value


@pytest.fixture
def brussels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its time zone")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-12.0, "-12"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (12345678.9, "12345678.9"),
        (1e-7, "0.0000001"),
        (-1.25e-5, "-0.0000125"),
        (1e-13, "0"),
        (3.0000000000000004, "3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (nan, "NaN"),
        (inf, "Infinity"),
        (-inf, "-Infinity"),
    ],
)
def test_numbers_are_written_without_exponent(number: float, text: str) -> None:
    assert values.number_to_string(number) == text


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_from_their_text(number: float) -> None:
    text = values.number_to_string(number)
    assert "e" not in text
    back = values.text_to_number(text)
    assert back == number or abs(back - number) < values.TOLERANCE


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_have_no_point(number: int) -> None:
    assert values.number_to_string(float(number)) == str(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        ("007", 7.0),
        ("-3", -3.0),
        (" 12 ", 12.0),
        ("\n4\t", 4.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1,5", 1.5),
        ("1970-01-01", 0.0),
        ("1970-01-02", 1.0),
        ("1969-12-31", -1.0),
        ("2012-02-03", 15373.0),
        ("2026-11-22", 20779.0),
    ],
)
def test_texts_that_are_numbers(text: str, number: float) -> None:
    assert values.text_to_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1e3", "1E3", "+1", "inf", "nan", "Infinity", "0x10", "1_000", "1 000", "--1", "1-2", "1.2.3", ".",
     "-", ",", "٣", "²", "2012-13-01", "2012-02-30", "2012-W01-1", "2012-1-1", "2012-01-01x", "12:00",
     "2012-01-01T25:00:00", "0000-01-01"],
)  # fmt: skip
def test_texts_that_are_not_numbers(text: str) -> None:
    assert isnan(values.text_to_number(text))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_asked_for_its_number(text: str) -> None:
    assert isinstance(values.text_to_number(text), float)


@pytest.mark.usefixtures("brussels")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1970-01-01T12:00:00", 0.5),
        ("1970-01-01T12:00", 0.5),
        ("1970-01-01T00:00:00.000+01:00", 0.0),
        ("1970-01-01T23:00:00Z", 1.0),
        ("2026-07-01T00:00:00.000+02:00", 20635.0),
        ("2026-07-01T00:00:00.000+02", 20635.0),
        ("2026-07-01T00:00:00.000+0200", 20635.0),
        ("2026-11-22T00:30:00.000+01:00", 20779 + 1 / 48),
    ],
)
def test_date_times_count_days_on_the_local_clock(text: str, days: float) -> None:
    assert values.text_to_number(text) == pytest.approx(days, abs=1e-9)


@pytest.mark.usefixtures("brussels")
def test_just_after_midnight_it_is_already_today() -> None:
    assert values.less_equal("2026-11-22", "2026-11-22T00:30:00.000+01:00")


@pytest.mark.parametrize(
    ("value", "number"),
    [(True, 1.0), (False, 0.0), (2.5, 2.5), ("2.5", 2.5), (NodeSet(["4", "x"]), 4.0)],
)
def test_number(value: Value, number: float) -> None:
    assert values.to_number(value) == number


@pytest.mark.parametrize("value", ["", "x", NodeSet([]), NodeSet(["", "1"]), nan])
def test_not_a_number(value: Value) -> None:
    assert isnan(values.to_number(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (1.0, "1"), ("x", "x"), (NodeSet(["p", "q"]), "p"), (NodeSet([]), "")],
)
def test_string(value: Value, text: str) -> None:
    assert values.to_string(value) == text


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("", False),
        ("false", True),  # a boolean stored in the instance is text
        ("0", True),
        (0.0, False),
        (-0.0, False),
        (1e-13, False),
        (nan, False),
        (-1.0, True),
        (inf, True),
        (NodeSet([]), False),
        (NodeSet([""]), False),
        (NodeSet(["", "x"]), True),
        (True, True),
    ],
)
def test_boolean(value: Value, truth: bool) -> None:
    assert values.to_boolean(value) is truth


def test_a_node_set_reads_each_node_once_and_only_when_asked() -> None:
    read: list[int] = []

    def text(node: int) -> str:
        read.append(node)
        return str(node * 2)

    nodes = NodeSet([1, 2, 3], text)
    assert len(nodes) == 3
    assert nodes.first() == "2"
    assert read == [1]
    assert nodes.values() == nodes.values() == ["2", "4", "6"]
    assert read == [1, 1, 2, 3]
    assert nodes.first() == "2"
    assert nodes.reordered([3, 1]).values() == ["6", "2"]
    assert NodeSet([]).first() == ""


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("a", "a", True),
        ("1", "1.0", False),
        ("1", 1.0, True),
        ("1.0", 1.0, True),
        ("x", 1.0, False),
        (nan, nan, False),
        (inf, inf, True),
        (inf, -inf, False),
        (0.1 + 0.2, 0.3, True),
        ("false", True, True),
        ("", False, True),
        (1.0, True, True),
        (NodeSet(["a", "b"]), "b", True),
        (NodeSet(["a", "b"]), "c", False),
        (NodeSet(["1", "2"]), 2.0, True),
        (NodeSet([]), "", False),
        (NodeSet([]), False, True),
        (NodeSet(["a", "b"]), NodeSet(["b", "c"]), True),
        (NodeSet(["a"]), NodeSet(["b"]), False),
    ],
)
def test_equality(left: Value, right: Value, same: bool) -> None:
    assert values.equal(left, right) is same
    assert values.equal(right, left) is same


@pytest.mark.parametrize(
    ("left", "right", "unlike"),
    [
        ("a", "b", True),
        ("1", 1.0, False),
        (nan, nan, True),
        (0.1 + 0.2, 0.3, False),
        (NodeSet(["a", "b"]), "a", True),  # some node differs, though some node is equal
        (NodeSet([]), "a", False),
        (NodeSet(["a"]), NodeSet(["a"]), False),
        (NodeSet([]), True, True),
    ],
)
def test_inequality_is_not_the_contrary_of_equality(left: Value, right: Value, unlike: bool) -> None:
    assert values.different(left, right) is unlike
    assert values.different(right, left) is unlike


@pytest.mark.parametrize(
    ("left", "right", "results"),
    [
        (1.0, 2.0, (True, True, False, False)),
        ("10", "9", (False, False, True, True)),
        ("2012-01-01", "2012-01-02", (True, True, False, False)),
        ("", 1.0, (False, False, False, False)),
        (True, 0.0, (False, False, True, True)),
        (NodeSet(["1", "5"]), 3.0, (True, True, True, True)),
        (3.0, NodeSet(["3"]), (False, True, False, True)),
        (NodeSet([]), 3.0, (False, False, False, False)),
        (NodeSet([]), True, (True, True, False, False)),
        (NodeSet(["1"]), NodeSet(["0", "2"]), (True, True, True, True)),
    ],
)
def test_order(left: Value, right: Value, results: tuple[bool, bool, bool, bool]) -> None:
    tests = (values.less, values.less_equal, values.greater, values.greater_equal)
    assert tuple(test(left, right) for test in tests) == results


def test_spread_arguments() -> None:
    assert values.strings(["a", 1.0, True, NodeSet(["b", ""])]) == ["a", "1", "true", "b", ""]
    assert values.numbers(["2", "", nan, NodeSet(["3", "x"]), True]) == [2.0, 3.0, 1.0]


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [(6.0, 4.0, 1.5), (1.0, 0.0, inf), (-1.0, 0.0, -inf), (1.0, -0.0, -inf), (5.0, inf, 0.0)],
)
def test_division(left: float, right: float, result: float) -> None:
    assert values.divide(left, right) == result


@pytest.mark.parametrize(("left", "right"), [(0.0, 0.0), (nan, 0.0), (nan, 1.0), (inf, inf)])
def test_division_without_result(left: float, right: float) -> None:
    assert isnan(values.divide(left, right))


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [(5.0, 2.0, 1.0), (5.0, -2.0, 1.0), (-5.0, 2.0, -1.0), (1.5, 0.5, 0.0), (5.0, inf, 5.0)],
)
def test_remainder_has_the_sign_of_the_dividend(left: float, right: float, result: float) -> None:
    assert values.modulo(left, right) == result
    assert result == 0 or copysign(1, result) == copysign(1, left)


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.0), (inf, 2.0), (nan, 2.0)])
def test_remainder_without_result(left: float, right: float) -> None:
    assert isnan(values.modulo(left, right))
