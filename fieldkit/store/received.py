# SPDX-License-Identifier: EUPL-1.2
"""Records of others that were received from the region (`fieldkit.received`): never mixed with the instances.

`heard` takes what the list tells, `keep` the answers; `missing` names what was told and has no current answers yet, so
that a pull that was cut goes on where it was. Nothing is taken away by the region: what it deletes is marked.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

from fieldkit.errors import NotFoundError
from fieldkit.folding import fold, words
from fieldkit.received import Answers, Choice, Heard, Listed, ReceivedForm, ReceivedRecord
from fieldkit.store.connection import Connection, Value
from fieldkit.store.instance_rows import search_text
from fieldkit.store.times import from_text, from_text_or_none, to_text

_KIND = "received record"
_OWN = "EXISTS (SELECT 1 FROM instances i WHERE i.deleted_at IS NULL AND i.instance_id IN (r.root_id, r.instance_id))"
# The same record came later from another address as well: the region's server moved, or its project was copied.
_LATER = (
    "EXISTS (SELECT 1 FROM received l JOIN received_forms g ON g.seq = l.form_seq WHERE l.root_id = r.root_id"
    " AND l.seq > r.seq AND l.kept_at IS NOT NULL AND g.form_id = f.form_id)"
)
_SELECT = (
    "SELECT r.seq, f.origin, f.form_id, f.title, r.root_id, r.instance_id, r.form_version, r.name, r.commune_nis,"  # noqa: S608 (constants)
    " r.submitter, r.submitted_at, r.updated_at, r.deleted_at, r.edits, r.review_state, r.encrypted, r.kept_at,"
    f" r.kept_edits = r.edits AS current, r.size, {_OWN} AS own"
    " FROM received r JOIN received_forms f ON f.seq = r.form_seq"
)


class Received:
    """Received records by origin (the address of a project) and form."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # Forms

    def form(self, origin: str, form_id: str) -> ReceivedForm:
        """Return how far a form was pulled: never, if it was not."""
        found = [one for one in self.forms() if (one.origin, one.form_id) == (origin, form_id)]
        return found[0] if found else ReceivedForm(origin, form_id, form_id, "", "", None, listed=True)

    def forms(self) -> list[ReceivedForm]:
        """Return the forms of which something was ever pulled, by title."""
        rows = self._db.rows(
            "SELECT origin, form_id, title, mark, etag, pulled_at, listed FROM received_forms ORDER BY title, form_id"
        )
        return [
            ReceivedForm(
                row["origin"], row["form_id"], row["title"], row["mark"], row["etag"],
                from_text_or_none(row["pulled_at"]), bool(row["listed"]),
            )
            for row in rows
        ]  # fmt: skip

    def note_form(self, form: ReceivedForm) -> None:
        """Keep how far a form was pulled."""
        pulled_at = to_text(form.pulled_at) if form.pulled_at else None
        values: tuple[Value, ...] = (form.title, form.mark, form.etag, pulled_at, int(form.listed))
        with self._db.write():
            changed = self._db.run(
                "UPDATE received_forms SET title = ?, mark = ?, etag = ?, pulled_at = ?, listed = ?"
                " WHERE origin = ? AND form_id = ?",
                (*values, form.origin, form.form_id),
            )
            if not changed:
                self._db.insert(
                    "INSERT INTO received_forms (title, mark, etag, pulled_at, listed, origin, form_id)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*values, form.origin, form.form_id),
                )

    def note_listed(self, origin: str, form_ids: Collection[str]) -> None:
        """Note which forms the region offers now; the records of the others stay."""
        with self._db.write():
            for form in self.forms():
                if form.origin == origin and form.listed != (form.form_id in form_ids):
                    self._db.run(
                        "UPDATE received_forms SET listed = 1 - listed WHERE origin = ? AND form_id = ?",
                        (origin, form.form_id),
                    )

    def as_of(self, form_id: str = "") -> datetime | None:
        """Return up to when what the region offers (of one form) is known, None if no form was ever pulled whole.

        The time of the form that was pulled the longest ago.
        """
        forms = [one for one in self.forms() if one.listed and form_id in {"", one.form_id}]
        return min((one.pulled_at for one in forms if one.pulled_at), default=None)

    # What the list tells

    def heard(self, origin: str, form_id: str, listed: Sequence[Listed]) -> Heard:
        """Keep what a page of the list tells; return what of it was not known. The form is noted before."""
        told: dict[str, list[str]] = {"new": [], "changed": [], "deleted": []}
        with self._db.write():
            form_seq = self._form_seq(origin, form_id)
            for one in listed:
                if found := self._hear(form_seq, form_id, one):
                    told[found].append(one.root_id)
        return Heard(told["new"], told["changed"], told["deleted"])

    def _hear(self, form_seq: int, form_id: str, one: Listed) -> str:
        columns: dict[str, Value] = {
            "submitted_at": to_text(one.submitted_at),
            "updated_at": to_text(one.updated_at) if one.updated_at else None,
            "deleted_at": to_text(one.deleted_at) if one.deleted_at else None,
            "submitter": one.submitter,
            "edits": one.edits,
            "review_state": one.review_state,
            "encrypted": int(one.encrypted),
        }
        known = self._db.row("SELECT * FROM received WHERE form_seq = ? AND root_id = ?", (form_seq, one.root_id))
        if known is not None and all(known[name] == value for name, value in columns.items()):
            return ""
        if known is None or known["kept_at"] is None:  # afterwards the answers themselves tell
            columns |= {"form_version": one.form_version, "commune_nis": one.commune_nis}
            columns["search_text"] = fold(f"{search_text('', form_id, one.commune_nis)} {one.submitter}")
        if known is None:
            if one.deleted_at is not None:
                return ""  # never seen alive: nothing is lost by not keeping it
            columns |= {"form_seq": form_seq, "root_id": one.root_id, "instance_id": one.root_id}
            names = ", ".join(columns)
            marks = ", ".join("?" * len(columns))
            self._db.insert(f"INSERT INTO received ({names}) VALUES ({marks})", tuple(columns.values()))  # noqa: S608 (names from above)
            return "new"
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._db.run(f"UPDATE received SET {sets} WHERE seq = ?", (*columns.values(), known["seq"]))  # noqa: S608 (names from above)
        return "deleted" if one.deleted_at and known["deleted_at"] is None else "changed"

    def keep_only(self, origin: str, form_id: str, root_ids: Collection[str], at: datetime) -> tuple[str, ...]:
        """Mark as deleted by the region all that its whole list no longer names; return their root ids."""
        with self._db.write():
            form_seq = self._form_seq(origin, form_id)
            rows = self._db.rows(
                "SELECT seq, root_id FROM received WHERE form_seq = ? AND deleted_at IS NULL", (form_seq,)
            )
            gone = [row for row in rows if row["root_id"] not in root_ids]
            self._db.run_many(
                "UPDATE received SET deleted_at = ? WHERE seq = ?", [(to_text(at), row["seq"]) for row in gone]
            )
        return tuple(row["root_id"] for row in gone)

    def alive(self, origin: str, form_id: str) -> int:
        """Return how many records of a form are known here that the region has not deleted."""
        return self._db.number(
            "SELECT count(*) FROM received r JOIN received_forms f ON f.seq = r.form_seq"
            " WHERE f.origin = ? AND f.form_id = ? AND r.deleted_at IS NULL",
            (origin, form_id),
        )

    # Answers

    def missing(self, origin: str, form_id: str, communes: Collection[str] = ()) -> list[ReceivedRecord]:
        """Return the records whose current answers are not here, the latest first; of `communes` (NIS) if given.

        One whose commune nobody knows yet is among them; one that is encrypted or deleted is not.
        """
        where = (
            "f.origin = ? AND f.form_id = ? AND r.deleted_at IS NULL AND r.encrypted = 0"
            " AND r.kept_edits IS NOT r.edits"
        )
        found = self._select(f"{where} ORDER BY r.submitted_at DESC, r.seq", (origin, form_id))
        return [one for one in found if not communes or one.commune_nis in {"", *communes}]

    def keep(self, record: ReceivedRecord, answers: Answers, at: datetime) -> None:
        """Keep the answers of a record in the place of those of before. NotFoundError: it was forgotten meanwhile."""
        searched = f"{search_text(answers.name, record.form_id, answers.commune_nis)} {record.submitter}"
        with self._db.write():
            changed = self._db.run(
                "UPDATE received SET instance_id = ?, form_version = ?, name = ?, commune_nis = ?, kept_edits = ?,"
                " kept_at = ?, size = ?, sha256 = ?, search_text = ? WHERE seq = ?",
                (
                    *(answers.instance_id, answers.form_version, answers.name, answers.commune_nis, answers.edits),
                    *(to_text(at), len(answers.xml), hashlib.sha256(answers.xml).hexdigest(), fold(searched)),
                    record.seq,
                ),
            )
            if not changed:
                raise NotFoundError(_KIND, record.root_id)
            self._db.run("INSERT OR REPLACE INTO received_xml VALUES (?, ?)", (record.seq, answers.xml))

    def xml(self, record: ReceivedRecord) -> bytes:
        """Return the answers as the region holds them; NotFoundError if they are not here."""
        row = self._db.row("SELECT xml FROM received_xml WHERE received_seq = ?", (record.seq,))
        if row is None:
            raise NotFoundError(_KIND, record.root_id)
        return bytes(row["xml"])

    # Reading

    def get(self, root_id: str) -> ReceivedRecord:
        """Return a record by the instanceID of its first version; NotFoundError if it was never received.

        Of two that came from two addresses one whose answers are here, and the later one.
        """
        found = self._select("r.root_id = ? ORDER BY r.kept_at IS NULL, r.seq DESC LIMIT 1", (root_id,))
        if not found:
            raise NotFoundError(_KIND, root_id)
        return found[0]

    def search(self, choice: Choice = Choice(), limit: int = 200, offset: int = 0) -> list[ReceivedRecord]:  # noqa: B008 (frozen)
        """Return the records of a choice, the last received by the region first; `limit` -1 for all."""
        where, values = _where(choice)
        return self._select(
            f"{where} ORDER BY r.submitted_at DESC, r.seq DESC LIMIT ? OFFSET ?", (*values, limit, offset)
        )

    def of_others(self, form_id: str) -> list[ReceivedRecord]:
        """Return the records of a form whose answers are here, less those that this workspace has itself.

        What the region deleted is not among them. One that came from two addresses counts once. The oldest first.
        """
        where = f"f.form_id = ? AND r.deleted_at IS NULL AND r.kept_at IS NOT NULL AND NOT {_OWN} AND NOT {_LATER}"
        return self._select(f"{where} ORDER BY r.submitted_at, r.seq", (form_id,))

    def counts(self, choice: Choice = Choice()) -> dict[str, int]:  # noqa: B008 (frozen)
        """Return how many records of a choice there are by review state ("" for those not looked at yet)."""
        where, values = _where(choice)
        rows = self._db.rows(
            "SELECT r.review_state AS state, count(*) AS found FROM received r"  # noqa: S608 (constants and marks)
            f" JOIN received_forms f ON f.seq = r.form_seq WHERE {where} GROUP BY r.review_state",
            values,
        )
        return {row["state"]: row["found"] for row in rows}

    # Writing

    def set_review(self, record: ReceivedRecord, state: str, at: datetime) -> None:
        """Note what the region's staff decided, here or elsewhere; `updated_at` follows at the next pull."""
        with self._db.write():
            self._db.run(
                "UPDATE received SET review_state = ?, updated_at = ? WHERE seq = ?", (state, to_text(at), record.seq)
            )

    def forget(self, root_ids: Collection[str] | None = None) -> int:
        """Delete received records from this computer (None: all, and how far was pulled); return how many.

        The region keeps them. A record that is forgotten comes back when it changes there, or when all is pulled anew.
        """
        with self._db.write():
            if root_ids is None:
                count = self._db.run("DELETE FROM received")
                self._db.run("DELETE FROM received_forms")
                return count
            return sum(self._db.run("DELETE FROM received WHERE root_id = ?", (one,)) for one in root_ids)

    def _form_seq(self, origin: str, form_id: str) -> int:
        row = self._db.row("SELECT seq FROM received_forms WHERE origin = ? AND form_id = ?", (origin, form_id))
        if row is None:
            raise NotFoundError("received form", form_id)
        return int(row["seq"])

    def _select(self, where: str, values: Sequence[Value]) -> list[ReceivedRecord]:
        return [_read(row) for row in self._db.rows(f"{_SELECT} WHERE {where}", values)]


