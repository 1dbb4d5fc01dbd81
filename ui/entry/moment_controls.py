# SPDX-License-Identifier: EUPL-1.2
"""Dates and times: typed in the usual ways, or picked in a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from forms.views import NodeView
from ui import theme
from ui.entry import lexical
from ui.entry.control import Control, Setting, set_property
from ui.entry.text_controls import LineControl, make_line
from ui.i18n import locale, translate
from ui.icons import icon

DATE_WIDTH = 168
TIME_WIDTH = 110
_MONTH_PARTS = 2
_LAST_MONTH = 12


class DateControl(LineControl):
    """A day as JJ/MM/AAAA with a calendar; `month-year` and `year` ask for less and store the first day."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.line.setFixedWidth(theme.px(DATE_WIDTH * setting.percent / 100))
        self.line.setPlaceholderText(self._pattern())
        if self._pattern() == _full() and "no-calendar" not in node.appearance:
            add_calendar(self.line, self._take)
        self._row.addStretch(1)

    def stored(self, text: str) -> str:
        """Read a day, a month (`11/2026`) or a year, as the form asks."""
        if "year" in self.node.appearance and text.strip().isdigit():
            return f"{int(text):04d}-01-01"
        parts = text.strip().split("/")
        if "month-year" in self.node.appearance and len(parts) == _MONTH_PARTS and all(p.isdigit() for p in parts):
            month = int(parts[0])
            return f"{int(parts[1]):04d}-{month:02d}-01" if 1 <= month <= _LAST_MONTH else text
        return lexical.stored_date(text)

    def shown(self, value: str) -> str:
        """Show as much of the day as the form asks for."""
        text = lexical.shown_date(value)
        if text != value and "year" in self.node.appearance:
            return text[6:]
        if text != value and "month-year" in self.node.appearance:
            return text[3:]
        return text

    def commit(self) -> None:
        """Give the answer and write it out in full (`22.11.26` becomes 22/11/2026)."""
        super().commit()
        text = self.shown(self.current())
        if self.line.text() != text:
            self.line.setText(text)

    def _take(self, day: QDate) -> None:
        self.line.setText(day.toString("dd/MM/yyyy"))
        self.commit()

    def _pattern(self) -> str:
        if "month-year" in self.node.appearance:
            return translate("Entry", "MM/AAAA")
        return translate("Entry", "AAAA") if "year" in self.node.appearance else _full()


class TimeControl(LineControl):
    """A time of the day as HH:MM."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.line.setFixedWidth(theme.px(TIME_WIDTH * setting.percent / 100))
        self.line.setPlaceholderText(translate("Entry", "HH:MM"))
        self._row.addStretch(1)

    def stored(self, text: str) -> str:
        """Read `10:42` or `10h42`; the same minute keeps the stored seconds and time zone."""
        if text == lexical.shown_time(self.node.value):
            return self.node.value
        return lexical.stored_time(text) if text.strip() else ""

    def shown(self, value: str) -> str:
        """Show hours and minutes."""
        return lexical.shown_time(value)


class DateTimeControl(Control):
    """A day and a time side by side."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.day = make_line(setting, self)
        self.day.setPlaceholderText(_full())
        self.day.setFixedWidth(theme.px(DATE_WIDTH * setting.percent / 100))
        add_calendar(self.day, self._take)
        self.moment = make_line(setting, self)
        self.moment.setPlaceholderText(translate("Entry", "HH:MM"))
        self.moment.setFixedWidth(theme.px(TIME_WIDTH * setting.percent / 100))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for line in (self.day, self.moment):
            row.addWidget(line)
            line.textEdited.connect(self._edited)
        row.addStretch(1)
        # Between both halves nothing is judged: the answer is given when the second half is left.
        self.day.editingFinished.connect(self.flush)
        self.moment.editingFinished.connect(self.commit)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the field of the day."""
        return self.day

    def targets(self) -> list[QWidget]:
        """Return both fields."""
        return [self.day, self.moment]

    def current(self) -> str:
        """Return one dateTime; the same minute keeps the stored seconds and time zone."""
        halves = (self.day.text(), self.moment.text())
        return (
            self.node.value if halves == lexical.split_date_time(self.node.value) else lexical.stored_date_time(*halves)
        )

    def show_node(self, node: NodeView) -> None:
        """Show both halves, unless one is being typed."""
        self.node = node
        if self._clock.isActive():
            return
        for line, text in zip((self.day, self.moment), lexical.split_date_time(node.value), strict=True):
            if line.text() != text and not line.hasFocus():
                line.setText(text)

    def set_bad(self, bad: bool) -> None:
        """Draw the red border on both halves."""
        set_property(self.day, "bad", bad)
        set_property(self.moment, "bad", bad)

    def _take(self, day: QDate) -> None:
        self.day.setText(day.toString("dd/MM/yyyy"))
        self._edited()
        self.moment.setFocus(Qt.FocusReason.OtherFocusReason)


class CalendarPopup(QFrame):
    """One month to pick a day from; Esc closes it."""

    def __init__(self, line: QLineEdit, take: object) -> None:
        super().__init__(line.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.Box)
        calendar = QCalendarWidget(self)
        calendar.setLocale(locale())
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(calendar)
        try:
            day = date.fromisoformat(lexical.stored_date(line.text()))
            calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        except ValueError:
            pass  # nothing, or no day yet: the calendar opens on today
        for signal in (calendar.clicked, calendar.activated):
            signal.connect(take)
            signal.connect(self.close)
        calendar.setFocus()


def add_calendar(line: QLineEdit, take: object) -> None:
    """Put a calendar button in the field; F4 opens it from the keyboard."""
    action = QAction(icon("calendar-days", "text2"), translate("Entry", "Choisir dans le calendrier (F4)"), line)
    action.setShortcut(QKeySequence(Qt.Key.Key_F4))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def open_popup() -> None:
        popup = CalendarPopup(line, take)
        popup.adjustSize()
        popup.move(line.mapToGlobal(QPoint(0, line.height() + 2)))
        popup.show()

    action.triggered.connect(open_popup)
    line.addAction(action, QLineEdit.ActionPosition.TrailingPosition)


def _full() -> str:
    return translate("Entry", "JJ/MM/AAAA")
