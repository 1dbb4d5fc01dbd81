# SPDX-License-Identifier: EUPL-1.2
"""What the panel of an application says of each rule and each limit of the call."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from fieldkit import typography
from fieldkit.application import Check, CheckState
from fieldkit.budget import INDIRECT, BudgetSummary, Ceiling, Rule
from ui.i18n import translate


def ceiling_title(rule: Rule) -> str:
    """Return the name of a limit."""
    titles = {
        Rule.GRANT_RATE: translate("Entry", "Taux d’aide"),
        Rule.GRANT_MAX: translate("Entry", "Subvention"),
        Rule.GRANT_MIN: translate("Entry", "Subvention"),
        Rule.PROJECT_MIN: translate("Entry", "Coût total"),
        Rule.BALANCE: translate("Entry", "Financement"),
        Rule.LOCAL_SHARE: translate("Entry", "Part locale"),
        Rule.INDIRECT_RATE: translate("Entry", "Frais indirects"),
    }
    return titles[rule]


def ceiling_words(ceiling: Ceiling) -> str:
    """Return value and limit: « 12 000 € (max. 10 000) »."""
    value = typography.money(ceiling.value, cents=False)
    limit = typography.integer(ceiling.limit)
    if ceiling.rule is Rule.BALANCE:
        return translate("Entry", "{} sur {}").format(value, limit)
    if ceiling.is_minimum:
        return translate("Entry", "{} (min. {})").format(value, limit)
    return translate("Entry", "{} (max. {})").format(value, limit)


def ceiling_gap(ceiling: Ceiling) -> str:
    """Return by how much a limit is broken: « Dépasse le plafond de 1 200 € », `""` if it is kept."""
    if not ceiling.over:
        return ""
    amount = typography.money(ceiling.excess)
    if ceiling.rule is Rule.BALANCE and ceiling.value > ceiling.limit:
        return translate("Entry", "Dépasse le coût total de {}").format(amount)
    if ceiling.is_minimum or ceiling.rule is Rule.BALANCE:
        return translate("Entry", "Il manque {}").format(amount)
    return translate("Entry", "Dépasse le plafond de {}").format(amount)


def group_remarks(budget: BudgetSummary) -> dict[str, str]:
    """Return what is wrong with a category of expenses, by its code."""
    broken = next((ceiling for ceiling in budget.broken if ceiling.rule is Rule.INDIRECT_RATE), None)
    if broken is None:
        return {}
    limit = typography.percent(100 * (broken.rate or Decimal(0)))
    sentence = translate("Entry", "{} de trop · plafond {} du personnel")
    return {INDIRECT: sentence.format(typography.money(broken.excess), limit)}


def check_title(code: str) -> str:
    """Return a rule as the state that it wants."""
    titles = {
        "communes": translate("Entry", "De 1 à 20 communes en tout"),
        "porteur": translate("Entry", "Porteur admis par l’appel"),
        "partenaires": translate("Entry", "Quinze partenaires au plus"),
        "pme": translate("Entry", "Une PME parmi les partenaires"),
        "diagnostic": translate("Entry", "Besoin issu d’un diagnostic"),
        "besoins": translate("Entry", "De 1 à 30 besoins du terrain"),
        "politiques": translate("Entry", "Une politique régionale servie"),
        "documents": translate("Entry", "De 1 à 10 documents cités"),
        "double": translate("Entry", "Pas de double financement"),
        "duree": translate("Entry", "Durée admise par l’appel"),
        "etapes": translate("Entry", "De 3 à 20 étapes"),
        "lignes": translate("Entry", "De 1 à 80 lignes de dépense"),
        "taux": translate("Entry", "Part régionale respectée"),
        "subvention": translate("Entry", "Montant de la subvention"),
        "plancher": translate("Entry", "Coût total au-dessus du plancher"),
        "equilibre": translate("Entry", "Financement égal au coût"),
        "quote_part": translate("Entry", "Quote-part locale suffisante"),
        "indirects": translate("Entry", "Frais indirects sous leur plafond"),
        "nature": translate("Entry", "Apports en nature justifiés"),
        "indicateurs": translate("Entry", "De 3 à 10 indicateurs"),
        "risques": translate("Entry", "De 3 à 10 risques"),
    }
    return titles.get(code, code)


def check_detail(check: Check) -> str:
    """Return the second line: what lacks or exceeds, or that nothing is filled in yet."""
    if check.state is CheckState.WAITING:
        return translate("Entry", "Pas encore rempli")
    if check.state is not CheckState.BROKEN:
        return ""
    details = {
        "duree": (translate("Entry", "{} mois, {} au plus"), ("duree_mois", "p_duree")),
        "taux": (translate("Entry", "{} €, plafond {} €"), ("subvention", "plafond_taux")),
        "subvention": (translate("Entry", "{} €, entre {} et {} €"), ("subvention", "p_min", "p_max")),
        "plancher": (translate("Entry", "Il manque {} €"), ("plancher_manque",)),
        "quote_part": (translate("Entry", "Il manque {} €"), ("quote_part_manque",)),
        "indirects": (translate("Entry", "{} € de trop"), ("indirects_exces",)),
        "besoins": (translate("Entry", "{} pour l’instant"), ("nombre_besoins",)),
        "etapes": (translate("Entry", "{} pour l’instant"), ("nombre_etapes",)),
        "lignes": (translate("Entry", "{} pour l’instant"), ("nombre_lignes",)),
        "partenaires": (translate("Entry", "{} pour l’instant"), ("nombre_partenaires",)),
        "indicateurs": (translate("Entry", "{} pour l’instant"), ("nombre_indicateurs",)),
        "risques": (translate("Entry", "{} pour l’instant"), ("nombre_risques",)),
    }
    if check.code == "equilibre":
        return _balance(check.numbers)
    if check.code not in details:
        return translate("Entry", "À corriger")
    sentence, names = details[check.code]
    return sentence.format(*(_figure(check.numbers.get(name, "")) for name in names))


def section_remark(broken: tuple[str, ...]) -> str:
    """Return what the outline says of a section whose rules are broken."""
    if not broken:
        return ""
    if broken[0] in ("taux", "indirects"):
        return translate("Entry", "Un plafond dépassé")
    return check_title(broken[0]) if len(broken) == 1 else translate("Entry", "{} règles à revoir").format(len(broken))


def _balance(numbers: Mapping[str, str]) -> str:
    excess = numbers.get("financement_exces", "")
    if excess and Decimal(excess):
        return translate("Entry", "{} € de trop").format(_figure(excess))
    return translate("Entry", "Il manque {} €").format(_figure(numbers.get("financement_manque", "")))


def _figure(value: str) -> str:
    try:
        return typography.number(Decimal(value)) if value else "0"
    except InvalidOperation:
        return value
