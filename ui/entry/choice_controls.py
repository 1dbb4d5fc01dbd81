# SPDX-License-Identifier: EUPL-1.2
"""Choices as tiles: one answer (radio) or several (check), and the agreement that a trigger asks for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QWidget

from forms.views import Choice, NodeView
from ui.entry.control import Control, Setting
from ui.entry.markdown import to_plain_text
from ui.i18n import translate
from ui.widgets import ChoiceTile
from ui.widgets.choices import CheckTile, RadioTile

SHORT_LABEL = 28
TILES = 7
COMPACT_HEIGHT = 36
TILE_HEIGHT = 42
TOUCH_HEIGHT = 60
MAX_COLUMNS = 4
AGREED = "OK"


class TilesControl(Control):
    """Tiles in reading order; digit keys 1 to 9 choose, Delete takes the answer away."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self._exclusive = node.control == "select1"
        self._group = QButtonGroup(self)
        self._group.setExclusive(self._exclusive)
        self._tiles: list[RadioTile | CheckTile] = []
        self._values: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setSpacing(9 if not setting.touch else 11)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the chosen tile, else the first."""
        checked = [tile for tile in self._tiles if tile.isChecked()]
        return (checked or self._tiles)[0] if self._tiles else self

    def targets(self) -> list[QWidget]:
        """Name the group; each tile keeps its own label as its name."""
        return [self]

    def current(self) -> str:
        """Return the values chosen, in the order of the list."""
        return " ".join(v for v, tile in zip(self._values, self._tiles, strict=True) if tile.isChecked())

    def show_node(self, node: NodeView) -> None:
        """Show the list as it is now, and what is chosen."""
        self.node = node
        choices = self.setting.choices(node.ref)
        if [choice.value for choice in choices] != self._values:
            self._build(choices)
        else:
            for tile, choice in zip(self._tiles, choices, strict=True):
                label = to_plain_text(choice.label.value)
                if tile.label != label:
                    tile.set_label(label)
        chosen = set(node.value.split())
        self._group.setExclusive(False)  # else nothing could be unchecked
        for value, tile in zip(self._values, self._tiles, strict=True):
            if tile.isChecked() != (value in chosen):
                tile.setChecked(value in chosen)
        self._group.setExclusive(self._exclusive)

    def press_digit(self, digit: int) -> bool:
        """Click the n-th tile."""
        if digit > len(self._tiles):
            return False
        tile = self._tiles[digit - 1]
        tile.setFocus(Qt.FocusReason.ShortcutFocusReason)
        tile.click()
        return True

    def clear_answer(self) -> bool:
        """Uncheck everything."""
        if self.node.value:
            self.answered.emit("")
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace take the answer away."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.clear_answer()
        else:
            super().keyPressEvent(event)

    def _build(self, choices: Sequence[Choice]) -> None:
        for tile in self._tiles:
            self._group.removeButton(tile)
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._values = [choice.value for choice in choices]
        self._tiles = [self._tile(position, choice) for position, choice in enumerate(choices, start=1)]
        columns = self._columns()
        for position, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, position // columns, position % columns)
            self._group.addButton(tile, position)
            tile.clicked.connect(self.commit)
        for column in range(MAX_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _tile(self, position: int, choice: Choice) -> RadioTile | CheckTile:
        compact = len(self._values) > TILES
        height = TOUCH_HEIGHT if self.setting.touch else COMPACT_HEIGHT if compact else TILE_HEIGHT
        hint = "" if compact or position > 9 else str(position)
        label = to_plain_text(choice.label.value)
        return ChoiceTile(label, self._exclusive, hint, height=height, percent=self.setting.percent)

    def _columns(self) -> int:
        asked = next((a for a in self.node.appearance if a.startswith("columns")), "")
        number = asked.removeprefix("columns-").removeprefix("columns")
        if self.setting.touch and len(self._tiles) <= TILES:
            return 1
        if number.isdigit():
            return max(1, min(MAX_COLUMNS, int(number)))
        return 2 if asked or all(len(tile.label) < SHORT_LABEL for tile in self._tiles) else 1


class AgreeControl(Control):
    """A trigger (`acknowledge`): one box to tick."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        height = TOUCH_HEIGHT if setting.touch else TILE_HEIGHT
        self._tile = ChoiceTile(translate("Entry", "Je confirme"), False, "1", height=height, percent=setting.percent)
        box = QGridLayout(self)
        box.setContentsMargins(0, 2, 0, 0)
        box.addWidget(self._tile, 0, 0)
        box.setColumnStretch(0, 1)
        box.setColumnStretch(1, 1)
        self._tile.clicked.connect(self.commit)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the box."""
        return self._tile

    def current(self) -> str:
        """Return `OK` when ticked."""
        return AGREED if self._tile.isChecked() else ""

    def show_node(self, node: NodeView) -> None:
        """Tick or untick."""
        self.node = node
        self._tile.setChecked(bool(node.value))

    def press_digit(self, digit: int) -> bool:
        """1 ticks and unticks."""
        if digit == 1:
            self._tile.click()
        return digit == 1
