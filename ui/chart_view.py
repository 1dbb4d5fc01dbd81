# SPDX-License-Identifier: EUPL-1.2
"""A widget that paints a chart of `fieldkit.charts` in the theme on screen and tells it to a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldkit.charts import Arc, Chart, Circle, Line, Paint, Polygon, Polyline, Primitive, Rect, Text
from ui import theme

Builder = Callable[[float, float], Chart]
EMPTY = Chart(0, 0, (), "")


class ChartView(QWidget):
    """Shows one chart, drawn anew for every size and theme.

    `build(width, height)` makes the chart for a size in pixels at 100 %: the user's text size enlarges all of it. With
    `tall` the chart takes the height that it is given (a radar); without, its height follows from its width (bars, a
    calendar) and the layout is told so.
    """

    def __init__(
        self,
        build: Builder | None = None,
        parent: QWidget | None = None,
        *,
        tall: bool = False,
        least: QSize | None = None,
    ) -> None:
        super().__init__(parent)
        self._build = build
        self._chart = EMPTY
        self._tall = tall
        self._least = least or QSize(240, 180 if tall else 0)
        policy = QSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if tall else QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(not tall)
        self.setSizePolicy(policy)
        theme.changed.connect(self._on_theme_changed)
        self._rebuild()

    def set_builder(self, build: Builder | None) -> None:
        """Show another chart (None: nothing)."""
        self._build = build
        self._rebuild()
        self.updateGeometry()

    def chart(self) -> Chart:
        """Return the chart as drawn now."""
        return self._chart

    def sizeHint(self) -> QSize:
        """Return the least size, at the user's text size."""
        scale = self._scale()
        least = QSize(round(self._least.width() * scale), round(self._least.height() * scale))
        return least if self._tall else QSize(least.width(), self.heightForWidth(max(least.width(), self.width())))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a chart is not squeezed below it."""
        return self.sizeHint()

    def heightForWidth(self, width: int) -> int:
        """Return the height that the chart needs at a width; -1 where it takes what it gets."""
        if self._tall or self._build is None:
            return -1
        return round(self._build(width / self._scale(), 0).height * self._scale())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chart out anew."""
        super().resizeEvent(event)
        self._rebuild()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart, enlarged by the user's text size."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale(), self._scale())
        paint_chart(painter, self._chart)
        painter.end()

    def _scale(self) -> float:
        return theme.text_scale() / 100

    def _rebuild(self) -> None:
        scale = self._scale()
        self._chart = self._build(self.width() / scale, self.height() / scale) if self._build else EMPTY
        self.setAccessibleName(self._chart.describe())
        self.update()

    def _on_theme_changed(self) -> None:
        self._rebuild()
        self.updateGeometry()


def paint_chart(painter: QPainter, chart: Chart) -> None:
    """Paint all shapes of a chart, in the theme on screen, at the painter's origin."""
    for shape in chart:
        _paint(shape, painter)


def _pen(paint: Paint) -> QPen:
    if not paint.stroke:
        return QPen(Qt.PenStyle.NoPen)
    pen = QPen(theme.color(paint.stroke), paint.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if paint.dash:
        pen.setDashPattern([length / max(0.1, paint.width) for length in paint.dash])  # Qt counts in pen widths
    return pen


def _brush(paint: Paint) -> QBrush:
    if not paint.fill:
        return QBrush(Qt.BrushStyle.NoBrush)
    color = QColor(theme.color(paint.fill))
    color.setAlphaF(paint.opacity)
    return QBrush(color, Qt.BrushStyle.BDiagPattern if paint.hatch else Qt.BrushStyle.SolidPattern)


def _ink(painter: QPainter, paint: Paint) -> None:
    painter.setPen(_pen(paint))
    painter.setBrush(_brush(paint))


@singledispatch
def _paint(shape: Primitive, painter: QPainter) -> None:
    raise TypeError(type(shape))


@_paint.register
def _(shape: Polygon, painter: QPainter) -> None:
    _ink(painter, shape.paint)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in shape.points]))


@_paint.register
def _(shape: Polyline, painter: QPainter) -> None:
    painter.setPen(_pen(shape.paint))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in shape.points]))


@_paint.register
def _(shape: Line, painter: QPainter) -> None:
    painter.setPen(_pen(shape.paint))
    painter.drawLine(QLineF(shape.x1, shape.y1, shape.x2, shape.y2))


@_paint.register
def _(shape: Circle, painter: QPainter) -> None:
    _ink(painter, shape.paint)
    painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)


@_paint.register
def _(shape: Arc, painter: QPainter) -> None:
    painter.setPen(_pen(shape.paint))
    box = QRectF(shape.x - shape.radius, shape.y - shape.radius, 2 * shape.radius, 2 * shape.radius)
    painter.drawArc(box, round(-shape.start * 16), round(-shape.sweep * 16))  # Qt: sixteenths, counter-clockwise


@_paint.register
def _(shape: Rect, painter: QPainter) -> None:
    _ink(painter, shape.paint)
    painter.drawRoundedRect(QRectF(shape.x, shape.y, shape.width, shape.height), shape.radius, shape.radius)


@_paint.register
def _(shape: Text, painter: QPainter) -> None:
    font = theme.font("body", scale=False)
    font.setPixelSize(max(1, round(shape.size)))
    font.setWeight(QFont.Weight(shape.weight))
    painter.save()
    painter.setFont(font)
    painter.setPen(theme.color(shape.role))
    painter.translate(shape.x, shape.y)
    painter.rotate(shape.angle)
    width = painter.fontMetrics().horizontalAdvance(shape.text)
    shift = {"start": 0.0, "middle": -width / 2, "end": -float(width)}[shape.anchor]
    painter.drawText(QPointF(shift, 0), shape.text)
    painter.restore()
