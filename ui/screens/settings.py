# SPDX-License-Identifier: EUPL-1.2
"""« Réglages » : one column of the same tiles as the first steps; every choice is kept at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from fieldkit import settings
from ui import i18n, theme
from ui.i18n import LANGUAGES, translate
from ui.screens.about import about_card
from ui.screens.accounts import AccountsCard
from ui.screens.data_care import DataCard
from ui.screens.pack_trust import TrustCard
from ui.screens.page import Page
from ui.screens.territory_picker import TerritoryPicker
from ui.screens.today import place_title
from ui.widgets.buttons import Button, Segmented
from ui.widgets.choices import CheckTile
from ui.widgets.dialogs import Dialog
from ui.widgets.fields import Field
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from ui.kit import Kit

WIDTH = 744


class SettingsScreen(Page):
    """Cards by subject; `show_target("account")` or `("territory")` brings one into view."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(translate("Settings", "Réglages"))
        self.kit = kit
        self.subtitle.setText(translate("Settings", "Chaque choix est enregistré aussitôt sur cet ordinateur."))
        self.territory_text = Label("", "body", "text2", True)
        self.account_card = AccountsCard(kit)
        self.data_card = DataCard(kit)
        self.territory_card = self._territory_card()
        content = QWidget()
        content.setMaximumWidth(theme.px(WIDTH))
        content.setLayout(
            column(
                self._language_card(),
                self._look_card(),
                self._person_card(),
                self.territory_card,
                self.account_card,
                TrustCard(kit),
                self.data_card,
                about_card(),
                None,
                spacing=14,
                margins=(0, 0, 8, 0),
            )
        )
        self._area = self.show_content(row((content, 100), (column(), 1), spacing=0))

    def refresh(self) -> None:
        """Read what may have changed elsewhere."""
        place = self.kit.territory()
        words = place_title(place.level, place.name) if place else translate("Settings", "Pas encore choisi")
        if place is not None and len(place.communes) > 1:
            words += " · " + translate("Settings", "{n} communes").format(n=len(place.communes))
        self.territory_text.setText(words)
        self.text_size.set_value(str(theme.text_scale()))
        self.account_card.refresh()
        self.data_card.refresh()

    def show_target(self, target: object) -> None:
        """Bring a card into view."""
        card = {"account": self.account_card, "territory": self.territory_card}.get(str(target))
        if card is not None:
            QTimer.singleShot(0, partial(self._area.ensureWidgetVisible, card, 0, 80))

    def _language_card(self) -> Card:
        languages = Segmented(LANGUAGES.items(), name=translate("Settings", "Langue"))
        languages.set_value(self.kit.settings.get(settings.LANGUAGE))
        languages.chosen.connect(self._on_language)
        note = translate("Settings", "Les questionnaires s’affichent dans cette langue s’ils sont traduits.")
        if not all(map(i18n.is_complete, LANGUAGES)):
            note += " " + translate("Settings", "Les écrans sont en français pour l’instant.")
        return Card(_head("languages", translate("Settings", "Langue")), languages, _note(note), spacing=10)

    def _on_language(self, code: str) -> None:
        i18n.load(code)
        self.kit.set(settings.LANGUAGE, code)

    def _look_card(self) -> Card:
        themes = Segmented(
            (
                ("auto", translate("Settings", "Automatique"), "monitor"),
                ("light", translate("Settings", "Clair"), "sun"),
                ("dark", translate("Settings", "Sombre"), "moon"),
                ("sun", translate("Settings", "Plein soleil"), "sun-medium"),
            ),
            name=translate("Settings", "Apparence"),
        )
        themes.set_value(self.kit.settings.get(settings.THEME))
        themes.chosen.connect(self._on_theme)
        self.text_size = Segmented(
            tuple((str(size), f"{size}\u00a0%") for size in theme.TEXT_SCALES),
            name=translate("Settings", "Taille du texte"),
        )
        self.text_size.set_value(str(theme.text_scale()))
        self.text_size.chosen.connect(self._on_text_size)
        readable = CheckTile(
            translate("Settings", "Police très lisible"),
            description=translate("Settings", "Atkinson Hyperlegible Next, dessinée pour les basses visions."),
        )
        readable.setChecked(self.kit.settings.get(settings.READABLE_FONT))
        readable.toggled.connect(self._on_readable)
        return Card(
            _head("palette", translate("Settings", "Apparence")),
            themes,
            _note(translate("Settings", "Ctrl+Alt+S passe en « Plein soleil » et en revient.")),
            4,
            label(translate("Settings", "Taille du texte"), "strong"),
            self.text_size,
            readable,
            spacing=10,
        )

    def _on_theme(self, name: str) -> None:
        self.kit.set(settings.THEME, name)
        theme.apply(_app(), name)

    def _on_text_size(self, percent: str) -> None:
        self.kit.set(settings.TEXT_SIZE, int(percent))
        theme.set_text_scale(_app(), int(percent))

    def _on_readable(self, on: bool) -> None:
        self.kit.set(settings.READABLE_FONT, on)
        theme.set_readable_font(_app(), on)

    def _person_card(self) -> Card:
        name = Field(self.kit.settings.get(settings.AGENT_NAME), name=translate("Settings", "Nom"))
        email = Field(self.kit.settings.get(settings.AGENT_EMAIL), name=translate("Settings", "Courriel"))
        name.editingFinished.connect(lambda: self.kit.set(settings.AGENT_NAME, name.text().strip()))
        email.editingFinished.connect(lambda: self.kit.set(settings.AGENT_EMAIL, email.text().strip()))
        fields = row(
            (column(label(translate("Settings", "Nom"), "strong"), name, spacing=4), 1),
            (column(label(translate("Settings", "Courriel"), "strong"), email, spacing=4), 1),
            spacing=12,
        )
        note = _note(
            translate("Settings", "Repris dans les questionnaires qui les demandent, pour ne pas les retaper.")
        )
        return Card(_head("user", translate("Settings", "Vous")), fields, note, spacing=10)

    def _territory_card(self) -> Card:
        change = Button(translate("Settings", "Changer"), "map-pin")
        change.clicked.connect(self._choose_territory)
        line = row((self.territory_text, 1), change)
        return Card(_head("map", translate("Settings", "Territoire")), line, spacing=10)

    def _choose_territory(self) -> None:
        dialog = Dialog(translate("Settings", "Votre territoire"), parent=self.window())
        picker = TerritoryPicker()
        picker.setMinimumHeight(380)
        picker.set_value(self.kit.settings.get(settings.TERRITORY_KIND), self.kit.settings.get(settings.TERRITORY_ID))
        dialog.body.addWidget(picker)
        dialog.add_button(translate("Settings", "Annuler"))
        dialog.add_button(translate("Settings", "Choisir"), "yes", "primary")
        picker.accepted.connect(lambda: dialog.choose("yes"))
        picker.search.setFocus()
        dialog.exec()
        kind, code = picker.value()
        if dialog.answer == "yes" and kind:
            self.kit.settings.set(settings.TERRITORY_KIND, kind)
            self.kit.set(settings.TERRITORY_ID, code)
            self.refresh()
        dialog.deleteLater()


def _head(icon: str, title: str) -> QHBoxLayout:
    return row(IconMark(icon, "primary"), label(title, "h3"), None, spacing=10)


def _note(text: str) -> Label:
    return label(text, "small", "text2", True)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 - a screen needs one
    return app
