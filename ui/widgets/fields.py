# SPDX-License-Identifier: EUPL-1.2
"""Where people type and pick: fields, search fields, drop-down lists."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyleOptionComboBox, QWidget

from ui import icons
from ui.widgets.painting import painter_of


def set_bad(widget: QWidget, bad: bool) -> None:
    """Mark a field of the style sheet as wrong (red border) or right again."""
    if bool(widget.property("bad")) != bad:
        widget.setProperty("bad", bad)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


class Field(QLineEdit):
    """A line of text; `name` is what a screen reader calls it."""

    def __init__(self, text: str = "", *, placeholder: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)

    def set_error(self, bad: bool) -> None:
        """Show or clear the red border; the sentence stands beside the field."""
        set_bad(self, bad)


class SearchField(QLineEdit):
    """A field with a magnifier. Escape clears it first and only then passes on; Down asks for the list below."""

    list_asked = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setProperty("search", True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give Escape and Down their meaning here."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.list_asked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then the magnifier."""
        super().paintEvent(event)
        painter = painter_of(self)
        icons.paint_icon(painter, QRectF(13, (self.height() - 17) / 2, 17, 17), "search", "text2")
        painter.end()


class Select(QComboBox):
    """A drop-down list; the wheel scrolls the page, not the choice."""

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(14)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def set_error(self, bad: bool) -> None:
        """Show or clear the red border."""
        set_bad(self, bad)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """End a choice that is too long in « … », which Qt would cut anywhere; the list has it whole."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the list, then its chevron."""
        super().paintEvent(event)
        painter = painter_of(self)
        icons.paint_icon(painter, QRectF(self.width() - 27, (self.height() - 16) / 2, 16, 16), "chevron-down", "text2")
        painter.end()
