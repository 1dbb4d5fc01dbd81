# SPDX-License-Identifier: EUPL-1.2
"""How widgets stand together: rows, columns, cards, lines and scrolling pages."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.painting import CARD_RADIUS, painter_of, rounded

_Box = TypeVar("_Box", bound=QBoxLayout)

# None: a stretch; a number: that many pixels of room; a pair: with a stretch factor.
Item = QWidget | QLayout | int | None | tuple[QWidget | QLayout, int]


def row(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Return a row; `None` stretches, a number leaves that many pixels, `(widget, n)` gives a stretch factor."""
    return _fill(QHBoxLayout(), items, spacing, margins)


def column(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Return a column; items as in `row`."""
    return _fill(QVBoxLayout(), items, spacing, margins)


def _fill(box: _Box, items: tuple[Item, ...], spacing: int, margins: tuple[int, int, int, int]) -> _Box:
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for item in items:
        _add(box, item)
    return box


def _add(box: QBoxLayout, item: Item) -> None:
    thing, factor = item if isinstance(item, tuple) else (item, 0)
    if thing is None:
        box.addStretch(1)
    elif isinstance(thing, int):
        box.addSpacing(thing)
    elif isinstance(thing, QLayout):
        box.addLayout(thing, factor)
    else:
        box.addWidget(thing, factor)


class Card(QWidget):
    """A white card with a thin border. `fill` and `border` are roles."""

    def __init__(
        self,
        *items: Item,
        spacing: int = 8,
        margins: tuple[int, int, int, int] = (16, 14, 16, 14),
        fill: str = "surface",
        border: str = "border",
    ) -> None:
        super().__init__()
        self._fill = fill
        self._border = border
        self.body = column(*items, spacing=spacing, margins=margins)
        self.setLayout(self.body)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the border."""
        del event
        painter = painter_of(self)
        rounded(painter, self.rect(), CARD_RADIUS, theme.color(self._fill), theme.color(self._border))
        painter.end()


class Panel(QWidget):
    """A plain ground with a line on one side: `edge` is left, right, top, bottom or empty."""

    def __init__(self, fill: str = "surface", edge: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fill = fill
        self._edge = edge

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line."""
        painter = painter_of(self)
        painter.fillRect(event.rect(), theme.color(self._fill))
        width, height = self.width(), self.height()
        lines = {"left": (0, 0, 1, height), "right": (width - 1, 0, 1, height)}
        lines |= {"top": (0, 0, width, 1), "bottom": (0, height - 1, width, 1)}
        if self._edge in lines:
            painter.fillRect(*lines[self._edge], theme.color("border"))
        painter.end()


class Line(QWidget):
    """A thin line between two things."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return one pixel of height."""
        return QSize(8, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = painter_of(self)
        painter.fillRect(event.rect(), theme.color("border"))
        painter.end()


class Flowing(QWidget):
    """The content of a scrolling page: as high as its words need at its width, where the layout can tell.

    The hint of a label that wraps is that of a narrow column: a page of many would end in a screen of nothing.
    """

    def minimumSizeHint(self) -> QSize:
        """Return the width that is needed; the height follows from it."""
        hint = super().minimumSizeHint()
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            hint.setHeight(1)
        return hint


def scrolled(content: QWidget) -> QScrollArea:
    """Return `content` in an area that scrolls vertically and fits its width; Tab never stops on the area itself."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    # A viewport of our own: it fills nothing, and asking for Qt's would make PySide prepare every widget class (40 ms).
    area.setViewport(QWidget())
    area.setWidget(content)
    content.setAutoFillBackground(False)  # setWidget switches it on: the ground below must show through
    return area
