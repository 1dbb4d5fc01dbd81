# SPDX-License-Identifier: EUPL-1.2
"""What answers people: banners, toasts, empty states, the list of errors; spoken to screen readers as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, theme
from ui.widgets.buttons import Button
from ui.widgets.indicators import IconBadge, IconMark, family
from ui.widgets.layout import column, row
from ui.widgets.painting import CARD_RADIUS, focus_visible, paint_ring, painter_of, rounded
from ui.widgets.text import Label, label

TOAST_MS = 6000
TOAST_SIDES = 28

_BANNER_ICONS = {"info": "info", "err": "circle-alert", "draft": "triangle-alert", "ok": "circle-check"}


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader speak a change of state (saving failed, errors, the result of sending)."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Banner(QWidget):
    """A message that stays: `kind` is neutral, info, err, draft, ok or review; `action` stands beside, `foot` below."""

    def __init__(
        self,
        kind: str,
        title: str,
        text: str = "",
        action: QWidget | None = None,
        icon: str = "",
        foot: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._kind = family(kind)
        foreground = f"{self._kind}_fg"
        self._mark = IconMark(icon or _BANNER_ICONS.get(self._kind, "info"), foreground)
        self.title = Label(title, "strong", foreground, True)
        self.text = Label(text, "small", foreground, True)
        words = column(self.title, self.text, *((4, foot) if foot is not None else ()), spacing=2)
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 10, 11, 10)
        box.setSpacing(12)
        box.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(words, 1)
        self.words = words  # what goes below them can be added
        self.text.setVisible(bool(text))  # not sooner: without a parent it would be a window
        if action is not None:
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._name()

    @property
    def kind(self) -> str:
        """The family of colours that it wears."""
        return self._kind

    def _name(self) -> None:
        self.setAccessibleName(f"{self.title.text()}. {self.text.text()}".strip())

    def set_message(self, kind: str, title: str, text: str = "", icon: str = "") -> None:
        """Say something else."""
        self._kind = family(kind)
        foreground = f"{self._kind}_fg"
        self._mark.set_icon(icon or _BANNER_ICONS.get(self._kind, "info"), foreground)
        for words, value in ((self.title, title), (self.text, text)):
            words.setText(value)
            words.set_role(foreground)
        self.text.setVisible(bool(text))
        self._name()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        del event
        painter = painter_of(self)
        ground, border = theme.color(f"{self._kind}_bg"), theme.color(self._kind)
        rounded(painter, self.rect(), CARD_RADIUS, ground, border)
        painter.end()


class _LinkButton(Button):
    def __init__(self, text: str) -> None:
        super().__init__(text, kind="ghost")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        font = theme.font("strong")
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(theme.color("err_fg"))
        room = QRectF(4, 0, self.width() - 8, self.height())
        text = painter.fontMetrics().elidedText(self._word(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if focus_visible(self):
            paint_ring(painter, self.rect(), 5)
        painter.end()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hint.setHeight(theme.px(28))
        return hint

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        hint.setWidth(80)
        return hint


class ErrorSummary(QWidget):
    """The list of what must be corrected, on top of a page; each line leads to its question."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(17, 12, 17, 12)
        self._box.setSpacing(0)
        self._title = Label("", "h3", "err_fg", True)
        self._box.addLayout(row(IconMark("circle-alert", "err_fg"), (self._title, 1)))
        self._box.addSpacing(4)
        self._links: list[Button] = []

    def set_items(self, title: str, items: Iterable[tuple[str, str]]) -> None:
        """Show `title` and one link for each (key, text); `chosen` tells the key."""
        for link in self._links:
            self._box.removeWidget(link)
            link.deleteLater()
        self._links = []
        self._title.setText(title)
        for key, text in items:
            link = _LinkButton(text)
            link.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._links.append(link)
            self._box.addWidget(link)
        self.setAccessibleName(title)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        del event
        painter = painter_of(self)
        rounded(painter, self.rect(), CARD_RADIUS, theme.color("err_bg"), theme.color("err"), 2)
        painter.end()


