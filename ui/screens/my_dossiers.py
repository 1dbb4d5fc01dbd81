# SPDX-License-Identifier: EUPL-1.2
"""« Mes dossiers » : what the region has of this access and what it says of each, sent from here or elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fieldkit import typography
from ui import dates, states, theme
from ui.i18n import translate
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.indicators import StatusChip
from ui.widgets.layout import Line, column, row, scrolled
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from sync.returns import Listed
    from ui.kit import Kit

CHIP_WIDTH = 140
LINE_HEIGHT = 92  # pixels a dossier may take before the list scrolls
LONGEST = 400  # characters of a comment whose whole stands in the panel of the record
SIZE = (620, 400)
SHOWN = 100  # lines: more would take a second to build


def show_dossiers(kit: Kit, parent: QWidget) -> bool:
    """Open the list, and what was chosen in it; return whether something was."""
    dialog = MyDossiersDialog(kit, parent)
    dialog.exec()
    if dialog.answer:
        kit.screen_asked.emit("records", dialog.answer)
    dialog.deleteLater()
    return bool(dialog.answer)


class MyDossiersDialog(Dialog):
    """One line a dossier; `answer` is the record to show, "" for none."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        seen = kit.connection.list_seen_at()
        told = translate("Dossiers", "La liste de la région n’est pas encore arrivée sur cet ordinateur.")
        if seen is not None:
            told = translate("Dossiers", "Ce que la région a reçu sous votre accès, vu {when}.").format(
                when=dates.saved_at(seen)
            )
        super().__init__(translate("Dossiers", "Mes dossiers"), told, parent, icon="inbox", kind="review")
        self.kit = kit
        lines = column(spacing=0)
        found = self._found()
        for number, (one, account) in enumerate(found[:SHOWN]):
            if number:
                lines.addWidget(Line())
            lines.addLayout(self._line(one, account))
        if not found:
            nothing = translate("Dossiers", "Un dossier paraît ici dès que la région l’a reçu et repris dans sa liste.")
            lines.addWidget(label(nothing, "body", "text2", True))
        if len(found) > SHOWN:
            more = translate("Dossiers", "Les {n} plus anciens ne sont pas montrés ici.").format(n=len(found) - SHOWN)
            lines.addWidget(label(more, "small", "text2"))
        lines.addStretch(1)
        holder = QWidget()
        holder.setLayout(lines)
        area = scrolled(holder)
        area.setMinimumSize(SIZE[0], min(SIZE[1], theme.px(LINE_HEIGHT) * max(1, len(found))))
        self.body.addWidget(area)
        self.add_button(translate("Dossiers", "Fermer"), kind="primary")

    def _found(self) -> list[tuple[Listed, str]]:
        """Return the dossiers of all accounts, and the account's name beside each if there are several."""
        accounts = self.kit.connection.accounts
        if not accounts:
            return []
        from sync.returns import listed

        several = len(accounts) > 1
        return [
            (one, account.display_name if several else "")
            for account in accounts
            for one in listed(self.kit.store, account.account_id)
        ]

    def _line(self, one: Listed, account: str) -> QHBoxLayout:
        here = self.kit.store.instances.get(one.instance_id) if one.instance_id else None
        chip = states.badge_of_row(one.status)
        if here is not None:
            chip = states.badge_of(here, self.kit.store.dossiers.said_of(here))
        place = QWidget()
        place.setMinimumWidth(theme.px(CHIP_WIDTH))
        place.setLayout(row(StatusChip(chip.kind, chip.text, chip.icon), None))
        name = typography.written_days(one.label, dates.short_day)
        words = column(Label(name, "strong", wrap=True), spacing=3)
        if account:
            words.addWidget(Label(account, "small", "text3", True))
        if one.comment:
            comment = states.without_names(one.comment)
            words.addWidget(Label(_short(comment) if here else comment, "small", "text2", True))
        box = row(place, (words, 1), spacing=12, margins=(0, 11, 8, 11))
        box.setAlignment(place, Qt.AlignmentFlag.AlignTop)
        if here is None:
            box.addWidget(label(translate("Dossiers", "Envoyé d’un autre appareil"), "small", "text3"))
        else:
            word = translate("Dossiers", "Voir")
            show = Button(word, "arrow-right")
            show.setAccessibleName(f"{word} : {name}")
            show.clicked.connect(partial(self._choose, one.instance_id))
            box.addWidget(show)
        return box

    def _choose(self, instance_id: str, _checked: bool = False) -> None:
        self.choose(instance_id)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
