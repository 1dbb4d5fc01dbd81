# SPDX-License-Identifier: EUPL-1.2
"""The region's staff as the window sees them: who signed in, what is being received, what is decided.

Everything goes through one lane of its own, with a store of its own: the window reads what is received while more of it
comes. The password is handed to the worker and kept nowhere.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldkit import received, settings, web_user
from fieldkit.errors import NoKeyringError
from ui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Store
    from fieldkit.web_user import WebUser
    from sync.errors import LineError
    from sync.progress import Report, SyncProgress
    from sync.staff.client import Comment, StaffClient
    from sync.staff.gather import GatherReport
    from sync.staff.review import Reviewed
    from ui.kit import Kit
    from ui.tasks import Job

LANE = "staff"


class StaffDesk(QObject):
    """One web user at most. `changed` tells that something about it is to be drawn again."""

    changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._kit = kit
        self._job: Job | None = None
        self.progress: SyncProgress | None = None
        self.report: GatherReport | None = None
        self.unsaid: LineError | None = None  # why a decision or a question did not reach the region
        self.needs_sign_in = False

    @property
    def user(self) -> WebUser | None:
        """Who signed in here last, None if nobody did."""
        return web_user.known(self._kit.store)

    @property
    def may_ask(self) -> bool:
        """Whether the region can be asked without signing in again, as far as is known."""
        user = self.user
        return user is not None and not user.is_over() and not self.needs_sign_in

    @property
    def running(self) -> bool:
        """Whether records are being received."""
        return self._job is not None

    def communes(self) -> frozenset[str]:
        """Return the communes whose records are received and shown; none means all."""
        return received.wanted_communes(self._kit.settings)

    def proposed_address(self) -> str:
        """Return the address of a project that the sign-in form begins with, "" if none is known."""
        user, account = self.user, self._kit.connection.account
        if user is not None:
            return user.origin
        return web_user.project_address(account.url, account.project) if account else ""

    # Sessions

    def sign_in(
        self,
        address: str,
        email: str,
        password: str,
        on_success: Callable[[], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Open a session at the project of `address`, then receive."""
        from fieldkit import credentials
        from sync.errors import SyncError
        from sync.staff.session import parse_project

        try:
            url, project = parse_project(address)
        except SyncError as error:
            on_error(error)
            return

        def keep(user: WebUser) -> None:
            web_user.keep(self._kit.store, user)
            self.needs_sign_in, self.report = False, None
            on_success()
            if credentials.is_for_session(user.account_id):
                asked = translate(
                    "Staff", "Sans trousseau de clés, le mot de passe sera redemandé au prochain démarrage"
                )
                self._kit.toast(asked)
            self.changed.emit()
            self.pull()

        work = partial(_sign_in, url, project, email, password, self.user)
        self._kit.tasks.run(work, keep, on_error, lane=LANE)

    def sign_out(self) -> None:
        """End the session, here and at the region; what was received stays."""
        user = self.user
        if user is None:
            return
        self.cancel()
        web_user.keep(self._kit.store, None)
        self.needs_sign_in, self.report = False, None
        self._kit.tasks.run(partial(_sign_out, user), on_error=self._on_sign_out_failed, lane=LANE)
        self.changed.emit()

    def _on_sign_out_failed(self, error: Exception) -> None:
        if not isinstance(error, NoKeyringError):
            self._kit.trouble_met.emit(error)

    # Receiving

    def pull(self) -> None:
        """Receive what is new; at once if that is under way, or if one must sign in first."""
        user = self.user
        if self._job is not None or user is None:
            return
        self.progress, self.unsaid = None, None
        work = partial(_pull, self._kit.store, user, self.communes())
        self._job = self._kit.tasks.run(
            work, self._on_pulled, self._on_failed, on_progress=self._on_progress, lane=LANE
        )
        if self._job.done:  # an inline worker has finished already
            self._job = None
        self.changed.emit()

    def pull_all(self) -> None:
        """Receive the records of every commune, now and from now on."""
        self._kit.set(settings.RECEIVED_SCOPE, "all")
        self.pull()

    def cancel(self) -> None:
        """Ask what is under way to stop."""
        if self._job is not None:
            self._job.cancel()

    def _on_progress(self, progress: SyncProgress) -> None:
        self.progress = progress
        self.changed.emit()

    def _on_pulled(self, report: GatherReport) -> None:
        from sync.errors import SessionOver

        self._job, self.report, self.progress = None, report, None
        self.needs_sign_in = isinstance(report.stopped, SessionOver)
        self._kit.records_changed.emit()
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._job, self.progress = None, None
        self._on_failed_to_ask(error)

    # Reviews

    def review(self, record: ReceivedRecord, state: str, comment: str, on_done: Callable[[Reviewed], None]) -> None:
        """Decide on a record; trouble is told to the user, and what is known of the record is brought up to date."""
        user = self.user
        if user is not None:
            work = partial(_review, self._kit.store, user, record, state, comment)
            self._kit.tasks.run(work, partial(self._on_reviewed, on_done), self._on_failed_to_ask, lane=LANE)

    def comments(self, record: ReceivedRecord, on_done: Callable[[tuple[Comment, ...]], None]) -> None:
        """Ask what was said of a record."""
        user = self.user
        if user is not None:
            self._kit.tasks.run(partial(_comments, user, record), on_done, self._on_failed_to_ask, lane=LANE)

    def _on_reviewed(self, on_done: Callable[[Reviewed], None], done: Reviewed) -> None:
        self.unsaid = None
        self._kit.records_changed.emit()
        on_done(done)

    def _on_failed_to_ask(self, error: Exception) -> None:
        from sync.errors import LineError, SessionOver

        self.unsaid = error if isinstance(error, LineError) else None
        self.needs_sign_in = self.needs_sign_in or isinstance(error, SessionOver)
        self._kit.records_changed.emit()
        self.changed.emit()
        if self.unsaid is None:  # a line that is down is told by the banner: it is no trouble
            self._kit.trouble_met.emit(error)

    def dossiers_of(self, record: ReceivedRecord) -> int:
        """Return how many dossiers of the region's list a record has: without any, nobody hears of a decision."""
        from sync.staff.review import dossiers_of

        return len(dossiers_of(self._kit.store, record))


