# SPDX-License-Identifier: EUPL-1.2
"""What the region's list says of records: the receipt with both clocks, the status, the comment.

One row a record that the list names. Whether a status changes the record is not for this module: `heeded` only
remembers which state of the list's row has had its effect, so that the same row has it once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance
from fieldkit.store.connection import Connection
from fieldkit.store.times import from_text, from_text_or_none, to_text

_COLUMNS = "d.entity_id, d.confirmed_at, d.server_at, d.version, d.status, d.comment, d.changed_at, d.heeded"


@dataclass(frozen=True, slots=True)
class Dossier:
    """The region has the record. Times are aware UTC.

    `confirmed_at` is when this computer first saw it in the list, `server_at` the server's clock in that answer (None
    if it gave none); `changed_at` when `status` or `comment` last came with other words. `version` is the entity's, 0
    if the list gives none.
    """

    entity_id: str
    confirmed_at: datetime
    server_at: datetime | None
    version: int
    status: str
    comment: str
    changed_at: datetime
    heeded: str = ""


class Dossiers:
    """Dossiers by the record that they are of."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, instance_id: str) -> Dossier | None:
        """Return what the list said of a record last, None if it never named it."""
        row = self._db.row(
            f"SELECT {_COLUMNS} FROM dossiers d JOIN instances i ON i.seq = d.instance_seq"  # noqa: S608 (constants)
            " WHERE i.instance_id = ?",
            (instance_id,),
        )
        return _read(row) if row is not None else None

    def said_of(self, instance: Instance) -> Dossier | None:
        """Return the same; of a correction, what was said of what it corrects, if that was after it was sent."""
        own = self.of(instance.instance_id)
        if own is not None or not instance.deprecated_id or instance.submitted_at is None:
            return own
        row = self._db.row(
            "WITH RECURSIVE chain (instance_id, depth) AS (SELECT ?, 0 UNION"  # noqa: S608 (constants)
            "  SELECT i.deprecated_id, depth + 1 FROM instances i JOIN chain c ON i.instance_id = c.instance_id"
            "  WHERE i.deprecated_id <> '' AND depth < 1000)"
            f" SELECT {_COLUMNS} FROM chain c JOIN instances i ON i.instance_id = c.instance_id"
            " JOIN dossiers d ON d.instance_seq = i.seq WHERE d.changed_at > ? ORDER BY depth LIMIT 1",
            (instance.deprecated_id, to_text(instance.submitted_at)),
        )
        return _read(row) if row is not None else None

    def together(self) -> AbstractContextManager[None]:
        """Give a block whose changes of the store go to the disk at once, or not at all: for many that are small."""
        return self._db.write()

    def keep(
        self, instance_id: str, entity_id: str, version: int, status: str, comment: str, *,
        at: datetime, server_at: datetime | None,
    ) -> tuple[Dossier, bool]:  # fmt: skip
        """Keep what the list says of a record; return it, and whether the record was not confirmed before.

        The receipt is that of the first time. The same row again writes nothing. NotFoundError: no such record.
        """
        known = self.of(instance_id)
        first = known is None
        said = known is None or (known.status, known.comment) != (status, comment)
        if known is not None and not said and (known.entity_id, known.version) == (entity_id, version):
            return known, False
        made = Dossier(
            entity_id,
            known.confirmed_at if known else at,
            known.server_at if known else server_at,
            version,
            status,
            comment,
            at if said or known is None else known.changed_at,
            known.heeded if known else "",
        )
        with self._db.write():
            written = self._db.run(
                "INSERT OR REPLACE INTO dossiers (instance_seq, entity_id, confirmed_at, server_at, version, status,"
                " comment, changed_at, heeded) SELECT seq, ?, ?, ?, ?, ?, ?, ?, ? FROM instances WHERE instance_id = ?",
                (
                    *(made.entity_id, to_text(made.confirmed_at), to_text(made.server_at) if made.server_at else None),
                    *(made.version, made.status, made.comment, to_text(made.changed_at), made.heeded, instance_id),
                ),
            )
            if not written:
                raise NotFoundError("instance", instance_id)
        return made, first

    def heed(self, instance_id: str, state: str) -> None:
        """Note that this state of the list's row has had its effect."""
        with self._db.write():
            self._db.run(
                "UPDATE dossiers SET heeded = ? WHERE instance_seq = (SELECT seq FROM instances WHERE instance_id = ?)",
                (state, instance_id),
            )

    def maker_of(self, list_name: str, entity_id: str) -> str:
        """Return the record that makes an entity, "" if none here does."""
        row = self._db.row(
            "SELECT i.instance_id FROM made_entities m JOIN instances i ON i.seq = m.instance_seq"
            " WHERE m.list = ? AND m.entity_id = ?",
            (list_name, entity_id),
        )
        return str(row["instance_id"]) if row is not None else ""

    def corrections(self) -> dict[str, list[str]]:
        """Return the corrections of each record that has any, in their order."""
        found: dict[str, list[str]] = {}
        for row in self._db.rows(
            "SELECT instance_id, deprecated_id FROM instances WHERE deprecated_id <> '' ORDER BY seq"
        ):
            found.setdefault(row["deprecated_id"], []).append(row["instance_id"])
        return found

    def last_delivered(self, instance_id: str, corrections: Mapping[str, Sequence[str]] | None = None) -> str:
        """Return the newest version of a record that the server has: itself or a correction of it, "" if none is.

        Who asks for many gives the `corrections`: they are looked for in all records.
        """
        corrections = self.corrections() if corrections is None else corrections
        newest, level, seen = "", [instance_id], {instance_id}
        while level:
            newest = next(filter(self._is_delivered, reversed(level)), newest)
            level = [each for one in level for each in corrections.get(one, ()) if each not in seen]
            seen.update(level)
        return newest

    def _is_delivered(self, instance_id: str) -> bool:
        sql = "SELECT count(*) FROM instances WHERE instance_id = ? AND state IN ('submitted', 'returned')"
        return bool(self._db.number(sql, (instance_id,)))

    def unconfirmed(self, list_name: str, account_id: str, before: datetime) -> tuple[str, ...]:
        """Return the account's records that make an entity of the list, were sent before that time, and not confirmed.

        The oldest first; records whose account nobody knows are among them.
        """
        rows = self._db.rows(
            "SELECT DISTINCT i.instance_id, i.submitted_at FROM made_entities m"
            " JOIN instances i ON i.seq = m.instance_seq LEFT JOIN dossiers d ON d.instance_seq = i.seq"
            " WHERE m.list = ? AND i.state = 'submitted' AND i.submitted_at < ? AND d.instance_seq IS NULL"
            " AND i.account_id IN ('', ?) ORDER BY i.submitted_at",
            (list_name, to_text(before), account_id),
        )
        return tuple(row["instance_id"] for row in rows)


def _read(row: sqlite3.Row) -> Dossier:
    return Dossier(
        row["entity_id"],
        from_text(row["confirmed_at"]),
        from_text_or_none(row["server_at"]),
        row["version"],
        row["status"],
        row["comment"],
        from_text(row["changed_at"]),
        row["heeded"],
    )
