# SPDX-License-Identifier: EUPL-1.2
"""Ending what waits for a server: a line that says nothing would keep whoever closes the window for minutes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from weakref import WeakSet


class Halt:
    """Shuts the sockets of all connections that share it, from any thread; until `clear`, new ones at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._is_set = False

    @property
    def is_set(self) -> bool:
        """Whether everything is to end."""
        return self._is_set

    def hold(self, line: socket.socket) -> None:
        """Take note of a connected socket."""
        with self._lock:
            self._sockets.add(line)
            if self._is_set:
                _shut(line)

    def set(self) -> None:
        """End everything: whoever waits at one of the sockets finds it closed."""
        with self._lock:
            self._is_set = True
            for line in self._sockets:
                _shut(line)

    def clear(self) -> None:
        """Let what comes next go on."""
        with self._lock:
            self._is_set = False


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # closed meanwhile
        # The plain socket's: that of TLS would take the session away from the thread that is reading.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