# In the worker


def _sign_in(url: str, project: int, email: str, password: str, before: WebUser | None) -> WebUser:
    """Open a session, and then end the one of before: one at a time, and nobody else's token stays behind."""
    from fieldkit import credentials
    from sync.staff.client import StaffClient

    client = StaffClient(url, project)
    try:
        user, token = client.sign_in(email, password)
    finally:
        client.close()
    if before is not None:
        with suppress(NoKeyringError):
            _sign_out(before)
    try:
        credentials.set(user.account_id, token)
    except NoKeyringError:
        credentials.keep_for_session(user.account_id, token)
    return user


def _sign_out(user: WebUser) -> None:
    from fieldkit import credentials

    client = _client(user)
    try:
        client.sign_out()
    finally:
        client.close()
        credentials.forget(user.account_id)


def _client(user: WebUser) -> StaffClient:
    """Return a client with the kept token; without one, its first question is SessionOver."""
    from fieldkit import credentials
    from sync.staff.client import StaffClient

    try:
        token = credentials.get(user.account_id) or ""
    except NoKeyringError:
        token = ""
    return StaffClient(user.url, user.project, token, ends_at=user.ends_at)


def _pull(store: Store, user: WebUser, communes: frozenset[str], cancel: Event, progress: Report) -> GatherReport:
    from sync.staff.gather import gather

    client = _client(user)
    try:
        with store.reopen() as own:
            return gather(own, client, cancel, progress, origin=user.origin, communes=communes)
    finally:
        client.close()


def _review(store: Store, user: WebUser, record: ReceivedRecord, state: str, comment: str) -> Reviewed:
    from sync.staff.review import review

    client = _client(user)
    try:
        with store.reopen() as own:
            return review(own, client, record, state, comment)
    finally:
        client.close()


def _comments(user: WebUser, record: ReceivedRecord) -> tuple[Comment, ...]:
    from sync.staff.review import comments_on

    client = _client(user)
    try:
        return comments_on(client, record)
    finally:
        client.close()
