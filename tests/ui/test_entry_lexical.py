# SPDX-License-Identifier: EUPL-1.2
"""What is typed in French and what XForms stores."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.entry import lexical


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12,5", "12.5"),
        ("1 234,50", "1234.50"),
        ("1\u202f234", "1234"),
        ("1.234,50", "1234.50"),
        ("\u22127", "-7"),
        ("+3", "3"),
        (",5", ".5"),
        ("12,", "12"),
        ("douze", "douze"),
        ("12 rue", "12 rue"),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, stored: str) -> None:
    assert lexical.stored_number(typed) == stored


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_shown_and_stored_again_is_the_same(number: Decimal) -> None:
    value = f"{number:f}"
    assert lexical.stored_number(lexical.shown_number(value)) == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_a_date_shown_and_stored_again_is_the_same(day: date) -> None:
    assert lexical.stored_date(lexical.shown_date(day.isoformat())) == day.isoformat()


@pytest.mark.parametrize("typed", ["22/11/2026", "22.11.26", "22-11-2026", "22 11 2026", "2026-11-22"])
def test_dates_are_read_in_the_usual_ways(typed: str) -> None:
    assert lexical.stored_date(typed) == "2026-11-22"


@pytest.mark.parametrize("typed", ["31/02/2026", "demain", "22/11", "1/2/3/4"])
def test_what_is_no_date_stays_as_typed(typed: str) -> None:
    assert lexical.stored_date(typed) == typed


@given(st.times())
def test_a_time_keeps_hours_and_minutes(moment: time) -> None:
    shown = f"{moment.hour:02d}:{moment.minute:02d}"
    stored = lexical.stored_time(shown)
    assert lexical.shown_time(stored) == shown
    assert stored.startswith(f"{shown}:00.000")
    assert len(stored) == len("10:42:00.000+01:00")


def test_times_are_read_in_the_usual_ways() -> None:
    assert lexical.stored_time("9h05").startswith("09:05:00")
    assert lexical.stored_time("9 h").startswith("09:00:00")
    assert lexical.stored_time("25:00") == "25:00"
    assert lexical.stored_time("tôt") == "tôt"


def test_half_a_date_and_time_is_kept_but_is_no_date() -> None:
    assert lexical.stored_date_time("", "") == ""
    assert lexical.stored_date_time("22/11/2026", "10:42").startswith("2026-11-22T10:42:00.000")
    assert lexical.stored_date_time("", "10:42") == "T10:42"
    assert lexical.split_date_time("2026-11-22T10:42:00.000+01:00") == ("22/11/2026", "10:42")


def test_points_go_both_ways() -> None:
    assert lexical.stored_point("50,6912", "4,7983", "", "8") == "50.6912 4.7983 0 8"
    assert lexical.split_point("50.6912 4.7983 0 8") == ("50,6912", "4,7983", "0", "8")
    assert lexical.stored_point(" ", "") == ""
    assert lexical.split_point("") == ("", "", "", "")


@pytest.mark.parametrize(
    ("sum_", "value"),
    [
        ("=3*12,5", "37.5"),
        ("=(1+2)*3", "9"),
        ("=1000/3", "333.3333"),
        ("=27 500+10%*200", "27520"),
        ("=-5+2", "-3"),
        ("=2×3÷4", "1.5"),
    ],
)
def test_sums_are_computed(sum_: str, value: str) -> None:
    assert lexical.computed_text(sum_) == value


@pytest.mark.parametrize("sum_", ["=1+", "=(2", "=a1", "=1/0", "=", "=1 2 .", "=__import__('os')", "=2**8**9"])
def test_what_is_no_sum_stays_as_typed(sum_: str) -> None:
    assert lexical.computed_text(sum_) == sum_


def test_whole_sums_are_rounded() -> None:
    assert lexical.computed_text("=7/2", whole=True) == "4"


@example("1000000000000000000000000")
@given(st.text())
def test_any_text_can_be_computed_without_an_accident(text: str) -> None:
    lexical.computed_text("=" + text)
    lexical.stored_number(text)
    lexical.stored_date(text)
    lexical.stored_time(text)
    lexical.split_point(text)


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_can_be_written_in_xml(text: str) -> None:
    kept = lexical.clean(text)
    kept.encode("utf-8")  # a lone surrogate would raise
    assert not any(ord(c) < 32 and c not in "\t\n\r" for c in kept)
