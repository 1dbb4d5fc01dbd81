# SPDX-License-Identifier: EUPL-1.2
"""French typography: what is written, to the very space."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit import typography as t


def test_thousands_are_parted_by_a_narrow_space() -> None:
    assert t.integer(181610) == "181\u202f610"
    assert t.integer(999) == "999"
    assert t.integer(-1234567) == "\u22121\u202f234\u202f567"


def test_halves_round_away_from_zero_and_zero_has_no_sign() -> None:
    assert t.integer(0.5) == "1"
    assert t.integer(-0.4) == "0"
    assert t.decimal(2.675, 2) == "2,68"


def test_money_shows_cents_only_when_there_are_any() -> None:
    assert t.money(Decimal("12345.60")) == "12\u202f345,60\u00a0€"
    assert t.money(84300) == "84\u202f300\u00a0€"
    assert t.money(84300, cents=True) == "84\u202f300,00\u00a0€"
    assert t.money(Decimal("-0.001")) == "0\u00a0€"


def test_percent_and_differences() -> None:
    assert t.percent(58) == "58\u00a0%"
    assert t.percent(33.33, 1) == "33,3\u00a0%"
    assert t.percent(80.0, 1) == "80\u00a0%"
    assert (t.signed(11), t.signed(-7), t.signed(0), t.signed(0.3)) == ("+11", "\u22127", "0", "0")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0\u00a0octet"),
        (512, "512\u00a0octets"),
        (40_000, "40\u00a0Ko"),
        (999_400, "999\u00a0Ko"),
        (999_999, "1\u00a0Mo"),
        (1_240_000, "1,2\u00a0Mo"),
        (340_000_000, "340\u00a0Mo"),
        (2_500_000_000, "2,5\u00a0Go"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert t.byte_size(size) == text


def test_the_plural_starts_at_two() -> None:
    assert t.plural(0, "réponse") == "0\u00a0réponse"
    assert t.plural(1, "réponse") == "1\u00a0réponse"
    assert t.plural(1200, "réponse") == "1\u202f200\u00a0réponses"
    assert t.plural(3, "envoi en cours", "envois en cours") == "3\u00a0envois en cours"


def test_dates() -> None:
    day = date(2026, 11, 22)
    assert t.long_date(day) == "22\u00a0novembre\u00a02026"
    assert t.long_date(date(2026, 5, 1)) == "1er\u00a0mai\u00a02026"
    assert t.short_date(day) == "22\u00a0nov."
    assert t.short_date(day, year=True) == "22\u00a0nov.\u00a02026"
    assert t.numeric_date(date(2026, 3, 4)) == "04/03/2026"
    assert t.month_and_year(day) == "novembre\u00a02026"
    assert t.long_moment(datetime(2026, 11, 22, 9, 5)) == "22\u00a0novembre\u00a02026 à\u00a009:05"  # noqa: DTZ001 - written as given


def test_lists_of_words() -> None:
    assert t.words([]) == ""
    assert t.words(["énergie"]) == "énergie"
    assert t.words(["a", "b", "c"]) == "a, b et c"
    assert t.words(["a", "b"], "ou") == "a ou b"


@pytest.mark.parametrize(
    ("raw", "set_"),
    [
        ("Vraiment ?", "Vraiment\u202f?"),
        ("Vraiment?", "Vraiment\u202f?"),
        ("Budget : 12 000 €", "Budget\u00a0: 12\u202f000\u00a0€"),
        ("les projets «smart» ?", "les projets «\u00a0smart\u00a0»\u202f?"),
        ("l'eau d'ici", "l’eau d’ici"),
        ("une part ; une autre", "une part\u202f; une autre"),
        ("58 % du total", "58\u00a0% du total"),
        ("https://exemple.be/a?b=c;d", "https://exemple.be/a?b=c;d"),
        ("à 10:42", "à 10:42"),
        ("n° 12", "n°\u00a012"),
        ("en 2026 100 personnes", "en 2026\u202f100 personnes"),  # known limit: two numbers side by side
    ],
)
def test_sentences_take_their_spaces(raw: str, set_: str) -> None:
    assert t.french(raw) == set_


@given(st.text(alphabet=" \u00a0\u202f«»;!?:%€'’abé1234567890n°.,/()", max_size=40))
def test_setting_a_sentence_twice_changes_nothing(raw: str) -> None:
    once = t.french(raw)
    assert t.french(once) == once


@given(st.text(max_size=60))
def test_setting_a_sentence_keeps_its_words(raw: str) -> None:
    spaces = dict.fromkeys(map(ord, " \u00a0\u202f\u2009"), "")
    assert t.french(raw).translate(spaces).replace("’", "'") == raw.translate(spaces).replace("’", "'")


@given(st.integers(-(10**12), 10**12))
def test_an_integer_reads_back(value: int) -> None:
    assert int(t.integer(value).replace("\u202f", "").replace("\u2212", "-")) == value


@pytest.mark.parametrize(
    ("text", "written", "place"),
    [
        ("Incourt — 2026-09-24", "Incourt — 24 septembre 2026", "Incourt"),
        ("Perwez — 2026-05-01", "Perwez — 1er mai 2026", "Perwez"),
        ("Relais — Perwez", "Relais — Perwez", "Relais — Perwez"),
        ("Lot 2026-02-30", "Lot 2026-02-30", "Lot"),
        ("uuid 12026-09-245", "uuid 12026-09-245", "uuid 12026-09-245"),
        ("2026-09-24", "24 septembre 2026", ""),
        ("", "", ""),
    ],
)
def test_names_of_records_have_days_that_people_read(text: str, written: str, place: str) -> None:
    assert t.written_days(text).replace(t.NBSP, " ") == written
    assert t.without_day(text) == place
