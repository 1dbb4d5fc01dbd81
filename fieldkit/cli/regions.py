# SPDX-License-Identifier: EUPL-1.2
"""The accounts that a command speaks to, one after the other, and where their tokens come from.

FIELDKIT_TOKEN is the token of one account: it counts if there is only one, or if --account names which. With several it
would go to servers that it is not for.
"""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from fieldkit import credentials
from fieldkit.account import Account, default_of
from fieldkit.cli.errors import CommandError, NoAccountError, NoTokenError, UnknownAccountError
from fieldkit.errors import NoKeyringError
from fieldkit.settings import ACCOUNT_ID
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from sync.client import RegionClient
    from sync.errors import LineError, SyncError

TOKEN_VARIABLE = "FIELDKIT_TOKEN"  # noqa: S105 (the name of the variable)


class Report(Protocol):
    """What a pull or a push tells."""

    stopped: SyncError | None


Found = TypeVar("Found", bound=Report)


@dataclass(frozen=True, slots=True)
class Turn(Generic[Found]):
    """How it went with one account; `error`: why it ended early, or why nothing was tried (then there is no report)."""

    account: Account
    report: Found | None = None
    error: SyncError | CommandError | None = None


def default_id(workspace: Workspace) -> str:
    """Return the account of records that are nobody's yet, "" if there is none."""
    found = default_of(workspace.store.accounts.all(), workspace.settings.get(ACCOUNT_ID))
    return found.account_id if found else ""


def account_named(workspace: Workspace, account_id: str) -> Account:
    """Return an account by its id. UnknownAccountError."""
    accounts = workspace.store.accounts.all()
    for account in accounts:
        if account.account_id == account_id:
            return account
    raise UnknownAccountError(account_id, tuple(one.account_id for one in accounts))


def asked(workspace: Workspace, arguments: Namespace) -> list[Account]:
    """Return the accounts that a command is for: the one that --account names, or all. NoAccountError."""
    if arguments.account:
        return [account_named(workspace, arguments.account)]
    accounts = workspace.store.accounts.all()
    if not accounts:
        raise NoAccountError
    return accounts


def is_token_given(workspace: Workspace, arguments: Namespace) -> bool:
    """Tell whether FIELDKIT_TOKEN counts."""
    return bool(arguments.account) or len(workspace.store.accounts.all()) == 1


def one_after_the_other(
    accounts: Sequence[Account], work: Callable[[RegionClient, Account], Found], *, given: bool
) -> list[Turn[Found]]:
    """Do the work for each account; what stops one does not stop the others, but those of a server that is away.

    `given`: whether FIELDKIT_TOKEN counts. NoTokenError comes out if there is one account only.
    """
    from sync.addresses import check_origin
    from sync.errors import LineError, SyncError

    turns: list[Turn[Found]] = []
    broken: dict[str, LineError] = {}
    for account in accounts:
        try:
            server = check_origin(account.url)
            if server in broken:
                turns.append(Turn(account, error=broken[server]))
                continue
            with region_of(account, token_of(account, given=given)) as region:
                report = work(region, account)
        except (SyncError, NoTokenError) as error:
            if len(accounts) == 1:
                raise
            turns.append(Turn(account, error=error))
            continue
        turns.append(Turn(account, report, report.stopped))
        if isinstance(report.stopped, LineError):
            broken[server] = report.stopped
    return turns


@contextmanager
def region_of(account: Account, token: str) -> Iterator[RegionClient]:
    """Give a client of the account."""
    from sync.client import RegionClient

    client = RegionClient(account, token)
    try:
        yield client
    finally:
        client.close()


def token_of(account: Account, *, given: bool) -> str:
    """Return the token: from the environment (if `given`), the keyring, or the person at the terminal; from no file."""
    from_variable = os.environ.get(TOKEN_VARIABLE, "").strip() if given else ""
    if from_variable:
        return from_variable
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
    raise NoTokenError(account.account_id, is_one_of_several=not given)
