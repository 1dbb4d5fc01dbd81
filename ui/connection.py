# SPDX-License-Identifier: EUPL-1.2
"""Sending and receiving as the window sees them: who is connected, what is under way, how it ended.

The work itself is `sync.exchange`; it runs in a lane of its own with a store of its own, one account after the other.
Being offline is a normal state: nothing here raises a dialog, the pill and the cards tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldkit import settings
from fieldkit.account import default_of, named_apart
from fieldkit.instance import State
from ui import access, line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fieldkit.account import Account
    from sync.exchange import Exchange, Round
    from sync.progress import SyncProgress
    from sync.service import SyncStatus
    from ui.connection_story import Story, Summary
    from ui.kit import Kit
    from ui.tasks import Job

LANE = "sync"
AUTO_MS = 60_000
LOOK_AGAIN = timedelta(minutes=15)  # as often as ODK Collect looks for forms; the region's answers come the same way
OVER_BUDGET = "over-budget"  # of sync.errors.Reason, which the first paint does not wait for


@dataclass(slots=True)
class AccountState:
    """How an account stands: `status` of its last sync (None: not yet), and whether its access is to be given again."""

    status: SyncStatus | None = None
    needs_token: bool = False


class Connection(QObject):
    """All accounts. `changed` tells that something about them is to be drawn again."""

    changed = Signal()
    finished = Signal(object)  # SyncStatus of all that took part, after each sync

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._kit = kit
        self._exchange: Exchange | None = None
        self._states: dict[str, AccountState] = {}
        self._job: Job | None = None
        self.progress: SyncProgress | None = None
        self.is_unmetered: Callable[[], bool] = line.is_unmetered
        self.trouble: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(AUTO_MS)
        self._timer.timeout.connect(self.send_by_itself)
        self._watch = line.Watch(self._on_line_back, self)

    # Who

    @property
    def accounts(self) -> list[Account]:
        """The accounts of this computer, none if the user works without."""
        return self._kit.store.accounts.all()

    @property
    def account(self) -> Account | None:
        """The default account, for forms that ship with the program; None if there is none."""
        return default_of(self.accounts, self._kit.settings.get(settings.ACCOUNT_ID))

    def state_of(self, account_id: str) -> AccountState:
        """Return how an account stands."""
        return self._states.setdefault(account_id, AccountState())

    def name_of(self, account_id: str) -> str:
        """Return what an account is called, or was before it left."""
        return self._kit.store.accounts.name_of(account_id)

    @property
    def status(self) -> SyncStatus | None:
        """How the last syncs of all accounts ended, as one; None before the first."""
        found = [self.state_of(one.account_id).status for one in self.accounts]
        known = [status for status in found if status is not None]
        if len(known) < 2:
            return known[0] if known else None
        from sync.exchange import sum_of

        return sum_of(known)

    @property
    def needs_token(self) -> bool:
        """Whether the access of an account is to be given again."""
        return any(self.state_of(one.account_id).needs_token for one in self.accounts)

    def connect_account(
        self, invitation_text: str, on_success: Callable[[Account], None], on_error: Callable[[Exception], None]
    ) -> None:
        """Check an invitation with its Region if it can be reached, then keep the account, its token in the keyring."""
        from sync.errors import SyncError
        from sync.invitation import parse_invitation

        try:
            invitation = parse_invitation(invitation_text)
        except SyncError as error:
            on_error(error)
            return
        account = named_apart(invitation.account(), self.accounts)

        def check() -> bool:
            return access.keep(account, invitation.token)

        def keep(in_keyring: bool) -> None:
            is_first = not self.accounts
            self._kit.store.accounts.put(account)
            self.let_go(account.account_id)
            if is_first:
                self._kit.set(settings.ACCOUNT_ID, account.account_id)
            if not in_keyring:
                self.trouble = None
            on_success(account)
            self.changed.emit()
            self.sync()

        self._kit.tasks.run(check, keep, on_error, lane=LANE)

    def choose_default(self, account_id: str) -> None:
        """Let records that are nobody's yet, and forms that ship, go to this account."""
        self._kit.set(settings.ACCOUNT_ID, account_id)
        self.changed.emit()

    def rename(self, account_id: str, name: str) -> None:
        """Call an account otherwise; an empty name is that of before."""
        account = self._kit.store.accounts.get(account_id)
        if name.strip():
            self._kit.store.accounts.put(replace(account, display_name=name.strip()))
            self.changed.emit()

    def disconnect_account(
        self,
        account_id: str,
        *,
        revoke: bool = False,
        on_done: Callable[[], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        """Forget an account and its token; what waits stays. `revoke`: end the token at the Region, or do nothing."""
        from ui.leaving import leave

        leave(self, self._kit, account_id, revoke=revoke, on_done=on_done, on_error=on_error)

    # What

    @property
    def running(self) -> bool:
        """Whether a sync is under way."""
        return self._job is not None

    @property
    def current(self) -> str:
        """The name of the account whose turn it is, "" if there is only one."""
        turn = self._exchange.current if self._exchange is not None else ""
        return self.name_of(turn) if turn and len(self.accounts) > 1 else ""

    def waiting(self) -> int:
        """Return how many records wait to be sent, to whatever account."""
        return self._kit.store.instances.counts()[State.FINALIZED]

    def waiting_for(self, account_id: str) -> int:
        """Return how many of them go to an account; to the default one those too that are nobody's yet."""
        found = self._kit.store.owners.waiting()
        default = self.account
        nobodys = found.get("", 0) if default is not None and default.account_id == account_id else 0
        return found.get(account_id, 0) + nobodys

    def stranded(self) -> dict[str, int]:
        """Return how many wait for accounts that are not here (any more); at "" for the choice of a default one."""
        ids = {one.account_id for one in self.accounts}
        known = ids | {""} if self.account is not None or not ids else ids
        return {owner: count for owner, count in self._kit.store.owners.waiting().items() if owner not in known}

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the records that were sent long ago and that their region's list does not have (contract, F37)."""
        seen = [one.account_id for one in self.accounts if self.list_seen_at(one.account_id) is not None]
        if not seen:
            return ()  # asked at every drawing: without a list, sync is not even imported
        from sync.returns import unconfirmed

        found = [one for account_id in seen for one in unconfirmed(self._kit.store, account_id, self.confirm_days)]
        return tuple(dict.fromkeys(found))

    def to_correct(self) -> int:
        """Return how many records the region returned or refused and nobody corrects yet."""
        return len(self._kit.refused())

    def list_seen_at(self, account_id: str = "") -> datetime | None:
        """Return when an account's list of dossiers last came, None if it never did; "": that of any of them."""
        ids = [account_id] if account_id else [one.account_id for one in self.accounts]
        kept = [self._kit.store.facts.get(f"returns.{one}.at") for one in ids]
        return max((datetime.fromisoformat(one) for one in kept if one), default=None)

    @property
    def confirm_days(self) -> int:
        """How many days the region has to take a record into its list before the user is told."""
        return self._kit.settings.get(settings.CONFIRM_DAYS)

    def is_unconfirmed(self, instance_id: str) -> bool:
        """Tell whether a record is one of those."""
        return instance_id in self.unconfirmed()

    def last_success_at(self, account_id: str = "") -> datetime | None:
        """Return when the last sync of an account went through; "": since when it did for all. None if it never did."""
        ids = [account_id] if account_id else [one.account_id for one in self.accounts]
        kept = [self._kit.store.facts.get(f"sync.{one}.at") for one in ids]
        return min(map(datetime.fromisoformat, kept)) if kept and all(kept) else None

    def start(self) -> None:
        """Begin to send by itself, if the user wants so: now and every minute."""
        self._timer.start()
        self._watch.start()
        self.send_by_itself()

    def _on_line_back(self) -> None:
        """Try at once: what failed before says nothing of a line that is new."""
        if self._exchange is not None:
            self._exchange.forget_failures()
        self.send_by_itself()

    def stop(self) -> None:
        """Stop sending by itself and close the connections; a sync under way is asked to stop."""
        self._timer.stop()
        self._watch.stop()
        self.cancel()
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None

    def send_by_itself(self) -> None:
        """Sync the accounts that have something to do that needs nobody, if the user lets it."""
        if not self._kit.settings.get(settings.AUTO_SEND):
            return
        due = [one.account_id for one in self.accounts if self._is_due(one.account_id)]
        if due and (not self._kit.settings.get(settings.UNMETERED_ONLY) or self.is_unmetered()):
            self.sync(due)

    def _is_due(self, account_id: str) -> bool:
        state = self.state_of(account_id)
        if state.needs_token or (self._exchange is not None and not self._exchange.may_try(account_id)):
            return False
        if state.status is None:
            return True
        return self._some_fit(account_id) if self.waiting_for(account_id) else self._is_long_ago(account_id)

    def _is_long_ago(self, account_id: str) -> bool:
        """Tell whether the region may have answered since the last sync: forms, lists, what is to be corrected."""
        last = self.last_success_at(account_id)
        return last is not None and datetime.now(UTC) - last > LOOK_AGAIN

    def _some_fit(self, account_id: str) -> bool:
        """Tell whether more waits than what is over the limit of one sync: each minute anew, it would be no limit."""
        if not self._kit.settings.get(settings.SYNC_BUDGET):
            return True
        outbox = self._kit.store.instances.outbox()
        return any(one.reason != OVER_BUDGET for one in outbox if one.account_id in {"", account_id})

    def send(self) -> None:
        """Send now, because somebody asked; without an account that can, lead to where one is chosen."""
        if all(self.state_of(one.account_id).needs_token for one in self.accounts):
            self.open_account()
            return
        if self._exchange is not None:
            self._exchange.forget_failures()
        self.sync()

    def sync(self, account_ids: Collection[str] = ()) -> None:
        """Send what waits, then pull the forms, of these accounts or of all, in a worker; none if one is under way."""
        accounts = [one for one in self.accounts if not account_ids or one.account_id in account_ids]
        if self._job is not None or not accounts:
            return
        absent = [one for one in accounts if self._exchange is None or one.account_id not in self._exchange]
        if not absent:
            self._run(accounts)
            return

        def begin(tokens: dict[str, str]) -> None:
            self._job = None
            ids = {one.account_id for one in self.accounts}
            here = [one for one in accounts if one.account_id in ids]  # one may have left meanwhile
            self._join([one for one in here if one in absent], tokens)
            able = [one for one in here if not self.state_of(one.account_id).needs_token]
            if able:
                self._run(able)
            else:
                self.changed.emit()

        self._job = self._kit.tasks.run(partial(access.tokens_of, absent), begin, self._on_failed, lane=LANE)
        if self._job.done:  # an inline worker has finished already
            self._job = None

    @property
    def stopping(self) -> bool:
        """Whether the sync under way was asked to stop and has not yet."""
        return self._job is not None and self._job.stop.is_set()

    def _join(self, accounts: list[Account], tokens: dict[str, str]) -> None:
        from sync.exchange import Exchange

        if self._exchange is None:
            self._exchange = Exchange(self._kit.store)
        for account in accounts:
            token = tokens.get(account.account_id, "")
            self.state_of(account.account_id).needs_token = not token
            if token:
                self._exchange.join(account, token)

    def cancel(self) -> None:
        """Ask the sync under way to stop; the window tells so at once."""
        if self._job is not None:
            self._job.cancel()
            if self._exchange is not None:
                self._exchange.cancel()  # also where it waits for an answer
            self.changed.emit()

    def _run(self, accounts: list[Account]) -> None:
        exchange, default, self.progress = self._exchange, self.account, None
        assert exchange is not None  # noqa: S101 (somebody has joined)
        budget = self._kit.settings.get(settings.SYNC_BUDGET)
        ids = [one.account_id for one in accounts]
        whose = default.account_id if default is not None else ""
        work = partial(exchange.sync, accounts=ids, default=whose, budget=budget)
        self._job = self._kit.tasks.run(
            work, self._on_synced, self._on_failed, on_progress=self._on_progress, lane=LANE
        )
        if self._job.done:
            self._job = None
        self.changed.emit()

    def _on_progress(self, progress: SyncProgress) -> None:
        self.progress = progress
        self.changed.emit()

    def _on_synced(self, made: Round) -> None:
        from sync.errors import NotAuthorized
        from sync.exchange import sum_of

        self._job, self.progress, self.trouble = None, None, made.failure
        for account_id, status in made.statuses.items():
            state = self.state_of(account_id)
            state.status, state.needs_token = status, isinstance(status.trouble, NotAuthorized)
        self._kit.records_changed.emit()
        if made.failure is None and made.statuses:  # none if it was stopped before the first
            self.finished.emit(sum_of(made.statuses.values()))
        self.changed.emit()
        if made.failure is not None:
            self._kit.trouble_met.emit(made.failure)

    def _on_failed(self, error: Exception) -> None:
        self._job, self.progress, self.trouble = None, None, error
        self._kit.records_changed.emit()
        self.changed.emit()
        self._kit.trouble_met.emit(error)

    def let_go(self, account_id: str) -> None:
        """Forget how an account stood, and its connection: it has gone, or has another token now."""
        self._states.pop(account_id, None)
        if self._exchange is not None and account_id in self._exchange:
            self.cancel()  # else one would wait here for the end of its sync
            self._exchange.leave(account_id)

    # How it reads

    def summary(self) -> Summary:
        """Return what the pill shows."""
        from ui.connection_story import summary

        return summary(self)

    def story(self) -> Story:
        """Return what the home card and « Envois » show."""
        from ui.connection_story import story

        return story(self)

    def open_account(self) -> None:
        """Lead to where accounts are chosen."""
        self._kit.screen_asked.emit("settings", "account")

    def waiting_bytes(self) -> int:
        """Return how much waits, in bytes."""
        default = self.account
        return self._kit.store.parts.all_bytes_left(default.account_id if default is not None else "")
