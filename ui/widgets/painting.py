# SPDX-License-Identifier: EUPL-1.2
"""What every painted widget needs: rounded bodies, the ring of the keyboard's focus, elided text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import theme

RADIUS = 7
TILE_RADIUS = 8
CARD_RADIUS = 10


def focus_visible(widget: QWidget) -> bool:
    """Tell whether the focus ring belongs here: the focus came by keyboard, not by the mouse."""
    return widget.hasFocus() and widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def painter_of(widget: QWidget) -> QPainter:
    """Return an antialiased painter on `widget`; end it before the paint event returns."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: QColor | None = None,
    border: QColor | None = None,
    width: float = 1,
) -> None:
    """Fill and outline a rounded rectangle; the outline lies inside `rect` so that it stays sharp."""
    inset = width / 2 if border is not None else 0
    body = QRectF(rect).adjusted(inset, inset, -inset, -inset)
    painter.setPen(QPen(border, width) if border is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(body, radius, radius)


def paint_ring(painter: QPainter, rect: QRect | QRectF, radius: float) -> None:
    """Draw the focus ring: 2 px in the focus colour, inside `rect`."""
    rounded(painter, rect, radius, border=theme.color("focus"), width=2)


def paint_option(painter: QPainter, button: QAbstractButton, radius: float, border: str = "border_strong") -> None:
    """Draw the ground of something that can be chosen: its state, the mouse over it, the keyboard's focus around it."""
    body = QRectF(button.rect())
    if focus_visible(button):
        paint_ring(painter, body, radius + 2)
        body = body.adjusted(3, 3, -3, -3)
    on, enabled = button.isChecked(), button.isEnabled()
    ground = "primary_soft" if on else "hover" if button.underMouse() and enabled else "surface"
    edge = theme.color("primary" if on else border if enabled else "border")
    rounded(painter, body, radius, theme.color(ground), edge, 1.5 if on else 1)


def draw_text(
    painter: QPainter,
    rect: QRect | QRectF,
    text: str,
    font: QFont,
    role: str,
    flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    """Draw one line of text, elided at the right when it does not fit."""
    painter.setFont(font)
    painter.setPen(theme.color(role))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(QRectF(rect).width()) + 1)
    painter.drawText(QRectF(rect), flags, shown)


def line_pen(role: str, width: float, *, round_ends: bool = True) -> QPen:
    """Return a pen with round (or flat) ends."""
    cap = Qt.PenCapStyle.RoundCap if round_ends else Qt.PenCapStyle.FlatCap
    return QPen(theme.color(role), width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)


def paint_check(painter: QPainter, rect: QRectF, *, on: bool, partly: bool = False, enabled: bool = True) -> None:
    """Draw a check box of the design into a square."""
    if on or partly:
        rounded(painter, rect, 5, fill=theme.color("primary" if enabled else "neutral"))
        painter.setPen(line_pen("on_primary", 2))
        x, y, side = rect.x(), rect.y(), rect.width()
        if partly:
            painter.drawLine(QPointF(x + side * 0.28, y + side * 0.5), QPointF(x + side * 0.72, y + side * 0.5))
            return
        painter.drawPolyline(
            [
                QPointF(x + side * 0.26, y + side * 0.52),
                QPointF(x + side * 0.43, y + side * 0.68),
                QPointF(x + side * 0.75, y + side * 0.33),
            ]
        )
        return
    rounded(painter, rect, 5, fill=theme.color("surface"), border=theme.color("border_strong"), width=1.5)


def paint_radio(painter: QPainter, rect: QRectF, *, on: bool, enabled: bool = True) -> None:
    """Draw a radio button of the design into a square."""
    if not on:
        painter.setPen(QPen(theme.color("border_strong"), 1.5))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(rect.adjusted(0.75, 0.75, -0.75, -0.75))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("primary" if enabled else "neutral"))
    painter.drawEllipse(rect)
    painter.setBrush(theme.color("on_primary"))
    dot = rect.width() * 0.18
    painter.drawEllipse(rect.center(), dot, dot)
