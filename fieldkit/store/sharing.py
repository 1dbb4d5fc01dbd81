# SPDX-License-Identifier: EUPL-1.2
"""Records on their way from one workspace to another: read whole, and taken in, all of a dossier or nothing of it.

The history of a record (`fieldkit.dossier.history`) is kept beside its row: who has seen which answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldkit.durable import file_errors, write_whole
from fieldkit.errors import NotFoundError
from fieldkit.instance import AnswerEntry, Instance, State, kept_state
from fieldkit.store.attachments import Attachment
from fieldkit.store.attempts import Attempt, Attempts
from fieldkit.store.blank_forms import BlankForms
from fieldkit.store.connection import Connection, Value
from fieldkit.store.entities import Entities
from fieldkit.store.instance_rows import search_text
from fieldkit.store.instances import Instances
from fieldkit.store.seals import Seal
from fieldkit.store.times import now, to_text

if TYPE_CHECKING:
    from forms.views import EntityChange, Progress

ORIGIN = "dossier"  # of forms that came with a record: nothing new is begun with them until the region gives them


@dataclass(frozen=True, slots=True)
class Holding:
    """All that the store holds of one record, as of one instant; `frozen` is None for a draft."""

    instance: Instance
    draft: bytes
    frozen: bytes | None
    log: tuple[AnswerEntry, ...]
    receipt: str = ""
    attempts: tuple[Attempt, ...] = ()
    files: tuple[Attachment, ...] = ()
    seal: Seal | None = None
    history: str = ""
    binned: bool = False


@dataclass(frozen=True, slots=True)
class NewForm:
    """A blank form that is not here yet, with its files."""

    form_id: str
    version: str
    title: str
    xml: bytes
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that comes in as it is; one that is here under its id goes (a draft that the other has seen whole).

    `read(attachment)` gives the bytes of a file of the record or of its seal. `entities`: what it does to lists here.
    `before`: the draft that goes, None if there is none.
    """

    holding: Holding
    read: Callable[[Attachment], bytes]
    entities: tuple[EntityChange, ...] = ()
    before: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A draft that becomes `xml`, put together from `before` and another; `entries` and `files` are added to it."""

    instance_id: str
    before: bytes
    xml: bytes
    entries: tuple[AnswerEntry, ...]
    progress: Progress
    name: str
    commune_nis: str
    history: str
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What another kit knows of a record that has the same bytes here: that they may have left, or were received."""

    holding: Holding


class MovedMeanwhile(Exception):  # noqa: N818 (a state of the world)
    """A draft was saved between the comparing and the taking: compare again. Nothing was written."""


