# SPDX-License-Identifier: EUPL-1.2
"""The instances: drafts with their answer log, frozen bytes, the outbox, the bin.

The state of a row changes only through `fieldkit.instance.check_transition`, in the transaction that reads it. What
is finalized and not yet submitted *is* the outbox: no second list can disagree with it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit.errors import AlreadyThereError, NotFoundError, WrongStateError
from fieldkit.instance import AnswerEntry, Instance, State, check_transition, read_state
from fieldkit.store.attachments import Attachment, AttachmentFiles, check_name
from fieldkit.store.connection import Connection, Value
from fieldkit.store.entities import Entities
from fieldkit.store.instance_rows import COLUMNS, STATE, read_instance, search_text, where
from fieldkit.store.seals import Seals
from fieldkit.store.times import from_text, now, to_text

if TYPE_CHECKING:  # the engine is not needed to open the store, and the first paint waits for the store
    from forms.views import Finalized, Progress

KIND = "instance"


class Instances:
    """Instances by id. Every method that changes something is one transaction, on disk when it returns."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.files = AttachmentFiles(connection)
        self._entities = Entities(connection)
        self.seals = Seals(connection, self.files, self._entities)

    # Drafts

    def create(self, instance: Instance, xml: bytes) -> None:
        """Keep a new draft. AlreadyThereError if the id is taken; only drafts are created (WrongStateError)."""
        if instance.state is not State.DRAFT:
            raise WrongStateError(instance.instance_id, instance.state, "create")
        values: dict[str, Value] = {
            "instance_id": instance.instance_id,
            "form_id": instance.form_id,
            "form_version": instance.form_version,
            "state": str(State.DRAFT),
            "name": instance.name,
            "created_at": to_text(instance.created_at),
            "changed_at": to_text(instance.changed_at),
            "commune_nis": instance.commune_nis,
            "answered": instance.answered,
            "asked": instance.asked,
            "invalid": instance.invalid,
            "current_ref": instance.current_ref,
            "deprecated_id": instance.deprecated_id,
            "source_id": instance.source_id,
            "account_id": instance.account_id,
            "search_text": search_text(instance.name, instance.form_id, instance.commune_nis),
        }
        marks = ", ".join("?" * len(values))
        with self._db.write():
            if self._db.number("SELECT count(*) FROM instances WHERE instance_id = ?", (instance.instance_id,)):
                raise AlreadyThereError(KIND, instance.instance_id)
            seq = self._db.insert(
                f"INSERT INTO instances ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 (constant columns)
                list(values.values()),
            )
            self._db.run("INSERT INTO instance_xml (instance_seq, draft) VALUES (?, ?)", (seq, xml))

    def save_draft(
        self,
        instance_id: str,
        xml: bytes,
        entries: Sequence[AnswerEntry],
        progress: Progress,
        current_ref: str,
        name: str,
        commune_nis: str,
    ) -> None:
        """Keep the draft as it stands and append `entries` to its answer log, together. WrongStateError if frozen."""
        changed_at = entries[-1].at if entries else now()
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.DRAFT}, "save")
            seq = row["seq"]
            self._db.run("UPDATE instance_xml SET draft = ? WHERE instance_seq = ?", (xml, seq))
            self._db.run_many(
                "INSERT INTO answer_log (instance_seq, ref, old, new, at) VALUES (?, ?, ?, ?, ?)",
                [(seq, entry.ref, entry.old, entry.new, to_text(entry.at)) for entry in entries],
            )
            self._set(
                seq,
                name=name,
                commune_nis=commune_nis,
                answered=progress.answered,
                asked=progress.asked,
                invalid=progress.invalid,
                current_ref=current_ref,
                changed_at=to_text(changed_at),
                search_text=search_text(name, row["form_id"], commune_nis),
            )

    def delete(self, instance_id: str) -> None:
        """Move a draft to the bin (a second call changes nothing); anything else is WrongStateError."""
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.DRAFT}, "delete")
            self._set(row["seq"], deleted_at=row["deleted_at"] or to_text(now()))

    def restore(self, instance_id: str) -> None:
        """Take a draft back from the bin."""
        with self._db.write():
            self._set(self._row(instance_id)["seq"], deleted_at=None)

    def bin(self) -> list[Instance]:
        """Return the deleted drafts, the last deleted first."""
        clause, values = where("", (), "", "", in_bin=True)
        return self._select(f"{clause} ORDER BY deleted_at DESC, seq DESC", values)

    def empty_bin(self, older_than: datetime) -> int:
        """Remove for good the drafts deleted before that time, with answers and files; return how many."""
        rows = self._db.rows("SELECT instance_id FROM instances WHERE deleted_at < ?", (to_text(older_than),))
        with self._db.write():
            self._db.run("DELETE FROM instances WHERE deleted_at < ?", (to_text(older_than),))
        for row in rows:
            self.files.drop_unused(row["instance_id"])
        return len(rows)

    # Reading

    def get(self, instance_id: str) -> Instance:
        """Return the row (from the bin too), or raise NotFoundError."""
        return read_instance(self._row(instance_id))

    def draft_xml(self, instance_id: str) -> bytes:
        """Return the draft as last saved, irrelevant answers included; kept after finalizing too."""
        row = self._db.row("SELECT draft FROM instance_xml WHERE instance_seq = ?", (self._row(instance_id)["seq"],))
        assert row is not None  # noqa: S101 (written with the row)
        return bytes(row["draft"])

    def frozen_xml(self, instance_id: str) -> bytes:
        """Return the very bytes that were finalized; NotFoundError for a draft."""
        row = self._db.row("SELECT frozen FROM instance_xml WHERE instance_seq = ?", (self._row(instance_id)["seq"],))
        if row is None or row["frozen"] is None:
            raise NotFoundError("finalized instance", instance_id)
        return bytes(row["frozen"])

    def receipt(self, instance_id: str) -> str:
        """Return what the server answered when it took the instance ("" before)."""
        return str(self._row(instance_id)["receipt"])

    def answer_log(self, instance_id: str) -> list[AnswerEntry]:
        """Return every answer that was saved, in the order of typing."""
        seq = self._row(instance_id)["seq"]
        rows = self._db.rows("SELECT ref, old, new, at FROM answer_log WHERE instance_seq = ? ORDER BY seq", (seq,))
        return [AnswerEntry(row["ref"], row["old"], row["new"], from_text(row["at"])) for row in rows]

    def search(
        self,
        text: str = "",
        states: Collection[State] = (),
        form_id: str = "",
        commune_nis: str = "",
        limit: int = 200,
        offset: int = 0,
    ) -> list[Instance]:
        """Return what is not in the bin, the last changed first; a `limit` of -1 means all.

        Each word of `text` must be in the name, the form's id or title, or the commune's name or postal code; accents
        and case do not count. No `states` means all.
        """
        clause, values = where(text, states, form_id, commune_nis)
        return self._select(f"{clause} ORDER BY changed_at DESC, seq DESC LIMIT ? OFFSET ?", [*values, limit, offset])

    def count(self, text: str = "", states: Collection[State] = (), form_id: str = "", commune_nis: str = "") -> int:
        """Return how many `search` would find without a limit."""
        clause, values = where(text, states, form_id, commune_nis)
        return self._db.number(f"SELECT count(*) FROM instances WHERE {clause}", values)  # noqa: S608 (constants)

    def counts(self) -> dict[State, int]:
        """Return how many there are in each state, the bin left out; every state has its number."""
        rows = self._db.rows(f"SELECT {STATE}, count(*) FROM instances WHERE deleted_at IS NULL GROUP BY 1")  # noqa: S608
        found = {State(row[0]): int(row[1]) for row in rows}
        return {state: found.get(state, 0) for state in State}

    # Sending

    def finalize(self, instance_id: str, finalized: Finalized, at: datetime) -> None:
        """Freeze the bytes, put the instance at the end of the outbox, and do to the entity lists what it does.

        The files that the XML refers to are frozen with it. NotFoundError if one was never put, AttachmentDamaged if
        it changed on disk, EncryptionError if the form has a public key and the record cannot be sealed with it; the
        draft stays a draft then. ValueError if the bytes are another instance's. Frozen bytes are never replaced: what
        was rejected comes back by `retry`, or by `reopen` if it never left.
        """
        if finalized.instance_id != instance_id:
            raise ValueError(f"{finalized.instance_id} is not {instance_id}")
        try:
            self._finalize(instance_id, finalized, at)
        finally:
            self.files.drop_unused(instance_id)  # what an earlier sealing left that was cut, or this one

    def _finalize(self, instance_id: str, finalized: Finalized, at: datetime) -> None:
        with self._db.write():
            row = self._move(instance_id, State.FINALIZED)
            self._require(row, {State.DRAFT}, "finalize")  # the table also lets a rejected one back, with its bytes
            seq = row["seq"]
            self.files.freeze(instance_id, seq, finalized.attachments)
            sealed = self.seals.make(instance_id, seq, row["form_id"], row["form_version"], finalized.xml)
            self._db.run("UPDATE instance_xml SET frozen = ? WHERE instance_seq = ?", (finalized.xml, seq))
            name = finalized.instance_name or row["name"]
            self._set(
                seq,
                state=str(State.FINALIZED),
                name=name,
                search_text=search_text(name, row["form_id"], row["commune_nis"]),
                finalized_at=to_text(at),
                changed_at=to_text(at),
                outbox_order=self._db.number("SELECT max(outbox_order) FROM instances") + 1,
                sha256=hashlib.sha256(finalized.xml).hexdigest(),
                size=len(finalized.xml),
                deleted_at=None,
            )
            # What a record does counts once for a server, not again from its edits; what is sealed it cannot read.
            if not row["deprecated_id"] and not sealed:
                self._entities.record(seq, finalized.entities)

    def outbox(self, limit: int = -1) -> list[Instance]:
        """Return what waits to be sent, in the order of finalizing whatever the clock said; a `limit` of -1: all."""
        clause = "state = ? AND deleted_at IS NULL ORDER BY outbox_order LIMIT ?"
        return self._select(clause, [str(State.FINALIZED), limit])

    def mark_attempted(self, instance_id: str, at: datetime, reason: str = "", account_id: str = "") -> None:
        """Note that bytes of a finalized record may leave from now on, before the first does.

        `reason` stays in the row if nothing more is heard of the attempt. `account_id` is where they go, and nowhere
        else ever after; WrongStateError if the record is another account's.
        """
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.FINALIZED}, "send")
            whose = row["account_id"] or account_id
            if account_id not in {"", whose}:
                raise WrongStateError(instance_id, row["state"], "send elsewhere")
            self._entities.move(row["seq"], whose)
            self._set(row["seq"], attempted=1, account_id=whose, reason=reason, reason_text="", changed_at=to_text(at))

    def mark_submitted(self, instance_id: str, at: datetime, receipt: str = "", sent_to: str = "") -> None:
        """Note that the server has it; `receipt` is the server's own text, `sent_to` the address of its project."""
        with self._db.write():
            seq = self._move(instance_id, State.SUBMITTED)["seq"]
            self._set(
                seq,
                state=str(State.SUBMITTED),
                submitted_at=to_text(at),
                changed_at=to_text(at),
                receipt=receipt,
                sent_to=sent_to,
                attempted=1,
                reason="",
                reason_text="",
            )

    def mark_waiting(self, instance_id: str, reason: str, text: str) -> None:
        """Note why a finalized instance is still here: `reason` a code of `sync`, `text` the server's sentence."""
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.FINALIZED}, "wait")
            self._set(row["seq"], reason=reason, reason_text=text)

    def mark_all_waiting(self, instance_ids: Collection[str], reason: str, text: str) -> None:
        """Note the same reason for many at once; those that are not finalized, or know it already, stay as they are."""
        with self._db.write():
            self._db.run_many(
                "UPDATE instances SET reason = ?1, reason_text = ?2 WHERE instance_id = ?3 AND state = 'finalized'"
                " AND reason <> ?1",
                [(reason, text, each) for each in instance_ids],
            )

    def mark_rejected(self, instance_id: str, reason: str, text: str) -> None:
        """Note that the server refused it for good: it leaves the outbox until the user tries again."""
        with self._db.write():
            seq = self._move(instance_id, State.REJECTED)["seq"]
            self._set(seq, state=str(State.REJECTED), reason=reason, reason_text=text, changed_at=to_text(now()))

    def mark_returned(self, instance_id: str, text: str) -> None:
        """Note that the region asks for corrections, with its words; again replaces the words."""
        with self._db.write():
            seq = self._move(instance_id, State.RETURNED)["seq"]
            self._set(seq, state=str(State.RETURNED), reason="", reason_text=text, changed_at=to_text(now()))

    def mark_cleared(self, instance_id: str) -> None:
        """Note that the region no longer asks for corrections of a returned record: it is a sent one again."""
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.RETURNED}, "clear")
            self._set(row["seq"], state=str(State.SUBMITTED), reason="", reason_text="", changed_at=to_text(now()))

    def retry(self, instance_id: str) -> None:
        """Put a rejected instance back at its place in the outbox; what waits already only loses its reason."""
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.FINALIZED, State.REJECTED}, "retry")  # a draft needs its bytes first
            self._set(row["seq"], state=str(State.FINALIZED), reason="", reason_text="", changed_at=to_text(now()))

    def reopen(self, instance_id: str) -> None:
        """Make a finalized instance a draft again, and take back what it did to entity lists.

        WrongStateError once a byte of it may have left.
        """
        with self._db.write():
            row = self._move(instance_id, State.DRAFT)
            if row["attempted"]:
                raise WrongStateError(instance_id, row["state"], "reopen")
            seq = row["seq"]
            self._db.run("UPDATE instance_xml SET frozen = NULL WHERE instance_seq = ?", (seq,))
            self._db.run("UPDATE instance_files SET frozen = 0 WHERE instance_seq = ?", (seq,))
            self.seals.drop(seq)
            self._entities.take_back(seq)
            self._set(
                seq,
                state=str(State.DRAFT),
                finalized_at=None,
                outbox_order=None,
                sha256="",
                size=0,
                reason="",
                reason_text="",
                changed_at=to_text(now()),
            )
        self.files.drop_unused(instance_id)

    # Files

    def put_attachment(self, instance_id: str, name: str, content: bytes) -> Attachment:
        """Keep a file of a draft; the same name again replaces it. ValueError if `name` is not a bare file name."""
        check_name(name)
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.DRAFT}, "attach to")
            kept = self.files.put(instance_id, row["seq"], name, content)
        self.files.drop_unused(instance_id)
        return kept

    def remove_attachment(self, instance_id: str, name: str) -> None:
        """Remove a file of a draft; NotFoundError if there is none of that name."""
        with self._db.write():
            row = self._row(instance_id)
            self._require(row, {State.DRAFT}, "detach from")
            if not self._db.run("DELETE FROM instance_files WHERE instance_seq = ? AND name = ?", (row["seq"], name)):
                raise NotFoundError("attachment", f"{instance_id}/{name}")
        self.files.drop_unused(instance_id)

    def attachment(self, instance_id: str, name: str) -> bytes:
        """Return the bytes that were put; AttachmentDamaged if the disk no longer holds them."""
        return self.files.read(instance_id, name)

    def attachments(self, instance_id: str) -> list[Attachment]:
        """Return the files of an instance by name; those to send are `frozen`."""
        return self.files.all(instance_id)

    # Rows

    def _row(self, instance_id: str) -> sqlite3.Row:
        row = self._db.row(
            f"SELECT seq, receipt, deleted_at, {COLUMNS} FROM instances WHERE instance_id = ?",  # noqa: S608 (constants)
            (instance_id,),
        )
        if row is None:
            raise NotFoundError(KIND, instance_id)
        return row

    def _select(self, clause: str, values: Sequence[Value]) -> list[Instance]:
        sql = f"SELECT {COLUMNS} FROM instances WHERE {clause}"  # noqa: S608 (constants and marks)
        return [read_instance(row) for row in self._db.rows(sql, values)]

    def _move(self, instance_id: str, new: State) -> sqlite3.Row:
        row = self._row(instance_id)
        check_transition(instance_id, read_state(row["state"], row["reason"]), new)
        return row

    def _require(self, row: sqlite3.Row, states: Collection[State], action: str) -> None:
        if read_state(row["state"], row["reason"]) not in states:
            raise WrongStateError(row["instance_id"], row["state"], action)

    def _set(self, seq: int, **columns: Value) -> None:
        marks = ", ".join(f"{column} = ?" for column in columns)
        self._db.run(f"UPDATE instances SET {marks} WHERE seq = ?", [*columns.values(), seq])  # noqa: S608 (constants)
