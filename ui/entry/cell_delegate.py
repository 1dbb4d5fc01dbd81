# SPDX-License-Identifier: EUPL-1.2
"""The cells of an editable table: drawn from the tokens, edited in a field or a list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from forms.views import NodeView
from ui import icons, theme
from ui.entry.cells import NUMBERS, Choices, stored_from_cell
from ui.entry.control import TYPING_MS
from ui.entry.lists import Lists
from ui.entry.markdown import to_plain_text
from ui.entry.repeat_model import ERROR, NODE
from ui.widgets import Select
from ui.widgets.painting import rounded

Index = QModelIndex | QPersistentModelIndex
ROW = 38
PADDING = 10


class CellDelegate(QStyledItemDelegate):
    """Draws cells from the tokens and opens the editor of each: a field, or the list of choices."""

    entered = Signal(bool)  # Enter was pressed in a cell, with Ctrl or without

    def __init__(self, choices: Choices, lists: Lists, parent: QObject) -> None:
        super().__init__(parent)
        self._choices = choices
        self._lists = lists

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room for the text."""
        width = theme.metrics("number").horizontalAdvance(str(index.data() or "")) + 2 * PADDING + 4
        return QSize(width, theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground, text, the mark of a problem, and the frame of the current cell."""
        node = index.data(NODE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        view = option.widget
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row_current = isinstance(view, QTableView) and view.hasFocus() and view.currentIndex().row() == index.row()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or row_current:
            painter.fillRect(rect, theme.color("sel_bg"))
        elif node is not None and (node.readonly or not node.relevant):
            painter.fillRect(rect, theme.color("sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        if node is None:
            square = QRectF(rect.center().x() - 8, rect.center().y() - 8, 17, 17)
            icons.paint_icon(painter, square, "trash-2", "text2" if row_current or selected else "text3")
        else:
            self._paint_text(painter, rect, index, node)
        if state & QStyle.StateFlag.State_HasFocus:
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -2), 5, border=theme.color("focus"), width=2)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, node: NodeView) -> None:
        error = bool(index.data(ERROR))
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        if error:
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -2), 5, border=theme.color("err"), width=2)
            icons.paint_icon(painter, QRectF(rect.left() + 6, rect.center().y() - 7, 15, 15), "circle-alert", "err_fg")
            room = room.adjusted(16, 0, 0, 0)
        number = node.data_type in NUMBERS
        painter.setFont(theme.font("strong" if node.readonly else "number" if number else "body"))
        painter.setPen(QPen(theme.color("err_fg" if error else "text")))
        text = painter.fontMetrics().elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, room.width())
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        painter.drawText(room, Qt.AlignmentFlag(alignment), text)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a list for choices, a field for the rest; typing in a field is saved as it goes."""
        del option
        node: NodeView = index.data(NODE)
        if node.control == "select1":
            combo = Select(name=str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)), parent=parent)
            combo.addItem("–", "")
            for choice in self._choices(node.ref):
                combo.addItem(to_plain_text(choice.label.value), choice.value)
            combo.activated.connect(lambda _row: self._finish(combo))
            return combo
        return CellField(node, self._lists, parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's value, unless the person is already typing."""
        if isinstance(editor, Select):
            editor.setCurrentIndex(max(0, editor.findData(index.data(NODE).value)))
        elif isinstance(editor, CellField) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Give the answer."""
        if isinstance(editor, Select):
            index.model().setData(index, editor.currentData())
        elif isinstance(editor, CellField):
            editor.clock.stop()
            index.model().setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Fill the cell; a list may be wider than a narrow one."""
        del index
        rect: QRect = option.rect
        if isinstance(editor, Select):
            rect = QRect(rect.topLeft(), QSize(max(rect.width(), editor.sizeHint().width()), rect.height()))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter in a cell keeps the answer and goes down."""
        if isinstance(event, QKeyEvent) and isinstance(editor, QWidget) and _is_enter(event):
            self._finish(editor)
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return True
        return super().eventFilter(editor, event)

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)


class CellField(QLineEdit):
    """The field of a cell; what is typed is saved at most 0.8 s later, without closing the cell."""

    def __init__(self, node: NodeView, lists: Lists, parent: QWidget) -> None:
        super().__init__(parent)
        self._node = node
        self._lists = lists
        self.setFont(theme.font("number" if node.data_type != "string" else "body"))
        if node.data_type in ("int", "decimal"):
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.clock = QTimer(self, interval=TYPING_MS, singleShot=True)
        self.clock.timeout.connect(self._save)
        self.textEdited.connect(lambda _text: self.clock.isActive() or self.clock.start())

    def _save(self) -> None:
        if not self.text().lstrip().startswith("="):
            self._lists.answer(self._node.ref, stored_from_cell(self._node, self.text()), merge=True)


def _is_enter(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
