# SPDX-License-Identifier: EUPL-1.2
"""A text that is folded away under a word: for what few need to read, such as a server's own sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import icons, theme
from ui.i18n import translate
from ui.widgets.layout import column
from ui.widgets.painting import RADIUS, draw_text, focus_visible, paint_ring, painter_of
from ui.widgets.text import Label

_CHEVRON = 16


class _FoldButton(QPushButton):
    """A chevron and a word in small type; the colour is that of the text around it."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.is_open = False
        self._role = role
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = theme.metrics("small_strong").horizontalAdvance(self.text()) + _CHEVRON + 12
        return QSize(width, max(theme.px(24), 24))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        mark = "chevron-down" if self.is_open else "chevron-right"
        icons.paint_icon(painter, QRectF(0, (self.height() - _CHEVRON) / 2, _CHEVRON, _CHEVRON), mark, self._role)
        room = QRectF(_CHEVRON + 4, 0, self.width() - _CHEVRON - 8, self.height())
        font = theme.font("small_strong")
        font.setUnderline(self.underMouse())
        draw_text(painter, room, self.text(), font, self._role)
        if focus_visible(self):
            paint_ring(painter, self.rect(), RADIUS)
        painter.end()


class Fold(QWidget):
    """`title` with a chevron; a click opens `text`, which can be selected by mouse and keyboard, and copied."""

    def __init__(self, title: str = "", text: str = "", role: str = "text2") -> None:
        super().__init__()
        self._role = role
        self._text = ""
        self._words: Label | None = None  # most folds are never opened
        self.button = _FoldButton(role)
        self.button.clicked.connect(self.toggle)
        self._box = column(self.button, spacing=2)
        self.setLayout(self._box)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_message(title, text)

    @property
    def text(self) -> str:
        """What is folded away."""
        return self._text

    @property
    def is_open(self) -> bool:
        """Whether the text can be read."""
        return self.button.is_open

    def set_message(self, title: str, text: str) -> None:
        """Fold something else; nothing is shown at all without a text."""
        self._text = text
        self.button.setText(title)
        self.button.setAccessibleName(title)
        if self._words is not None:
            self._words.setText(text)
        self._tell()
        if self.parent() is not None or not text:  # without a parent it would be a window
            self.setVisible(bool(text))

    def toggle(self) -> None:
        """Open or close."""
        self.button.is_open = not self.button.is_open
        if self._words is None:
            self._words = Label(self._text, "small", self._role, True)
            kinds = Qt.TextInteractionFlag
            self._words.setTextInteractionFlags(kinds.TextSelectableByMouse | kinds.TextSelectableByKeyboard)
            self._words.setContentsMargins(_CHEVRON + 4, 0, 0, 2)
            self._box.addWidget(self._words)
        self._words.setVisible(self.button.is_open)
        self._tell()
        self.button.update()

    def _tell(self) -> None:
        state = translate("Fold", "déplié") if self.button.is_open else translate("Fold", "replié")
        self.button.setAccessibleDescription(state)
