# SPDX-License-Identifier: EUPL-1.2
"""Synchronizing as the window and the command line use it: one worker, one state to look at, no Qt.

`sync()` does the work in the calling thread (a worker of the window); `sync_now()` in a thread of its own. Either way
there is never more than one at a time, and it has a store of its own. Being offline is a state like any other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.backoff import Backoff
from sync.client import RegionClient
from sync.errors import Cancelled, LineError, Reason, ServerTrouble, SyncError
from sync.progress import Report, SyncProgress, ignore
from sync.pull import PullReport, pull
from sync.push import FLIGHTS, PushReport, leave_waiting, outbox_of, push

if TYPE_CHECKING:
    from fieldkit.account import Account
    from fieldkit.store import Store
    from sync.protocol import Region


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What there is to show. Times are aware UTC.

    `offline_since`: when the Region was first not reached, None while it is. `last_success_at`: the last sync that went
    through (kept over restarts). `waiting`: finalized instances of the account. `trouble`: why the last sync ended
    early; `failure`: an error that is not the network's (a full disk). `pulled` and `pushed`: the last reports.
    """

    running: bool = False
    progress: SyncProgress | None = None
    waiting: int = 0
    offline_since: datetime | None = None
    last_success_at: datetime | None = None
    trouble: SyncError | None = None
    failure: Exception | None = None
    pulled: PullReport | None = None
    pushed: PushReport | None = None


