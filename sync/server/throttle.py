# SPDX-License-Identifier: EUPL-1.2
"""Who guesses passwords waits: after some wrong ones of a name from one address, a minute before each next one."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FREE_TRIES = 10
WAIT_SECONDS = 60.0
MAX_NAMES = 10_000  # remembered; whoever tries more names than that has only the tries of each


class Throttle:
    """Counts wrong passwords; safe to use from several threads. `clock` gives seconds that never jump."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def seconds_left(self, name: str, address: str) -> int:
        """Return how long to wait before a password of `name` is looked at, 0 for not at all."""
        with self._lock:
            count, last = self._wrong.get((name.casefold(), address), (0, 0.0))
        left = last + WAIT_SECONDS - self._clock()
        return int(left) + 1 if count >= FREE_TRIES and left > 0 else 0

    def wrong(self, name: str, address: str) -> None:
        """Note a wrong password."""
        key = name.casefold(), address
        with self._lock:
            count, _ = self._wrong.pop(key, (0, 0.0))
            self._wrong[key] = (count + 1, self._clock())
            while len(self._wrong) > MAX_NAMES:
                self._wrong.popitem(last=False)

    def right(self, name: str, address: str) -> None:
        """Note the right one: what was wrong before is forgotten."""
        with self._lock:
            self._wrong.pop((name.casefold(), address), None)
