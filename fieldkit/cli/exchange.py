# SPDX-License-Identifier: EUPL-1.2
"""`connect`, `pull`, `push`: the regions, from the terminal; one account after the other."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldkit import credentials
from fieldkit.account import named_apart
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import FileMissingError
from fieldkit.cli.files import is_file
from fieldkit.cli.messages import reason_words, tell
from fieldkit.cli.reading import folder_of
from fieldkit.cli.regions import TOKEN_VARIABLE, Turn, asked, default_id, is_token_given, one_after_the_other, region_of
from fieldkit.errors import NoKeyringError
from fieldkit.packs import CATALOGUE
from fieldkit.settings import ACCOUNT_ID, SYNC_BUDGET
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from fieldkit.account import Account
    from sync.client import RegionClient
    from sync.invitation import Invitation
    from sync.pull import FormProblem, PullReport
    from sync.push import PushReport


def connect(arguments: Namespace) -> Answer:
    """Take an invitation (a link, a picture of its QR code, or - for the standard input), try it, keep the account.

    One that is there already gets the new token.
    """
    invitation = _invitation(arguments.invitation)
    account = invitation.account(arguments.name)
    with region_of(account, invitation.token) as client:
        client.probe()
    with Workspace.open(folder_of(arguments)) as workspace:
        others = workspace.store.accounts.all()
        if not arguments.name:
            account = named_apart(account, others)
        workspace.store.accounts.put(account)
        if not others:
            workspace.settings.set(ACCOUNT_ID, account.account_id)
        is_default = default_id(workspace) == account.account_id
    renewed = account.account_id in {other.account_id for other in others}
    data = {"account": account.account_id, "url": account.url, "project": account.project, "name": account.display_name,
            "default": is_default, "renewed": renewed, "token_kept": True}  # fmt: skip
    lines = [f"connected to {account.url}, project {account.project}"]
    if not is_default:
        lines.append(f"`fieldkit accounts use {account.account_id}` makes it the default account.")
    try:
        credentials.set(account.account_id, invitation.token)
    except NoKeyringError:
        data["token_kept"] = False
        advice = (
            f"This computer has no keyring: the token was not kept. Give it in {TOKEN_VARIABLE}, or type it each time."
        )
        return Answer(tuple(lines), data, trouble=(advice,))
    return Answer(tuple(lines), data)


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
    """Get the forms of the regions."""
    from sync.pull import pull as pull_forms

    with Workspace.open(folder_of(arguments)) as workspace:
        install_shipped_forms(workspace.store)

        def work(region: RegionClient, account: Account) -> PullReport:
            report = pull_forms(workspace.store, region, origin=account.account_id)
            if report.stopped is None:
                workspace.store.facts.set(f"sync.{account.account_id}.at", datetime.now(UTC).isoformat())
            return report

        given = is_token_given(workspace, arguments)
        turns = one_after_the_other(asked(workspace, arguments), work, given=given)
    lines, trouble, failed = [], [], False
    for turn in turns:
        told, problems = _pull_lines(turn.report) if turn.report else ([], [])
        failed = failed or bool(turn.report and turn.report.problems)
        lines += _marked(turns, turn, told)
        trouble += _marked(turns, turn, [*problems, *([tell(turn.error)] if turn.error else [])])
    data = _together([_pull_data(turn.report) for turn in turns], turns)
    if any(turn.error for turn in turns):
        return Answer(tuple(lines), data, ExitCode.NETWORK, tuple(trouble))
    lines = lines or ["Every form is up to date."]
    return Answer(tuple(lines), data, ExitCode.FAILED if failed else ExitCode.OK, tuple(trouble))


def _pull_lines(report: PullReport) -> tuple[list[str], list[str]]:
    from sync.packs import PackReport
    from sync.returns import DossierReport

    told, packs = report.dossiers or DossierReport(), report.packs or PackReport()
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
    problems = [f"{one.form_id}: {problem_words(one)}" for one in report.problems]
    if packs.waiting:
        names = ", ".join(packs.waiting)
        problems.append(f"{names}: signed by a key that nobody trusts yet; see `fieldkit pack list`.")
    if report.lost_access:
        problems.append("The region no longer offers any form to this account. The forms that are here were kept.")
    return lines, problems


def _pull_data(report: PullReport | None) -> dict[str, Any]:
    from sync.packs import PackReport
    from sync.pull import PullReport
    from sync.returns import DossierReport

    found = report or PullReport()
    told, packs = found.dossiers or DossierReport(), found.packs or PackReport()
    return {
        "new": found.new,
        "updated": found.updated,
        "refreshed": found.refreshed,
        "unchanged": found.unchanged,
        "vanished": found.vanished,
        "problems": [{"form_id": one.form_id, "message": problem_words(one)} for one in found.problems],
        "returned": told.returned,
        "cleared": told.cleared,
        "confirmed": told.confirmed,
        "packs": {"new": packs.new, "updated": packs.updated, "waiting": packs.waiting, "withdrawn": packs.withdrawn},
    }


def push(arguments: Namespace) -> Answer:
    """Send what is finalized, each record to its account, oldest first."""
    from sync.push import FLIGHTS, outbox_of
    from sync.push import push as push_records

    with Workspace.open(folder_of(arguments)) as workspace:
        store = workspace.store
        if not store.instances.outbox():
            return Answer(("Nothing waits to be sent.",), _together([_push_data(None)], []))
        default, left = default_id(workspace), workspace.settings.get(SYNC_BUDGET)

        def work(region: RegionClient, account: Account) -> PushReport:
            nonlocal left
            origin, is_default = account.account_id, account.account_id == default
            report = push_records(store, region, origin=origin, is_default=is_default, flights=FLIGHTS, budget=left)
            left = max(1, left - report.bytes_sent) if left else 0
            return report

        accounts = asked(workspace, arguments)
        waiting = [
            one for one in accounts
            if outbox_of(store, one.account_id, is_default=one.account_id == default)
        ]  # fmt: skip
        turns = one_after_the_other(waiting, work, given=is_token_given(workspace, arguments))
        elsewhere = _of_nobody(workspace)
        refused = [one for turn in turns if turn.report for one in turn.report.rejected]
        said = {one: store.instances.get(one).reason_text for one in refused}
    lines, trouble, failed = [], [], False
    for turn in turns:
        told, problems = _push_lines(turn.report, said) if turn.report else ([], [])
        failed = failed or bool(problems)
        lines += _marked(turns, turn, told)
        trouble += _marked(turns, turn, [*problems, *([tell(turn.error)] if turn.error else [])])
    trouble += elsewhere
    if not turns:
        lines = [f"Nothing waits to be sent to {', '.join(one.account_id for one in accounts)}."]
    data = _together([_push_data(turn.report) for turn in turns] or [_push_data(None)], turns)
    if any(turn.error for turn in turns):
        return Answer(tuple(lines), data, ExitCode.NETWORK, tuple(trouble))
    return Answer(tuple(lines), data, ExitCode.FAILED if failed else ExitCode.OK, tuple(trouble))


def _push_lines(report: PushReport, said: Mapping[str, str]) -> tuple[list[str], list[str]]:
    trouble = [f"{one} waits: {reason_words(reason)}" for one, reason in report.waiting.items()]
    trouble += [f"{one} was refused: {reason_words(reason, said[one])}" for one, reason in report.rejected.items()]
    return [f"sent: {one}" for one in report.delivered], trouble


def _push_data(report: PushReport | None) -> dict[str, Any]:
    from sync.push import PushReport

    found = report or PushReport()
    return {
        "delivered": found.delivered,
        "waiting": {key: str(value) for key, value in found.waiting.items()},
        "rejected": {key: str(value) for key, value in found.rejected.items()},
        "bytes_sent": found.bytes_sent,
    }


def _of_nobody(workspace: Workspace) -> list[str]:
    """Return what to say of records whose account is not here (any more), or that have none."""
    known = {one.account_id for one in workspace.store.accounts.all()} | ({""} if default_id(workspace) else set())
    return [
        f"{count} wait for the account {account_id}, which is not connected here."
        if account_id
        else f"{count} wait for an account: `fieldkit accounts use ID` says which is the default."
        for account_id, count in workspace.store.owners.waiting().items()
        if account_id not in known
    ]


def _marked(turns: Sequence[Turn[Any]], turn: Turn[Any], lines: Sequence[str]) -> list[str]:
    """Return the lines, with the account before each if there are several."""
    return [f"{turn.account.account_id}: {line}" for line in lines] if len(turns) > 1 else list(lines)


def _together(parts: Sequence[dict[str, Any]], turns: Sequence[Turn[Any]]) -> dict[str, Any]:
    """Return what several accounts did as one, and below `accounts` what each did."""
    made: dict[str, Any] = _sum_of(parts)
    stops = [stop_data(turn.error) for turn in turns]
    made["stopped"] = next(filter(None, stops), None)
    made["accounts"] = {
        turn.account.account_id: {**part, "stopped": stop}
        for turn, part, stop in zip(turns, parts if turns else (), stops, strict=True)
    }
    return made


def _sum_of(values: Sequence[Any]) -> Any:
    """Put numbers, lists, and what is in dictionaries together; of two texts the last counts."""
    match values[0]:
        case dict():
            keys = dict.fromkeys(key for each in values for key in each)
            return {key: _sum_of([each[key] for each in values if key in each]) for key in keys}
        case list():
            return [found for each in values for found in each]
        case str():
            return values[-1]
        case _:
            return sum(values)


def problem_words(problem: FormProblem) -> str:
    """Return why a form could not be taken, or with which gap it was."""
    if problem.error:
        return tell(problem.error)
    names = ", ".join(problem.missing_media)
    if problem.form_id == CATALOGUE:
        return f"The server does not have the packs {names} of its catalogue: tell the region."
    return f"The form was taken, but the server does not have its files {names}: tell the region."


def stop_data(error: Exception | None) -> dict[str, str] | None:
    """Return why an exchange ended early, for programs."""
    if error is None:
        return None
    return {"reason": str(getattr(error, "reason", "no-token")), "message": tell(error)}
