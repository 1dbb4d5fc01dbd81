# SPDX-License-Identifier: EUPL-1.2
"""Forms to fill by hand: every question once, with its number, whole on one page, and something to write on."""

from __future__ import annotations

import re
import time

import pytest

from fieldkit.framework import questions
from fieldkit.printing import blank_form_pdf
from fieldkit.printing.reading import question_numbers, read_sections, strip_marks
from forms import FormSession
from tests.fieldkit.printed_forms import every_kind, shipped
from tests.fieldkit.printed_pages import PRINTED_AT, opened, read_bookmarks, read_metadata, read_pages, words_of
from ui.entry.sections import ItemKind, Section, read_items
from ui.entry.sections import read_sections as read_window_sections

VERSION = "/data/identite/version"


def flat(text: str) -> str:
    return re.sub(r"[ \r\n]+", " ", text)


@pytest.fixture(scope="module")
def express() -> bytes:
    return blank_form_pdf(shipped("diagnostic_territorial"), answers={VERSION: "express"}, printed_at=PRINTED_AT)


@pytest.fixture(scope="module")
def complete() -> bytes:
    return blank_form_pdf(shipped("diagnostic_territorial"), answers={VERSION: "complet"}, printed_at=PRINTED_AT)


@pytest.fixture(scope="module")
def open_version() -> bytes:
    return blank_form_pdf(shipped("diagnostic_territorial"), printed_at=PRINTED_AT)


def labels(qids: list[str]) -> list[str]:
    session = FormSession(shipped("diagnostic_territorial"))
    views = [session.node(q.ref) for q in questions() if q.qid in qids]
    return [view.label.value.replace("\u00a0", " ").rstrip(" ?\u202f") for view in views if view.label]


def test_the_complete_version_asks_the_ninety_questions_once(complete: bytes) -> None:
    printed = words_of(complete)
    for label in labels([q.qid for q in questions()]):
        assert printed.count(label) == 1, label


def test_the_express_version_asks_only_its_questions(express: bytes) -> None:
    printed = words_of(express)
    for label in labels([q.qid for q in questions() if q.express]):
        assert label in printed
    for label in labels([q.qid for q in questions() if not q.express]):
        assert label not in printed


def test_an_open_version_marks_what_the_complete_one_adds(open_version: bytes, complete: bytes) -> None:
    printed = words_of(open_version)
    assert printed.count("[A]") >= 59
    assert "Si vous avez répondu « Complète : 90 questions » à la question 1.5." in printed
    assert "[A]" not in words_of(complete)
    assert "Si vous avez répondu « Un village ou un hameau » à la question 1.2." in words_of(complete)


def test_numbers_are_those_of_the_window() -> None:
    for form in (shipped("diagnostic_territorial"), shipped("mon_smart_village"), every_kind()):
        session = FormSession(form)
        in_window: dict[str, str] = {}
        for section in read_window_sections(session):
            in_window |= _window_numbers(session, section)
        on_paper = question_numbers(read_sections(session))
        assert len(in_window) > 20
        assert {ref: on_paper[ref] for ref in in_window} == in_window


def _window_numbers(session: FormSession, section: Section) -> dict[str, str]:
    found = {}
    for item in read_items(session, section):
        if item.kind in {ItemKind.HEADING, ItemKind.NOTE}:
            continue
        head, _, first = item.number.partition(".")
        found |= {ref: f"{head}.{int(first) + i}" for i, ref in enumerate(item.refs)}
    return found


def test_no_question_is_cut_by_a_page(complete: bytes) -> None:
    pages = [flat(page) for page in read_pages(complete)]
    for label in labels([q.qid for q in questions()]):
        assert sum(label in page for page in pages) == 1, label


def test_the_list_of_communes_is_a_line_to_write_on(express: bytes) -> None:
    printed = words_of(express)
    assert "Commune" in printed
    assert "Jodoigne" not in printed
    assert "Tapez les premières lettres" not in printed


def test_computed_texts_are_not_printed(express: bytes) -> None:
    printed = words_of(express)
    assert "Synthèse" in printed
    assert "Ce que le groupe retient" in printed
    assert "sur 100" not in printed
    assert "Niveau" not in printed


def test_it_is_small_fast_and_always_the_same(complete: bytes) -> None:
    begin = time.perf_counter()
    again = blank_form_pdf(shipped("diagnostic_territorial"), answers={VERSION: "complet"}, printed_at=PRINTED_AT)
    assert time.perf_counter() - begin < 2
    assert again == complete
    assert len(complete) < 250_000


def test_header_footer_bookmarks_and_metadata(express: bytes) -> None:
    pages = read_pages(express)
    for number, page in enumerate(pages, 1):
        assert f"page {number} sur {len(pages)}" in page
        assert "diagnostic_territorial" in page
    marks = read_bookmarks(express)
    assert [title for _, title, _ in marks[:3]] == [
        "Diagnostic territorial",
        "1. Identité",
        "2. Gouvernance et stratégie",
    ]
    assert len(marks) == 13
    assert read_metadata(express)["Title"] == "Diagnostic territorial"


def test_boxes_are_vectors_one_for_each_choice(express: bytes) -> None:
    """31 questions of six choices and ten of five, besides those of the identity: circles are drawn, not typed."""
    with opened(express) as document:
        paths = 0
        for index in range(len(document)):
            page = document[index]
            paths += sum(each.type == 2 for each in page.get_objects())
            page.close()
    assert paths > 31 * 6 + 10 * 5
    assert "○" not in words_of(express)


def test_every_kind_of_question_has_its_field() -> None:
    printed = words_of(blank_form_pdf(every_kind(), printed_at=PRINTED_AT))
    for expected in (
        "Titre du projet",
        "Une note qui explique ce qui suit.",
        "jour / mois / année",
        "heures : minutes",
        "Latitude et longitude",
        "0 1 2 3 4 5 6 7 8 9 10",
        "Pièce jointe à ce papier",
        "Oui, c’est fait",
        "Vert œillet",
        "Bleu d’été",
        "Notez 1 pour le premier",
        "Prénom Années Teinte",
        "Teinte : Vert œillet",
        "Histoires 1",
        "Si vous avez répondu « Vert œillet » à la question",
        "ou si la réponse à la question",
        "Selon vos réponses.",
    ):
        assert expected in printed, expected
    assert "Élément 12" not in printed
    assert "Vous avez écrit" not in printed


def test_the_application_can_be_printed_blank() -> None:
    pdf = blank_form_pdf(shipped("mon_smart_village"), printed_at=PRINTED_AT)
    printed = words_of(pdf)
    assert "Lignes de dépense" in printed
    assert "Au plus 0,00 €" not in printed
    assert printed.count("page ") == len(read_pages(pdf))


def test_german_labels_are_printed_in_german() -> None:
    form = shipped("diagnostic_territorial")
    german = next(language for language in form.languages if "de" in language)
    printed = words_of(blank_form_pdf(form, language=german, printed_at=PRINTED_AT))
    assert "Governance und Strategie" in printed
    assert "Gouvernance et stratégie" not in printed


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("**Fort** et _doux_", "Fort et doux"),
        ("# Titre", "Titre"),
        ("[un lien](https://exemple.be)", "un lien"),
        ('<span style="color:red">rouge</span>', "rouge"),
        ("nom_de_variable 2 * 3 * 4", "nom_de_variable 2 * 3 * 4"),
    ],
)
def test_marks_of_markdown_are_left_out(label: str, words: str) -> None:
    assert strip_marks(label) == words
