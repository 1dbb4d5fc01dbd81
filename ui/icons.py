# SPDX-License-Identifier: EUPL-1.2
"""Lucide icons (ISC) in the colours of the theme: drawn from SVG at the density asked for, never a bitmap.

The colour is read when the icon is painted: a change of theme recolours every button without building it again.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources
from ui import theme

STROKE = 2.0


@cache
def _drawing(name: str) -> str:
    return resources.read_text("icons", f"{name}.svg")


@lru_cache(maxsize=256)
def _renderer(name: str, rgb: str, stroke: float) -> QSvgRenderer:
    svg = _drawing(name).replace("currentColor", rgb)
    if stroke != STROKE:
        svg = svg.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, role: str = "text", stroke: float = STROKE) -> None:
    """Draw the icon `name` into the square `rect` in the colour of `role`; FileNotFoundError if it does not ship."""
    _renderer(name, theme.color(role).name(), stroke).render(painter, QRectF(rect))


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        side = min(rect.width(), rect.height())
        square = QRectF(rect.center().x() - side / 2 + 0.5, rect.center().y() - side / 2 + 0.5, side, side)
        paint_icon(painter, square, self._name, "text3" if mode == QIcon.Mode.Disabled else self._role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QPixmap(size)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return image

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)


def icon(name: str, role: str = "text") -> QIcon:
    """Return an icon for menus, actions and Qt's own widgets; FileNotFoundError if it does not ship."""
    _drawing(name)  # told here: an exception inside Qt's painting would end the process
    return QIcon(_Engine(name, role))
