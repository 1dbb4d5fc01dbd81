# SPDX-License-Identifier: EUPL-1.2
"""What a push tells: the report at its end and the progress on its way, gathered from all of its flights."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.errors import Reason, SyncError
from sync.progress import Phase, Report, SyncProgress, UnderWay

if TYPE_CHECKING:
    from sync.parcel import Parcel

SETTLED_SECONDS = 2.0  # before, the rate is that of buffers that fill, not of the line


@dataclass(slots=True)
class PushReport:
    """Instance ids by what became of them; `waiting` and `rejected` with the reason. `stopped`: why it ended early.

    `wait_seconds`: for how long the server asked to leave a record, 0 if for none.
    """

    delivered: list[str] = field(default_factory=list)
    waiting: dict[str, Reason] = field(default_factory=dict)
    rejected: dict[str, Reason] = field(default_factory=dict)
    stopped: SyncError | None = None
    bytes_sent: int = 0
    wait_seconds: int = 0


class Journal:
    """Counts and tells, from any thread. `total` records with `size` bytes are to be sent."""

    def __init__(self, progress: Report, total: int, size: int) -> None:
        self.report = PushReport()
        self.trouble = 0  # of the line, in a row
        self._lock = threading.RLock()
        self._progress = progress
        self._total = total
        self._size = size
        self._sent = 0  # of `size`
        self._moved = 0  # what left in all, failed attempts too
        self._under_way: dict[str, UnderWay] = {}
        self._began = time.monotonic()

    def tell(self, parcel: Parcel, before: int, count: int) -> None:
        """Tell that `count` bytes of a parcel have left; `before` of them were told already."""
        with self._lock:
            self._sent += count - before
            self._moved += count - before
            key = parcel.instance.instance_id
            # `count` has the multipart's own lines in it, the parcel has not.
            self._under_way[key] = UnderWay(key, min(count, parcel.size), parcel.size + parcel.later)
            self._progress(self._value(parcel.instance.name, count, parcel.size))

    def end(self) -> None:
        """Tell that nothing more is sent."""
        with self._lock:
            self._progress(SyncProgress(Phase.PUSH, len(self.report.delivered), self._total))

    def failed(self, parcel: Parcel, sent: int) -> None:
        """Count an attempt that failed after `sent` bytes: they are to be sent again."""
        with self._lock:
            self.report.bytes_sent += sent
            self._sent -= sent
            self._under_way.pop(parcel.instance.instance_id, None)

    def passed(self, parcel: Parcel, sent: int) -> None:
        """Count an attempt that the server took."""
        with self._lock:
            self._under_way.pop(parcel.instance.instance_id, None)
            self.report.bytes_sent += sent
            self.trouble = 0

    def calm(self) -> None:
        """Note that the server answered in its right mind."""
        with self._lock:
            self.trouble = 0

    def asked_to_wait(self, seconds: int) -> None:
        """Note that the server asked for so much patience."""
        with self._lock:
            self.report.wait_seconds = max(self.report.wait_seconds, seconds)

    def trouble_after(self, seen: int) -> int:
        """Count a trouble of the line; what several flights meet at once is one. `seen`: the count as one left."""
        with self._lock:
            self.trouble = max(self.trouble, seen + 1)
            return self.trouble

    def delivered(self, instance_id: str) -> None:
        """Note that the server has it."""
        with self._lock:
            self.report.waiting.pop(instance_id, None)
            self.report.delivered.append(instance_id)

    def rejected(self, instance_id: str, reason: Reason) -> None:
        """Note that it was refused."""
        with self._lock:
            self.report.waiting.pop(instance_id, None)
            self.report.rejected[instance_id] = reason

    def waits(self, instance_id: str, reason: Reason) -> None:
        """Note that it stays here for now."""
        with self._lock:
            self.report.waiting[instance_id] = reason

    def _value(self, name: str, count: int, size: int) -> SyncProgress:
        sent = min(max(self._sent, 0), self._size)
        elapsed = time.monotonic() - self._began
        left = None
        if elapsed >= SETTLED_SECONDS and self._moved:
            left = (self._size - sent) * elapsed / self._moved
        done, under_way = len(self.report.delivered), tuple(self._under_way.values())
        return SyncProgress(Phase.PUSH, done, self._total, name, count, size, sent, self._size, left, under_way)
