# SPDX-License-Identifier: EUPL-1.2
"""Sending and receiving as the window sees them: who is connected, what is under way, how it ended.

The work itself is `sync.service`; it runs in a lane of its own with a store of its own. Being offline is a normal
state: nothing here raises a dialog, the pill and the cards tell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldkit import settings
from fieldkit.errors import NoKeyringError, NotFoundError
from fieldkit.instance import State
from ui import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldkit.account import Account
    from sync.progress import SyncProgress
    from sync.service import SyncService, SyncStatus
    from ui.connection_story import Story, Summary
    from ui.kit import Kit
    from ui.tasks import Job

LANE = "sync"
AUTO_MS = 60_000
LOOK_AGAIN = timedelta(minutes=15)  # as often as ODK Collect looks for forms; the region's answers come the same way
OVER_BUDGET = "over-budget"  # of sync.errors.Reason, which the first paint does not wait for


class Connection(QObject):
    """One account at most. `changed` tells that something about it is to be drawn again."""

    changed = Signal()
    finished = Signal(object)  # SyncStatus, after each sync

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._kit = kit
        self._service: SyncService | None = None
        self._job: Job | None = None
        self.progress: SyncProgress | None = None
        self.status: SyncStatus | None = None
        self.needs_token = False
        self.is_unmetered: Callable[[], bool] = line.is_unmetered
        self.trouble: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(AUTO_MS)
        self._timer.timeout.connect(self.send_by_itself)
        self._watch = line.Watch(self._on_line_back, self)

    # Who

    @property
    def account(self) -> Account | None:
        """The account in use, None if the user works without one."""
        chosen = self._kit.settings.get(settings.ACCOUNT_ID)
        if not chosen:
            return None
        try:
            return self._kit.store.accounts.get(chosen)
        except NotFoundError:
            return None

    def connect_account(
        self, invitation_text: str, on_success: Callable[[Account], None], on_error: Callable[[Exception], None]
    ) -> None:
        """Check an invitation with the Region, then keep the account, the token in the keyring only.

        Without a network the account is kept all the same: the invitation is checked at the first sync.
        """
        from sync.errors import SyncError
        from sync.invitation import parse_invitation

        try:
            invitation = parse_invitation(invitation_text)
        except SyncError as error:
            on_error(error)
            return
        account = invitation.account()

        def check() -> bool:
            return _keep_access(account, invitation.token)

        def keep(in_keyring: bool) -> None:
            self._kit.store.accounts.put(account)
            self._forget_service()
            self._kit.set(settings.ACCOUNT_ID, account.account_id)
            self.needs_token = False
            if not in_keyring:
                self.trouble = None
            on_success(account)
            self.changed.emit()
            self.sync()

        self._kit.tasks.run(check, keep, on_error, lane=LANE)

    def disconnect_account(self) -> None:
        """Forget the account and its token; what waits stays."""
        account = self.account
        if account is None:
            return
        self._forget_service()
        self._kit.set(settings.ACCOUNT_ID, "")
        self._kit.store.accounts.remove(account.account_id)
        self.status, self.trouble, self.needs_token = None, None, False

        def forget() -> None:
            from fieldkit import credentials

            credentials.forget(account.account_id)

        self._kit.tasks.run(forget, on_error=self._on_forget_failed, lane=LANE)
        self.changed.emit()

    def _on_forget_failed(self, error: Exception) -> None:
        if not isinstance(error, NoKeyringError):
            self._kit.trouble_met.emit(error)

    # What

    @property
    def running(self) -> bool:
        """Whether a sync is under way."""
        return self._job is not None

    def waiting(self) -> int:
        """Return how many records wait to be sent."""
        return self._kit.store.instances.counts()[State.FINALIZED]

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the records that were sent long ago and that the region's list does not have (contract, F37)."""
        account = self.account
        if account is None or self.list_seen_at() is None:
            return ()  # asked at every drawing: without a list, sync is not even imported
        from sync.returns import unconfirmed

        return unconfirmed(self._kit.store, account.account_id, self.confirm_days)

    def to_correct(self) -> int:
        """Return how many records the region returned or refused and nobody corrects yet."""
        return len(self._kit.refused())

    def list_seen_at(self) -> datetime | None:
        """Return when the region's list of dossiers last came, None if this account never got one."""
        account = self.account
        kept = self._kit.store.facts.get(f"returns.{account.account_id}.at") if account else ""
        return datetime.fromisoformat(kept) if kept else None

    @property
    def confirm_days(self) -> int:
        """How many days the region has to take a record into its list before the user is told."""
        return self._kit.settings.get(settings.CONFIRM_DAYS)

    def is_unconfirmed(self, instance_id: str) -> bool:
        """Tell whether a record is one of those."""
        return instance_id in self.unconfirmed()

    def last_success_at(self) -> datetime | None:
        """Return when the last sync went through, this time or before, None if none did."""
        account = self.account
        kept = self._kit.store.facts.get(f"sync.{account.account_id}.at") if account else ""
        return datetime.fromisoformat(kept) if kept else None

    def start(self) -> None:
        """Begin to send by itself, if the user wants so: now and every minute."""
        self._timer.start()
        self._watch.start()
        self.send_by_itself()

    def _on_line_back(self) -> None:
        """Try at once: what failed before says nothing of a line that is new."""
        if self._service is not None:
            self._service.forget_failures()
        self.send_by_itself()

    def stop(self) -> None:
        """Stop sending by itself and close the connections; a sync under way is asked to stop."""
        self._timer.stop()
        self._watch.stop()
        self.cancel()
        self._forget_service()

    def send_by_itself(self) -> None:
        """Sync if the user lets it, there is an account, and something to do that needs nobody."""
        wanted = self._kit.settings.get(settings.AUTO_SEND) and self.account is not None and not self.needs_token
        if not wanted or (self._service is not None and not self._service.may_try()):
            return
        if self._kit.settings.get(settings.UNMETERED_ONLY) and not self.is_unmetered():
            return
        if self.status is None or (self._some_fit() if self.waiting() else self._is_long_ago()):
            self.sync()

    def _is_long_ago(self) -> bool:
        """Tell whether the region may have answered since the last sync: forms, lists, what is to be corrected."""
        last = self.last_success_at()
        return last is not None and datetime.now(UTC) - last > LOOK_AGAIN

    def _some_fit(self) -> bool:
        """Tell whether more waits than what is over the limit of one sync: each minute anew, it would be no limit."""
        if not self._kit.settings.get(settings.SYNC_BUDGET):
            return True
        return any(one.reason != OVER_BUDGET for one in self._kit.store.instances.outbox())

    def send(self) -> None:
        """Send now, because somebody asked; without an account, lead to where one is chosen."""
        if self.account is None or self.needs_token:
            self._kit.screen_asked.emit("settings", "account")
            return
        if self._service is not None:
            self._service.forget_failures()
        self.sync()

    def sync(self) -> None:
        """Send what waits, then pull the forms, in a worker; at once if one is under way."""
        account = self.account
        if self._job is not None or account is None:
            return
        if self._service is not None:
            self._run(self._service)
            return

        def read_token() -> str | None:
            from fieldkit import credentials

            return credentials.get(account.account_id)

        def begin(token: str | None) -> None:
            self._job = None
            if not token:
                self.needs_token = True
                self.changed.emit()
                return
            from sync.service import SyncService

            self._service = SyncService(self._kit.store, account, token)
            self._run(self._service)

        self._job = self._kit.tasks.run(read_token, begin, self._on_token_missing, lane=LANE)
        if self._job.done:  # an inline worker has finished already
            self._job = None

    @property
    def stopping(self) -> bool:
        """Whether the sync under way was asked to stop and has not yet."""
        return self._job is not None and self._job.stop.is_set()

    def cancel(self) -> None:
        """Ask the sync under way to stop; the window tells so at once."""
        if self._job is not None:
            self._job.cancel()
            if self._service is not None:
                self._service.cancel()  # also where it waits for an answer
            self.changed.emit()

    def _run(self, service: SyncService) -> None:
        self.progress = None
        service.budget = self._kit.settings.get(settings.SYNC_BUDGET)
        self._job = self._kit.tasks.run(
            service.sync, self._on_synced, self._on_failed, on_progress=self._on_progress, lane=LANE
        )
        if self._job.done:
            self._job = None
        self.changed.emit()

    def _on_progress(self, progress: SyncProgress) -> None:
        self.progress = progress
        self.changed.emit()

    def _on_synced(self, status: SyncStatus) -> None:
        self._job, self.status, self.progress, self.trouble = None, status, None, None
        from sync.errors import NotAuthorized

        self.needs_token = isinstance(status.trouble, NotAuthorized)
        self._kit.records_changed.emit()
        self.finished.emit(status)
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._job, self.progress, self.trouble = None, None, error
        self._kit.records_changed.emit()
        self.changed.emit()
        self._kit.trouble_met.emit(error)

    def _on_token_missing(self, error: Exception) -> None:
        self._job = None
        if isinstance(error, NoKeyringError):
            self.needs_token = True
            self.changed.emit()
        else:
            self._on_failed(error)

    def _forget_service(self) -> None:
        if self._service is not None:
            self._service.close()
            self._service = None

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
        """Lead to where an account is chosen."""
        self._kit.screen_asked.emit("settings", "account")

    def waiting_bytes(self) -> int:
        """Return how much waits, in bytes."""
        account = self.account
        return self._kit.store.parts.all_bytes_left(account.account_id if account is not None else "")


def _keep_access(account: Account, token: str) -> bool:
    """Probe the Region (if it can be reached) and keep the token; False if only for this session."""
    from fieldkit import credentials
    from sync.client import RegionClient
    from sync.errors import LineError

    region = RegionClient(account, token)
    try:
        region.probe()
    except LineError:
        pass
    finally:
        region.close()
    try:
        credentials.set(account.account_id, token)
    except NoKeyringError:
        credentials.keep_for_session(account.account_id, token)
        return False
    return True
