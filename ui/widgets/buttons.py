# SPDX-License-Identifier: EUPL-1.2
"""Everything that is pressed: buttons, tool buttons, filter chips and segmented choices."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QRadioButton, QSizePolicy, QToolButton, QWidget

from ui import icons, theme
from ui.widgets.painting import RADIUS, draw_text, focus_visible, paint_option, paint_ring, painter_of, rounded

ICON = 18
_CENTRE = Qt.AlignmentFlag.AlignCenter

# kind -> (text, ground, ground under the pointer, ground while pressed, border); "" paints nothing
_LOOKS = {
    "secondary": ("text", "surface", "hover", "hover", "border_strong"),
    "primary": ("on_primary", "primary", "primary_hover", "primary_press", ""),
    "ghost": ("primary_text", "", "hover", "hover", ""),
    "danger": ("err_fg", "surface", "err_bg", "err_bg", "err"),
    "inverse": ("bg", "", "text2", "text2", ""),
}


def _plain(text: str) -> str:
    return text.replace("&", "&&")


class Button(QPushButton):
    """A button with a word. `kind`: secondary, primary (one a screen), ghost, danger, inverse (on a dark bar)."""

    def __init__(
        self,
        text: str,
        icon: str = "",
        kind: str = "secondary",
        trailing_icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_plain(text), parent)
        self._icon = icon
        self._kind = kind
        self._trailing = trailing_icon
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)

    def set_text(self, text: str) -> None:
        """Change the word and the accessible name."""
        self.setText(_plain(text))
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_icon(self, icon: str) -> None:
        """Change the icon before the word; "" removes it."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        """Change the look."""
        self._kind = kind
        self.update()

    def _word(self) -> str:
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        """Return 36 px of height and the room for word and icons."""
        width = theme.metrics("strong").horizontalAdvance(self._word()) + self._padding() * 2
        width += sum(ICON + 8 for name in (self._icon, self._trailing) if name)
        return QSize(width, theme.px(36))

    def minimumSizeHint(self) -> QSize:
        """Never cut the word."""
        return self.sizeHint()

    def _padding(self) -> int:
        return 14 if self._kind in {"ghost", "inverse"} else 17

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the body, the icons and the word."""
        del event
        painter = painter_of(self)
        text, rest, hover, press, border = _LOOKS[self._kind]
        ground = press if self.isDown() else hover if self.underMouse() else rest
        if not self.isEnabled():
            text, ground, border = "text3", ("" if self._kind in {"ghost", "inverse"} else "neutral_bg"), ""
        body = QRectF(self.rect())
        if focus_visible(self):
            paint_ring(painter, body, RADIUS + 2)
            body = body.adjusted(3, 3, -3, -3)
        if ground or border:
            rounded(
                painter,
                body,
                RADIUS,
                theme.color(ground) if ground else None,
                theme.color(border) if border else None,
            )
        if self._kind == "inverse" and ground:
            text = "bg"
        self._paint_content(text)
        painter.end()

    def _paint_content(self, role: str) -> None:
        painter = painter_of(self)
        font = theme.font("strong")
        word = theme.metrics("strong").horizontalAdvance(self._word())
        extra = sum(ICON + 8 for name in (self._icon, self._trailing) if name)
        x = max(8.0, (self.width() - word - extra) / 2)
        y = (self.height() - ICON) / 2
        if self._icon:
            icons.paint_icon(painter, QRectF(x, y, ICON, ICON), self._icon, role)
            x += ICON + 8
        draw_text(painter, QRectF(x, 0, word + 2, self.height()), self._word(), font, role)
        if self._trailing:
            icons.paint_icon(painter, QRectF(x + word + 8, y, ICON, ICON), self._trailing, role)
        painter.end()


