# SPDX-License-Identifier: EUPL-1.2
"""When a sync that nobody asked for may be tried again after a failure (contract, section 3)."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_SECONDS = 60.0
LAST_SECONDS = 3600.0
SPREAD = 0.2  # so that the kits of a village hall, all cut at once, do not come back at once


class Backoff:
    """A minute after the first failure, doubled by each further one, at most an hour; a fifth more or less by chance.

    `clock` gives seconds that never jump, whatever the clock on the wall does; `chance` a number from 0 to 1.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._seconds = 0.0
        self._until = 0.0

    def is_over(self) -> bool:
        """Tell whether one may be tried."""
        return not self._seconds or self._clock() >= self._until

    def failed(self, at_least: float = 0.0) -> None:
        """Wait longer than the last time, and `at_least` so many seconds, if the server said so."""
        self._seconds = min(self._seconds * 2, LAST_SECONDS) if self._seconds else FIRST_SECONDS
        spread = 1 + SPREAD * (2 * self._chance() - 1)
        self._until = self._clock() + max(self._seconds * spread, at_least)

    def reset(self) -> None:
        """Begin anew: it went through, or somebody asked."""
        self._seconds = 0.0
