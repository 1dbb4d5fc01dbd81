# SPDX-License-Identifier: EUPL-1.2
"""Parts of an editable table: its head, whose titles may take two lines, and the bin that shows on one row only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import QHeaderView, QScrollArea, QTableView, QWidget

from ui import icons, theme
from ui.i18n import translate
from ui.widgets import ToolButton
from ui.widgets.painting import painter_of, rounded

HEAD = 34
PADDING = 8
BIN = 24
INSIDE = 8  # how far the bin reaches into the table: the padding of its last column


class TableHead(QHeaderView):
    """Titles of columns in small bold type, on as many lines as the longest needs (at most two)."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(16)
        self.silent = -1  # a column without a title of its own

    def title(self, column: int) -> str:
        """Return what stands above a column."""
        return "" if column == self.silent else str(self.model().headerData(column, self.orientation()) or "")

    def narrowest(self, column: int) -> int:
        """Return the width of the longest word of a title, with its padding."""
        metrics = theme.metrics("caption_strong")
        words = self.title(column).replace(" ?", "\u00a0?").split(" ")
        return max(metrics.horizontalAdvance(word.replace(" (€)", "")) for word in words) + 2 * PADDING + 1

    def fit(self) -> None:
        """Take the height of one line of titles, or of two where one is too long for its column."""
        metrics = theme.metrics("caption_strong")
        widths = {column: self.sectionSize(column) - 2 * PADDING for column in range(self.count())}
        two = any(metrics.horizontalAdvance(self.title(column)) > width for column, width in widths.items())
        self.setFixedHeight(max(theme.px(HEAD), 2 * metrics.height() + 8) if two else theme.px(HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803 (Qt's own)
        """Draw one title above its line."""
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        alignment = self.model().headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        painter.setFont(theme.font("caption_strong"))
        painter.setPen(theme.color("text2"))
        option = QTextOption(Qt.AlignmentFlag(alignment or Qt.AlignmentFlag.AlignVCenter))
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        text = self.title(logicalIndex).replace(" ?", "\u00a0?")
        painter.drawText(QRectF(rect.adjusted(PADDING, 0, -PADDING, 0)), text, option)
        painter.restore()


class RowBin(ToolButton):
    """The bin of the row under the pointer, else of the current row: on the table's right edge, over no word.

    The keyboard has Delete for it. `asked(line)` is emitted on a click.
    """

    asked = Signal(int)

    def __init__(self, table: QTableView, removable: Callable[[int], bool]) -> None:
        super().__init__("trash-2", translate("Entry", "Supprimer la ligne (Suppr)"), parent=table)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.removable = removable
        self._table = table
        self._line = -1
        self._hovered = -1
        self.hide()
        self.clicked.connect(lambda: self.asked.emit(self._line))
        table.viewport().setMouseTracking(True)
        table.viewport().installEventFilter(self)
        table.verticalScrollBar().valueChanged.connect(self.place)
        table.destroyed.connect(self.deleteLater)

    def place(self) -> None:
        """Stand on the row that the pointer or the keyboard is on."""
        table = self._table
        current = table.currentIndex().row() if table.hasFocus() else -1
        self._line = self._hovered if self._hovered >= 0 else current
        shown = table.isVisible() and self._line >= 0 and self.removable(self._line)
        if shown:
            host = _page_of(table)
            if self.parentWidget() is not host:
                self.setParent(host)
            middle = table.rowViewportPosition(self._line) + table.rowHeight(self._line) // 2
            edge = table.viewport().mapTo(host, QPoint(table.viewport().width(), middle))
            self.setGeometry(edge.x() - INSIDE, edge.y() - BIN // 2, BIN, BIN)
            self.raise_()
        self.setVisible(shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a round ground above the edge of the table, and the bin."""
        del event
        painter = painter_of(self)
        hot = self.underMouse()
        ground, border = ("err_bg", "err") if hot else ("surface", "border_strong")
        rounded(painter, self.rect(), BIN / 2, theme.color(ground), theme.color(border))
        icons.paint_icon(painter, QRectF(BIN / 2 - 7.5, BIN / 2 - 7.5, 15, 15), "trash-2", "err_fg" if hot else "text2")
        painter.end()

    def leaveEvent(self, event: QEvent) -> None:
        """Go away with the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self._table.rowAt(round(event.position().y())))
        elif event.type() == QEvent.Type.Leave and not self.geometry().contains(self._pointer()):
            self._hover(-1)
        return super().eventFilter(watched, event)

    def _pointer(self) -> QPoint:
        host = self.parentWidget()
        return host.mapFromGlobal(QCursor.pos()) if host is not None else QPoint(-1, -1)

    def _hover(self, line: int) -> None:
        if line != self._hovered:
            self._hovered = line
            self.place()


def _page_of(widget: QWidget) -> QWidget:
    """Return what scrolls with the widget: the content of its scroll area, else its window."""
    while (above := widget.parentWidget()) is not None:
        widget = above
        holder = widget.parentWidget()
        if holder is not None and isinstance(holder.parentWidget(), QScrollArea):
            break
    return widget