class ToolButton(QToolButton):
    """A button with an icon only; the tooltip is its accessible name and may end with the shortcut."""

    def __init__(
        self, icon: str, tooltip: str, *, role: str = "text2", size: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._role = role
        self._side = size
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def set_icon(self, icon: str, tooltip: str = "") -> None:
        """Change the icon, and the name with it."""
        self._icon = icon
        if tooltip:
            self.setToolTip(tooltip)
            self.setAccessibleName(tooltip)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square of 36 px unless told otherwise."""
        side = max(32, theme.px(self._side))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground under the pointer, the ring and the icon."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        if focus_visible(self):
            paint_ring(painter, body, RADIUS + 2)
            body = body.adjusted(3, 3, -3, -3)
        role = self._role if self.isEnabled() else "text3"
        if self.isChecked():
            rounded(painter, body, RADIUS, theme.color("primary_soft"))
            role = "primary_text"
        elif self.isEnabled() and (self.underMouse() or self.isDown()):
            rounded(painter, body, RADIUS, theme.color("text2" if self._role == "bg" else "hover"))
        side = 20
        square = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        icons.paint_icon(painter, square, self._icon, role)
        painter.end()


class FilterChip(QRadioButton):
    """One of a row of filters: dot, word, count. Chips of the same parent exclude each other."""

    def __init__(self, text: str, count: int | None = None, dot_role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(_plain(text), parent)
        self._label = text
        self._count = count
        self._dot = dot_role
        self._name()
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _name(self) -> None:
        self.setAccessibleName(self._label if self._count is None else f"{self._label} : {self._count}")

    def set_count(self, count: int) -> None:
        """Change the count."""
        if count != self._count:
            self._count = count
            self._name()
            self.updateGeometry()
            self.update()

    def _count_text(self) -> str:
        return "" if self._count is None else str(self._count)

    def sizeHint(self) -> QSize:
        """Return 32 px of height and the room for the texts (bold, so that choosing moves nothing)."""
        metrics = theme.metrics("small_strong")
        count = self._count_text()
        width = metrics.horizontalAdvance(self._label) + 26 + (16 if self._dot else 0)
        return QSize(width + (metrics.horizontalAdvance(count) + 8 if count else 0), theme.px(32))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Take clicks anywhere on the chip."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        del event
        painter = painter_of(self)
        paint_option(painter, self, self.height() / 2, "border")
        on = self.isChecked()
        x = 13.0
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(self._dot))
            painter.drawEllipse(QRectF(x + 1, self.height() / 2 - 4, 8, 8))
            x += 16
        font = theme.font("small_strong" if on else "small")
        room = QRectF(x, 0, self.width() - x - 8, self.height())
        draw_text(painter, room, self._label, font, "primary_text" if on else "text")
        if self._count is not None:
            right = QRectF(0, 0, self.width() - 13, self.height())
            role = "primary_text" if on else "text2"
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            draw_text(painter, right, self._count_text(), theme.font("small"), role, align)
        painter.end()


class _Segment(QRadioButton):
    def __init__(self, text: str, icon: str, height: int) -> None:
        super().__init__(_plain(text))
        self.setAccessibleName(text)
        self._label = text
        self._icon = icon
        self._height = height
        self.first = self.last = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = theme.metrics("strong").horizontalAdvance(self._label) + 24 + (ICON + 8 if self._icon else 0)
        return QSize(width, theme.px(self._height))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        body = QRectF(self.rect()).adjusted(0 if self.first else -10, 0, 0 if self.last else 10, 0)
        on = self.isChecked()
        ground = "primary_soft" if on else "hover" if self.underMouse() else "surface"
        painter.setClipRect(self.rect())
        rounded(painter, body, RADIUS, theme.color(ground), theme.color("border_strong"))
        if not self.first:
            painter.fillRect(0, 0, 1, self.height(), theme.color("border_strong"))
        if focus_visible(self):
            paint_ring(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), RADIUS - 2)
        font = theme.font("strong") if on else theme.font("body")
        role = "primary_text" if on else "text"
        word = theme.metrics("strong").horizontalAdvance(self._label)
        x = (self.width() - word - (ICON + 8 if self._icon else 0)) / 2
        if self._icon:
            icons.paint_icon(painter, QRectF(x, (self.height() - ICON) / 2, ICON, ICON), self._icon, role)
            x += ICON + 8
        draw_text(painter, QRectF(x, 0, word + 2, self.height()), self._label, font, role, _CENTRE)
        painter.end()


class Segmented(QWidget):
    """Two to five exclusive choices side by side; `chosen` tells the value of the one pressed."""

    chosen = Signal(str)

    def __init__(
        self, items: Iterable[tuple[str, str] | tuple[str, str, str]], *, name: str = "", height: int = 36
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._segments: dict[str, _Segment] = {}
        self._group = QButtonGroup(self)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for value, text, *rest in items:
            segment = _Segment(text, rest[0] if rest else "", height)
            self._segments[value] = segment
            self._group.addButton(segment)
            box.addWidget(segment)
        parts = list(self._segments.values())
        parts[0].first = parts[-1].last = True
        self._group.buttonClicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def value(self) -> str:
        """Return the value chosen, "" if none."""
        return next((value for value, segment in self._segments.items() if segment.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose without a signal; an unknown value chooses nothing."""
        if value in self._segments:
            self._segments[value].setChecked(True)

    def _on_clicked(self, button: QWidget) -> None:
        del button
        self.chosen.emit(self.value())

    def follow_theme(self) -> None:
        """Follow the text size."""
        for segment in self._segments.values():
            segment.updateGeometry()
