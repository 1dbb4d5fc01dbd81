# SPDX-License-Identifier: EUPL-1.2
"""The table of « Collecte »: two lines a row, painted from the tokens; ticks stand apart from the cursor."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from fieldkit.instance import Instance, State
from ui import icons, states, theme
from ui.i18n import translate
from ui.screens.records_model import (
    CHANGED,
    CHECK,
    COMMUNE,
    FORM,
    PROGRESS,
    STATUS,
    RecordsModel,
    progress_text,
)
from ui.screens.rows_table import RowDelegate, RowsTable, paint_badge_cell, paint_two_lines
from ui.widgets.indicators import paint_bar
from ui.widgets.painting import draw_text, paint_check


class _RowDelegate(RowDelegate):
    def __init__(self, table: RowsTable) -> None:
        super().__init__(table)
        assert isinstance(table, RecordsTable)  # noqa: S101 (made by it)
        self._records = table.records

    def is_ticked(self, item: Instance) -> bool:
        return item.instance_id in self._records.ticked

    def paint_cell(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, item: Instance
    ) -> None:
        column = index.column()
        if column == CHECK:
            box = QRectF(rect.x() + 13, rect.center().y() - 9, 20, 20)
            paint_check(painter, box, on=self.is_ticked(item))
        elif column == STATUS:
            paint_badge_cell(painter, rect, self._records.badge(item))
        elif column == FORM:
            title = self._records.form_title(item)
            paint_two_lines(painter, QRectF(rect), title, states.shown_name(item) if item.name != title else "")
        elif column == PROGRESS:
            _paint_progress(painter, QRectF(rect), item)
        elif column == COMMUNE:
            inner = QRectF(rect).adjusted(6, 0, -4, 0)
            draw_text(painter, inner, str(index.data() or ""), theme.font("body"), "text")
        else:
            super().paint_cell(painter, rect, index, item)


def _paint_progress(painter: QPainter, rect: QRectF, instance: Instance) -> None:
    middle = rect.center().y()
    text = progress_text(instance)
    if instance.state is not State.DRAFT:
        icons.paint_icon(painter, QRectF(rect.x() + 6, middle - 8, 16, 16), "check", "ok")
        draw_text(painter, rect.adjusted(28, 0, -4, 0), text, theme.font("small"), "text2")
        return
    paint_bar(painter, QRectF(rect.x() + 6, middle - 2.5, 58, 6), states.percent(instance))
    draw_text(painter, rect.adjusted(72, 0, 0, 0), text, theme.font("small"), "text2")


class RecordsTable(RowsTable):
    """The list; `opened` (double click, Enter) and `deleted` (Delete) name the row's record."""

    delete_asked = Signal(object)

    def __init__(self, records: RecordsModel) -> None:
        self.records = records
        super().__init__(records, translate("Records", "Réponses"), _RowDelegate)

    def fit_columns(self, room: int) -> None:
        """Give the room that is left to the form's name."""
        widths = {CHECK: 48, STATUS: theme.px(146), COMMUNE: theme.px(118), PROGRESS: theme.px(112)}
        widths[CHANGED] = theme.px(88)
        room -= sum(widths.values())
        narrow = room < theme.px(190)  # the second line of the form's column names the commune too
        self.setColumnHidden(COMMUNE, narrow)
        if narrow:
            room += widths.pop(COMMUNE)
        widths[FORM] = max(120, room)
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tick in the first column, move the cursor in the others."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == CHECK and event.button() == Qt.MouseButton.LeftButton:
            self.records.toggle(index.row())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the record, but not from its tick."""
        if self.indexAt(event.position().toPoint()).column() != CHECK:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Delete deletes; the rest as in every list."""
        instance = self.records.instance(self.currentIndex().row())
        if instance is not None and event.key() == Qt.Key.Key_Space:
            self.records.toggle(self.currentIndex().row())
        elif instance is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit(instance)
        else:
            super().keyPressEvent(event)
