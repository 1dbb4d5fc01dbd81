# SPDX-License-Identifier: EUPL-1.2
"""The application: started from a diagnostic, checked rule by rule, summed to the cent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest

import resources
from fieldkit import application, diagnostic
from fieldkit.answer_files import fill
from fieldkit.application import CheckState
from fieldkit.budget import Rule, share_by_population, summarize
from fieldkit.shipped_forms import read_media
from fieldkit.values import SessionValues, XmlValues
from forms import FormDef, FormSession, load_form

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
GRANT = "/data/h_budget/subvention"


@cache
def form(name: str) -> FormDef:
    return load_form(resources.read_bytes("forms", f"{name}.xml"), read_media)


def answers(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(resources.read_text("forms", "answers", f"{name}.json"))
    return found


def new_session() -> FormSession:
    return FormSession(form("mon_smart_village"), now=lambda: NOW)


@pytest.fixture
def perwez() -> FormSession:
    """Return the application of the shipped answers, complete."""
    session = new_session()
    fill(session, answers("application_perwez"))
    return session


def states(session: FormSession) -> dict[str, CheckState]:
    return {check.code: check.state for check in application.eligibility(SessionValues(session))}


def message(session: FormSession, ref: str) -> str:
    violation = session.node(ref).violation
    return violation.message if violation else ""


def test_shipped_application_keeps_every_rule(perwez: FormSession) -> None:
    assert perwez.validate() == []
    assert perwez.value("/data/l_engagements/blocages") == "0"
    found = states(perwez)
    assert found.pop("pme") is CheckState.NOT_APPLICABLE
    assert set(found.values()) == {CheckState.KEPT}
    state = application.completeness(perwez)
    assert len(state.sections) == 12
    assert state.complete
    assert state.percent == 100
    assert perwez.finalize().instance_name == "Relais numérique itinérant de Perwez — Perwez"


def test_new_application_waits_for_everything() -> None:
    session = new_session()
    found = states(session)
    assert CheckState.BROKEN not in found.values()
    assert found["subvention"] is CheckState.WAITING
    assert found["partenaires"] is CheckState.WAITING
    state = application.completeness(session)
    assert not state.complete
    assert state.percent < 15
    assert state.sections[0].label == "Identification"


def test_diagnostic_prefills_a_new_application() -> None:
    source = FormSession(form("diagnostic_territorial"), now=lambda: NOW)
    fill(source, answers("diagnostic_express_perwez"))
    result = diagnostic.read_scores(source)
    session = new_session()
    answered = application.start_from(session, result)
    assert session.value("/data/a_identification/communes") == "25084"
    assert session.value("/data/a_identification/commune_chef") == "25084"
    assert session.value("/data/a_identification/commune_nom") == "Perwez"
    results = "/data/c_besoin/diagnostic/diag_"
    assert session.value(f"{results}instance") == source.instance_id
    assert session.value(f"{results}ener").endswith(" sur 100")
    assert session.value(f"{results}priorite_1").startswith("Mobilité et démobilité (")
    assert session.value("/data/c_besoin/besoin[1]/besoin_personnes") == "14"
    assert session.value("/data/c_besoin/besoin[1]/besoin_objet").startswith("Mobilité et démobilité")
    assert states(session)["diagnostic"] is CheckState.KEPT
    assert session.node(f"{results}instance").readonly
    assert len(answered) == len(set(answered)) > 20
    assert [v for v in (session.node(ref).violation for ref in answered) if v] == []


def test_budget_sums_to_the_cent(perwez: FormSession) -> None:
    budget = summarize(SessionValues(perwez))
    assert budget.total == Decimal("59900.80")
    assert budget.eligible == Decimal("56300.80")
    assert budget.in_kind == Decimal(3600)
    assert budget.by_category["PERS"] == Decimal(35100)
    assert budget.by_category["EQUI"] == Decimal("6884.90")
    assert budget.grant == Decimal(45000)
    assert budget.local_share == Decimal("14900.80")
    assert budget.funded == budget.total
    assert budget.advance == Decimal(22500)
    assert budget.prefinancing == Decimal("33800.80")
    assert budget.broken == ()
    assert [c.rule for c in budget.ceilings] == list(Rule)
    for name, value in (("total_projet", budget.total), ("total_eligible", budget.eligible)):
        assert Decimal(perwez.value(f"/data/h_budget/{name}")) == value


def test_stored_xml_gives_the_same_budget_and_checks(perwez: FormSession) -> None:
    live = SessionValues(perwez)
    for xml in (perwez.draft_xml(), perwez.finalize().xml):
        stored = XmlValues(xml)
        assert stored.form_id == application.FORM_ID
        assert summarize(stored) == summarize(live)
        assert application.eligibility(stored) == application.eligibility(live)


def test_grant_over_the_rate_says_by_how_much(perwez: FormSession) -> None:
    perwez.answer(GRANT, "48240.64")
    assert "dépasse le plafond de 3\u202f200,00\u00a0€" in message(perwez, GRANT)
    assert "45\u202f040,64\u00a0€" in message(perwez, GRANT)
    assert states(perwez)["taux"] is CheckState.BROKEN
    budget = summarize(SessionValues(perwez))
    over = {c.rule: c.excess for c in budget.broken}
    assert over == {Rule.GRANT_RATE: Decimal("3200.00"), Rule.BALANCE: Decimal("3240.64")}
    state = application.completeness(perwez)
    assert not state.complete
    assert set(state.sections[7].broken) == {"taux", "equilibre"}
    perwez.set_language("Deutsch (de)")
    assert "überschreitet die Grenze um 3\u202f200,00\u00a0€" in message(perwez, GRANT)


def test_grant_over_the_maximum_of_the_call(perwez: FormSession) -> None:
    perwez.answer("/data/h_budget/ligne[1]/ligne_prix", "3000")
    perwez.answer(GRANT, "50000.01")
    assert "dépasse le plafond de 0,01\u00a0€" in message(perwez, GRANT)
    assert summarize(SessionValues(perwez)).broken[0].rule is Rule.GRANT_MAX
    perwez.answer(GRANT, "50000")
    assert message(perwez, GRANT) == ""


def test_grant_under_the_minimum_shows_what_is_missing(perwez: FormSession) -> None:
    assert not perwez.node("/data/h_budget/alerte_minimum").relevant
    perwez.answer(GRANT, "4000")
    note = perwez.node("/data/h_budget/alerte_minimum")
    assert note.relevant
    assert note.label is not None
    assert "il manque 1\u202f000,00\u00a0€" in note.label.value
    assert states(perwez)["subvention"] is CheckState.BROKEN


def test_indirect_costs_over_their_share_of_staff(perwez: FormSession) -> None:
    price = "/data/h_budget/ligne[2]/ligne_prix"
    perwez.answer(price, "5265")
    assert message(perwez, price) == ""
    perwez.answer(price, "5365.50")
    assert "dépassent de 100,50\u00a0€" in message(perwez, price)
    assert states(perwez)["indirects"] is CheckState.BROKEN


def test_vat_counts_unless_it_is_recovered(perwez: FormSession) -> None:
    line = "/data/h_budget/ligne[3]"
    assert perwez.value(f"{line}/ligne_cout") == "4646.4"
    perwez.answer(f"{line}/ligne_recuperable", "oui")
    assert perwez.value(f"{line}/ligne_cout") == "3840"
    assert summarize(SessionValues(perwez)).lines[2].recoverable


def test_unbalanced_funding_is_said_both_ways(perwez: FormSession) -> None:
    amount = "/data/h_budget/apport[1]/apport_montant"
    perwez.answer(amount, "9000")
    missing = perwez.node("/data/h_budget/alerte_manque")
    assert missing.relevant
    assert missing.label is not None
    assert "300,80\u00a0€" in missing.label.value
    perwez.answer(amount, "9400.80")
    assert not perwez.node("/data/h_budget/alerte_manque").relevant
    assert perwez.node("/data/h_budget/alerte_exces").relevant
    assert states(perwez)["equilibre"] is CheckState.BROKEN


@pytest.mark.parametrize(
    ("number", "valid"),
    [("0000.000.097", True), ("0123456749", True), ("0123.456.750", False), ("123456749", False), ("abc", False)],
)
def test_enterprise_number_is_checked_modulo_97(number: str, valid: bool) -> None:
    assert (97 - int("01234567") % 97) == 49  # the sample number of the second case
    session = new_session()
    session.answer("/data/b_porteur/porteur_type", "commune")
    session.answer("/data/b_porteur/porteur/bce", number)
    assert (session.node("/data/b_porteur/porteur/bce").violation is None) == valid


@pytest.mark.parametrize(
    ("start", "end", "months", "valid"),
    [
        ("2027-01-01", "2028-12-31", 24, True),
        ("2027-01-15", "2029-01-14", 24, True),
        ("2027-01-15", "2029-01-15", 25, False),
        ("2027-05-01", "2027-04-30", 0, False),
    ],
)
def test_duration_is_counted_in_started_months(start: str, end: str, months: int, valid: bool) -> None:
    session = new_session()
    session.answer("/data/g_calendrier/debut", start)
    session.answer("/data/g_calendrier/fin", end)
    assert (session.node("/data/g_calendrier/fin").violation is None) == valid
    assert date.fromisoformat(end) < date.fromisoformat(start) or session.value("/data/g_calendrier/duree_mois") == str(
        months
    )


def test_milestones_stay_inside_the_calendar(perwez: FormSession) -> None:
    ref = "/data/g_calendrier/etape[1]/etape_debut"
    perwez.answer(ref, "2027-03-31")
    assert "sort du calendrier" in message(perwez, ref)
    perwez.remove_repeat("/data/g_calendrier/etape[4]")
    assert states(perwez)["etapes"] is CheckState.KEPT
    perwez.remove_repeat("/data/g_calendrier/etape[3]")
    assert states(perwez)["etapes"] is CheckState.BROKEN
    assert perwez.node("/data/g_calendrier/alerte_etapes").relevant
    assert perwez.node("/data/l_engagements/declaration").violation is not None


def test_several_communes_need_two(perwez: FormSession) -> None:
    communes = "/data/a_identification/communes"
    perwez.answer("/data/a_identification/maille", "plusieurs")
    assert perwez.node(communes).violation is not None
    perwez.answer(communes, "25084 25048")
    assert perwez.node(communes).violation is None
    leads = [choice.value for choice in perwez.choices("/data/a_identification/commune_chef")]
    assert sorted(leads) == ["25048", "25084"]


def test_applicants_that_the_call_does_not_admit(perwez: FormSession) -> None:
    perwez.answer("/data/b_porteur/porteur_type", "entreprise")
    assert "n’admet pas" in message(perwez, "/data/b_porteur/porteur_type")
    assert states(perwez)["porteur"] is CheckState.BROKEN


def test_double_funding_of_the_same_expense_blocks(perwez: FormSession) -> None:
    perwez.answer("/data/f_coherence/double_financement", "oui")
    perwez.answer("/data/f_coherence/double_depenses", "oui")
    assert "même dépense" in message(perwez, "/data/f_coherence/double_depenses")
    assert states(perwez)["double"] is CheckState.BROKEN


@pytest.mark.parametrize("code", ["realisation", "resultat"])
def test_indicators_of_output_and_of_result_are_needed(perwez: FormSession, code: str) -> None:
    for position in range(1, 5):
        perwez.answer(f"/data/i_indicateurs/indicateur[{position}]/indicateur_type", code)
    assert states(perwez)["indicateurs"] is CheckState.BROKEN
    check = next(c for c in application.eligibility(SessionValues(perwez)) if c.code == "indicateurs")
    assert check.numbers["nombre_indicateurs"] == "4"
    assert check.numbers[f"nombre_{code}"] == "4"


def test_direct_alignment_asks_for_evidence(perwez: FormSession) -> None:
    evidence = "/data/f_coherence/preuves/preuve_"
    assert perwez.node(f"{evidence}ppst").relevant
    assert not perwez.node(f"{evidence}pmob").relevant
    perwez.answer("/data/f_coherence/politiques/pol_pmob", "3")
    assert perwez.node(f"{evidence}pmob").relevant
    assert not perwez.node(f"{evidence}pnum").relevant


def test_missing_annexes_are_listed(perwez: FormSession) -> None:
    assert application.missing_annexes(SessionValues(perwez)) == application.ANNEXES
    perwez.answer("/data/b_porteur/avec_partenaires", "non")
    assert "lettres" not in application.missing_annexes(SessionValues(perwez))


def test_local_share_is_divided_by_population() -> None:
    parts = share_by_population(Decimal("100.00"), {"25084": 1, "25048": 1, "25043": 1})
    assert parts == {"25084": Decimal("33.33"), "25048": Decimal("33.33"), "25043": Decimal("33.34")}
    parts = share_by_population(Decimal("14900.80"), {"25084": 9810, "25048": 15030})
    assert sum(parts.values()) == Decimal("14900.80")
    assert parts["25084"] == Decimal("5884.74")
    assert share_by_population(Decimal(5), {}) == {}
