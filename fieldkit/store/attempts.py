# SPDX-License-Identifier: EUPL-1.2
"""The log of attempts to send: what happened, kept for people; the state of an instance is never read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fieldkit.errors import NotFoundError
from fieldkit.store.connection import Connection
from fieldkit.store.times import from_text, to_text


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: `outcome` and `reason` are codes of `sync`, `text` the server's own sentence."""

    at: datetime
    outcome: str
    reason: str
    text: str
    bytes_sent: int


class Attempts:
    """Attempts by instance."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, instance_id: str, at: datetime, outcome: str, reason: str = "", text: str = "", bytes_sent: int = 0
    ) -> None:
        """Append one attempt; NotFoundError if there is no such instance."""
        values = (to_text(at), outcome, reason, text, bytes_sent, instance_id)
        with self._db.write():
            added = self._db.run(
                "INSERT INTO attempts (instance_seq, at, outcome, reason, text, bytes_sent)"
                " SELECT seq, ?, ?, ?, ?, ? FROM instances WHERE instance_id = ?",
                values,
            )
            if not added:
                raise NotFoundError("instance", instance_id)

    def of(self, instance_id: str) -> list[Attempt]:
        """Return the attempts of an instance, oldest first."""
        rows = self._db.rows(
            "SELECT at, outcome, reason, text, bytes_sent FROM attempts"
            " WHERE instance_seq = (SELECT seq FROM instances WHERE instance_id = ?) ORDER BY seq",
            (instance_id,),
        )
        return [Attempt(from_text(row[0]), row[1], row[2], row[3], row[4]) for row in rows]
