# SPDX-License-Identifier: EUPL-1.2
"""The editable table of a repeat: typed over, pasted from a spreadsheet, filled down, with sums in its cells."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableView,
)

from forms.views import NodeView
from ui import theme
from ui.entry.cell_delegate import GROUP_ROW, PADDING, CellDelegate, broken, height_of
from ui.entry.cells import Choices, as_pasted, pasted_value, read_pasted
from ui.entry.lists import Lists
from ui.entry.repeat_model import RepeatModel, is_editable
from ui.entry.table_parts import RowBin, TableHead
from ui.i18n import plural, translate
from ui.widgets import Select

Index = QModelIndex | QPersistentModelIndex
MAX_HEIGHT = 1100  # what is longer scrolls inside the table
MIN_COLUMN = 42
LEAST_TEXT = 64
FITTED = 115  # percent: texts larger than that scroll sideways
MOST_WORD = 150  # longer words may be cut where there is no room
MAX_COLUMN = 320
INDENT = 24  # the column of groups: below a group's title it only leads to the list of groups


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
        self._head = TableHead(self)
        self.setHorizontalHeader(self._head)
        self._bin = RowBin(self, lambda line: bool(self._rows.entry_ref(line)))
        self._bin.asked.connect(self._remove_line)
        self._held = ""
        self.clicked.connect(self._open_groups)
        model.modelAboutToBeReset.connect(self._hold_place)
        model.modelReset.connect(self._on_reset)
        model.dataChanged.connect(self._on_data)
        self.selectionModel().currentChanged.connect(lambda *_: self._bin.place())
        self._on_reset()

    def fit(self) -> None:
        """Give each column the room its words need, the table the height of its rows."""
        count = self._rows.columnCount()
        if count:
            columns = range(count)
            wanted = [self._wanted(column) for column in columns]
            texts = self._texts()
            typed = [column for column in texts if self._rows.rows[0][column].control == "input"]
            spare = self.viewport().width() - sum(wanted)
            label = typed[:1] or texts
            least = [self._longest_word(column) if column in texts else 0 for column in columns]
            widths = share_out(wanted, label if spare > 0 else texts, spare, least)
            if theme.text_scale() <= FITTED:  # sooner a word cut than an amount out of sight
                lack = self.viewport().width() - sum(widths)
                widths = share_out(widths, texts, min(0, lack), [theme.px(LEAST_TEXT)] * count)
            for column, width in enumerate(widths):
                self.setColumnWidth(column, width)
        self._head.fit()
        for line in range(self._rows.rowCount()):
            self._fit_row(line)
        self._fit_height()
        self._bin.place()

    def _fit_row(self, line: int) -> bool:
        """Give a row the lines that its texts need; tell whether its height changed."""
        if self._rows.group(line) is not None:
            height = theme.px(GROUP_ROW)
        else:
            height = height_of(max((self._lines(line, column) for column in self._texts()), default=1))
        changed = height != self.rowHeight(line)
        if changed:
            self.setRowHeight(line, height)
        return changed

    def _lines(self, line: int, column: int) -> int:
        room = self.columnWidth(column)
        if self._room(line, column) <= room:
            return 1
        text = str(self._rows.index(line, column).data() or "")
        mark = 17 if self._rows.problem(self._rows.rows[self._rows.entry(line) or 0][column]) else 0
        return len(broken(text, theme.metrics("body"), room - 2 * PADDING - mark))

    def _longest_word(self, column: int) -> int:
        metrics = theme.metrics("body")
        words = {word for row in self._rows.rows for word in self._rows.text_of(row[column]).split(" ")}
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        return max(self._head.narrowest(column), min(widest + 2 * PADDING + 2, theme.px(MOST_WORD)))

    def _texts(self) -> list[int]:
        return [column for column in range(self._rows.columnCount()) if self._is_text(column)]

    def _hold_place(self) -> None:
        node = self._rows.node(self.currentIndex())
        self._held = node.ref if node is not None else ""

    def _on_reset(self) -> None:
        """Lay out other lines; the current cell stays the same question."""
        self._head.silent = 0 if self._rows.grouped else -1
        self.clearSpans()
        if self._rows.grouped:
            for line in range(self._rows.rowCount()):
                if self._rows.group(line) is not None:
                    self.setSpan(line, 0, 1, self._rows.columnCount() - 1)
        self.fit()
        place = self._rows.position_of(self._held) if self._held else QModelIndex()
        if place.isValid():
            self.setCurrentIndex(place)

    def _on_data(self, first: QModelIndex, last: QModelIndex) -> None:
        """Widen columns when a longer number comes; a longer text makes its row higher."""
        taller = False
        for line in range(first.row(), last.row() + 1):
            for column in range(first.column(), last.column() + 1):
                fixed = not self._is_text(column) and not (self._rows.grouped and column == 0)
                if fixed and self._room(line, column) > self.columnWidth(column):
                    self.fit()
                    return
            taller = self._fit_row(line) or taller
        if taller:
            self._fit_height()

    def _room(self, line: int, column: int) -> int:
        index = self._rows.index(line, column)
        group, node = self._rows.group(line), self._rows.node(index)
        style = "strong" if group or (node and node.readonly) else "body" if self._is_text(column) else "number"
        mark = 17 if node is not None and self._is_text(column) and self._rows.problem(node) else 0
        return theme.metrics(style).horizontalAdvance(str(index.data() or "")) + 2 * PADDING + 2 + mark

    def _open_groups(self, index: QModelIndex) -> None:
        """Offer the groups on one click: the column has no words that a click could be meant for."""
        if self._rows.grouped and index.column() == 0 and self._rows.entry_ref(index.row()):
            self.edit(index)
            editor = self.viewport().findChild(Select)
            if isinstance(editor, Select):
                editor.showPopup()

    def group_in_hand(self) -> tuple[str, str]:
        """Return the path below an entry and the value of the question that groups, `("", "")` without a group."""
        entry = self._rows.entry(self.currentIndex().row()) if self.hasFocus() and self._rows.grouped else None
        if entry is None:
            return "", ""
        node = self._rows.rows[entry][0]
        return node.ref.rpartition("]")[2], node.value

    def go_down(self) -> bool:
        """Go to the cell below; False on the last row."""
        index = self.currentIndex()
        below = next((line for line in self._rows.entry_lines() if line > index.row()), None)
        if below is None:
            return False
        self.setCurrentIndex(self._rows.index(below, index.column()))
        return True

    def add_row(self) -> None:
        """Ask for a new row."""
        self.add_asked.emit()

    def start_entry(self, entry_ref: str = "") -> None:
        """Put the keyboard into the first cell of an entry (of the first one) that can be edited."""
        lines = [line for line in self._rows.entry_lines() if self._rows.entry_ref(line) == entry_ref or not entry_ref]
        for column in range(self._rows.columnCount() if lines else 0):
            index = self._rows.index(lines[0], column)
            node = self._rows.node(index)
            chosen = self._rows.grouped and column == 0 and node is not None and bool(node.value)
            if node is not None and is_editable(node) and not chosen:
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
        count = len(self._rows.rows)
        lines = [self._rows.entry(line) for line in self._rows.entry_lines() if line >= start.row()]
        entries = [entry for entry in lines if entry is not None]
        if (lacking := len(cells) - len(entries)) > 0:
            self._lists.add(self._rows.repeat_ref, lacking)
            entries += range(count, count + lacking)
        answers: list[tuple[str, str]] = []
        refused = 0
        for entry, row in zip(entries, cells, strict=False):
            nodes = self._rows.rows[entry][start.column() :]
            refused += max(0, len(row) - len(nodes))
            for node, cell in zip(nodes, row, strict=False):
                value = pasted_value(node, cell, self._choices) if is_editable(node) else None
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
            above = [line for line in self._rows.entry_lines() if line < lines[0]]
            source = lines[0] if len(lines) > 1 or not above else above[-1]
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
        self._remove_line(self.currentIndex().row())

    def _remove_line(self, line: int) -> None:
        entry = self._rows.entry_ref(line)
        if not entry or not self._lists.node(entry).can_remove:
            return
        number = self._rows.entry_lines().index(line)
        self._held = ""
        self._lists.remove(entry)
        self._lists.toast(
            translate("Entry", "Ligne {} supprimée").format(number + 1),
            (translate("Entry", "Annuler"), lambda: self._lists.undo_removal(entry)),
        )
        lines = self._rows.entry_lines()
        if lines:
            self.setCurrentIndex(self._rows.index(lines[min(number, len(lines) - 1)], 0))

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
        index, lines = self.currentIndex(), self._rows.entry_lines()
        ends = (lines[-1], self._rows.columnCount() - 1) if forward and lines else (lines[0] if lines else 0, 0)
        if not index.isValid() or (index.row(), index.column()) == ends:
            return super(QAbstractItemView, self).focusNextPrevChild(forward)
        return super().focusNextPrevChild(forward)

    def moveCursor(  # noqa: N802 (Qt's own name)
        self,
        cursorAction: QAbstractItemView.CursorAction,  # noqa: N803 (Qt's own signature)
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Let Tab go from the last cell of an entry to the first of the next, past the line of a group."""
        action, index = QAbstractItemView.CursorAction, self.currentIndex()
        lines, last = self._rows.entry_lines(), self._rows.columnCount() - 1
        if index.row() in lines and cursorAction in (action.MoveNext, action.MovePrevious):
            by = 1 if cursorAction == action.MoveNext else -1
            if 0 <= index.column() + by <= last:
                return self._rows.index(index.row(), index.column() + by)
            place = lines.index(index.row()) + by
            return self._rows.index(lines[place % len(lines)], 0 if by > 0 else last)
        return super().moveCursor(cursorAction, modifiers)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the bin of the current row."""
        super().focusInEvent(event)
        self._bin.place()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the bin with the current row."""
        super().focusOutEvent(event)
        self._bin.place()

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
        found = [self._rows.node(index) for index in self.selectedIndexes()]
        return [node for node in found if node is not None and is_editable(node)]

    def _wanted(self, column: int) -> int:
        if self._rows.grouped and column == 0:
            return theme.px(INDENT)
        cells = [self._room(line, column) for line in range(self._rows.rowCount())]
        widest = max([theme.px(MIN_COLUMN), self._head.narrowest(column), *cells])
        return min(theme.px(MAX_COLUMN), widest) if self._is_text(column) else widest

    def _is_text(self, column: int) -> bool:
        node = self._rows.rows[0][column]
        grouping = self._rows.grouped and column == 0
        return node.data_type == "string" and not grouping  # a choice's label is cut like any text

    def _fit_height(self) -> None:
        height = self._head.height() + sum(self.rowHeight(line) for line in range(self._rows.rowCount()))
        most = theme.px(MAX_HEIGHT)
        wide = self._head.length() > self.viewport().width()
        bar = self.horizontalScrollBar().sizeHint().height() if wide else 0
        self.setFixedHeight(min(height, most) + bar)
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        across, down = (on if wide else off), (on if height > most else off)
        # Only when it differs: setting a policy lays the table out anew.
        if across != self.horizontalScrollBarPolicy():
            self.setHorizontalScrollBarPolicy(across)
        if down != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(down)


def share_out(wanted: list[int], texts: list[int], spare: int, least: Sequence[int]) -> list[int]:
    """Return the widths of columns: the texts share what is over, or give what lacks in proportion, down to `least`."""
    widths = list(wanted)
    columns = texts or list(range(len(widths)))
    if spare >= 0:
        for column in columns:
            widths[column] += spare // max(1, len(columns))
        return widths
    lack = -spare
    while lack > 0 and (giving := [column for column in columns if widths[column] > least[column]]):
        widest = max(giving, key=lambda column: widths[column] / wanted[column])
        widths[widest] -= 1
        lack -= 1
    return widths
