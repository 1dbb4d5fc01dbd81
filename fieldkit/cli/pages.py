# SPDX-License-Identifier: EUPL-1.2
"""`print`: blank forms, records, reports, applications and guides as PDF files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit import application, diagnostic, printing, readable
from fieldkit.call import LIST_FILE
from fieldkit.call_list import received_list
from fieldkit.cli import files
from fieldkit.cli.answer import Answer
from fieldkit.cli.errors import WrongFormError
from fieldkit.cli.reading import folder_of, reading
from fieldkit.cli.sources import FormSource, read_form
from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance
from fieldkit.library import Library
from fieldkit.territory import Level, gals_of, place

if TYPE_CHECKING:
    from fieldkit.comparison import TerritoryScores
    from fieldkit.workspace import Workspace
    from forms import FormDef, FormSession


def blank(arguments: Namespace) -> Answer:
    """Print a form to fill by hand: a file, a shipped form, or the latest version in the workspace."""
    from forms import load_form

    source = _blank_source(arguments)
    form = load_form(source.xml, source.media)
    settled = dict(pair.split("=", 1) for pair in arguments.settle)
    return _save(arguments, printing.blank_form_pdf(form, answers=settled), f"blank form {form.form_id}")


def record(arguments: Namespace) -> Answer:
    """Print the answers of one record."""
    with _workspace(arguments) as workspace:
        instance, session = _open_record(workspace, arguments.record)
        pdf = printing.record_pdf(session, instance)
    return _save(arguments, pdf, f"record {instance.instance_id}")


def report(arguments: Namespace) -> Answer:
    """Print the report of a diagnostic, beside the mean of the diagnostics of its GAL when there are others."""
    with _workspace(arguments) as workspace:
        found = readable.find(workspace.store, arguments.record)
        instance = found.instance
        if instance.form_id != diagnostic.FORM_ID:
            raise WrongFormError(instance.form_id, diagnostic.FORM_ID)
        one = diagnostic.read_xml(found.xml)
        mean, name = _mean_around(workspace, instance)
        shown = Library(workspace.store).shelf().guides
        pdf = printing.diagnostic_pdf(one, mean, comparison_name=name, guides=shown)
    return _save(arguments, pdf, f"diagnostic {instance.instance_id}")


def dossier(arguments: Namespace) -> Answer:
    """Print a project application as the file that is handed in."""
    with _workspace(arguments) as workspace:
        instance, session = _open_record(workspace, arguments.record)
        if instance.form_id != application.FORM_ID:
            raise WrongFormError(instance.form_id, application.FORM_ID)
        pdf = printing.application_pdf(session, instance, calls=Library(workspace.store).every_call())
    return _save(arguments, pdf, f"application {instance.instance_id}")


def guide(arguments: Namespace) -> Answer:
    """Print one guide, or several bound as a booklet."""
    with reading(arguments) as workspace:
        shelf = Library(workspace.store if workspace else None).shelf(arguments.language)
        found = [shelf.guide(name.upper()) for name in arguments.guide]
    if len(found) == 1:
        return _save(arguments, printing.guide_pdf(found[0]), f"guide {found[0].guide_id}")
    names = ", ".join(one.guide_id for one in found)
    return _save(arguments, printing.booklet_pdf(found, arguments.title), f"booklet of {names}")


def _save(arguments: Namespace, pdf: bytes, what: str) -> Answer:
    path = Path(arguments.out)
    files.write(path, pdf)
    return Answer((f"{path}: {what}",), {"out": str(path), "bytes": len(pdf)})


def _workspace(arguments: Namespace) -> Workspace:
    from fieldkit.workspace import Workspace

    return Workspace.open(folder_of(arguments), read_only=True)


def _blank_source(arguments: Namespace) -> FormSource:
    """Look in the workspace first (what the region published last), then for a file or a shipped form."""
    if not Path(arguments.form).exists():
        with reading(arguments) as workspace:
            if workspace and workspace.store.blank_forms.versions(arguments.form):
                forms = workspace.store.blank_forms
                kept = forms.get(arguments.form)
                media = {name: forms.attachment(kept.form_id, kept.version, name) for name in kept.attachments}
                if (calls := received_list(workspace.store, kept)) is not None:
                    media[LIST_FILE] = calls
                xml = forms.xml(kept.form_id, kept.version)
                return FormSource(Path(arguments.form), xml, _reader(media.__getitem__))
    return read_form(arguments.form)


def _reader(read: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Let a form ask for a file as the engine does: what is not there is a FileNotFoundError."""

    def find(name: str) -> bytes:
        try:
            return read(name)
        except (KeyError, NotFoundError) as error:
            raise FileNotFoundError(name) from error

    return find


def _load(workspace: Workspace, instance: Instance) -> FormDef:
    from fieldkit.form_cache import load_stored

    return load_stored(workspace.store, instance.form_id, instance.form_version, instance.account_id)


def _open_record(workspace: Workspace, instance_id: str) -> tuple[Instance, FormSession]:
    from forms import FormSession

    found = readable.find(workspace.store, instance_id)
    form = _load(workspace, found.instance)
    return found.instance, FormSession(form, instance_xml=found.xml)


def _mean_around(workspace: Workspace, instance: Instance) -> tuple[TerritoryScores | None, str]:
    from fieldkit.collected import DiagnosticShelf
    from fieldkit.comparison import territory_scores

    around = gals_of(instance.commune_nis)
    if not around:
        return None, ""
    communes = set(place(Level.GAL, around[0].gal_id).communes)
    others = [one.diagnostic for one in DiagnosticShelf(workspace.store).all(communes)]
    return (territory_scores(others), around[0].name) if len(others) > 1 else (None, "")
