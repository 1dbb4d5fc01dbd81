# SPDX-License-Identifier: EUPL-1.2
"""The sections at the left: where one is, how far each section is, what is to be corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from forms.views import Progress
from ui import icons, states, theme
from ui.dates import short_day, today
from ui.i18n import plural, translate
from ui.widgets import Bar, Button, IconMark, Label, Ring, column, row, scrolled
from ui.widgets.indicators import paint_ring_gauge
from ui.widgets.layout import Panel
from ui.widgets.painting import CARD_RADIUS, draw_text, focus_visible, paint_ring, painter_of, rounded

WIDTH = 252
ROW = 45
MARK = 20
_LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Standing(StrEnum):
    """How a section stands."""

    EMPTY = "empty"
    BEGUN = "begun"
    DONE = "done"
    WRONG = "wrong"
    NOTHING = "nothing"  # nothing to answer: notes, a summary


@dataclass(frozen=True, slots=True)
class SectionState:
    """What a row of the outline says. `wrong` counts the answers to correct, missing ones included once checked."""

    key: str
    title: str
    progress: Progress
    wrong: int
    remark: str = ""

    @property
    def standing(self) -> Standing:
        """Return how the section stands: done once nothing required is left."""
        if self.wrong or self.remark:
            return Standing.WRONG
        if not self.progress.asked:
            return Standing.NOTHING
        if not self.progress.answered:
            return Standing.EMPTY
        return Standing.BEGUN if self.progress.missing else Standing.DONE


class SectionRow(QPushButton):
    """One section. Not checkable: a checkable button would be announced as a check box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = SectionState("", "", Progress(0, 0, 0, 0), 0)
        self._current = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(self, state: SectionState, *, current: bool) -> None:
        """Say another state; nothing is drawn when it is the same."""
        if (state, current) == (self.state, self._current):
            return
        self.state, self._current = state, current
        done = states.answered(state.progress.answered, state.progress.asked)
        self.setToolTip(state.title)
        self.setAccessibleName(", ".join(part for part in (state.title, done, self.subtitle()) if part))
        self.setAccessibleDescription(translate("Entry", "section actuelle") if current else "")
        self.update()

    def subtitle(self) -> str:
        """Return the second line: what is to be corrected, or that one is here."""
        wrong = self.state.wrong
        if self.state.remark and not self._current:
            return self.state.remark
        if self._current and self.state.progress.asked:
            if self.state.remark:
                return self.state.remark
            if wrong:
                return translate("Entry", "En cours · {} à corriger").format(wrong)
            return translate("Entry", "En cours") if self.state.progress.missing else ""
        if wrong:
            one, many = translate("Entry", "{} réponse à corriger"), translate("Entry", "{} réponses à corriger")
            return plural(wrong, one, many).format(wrong)
        return ""

    def sizeHint(self) -> QSize:
        """Return a row of 46 px."""
        return QSize(120, theme.px(ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the mark, the words and the count."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        if self._current:
            rounded(painter, body, CARD_RADIUS, theme.color("surface"), theme.color("border"))
        elif self.underMouse():
            rounded(painter, body, CARD_RADIUS, theme.color("hover"))
        if focus_visible(self):
            paint_ring(painter, body, CARD_RADIUS)
        self._paint_mark(painter, QRectF(10, (self.height() - MARK) / 2, MARK, MARK))
        count = self._count()
        width = theme.metrics("small").horizontalAdvance(count)
        right = QRectF(self.width() - width - 12, 0, width + 2, self.height())
        draw_text(painter, right, count, theme.font("small"), "text2")
        room = right.left() - 40 - 8
        words, subtitle = theme.font("strong" if self._current else "body"), self.subtitle()
        if not subtitle:
            painter.setFont(words)
            painter.setPen(theme.color("text"))
            lines = elided_lines(self.state.title, words, int(room))
            painter.drawText(QRectF(40, 0, room, self.height()), _LEFT_MIDDLE, lines)
        else:
            middle = self.height() / 2
            line = theme.metrics("body").height()
            draw_text(painter, QRectF(40, middle - line + 1, room, line), self.state.title, words, "text")
            role = "text2" if self._current else "err_fg"
            draw_text(painter, QRectF(40, middle + 1, room, line), subtitle, theme.font("caption"), role)
        painter.end()

    def _count(self) -> str:
        progress = self.state.progress
        return f"{progress.answered}/{progress.asked}" if progress.asked else ""

    def _paint_mark(self, painter: QPainter, square: QRectF) -> None:
        standing = self.state.standing
        if standing is Standing.WRONG and not self._current:
            icons.paint_icon(painter, square, "circle-alert", "err_fg")
        elif standing is Standing.DONE:
            icons.paint_icon(painter, square, "circle-check", "ok")
        elif standing is Standing.NOTHING:
            icons.paint_icon(painter, square, "info", "text3")
        elif standing is Standing.EMPTY:
            icons.paint_icon(painter, square, "circle", "border_strong", 1.8)
        else:
            progress = self.state.progress
            share = 100 * progress.answered / max(1, progress.asked)
            paint_ring_gauge(painter, square.adjusted(1, 1, -1, -1), share, 4)


def deadline_words(day: date) -> str:
    """Return how long a call stays open: « Clôture dans 23 jours, le 15 déc. »."""
    left = (day - today()).days
    if left < 0:
        return translate("Entry", "Clôturé depuis le {}").format(short_day(day))
    one, many = translate("Entry", "Clôture dans {} jour, le {}"), translate("Entry", "Clôture dans {} jours, le {}")
    return plural(left, one, many).format(left, short_day(day))


def elided_lines(text: str, font: QFont, width: int) -> str:
    """Return a title on at most two lines, the second cut where it does not fit."""
    metrics = QFontMetrics(font)
    first = ""
    for word in text.split(" "):
        if metrics.horizontalAdvance(f"{first} {word}".strip()) > width:
            break
        first = f"{first} {word}".strip()
    rest = text[len(first) :].strip()
    if not first or not rest:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    return f"{first}\n{metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)}"


class Outline(Panel):
    """Name of the record, progress, sections, and « Vérifier et terminer »."""

    chosen = Signal(str)
    review_asked = Signal()
    close_asked = Signal()

    def __init__(self, back: str, *, ring: bool = False) -> None:
        super().__init__("bg", "right")
        self._rows: list[SectionRow] = []
        self.back = Button(back, "arrow-left", "ghost")
        self.back.clicked.connect(self.close_asked)
        self._title = Label("", "h3", wrap=True)
        self._place = Label("", "small", "text2", True)
        self._bar = Bar(0)
        self._ring = Ring(0, size=64, thickness=7) if ring else None
        self._counted = Label("", "small", "text2")
        self._percent = Label("", "small", "text2")
        self._deadline = Label("", "small", "draft_fg", True)
        self._deadline_mark = IconMark("calendar", "draft_fg", size=16)
        self.verify = Button(translate("Entry", "Vérifier et terminer"), "file-check")
        self.verify.clicked.connect(self.review_asked)
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(8, 0, 8, 8)
        self._list.setSpacing(1)
        self._list.addStretch(1)
        words = column(self._title, self._place, spacing=2)
        head = row(self._ring, (words, 1), spacing=12) if self._ring else words
        top = column(head, spacing=7, margins=(18, 0, 18, 0))
        if self._ring is None:
            top.addWidget(self._bar)
        top.addLayout(row(self._deadline_mark, (self._deadline, 1), spacing=6))
        top.addLayout(row(self._counted, None, self._percent))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 6, 1, 12)
        box.setSpacing(4)
        box.addLayout(row(self.back, None, margins=(4, 0, 4, 0)))
        box.addLayout(top)
        box.addSpacing(4)
        box.addWidget(scrolled(inner), 1)
        box.addLayout(column(self.verify, margins=(14, 0, 14, 0)))
        self.fit()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedWidth(theme.px(WIDTH))
        for own in self._rows:
            own.updateGeometry()

    def show_record(self, title: str, place: str) -> None:
        """Name the record."""
        if (title, place) != (self._title.text(), self._place.text()):
            self._title.setText(title)
            self._place.setText(place)
            self._place.setVisible(bool(place))

    def show_deadline(self, words: str) -> None:
        """Say when the call closes, in place of the count of answers; `""` when it never does."""
        self._deadline.setText(words)
        self._deadline.setVisible(bool(words))
        self._deadline_mark.setVisible(bool(words))
        self._counted.setVisible(not words)

    def show_progress(self, progress: Progress) -> None:
        """Tell how far the whole is, by the same count as the lists of records."""
        share = round(100 * progress.answered / max(1, progress.asked))
        self._counted.setText(states.answered(progress.answered, progress.asked))
        self._percent.setText(f"{share}\u00a0%")
        self._percent.setVisible(self._ring is None)
        self._bar.set_percent(share)
        if self._ring is not None:
            self._ring.set_percent(share)

    def show_sections(self, states: list[SectionState], current: str) -> None:
        """Tell how the sections stand; rows are made only when sections appear or go."""
        while len(self._rows) < len(states):
            own = SectionRow()
            own.clicked.connect(lambda _checked=False, own=own: self.chosen.emit(own.state.key))
            self._list.insertWidget(self._list.count() - 1, own)
            self._rows.append(own)
        while len(self._rows) > len(states):
            gone = self._rows.pop()
            self._list.removeWidget(gone)
            gone.deleteLater()
        for own, state in zip(self._rows, states, strict=True):
            own.show_state(state, current=state.key == current)

    def rows(self) -> list[SectionRow]:
        """Return the rows, for tests and for the keyboard's round of panes."""
        return list(self._rows)
