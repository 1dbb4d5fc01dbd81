# SPDX-License-Identifier: EUPL-1.2
"""The table of « Collecte »: two lines a row, painted from the tokens; ticks stand apart from the cursor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from fieldkit.instance import Instance, State
from ui import icons, states, theme
from ui.i18n import translate
from ui.screens.page import HIGH, LOW
from ui.screens.records_model import (
    CHANGED,
    CHECK,
    COMMUNE,
    FORM,
    INSTANCE_ROLE,
    PROGRESS,
    STATUS,
    RecordsModel,
    progress_text,
)
from ui.widgets.indicators import chip_size, paint_bar, paint_chip
from ui.widgets.painting import draw_text, paint_check

ROW = 50


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, table: RecordsTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(60, theme.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        instance = index.data(INSTANCE_ROLE)
        if not isinstance(instance, Instance):
            return
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, index, instance)
        column = index.column()
        if column == CHECK:
            box = QRectF(rect.x() + 13, rect.center().y() - 9, 20, 20)
            paint_check(painter, box, on=instance.instance_id in self._table.records.ticked)
        elif column == STATUS:
            badge = self._table.records.badge(instance)
            size = chip_size(badge.text, badge.icon)
            chip = QRectF(rect.x() + 2, rect.center().y() - size.height() / 2 + 1, size.width(), size.height())
            paint_chip(painter, chip, badge.kind, badge.text, badge.icon)
        elif column == FORM:
            self._paint_form(painter, QRectF(rect), instance)
        elif column == PROGRESS:
            _paint_progress(painter, QRectF(rect), instance)
        else:
            role, style = ("text", "body") if column == COMMUNE else ("text2", "small")
            inner = QRectF(rect).adjusted(6, 0, -4, 0)
            draw_text(painter, inner, str(index.data() or ""), theme.font(style), role)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, instance: Instance
    ) -> None:
        table = self._table
        current = table.currentIndex().row() == index.row()
        if instance.instance_id in table.records.ticked:
            painter.fillRect(rect, theme.color("sel_bg"))
        elif current:
            painter.fillRect(rect, theme.color("sunken"))
        elif table.hovered_row == index.row():
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("border"))
        if current and index.column() == CHECK:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), theme.color("primary"))
        if current and table.hasFocus() and table.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            painter.fillRect(rect.x(), rect.y(), rect.width(), 2, theme.color("focus"))
            painter.fillRect(rect.x(), rect.bottom() - 1, rect.width(), 2, theme.color("focus"))

    def _paint_form(self, painter: QPainter, rect: QRectF, instance: Instance) -> None:
        title = self._table.records.form_title(instance)
        second = states.shown_name(instance) if instance.name != title else ""
        half = rect.height() / 2
        width = rect.width() - 12
        if not second:
            draw_text(painter, rect.adjusted(6, 0, -6, 0), title, theme.font("strong"), "text")
            return
        top = QRectF(rect.x() + 6, rect.y(), width, half)
        low = QRectF(rect.x() + 6, rect.y() + half + 1, width, half)
        draw_text(painter, top, title, theme.font("strong"), "text", LOW)
        draw_text(painter, low, second, theme.font("small"), "text2", HIGH)


def _paint_progress(painter: QPainter, rect: QRectF, instance: Instance) -> None:
    middle = rect.center().y()
    text = progress_text(instance)
    if instance.state is not State.DRAFT:
        icons.paint_icon(painter, QRectF(rect.x() + 6, middle - 8, 16, 16), "check", "ok")
        draw_text(painter, rect.adjusted(28, 0, -4, 0), text, theme.font("small"), "text2")
        return
    paint_bar(painter, QRectF(rect.x() + 6, middle - 2.5, 58, 6), states.percent(instance))
    draw_text(painter, rect.adjusted(72, 0, 0, 0), text, theme.font("small"), "text2")


class RecordsTable(QTableView):
    """The list; `opened` (double click, Enter) and `deleted` (Delete) name the row's record."""

    opened = Signal(object)
    delete_asked = Signal(object)
    row_changed = Signal(object)
    left = Signal()  # Escape

    def __init__(self, records: RecordsModel) -> None:
        super().__init__()
        self.records = records
        self.hovered_row = -1
        self.setModel(records)
        self.setItemDelegate(_RowDelegate(self))
        self.setAccessibleName(translate("Records", "Réponses"))
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

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.horizontalHeader().setFixedHeight(theme.px(36))
        widths = {CHECK: 48, STATUS: theme.px(146), COMMUNE: theme.px(118), PROGRESS: theme.px(112)}
        widths[CHANGED] = theme.px(88)
        room = self.viewport().width() - sum(widths.values())
        narrow = room < theme.px(190)  # the second line of the form's column names the commune too
        self.setColumnHidden(COMMUNE, narrow)
        if narrow:
            room += widths.pop(COMMUNE)
        widths[FORM] = max(120, room)
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room that is left to the form's name."""
        super().resizeEvent(event)
        self._fit()

    def _on_row_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        self.viewport().update()
        self.row_changed.emit(self.records.instance(current.row()))

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tick in the first column, move the cursor in the others."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == CHECK and event.button() == Qt.MouseButton.LeftButton:
            self.records.toggle(index.row())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the record."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() != CHECK:
            self.opened.emit(self.records.instance(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Enter opens, Delete deletes, Escape leaves; the rest as in every list."""
        instance = self.records.instance(self.currentIndex().row())
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif instance is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.records.toggle(self.currentIndex().row())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(instance)
        elif key == Qt.Key.Key_Delete:
            self.delete_asked.emit(instance)
        else:
            super().keyPressEvent(event)
