# SPDX-License-Identifier: EUPL-1.2
"""« Exporter le journal… »: a text file for whoever helps, without any secret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from ui.i18n import translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.kit import Kit

NAME = "fieldkit-journal.txt"


def ask_and_export(kit: Kit, parent: QWidget) -> None:
    """Ask where to, then export."""
    from ui.paper import proposed

    title = translate("Journal", "Exporter le journal")
    chosen, _ = QFileDialog.getSaveFileName(parent, title, proposed(NAME), "*.txt")
    if chosen:
        export(kit, Path(chosen))


def export(kit: Kit, path: Path) -> None:
    """Write the journal in a worker; the toast says what is not in it, and opens its folder. A refusal is told."""
    kit.toast(translate("Journal", "Écriture du journal…"))
    folder = kit.workspace.folder

    def work() -> None:
        from fieldkit import web_user
        from sync.journal import journal

        with kit.store.reopen() as store:
            accounts = [account.account_id for account in store.accounts.all()]
            user = web_user.known(store)
            accounts += [user.account_id] if user else []
            text = journal(store, folder, _tokens(accounts))
        path.write_text(text, "utf-8")

    def tell(_nothing: None) -> None:
        words = translate("Journal", "Journal enregistré, sans vos accès ni mots de passe : {name}")
        show = (translate("Journal", "Ouvrir le dossier"), lambda: open_folder(path.parent))
        kit.toast(words.format(name=path.name), show)

    kit.tasks.run(work, tell)


def open_folder(folder: Path) -> None:
    """Show a folder as the system does."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _tokens(accounts: list[str]) -> list[str]:
    """Return the tokens that this computer knows, to be taken out wherever they stand."""
    from fieldkit import credentials
    from fieldkit.errors import NoKeyringError

    found = []
    for account_id in accounts:
        try:
            found.append(credentials.get(account_id) or "")
        except NoKeyringError:
            continue  # what looks like a token is taken out all the same
    return found
