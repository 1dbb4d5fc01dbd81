# SPDX-License-Identifier: EUPL-1.2
"""The table behind a repeat: an entry a row, a question a column; in a grouped table, lines for groups and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from forms.views import NodeKind, NodeView
from ui.entry.cells import (
    NUMBERS,
    Choices,
    column_title,
    shown_in_cell,
    stored_from_cell,
    typed_in_cell,
)
from ui.entry.lists import Lists
from ui.entry.repeat_groups import Group, Line, amount_column, arrange, can_group, sum_of
from ui.entry.text_controls import unit_of
from ui.entry.violations import sentence_of
from ui.i18n import translate

Index = QModelIndex | QPersistentModelIndex
NODE = Qt.ItemDataRole.UserRole.value + 1
ERROR = NODE + 1
GROUP = ERROR + 1
_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RepeatModel(QAbstractTableModel):
    """Rows are read from the session when `refresh` is called, and kept until then."""

    def __init__(self, repeat_ref: str, lists: Lists, choices: Choices, missing: Mapping[str, str]) -> None:
        super().__init__()
        self.repeat_ref = repeat_ref
        self.rows: list[list[NodeView]] = []  # entries, in the order of the record
        self.lines: list[Line] = []  # what is shown, from top to bottom
        self.grouped = False
        self._lists = lists
        self._choices = choices
        self._missing = missing
        self.refresh()

    def refresh(self, refs: Sequence[str] | None = None) -> None:
        """Read the entries that hold one of `refs` again, or all of them; the shape is reset only when it changed."""
        repeat = self._lists.node(self.repeat_ref)
        rows = self._read(repeat, refs)
        grouped = bool(rows) and can_group(repeat, rows[0])
        remarks = self._lists.remarks(self.repeat_ref) if grouped else {}
        lines: list[Line] = arrange(rows, self._choices, remarks) if grouped else list(range(len(rows)))
        if _shape(lines) != _shape(self.lines) or _paths(rows) != _paths(self.rows):
            self.beginResetModel()
            self.rows, self.lines, self.grouped = rows, lines, grouped
            self.endResetModel()
            return
        before, self.rows = self.rows, rows
        shown, self.lines = self.lines, lines
        for number, line in enumerate(lines):
            if isinstance(line, Group):
                changed = [0, self.columnCount() - 1] if line != shown[number] else []
            elif before[line] is rows[line]:
                continue
            else:
                pairs = zip(before[line], rows[line], strict=True)
                changed = [column for column, pair in enumerate(pairs) if pair[0] != pair[1]]
            if changed:
                self.dataChanged.emit(self.index(number, changed[0]), self.index(number, changed[-1]))
        if rows and [node.label for node in before[0]] != [node.label for node in rows[0]]:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def _read(self, repeat: NodeView, refs: Sequence[str] | None) -> list[list[NodeView]]:
        start = f"{self.repeat_ref}["
        if refs is None or repeat.count != len(self.rows) or not all(ref.startswith(start) for ref in refs):
            return [leaves(self._lists, entry.ref) for entry in self._lists.below(self.repeat_ref)]
        touched = {int(ref[len(start) :].partition("]")[0]) for ref in refs}
        return [
            leaves(self._lists, f"{start}{number}]") if number in touched else row
            for number, row in enumerate(self.rows, start=1)
        ]

    def redraw(self) -> None:
        """Draw every cell again: what was missing is told, or no longer."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, self.columnCount() - 1))

    def node(self, index: Index) -> NodeView | None:
        """Return the node of a cell, None on the line of a group."""
        entry = self.entry(index.row())
        row = self.rows[entry] if entry is not None else []
        return row[index.column()] if 0 <= index.column() < len(row) else None

    def entry(self, line: int) -> int | None:
        """Return the position of the entry in a line, None where there is none."""
        found = self.lines[line] if 0 <= line < len(self.lines) else None
        return found if isinstance(found, int) else None

    def group(self, line: int) -> Group | None:
        """Return the group of a line, None where an entry is."""
        found = self.lines[line] if 0 <= line < len(self.lines) else None
        return found if isinstance(found, Group) else None

    def entry_lines(self) -> list[int]:
        """Return the lines that hold entries, from top to bottom."""
        return [number for number, line in enumerate(self.lines) if isinstance(line, int)]

    def entry_ref(self, line: int) -> str:
        """Return the ref of the entry in a line, `""` where there is none."""
        entry = self.entry(line)
        return f"{self.repeat_ref}[{entry + 1}]" if entry is not None else ""

    def position_of(self, ref: str) -> QModelIndex:
        """Return the cell of a ref, an invalid index if there is none."""
        for number in self.entry_lines():
            for column, node in enumerate(self.rows[self.entry(number) or 0]):
                if node.ref == ref:
                    return self.index(number, column)
        return QModelIndex()

    def text_of(self, node: NodeView) -> str:
        """Return what the cell of a node shows."""
        return shown_in_cell(node, self._choices) if node.relevant else ""

    def problem(self, node: NodeView) -> str:
        """Return what is to be corrected in a cell."""
        if not node.relevant:
            return ""
        if node.violation is not None:
            return sentence_of(node.violation, node)
        if not node.value and node.ref in self._missing:
            return self._missing[node.ref] or translate("Entry", "Cette réponse est attendue.")
        return ""

    def problems(self) -> list[str]:
        """Return what is to be corrected in the table, a line each: « Ligne 2, Quantité : … »."""
        pattern = translate("Entry", "Ligne {}, {} : {}")
        return [
            pattern.format(line, column_title(node), self.problem(node))
            for line, number in enumerate(self.entry_lines(), start=1)
            for node in self.rows[self.entry(number) or 0]
            if self.problem(node)
        ]

    def total(self) -> tuple[str, Decimal, str] | None:
        """Return title, sum and unit of the last column that the form works out in numbers, None without one."""
        column = amount_column(self.rows[0]) if self.rows else None
        if column is None:
            return None
        node = self.rows[0][column]
        return column_title(node), sum_of(self.rows, column), unit_of(node)

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Return the number of lines: entries, groups and total."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Return the number of questions."""
        return 0 if parent.isValid() or not self.rows else len(self.rows[0])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the labels of the questions."""
        if orientation != Qt.Orientation.Horizontal or not self.rows or section >= len(self.rows[0]):
            return None
        node = self.rows[0][section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column_title(node)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if node.data_type in NUMBERS else _ALIGN_TEXT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, alignment, node or problem; what is drawn and what is read aloud are the same words."""
        node = self.node(index)
        if node is None:
            return self._group_data(index, role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text_of(node)
        if role == Qt.ItemDataRole.EditRole:
            return typed_in_cell(node)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if node.data_type in NUMBERS and node.control != "select1" else _ALIGN_TEXT
        if role == NODE:
            return node
        if role in (ERROR, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self.problem(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.problem(node) or shown_in_cell(node, self._choices) or None
        return None

    def _group_data(self, index: Index, role: int) -> Any:
        group = self.group(index.row())
        if group is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            at_amount = index.column() == amount_column(self.rows[0])
            return group.title if index.column() == 0 else group.amount if at_amount else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_TEXT if index.column() == 0 else _ALIGN_NUMBER
        if role in (Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.ToolTipRole):
            return group.remark or None
        return group if role == GROUP else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Give an answer: a typed text, or the value of a choice."""
        node = self.node(index)
        if node is None or role != Qt.ItemDataRole.EditRole:
            return False
        stored = str(value) if node.control == "select1" else stored_from_cell(node, str(value))
        if stored != node.value:
            self._lists.answer(node.ref, stored)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only relevant cells that are not worked out by the form can be edited; the keyboard skips groups."""
        node = self.node(index)
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsEditable if is_editable(node) else base


def is_editable(node: NodeView) -> bool:
    """Tell whether a cell takes an answer."""
    return node.relevant and not node.readonly


def leaves(lists: Lists, entry_ref: str) -> list[NodeView]:
    """Return the questions of an entry in order, those of its groups included; bare notes left out."""
    found: list[NodeView] = []
    for node in lists.below(entry_ref):
        if node.kind is NodeKind.GROUP:
            found += leaves(lists, node.ref)
        elif not _is_bare_note(node):
            found.append(node)
    return found


def _is_bare_note(node: NodeView) -> bool:
    return node.kind is NodeKind.QUESTION and node.readonly and node.data_type == "string" and not node.value


def _paths(rows: list[list[NodeView]]) -> list[str]:
    return [node.ref.rpartition("]")[2] for node in rows[0]] if rows else []


def _shape(lines: list[Line]) -> list[object]:
    return [line if isinstance(line, int) else (line.code, line.is_total) for line in lines]
