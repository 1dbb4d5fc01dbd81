# SPDX-License-Identifier: EUPL-1.2
"""The results of a diagnostic are those that an independent computation of the framework gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from fieldkit import diagnostic
from fieldkit.answer_files import fill
from fieldkit.framework import Level, axes, questions
from fieldkit.shipped_forms import read_media
from forms import FormDef, FormSession, load_form

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
EXPRESS = [q for q in questions() if q.express]


@cache
def form() -> FormDef:
    return load_form(resources.read_bytes("forms", "diagnostic_territorial.xml"), read_media)


def new_session() -> FormSession:
    return FormSession(form(), now=lambda: NOW)


def shipped_answers(name: str) -> dict[str, object]:
    answers: dict[str, object] = json.loads(resources.read_text("forms", "answers", f"{name}.json"))
    return answers


def filled(commune: str) -> FormSession:
    session = new_session()
    fill(session, shipped_answers(f"diagnostic_express_{commune}"))
    return session


def expected_score(answers: dict[str, int], asked: list[str]) -> tuple[float | None, int]:
    """Compute one axis from the framework's tables: score (one decimal), reliability (whole percent)."""
    weights = {q.qid: q.weight for q in questions()}
    known = {qid: answers[qid] for qid in asked if answers.get(qid, -1) >= 0}
    answered = sum(weights[qid] for qid in known)
    reliability = 100 * answered / sum(weights[qid] for qid in asked)
    if not answered:
        return None, 0
    return 100 * sum(weights[qid] * a for qid, a in known.items()) / (4 * answered), int(
        reliability + 0.5
    )  # halves upwards


def check_against_the_framework(session: FormSession, answers: dict[str, int], *, complete: bool) -> None:
    found = diagnostic.read_scores(session)
    total = weight = 0.0
    for axis, score in zip(axes(), found.axes, strict=True):
        asked = [q.qid for q in questions() if q.axis == axis.code and (complete or q.express)]
        value, reliability = expected_score(answers, asked)
        assert score.reliability == reliability
        if value is None:
            assert score.score is None
            assert score.priority is None
            continue
        assert score.score == pytest.approx(value, abs=0.0501)
        total += axis.weight * value
        weight += axis.weight
        if reliability < 60:
            assert not score.ranked
        elif score.importance:
            assert score.priority == pytest.approx(score.importance * (100 - value) / 5, abs=0.11)
    assert (found.score is None) == (weight == 0)
    if found.score is not None:
        assert found.score == pytest.approx(total / weight, abs=0.11)
        levels = list(Level)
        assert found.level is levels[min(int(found.score + 0.5) // 20, 4)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-1, 4), min_size=90, max_size=90),
    st.lists(st.integers(1, 5), min_size=10, max_size=10),
    st.booleans(),
)
def test_scores_equal_an_independent_computation(values: list[int], importances: list[int], complete: bool) -> None:
    session = new_session()
    session.answer("/data/identite/version", "complet" if complete else "express")
    answers = {q.qid: v for q, v in zip(questions(), values, strict=True) if complete or q.express}
    for question in questions():
        if question.qid in answers:
            session.answer(question.ref, str(answers[question.qid]))
    for axis, importance in zip(axes(), importances, strict=True):
        session.answer(axis.ref("importance"), str(importance))
    check_against_the_framework(session, answers, complete=complete)


def test_nothing_answered_gives_no_score() -> None:
    found = diagnostic.read_scores(new_session())
    assert found.score is None
    assert found.level is None
    assert found.reliability == 0
    assert found.priorities == ()
    assert found.guides == ()
    assert [a.score for a in found.axes] == [None] * 10


def test_only_do_not_knows_give_no_score_but_a_reliability_of_zero() -> None:
    session = new_session()
    for question in EXPRESS:
        session.answer(question.ref, "-1")
    found = diagnostic.read_scores(session)
    assert found.score is None
    assert found.reliability == 0
    assert found.answers == {}


def test_going_back_to_express_leaves_the_other_answers_out() -> None:
    session = filled("perwez")
    before = diagnostic.read_scores(session)
    session.answer("/data/identite/version", "complet")
    session.answer("/data/axe_gouv/GOUV03", "0")
    assert diagnostic.read_scores(session).axis_score("GOUV") != before.axis_score("GOUV")
    session.answer("/data/identite/version", "express")
    after = diagnostic.read_scores(session)
    assert after == before


def test_shipped_perwez_is_complete_and_leaves_one_axis_unranked() -> None:
    session = filled("perwez")
    assert session.validate() == []
    found = diagnostic.read_scores(session)
    assert found.commune_nis == "25084"
    assert found.place == "Perwez"
    assert found.population == 9810
    assert found.made_on == NOW.date()
    assert [a.code for a in found.axes if not a.ranked] == ["ENER"]
    assert [a.code for a in found.priorities][:2] == ["MOBI", "SERV"]
    assert session.instance_name == "Perwez — 2026-11-22"
    check_against_the_framework(session, dict(found.answers), complete=False)


@pytest.mark.parametrize("commune", ["perwez", "jodoigne", "incourt", "ramillies"])
def test_stored_xml_gives_the_same_diagnostic_as_the_session(commune: str) -> None:
    session = filled(commune)
    from_session = diagnostic.read_scores(session)
    assert from_session.score is not None
    assert diagnostic.read_xml(session.draft_xml()) == from_session
    assert diagnostic.read_xml(session.finalize().xml) == from_session


def test_xml_of_another_form_is_refused() -> None:
    with pytest.raises(diagnostic.NotADiagnosticError) as caught:
        diagnostic.read_xml(b'<data id="autre"/>')
    assert caught.value.form_id == "autre"


def test_guides_follow_low_answers_and_their_weight() -> None:
    advice = diagnostic.advise({"GOUV01": 0, "GOUV02": 1, "CONN01": 2, "CONN02": 3, "SERV05": 2})
    assert [(a.guide, a.points) for a in advice] == [("G02", 21), ("G08", 6), ("G10", 2)]
    assert advice[0].questions == ("GOUV01", "GOUV02")
    assert advice[0].axes == ("GOUV",)


def test_importance_changes_the_priority_only() -> None:
    session = filled("perwez")
    before = diagnostic.read_scores(session)
    session.answer("/data/axe_cult/cult_importance", "5")
    after = diagnostic.read_scores(session)
    assert after.score == before.score
    was = next(a for a in before.axes if a.code == "CULT")
    now = next(a for a in after.axes if a.code == "CULT")
    assert (was.importance, now.importance) == (2, 5)
    assert now.priority is not None
    assert was.priority is not None
    assert now.priority == pytest.approx(was.priority * 2.5, abs=0.2)


def test_texts_show_the_figures_in_the_language_of_the_session() -> None:
    session = filled("perwez")
    score = diagnostic.read_scores(session).score
    assert score is not None
    shown = f"{int(score + 0.5)}"
    label = session.node("/data/synthese/synthese_score").label
    assert label is not None
    assert f"{shown} sur 100" in label.value
    session.set_language("Deutsch (de)")
    label = session.node("/data/synthese/synthese_score").label
    assert label is not None
    assert f"{shown} von 100" in label.value
    shown_levels = [n for n in session.children("/data/synthese") if "/niveau_" in n.ref and n.relevant]
    assert len(shown_levels) == 1
