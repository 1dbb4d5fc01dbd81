# SPDX-License-Identifier: EUPL-1.2
"""Functions on dates and times, on the clock of Brussels."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from math import inf, isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.xpath import moments
from forms.xpath.values import NodeSet, Value, text_to_number


@pytest.fixture(autouse=True, scope="module")
def _brussels() -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its time zone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


def test_now_keeps_its_offset() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert moments.now_text(datetime(2026, 11, 22, 9, 5, 1, 999_999, india)) == "2026-11-22T09:05:01.999+05:30"
    assert moments.now_text(datetime(2026, 7, 1, 9, 5)) == "2026-07-01T09:05:00.000+02:00"  # noqa: DTZ001


def test_today_is_the_local_day() -> None:
    assert moments.today_text(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == "2026-11-22"
    assert moments.today_text(datetime(2026, 11, 22, 0, 30)) == "2026-11-22"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-22", "2026-11-22"),
        (" 2026-11-22 ", "2026-11-22"),
        ("2026-1-5", "2026-01-05"),
        ("2026-11-21T23:30:00Z", "2026-11-22"),
        ("2026-11-22T10:00:00.000+01:00", "2026-11-22"),
        ("2026-11-22T10:00", "2026-11-22"),
        (0.0, "1970-01-01"),
        (20779.0, "2026-11-22"),
        (20779.99, "2026-11-22"),
        (-1.0, "1969-12-31"),
        (NodeSet(["2026-11-22"]), "2026-11-22"),
        ("", ""),
        ("hier", ""),
        ("2026-02-30", ""),
        (nan, ""),
        (inf, ""),
        (1e12, ""),
        (True, ""),
        (NodeSet([]), ""),
    ],
)
def test_date(value: Value, day: str) -> None:
    assert moments.date_text(value) == day


def test_a_week_from_a_date() -> None:
    assert moments.date_text(text_to_number("2026-12-28") + 7) == "2027-01-04"


def test_date_time() -> None:
    assert moments.date_time_text("2026-11-22T08:00:00Z") == "2026-11-22T09:00:00.000+01:00"
    assert moments.date_time_text("2026-07-01") == "2026-07-01T00:00:00.000+02:00"
    assert moments.date_time_text(20779.4375) == "2026-11-22T10:30:00.000+01:00"
    assert moments.date_time_text("") == ""


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-01T12:00:00.000+00:00", 0.5),
        ("1970-01-01", -1 / 24),  # midnight in Brussels
        ("2026-07-01T12:00:00.000+02:00", 20635 + 10 / 24),
        ("2026-07-01T12:00:00", 20635 + 10 / 24),
        (1.25, 1.25),
    ],
)
def test_decimal_date_time(value: Value, days: float) -> None:
    assert moments.decimal_date_time(value) == pytest.approx(days, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "fraction"),
    [
        ("12:00:00.000+01:00", 0.5),
        ("12:00:00.000+02:00", 0.5),  # answered in summer, read at any time of the year
        ("18:00", 0.75),
        ("06:00:00", 0.25),
        ("2026-11-22T06:00:00.000+01:00", 0.25),
        ("2026-11-22T05:00:00Z", 0.25),
        ("2026-11-22", 0.0),
        (20779.75, 0.75),
        (-0.25, 0.75),
    ],
)
def test_decimal_time(value: Value, fraction: float) -> None:
    assert moments.decimal_time(value) == pytest.approx(fraction, abs=1e-9)


def test_times_of_other_zones_are_moved() -> None:
    here = datetime.now().astimezone().utcoffset() or timedelta(0)
    expected = ((timedelta(hours=12) - timedelta(hours=-5) + here) / timedelta(days=1)) % 1
    assert moments.decimal_time("12:00:00.000-05:00") == pytest.approx(expected)


@pytest.mark.parametrize("value", ["", "midi", "25:00", "2026-13-01", nan, inf, True, NodeSet([])])
def test_no_moment_no_number(value: Value) -> None:
    assert isnan(moments.decimal_time(value))
    if value != inf:
        assert isnan(moments.decimal_date_time(value))


MOMENT = "2026-03-05T09:07:03.045+01:00"  # a Thursday


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("%Y-%m-%d", "2026-03-05"),
        ("%y %n %e", "26 3 5"),
        ("%H:%M:%S.%3", "09:07:03.045"),
        ("%hh%M", "9h07"),
        ("%b %a", "Mar Thu"),
        ("%W", "10"),
        ("100 %%", "100 %"),
        ("%B %", "%B %"),
        ("", ""),
        ("%\n", "%\n"),
    ],
)
def test_format_date(pattern: str, written: str) -> None:
    assert moments.format_date(MOMENT, pattern) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("", "Thu 5 Mar"),
        ("default", "Thu 5 Mar"),
        ("English (en)", "Thu 5 Mar"),
        ("French (fr)", "jeu. 5 mars"),
        ("Français", "jeu. 5 mars"),
        ("fr", "jeu. 5 mars"),
        ("fr-BE", "jeu. 5 mars"),
        ("Nederlands (nl)", "do 5 mrt."),
        ("Deutsch", "Do. 5 März"),
        ("Wallon (wa)", "Thu 5 Mar"),
        ("friulano", "Thu 5 Mar"),
    ],
)
def test_names_are_of_the_language(language: str, written: str) -> None:
    assert moments.format_date(MOMENT, "%a %e %b", language) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-11-22", "22/11/2026 00:00"),
        ("2026-11-22T08:00:00Z", "22/11/2026 09:00"),
        ("2026-1-5T10:30:00", "05/01/2026 10:30"),
        (20779.4375, "22/11/2026 10:30"),
        ("10:30:00.000+01:00", "01/01/1970 10:30"),
        ("", ""),
        ("demain", ""),
        (nan, ""),
    ],
)
def test_what_can_be_formatted(value: Value, written: str) -> None:
    assert moments.format_date(value, "%d/%m/%Y %H:%M") == written


@settings(deadline=None)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - local clock
def test_days_and_dates_round_trip(moment: datetime) -> None:
    text = moment.date().isoformat()
    assert moments.date_text(text_to_number(text)) == text
    written = moment.isoformat(timespec="milliseconds")
    assert moments.format_date(text_to_number(written), "%Y-%m-%dT%H:%M:%S.%3") == written


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), st.floats(), st.text("0123456789-:T.Z+", max_size=30)), st.text(max_size=10))
def test_anything_can_be_asked_for_its_moment(value: Value, pattern: str) -> None:
    assert isinstance(moments.format_date(value, pattern), str)
    assert isinstance(moments.date_time_text(value), str)
    assert isinstance(moments.decimal_date_time(value), float)
    assert isinstance(moments.decimal_time(value), float)
