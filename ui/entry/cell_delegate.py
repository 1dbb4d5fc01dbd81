# SPDX-License-Identifier: EUPL-1.2
"""The cells of an editable table: drawn from the tokens, edited in a field or a list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
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
from ui.entry.repeat_groups import Group
from ui.entry.repeat_model import ERROR, GROUP, NODE
from ui.widgets import Select
from ui.widgets.painting import draw_text, rounded

Index = QModelIndex | QPersistentModelIndex
ROW = 36
GROUP_ROW = 34
MOST_LINES = 3
PADDING = 8


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
        node, group = index.data(NODE), index.data(GROUP)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if group is not None:
            paint_group(painter, rect, group, str(index.data() or ""), title=index.column() == 0)
        elif node is not None:
            self._paint_cell(painter, option, index, node)
        painter.restore()

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, node: NodeView) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        view = option.widget
        row_current = isinstance(view, QTableView) and view.hasFocus() and view.currentIndex().row() == index.row()
        if state & QStyle.StateFlag.State_Selected or row_current:
            painter.fillRect(rect, theme.color("sel_bg"))
        elif not node.relevant:
            painter.fillRect(rect, theme.color("sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        if isinstance(view, QTableView) and is_group_column(view, index.column()):
            role = "text2" if row_current or state & QStyle.StateFlag.State_MouseOver else "border_strong"
            square = QRectF(rect.center().x() - 6, rect.center().y() - 7, 15, 15)
            icons.paint_icon(painter, square, "chevrons-up-down", "err_fg" if index.data(ERROR) else role)
        else:
            self._paint_text(painter, rect, index, node)
        if state & QStyle.StateFlag.State_HasFocus:
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -2), 5, border=theme.color("focus"), width=2)

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, node: NodeView) -> None:
        error = bool(index.data(ERROR))
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        number = node.data_type in NUMBERS
        painter.setFont(theme.font("strong" if node.readonly else "number" if number else "body"))
        text = str(index.data() or "")
        if error:
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -2), 5, border=theme.color("err"), width=2)
            if not number or painter.fontMetrics().horizontalAdvance(text) + 17 < room.width():
                mark = QRectF(rect.left() + 6, rect.center().y() - 7, 15, 15)
                icons.paint_icon(painter, mark, "circle-alert", "err_fg")
                room = room.adjusted(16, 0, 0, 0)  # a mark never costs a figure its digits
        painter.setPen(QPen(theme.color("err_fg" if error else "text")))
        alignment = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        lines = [text] if number else broken(text, painter.fontMetrics(), room.width())
        painter.drawText(room, alignment, "\n".join(lines))

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


def is_group_column(view: QTableView, column: int) -> bool:
    """Tell whether a column only leads to the list of groups (its title stands on the line above)."""
    return column == 0 and bool(getattr(view.model(), "grouped", False))


def broken(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Return a text as the lines that fit into a width, three at most, broken between words; the rest is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if not lines or (metrics.horizontalAdvance(longer) > width and len(lines) < MOST_LINES):
            lines.append(word)
        else:
            lines[-1] = longer
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width + 1) for line in lines]


def height_of(lines: int) -> int:
    """Return the height of a row whose longest text takes so many lines."""
    return theme.px(ROW) + (lines - 1) * theme.metrics("body").height() - (4 if lines > 1 else 0)


def paint_group(painter: QPainter, rect: QRect, group: Group, text: str, *, title: bool) -> None:
    """Draw one cell of a group's line or of the total: bold, with what is wrong as a chip beside the title."""
    painter.fillRect(rect, theme.color("surface" if group.is_total else "sunken"))
    edge = rect.top() if group.is_total else rect.bottom()
    colour = "text3" if group.is_total else "border"
    painter.fillRect(rect.left(), edge, rect.width(), 2 if group.is_total else 1, theme.color(colour))
    painter.setFont(theme.font("strong"))
    painter.setPen(QPen(theme.color("err_fg" if group.remark and not title else "text")))
    room = rect.adjusted(PADDING, 0, -PADDING, 0)
    side = Qt.AlignmentFlag.AlignLeft if title else Qt.AlignmentFlag.AlignRight
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
    if title and group.remark:
        left = room.left() + painter.fontMetrics().horizontalAdvance(text) + 10
        width = theme.metrics("caption_strong").horizontalAdvance(group.remark) + 36
        chip = QRectF(left, rect.center().y() - theme.px(11), min(width, room.right() - left), theme.px(22))
        rounded(painter, chip, chip.height() / 2, theme.color("err_bg"))
        icons.paint_icon(painter, QRectF(left + 8, chip.center().y() - 7, 14, 14), "circle-alert", "err_fg")
        draw_text(painter, chip.adjusted(27, 0, -6, 0), group.remark, theme.font("caption_strong"), "err_fg")
