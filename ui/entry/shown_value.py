# SPDX-License-Identifier: EUPL-1.2
"""Answers as people read them: in the review, in table cells, and where a value can only be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldkit import typography
from forms.views import Choice, NodeView
from ui import theme
from ui.entry import lexical
from ui.entry.control import Control, Setting
from ui.entry.markdown import to_plain_text
from ui.entry.text_controls import grouped, unit_of
from ui.i18n import translate
from ui.widgets import Label
from ui.widgets.painting import RADIUS, painter_of, rounded

_CHOICES = ("select1", "select", "rank", "odk:rank")
_YEARS = ("annee", "année", "year", "code", "nis", "cp", "numero", "num")


def in_words(node: NodeView, choices: Callable[[str], Sequence[Choice]]) -> str:
    """Return an answer in words, `""` when there is none."""
    if not node.value:
        return ""
    if node.control in _CHOICES:
        labels = {choice.value: to_plain_text(choice.label.value) for choice in choices(node.ref)}
        return ", ".join(labels.get(value, value) for value in node.value.split())
    if node.control == "trigger":
        return translate("Entry", "Confirmé")
    return value_in_words(node)


def value_in_words(node: NodeView) -> str:
    """Return a value that is no choice in words: numbers with their unit, dates with the month's name."""
    value = node.value
    if node.data_type in ("int", "decimal"):
        return _number_in_words(node)
    if node.data_type in ("date", "dateTime"):
        try:
            day = typography.long_date(date.fromisoformat(value[:10]))
        except ValueError:
            return value
        if node.data_type == "date":
            return day
        return translate("Entry", "{day} à {time}").format(day=day, time=lexical.split_date_time(value)[1])
    if node.data_type == "time":
        return lexical.shown_time(value)
    if node.data_type == "geopoint":
        latitude, longitude, _, _ = lexical.split_point(value)
        return f"{latitude} ; {longitude}"
    if node.data_type == "boolean":
        return translate("Entry", "Oui") if value in ("true", "1") else translate("Entry", "Non")
    return value


def is_code(node: NodeView) -> bool:
    """Tell whether a number is a name (a year, a postal code): then it takes no thousands space."""
    name = node.ref.rpartition("/")[2].lower()
    return any(part in name.split("_") for part in _YEARS)


def _number_in_words(node: NodeView) -> str:
    unit = unit_of(node)
    if unit == "€":
        try:
            return typography.money(Decimal(node.value))
        except InvalidOperation:
            return node.value
    number = lexical.shown_number(node.value) if is_code(node) else grouped(node.value)
    return f"{number}{typography.NBSP}{unit}" if unit else number


class ShownControl(Control):
    """A value that can be read and copied, not changed."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self._text = Label("", "number", wrap=True, percent=setting.percent)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 8)
        box.addWidget(self._text)
        self.show_node(node)

    def current(self) -> str:
        """Return the value unchanged."""
        return self.node.value

    def show_node(self, node: NodeView) -> None:
        """Show the value in words, a dash if there is none."""
        self.node = node
        self._text.setText(in_words(node, self.setting.choices) or typography.DASH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sunken ground."""
        del event
        painter = painter_of(self)
        rounded(painter, QRectF(self.rect()), RADIUS, theme.color("sunken"), theme.color("border"))
        painter.end()