class SyncService:
    """One account. `status` may be read from any thread at any time; `close()` before the store is closed.

    To be set before a sync begins: `budget`, the bytes that it may send, 0 for any number; `is_default`, whether what
    is nobody's yet goes to this account.
    """

    budget = 0
    is_default = True

    def __init__(
        self,
        store: Store,
        account: Account,
        token: str,
        *,
        connect: Callable[[Account, str], Region] = RegionClient,
        server: Backoff | None = None,
    ) -> None:
        """Keep hold of `store` only to reopen it; InsecureAddress unless the account's address is https.

        `server`: what the accounts of one server share; a line that failed for one is not tried by the others at once.
        """
        self._store = store
        self._account = account
        self._region = connect(account, token)
        self._one_at_a_time = threading.Lock()
        self._changing = threading.Lock()
        self._cancel = threading.Event()
        self._asked = self._cancel  # what stops the sync that runs
        self._thread: threading.Thread | None = None
        self._server = server or Backoff()
        self._backoff = Backoff()
        self._fact = f"sync.{account.account_id}.at"
        last = store.facts.get(self._fact)
        waiting = len(outbox_of(store, account.account_id, is_default=self.is_default))
        self._status = SyncStatus(waiting=waiting, last_success_at=datetime.fromisoformat(last) if last else None)

    @property
    def account(self) -> Account:
        """Whose forms and where to."""
        return self._account

    @property
    def status(self) -> SyncStatus:
        """How things stand: a snapshot, a new object whenever something changed."""
        return self._status

    def sync(
        self, cancel: threading.Event | None = None, progress: Report = ignore, *, forms: bool = True
    ) -> SyncStatus:
        """Push, then pull unless `forms` is False; return the state afterwards. At once if one is running already.

        The work of people goes first: forms can wait. Errors of the store come out, after `status.failure` tells them.
        """
        if not self._one_at_a_time.acquire(blocking=False):
            return self._status
        try:
            self._asked = cancel or self._cancel
            self._set(running=True, failure=None, progress=None)
            with self._store.reopen() as store:
                self._run(store, self._asked, progress, forms=forms)
        except Exception as error:
            self._set(failure=error)
            raise
        finally:
            self._region.close()
            with self._changing:  # who stops a sync stops this one, or none
                self._region.resume()
                self._cancel.clear()
                self._asked = self._cancel
                self._status = replace(self._status, running=False, progress=None)
            self._one_at_a_time.release()
        return self._status

    def _run(self, store: Store, cancel: threading.Event, progress: Report, *, forms: bool) -> None:
        def tell(value: SyncProgress) -> None:
            self._set(progress=value)
            progress(value)

        origin = self._account.account_id
        pushed = push(
            store, self._region, cancel, tell,
            origin=origin, is_default=self.is_default, flights=FLIGHTS, budget=self.budget,
        )  # fmt: skip
        pulled = None
        if forms and pushed.stopped is None:
            pulled = pull(store, self._region, cancel, tell, origin=origin)
        trouble = pushed.stopped or (pulled.stopped if pulled else None)
        if not isinstance(trouble, Cancelled):
            self._pace(pushed, trouble)
        now = datetime.now(UTC)
        waiting = len(outbox_of(store, origin, is_default=self.is_default))
        self._set(trouble=trouble, pushed=pushed, pulled=pulled or self._status.pulled, waiting=waiting)
        if trouble is None:
            store.facts.set(self._fact, now.isoformat())
            self._set(last_success_at=now, offline_since=None)
        elif isinstance(trouble, LineError):
            self._set(offline_since=self._status.offline_since or now)

    def _pace(self, pushed: PushReport, trouble: SyncError | None) -> None:
        """Decide how soon to come back unasked: later each time that nothing leaves of what waits."""
        stuck = any(reason is not Reason.OVER_BUDGET for reason in pushed.waiting.values())
        if trouble is not None or pushed.wait_seconds or (stuck and not pushed.delivered):
            seconds = trouble.wait_seconds if isinstance(trouble, ServerTrouble) else 0
            held = self._server if isinstance(trouble, LineError) else self._backoff
            held.failed(max(seconds, pushed.wait_seconds))
        else:
            self._server.reset()
            self._backoff.reset()

    def pass_over(self, error: LineError) -> SyncStatus:
        """Do not try: another account of the same server just met `error`. What waits is told why."""
        with self._store.reopen() as store:
            mine = outbox_of(store, self._account.account_id, is_default=self.is_default)
            leave_waiting(store, [one.instance_id for one in mine], error)
        since = self._status.offline_since or datetime.now(UTC)
        self._set(trouble=error, pushed=None, waiting=len(mine), offline_since=since)
        return self._status

    def may_try(self) -> bool:
        """Tell whether a sync that nobody asked for may be tried: not just after one that failed, or sent nothing.

        What was finished since one that went through may go at once. Called in the thread of the store that was given.
        """
        if not self._server.is_over() or self._backoff.is_over():
            return self._server.is_over()
        mine = outbox_of(self._store, self._account.account_id, is_default=self.is_default)
        return self._status.trouble is None and len(mine) > self._status.waiting

    def forget_failures(self) -> None:
        """Let the next one be tried at once: somebody asked, or the line is another one."""
        self._server.reset()
        self._backoff.reset()

    def sync_now(self) -> bool:
        """Start a sync in a thread; False if one is running. Look at `status`, or `wait()`."""
        if self._status.running or (self._thread is not None and self._thread.is_alive()):
            return False
        self._set(running=True)
        self._thread = threading.Thread(target=self._sync_quietly, name="sync")
        self._thread.start()
        return True

    def _sync_quietly(self) -> None:
        try:
            self.sync()
        except Exception as error:  # noqa: BLE001 — a thread has nobody to raise to: the state carries it
            self._set(running=False, failure=error)

    def cancel(self) -> None:
        """Stop a running sync, also where it waits for a server; what was sent half is sent again later."""
        with self._changing:
            if self._status.running:
                self._asked.set()
                self._region.halt()

    def wait(self, timeout: float | None = None) -> SyncStatus:
        """Wait for `sync_now` to end; return the state."""
        if self._thread is not None:
            self._thread.join(timeout)
        return self._status

    def count_waiting(self) -> int:
        """Count the outbox again (something was finalized); called in the thread of the store that was given."""
        mine = outbox_of(self._store, self._account.account_id, is_default=self.is_default)
        self._set(waiting=len(mine))
        return self._status.waiting

    def close(self) -> None:
        """Stop, wait for the end, close the connections."""
        self.cancel()
        self.wait()
        with self._one_at_a_time:
            self._region.close()

    def _set(self, **changes: object) -> None:
        with self._changing:
            self._status = replace(self._status, **changes)  # type: ignore[arg-type] # names of SyncStatus only
