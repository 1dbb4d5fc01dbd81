# SPDX-License-Identifier: EUPL-1.2
"""The panel beside the list: what the record is, what the region said, the one thing to do, and its dated trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldkit import typography
from fieldkit.instance import State
from ui import conflicts, dates, form_notes, states, theme
from ui.i18n import translate
from ui.known_forms import DIAGNOSTIC
from ui.said import fold_of, said_of
from ui.screens.destination import destination
from ui.widgets.buttons import Button, ToolButton
from ui.widgets.feedback import Banner
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, Flowing, Line, Panel, column, row, scrolled
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from datetime import datetime

    from fieldkit.instance import Instance
    from ui.kit import Kit

WIDTH, MOST_WIDTH = 292, 348
SIDE, GAP = 18, 8
DELIVERED = frozenset({State.SUBMITTED, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trail."""

    icon: str
    role: str
    title: str
    text: str


class RecordPanel(Panel):
    """Shows one record; `acted` tells what was pressed.

    That is open, correct, resend, results, proof, verify, send, print, export or delete.
    """

    acted = Signal(str, object)
    closed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__("surface", "left")
        self.kit = kit
        self._shown: Instance | None = None
        self.setAccessibleName(translate("Records", "Détail de la réponse"))
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None

    def show_record(self, instance: Instance) -> None:
        """Show a record."""
        self._shown = instance
        self.setFixedWidth(min(theme.px(WIDTH), MOST_WIDTH))
        content = QWidget()
        content.setLayout(self._build(instance))
        if self._content is not None:
            self._box.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._box.addWidget(content)

    def follow_theme(self) -> None:
        """Take the room that the text size needs; a hidden panel does when it is shown."""
        if self._shown is not None and self.isVisible():
            self.show_record(self._shown)

    def _build(self, instance: Instance) -> QVBoxLayout:
        close = ToolButton("x", translate("Records", "Fermer le panneau (Échap)"), size=32)
        close.clicked.connect(self.closed)
        title = self._title(instance)
        head = row((title, 1), close)
        head.setAlignment(close, Qt.AlignmentFlag.AlignTop)
        inner = column(spacing=10)
        for part in self._told(instance):
            inner.addWidget(part)
        inner.addWidget(self._main_button(instance))
        if instance.state is State.SET_ASIDE:
            inner.addWidget(self._button(translate("Records", "Reprendre"), "undo-2", "take_up", instance))
        if states.is_cured_elsewhere(instance):
            inner.addWidget(self._button(translate("Records", "Corriger"), "pencil", "correct", instance))
        goes = destination(self.kit, instance)
        if goes is not None:
            inner.addWidget(goes)
        if instance.state is not State.DRAFT and instance.form_id == DIAGNOSTIC:
            results = self._button(translate("Records", "Voir les résultats"), "radar", "results", instance)
            inner.addWidget(results)
        if instance.state in DELIVERED:
            proof = self._button(translate("Records", "Preuve de dépôt…"), "file-check", "proof", instance)
            inner.addWidget(proof)
            verify = self._button(translate("Records", "Vérifier une preuve…"), "shield-check", "verify", instance)
            inner.addWidget(verify)
        inner.addWidget(self._button(translate("Records", "Exporter un dossier…"), "usb", "export", instance))
        inner.addSpacing(6)
        inner.addWidget(Line())
        inner.addSpacing(4)
        inner.addWidget(label(translate("Records", "Suivi"), "h3"))
        for step in trail(self.kit, instance):
            inner.addLayout(_step_row(step))
        inner.addStretch(1)
        body = Flowing()
        body.setLayout(inner)
        buttons = [self._button(translate("Records", "Imprimer"), "printer", "print", instance)]
        if instance.state is State.DRAFT:
            buttons.append(self._button(translate("Records", "Supprimer"), "trash-2", "delete", instance))
        room = self.width() - 2 * SIDE - GAP * (len(buttons) - 1)
        abreast = sum(one.sizeHint().width() for one in buttons) <= room
        foot = row(*((one, 1) for one in buttons), spacing=GAP) if abreast else column(*buttons, spacing=GAP)
        inner.setContentsMargins(0, 0, GAP, 0)  # beside a scroll bar
        for line in (head, foot):
            line.setContentsMargins(0, 0, GAP, 0)
        return column(head, (scrolled(body), 1), foot, spacing=12, margins=(SIDE, 16, SIDE - GAP, 16))

    def _title(self, instance: Instance) -> QVBoxLayout:
        forms = {form.form_id: form.title for form in self.kit.store.blank_forms.list()}
        parts = [forms.get(instance.form_id, ""), states.commune_name(instance.commune_nis)]
        second = " · ".join(part for part in parts if part and part != instance.name)
        return column(
            label(states.shown_name(instance), "h3", wrap=True), label(second, "small", "text2", True), spacing=3
        )

    def _told(self, instance: Instance) -> list[QWidget]:
        """Return what the region said of it, or why it is still here."""
        if instance.state is State.RETURNED:
            return self._returned(instance)
        if instance.state is State.REJECTED:
            words = translate("Records", "Refusé par la région")
            refused = _with_said(Banner("err", words, states.refusal(instance)), instance)
            return [refused, *conflicts.followers_line(self.kit, instance)]
        note = form_notes.waiting_words(self.kit, instance)
        notes: list[QWidget] = [label(note, "small", "text2", True)] if note else []
        if instance.state is State.FINALIZED and instance.reason:
            return [_waiting(instance), *notes]
        return notes

    def _returned(self, instance: Instance) -> list[QWidget]:
        """Return what the region asks: in general, then each question with what is to be corrected there."""
        from ui.entry.region_remarks import named_remarks

        general, remarks = named_remarks(self.kit, instance)
        when = translate("Records", "Le {when}.").format(when=_at(instance.changed_at))
        title = translate("Records", "Corrections demandées par la région")
        parts: list[QWidget] = [Banner("err", title, "\n".join(part for part in (when, general) if part))]
        if remarks:
            lines = [
                column(label(name, "small_strong", wrap=True), Label(text, "small", "text2", True), spacing=1)
                for name, text in remarks
            ]
            parts.append(Card(*lines, spacing=8))
        return parts

    def _main_button(self, instance: Instance) -> Button:
        again = (translate("Records", "Renvoyer telle quelle"), "rotate-ccw", "resend")
        correct = (*conflicts.word_for(instance), "correct")
        word, icon, action = {
            State.DRAFT: (translate("Records", "Continuer"), "pencil", "open"),
            State.FINALIZED: (translate("Records", "Envoyer maintenant"), "send", "send"),
            State.SUBMITTED: (translate("Records", "Consulter"), "eye", "open"),
            State.RETURNED: correct,
            State.REJECTED: again if states.is_cured_elsewhere(instance) else correct,
            State.SET_ASIDE: (translate("Records", "Consulter"), "eye", "open"),
        }[instance.state]
        button = self._button(word, icon, action, instance)
        button.set_kind("primary")
        return button

    def _button(self, word: str, icon: str, action: str, instance: Instance) -> Button:
        button = Button(word, icon)
        button.clicked.connect(lambda: self.acted.emit(action, instance))
        return button


