# SPDX-License-Identifier: EUPL-1.2
"""« Envois » : what waits and why, what must be corrected, what the region has; one button to send now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from fieldkit import typography
from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance, State
from ui import conflicts, dates, form_notes, states, theme, todo
from ui.i18n import plural, translate
from ui.screens.destination import destination_text
from ui.screens.outbox_cards import safe_card, sending_card, stick_card
from ui.screens.outbox_rows import Choice, OutboxRow, RefusedRow, WaitingRow, menu_button
from ui.screens.page import Page
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.indicators import Bar, StatusChip
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from ui.connection_story import Story
    from ui.kit import Kit

RIGHT_WIDTH = 312
NARROW_BELOW = 900
MOST = 16_777_215  # QWIDGETSIZE_MAX
RECENT = 8
SHOWN, MORE = 20, 50  # of those that wait, at first and with each « Afficher la suite »: all would freeze the window


class OutboxScreen(Page):
    """The outbox; drawn again whenever the store or the connection changes, in place while something leaves."""

    def __init__(self, kit: Kit) -> None:
        self._send = Button(translate("Outbox", "Envoyer maintenant"), "send", "primary")
        self._send.setToolTip(translate("Outbox", "Envoyer maintenant (F5)"))
        self._stop = Button(translate("Outbox", "Arrêter"), "x")
        self._dossiers = Button(translate("Outbox", "Mes dossiers"), "inbox")
        super().__init__(translate("Outbox", "Envois"), self._stop, self._dossiers, self._send)
        self.kit = kit
        self._shown = SHOWN
        self._rows: dict[str, WaitingRow] = {}
        self._leaving: set[str] = set()
        self._bar = Bar(0, role="info")
        self._banner = Banner("neutral", "")
        self._drawn_running = False
        self._drawn_done = 0
        self._columns: QBoxLayout | None = None
        self._right: QWidget | None = None
        self._send.clicked.connect(kit.connection.send)
        self._stop.clicked.connect(kit.connection.cancel)
        self._dossiers.clicked.connect(self._show_dossiers)
        kit.connection.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if not self.isVisible():
            return
        if self._drawn_running and self.kit.connection.running:
            self._show_progress()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Read the store and draw everything again."""
        instances = self.kit.store.instances
        count = instances.counts()[State.FINALIZED]
        waiting = instances.outbox(self._shown)
        refused = self.kit.refused()
        missing = self.kit.connection.unconfirmed()
        sent = [instances.get(one) for one in missing[:RECENT]]
        recent = instances.search(states=(State.SUBMITTED,), limit=RECENT)
        sent += [one for one in recent if one.instance_id not in missing]
        self._drawn_running = self.kit.connection.running
        story = self.kit.connection.story()
        self._write_head(count, refused, story)
        left = column(spacing=12)
        self._rows, self._leaving = {}, set()  # those drawn before are gone, whether or not others come
        if waiting or refused:
            left.addWidget(self._list(refused, waiting, count))
        if sent:
            left.addWidget(self._sent(sent, frozenset(missing)))
        if not (waiting or refused or sent):
            left.addWidget(self._empty(), 1)
        left.addStretch(1)
        right = QWidget()
        cards = [safe_card(self.kit), *([stick_card(self.kit, count, self)] if count else ())]
        right.setLayout(column(*cards, sending_card(self.kit, self), None, spacing=12))
        self._columns, self._right = row((left, 1), right, spacing=16), right
        self._fit()
        notes = form_notes.outbox_banner(self.kit, self)
        self.show_content(column(self._tell(story), *notes, (self._columns, 1), spacing=14), keep_place=True)
        if self._drawn_running:
            self._drawn_done = -1
            self._show_progress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards under the list where there is no room beside it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._columns is None or self._right is None:
            return
        narrow = self.width() < theme.px(NARROW_BELOW)
        ways = QBoxLayout.Direction
        self._columns.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self._right.setMaximumWidth(MOST if narrow else min(theme.px(RIGHT_WIDTH), 360))
        self._right.setMinimumWidth(0 if narrow else min(theme.px(RIGHT_WIDTH), 360))

    # The head

    def _write_head(self, count: int, refused: list[Instance], story: Story) -> None:
        running = self._drawn_running
        self._stop.setVisible(running)
        self._dossiers.setVisible(self.kit.connection.list_seen_at() is not None)
        self._stop.setEnabled(not self.kit.connection.stopping)
        self._send.setEnabled(not running and bool(count))
        if not count and not refused:
            self.subtitle.setText(translate("Outbox", "Rien n’attend"))
            return
        parts = []
        if count:
            parts.append(translate("Outbox", "{n} en attente").format(n=typography.integer(count)))
        if refused:
            parts.append(translate("Outbox", "{n} à corriger").format(n=len(refused)))
        text = ", ".join(parts)
        self.subtitle.setText(f"{text} · {story.size}" if story.size else text)

    def _tell(self, story: Story) -> Banner:
        """Return the banner; its bar and words change in place while something leaves."""
        action: Button | None = None
        if story.actions and not self._drawn_running and story.actions[0][0] != self._send.accessibleName():
            word, icon, call = story.actions[0]
            action = Button(word, icon)
            action.clicked.connect(call)
        self._banner = Banner(story.kind, story.title, story.text, action, story.icon)
        if story.said is not None:
            from ui.said import fold_of

            self._banner.words.addWidget(fold_of(story.said, f"{self._banner.kind}_fg"))
        if self._drawn_running:
            self._bar = Bar(story.percent or 0, role="info")
            self._banner.words.addSpacing(4)
            self._banner.words.addWidget(self._bar)
            self._bar.setVisible(story.percent is not None)
        return self._banner

    def _show_progress(self) -> None:
        connection = self.kit.connection
        story = connection.story()
        self._stop.setEnabled(not connection.stopping)
        self._banner.set_message(story.kind, story.title, story.text, story.icon)
        self._bar.setVisible(story.percent is not None)
        self._bar.set_percent(story.percent or 0)
        under_way = {one.instance_id: one for one in connection.progress.under_way} if connection.progress else {}
        for instance_id, one in under_way.items():
            if instance_id in self._rows:
                self._rows[instance_id].show_progress(one)
        done = connection.progress.done if connection.progress else 0
        landed = self._leaving - set(under_way)
        if done != self._drawn_done:
            self._drawn_done = done
            instances = self.kit.store.instances
            # Light ones come and go between two looks.
            landed |= set(self._rows) - set(under_way) - {one.instance_id for one in instances.outbox(self._shown)}
            self._write_head(instances.counts()[State.FINALIZED], self.kit.refused(), story)
        for instance_id in landed:
            self._show_landed(instance_id)
        self._leaving = set(under_way)

    def _show_landed(self, instance_id: str) -> None:
        line = self._rows.get(instance_id)
        if line is None:
            return
        try:
            arrived = self.kit.store.instances.get(instance_id).state is State.SUBMITTED
        except NotFoundError:
            return
        if arrived:
            line.show_sent()
        else:
            line.show_waiting()

    def _empty(self) -> QWidget:
        return EmptyState(
            "send",
            translate("Outbox", "Rien à envoyer"),
            translate("Outbox", "Les réponses terminées attendent ici et partent dès qu’il y a du réseau."),
        )

    # What waits, what is refused

    def _list(self, refused: list[Instance], waiting: list[Instance], count: int) -> Card:
        card = Card(spacing=0, margins=(16, 4, 16, 4))
        connection = self.kit.connection
        default = connection.account.account_id if connection.account is not None else ""
        says = len(connection.accounts) > 1 or bool(connection.stranded())
        self._rows = {
            one.instance_id: WaitingRow(
                one,
                self.kit.store.parts.load_of(one.instance_id, one.account_id or default),
                menu_button(one, self._choices(one)),
                conflicts.waiting_cause(self.kit, one),
                form_notes.waiting_words(self.kit, one),
                destination_text(self.kit, one) if says else "",
            )
            for one in waiting
        }
        lines: list[QWidget] = [self._refused_row(one) for one in refused[: self._shown]]
        lines += self._rows.values()
        hidden = count - len(waiting) + max(0, len(refused) - self._shown)
        if hidden:
            lines.append(self._more(hidden))
        for number, one in enumerate(lines):
            if number:
                card.body.addWidget(Line())
            card.body.addWidget(one)
        return card

    def _more(self, hidden: int) -> QWidget:
        words = plural(hidden, translate("Outbox", "et {n} autre"), translate("Outbox", "et {n} autres"))
        more = Button(translate("Outbox", "Afficher la suite"), kind="ghost")
        more.clicked.connect(self._show_more)
        line = QWidget()
        text = label(words.format(n=typography.integer(hidden)), "small", "text2", True)
        line.setLayout(row((text, 1), more, margins=(0, 6, 0, 6)))
        return line

    def _show_more(self) -> None:
        self._shown += MORE
        self.refresh()

    def _refused_row(self, instance: Instance) -> QWidget:
        menu = menu_button(instance, self._choices(instance)) if instance.state is not State.RETURNED else None
        again = states.is_cured_elsewhere(instance)
        choice = self._retrying(instance) if again else self._correcting(instance)
        return RefusedRow(instance, choice, menu, conflicts.followers_line(self.kit, instance))

    def _correcting(self, instance: Instance) -> Choice:
        word, icon = conflicts.word_for(instance)
        return (icon, word, partial(self._correct, instance.instance_id))

    def _retrying(self, instance: Instance) -> Choice:
        return ("rotate-ccw", translate("Outbox", "Renvoyer telle quelle"), partial(self._retry, instance.instance_id))

    def _choices(self, instance: Instance) -> list[Choice]:
        own = instance.instance_id
        choices: list[Choice] = [("eye", translate("Outbox", "Consulter"), partial(self.kit.record_asked.emit, own))]
        if instance.state is State.SUBMITTED:
            choices.append(("file-check", translate("Outbox", "Preuve de dépôt…"), partial(self._prove, instance)))
            choices.append(("shield-check", translate("Outbox", "Vérifier une preuve…"), self._verify))
        if instance.state is State.REJECTED:
            choices.append(self._retrying(instance))
            choices.append(self._correcting(instance))
        if instance.state is State.FINALIZED and not instance.attempted:
            choices.append(("pencil", translate("Outbox", "Reprendre comme brouillon"), partial(self._correct, own)))
        return choices

    def _retry(self, instance_id: str) -> None:
        conflicts.resend(self.kit, instance_id)

    def _correct(self, instance_id: str) -> None:
        conflicts.correct(self.kit, instance_id, self.window())

    # What the region has

    def _prove(self, instance: Instance) -> None:
        from ui.record_paper import show_proof

        show_proof(self.kit, instance, self)

    def _show_dossiers(self) -> None:
        from ui.screens.my_dossiers import show_dossiers

        show_dossiers(self.kit, self)

    def _verify(self) -> None:
        from ui.verification import ask_and_verify

        ask_and_verify(self.kit, self)

    def _sent(self, sent: list[Instance], missing: frozenset[str]) -> Card:
        every = Button(translate("Outbox", "Tout l’historique"), kind="ghost")
        every.clicked.connect(lambda: self.kit.screen_asked.emit("records", ""))
        verify = Button(translate("Outbox", "Vérifier une preuve…"), kind="ghost")
        verify.clicked.connect(self._verify)
        head = row((label(translate("Outbox", "Envoyés récemment"), "h3", wrap=True), 1), verify, every)
        card = Card(head, spacing=0, margins=(16, 10, 16, 4))
        for number, one in enumerate(sent):
            if number:
                card.body.addWidget(Line())
            card.body.addWidget(self._sent_row(one, missing))
        return card

    def _sent_row(self, instance: Instance, missing: frozenset[str]) -> OutboxRow:
        at = instance.submitted_at or instance.changed_at
        text = translate("Outbox", "{when} · accusé {number}").format(
            when=dates.moment(at), number=states.receipt_number(instance.instance_id)
        )
        words = column(
            Label(todo.place_of(instance), "strong", wrap=True), Label(text, "small", "text2", True), spacing=3
        )
        return OutboxRow(self._sent_chip(instance, missing), words, menu_button(instance, self._choices(instance)))

    def _sent_chip(self, instance: Instance, missing: frozenset[str]) -> StatusChip:
        if instance.instance_id in missing:
            return StatusChip("draft", translate("Outbox", "Non confirmé"), "triangle-alert")
        chip = states.badge_of(instance, self.kit.store.dossiers.said_of(instance))
        return StatusChip(chip.kind, chip.text, chip.icon)