class _CentredWords(Label):
    """A few centred lines: a layout asks no widget that it centres how high it is for its width."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "body", "text2", True)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._fit()

    def follow_theme(self) -> None:
        super().follow_theme()
        self._fit()

    def _fit(self) -> None:
        width = theme.px(520)
        self.setFixedSize(width, self.heightForWidth(width))


class EmptyState(QWidget):
    """A page or card with nothing in it yet: what it is for, and the one thing to do."""

    def __init__(self, icon: str, title: str, text: str, action: QWidget | QLayout | None = None) -> None:
        super().__init__()
        self.title = label(title, "h2")
        words = _CentredWords(text)
        box = QVBoxLayout(self)
        box.setSpacing(6)
        box.addStretch(1)
        for widget, gap in ((IconBadge(icon, "ok", circle=True), 12), (self.title, 0), (words, 12)):
            box.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            box.addSpacing(gap)
        if isinstance(action, QLayout):
            box.addLayout(row(None, action, None))
        elif action is not None:
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)


class _Toast(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = "circle-check"
        self.text = Label("", "strong", "bg")
        self.button = Button("", kind="inverse")
        box = QHBoxLayout(self)
        box.setContentsMargins(44, 3, 8, 3)
        box.setSpacing(10)
        box.addWidget(self.text)
        box.addWidget(self.button)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(TOAST_MS)
        self.timer.timeout.connect(self.hide)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        rounded(painter, self.rect(), CARD_RADIUS, theme.color("text"))
        icons.paint_icon(painter, QRectF(16, (self.height() - 20) / 2, 20, 20), self._icon, "bg")
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.timer.start()
        super().leaveEvent(event)


class ToastHost(QObject):
    """Shows one short message at the bottom of `parent` for six seconds, longer under the pointer. Never for errors."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._made: _Toast | None = None
        self._undo: Callable[[], None] | None = None

    @property
    def _toast(self) -> _Toast:
        """The toast, made when there is something to say."""
        if self._made is None:
            self._made = _Toast(self._parent)
            self._made.button.clicked.connect(self._on_pressed)
            self._parent.installEventFilter(self)
        return self._made

    def show_toast(self, text: str, action: tuple[str, Callable[[], None]] | None = None) -> None:
        """Show `text`; `action` is a word (« Annuler ») and what it does."""
        self._toast.text.setText(text)
        self._toast.button.setVisible(action is not None)
        if action is not None:
            self._toast.button.set_text(action[0])
        self._undo = action[1] if action is not None else None
        self._place()
        self._toast.show()
        self._toast.raise_()
        self._toast.timer.start()
        announce(self._parent, text)

    def stay_above(self) -> None:
        """Stand before what `parent` shows now: whoever goes to another screen can still undo."""
        if self._made is not None:
            self._made.raise_()

    def text(self) -> str:
        """Return what is on screen, "" if nothing is."""
        return self._toast.text.text() if self._made and self._toast.isVisibleTo(self._parent) else ""

    def press(self) -> None:
        """Do what the toast offers, as a click would."""
        self._toast.button.click()

    def _on_pressed(self) -> None:
        self._toast.hide()
        if self._undo is not None:
            self._undo()

    def _place(self) -> None:
        area, toast = self._parent.rect(), self._toast
        toast.text.setWordWrap(False)
        toast.adjustSize()
        width = toast.sizeHint().width() + (16 if self._undo is None else 0)
        height = toast.sizeHint().height()
        if width > area.width() - 2 * TOAST_SIDES:
            width = area.width() - 2 * TOAST_SIDES
            toast.text.setWordWrap(True)
            height = toast.heightForWidth(width)
        height = max(theme.px(42), height)
        toast.resize(width, height)
        toast.move((area.width() - width) // 2, area.height() - height - TOAST_SIDES)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom when the parent changes its size."""
        if watched is self._parent and event.type() == QEvent.Type.Resize and self._toast.isVisible():
            self._place()
        return False
