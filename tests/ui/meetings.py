# SPDX-License-Identifier: EUPL-1.2
"""Modal dialogs as a test meets them: announced before they open, answered once they have the keyboard, never left.

A dialog that runs a loop of its own gives the test back only when somebody closes it. So whatever goes wrong in an
answer, and whatever opens instead of what was announced, is closed here and fails the test in place of a stuck run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

LOOK_MS = 5
PATIENCE = 20.0  # seconds, on a machine with much else to do


class Meeting:
    """One dialog that is about to open, and what is done in it.

    It is looked for until it is there and has the keyboard: how soon that is depends on how busy the machine is.
    """

    def __init__(self, kind: type[QDialog], act: Callable[[Any], object], met: set[QDialog], patience: float) -> None:
        self.texts: list[str] = []
        self.over = False
        self.error: BaseException | None = None
        self._kind = kind
        self._act = act
        self._met = met
        self._closing = False
        self._end = time.monotonic() + patience
        self._clock = QTimer(interval=LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    def __str__(self) -> str:
        """Name the kind of dialog."""
        return self._kind.__name__

    def stop(self) -> None:
        """Look no longer, and close nothing any more."""
        self._clock.stop()
        self._closing = False

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, self._kind) and dialog not in self._met and dialog.isActiveWindow():
            self.stop()
            self._met.add(dialog)
            self.texts.extend(label.text() for label in dialog.findChildren(QLabel))
            try:
                self._act(dialog)
                self.over = True
            except BaseException as error:  # noqa: BLE001 — told by the test; here it would leave the dialog open
                self._fail(error)
        elif time.monotonic() > self._end:
            self._fail(AssertionError(f"{self} did not open; in front is {type(dialog).__name__}"))

    def _fail(self, error: BaseException) -> None:
        self.stop()
        self.error = error
        self._closing = True
        self._close()

    def _close(self) -> None:
        """Close the dialog in front, also one that takes no Escape, and any that opens afterwards, until `stop`."""
        if self._closing:
            # A timer of its own each time: closing may open the next dialog, whose loop runs inside this call.
            QTimer.singleShot(LOOK_MS, self._close)
            if isinstance(dialog := QApplication.activeModalWidget(), QDialog):
                dialog.done(0)


class Meetings:
    """Called with a kind of dialog and what to do in it: the texts of the dialog are in the list once it was met."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._meetings: list[Meeting] = []
        self._met: set[QDialog] = set()

    def __call__(self, kind: type[QDialog], act: Callable[[Any], object]) -> list[str]:
        """Do something in the dialog that is about to open."""
        self._meetings.append(Meeting(kind, act, self._met, self._patience))
        return self._meetings[-1].texts

    def conclude(self) -> None:
        """Raise what went wrong in a dialog; AssertionError if one that was announced did not come."""
        for one in self._meetings:
            one.stop()
        errors = [one.error for one in self._meetings if one.error is not None]
        missed = [str(one) for one in self._meetings if not one.over and one.error is None]
        self._meetings.clear()
        self._met.clear()
        if errors:
            raise errors[0]
        assert not missed


def escape(dialog: QDialog) -> None:
    """Close a dialog as the key does."""
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
