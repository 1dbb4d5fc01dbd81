# SPDX-License-Identifier: EUPL-1.2
"""What the system knows of the network line: whether each byte is paid for, and when it comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject


def is_unmetered() -> bool:
    """Tell whether the system says that the line is not paid by use; False where no system service can tell."""
    try:
        from PySide6.QtNetwork import QNetworkInformation
    except ImportError:  # left out of this installation
        return False
    feature = QNetworkInformation.Feature.Metered
    if not QNetworkInformation.loadBackendByFeatures(feature):
        return False
    line = QNetworkInformation.instance()
    # A backend that watches nothing says "unknown", and "not metered" by default.
    known = line is not None and line.reachability() != QNetworkInformation.Reachability.Unknown
    return known and line is not None and not line.isMetered()


class Watch(QObject):
    """Calls `on_back` when the system says that the line is back: after any other state it reaches the internet.

    Where no system service can tell nothing is ever called, and what is tried every minute has to do.
    """

    def __init__(self, on_back: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_back = on_back
        self._line: Any = None
        self._was: Any = None

    def start(self) -> None:
        """Begin to listen; a second call changes nothing."""
        if self._line is not None:
            return
        try:
            from PySide6.QtNetwork import QNetworkInformation
        except ImportError:  # left out of this installation
            return
        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            self._line = QNetworkInformation.instance()
            self._was = self._line.reachability()
            self._line.reachabilityChanged.connect(self._on_changed)

    def stop(self) -> None:
        """Listen no more."""
        if self._line is not None:
            self._line.reachabilityChanged.disconnect(self._on_changed)
            self._line = None

    def _on_changed(self, now: Any) -> None:
        was, self._was = self._was, now
        if now == type(now).Online != was:
            self._on_back()
