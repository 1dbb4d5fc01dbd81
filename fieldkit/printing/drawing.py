# SPDX-License-Identifier: EUPL-1.2
"""Charts on paper: the shapes of `fieldkit.charts` as vectors on a reportlab canvas."""

from __future__ import annotations

from functools import singledispatch

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from fieldkit.charts import Arc, Chart, Circle, Line, Paint, Polygon, Polyline, Primitive, Rect, Text
from fieldkit.printing.ink import WEIGHTS, color, load_fonts

HATCH_STEP = 3.2


class ChartFlowable(Flowable):
    """A chart in the text, `scale` points for each of its pixels (0.75 keeps the size that the screen shows)."""

    def __init__(self, chart: Chart, scale: float = 0.75, *, space_after: float = 8) -> None:
        super().__init__()
        self.chart = chart
        self.scale = scale
        self.spaceAfter = space_after

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        return self.chart.width * self.scale, self.chart.height * self.scale

    def draw(self) -> None:
        """Draw at the origin of the flowable."""
        draw_chart(self.canv, self.chart, 0, self.chart.height * self.scale, self.scale)


def draw_chart(canvas: Canvas, chart: Chart, x: float, top: float, scale: float = 0.75) -> None:
    """Draw a chart with its top left corner at a point of the page."""
    load_fonts()
    canvas.saveState()
    canvas.translate(x, top)
    canvas.scale(scale, scale)
    canvas.setLineJoin(1)
    for shape in chart:
        _draw(shape, canvas)
    canvas.restoreState()


def _ink(canvas: Canvas, paint: Paint) -> tuple[int, int]:
    """Set the inks; return whether to stroke and whether to fill, as reportlab wants them."""
    if paint.stroke:
        canvas.setStrokeColor(color(paint.stroke))
        canvas.setLineWidth(paint.width)
        canvas.setDash(list(paint.dash))
    if paint.fill:
        canvas.setFillColor(color(paint.fill))
        canvas.setFillAlpha(paint.opacity)
    return int(bool(paint.stroke)), int(bool(paint.fill) and not paint.hatch)


@singledispatch
def _draw(shape: Primitive, canvas: Canvas) -> None:
    raise TypeError(type(shape))


@_draw.register
def _(shape: Polygon, canvas: Canvas) -> None:
    stroke, fill = _ink(canvas, shape.paint)
    path = canvas.beginPath()
    path.moveTo(shape.points[0][0], -shape.points[0][1])
    for x, y in shape.points[1:]:
        path.lineTo(x, -y)
    path.close()
    canvas.drawPath(path, stroke=stroke, fill=fill)
    canvas.setFillAlpha(1)


@_draw.register
def _(shape: Polyline, canvas: Canvas) -> None:
    _ink(canvas, shape.paint)
    path = canvas.beginPath()
    path.moveTo(shape.points[0][0], -shape.points[0][1])
    for x, y in shape.points[1:]:
        path.lineTo(x, -y)
    canvas.drawPath(path, stroke=1, fill=0)


@_draw.register
def _(shape: Line, canvas: Canvas) -> None:
    _ink(canvas, shape.paint)
    canvas.line(shape.x1, -shape.y1, shape.x2, -shape.y2)


@_draw.register
def _(shape: Circle, canvas: Canvas) -> None:
    stroke, fill = _ink(canvas, shape.paint)
    canvas.circle(shape.x, -shape.y, shape.radius, stroke=stroke, fill=fill)


@_draw.register
def _(shape: Arc, canvas: Canvas) -> None:
    _ink(canvas, shape.paint)
    r = shape.radius
    path = canvas.beginPath()
    # Clockwise with y down is negative with y up.
    start, sweep = -shape.start - shape.sweep, shape.sweep
    path.arc(shape.x - r, -shape.y - r, shape.x + r, -shape.y + r, start, sweep)  # type: ignore[arg-type]  # floats are fine
    canvas.drawPath(path, stroke=1, fill=0)


@_draw.register
def _(shape: Rect, canvas: Canvas) -> None:
    stroke, fill = _ink(canvas, shape.paint)
    radius = min(shape.radius, shape.width / 2, shape.height / 2)
    if shape.paint.hatch:
        _hatch(shape, canvas)
    canvas.roundRect(shape.x, -shape.y - shape.height, shape.width, shape.height, radius, stroke=stroke, fill=fill)
    canvas.setFillAlpha(1)


def _hatch(shape: Rect, canvas: Canvas) -> None:
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(shape.x, -shape.y - shape.height, shape.width, shape.height)
    canvas.clipPath(clip, stroke=0, fill=0)
    canvas.setStrokeColor(color(shape.paint.fill))
    canvas.setLineWidth(0.8)
    canvas.setDash([])
    x = shape.x - shape.height
    while x < shape.x + shape.width:
        canvas.line(x, -shape.y - shape.height, x + shape.height, -shape.y)
        x += HATCH_STEP
    canvas.restoreState()


@_draw.register
def _(shape: Text, canvas: Canvas) -> None:
    canvas.setFont(WEIGHTS[shape.weight], shape.size)
    canvas.setFillColor(color(shape.role))
    canvas.saveState()
    canvas.translate(shape.x, -shape.y)
    canvas.rotate(-shape.angle)
    draw = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}
    draw[shape.anchor](0, 0, shape.text)
    canvas.restoreState()
