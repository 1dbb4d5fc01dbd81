# SPDX-License-Identifier: EUPL-1.2
"""Choosing how to be connected: without an account, or with a pasted invitation (a link, or the text of a QR code)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QWidget

from ui.i18n import translate
from ui.widgets.choices import RadioTile
from ui.widgets.feedback import announce
from ui.widgets.fields import Field
from ui.widgets.indicators import IconMark
from ui.widgets.layout import column, row
from ui.widgets.text import Label

if TYPE_CHECKING:
    from fieldkit.account import Account
    from ui.kit import Kit


class AccountForm(QWidget):
    """Two tiles; the second opens a field for the invitation. The token is never shown again nor written in a file."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.without = RadioTile(
            translate("Account", "Travailler sans compte pour l’instant"),
            description=translate("Account", "Tout reste sur cet ordinateur. Vous pourrez relier un compte plus tard."),
        )
        self.with_link = RadioTile(
            translate("Account", "Coller un lien d’invitation"),
            description=translate("Account", "Reçu par courriel de la région ou de votre GAL, ou texte d’un code QR."),
        )
        group = QButtonGroup(self)
        for tile in (self.without, self.with_link):
            group.addButton(tile)
        self.without.setChecked(True)
        self.field = Field(placeholder="https://…", name=translate("Account", "Lien d’invitation"))
        self.field.setEchoMode(Field.EchoMode.PasswordEchoOnEdit)
        self._mark = IconMark("circle-alert", "err_fg", size=18)
        self.error = Label("", "small_strong", "err_fg", True)
        trouble = row(self._mark, (self.error, 1))
        self._answer = QWidget()
        self._answer.setLayout(column(self.field, trouble, spacing=6, margins=(42, 0, 0, 0)))
        self._answer.hide()
        self.setLayout(column(self.without, self.with_link, self._answer, None, spacing=7))
        self.with_link.toggled.connect(self._on_choice)
        self.field.textChanged.connect(lambda _text: self._show_error(""))
        self._show_error("")

    def _on_choice(self, on: bool) -> None:
        self._answer.setVisible(on)
        if on:
            self.field.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_error(self, text: str) -> None:
        self.field.set_error(bool(text))
        self._mark.setVisible(bool(text))
        self.error.setVisible(bool(text))
        self.error.setText(text)
        if text:
            announce(self.field, text)

    def submit(self, on_done: Callable[[], None], on_trouble: Callable[[], None]) -> None:
        """Do what was chosen; a link that does not work stays on screen with the reason."""
        if self.without.isChecked():
            on_done()
            return

        def fail(error: Exception) -> None:
            from ui.messages import sentence

            self._show_error(sentence(error).line)
            on_trouble()

        def keep(account: Account) -> None:
            self.field.clear()
            text = translate("Account", "Compte relié : {name}").format(name=account.display_name)
            self.kit.toast(text)
            on_done()

        self.kit.connection.connect_account(self.field.text(), keep, fail)
