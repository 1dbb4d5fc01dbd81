# SPDX-License-Identifier: EUPL-1.2
"""The editable table of a repeat: typed over, pasted from a spreadsheet, filled down, with sums in its cells."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableView,
)

from forms.views import NodeView
from ui import theme
from ui.entry.cell_delegate import ROW, CellDelegate
from ui.entry.cells import Choices, as_pasted, pasted_value, read_pasted
from ui.entry.lists import Lists
from ui.entry.repeat_model import RepeatModel
from ui.i18n import plural, translate

Index = QModelIndex | QPersistentModelIndex
HEAD = 36
MAX_ROWS = 14
MIN_COLUMN = 52
LEAST_TEXT = 112
MAX_COLUMN = 240
REMOVE_WIDTH = 40


class RepeatTable(QTableView):
    """The view. `add_asked` is Ctrl+Enter or the like; Enter on the last row is left to the page: the next question."""

    add_asked = Signal()
    focused = Signal()

    def __init__(self, model: RepeatModel, choices: Choices, lists: Lists) -> None:
        super().__init__()
        self._rows = model
        self._choices = choices
        self._lists = lists
        self.setModel(model)
        delegate = CellDelegate(choices, lists, self)
        delegate.entered.connect(lambda control: self.add_row() if control else self.go_down())
        self.setItemDelegate(delegate)
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
        model.dataChanged.connect(self._on_data)
        self.fit()

    def fit(self) -> None:
        """Give each column the room its words need, the table the height of its rows."""
        count = self._rows.columnCount()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.horizontalHeader().setFont(theme.font("small_strong"))
        if count:
            wanted = [self._wanted(column) for column in range(count - 1)]
            texts = [column for column in range(count - 1) if self._is_text(column)]
            typed = [column for column in texts if self._rows.rows[0][column].control == "input"]
            spare = self.viewport().width() - REMOVE_WIDTH - sum(wanted)
            for column, width in enumerate(
                share_out(wanted, (typed or texts) if spare > 0 else texts, spare, theme.px(LEAST_TEXT))
            ):
                self.setColumnWidth(column, width)
            self.setColumnWidth(count - 1, REMOVE_WIDTH)
        self._fit_height()

    def _on_data(self, first: QModelIndex, last: QModelIndex) -> None:
        """Widen columns when a longer number comes; texts are cut, and cost no new layout."""
        for row in range(first.row(), last.row() + 1):
            for column in range(first.column(), min(last.column() + 1, self._rows.columnCount() - 1)):
                if not self._is_text(column) and self._room(row, column) > self.columnWidth(column):
                    self.fit()
                    return

    def _room(self, row: int, column: int) -> int:
        return theme.metrics("strong").horizontalAdvance(str(self._rows.index(row, column).data() or "")) + 26

    def go_down(self) -> bool:
        """Go to the cell below; False on the last row."""
        index = self.currentIndex()
        if index.row() + 1 >= self._rows.rowCount():
            return False
        self.setCurrentIndex(self._rows.index(index.row() + 1, index.column()))
        return True

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
        if enter and control:
            self.add_row()
        elif enter:
            event.setAccepted(not event.modifiers() and self.go_down())
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
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the columns."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def _editable_selection(self) -> list[NodeView]:
        found = [(index, self._rows.node(index)) for index in self.selectedIndexes()]
        return [node for index, node in found if node and self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable]

    def _wanted(self, column: int) -> int:
        head = theme.metrics("small_strong").horizontalAdvance(
            str(self._rows.headerData(column, Qt.Orientation.Horizontal) or "")
        )
        cells = [self._room(row, column) for row in range(self._rows.rowCount())]
        widest = max([theme.px(MIN_COLUMN), min(head, theme.px(120)) + 16, *cells])
        return min(theme.px(MAX_COLUMN), widest)

    def _is_text(self, column: int) -> bool:
        node = self._rows.rows[0][column]
        return node.data_type == "string"  # a choice's label is cut like any text

    def _fit_height(self) -> None:
        self.horizontalHeader().setFixedHeight(theme.px(HEAD))
        rows = min(MAX_ROWS, self._rows.rowCount())
        wide = self.horizontalHeader().length() > self.viewport().width()
        bar = self.horizontalScrollBar().sizeHint().height() if wide else 0
        self.setFixedHeight(theme.px(HEAD) + rows * theme.px(ROW) + bar)
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        across, down = (on if wide else off), (on if self._rows.rowCount() > MAX_ROWS else off)
        # Only when it differs: setting a policy lays the table out anew.
        if across != self.horizontalScrollBarPolicy():
            self.setHorizontalScrollBarPolicy(across)
        if down != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(down)


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
