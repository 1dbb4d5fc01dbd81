# SPDX-License-Identifier: EUPL-1.2
"""Finalized instances up: frozen bytes, oldest first, until the server says that it has them.

The instance row is the outbox. A crash anywhere leaves it finalized, and sending the same bytes again is harmless: the
server answers 201 and keeps one row (contract, fact 1). Nothing here ever deletes. A record goes to one account only:
its own, or the default one if it is nobody's yet, and then it is that one's before a byte leaves.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypedDict, Unpack

from fieldkit.instance import Instance
from sync.errors import Interrupted, Reason, SyncError
from sync.flight import HEAD_BYTES, MAX_TROUBLE, Flight, Result, describe, troubles_of, waits_for
from sync.progress import Report, ignore
from sync.report import Journal, PushReport
from sync.turns import Turn, Turns

if TYPE_CHECKING:
    from threading import Event

    from fieldkit.store import Store
    from sync.protocol import Region

__all__ = ["Pace", "PushReport", "Result", "describe", "push"]

PAUSE_SECONDS = 10.0  # between two attempts of one instance (contract, section 3)
FLIGHTS = 4  # at once: on a slow line one sends while the others wait for their answers


class Pace(TypedDict, total=False):
    """`flights`: how many records are under way at once (1). `budget`: bytes that may be sent, 0 for any number (0).

    `pause_seconds`: between two attempts of the same bytes (PAUSE_SECONDS).
    """

    flights: int
    budget: int
    pause_seconds: float


def push(
    store: Store,
    region: Region,
    cancel: Event | None = None,
    progress: Report = ignore,
    *,
    origin: str = "region",
    is_default: bool = True,
    **pace: Unpack[Pace],
) -> PushReport:
    """Send what is the account's of the outbox; return what became of each. Errors of the store come out.

    `origin` is the account's id; `is_default`: what is nobody's yet goes there too. Each flight but the first is a
    thread with a store and a connection of its own; `progress` may be called from any of them.
    """
    made = _Push(store, region, cancel, progress, origin, pace.get("pause_seconds", PAUSE_SECONDS))
    return made.run(outbox_of(store, origin, is_default=is_default), pace.get("flights", 1), pace.get("budget", 0))


def outbox_of(store: Store, origin: str, *, is_default: bool) -> list[Instance]:
    """Return what of the outbox goes to an account, in its order."""
    mine = {origin, ""} if is_default else {origin}
    return [one for one in store.instances.outbox() if one.account_id in mine]


def leave_waiting(store: Store, instance_ids: list[str], error: SyncError) -> Reason:
    """Tell each instance that did not get its turn why; of these no byte left, wherever the line broke."""
    reason = Reason.OFFLINE if isinstance(error, Interrupted) else error.reason
    store.instances.mark_all_waiting(instance_ids, reason, error.text)
    return reason


class _Push:
    def __init__(
        self, store: Store, region: Region, cancel: Event | None, progress: Report, origin: str, pause_seconds: float
    ) -> None:
        self._store = store
        self._region = region
        self._cancel = cancel
        self._progress = progress
        self._origin = origin
        self._pause_seconds = pause_seconds
        self._failures: list[Exception] = []

    def run(self, outbox: list[Instance], flights: int, budget: int) -> PushReport:
        if not outbox:
            return PushReport()
        left = self._store.parts.bytes_left(self._origin)
        sizes = {one.instance_id: left.get(one.instance_id, one.size) for one in outbox}
        self._turns = Turns(self._line_up(outbox, sizes), budget=budget, cancel=self._cancel)
        self._journal = Journal(self._progress, len(outbox), sum(sizes.values()) + HEAD_BYTES * len(outbox))
        self._note_killed(outbox)
        try:
            self._region.probe()
        except SyncError as error:
            self._turns.stop(error)
        else:
            self._fly(min(flights, len(outbox)), heavy_first=flights > 1 and not budget)
        if self._turns.stopped is not None:
            self._journal.report.stopped = self._turns.stopped
            self._leave_waiting(self._turns.stopped)
        self._park_what_the_server_fails_on()
        self._journal.end()
        return self._journal.report

    def _line_up(self, outbox: list[Instance], sizes: dict[str, int]) -> list[Turn]:
        bases = {instance.instance_id: instance.deprecated_id for instance in outbox}
        turns = []
        for instance in outbox:
            own, root = instance.instance_id, instance.instance_id
            while bases.get(root):
                root = bases[root]
            turns.append(Turn(own, root, waits_for(self._store, instance), sizes.get(own, instance.size)))
        return turns

    def _note_killed(self, outbox: list[Instance]) -> None:
        """Log what was under way when the program was stopped: it may have arrived."""
        for instance in outbox:
            if instance.reason == Reason.SENDING:
                self._store.attempts.add(instance.instance_id, instance.changed_at, Result.UNKNOWN, Reason.INTERRUPTED)
                self._store.instances.mark_waiting(instance.instance_id, Reason.INTERRUPTED, "")

    def _fly(self, flights: int, *, heavy_first: bool) -> None:
        """Send with so many flights, one of them here; an error of the store in any of them comes out at the end."""
        others = [
            threading.Thread(target=self._fly_apart, args=(heavy_first and number == 0,), name=f"flight {number + 2}")
            for number in range(flights - 1)
        ]
        for thread in others:
            thread.start()
        try:
            self._flight(self._store, self._region).run()
        except BaseException:
            self._turns.abort()
            raise
        finally:
            for thread in others:
                thread.join()
        if self._failures:
            raise self._failures[0]

    def _fly_apart(self, heavy_first: bool) -> None:
        region = self._region.twin()
        try:
            with self._store.reopen() as store:
                self._flight(store, region).run(heavy_first=heavy_first)
        except Exception as error:  # noqa: BLE001 — raised again by the thread that waits for this one
            self._failures.append(error)
            self._turns.abort()
        finally:
            region.close()

    def _flight(self, store: Store, region: Region) -> Flight:
        return Flight(store, region, self._turns, self._journal, origin=self._origin, pause_seconds=self._pause_seconds)

    def _leave_waiting(self, error: SyncError) -> None:
        known = self._journal.report.waiting
        left = [turn.instance_id for turn in self._turns.left() if turn.instance_id not in known]
        reason = leave_waiting(self._store, left, error)
        for instance_id in left:
            self._journal.waits(instance_id, reason)

    def _park_what_the_server_fails_on(self) -> None:
        """Park an instance that made the server fail three times, if others pass: it would block nobody else."""
        report = self._journal.report
        for instance_id, reason in list(report.waiting.items()) if report.delivered else ():
            if reason is Reason.SERVER_TROUBLE and troubles_of(self._store, instance_id) >= MAX_TROUBLE:
                text = self._store.attempts.of(instance_id)[-1].text
                self._store.instances.mark_rejected(instance_id, Reason.SERVER_FAILS_ON_IT, text)
                self._store.parts.forget(instance_id)
                self._journal.rejected(instance_id, Reason.SERVER_FAILS_ON_IT)
