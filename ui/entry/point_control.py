# SPDX-License-Identifier: EUPL-1.2
"""A place as latitude and longitude: typed, or pasted as « 50,6912 4,7983 »."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from forms.views import NodeView
from ui import theme
from ui.entry import lexical
from ui.entry.control import Control, Setting, set_property
from ui.entry.text_controls import make_line
from ui.i18n import translate
from ui.widgets import Label

WIDTH = 128
_PAIR = re.compile(r"\s*([-+]?\d+[.,]\d+)[\s;,]+([-+]?\d+[.,]\d+)\s*")


class PointControl(Control):
    """Latitude and longitude in degrees; altitude and accuracy already stored are kept."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.latitude = self._field(row, translate("Entry", "Lat."), translate("Entry", "50,6912"))
        row.addSpacing(8)
        self.longitude = self._field(row, translate("Entry", "Long."), translate("Entry", "4,7983"))
        self._accuracy = Label("", "small", "text2", percent=setting.percent)
        row.addStretch(1)
        row.addWidget(self._accuracy)
        self.latitude.editingFinished.connect(self._split)
        self.latitude.editingFinished.connect(self.flush)
        self.longitude.editingFinished.connect(self.commit)
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the field of the latitude."""
        return self.latitude

    def targets(self) -> list[QWidget]:
        """Return both fields."""
        return [self.latitude, self.longitude]

    def current(self) -> str:
        """Return `lat lon alt acc`; unchanged degrees keep the stored text."""
        degrees = (self.latitude.text(), self.longitude.text())
        stored = lexical.split_point(self.node.value)
        if degrees == stored[:2]:
            return self.node.value
        return lexical.stored_point(*degrees)

    def show_node(self, node: NodeView) -> None:
        """Show both degrees and the accuracy, unless one is being typed."""
        self.node = node
        latitude, longitude, _, accuracy = lexical.split_point(node.value)
        known = accuracy not in ("", "0")
        self._accuracy.setText(translate("Entry", "Précision {} m").format(accuracy) if known else "")
        if self._clock.isActive():
            return
        for line, text in ((self.latitude, latitude), (self.longitude, longitude)):
            if line.text() != text and not (line.hasFocus() and line.isModified()):
                line.setText(text)

    def set_bad(self, bad: bool) -> None:
        """Draw the red border on both fields."""
        set_property(self.latitude, "bad", bad)
        set_property(self.longitude, "bad", bad)

    def _field(self, row: QHBoxLayout, name: str, example: str) -> QLineEdit:
        line = make_line(self.setting, self)
        line.setPlaceholderText(example)
        line.setFixedWidth(theme.px(WIDTH * self.setting.percent / 100))
        line.setAlignment(Qt.AlignmentFlag.AlignLeft)
        line.textEdited.connect(self._edited)
        row.addWidget(Label(name, "body", "text2", percent=self.setting.percent))
        row.addWidget(line)
        return line

    def _split(self) -> None:
        match = _PAIR.fullmatch(self.latitude.text())
        if match:
            self.latitude.setText(lexical.shown_number(match[1].replace(",", ".")))
            self.longitude.setText(lexical.shown_number(match[2].replace(",", ".")))
            self._edited()
