# SPDX-License-Identifier: EUPL-1.2
"""The editable table of a repeat: typed over, pasted from a spreadsheet, filled down, with sums in its cells."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from forms.views import NodeView
from ui import icons, theme
from ui.entry.cells import NUMBERS, Choices, as_pasted, pasted_value, read_pasted, stored_from_cell
from ui.entry.control import TYPING_MS
from ui.entry.lists import Lists
from ui.entry.markdown import to_plain_text
from ui.entry.repeat_model import ERROR, NODE, RepeatModel
from ui.i18n import plural, translate
from ui.widgets import Select
from ui.widgets.painting import rounded

Index = QModelIndex | QPersistentModelIndex
ROW = 38
HEAD = 36
MAX_ROWS = 14
MIN_COLUMN = 52
LEAST_TEXT = 112
MAX_COLUMN = 240
REMOVE_WIDTH = 40
PADDING = 10


class CellDelegate(QStyledItemDelegate):
    """Draws cells from the tokens and opens the editor of each: a field, or the list of choices."""

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
        return _CellField(node, self._lists, parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's value, unless the person is already typing."""
        if isinstance(editor, Select):
            editor.setCurrentIndex(max(0, editor.findData(index.data(NODE).value)))
        elif isinstance(editor, _CellField) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Give the answer."""
        if isinstance(editor, Select):
            index.model().setData(index, editor.currentData())
        elif isinstance(editor, _CellField):
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
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(editor, QWidget):
            view = self.parent()
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(view, RepeatTable):
                self._finish(editor)
                view.go_down() if plain else view.add_row()
                return True
        return super().eventFilter(editor, event)

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)


class _CellField(QLineEdit):
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


class RepeatTable(QTableView):
    """The view. `row_added` is asked by Ctrl+Enter, `left_down` when Enter leaves the last row."""

    add_asked = Signal()
    left_down = Signal()
    focused = Signal()

    def __init__(self, model: RepeatModel, choices: Choices, lists: Lists) -> None:
        super().__init__()
        self._rows = model
        self._choices = choices
        self._lists = lists
        self.setModel(model)
        self.setItemDelegate(CellDelegate(choices, lists, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        model.modelReset.connect(self.fit)
        model.dataChanged.connect(self.fit)  # a longer number needs a wider column
        self.fit()

    def fit(self) -> None:
        """Give each column the room its words need, the table the height of its rows."""
        count = self._rows.columnCount()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.horizontalHeader().setFont(theme.font("small_strong"))
        if count:
            wanted = [self._wanted(column) for column in range(count - 1)]
            texts = [column for column in range(count - 1) if self._is_text(column)]
            spare = self.viewport().width() - REMOVE_WIDTH - sum(wanted)
            for column, width in enumerate(share_out(wanted, texts, spare, theme.px(LEAST_TEXT))):
                self.setColumnWidth(column, width)
            self.setColumnWidth(count - 1, REMOVE_WIDTH)
        self._fit_height()

    def go_down(self) -> None:
        """Go to the cell below; from the last row, leave the table."""
        index = self.currentIndex()
        if index.row() + 1 < self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(index.row() + 1, index.column()))
        else:
            self.left_down.emit()

    def add_row(self) -> None:
        """Ask for a new row."""
        self.add_asked.emit()

    def start_row(self, row: int) -> None:
        """Put the keyboard into the first cell of a row that can be edited."""
        for column in range(self._rows.columnCount()):
            index = self._rows.index(row, column)
            if self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable:
                self.setCurrentIndex(index)
                self.scrollTo(index)
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def settle(self) -> None:
        """Keep what is typed in an open cell."""
        editor = self.indexWidget(self.currentIndex()) or self.viewport().findChild(QLineEdit)
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def paste(self, text: str) -> None:
        """Fill cells from the current one with what was copied from a spreadsheet; rows are added as needed."""
        start = self.currentIndex()
        if not start.isValid():
            return
        cells = read_pasted(text)
        lacking = start.row() + len(cells) - self._rows.rowCount()
        if lacking > 0:
            self._lists.add(self._rows.repeat_ref, lacking)
        answers: list[tuple[str, str]] = []
        refused = 0
        for line, row in enumerate(cells):
            for offset, cell in enumerate(row):
                index = self._rows.index(start.row() + line, start.column() + offset)
                node = self._rows.node(index)
                if node is None or not self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable:
                    refused += 1
                    continue
                value = pasted_value(node, cell, self._choices)
                if value is None:
                    refused += 1
                else:
                    answers.append((node.ref, value))
        self._lists.answer_many(answers)
        if refused:
            one, many = (
                translate("Entry", "{} case n’a pas été reprise."),
                translate("Entry", "{} cases n’ont pas été reprises."),
            )
            self._lists.toast(plural(refused, one, many).format(refused))

    def fill_down(self) -> None:
        """Repeat the first selected cell of each column below it; with one cell, the one above it."""
        answers: list[tuple[str, str]] = []
        for column in sorted({index.column() for index in self.selectedIndexes()}):
            lines = sorted(index.row() for index in self.selectedIndexes() if index.column() == column)
            source = lines[0] if len(lines) > 1 else max(0, lines[0] - 1)
            node = self._rows.node(self._rows.index(source, column))
            for line in lines:
                index = self._rows.index(line, column)
                target = self._rows.node(index)
                if node and target and line != source and self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable:
                    answers.append((target.ref, node.value))
        self._lists.answer_many(answers)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as a spreadsheet takes them."""
        indexes = self.selectedIndexes()
        lines = sorted({index.row() for index in indexes})
        columns = sorted({index.column() for index in indexes})
        cells = [[str(self._rows.index(line, column).data() or "") for column in columns] for line in lines]
        QGuiApplication.clipboard().setText(as_pasted(cells))

    def remove_current(self) -> None:
        """Remove the row of the current cell; the toast brings it back."""
        row = self.currentIndex().row()
        if row < 0 or not self._lists.node(self._rows.entry_ref(row)).can_remove:
            return
        entry = self._rows.entry_ref(row)
        self._lists.remove(entry)
        self._lists.toast(
            translate("Entry", "Ligne {} supprimée").format(row + 1),
            (translate("Entry", "Annuler"), lambda: self._lists.undo_removal(entry)),
        )
        if self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(min(row, self._rows.rowCount() - 1), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keys of a spreadsheet their meaning; Tab leaves the table at its end."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter:
            self.add_row() if control else self.go_down()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif control and event.key() == Qt.Key.Key_D:
            self.fill_down()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        elif event.key() == Qt.Key.Key_Backspace:
            self._lists.answer_many([(node.ref, "") for node in self._editable_selection()])
        elif control or event.key() in (Qt.Key.Key_F8, Qt.Key.Key_Escape):
            event.ignore()  # the page's own keys
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go from cell to cell, and out of the table at either end: no keyboard trap."""
        index = self.currentIndex()
        last = (self._rows.rowCount() - 1, self._rows.columnCount() - 2)
        if not index.isValid() or (index.row(), index.column()) == (last if forward else (0, 0)):
            return super(QAbstractItemView, self).focusNextPrevChild(forward)
        return super().focusNextPrevChild(forward)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remove a row from its bin."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._rows.node(index) is None:
            self.setCurrentIndex(index)
            self.remove_current()

    def event(self, event: QEvent) -> bool:
        """Tell when the keyboard comes here."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        elif event.type() == QEvent.Type.Resize:
            self.fit()
        return super().event(event)

    def _editable_selection(self) -> list[NodeView]:
        found = [(index, self._rows.node(index)) for index in self.selectedIndexes()]
        return [node for index, node in found if node and self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable]

    def _wanted(self, column: int) -> int:
        head = theme.metrics("small_strong").horizontalAdvance(
            str(self._rows.headerData(column, Qt.Orientation.Horizontal) or "")
        )
        metrics = theme.metrics("number")
        cells = [
            metrics.horizontalAdvance(str(self._rows.index(line, column).data() or ""))
            for line in range(self._rows.rowCount())
        ]
        return min(
            theme.px(MAX_COLUMN), max([theme.px(MIN_COLUMN), min(head, theme.px(120)) + 16, *(c + 26 for c in cells)])
        )

    def _is_text(self, column: int) -> bool:
        node = self._rows.rows[0][column]
        return node.data_type == "string"  # a choice's label is cut like any text

    def _fit_height(self) -> None:
        self.horizontalHeader().setFixedHeight(theme.px(HEAD))
        rows = min(MAX_ROWS, self._rows.rowCount())
        wide = self.horizontalHeader().length() > self.viewport().width()
        bar = self.horizontalScrollBar().sizeHint().height() if wide else 0
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(on if wide else off)
        self.setVerticalScrollBarPolicy(on if self._rows.rowCount() > MAX_ROWS else off)
        self.setFixedHeight(theme.px(HEAD) + rows * theme.px(ROW) + bar)


def share_out(wanted: list[int], texts: list[int], spare: int, least: int) -> list[int]:
    """Return the widths of columns: the texts share what is over, or give what lacks, down to `least`."""
    widths = list(wanted)
    columns = texts or list(range(len(widths)))
    if spare >= 0:
        for column in columns:
            widths[column] += spare // max(1, len(columns))
        return widths
    lack = -spare
    while lack > 0 and (giving := [column for column in columns if widths[column] > least]):
        widest = max(giving, key=lambda column: widths[column])
        widths[widest] -= 1
        lack -= 1
    return widths
