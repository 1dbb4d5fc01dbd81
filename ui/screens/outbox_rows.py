# SPDX-License-Identifier: EUPL-1.2
"""The lines of « Envois »: a chip, plain words, the region's own sentence folded away, the one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from fieldkit import typography
from fieldkit.instance import Instance, State
from ui import dates, icons, states, theme, todo
from ui.i18n import plural, translate
from ui.said import fold_of, said_of
from ui.widgets.buttons import Button, ToolButton
from ui.widgets.indicators import Bar, StatusChip
from ui.widgets.layout import column, row
from ui.widgets.text import Label

if TYPE_CHECKING:
    from fieldkit.store.parts import Load
    from sync.progress import UnderWay

CHIP_WIDTH = 126
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif")
BROKEN_OFF = frozenset({"interrupted", "sending"})  # of sync.errors.Reason
# Why one record waits; what keeps all of them is told once, by the banner.
OF_ONE = BROKEN_OFF | {"waits-for-earlier", "over-budget", "server-trouble", "server-busy", "deleted", "id-reused"}

# What can be done: (icon, words, callable).
Choice = tuple[str, str, Callable[[], object]]


class OutboxRow(QWidget):
    """A chip, words, an action: one line of the list."""

    def __init__(self, chip: StatusChip, words: QVBoxLayout, action: QWidget | None) -> None:
        super().__init__()
        self.chip = chip
        self.words = words
        place = QWidget()
        place.setMinimumWidth(theme.px(CHIP_WIDTH))
        place.setLayout(row(chip, None))
        box = row(place, (words, 1), spacing=12, margins=(0, 11, 0, 11))
        box.setAlignment(place, Qt.AlignmentFlag.AlignTop)
        if action is not None:
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(box)


class RefusedRow(OutboxRow):
    """A record that the region returned or refused: why, in its own words too, and what cures it."""

    def __init__(self, instance: Instance, cure: Choice, menu: ToolButton | None, more: Sequence[QWidget] = ()) -> None:
        badge = states.badge_of(instance)
        name = todo.place_of(instance)
        icon, word, call = cure
        button = Button(word, icon)
        button.setAccessibleDescription(name)
        button.clicked.connect(call)
        when = dates.saved_at(instance.changed_at)
        pattern = (
            translate("Outbox", "Corrections demandées {when}")
            if instance.state is State.RETURNED
            else translate("Outbox", "Refusé par la région {when}")
        )
        words = column(
            Label(name, "strong", wrap=True),
            Label(pattern.format(when=when), "small", "text2", True),
            Label(states.refusal_line(instance), "small", "err_fg", True),
            *more,
            spacing=3,
        )
        said = said_of(instance)
        if said is not None:
            words.addWidget(fold_of(said))
        action = QWidget()
        action.setLayout(row(button, *((menu,) if menu is not None else ()), spacing=4))
        super().__init__(StatusChip(badge.kind, badge.text, badge.icon), words, action)


class WaitingRow(OutboxRow):
    """A record that waits or is leaving; its progress changes in place."""

    def __init__(
        self, instance: Instance, load: Load, menu: ToolButton, cause: str = "", note: str = "", where: str = ""
    ) -> None:
        """Tell `cause` in place of what the reason alone says, and `note` below it.

        `where` is the account that it goes to, in words, "" if it goes without saying.
        """
        self._instance = instance
        self._told = (cause, note)
        self._load = load
        self._where = where
        self._detail = Label("", "small", "text2", True)
        self._why = Label("", "small", "text2", True)
        self._bar = Bar(0, role="info")
        words = column(Label(todo.place_of(instance), "strong", wrap=True), self._detail, spacing=3)
        super().__init__(StatusChip("waiting", ""), words, menu)
        words.addWidget(self._bar)
        said = said_of(instance) if instance.reason in OF_ONE else None
        words.addWidget(self._why)
        if said is not None:
            words.addWidget(fold_of(said))
        self.show_waiting()

    @property
    def _size(self) -> int:
        return self._instance.size + self._load.size

    def show_waiting(self) -> None:
        """Show that nothing of it is leaving now, and what the server has of it already."""
        broken = self._instance.reason in BROKEN_OFF
        word = translate("Outbox", "Interrompu") if broken else translate("Outbox", "En attente")
        self.chip.set_state("waiting", word, "refresh-cw" if broken else "circle-check")
        self._detail.setText(" · ".join(filter(None, (self._how_far(), self._where))))
        self._why.setText(self._cause())
        self._why.setVisible(bool(self._why.text()))
        self._bar.setVisible(self._load.there > 0)
        self._bar.set_percent(100 * (self._load.size - self._load.left) / max(1, self._load.size))

    def show_progress(self, one: UnderWay) -> None:
        """Show how much of it has left."""
        self.chip.set_state("sending", translate("Outbox", "Envoi"), "refresh-cw")
        sent = min(self._size, max(0, self._size - one.bytes_left) + one.bytes_sent)
        text = translate("Outbox", "{sent} sur {total}").format(
            sent=typography.byte_size(sent), total=typography.byte_size(self._size)
        )
        self._detail.setText(text)
        self._why.hide()
        self._bar.show()
        self._bar.set_percent(100 * sent / max(1, self._size))

    def show_sent(self) -> None:
        """Show that the server has it: the line goes with the next drawing of the list."""
        badge = states.badge(State.SUBMITTED)
        self.chip.set_state(badge.kind, badge.text, badge.icon)
        self._detail.setText(typography.byte_size(self._size))
        self._bar.hide()

    def _how_far(self) -> str:
        if self._load.there:
            left = translate("Outbox", "{size} restants").format(size=typography.byte_size(self._load.left))
            return f"{_received(self._load)} · {left}"
        size = typography.byte_size(self._size)
        if self._instance.finalized_at is None:
            return size
        when = dates.saved_at(self._instance.finalized_at)
        return translate("Outbox", "Terminé {when} · {size}").format(when=when, size=size)

    def _cause(self) -> str:
        from ui.sentences.network import reason_message

        cause, note = self._told
        if not cause and self._instance.reason in OF_ONE:
            cause = reason_message(self._instance.reason).line
        return "\n".join(part for part in (cause, note) if part)


def _received(load: Load) -> str:
    pictures = all(name.lower().removesuffix(".enc").endswith(PICTURES) for name in load.names)
    text = (
        plural(
            load.there,
            translate("Outbox", "{n} photo sur {total} déjà reçue"),
            translate("Outbox", "{n} photos sur {total} déjà reçues"),
        )
        if pictures
        else plural(
            load.there,
            translate("Outbox", "{n} fichier sur {total} déjà reçu"),
            translate("Outbox", "{n} fichiers sur {total} déjà reçus"),
        )
    )
    return text.format(n=load.there, total=len(load.names))


def menu_button(instance: Instance, choices: list[Choice]) -> ToolButton:
    """Return the button with what else can be done with a record."""
    name = translate("Outbox", "Autres actions : {name}").format(name=instance.name)
    button = ToolButton("ellipsis-vertical", name, size=32)
    menu = QMenu(button)
    for icon, word, call in choices:
        action = menu.addAction(icons.icon(icon, "text2"), word)
        action.triggered.connect(lambda _checked=False, call=call: call())
    button.setMenu(menu)
    return button
