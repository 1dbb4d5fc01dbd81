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
from fieldkit.store.offers import IS_OFFERED, Offers
from fieldkit.store.times import from_text, now, to_text

KIND = "blank form"


@dataclass(frozen=True, slots=True)
class BlankForm:
    """One version of a form, without its XML.

    `hash` is the md5 (hex) of the XML, as form lists give it; `origin` says where it came from ("shipped", or the id
    of an account), `offers` who offers this version now; `attachments` maps the name of each media file to its md5; for
    those that are entity lists (`lists`), to what changes with the list. A retired form takes no new instance: nobody
    offers any version of it.
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
    offers: tuple[str, ...] = ()


# The method `list` hides the type inside the class.
_Forms: TypeAlias = "list[BlankForm]"
_COLUMNS = "seq, form_id, version, title, hash, origin, added_at"


class BlankForms:
    """Blank forms by id and version. Without a version: one that is offered, of several the one that was put last."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._offers = Offers(connection)
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

        The form becomes the latest of its id, and `origin` offers it. `lists` are the files (`trees.csv`) that are
        entity lists: their content is that of `entities`, by account, shared with other forms.
        """
        with self._db.write():
            self._offers.replaced(form_id, version)
            self._db.run("DELETE FROM blank_forms WHERE form_id = ? AND version = ?", (form_id, version))
            seq = self._db.insert(
                "INSERT INTO blank_forms (seq, form_id, version, title, title_folded, hash, origin, added_at, xml)"
                " SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM blank_forms",
                (form_id, version, title, fold(title), md5_of(xml), origin, to_text(now()), xml),
            )
            self._keep_files(seq, attachments)
            self._db.run_many("INSERT INTO blank_form_lists VALUES (?, ?)", [(seq, name) for name in lists])
            self._offers.add(origin, form_id, version)

    def get(self, form_id: str, version: str = "", account_id: str = "") -> BlankForm:
        """Return that version; for "" the one that the account offers, else one that anybody does, else the latest.

        Retired ones too; NotFoundError if there is none. Of entity lists it is those of the account that count.
        """
        return self._read(self._find(form_id, version, _COLUMNS, account_id), account_id)

    def find(self, form_id: str, version: str, account_id: str = "") -> BlankForm | None:
        """Return exactly that version ("" is one like any other), None if it is not here."""
        sql = f"SELECT {_COLUMNS} FROM blank_forms WHERE form_id = ? AND version = ?"  # noqa: S608 (constant columns)
        row = self._db.row(sql, (form_id, version))
        return self._read(row, account_id) if row is not None else None

    def keep_for_reading(
        self, form_id: str, version: str, title: str, xml: bytes, attachments: Mapping[str, bytes], origin: str
    ) -> None:
        """Keep a version that records of others need, unless it is there: nothing new is begun with it.

        Nobody offers it, and it is below the versions that are here, until a pull of forms brings it (`put`).
        """
        with self._db.write():
            self.add_for_reading(form_id, version, title, xml, attachments, origin)

    def add_for_reading(
        self, form_id: str, version: str, title: str, xml: bytes, attachments: Mapping[str, bytes], origin: str
    ) -> None:
        """Do the same in a transaction of the caller's."""
        if self._db.row("SELECT 1 FROM blank_forms WHERE form_id = ? AND version = ?", (form_id, version)):
            return
        seq = self._db.insert(
            "INSERT INTO blank_forms (seq, form_id, version, title, title_folded, hash, origin, added_at, xml)"
            " SELECT coalesce(min(seq), 0) - 1, ?, ?, ?, ?, ?, ?, ?, ? FROM blank_forms",
            (form_id, version, title, fold(title), md5_of(xml), origin, to_text(now()), xml),
        )
        self._keep_files(seq, attachments)

    def _keep_files(self, seq: int, attachments: Mapping[str, bytes]) -> None:
        self._db.run_many(
            "INSERT INTO blank_form_files (form_seq, name, md5, content) VALUES (?, ?, ?, ?)",
            [(seq, name, md5_of(content), content) for name, content in attachments.items()],
        )

    def xml(self, form_id: str, version: str = "") -> bytes:
        """Return the XForm's bytes as they were put."""
        return bytes(self._find(form_id, version, "xml")["xml"])

    def attachment(self, form_id: str, version: str, name: str, account_id: str = "") -> bytes:
        """Return the bytes of one media file; NotFoundError if the form has none of that name.

        Of an entity list: what the server of the account (if it has one) gave last, with what finished records of the
        account do to it.
        """
        form = self._find(form_id, version, "seq, origin", account_id)
        seq = form["seq"]
        if self._db.row("SELECT 1 FROM blank_form_lists WHERE form_seq = ? AND name = ?", (seq, name)) is not None:
            list_name = name.removesuffix(SUFFIX)
            return self._entities.content(self._whose(account_id, form["origin"], list_name), list_name)
        row = self._db.row("SELECT content FROM blank_form_files WHERE form_seq = ? AND name = ?", (seq, name))
        if row is None:
            raise NotFoundError("attachment", f"{form_id}/{name}")
        return bytes(row["content"])

    def list(self) -> _Forms:
        """Return the forms that somebody offers, by title: of one form several versions, if accounts offer several."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM blank_forms b WHERE {IS_OFFERED} ORDER BY title_folded, form_id, seq DESC"  # noqa: S608 (constants)
        )
        return [self._read(row) for row in rows]

    def withdrawn(self) -> dict[str, str]:
        """Return the titles of the forms, by id, that an account listed once and that nobody offers any longer."""
        rows = self._db.rows(
            "SELECT form_id, title FROM blank_forms b"
            " WHERE seq IN (SELECT max(seq) FROM blank_forms GROUP BY form_id) AND EXISTS (SELECT 1 FROM form_offers o"
            "  JOIN accounts a ON a.account_id = o.origin WHERE o.form_id = b.form_id AND o.retired_at IS NOT NULL)"
            " AND NOT EXISTS (SELECT 1 FROM form_offers o WHERE o.form_id = b.form_id AND o.retired_at IS NULL)"
            " ORDER BY title_folded, form_id"
        )
        return {row["form_id"]: row["title"] for row in rows}

    def versions(self, form_id: str) -> tuple[str, ...]:
        """Return the versions kept of a form, the latest first."""
        rows = self._db.rows("SELECT version FROM blank_forms WHERE form_id = ? ORDER BY seq DESC", (form_id,))
        return tuple(row["version"] for row in rows)

    def retire(self, form_id: str) -> None:
        """Let nobody offer the form; its drafts can still be opened. NotFoundError if it was never there."""
        if not self.versions(form_id):
            raise NotFoundError(KIND, form_id)
        self.withdraw("", form_id)

    def offer(self, origin: str, form_id: str, version: str) -> None:
        """Note that `origin` offers a version that is here, in place of any other; again changes nothing."""
        with self._db.write():
            self._offers.add(origin, form_id, version)

    def withdraw(self, origin: str, form_id: str) -> None:
        """Note that `origin` offers the form no longer; without anybody who does, it is retired."""
        with self._db.write():
            self._offers.retire(form_id, origin)

    def offered_by(self, origin: str) -> dict[str, str]:
        """Return the version of each form that `origin` offers now."""
        return self._offers.by(origin)

    def holders(self, form_id: str, version: str, besides: str) -> tuple[str, ...]:
        """Return the other accounts that count on the bytes of a version: it must not become another for them."""
        return self._offers.holders(form_id, version, besides)

    def _find(self, form_id: str, version: str, columns: str, account_id: str = "") -> sqlite3.Row:
        row = self._db.row(
            f"SELECT {columns} FROM blank_forms b WHERE form_id = ?1 AND ?2 IN ('', version)"  # noqa: S608 (constants)
            " ORDER BY EXISTS (SELECT 1 FROM form_offers o WHERE o.origin = ?3 AND o.form_id = b.form_id"
            f"  AND o.version = b.version AND o.retired_at IS NULL) DESC, {IS_OFFERED} DESC, seq DESC LIMIT 1",
            (form_id, version, account_id),
        )
        if row is None:
            raise NotFoundError(KIND, f"{form_id} {version}".strip())
        return row

    def _whose(self, account_id: str, origin: str, list_name: str) -> str:
        """Return whose list a form shows: the account's own, and for want of it that of who brought the form."""
        return account_id if account_id and self._entities.hash_of(account_id, list_name) else origin

    def _read(self, row: sqlite3.Row, account_id: str = "") -> BlankForm:
        files = self._db.rows("SELECT name, md5 FROM blank_form_files WHERE form_seq = ? ORDER BY name", (row["seq"],))
        listed = self._db.rows("SELECT name FROM blank_form_lists WHERE form_seq = ? ORDER BY name", (row["seq"],))
        lists = tuple(one["name"] for one in listed)
        stamps = {}
        for name in lists:
            list_name = name.removesuffix(SUFFIX)
            stamps[name] = self._entities.stamp(self._whose(account_id, row["origin"], list_name), list_name)
        return BlankForm(
            form_id=row["form_id"],
            version=row["version"],
            title=row["title"],
            hash=row["hash"],
            origin=row["origin"],
            added_at=from_text(row["added_at"]),
            attachments={file["name"]: file["md5"] for file in files} | stamps,
            retired=self._offers.is_retired(row["form_id"]),
            lists=lists,
            offers=self._offers.of(row["form_id"], row["version"]),
        )


def md5_of(content: bytes) -> str:
    """Return the md5 (hex) of a form or a file, as form lists give it."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
