# SPDX-License-Identifier: EUPL-1.2
"""An account at a regional server: where to send, never the secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Account:
    """`url` is the server's origin ("https://region.example", no final slash), `project` its project number.

    `account_id` names the account on this machine (and its token in `fieldkit.credentials`); `display_name` is what
    people see. The token is no part of it.
    """

    account_id: str
    url: str
    project: int
    display_name: str = ""


def default_of(accounts: Sequence[Account], chosen: str) -> Account | None:
    """Return the account of records that are nobody's yet: the chosen one, else the only one that there is."""
    for account in accounts:
        if account.account_id == chosen:
            return account
    return accounts[0] if len(accounts) == 1 else None


def named_apart(account: Account, others: Iterable[Account]) -> Account:
    """Return the account with a name that none of the others has; its own of before, if it is among them."""
    names = set()
    for other in others:
        if other.account_id == account.account_id:
            return replace(account, display_name=other.display_name)
        names.add(other.display_name)
    return replace(account, display_name=account.account_id) if account.display_name in names else account
