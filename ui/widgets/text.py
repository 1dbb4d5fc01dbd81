# SPDX-License-Identifier: EUPL-1.2
"""Text on screen: labels that follow the theme and the text size, and the little keys of keyboard hints."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import theme
from ui.widgets.painting import painter_of, rounded


class Label(QLabel):
    """A text in a style and a role of the design; plain text unless `rich` is asked for."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        wrap: bool = False,
        *,
        percent: int = 100,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._style_name = style
        self._role = role
        self._own_colour: QColor | None = None
        self._percent = percent
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(style, percent=percent))
        self._colour()
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def set_role(self, role: str) -> None:
        """Change the colour to another role of the tokens."""
        if role != self._role:
            self._role = role
            self._own_colour = None
            self._colour()

    def set_style(self, style: str) -> None:
        """Change the type style."""
        self._style_name = style
        self.setFont(theme.font(style, percent=self._percent))

    def _colour(self) -> None:
        palette_role = theme.PALETTE_ROLES.get(self._role)
        if palette_role is not None:
            self.setForegroundRole(palette_role)
            return
        wanted = theme.color(self._role)
        if self._own_colour == wanted and self.palette().color(QPalette.ColorRole.WindowText) == wanted:
            return  # setting it tells of a change once more, without end
        self._own_colour = wanted
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, wanted)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setPalette(palette)

    def follow_theme(self) -> None:
        """Take the type and the colour of the theme and text size on screen (`theme` calls this on every change)."""
        wanted = theme.font(self._style_name, percent=self._percent)
        if self.font() != wanted:
            self.setFont(wanted)
        if self._role not in theme.PALETTE_ROLES:
            self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the rare colours when a style sheet gives the old palette back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._role not in theme.PALETTE_ROLES:
            self._colour()


class ElidedLabel(Label):
    """One line that ends with « … » where it has no room; the whole text is then its tooltip."""

    def shown_text(self) -> str:
        """Return what there is room for."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        shown = self.shown_text()
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = painter_of(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


def unbroken(rich: str) -> str:
    """Keep French spaces: Qt folds U+202F of rich text into a plain space, on which a line then breaks."""
    return rich.replace("\u202f", "\u00a0")


def label(text: str, style: str = "body", role: str = "text", wrap: bool = False) -> Label:
    """Return a label; `wrap` lets it break over lines (give it a stretch in a row)."""
    return Label(text, style, role, wrap)


class KeyHint(QWidget):
    """A key cap such as « Entrée », followed by what it does."""

    def __init__(self, key: str, meaning: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._meaning = meaning
        self.setAccessibleName(f"{key} : {meaning}" if meaning else key)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room for both texts."""
        gap = 8 + theme.metrics("small").horizontalAdvance(self._meaning) if self._meaning else 0
        return QSize(self._cap_width() + gap, theme.px(24))

    def _cap_width(self) -> int:
        return max(theme.px(22), theme.metrics("caption").horizontalAdvance(self._key) + 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cap and the text."""
        del event
        painter = painter_of(self)
        paint_key(painter, QRectF(0, 1, self._cap_width(), self.height() - 2), self._key)
        if self._meaning:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            room = QRectF(self._cap_width() + 8, 0, self.width() - self._cap_width() - 8, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._meaning)
        painter.end()


def paint_key(painter: QPainter, rect: QRectF, key: str) -> None:
    """Draw a key cap."""
    rounded(painter, rect, 5, theme.color("sunken"), theme.color("border"))
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.color("text2"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, key)
