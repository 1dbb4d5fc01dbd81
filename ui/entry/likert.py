# SPDX-License-Identifier: EUPL-1.2
"""Scales: one row of cells for a `likert` question, and the grid of several questions over one scale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from forms.views import Choice, NodeView
from ui import theme
from ui.entry.control import Control, Setting
from ui.entry.markdown import to_plain_text
from ui.widgets import Label
from ui.widgets.painting import (
    TILE_RADIUS,
    focus_visible,
    paint_check,
    paint_option,
    paint_radio,
    paint_ring,
    painter_of,
    rounded,
)

MARK = 22
CELL = 40
_CENTRED = int(Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignHCenter.value | Qt.AlignmentFlag.AlignTop.value)


class ScaleCell(QRadioButton):
    """One step of a scale: the mark above, the words below."""

    def __init__(self, text: str, percent: int, parent: QWidget) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.label = text
        self._percent = percent
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_label(self, text: str) -> None:
        """Change the words."""
        self.label = text
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Wrap the words."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the mark and the wrapped words."""
        room = QRect(0, 0, max(40, width - 12), 1000)
        words = QFontMetrics(theme.font("small_strong", percent=self._percent))
        return MARK + 26 + words.boundingRect(room, _CENTRED, self.label).height()

    def sizeHint(self) -> QSize:
        """Return a cell of one sixth of a page."""
        return QSize(104, self.heightForWidth(104))

    def minimumSizeHint(self) -> QSize:
        """Return a narrow cell."""
        return QSize(64, MARK + 40)

    def hitButton(self, pos: QPoint) -> bool:
        """Take clicks anywhere in the cell."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the mark and the words."""
        del event
        painter = painter_of(self)
        paint_option(painter, self, TILE_RADIUS)
        on = self.isChecked()
        paint_radio(painter, QRectF((self.width() - MARK) / 2, 9, MARK, MARK), on=on, enabled=self.isEnabled())
        painter.setFont(theme.font("small_strong" if on else "small", percent=self._percent))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(6, MARK + 15, self.width() - 12, self.height()), _CENTRED, self.label)
        painter.end()


class LikertControl(Control):
    """A `likert` question: the steps of its scale in one row."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self._group = QButtonGroup(self)
        self._values: list[str] = []
        self._cells: list[ScaleCell] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 2, 0, 0)
        self._row.setSpacing(6)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the chosen cell, else the first."""
        checked = [cell for cell in self._cells if cell.isChecked()]
        return (checked or self._cells)[0] if self._cells else self

    def targets(self) -> list[QWidget]:
        """Name the group; each cell keeps its own label as its name."""
        return [self]

    def current(self) -> str:
        """Return the value chosen."""
        return next((v for v, cell in zip(self._values, self._cells, strict=True) if cell.isChecked()), "")

    def show_node(self, node: NodeView) -> None:
        """Show the scale and the answer."""
        self.node = node
        choices = self.setting.choices(node.ref)
        if [choice.value for choice in choices] != self._values:
            self._build(choices)
        self._group.setExclusive(False)
        for choice, cell in zip(choices, self._cells, strict=True):
            if cell.label != to_plain_text(choice.label.value):
                cell.set_label(to_plain_text(choice.label.value))
            cell.setChecked(choice.value == node.value)
        self._group.setExclusive(True)

    def press_digit(self, digit: int) -> bool:
        """Click the n-th cell."""
        if digit > len(self._cells):
            return False
        self._cells[digit - 1].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._cells[digit - 1].click()
        return True

    def clear_answer(self) -> bool:
        """Take the answer away."""
        self.answered.emit("")
        return True

    def _build(self, choices: Sequence[Choice]) -> None:
        for cell in self._cells:
            self._row.removeWidget(cell)
            cell.deleteLater()
        self._values = [choice.value for choice in choices]
        self._cells = []
        for choice in choices:
            cell = ScaleCell(to_plain_text(choice.label.value), self.setting.percent, self)
            cell.clicked.connect(self.commit)
            self._group.addButton(cell)
            self._row.addWidget(cell, 1)
            self._cells.append(cell)


class _GridMark:
    """What the radio and the check cells of a grid share."""

    def prepare(self: QRadioButton | QCheckBox, name: str) -> None:  # type: ignore[misc]  # mixed into the Qt classes
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class GridRadio(QRadioButton, _GridMark):
    """One cell of a grid of single answers."""

    def sizeHint(self) -> QSize:
        """Return a cell of 40 px."""
        return QSize(70, theme.px(CELL))

    def hitButton(self, pos: QPoint) -> bool:
        """Take clicks anywhere in the cell."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark in the middle."""
        del event
        _paint_cell(self, radio=True)


