# SPDX-License-Identifier: EUPL-1.2
"""Diagnostics side by side: weighting by population, villages of one commune, extremes and gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fieldkit.comparison import Gap, compare, latest, territory_scores
from fieldkit.diagnostic import AxisScore, Diagnostic
from fieldkit.framework import axes


def make(nis: str, score: float | None, population: int | None = 1000, village: str = "") -> Diagnostic:
    """Return a diagnostic whose axes all have the same score."""
    results = tuple(AxisScore(axis, score, 100 if score is not None else 0, 3, None) for axis in axes())
    return Diagnostic(
        nis,
        f"Commune {nis}",
        village,
        population,
        date(2026, 3, 1),
        "express",
        "",
        5,
        results,
        score,
        100,
        None,
        "",
        {},
    )


def test_mean_is_weighted_by_population() -> None:
    scores = territory_scores([make("1", 20.0, 9000), make("2", 80.0, 1000)])
    assert scores.score == 26.0
    assert scores.axis_score("GOUV") == 26.0
    assert scores.total is not None
    assert (scores.total.minimum, scores.total.maximum, scores.total.gap, scores.total.count) == (20.0, 80.0, 60.0, 2)


def test_villages_share_the_weight_of_their_commune() -> None:
    villages = [make("1", 0.0, 1000, "Haut"), make("1", 100.0, 1000, "Bas")]
    assert territory_scores([*villages, make("2", 50.0, 1000)]).score == 50.0
    assert territory_scores([*villages, make("2", 80.0, 1000)]).score == 65.0


def test_an_unknown_population_makes_every_commune_weigh_the_same() -> None:
    assert territory_scores([make("1", 20.0, 9000), make("2", 80.0, None)]).score == 50.0


def test_a_missing_score_is_left_out_of_the_mean() -> None:
    scores = territory_scores([make("1", 40.0), make("2", None)])
    assert scores.score == 40.0
    assert scores.total is not None
    assert scores.total.count == 1


def test_no_diagnostic_gives_no_score() -> None:
    scores = territory_scores([])
    assert scores.score is None
    assert scores.axes == ()
    assert scores.axis_score("GOUV") is None


def test_only_the_latest_of_a_place_counts() -> None:
    old, new = make("1", 10.0), replace(make("1", 90.0), made_on=date(2026, 4, 1))
    assert latest([new, old]) == (new,)
    assert latest([old, replace(new, village="Haut")]) == (old, replace(new, village="Haut"))
    assert territory_scores([old, new]).score == 90.0


def test_gaps_are_signed_and_miss_where_a_score_misses() -> None:
    gaps = compare(make("1", 48.2), territory_scores([make("2", 55.5)]))
    assert gaps[0] == Gap("", 48.2, 55.5)
    assert gaps[0].difference == pytest.approx(-7.3)
    assert [gap.axis for gap in gaps[1:]] == [axis.code for axis in axes()]
    assert compare(make("1", None), make("2", 3.0))[1].difference is None
