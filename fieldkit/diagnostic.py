# SPDX-License-Identifier: EUPL-1.2
"""The results of a territorial diagnostic: scores, reliability, priorities, guides, and how territories compare.

The form computes its own scores (one source of truth for this program, for the server and for any other client);
here they are read, ordered and set side by side. Scores and priorities are 0-100 with one decimal, reliabilities whole
percents; None stands for "no score": nobody could answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from fieldkit.framework import Axis, Level, axes, questions
from fieldkit.values import XmlValues

FORM_ID = "diagnostic_territorial"
LOW_ANSWER = 2  # "first trials" at most: what a guide can still move
MAX_ANSWER = 4

COMMUNE_REF = "/data/identite/commune"
DATE_REF = "/data/identite/date_diagnostic"


class NotADiagnosticError(Exception):
    """The instance belongs to another form; `form_id` is that form's."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        super().__init__(f"not a diagnostic: {form_id!r}")


class Answers(Protocol):
    """Anything that knows the value of a ref: a FormSession."""

    def value(self, ref: str) -> str:
        """Return the lexical value, "" if unanswered."""
        ...  # pragma: no cover - a protocol


@dataclass(frozen=True, slots=True)
class AxisScore:
    """The result of one axis. `priority` = importance x (100 - score) / 5; None where the axis is not ranked."""

    axis: Axis
    score: float | None
    reliability: int
    importance: int | None
    priority: float | None
    comment: str = ""

    @property
    def code(self) -> str:
        """Return the code of the axis (GOUV … DATA)."""
        return self.axis.code

    @property
    def labels(self) -> Mapping[str, str]:
        """Return the axis' name by language code."""
        return self.axis.labels

    @property
    def ranked(self) -> bool:
        """Tell whether enough was answered (60 % of the weight) and the importance given: it has a priority."""
        return self.priority is not None


@dataclass(frozen=True, slots=True)
class GuideAdvice:
    """A guide that low answers lead to: `points` = sum of weight x (4 - answer); `questions` from the most points."""

    guide: str
    points: int
    questions: tuple[str, ...]
    axes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One diagnostic as its form computed it. `answers` maps question ids to 0-4; don't-knows and blanks are absent."""

    commune_nis: str
    commune_name: str
    village: str
    population: int | None
    made_on: date | None
    version: str
    agent: str
    participants: int | None
    axes: tuple[AxisScore, ...]
    score: float | None
    reliability: int
    level: Level | None
    conclusion: str
    answers: Mapping[str, int]
    instance_id: str = ""

    @property
    def place(self) -> str:
        """Return the village with its commune, or the commune."""
        return f"{self.village} ({self.commune_name})" if self.village else self.commune_name

    @property
    def priorities(self) -> tuple[AxisScore, ...]:
        """Return the ranked axes, highest priority first; on a tie the lower score, then the form's order."""
        return tuple(sorted((a for a in self.axes if a.ranked), key=lambda a: (-(a.priority or 0), a.score or 0)))

    @property
    def guides(self) -> tuple[GuideAdvice, ...]:
        """Return the guides that low answers lead to, most points first."""
        return advise(self.answers)

    def axis_score(self, code: str) -> float | None:
        """Return the score of an axis by its code."""
        return next((a.score for a in self.axes if a.code == code), None)


def read_scores(source: Callable[[str], str] | Answers) -> Diagnostic:
    """Read a diagnostic from a session of its form, or from any function that gives the value of a ref."""
    value = source if callable(source) else source.value
    answers = {q.qid: int(text) for q in questions() if (text := value(q.ref)) not in ("", "-1")}
    if value("/data/identite/version") != "complet":  # a return to express keeps the other answers, out of the scores
        answers = {q.qid: answers[q.qid] for q in questions() if q.express and q.qid in answers}
    level = value("/data/synthese/niveau")
    made_on = value(DATE_REF)
    return Diagnostic(
        commune_nis=value(COMMUNE_REF),
        commune_name=value("/data/identite/commune_nom"),
        village=value("/data/identite/village") if value("/data/identite/maille") == "village" else "",
        population=_integer(value("/data/identite/commune_population")),
        made_on=date.fromisoformat(made_on[:10]) if made_on else None,
        version=value("/data/identite/version"),
        agent=value("/data/identite/agent"),
        participants=_integer(value("/data/identite/participants")),
        axes=tuple(_axis_score(axis, value) for axis in axes()),
        score=_decimal(value("/data/synthese/territoire_score")),
        reliability=_integer(value("/data/synthese/territoire_fiabilite")) or 0,
        level=Level(level) if level else None,
        conclusion=value("/data/synthese/conclusion"),
        answers=answers,
        instance_id=value("/data/meta/instanceID"),
    )


def read_xml(instance_xml: bytes) -> Diagnostic:
    """Read a diagnostic from its stored XML (draft or frozen), without loading the form.

    Raise NotADiagnosticError for an instance of another form. Elements absent from a frozen instance (not relevant)
    count as unanswered.
    """
    values = XmlValues(instance_xml)
    if values.form_id != FORM_ID:
        raise NotADiagnosticError(values.form_id)
    return read_scores(values)


def advise(answers: Mapping[str, int]) -> tuple[GuideAdvice, ...]:
    """Return the guides for answers of 0-2, most points first (points = weight x what is missing to 4)."""
    points: Counter[str] = Counter()
    reasons: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for question in questions():
        answer = answers.get(question.qid)
        if answer is None or answer > LOW_ANSWER or not question.guide:
            continue
        missing = question.weight * (MAX_ANSWER - answer)
        points[question.guide] += missing
        reasons[question.guide].append((-missing, question.qid, question.axis))
    return tuple(
        GuideAdvice(
            guide,
            total,
            tuple(qid for _, qid, _ in sorted(reasons[guide])),
            tuple(dict.fromkeys(axis for _, _, axis in sorted(reasons[guide]))),
        )
        for guide, total in sorted(points.items(), key=lambda item: (-item[1], item[0]))
    )


def _axis_score(axis: Axis, value: Callable[[str], str]) -> AxisScore:
    return AxisScore(
        axis,
        _decimal(value(axis.ref("score"))),
        _integer(value(axis.ref("fiabilite"))) or 0,
        _integer(value(axis.ref("importance"))),
        _decimal(value(axis.ref("priorite"))),
        value(axis.ref("commentaire")),
    )


def _decimal(text: str) -> float | None:
    return float(text) if text else None


def _integer(text: str) -> int | None:
    return int(float(text)) if text else None
