# SPDX-License-Identifier: EUPL-1.2
"""Beside an application: the limits of the call as bars, and the list of what makes it receivable."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fieldkit.application import Check, CheckState, Completeness, completeness, eligibility
from fieldkit.budget import LINE_REF, Ceiling, Rule, summarize
from fieldkit.call import Call
from fieldkit.library import Library
from fieldkit.values import SessionValues
from ui import icons, theme
from ui.entry.desk import Desk
from ui.entry.panel_words import (
    ceiling_gap,
    ceiling_title,
    ceiling_words,
    check_detail,
    check_title,
    group_remarks,
    section_remark,
)
from ui.i18n import translate
from ui.pack_words import call_notice
from ui.widgets import Bar, Label, Line, row, scrolled
from ui.widgets.layout import Panel
from ui.widgets.painting import draw_text, focus_visible, paint_ring, painter_of, rounded

WIDTH = 292
CALL_REF = "/data/a_identification/appel"
LIMIT_PLACE = 0.8  # where the tick of a limit stands on its bar, while the value is below it
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CeilingBar(QWidget):
    """One limit: its name, value and limit in words, and a bar with a tick at the limit."""

    def __init__(self) -> None:
        super().__init__()
        self._ceiling: Ceiling | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_ceiling(self, ceiling: Ceiling) -> None:
        """Show another state."""
        if ceiling != self._ceiling:
            before, self._ceiling = self.sizeHint(), ceiling
            told = ceiling_gap(ceiling) or translate("Entry", "respecté")
            if self.sizeHint() != before:
                self.updateGeometry()
            self.setAccessibleName(f"{ceiling_title(ceiling.rule)}, {ceiling_words(ceiling)}, {told}")
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another height where the words now need another line."""
        del event
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a line of words and a bar; words that are long, and what is over, take a line of their own."""
        lines = 2 if self._is_long() else 1
        over = 18 if self._ceiling is not None and self._ceiling.over else 0
        return QSize(WIDTH - 40, theme.px(16 + 22 * lines + over))

    def _is_long(self) -> bool:
        """Tell whether name and figures do not fit on one line."""
        if self._ceiling is None:
            return False
        figures = theme.metrics("small_strong" if self._ceiling.over else "small")
        words = figures.horizontalAdvance(ceiling_words(self._ceiling))
        return words + theme.metrics("small").horizontalAdvance(ceiling_title(self._ceiling.rule)) > self.width() - 32

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words, bar and tick."""
        del event
        ceiling = self._ceiling
        if ceiling is None:
            return
        painter = painter_of(self)
        line = theme.px(22)
        role, style = ("err_fg", "small_strong") if ceiling.over else ("text2", "small")
        words = ceiling_words(ceiling)
        top = line - 4 if self._is_long() else 0
        room = theme.metrics(style).horizontalAdvance(words) + 4
        draw_text(painter, QRectF(self.width() - room, top, room, line), words, theme.font(style), role, _RIGHT)
        mark = QRectF(self.width() - room - 22, top + (line - 16) / 2, 16, 16)
        icons.paint_icon(painter, mark, "circle-alert" if ceiling.over else "check", "err_fg" if ceiling.over else "ok")
        title = QRectF(0, 0, self.width() if top else mark.left() - 6, line)
        draw_text(painter, title, ceiling_title(ceiling.rule), theme.font("small"), "text")
        self._paint_bar(painter, ceiling, top + line + 4)
        if ceiling.over:
            gap = QRectF(0, top + line + 14, self.width(), theme.px(18))
            draw_text(painter, gap, ceiling_gap(ceiling), theme.font("caption"), "err_fg")
        painter.end()

    def _paint_bar(self, painter: QPainter, ceiling: Ceiling, top: float) -> None:
        full = max(ceiling.limit / Decimal(LIMIT_PLACE), ceiling.value) or Decimal(1)
        bar = QRectF(0, top, self.width(), 6)
        rounded(painter, bar, 3, theme.color("track"))
        share = float(ceiling.value / full)
        if share > 0:
            filled = QRectF(0, bar.top(), max(6.0, bar.width() * share), 6)
            rounded(painter, filled, 3, theme.color("err" if ceiling.over else "primary"))
        tick = float(ceiling.limit / full) * bar.width()
        painter.fillRect(QRectF(min(tick, bar.width() - 2), bar.top() - 3, 2, 12), theme.color("text"))


