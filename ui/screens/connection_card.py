# SPDX-License-Identifier: EUPL-1.2
"""The card of « Aujourd’hui » that tells how sending stands; while something leaves it changes in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.widgets.buttons import Button
from ui.widgets.indicators import Bar, IconMark
from ui.widgets.layout import Card, row
from ui.widgets.text import label

if TYPE_CHECKING:
    from ui.connection_story import Story


class ConnectionCard(Card):
    """Title, words, what waits, what can be done."""

    def __init__(self, story: Story) -> None:
        super().__init__(spacing=8)
        self._title = label(story.title, "h3", wrap=True)
        self._text = label(story.text, "small", "text2", True)
        self._bar = Bar(role="info")
        self._waiting = label("", "small_strong")
        self._size = label("", "small", "text2")
        self._buttons = row(spacing=8)
        self._offered: list[Button] = []
        self.body.addLayout(row(IconMark(story.icon, story.role), (self._title, 1), spacing=10))
        self.body.addWidget(self._text)
        self.body.addWidget(self._bar)
        if story.said is not None:
            from ui.said import fold_of

            self.body.addWidget(fold_of(story.said))
        self.body.addLayout(row(self._waiting, None, self._size))
        for word, icon, call in story.actions:
            button = Button(word, icon)
            button.clicked.connect(lambda _checked=False, call=call: call())
            self._offered.append(button)
            self._buttons.addWidget(button, 1)
        if story.actions:
            self.body.addSpacing(2)
            self.body.addLayout(self._buttons)
        self.show_progress(story)

    def show_progress(self, story: Story) -> None:
        """Tell the same story further on; a button that no longer does anything is off."""
        self._title.setText(story.title)
        self._text.setText(story.text)
        self._bar.setVisible(story.percent is not None)
        self._bar.set_percent(story.percent or 0)
        for words, text in ((self._waiting, story.waiting), (self._size, story.size)):
            words.setText(text)
            words.setVisible(bool(text))
        for button in self._offered:
            button.setEnabled(bool(story.actions))
