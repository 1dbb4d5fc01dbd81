# SPDX-License-Identifier: EUPL-1.2
"""What tells a state at a glance: chips, rings, bars, badges. Never colour alone: a word or an icon goes with it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, theme
from ui.widgets.painting import CARD_RADIUS, draw_text, line_pen, painter_of, rounded

# What a chip says -> the family of colours it wears.
_FAMILIES = {
    "ready": "info",
    "waiting": "info",
    "sending": "info",
    "sent": "ok",
    "received": "ok",
    "error": "err",
    "returned": "err",
}
_CHIP_ICON = 15
NO_BREAK = "\u00a0"


def family(kind: str) -> str:
    """Return draft, info, ok, err, review or neutral for a kind of chip or banner."""
    return _FAMILIES.get(kind, kind)


def chip_size(text: str, icon: str = "") -> QSize:
    """Return the size of a chip, for layouts and delegates alike."""
    width = theme.metrics("caption_strong").horizontalAdvance(text) + 20
    return QSize(width + (_CHIP_ICON + 5 if icon else 0), theme.px(24))


def paint_chip(painter: QPainter, rect: QRectF, kind: str, text: str, icon: str = "") -> None:
    """Draw a status chip into `rect` (see `chip_size`); kinds are those of `family`."""
    colours = family(kind)
    outline = theme.color(f"{colours}_fg") if theme.current() == "sun" else None
    rounded(painter, rect, rect.height() / 2, theme.color(f"{colours}_bg"), outline)
    x = rect.x() + 10
    if icon:
        square = QRectF(x - 1, rect.center().y() - _CHIP_ICON / 2, _CHIP_ICON, _CHIP_ICON)
        icons.paint_icon(painter, square, icon, f"{colours}_fg")
        x += _CHIP_ICON + 4
    room = QRectF(x, rect.y(), rect.right() - x - 6, rect.height())
    draw_text(painter, room, text, theme.font("caption_strong"), f"{colours}_fg")


class StatusChip(QWidget):
    """A state in a word, an icon and a colour. `kind`: draft, ready, sending, sent, error, review or neutral."""

    def __init__(self, kind: str, text: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._text, self._icon = kind, text, icon
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_state(self, kind: str, text: str, icon: str = "") -> None:
        """Change what it says."""
        self._kind, self._text, self._icon = kind, text, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for word and icon."""
        return chip_size(self._text, self._icon)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        del event
        painter = painter_of(self)
        paint_chip(painter, QRectF(self.rect()), self._kind, self._text, self._icon)
        painter.end()


class Ring(QWidget):
    """A percentage as a ring; `text` shows it in the middle."""

    def __init__(self, percent: float = 0, *, size: int = 76, thickness: int = 7, text: bool = True) -> None:
        super().__init__()
        self._percent = percent
        self._side, self._thickness, self._text = size, thickness, text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_percent(percent)

    def set_percent(self, percent: float) -> None:
        """Show another percentage (0 to 100)."""
        self._percent = min(100.0, max(0.0, percent))
        self.setAccessibleName(f"{self._percent:.0f}{NO_BREAK}%")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the square."""
        side = theme.px(self._side) if self._text else self._side
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, the arc and the number."""
        del event
        painter = painter_of(self)
        role = "ok" if self._percent >= 100 else "primary"
        paint_ring_gauge(painter, QRectF(self.rect()), self._percent, self._thickness, role)
        if self._text:
            painter.setFont(theme.font("h3"))
            painter.setPen(theme.color("text"))
            text = f"{self._percent:.0f}{NO_BREAK}%"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


def paint_ring_gauge(painter: QPainter, rect: QRectF, percent: float, thickness: float, role: str = "primary") -> None:
    """Draw a ring gauge, starting at the top, clockwise."""
    inset = thickness / 2
    arc = rect.adjusted(inset, inset, -inset, -inset)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("track"), thickness))
    painter.drawEllipse(arc)
    if percent > 0:
        painter.setPen(line_pen(role, thickness))
        painter.drawArc(arc, 90 * 16, -round(percent / 100 * 360 * 16))


def paint_bar(
    painter: QPainter, rect: QRectF, percent: float, role: str = "primary", mark: float | None = None
) -> None:
    """Draw a progress bar; `mark` puts a tick (a limit, a mean) at that percentage."""
    radius = rect.height() / 2
    rounded(painter, rect, radius, theme.color("track"))
    share = min(100.0, max(0.0, percent)) / 100
    if share > 0:
        filled = QRectF(rect.x(), rect.y(), max(rect.height(), rect.width() * share), rect.height())
        rounded(painter, filled, radius, theme.color(role))
    if mark is not None:
        x = rect.x() + rect.width() * min(100.0, max(0.0, mark)) / 100
        painter.setPen(line_pen("review", 3, round_ends=False))
        painter.drawLine(QPointF(x, rect.y() - 2.5), QPointF(x, rect.bottom() + 2.5))


class Bar(QWidget):
    """A percentage as a bar. `mark` is the percentage of a tick, `role` the colour of the fill."""

    def __init__(
        self, percent: float = 0, mark: float | None = None, role: str = "primary", *, height: int = 5
    ) -> None:
        super().__init__()
        self._percent, self._mark, self._role, self._thick = percent, mark, role, height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_percent(percent)

    def set_percent(self, percent: float, role: str = "") -> None:
        """Show another percentage, in another colour if told."""
        self._percent = percent
        self._role = role or self._role
        self.setAccessibleName(f"{percent:.0f}{NO_BREAK}%")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a thin line."""
        return QSize(120, self._thick + (6 if self._mark is not None else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        del event
        painter = painter_of(self)
        rect = QRectF(0, (self.height() - self._thick) / 2, self.width(), self._thick)
        paint_bar(painter, rect, self._percent, self._role, self._mark)
        painter.end()


class IconMark(QWidget):
    """An icon without a ground, 20 px unless told otherwise."""

    def __init__(self, icon: str, role: str = "text2", *, size: int = 20, stroke: float = icons.STROKE) -> None:
        super().__init__()
        self._icon, self._role, self._side, self._stroke = icon, role, size, stroke
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: str, role: str) -> None:
        """Change it."""
        self._icon, self._role = icon, role
        self.update()

    def sizeHint(self) -> QSize:
        """Return the square."""
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        del event
        painter = painter_of(self)
        icons.paint_icon(painter, QRectF(self.rect()), self._icon, self._role, self._stroke)
        painter.end()


class IconBadge(QWidget):
    """An icon on a soft square (36 px) or, with `circle`, on a disc for empty states (96 px)."""

    def __init__(self, icon: str, kind: str = "neutral", *, circle: bool = False) -> None:
        super().__init__()
        self._icon, self._kind, self._circle = icon, kind, circle
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the square."""
        side = 96 if self._circle else 36
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the icon."""
        del event
        painter = painter_of(self)
        paint_badge(painter, QRectF(self.rect()), self._icon, self._kind, circle=self._circle)
        painter.end()


def paint_badge(painter: QPainter, rect: QRectF, icon: str, kind: str, *, circle: bool = False) -> None:
    """Draw an icon on its soft ground."""
    colours = family(kind)
    radius = rect.width() / 2 if circle else CARD_RADIUS - 2
    rounded(painter, rect, radius, theme.color(f"{colours}_bg"))
    side = 40 if circle else 18
    square = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    icons.paint_icon(painter, square, icon, f"{colours}_fg", 1.6 if circle else icons.STROKE)
