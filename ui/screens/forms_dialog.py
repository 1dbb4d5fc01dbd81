# SPDX-License-Identifier: EUPL-1.2
"""The questionnaires on this computer: where they come from, on paper to fill by hand, and how to receive new ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fieldkit.encryption import plain_version
from ui import dates, form_notes
from ui.i18n import translate
from ui.known_forms import DIAGNOSTIC, DOSSIERS
from ui.screens.destination import offered_by
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Line, column, row, scrolled
from ui.widgets.text import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldkit.store import BlankForm
    from ui.kit import Kit

VERSION_REF = "/data/identite/version"


class FormsDialog(Dialog):
    """One line a form, with its blank pages."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("Forms", "Questionnaires"),
            translate("Forms", "Tous sont sur cet ordinateur. Imprimez-en un pour le remplir à la main."),
            parent,
            icon="clipboard-list",
            kind="ok",
        )
        self.kit = kit
        kit.install_forms()
        lines = column(spacing=0)
        for banner in form_notes.banners(kit):
            lines.addWidget(banner)
            lines.addSpacing(8)
        forms = kit.store.blank_forms.list()
        for number, form in enumerate(forms):
            if number:
                lines.addWidget(Line())
            lines.addLayout(self._line(form))
        lines.addStretch(1)
        holder = QWidget()
        holder.setLayout(lines)
        area = scrolled(holder)
        area.setMinimumSize(600, min(360, 78 * max(1, len(forms))))
        self.body.addWidget(area)
        if kit.connection.accounts:
            receive = self.add_button(translate("Forms", "Recevoir les nouveaux"), icon="download")
            receive.clicked.connect(self._receive)
        self.add_button(translate("Forms", "Fermer"), kind="primary")

    def _receive(self) -> None:
        self.kit.connection.sync()

    def _line(self, form: BlankForm) -> QHBoxLayout:
        text = translate("Forms", "Version {version}, {origin} {day}").format(
            version=plain_version(form.version),
            origin=offered_by(self.kit, form),
            day=dates.relative_day(form.added_at),
        )
        reads = form.form_id == DOSSIERS
        if reads:
            text = translate("Forms", "Où en sont vos dossiers à la région, rien à remplir")
        words = column(label(form.title, "strong", wrap=True), label(text, "small", "text2", True), spacing=2)
        box = row(IconMark("inbox" if reads else "file-text"), (words, 1), spacing=12, margins=(0, 12, 8, 12))
        if reads:
            box.addWidget(self._reader())
            return box
        for word, answers in self._papers(form):
            button = Button(word, "printer")
            button.setAccessibleName(f"{word} : {form.title}")
            button.clicked.connect(partial(self.print_blank, form, answers))
            box.addWidget(button)
        return box

    def _reader(self) -> Button:
        button = Button(translate("Forms", "Consulter"), "eye")
        button.setAccessibleName(translate("Forms", "Consulter mes dossiers"))
        button.clicked.connect(self._read_dossiers)
        return button

    def _read_dossiers(self) -> None:
        from ui.screens.my_dossiers import show_dossiers

        if show_dossiers(self.kit, self):
            self.reject()  # what was chosen is behind this window

    def _papers(self, form: BlankForm) -> list[tuple[str, Mapping[str, str]]]:
        if form.form_id == DIAGNOSTIC:
            return [
                (translate("Forms", "Express"), {VERSION_REF: "express"}),
                (translate("Forms", "Complet"), {VERSION_REF: "complet"}),
            ]
        return [(translate("Forms", "Imprimer"), {})]

    def print_blank(self, form: BlankForm, answers: Mapping[str, str], _checked: bool = False) -> None:
        """Show the blank pages of a form, with these answers settled before."""
        from ui.paper import show_document

        loaded = self.kit.form(form.form_id, form.version)
        place = self.kit.territory()

        def make() -> bytes:
            from fieldkit import printing

            return printing.blank_form_pdf(loaded, answers=answers, place=place.name if place else "")

        show_document(self.kit, make, form.title, self)
