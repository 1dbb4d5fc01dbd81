# SPDX-License-Identifier: EUPL-1.2
"""The rows of « Reçus par la région », read from the store a page at a time, and the table that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from ui import dates, states, theme
from ui.i18n import translate
from ui.screens.rows_table import RowDelegate, RowsTable, paint_badge_cell, paint_two_lines
from ui.widgets.painting import draw_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldkit.received import Choice, ReceivedRecord
    from ui.kit import Kit

PAGE = 200
STATUS, FORM, COMMUNE, WHO, WHEN = range(5)
_Index = QModelIndex | QPersistentModelIndex


def shown_name(record: ReceivedRecord) -> str:
    """Return the record's name, or why its answers are not here; "" if it has none beside its form's."""
    if record.encrypted:
        return translate("Received", "Chiffré : seule la région peut l’ouvrir")
    if record.kept_at is None:
        return translate("Received", "Réponses restées à la région")
    name = states.shown_name(record.as_instance())
    return name if name != record.form_title else ""


class ReceivedModel(QAbstractTableModel):
    """Received records as a table; the text of each cell is what a screen reader says."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._rows: list[ReceivedRecord] = []
        self._complete = True
        self._choice: Choice | None = None

    def load(self, choice: Choice) -> None:
        """Read the first page of a choice."""
        self.beginResetModel()
        self._choice = choice
        self._rows = self._kit.store.received.search(choice, PAGE)
        self._complete = len(self._rows) < PAGE
        self.endResetModel()

    def item(self, row: int) -> ReceivedRecord | None:
        """Return the record of a row, None if there is no such row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, root_id: str) -> int:
        """Return the row of a record among those loaded, -1 if it is not there."""
        return next((row for row, one in enumerate(self._rows) if one.root_id == root_id), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else 5

    def canFetchMore(self, parent: _Index) -> bool:
        """Tell whether the store may hold more."""
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: _Index) -> None:
        """Read the next page."""
        if self._choice is None:
            return
        more = self._kit.store.received.search(self._choice, PAGE, len(self._rows))
        self._complete = len(more) < PAGE
        if more:
            self.beginInsertRows(parent, len(self._rows), len(self._rows) + len(more) - 1)
            self._rows += more
            self.endInsertRows()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell."""
        record = self.item(index.row())
        if record is None or role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        texts: dict[int, Callable[[], str]] = {
            STATUS: lambda: states.review(record).text,
            FORM: lambda: " – ".join(part for part in (record.form_title, shown_name(record)) if part),
            COMMUNE: lambda: states.commune_name(record.commune_nis),
            WHO: lambda: who_sent(record),
            WHEN: lambda: dates.short_moment(record.submitted_at),
        }
        return texts[index.column()]()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words over the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Received", "Relecture"),
            translate("Received", "Questionnaire"),
            translate("Received", "Commune"),
            translate("Received", "Envoyé par"),
            translate("Received", "Reçu"),
        )[section]


def who_sent(record: ReceivedRecord) -> str:
    """Return who sent a record, as the region calls them."""
    return translate("Received", "Vous, d’ici") if record.own else record.submitter


class _RowDelegate(RowDelegate):
    def paint_cell(self, painter: QPainter, rect: QRect, index: _Index, item: ReceivedRecord) -> None:
        if index.column() == STATUS:
            paint_badge_cell(painter, rect, states.review(item), indent=8)
        elif index.column() == FORM:
            paint_two_lines(painter, QRectF(rect), item.form_title, shown_name(item))
        elif index.column() == COMMUNE:
            inner = QRectF(rect).adjusted(6, 0, -4, 0)
            draw_text(painter, inner, str(index.data() or ""), theme.font("body"), "text")
        else:
            super().paint_cell(painter, rect, index, item)


class ReceivedTable(RowsTable):
    """The list of received records."""

    def __init__(self, model: ReceivedModel) -> None:
        super().__init__(model, translate("Received", "Réponses reçues"), _RowDelegate)

    def fit_columns(self, room: int) -> None:
        """Give the room that is left to the form's name; where there is little, who sent it is told in the panel."""
        widths = {STATUS: theme.px(138), COMMUNE: theme.px(118), WHO: theme.px(130), WHEN: theme.px(88)}
        room -= sum(widths.values())
        for column in (WHO, COMMUNE):
            narrow = room < theme.px(190)
            self.setColumnHidden(column, narrow)
            if narrow:
                room += widths.pop(column)
        widths[FORM] = max(120, room)
        for column, width in widths.items():
            self.setColumnWidth(column, width)
