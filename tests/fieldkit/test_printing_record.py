# SPDX-License-Identifier: EUPL-1.2
"""Filled records on paper: answers in words, nothing irrelevant, and the proof of which record it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fieldkit.instance import Instance, State
from fieldkit.printing import record_pdf
from fieldkit.printing.answers import write_value
from forms import FormSession
from tests.fieldkit.printed_forms import every_kind, filled
from tests.fieldkit.printed_pages import PRINTED_AT, read_bookmarks, read_pages, words_of

FINALIZED_AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def finalized(session: FormSession) -> Instance:
    return Instance(
        session.instance_id,
        session.form.form_id,
        session.form.version,
        State.FINALIZED,
        "Perwez",
        FINALIZED_AT,
        FINALIZED_AT,
        finalized_at=FINALIZED_AT,
        sha256="0123456789abcdef" * 4,
        size=41_234,
    )


def test_a_record_shows_labels_and_not_codes() -> None:
    session = filled("diagnostic_territorial", "diagnostic_express_perwez")
    printed = words_of(record_pdf(session, finalized(session), printed_at=PRINTED_AT))
    assert "Express : 31 questions" in printed
    assert "À peu près la moitié (40 à 69 %)" in printed
    assert "Ne sait pas / sans objet" in printed
    assert "La commune entière" in printed
    assert "25084" not in printed
    assert "Perwez" in printed


def test_what_is_not_asked_is_left_out_and_what_is_missing_is_said() -> None:
    session = filled("diagnostic_territorial", "diagnostic_express_perwez")
    printed = words_of(record_pdf(session, printed_at=PRINTED_AT))
    assert "Nom du village" not in printed
    assert "Les actions numériques figurent-elles" not in printed  # only in the complete version
    assert "Sans réponse" in printed
    assert "1 question reste sans réponse." in printed


def test_the_proof_names_the_record_and_its_fingerprint() -> None:
    session = filled("diagnostic_territorial", "diagnostic_express_perwez")
    printed = words_of(record_pdf(session, finalized(session), printed_at=PRINTED_AT))
    assert session.instance_id in printed
    assert "0123456789abcdef" * 4 in printed
    assert "41 Ko" in printed
    assert "Terminé, prêt à envoyer" in printed
    assert "Brouillon" not in printed
    draft = words_of(record_pdf(session, printed_at=PRINTED_AT))
    assert "Brouillon : les réponses peuvent encore changer." in draft


def test_repeats_are_tables_and_comments_are_whole() -> None:
    session = filled("mon_smart_village", "application_perwez")
    pdf = record_pdf(session, printed_at=PRINTED_AT)
    printed = words_of(pdf)
    assert "GAL Culturalité (démonstration)" in printed
    assert "Catégorie Libellé Partenaire" in printed
    assert "30/06/2027" in printed
    assert session.value("/data/b_porteur/gouvernance")[:40] in printed
    assert [title for level, title, _ in read_bookmarks(pdf) if level == 0][1] == "1. Identification"


def test_every_kind_of_answer_is_written() -> None:
    session = FormSession(every_kind(), now=lambda: PRINTED_AT)
    long_text = " ".join(f"Phrase numéro {i} du récit." for i in range(600))
    for ref, value in {
        "titre": "L'œuvre à 12 000 €",
        "recit": long_text,
        "mesures/age": "42",
        "mesures/prix": "1234.5",
        "mesures/jour": "2026-05-01",
        "mesures/heure": "09:05:00.000+01:00",
        "mesures/instant": "2026-11-22T10:42:00.000+01:00",
        "mesures/lieu": "50.62341 4.81234 120 5",
        "mesures/accord": "OK",
        "choix/une": "vert",
        "choix/plusieurs": "bleu vert",
        "choix/ordre": "gris vert bleu",
    }.items():
        session.answer(f"/tout/{ref}", value)
    pdf = record_pdf(session, printed_at=PRINTED_AT)
    printed = words_of(pdf)
    for expected in (
        "L’œuvre à 12\u202f000 €",
        "42",
        "1\u202f234,5",
        "1er mai 2026",
        "09:05",
        "22 novembre 2026 à 10:42",
        "50,62341 N, 4,81234 E, précision 5 m",
        "Bleu d’été\u202f; Vert œillet",
        "1. Gris, 2. Vert œillet, 3. Bleu d’été",
        "Vous avez écrit L’œuvre",
        "Aucune entrée.",
        "Phrase numéro 599 du récit.",
    ):
        assert expected in printed, expected
    assert len(read_pages(pdf)) > 2


@pytest.mark.parametrize(
    ("value", "data_type", "words"),
    [
        ("abc", "int", "abc"),
        ("2026-13-40", "date", "2026-13-40"),
        ("true", "boolean", "Oui"),
        ("0.10", "decimal", "0,1"),
        ("1 2;3 4;5 6", "geoshape", "3\u00a0points"),
        ("-12", "int", "\u221212"),
        ("50.5 -4.5 0 0", "geopoint", "50,50000\u00a0N, 4,50000\u00a0O"),
        ("texte", "string", "texte"),
    ],
)
def test_values_that_cannot_be_read_are_shown_as_they_are(value: str, data_type: str, words: str) -> None:
    assert write_value(value, data_type) == words


def test_the_same_record_gives_the_same_bytes() -> None:
    session = filled("diagnostic_territorial", "diagnostic_express_perwez")
    assert record_pdf(session, printed_at=PRINTED_AT) == record_pdf(session, printed_at=PRINTED_AT)
