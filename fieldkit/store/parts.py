# SPDX-License-Identifier: EUPL-1.2
"""What the server already has of a record, or of the one that it corrects: those files do not leave twice.

A row is written once the server answered for the file. It names the account that it went to: another server has
nothing yet. The rows stay when the record is delivered, for its corrections: a file that one keeps, under its name and
with its bytes, is inherited on the server (contract, 2.3). The state of the record is never read from here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fieldkit.store.connection import Connection

# The files `f` of a record `i` that its account (?1 if it has none yet) got with the version which the record corrects.
# Only of a version that is delivered, from here; what is sealed has other bytes each time.
_INHERITED = """
SELECT f.name FROM instances b
  JOIN instance_files g ON g.instance_seq = b.seq AND g.frozen = 1
  JOIN sent_parts p ON p.instance_seq = b.seq AND p.name = g.name
    AND p.origin = coalesce(nullif(i.account_id, ''), ?1)
  JOIN instance_files f ON f.instance_seq = i.seq AND f.frozen = 1 AND f.name = g.name AND f.sha256 = g.sha256
WHERE b.instance_id = i.deprecated_id AND b.state IN ('submitted', 'returned')
  AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.instance_seq IN (b.seq, i.seq))
"""

# The XML, or the envelope of a sealed record, and those of its files that have no row here and are not inherited.
_LEFT = f"""
SELECT i.instance_id, CASE WHEN s.instance_seq IS NULL THEN i.size ELSE length(s.envelope) END
  + coalesce((SELECT sum(f.size) FROM instance_files f WHERE f.instance_seq = i.seq AND f.frozen = 1
      AND s.instance_seq IS NULL AND f.name NOT IN
      (SELECT p.name FROM sent_parts p WHERE p.instance_seq = i.seq
        AND p.origin = coalesce(nullif(i.account_id, ''), ?1))
      AND f.name NOT IN ({_INHERITED})), 0)
  + coalesce((SELECT sum(f.size) FROM sealed_files f WHERE f.instance_seq = i.seq AND f.name NOT IN
      (SELECT p.name FROM sent_parts p WHERE p.instance_seq = i.seq
        AND p.origin = coalesce(nullif(i.account_id, ''), ?1))), 0) AS size
FROM instances i LEFT JOIN seals s ON s.instance_seq = i.seq
WHERE i.state = 'finalized' AND i.deleted_at IS NULL
"""  # noqa: S608 (constants)
# The files that leave of one record: those of its seal if it has one.
_FILES = """
SELECT f.name, f.size FROM sealed_files f JOIN instances i ON i.seq = f.instance_seq WHERE i.instance_id = ?1
UNION ALL
SELECT f.name, f.size FROM instance_files f JOIN instances i ON i.seq = f.instance_seq
  WHERE i.instance_id = ?1 AND f.frozen = 1 AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.instance_seq = i.seq)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """The files of one record and how far they are: `names` of all, `there` how many of them the server has.

    `size` and `left` are bytes of files, the record's own XML not counted.
    """

    names: tuple[str, ...]
    there: int
    size: int
    left: int


class Parts:
    """Files that a server has, by record; `origin` is the id of the account that they were sent to."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, instance_id: str, origin: str) -> frozenset[str]:
        """Return the names of the files that need not be sent again."""
        rows = self._db.rows(
            "SELECT p.name FROM sent_parts p JOIN instances i ON i.seq = p.instance_seq"
            " WHERE i.instance_id = ? AND p.origin = ?",
            (instance_id, origin),
        )
        return frozenset(row[0] for row in rows)

    def inherited(self, instance_id: str, origin: str) -> frozenset[str]:
        """Return the names of the files that the server takes over from the version which this one corrects."""
        rows = self._db.rows(
            f"SELECT h.name FROM instances i JOIN instance_files h ON h.instance_seq = i.seq"  # noqa: S608 (constants)
            f" WHERE i.instance_id = ?2 AND h.name IN ({_INHERITED})",
            (origin, instance_id),
        )
        return frozenset(row[0] for row in rows)

    def add(self, instance_id: str, origin: str, names: Collection[str]) -> None:
        """Note that the server has these."""
        with self._db.write():
            self._db.run_many(
                "INSERT OR IGNORE INTO sent_parts (instance_seq, origin, name)"
                " SELECT seq, ?, ? FROM instances WHERE instance_id = ?",
                [(origin, name, instance_id) for name in names],
            )

    def forget(self, instance_id: str) -> None:
        """Note that the server may have none: it refused the record, and what comes next begins anew."""
        with self._db.write():
            self._db.run(
                "DELETE FROM sent_parts WHERE instance_seq = (SELECT seq FROM instances WHERE instance_id = ?)",
                (instance_id,),
            )

    def bytes_left(self, origin: str) -> dict[str, int]:
        """Return for each record of the outbox how many bytes of XML and files are still to be sent."""
        return {row[0]: int(row[1]) for row in self._db.rows(_LEFT, (origin,))}

    def all_bytes_left(self, origin: str) -> int:
        """Return the sum of `bytes_left`, without making a thing of each record."""
        return self._db.number(f"SELECT coalesce(sum(size), 0) FROM ({_LEFT})", (origin,))  # noqa: S608 (constants)

    def load_of(self, instance_id: str, origin: str) -> Load:
        """Return what leaves of a record beside its XML, and what of it the server has."""
        files = [(str(row[0]), int(row[1])) for row in self._db.rows(_FILES, (instance_id,))]
        sent = self.of(instance_id, origin) | self.inherited(instance_id, origin) if files else frozenset()
        left = sum(size for name, size in files if name not in sent)
        there = sum(name in sent for name, _size in files)
        return Load(tuple(name for name, _size in files), there, sum(size for _name, size in files), left)
