# SPDX-License-Identifier: EUPL-1.2
"""Leaving an account: its access at the region if wanted, its token here, and the forms that only it offered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fieldkit import settings
from ui import access

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.connection import Connection
    from ui.kit import Kit

LANE = "sync"  # behind a sync that is under way, and never beside one


def leave(
    connection: Connection,
    kit: Kit,
    account_id: str,
    *,
    revoke: bool,
    on_done: Callable[[], None] | None,
    on_error: Callable[[Exception], None] | None,
) -> None:
    """See `Connection.disconnect_account`. The access is ended first: without a token nobody could try again.

    The token goes before the account: what is queued afterwards is dropped if the window is closed.
    """
    from fieldkit.shipped_forms import look_again

    account = kit.store.accounts.get(account_id)
    connection.cancel()

    def end_access() -> None:
        if revoke:
            access.revoke(account)
        access.forget(account_id)

    def forget(_nothing: None) -> None:
        was_default = connection.account is not None and connection.account.account_id == account_id
        connection.let_go(account_id)
        look_again(kit.store)
        kit.store.accounts.remove(account_id)
        left = connection.accounts
        if was_default:  # of several the user chooses: what is nobody's yet waits for that
            kit.set(settings.ACCOUNT_ID, left[0].account_id if len(left) == 1 else "")
        if not left:
            connection.trouble = None
        kit.tasks.run(partial(_bring_forms_back, kit), lambda _forms: kit.records_changed.emit(), lane=LANE)
        if on_done is not None:
            on_done()
        kit.records_changed.emit()
        connection.changed.emit()

    kit.tasks.run(end_access, forget, on_error, lane=LANE)


def _bring_forms_back(kit: Kit) -> tuple[str, ...]:
    from fieldkit.shipped_forms import bring_back

    with kit.store.reopen() as own:
        return bring_back(own)
