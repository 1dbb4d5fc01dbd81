# SPDX-License-Identifier: EUPL-1.2
"""The framework of the territorial diagnostic: axes, questions, weights and the guide each question leads to.

Read from `resources/forms/diagnostic_axes.csv` and `diagnostic_questions.csv`, whose weights a test compares with the
expressions of the form itself: the form computes, these tables explain.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import resources

LANGUAGES = ("fr", "de", "en")
RANKED_FROM = 60  # reliability in percent: under it, an axis is shown but not ranked


class Level(StrEnum):
    """Maturity of a territory, from the lowest; the values are those that the form stores."""

    STARTING = "amorcage"  # 0-19
    AWAKENING = "eveil"  # 20-39
    TRIALS = "essais"  # 40-59
    ROLL_OUT = "deploiement"  # 60-79
    SHARING = "partage"  # 80-100


LEVEL_LABELS: Mapping[Level, Mapping[str, str]] = {
    Level.STARTING: {"fr": "Amorçage", "de": "Auftakt", "en": "Starting"},
    Level.AWAKENING: {"fr": "Éveil", "de": "Erwachen", "en": "Awakening"},
    Level.TRIALS: {"fr": "Essais", "de": "Erprobung", "en": "Trials"},
    Level.ROLL_OUT: {"fr": "Déploiement", "de": "Ausbau", "en": "Roll-out"},
    Level.SHARING: {"fr": "Partage", "de": "Teilen", "en": "Sharing"},
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the ten themes. `weight` counts in the territory's score (the ten sum to 100); labels by language code."""

    code: str
    weight: int
    labels: Mapping[str, str]
    short_labels: Mapping[str, str]
    goals: tuple[int, ...]  # numbers of the Sustainable Development Goals it serves

    @property
    def group_ref(self) -> str:
        """Return the ref of the axis' group in the form."""
        return f"/data/axe_{self.code.lower()}"

    def ref(self, name: str) -> str:
        """Return the ref of a calculate or question of this axis: `score` -> /data/axe_gouv/gouv_score."""
        return f"{self.group_ref}/{self.code.lower()}_{name}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its weight within its axis, its scale (M, T, F) and the guide that a low answer leads to."""

    qid: str
    axis: str
    weight: int
    scale: str
    express: bool
    indicators: tuple[str, ...]
    guide: str

    @property
    def ref(self) -> str:
        """Return the ref of the question in the form."""
        return f"/data/axe_{self.axis.lower()}/{self.qid}"


@cache
def axes() -> tuple[Axis, ...]:
    """Return the ten axes in the order of the form."""
    return tuple(
        Axis(
            row["axis"],
            int(row["weight"]),
            {language: row[f"label_{language}"] for language in LANGUAGES},
            {language: row[f"short_{language}"] for language in LANGUAGES},
            tuple(int(goal) for goal in row["sdg"].split()),
        )
        for row in _rows("diagnostic_axes.csv")
    )


@cache
def questions() -> tuple[Question, ...]:
    """Return the ninety questions in the order of the form."""
    return tuple(
        Question(
            row["qid"],
            row["axis"],
            int(row["weight"]),
            row["scale"],
            row["express"] == "1",
            tuple(row["indicators"].split()),
            row["guide"],
        )
        for row in _rows("diagnostic_questions.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(resources.read_text("forms", name))))
