# SPDX-License-Identifier: EUPL-1.2
"""The tokens of accounts, as workers handle them: read, tried and kept, ended, forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fieldkit.errors import NoKeyringError

if TYPE_CHECKING:
    from fieldkit.account import Account


def tokens_of(accounts: Iterable[Account]) -> dict[str, str]:
    """Return the tokens that this computer has, by account."""
    from fieldkit import credentials

    found = {}
    for account in accounts:
        try:
            found[account.account_id] = credentials.get(account.account_id) or ""
        except NoKeyringError:
            continue  # asked for again
    return found


def keep(account: Account, token: str) -> bool:
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


def revoke(account: Account) -> None:
    """End the token at the Region. SyncError; NoKeyringError if it is not known here."""
    from fieldkit import credentials
    from sync.client import RegionClient

    token = credentials.get(account.account_id)
    if not token:
        raise NoKeyringError("no token")
    region = RegionClient(account, token)
    try:
        region.revoke()
    finally:
        region.close()


def forget(account_id: str) -> None:
    """Forget the token here; without a keyring there is none to forget."""
    from fieldkit import credentials

    try:
        credentials.forget(account_id)
    except NoKeyringError:
        return
