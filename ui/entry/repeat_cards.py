# SPDX-License-Identifier: EUPL-1.2
"""The entries of a repeat as cards: one line each, the open one with its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from forms.views import NodeView
from ui import icons, theme
from ui.entry.repeat_model import leaves
from ui.entry.sections import ItemKind, entry_items, node_title
from ui.entry.shown_value import in_words
from ui.i18n import translate
from ui.widgets import Line, ToolButton
from ui.widgets.painting import draw_text, focus_visible, paint_ring, painter_of

if TYPE_CHECKING:
    from ui.entry.frame import Frame, Surroundings

HEAD = 48


class _Head(QPushButton):
    """The line of an entry: a chevron, its number, its first answers."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = False
        self.problem = False
        self._title = self._text = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def tell(self, title: str, text: str, *, opened: bool, problem: bool) -> None:
        self._title, self._text, self.opened, self.problem = title, text, opened, problem
        self.setAccessibleName(f"{title}, {text}" if text else title)
        state = translate("Entry", "ouvert") if opened else translate("Entry", "fermé")
        wrong = translate("Entry", "à corriger") if problem else ""
        self.setAccessibleDescription(" · ".join(part for part in (state, wrong) if part))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(HEAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_of(self)
        if self.underMouse():
            painter.fillRect(event.rect(), theme.color("hover"))
        middle = self.height() / 2
        name = "circle-alert" if self.problem else "chevron-down" if self.opened else "chevron-right"
        icons.paint_icon(painter, QRectF(14, middle - 9, 18, 18), name, "err_fg" if self.problem else "text2")
        width = theme.metrics("strong").horizontalAdvance(self._title) + 2
        draw_text(painter, QRectF(42, 0, width, self.height()), self._title, theme.font("strong"), "text")
        rest = QRectF(52 + width, 0, self.width() - 62 - width, self.height())
        draw_text(painter, rest, self._text, theme.font("body"), "text2")
        if focus_visible(self):
            paint_ring(painter, self.rect().adjusted(2, 2, -2, -2), 6)
        painter.end()


class EntryCards(QWidget):
    """One card an entry; the frames of the open one are built when it is opened."""

    answered = Signal(str, str)
    typed = Signal(str, str)
    focused = Signal(str)

    def __init__(self, repeat_ref: str, around: Surroundings) -> None:
        super().__init__()
        self._ref = repeat_ref
        self._around = around
        self._heads: list[_Head] = []
        self._rows: list[QWidget] = []
        self._opened = ""
        self.frames: list[Frame] = []
        self._inner: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def refresh(self) -> None:
        """Draw the entries as they are now."""
        entries = self._around.lists.below(self._ref)
        if len(entries) != len(self._rows):
            self._rebuild(entries)
        for entry, head in zip(entries, self._heads, strict=True):
            self._tell(entry, head)
        for frame in self.frames:
            frame.refresh()

    def open_entry(self, entry_ref: str) -> None:
        """Open one entry (closing the other) and put the keyboard into its first question."""
        self._open(entry_ref)
        if self.frames:
            asked = [f for f in self.frames if f.item.kind is ItemKind.QUESTION and f.relevant]
            (asked or self.frames)[0].take_focus()

    def open_ref(self, ref: str) -> bool:
        """Open the entry that holds `ref` and go to its question; False if there is no entry."""
        entries = self._around.lists.below(self._ref)
        holding = next((e.ref for e in entries if ref.startswith(f"{e.ref}/")), entries[0].ref if entries else "")
        if not holding:
            return False
        self._open(holding)
        for frame in self.frames:
            if ref in frame.item.refs or ref.startswith(f"{frame.item.ref}["):
                frame.take_focus(ref)
                return True
        self._heads[_position(holding) - 1].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def settle(self) -> None:
        """Give what is being typed as the answer."""
        for frame in self.frames:
            frame.settle()

    def flush(self) -> None:
        """Save what is being typed."""
        for frame in self.frames:
            frame.flush()

    def press_digit(self, digit: int) -> bool:
        """Choose in the question that has the keyboard."""
        for frame in self.frames:
            focus = self.focusWidget()
            if focus is not None and frame.isAncestorOf(focus):
                return frame.press_digit(digit)
        return False

    def _rebuild(self, entries: list[NodeView]) -> None:
        for row in self._rows:
            self._box.removeWidget(row)
            row.deleteLater()
        self._rows, self._heads, self.frames, self._inner = [], [], [], None
        for entry in entries:
            head = _Head()
            head.clicked.connect(lambda _checked=False, ref=entry.ref: self._toggle(ref))
            bin_ = ToolButton("trash-2", translate("Entry", "Supprimer"))
            bin_.clicked.connect(lambda _checked=False, ref=entry.ref: self._remove(ref))
            line = QHBoxLayout()
            line.setSpacing(0)
            line.setContentsMargins(0, 0, 6, 0)
            line.addWidget(head, 1)
            if entry.can_remove:
                line.addWidget(bin_)
            row = QWidget()
            box = QVBoxLayout(row)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
            box.addLayout(line)
            box.addWidget(Line())
            self._box.addWidget(row)
            self._rows.append(row)
            self._heads.append(head)
        opened, self._opened = self._opened, ""
        if any(entry.ref == opened for entry in entries):
            self._open(opened)

    def _toggle(self, entry_ref: str) -> None:
        if self._opened == entry_ref:
            self._close()
            self.refresh()
        else:
            self.open_entry(entry_ref)

    def _close(self) -> None:
        self.settle()
        if self._inner is not None:
            self._inner.hide()
            self._inner.deleteLater()
        self._inner, self.frames, self._opened = None, [], ""

    def _open(self, entry_ref: str) -> None:
        if self._opened == entry_ref:
            return
        self._close()
        self._opened = entry_ref
        self._inner = QWidget()
        box = QVBoxLayout(self._inner)
        box.setContentsMargins(8, 0, 8, 12)
        box.setSpacing(4)
        for item in entry_items(self._around.nodes, entry_ref):
            frame = self._around.frame(item, self._around)
            frame.answered.connect(self.answered)
            frame.typed.connect(self.typed)
            frame.focused.connect(self.focused)
            box.addWidget(frame)
            self.frames.append(frame)
        position = _position(entry_ref) - 1
        layout = self._rows[position].layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(1, self._inner)
        self.refresh()

    def _remove(self, entry_ref: str) -> None:
        self._close()
        self._around.lists.remove(entry_ref)
        text = translate("Entry", "Entrée {} supprimée").format(_position(entry_ref))
        undo = translate("Entry", "Annuler")
        self._around.lists.toast(text, (undo, lambda: self._around.lists.undo_removal(entry_ref)))

    def _tell(self, entry: NodeView, head: _Head) -> None:
        nodes = [node for node in leaves(self._around.lists, entry.ref) if node.relevant]
        words = [words for node in nodes if (words := in_words(node, self._around.setting.choices))]
        problem = any(n.violation is not None or (not n.value and n.ref in self._around.missing) for n in nodes)
        title = node_title(entry) if entry.label and entry.label.value else translate("Entry", "Entrée")
        number = f"{title} {_position(entry.ref)}"
        text = " · ".join(words[:3]) if words else translate("Entry", "à remplir")
        head.tell(number, text, opened=entry.ref == self._opened, problem=problem)


def _position(entry_ref: str) -> int:
    return int(entry_ref.rpartition("[")[2].rstrip("]"))
