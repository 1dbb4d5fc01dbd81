# SPDX-License-Identifier: EUPL-1.2
"""`accounts`: who is connected where, which is the default one, other names, and leaving."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fieldkit import credentials
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.messages import tell
from fieldkit.cli.reading import columns, folder_of, reading
from fieldkit.cli.regions import account_named, default_id, region_of, token_of
from fieldkit.errors import NoKeyringError
from fieldkit.settings import ACCOUNT_ID
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from fieldkit.account import Account


def show(arguments: Namespace) -> Answer:
    """List the accounts; the default one is marked."""
    with reading(arguments) as workspace:
        data = accounts_data(workspace) if workspace else []
    rows = [
        (
            "*" if one["default"] else "",
            one["account"],
            one["name"],
            str(one["waiting"]),
            one["last_sync_at"] or "never",
            one["access"],
        )
        for one in data
    ]
    head = ("", "account", "name", "waiting", "last exchange", "access")
    nothing = "There is no account: everything stays on this computer. `fieldkit connect INVITATION` adds one."
    return Answer(columns(head, rows, nothing), data)


def accounts_data(workspace: Workspace) -> list[dict[str, Any]]:
    """Return each account, what waits for it and when it was last in touch."""
    store, default = workspace.store, default_id(workspace)
    waiting = store.owners.waiting()
    return [
        {
            "account": one.account_id,
            "name": one.display_name,
            "url": one.url,
            "project": one.project,
            "default": one.account_id == default,
            "waiting": waiting.get(one.account_id, 0) + (waiting.get("", 0) if one.account_id == default else 0),
            "last_sync_at": store.facts.get(f"sync.{one.account_id}.at"),
            "access": _access(one),
        }
        for one in store.accounts.all()
    ]


def _own_token(account: Account) -> str:
    """Return the token that this computer keeps; one in the environment may be another account's."""
    try:
        kept = credentials.get(account.account_id)
    except NoKeyringError:
        kept = None
    return kept or token_of(account, given=True)


def _access(account: Account) -> str:
    try:
        return "kept" if credentials.get(account.account_id) else "to be given again"
    except NoKeyringError:
        return "no keyring"


def use(arguments: Namespace) -> Answer:
    """Make an account the default one: for forms that ship, and for records that are nobody's yet."""
    with Workspace.open(folder_of(arguments)) as workspace:
        account = account_named(workspace, arguments.account)
        workspace.settings.set(ACCOUNT_ID, account.account_id)
    return Answer((f"{account.account_id} is the default account.",), {"account": account.account_id})


def rename(arguments: Namespace) -> Answer:
    """Call an account otherwise; its id stays."""
    with Workspace.open(folder_of(arguments)) as workspace:
        account = replace(account_named(workspace, arguments.account), display_name=arguments.name.strip())
        workspace.store.accounts.put(account)
    return Answer(
        (f"{account.account_id} is called {account.display_name or account.url}.",),
        {"account": account.account_id, "name": account.display_name},
    )


def remove(arguments: Namespace) -> Answer:
    """Leave: forget the account and its token; --revoke ends the token at the region first, or nothing is done."""
    from fieldkit.shipped_forms import bring_back
    from sync.errors import SyncError

    with Workspace.open(folder_of(arguments)) as workspace:
        account = account_named(workspace, arguments.account)
        if arguments.revoke:
            try:
                with region_of(account, _own_token(account)) as region:
                    region.revoke()
            except SyncError as error:
                kept = f"{account.account_id} was kept. Try again, or leave without --revoke and tell the region."
                data = {"account": account.account_id, "removed": False, "revoked": False}
                return Answer((), data, ExitCode.NETWORK, (f"The token was not ended. {tell(error)}", kept))
        waiting = workspace.store.owners.waiting().get(account.account_id, 0)
        was_default = default_id(workspace) == account.account_id
        workspace.store.accounts.remove(account.account_id)
        left = workspace.store.accounts.all()
        if was_default:  # of several somebody chooses: what is nobody's yet waits for that
            workspace.settings.set(ACCOUNT_ID, left[0].account_id if len(left) == 1 else "")
        bring_back(workspace.store)
        default = default_id(workspace)
    data = {"account": account.account_id, "removed": True, "revoked": arguments.revoke, "waiting": waiting,
            "default": default}  # fmt: skip
    lines = [f"{account.account_id} is no longer connected{', and its token is ended' if arguments.revoke else ''}."]
    if was_default and default:
        lines.append(f"{default} is the default account now.")
    elif was_default and left:
        lines.append("`fieldkit accounts use ID` says which is the default account now.")
    trouble = [f"{waiting} wait for it. They stay here, and leave if it is connected again."] if waiting else []
    try:
        credentials.forget(account.account_id)
    except NoKeyringError as error:
        trouble.append(tell(error))
    return Answer(tuple(lines), data, trouble=tuple(trouble))
