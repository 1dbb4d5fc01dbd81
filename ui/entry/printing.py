# SPDX-License-Identifier: EUPL-1.2
"""The record and its blank form as pages, made in a worker from what is on disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.i18n import translate
from ui.paper import show_document

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fieldkit.call import Call
    from fieldkit.instance import Instance
    from forms import FormDef, FormSession
    from ui.kit import Kit


def show_record(kit: Kit, instance_id: str, parent: QWidget, language: str | None = None) -> None:
    """Show the answers of a record: the draft as last saved, or the frozen bytes, or those received."""
    from fieldkit import readable

    found = readable.find(kit.store, instance_id)
    instance = found.instance
    form = kit.form(instance.form_id, instance.form_version, instance.account_id)
    make = partial(_record, form, found.xml, instance, language, kit.library.every_call())
    show_document(kit, make, instance.name or form.title, parent)


def show_blank(kit: Kit, session: FormSession, parent: QWidget) -> None:
    """Show the empty form, to fill by hand, in the language of the session."""
    make = partial(_blank, session.form, session.language)
    show_document(kit, make, translate("Entry", "{}, à remplir").format(session.form.title), parent)


def _record(form: FormDef, xml: bytes, instance: Instance, language: str | None, calls: tuple[Call, ...]) -> bytes:
    from fieldkit.printing import instance_pdf
    from forms import FormSession

    return instance_pdf(FormSession(form, instance_xml=xml, language=language), instance, calls=calls)


def _blank(form: FormDef, language: str) -> bytes:
    from fieldkit.printing import blank_form_pdf

    return blank_form_pdf(form, language=language)
