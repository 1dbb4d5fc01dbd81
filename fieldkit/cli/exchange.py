# SPDX-License-Identifier: EUPL-1.2
"""`connect`, `pull`, `push`: the region, from the terminal."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit import credentials
from fieldkit.account import Account
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import FileMissingError, NoAccountError, NoTokenError
from fieldkit.cli.files import is_file
from fieldkit.cli.messages import reason_words, tell
from fieldkit.cli.reading import folder_of
from fieldkit.errors import NoKeyringError, NotFoundError
from fieldkit.settings import ACCOUNT_ID, SYNC_BUDGET
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from sync.client import RegionClient
    from sync.errors import SyncError
    from sync.invitation import Invitation
    from sync.pull import FormProblem

TOKEN_VARIABLE = "FIELDKIT_TOKEN"  # noqa: S105 (the name of the variable)


def connect(arguments: Namespace) -> Answer:
    """Take an invitation (a link, a picture of its QR code, or - for the standard input), try it, keep the account."""
    from sync.client import RegionClient

    invitation = _invitation(arguments.invitation)
    account = invitation.account(arguments.name)
    client = RegionClient(account, invitation.token)
    try:
        client.probe()
    finally:
        client.close()
    with Workspace.open(folder_of(arguments)) as workspace:
        workspace.store.accounts.put(account)
        workspace.settings.set(ACCOUNT_ID, account.account_id)
    data = {"account": account.account_id, "url": account.url, "project": account.project, "token_kept": True}
    line = f"connected to {account.url}, project {account.project}"
    try:
        credentials.set(account.account_id, invitation.token)
    except NoKeyringError:
        data["token_kept"] = False
        advice = (
            f"This computer has no keyring: the token was not kept. Give it in {TOKEN_VARIABLE}, or type it each time."
        )
        return Answer((line,), data, trouble=(advice,))
    return Answer((line,), data)


def _invitation(given: str) -> Invitation:
    """Read what was given: the name of a picture, or a text; "-" is a text on the standard input."""
    from sync.invitation import parse_invitation
    from sync.invitation_picture import SUFFIXES, read_picture_file

    path = Path(given)
    if given != "-" and "://" not in given and (is_file(path) or path.suffix.lower() in SUFFIXES):
        try:
            return read_picture_file(path)
        except OSError as error:
            raise FileMissingError(path, error.strerror or str(error)) from error
    return parse_invitation(sys.stdin.read() if given == "-" else given)


def pull(arguments: Namespace) -> Answer:
    """Get the forms of the region."""
    from sync.packs import PackReport
    from sync.pull import pull as pull_forms
    from sync.returns import DossierReport

    with Workspace.open(folder_of(arguments)) as workspace:
        install_shipped_forms(workspace.store)
        with _region(workspace) as (region, account):
            report = pull_forms(workspace.store, region, origin=account.account_id)
    told, packs = report.dossiers or DossierReport(), report.packs or PackReport()
    problems = [{"form_id": one.form_id, "message": _problem(one)} for one in report.problems]
    data = {
        "new": report.new,
        "updated": report.updated,
        "refreshed": report.refreshed,
        "unchanged": report.unchanged,
        "vanished": report.vanished,
        "problems": problems,
        "returned": told.returned,
        "cleared": told.cleared,
        "confirmed": told.confirmed,
        "packs": {"new": packs.new, "updated": packs.updated, "waiting": packs.waiting, "withdrawn": packs.withdrawn},
        "stopped": _stop_data(report.stopped),
    }
    lines = [
        f"{what}: {', '.join(names)}"
        for what, names in (
            ("new", report.new),
            ("updated", report.updated),
            ("newer lists", report.refreshed),
            ("no longer offered", report.vanished),
            ("the region asks for corrections of", told.returned),
            ("the region asks for no more corrections of", told.cleared),
            ("the region confirms", told.confirmed),
            ("new packs", packs.new),
            ("updated packs", packs.updated),
            ("packs that the region withdrew", packs.withdrawn),
        )
        if names
    ]
    trouble = [f"{one['form_id']}: {one['message']}" for one in problems]
    if packs.waiting:
        trouble.append(f"{', '.join(packs.waiting)}: signed by a key that nobody trusts yet; see `fieldkit pack list`.")
    if report.lost_access:
        trouble.append("The region no longer offers any form to this account. The forms that are here were kept.")
    if report.stopped:
        return Answer(tuple(lines), data, ExitCode.NETWORK, (*trouble, tell(report.stopped)))
    lines = lines or ["Every form is up to date."]
    return Answer(tuple(lines), data, ExitCode.FAILED if problems else ExitCode.OK, tuple(trouble))


def push(arguments: Namespace) -> Answer:
    """Send what is finalized, oldest first."""
    from sync.push import FLIGHTS
    from sync.push import push as push_records

    with Workspace.open(folder_of(arguments)) as workspace:
        if not workspace.store.instances.outbox():
            empty = {"delivered": [], "waiting": {}, "rejected": {}, "bytes_sent": 0, "stopped": None}
            return Answer(("Nothing waits to be sent.",), empty)
        with _region(workspace) as (region, account):
            budget = workspace.settings.get(SYNC_BUDGET)
            report = push_records(workspace.store, region, origin=account.account_id, flights=FLIGHTS, budget=budget)
        said = {one: workspace.store.instances.get(one).reason_text for one in report.rejected}
    data = {
        "delivered": report.delivered,
        "waiting": {key: str(value) for key, value in report.waiting.items()},
        "rejected": {key: str(value) for key, value in report.rejected.items()},
        "bytes_sent": report.bytes_sent,
        "stopped": _stop_data(report.stopped),
    }
    lines = [f"sent: {one}" for one in report.delivered]
    trouble = [f"{one} waits: {reason_words(reason)}" for one, reason in report.waiting.items()]
    trouble += [f"{one} was refused: {reason_words(reason, said[one])}" for one, reason in report.rejected.items()]
    if report.stopped:
        return Answer(tuple(lines), data, ExitCode.NETWORK, (*trouble, tell(report.stopped)))
    return Answer(tuple(lines), data, ExitCode.FAILED if trouble else ExitCode.OK, tuple(trouble))


def _problem(problem: FormProblem) -> str:
    if problem.error:
        return tell(problem.error)
    names = ", ".join(problem.missing_media)
    return f"The form was taken, but the server does not have its files {names}: tell the region."


def _stop_data(error: SyncError | None) -> dict[str, str] | None:
    return {"reason": str(error.reason), "message": tell(error)} if error else None


@contextmanager
def _region(workspace: Workspace) -> Iterator[tuple[RegionClient, Account]]:
    from sync.client import RegionClient

    account = _account(workspace)
    client = RegionClient(account, _token(account))
    try:
        yield client, account
    finally:
        client.close()


def _account(workspace: Workspace) -> Account:
    try:
        return workspace.store.accounts.get(workspace.settings.get(ACCOUNT_ID))
    except NotFoundError as error:
        raise NoAccountError from error


def _token(account: Account) -> str:
    """Return the token: from the environment, the keyring, or the person at the terminal; never from a file."""
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given:
        return given
    try:
        kept = credentials.get(account.account_id)
    except NoKeyringError:
        kept = None
    if kept:
        return kept
    if sys.stdin is not None and sys.stdin.isatty():
        typed = getpass.getpass(f"Token for {account.display_name or account.url}: ").strip()
        if typed:
            credentials.keep_for_session(account.account_id, typed)
            return typed
    raise NoTokenError(account.account_id)
