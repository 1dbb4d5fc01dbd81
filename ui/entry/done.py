# SPDX-License-Identifier: EUPL-1.2
"""What follows « Terminer »: the answer is safe and ready, and where to go from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import translate
from ui.widgets import Banner, Button, EmptyState, row

if TYPE_CHECKING:
    from ui.messages import Message


class DonePage(QWidget):
    """« Prêt à envoyer »."""

    close_asked = Signal()
    results_asked = Signal()
    print_asked = Signal()

    def __init__(self, name: str, *, diagnostic: bool, notes: Sequence[Message] = ()) -> None:
        """Tell in `notes` what the region will not do with it, while whoever answered is still there."""
        super().__init__()
        text = translate(
            "Entry",
            "« {} » est terminé et gardé sur cet ordinateur. L’envoi part de lui-même au prochain passage en ligne.",
        ).format(name)
        self.back = Button(translate("Entry", "Retour à la collecte"), kind="secondary" if diagnostic else "primary")
        self.back.clicked.connect(self.close_asked)
        self.results = Button(translate("Entry", "Voir les résultats"), "radar", "primary")
        self.results.clicked.connect(self.results_asked)
        self.results.setVisible(diagnostic)
        printing = Button(translate("Entry", "Imprimer"), "printer")
        printing.clicked.connect(self.print_asked)
        actions = row(self.back, printing, self.results)
        state = EmptyState("circle-check", translate("Entry", "Prêt à envoyer"), text, actions)
        self.setAccessibleName(text)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        for note in notes:
            box.addWidget(Banner("draft", note.title, note.text))
        box.addWidget(state)