class CheckRow(QPushButton):
    """One rule: kept, broken or waiting; it leads to where it is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.check: Check | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_check(self, check: Check) -> None:
        """Show another state."""
        if check == self.check:
            return
        before, self.check = self.sizeHint(), check
        states = {
            CheckState.KEPT: translate("Entry", "respecté"),
            CheckState.BROKEN: translate("Entry", "à corriger"),
            CheckState.WAITING: translate("Entry", "pas encore rempli"),
        }
        self.setAccessibleName(f"{check_title(check.code)}, {states.get(check.state, '')}")
        self.setAccessibleDescription(check_detail(check))
        self.setToolTip(check_title(check.code))
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one or two lines."""
        two = self.check is not None and bool(check_detail(self.check))
        return QSize(WIDTH - 40, theme.px(42 if two else 30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark and words."""
        del event
        if self.check is None:
            return
        painter = painter_of(self)
        if self.underMouse():
            rounded(painter, self.rect(), 6, theme.color("hover"))
        marks = {
            CheckState.KEPT: ("circle-check", "ok"),
            CheckState.BROKEN: ("circle-alert", "err_fg"),
            CheckState.WAITING: ("circle", "border_strong"),
        }
        name, role = marks.get(self.check.state, ("circle", "border_strong"))
        icons.paint_icon(painter, QRectF(0, 5, 20, 20), name, role)
        line = theme.px(22)
        words = QRectF(28, 4, self.width() - 28, line)
        draw_text(painter, words, check_title(self.check.code), theme.font("body"), "text")
        colour = "err_fg" if self.check.state is CheckState.BROKEN else "text2"
        detail = QRectF(28, 2 + line, self.width() - 28, theme.px(16))
        draw_text(painter, detail, check_detail(self.check), theme.font("caption"), colour)
        if focus_visible(self):
            paint_ring(painter, self.rect(), 6)
        painter.end()


class ApplicationPanel(Panel):
    """« Plafonds de l’appel » and « Recevabilité », always as the answers stand."""

    edit_asked = Signal(str)

    def __init__(self, desk: Desk, library: Library) -> None:
        super().__init__("surface", "left")
        self._desk = desk
        self._library = library
        self._state: Completeness = Completeness(())
        self._bars: dict[Rule, CeilingBar] = {}
        self._rows: dict[str, CheckRow] = {}
        self._ceilings_title = Label(translate("Entry", "Plafonds de l’appel"), "h3")
        self._ceilings = QVBoxLayout()
        self._ceilings.setSpacing(2)
        self._line = Line()
        self._notice = Label("", "small", "draft_fg", True)
        self._count = Label("", "small", "text2")
        self._bar = Bar(0)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(0)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(15, 14, 15, 18)
        box.setSpacing(8)
        box.addWidget(self._notice)
        box.addWidget(self._ceilings_title)
        box.addLayout(self._ceilings)
        box.addSpacing(6)
        box.addWidget(self._line)
        box.addSpacing(6)
        box.addLayout(row(Label(translate("Entry", "Recevabilité"), "h3"), None, self._count))
        box.addWidget(self._bar)
        box.addLayout(self._checks)
        box.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        inner.setAutoFillBackground(False)  # a scroll area turns it on again when it takes the widget
        self.fit()
        self.refresh()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedWidth(theme.px(WIDTH))

    def refresh(self) -> None:
        """Read rules and limits again."""
        values = SessionValues(self._desk.session)
        checks = eligibility(values)
        self._state = completeness(self._desk.session, checks)
        budget = self._desk.budget = summarize(values)
        self._desk.group_remarks = {LINE_REF: group_remarks(budget)}
        notice = call_notice(self._call())
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self._show_ceilings(budget.ceilings if values.value(CALL_REF) else ())
        self._show_checks([c for c in checks if c.state is not CheckState.NOT_APPLICABLE])

    def remarks(self) -> dict[str, str]:
        """Return what the outline says of sections whose rules are broken, by the section's ref."""
        return {section.ref: section_remark(section.broken) for section in self._state.sections if section.broken}

    def deadline(self) -> date | None:
        """Return the last day of the chosen call, None if there is none."""
        chosen = self._call()
        return chosen.deadline if chosen is not None else None

    def _call(self) -> Call | None:
        """Return the chosen call, also one that is no longer offered."""
        return self._library.call(self._desk.session.value(CALL_REF))

    def _show_ceilings(self, ceilings: tuple[Ceiling, ...]) -> None:
        for part in (self._ceilings_title, self._line):
            part.setVisible(bool(ceilings))
        for ceiling in ceilings:
            if ceiling.rule not in self._bars:
                self._bars[ceiling.rule] = CeilingBar()
                self._ceilings.addWidget(self._bars[ceiling.rule])
            self._bars[ceiling.rule].show_ceiling(ceiling)
        shown = {ceiling.rule for ceiling in ceilings}
        for rule, bar in self._bars.items():
            bar.setVisible(rule in shown)

    def _show_checks(self, checks: list[Check]) -> None:
        for check in checks:
            if check.code not in self._rows:
                own = CheckRow()
                own.clicked.connect(lambda _checked=False, ref=check.ref: self.edit_asked.emit(ref))
                self._rows[check.code] = own
                self._checks.addWidget(own)
            self._rows[check.code].show_check(check)
        shown = {check.code for check in checks}
        for code, own in self._rows.items():
            own.setVisible(code in shown)
        kept = sum(check.state is CheckState.KEPT for check in checks)
        self._count.setText(translate("Entry", "{} sur {}").format(kept, len(checks)))
        self._bar.set_percent(100 * kept / max(1, len(checks)))
