# SPDX-License-Identifier: EUPL-1.2
"""All accounts of a workspace, synchronized one after the other: what stops one does not stop the others.

Each has a service, a token and a client of its own, so that no token can reach another host. What accounts share is
their server, if it is the same: when its line fails for one of them, the others of it are not tried in that round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sync.addresses import check_origin
from sync.backoff import Backoff
from sync.client import RegionClient
from sync.errors import Cancelled, LineError
from sync.flight import HEAD_BYTES
from sync.packs import PackReport
from sync.progress import Report, ignore
from sync.pull import PullReport
from sync.push import PushReport
from sync.returns import DossierReport
from sync.service import SyncService, SyncStatus

if TYPE_CHECKING:
    from threading import Event

    from fieldkit.account import Account
    from fieldkit.store import Store
    from sync.protocol import Region


@dataclass(slots=True)
class Round:
    """How each account stands after a round; `failure` is an error that is not the network's, of any of them."""

    statuses: dict[str, SyncStatus] = field(default_factory=dict)
    failure: Exception | None = None


class Exchange:
    """The accounts that have a token. `join` and `leave` in the thread of the store, `sync` in a worker."""

    def __init__(self, store: Store, *, connect: Callable[[Account, str], Region] = RegionClient) -> None:
        self.current = ""  # the account whose turn it is
        self._store = store
        self._connect = connect
        self._services: dict[str, SyncService] = {}
        self._servers: dict[str, Backoff] = {}

    def __contains__(self, account_id: str) -> bool:
        """Tell whether an account has joined."""
        return account_id in self._services

    def join(self, account: Account, token: str) -> None:
        """Take an account in; a new token replaces the one of before. InsecureAddress unless its address is https."""
        self.leave(account.account_id)
        server = self._servers.setdefault(check_origin(account.url), Backoff())
        made = SyncService(self._store, account, token, connect=self._connect, server=server)
        self._services[account.account_id] = made

    def leave(self, account_id: str) -> None:
        """Let an account go; waits for the end of its sync."""
        service = self._services.pop(account_id, None)
        if service is not None:
            service.close()

    def status(self, account_id: str) -> SyncStatus | None:
        """Return how an account stands, None if it has not joined."""
        service = self._services.get(account_id)
        return service.status if service is not None else None

    def may_try(self, account_id: str) -> bool:
        """Tell whether a sync that nobody asked for may be tried; yes for one that has not joined yet."""
        service = self._services.get(account_id)
        return service is None or service.may_try()

    def sync(
        self,
        cancel: Event | None = None,
        progress: Report = ignore,
        *,
        accounts: Sequence[str],
        default: str,
        budget: int = 0,
    ) -> Round:
        """Synchronize these accounts, in this order; `default` is where records go that are nobody's yet.

        `budget`: bytes that all of them together may send, 0 for any number. Nothing comes out but bugs of this loop.
        """
        made = Round()
        broken: dict[str, LineError] = {}
        left = budget
        for service in [self._services[one] for one in accounts if one in self._services]:
            if cancel is not None and cancel.is_set():
                break
            account = service.account
            server = check_origin(account.url)
            self.current = account.account_id
            service.is_default = account.account_id == default
            service.budget = max(left, 1) if budget else 0
            try:
                error = broken.get(server)
                status = service.pass_over(error) if error is not None else service.sync(cancel, progress)
            except Exception as failure:  # noqa: BLE001 — a full disk stops this one; the others are asked all the same
                made.failure = made.failure or failure
                status = service.status
            made.statuses[account.account_id] = status
            if status.pushed is not None:
                left -= status.pushed.bytes_sent + HEAD_BYTES * len(status.pushed.delivered)
            if isinstance(status.trouble, Cancelled):
                break
            if isinstance(status.trouble, LineError):
                broken[server] = status.trouble
        self.current = ""
        return made

    def forget_failures(self) -> None:
        """Let each be tried at once: somebody asked, or the line is another one."""
        for service in self._services.values():
            service.forget_failures()

    def cancel(self) -> None:
        """Stop the account whose turn it is, also where it waits for its server; from any thread."""
        service = self._services.get(self.current)
        if service is not None:
            service.cancel()

    def close(self) -> None:
        """Let all go."""
        for account_id in list(self._services):
            self.leave(account_id)


def sum_of(statuses: Iterable[SyncStatus]) -> SyncStatus | None:
    """Return several accounts as one: what was done in all, the first trouble, since when the first was not reached.

    `last_success_at` is the oldest: since then all were reached. `pushed.stopped` only if all stopped. None of none.
    """
    found = list(statuses)
    if len(found) < 2:
        return found[0] if found else None
    successes = [one.last_success_at for one in found]
    return replace(
        found[0],
        running=any(one.running for one in found),
        waiting=sum(one.waiting for one in found),
        offline_since=min((one.offline_since for one in found if one.offline_since), default=None),
        last_success_at=None if None in successes else min(one for one in successes if one),
        trouble=next((one.trouble for one in found if one.trouble), None),
        failure=next((one.failure for one in found if one.failure), None),
        # Where sending stopped, nothing was pulled this time: what is there is of another.
        pulled=_all_pulled([one.pulled for one in found if one.pulled and not (one.pushed and one.pushed.stopped)]),
        pushed=_all_pushed([one.pushed for one in found if one.pushed]),
    )


def _all_pushed(reports: list[PushReport]) -> PushReport | None:
    made = PushReport()
    for one in reports:
        made.delivered += one.delivered
        made.waiting |= one.waiting
        made.rejected |= one.rejected
        made.bytes_sent += one.bytes_sent
        made.wait_seconds = max(made.wait_seconds, one.wait_seconds)
    if reports and all(one.stopped for one in reports):
        made.stopped = reports[0].stopped
    return made if reports else None


def _all_pulled(reports: list[PullReport]) -> PullReport | None:
    made = PullReport()
    for one in reports:
        _gather(made, one, "new", "updated", "refreshed", "unchanged", "vanished", "problems")
        made.stopped = made.stopped or one.stopped
        made.lost_access = made.lost_access or one.lost_access
        if one.dossiers is not None:
            made.dossiers = made.dossiers or DossierReport()
            _gather(made.dossiers, one.dossiers, "confirmed", "returned", "cleared")
        if one.packs is not None:
            made.packs = made.packs or PackReport()
            _gather(made.packs, one.packs, "new", "updated", "waiting", "withdrawn", "refused")
            made.packs.missing += one.packs.missing
    return made if reports else None


def _gather(made: object, one: object, *names: str) -> None:
    for name in names:
        getattr(made, name).extend(getattr(one, name))
