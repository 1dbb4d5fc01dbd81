# SPDX-License-Identifier: EUPL-1.2
"""One flight: a thread's way through the queue, one record after the other over a connection and a store of its own.

Each answer is filed in the row and in the log of attempts before the next record leaves. SyncErrors that concern more
than one record stop the queue; errors of the store come out.
"""

from __future__ import annotations

import time
from contextlib import suppress
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
from sync.multipart import check_names
from sync.parcel import Parcel, accepted, pack

if TYPE_CHECKING:
    from fieldkit.store import Store
    from sync.protocol import Receipt, Region
    from sync.report import Journal
    from sync.turns import Turn, Turns

MAX_ROUNDS = 2  # attempts to send the same bytes in one push
MAX_TROUBLE = 3  # troubles of the line in a row before the whole queue pauses
HEAD_BYTES = 1_100  # of a request, beside the XML and the files


class Result(StrEnum):
    """How an attempt ended, in the log of attempts."""

    DELIVERED = "delivered"
    PART = "part"  # the server has the XML and some of the files
    UNKNOWN = "unknown"  # it may have arrived: the answer was lost
    WAITING = "waiting"
    REJECTED = "rejected"


ARRIVED = frozenset({Result.PART, Result.UNKNOWN})  # the server has it, or may have it


