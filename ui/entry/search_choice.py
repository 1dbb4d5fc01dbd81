# SPDX-License-Identifier: EUPL-1.2
"""Long lists (the 261 communes): type a few letters, with or without accents, and pick."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QStringListModel, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldkit.folding import fold
from forms.views import Choice, NodeView
from ui import icons, theme
from ui.entry.control import Control, Setting, set_property
from ui.entry.markdown import to_plain_text
from ui.entry.text_controls import FIELD_HEIGHT
from ui.i18n import translate
from ui.widgets import Button
from ui.widgets.painting import painter_of

SHOWN_ROWS = 10
LINE_WIDTH = 600
WIDTH = 420
_FOLDED = Qt.ItemDataRole.UserRole.value + 1


class _Names(QStringListModel):
    """The labels; completion reads them without accents nor capitals."""

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == _FOLDED:
            return fold(str(super().data(index, Qt.ItemDataRole.DisplayRole)))
        return super().data(index, role)


class _Completer(QCompleter):
    def splitPath(self, path: str) -> list[str]:  # noqa: N802 (Qt override)
        return [fold(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # noqa: N802 (Qt override)
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class SearchCombo(QLineEdit):
    """A field over a long list. `picked(value)` tells the entry chosen, `""` when the field is emptied."""

    picked = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font("body", percent=setting.percent))
        self.setMinimumHeight(theme.px(FIELD_HEIGHT * setting.percent / 100))
        self.setTextMargins(0, 0, 24, 0)
        self.setPlaceholderText(translate("Entry", "Tapez les premières lettres"))
        self._values: dict[str, str] = {}
        self._names = _Names(self)
        completer = _Completer(self._names, self)
        completer.setCompletionRole(_FOLDED)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(SHOWN_ROWS)
        completer.activated[str].connect(self._take)  # type: ignore[index]  # overloads are missing in the stubs
        self.setCompleter(completer)
        self.editingFinished.connect(self._settle)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these; labels that occur twice get their value beside them."""
        self._values = {}
        for choice in choices:
            label = to_plain_text(choice.label.value)
            self._values[f"{label} ({choice.value})" if label in self._values else label] = choice.value
        if self._names.stringList() != list(self._values):
            self._names.setStringList(list(self._values))

    def label_of(self, value: str) -> str:
        """Return the label of a value, the value itself if the list does not offer it."""
        return next((label for label, own in self._values.items() if own == value), value)

    def value(self) -> str | None:
        """Return the value of what is typed, None if it names no entry (or several)."""
        typed = fold(self.text().strip())
        if not typed:
            return ""
        exact = [value for label, value in self._values.items() if fold(label) == typed]
        near = exact or [value for label, value in self._values.items() if typed in fold(label)]
        return near[0] if len(near) == 1 or exact else None

    def open_list(self) -> None:
        """Show the whole list."""
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the list from the chevron."""
        super().mousePressEvent(event)
        if event.position().x() > self.width() - 34:
            self.open_list()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then its chevron."""
        super().paintEvent(event)
        painter = painter_of(self)
        square = QRectF(self.width() - 27, (self.height() - 16) / 2, 16, 16)
        icons.paint_icon(painter, square, "chevron-down", "text2")
        painter.end()

    def _take(self, label: str) -> None:
        self.setText(label)
        self.picked.emit(self._values.get(label, ""))

    def _settle(self) -> None:
        popup = self.completer().popup()
        if popup is not None and popup.isVisible():
            return  # the entry is being picked
        value = self.value()
        if value is not None:
            self.picked.emit(value)


class SearchControl(Control):
    """One entry of a long list."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.combo = SearchCombo(setting, self)
        self.combo.setMaximumWidth(theme.px(WIDTH * setting.percent / 100))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.combo)
        self.combo.picked.connect(self._take)
        self.combo.editingFinished.connect(self._on_left)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the field."""
        return self.combo

    def current(self) -> str:
        """Return the value typed or picked; what names nothing leaves the answer as it was."""
        value = self.combo.value()
        return self.node.value if value is None else value

    def show_node(self, node: NodeView) -> None:
        """Show the list and the answer, unless letters are being typed."""
        changed = node.value != self.node.value
        self.node = node
        self.combo.set_choices(self.setting.choices(node.ref))
        if changed or not self.combo.hasFocus():
            label = self.combo.label_of(node.value) if node.value else ""
            if self.combo.text() != label and not self.problem():
                self.combo.setText(label)

    def problem(self) -> str:
        """Say that the words typed are not in the list."""
        if self.combo.value() is not None or self.combo.text() == self.node.value:
            return ""
        return translate("Entry", "« {} » n’est pas dans la liste. Choisissez une des propositions.").format(
            self.combo.text()
        )

    def set_bad(self, bad: bool) -> None:
        """Draw the red border."""
        set_property(self.combo, "bad", bad)

    def clear_answer(self) -> bool:
        """Empty the field."""
        self.combo.clear()
        self.answered.emit("")
        return True

    def _take(self, value: str) -> None:
        self.answered.emit(value)
        self.combo.setText(self.combo.label_of(value) if value else "")

    def _on_left(self) -> None:
        if self.combo.value() is None:
            self.answered.emit(self.node.value)  # nothing to store, but the frame asks for the problem


class SearchManyControl(Control):
    """Several entries of a long list: what is chosen stands above the field, each with its cross."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.combo = SearchCombo(setting, self)
        self.combo.setMaximumWidth(theme.px(WIDTH * setting.percent / 100))
        self._chips: list[Button] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._lines)
        box.addWidget(self.combo)
        self.combo.picked.connect(self._add)
        self._shown: tuple[str, ...] | None = None
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the field."""
        return self.combo

    def current(self) -> str:
        """Return the values chosen: the field itself only adds."""
        return self.node.value

    def show_node(self, node: NodeView) -> None:
        """Show the list and what is chosen."""
        self.node = node
        self.combo.set_choices(self.setting.choices(node.ref))
        labels = tuple(self.combo.label_of(value) for value in node.value.split())
        if labels == self._shown:
            return
        self._shown = labels
        self._clear()
        line, room = QHBoxLayout(), 0
        for value, label in zip(node.value.split(), labels, strict=True):
            chip = Button(label, trailing_icon="x")
            chip.setAccessibleName(translate("Entry", "Retirer {}").format(label))
            chip.clicked.connect(lambda _checked=False, value=value: self._remove(value))
            if room < chip.sizeHint().width():
                line, room = QHBoxLayout(), theme.px(LINE_WIDTH)
                line.setSpacing(8)
                line.addStretch(1)
                self._lines.addLayout(line)
            room -= chip.sizeHint().width() + 8
            line.insertWidget(line.count() - 1, chip)
            self._chips.append(chip)

    def _clear(self) -> None:
        for chip in self._chips:
            chip.deleteLater()
        self._chips = []
        while (item := self._lines.takeAt(0)) is not None:
            if (line := item.layout()) is not None:
                line.deleteLater()

    def set_bad(self, bad: bool) -> None:
        """Draw the red border."""
        set_property(self.combo, "bad", bad)

    def _add(self, value: str) -> None:
        self.combo.clear()
        chosen = self.node.value.split()
        if value and value not in chosen:
            self.answered.emit(" ".join([*chosen, value]))

    def _remove(self, value: str) -> None:
        self.answered.emit(" ".join(own for own in self.node.value.split() if own != value))
