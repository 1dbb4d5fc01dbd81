# SPDX-License-Identifier: EUPL-1.2
"""What the printed application says of rules, parameters, ceilings and annexes, in French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from fieldkit.application import CheckState
from fieldkit.budget import Rule
from fieldkit.call import Parameter
from fieldkit.typography import NBSP, integer, long_date, money, percent

CHECK_WORDS: Mapping[str, str] = {
    "communes": "De 1 à 20 communes, chef de file comprise",
    "porteur": "Le type de porteur est admis par l’appel",
    "partenaires": "Quinze partenaires au plus",
    "pme": "Une petite ou moyenne entreprise participe",
    "diagnostic": "Le projet répond à un diagnostic",
    "besoins": "De 1 à 30 besoins remontés du terrain",
    "politiques": "Une politique régionale au moins est servie",
    "documents": "De 1 à 10 documents de référence",
    "double": "Aucune dépense n’est financée deux fois",
    "duree": "Les dates respectent la durée de l’appel",
    "etapes": "De 3 à 20 étapes",
    "lignes": "De 1 à 80 lignes de dépense",
    "taux": "La subvention respecte le taux de l’appel",
    "subvention": "La subvention est entre le minimum et le maximum",
    "plancher": "Le coût total atteint le plancher",
    "equilibre": "Le financement couvre exactement le coût",
    "quote_part": "La quote-part locale suffit",
    "indirects": "Les frais indirects restent sous leur plafond",
    "nature": "Les apports en nature sont justifiés par des lignes",
    "indicateurs": "De 3 à 10 indicateurs, de réalisation et de résultat",
    "risques": "De 3 à 10 risques",
}

STATE_WORDS: Mapping[CheckState, str] = {
    CheckState.KEPT: "Respecté",
    CheckState.BROKEN: "À corriger",
    CheckState.WAITING: "Pas encore rempli",
    CheckState.NOT_APPLICABLE: "Sans objet",
}

RULE_WORDS: Mapping[Rule, str] = {
    Rule.GRANT_RATE: "Subvention (taux)",
    Rule.GRANT_MAX: "Subvention (maximum)",
    Rule.GRANT_MIN: "Subvention (minimum)",
    Rule.PROJECT_MIN: "Coût total",
    Rule.BALANCE: "Financement réuni",
    Rule.LOCAL_SHARE: "Quote-part locale",
    Rule.INDIRECT_RATE: "Frais indirects",
}

ANNEX_WORDS: Mapping[str, str] = {
    "deliberation": "Délibération du conseil",
    "lettres": "Lettres d’engagement des partenaires",
    "devis": "Devis",
    "plan": "Plan ou carte",
    "photo": "Photo",
}

_PARAMETER_WORDS: Mapping[str, str] = {
    "rate": "Taux de la subvention",
    "grant_min": "Subvention minimale",
    "grant_max": "Subvention maximale",
    "project_min": "Coût total minimal",
    "duration_months": "Durée maximale",
    "indirect_rate": "Frais indirects, part du personnel",
    "advance_rate": "Avance, part de la subvention",
    "local_share_min": "Quote-part locale minimale",
    "equipment_cap": "Équipement, part maximale",
    "eligible_from": "Dépenses admises à partir du",
    "deadline": "Date limite de dépôt",
    "envelope": "Enveloppe de l’appel",
    "procurement_low_value": "Marché public de faible montant",
    "de_minimis": "Plafond de minimis par entreprise sur trois ans",
    "hourly_base": "Base horaire annuelle",
    "eligible_leads": "Porteurs admis",
    "min_communes": "Nombre minimal de communes",
    "population_max": "Population maximale",
    "sme_required": "Petite ou moyenne entreprise requise",
}
_SHARES = frozenset({"rate", "indirect_rate", "advance_rate", "local_share_min", "equipment_cap"})
_COUNTS: Mapping[str, str] = {
    "duration_months": "mois",
    "hourly_base": "heures",
    "min_communes": "communes",
    "population_max": "habitants",
}


def parameter_name(parameter: Parameter) -> str:
    """Return the name of a parameter in words, its code where it has none."""
    return _PARAMETER_WORDS.get(parameter.name, parameter.name)


def parameter_value(parameter: Parameter) -> str:
    """Write the value of a parameter: an amount, a share, a count, a date, yes or no, or a list of codes."""
    value = parameter.value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, Decimal):
        return _number(parameter.name, value)
    return ", ".join(value)


def _number(name: str, value: Decimal) -> str:
    if name in _SHARES:
        return percent(value * 100, 2)
    if name in _COUNTS:
        return f"{integer(value)}{NBSP}{_COUNTS[name]}"
    return money(value)
