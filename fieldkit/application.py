# SPDX-License-Identifier: EUPL-1.2
"""The project application: started from a diagnostic, followed section by section, checked against the call.

The rules themselves are calculates of the form (`ok_*`: 1 kept, 0 broken), so that the server's form and this program
cannot disagree; here they become a list that a screen or a page can show, with the numbers its sentences need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldkit import typography
from fieldkit.diagnostic import Diagnostic
from fieldkit.values import SessionValues, Values

if TYPE_CHECKING:
    from forms import FormSession

FORM_ID = "mon_smart_village"
SOURCE_REF = "/data/c_besoin/diagnostic/diag_instance"
SECTIONS = (
    "a_identification",
    "b_porteur",
    "c_besoin",
    "d_projet",
    "e_numerique",
    "f_coherence",
    "g_calendrier",
    "h_budget",
    "i_indicateurs",
    "j_risques",
    "k_annexes",
    "l_engagements",
)
ANNEXES = ("deliberation", "lettres", "devis", "plan", "photo")


class CheckState(StrEnum):
    """How a rule stands. WAITING: nothing was answered yet that it could judge."""

    KEPT = "kept"
    BROKEN = "broken"
    WAITING = "waiting"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the eligibility list (recevabilité).

    `code` is the name of the rule in the form (`ok_<code>`), `rule` its code in the call profiles ("" if it has none),
    `ref` where to correct it, `numbers` what a sentence needs: lexical values of the form by name.
    """

    code: str
    section: str
    state: CheckState
    ref: str
    rule: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SectionState:
    """How far one section is. Counts as in `forms.Progress`; `broken` and `waiting` are codes of its rules."""

    ref: str
    label: str
    asked: int
    answered: int
    invalid: int
    missing: int
    broken: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Tell whether nothing remains to be done in the section."""
        return not (self.invalid or self.missing or self.broken or self.waiting)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The whole application, section by section."""

    sections: tuple[SectionState, ...]

    @property
    def percent(self) -> int:
        """Return the share of the required work that is done, 0-100: 100 only when every section is complete."""
        done = sum(section.answered for section in self.sections)
        left = sum(s.missing + s.invalid + len(s.broken) + len(s.waiting) for s in self.sections)
        return 100 * done // (done + left) if done + left else 0

    @property
    def complete(self) -> bool:
        """Tell whether the application can be finalized."""
        return all(section.complete for section in self.sections)


@dataclass(frozen=True, slots=True)
class _CheckSource:
    """Where a check's parts stand in the form: its section, what it judges, and the calculates its sentence needs."""

    section: str
    judges: str
    rule: str = ""
    numbers: tuple[str, ...] = ()
    parameter: str = ""  # without this parameter in the call, the rule does not apply


_BUDGET_LINE = "/data/h_budget/ligne[1]/ligne_prix"
_GRANT = "/data/h_budget/subvention"
_FUNDING = "/data/h_budget/apport[1]/apport_montant"
CHECKS: Mapping[str, _CheckSource] = {
    "communes": _CheckSource("a_identification", "/data/a_identification/communes"),
    "porteur": _CheckSource("b_porteur", "/data/b_porteur/porteur_type", parameter="p_porteurs"),
    "partenaires": _CheckSource("b_porteur", "/data/b_porteur/avec_partenaires", numbers=("nombre_partenaires",)),
    "pme": _CheckSource("b_porteur", "/data/b_porteur/avec_partenaires", parameter="p_pme"),
    "diagnostic": _CheckSource("c_besoin", SOURCE_REF),
    "besoins": _CheckSource("c_besoin", "/data/c_besoin/besoin[1]/besoin_objet", numbers=("nombre_besoins",)),
    "politiques": _CheckSource("f_coherence", "/data/f_coherence/double_financement"),
    "documents": _CheckSource("f_coherence", "/data/f_coherence/document[1]/document_type"),
    "double": _CheckSource("f_coherence", "/data/f_coherence/double_financement", "B17"),
    "duree": _CheckSource("g_calendrier", "/data/g_calendrier/fin", numbers=("duree_mois", "p_duree")),
    "etapes": _CheckSource("g_calendrier", "/data/g_calendrier/etape[1]/etape_nom", numbers=("nombre_etapes",)),
    "lignes": _CheckSource("h_budget", _BUDGET_LINE, "B01", ("nombre_lignes", "total_projet")),
    "taux": _CheckSource("h_budget", _GRANT, "B02", ("subvention", "plafond_taux", "p_taux"), "p_taux"),
    "subvention": _CheckSource("h_budget", _GRANT, "B03", ("subvention", "subvention_manque", "p_min", "p_max")),
    "plancher": _CheckSource("h_budget", _BUDGET_LINE, "B04", ("plancher_manque", "p_plancher"), "p_plancher"),
    "equilibre": _CheckSource("h_budget", _FUNDING, "B05", ("financement_exces", "financement_manque")),
    "quote_part": _CheckSource("h_budget", _FUNDING, "B06", ("quote_part_manque", "quote_part_minimum")),
    "indirects": _CheckSource("h_budget", _BUDGET_LINE, "B07", ("indirects_exces", "plafond_indirects"), "p_indirect"),
    "nature": _CheckSource("h_budget", _FUNDING, "B10", ("apports_nature", "total_nature")),
    "indicateurs": _CheckSource(
        "i_indicateurs",
        "/data/i_indicateurs/indicateur[1]/indicateur_nom",
        numbers=("nombre_indicateurs", "nombre_realisation", "nombre_resultat"),
    ),
    "risques": _CheckSource("j_risques", "/data/j_risques/risque[1]/risque_nom", numbers=("nombre_risques",)),
}


