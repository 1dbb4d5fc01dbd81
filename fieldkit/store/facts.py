# SPDX-License-Identifier: EUPL-1.2
"""Small facts that go with the data: when the forms were last pulled, the ETag of a list."""

from __future__ import annotations

from fieldkit.store.connection import Connection


class Facts:
    """Texts by key. A key names its owner first: `pull.at`, `pull.etag`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str, default: str = "") -> str:
        """Return the value, or `default` if it was never set."""
        row = self._db.row("SELECT value FROM facts WHERE key = ?", (key,))
        return str(row["value"]) if row else default

    def set(self, key: str, value: str) -> None:
        """Keep the value; "" forgets it."""
        with self._db.write():
            self.put(key, value)

    def put(self, key: str, value: str) -> None:
        """Do the same, inside the caller's transaction."""
        if value:
            self._db.run("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (key, value))
        else:
            self._db.run("DELETE FROM facts WHERE key = ?", (key,))
