# SPDX-License-Identifier: EUPL-1.2
"""The drafts as they were before they were lifted to another version of their form: what an undo brings back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import AnswerEntry, State
from fieldkit.store.connection import Connection
from fieldkit.store.times import from_text, to_text

if TYPE_CHECKING:
    from forms.views import Progress


@dataclass(frozen=True, slots=True)
class LiftedDraft:
    """A draft of before: its form's version, its bytes, and the time (aware UTC) at which it was lifted."""

    form_version: str
    xml: bytes
    current_ref: str
    lifted_at: datetime


class Lifts:
    """One kept draft for each instance: that of before its last lift."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def lift(
        self,
        instance_id: str,
        version: str,
        xml: bytes,
        entries: Sequence[AnswerEntry],
        progress: Progress,
        at: datetime,
    ) -> None:
        """Put `xml`, a draft of `version`, in place of the draft, which is kept; `entries` go to the answer log.

        One transaction. WrongStateError for what is no draft.
        """
        with self._db.write():
            seq = self._draft(instance_id, "lift")
            self._db.run("DELETE FROM lifted_drafts WHERE instance_seq = ?", (seq,))
            self._db.run(
                "INSERT INTO lifted_drafts (instance_seq, form_version, current_ref, lifted_at, draft)"
                " SELECT i.seq, i.form_version, i.current_ref, ?, x.draft FROM instances i"
                " JOIN instance_xml x ON x.instance_seq = i.seq WHERE i.seq = ?",
                (to_text(at), seq),
            )
            self._replace(seq, version, xml, progress, "", at)
            self._log(seq, entries)

    def before(self, instance_id: str) -> LiftedDraft:
        """Return the draft as it was before its last lift; NotFoundError if it was never lifted, or that was undone."""
        row = self._db.row(
            "SELECT l.form_version, l.draft, l.current_ref, l.lifted_at FROM lifted_drafts l"
            " JOIN instances i ON i.seq = l.instance_seq WHERE i.instance_id = ?",
            (instance_id,),
        )
        if row is None:
            raise NotFoundError("lifted draft", instance_id)
        return LiftedDraft(row["form_version"], bytes(row["draft"]), row["current_ref"], from_text(row["lifted_at"]))

    def undo(
        self, instance_id: str, xml: bytes, entries: Sequence[AnswerEntry], progress: Progress, at: datetime
    ) -> None:
        """Go back to the version of before with `xml` as its draft; nothing is kept for another undo.

        WrongStateError for what is no draft, NotFoundError as `before`.
        """
        with self._db.write():
            seq = self._draft(instance_id, "undo the lift of")
            kept = self.before(instance_id)
            self._replace(seq, kept.form_version, xml, progress, kept.current_ref, at)
            self._db.run("DELETE FROM lifted_drafts WHERE instance_seq = ?", (seq,))
            self._log(seq, entries)

    def _draft(self, instance_id: str, action: str) -> int:
        row = self._db.row("SELECT seq, state FROM instances WHERE instance_id = ?", (instance_id,))
        if row is None:
            raise NotFoundError("instance", instance_id)
        if row["state"] != str(State.DRAFT):
            raise WrongStateError(instance_id, row["state"], action)
        return int(row["seq"])

    def _replace(self, seq: int, version: str, xml: bytes, progress: Progress, current_ref: str, at: datetime) -> None:
        self._db.run("UPDATE instance_xml SET draft = ? WHERE instance_seq = ?", (xml, seq))
        self._db.run(
            "UPDATE instances SET form_version = ?, current_ref = ?, answered = ?, asked = ?, invalid = ?,"
            " changed_at = ? WHERE seq = ?",
            (version, current_ref, progress.answered, progress.asked, progress.invalid, to_text(at), seq),
        )

    def _log(self, seq: int, entries: Sequence[AnswerEntry]) -> None:
        self._db.run_many(
            "INSERT INTO answer_log (instance_seq, ref, old, new, at) VALUES (?, ?, ?, ?, ?)",
            [(seq, entry.ref, entry.old, entry.new, to_text(entry.at)) for entry in entries],
        )
