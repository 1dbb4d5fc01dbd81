# SPDX-License-Identifier: EUPL-1.2
"""A draft whose form has a newer version: told on its page, shown before it is done, and undone if one wants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from fieldkit import lifting
from fieldkit.errors import FieldkitError
from forms.errors import FormError
from ui.i18n import plural, translate
from ui.widgets import Banner
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.text import label

if TYPE_CHECKING:
    from forms.lift import Lift, LiftedAnswer
    from ui.entry.page import EntryPage
    from ui.kit import Kit

SHOWN = 6  # answers listed under each heading; the others are counted
LONGEST = 60  # characters shown of one answer


class LiftBanner(Banner):
    """What stands above the questions of a draft that can go to a newer version of its form."""

    def __init__(self, page: EntryPage, version: str) -> None:
        go = Button(translate("Lift", "Passer à la nouvelle version"), "arrow-up-right")
        super().__init__(
            "info",
            translate("Lift", "Une nouvelle version du questionnaire est arrivée"),
            translate("Lift", "Vos réponses y sont reprises ; vous voyez d’abord ce qui change."),
            go,
        )
        self._page = page
        self._version = version
        go.clicked.connect(self.ask)

    def ask(self) -> None:
        """Show what would change, and do it if the user wants."""
        page, kit = self._page, self._page.kit
        page.walk.settle()
        if not page.desk.recorder.save():
            return  # the page says why; what no disk has yet cannot go along
        try:
            seen = lifting.preview(kit.store, page.instance_id, self._version, form_of(kit, page.instance_id))
        except (FieldkitError, FormError) as error:
            kit.trouble_met.emit(error)
            return
        dialog = LiftDialog(seen, page)
        dialog.exec()
        if dialog.answer == "lift":
            go_to_version(page, self._version)


class LiftDialog(Dialog):
    """How many answers are kept, which ones need a look, which ones have no place any more."""

    def __init__(self, seen: Lift, page: EntryPage) -> None:
        count = len(seen.kept)
        kept = plural(
            count, translate("Lift", "{n} réponse est reprise"), translate("Lift", "{n} réponses sont reprises")
        )
        text = translate("Lift", "{kept}. Le brouillon d’avant est gardé : vous pouvez revenir en arrière.")
        super().__init__(
            translate("Lift", "Passer à la nouvelle version"),
            text.format(kept=kept.format(n=count)),
            page,
            icon="arrow-up-right",
            kind="info",
        )
        self._list(translate("Lift", "À vérifier : la question a changé"), seen.changed)
        self._list(translate("Lift", "Sans place dans la nouvelle version"), seen.orphaned)
        self.add_button(translate("Lift", "Plus tard"))
        self.add_button(translate("Lift", "Passer à la nouvelle version"), "lift", "primary")

    def _list(self, title: str, answers: Sequence[LiftedAnswer]) -> None:
        if not answers:
            return
        box = QVBoxLayout()
        box.setSpacing(2)
        box.addWidget(label(title, "strong", "text", True))
        for answer in answers[:SHOWN]:
            name = answer.label or answer.ref.rpartition("/")[2]
            line = translate("Lift", "{question} : {answer}").format(question=name, answer=_short(answer.value))
            box.addWidget(label(line, "body", "text2", True))
        rest = len(answers) - SHOWN
        if rest > 0:
            more = plural(rest, translate("Lift", "et {n} autre"), translate("Lift", "et {n} autres"))
            box.addWidget(label(more.format(n=rest), "small", "text2"))
        self.body.addLayout(box)


def banners(page: EntryPage) -> tuple[LiftBanner, ...]:
    """Return the banner of a draft that can go to a newer version, nothing otherwise."""
    instance = page.kit.store.instances.get(page.instance_id)
    version = lifting.newer_version(page.kit.store, instance)
    return (LiftBanner(page, version),) if version else ()


def form_of(kit: Kit, instance_id: str) -> lifting.LoadForm:
    """Return what loads the versions of a record's form, with the lists of its account."""
    return partial(kit.form, account_id=kit.store.instances.get(instance_id).account_id)


def go_to_version(page: EntryPage, version: str) -> None:
    """Close the page, lift its draft and open it again; a toast offers the way back."""
    kit, instance_id = page.kit, page.instance_id
    if not page.close():
        return  # it holds answers that no disk has yet
    page.closed.emit()
    try:
        lifting.lift_draft(kit.store, instance_id, version, form_of(kit, instance_id))
    except (FieldkitError, FormError) as error:
        kit.trouble_met.emit(error)
        return
    kit.records_changed.emit()
    kit.record_asked.emit(instance_id)
    done = translate("Lift", "Le brouillon suit la nouvelle version")
    kit.toast(done, (translate("Lift", "Annuler"), lambda: go_back(kit, instance_id)))


def go_back(kit: Kit, instance_id: str) -> None:
    """Bring the draft of before back, with what was answered since; what has no place in it is counted."""
    kit.screen_asked.emit("records", "")  # the page of the lifted draft is closed, and saved, by that
    try:
        lost = lifting.undo_lift(kit.store, instance_id, form_of(kit, instance_id))
    except (FieldkitError, FormError) as error:
        kit.trouble_met.emit(error)
        return
    kit.records_changed.emit()
    kit.record_asked.emit(instance_id)
    text = translate("Lift", "Le brouillon d’avant est revenu")
    if lost:
        count = len(lost)
        words = plural(
            count,
            translate("Lift", "{n} réponse n’y a pas de place"),
            translate("Lift", "{n} réponses n’y ont pas de place"),
        )
        text = translate("Lift", "{text} ; {lost}").format(text=text, lost=words.format(n=count))
    kit.toast(text)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
