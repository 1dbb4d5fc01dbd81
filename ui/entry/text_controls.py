# SPDX-License-Identifier: EUPL-1.2
"""Answers that are typed: a line, several lines, a number, a list of points."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from fieldkit import typography
from forms.views import NodeView
from ui import theme
from ui.entry import lexical
from ui.entry.address import add_opener
from ui.entry.control import Control, Setting, set_property
from ui.i18n import translate

NUMBER_WIDTH = 140
FIELD_HEIGHT = 38
MIN_ROWS = 3
MAX_ROWS = 12
_UNIT = re.compile(r"\(\s*(%|€(?:/\w+)?|[kc]?m[²³]?|ha|k[gWh]+|[MG]bit/s|Mbps|ETP|heures?|mois|ans|années?)\s*\)")
_PAGE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down)


def make_line(setting: Setting, parent: QWidget) -> QLineEdit:
    """Return a field in the size of the page that it stands on."""
    line = QLineEdit(parent)
    line.setFont(theme.font("body", percent=setting.percent))
    line.setMinimumHeight(theme.px(FIELD_HEIGHT * setting.percent / 100))
    return line


class LineControl(Control):
    """One line of text; also what any type without a widget of its own is typed in."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.line = make_line(setting, self)
        if {"masked", "hide-input", "hidden-answer"} & set(node.appearance):
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        if "numbers" in node.appearance:  # a tablet then shows its keys for numbers
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        if "url" in node.appearance:
            add_opener(self.line)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.line)
        self.line.textEdited.connect(self._edited)
        self.line.editingFinished.connect(self.commit)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the field."""
        return self.line

    def stored(self, text: str) -> str:
        """Return what the form stores for a typed text."""
        return text

    def shown(self, value: str) -> str:
        """Return what the field shows for a stored value."""
        return value

    def current(self) -> str:
        """Return the stored form of what the field shows."""
        text = self.line.text()
        return self.node.value if text == self.shown(self.node.value) else self.stored(text)

    def show_node(self, node: NodeView) -> None:
        """Show the value, unless the field already says the same or is being typed in."""
        self.node = node
        if self._clock.isActive() or (self.line.hasFocus() and self.current() == node.value):
            return
        text = self.shown(node.value)
        if self.line.text() != text:
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def set_bad(self, bad: bool) -> None:
        """Draw the red border."""
        set_property(self.line, "bad", bad)


class NumberControl(LineControl):
    """A whole or decimal number, right-aligned, with the unit that its label names; commas are decimals."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.line.setFont(theme.font("number", percent=setting.percent))
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setFixedWidth(theme.px(NUMBER_WIDTH * setting.percent / 100))
        unit = unit_of(node)
        if unit:
            label = QLabel(unit, self)
            label.setFont(theme.font("body", percent=setting.percent))
            self._row.addWidget(label)
        self._row.addStretch(1)

    def stored(self, text: str) -> str:
        """Read a French number, or work out a sum that starts with `=`."""
        if text.lstrip().startswith("="):
            return lexical.computed_text(text, whole=self.node.data_type == "int")
        return lexical.stored_number(text)

    def shown(self, value: str) -> str:
        """Show with a comma, and with thousands spaces where the form asks for them."""
        if "thousands-sep" in self.node.appearance and not self.line.hasFocus():
            return grouped(value)
        return lexical.shown_number(value)

    def commit(self) -> None:
        """Give the answer and show it as it was understood (`=3*4` becomes 12)."""
        super().commit()
        text = self.shown(self.current())
        if self.line.text() != text:
            self.line.setText(text)


class AreaControl(Control):
    """Several lines of text, which grow with what is written; the count of characters stands below."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.area = _Area(self)
        self.area.setFont(theme.font("body", percent=setting.percent))
        self._rows = max(MIN_ROWS, _rows(node))
        self._count = QLabel(self)
        self._count.setFont(theme.font("caption"))
        self._count.setMinimumHeight(theme.metrics("caption").height())
        self._count.setForegroundRole(theme.PALETTE_ROLES["text3"])
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.area)
        column.addWidget(self._count)
        self.show_node(node)
        self.area.textChanged.connect(self._on_text)
        self.area.left.connect(self.commit)
        self._fit()

    def entry(self) -> QWidget:
        """Return the text area."""
        return self.area

    def current(self) -> str:
        """Return the text as it is."""
        return self.area.toPlainText()

    def show_node(self, node: NodeView) -> None:
        """Show the text, unless it is being typed."""
        self.node = node
        if not self._clock.isActive() and self.area.toPlainText() != node.value:
            blocked = self.area.blockSignals(True)
            self.area.setPlainText(node.value)
            self.area.blockSignals(blocked)
            self._fit()

    def set_bad(self, bad: bool) -> None:
        """Draw the red border."""
        set_property(self.area, "bad", bad)

    def _on_text(self) -> None:
        self._edited()
        self._fit()

    def _fit(self) -> None:
        length = len(self.area.toPlainText())
        words = typography.plural(length, translate("Entry", "caractère"), translate("Entry", "caractères"))
        # Empty, it still takes its line: else the page would be laid out anew at the first letter.
        self._count.setText(words if length else "")
        rows = min(MAX_ROWS, max(self._rows, self.area.rows()))
        self.area.setFixedHeight(rows * self.area.fontMetrics().lineSpacing() + 26)


class PointsControl(AreaControl):
    """A line or an outline as text, one point a line: `latitude ; longitude` (geotrace, geoshape)."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.area.setPlaceholderText(translate("Entry", "Un point par ligne : latitude ; longitude"))

    def current(self) -> str:
        """Return the points as `lat lon alt acc; …`."""
        points = []
        for line in self.area.toPlainText().splitlines():
            parts = [part for part in re.split(r"[;\s]+", line.strip()) if part]
            if parts:
                latitude, longitude, altitude, accuracy = (parts + [""] * 4)[:4]
                points.append(lexical.stored_point(latitude, longitude, altitude, accuracy))
        return "; ".join(points)

    def show_node(self, node: NodeView) -> None:
        """Show one point a line."""
        self.node = node
        if self._clock.isActive() or (self.area.toPlainText() and self.current() == node.value):
            return
        points = [lexical.split_point(point) for point in node.value.split(";") if point.strip()]
        blocked = self.area.blockSignals(True)
        self.area.setPlainText("\n".join(f"{point[0]} ; {point[1]}" for point in points))
        self.area.blockSignals(blocked)
        self._fit()


class _Area(QPlainTextEdit):
    """A plain text area that tells when it is left, and lets Tab go to the next question."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)

    def rows(self) -> int:
        """Return how many lines the text takes as it is wrapped now."""
        block = self.document().begin()
        count = 0
        while block.isValid():
            count += max(1, block.layout().lineCount())
            block = block.next()
        return count

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the field is left, but not for a menu of its own."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Enter and Ctrl with arrows to the page: next question, next section."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if control and event.key() in _PAGE_KEYS:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Write, except for the page's own keys."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in _PAGE_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


def grouped(value: str) -> str:
    """Return a number with thousands spaces (`1234.5` as « 1 234,5 »), anything else as it is."""
    try:
        return typography.number(lexical.compute(value), 4)
    except ValueError:
        return value


def unit_of(node: NodeView) -> str:
    """Return the unit that a label names in brackets (« Superficie (km²) »), `""` if it names none."""
    match = _UNIT.search(node.label.value) if node.label else None
    return match[1] if match else ""


def _rows(node: NodeView) -> int:
    rows = node.parameters.get("rows", "")
    return int(rows) if rows.isdigit() else 0
