# SPDX-License-Identifier: EUPL-1.2
"""The application as a dossier: cover, contents, summary, the twelve sections, eligibility, pieces, assumptions.

Sections print as in any record; the diagnostic, the calendar and the money have their own tables and charts. A call
without public rules is named a demonstration on every page, with its assumptions listed at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
)

from fieldkit import charts
from fieldkit.application import CheckState, Completeness, completeness, eligibility, missing_annexes
from fieldkit.budget import FUNDING_REF, LINE_REF, BudgetSummary, summarize
from fieldkit.call import Call, Status, calls
from fieldkit.framework import axes
from fieldkit.instance import Instance
from fieldkit.printing.answers import read_answer
from fieldkit.printing.application_words import ANNEX_WORDS, CHECK_WORDS, STATE_WORDS, parameter_name, parameter_value
from fieldkit.printing.blocks import (
    ProgramMark,
    SectionHeading,
    TickBox,
    WritingLines,
    box,
    data_table,
    facts,
    overline,
    paragraph,
    rule,
)
from fieldkit.printing.budget_tables import ceiling_bars, expense_table, funding_table, recoverable_note
from fieldkit.printing.contents import contents_table
from fieldkit.printing.drawing import ChartFlowable
from fieldkit.printing.ink import flowing, style
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.printing.reading import plain, read_sections
from fieldkit.printing.record import repeat_table, section_story
from fieldkit.typography import DASH, integer, long_date, money, percent, plural
from fieldkit.values import SessionValues

if TYPE_CHECKING:
    from forms import FormSession

DIAGNOSTIC_REF = "/data/c_besoin/diagnostic"
STEP_REF = "/data/g_calendrier/etape"
RECURRENT_REF = "/data/h_budget/recurrent"
SAID_BY_TABLES = ("/data/h_budget/budget_totaux", "/data/h_budget/financement_total")
TITLE_REF, SUMMARY_REF = "/data/a_identification/titre", "/data/a_identification/resume"
STATUS_WORDS = {Status.SEEN: "vu dans un texte", Status.REMEMBERED: "de mémoire", Status.ASSUMED: "hypothèse"}


def call_of(session: FormSession, known: Sequence[Call] = ()) -> Call | None:
    """Return the call that the application is for, of those known (or that ship), None while none is chosen."""
    wanted = session.value("/data/a_identification/appel")
    return next((one for one in known or calls() if one.call_id == wanted), None)


def demonstration_notice(known: Call | None) -> str:
    """Return what must stand on every page of an application to a call that has no public rules."""
    if known is None or not known.demonstration:
        return ""
    day = long_date(known.checked_on)
    return f"Démonstration : les règles de l’appel sont des hypothèses, aucun règlement public au {day}."


def application_pages(session: FormSession, instance: Instance | None, sheet: Sheet, aimed: Call | None) -> bytes:
    """Return the dossier as PDF; `aimed` is the call that it is for."""
    values = SessionValues(session)
    budget = summarize(values)
    state = completeness(session)
    story: list[Flowable] = [
        *_cover(session, budget),
        *_summary(session, budget, state),
        *_sections(session, budget),
        *_eligibility(values),
        *_pieces(values),
        *_assumptions(aimed),
        *_signature(session, instance),
    ]
    return build_pages(story, sheet)


def _answer(session: FormSession, ref: str) -> str:
    return read_answer(session, session.node(ref))


def _cover(session: FormSession, budget: BudgetSummary) -> list[Flowable]:
    known = call_of(session)
    title = session.value(TITLE_REF) or "Projet sans intitulé"
    told = [
        ("Porteur", _answer(session, "/data/b_porteur/porteur/porteur_nom")),
        ("Commune chef de file", _answer(session, "/data/a_identification/commune_chef")),
        ("Appel", known.titles["fr"] if known else DASH),
        ("Période", _period(session)),
        ("Coût total", money(budget.total)),
        ("Subvention demandée", money(budget.grant)),
    ]
    story: list[Flowable] = [
        NextPageTemplate("text"),
        Spacer(0, 30),
        ProgramMark(),
        overline("Dossier de candidature"),
        Paragraph(flowing(title), style("cover")),
    ]
    acronym = session.value("/data/a_identification/acronyme")
    if acronym:
        story.append(paragraph(acronym, "subtitle"))
    story += [Spacer(0, 8), facts(told, columns=2), Spacer(0, 6)]
    if known and known.demonstration:
        notes = [paragraph(note, "small") for note in known.notes]
        story.append(box([paragraph("Dossier de démonstration", "h3"), *notes]))
    return [*story, Spacer(0, 8), rule(), paragraph("Sommaire", "h2"), contents_table(12.5), PageBreak()]


def _period(session: FormSession) -> str:
    start, end = (session.value(f"/data/g_calendrier/{name}") for name in ("debut", "fin"))
    if not start or not end:
        return DASH
    return f"{long_date(date.fromisoformat(start[:10]))} – {long_date(date.fromisoformat(end[:10]))}"


def _summary(session: FormSession, budget: BudgetSummary, state: Completeness) -> list[Flowable]:
    checks = [c for c in eligibility(SessionValues(session)) if c.state is not CheckState.NOT_APPLICABLE]
    kept = sum(check.state is CheckState.KEPT for check in checks)
    ring = ChartFlowable(charts.ring(state.percent, 84, label=percent(state.percent)), 0.75, space_after=0)
    told = facts(
        [
            ("Sections complètes", f"{integer(sum(s.complete for s in state.sections))} sur {len(state.sections)}"),
            ("Règles respectées", f"{integer(kept)} sur {integer(len(checks))}"),
            ("Part de la subvention", percent(100 * budget.grant / budget.total, 1) if budget.total else DASH),
            ("À préfinancer", money(budget.prefinancing)),
        ],
        columns=2,
        width=TEXT_WIDTH - 90,
    )
    side = Table([[ring, told]], colWidths=[90, TEXT_WIDTH - 90])
    side.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    story: list[Flowable] = [SectionHeading("", "En bref", in_contents=True)]
    if session.value(SUMMARY_REF):
        story.append(paragraph(session.value(SUMMARY_REF), "lead"))
    return [*story, side, *ceiling_bars(budget)]


def _sections(session: FormSession, budget: BudgetSummary) -> list[Flowable]:
    replaced: dict[str, Sequence[Flowable]] = {
        DIAGNOSTIC_REF: _diagnostic(session),
        STEP_REF: _calendar(session),
        LINE_REF: [
            CondPageBreak(120),
            paragraph("Dépenses", "h2_free"),
            *expense_table(budget),
            *recoverable_note(budget),
        ],
        FUNDING_REF: _funding(session, budget),
        RECURRENT_REF: _recurrent(session),
        **dict.fromkeys(SAID_BY_TABLES, ()),
    }
    story: list[Flowable] = []
    for i, section in enumerate(read_sections(session)):
        letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26]
        story += section_story(session, section, label=letter, replaced=replaced, in_contents=True)
    return story


def _diagnostic(session: FormSession) -> list[Flowable]:
    """Return the results that the application was started from: facts, then a bar an axis."""
    diag = f"{DIAGNOSTIC_REF}/diag_"
    if not session.value(f"{diag}instance"):
        return [paragraph("Aucun diagnostic n’est rattaché à ce dossier.", "unanswered")]
    told = [
        ("Territoire", _answer(session, f"{diag}commune")),
        ("Date", _answer(session, f"{diag}date")),
        ("Score", session.value(f"{diag}score")),
        ("Fiabilité", f"{session.value(f'{diag}fiabilite')} %"),
        *((f"Priorité {i}", session.value(f"{diag}priorite_{i}")) for i in (1, 2, 3)),
    ]
    items = [
        charts.Axis(axis.labels["fr"], _leading_number(session.value(f"{diag}{axis.code.lower()}"))) for axis in axes()
    ]
    reference = paragraph(f"Référence : {session.value(f'{diag}instance')}", "small")
    story: list[Flowable] = [paragraph("Résultats du diagnostic", "h2"), facts(told, columns=2), reference]
    if any(item.value is not None for item in items):
        width = (TEXT_WIDTH - 30) / 2 / 0.68
        halves = [charts.axis_bars(half, width, row_height=34) for half in (items[:5], items[5:])]
        row = [ChartFlowable(chart, 0.68, space_after=2) for chart in halves]
        table = Table([row], colWidths=[TEXT_WIDTH / 2 + 15, TEXT_WIDTH / 2 - 15])
        table.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        story.append(table)
    return [KeepTogether(story)]


def _leading_number(text: str) -> float | None:
    """Read « 46,7 sur 100 »."""
    try:
        return float(text.split(" ", maxsplit=1)[0].replace(",", "."))
    except ValueError:
        return None


def _calendar(session: FormSession) -> list[Flowable]:
    """Return the steps as a calendar and as its twin, a table."""
    names = ("etape_nom", "etape_debut", "etape_fin", "etape_livrable", "etape_responsable")
    entries = [entry.ref for entry in session.children(STEP_REF) if session.progress(entry.ref).answered]
    if not entries:
        return [paragraph("Aucune étape.", "unanswered")]
    rows = [
        [read_answer(session, session.node(f"{ref}/{name}"), short=True) or DASH for name in names] for ref in entries
    ]
    heads = [plain(session.node(f"{entries[0]}/{name}")) for name in names]
    steps = [step for ref in entries if (step := _step(session, ref))]
    chart = charts.gantt(steps, width=TEXT_WIDTH / 0.7)
    drawn: list[Flowable] = [Spacer(0, 8), ChartFlowable(chart, 0.7)] if steps else []
    return [KeepTogether([paragraph("Plan de travail", "h2"), *drawn]), repeat_table(heads, rows)]


def _step(session: FormSession, ref: str) -> charts.Step | None:
    start, end = (session.value(f"{ref}/{name}") for name in ("etape_debut", "etape_fin"))
    if not start or not end or end < start:
        return None
    days = [date.fromisoformat(text[:10]) for text in (start, end)]
    name, who = session.value(f"{ref}/etape_nom"), session.value(f"{ref}/etape_responsable")
    return charts.Step(name, days[0], days[1], who)


def _funding(session: FormSession, budget: BudgetSummary) -> list[Flowable]:
    sources: dict[str, str] = {}
    statuses: dict[str, str] = {}
    if budget.funding:
        first = budget.funding[0].ref
        sources = {c.value: c.label.value for c in session.choices(f"{first}/apport_source")}
        statuses = {c.value: c.label.value for c in session.choices(f"{first}/apport_statut")}
    return [KeepTogether([paragraph("Plan de financement", "h2"), *funding_table(budget, sources, statuses)])]


def _recurrent(session: FormSession) -> list[Flowable]:
    amounts = [session.value(f"{RECURRENT_REF}/recurrent_{year}") for year in (1, 2, 3)]
    cells = [paragraph(money(float(amount), cents=True) if amount else DASH, "cell_number") for amount in amounts]
    payer = session.value(f"{RECURRENT_REF}/recurrent_payeur") or DASH
    heads = [paragraph(f"Année {year}", "cell_head_right") for year in (1, 2, 3)]
    table = data_table([*heads, "Qui les paie"], [[*cells, payer]], [76, 76, 76, TEXT_WIDTH - 228])
    return [KeepTogether([paragraph("Coûts annuels après le projet", "h2"), table])]


def _eligibility(values: SessionValues) -> list[Flowable]:
    rows: list[list[Flowable | str]] = []
    for check in eligibility(values):
        if check.state is CheckState.NOT_APPLICABLE:
            continue
        kept = check.state is CheckState.KEPT
        words = paragraph(STATE_WORDS[check.state], "cell" if kept else "cell_strong")
        letter = check.section[:1].upper()
        rows.append([TickBox("several", ticked=kept), CHECK_WORDS.get(check.code, check.code), letter, words])
    table = data_table(["", "Règle", "Section", "État"], rows, [22, TEXT_WIDTH - 22 - 52 - 100, 52, 100])
    return [CondPageBreak(160), SectionHeading("", "Recevabilité", in_contents=True), table]


def _pieces(values: SessionValues) -> list[Flowable]:
    missing = set(missing_annexes(values))
    partners = values.value("/data/b_porteur/avec_partenaires") == "oui"
    rows: list[list[Flowable | str]] = []
    for code, name in ANNEX_WORDS.items():
        if code == "lettres" and not partners:
            continue
        joined = values.value(f"/data/k_annexes/annexe_{code}")
        rows.append([TickBox("several", ticked=code not in missing), name, joined or "À joindre"])
    said = (
        f"{plural(len(missing), 'pièce manque', 'pièces manquent')}." if missing else "Toutes les pièces sont jointes."
    )
    table = data_table(["", "Pièce", "Fichier"], rows, [22, 220, TEXT_WIDTH - 242])
    return [KeepTogether([SectionHeading("", "Pièces à joindre", in_contents=True), paragraph(said, "small"), table])]


def _assumptions(known: Call | None) -> list[Flowable]:
    if known is None:
        return []
    rows = [[parameter_name(p), parameter_value(p), STATUS_WORDS[p.status]] for p in known.parameters.values()]
    said = f"Paramètres de « {known.titles['fr']} », vérifiés le {long_date(known.checked_on)}."
    table = data_table(["Paramètre", "Valeur", "Comment il est connu"], rows, [190, TEXT_WIDTH - 190 - 110, 110])
    heading = SectionHeading("", "Règles de l’appel", in_contents=True)
    return [KeepTogether([heading, paragraph(said, "small"), table])]


def _signature(session: FormSession, instance: Instance | None) -> list[Flowable]:
    """Return the place to sign, and which record the paper is of."""
    identity = f"Dossier {session.instance_id}, formulaire {session.form.form_id} version {session.form.version}"
    proof = f"Empreinte SHA-256 : {instance.sha256}" if instance and instance.sha256 else "Brouillon, non terminé."
    rows = [
        [paragraph(word, "cell_head"), WritingLines(1, gap=24)] for word in ("Nom et fonction", "Date", "Signature")
    ]
    table = Table(rows, colWidths=[90, 280])
    table.hAlign = "LEFT"
    table.setStyle([("LEFTPADDING", (0, 0), (0, -1), 0), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")])
    texts: Sequence[Flowable] = [paragraph(identity, "small"), paragraph(proof, "small")]
    heading = Heading("Signature du porteur", "h2", 0)
    return [Spacer(0, 10), KeepTogether([heading, table, Spacer(0, 8), box(texts, edge=False)])]
