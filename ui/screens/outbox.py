# SPDX-License-Identifier: EUPL-1.2
"""« Envois » : what waits and why, what must be corrected, what the region has; one button to send now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from fieldkit import settings, typography
from fieldkit.instance import Instance, State
from ui import dates, icons, states, theme, todo
from ui.i18n import plural, translate
from ui.screens.page import Page
from ui.widgets.buttons import Button, Segmented, ToolButton
from ui.widgets.choices import CheckTile
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.indicators import Bar, IconMark, StatusChip
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from ui.connection_story import Story
    from ui.kit import Kit

RIGHT_WIDTH = 312
RECENT = 8
LIMITS = (0, 1_000_000, 5_000_000, 20_000_000)  # bytes that one sync may send; 0 for any number
CHIP_WIDTH = 120


class OutboxScreen(Page):
    """The outbox; drawn again whenever the store or the connection changes."""

    def __init__(self, kit: Kit) -> None:
        self._send = Button(translate("Outbox", "Envoyer maintenant"), "send", "primary")
        self._stop = Button(translate("Outbox", "Arrêter"), "x")
        self._dossiers = Button(translate("Outbox", "Mes dossiers"), "inbox")
        super().__init__(translate("Outbox", "Envois"), self._stop, self._dossiers, self._send)
        self.kit = kit
        self._send.clicked.connect(kit.connection.send)
        self._stop.clicked.connect(kit.connection.cancel)
        self._dossiers.clicked.connect(self._show_dossiers)
        kit.connection.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read the store and draw everything again."""
        instances = self.kit.store.instances
        waiting = instances.outbox()
        refused = self.kit.refused()
        missing = self.kit.connection.unconfirmed()
        sent = [instances.get(one) for one in missing[:RECENT]]
        recent = instances.search(states=(State.SUBMITTED,), limit=RECENT)
        sent += [one for one in recent if one.instance_id not in missing]
        running = self.kit.connection.running
        self._stop.setVisible(running)
        self._dossiers.setVisible(self.kit.connection.list_seen_at() is not None)
        self._send.setEnabled(not running and bool(waiting))
        self._write_head(waiting, refused)
        story = self.kit.connection.story()
        left = column(spacing=12)
        if waiting or refused:
            left.addWidget(self._list(refused, waiting))
        if sent:
            left.addWidget(self._sent(sent, frozenset(missing)))
        if not (waiting or refused or sent):
            left.addWidget(self._empty(), 1)
        left.addStretch(1)
        right = QWidget()
        right.setFixedWidth(min(theme.px(RIGHT_WIDTH), 360))
        right.setLayout(column(self._safe_card(), self._settings_card(), None, spacing=12))
        columns = row((left, 1), right, spacing=16)
        self.show_content(column(self._banner(story), (columns, 1), spacing=14))

    def _write_head(self, waiting: list[Instance], refused: list[Instance]) -> None:
        if not waiting and not refused:
            self.subtitle.setText(translate("Outbox", "Rien n’attend"))
            return
        parts = [translate("Outbox", "{n} en attente").format(n=len(waiting))]
        if refused:
            parts.append(translate("Outbox", "{n} à corriger").format(n=len(refused)))
        size = sum(one.size for one in waiting)
        text = ", ".join(parts)
        self.subtitle.setText(f"{text} · {typography.byte_size(size)}" if size else text)

    def _banner(self, story: Story) -> Banner:
        action: Button | None = None
        if story.actions and not self.kit.connection.running:
            word, icon, call = story.actions[0]
            action = Button(word, icon)
            action.clicked.connect(call)
        return Banner(story.kind, story.title, story.text, action, story.icon)

    def _empty(self) -> QWidget:
        return EmptyState(
            "send",
            translate("Outbox", "Rien à envoyer"),
            translate("Outbox", "Les réponses terminées attendent ici et partent dès qu’il y a du réseau."),
        )

    def _list(self, refused: list[Instance], waiting: list[Instance]) -> Card:
        card = Card(spacing=0, margins=(16, 4, 16, 4))
        rows = [self._refused_row(one) for one in refused] + [self._waiting_row(one) for one in waiting]
        for number, one in enumerate(rows):
            if number:
                card.body.addWidget(Line())
            card.body.addWidget(one)
        return card

    def _refused_row(self, instance: Instance) -> QWidget:
        badge = states.badge(instance.state)
        correct = Button(translate("Outbox", "Corriger"), "pencil")
        correct.clicked.connect(partial(self._correct, instance.instance_id))
        when = dates.saved_at(instance.changed_at)
        returned = instance.state is State.RETURNED
        pattern = (
            translate("Outbox", "Corrections demandées {when}")
            if returned
            else translate("Outbox", "Refusé par la région {when}")
        )
        words = column(
            Label(todo.place_of(instance), "strong", wrap=True),
            label(pattern.format(when=when), "small", "text2"),
            Label(states.refusal_line(instance), "small", "err_fg", True),
            spacing=3,
        )
        action: QWidget = correct
        if not returned:
            action = QWidget()
            action.setLayout(row(correct, self._menu(instance), spacing=4))
        return _Row(StatusChip(badge.kind, badge.text, badge.icon), words, action)

    def _waiting_row(self, instance: Instance) -> QWidget:
        connection = self.kit.connection
        progress = connection.progress
        current = connection.running and progress is not None and progress.name == instance.name
        words = column(Label(todo.place_of(instance), "strong", wrap=True), spacing=3)
        if current and progress is not None:
            chip = StatusChip("sending", translate("Outbox", "Envoi"), "refresh-cw")
            sent, total = progress.bytes_sent, progress.bytes_total or instance.size
            text = translate("Outbox", "{sent} sur {total}").format(
                sent=typography.byte_size(sent), total=typography.byte_size(total)
            )
            words.addWidget(label(text, "small", "text2"))
            words.addWidget(Bar(100 * sent / total if total else 0, role="info"))
        else:
            interrupted = instance.reason in {"interrupted", "sending"}
            word = translate("Outbox", "Interrompu") if interrupted else translate("Outbox", "En attente")
            chip = StatusChip("waiting", word, "refresh-cw" if interrupted else "circle-check")
            words.addWidget(label(self._waiting_text(instance), "small", "text2", True))
        return _Row(chip, words, self._menu(instance))

    def _waiting_text(self, instance: Instance) -> str:
        parts = []
        if instance.finalized_at is not None:
            parts.append(translate("Outbox", "Terminé {when}").format(when=dates.saved_at(instance.finalized_at)))
        parts.append(typography.byte_size(instance.size))
        if instance.reason:
            from ui.sentences.network import reason_message

            parts.append(reason_message(instance.reason).title)
        return " · ".join(parts)

    def _menu(self, instance: Instance) -> ToolButton:
        name = translate("Outbox", "Autres actions : {name}").format(name=instance.name)
        button = ToolButton("ellipsis-vertical", name, size=32)
        menu = QMenu(button)
        show = menu.addAction(icons.icon("eye", "text2"), translate("Outbox", "Consulter"))
        show.triggered.connect(lambda: self.kit.record_asked.emit(instance.instance_id))
        if instance.state is State.SUBMITTED:
            proof = menu.addAction(icons.icon("file-check", "text2"), translate("Outbox", "Preuve de dépôt…"))
            proof.triggered.connect(partial(self._prove, instance))
        if instance.state is State.REJECTED:
            retry = menu.addAction(icons.icon("rotate-ccw", "text2"), translate("Outbox", "Renvoyer telle quelle"))
            retry.triggered.connect(partial(self._retry, instance.instance_id))
        if instance.state is State.FINALIZED and not instance.attempted:
            again = menu.addAction(icons.icon("pencil", "text2"), translate("Outbox", "Reprendre comme brouillon"))
            again.triggered.connect(partial(self._correct, instance.instance_id))
        button.setMenu(menu)
        return button

    def _retry(self, instance_id: str) -> None:
        self.kit.store.instances.retry(instance_id)
        self.kit.records_changed.emit()
        self.kit.connection.send()

    def _prove(self, instance: Instance) -> None:
        from ui.record_paper import show_proof

        show_proof(self.kit, instance, self)

    def _export_journal(self) -> None:
        from ui.journal import ask_and_export

        ask_and_export(self.kit, self)

    def _show_dossiers(self) -> None:
        from ui.screens.my_dossiers import show_dossiers

        show_dossiers(self.kit, self)

    def _correct(self, instance_id: str) -> None:
        self.kit.record_asked.emit(self.kit.correct(instance_id))

    def _sent(self, sent: list[Instance], missing: frozenset[str]) -> Card:
        every = Button(translate("Outbox", "Tout l’historique"), kind="ghost")
        every.clicked.connect(lambda: self.kit.screen_asked.emit("records", ""))
        head = row(label(translate("Outbox", "Envoyés récemment"), "h3"), None, every)
        card = Card(head, spacing=0, margins=(16, 10, 16, 4))
        for number, one in enumerate(sent):
            if number:
                card.body.addWidget(Line())
            at = one.submitted_at or one.changed_at
            text = translate("Outbox", "{when} · accusé {number}").format(
                when=dates.moment(at), number=receipt_number(one)
            )
            words = column(Label(todo.place_of(one), "strong", wrap=True), label(text, "small", "text2"), spacing=3)
            card.body.addWidget(_Row(self._sent_chip(one, missing), words, self._menu(one)))
        return card

    def _sent_chip(self, instance: Instance, missing: frozenset[str]) -> StatusChip:
        if instance.instance_id in missing:
            return StatusChip("draft", translate("Outbox", "Non confirmé"), "triangle-alert")
        chip = states.badge_of(instance, self.kit.store.dossiers.said_of(instance))
        return StatusChip(chip.kind, chip.text, chip.icon)

    def _safe_card(self) -> Card:
        counts = self.kit.store.instances.counts()
        total = sum(counts.values())
        size = self.kit.store.path.stat().st_size if self.kit.store.path.exists() else 0
        text = plural(total, translate("Outbox", "{n} réponse · {size}"), translate("Outbox", "{n} réponses · {size}"))
        title = label(translate("Outbox", "Tout est sur cet ordinateur"), "h3", wrap=True)
        head = row(IconMark("hard-drive", "ok"), (title, 1), spacing=10)
        card = Card(head, label(text.format(n=total, size=typography.byte_size(size)), "small", "text2"))
        copy = last_copy(self.kit)
        if copy:
            card.body.addLayout(
                row(
                    label(translate("Outbox", "Dernière sauvegarde"), "small", "text2"),
                    None,
                    label(copy, "small"),
                )
            )
        return card

    def _settings_card(self) -> Card:
        tile = CheckTile(translate("Outbox", "Envoyer dès qu’il y a du réseau"))
        tile.setChecked(self.kit.settings.get(settings.AUTO_SEND))
        tile.toggled.connect(lambda on: self.kit.set(settings.AUTO_SEND, on))
        journal = Button(translate("Outbox", "Exporter le journal…"), "file-down")
        journal.setToolTip(translate("Outbox", "Pour qui vous aide. Ni vos accès ni vos mots de passe n’y sont."))
        journal.clicked.connect(self._export_journal)
        paid = CheckTile(translate("Outbox", "Seulement sur une ligne sans forfait"))
        paid.setChecked(self.kit.settings.get(settings.UNMETERED_ONLY))
        paid.setEnabled(tile.isChecked())
        paid.toggled.connect(lambda on: self.kit.set(settings.UNMETERED_ONLY, on))
        limits = Segmented(
            ((str(size), typography.byte_size(size) if size else translate("Outbox", "Tout")) for size in LIMITS),
            name=translate("Outbox", "Au plus, par envoi"),
            height=32,
        )
        limits.set_value(str(self.kit.settings.get(settings.SYNC_BUDGET)))
        limits.chosen.connect(lambda size: self.kit.set(settings.SYNC_BUDGET, int(size)))
        title = label(translate("Outbox", "Réglages d’envoi"), "h3")
        limit = label(translate("Outbox", "Au plus, par envoi"), "small", "text2")
        return Card(title, tile, paid, limit, limits, journal, spacing=10)


class _Row(QWidget):
    """A chip, words, an action: one line of the list."""

    def __init__(self, chip: StatusChip, words: QVBoxLayout, action: QWidget | None) -> None:
        super().__init__()
        place = QWidget()
        place.setMinimumWidth(theme.px(CHIP_WIDTH))
        place.setLayout(row(chip, None))
        box = row(place, (words, 1), spacing=12, margins=(0, 11, 0, 11))
        box.setAlignment(place, Qt.AlignmentFlag.AlignTop)
        if action is not None:
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(box)


def receipt_number(instance: Instance) -> str:
    """Return the short form of the number that the region knows the record by: the end of its instanceID."""
    return instance.instance_id.rpartition(":")[2].replace("-", "")[:8].upper()


def last_copy(kit: Kit) -> str:
    """Return when the last copy of the data was made, "" if none was."""
    from fieldkit.store import copied_at, copies_of

    copies = copies_of(kit.store.path)
    return dates.short_moment(copied_at(copies[0])) if copies else ""