def _waiting(instance: Instance) -> Banner:
    """Return why a finished record is still here."""
    from ui.sentences.network import reason_message

    message = reason_message(instance.reason)
    return _with_said(Banner("neutral", message.title, message.text, icon="clock"), instance)


def _with_said(banner: Banner, instance: Instance) -> Banner:
    """Fold the region's own words under ours."""
    said = said_of(instance)
    if said is not None:
        banner.words.addWidget(fold_of(said, f"{banner.kind}_fg"))
    return banner


def trail(kit: Kit, instance: Instance) -> list[Step]:
    """Return what happened to a record, oldest first."""
    steps = [Step("circle-dot", "neutral", translate("Records", "Commencé"), _at(instance.created_at))]
    steps += [Step(*step) for step in conflicts.begun_from(kit, instance)]
    if instance.state is State.DRAFT:
        text = f"{_at(instance.changed_at)} · {states.answered(instance.answered, instance.asked)}"
        return [*steps, Step("file-pen-line", "draft", translate("Records", "Modifié"), text)]
    if instance.finalized_at is not None:
        size = instance.size + kit.store.parts.load_of(instance.instance_id, "").size
        text = f"{_at(instance.finalized_at)} · {typography.byte_size(size)}"
        steps.append(Step("circle-check", "ok", translate("Records", "Terminé"), text))
    attempts = kit.store.attempts.of(instance.instance_id)
    failed = [attempt for attempt in attempts if attempt.reason]
    if failed:
        from ui.sentences.network import reason_message

        last = failed[-1]
        text = f"{_at(last.at)} · {reason_message(last.reason).title}"
        steps.append(Step("rotate-ccw", "text2", translate("Records", "Dernier essai"), text))
    if instance.submitted_at is not None:
        steps.append(Step("check-check", "ok", translate("Records", "Envoyé"), _at(instance.submitted_at)))
    steps += _heard(kit, instance)
    if instance.state in {State.RETURNED, State.REJECTED}:
        badge = states.badge_of(instance)
        steps.append(Step(badge.icon, "err", badge.text, _at(instance.changed_at)))
    return [*steps, *(Step(*step) for step in conflicts.what_became(kit, instance))]


def _heard(kit: Kit, instance: Instance) -> list[Step]:
    """Return what the region's list tells of a record: received, then where it stands."""
    steps = []
    own = kit.store.dossiers.of(instance.instance_id)
    if own is not None:
        steps.append(Step("badge-check", "ok", translate("Records", "Reçu par la région"), _at(own.confirmed_at)))
    elif kit.connection.is_unconfirmed(instance.instance_id):
        text = translate("Records", "La région ne l’a pas encore repris dans sa liste.")
        steps.append(Step("triangle-alert", "draft", translate("Records", "Non confirmé"), text))
    said = kit.store.dossiers.said_of(instance)
    chip = states.standing(said.status) if said is not None and instance.state is State.SUBMITTED else None
    if said is not None and chip is not None:
        text = "\n".join(part for part in (_at(said.changed_at), said.comment) if part)
        steps.append(Step(chip.icon, states.ROLES[chip.kind], chip.text, text))
    return steps


def _at(moment: datetime) -> str:
    return dates.moment(moment)


def _step_row(step: Step) -> QHBoxLayout:
    words = column(label(step.title, "strong"), Label(step.text, "caption", "text2", True), spacing=1)
    mark = IconMark(step.icon, step.role)
    box = row(mark, (words, 1), spacing=10)
    box.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    return box
