# SPDX-License-Identifier: EUPL-1.2
"""Choosing how to be connected: without an account, or with an invitation (a link, or a picture of its QR code)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from fieldkit import credentials
from ui.i18n import translate
from ui.screens.invitation_box import InvitationBox
from ui.widgets.choices import RadioTile
from ui.widgets.layout import column

if TYPE_CHECKING:
    from fieldkit.account import Account
    from ui.kit import Kit

    ConnectAccount = Callable[[str, Callable[[Account], None], Callable[[Exception], None]], None]


class AccountForm(QWidget):
    """Two tiles; the second opens the box for the invitation. The token is never shown again nor written in a file."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.connect_account: ConnectAccount | None = None  # in place of the connection's own
        self.without = RadioTile(
            translate("Account", "Travailler sans compte pour l’instant"),
            description=translate("Account", "Tout reste sur cet ordinateur. Vous pourrez relier un compte plus tard."),
        )
        self.with_link = RadioTile(
            translate("Account", "Utiliser une invitation"),
            description=translate("Account", "Le lien reçu de la région ou de votre GAL, ou une image de son code QR."),
        )
        group = QButtonGroup(self)
        for tile in (self.without, self.with_link):
            group.addButton(tile)
        self.without.setChecked(True)
        self.box = InvitationBox(kit)
        self.field, self.error = self.box.field, self.box.error
        self._answer = QWidget()
        self._answer.setLayout(column(self.box, margins=(42, 0, 0, 0)))
        self._answer.hide()
        self.setLayout(column(self.without, self.with_link, self._answer, None, spacing=7))
        self.setAcceptDrops(True)
        self.with_link.toggled.connect(self._on_choice)
        self.box.given.connect(lambda: self.with_link.setChecked(True))

    def _on_choice(self, on: bool) -> None:
        self._answer.setVisible(on)
        if on:
            self.field.setFocus(Qt.FocusReason.TabFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, images and texts: which of them is an invitation is said when it was dropped."""
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read what was dropped."""
        self.box.take(event.mimeData())

    def submit(self, on_done: Callable[[], None], on_trouble: Callable[[], None]) -> None:
        """Do what was chosen; an invitation that does not work stays on screen with the reason."""
        if self.without.isChecked():
            self.box.clear()
            on_done()
            return
        if self.box.reading:
            self.box.show_error(translate("Account", "L’image est encore en lecture. Recommencez dans un instant."))
            on_trouble()
            return

        def fail(error: Exception) -> None:
            from ui.messages import sentence
            from ui.said import said_by

            self.box.show_error(sentence(error).line, said_by(error))
            on_trouble()

        def keep(account: Account) -> None:
            self.box.clear()
            text = translate("Account", "Compte relié : {name}").format(name=account.display_name)
            if credentials.is_for_session(account.account_id):
                text += translate("Account", ". L’accès sera redemandé au prochain démarrage")
            self.kit.toast(text)
            on_done()

        connect_account = self.connect_account or self.kit.connection.connect_account
        connect_account(self.box.text(), keep, fail)