class Flight:
    """Sends what `turns` gives until there is no more; `journal` is shared by the flights of one push."""

    def __init__(
        self, store: Store, region: Region, turns: Turns, journal: Journal, *, origin: str, pause_seconds: float
    ) -> None:
        self._store = store
        self._region = region
        self._turns = turns
        self._journal = journal
        self._origin = origin
        self._pause_seconds = pause_seconds
        self._accepts = accepted(store, region, origin)

    def run(self, *, heavy_first: bool = False) -> None:
        """Work until the queue is empty or stopped; `heavy_first` begins with the heavy records."""
        try:
            while (turn := self._turns.take(heavy_first=heavy_first)) is not None:
                again = False
                try:
                    again = self._take(turn)
                finally:
                    self._turns.land(turn, again=again)
        except SyncError as error:
            self._turns.stop(error)

    def _take(self, turn: Turn) -> bool:
        """Send one record, or a part of it, if it may go now; return whether it is to have another turn."""
        instance = self._store.instances.get(turn.instance_id)
        if instance.state is not State.FINALIZED or instance.account_id not in {"", self._origin}:
            return False  # the user took it back meanwhile, or chose another account
        if self._is_held(instance):
            self._wait(instance.instance_id, Reason.WAITS_FOR_EARLIER, "")
            return False
        try:
            parts = self._store.parts
            there = parts.of(instance.instance_id, self._origin)
            inherited = parts.inherited(instance.instance_id, self._origin)
            parcel = pack(self._store, instance, there, inherited, accepts=self._accepts)
            check_names(parcel.files)
            if not self._turns.spend(parcel.size + HEAD_BYTES):
                self._wait(instance.instance_id, Reason.OVER_BUDGET, "")
                return False
            turn.rounds += 1
            self._store.instances.mark_attempted(instance.instance_id, _now(), Reason.SENDING, self._origin)
        except (NotFoundError, WrongStateError):  # the same, at this very moment
            return False
        except Refused as error:
            self._reject(instance, error.reason, error.text)
            return False
        return self._send(turn, parcel)

    def _is_held(self, instance: Instance) -> bool:
        """Tell whether the base of an edit, or of a change of an entity, is not delivered yet: they go in order."""
        base_id = waits_for(self._store, instance)
        if not base_id:
            return False
        try:
            base = self._store.instances.get(base_id)
        except NotFoundError:
            return False  # made on another machine: the server decides
        return base.state not in {State.SUBMITTED, State.RETURNED}

    def _send(self, turn: Turn, parcel: Parcel) -> bool:
        """Hand the bytes over and file the answer."""
        sent, trouble = 0, self._journal.trouble

        def on_bytes(count: int) -> None:
            nonlocal sent
            self._turns.check()
            self._journal.tell(parcel, sent, count)
            sent = count

        try:
            on_bytes(0)
            receipt = self._region.submit(parcel.xml, parcel.files, on_bytes=on_bytes)
        except SyncError as error:
            self._journal.failed(parcel, sent)
            turn.not_before = time.monotonic() + self._pause_seconds  # from the answer on, however late it came
            return self._file_failure(turn, parcel.instance, error, sent, trouble)
        self._journal.passed(parcel, receipt.bytes_sent)
        if parcel.later:
            self._store.parts.add(parcel.instance.instance_id, self._origin, [file.name for file in parcel.files])
            self._log(parcel.instance.instance_id, Result.PART, Reason.NONE, receipt.text, receipt.bytes_sent)
            turn.size, turn.rounds, turn.not_before = len(parcel.xml) + parcel.later, 0, 0.0
            return True
        if parcel.names:  # kept for the corrections of this record, and before it counts as delivered
            self._store.parts.add(parcel.instance.instance_id, self._origin, parcel.names)
        self._deliver(parcel.instance, describe(receipt), receipt.text, receipt.bytes_sent, sent_to=receipt.sent_to)
        return False

    def _file_failure(self, turn: Turn, instance: Instance, error: SyncError, sent: int, trouble: int) -> bool:
        """Note a failed attempt in the row and the log; raise if the rest of the queue must not go on."""
        if isinstance(error, LineError):
            return self._file_trouble(turn, instance, error, sent, trouble)
        if isinstance(error, NotAuthorized):
            self._file_no_access(instance, error, sent)
            return False
        if isinstance(error, Refused):
            return self._file_refusal(turn, instance, error, sent)
        self._wait(instance.instance_id, error.reason, error.text)
        raise error  # the address or the certificate: nothing at all can go

    def _file_no_access(self, instance: Instance, error: NotAuthorized, sent: int) -> None:
        """Tell a missing right to this form from a dead token: only the probe can (contract, fact 8)."""
        try:
            self._region.probe()
        except SyncError:
            self._log(instance.instance_id, Result.WAITING, error.reason, error.text, sent)
            self._wait(instance.instance_id, error.reason, error.text)
            raise
        self._journal.calm()
        self._log(instance.instance_id, Result.REJECTED, Reason.NO_RIGHT, error.text, sent)
        self._reject(instance, Reason.NO_RIGHT, error.text)

    def _file_trouble(self, turn: Turn, instance: Instance, error: LineError, sent: int, trouble: int) -> bool:
        unknown = isinstance(error, Interrupted | Cancelled) or (
            isinstance(error, ServerTrouble) and error.reason is Reason.SERVER_TROUBLE
        )
        self._log(instance.instance_id, Result.UNKNOWN if unknown else Result.WAITING, error.reason, error.text, sent)
        if isinstance(error, ServerTrouble):
            self._journal.asked_to_wait(error.wait_seconds)
            if error.status == 400 and troubles_of(self._store, instance.instance_id) >= MAX_TROUBLE:
                self._journal.calm()  # garbled each time: it is not the line that does it (contract, 2.3)
                self._reject(instance, Reason.BAD_REQUEST, error.text)
                return False
        self._wait(instance.instance_id, error.reason, error.text)
        in_a_row = self._journal.trouble_after(trouble)
        if isinstance(error, Offline | Intercepted | Cancelled) or in_a_row >= MAX_TROUBLE:
            raise error
        if isinstance(error, Interrupted):
            self._region.probe()  # raises if the line is really gone
            return turn.rounds < MAX_ROUNDS
        return False

    def _file_refusal(self, turn: Turn, instance: Instance, error: Refused, sent: int) -> bool:
        self._journal.calm()
        reason = error.reason
        if reason in ASK_AGAIN and turn.rounds < MAX_ROUNDS:
            self._log(instance.instance_id, Result.WAITING, reason, error.text, sent)
            self._wait(instance.instance_id, reason, error.text)
            return True
        if reason is Reason.OUT_OF_DATE and self._is_superseded(instance):
            self._deliver(instance, error.text, error.text, sent)
            return False
        if reason is Reason.CLOSED and self._may_have_arrived(instance):
            reason = Reason.CLOSED_MAYBE_RECEIVED
        self._log(instance.instance_id, Result.REJECTED, reason, error.text, sent)
        self._reject(instance, reason, error.text)
        return False

    def _is_superseded(self, instance: Instance) -> bool:
        """Tell whether an own later version is with the server: then this one is, too."""
        return bool(self._store.dossiers.last_delivered(instance.instance_id))

    def _may_have_arrived(self, instance: Instance) -> bool:
        return any(attempt.outcome in ARRIVED for attempt in self._store.attempts.of(instance.instance_id))

    def _deliver(self, instance: Instance, receipt: str, text: str, sent: int, *, sent_to: str = "") -> None:
        self._store.instances.mark_submitted(instance.instance_id, _now(), receipt, sent_to)
        self._clear_base(instance)
        self._log(instance.instance_id, Result.DELIVERED, Reason.NONE, text, sent)
        self._journal.delivered(instance.instance_id)

    def _clear_base(self, instance: Instance) -> None:
        """Note that the correction which the region asked for is with it: what it replaces asks for nothing more."""
        if not instance.deprecated_id:
            return
        with suppress(NotFoundError):  # made on another machine
            if self._store.instances.get(instance.deprecated_id).state is State.RETURNED:
                self._store.instances.mark_cleared(instance.deprecated_id)

    def _reject(self, instance: Instance, reason: Reason, text: str) -> None:
        self._store.instances.mark_rejected(instance.instance_id, reason, text)
        self._store.parts.forget(instance.instance_id)
        self._journal.rejected(instance.instance_id, reason)

    def _wait(self, instance_id: str, reason: Reason, text: str) -> None:
        self._store.instances.mark_waiting(instance_id, reason, text)
        self._journal.waits(instance_id, reason)

    def _log(self, instance_id: str, result: Result, reason: Reason, text: str = "", sent: int = 0) -> None:
        self._store.attempts.add(instance_id, _now(), result, reason, text, sent)


def troubles_of(store: Store, instance_id: str) -> int:
    """Return how often the server could not take a record, and not because of the line."""
    return sum(attempt.reason == Reason.SERVER_TROUBLE for attempt in store.attempts.of(instance_id))


def waits_for(store: Store, instance: Instance) -> str:
    """Return the record that must be delivered before this one, "" if none: what it edits, or whose entity it takes."""
    if instance.deprecated_id:
        return instance.deprecated_id
    base = store.entities.base_of(instance.instance_id) or store.parked.held_by(instance.instance_id)
    return store.parked.successor(base) if base else ""


def describe(receipt: Receipt) -> str:
    """Return the receipt as it is kept: the server's clock, its status and its sentence."""
    at = receipt.server_at.isoformat(timespec="seconds").replace("+00:00", "Z") if receipt.server_at else "-"
    return f"{at} {receipt.status} {receipt.text}".strip()


def _now() -> datetime:
    return datetime.now(UTC)
