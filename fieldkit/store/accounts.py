# SPDX-License-Identifier: EUPL-1.2
"""The accounts of this machine at regional servers."""

from __future__ import annotations

from fieldkit.account import Account
from fieldkit.errors import NotFoundError
from fieldkit.store.connection import Connection


class Accounts:
    """Address and project of each account; tokens are in `fieldkit.credentials`, never here."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, account: Account) -> None:
        """Add the account, or replace the one with the same id."""
        values = (account.account_id, account.url, account.project, account.display_name)
        with self._db.write():
            self._db.run(
                "INSERT OR REPLACE INTO accounts (account_id, url, project, display_name) VALUES (?, ?, ?, ?)", values
            )

    def get(self, account_id: str) -> Account:
        """Return one account, or raise NotFoundError."""
        for account in self.all():
            if account.account_id == account_id:
                return account
        raise NotFoundError("account", account_id)

    def all(self) -> list[Account]:
        """Return all accounts, by id."""
        rows = self._db.rows("SELECT account_id, url, project, display_name FROM accounts ORDER BY account_id")
        return [Account(**row) for row in rows]

    def remove(self, account_id: str) -> None:
        """Forget the address; no such account is not an error. The token must be forgotten by the caller."""
        with self._db.write():
            self._db.run("DELETE FROM accounts WHERE account_id = ?", (account_id,))
