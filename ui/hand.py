# SPDX-License-Identifier: EUPL-1.2
"""A hand on the window: clicks, keys and pictures, as a person would give and take them. For the tour and for tests.

Events go through Qt's own delivery to the widget, so a button that is disabled or hidden does nothing here either;
that is an error of its own, because a person would have been stuck.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QPointF,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from ui.entry.question_frames import QuestionFrame

if TYPE_CHECKING:
    from ui.entry.page import EntryPage

SLICE_MS = 10
PATIENCE = 20.0


class OutOfReachError(Exception):
    """What a person would have clicked or waited for is not there; the message names it."""


def hush() -> None:
    """Keep one remark of the offscreen platform from the terminal: that dialogs cannot have size hints there."""

    def tell(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del kind, context
        if "propagateSizeHints" not in text:
            sys.stderr.write(f"{text}\n")

    qInstallMessageHandler(tell)


def settle() -> None:
    """Let the window do everything that is due now: layouts, paints, zero timers, deleted widgets."""
    for _ in range(4):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, SLICE_MS)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Let the window live until `condition()` holds; OutOfReachError with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise OutOfReachError(f"{what} (waited {seconds:.0f} s)")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, SLICE_MS)
        time.sleep(SLICE_MS / 1000)  # the workers' turn
    settle()


def click(widget: QWidget) -> None:
    """Press and release the left button in the middle of a widget."""
    name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else type(widget).__name__)
    if not widget.isVisible():
        raise OutOfReachError(f"{name} is not in view")
    if not widget.isEnabled():
        raise OutOfReachError(f"{name} is disabled")
    here = QPointF(widget.rect().center())
    there = QPointF(widget.mapToGlobal(widget.rect().center()))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseButtonPress, here, there, left, left, plain))
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseButtonRelease, here, there, left, none, plain))
    settle()


def press(
    widget: QWidget, key: Qt.Key, text: str = "", modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press and release one key on a widget."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, modifier, text))


def write(widget: QWidget, text: str) -> None:
    """Type a text into a field in place of what it holds, one key a character."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    press(widget, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    for character in text:
        press(widget, Qt.Key.Key_unknown, character)
    settle()


def picture(window: QWidget, path: Path) -> None:
    """Keep what the window shows as a PNG; OSError if it cannot be written."""
    settle()
    if not window.grab().save(str(path), "PNG"):
        raise OSError(f"{path} cannot be written")


def button(parent: QWidget, name: str) -> QAbstractButton:
    """Return the visible button whose word or accessible name begins with `name`; OutOfReachError if there is none."""
    for found in parent.findChildren(QAbstractButton):
        if found.isVisible() and (found.text().startswith(name) or found.accessibleName().startswith(name)):
            return found
    raise OutOfReachError(f"no button “{name}”")


def answer(page: EntryPage, ref: str, value: str) -> None:
    """Answer one question as a person does: go to it, click the choice, or type the text and leave the field."""
    page.walk.go_to(ref)
    settle()
    frame = page.walk.current_frame()
    if not isinstance(frame, QuestionFrame):
        raise OutOfReachError(f"{ref} has no question of its own")
    choices = [choice.value for choice in page.desk.choices(ref)] if frame.control.node.control == "select1" else []
    if choices:
        click(frame.control.findChildren(QAbstractButton)[choices.index(value)])
    else:
        write(frame.control.entry(), value)
        frame.settle()
        settle()
    if page.desk.session.value(ref) != value:
        raise OutOfReachError(f"{ref} holds {page.desk.session.value(ref)!r} after {value!r} was given")
