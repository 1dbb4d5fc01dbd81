# SPDX-License-Identifier: EUPL-1.2
"""The appearance `url`: a button in the field opens the address that stands there, in the browser of the user."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QLineEdit

from ui.i18n import translate
from ui.icons import icon

SCHEMES = ("http", "https")


def address_of(text: str) -> QUrl | None:
    """Return the address of the web that a text is; None for any other text: a form opens no file and no program."""
    url = QUrl(text.strip(), QUrl.ParsingMode.StrictMode)
    return url if url.isValid() and url.scheme() in SCHEMES and url.host() else None


def add_opener(line: QLineEdit) -> QAction:
    """Put the button in the field; it is enabled while the text is an address."""
    action = QAction(icon("external-link", "text2"), translate("Entry", "Ouvrir l’adresse dans le navigateur"), line)

    def follow(text: str) -> None:
        action.setEnabled(address_of(text) is not None)

    def open_address() -> None:
        url = address_of(line.text())
        if url is not None:
            QDesktopServices.openUrl(url)

    action.triggered.connect(open_address)
    line.textChanged.connect(follow)
    line.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
    follow(line.text())
    return action
