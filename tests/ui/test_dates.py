# SPDX-License-Identifier: EUPL-1.2
"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ui import dates, i18n


@pytest.fixture(autouse=True)
def in_french(qapp: object) -> None:
    i18n.load("fr")


def ago(**distance: float) -> datetime:
    return datetime.now(UTC) - timedelta(**distance)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "à l’instant"), (4.5, "il y a 4 min"), (59.5, "il y a 59 min"), (125, "il y a 2 h")]
)
def test_what_just_happened(minutes: float, words: str) -> None:
    assert dates.ago(ago(minutes=minutes)) == words


def test_today_yesterday_and_before() -> None:
    now = datetime.now().astimezone()
    assert dates.short_moment(now) == f"{now:%H:%M}"
    assert dates.short_moment(now - timedelta(days=1)) == f"hier, {now:%H:%M}"
    assert dates.relative_day(now) == "aujourd’hui"
    assert dates.relative_day(now - timedelta(days=1)) == "hier"
    assert dates.relative_day(now - timedelta(days=3)) in {
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
    }
    assert dates.saved_at(now) == f"à {now:%H:%M}"


def test_another_year_is_named() -> None:
    assert dates.short_moment(datetime(2019, 5, 1, 12, tzinfo=UTC)) == "1er\u00a0mai\u00a02019"
    assert dates.saved_at(datetime(2019, 5, 2, 12, tzinfo=UTC)) == "le 2\u00a0mai\u00a02019"


def test_a_day_is_written_with_a_capital_at_the_top_of_a_page() -> None:
    assert dates.weekday_and_day(datetime(2026, 11, 22, tzinfo=UTC).date()) == "Dimanche 22 novembre"
