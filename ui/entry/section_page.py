# SPDX-License-Identifier: EUPL-1.2
"""One section as a page: title, intro, questions. Long sections are built in slices."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.entry.frame import Frame, Surroundings
from ui.entry.sections import Item, ItemKind, Section
from ui.widgets import Label, scrolled
from ui.widgets.painting import painter_of

WIDTH = 744
WIDE = 1010  # tables take the room there is; questions keep their measure
SIDE = 28
EDGE = 8  # where tables are: they take what the sides leave
FIRST = 8
SLICE = 6
MARGIN = 80


class Column(QWidget):
    """The reading column: at most 744 px (at 100 %), in the middle."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self._width = width
        self.inner = QWidget()
        self.box = QVBoxLayout(self.inner)
        self.box.setContentsMargins(0, 20, 0, 32)
        self.box.setSpacing(6)
        self.line = line = QHBoxLayout(self)
        line.setContentsMargins(SIDE - 10, 0, SIDE - 10, 0)
        line.addStretch(1)
        line.addWidget(self.inner, 1000)
        line.addStretch(1)
        self.fit()

    def fit(self, width: int = 0) -> None:
        """Follow the text size, and take another width if told."""
        self._width = width or self._width
        self.inner.setMaximumWidth(theme.px(self._width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground of pages."""
        painter = painter_of(self)
        painter.fillRect(event.rect(), theme.color("bg"))
        painter.end()


class Tail(QWidget):
    """What may stand beside the answer of a question: a drawing of it, or what follows from it."""

    above = False

    def refresh(self) -> None:
        """Draw the answers as they are."""
        raise NotImplementedError

    def fit(self) -> None:
        """Follow the text size."""


class SectionPage(QWidget):
    """The frames of one section, from top to bottom.

    `ready` is emitted when the last slice stands. `answered(ref, value)`, `typed(ref, value)` and `focused(ref)` come
    from the frames.
    """

    answered = Signal(str, str)
    typed = Signal(str, str)
    focused = Signal(str)
    ready = Signal()

    def __init__(self, section: Section, items: list[Item], around: Surroundings) -> None:
        super().__init__()
        self.section = section
        self.frames: list[Frame] = []
        self._around = around
        self._waiting = list(items)
        self.tails: list[Tail] = []
        self._column = Column()
        self._title = Label(section.title, "h1", wrap=True)
        self._title.setContentsMargins(20, 0, 20, 4)
        if any(item.kind is ItemKind.REPEAT for item in items):
            self._column.fit(WIDE)
            self._column.line.setContentsMargins(EDGE, 0, EDGE, 0)
        self._column.box.addWidget(self._title)
        self._column.box.addStretch(1)
        self.area: QScrollArea = scrolled(self._column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.area)
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._build_slice)
        self._build(FIRST)

    @property
    def complete(self) -> bool:
        """Whether all frames stand."""
        return not self._waiting

    def build_all(self) -> None:
        """Build what is left now: someone wants a question further down."""
        self._build(len(self._waiting))

    def frame_of(self, ref: str) -> Frame | None:
        """Return the frame that shows `ref` (or holds it, for tables), built if it was not yet."""
        found = self._find(ref)
        if found is None and self._waiting:
            self.build_all()
            found = self._find(ref)
        return found

    def refresh(self, refs: Iterable[str] | None = None) -> None:
        """Draw these refs again, or all frames if None."""
        if refs is None:
            for frame in self.frames:
                frame.refresh()
            for tail in self.tails:
                tail.refresh()
            return
        touched: dict[int, tuple[Frame, list[str]]] = {}
        for ref in refs:
            for frame in self._touching(ref):
                touched.setdefault(id(frame), (frame, []))[1].append(ref)
        for frame, own in touched.values():
            frame.refresh_refs(own)
        for tail in self.tails:
            tail.refresh()

    def set_title(self, title: str) -> None:
        """Show the title in another language."""
        self._title.setText(title)

    def show_frame(self, frame: Frame) -> None:
        """Scroll so that the frame is in view, clear of the foot."""
        self._column.line.activate()
        top = frame.mapTo(self._column, QPoint(0, 0))
        area = QRect(top, frame.size())
        bar = self.area.verticalScrollBar()
        height = self.area.viewport().height()
        first = frame is next((f for f in self.frames if f.relevant), None)
        if area.top() - MARGIN < bar.value():
            bar.setValue(0 if first else max(0, area.top() - MARGIN))
        elif area.bottom() + MARGIN > bar.value() + height:
            bar.setValue(min(area.top() - 16, area.bottom() + MARGIN - height))

    def fit(self) -> None:
        """Follow the text size."""
        self._column.fit()
        for frame in self.frames:
            frame.fit()
            self._hold(frame)
        for tail in self.tails:
            tail.fit()

    def add_tail(self, ref: str, tail: Tail) -> None:
        """Put a drawing of answers into the frame of the question `ref`: above its answer or below."""
        frame = self.frame_of(ref)
        if frame is not None:
            self.tails.append(tail)
            frame.outer.insertWidget(1 if tail.above else frame.outer.count(), tail)
            tail.refresh()

    def _hold(self, frame: Frame) -> None:
        if frame.item.kind is not ItemKind.REPEAT:
            frame.setMaximumWidth(theme.px(WIDTH))

    def answerable(self) -> list[Frame]:
        """Return the frames in view that take an answer, in order."""
        kinds = (ItemKind.QUESTION, ItemKind.MATRIX, ItemKind.REPEAT)
        return [frame for frame in self.frames if frame.item.kind in kinds and frame.relevant]

    def _find(self, ref: str) -> Frame | None:
        for frame in self.frames:
            if ref in frame.item.refs:
                return frame
        holding = [f for f in self.frames if f.item.kind is ItemKind.REPEAT and ref.startswith(f"{f.item.ref}[")]
        return holding[0] if holding else None

    def _touching(self, ref: str) -> list[Frame]:
        """Return the frames that a changed ref concerns: its own, those inside it, and the table that holds it."""
        return [
            frame
            for frame in self.frames
            if ref in frame.item.refs
            or frame.item.ref.startswith(f"{ref}/")
            or (frame.item.kind is ItemKind.REPEAT and ref.startswith((f"{frame.item.ref}[", f"{frame.item.ref}/")))
        ]

    def _build(self, count: int) -> None:
        for item in self._waiting[:count]:
            frame = self._around.frame(item, self._around)
            frame.answered.connect(self.answered)
            frame.typed.connect(self.typed)
            frame.focused.connect(self.focused)
            self._column.box.insertWidget(len(self.frames) + 1, frame)  # after the title
            self.frames.append(frame)
            self._hold(frame)
        del self._waiting[:count]
        if self._waiting:
            self._turn.start()
        else:
            self._turn.stop()
            self.ready.emit()

    def _build_slice(self) -> None:
        self._build(SLICE)
