# SPDX-License-Identifier: EUPL-1.2
"""« Nouvelle collecte » : which form, for which commune, and the questionnaire opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QWidget

from fieldkit.encryption import plain_version
from ui.i18n import translate
from ui.known_forms import APPLICATION, DIAGNOSTIC, to_fill
from ui.screens.destination import account_select, offered_by
from ui.widgets.choices import RadioTile
from ui.widgets.dialogs import Dialog
from ui.widgets.fields import Select
from ui.widgets.layout import Flowing, column, scrolled
from ui.widgets.text import label

if TYPE_CHECKING:
    from fieldkit.store import BlankForm
    from ui.kit import Kit


class NewRecordDialog(Dialog):
    """The forms on this computer as tiles, the communes of the territory in a list."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("NewRecord", "Nouvelle collecte"),
            translate("NewRecord", "Ces questionnaires sont sur cet ordinateur et se remplissent sans réseau."),
            parent,
            icon="clipboard-list",
            kind="ok",
        )
        self.kit = kit
        kit.install_forms()
        self.forms = sorted(to_fill(kit.store), key=lambda form: form.form_id != DIAGNOSTIC)
        self.tiles = QButtonGroup(self)
        tiles = column(spacing=7)
        for number, form in enumerate(self.forms):
            tile = RadioTile(form.title, description=_describe(kit, form))
            tile.setChecked(number == 0)
            self.tiles.addButton(tile, number)
            tiles.addWidget(tile)
        tiles.addStretch(1)
        holder = Flowing()
        holder.setLayout(tiles)
        area = scrolled(holder)
        area.setMinimumSize(520, min(328, 82 * max(1, len(self.forms))))
        self.body.addWidget(area)
        self.communes = Select(name=translate("NewRecord", "Commune"))
        self._fill_communes()
        self.body.addLayout(column(label(translate("NewRecord", "Commune"), "strong"), self.communes, spacing=4))
        self._accounts = QWidget()
        self._accounts.setLayout(column(spacing=4))
        self.body.addWidget(self._accounts)
        self.account: Select | None = None
        self.tiles.idToggled.connect(self._on_form)
        self._on_form(0, on=bool(self.forms))
        self.add_button(translate("NewRecord", "Annuler"))
        begin = self.add_button(translate("NewRecord", "Commencer"), "yes", "primary", "arrow-right")
        begin.setEnabled(bool(self.forms))

    def _on_form(self, number: int, on: bool) -> None:
        """Ask for the account where several offer the form."""
        if not on:
            return
        self.account = None
        box = self._accounts.layout()
        assert box is not None  # noqa: S101 (given above)
        while (item := box.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        here = {one.account_id for one in self.kit.connection.accounts}
        choices = [one for one in self.forms[number].offers if one in here]
        self._accounts.setVisible(len(choices) > 1)
        if len(choices) > 1:
            self.account = account_select(self.kit, choices, "")
            box.addWidget(label(translate("NewRecord", "Compte qui recevra la réponse"), "strong"))
            box.addWidget(self.account)

    def _fill_communes(self) -> None:
        from fieldkit import territory

        mine = self.kit.communes()
        begun = {one.commune_nis for one in self.kit.store.instances.search(form_id=DIAGNOSTIC, limit=1000)}
        if len(mine) != 1:
            self.communes.addItem(translate("NewRecord", "À préciser dans le questionnaire"), "")
        for one in mine or territory.communes():
            self.communes.addItem(one.name, one.nis)
        fresh = next((one for one in mine if one.nis not in begun), mine[0] if mine else None)
        if fresh is not None:
            self.communes.setCurrentIndex(self.communes.findData(fresh.nis))

    def ask(self) -> None:
        """Show the dialog; begin the record and open it if the answer is yes."""
        self.exec()
        if self.answer == "yes":
            self.begin()
        self.deleteLater()

    def begin(self) -> None:
        """Begin a record of the form and the commune chosen."""
        form = self.forms[max(0, self.tiles.checkedId())]
        commune = self.communes.currentData() or ""
        whose = self.account.currentData() if self.account is not None else ""
        self.kit.record_asked.emit(self.kit.new_record(form.form_id, form.version, commune, account_id=whose))


def _describe(kit: Kit, form: BlankForm) -> str:
    origin = offered_by(kit, form)
    if form.form_id == DIAGNOSTIC:
        return translate("NewRecord", "Dix axes, version express ou complète · {origin}").format(origin=origin)
    if form.form_id == APPLICATION:
        return translate("NewRecord", "Dossier de candidature, démonstration · {origin}").format(origin=origin)
    return translate("NewRecord", "Version {version} · {origin}").format(
        version=plain_version(form.version), origin=origin
    )
