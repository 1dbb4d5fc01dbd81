# SPDX-License-Identifier: EUPL-1.2
"""What is shown when the workspace cannot be opened: cause, way out, and a copy where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.errors import StoreDamaged
from ui import dates
from ui.i18n import translate
from ui.messages import sentence
from ui.widgets.dialogs import Dialog
from ui.widgets.text import label

if TYPE_CHECKING:
    from fieldkit.settings import SettingsWarning


def opening_dialog(error: Exception, folder: Path) -> Dialog:
    """Return the dialog; its answer is "retry", "restore" or "" to give up."""
    message = sentence(error)
    dialog = Dialog(message.title, message.text, icon="circle-alert", kind="draft")
    if message.action == "restore" and isinstance(error, StoreDamaged):
        from fieldkit.store import copied_at

        when = dates.moment(copied_at(error.copies[0]))
        dialog.add_button(translate("Opening", "Fermer"))
        word = translate("Opening", "Reprendre la copie du {when}").format(when=when)
        dialog.add_button(word, "restore", "primary", "history")
    elif message.action == "retry":
        dialog.add_button(translate("Opening", "Fermer"))
        dialog.add_button(translate("Opening", "Réessayer"), "retry", "primary", "refresh-cw")
    else:
        dialog.add_button(translate("Opening", "Fermer"), kind="primary")
    dialog.body.addWidget(label(str(folder), "small", "text3", True))
    return dialog


def settings_warning(warning: SettingsWarning) -> str:
    """Return what to say about a settings file that could not be read."""
    if warning.kept_aside is not None:
        return translate("Opening", "Réglages illisibles : remis à neuf, l’ancien fichier est gardé à côté")
    return translate("Opening", "Un réglage ne convenait plus : remis à sa valeur de départ")