class Sharing:
    """Reads records whole and takes them in. Made of the same parts as the instances, in one transaction."""

    def __init__(self, connection: Connection, instances: Instances) -> None:
        self._db = connection
        self._instances = instances
        self._files = instances.files
        self._entities = Entities(connection)
        self._forms = BlankForms(connection)
        self._attempts = Attempts(connection)

    def holding(self, instance_id: str) -> Holding:
        """Return everything of a record. NotFoundError if there is none."""
        with self._db.read():
            instance = self._instances.get(instance_id)
            drafted = instance.state is State.DRAFT
            return Holding(
                instance,
                self._instances.draft_xml(instance_id),
                None if drafted else self._instances.frozen_xml(instance_id),
                tuple(self._instances.answer_log(instance_id)),
                self._instances.receipt(instance_id),
                tuple(self._attempts.of(instance_id)),
                tuple(self._files.all(instance_id)),
                self._instances.seals.of(instance_id),
                self._history(instance_id),
                self._is_binned(instance_id),
            )

    def find(self, instance_id: str) -> Holding | None:
        """Return everything of a record, None if it is not here."""
        try:
            return self.holding(instance_id)
        except NotFoundError:
            return None

    def keep_history(self, instance_id: str, history: str) -> None:
        """Keep the history of a record that is here."""
        with self._db.write():
            self._keep_history(self._seq(instance_id), history)

    def keep_histories(self, histories: Mapping[str, str]) -> None:
        """Keep the histories of many, by id."""
        with self._db.write():
            for instance_id, history in histories.items():
                self.keep_history(instance_id, history)

    def take(
        self,
        forms: Sequence[NewForm],
        arrivals: Sequence[Arrival],
        rewrites: Sequence[Rewrite] = (),
        news: Sequence[News] = (),
        restored: Sequence[str] = (),
    ) -> None:
        """Take everything in, in one transaction. MovedMeanwhile if a draft is no longer the one that was compared.

        `restored`: records that are here as they are in the dossier, and come back from the bin.
        """
        try:
            with self._db.write():
                for form in forms:
                    self._forms.add_for_reading(form.form_id, form.version, form.title, form.xml, form.files, ORIGIN)
                for arrival in arrivals:
                    self._add(arrival)
                for rewrite in rewrites:
                    self._rewrite(rewrite)
                for one in news:
                    self._hear(one.holding)
                for instance_id in restored:
                    self._db.run("UPDATE instances SET deleted_at = NULL WHERE instance_id = ?", (instance_id,))
        finally:
            touched = [one.holding.instance.instance_id for one in arrivals] + [one.instance_id for one in rewrites]
            for instance_id in touched:
                self._files.drop_unused(instance_id)

    def _add(self, arrival: Arrival) -> None:
        held = arrival.holding
        instance = held.instance
        instance_id = instance.instance_id
        self._check_unmoved(instance_id, arrival.before)
        self._db.run("DELETE FROM instances WHERE instance_id = ?", (instance_id,))
        values = self._row_of(held)
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO instances ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 (constant columns)
        seq = self._db.insert(sql, list(values.values()))
        self._db.run("INSERT INTO instance_xml VALUES (?, ?, ?)", (seq, held.draft, held.frozen))
        self._log(seq, held.log)
        self._keep_history(seq, held.history)
        self._add_attempts(seq, held.attempts)
        for file in held.files:
            self._files.put(instance_id, seq, file.name, arrival.read(file))
        self._db.run_many(
            "UPDATE instance_files SET frozen = 1 WHERE instance_seq = ? AND name = ?",
            [(seq, file.name) for file in held.files if file.frozen],
        )
        if held.seal is not None:
            self._add_seal(seq, instance_id, held.seal, arrival.read)
        self._entities.record(seq, arrival.entities)

    def _row_of(self, held: Holding) -> dict[str, Value]:
        one = held.instance
        waits = one.state in {State.FINALIZED, State.REJECTED, State.SET_ASIDE}
        order = self._db.number("SELECT max(outbox_order) FROM instances") + 1 if waits else None
        return {
            "instance_id": one.instance_id,
            "form_id": one.form_id,
            "form_version": one.form_version,
            "state": kept_state(one.state),
            "name": one.name,
            "created_at": to_text(one.created_at),
            "changed_at": to_text(one.changed_at),
            "commune_nis": one.commune_nis,
            "answered": one.answered,
            "asked": one.asked,
            "invalid": one.invalid,
            "current_ref": one.current_ref,
            "finalized_at": to_text(one.finalized_at) if one.finalized_at else None,
            "outbox_order": order,
            "submitted_at": to_text(one.submitted_at) if one.submitted_at else None,
            "receipt": held.receipt,
            "reason": one.reason,
            "reason_text": one.reason_text,
            "attempted": int(one.attempted),
            "sha256": one.sha256,
            "size": one.size,
            "deprecated_id": one.deprecated_id,
            "source_id": one.source_id,
            "sent_to": one.sent_to,
            "account_id": one.account_id if self._is_settled(one) else "",
            "search_text": search_text(one.name, one.form_id, one.commune_nis),
        }

    def _is_settled(self, one: Instance) -> bool:
        """Tell whether a record that comes in stays its account's: it is finished, or the account is here as well.

        The id of an account names server and project, the same on every kit. A finished one may leave the other kit at
        any moment: another server gets it only if the user here says so.
        """
        known = "SELECT count(*) FROM accounts WHERE account_id = ?"
        bound = one.state is not State.DRAFT or bool(one.deprecated_id)
        return bound or bool(self._db.number(known, (one.account_id,)))

    def _add_seal(self, seq: int, instance_id: str, seal: Seal, read: Callable[[Attachment], bytes]) -> None:
        self._db.run("INSERT INTO seals VALUES (?, ?, ?)", (seq, seal.envelope, seal.sha256))
        for place, file in enumerate(seal.files):
            path = self._instances.seals.path_of(instance_id, file.sha256)
            with file_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, read(file))
            row = (seq, place, file.name, file.sha256, file.size)
            self._db.run("INSERT INTO sealed_files VALUES (?, ?, ?, ?, ?)", row)

    def _rewrite(self, one: Rewrite) -> None:
        self._check_unmoved(one.instance_id, one.before)
        seq, form_id = self._seq(one.instance_id), self._instances.get(one.instance_id).form_id
        self._db.run("UPDATE instance_xml SET draft = ? WHERE instance_seq = ?", (one.xml, seq))
        # Its log is now that of two: an undo of a lift, which answers again from the log, would be a guess.
        self._db.run("DELETE FROM lifted_drafts WHERE instance_seq = ?", (seq,))
        self._log(seq, one.entries)
        for name, read in one.files.items():
            self._files.put(one.instance_id, seq, name, read())
        self._db.run(
            "UPDATE instances SET name = ?, commune_nis = ?, answered = ?, asked = ?, invalid = ?, changed_at = ?,"
            " deleted_at = NULL, search_text = ? WHERE seq = ?",
            (
                *(one.name, one.commune_nis, one.progress.answered, one.progress.asked, one.progress.invalid),
                *(to_text(now()), search_text(one.name, form_id, one.commune_nis), seq),
            ),
        )
        self._keep_history(seq, one.history)

    def _hear(self, held: Holding) -> None:
        """Take over that the bytes, the same as here, may have left, or that a server has them."""
        other = held.instance
        row = self._db.row("SELECT seq, state, attempted FROM instances WHERE instance_id = ?", (other.instance_id,))
        if row is None:
            return
        self._add_attempts(row["seq"], held.attempts)
        if other.attempted:  # where the other kit tried it, unless it was tried from here as well
            self._db.run(
                "UPDATE instances SET account_id = CASE WHEN ?1 <> '' AND (attempted = 0 OR account_id = '') THEN ?1"
                " ELSE account_id END, attempted = 1 WHERE seq = ?2",
                (other.account_id, row["seq"]),
            )
        if row["state"] == str(State.FINALIZED) and other.state is State.SUBMITTED and other.submitted_at:
            self._db.run(
                "UPDATE instances SET state = ?, submitted_at = ?, changed_at = ?, receipt = ?, sent_to = ?,"
                " reason = '', reason_text = '' WHERE seq = ?",
                (
                    *(str(State.SUBMITTED), to_text(other.submitted_at), to_text(now())),
                    *(held.receipt, other.sent_to, row["seq"]),
                ),
            )

    def _add_attempts(self, seq: int, attempts: Sequence[Attempt]) -> None:
        for one in attempts:
            values = (to_text(one.at), one.outcome, one.reason, one.text, one.bytes_sent)
            self._db.run(
                "INSERT INTO attempts (instance_seq, at, outcome, reason, text, bytes_sent) SELECT ?, ?, ?, ?, ?, ?"
                " WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE instance_seq = ? AND at = ? AND outcome = ?)",
                (seq, *values, seq, *values[:2]),
            )

    def _log(self, seq: int, entries: Sequence[AnswerEntry]) -> None:
        self._db.run_many(
            "INSERT INTO answer_log (instance_seq, ref, old, new, at) VALUES (?, ?, ?, ?, ?)",
            [(seq, entry.ref, entry.old, entry.new, to_text(entry.at)) for entry in entries],
        )

    def _check_unmoved(self, instance_id: str, before: bytes | None) -> None:
        row = self._db.row(
            "SELECT i.state, x.draft FROM instances i JOIN instance_xml x ON x.instance_seq = i.seq"
            " WHERE i.instance_id = ?",
            (instance_id,),
        )
        now_there = bytes(row["draft"]) if row is not None and row["state"] == str(State.DRAFT) else None
        if now_there != before or (row is not None and now_there is None):
            raise MovedMeanwhile(instance_id)

    def _seq(self, instance_id: str) -> int:
        row = self._db.row("SELECT seq FROM instances WHERE instance_id = ?", (instance_id,))
        if row is None:
            raise NotFoundError("instance", instance_id)
        return int(row["seq"])

    def _history(self, instance_id: str) -> str:
        row = self._db.row(
            "SELECT h.history FROM histories h JOIN instances i ON i.seq = h.instance_seq WHERE i.instance_id = ?",
            (instance_id,),
        )
        return str(row["history"]) if row is not None else ""

    def _is_binned(self, instance_id: str) -> bool:
        sql = "SELECT count(*) FROM instances WHERE instance_id = ? AND deleted_at IS NOT NULL"
        return bool(self._db.number(sql, (instance_id,)))

    def _keep_history(self, seq: int, history: str) -> None:
        self._db.run("INSERT OR REPLACE INTO histories (instance_seq, history) VALUES (?, ?)", (seq, history))
