# SPDX-License-Identifier: EUPL-1.2
"""What a sync brought to know of the questionnaires, where the user looks: in their list, above a draft, in « Envois ».

A region closes a form, withdraws it, or gives one that cannot be used; an app user is told by nothing but the list
that he gets (contract, 2.2). Nothing is ever taken away: drafts stay, can be finished, and are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.instance import State
from ui.i18n import plural, translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fieldkit.instance import Instance
    from ui.entry.page import EntryPage
    from ui.kit import Kit
    from ui.widgets import Banner


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know: `form_id` is "" if it is about all of them; `kind` of a banner."""

    kind: str
    title: str
    text: str
    form_id: str = ""


def notes(kit: Kit) -> list[Note]:
    """Return what the last sync told of the forms, what concerns all of them first."""
    status = kit.connection.status
    pulled = status.pulled if status is not None else None
    if pulled is None:
        return []
    from fieldkit.packs import CATALOGUE
    from ui.sentences.network import form_problem

    found = []
    if pulled.lost_access:
        found.append(
            Note(
                "draft",
                translate("FormNotes", "La région ne propose plus aucun questionnaire à votre accès"),
                translate("FormNotes", "Tous restent ici et utilisables. Demandez-lui si votre accès est encore bon."),
            )
        )
    titles = {form.form_id: form.title for form in kit.store.blank_forms.list()}
    titles[CATALOGUE] = translate("FormNotes", "Guides et appels de la région")
    for problem in pulled.problems:
        message = form_problem(problem)
        name = titles.get(problem.form_id, problem.form_id)
        found.append(Note("draft", name, message.line, problem.form_id))
    return found


def withdrawn_notes(kit: Kit) -> list[Note]:
    """Return a note for each form that the region no longer lists and that drafts or waiting records are of."""
    found = []
    for form_id, title in kit.store.blank_forms.withdrawn().items():
        instances = kit.store.instances
        drafts = instances.count(states=(State.DRAFT,), form_id=form_id)
        waiting = instances.count(states=(State.FINALIZED,), form_id=form_id)
        parts = []
        if drafts:
            words = plural(drafts, translate("FormNotes", "{n} brouillon"), translate("FormNotes", "{n} brouillons"))
            parts.append(words.format(n=drafts))
        if waiting:
            words = plural(
                waiting,
                translate("FormNotes", "{n} réponse en attente"),
                translate("FormNotes", "{n} réponses en attente"),
            )
            parts.append(words.format(n=waiting))
        if parts:
            text = translate(
                "FormNotes", "La région ne le propose plus. Restent ici, à terminer ou à envoyer : {what}."
            )
            found.append(Note("neutral", title, text.format(what=", ".join(parts)), form_id))
    return found


def banners(kit: Kit) -> list[Banner]:
    """Return everything to know, for the list of questionnaires."""
    from ui.widgets import Banner

    return [Banner(one.kind, one.title, one.text) for one in [*notes(kit), *withdrawn_notes(kit)]]


def outbox_banner(kit: Kit, parent: QWidget) -> list[Banner]:
    """Return a banner that says that something is to be known, and leads to it; nothing if nothing is."""
    found = notes(kit)
    if not found:
        return []
    from ui.widgets import Banner, Button

    first = found[0]
    look = Button(translate("FormNotes", "Voir les questionnaires"), "clipboard-list")
    look.clicked.connect(lambda: show_forms(kit, parent))
    count = len(found)
    said = first.title
    if first.form_id:
        said = translate("FormNotes", "{form} : {text}").format(form=first.title, text=first.text)
    title = plural(
        count,
        translate("FormNotes", "{n} remarque sur les questionnaires de la région"),
        translate("FormNotes", "{n} remarques sur les questionnaires de la région"),
    )
    return [Banner("draft", title.format(n=count), said, look)]


def show_forms(kit: Kit, parent: QWidget) -> None:
    """Show the questionnaires, with what there is to know of them."""
    from ui.screens.forms_dialog import FormsDialog

    dialog = FormsDialog(kit, parent)
    dialog.exec()
    dialog.deleteLater()


def is_withdrawn(kit: Kit, instance: Instance) -> bool:
    """Tell whether the region no longer lists the form of a record."""
    return instance.form_id in kit.store.blank_forms.withdrawn()


def waiting_words(kit: Kit, instance: Instance) -> str:
    """Return what becomes of a record that waits while its form is withdrawn, "" if it is not."""
    if instance.state is not State.FINALIZED or not is_withdrawn(kit, instance):
        return ""
    return translate(
        "FormNotes",
        "La région ne propose plus ce questionnaire. La réponse part quand même ; si elle est refusée, elle reste ici.",
    )


def draft_banners(page: EntryPage) -> tuple[Banner, ...]:
    """Return the banner of a draft whose form is withdrawn, nothing otherwise."""
    instance = page.kit.store.instances.get(page.instance_id)
    if instance.state is not State.DRAFT or not is_withdrawn(page.kit, instance):
        return ()
    from ui.widgets import Banner

    return (
        Banner(
            "neutral",
            translate("FormNotes", "La région ne propose plus ce questionnaire"),
            translate(
                "FormNotes",
                "Vous pouvez terminer et envoyer cette réponse. La région peut la refuser ; elle reste alors ici.",
            ),
            icon="info",
        ),
    )
