# SPDX-License-Identifier: EUPL-1.2
"""Finalized instances up: frozen bytes, oldest first, one flight each, until the server says that it has them.

The instance row is the outbox. A crash anywhere leaves it finalized, and sending the same bytes again is harmless: the
server answers 201 and keeps one row (contract, fact 1). Nothing here ever deletes.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import Instance, State
from sync.classify import ASK_AGAIN
from sync.errors import (
    Cancelled,
    Intercepted,
    Interrupted,
    LineError,
    NotAuthorized,
    Offline,
    Reason,
    Refused,
    ServerTrouble,
    SyncError,
)
from sync.parcel import Parcel, pack
from sync.progress import Phase, Report, SyncProgress, check_cancel, ignore

if TYPE_CHECKING:
    from threading import Event

    from fieldkit.store import Store
    from sync.protocol import Receipt, Region

PAUSE_SECONDS = 10.0  # between two attempts of one instance (contract, section 3)
MAX_ROUNDS = 2  # attempts of one instance in one push
MAX_TROUBLE = 3  # troubles of the line in a row before the whole queue pauses


class Result(StrEnum):
    """How an attempt ended, in the log of attempts."""

    DELIVERED = "delivered"
    UNKNOWN = "unknown"  # it may have arrived: the answer was lost
    WAITING = "waiting"
    REJECTED = "rejected"


@dataclass(slots=True)
class PushReport:
    """Instance ids by what became of them; `waiting` and `rejected` with the reason. `stopped`: why it ended early."""

    delivered: list[str] = field(default_factory=list)
    waiting: dict[str, Reason] = field(default_factory=dict)
    rejected: dict[str, Reason] = field(default_factory=dict)
    stopped: SyncError | None = None
    bytes_sent: int = 0


@dataclass(slots=True)
class _Turn:
    """An instance and when it may be tried (monotonic seconds); `rounds` counts the attempts of this push."""

    instance_id: str
    not_before: float = 0.0
    rounds: int = 0


def push(
    store: Store,
    region: Region,
    cancel: Event | None = None,
    progress: Report = ignore,
    *,
    pause_seconds: float = PAUSE_SECONDS,
) -> PushReport:
    """Send the outbox; return what became of each. Errors of the store come out, nothing is lost by them.

    `pause_seconds`: between two attempts of the same instance in this push.
    """
    return _Push(store, region, cancel, progress, pause_seconds).run()


class _Push:
    def __init__(
        self, store: Store, region: Region, cancel: Event | None, progress: Report, pause_seconds: float
    ) -> None:
        self._store = store
        self._region = region
        self._cancel = cancel
        self._progress = progress
        self._pause_seconds = pause_seconds
        self._report = PushReport()
        self._queue: deque[_Turn] = deque()
        self._total = 0
        self._trouble = 0

    def run(self) -> PushReport:
        outbox = self._store.instances.outbox()
        self._queue.extend(_Turn(instance.instance_id) for instance in outbox)
        self._total = len(self._queue)
        if not self._queue:
            return self._report
        self._note_killed(outbox)
        try:
            self._region.probe()
            while self._queue:
                turn = self._queue[0]
                self._wait_for(turn)
                self._take(turn)
                self._queue.popleft()
        except SyncError as error:
            self._report.stopped = error
            self._leave_waiting(error)
        self._park_what_the_server_fails_on()
        self._tell(SyncProgress(Phase.PUSH, len(self._report.delivered), self._total))
        return self._report

    def _note_killed(self, outbox: list[Instance]) -> None:
        """Log what was under way when the program was stopped: it may have arrived."""
        for instance in outbox:
            if instance.reason == Reason.SENDING:
                self._log(instance.instance_id, Result.UNKNOWN, Reason.INTERRUPTED)
                self._store.instances.mark_waiting(instance.instance_id, Reason.INTERRUPTED, "")

    def _wait_for(self, turn: _Turn) -> None:
        while (seconds := turn.not_before - time.monotonic()) > 0:
            check_cancel(self._cancel)
            if self._cancel is None:
                time.sleep(min(seconds, 1.0))
            else:
                self._cancel.wait(seconds)
        check_cancel(self._cancel)

    def _take(self, turn: _Turn) -> None:
        """Send one instance if it may go now; SyncError out of here stops the queue."""
        instance = self._store.instances.get(turn.instance_id)
        if instance.state is not State.FINALIZED:  # the user took it back meanwhile
            return
        if held := self._held_by(instance):
            self._hold(turn, held)
            return
        try:
            parcel = pack(self._store, instance)
        except (NotFoundError, WrongStateError):  # the user took it back at this very moment
            return
        except Refused as error:
            self._reject(instance, error.reason, error.text)
            return
        turn.rounds += 1
        turn.not_before = time.monotonic() + self._pause_seconds
        try:
            self._store.instances.mark_attempted(instance.instance_id, _now())
        except WrongStateError:
            return
        self._store.instances.mark_waiting(instance.instance_id, Reason.SENDING, "")
        self._send(turn, parcel)

    def _held_by(self, instance: Instance) -> Instance | None:
        """Return the base of an edit, or of a change of an entity, while it is not delivered: they go in order."""
        base_id = instance.deprecated_id or self._store.entities.base_of(instance.instance_id)
        if not base_id:
            return None
        try:
            base = self._store.instances.get(base_id)
        except NotFoundError:
            return None  # made on another machine: the server decides
        return base if base.state in {State.FINALIZED, State.REJECTED, State.DRAFT} else None

    def _hold(self, turn: _Turn, base: Instance) -> None:
        turn.rounds += 1
        if turn.rounds < MAX_ROUNDS and any(other.instance_id == base.instance_id for other in self._queue):
            self._queue.append(turn)
        else:
            self._wait(turn.instance_id, Reason.WAITS_FOR_EARLIER, "")

    def _send(self, turn: _Turn, parcel: Parcel) -> None:
        """Hand the bytes over and file the answer."""
        sent = 0

        def on_bytes(count: int) -> None:
            nonlocal sent
            sent = count
            check_cancel(self._cancel)
            done = len(self._report.delivered)
            self._tell(SyncProgress(Phase.PUSH, done, self._total, parcel.instance.name, count, parcel.size))

        on_bytes(0)
        try:
            receipt = self._region.submit(parcel.xml, parcel.files, on_bytes=on_bytes)
        except SyncError as error:
            self._report.bytes_sent += sent
            self._file_failure(turn, parcel.instance, error, sent)
            return
        self._report.bytes_sent += receipt.bytes_sent
        self._trouble = 0
        self._deliver(parcel.instance, describe(receipt), receipt.text, receipt.bytes_sent, sent_to=receipt.sent_to)

    def _file_failure(self, turn: _Turn, instance: Instance, error: SyncError, sent: int) -> None:
        """Note a failed attempt in the row and the log; raise if the rest of the queue must not go on."""
        if isinstance(error, LineError):
            self._file_trouble(turn, instance, error, sent)
        elif isinstance(error, NotAuthorized):
            self._file_no_access(instance, error, sent)
        elif isinstance(error, Refused):
            self._file_refusal(turn, instance, error, sent)
        else:  # the address or the certificate: nothing at all can go
            self._wait(instance.instance_id, error.reason, error.text)
            raise error

    def _file_no_access(self, instance: Instance, error: NotAuthorized, sent: int) -> None:
        """Tell a missing right to this form from a dead token: only the probe can (contract, fact 8)."""
        try:
            self._region.probe()
        except SyncError:
            self._log(instance.instance_id, Result.WAITING, error.reason, error.text, sent)
            self._wait(instance.instance_id, error.reason, error.text)
            raise
        self._trouble = 0
        self._log(instance.instance_id, Result.REJECTED, Reason.NO_RIGHT, error.text, sent)
        self._reject(instance, Reason.NO_RIGHT, error.text)

    def _file_trouble(self, turn: _Turn, instance: Instance, error: LineError, sent: int) -> None:
        unknown = isinstance(error, Interrupted | Cancelled) or (
            isinstance(error, ServerTrouble) and error.reason is Reason.SERVER_TROUBLE
        )
        self._log(instance.instance_id, Result.UNKNOWN if unknown else Result.WAITING, error.reason, error.text, sent)
        self._wait(instance.instance_id, error.reason, error.text)
        self._trouble += 1
        if isinstance(error, Offline | Intercepted | Cancelled) or self._trouble >= MAX_TROUBLE:
            raise error
        if isinstance(error, Interrupted):
            self._region.probe()  # raises if the line is really gone
            if turn.rounds < MAX_ROUNDS:
                self._queue.append(turn)

    def _file_refusal(self, turn: _Turn, instance: Instance, error: Refused, sent: int) -> None:
        self._trouble = 0
        reason = error.reason
        if reason in ASK_AGAIN and turn.rounds < MAX_ROUNDS:
            self._log(instance.instance_id, Result.WAITING, reason, error.text, sent)
            self._wait(instance.instance_id, reason, error.text)
            self._queue.append(turn)
            return
        if reason is Reason.OUT_OF_DATE and self._is_superseded(instance):
            self._deliver(instance, error.text, error.text, sent)
            return
        if reason is Reason.CLOSED and self._may_have_arrived(instance):
            reason = Reason.CLOSED_MAYBE_RECEIVED
        self._log(instance.instance_id, Result.REJECTED, reason, error.text, sent)
        self._reject(instance, reason, error.text)

    def _is_superseded(self, instance: Instance) -> bool:
        """Tell whether an own later version is with the server: then this one is, too."""
        later = self._store.instances.search(
            states=(State.SUBMITTED, State.RETURNED), form_id=instance.form_id, limit=100_000
        )
        return any(other.deprecated_id == instance.instance_id for other in later)

    def _may_have_arrived(self, instance: Instance) -> bool:
        attempts = self._store.attempts.of(instance.instance_id)
        return any(attempt.outcome == Result.UNKNOWN for attempt in attempts)

    def _park_what_the_server_fails_on(self) -> None:
        """Park an instance that made the server fail three times, if others pass: it would block nobody else."""
        if not self._report.delivered:
            return
        for instance_id, reason in list(self._report.waiting.items()):
            if reason is Reason.SERVER_TROUBLE:
                attempts = self._store.attempts.of(instance_id)
                if sum(attempt.reason == Reason.SERVER_TROUBLE for attempt in attempts) >= MAX_TROUBLE:
                    del self._report.waiting[instance_id]
                    instance = self._store.instances.get(instance_id)
                    self._reject(instance, Reason.SERVER_FAILS_ON_IT, attempts[-1].text)

    def _leave_waiting(self, error: SyncError) -> None:
        """Tell each instance that did not get its turn why; of these no byte left, wherever the line broke."""
        reason = Reason.OFFLINE if isinstance(error, Interrupted) else error.reason
        for turn in self._queue:
            instance = self._store.instances.get(turn.instance_id)
            if instance.state is State.FINALIZED and turn.instance_id not in self._report.waiting:
                self._wait(turn.instance_id, reason, error.text, known=instance.reason)

    def _deliver(self, instance: Instance, receipt: str, text: str, sent: int, *, sent_to: str = "") -> None:
        self._store.instances.mark_submitted(instance.instance_id, _now(), receipt, sent_to)
        self._clear_base(instance)
        self._log(instance.instance_id, Result.DELIVERED, Reason.NONE, text, sent)
        self._report.waiting.pop(instance.instance_id, None)
        self._report.delivered.append(instance.instance_id)

    def _clear_base(self, instance: Instance) -> None:
        """Note that the correction which the region asked for is with it: what it replaces asks for nothing more."""
        if not instance.deprecated_id:
            return
        with suppress(NotFoundError):  # made on another machine
            if self._store.instances.get(instance.deprecated_id).state is State.RETURNED:
                self._store.instances.mark_cleared(instance.deprecated_id)

    def _reject(self, instance: Instance, reason: Reason, text: str) -> None:
        self._store.instances.mark_rejected(instance.instance_id, reason, text)
        self._report.waiting.pop(instance.instance_id, None)
        self._report.rejected[instance.instance_id] = reason

    def _wait(self, instance_id: str, reason: Reason, text: str, *, known: str = "") -> None:
        if known != reason:
            self._store.instances.mark_waiting(instance_id, reason, text)
        self._report.waiting[instance_id] = reason

    def _log(self, instance_id: str, result: Result, reason: Reason, text: str = "", sent: int = 0) -> None:
        self._store.attempts.add(instance_id, _now(), result, reason, text, sent)

    def _tell(self, value: SyncProgress) -> None:
        self._progress(value)


def describe(receipt: Receipt) -> str:
    """Return the receipt as it is kept: the server's clock, its status and its sentence."""
    at = receipt.server_at.isoformat(timespec="seconds").replace("+00:00", "Z") if receipt.server_at else "-"
    return f"{at} {receipt.status} {receipt.text}".strip()


def _now() -> datetime:
    return datetime.now(UTC)
