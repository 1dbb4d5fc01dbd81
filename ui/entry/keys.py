# SPDX-License-Identifier: EUPL-1.2
"""The keys of the questionnaire, bound to the page's own verbs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.entry.control import digit_of, is_digit_free

SHIFT = Qt.KeyboardModifier.ShiftModifier
TAB = Qt.FocusReason.TabFocusReason
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def bind(page: QWidget, keys: dict[str, Callable[[], object]]) -> list[QShortcut]:
    """Bind key sequences to calls, for as long as the focus is inside `page`."""
    shortcuts = []
    for keys_text, call in keys.items():
        shortcut = QShortcut(QKeySequence(keys_text), page)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(call)
        shortcuts.append(shortcut)
    return shortcuts


def pressed_button(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Click the button that has the keyboard when Enter is pressed; True if there was one."""
    if event.key() in ENTER and not event.modifiers() and isinstance(focus, QPushButton | QToolButton):
        focus.click()
        return True
    return False


def chosen_digit(focus: QWidget | None, event: QKeyEvent) -> int:
    """Return the digit that chooses, 0 if the key writes or is none."""
    return digit_of(event) if is_digit_free(focus) else 0