class GridCheck(QCheckBox, _GridMark):
    """One cell of a grid of several answers."""

    def sizeHint(self) -> QSize:
        """Return a cell of 40 px."""
        return QSize(70, theme.px(CELL))

    def hitButton(self, pos: QPoint) -> bool:
        """Take clicks anywhere in the cell."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark in the middle."""
        del event
        _paint_cell(self, radio=False)


class ScaleGrid(QWidget):
    """Several questions over one list: a row a question. `answered(ref, value)`; the rows are told by `show_rows`."""

    answered = Signal(str, str)

    def __init__(self, nodes: list[NodeView], choices: Sequence[Choice], percent: int = 100) -> None:
        super().__init__()
        self._values = [choice.value for choice in choices]
        self._cells: dict[str, list[GridRadio | GridCheck]] = {}
        self._labels: dict[str, Label] = {}
        self._groups: list[QButtonGroup] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 26)
        self._heads = [Label(to_plain_text(choice.label.value), "small", wrap=True) for choice in choices]
        for position, head in enumerate(self._heads, start=1):
            head.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(head, 0, position)
            grid.setColumnStretch(position, 10)
        for line, node in enumerate(nodes, start=1):
            self._labels[node.ref] = Label("", "body", wrap=True, percent=percent)
            grid.addWidget(self._labels[node.ref], line, 0)
            self._add_row(grid, line, node, choices)
        self.show_rows(nodes)

    def show_rows(self, nodes: list[NodeView]) -> None:
        """Show labels, relevance and answers."""
        for node in nodes:
            words = to_plain_text(node.label.value) if node.label else ""
            self._labels[node.ref].setText(f"{words} *" if node.required else words)
            self._labels[node.ref].setVisible(node.relevant)
            chosen = set(node.value.split())
            cells = self._cells[node.ref]
            group = cells[0].group() if cells else None
            if group is not None:
                group.setExclusive(False)
            for value, cell in zip(self._values, cells, strict=True):
                cell.setChecked(value in chosen)
                cell.setVisible(node.relevant)
            if group is not None:
                group.setExclusive(node.control == "select1")

    def row_entry(self, ref: str) -> QWidget:
        """Return the cell of a row that takes the keyboard."""
        cells = self._cells[ref]
        return next((cell for cell in cells if cell.isChecked()), cells[0])

    def press_digit(self, digit: int) -> bool:
        """Click the n-th cell of the row that has the keyboard."""
        focus = self.focusWidget()
        for cells in self._cells.values():
            if focus in cells and digit <= len(cells):
                cells[digit - 1].click()
                return True
        return False

    def _add_row(self, grid: QGridLayout, line: int, node: NodeView, choices: Sequence[Choice]) -> None:
        group = QButtonGroup(self)
        self._groups.append(group)
        kind = GridRadio if node.control == "select1" else GridCheck
        cells: list[GridRadio | GridCheck] = []
        words = to_plain_text(node.label.value) if node.label else ""
        for position, choice in enumerate(choices, start=1):
            cell = kind(self)
            cell.prepare(f"{words} — {to_plain_text(choice.label.value)}")
            cell.clicked.connect(lambda _checked=False, ref=node.ref: self._tell(ref))
            group.addButton(cell)
            grid.addWidget(cell, line, position)
            cells.append(cell)
        self._cells[node.ref] = cells

    def _tell(self, ref: str) -> None:
        cells = self._cells[ref]
        self.answered.emit(ref, " ".join(v for v, c in zip(self._values, cells, strict=True) if c.isChecked()))


def _paint_cell(cell: QRadioButton | QCheckBox, *, radio: bool) -> None:
    painter = painter_of(cell)
    if focus_visible(cell):
        paint_ring(painter, QRectF(cell.rect()).adjusted(2, 2, -2, -2), TILE_RADIUS)
    elif cell.underMouse():
        rounded(painter, cell.rect().adjusted(2, 2, -2, -2), TILE_RADIUS, theme.color("hover"))
    square = QRectF((cell.width() - MARK) / 2, (cell.height() - MARK) / 2, MARK, MARK)
    draw = paint_radio if radio else paint_check
    draw(painter, square, on=cell.isChecked(), enabled=cell.isEnabled())
    painter.end()
