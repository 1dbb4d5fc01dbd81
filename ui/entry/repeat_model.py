# SPDX-License-Identifier: EUPL-1.2
"""The table behind a repeat: an entry a row, a question a column, a last column to remove the row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
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
from ui.entry.text_controls import unit_of
from ui.entry.violations import sentence_of
from ui.i18n import translate

Index = QModelIndex | QPersistentModelIndex
NODE = Qt.ItemDataRole.UserRole.value + 1
ERROR = NODE + 1
REMOVE = "\0remove"
_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RepeatModel(QAbstractTableModel):
    """Rows are read from the session when `refresh` is called, and kept until then."""

    def __init__(self, repeat_ref: str, lists: Lists, choices: Choices, missing: Mapping[str, str]) -> None:
        super().__init__()
        self.repeat_ref = repeat_ref
        self.rows: list[list[NodeView]] = []
        self._lists = lists
        self._choices = choices
        self._missing = missing
        self.refresh()

    def refresh(self) -> None:
        """Read all entries again; the shape is reset only when it changed."""
        rows = [leaves(self._lists, entry.ref) for entry in self._lists.below(self.repeat_ref)]
        same = len(rows) == len(self.rows) and _paths(rows) == _paths(self.rows)
        if not same:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        before, self.rows = self.rows, rows
        for line, (old, new) in enumerate(zip(before, rows, strict=True)):
            changed = [column for column, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
            if changed:
                self.dataChanged.emit(self.index(line, changed[0]), self.index(line, changed[-1]))
        if rows and [node.label for node in before[0]] != [node.label for node in rows[0]]:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def redraw(self) -> None:
        """Draw every cell again: what was missing is told, or no longer."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, self.columnCount() - 1))

    def node(self, index: Index) -> NodeView | None:
        """Return the node of a cell, None for the column of buttons."""
        row = self.rows[index.row()] if 0 <= index.row() < len(self.rows) else []
        return row[index.column()] if 0 <= index.column() < len(row) else None

    def entry_ref(self, row: int) -> str:
        """Return the ref of the entry in a row."""
        return f"{self.repeat_ref}[{row + 1}]"

    def position_of(self, ref: str) -> QModelIndex:
        """Return the cell of a ref, an invalid index if there is none."""
        for line, row in enumerate(self.rows):
            for column, node in enumerate(row):
                if node.ref == ref:
                    return self.index(line, column)
        return QModelIndex()

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
            for line, row in enumerate(self.rows, start=1)
            for node in row
            if self.problem(node)
        ]

    def total(self) -> tuple[str, Decimal, str] | None:
        """Return title, sum and unit of the last column that the form works out in numbers, None without one."""
        if not self.rows:
            return None
        for column in range(len(self.rows[0]) - 1, -1, -1):
            node = self.rows[0][column]
            if node.readonly and node.data_type in NUMBERS:
                return (
                    column_title(node),
                    sum((_number(row[column].value) for row in self.rows), Decimal(0)),
                    unit_of(node),
                )
        return None

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Return the number of entries."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Return the questions and the column of buttons."""
        return 0 if parent.isValid() or not self.rows else len(self.rows[0]) + 1

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
            named = role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
            return translate("Entry", "Supprimer la ligne") if named else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown_in_cell(node, self._choices) if node.relevant else ""
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
        """Only relevant cells that are not worked out by the form can be edited."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        node = self.node(index)
        editable = node is not None and node.relevant and not node.readonly
        return base | Qt.ItemFlag.ItemIsEditable if editable else base


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


def _number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        return Decimal(0)
