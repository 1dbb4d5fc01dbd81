# SPDX-License-Identifier: EUPL-1.2
"""The blank forms: every version that was ever pulled stays, for the drafts that were begun with it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from fieldkit.errors import NotFoundError
from fieldkit.folding import fold
from fieldkit.store.connection import Connection
from fieldkit.store.entities import SUFFIX, Entities
from fieldkit.store.times import from_text, now, to_text

KIND = "blank form"


@dataclass(frozen=True, slots=True)
class BlankForm:
    """One version of a form, without its XML.

    `hash` is the md5 (hex) of the XML, as form lists give it; `origin` says where it came from ("shipped", or the id
    of an account); `attachments` maps the name of each media file to its md5; for those that are entity lists
    (`lists`), to what changes with the list. A retired form takes no new instance.
    """

    form_id: str
    version: str
    title: str
    hash: str
    origin: str
    added_at: datetime
    attachments: Mapping[str, str]
    retired: bool = False
    lists: tuple[str, ...] = ()


# The method `list` hides the type inside the class.
_Forms: TypeAlias = "list[BlankForm]"
_COLUMNS = "seq, form_id, version, title, hash, origin, added_at, retired_at"


class BlankForms:
    """Blank forms by id and version; the latest version is the one that was put last."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._entities = Entities(connection)

    def put(
        self,
        form_id: str,
        version: str,
        title: str,
        xml: bytes,
        attachments: Mapping[str, bytes],
        origin: str,
        lists: Collection[str] = (),
    ) -> None:
        """Keep a form with all its files, whole or not at all; the same version again is replaced.

        The form becomes the latest of its id, and is no longer retired. `lists` are the files (`trees.csv`) that are
        entity lists of `origin`: their content is that of `entities`, shared with other forms.
        """
        with self._db.write():
            self._db.run("DELETE FROM blank_forms WHERE form_id = ? AND version = ?", (form_id, version))
            self._db.run("UPDATE blank_forms SET retired_at = NULL WHERE form_id = ?", (form_id,))
            seq = self._db.insert(
                "INSERT INTO blank_forms (seq, form_id, version, title, title_folded, hash, origin, added_at, xml)"
                " SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM blank_forms",
                (form_id, version, title, fold(title), md5_of(xml), origin, to_text(now()), xml),
            )
            self._keep_files(seq, attachments)
            self._db.run_many("INSERT INTO blank_form_lists VALUES (?, ?)", [(seq, name) for name in lists])

    def keep_for_reading(
        self, form_id: str, version: str, title: str, xml: bytes, attachments: Mapping[str, bytes], origin: str
    ) -> None:
        """Keep a version that records of others need, unless it is there: nothing new is begun with it.

        It is retired, and below the versions that are here, until a pull of forms brings it (`put`).
        """
        with self._db.write():
            self.add_for_reading(form_id, version, title, xml, attachments, origin)

    def add_for_reading(
        self, form_id: str, version: str, title: str, xml: bytes, attachments: Mapping[str, bytes], origin: str
    ) -> None:
        """Do the same in a transaction of the caller's."""
        if self._db.row("SELECT 1 FROM blank_forms WHERE form_id = ? AND version = ?", (form_id, version)):
            return
        at = to_text(now())
        seq = self._db.insert(
            "INSERT INTO blank_forms (seq, form_id, version, title, title_folded, hash, origin, added_at,"
            " retired_at, xml) SELECT coalesce(min(seq), 0) - 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM blank_forms",
            (form_id, version, title, fold(title), md5_of(xml), origin, at, at, xml),
        )
        self._keep_files(seq, attachments)

    def _keep_files(self, seq: int, attachments: Mapping[str, bytes]) -> None:
        self._db.run_many(
            "INSERT INTO blank_form_files (form_seq, name, md5, content) VALUES (?, ?, ?, ?)",
            [(seq, name, md5_of(content), content) for name, content in attachments.items()],
        )

    def get(self, form_id: str, version: str = "") -> BlankForm:
        """Return that version, or the latest if `version` is ""; retired ones too. NotFoundError if there is none."""
        row = self._find(form_id, version, _COLUMNS)
        return self._read(row)

    def xml(self, form_id: str, version: str = "") -> bytes:
        """Return the XForm's bytes as they were put."""
        return bytes(self._find(form_id, version, "xml")["xml"])

    def attachment(self, form_id: str, version: str, name: str) -> bytes:
        """Return the bytes of one media file; NotFoundError if the form has none of that name.

        Of an entity list: what the server gave last, with what finished records here do to it.
        """
        form = self._find(form_id, version, "seq, origin")
        seq = form["seq"]
        if self._db.row("SELECT 1 FROM blank_form_lists WHERE form_seq = ? AND name = ?", (seq, name)) is not None:
            return self._entities.content(form["origin"], name.removesuffix(SUFFIX))
        row = self._db.row("SELECT content FROM blank_form_files WHERE form_seq = ? AND name = ?", (seq, name))
        if row is None:
            raise NotFoundError("attachment", f"{form_id}/{name}")
        return bytes(row["content"])

    def list(self) -> _Forms:
        """Return the latest version of each form that is not retired, by title."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM blank_forms"  # noqa: S608 (constant columns)
            " WHERE seq IN (SELECT max(seq) FROM blank_forms GROUP BY form_id) AND retired_at IS NULL"
            " ORDER BY title_folded, form_id"
        )
        return [self._read(row) for row in rows]

    def withdrawn(self) -> dict[str, str]:
        """Return the titles of the forms, by id, that the region of an account listed once and lists no longer."""
        rows = self._db.rows(
            "SELECT form_id, title FROM blank_forms WHERE seq IN (SELECT max(seq) FROM blank_forms GROUP BY form_id)"
            " AND retired_at IS NOT NULL AND origin IN (SELECT account_id FROM accounts) ORDER BY title_folded, form_id"
        )
        return {row["form_id"]: row["title"] for row in rows}

    def versions(self, form_id: str) -> tuple[str, ...]:
        """Return the versions kept of a form, the latest first."""
        rows = self._db.rows("SELECT version FROM blank_forms WHERE form_id = ? ORDER BY seq DESC", (form_id,))
        return tuple(row["version"] for row in rows)

    def retire(self, form_id: str) -> None:
        """Take the form from the list; its drafts can still be opened. NotFoundError if it was never there."""
        with self._db.write():
            if not self._db.run(
                "UPDATE blank_forms SET retired_at = coalesce(retired_at, ?) WHERE form_id = ?",
                (to_text(now()), form_id),
            ):
                raise NotFoundError(KIND, form_id)

    def _find(self, form_id: str, version: str, columns: str) -> sqlite3.Row:
        where, values = ("AND version = ?", (form_id, version)) if version else ("", (form_id,))
        row = self._db.row(
            f"SELECT {columns} FROM blank_forms WHERE form_id = ? {where} ORDER BY seq DESC LIMIT 1",  # noqa: S608 (constants)
            values,
        )
        if row is None:
            raise NotFoundError(KIND, f"{form_id} {version}".strip())
        return row

    def _read(self, row: sqlite3.Row) -> BlankForm:
        files = self._db.rows("SELECT name, md5 FROM blank_form_files WHERE form_seq = ? ORDER BY name", (row["seq"],))
        listed = self._db.rows("SELECT name FROM blank_form_lists WHERE form_seq = ? ORDER BY name", (row["seq"],))
        lists = tuple(one["name"] for one in listed)
        stamps = {name: self._entities.stamp(row["origin"], name.removesuffix(SUFFIX)) for name in lists}
        return BlankForm(
            form_id=row["form_id"],
            version=row["version"],
            title=row["title"],
            hash=row["hash"],
            origin=row["origin"],
            added_at=from_text(row["added_at"]),
            attachments={file["name"]: file["md5"] for file in files} | stamps,
            retired=row["retired_at"] is not None,
            lists=lists,
        )


def md5_of(content: bytes) -> str:
    """Return the md5 (hex) of a form or a file, as form lists give it."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
