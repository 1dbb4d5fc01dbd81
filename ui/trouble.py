# SPDX-License-Identifier: EUPL-1.2
"""Where errors end that no screen showed in its own place: a dialog with cause and way out, never silence."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui import logbook, messages
from ui.i18n import translate
from ui.said import fold_of, said_by
from ui.widgets.dialogs import Dialog
from ui.widgets.feedback import announce
from ui.widgets.text import label


def trouble_dialog(parent: QWidget | None, error: Exception, folder: Path) -> Dialog:
    """Return the dialog for an error; a bug is written to the log first and the dialog shows where."""
    message = messages.sentence(error)
    expected = messages.is_expected(error) and message.action != "bug"
    if not expected:
        logbook.report(error)
    icon, kind = ("circle-alert", "draft") if expected else ("triangle-alert", "err")
    dialog = Dialog(message.title, message.text, parent, icon=icon, kind=kind)
    said = said_by(error)
    if said is not None:
        dialog.body.addWidget(fold_of(said))
    if not expected:
        path = str(folder / logbook.NAME)
        shown = label(translate("Trouble", "Journal : {path}").format(path=path), "small", "text2", True)
        dialog.body.addWidget(shown)
        copy = dialog.add_button(translate("Trouble", "Copier le chemin"), "copy", icon="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(path))
    dialog.add_button(translate("Trouble", "Fermer"), kind="primary")
    return dialog


def show_trouble(parent: QWidget | None, error: Exception, folder: Path) -> None:
    """Tell the user about an error and wait until the dialog is closed."""
    dialog = trouble_dialog(parent, error, folder)
    announce(dialog, messages.sentence(error).line)
    dialog.exec()
    dialog.deleteLater()