def _where(choice: Choice) -> tuple[str, list[Value]]:
    clauses = ["r.deleted_at IS NOT NULL" if choice.deleted else "r.deleted_at IS NULL"]
    values: list[Value] = []
    for word in words(choice.text):
        clauses.append("instr(r.search_text, ?)")
        values.append(word)
    if choice.form_id:
        clauses.append("f.form_id = ?")
        values.append(choice.form_id)
    for column, wanted in (("r.commune_nis", choice.communes), ("r.review_state", choice.review_states)):
        if wanted:
            clauses.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += sorted(wanted)
    return " AND ".join(clauses), values


def _read(row: sqlite3.Row) -> ReceivedRecord:
    return ReceivedRecord(
        seq=row["seq"],
        origin=row["origin"],
        form_id=row["form_id"],
        form_title=row["title"],
        root_id=row["root_id"],
        instance_id=row["instance_id"],
        form_version=row["form_version"],
        name=row["name"],
        commune_nis=row["commune_nis"],
        submitter=row["submitter"],
        submitted_at=from_text(row["submitted_at"]),
        updated_at=from_text_or_none(row["updated_at"]),
        deleted_at=from_text_or_none(row["deleted_at"]),
        edits=row["edits"],
        review_state=row["review_state"],
        encrypted=bool(row["encrypted"]),
        kept_at=from_text_or_none(row["kept_at"]),
        current=bool(row["current"]),
        size=row["size"],
        own=bool(row["own"]),
    )
