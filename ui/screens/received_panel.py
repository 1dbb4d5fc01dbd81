# SPDX-License-Identifier: EUPL-1.2
"""The panel of one received record: who sent it, what to do with it, what the region decides and says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldkit import typography
from ui import dates, states
from ui.i18n import plural, translate
from ui.known_forms import DIAGNOSTIC
from ui.screens.received_model import shown_name, who_sent
from ui.screens.record_panel import WIDTH
from ui.widgets.buttons import Button, ToolButton
from ui.widgets.feedback import Banner
from ui.widgets.indicators import StatusChip
from ui.widgets.layout import Line, Panel, column, row, scrolled
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from sync.staff.client import Comment
    from ui.kit import Kit


class ReceivedPanel(Panel):
    """Shows one record; `acted` tells what was pressed: read, results, comments, forget, or a review state."""

    acted = Signal(str, object)
    closed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__("surface", "left")
        self.kit = kit
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(translate("Received", "Détail de la réponse reçue"))
        self.record: ReceivedRecord | None = None
        self._said: tuple[str, tuple[Comment, ...]] = ("", ())
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None

    def show_record(self, record: ReceivedRecord) -> None:
        """Show a record; its comments stay if they were asked for."""
        self.record = record
        content = QWidget()
        content.setLayout(self._build(record))
        if self._content is not None:
            self._box.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._box.addWidget(content)

    def show_comments(self, record: ReceivedRecord, said: tuple[Comment, ...]) -> None:
        """Show what was said of a record, if it is still the one shown."""
        self._said = (record.root_id, said)
        if self.record is not None and self.record.root_id == record.root_id:
            self.show_record(self.record)

    def _build(self, record: ReceivedRecord) -> QVBoxLayout:
        close = ToolButton("x", translate("Received", "Fermer le panneau (Échap)"), size=32)
        close.clicked.connect(self.closed)
        head = row((self._title(record), 1), close)
        head.setAlignment(close, Qt.AlignmentFlag.AlignTop)
        badge = states.review(record)
        inner = column(row(StatusChip(badge.kind, badge.text, badge.icon), None), spacing=10)
        for part in self._told(record):
            inner.addWidget(part)
        read = self._button(translate("Received", "Lire sur papier"), "eye", "read", record)
        read.set_kind("primary")
        read.setEnabled(record.kept_at is not None)
        inner.addWidget(read)
        if record.form_id == DIAGNOSTIC and record.kept_at is not None and record.deleted_at is None:
            inner.addWidget(self._button(translate("Received", "Voir les résultats"), "radar", "results", record))
        if record.deleted_at is None:
            inner.addSpacing(2)
            if record.kept_at is not None and record.current:  # nobody decides on what they cannot read
                inner.addWidget(Line())
                inner.addWidget(label(translate("Received", "Votre décision"), "h3"))
                for button in self._decisions(record):
                    inner.addWidget(button)
            inner.addWidget(Line())
            inner.addLayout(self._comments(record))
        inner.addStretch(1)
        body = QWidget()
        body.setLayout(inner)
        forget = self._button(translate("Received", "Oublier ici…"), "trash-2", "forget", record)
        return column(head, (scrolled(body), 1), row((forget, 1)), spacing=12, margins=(18, 16, 18, 16))

    def _title(self, record: ReceivedRecord) -> QVBoxLayout:
        parts = [record.form_title, states.commune_name(record.commune_nis)]
        name = shown_name(record) if record.kept_at is not None else ""
        first = name or parts.pop(0)
        return column(
            label(first, "h3", wrap=True), label(" · ".join(p for p in parts if p), "small", "text2", True), spacing=3
        )

    def _told(self, record: ReceivedRecord) -> list[QWidget]:
        sent = translate("Received", "Envoyé par {who} le {when}.").format(
            who=who_sent(record) or translate("Received", "quelqu’un"), when=dates.moment(record.submitted_at)
        )
        if record.edits:
            corrected = plural(
                record.edits, translate("Received", "Corrigé une fois."), translate("Received", "Corrigé {n} fois.")
            )
            sent = f"{sent} {corrected.format(n=record.edits)}"
        if record.size:
            sent = f"{sent} {typography.byte_size(record.size)}."
        parts: list[QWidget] = [label(sent, "small", "text2", True)]
        if record.deleted_at is not None:
            title = translate("Received", "Supprimé par la région")
            text = translate(
                "Received", "Il ne compte plus dans les résultats. Il reste ici jusqu’à ce que vous l’oubliiez."
            )
            parts.append(Banner("neutral", title, text))
        elif record.encrypted:
            title = translate("Received", "Réponses chiffrées")
            parts.append(
                Banner("neutral", title, translate("Received", "Seule la région a la clé qui les ouvre."), None, "lock")
            )
        elif record.kept_at is None:
            title = translate("Received", "Réponses restées à la région")
            text = translate("Received", "Choisissez « Toutes les communes », puis « Recevoir ».")
            parts.append(Banner("neutral", title, text))
        elif not record.current:
            title = translate("Received", "Une correction n’est pas encore ici")
            parts.append(Banner("draft", title, translate("Received", "Recevez-la avant de décider.")))
        return parts

    def _decisions(self, record: ReceivedRecord) -> list[Button]:
        """Return the decisions that change something: that which stands already is not offered again."""
        offered = (
            ("hasIssues", translate("Received", "Faire corriger…"), "message-square-text"),
            ("approved", translate("Received", "Approuver…"), "circle-check"),
            ("rejected", translate("Received", "Rejeter…"), "circle-x"),
            ("", translate("Received", "Remettre à relire…"), "undo-2"),
        )
        return [
            self._button(word, icon, f"review:{state}", record)
            for state, word, icon in offered
            if state != record.review_state and not (record.review_state == "edited" and not state)
        ]

    def _comments(self, record: ReceivedRecord) -> QVBoxLayout:
        box = column(label(translate("Received", "Commentaires"), "h3"), spacing=8)
        root_id, said = self._said
        if root_id != record.root_id:
            box.addWidget(
                self._button(translate("Received", "Lire les commentaires"), "message-circle", "comments", record)
            )
            return box
        if not said:
            box.addWidget(label(translate("Received", "Aucun commentaire."), "small", "text2", True))
        for one in said:
            box.addLayout(_comment_row(one))
        return box

    def _button(self, word: str, icon: str, action: str, record: ReceivedRecord) -> Button:
        button = Button(word, icon)
        button.clicked.connect(lambda: self.acted.emit(action, record))
        return button


def _comment_row(comment: Comment) -> QHBoxLayout:
    from datetime import datetime

    try:
        when = dates.moment(datetime.fromisoformat(comment.at))
    except ValueError:
        when = comment.at
    head = " · ".join(part for part in (comment.author, when) if part)
    words = Label(comment.body, "small", "text", True)
    words.setTextFormat(Qt.TextFormat.PlainText)
    return row((column(label(head, "caption", "text2", True), words, spacing=1), 1))
