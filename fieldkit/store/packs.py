# SPDX-License-Identifier: EUPL-1.2
"""The packs that regions sent, the keys that the user trusts for each account, and what was refused.

Apart from the blank forms: a pack that is refused, or of a key that nobody trusts yet, must not take the place of the
one in use; and of a pack one version is in use, where blank forms keep every version for the records made with it.
Packs of calls are kept for ever once they were in use, some kilobytes each: an application never loses its call.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from fieldkit.errors import NotFoundError
from fieldkit.store.times import from_text, from_text_or_none, to_text

if TYPE_CHECKING:
    from fieldkit.store.connection import Connection

_STAMP = "packs.stamp"
_LATER = "packs.{origin}.later"
_COLUMNS = "seq, origin, name, md5, public_key, pack_id, kind, version, manifest, received_at, used_at, withdrawn_at"
Files: TypeAlias = "Iterable[tuple[str, Callable[[], bytes]]]"


@dataclass(frozen=True, slots=True)
class StoredPack:
    """One pack, without its files. `origin` is the account, `name` and `md5` those of the region's manifest.

    `used_at`: since when it was in use, None for one whose key was never trusted. `withdrawn_at`: since when the region
    no longer offers it, None while it does. Times are aware UTC.
    """

    seq: int
    origin: str
    name: str
    md5: str
    public_key: bytes
    pack_id: str
    kind: str
    version: int
    manifest: bytes
    received_at: datetime
    used_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedPack:
    """A file that was refused: why (`code`, `cause`), and by which version of the program."""

    name: str
    md5: str
    code: str
    cause: str
    program: str


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """The key whose packs an account takes, and since when."""

    origin: str
    public_key: bytes
    trusted_at: datetime


class Packs:
    """Packs by account."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def stamp(self) -> str:
        """Return what changes whenever anything here does: what was read with the same one is still right."""
        row = self._db.row("SELECT value FROM facts WHERE key = ?", (_STAMP,))
        return str(row["value"]) if row else ""

    def all(self, origin: str = "") -> list[StoredPack]:
        """Return the packs, of one account if it is given, in the order in which they came."""
        where, values = ("WHERE origin = ?", (origin,)) if origin else ("", ())
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM packs {where} ORDER BY seq", values)  # noqa: S608 (constants)
        return [_read(row) for row in rows]

    def read(self, seq: int, name: str) -> bytes:
        """Return one file of a pack; NotFoundError."""
        row = self._db.row("SELECT content FROM pack_files WHERE pack_seq = ? AND name = ?", (seq, name))
        if row is None:
            raise NotFoundError("file of a pack", f"{seq}/{name}")
        return bytes(row["content"])

    def put(self, pack: StoredPack, signature: bytes, files: Files, *, kept: bool) -> StoredPack:
        """Keep a pack with all its files, whole or not at all; return it with `seq`, and in use if its key is trusted.

        Earlier versions of it under the same key go, unless `kept` asks to keep those that were in use.
        """
        with self._changing():
            same = (pack.origin, pack.public_key.hex(), pack.pack_id)
            # Looked up here: the user may say yes at this very moment.
            trusted = self._db.row("SELECT 1 FROM pack_keys WHERE origin = ? AND public_key = ?", same[:2])
            used_at = pack.received_at if trusted is not None else None
            self._db.run(
                "DELETE FROM packs WHERE origin = ? AND public_key = ? AND pack_id = ? AND (used_at IS NULL OR ?)",
                (*same, int(not kept)),
            )
            self._db.run("DELETE FROM refused_packs WHERE origin = ? AND name = ?", (pack.origin, pack.name))
            seq = self._db.insert(
                "INSERT INTO packs (origin, name, md5, public_key, pack_id, kind, version, manifest, signature,"
                " received_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(pack.origin, pack.name, pack.md5, pack.public_key.hex(), pack.pack_id, pack.kind, pack.version),
                    *(pack.manifest, signature, to_text(pack.received_at)),
                    to_text(used_at) if used_at else None,
                ),
            )
            for name, content in files:  # one at a time in memory
                self._db.run("INSERT INTO pack_files VALUES (?, ?, ?)", (seq, name, content()))
        return replace(pack, seq=seq, used_at=used_at)

    def rename(self, seq: int, name: str) -> None:
        """Note that the region offers a pack under another file name."""
        with self._changing():
            self._db.run("UPDATE packs SET name = ? WHERE seq = ?", (name, seq))

    def settle(self, origin: str, offered: Collection[int], names: Collection[str], at: datetime) -> list[StoredPack]:
        """Take over what an account is offered: packs by their `seq`, files by their name. Return those withdrawn now.

        A pack of a key that was never trusted is forgotten with its offer, and so is a refusal.
        """
        known = self.all(origin)
        back = [pack for pack in known if pack.seq in offered and pack.withdrawn_at is not None]
        gone = [pack for pack in known if pack.seq not in offered and pack.withdrawn_at is None]
        forgotten = [one.name for one in self.refused(origin) if one.name not in names]
        if not (back or gone or forgotten):
            return []  # a sync that changes nothing lets what was read from here stand
        with self._changing():
            for pack in back:
                self._db.run("UPDATE packs SET withdrawn_at = NULL WHERE seq = ?", (pack.seq,))
            for pack in gone:
                if pack.used_at is None:
                    self._db.run("DELETE FROM packs WHERE seq = ?", (pack.seq,))
                else:
                    self._db.run("UPDATE packs SET withdrawn_at = ? WHERE seq = ?", (to_text(at), pack.seq))
            for name in forgotten:
                self._db.run("DELETE FROM refused_packs WHERE origin = ? AND name = ?", (origin, name))
        return [pack for pack in gone if pack.used_at is not None]

    # Refusals

    def refuse(self, origin: str, refused: RefusedPack) -> None:
        """Remember why a file was refused: it need not come down again while nothing changes."""
        values = (origin, refused.name, refused.md5, refused.code, refused.cause, refused.program)
        with self._changing():
            self._db.run("INSERT OR REPLACE INTO refused_packs VALUES (?, ?, ?, ?, ?, ?)", values)

    def refused(self, origin: str) -> list[RefusedPack]:
        """Return what was refused of an account, by file name."""
        query = "SELECT name, md5, code, cause, program FROM refused_packs WHERE origin = ? ORDER BY name"
        return [RefusedPack(**dict(row)) for row in self._db.rows(query, (origin,))]

    # Trust

    def trusted(self) -> dict[str, TrustedKey]:
        """Return the key that is trusted for each account that has one."""
        rows = self._db.rows("SELECT origin, public_key, trusted_at FROM pack_keys ORDER BY origin")
        return {
            row["origin"]: TrustedKey(row["origin"], bytes.fromhex(row["public_key"]), from_text(row["trusted_at"]))
            for row in rows
        }

    def trust(self, origin: str, public_key: bytes, at: datetime) -> None:
        """Trust a key for an account, in place of another one: what it signed is in use from now on."""
        with self._changing():
            values = (origin, public_key.hex(), to_text(at))
            self._db.run("INSERT OR REPLACE INTO pack_keys VALUES (?, ?, ?)", values)
            self._db.run(
                "UPDATE packs SET used_at = coalesce(used_at, ?) WHERE origin = ? AND public_key = ?",
                (to_text(at), origin, public_key.hex()),
            )

    def distrust(self, origin: str) -> None:
        """Trust no key for an account any more; its packs stay, and are used no longer."""
        with self._changing():
            self._db.run("DELETE FROM pack_keys WHERE origin = ?", (origin,))

    def postpone(self, origin: str, public_key: bytes) -> None:
        """Note that the user does not want to decide on a key of an account now."""
        with self._changing():
            values = (_LATER.format(origin=origin), public_key.hex())
            self._db.run("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", values)

    def postponed(self, origin: str) -> bytes:
        """Return the key that was put off last, b"" if none was."""
        row = self._db.row("SELECT value FROM facts WHERE key = ?", (_LATER.format(origin=origin),))
        return bytes.fromhex(row["value"]) if row else b""

    def is_aimed_at(self, form_id: str, text: bytes) -> bool:
        """Tell whether a record of a form that is not sent yet holds this text, as it stands in its XML."""
        query = (
            "SELECT 1 FROM instances i JOIN instance_xml x ON x.instance_seq = i.seq"
            " WHERE i.form_id = ? AND i.state <> 'submitted' AND instr(x.draft, ?) LIMIT 1"
        )
        return self._db.row(query, (form_id, text)) is not None

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold a write transaction that changes the stamp."""
        with self._db.write():
            self._db.run(
                "INSERT INTO facts (key, value) VALUES (?, '1')"
                " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
                (_STAMP,),
            )
            yield


def _read(row: sqlite3.Row) -> StoredPack:
    found = dict(row)
    return StoredPack(
        seq=found["seq"],
        origin=found["origin"],
        name=found["name"],
        md5=found["md5"],
        public_key=bytes.fromhex(found["public_key"]),
        pack_id=found["pack_id"],
        kind=found["kind"],
        version=found["version"],
        manifest=bytes(found["manifest"]),
        received_at=from_text(found["received_at"]),
        used_at=from_text_or_none(found["used_at"]),
        withdrawn_at=from_text_or_none(found["withdrawn_at"]),
    )
