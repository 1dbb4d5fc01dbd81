# SPDX-License-Identifier: EUPL-1.2
"""Charts as pure geometry: each is drawn once, for the screen (ui.chart_view) and for paper (fieldkit.printing)."""

from __future__ import annotations

from fieldkit.charts.bars import axis_bars, limit_bar, ring, scale_bar
from fieldkit.charts.gantt import Event, Step, gantt
from fieldkit.charts.matrix import SCORE_BY_IMPORTANCE, MatrixItem, MatrixWords, priority_matrix
from fieldkit.charts.primitives import Arc, Chart, Circle, Line, Paint, Polygon, Polyline, Primitive, Rect, Text
from fieldkit.charts.radar import Axis, integer_gap, radar
from fieldkit.charts.score_map import MapPlace, score_map

__all__ = [
    "SCORE_BY_IMPORTANCE",
    "Arc",
    "Axis",
    "Chart",
    "Circle",
    "Event",
    "Line",
    "MapPlace",
    "MatrixItem",
    "MatrixWords",
    "Paint",
    "Polygon",
    "Polyline",
    "Primitive",
    "Rect",
    "Step",
    "Text",
    "axis_bars",
    "gantt",
    "integer_gap",
    "limit_bar",
    "priority_matrix",
    "radar",
    "ring",
    "scale_bar",
    "score_map",
]
