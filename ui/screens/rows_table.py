# SPDX-License-Identifier: EUPL-1.2
"""A list of two-line rows painted from the tokens: ground, cursor and keys; what a row shows is the caller's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui import theme
from ui.screens.page import HIGH, LOW
from ui.states import Badge
from ui.widgets.indicators import chip_size, paint_chip
from ui.widgets.painting import draw_text

ROW = 50
_Index = QModelIndex | QPersistentModelIndex


class Rows(Protocol):
    """What the list shows: a model that knows the thing of each row."""

    def item(self, row: int) -> Any:
        """Return the thing of a row, None if there is no such row."""
        ...


class RowDelegate(QStyledItemDelegate):
    """Paints the ground of a cell, then what `paint_cell` draws on it."""

    def __init__(self, table: RowsTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of a row."""
        del option, index
        return QSize(60, theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell."""
        item = self._table.rows.item(index.row())
        if item is None:
            return
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, index, ticked=self.is_ticked(item))
        self.paint_cell(painter, rect, index, item)
        painter.restore()

    def is_ticked(self, item: Any) -> bool:
        """Tell whether a row is chosen beside the cursor."""
        del item
        return False

    def paint_cell(self, painter: QPainter, rect: QRect, index: _Index, item: Any) -> None:
        """Draw what a cell shows: its text, in one line."""
        del item
        inner = QRectF(rect).adjusted(6, 0, -4, 0)
        draw_text(painter, inner, str(index.data() or ""), theme.font("small"), "text2")

    def _paint_ground(self, painter: QPainter, rect: QRect, index: _Index, *, ticked: bool) -> None:
        table = self._table
        current = table.currentIndex().row() == index.row()
        if ticked:
            painter.fillRect(rect, theme.color("sel_bg"))
        elif current:
            painter.fillRect(rect, theme.color("sunken"))
        elif table.hovered_row == index.row():
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("border"))
        if current and index.column() == 0:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), theme.color("primary"))
        if current and table.hasFocus() and table.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            painter.fillRect(rect.x(), rect.y(), rect.width(), 2, theme.color("focus"))
            painter.fillRect(rect.x(), rect.bottom() - 1, rect.width(), 2, theme.color("focus"))


def paint_badge_cell(painter: QPainter, rect: QRect, badge: Badge, indent: int = 2) -> None:
    """Draw a chip in the middle of a cell's height."""
    size = chip_size(badge.text, badge.icon)
    chip = QRectF(rect.x() + indent, rect.center().y() - size.height() / 2 + 1, size.width(), size.height())
    paint_chip(painter, chip, badge.kind, badge.text, badge.icon)


def paint_two_lines(painter: QPainter, rect: QRectF, first: str, second: str) -> None:
    """Draw a strong line and a small one under it, or the first alone."""
    if not second:
        draw_text(painter, rect.adjusted(6, 0, -6, 0), first, theme.font("strong"), "text")
        return
    half = rect.height() / 2
    width = rect.width() - 12
    top = QRectF(rect.x() + 6, rect.y(), width, half)
    low = QRectF(rect.x() + 6, rect.y() + half + 1, width, half)
    draw_text(painter, top, first, theme.font("strong"), "text", LOW)
    draw_text(painter, low, second, theme.font("small"), "text2", HIGH)


class RowsTable(QTableView):
    """The list; `row_changed` names the thing of the cursor's row, `opened` (double click, Enter) what to open."""

    opened = Signal(object)
    row_changed = Signal(object)
    left = Signal()  # Escape

    def __init__(self, rows: Rows, name: str, make_delegate: Callable[[RowsTable], RowDelegate]) -> None:
        """`rows` is a QAbstractItemModel too; `name` is what a screen reader calls the list."""
        super().__init__()
        self.rows = rows
        self.hovered_row = -1
        assert isinstance(rows, QAbstractItemModel)  # noqa: S101 (Python has no type for both)
        self.setModel(rows)
        self.setItemDelegate(make_delegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(theme.px(36))
        self.selectionModel().currentRowChanged.connect(self._on_row_changed)
        theme.changed.connect(self._fit)

    def fit_columns(self, room: int) -> None:
        """Give the columns their widths; `room` is that of all of them."""

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.horizontalHeader().setFixedHeight(theme.px(36))
        self.fit_columns(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        self._fit()

    def _on_row_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        self.viewport().update()
        self.row_changed.emit(self.rows.item(current.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let the light go."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the thing of a row."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(self.rows.item(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Escape leaves; the rest as in every list."""
        item = self.rows.item(self.currentIndex().row())
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif item is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(item)
        else:
            super().keyPressEvent(event)
