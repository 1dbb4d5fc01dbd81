# SPDX-License-Identifier: EUPL-1.2
"""`staff`: the region's staff bring records of others down and review them, from the terminal."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fieldkit import credentials, web_user
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import NoAccountError, NoPasswordError, NoStaffError
from fieldkit.cli.exchange import problem_words, stop_data
from fieldkit.cli.messages import tell
from fieldkit.cli.reading import columns, folder_of, reading
from fieldkit.cli.regions import default_id
from fieldkit.errors import NoKeyringError
from fieldkit.received import Choice, wanted_communes
from fieldkit.territory import commune_name
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Store
    from fieldkit.web_user import WebUser
    from sync.staff.client import StaffClient

PASSWORD_VARIABLE = "FIELDKIT_STAFF_PASSWORD"  # noqa: S105 (the name of the variable)
# The words of the command line for the review states of the server.
STATES = {"none": "", "to-correct": "hasIssues", "corrected": "edited", "approved": "approved", "rejected": "rejected"}
WORDS = {state: word for word, state in STATES.items()}


def sign_in(arguments: Namespace) -> Answer:
    """Open a session of a web user at the project of --url, else of the account in use; the password is not kept."""
    with Workspace.open(folder_of(arguments)) as workspace:
        url, project = _project(workspace, arguments)
        client = _line(url, project)
        try:
            user, token = client.sign_in(arguments.email, _password(arguments.email))
        finally:
            client.close()
        before = web_user.known(workspace.store)
        if before is not None:  # one at a time: nobody else's session stays behind
            _leave(before)
        kept = _keep_token(user, token)
        if not kept:
            _end(user, token)
        web_user.keep(workspace.store, user)
    data = {"email": user.email, "url": user.url, "project": user.project, "token_kept": kept}
    line = f"signed in at {user.url}, project {user.project}, as {user.display_name}"
    if kept:
        return Answer((f"{line}, until {user.ends_at:%Y-%m-%d %H:%M} UTC",), data)
    advice = (
        "This computer has no keyring: the session was not kept. Each command signs in and out by itself, with"
        f" {PASSWORD_VARIABLE} or the password that you type."
    )
    return Answer((line,), data, trouble=(advice,))


def sign_out(arguments: Namespace) -> Answer:
    """End the session, here and on the server; what was received stays."""
    with Workspace.open(folder_of(arguments)) as workspace:
        user = _user(workspace.store)
        _leave(user)
        web_user.keep(workspace.store, None)
    return Answer((f"signed out: {user.email}",), {"email": user.email})


def pull(arguments: Namespace) -> Answer:
    """Bring down the records that the web user may read, those of the territory unless --all."""
    from sync.staff.gather import gather

    with Workspace.open(folder_of(arguments)) as workspace:
        communes = frozenset[str]() if arguments.all else wanted_communes(workspace.settings)
        with _client(workspace.store) as (client, user):
            report = gather(workspace.store, client, origin=user.origin, communes=communes, forms=arguments.form)
    problems = [{"form_id": one.form_id, "message": problem_words(one)} for one in report.problems]
    data = {
        "new": report.new,
        "changed": report.changed,
        "deleted": report.deleted,
        "kept": report.kept,
        "outside": report.outside,
        "bytes_received": report.bytes_received,
        "problems": problems,
        "stopped": stop_data(report.stopped),
    }
    told = (
        (len(report.new), "new"),
        (len(report.changed), "corrected or reviewed"),
        (len(report.deleted), "deleted by the region (kept here)"),
        (len(report.kept), "with their answers brought here"),
        (report.outside, "of other communes left at the region (--all brings them)"),
    )
    lines = [f"{count} {words}" for count, words in told if count] or ["Nothing new."]
    trouble = [f"{one['form_id']}: {one['message']}" for one in problems]
    if report.stopped:
        again = "What came is kept: pull again to go on."
        return Answer(tuple(lines), data, ExitCode.NETWORK, (*trouble, f"{tell(report.stopped)} {again}"))
    return Answer(tuple(lines), data, ExitCode.FAILED if problems else ExitCode.OK, tuple(trouble))


def show(arguments: Namespace) -> Answer:
    """List the received records, the last one first: of the territory unless --all."""
    with reading(arguments) as workspace:
        found: list[ReceivedRecord] = []
        at = None
        if workspace:
            communes = frozenset[str]() if arguments.all else wanted_communes(workspace.settings)
            communes = frozenset({arguments.commune}) if arguments.commune else communes
            states = frozenset({STATES[arguments.state]}) if arguments.state else frozenset[str]()
            choice = Choice(arguments.search, arguments.form, communes, states, arguments.deleted)
            found = workspace.store.received.search(choice, arguments.limit)
            at = workspace.store.received.as_of(arguments.form)
    rows = [
        (one.root_id, WORDS[one.review_state], one.form_id, commune_name(one.commune_nis), one.submitter, _name(one))
        for one in found
    ]
    heads = ("record", "review", "form", "commune", "sent by", "name")
    lines = columns(heads, rows, "No received record. `fieldkit staff pull` brings them.")
    data = {"as_of": at.isoformat() if at else None, "records": [_record_data(one) for one in found]}
    return Answer((*lines, f"as of {at:%Y-%m-%d %H:%M} UTC") if at else lines, data)


def review(arguments: Namespace) -> Answer:
    """Say what the region decides of a record, with a comment; who sent it hears of it by the list of dossiers."""
    from sync.staff import review as reviewing

    with Workspace.open(folder_of(arguments)) as workspace:
        record = workspace.store.received.get(arguments.record)
        with _client(workspace.store) as (client, _):
            done = reviewing.review(workspace.store, client, record, STATES[arguments.state], arguments.comment)
    data = {"record": record.root_id, "state": arguments.state, "told": done.told, "untold": done.untold}
    line = f"{record.root_id}: {arguments.state}"
    if done.told and not done.untold:
        return Answer((f"{line}; who sent it will read it",), data)
    why = (
        "The dossier was changed meanwhile, or may not be written with this account: what stands there was left."
        if done.untold
        else "This record has no dossier in the region's list: who sent it can read this nowhere."
    )
    return Answer((line,), data, ExitCode.FAILED if done.untold else ExitCode.OK, (why,))


def comments(arguments: Namespace) -> Answer:
    """Show what was said of a record, the oldest first."""
    from sync.staff.review import comments_on

    with Workspace.open(folder_of(arguments)) as workspace:
        record = workspace.store.received.get(arguments.record)
        with _client(workspace.store) as (client, _):
            said = comments_on(client, record)
    lines = tuple(f"{one.at}  {one.author}: {' '.join(one.body.split())}" for one in said)
    return Answer(lines or ("No comment.",), [asdict(one) for one in said])


def forget(arguments: Namespace) -> Answer:
    """Delete received records from this computer; the region keeps them."""
    with Workspace.open(folder_of(arguments)) as workspace:
        count = workspace.store.received.forget(None if arguments.everything else arguments.records)
    return Answer((f"{count} forgotten here",), {"forgotten": count})


# Who


def _project(workspace: Workspace, arguments: Namespace) -> tuple[str, int]:
    from sync.staff.session import parse_project

    if arguments.url:
        number = f"/projects/{arguments.project}" if arguments.project else ""
        return parse_project(f"{arguments.url.rstrip('/')}{number}")
    known = web_user.known(workspace.store)
    default = default_id(workspace)
    if default:
        account = workspace.store.accounts.get(default)
        return account.url, arguments.project or account.project
    if known is None:
        raise NoAccountError
    return known.url, arguments.project or known.project


def _user(store: Store) -> WebUser:
    user = web_user.known(store)
    if user is None:
        raise NoStaffError
    return user


def _line(url: str, project: int, token: str = "", user: WebUser | None = None) -> StaffClient:
    from sync.staff.client import StaffClient

    return StaffClient(url, project, token, ends_at=user.ends_at if user else None)


@contextmanager
def _client(store: Store) -> Iterator[tuple[StaffClient, WebUser]]:
    """Yield a client with the session that is kept, else with one of its own that ends afterwards."""
    user = _user(store)
    token = _kept_token(user)
    client = _line(user.url, user.project, token, user)
    fresh = kept = not token
    try:
        if fresh:
            user, token = client.sign_in(user.email, _password(user.email))
            kept = _keep_token(user, token)
            web_user.keep(store, user)
        yield client, user
    finally:
        if fresh and not kept:
            client.sign_out()
        client.close()


def _kept_token(user: WebUser) -> str:
    """Return the token of a session that is not over, "" if there is none."""
    if user.is_over():
        return ""
    try:
        return credentials.get(user.account_id) or ""
    except NoKeyringError:
        return ""


def _keep_token(user: WebUser, token: str) -> bool:
    try:
        credentials.set(user.account_id, token)
    except NoKeyringError:
        return False
    return True


def _leave(user: WebUser) -> None:
    """End the session that is kept, at the server and here."""
    token = _kept_token(user)
    if token:
        _end(user, token)
    with suppress(NoKeyringError):
        credentials.forget(user.account_id)


def _end(user: WebUser, token: str) -> None:
    client = _line(user.url, user.project, token)
    client.sign_out()
    client.close()


def _password(email: str) -> str:
    """Return the password: from the environment, or typed; never from a file, and never kept."""
    given = os.environ.get(PASSWORD_VARIABLE, "")
    if not given and sys.stdin is not None and sys.stdin.isatty():
        given = getpass.getpass(f"Password for {email}: ")
    if not given:
        raise NoPasswordError(PASSWORD_VARIABLE)
    return given


# Words


def _name(one: ReceivedRecord) -> str:
    if one.encrypted:
        return "(encrypted)"
    return one.name if one.kept_at else "(answers not here)"


def _record_data(one: ReceivedRecord) -> dict[str, Any]:
    return {
        "record": one.root_id,
        "instance_id": one.instance_id,
        "form_id": one.form_id,
        "form_version": one.form_version,
        "name": one.name,
        "commune_nis": one.commune_nis,
        "commune": commune_name(one.commune_nis),
        "submitter": one.submitter,
        "submitted_at": one.submitted_at.isoformat(),
        "updated_at": one.updated_at.isoformat() if one.updated_at else None,
        "deleted_at": one.deleted_at.isoformat() if one.deleted_at else None,
        "review": WORDS[one.review_state],
        "corrections": one.edits,
        "encrypted": one.encrypted,
        "answers_here": one.kept_at is not None,
        "own": one.own,
    }
