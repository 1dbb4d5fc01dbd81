# SPDX-License-Identifier: EUPL-1.2
"""Diagnostics side by side: one against another, and a territory "at its scale" (mean, minimum, maximum, gap).

The mean of a territory is weighted by population; several diagnostics of one commune (its villages) share the
commune's weight. The gap between the extremes is a finding, not noise. Values are scores 0-100 with one decimal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from fieldkit.diagnostic import Diagnostic
from fieldkit.framework import axes


class Scored(Protocol):
    """A diagnostic, or the mean of several."""

    @property
    def score(self) -> float | None:
        """Return the score of the territory."""
        ...  # pragma: no cover - a protocol

    def axis_score(self, code: str) -> float | None:
        """Return the score of one axis."""
        ...  # pragma: no cover - a protocol


@dataclass(frozen=True, slots=True)
class Gap:
    """Two scores and the signed difference `mine - other` (None where one of them is missing); axis "" = territory."""

    axis: str
    mine: float | None
    other: float | None

    @property
    def difference(self) -> float | None:
        """Return mine - other, rounded to one decimal."""
        return None if self.mine is None or self.other is None else round(self.mine - self.other, 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """One score over several diagnostics; `count` of them have it. `gap` is maximum - minimum."""

    axis: str
    mean: float
    minimum: float
    maximum: float
    count: int

    @property
    def gap(self) -> float:
        """Return the distance between the extremes."""
        return round(self.maximum - self.minimum, 1)


@dataclass(frozen=True, slots=True)
class TerritoryScores:
    """A territory over its diagnostics: one Spread an axis that has a score somewhere, and one for the whole."""

    total: Spread | None
    axes: tuple[Spread, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def score(self) -> float | None:
        """Return the mean score of the territory."""
        return self.total.mean if self.total else None

    def axis_score(self, code: str) -> float | None:
        """Return the mean score of an axis."""
        return next((spread.mean for spread in self.axes if spread.axis == code), None)


def compare(mine: Scored, other: Scored) -> tuple[Gap, ...]:
    """Return the gaps: the territory first (axis ""), then the ten axes in the form's order."""
    total = Gap("", mine.score, other.score)
    return (total, *(Gap(a.code, mine.axis_score(a.code), other.axis_score(a.code)) for a in axes()))


def latest(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep the latest diagnostic of each commune and village (the last given on the same day)."""
    newest: dict[tuple[str, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.commune_nis, diagnostic.village)
        known = newest.get(key)
        if known is None or (diagnostic.made_on or date.min) >= (known.made_on or date.min):
            newest[key] = diagnostic
    return tuple(newest.values())


def territory_scores(diagnostics: Sequence[Diagnostic]) -> TerritoryScores:
    """Return mean, minimum, maximum and gap of the scores over the latest diagnostic of each place.

    Weights are populations; if one of them is unknown, every commune weighs the same.
    """
    kept = latest(diagnostics)
    weights = _weights(kept)
    spreads = (_spread(axis.code, kept, weights, _axis_reader(axis.code)) for axis in axes())
    return TerritoryScores(
        _spread("", kept, weights, lambda d: d.score), tuple(s for s in spreads if s is not None), kept
    )


def _axis_reader(code: str) -> Callable[[Diagnostic], float | None]:
    return lambda diagnostic: diagnostic.axis_score(code)


def _weights(diagnostics: Sequence[Diagnostic]) -> list[float]:
    places = Counter(d.commune_nis for d in diagnostics)
    known = all(d.population for d in diagnostics)
    return [(d.population or 0 if known else 1) / places[d.commune_nis] for d in diagnostics]


def _spread(
    code: str,
    diagnostics: Sequence[Diagnostic],
    weights: Sequence[float],
    read: Callable[[Diagnostic], float | None],
) -> Spread | None:
    scored = [(score, w) for d, w in zip(diagnostics, weights, strict=True) if (score := read(d)) is not None]
    if not scored:
        return None
    values = [score for score, _ in scored]
    mean = sum(score * weight for score, weight in scored) / sum(weight for _, weight in scored)
    return Spread(code, round(mean, 1), min(values), max(values), len(values))
