# SPDX-License-Identifier: EUPL-1.2
"""A range with a slider, and choices put in order of rank."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSlider, QVBoxLayout, QWidget

from forms.views import NodeView
from ui import theme
from ui.entry import lexical
from ui.entry.control import Control, Setting, set_property
from ui.entry.markdown import to_plain_text
from ui.entry.text_controls import make_line
from ui.i18n import translate
from ui.widgets import Card, Label, ToolButton, column
from ui.widgets.painting import focus_visible, paint_ring, painter_of, rounded

HANDLE = 20
FIELD = 92
MAX_TICKS = 21
RANK_ROW = 36
SHOWN_ROWS = 10


class _Track(QSlider):
    """A slider of the design; without an answer it shows no handle, and the wheel scrolls the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.answered = False
        self.ticks = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(320, theme.px(32))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        middle, room = self.height() / 2, self.width() - HANDLE
        rounded(painter, QRectF(0, middle - 3, self.width(), 6), 3, theme.color("track"))
        steps = self.maximum() - self.minimum()
        share = (self.value() - self.minimum()) / steps if steps else 0
        x = HANDLE / 2 + room * share
        if self.answered:
            rounded(painter, QRectF(0, middle - 3, x, 6), 3, theme.color("primary"))
        if self.ticks and 0 < steps < MAX_TICKS:
            for step in range(steps + 1):
                tick = HANDLE / 2 + room * step / steps
                painter.fillRect(QRectF(tick - 0.5, middle + 7, 1, 5), theme.color("border_strong"))
        if self.answered or self.hasFocus():
            handle = QRectF(x - HANDLE / 2, middle - HANDLE / 2, HANDLE, HANDLE)
            ground = theme.color("primary" if self.answered else "surface")
            rounded(painter, handle, HANDLE / 2, ground, theme.color("primary"), 2)
            if focus_visible(self):
                paint_ring(painter, handle.adjusted(-4, -4, 4, 4), HANDLE / 2 + 4)
        painter.end()


class RangeControl(Control):
    """A number between `start` and `end` by `step`: a slider, and a field for those who type."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self._start = _decimal(node.parameters.get("start", ""), Decimal(1))
        self._step = abs(_decimal(node.parameters.get("step", ""), Decimal(1))) or Decimal(1)
        end = _decimal(node.parameters.get("end", ""), Decimal(10))
        self._sign = 1 if end >= self._start else -1
        self.track = _Track(self)
        self.track.ticks = "no-ticks" not in node.appearance
        self.track.setRange(0, int(abs(end - self._start) / self._step))
        self.field = make_line(setting, self)
        self.field.setFixedWidth(theme.px(FIELD * setting.percent / 100))
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        low, high = (
            Label(lexical.shown_number(f"{bound.normalize():f}"), "small", "text2") for bound in (self._start, end)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for widget, stretch in ((low, 0), (self.track, 1), (high, 0), (self.field, 0)):
            row.addWidget(widget, stretch)
        self.show_node(node)
        self.track.sliderReleased.connect(self._give)
        self.track.valueChanged.connect(self._on_moved)
        self.field.textEdited.connect(self._edited)
        self.field.editingFinished.connect(self.commit)

    def entry(self) -> QWidget:
        """Return the field: it takes digits, the slider takes arrows."""
        return self.field

    def targets(self) -> list[QWidget]:
        """Return the slider and the field."""
        return [self.track, self.field]

    def current(self) -> str:
        """Return what the field says."""
        return lexical.stored_number(self.field.text())

    def show_node(self, node: NodeView) -> None:
        """Show the answer in the field and on the slider."""
        self.node = node
        if self._clock.isActive():
            return
        self.field.setText(lexical.shown_number(node.value))
        self.track.answered = bool(node.value)
        blocked = self.track.blockSignals(True)
        steps = self._sign * (_decimal(node.value, self._start) - self._start) / self._step
        self.track.setValue(int(steps.to_integral_value()))
        self.track.blockSignals(blocked)
        self.track.update()

    def set_bad(self, bad: bool) -> None:
        """Draw the red border on the field."""
        set_property(self.field, "bad", bad)

    def _on_moved(self, steps: int) -> None:
        number = self._start + self._sign * steps * self._step
        self.field.setText(lexical.shown_number(f"{number.normalize():f}"))
        if not self.track.isSliderDown():
            self._give()

    def _give(self) -> None:
        self.track.answered = True
        self.commit()


class RankControl(Control):
    """Choices in order: dragged, moved with Alt+↑ and Alt+↓, or with the buttons."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.list = _RankList(self)
        self.list.setFont(theme.font("body", percent=setting.percent))
        self._note = Label("", "caption", "text3", wrap=True)
        up = ToolButton("arrow-up", translate("Entry", "Monter (Alt+↑)"))
        down = ToolButton("arrow-down", translate("Entry", "Descendre (Alt+↓)"))
        keep = ToolButton("check", translate("Entry", "Garder cet ordre"))
        up.clicked.connect(lambda: self.move_current(-1))
        down.clicked.connect(lambda: self.move_current(1))
        keep.clicked.connect(self.commit)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Card(self.list, margins=(5, 5, 5, 5), border="border_strong"), 1)
        row.addLayout(column(up, down, keep, None, spacing=4))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(row)
        box.addWidget(self._note)
        self.show_node(node)
        self.list.model().rowsMoved.connect(self.commit)

    def entry(self) -> QWidget:
        """Return the list."""
        return self.list

    def current(self) -> str:
        """Return all values, the first in rank first."""
        return " ".join(str(self.list.item(i).data(Qt.ItemDataRole.UserRole)) for i in range(self.list.count()))

    def show_node(self, node: NodeView) -> None:
        """Show the order given; without an answer, the order of the form."""
        self.node = node
        labels = {choice.value: to_plain_text(choice.label.value) for choice in self.setting.choices(node.ref)}
        order = [value for value in node.value.split() if value in labels]
        order += [value for value in labels if value not in order]
        shown = [(self.list.item(i).data(Qt.ItemDataRole.UserRole)) for i in range(self.list.count())]
        if shown != order:
            self.list.clear()
            for value in order:
                item = QListWidgetItem(labels[value])
                item.setData(Qt.ItemDataRole.UserRole, value)
                item.setSizeHint(QSize(0, self._row_height()))
                self.list.addItem(item)
            self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(SHOWN_ROWS, max(1, len(order))) * self._row_height())
        self._note.setText(
            "" if node.value else translate("Entry", "Sans réponse : déplacez une ligne, ou gardez cet ordre.")
        )
        self._note.setVisible(not node.value)

    def _row_height(self) -> int:
        return theme.px(RANK_ROW * self.setting.percent / 100)

    def move_current(self, by: int) -> None:
        """Move the current line up (-1) or down (1), and give the answer."""
        row = self.list.currentRow()
        target = row + by
        if row < 0 or not 0 <= target < self.list.count():
            return
        self.list.insertItem(target, self.list.takeItem(row))
        self.list.setCurrentRow(target)
        self.commit()


class _RankList(QListWidget):
    def __init__(self, control: RankControl) -> None:
        super().__init__(control)
        self._control = control
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setTabKeyNavigation(False)
        self.setUniformItemSizes(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._control.move_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _decimal(text: str, default: Decimal) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return default
