# SPDX-License-Identifier: EUPL-1.2
"""The bar above a section (where one is, what is saved, how to view) and the one below (where to go next)."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from fieldkit import typography
from ui import theme
from ui.entry.frame import language_tag
from ui.i18n import translate
from ui.icons import icon
from ui.widgets import Bar, Button, IconMark, KeyHint, Label, Segmented, ToolButton, row
from ui.widgets.layout import Panel

TOP = 52
TIGHT = 960
FOOT = 52
STEP_FOOT = 62
PAGE, STEPS = "page", "steps"


class TopBar(Panel):
    """Section n of m, the autosave line, the way of viewing, comment, language, menu."""

    mode_chosen = Signal(str)
    language_chosen = Signal(str)
    comment_asked = Signal()
    outline_asked = Signal()
    panel_asked = Signal()
    action_chosen = Signal(str)

    def __init__(self, languages: tuple[str, ...], language: str) -> None:
        super().__init__("surface", "bottom")
        self.outline = ToolButton("list", translate("Entry", "Sommaire (Ctrl+J)"))
        self.outline.clicked.connect(self.outline_asked)
        self.outline.hide()
        self._place = Label("", "body", "text2")
        self._disk = IconMark("hard-drive", "ok", size=18)
        self._saved = Label("", "body", "text2")
        page, steps = translate("Entry", "Page"), translate("Entry", "Une par une")
        items = [(PAGE, page, "rows-3"), (STEPS, steps, "layers")]
        self.mode = Segmented(items, name=translate("Entry", "Présentation"), height=32)
        self.mode.set_value(PAGE)
        self.mode.chosen.connect(self.mode_chosen)
        self.comment = ToolButton("message-square-text", translate("Entry", "Commentaire (Ctrl+M)"))
        self.comment.clicked.connect(self.comment_asked)
        self.language = Button(own_name(language), "languages")
        self.language.setToolTip(translate("Entry", "Langue des questions (Ctrl+L)"))
        self.language.clicked.connect(self._open_languages)
        self._tight = False
        self._saved_at: datetime | None = None
        self._languages = languages
        self._language = language
        self._more = ToolButton("ellipsis-vertical", translate("Entry", "Autres actions"))
        self._more.clicked.connect(self._open_menu)
        self._actions: list[tuple[str, str, str]] = []
        box = QHBoxLayout(self)
        box.setContentsMargins(28, 0, 14, 1)
        box.setSpacing(10)
        for item in (self.outline, self._place):
            box.addWidget(item)
        box.addStretch(1)
        box.addLayout(row(self._disk, self._saved, spacing=8))
        box.addSpacing(6)
        self.panel = ToolButton("panel-right", translate("Entry", "Plafonds et recevabilité"))
        self.panel.clicked.connect(self.panel_asked)
        for widget in (self.mode, self.comment, self.language, self.panel, self._more):
            box.addWidget(widget)
        self.language.setVisible(len(languages) > 1)
        self.fit()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedHeight(max(TOP, theme.px(TOP)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        tight = self.width() < theme.px(TIGHT)
        if tight != self._tight:
            self._tight = tight
            self._place.setVisible(not tight)  # the outline says it too
            self.set_language(self._language)
            if self._saved_at is not None:
                self.show_saved(self._saved_at)

    def show_place(self, text: str) -> None:
        """Say which section this is."""
        self._place.setText(text)

    def show_saved(self, at: datetime | None, *, failed: bool = False) -> None:
        """Say when the last answer reached the disk, or that it has not."""
        self._disk.set_icon("triangle-alert" if failed else "hard-drive", "err_fg" if failed else "ok")
        self._saved.set_role("err_fg" if failed else "text2")
        if failed:
            self._saved.setText(translate("Entry", "Pas encore enregistré"))
        elif at is not None:
            clock = typography.clock(at.astimezone())
            full = translate("Entry", "Enregistré sur cet ordinateur à {}").format(clock)
            self._saved.setText(translate("Entry", "Enregistré à {}").format(clock) if self._tight else full)
            self._saved.setToolTip(full)
        self._saved_at = at

    def set_language(self, language: str) -> None:
        """Name the language of the questions."""
        self._language = language
        self.language.set_text(language_tag(language) if self._tight else own_name(language))
        self.language.setAccessibleName(own_name(language))

    def set_actions(self, actions: list[tuple[str, str, str]]) -> None:
        """Fill the menu: (name, words, icon) each; an empty name is a line between."""
        self._actions = actions

    def _open_languages(self) -> None:
        menu = QMenu(self)
        for language in self._languages:
            action = menu.addAction(own_name(language))
            action.setCheckable(True)
            action.setChecked(language == self._language)
            action.triggered.connect(lambda _checked=False, language=language: self.language_chosen.emit(language))
        _pop(menu, self.language)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for name, words, mark in self._actions:
            if not name:
                menu.addSeparator()
                continue
            action = menu.addAction(icon(mark, "text2"), words)
            action.triggered.connect(lambda _checked=False, name=name: self.action_chosen.emit(name))
        _pop(menu, self._more)


class FootBar(Panel):
    """The previous section, the keys, the next section; each named."""

    previous_asked = Signal()
    next_asked = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "top")
        self.previous = Button("", "arrow-left", "ghost")
        self.next = Button("", kind="primary", trailing_icon="arrow-right")
        self.previous.clicked.connect(self.previous_asked)
        self.next.clicked.connect(self.next_asked)
        self._hints = QWidget()
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.setSpacing(16)
        for key, meaning in (
            (translate("Entry", "Entrée"), translate("Entry", "question suivante")),
            ("1…9", translate("Entry", "choisir")),
            ("F8", translate("Entry", "erreur suivante")),
        ):
            hints.addWidget(KeyHint(key, meaning))
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 1, 24, 0)
        box.addWidget(self.previous)
        box.addStretch(1)
        box.addWidget(self._hints)
        box.addStretch(1)
        box.addWidget(self.next)
        self.fit()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedHeight(max(FOOT, theme.px(FOOT)))

    def show_ways(self, previous: str, following: str) -> None:
        """Name where both buttons lead; `""` hides the one at the left."""
        self.previous.set_text(_short(previous))
        self.previous.setToolTip(translate("Entry", "Section précédente (Ctrl+↑)"))
        self.previous.setVisible(bool(previous))
        self.next.set_text(_short(following))
        self.next.setToolTip(translate("Entry", "Section suivante (Ctrl+↓)"))
        self._fit_hints()

    def resizeEvent(self, event: object) -> None:
        """Leave the hints out where they would squeeze the buttons."""
        del event
        self._fit_hints()

    def _fit_hints(self) -> None:
        wanted = self.previous.sizeHint().width() + self.next.sizeHint().width() + self._hints.sizeHint().width()
        self._hints.setVisible(wanted + 80 < self.width())


class StepFoot(Panel):
    """The foot of « Une par une »: previous, where one is, skip, next."""

    previous_asked = Signal()
    next_asked = Signal()
    skip_asked = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "top")
        self.previous = Button(translate("Entry", "Précédente"), "arrow-left")
        self.skip = Button(translate("Entry", "Passer"), kind="ghost")
        self.next = Button(translate("Entry", "Suivante"), kind="primary", trailing_icon="arrow-right")
        self._place = Label("", "body", "text2")
        for button, signal in (
            (self.previous, self.previous_asked),
            (self.skip, self.skip_asked),
            (self.next, self.next_asked),
        ):
            button.clicked.connect(signal)
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 1, 24, 0)
        box.setSpacing(20)
        box.addWidget(self.previous)
        box.addStretch(1)
        box.addWidget(self._place)
        box.addStretch(1)
        box.addWidget(self.skip)
        box.addWidget(self.next)
        self.fit()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedHeight(max(STEP_FOOT, theme.px(STEP_FOOT)))

    def show_place(self, position: int, count: int, *, first: bool, last: bool) -> None:
        """Say which question this is."""
        self._place.setText(translate("Entry", "Question {} sur {}").format(position, count))
        self.previous.setEnabled(not first)
        self.next.set_text(translate("Entry", "Vérifier") if last else translate("Entry", "Suivante"))


def thin_progress() -> Bar:
    """Return the line of progress that lies under the top bar of « Une par une »."""
    return Bar(0, height=4)


def own_name(language: str) -> str:
    """Return the name of a form's language without its code: « Français (fr) » gives « Français »."""
    return language.partition(" (")[0] or translate("Entry", "Langue")


def _short(title: str, limit: int = 34) -> str:
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "…"


def _pop(menu: QMenu, button: QWidget) -> None:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    place = button.mapToGlobal(QPoint(button.width(), button.height() + 4))
    menu.popup(place - QPoint(menu.sizeHint().width(), 0))
