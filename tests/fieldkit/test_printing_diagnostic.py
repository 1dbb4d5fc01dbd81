# SPDX-License-Identifier: EUPL-1.2
"""The report of a diagnostic on paper: its figures, its vectors, what it leaves out when there is nothing to say."""

from __future__ import annotations

import re

from fieldkit.comparison import territory_scores
from fieldkit.diagnostic import Diagnostic, read_scores
from fieldkit.framework import axes, questions
from fieldkit.printing import diagnostic_pdf
from tests.fieldkit.printed_pages import PRINTED_AT, opened, read_bookmarks, read_metadata, read_pages, words_of


def sample(
    *, shift: int = 0, nis: str = "25084", village: str = "Malèves", unanswered: tuple[str, ...] = ()
) -> Diagnostic:
    """Return an express diagnostic computed by hand as the form does, the answers turned by `shift`."""
    express = [q for q in questions() if q.express]
    values = {
        "/data/identite/commune": nis,
        "/data/identite/commune_nom": "Perwez" if nis == "25084" else "Jodoigne",
        "/data/identite/commune_population": "9763",
        "/data/identite/maille": "village" if village else "commune",
        "/data/identite/village": village,
        "/data/identite/date_diagnostic": "2026-11-08",
        "/data/identite/version": "express",
        "/data/identite/agent": "Céline Œuvrard, GAL",
        "/data/identite/participants": "12",
        "/data/synthese/conclusion": "Nos forces : l'entraide ; notre faiblesse : le réseau. Un relais ?",
        "/data/meta/instanceID": "uuid:0e1f2a3b",
    }
    total = weights = 0.0
    for i, axis in enumerate(axes()):
        asked = [q for q in express if q.axis == axis.code]
        given = {q: (3 * k + i + shift) % 5 for k, q in enumerate(asked) if axis.code not in unanswered}
        values |= {q.ref: str(answer) for q, answer in given.items()}
        values[axis.ref("importance")] = str(1 + (2 * i + shift) % 5)
        values[axis.ref("commentaire")] = f"Le hameau n° {i} attend." if i % 3 == 0 else ""
        values[axis.ref("fiabilite")] = "100" if given else "0"
        if given:
            score = round(100 * sum(q.weight * a for q, a in given.items()) / (4 * sum(q.weight for q in given)), 1)
            values[axis.ref("score")] = str(score)
            priority = (1 + (2 * i + shift) % 5) * (100 - score) / 5
            values[axis.ref("priorite")] = str(round(priority, 1))
            total, weights = total + axis.weight * score, weights + axis.weight
    values["/data/synthese/territoire_score"] = str(round(total / weights, 1)) if weights else ""
    values["/data/synthese/territoire_fiabilite"] = "92"
    values["/data/synthese/niveau"] = "essais" if weights else ""
    return read_scores(lambda ref: values.get(ref, ""))


def test_the_result_stands_on_the_first_page() -> None:
    diagnostic = sample()
    first = re.sub(r"[ \r\n]+", " ", read_pages(diagnostic_pdf(diagnostic, printed_at=PRINTED_AT))[0])
    assert "Malèves (Perwez)" in first
    assert f"{round(diagnostic.score or 0)} sur 100" in first
    assert "Céline Œuvrard, GAL" in first
    assert "l’entraide\u202f; notre faiblesse : le réseau. Un relais\u202f?" in first
    assert "8 novembre 2026" in first
    assert "9\u202f763 habitants" in first
    assert "31 sur 31" in first


def test_priorities_are_in_order_and_every_axis_has_its_figures() -> None:
    diagnostic = sample()
    printed = words_of(diagnostic_pdf(diagnostic, printed_at=PRINTED_AT))
    table = printed[printed.index("Priorités") :]
    places = [table.index(axis.labels["fr"]) for axis in diagnostic.priorities[:2]]
    assert places == sorted(places)
    for axis in diagnostic.axes:
        assert axis.labels["fr"] in printed
    assert printed.count("Le hameau n° ") == 4


def test_the_charts_are_vectors() -> None:
    with opened(diagnostic_pdf(sample(), printed_at=PRINTED_AT)) as document:
        page = document[0]
        kinds = [each.type for each in page.get_objects()]
        page.close()
    assert kinds.count(2) > 40  # paths
    assert kinds.count(3) == 0  # images


def test_the_comparison_shows_signed_gaps_and_the_extremes_of_a_territory() -> None:
    mine, other = sample(), sample(shift=2, nis="25048", village="")
    territory = territory_scores([mine, other])
    printed = words_of(diagnostic_pdf(mine, territory, comparison_name="GAL Culturalité", printed_at=PRINTED_AT))
    assert "Comparaison : GAL Culturalité" in printed
    assert "Minimum Maximum" in printed
    gaps = [round(a.score or 0) - round(territory.axis_score(a.code) or 0) for a in mine.axes]
    assert any(gap < 0 for gap in gaps)
    for gap in gaps:
        assert (f"+{gap}" if gap > 0 else f"\u2212{-gap}" if gap else "0") in printed
    alone = words_of(diagnostic_pdf(mine, other, comparison_name="Jodoigne", printed_at=PRINTED_AT))
    assert "Comparaison : Jodoigne" in alone
    assert "Minimum" not in alone


def test_what_is_missing_is_said_or_left_out() -> None:
    partial = words_of(diagnostic_pdf(sample(unanswered=("GOUV", "DATA")), printed_at=PRINTED_AT))
    assert "Axes non classés : Gouvernance et stratégie (0 % de fiabilité)" in partial
    empty = words_of(diagnostic_pdf(sample(unanswered=tuple(a.code for a in axes())), printed_at=PRINTED_AT))
    assert "Aucun axe n’a encore de score" in empty
    assert "Guides recommandés" not in empty


def test_bookmarks_metadata_and_sameness() -> None:
    pdf = diagnostic_pdf(sample(), printed_at=PRINTED_AT)
    assert [title for _, title, _ in read_bookmarks(pdf)][:3] == ["Résultat", "Profil par axe", "Priorités"]
    assert read_metadata(pdf)["Title"] == "Diagnostic territorial\u00a0: Malèves (Perwez)"
    assert pdf == diagnostic_pdf(sample(), printed_at=PRINTED_AT)
