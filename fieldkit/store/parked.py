# SPDX-License-Identifier: EUPL-1.2
"""What becomes of refused records: set aside and taken up again, what builds on them, what they were sent as.

Nothing here deletes: a record that is set aside keeps its bytes and files, and the facts of how it stood before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import Instance, State, check_transition, read_state
from fieldkit.store.connection import Connection
from fieldkit.store.entities import Entities
from fieldkit.store.facts import Facts
from fieldkit.store.instance_rows import COLUMNS, read_instance
from fieldkit.store.times import from_text_or_none, now, to_text

if TYPE_CHECKING:
    from forms.views import EntityChange

# Finished records that build on another one, directly or not: edits of it, and changes of the entities that it makes
# or changes. `held` remembers the latter of a record that is a draft again (`hold`).
_FOLLOWERS = """
WITH RECURSIVE chain (seq, instance_id) AS (
  SELECT seq, instance_id FROM instances WHERE instance_id = ?1
  UNION
  SELECT i.seq, i.instance_id FROM chain c JOIN instances i ON i.deprecated_id = c.instance_id
    OR EXISTS (SELECT 1 FROM facts f WHERE f.key = 'builds-on.' || i.instance_id AND f.value = c.instance_id)
    OR EXISTS (SELECT 1 FROM entity_changes base JOIN entity_changes more ON more.origin = base.origin
      AND more.list = base.list AND more.entity_id = base.entity_id AND more.version > base.version
      WHERE base.instance_seq = c.seq AND more.instance_seq = i.seq)
  WHERE i.state = 'finalized' AND i.deleted_at IS NULL
)
"""


class Parked:
    """Refused records, by their instanceID."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._entities = Entities(connection)
        self._facts = Facts(connection)

    def set_aside(self, instance_id: str) -> None:
        """Keep a record that was refused, or that waits and has never been tried, to be read and never sent.

        What it does to entity lists is taken back. WrongStateError for any other; a second call changes nothing.
        """
        with self._db.write():
            row = self._row(instance_id)
            state = read_state(row["state"], row["reason"])
            if state is State.SET_ASIDE:
                return
            if state not in {State.REJECTED, State.FINALIZED} or (state is State.FINALIZED and row["attempted"]):
                raise WrongStateError(instance_id, str(state), "set aside")
            check_transition(instance_id, state, State.SET_ASIDE)
            self._facts.put(_before(instance_id), json.dumps([str(state), row["reason"]]))
            self._entities.take_back(row["seq"])
            self._set(row["seq"], State.REJECTED, State.SET_ASIDE)

    def take_up(self, instance_id: str, entities: Sequence[EntityChange] = ()) -> None:
        """Bring it back as it was; `entities` is what it does to lists, once more. WrongStateError."""
        with self._db.write():
            row = self._row(instance_id)
            state = read_state(row["state"], row["reason"])
            if state is not State.SET_ASIDE:
                raise WrongStateError(instance_id, str(state), "take up")
            was, reason = json.loads(self._facts.get(_before(instance_id)) or '["rejected", "refused"]')
            check_transition(instance_id, state, State(was))
            self._facts.put(_before(instance_id), "")
            self._facts.put(_corrected(instance_id), "")
            self._set(row["seq"], State(was), reason)
            if not row["deprecated_id"]:
                self._entities.record(row["seq"], entities)

    def begin_anew(self, instance_id: str, made: str) -> None:
        """Note that the record `made` was begun from this one."""
        with self._db.write():
            self._facts.put(_corrected(instance_id), made)
            self._facts.put(f"begun-from.{made}", instance_id)

    def begun_from(self, instance_id: str) -> str:
        """Return the record that this one was begun from, "" if from none (or by an earlier version)."""
        return self._facts.get(f"begun-from.{instance_id}")

    def corrected_by(self, instance_id: str) -> str:
        """Return the record that was begun from this one, "" if none was or it is gone; it may be in the bin."""
        row = self._db.row(
            "SELECT i.instance_id FROM facts f JOIN instances i ON i.instance_id = f.value WHERE f.key = ?",
            (_corrected(instance_id),),
        )
        return str(row["instance_id"]) if row is not None else ""

    def note_carried(self, instance_ids: Sequence[str], at: datetime) -> None:
        """Note that records left in a dossier, by hand or by mail."""
        with self._db.write():
            for instance_id in instance_ids:
                self._facts.put(f"carried.{instance_id}", to_text(at))

    def carried_at(self, instance_id: str) -> datetime | None:
        """Return when a record last left in a dossier, None if it never did."""
        return from_text_or_none(self._facts.get(f"carried.{instance_id}") or None)

    def successor(self, instance_id: str) -> str:
        """Return what goes in the place of a record: a new one that was begun from it when it was refused, or itself.

        Not an edit of it, which waits for it, and not what lies in the bin.
        """
        row = self._db.row(
            "SELECT n.instance_id FROM instances i JOIN facts f ON f.key = 'corrected.' || i.instance_id"
            " JOIN instances n ON n.instance_id = f.value WHERE i.instance_id = ? AND i.state = 'rejected'"
            " AND n.deprecated_id <> i.instance_id AND n.deleted_at IS NULL",
            (instance_id,),
        )
        return str(row["instance_id"]) if row is not None else instance_id

    def followers(self, instance_id: str) -> list[Instance]:
        """Return the finished records that wait for this one to be delivered, in the order of the outbox."""
        rows = self._db.rows(
            f"{_FOLLOWERS} SELECT {COLUMNS} FROM instances WHERE state = 'finalized' AND instance_id <> ?1"  # noqa: S608
            " AND seq IN (SELECT seq FROM chain) ORDER BY outbox_order",
            (instance_id,),
        )
        return [read_instance(row) for row in rows]

    def hold(self, instance_id: str) -> None:
        """Remember that its followers wait for it, before it becomes a draft again and its changes of lists go."""
        waiting = self.followers(instance_id)
        with self._db.write():
            for one in waiting:
                if not one.deprecated_id:
                    self._facts.put(f"builds-on.{one.instance_id}", instance_id)

    def held_by(self, instance_id: str) -> str:
        """Return the record that `hold` was told of for this one, "" if there is none that is still to go."""
        row = self._db.row(
            "SELECT i.instance_id FROM facts f JOIN instances i ON i.instance_id = f.value"
            " WHERE f.key = 'builds-on.' || ? AND i.state IN ('draft', 'finalized', 'rejected')"
            " AND i.deleted_at IS NULL",
            (instance_id,),
        )
        return str(row["instance_id"]) if row is not None else ""

    def _row(self, instance_id: str) -> sqlite3.Row:
        row = self._db.row(
            "SELECT seq, state, reason, attempted, deprecated_id FROM instances WHERE instance_id = ?", (instance_id,)
        )
        if row is None:
            raise NotFoundError("instance", instance_id)
        return row

    def _set(self, seq: int, state: State, reason: str) -> None:
        self._db.run(
            "UPDATE instances SET state = ?, reason = ?, changed_at = ? WHERE seq = ?",
            (str(state), str(reason), to_text(now()), seq),
        )


def _before(instance_id: str) -> str:
    return f"set-aside.{instance_id}"


def _corrected(instance_id: str) -> str:
    return f"corrected.{instance_id}"