def prefill(diagnostic: Diagnostic, axis: str = "") -> dict[str, str]:
    """Return what a diagnostic already knows of a new application, as answers by ref in the order to give them.

    Communes, scores, priorities and the source's instanceID, and the first need: the priority of that `axis` (a code),
    else the top one. Nothing that a person must judge is guessed.
    """
    known = _known(diagnostic) + _first_need(diagnostic, axis)
    return {ref: value for ref, value in known if value}


def start_from(session: FormSession, diagnostic: Diagnostic) -> tuple[str, ...]:
    """Give a new application's session the answers of `prefill`; return the refs that were answered."""
    answers = prefill(diagnostic)
    for ref, value in answers.items():
        session.answer(ref, value)
    return tuple(answers)


def completeness(session: FormSession, checks: Sequence[Check] | None = None) -> Completeness:
    """Return the state of the twelve sections; read again after each change (`checks` if they were just made)."""
    checks = eligibility(SessionValues(session)) if checks is None else checks
    sections = []
    for name in SECTIONS:
        ref = f"/data/{name}"
        progress = session.progress(ref)
        label = session.node(ref).label
        here = [check for check in checks if check.section == name]
        sections.append(
            SectionState(
                ref,
                label.value if label else "",
                progress.asked,
                progress.answered,
                progress.invalid,
                progress.missing,
                tuple(c.code for c in here if c.state is CheckState.BROKEN),
                tuple(c.code for c in here if c.state is CheckState.WAITING),
            )
        )
    return Completeness(tuple(sections))


def eligibility(values: Values) -> tuple[Check, ...]:
    """Return every rule of the application in the order of the sections."""
    return tuple(_check(values, code, source) for code, source in CHECKS.items())


def missing_annexes(values: Values) -> tuple[str, ...]:
    """Return the codes of the annexes that are not joined, a letter only where there are partners."""
    partners = values.value("/data/b_porteur/avec_partenaires") == "oui"
    return tuple(
        code
        for code in ANNEXES
        if not values.value(f"/data/k_annexes/annexe_{code}") and (partners or code != "lettres")
    )


def _check(values: Values, code: str, source: _CheckSource) -> Check:
    numbers = {name: values.value(_calculate_ref(name, source.section)) for name in source.numbers}
    return Check(code, source.section, _state(values, code, source), source.judges, source.rule, numbers)


def _state(values: Values, code: str, source: _CheckSource) -> CheckState:
    if source.parameter and values.value(f"/data/{source.parameter}") in ("", "0"):
        return CheckState.NOT_APPLICABLE
    if not values.value(source.judges):
        return CheckState.WAITING
    return CheckState.KEPT if values.value(f"/data/l_engagements/ok_{code}") == "1" else CheckState.BROKEN


def _calculate_ref(name: str, section: str) -> str:
    return f"/data/{name}" if name.startswith("p_") else f"/data/{section}/{name}"


def _known(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    made_on = diagnostic.made_on.isoformat() if diagnostic.made_on else ""
    results = "/data/c_besoin/diagnostic/diag_"
    filled = [
        ("/data/a_identification/maille", "village" if diagnostic.village else "commune"),
        ("/data/a_identification/communes", diagnostic.commune_nis),
        ("/data/a_identification/commune_chef", diagnostic.commune_nis),
        (f"{results}commune", diagnostic.place),
        (f"{results}date", made_on),
        (f"{results}score", _score(diagnostic.score)),
        (f"{results}fiabilite", str(diagnostic.reliability)),
        (f"{results}instance", diagnostic.instance_id),
    ]
    filled += [(f"{results}{axis.code.lower()}", _score(axis.score)) for axis in diagnostic.axes]
    for position, axis in enumerate(diagnostic.priorities[:3], 1):
        priority = typography.integer(axis.priority or 0)
        filled.append((f"{results}priorite_{position}", f"{axis.labels['fr']} ({priority})"))
    return filled


def _first_need(diagnostic: Diagnostic, axis: str) -> list[tuple[str, str]]:
    ranked = diagnostic.priorities
    if not ranked:
        return []
    rank, chosen = next(((n, one) for n, one in enumerate(ranked, 1) if one.code == axis), (1, ranked[0]))
    place = "première priorité" if rank == 1 else f"priorité n°{typography.NBSP}{rank}"
    made_on = diagnostic.made_on.isoformat() if diagnostic.made_on else ""
    need = "/data/c_besoin/besoin[1]/besoin_"
    return [
        (f"{need}objet", f"{chosen.labels['fr']}{typography.NBSP}: score {_score(chosen.score)}, {place}"),
        (f"{need}source", "diagnostic"),
        (f"{need}date", made_on),
        (f"{need}lieu", diagnostic.place),
        (f"{need}personnes", str(diagnostic.participants) if diagnostic.participants else ""),
    ]


def _score(score: float | None) -> str:
    return "–" if score is None else f"{typography.number(score, 1)} sur 100"
