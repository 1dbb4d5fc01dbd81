# SPDX-License-Identifier: EUPL-1.2
"""The accounts of this machine at regional servers."""

from __future__ import annotations

from typing import Final

from fieldkit.account import Account
from fieldkit.errors import NotFoundError
from fieldkit.store.connection import Connection
from fieldkit.store.offers import Offers

NAME_FACT: Final = "account.name."  # what an account was called that has left


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

    def name_of(self, account_id: str) -> str:
        """Return what an account is called, or was before it left; else its id."""
        row = self._db.row(
            "SELECT coalesce((SELECT display_name FROM accounts WHERE account_id = ?1),"
            " (SELECT value FROM facts WHERE key = ?2 || ?1)) AS name",
            (account_id, NAME_FACT),
        )
        return str(row["name"] or account_id) if row is not None else account_id

    def remove(self, account_id: str) -> None:
        """Forget the address, and retire the forms that nobody else offers; no such account is not an error.

        Records and entity lists stay, and so does its name for them. The token must be forgotten by the caller.
        """
        with self._db.write():
            self._db.run(
                "INSERT OR REPLACE INTO facts (key, value)"
                " SELECT ? || account_id, display_name FROM accounts WHERE account_id = ? AND display_name <> ''",
                (NAME_FACT, account_id),
            )
            self._db.run("DELETE FROM accounts WHERE account_id = ?", (account_id,))
            Offers(self._db).forget(account_id)
