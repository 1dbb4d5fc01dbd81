# SPDX-License-Identifier: EUPL-1.2
"""The frame of a screen: title at the top left, actions at the top right, the body below with the page's padding."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import icons, theme
from ui.widgets.indicators import chip_size, paint_badge, paint_bar, paint_chip
from ui.widgets.layout import Flowing, row, scrolled
from ui.widgets.painting import TILE_RADIUS, draw_text, focus_visible, paint_ring, painter_of, rounded
from ui.widgets.text import ElidedLabel, label

SIDES = 28
EDGE = 8  # of the window, beside a scroll bar
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LOW = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
HIGH = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Page(QWidget):
    """A screen with a head; fill `.body`."""

    def __init__(self, title: str, *actions: QWidget) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.title = label(title, "h1")
        self.subtitle = ElidedLabel("", "small", "text2")
        self.subtitle.setMinimumWidth(40)
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._actions = actions
        self._head = QGridLayout()
        self._head.setContentsMargins(0, 0, SIDES - EDGE, 0)
        self._head.setHorizontalSpacing(8)
        self._head.setVerticalSpacing(2)
        self._head.addWidget(self.title, 0, 0)
        self._head.addWidget(self.subtitle, 1, 0)
        self._head.addLayout(row(*actions, spacing=8), 0, 1, 2, 1)
        self._head.setColumnStretch(0, 1)
        self._is_below = False
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.body.setContentsMargins(0, 0, SIDES - EDGE, 0)
        self._scrolling: QScrollArea | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(SIDES, 18, EDGE, 16)
        box.setSpacing(12)
        box.addLayout(self._head)
        box.addLayout(self.body, 1)

    def event(self, event: QEvent) -> bool:
        """Give the subtitle a line of its own where the actions leave it too little room."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._place_subtitle()
        return super().event(event)

    def _place_subtitle(self) -> None:
        shown = [one.sizeHint().width() + 8 for one in self._actions if not one.isHidden()]
        room = self.width() - 2 * SIDES - sum(shown)
        is_below = bool(shown) and self.subtitle.fontMetrics().horizontalAdvance(self.subtitle.text()) > room
        if is_below != self._is_below:
            self._is_below = is_below
            self._head.removeWidget(self.subtitle)
            self._head.addWidget(self.subtitle, *((2, 0, 1, 2) if is_below else (1, 0, 1, 1)))

    def show_content(self, layout: QLayout, *, keep_place: bool = False) -> QScrollArea:
        """Put a scrolling page in the place of the one before; its scroll bar stands in the page's padding.

        `keep_place`: it is the same page drawn again; scrolling stays, and focus goes to the control of the same name.
        """
        content = Flowing()
        margins = layout.contentsMargins()
        layout.setContentsMargins(margins.left(), margins.top(), margins.right() + SIDES - EDGE, margins.bottom())
        content.setLayout(layout)
        area = scrolled(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        held = self._scrolling
        place = _Place(held) if keep_place and held is not None else None
        self._scrolling = area
        if held is not None:
            self.body.removeWidget(held)
            held.hide()  # deleted later: it must not be seen until then
            held.deleteLater()
        self.body.addWidget(area, 1)
        if place is not None:
            QTimer.singleShot(0, area, lambda: place.restore(area))  # once it is laid out
        return area


class _Place:
    """How far a page was scrolled, and which of its controls had the focus: by name and, of several, by number."""

    def __init__(self, area: QScrollArea) -> None:
        self._scrolled = area.verticalScrollBar().value()
        self._name, self._number = "", 0
        focused = area.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.hasFocus():
            self._name = focused.accessibleName()
            self._number = self._named(area).index(focused)

    def _named(self, area: QScrollArea) -> list[QAbstractButton]:
        return [one for one in area.findChildren(QAbstractButton) if one.accessibleName() == self._name]

    def restore(self, area: QScrollArea) -> None:
        area.verticalScrollBar().setValue(self._scrolled)
        found = self._named(area) if self._name else []
        if found:
            found[min(self._number, len(found) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)


class ActionRow(QPushButton):
    """A line that leads somewhere: badge, two lines of text, a chip, a chevron."""

    def __init__(
        self, icon: str, kind: str, title: str, text: str = "", chip_kind: str = "", chip: str = "", *, height: int = 58
    ) -> None:
        super().__init__()
        self._icon, self._kind, self._title, self._second = icon, kind, title, text
        self._chip_kind, self._chip, self._height = chip_kind, chip, height
        self.setText(title.replace("&", "&&"))
        self.setAccessibleName(". ".join(part for part in (title, text, chip) if part))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return 58 px of height."""
        return QSize(320, theme.px(self._height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        leads = self.isEnabled()
        if leads and self.underMouse():
            rounded(painter, body, TILE_RADIUS, theme.color("hover"))
        if focus_visible(self):
            paint_ring(painter, body, TILE_RADIUS)
        middle = self.height() / 2
        paint_badge(painter, QRectF(8, middle - 18, 36, 36), self._icon, self._kind)
        right = self.width() - (34.0 if leads else 8.0)
        if leads:
            icons.paint_icon(painter, QRectF(right + 4, middle - 9, 18, 18), "chevron-right", "text2")
        if self._chip:
            size = chip_size(self._chip)
            right -= size.width() + 8
            place = QRectF(right, middle - size.height() / 2, size.width(), size.height())
            paint_chip(painter, place, self._chip_kind, self._chip)
        width = right - 56 - 12
        draw_text(
            painter, QRectF(56, 0, width, middle), self._title, theme.font("strong"), "text" if leads else "text2", LOW
        )
        draw_text(painter, QRectF(56, middle + 1, width, middle), self._second, theme.font("small"), "text2", HIGH)
        painter.end()


class ShortcutCard(QPushButton):
    """A small card that leads somewhere: an icon and two lines."""

    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__(title.replace("&", "&&"))
        self._icon, self._title, self._second = icon, title, text
        self.setAccessibleName(f"{title}. {text}")
        self.setToolTip(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room for two lines."""
        return QSize(180, theme.px(57))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        rounded(painter, body, 10, theme.color("hover" if self.underMouse() else "surface"), theme.color("border"))
        if focus_visible(self):
            paint_ring(painter, body, 10)
        middle = self.height() / 2
        icons.paint_icon(painter, QRectF(15, middle - 9, 19, 19), self._icon, "text2")
        width = self.width() - 47 - 12
        draw_text(painter, QRectF(47, 0, width, middle), self._title, theme.font("strong"), "text", LOW)
        draw_text(painter, QRectF(47, middle + 1, width, middle), self._second, theme.font("caption"), "text2", HIGH)
        painter.end()


class PlaceBar(QPushButton):
    """A commune: its name, how far its diagnostic is in words, and the same as a bar."""

    def __init__(self, name: str, state: str, percent: float, role: str, icon: str = "") -> None:
        super().__init__(name)
        self._name, self._state, self._percent, self._role, self._icon = name, state, percent, role, icon
        self.setAccessibleName(f"{name} : {state}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room for a line and a bar."""
        return QSize(200, theme.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and the bar."""
        del event
        painter = painter_of(self)
        if self.underMouse():
            rounded(painter, QRectF(self.rect()).adjusted(-4, 0, 4, 0), 5, theme.color("hover"))
        if focus_visible(self):
            paint_ring(painter, self.rect(), 5)
        line = QRectF(0, 0, self.width(), self.height() - 9)
        font = theme.font("caption")
        room = QRectF(line)
        state_width = theme.metrics("caption").horizontalAdvance(self._state) + (22 if self._icon else 0)
        room.setWidth(line.width() - state_width - 8)
        draw_text(painter, room, self._name, theme.font("small"), "text")
        draw_text(painter, line, self._state, font, "text2", RIGHT)
        if self._icon:
            x = line.right() - state_width
            icons.paint_icon(painter, QRectF(x, line.center().y() - 7.5, 15, 15), self._icon, self._role)
        paint_bar(painter, QRectF(0, self.height() - 8, self.width(), 5), self._percent, self._role)
        painter.end()
