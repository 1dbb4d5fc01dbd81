# SPDX-License-Identifier: EUPL-1.2
"""Printed pages as PDF bytes: forms to fill by hand, records, the diagnostic's report, the application, guides.

Each function imports reportlab when it is called. All take `printed_at` (default: now); the same input and the same
`printed_at` give the same bytes, in every process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from fieldkit.typography import long_date, numeric_date, without_day

if TYPE_CHECKING:
    from fieldkit.call import Call
    from fieldkit.comparison import Scored
    from fieldkit.diagnostic import Diagnostic
    from fieldkit.guides import Guide
    from fieldkit.instance import Instance
    from fieldkit.printing.pages import Sheet
    from fieldkit.proof import Proof
    from forms import FormDef, FormSession


def blank_form_pdf(
    form: FormDef,
    *,
    answers: Mapping[str, str] | None = None,
    language: str | None = None,
    place: str = "",
    printed_at: datetime | None = None,
) -> bytes:
    """Return a form to fill by hand.

    `answers` (ref -> lexical value) are settled before printing: they are crossed on the paper, what they exclude is
    left out, what they allow loses its « si … »: `{"/data/identite/version": "express"}` prints the express questions.
    """
    from fieldkit.printing.blank_form import blank_pages
    from forms import FormSession

    moment = printed_at or datetime.now().astimezone()
    session = FormSession(form, language=language, now=lambda: moment)
    for ref, value in (answers or {}).items():
        session.answer(ref, value)
    subject = "Questionnaire à remplir à la main"
    sheet = _sheet(
        form.title, moment, subject=subject, place=place, instance_id=f"{form.form_id} {form.version}".strip()
    )
    return blank_pages(session, answers or {}, sheet)


def record_pdf(
    session: FormSession, instance: Instance | None = None, *, place: str = "", printed_at: datetime | None = None
) -> bytes:
    """Return a filled record: each relevant question with its answer, then what proves which record it is."""
    from fieldkit.instance import State
    from fieldkit.printing.record import record_pages

    draft = instance is None or instance.state is State.DRAFT
    sheet = _sheet(
        session.form.title,
        printed_at,
        subject="Réponses",
        place=place or without_day(instance.name if instance else session.instance_name),
        instance_id=session.instance_id,
        notice="Brouillon" if draft else "",
    )
    return record_pages(session, instance, sheet)


def application_pdf(
    session: FormSession,
    instance: Instance | None = None,
    *,
    calls: Sequence[Call] = (),
    printed_at: datetime | None = None,
) -> bytes:
    """Return a project application as a dossier. The notice of a demonstration call stands on every page.

    `calls` are those that the program knows; without any, those that ship.
    """
    from fieldkit.printing.answers import read_answer
    from fieldkit.printing.application_file import TITLE_REF, application_pages, call_of, demonstration_notice

    lead = read_answer(session, session.node("/data/a_identification/commune_chef"))
    aimed = call_of(session, calls)
    sheet = _sheet(
        session.value(TITLE_REF) or session.form.title,
        printed_at,
        subject="Dossier de candidature",
        place=lead,
        instance_id=session.instance_id,
        notice=demonstration_notice(aimed),
    )
    return application_pages(session, instance, sheet, aimed)


def instance_pdf(
    session: FormSession,
    instance: Instance | None = None,
    *,
    calls: Sequence[Call] = (),
    printed_at: datetime | None = None,
) -> bytes:
    """Return the paper that suits a filled form: the dossier of an application, else the record."""
    from fieldkit.application import FORM_ID

    if session.form.form_id == FORM_ID:
        return application_pdf(session, instance, calls=calls, printed_at=printed_at)
    return record_pdf(session, instance, printed_at=printed_at)


def proof_pdf(proof: Proof, *, printed_at: datetime | None = None) -> bytes:
    """Return the proof of filing of one record, a page."""
    from fieldkit.printing.proof import proof_pages

    sheet = _sheet("Preuve de dépôt", printed_at, subject="Preuve de dépôt", instance_id=proof.instance_id)
    return proof_pages(proof, sheet)


def guide_pdf(guide: Guide, *, printed_at: datetime | None = None) -> bytes:
    """Return one guide of the toolkit with its worksheets."""
    from fieldkit.printing.guide import guide_pages

    return guide_pages(guide, _sheet(guide.title, printed_at, subject=f"Guide {guide.guide_id} de la boîte à outils"))


def booklet_pdf(guides: Sequence[Guide], title: str, *, printed_at: datetime | None = None) -> bytes:
    """Return several guides bound: cover, contents, continuous page numbers."""
    from fieldkit.printing.guide import booklet_pages

    return booklet_pages(guides, title, _sheet(title, printed_at, subject="Livret de la boîte à outils"))


def diagnostic_pdf(
    diagnostic: Diagnostic,
    comparison: Scored | None = None,
    *,
    comparison_name: str = "Moyenne du territoire",
    guides: Sequence[Guide] = (),
    printed_at: datetime | None = None,
) -> bytes:
    """Return the report of a diagnostic, beside another diagnostic or a territory's scores if given.

    `guides` are those that the program shows; without any, those that ship.
    """
    from fieldkit.guides import load_guides
    from fieldkit.printing.diagnostic_report import Compared, diagnostic_pages

    sheet = _sheet(
        f"Diagnostic territorial : {diagnostic.place}",
        printed_at,
        subject="Rapport de diagnostic territorial",
        place=diagnostic.commune_name,
        day=diagnostic.made_on,
        instance_id=diagnostic.instance_id,
    )
    compared = Compared(comparison, comparison_name) if comparison else None
    return diagnostic_pages(
        diagnostic, sheet, compared, {guide.guide_id: guide.title for guide in guides or load_guides()}
    )


def _sheet(
    title: str,
    printed_at: datetime | None,
    *,
    subject: str,
    place: str = "",
    day: date | None = None,
    instance_id: str = "",
    notice: str = "",
) -> Sheet:
    """Return the frame of the pages; `day` is the document's own date, else the day of printing is shown."""
    from fieldkit.printing.pages import Sheet

    moment = printed_at or datetime.now().astimezone()
    printed = f"imprimé le {numeric_date(moment)}"
    origin = " · ".join(part for part in (f"Field Kit {program_version()}", instance_id, printed) if part)
    return Sheet(
        title, moment, place=place, day=long_date(day or moment), origin=origin, subject=subject, notice=notice
    )


def program_version() -> str:
    """Return the version printed in the footers."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fieldkit-wallonia")
    except PackageNotFoundError:  # pragma: no cover - a checkout that was never installed
        return ""
