# SPDX-License-Identifier: EUPL-1.2
"""The application as a dossier: amounts that add up, the twelve sections, checks, and the notice on every page."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from fieldkit.application import CHECKS
from fieldkit.budget import Rule, summarize
from fieldkit.call import Parameter, Status, calls
from fieldkit.printing import application_pdf, instance_pdf, record_pdf
from fieldkit.printing.application_words import CHECK_WORDS, RULE_WORDS, parameter_name, parameter_value
from fieldkit.printing.budget_tables import expense_table
from fieldkit.printing.pages import TEXT_WIDTH
from fieldkit.typography import money
from fieldkit.values import SessionValues
from forms import FormSession
from tests.fieldkit.printed_forms import filled, shipped
from tests.fieldkit.printed_pages import PRINTED_AT, opened, read_bookmarks, read_pages, words_of

NOTICE = "Démonstration : les règles de l’appel sont des hypothèses, aucun règlement public au 22 novembre 2026."


@pytest.fixture(scope="module")
def session() -> FormSession:
    return filled("mon_smart_village", "application_perwez")


@pytest.fixture(scope="module")
def dossier(session: FormSession) -> bytes:
    return application_pdf(session, printed_at=PRINTED_AT)


def spoken(amount: object) -> str:
    return money(amount, cents=True).replace("\u00a0", " ")  # type: ignore[arg-type]  # a Decimal


def test_the_notice_of_the_demonstration_is_on_every_page(dossier: bytes) -> None:
    for page in read_pages(dossier):
        assert NOTICE in re.sub(r"[ \r\n]+", " ", page)


def test_the_budget_adds_up_on_paper(session: FormSession, dossier: bytes) -> None:
    printed = words_of(dossier)
    budget = summarize(SessionValues(session))
    assert budget.total > 0
    for amount in (budget.total, budget.eligible, budget.grant, budget.funded, *budget.by_category.values()):
        assert spoken(amount) in printed
    for line in budget.lines:
        assert line.label in printed
        assert spoken(line.cost) in printed
    assert "Le financement couvre exactement le coût total." in printed


def test_a_page_ends_with_a_line_of_the_budget_never_with_a_category_or_a_total(
    session: FormSession,
) -> None:
    from reportlab.platypus import Table

    (table,) = expense_table(summarize(SessionValues(session)))
    assert isinstance(table, Table)
    _, whole = table.wrap(TEXT_WIDTH, 10_000)
    cut = 0
    for room in range(50, int(whole), 5):
        parts = table.split(TEXT_WIDTH, room)
        if len(parts) == 2:
            cut += 1
            last = parts[0]._cellvalues[-1]
            label, partner = ("".join(getattr(own, "text", "") for own in cell) for cell in last[:2])
            assert partner, f"« {label} » is the last of {room} points"  # only lines have a partner
    assert cut > 20


def test_cover_contents_and_sections(dossier: bytes) -> None:
    pages = read_pages(dossier)
    assert "Relais numérique itinérant" in pages[0]
    marks = [title for level, title, _ in read_bookmarks(dossier) if level == 0]
    assert marks[0] == "En bref"
    assert marks[1] == "A. Identification"
    assert marks[12] == "L. Engagements"
    assert marks[13:] == ["Recevabilité", "Pièces à joindre", "Règles de l’appel", "Signature du porteur"]
    for title in marks[:16]:
        assert title in words_of(dossier)
    contents = re.sub(r"[ \r\n.]+", " ", pages[0])
    assert "H Budget" in contents


def test_the_calendar_is_drawn_and_has_its_table(session: FormSession, dossier: bytes) -> None:
    printed = words_of(dossier)
    assert session.value("/data/g_calendrier/etape[1]/etape_nom") in printed
    assert "01/04/2027" in printed
    assert re.search(r"\d+ mois", printed)
    with opened(dossier) as document:
        kinds = {each.type for i in range(len(document)) for each in document[i].get_objects()}
    assert 3 not in kinds  # no images: vectors only


def test_every_rule_is_listed_with_its_state(dossier: bytes) -> None:
    printed = words_of(dossier)
    assert set(CHECK_WORDS) == set(CHECKS)
    assert set(RULE_WORDS) == set(Rule)
    for code in ("communes", "taux", "equilibre", "risques"):
        assert CHECK_WORDS[code] in printed
    assert "Respecté" in printed
    assert "pièces manquent" in printed


def test_an_empty_application_is_printed_too() -> None:
    empty = FormSession(shipped("mon_smart_village"), now=lambda: PRINTED_AT)
    printed = words_of(application_pdf(empty, printed_at=PRINTED_AT))
    assert "Projet sans intitulé" in printed
    assert "Aucune ligne de dépense." in printed
    assert "Aucun diagnostic n’est rattaché" in printed
    assert "Pas encore rempli" in printed


def test_a_broken_ceiling_is_said() -> None:
    broken = filled("mon_smart_village", "application_perwez")
    broken.answer("/data/h_budget/subvention", "49000")
    printed = words_of(application_pdf(broken, printed_at=PRINTED_AT))
    assert "À corriger" in printed
    assert "Le financement dépasse le coût total de 4\u202f000,00 €." in printed


@pytest.mark.parametrize("known", calls(), ids=lambda known: known.call_id)
def test_every_parameter_of_every_call_has_a_name_and_a_value(known: object) -> None:
    for parameter in known.parameters.values():  # type: ignore[attr-defined]  # a Call
        assert parameter_value(parameter)
        assert parameter_name(parameter)


def test_parameters_are_written_by_their_kind() -> None:
    def shown(name: str, value: Decimal | date | bool | tuple[str, ...]) -> str:
        return parameter_value(Parameter(name, value, Status.ASSUMED)).replace("\u00a0", " ")

    assert shown("rate", Decimal("0.8")) == "80 %"
    assert shown("equipment_cap", Decimal("0.3333")) == "33,33 %"
    assert shown("grant_max", Decimal(50000)) == "50\u202f000 €"
    assert shown("duration_months", Decimal(24)) == "24 mois"
    assert shown("deadline", date(2027, 3, 31)) == "31 mars 2027"
    assert shown("sme_required", True) == "oui"
    assert shown("eligible_leads", ("gal", "asbl")) == "gal, asbl"


def test_the_same_application_gives_the_same_bytes(session: FormSession, dossier: bytes) -> None:
    assert application_pdf(session, printed_at=PRINTED_AT) == dossier


def test_a_filled_form_gets_the_paper_that_suits_it(session: FormSession, dossier: bytes) -> None:
    assert instance_pdf(session, printed_at=PRINTED_AT) == dossier
    diagnostic = filled("diagnostic_territorial", "diagnostic_express_incourt")
    assert instance_pdf(diagnostic, printed_at=PRINTED_AT) == record_pdf(diagnostic, printed_at=PRINTED_AT)
