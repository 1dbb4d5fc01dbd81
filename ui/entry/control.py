# SPDX-License-Identifier: EUPL-1.2
"""What every answer widget has in common, whatever it looks like.

A control shows the stored value of one node and says what the person does: `typed(value)` while keys are being pressed
(to be saved, not judged: at most 0.8 s after the first unsaved key), `answered(value)` when the answer is given (to be
saved and judged). Values are XForms lexical strings. A control never calls the engine nor the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from forms.views import Choice, NodeView

TYPING_MS = 800


class Files(Protocol):
    """Where files given as answers are kept, and where the form's own pictures come from."""

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file beside the draft under a free name and return it; FieldkitError if the disk refuses."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file given as an answer, None if it is missing."""
        ...

    def medium(self, name: str) -> bytes | None:
        """Return the bytes of a picture of the form itself, None if it is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a control: the choices of a ref, the size of the text in percent, and where files are kept."""

    choices: Callable[[str], Sequence[Choice]]
    files: Files
    percent: int = 100
    touch: bool = False


class Control(QWidget):
    """The base of all answer widgets."""

    answered = Signal(str)
    typed = Signal(str)

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.node = node
        self.setting = setting
        self._dirty = False
        self._clock = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._clock.timeout.connect(self._type)

    def current(self) -> str:
        """Return the value as it stands in the widget."""
        raise NotImplementedError

    def show_node(self, node: NodeView) -> None:
        """Show a new state of the node; what is being typed right now is left alone."""
        raise NotImplementedError

    def entry(self) -> QWidget:
        """Return the widget that takes the keyboard."""
        return self

    def targets(self) -> list[QWidget]:
        """Return the widgets that carry the question's name for a screen reader."""
        return [self.entry()]

    def set_bad(self, bad: bool) -> None:
        """Show in the field itself that its answer is to be corrected."""

    def problem(self) -> str:
        """Return what is wrong with something that cannot be stored at all, `""` if nothing is."""
        return ""

    def press_digit(self, digit: int) -> bool:
        """Choose the n-th choice (from 1); True if the control has one."""
        del digit
        return False

    def clear_answer(self) -> bool:
        """Take the answer away; True if the control can."""
        return False

    def commit(self) -> None:
        """Give the answer now, as when leaving the field."""
        if not self.node.readonly:
            self._clock.stop()
            self._dirty = False
            self.answered.emit(self.current())

    def settle(self) -> None:
        """Give the answer if something was typed since the last."""
        if self._dirty:
            self.commit()

    def flush(self) -> None:
        """Save what is being typed now, without judging it."""
        if self._clock.isActive():
            self._type()

    def _edited(self) -> None:
        self._dirty = True
        # Not restarted by each key: the first unsaved key is never older than TYPING_MS.
        if not self._clock.isActive():
            self._clock.start()

    def _type(self) -> None:
        self._clock.stop()
        self.typed.emit(self.current())


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and polish only when it changes: polishing is what costs."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def is_digit_free(widget: QObject | None) -> bool:
    """Tell whether digit keys pressed in this widget choose, rather than write."""
    return widget is None or (not widget.inherits("QLineEdit") and not widget.inherits("QPlainTextEdit"))


def digit_of(event: QKeyEvent) -> int:
    """Return 1 to 9 for a digit key without modifier, else 0."""
    text = event.text()
    return int(text) if len(text) == 1 and text in "123456789" else 0
