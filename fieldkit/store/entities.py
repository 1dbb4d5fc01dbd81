# SPDX-License-Identifier: EUPL-1.2
"""The entity lists: as the server gave them last, and what finished records do to them until the server has it.

Only the changes are kept, with the record that makes them; what forms see is the server's list with the changes done to
it. So a record that becomes a draft again takes its changes with it, whatever came after.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError
from fieldkit.store.connection import Connection
from fieldkit.store.entity_rows import (
    LocalChange,
    Row,
    Rows,
    apply,
    branch_of,
    is_reserved,
    lines_of,
    read_rows,
    row_of,
)
from fieldkit.store.times import now, to_text

if TYPE_CHECKING:
    from forms.views import EntityChange

SUFFIX = ".csv"
_SEED = "entities.seed"


@dataclass(frozen=True, slots=True)
class _List:
    """A list that the server gave: `properties` is None for one that has no ids."""

    seq: int
    properties: tuple[str, ...] | None


class Entities:
    """Entity lists by the account they come from (`origin`) and their name; the file of a form is `name.csv`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # The server's side

    def put_list(self, origin: str, name: str, content: bytes, digest: str) -> None:
        """Keep the server's list, whose hash is `digest`, and drop the changes of entities that it is as far with.

        An entity keeps all its changes as long as the newest of them is newer than the server's version.
        """
        with self._db.write():
            seed = self._make_seed()
        found = read_rows(content, seed)  # may take a while: nobody else has to wait for it
        lines = [] if found is None else sorted(zip(found.rows, count(), lines_of(found)[1:], strict=False))
        properties, kept = (None, content) if found is None else (json.dumps(found.properties), b"")
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        with self._db.write():
            self._db.run("DELETE FROM entity_lists WHERE origin = ? AND name = ?", (origin, name))
            seq = self._db.insert(
                "INSERT INTO entity_lists (origin, name, hash, md5, pulled_at, properties, content)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (origin, name, digest, md5, to_text(now()), properties, kept),
            )
            self._db.run_many(
                "INSERT INTO entity_rows (list_seq, entity_id, place, line) VALUES (?, ?, ?, ?)",
                [(seq, *line) for line in lines],
            )
            newest = self._db.rows(
                "SELECT entity_id, max(version) AS version FROM entity_changes WHERE origin = ? AND list = ?"
                " GROUP BY entity_id",
                (origin, name),
            )
            for row in newest:
                server = found.rows.get(row["entity_id"]) if found is not None else None
                if server is not None and server.version >= row["version"]:
                    self._drop(origin, name, row["entity_id"])

    def hash_of(self, origin: str, name: str) -> str:
        """Return the hash under which the server gave the list last, "" if it never did."""
        row = self._db.row("SELECT hash FROM entity_lists WHERE origin = ? AND name = ?", (origin, name))
        return str(row["hash"]) if row is not None else ""

    def server_rows(self, origin: str, name: str) -> dict[str, Row]:
        """Return the rows as the server gave them last, by id: nothing of what is done here. Empty if it never did."""
        with self._db.read():
            kept = self._list(origin, name)
            if kept is None or kept.properties is None:
                return {}
            sql = "SELECT entity_id, line FROM entity_rows WHERE list_seq = ? ORDER BY place"
            rows = self._db.rows(sql, (kept.seq,))
        return {row["entity_id"]: row_of(row["line"], kept.properties) for row in rows}

    def unknown_ids(self, origin: str, name: str) -> tuple[str, ...]:
        """Return the entities that are changed here and that the server's list does not have: new, or deleted there."""
        rows = self._db.rows(
            "SELECT entity_id FROM entity_changes c WHERE origin = ? AND list = ? AND NOT EXISTS"
            " (SELECT 1 FROM entity_lists l JOIN entity_rows r ON r.list_seq = l.seq"
            "  WHERE l.origin = c.origin AND l.name = c.list AND r.entity_id = c.entity_id) ORDER BY seq",
            (origin, name),
        )
        return tuple(dict.fromkeys(row["entity_id"] for row in rows))

    def purge(self, origin: str, name: str, entity_ids: Collection[str]) -> None:
        """Drop what is changed here of entities that were deleted on the server; the records stay."""
        with self._db.write():
            for entity_id in entity_ids:
                self._drop(origin, name, entity_id)

    def base_of(self, instance_id: str) -> str:
        """Return the record that waits or was refused, and whose change of an entity this one builds on; "" if none."""
        row = self._db.row(
            "SELECT b.instance_id FROM instances i JOIN entity_changes mine ON mine.instance_seq = i.seq"
            " JOIN entity_changes base ON base.origin = mine.origin AND base.list = mine.list"
            " AND base.entity_id = mine.entity_id AND base.version < mine.version"
            " JOIN instances b ON b.seq = base.instance_seq AND b.seq <> i.seq"
            " WHERE i.instance_id = ? AND b.state IN ('finalized', 'rejected') ORDER BY base.version DESC LIMIT 1",
            (instance_id,),
        )
        return str(row["instance_id"]) if row is not None else ""

    # What forms see

    def content(self, origin: str, name: str) -> bytes:
        """Return the list as CSV with the changes made here; NotFoundError if the server never gave it.

        Only the rows that are changed are read and written again, the others come as they are kept.
        """
        with self._db.read():
            kept = self._list(origin, name)
            if kept is None:
                raise NotFoundError("entity list", name)
            if kept.properties is None:
                return bytes(self._db.rows("SELECT content FROM entity_lists WHERE seq = ?", (kept.seq,))[0]["content"])
            rows = self._db.rows("SELECT place, line FROM entity_rows WHERE list_seq = ?", (kept.seq,))
            changes = [_read(row) for row in self._changes(origin, name)]
            places, server = self._server(kept, dict.fromkeys(one.entity_id for one in changes))
        lines = [""] * len(rows)
        for place, line in rows:
            lines[place] = line
        changed = apply(server, changes)
        if more := len(changed.properties) - len(kept.properties):
            lines = [line + "," * more for line in lines]
        header, *written = lines_of(changed)
        for entity_id, line in zip(changed.rows, written, strict=True):
            if entity_id in places:
                lines[places[entity_id]] = line
            else:
                lines.append(line)
        return "\n".join([header, *lines, ""]).encode()

    def stamp(self, origin: str, name: str) -> str:
        """Return what differs whenever `content` does (hex), without making it."""
        row = self._db.row("SELECT md5 FROM entity_lists WHERE origin = ? AND name = ?", (origin, name))
        parts = [self._seed(), row["md5"] if row is not None else "", *map(tuple, self._changes(origin, name))]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    # In the transactions of the instances

    def record(self, instance_seq: int, changes: Sequence[EntityChange]) -> None:
        """Keep what a record does; called while it is finalized. What no server would take changes nothing here."""
        if not changes:
            return
        origin, seed = self._origin_of(instance_seq), self._make_seed()
        for change in changes:
            if change.create:  # known even of one that no server would make: then no receipt will come
                self._db.run(
                    "INSERT OR IGNORE INTO made_entities (instance_seq, list, entity_id) VALUES (?, ?, ?)",
                    (instance_seq, change.dataset, change.entity_id),
                )
            rows = None if change.problem else self._entity(origin, change.dataset, change.entity_id)
            made = _outcome(rows, change, seed) if rows is not None else None
            if made is None:
                continue
            self._db.run(
                "INSERT INTO entity_changes (instance_seq, origin, list, entity_id, created, version,"
                " trunk_version, branch_id, label, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(instance_seq, origin, change.dataset, made.entity_id, int(made.created), made.version),
                    *(made.trunk_version, made.branch_id, made.label),
                    json.dumps(made.properties, ensure_ascii=False, sort_keys=True),
                ),
            )

    def move(self, instance_seq: int, account_id: str) -> None:
        """Let what a record makes be in the lists of this account ("": stay): it names no state of those of another."""
        self._db.run(
            "UPDATE entity_changes SET origin = ?1 WHERE instance_seq = ?2 AND created = 1 AND ?1 NOT IN ('', origin)",
            (account_id, instance_seq),
        )

    def take_back(self, instance_seq: int) -> None:
        """Forget what a record does: it is a draft again."""
        self._db.run("DELETE FROM entity_changes WHERE instance_seq = ?", (instance_seq,))
        self._db.run("DELETE FROM made_entities WHERE instance_seq = ?", (instance_seq,))

    # Rows

    def _origin_of(self, instance_seq: int) -> str:
        row = self._db.row(
            "SELECT coalesce(nullif(i.account_id, ''), b.origin, '') AS origin FROM instances i LEFT JOIN blank_forms b"
            " ON b.form_id = i.form_id AND b.version = i.form_version WHERE i.seq = ?",
            (instance_seq,),
        )
        return str(row["origin"]) if row is not None else ""

    def _list(self, origin: str, name: str) -> _List | None:
        row = self._db.row("SELECT seq, properties FROM entity_lists WHERE origin = ? AND name = ?", (origin, name))
        if row is None:
            return None
        return _List(row["seq"], None if row["properties"] is None else tuple(json.loads(row["properties"])))

    def _server(self, kept: _List, entity_ids: Iterable[str]) -> tuple[dict[str, int], Rows]:
        """Return those of the entities that the server's list has: their places in it, and their rows."""
        properties = kept.properties or ()
        places, rows = {}, {}
        for entity_id in entity_ids:
            sql = "SELECT place, line FROM entity_rows WHERE list_seq = ? AND entity_id = ?"
            if row := self._db.row(sql, (kept.seq, entity_id)):
                places[entity_id], rows[entity_id] = row["place"], row_of(row["line"], properties)
        return places, Rows(properties, rows)

    def _entity(self, origin: str, name: str, entity_id: str) -> Rows | None:
        """Return one entity as forms see it, no row if there is none; None for a list that has no ids."""
        kept = self._list(origin, name)
        if kept is not None and kept.properties is None:
            return None
        server = Rows((), {}) if kept is None else self._server(kept, [entity_id])[1]
        return apply(server, map(_read, self._changes(origin, name, entity_id)))

    def _changes(self, origin: str, name: str, entity_id: str = "") -> list[sqlite3.Row]:
        """Return what is done to the entities of a list, or to one of them."""
        columns = "entity_id, created, version, trunk_version, branch_id, label, properties"
        where, values = "origin = ? AND list = ?", [origin, name]
        if entity_id:
            where, values = f"{where} AND entity_id = ?", [*values, entity_id]
        return self._db.rows(f"SELECT {columns} FROM entity_changes WHERE {where} ORDER BY seq", values)  # noqa: S608 (constants)

    def _drop(self, origin: str, name: str, entity_id: str) -> None:
        self._db.run(
            "DELETE FROM entity_changes WHERE origin = ? AND list = ? AND entity_id = ?", (origin, name, entity_id)
        )

    def _seed(self) -> str:
        row = self._db.row("SELECT value FROM facts WHERE key = ?", (_SEED,))
        return str(row["value"]) if row is not None else ""

    def _make_seed(self) -> str:
        from uuid import uuid4  # not on the way to the first paint

        self._db.run("INSERT OR IGNORE INTO facts (key, value) VALUES (?, ?)", (_SEED, uuid4().hex))
        return self._seed()


def _outcome(rows: Rows, change: EntityChange, seed: str) -> LocalChange | None:
    """Tell what comes out of a change as the list stands: an entity is made once, and updated if it is there."""
    row = rows.rows.get(change.entity_id)
    kept = {name: text for name, text in change.properties.items() if not is_reserved(name)}
    if row is None and change.create and change.label.strip():
        branch = branch_of(seed, change.entity_id, "")
        return LocalChange(change.entity_id, True, 1, "", branch, change.label, kept)
    if row is not None and change.update:
        branch = row.branch_id or branch_of(seed, change.entity_id, row.trunk_version)
        return LocalChange(change.entity_id, False, row.version + 1, row.trunk_version, branch, change.label, kept)
    return None


def _read(row: sqlite3.Row) -> LocalChange:
    return LocalChange(
        row["entity_id"],
        bool(row["created"]),
        row["version"],
        row["trunk_version"],
        row["branch_id"],
        row["label"],
        json.loads(row["properties"]),
    )
