# SPDX-License-Identifier: EUPL-1.2
"""The frame of every question that interrupts: a title, a text, the answers at the bottom right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.widgets.buttons import Button
from ui.widgets.indicators import IconBadge
from ui.widgets.text import Label, label

LEAST_WIDTH = 412  # within the margins


class Dialog(QDialog):
    """A modal window: fill `.body`, add answers with `add_button`; `answer` tells the one pressed, "" if none."""

    def __init__(
        self, title: str, text: str = "", parent: QWidget | None = None, *, icon: str = "", kind: str = "neutral"
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, on=False)
        self.answer = ""
        self.title = Label(title, "h2", wrap=True)
        self.text = label(text, "body", "text2", True)
        self.text.setVisible(bool(text))
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self.title)
        words.addWidget(self.text)
        top = QHBoxLayout()
        top.setSpacing(14)
        if icon:
            top.addWidget(IconBadge(icon, kind), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(16)
        box.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        box.addStrut(LEAST_WIDTH)  # a minimum of the widget's own would be lost to the constraint
        for part in (top, self.body, self._buttons):
            box.addLayout(part)

    def add_button(self, text: str, value: str = "", kind: str = "secondary", icon: str = "") -> Button:
        """Add an answer at the right of those before it; value "" closes as Escape does. A primary one takes Enter."""
        button = Button(text, icon, kind)
        button.clicked.connect(lambda: self.choose(value))
        if kind == "primary":
            button.setDefault(True)
        self._buttons.addWidget(button)
        return button

    def choose(self, value: str) -> None:
        """Close with an answer."""
        self.answer = value
        if value:
            self.accept()
        else:
            self.reject()
