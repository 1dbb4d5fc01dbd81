# SPDX-License-Identifier: EUPL-1.2
"""Which record goes next, asked by several flights at once.

In the order of finalizing, but light records before heavy ones; never two of one record or of one chain of edits
(contract, fact 2), never one whose base is still to go, never one that was tried a moment ago. One flight may begin
with the heavy ones: light records alone leave most of a slow line's time to waiting for answers.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.errors import Cancelled
from sync.progress import check_cancel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.errors import SyncError

HEAVY_BYTES = 65_536  # a second of a slow line
MAX_HEAVY = 2  # at once: one sends while the other waits for its answer; more would share a slow line to death
TICK = 0.2  # seconds until a flight that waits looks again whether the user stopped


@dataclass(slots=True)
class Turn:
    """A record that is to be sent: `size` bytes are left of it.

    `root` names its chain of edits, `after` the record that must have gone before ("" if none). `not_before` is in
    monotonic seconds; `rounds` counts the attempts to send the same bytes.
    """

    instance_id: str
    root: str
    after: str = ""
    size: int = 0
    not_before: float = 0.0
    rounds: int = 0


class Turns:
    """The queue of one push; safe to use from several threads."""

    def __init__(self, turns: Iterable[Turn], *, budget: int = 0, cancel: threading.Event | None = None) -> None:
        """`budget`: how many bytes may be sent in all, 0 for any number."""
        self.stopped: SyncError | None = None
        self._changed = threading.Condition()
        self._light: OrderedDict[str, Turn] = OrderedDict()
        self._heavy: OrderedDict[str, Turn] = OrderedDict()
        self._flying: dict[str, Turn] = {}
        self._roots: set[str] = set()
        self._budget = budget or None
        self._aborted = False
        self._cancel = cancel
        for turn in turns:
            self._line_of(turn)[turn.instance_id] = turn

    def take(self, *, heavy_first: bool = False) -> Turn | None:
        """Return the next one, to be given back by `land`; None at the end. Waits; Cancelled if the user stops."""
        with self._changed:
            while (self._light or self._heavy) and self.stopped is None:
                check_cancel(self._cancel)
                lines = (self._heavy, self._light) if heavy_first else (self._light, self._heavy)
                now = time.monotonic()
                for line in lines:
                    turn = next((each for each in line.values() if self._may_go(each, now)), None)
                    if turn is not None:
                        del line[turn.instance_id]
                        self._flying[turn.instance_id] = turn
                        self._roots.add(turn.root)
                        return turn
                self._changed.wait(TICK if self._flying else min(TICK, self._seconds_to_next(now)))
            return None

    def land(self, turn: Turn, *, again: bool = False) -> None:
        """Give a turn back: it is over, or goes to the end of the line."""
        with self._changed:
            del self._flying[turn.instance_id]
            self._roots.discard(turn.root)
            if again:
                self._line_of(turn)[turn.instance_id] = turn
            self._changed.notify_all()

    def spend(self, size: int) -> bool:
        """Take `size` bytes from the budget; False, and nothing taken, if there is less left."""
        with self._changed:
            if self._budget is None:
                return True
            if size > self._budget:
                return False
            self._budget -= size
            return True

    def stop(self, error: SyncError) -> None:
        """Let no more turns begin; the first error is kept."""
        with self._changed:
            self.stopped = self.stopped or error
            self._changed.notify_all()

    def abort(self) -> None:
        """Let none begin, and those under way stop at their next block: something broke that is not of the network."""
        self._aborted = True
        self.stop(Cancelled())

    def check(self) -> None:
        """Raise Cancelled if the user asked to stop, or after `abort`."""
        if self._aborted:
            raise Cancelled
        check_cancel(self._cancel)

    def left(self) -> list[Turn]:
        """Return those that did not get their turn."""
        with self._changed:
            return [*self._light.values(), *self._heavy.values()]

    def _line_of(self, turn: Turn) -> OrderedDict[str, Turn]:
        return self._heavy if turn.size > HEAVY_BYTES else self._light

    def _may_go(self, turn: Turn, now: float) -> bool:
        if turn.not_before > now or turn.root in self._roots:
            return False
        if turn.size > HEAVY_BYTES and sum(each.size > HEAVY_BYTES for each in self._flying.values()) >= MAX_HEAVY:
            return False
        return not any(turn.after in line for line in (self._light, self._heavy, self._flying))

    def _seconds_to_next(self, now: float) -> float:
        soonest = min((turn.not_before for line in (self._light, self._heavy) for turn in line.values()), default=now)
        return max(soonest - now, 0.001)
