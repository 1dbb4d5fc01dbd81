# SPDX-License-Identifier: EUPL-1.2
"""Choice tiles: native radio buttons and check boxes (keyboard, groups, screen readers) with the look of the design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy, QWidget

from ui import theme
from ui.widgets.painting import TILE_RADIUS, paint_check, paint_option, paint_radio, painter_of
from ui.widgets.text import paint_key

if TYPE_CHECKING:
    _Base = QAbstractButton
else:
    _Base = object

_MARK = 20
_LEFT = 42  # where the text starts
_WRAP = int(Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignVCenter.value)


class _Tile(_Base):
    """What both kinds of tile share."""

    def __init__(
        self,
        text: str,
        key_hint: str = "",
        description: str = "",
        *,
        height: int = 42,
        percent: int = 100,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = text
        self.description = description
        self._key = key_hint
        self._height = height
        self._percent = percent
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.setAccessibleDescription(description)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # Not Fixed: that would hold a label that wraps to the height of one line.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_label(self, text: str) -> None:
        """Change the words, e.g. when the question's language changes."""
        self.label = text
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def _right(self) -> int:
        return 44 if self._key else 14

    def _text_height(self, width: int) -> int:
        room = QRect(0, 0, max(40, width - _LEFT - self._right()), 10_000)
        metrics = QFontMetrics(theme.font("strong", percent=self._percent))
        height = metrics.boundingRect(room, _WRAP, self.label).height()
        if self.description:
            height += 3 + theme.metrics("small").boundingRect(room, _WRAP, self.description).height()
        return height

    def hasHeightForWidth(self) -> bool:
        """Long labels wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return 42 px for one line, more for wrapped text or a description."""
        return max(theme.px(self._height), self._text_height(width) + 20)

    def sizeHint(self) -> QSize:
        """Return the room for the label on one line, or what a tile that must be wider needs."""
        metrics = QFontMetrics(theme.font("strong", percent=self._percent))
        width = max(self.minimumWidth(), min(480, metrics.horizontalAdvance(self.label) + _LEFT + self._right() + 4))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return a narrow tile: the label wraps."""
        return QSize(120, theme.px(self._height))

    def hitButton(self, pos: QPoint) -> bool:
        """Take clicks anywhere on the tile."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        del event
        painter = painter_of(self)
        paint_option(painter, self, TILE_RADIUS)
        self._paint_mark(painter, QRectF(13, (self.height() - _MARK) / 2, _MARK, _MARK))
        self._paint_texts(painter)
        if self._key:
            width = max(22, theme.metrics("caption").horizontalAdvance(self._key) + 14)
            paint_key(painter, QRectF(self.width() - 12 - width, (self.height() - 24) / 2, width, 24), self._key)
        painter.end()

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        raise NotImplementedError

    def _paint_texts(self, painter: QPainter) -> None:
        on = self.isChecked()
        width = self.width() - _LEFT - self._right()
        top = (self.height() - self._text_height(self.width())) / 2
        painter.setFont(theme.font("strong" if on else "body", percent=self._percent))
        painter.setPen(theme.color("text" if self.isEnabled() else "text3"))
        if not self.description:
            painter.drawText(QRectF(_LEFT, 0, width, self.height()), _WRAP, self.label)
            return
        flags = _WRAP & ~Qt.AlignmentFlag.AlignVCenter.value
        drawn = painter.boundingRect(QRectF(_LEFT, top, width, 10_000), flags, self.label)
        painter.drawText(drawn, flags, self.label)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(_LEFT, drawn.bottom() + 3, width, self.height()), flags, self.description)


class RadioTile(_Tile, QRadioButton):
    """One of several exclusive choices."""

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        paint_radio(painter, rect, on=self.isChecked(), enabled=self.isEnabled())


class CheckTile(_Tile, QCheckBox):
    """One of several choices that may go together."""

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        paint_check(painter, rect, on=self.isChecked(), enabled=self.isEnabled())


def ChoiceTile(  # noqa: N802 - it stands for the two classes and reads like one
    text: str, exclusive: bool, key_hint: str = "", description: str = "", *, height: int = 42, percent: int = 100
) -> RadioTile | CheckTile:
    """Return a radio tile (`exclusive`) or a check tile; `height` is 60 and `percent` 118 in « Une par une »."""
    kind = RadioTile if exclusive else CheckTile
    return kind(text, key_hint, description, height=height, percent=percent)
