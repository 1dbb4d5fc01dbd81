# SPDX-License-Identifier: EUPL-1.2
"""Garbage is collected in the window's thread only.

Python collects cycles in whatever thread happens to allocate. A worker that lays out pages would thus destroy widgets
that the window has let go of, in the wrong thread, which ends in a crash or a hang. So while there are workers the
automatic collection is off, and a timer of the window's thread does the same work by the same thresholds.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


def sweep() -> None:
    """Collect the generations whose thresholds are passed, the youngest alone most of the time."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [number for number, (count, limit) in enumerate(counts) if count > limit]
    if due and due[0] == 0:
        gc.collect(max(due))


@contextmanager
def held() -> Iterator[None]:
    """Collect nothing inside: for calls that turn many widgets into Python objects, any of which could be garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Sweeper(QObject):
    """Collects in place of Python from `start` to `stop`; what was enabled before is enabled again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(sweep)

    def start(self) -> None:
        """Take over the collection; does nothing the second time."""
        if not self._timer.isActive():
            self._was_enabled = gc.isenabled()
            gc.disable()
            self._timer.start()

    def stop(self) -> None:
        """Give the collection back."""
        if self._timer.isActive():
            self._timer.stop()
            if self._was_enabled:
                gc.enable()
