# SPDX-License-Identifier: EUPL-1.2
"""What the menu, the keys and the last button of the questionnaire do with the record as a whole."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit import typography
from fieldkit.audit import attach as attach_audit
from fieldkit.errors import FieldkitError
from fieldkit.instance import State
from forms.errors import NotValidError
from forms.views import NodeKind, NodeView
from ui.dates import short_day
from ui.entry.done import DonePage
from ui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forms.views import EntityChange
    from ui.entry.page import EntryPage

COMMENT_NAMES = ("commentaire", "comment", "remarque", "remarques", "note", "notes")
DIAGNOSTIC = "diagnostic_territorial"


class Actions:
    """Verbs over one record; they speak through toasts and through the page."""

    def __init__(self, page: EntryPage) -> None:
        self._page = page
        page.top.set_actions(
            [
                ("print_record", translate("Entry", "Imprimer les réponses (Ctrl+P)"), "printer"),
                ("print_blank", translate("Entry", "Imprimer le formulaire vierge"), "file-text"),
                ("", "", ""),
                ("undo", translate("Entry", "Annuler la dernière réponse (Ctrl+Z)"), "undo-2"),
                ("redo", translate("Entry", "Rétablir (Ctrl+Y)"), "redo-2"),
                ("", "", ""),
                ("delete", translate("Entry", "Supprimer ce brouillon"), "trash-2"),
            ]
        )

    def offer_reading(self) -> None:
        """Leave in the menu what can be done with a record that is finished."""
        printing = translate("Entry", "Imprimer les réponses (Ctrl+P)")
        self._page.top.set_actions([("print_record", printing, "printer")])

    def run(self, name: str) -> None:
        """Do what was chosen in the menu."""
        verbs = {
            "print_record": self.print_record,
            "print_blank": self.print_blank,
            "undo": self.undo,
            "redo": self.redo,
            "delete": self.delete,
        }
        verbs[name]()

    def undo(self) -> None:
        """Take the last answer back and show where."""
        self._page.walk.settle()
        self._show_step_back(self._page.desk.recorder.undo(), translate("Entry", "Rien à annuler"))

    def redo(self) -> None:
        """Give the answer again that was taken back."""
        self._show_step_back(self._page.desk.recorder.redo(), translate("Entry", "Rien à rétablir"))

    def _show_step_back(self, ref: str, nothing: str) -> None:
        if ref:
            self._page.walk.go_to(ref)
        else:
            self._page.kit.toast(nothing)

    def say_saved(self) -> None:
        """Answer Ctrl+S: there is nothing to save."""
        self._page.walk.settle()
        if self._page.desk.recorder.failure is None:
            self._page.kit.toast(translate("Entry", "Déjà enregistré : chaque réponse l’est aussitôt"))
        else:
            self._page.desk.recorder.save()

    def next_language(self) -> None:
        """Ask in the form's next language."""
        session = self._page.desk.session
        languages = session.form.languages
        if len(languages) > 1:
            place = languages.index(session.language) if session.language in languages else -1
            self._page.set_language(languages[(place + 1) % len(languages)])

    def go_to_comment(self) -> None:
        """Go to the comment of this section, which is a question of the form like any other."""
        walk = self._page.walk
        found = [ref for own in (walk.section.refs if walk.section else ()) for ref in self._comments(own)]
        if found:
            walk.go_to(found[-1])
        else:
            self._page.kit.toast(translate("Entry", "Cette section n’a pas de question « Commentaire »"))

    def _comments(self, ref: str) -> list[str]:
        node = self._page.desk.node(ref)
        if node.kind is NodeKind.GROUP:
            return [own for child in self._page.desk.below(ref) for own in self._comments(child.ref)]
        return [ref] if _is_comment(node) else []

    def escape(self) -> None:
        """Go from the review back to the questions; nothing is ever thrown away."""
        walk = self._page.walk
        if not walk.in_view and walk.section is not None:
            walk.show_section(walk.section.key)

    def print_record(self) -> None:
        """Show the answers as pages."""
        from ui.entry.printing import show_record

        self._page.walk.settle()
        show_record(self._page.kit, self._page.instance_id, self._page)

    def print_blank(self) -> None:
        """Show the empty form as pages, to fill by hand."""
        from ui.entry.printing import show_blank

        show_blank(self._page.kit, self._page.desk.session, self._page)

    def delete(self) -> None:
        """Move the draft to the bin; the toast brings it back."""
        page = self._page
        store, instance_id, kit = page.kit.store, page.instance_id, page.kit

        def restore() -> None:
            store.instances.restore(instance_id)
            kit.records_changed.emit()

        page.walk.settle()
        store.instances.delete(instance_id)
        kit.records_changed.emit()
        kit.toast(translate("Entry", "Brouillon supprimé"), (translate("Entry", "Annuler"), restore))
        page.closed.emit()

    def finish(self) -> None:
        """Freeze the answers: from now on the record waits to be sent."""
        page = self._page
        if not page.desk.recorder.save():
            return  # the banner says why; nothing is frozen that is not on disk
        at = datetime.now(UTC)
        try:
            attach_audit(page.kit.store, page.desk.session, at)
            finalized = page.desk.session.finalize()
            page.kit.store.instances.finalize(page.instance_id, finalized, at)
        except NotValidError:
            page.verify()
            return
        except FieldkitError as error:
            page.kit.trouble_met.emit(error)
            return
        page.kit.records_changed.emit()
        name = typography.written_days(finalized.instance_name, short_day)
        self._show_done(name or page.desk.session.form.title, finalized.entities)
        page.finished.emit(page.instance_id)

    def _show_done(self, name: str, entities: Sequence[EntityChange]) -> None:
        from ui.sentences.engine import entity_problem

        page = self._page
        notes = [entity_problem(one) for one in entities if one.problem]
        diagnostic = page.desk.session.form.form_id == DIAGNOSTIC
        done = DonePage(name, diagnostic=diagnostic, notes=notes)
        done.close_asked.connect(page.closed)
        done.results_asked.connect(lambda: page.kit.results_asked.emit(page.instance_id))
        done.print_asked.connect(self.print_record)
        page.middle.addWidget(done)
        page.middle.setCurrentWidget(done)
        for part in (page.feet, page.top, page.outline, page.progress):
            part.hide()
        if page.panel is not None:
            page.panel.hide()
        (done.results if diagnostic else done.back).setFocus()

    def keep_mode(self, mode: str) -> None:
        """Remember how this form is looked at."""
        with suppress(FieldkitError):  # a full disk: the next record opens as a page, nothing worse
            self._page.kit.store.facts.set(self._mode_key(), mode)

    def kept_mode(self) -> str:
        """Return how this form was looked at last, `""` if never."""
        return self._page.kit.store.facts.get(self._mode_key())

    def _mode_key(self) -> str:
        return f"entry.mode.{self._page.desk.session.form.form_id}"

    def keep_place(self) -> None:
        """Save what is being typed and where one is."""
        page = self._page
        page.walk.settle()
        draft = page.kit.store.instances.get(page.instance_id).state is State.DRAFT
        if draft and (page.desk.recorder.unsaved or page.walk.here):
            page.desk.recorder.save()


def _is_comment(node: NodeView) -> bool:
    name = node.ref.rpartition("/")[2].lower()
    return node.relevant and node.control == "input" and name.rpartition("_")[2] in COMMENT_NAMES
