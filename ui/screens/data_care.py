# SPDX-License-Identifier: EUPL-1.2
"""Taking care of the data: where they are, the copies, a backup elsewhere, the bin."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from fieldkit import typography
from ui import dates
from ui.i18n import plural, translate
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, Line, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from ui.kit import Kit


class DataCard(Card):
    """The card « Vos données »."""

    def __init__(self, kit: Kit) -> None:
        head = row(IconMark("hard-drive", "primary"), label(translate("Data", "Vos données"), "h3"), None, spacing=10)
        super().__init__(head, spacing=10)
        self.kit = kit
        self.place = Label("", "small", "text2", True)
        self.copies = Label("", "body", "text", True)
        self.bin = Label("", "body", "text", True)
        show = Button(translate("Data", "Ouvrir le dossier"), "folder-open")
        show.clicked.connect(self._open_folder)
        copy = Button(translate("Data", "Sauvegarder ici"), "save")
        copy.clicked.connect(self.copy_here)
        elsewhere = Button(translate("Data", "Sauvegarder ailleurs…"), "usb")
        elsewhere.clicked.connect(self._ask_elsewhere)
        self._restore = Button(translate("Data", "Récupérer"), "undo-2")
        self._restore.clicked.connect(self._show_bin)
        self.body.addLayout(row((self.place, 1), show))
        self.body.addWidget(Line())
        self.body.addLayout(row((self.copies, 1), copy, elsewhere))
        self.body.addWidget(Line())
        self.body.addLayout(row((self.bin, 1), self._restore))
        self.refresh()

    def refresh(self) -> None:
        """Read the folder and the bin."""
        from fieldkit.store import copied_at, copies_of

        path = self.kit.store.path
        size = typography.byte_size(path.stat().st_size) if path.exists() else ""
        self.place.setText(translate("Data", "{folder} · {size}").format(folder=path.parent, size=size))
        copies = copies_of(path)
        if copies:
            when = dates.saved_at(copied_at(copies[0]))
            text = plural(
                len(copies),
                translate("Data", "{n} copie, la dernière {when}"),
                translate("Data", "{n} copies, la dernière {when}"),
            ).format(n=len(copies), when=when)
        else:
            text = translate("Data", "Pas encore de copie : la première se fait demain, ou maintenant.")
        self.copies.setText(text)
        count = len(self.kit.store.instances.bin())
        words = plural(
            count,
            translate("Data", "{n} brouillon dans la corbeille"),
            translate("Data", "{n} brouillons dans la corbeille"),
        )
        self.bin.setText(words.format(n=count) if count else translate("Data", "La corbeille est vide"))
        self._restore.setEnabled(bool(count))

    def _open_folder(self) -> None:
        from ui.journal import open_folder

        open_folder(self.kit.workspace.folder)

    def copy_here(self) -> None:
        """Make a dated copy beside the database."""
        self._copy(None)

    def _ask_elsewhere(self) -> None:
        title = translate("Data", "Où enregistrer la sauvegarde ?")
        folder = QFileDialog.getExistingDirectory(self, title, str(Path.home()))
        if folder:
            self._copy(Path(folder))

    def _copy(self, folder: Path | None) -> None:
        path = self.kit.store.path
        store = self.kit.store

        def work() -> Path:
            with store.reopen() as own:
                made = own.copy_now()
            if folder is None:
                return made
            target = folder / f"sauvegarde-{made.name}"
            shutil.copyfile(made, target)
            files = path.parent / "instances"
            if files.is_dir():
                shutil.copytree(files, folder / f"{target.stem}-fichiers", dirs_exist_ok=True)
            return target

        self.kit.tasks.run(work, self._on_copied)

    def _on_copied(self, path: Path) -> None:
        self.refresh()
        self.kit.toast(translate("Data", "Sauvegarde faite : {name}").format(name=path.name))

    def _show_bin(self) -> None:
        dialog = Dialog(
            translate("Data", "Corbeille"),
            translate("Data", "Les brouillons supprimés restent ici trente jours."),
            self.window(),
            icon="trash-2",
        )
        for one in self.kit.store.instances.bin():
            back = Button(translate("Data", "Récupérer"), "undo-2")
            words = f"{one.name} · {dates.relative_day(one.changed_at)}"
            back.setAccessibleName(f"{translate('Data', 'Récupérer')} : {words}")
            back.clicked.connect(partial(self._bring_back, one.instance_id, back))
            dialog.body.addLayout(row((label(words, "body", wrap=True), 1), back))
        dialog.add_button(translate("Data", "Fermer"), kind="primary")
        dialog.exec()
        dialog.deleteLater()
        self.refresh()

    def _bring_back(self, instance_id: str, button: Button) -> None:
        self.kit.store.instances.restore(instance_id)
        button.setEnabled(False)
        button.set_text(translate("Data", "Récupéré"))
        self.kit.records_changed.emit()
