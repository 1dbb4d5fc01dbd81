# SPDX-License-Identifier: EUPL-1.2
"""The three first steps: language, territory, account. « Sans compte » is chosen already; nothing leaves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from fieldkit import settings
from fieldkit.framework import LANGUAGES as FORM_LANGUAGES
from ui import i18n, theme
from ui.i18n import LANGUAGES, translate
from ui.navigation import paint_logo
from ui.screens.account_form import AccountForm
from ui.screens.territory_picker import TerritoryPicker
from ui.widgets.buttons import Button, Segmented
from ui.widgets.choices import RadioTile
from ui.widgets.layout import column, row
from ui.widgets.painting import painter_of, rounded
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from ui.kit import Kit

WIDTH = 640
STEPS = 3
HEIGHTS = (548, 640, 560)


class _Logo(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        paint_logo(painter, QRectF(self.rect()))
        painter.end()


class Stepper(QWidget):
    """Three bars; those done and the present one are green."""

    def __init__(self) -> None:
        super().__init__()
        self._step = 1
        self.setFixedHeight(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_step(self, step: int) -> None:
        """Show step 1 to 3."""
        self._step = step
        self.setAccessibleName(translate("FirstRun", "Étape {n} sur {total}").format(n=step, total=STEPS))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        del event
        painter = painter_of(self)
        width = (self.width() - 8 * (STEPS - 1)) / STEPS
        for number in range(STEPS):
            role = "primary" if number < self._step else "track"
            rounded(painter, QRectF(number * (width + 8), 0, width, 6), 3, theme.color(role))
        painter.end()


class FirstRunScreen(QWidget):
    """The steps, one page each; `finished` when the user may begin."""

    finished = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.setAccessibleName(translate("FirstRun", "Premiers pas"))
        self._stepper = Stepper()
        self._step_words = Label("", "small", "text2")
        self._title = Label("", "h1", wrap=True)
        self._text = Label("", "body", "text2", True)
        self._pages = QStackedWidget()
        self.territory = TerritoryPicker()
        self.account = AccountForm(kit)
        self.languages = QButtonGroup(self)
        for page in (self._language_page(), self.territory, self.account):
            self._pages.addWidget(page)
        self.back = Button(translate("FirstRun", "Retour"), "arrow-left")
        self.skip = Button(translate("FirstRun", "Passer"), kind="ghost")
        self.next = Button("", kind="primary", trailing_icon="arrow-right")
        self.back.clicked.connect(lambda: self.show_step(self._pages.currentIndex()))
        self.skip.clicked.connect(self._go_on)
        self.next.clicked.connect(self._on_next)
        self.territory.accepted.connect(self._on_next)
        self.territory.chosen.connect(lambda kind, _code: self.next.setEnabled(bool(kind)))
        self._build()
        kind, code = kit.settings.get(settings.TERRITORY_KIND), kit.settings.get(settings.TERRITORY_ID)
        self.territory.set_value(kind, code)
        self.show_step(1)

    def _build(self) -> None:
        self.segmented = Segmented(LANGUAGES.items(), name=translate("FirstRun", "Langue"), height=32)
        self.segmented.set_value(self.kit.settings.get(settings.LANGUAGE))
        self.segmented.chosen.connect(self._on_language)
        head = row(_Logo(), 4, label("Field Kit", "h2"), None, self.segmented)
        words = column(self._step_words, self._title, self._text, spacing=5)
        feet = row(self.back, None, self.skip, self.next)
        self._frame = frame = QWidget()
        frame.setMaximumWidth(theme.px(WIDTH))
        frame.setLayout(column(head, 12, self._stepper, 4, words, 4, (self._pages, 1), 8, feet, spacing=8))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.addStretch(1)
        box.addLayout(row(None, (frame, 20), None), 20)
        box.addStretch(1)

    def _language_page(self) -> QWidget:
        page = QWidget()
        box = column(spacing=7)
        chosen = self.kit.settings.get(settings.LANGUAGE)
        for code, name in LANGUAGES.items():
            if i18n.is_complete(code):
                text = translate("FirstRun", "Écrans et questionnaires")
            elif code not in FORM_LANGUAGES:
                text = translate("FirstRun", "Écrans et questionnaires restent en français pour l’instant")
            else:
                text = translate("FirstRun", "Questionnaires traduits ; les écrans restent en français pour l’instant")
            tile = RadioTile(name, description=text)
            tile.setChecked(code == chosen)
            tile.clicked.connect(lambda _on=False, code=code: self._on_language(code))
            tile.setObjectName(code)
            self.languages.addButton(tile)
            box.addWidget(tile)
        box.addStretch(1)
        page.setLayout(box)
        return page

    def show_step(self, step: int) -> None:
        """Show step 1 to 3."""
        self._pages.setCurrentIndex(step - 1)
        self._frame.setMaximumHeight(theme.px(HEIGHTS[step - 1]))
        self._stepper.set_step(step)
        self._step_words.setText(translate("FirstRun", "Étape {n} sur {total}").format(n=step, total=STEPS))
        titles = (
            (
                translate("FirstRun", "Choisissez votre langue"),
                translate("FirstRun", "Vous pourrez en changer à tout moment dans les réglages."),
            ),
            (
                translate("FirstRun", "Où travaillez-vous ?"),
                translate("FirstRun", "Votre commune, ou votre groupe d’action locale avec toutes ses communes."),
            ),
            (
                translate("FirstRun", "Relier Field Kit à la région"),
                translate("FirstRun", "Rien n’est envoyé tant que vous ne l’avez pas décidé."),
            ),
        )
        title, text = titles[step - 1]
        self._title.setText(title)
        self._text.setText(text)
        self.back.setVisible(step > 1)
        self.skip.setVisible(step == 2)
        self.next.set_text(translate("FirstRun", "Commencer") if step == STEPS else translate("FirstRun", "Suivant"))
        self.next.setEnabled(step != 2 or bool(self.territory.value()[0]))
        if step == 2:
            self.territory.search.setFocus(Qt.FocusReason.TabFocusReason)
        self.segmented.setVisible(step != 1)

    def _on_language(self, code: str) -> None:
        self.kit.settings.set(settings.LANGUAGE, code)
        self.segmented.set_value(code)
        for tile in self.languages.buttons():
            tile.setChecked(tile.objectName() == code)
        before = i18n.current()
        i18n.load(code)
        if i18n.current() != before:
            self.kit.settings_changed.emit(settings.LANGUAGE.key)

    def _on_next(self) -> None:
        step = self._pages.currentIndex() + 1
        if step == 2:
            kind, code = self.territory.value()
            self.kit.settings.set(settings.TERRITORY_KIND, kind)
            self.kit.set(settings.TERRITORY_ID, code)
        if step < STEPS:
            self.show_step(step + 1)
            return
        self.next.setEnabled(False)
        self.account.submit(self._finish, lambda: self.next.setEnabled(True))

    def _go_on(self) -> None:
        self.show_step(STEPS)

    def _finish(self) -> None:
        self.kit.set(settings.FIRST_RUN_DONE, True)
        self.finished.emit()
