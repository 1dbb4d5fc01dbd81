# SPDX-License-Identifier: EUPL-1.2
"""The navigation rail: the places of the program, always at the left, and the state of sending at its foot."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, theme
from ui.i18n import translate
from ui.widgets.layout import Panel
from ui.widgets.painting import CARD_RADIUS, TILE_RADIUS, draw_text, focus_visible, paint_ring, painter_of, rounded

WIDE = 212
RAIL = 60

# name, icon; the words are in `title_of`. Ctrl+1 … Ctrl+6 follow this order.
PLACES = (
    ("today", "sun"),
    ("records", "clipboard-list"),
    ("results", "radar"),
    ("projects", "folder-kanban"),
    ("toolkit", "book-open"),
    ("outbox", "send"),
)
_BADGE_KINDS = {"projects": "review", "outbox": "info", "records": "err"}


def title_of(name: str) -> str:
    """Return the word for a place."""
    return {
        "today": translate("Navigation", "Aujourd’hui"),
        "records": translate("Navigation", "Collecte"),
        "results": translate("Navigation", "Diagnostic"),
        "projects": translate("Navigation", "Projets"),
        "toolkit": translate("Navigation", "Boîte à outils"),
        "outbox": translate("Navigation", "Envois"),
        "settings": translate("Navigation", "Réglages"),
    }[name]


class NavItem(QPushButton):
    """One place. Not checkable (a screen reader would call it a check box): « page actuelle » is its description."""

    def __init__(self, name: str, icon: str) -> None:
        super().__init__()
        self.name = name
        self._icon = icon
        self._badge = 0
        self._current = False
        self.narrow = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_words()

    def set_words(self) -> None:
        """Take the words of the present language."""
        title = title_of(self.name)
        self.setText(title)
        self.setAccessibleName(f"{title} : {self._badge}" if self._badge else title)
        self.setToolTip(title if self.narrow else "")

    def set_current(self, current: bool) -> None:
        """Mark it as the page on screen."""
        self._current = current
        self.setAccessibleDescription(translate("Navigation", "page actuelle") if current else "")
        self.update()

    def set_badge(self, count: int) -> None:
        """Show how many things wait there; 0 shows nothing."""
        if count != self._badge:
            self._badge = count
            self.set_words()
            self.update()

    def sizeHint(self) -> QSize:
        """Return 40 px of height."""
        return QSize(WIDE - 16, theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the icon, the word and the badge."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect()).adjusted(0, 2, 0, -2)
        role = "primary_text" if self._current else "text"
        if self._current:
            outline = theme.color("primary") if theme.current() == "sun" else None
            rounded(painter, body, TILE_RADIUS, theme.color("primary_soft"), outline, 1.5)
        elif self.underMouse():
            rounded(painter, body, TILE_RADIUS, theme.color("hover"))
        if focus_visible(self):
            paint_ring(painter, body, TILE_RADIUS)
        x = (self.width() - 20) / 2 if self.narrow else 12
        mark = QRectF(x, (self.height() - 20) / 2, 20, 20)
        icons.paint_icon(painter, mark, self._icon, role if self._current else "text2")
        if not self.narrow:
            font = theme.font("strong" if self._current else "body")
            draw_text(painter, QRectF(44, 0, self.width() - 88, self.height()), self.text(), font, role)
        self._paint_badge(painter)
        painter.end()

    def _paint_badge(self, painter: QPainter) -> None:
        if not self._badge:
            return
        kind = _BADGE_KINDS.get(self.name, "neutral")
        if self.narrow:
            painter.setPen(theme.color("sidebar"))
            painter.setBrush(theme.color(kind))
            painter.drawEllipse(QRectF(self.width() - 15, 6, 9, 9))
            return
        width = max(22, theme.metrics("caption_strong").horizontalAdvance(str(self._badge)) + 14)
        pill = QRectF(self.width() - width - 8, (self.height() - 22) / 2, width, 22)
        rounded(painter, pill, 11, theme.color(f"{kind}_bg"))
        centre = Qt.AlignmentFlag.AlignCenter
        draw_text(painter, pill, str(self._badge), theme.font("caption_strong"), f"{kind}_fg", centre)


class SyncPill(QPushButton):
    """The state of sending in two lines; a click leads to « Envois »."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = False
        self._icon, self._role, self._second = "cloud-off", "text2", ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_state(self, icon: str, role: str, first: str, second: str) -> None:
        """Show an icon in a role and two lines."""
        self._icon, self._role, self._second = icon, role, second
        self.setText(first)
        self.setAccessibleName(f"{first}, {second}" if second else first)
        self.setToolTip(f"{first}\n{second}" if self.narrow else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for two lines."""
        return QSize(WIDE - 16, theme.px(48) if not self.narrow else 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        ground = theme.color("hover" if self.underMouse() else "surface")
        rounded(painter, body, CARD_RADIUS, ground, theme.color("border"))
        if focus_visible(self):
            paint_ring(painter, body, CARD_RADIUS)
        x = (self.width() - 20) / 2 if self.narrow else 10
        icons.paint_icon(painter, QRectF(x, (self.height() - 20) / 2, 20, 20), self._icon, self._role)
        if not self.narrow:
            half = self.height() / 2
            width = self.width() - 48
            low = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            high = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            draw_text(painter, QRectF(40, 0, width, half - 1), self.text(), theme.font("small_strong"), "text", low)
            draw_text(painter, QRectF(40, half + 1, width, half), self._second, theme.font("caption"), "text2", high)
        painter.end()


class _Brand(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.narrow = False
        self.place = ""
        self.setAccessibleName("Field Kit")
        self.setFixedHeight(46)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        x = (self.width() - 34) / 2 if self.narrow else 8
        paint_logo(painter, QRectF(x, 4, 34, 34))
        if not self.narrow:
            low = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            width = self.width() - 56
            draw_text(painter, QRectF(52, 0, width, 24), "Field Kit", theme.font("h3", scale=False), "text", low)
            draw_text(painter, QRectF(52, 23, width, 18), self.place, theme.font("caption", scale=False), "text2")
        painter.end()


def paint_logo(painter: QPainter, rect: QRectF) -> None:
    """Draw the mark of the program: a tent and a tree on a green square."""
    rounded(painter, rect, rect.width() * 0.24, theme.color("primary"))
    inset = rect.width() * 0.16
    icons.paint_icon(painter, rect.adjusted(inset, inset, -inset, -inset), "tent-tree", "on_primary")


class Navigation(Panel):
    """The rail with its places; `asked` tells the name of the one pressed."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sidebar", "right", parent)
        self.setAccessibleName(translate("Navigation", "Navigation"))
        self._brand = _Brand()
        self.pill = SyncPill()
        self.pill.clicked.connect(lambda: self.asked.emit("outbox"))
        self._items = {name: NavItem(name, icon) for name, icon in (*PLACES, ("settings", "settings"))}
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 9, 10)
        box.setSpacing(2)
        box.addWidget(self._brand)
        box.addSpacing(7)
        for name, item in self._items.items():
            item.clicked.connect(lambda _checked=False, name=name: self.asked.emit(name))
            if name == "settings":
                box.addStretch(1)
                box.addWidget(self.pill)
                box.addSpacing(6)
            box.addWidget(item)
        self.set_narrow(narrow=False)

    def set_place(self, text: str) -> None:
        """Show the territory under the name of the program."""
        self._brand.place = text
        self._brand.update()

    def set_current(self, name: str) -> None:
        """Mark the page on screen; an unknown name marks none."""
        for item in self._items.values():
            item.set_current(item.name == name)

    def set_badge(self, name: str, count: int) -> None:
        """Show a count beside a place."""
        self._items[name].set_badge(count)

    def set_narrow(self, *, narrow: bool) -> None:
        """Show icons only (60 px), or words too (212 px, more for large text)."""
        parts: tuple[_Brand | SyncPill | NavItem, ...] = (self._brand, self.pill, *self._items.values())
        for part in parts:
            part.narrow = narrow
            part.updateGeometry()
            part.update()
        for item in self._items.values():
            item.set_words()
        self.setFixedWidth(RAIL if narrow else max(WIDE, theme.px(WIDE - 20)))
