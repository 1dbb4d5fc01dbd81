# SPDX-License-Identifier: EUPL-1.2
"""Whose a record is: the account that it goes to, and until when somebody may choose another one.

A record that was tried may be with its server, so it goes nowhere else ever after. The same holds for a correction of
such a record, and for a finished one that updates entities: its frozen bytes name the versions of that account's list.
What makes the entity stays with those that update it.
"""

from __future__ import annotations

from fieldkit.errors import WrongStateError
from fieldkit.instance import Instance, State
from fieldkit.store.blank_forms import BlankForms
from fieldkit.store.connection import Connection
from fieldkit.store.entities import Entities
from fieldkit.store.instances import Instances
from fieldkit.store.parked import Parked


class Owners:
    """The accounts of records. "" stands for nobody yet: the default account, when the record is first tried."""

    def __init__(self, connection: Connection, instances: Instances, blank_forms: BlankForms) -> None:
        self._db = connection
        self._instances = instances
        self._forms = blank_forms
        self._parked = Parked(connection)

    def of_new(self, form_id: str, version: str, preferred: str) -> str:
        """Return the account of a new record: `preferred` if it offers the form, else one that does, "" if none."""
        offering = self._offering(form_id, version)
        return preferred if preferred in offering else next(iter(offering), "")

    def choices(self, instance: Instance) -> tuple[str, ...]:
        """Return the accounts that a record may go to, its own first; one or none where there is nothing to choose."""
        own = (instance.account_id,) if instance.account_id else ()
        if not self._is_open(instance):
            return own
        others = self._offering(instance.form_id, instance.form_version)
        return (*own, *(origin for origin in others if origin not in own))

    def choose(self, instance_id: str, account_id: str) -> None:
        """Let a record go to another account. WrongStateError once that is decided for good, or if it is no choice."""
        with self._db.write():
            instance = self._instances.get(instance_id)
            if account_id != instance.account_id and account_id not in self.choices(instance):
                raise WrongStateError(instance_id, instance.state, "send elsewhere")
            self._db.run("UPDATE instances SET account_id = ? WHERE instance_id = ?", (account_id, instance_id))
            seq = self._db.number("SELECT seq FROM instances WHERE instance_id = ?", (instance_id,))
            Entities(self._db).move(seq, account_id)

    def waiting(self) -> dict[str, int]:
        """Return how many records of each account wait to be sent; "" for those that are nobody's yet."""
        rows = self._db.rows(
            "SELECT account_id, count(*) FROM instances WHERE state = 'finalized' AND deleted_at IS NULL"
            " GROUP BY account_id"
        )
        return {row[0]: int(row[1]) for row in rows}

    def _offering(self, form_id: str, version: str) -> list[str]:
        form = self._forms.find(form_id, version)
        here = {row[0] for row in self._db.rows("SELECT account_id FROM accounts")}
        return [origin for origin in (form.offers if form else ()) if origin in here]

    def _is_open(self, instance: Instance) -> bool:
        if instance.attempted or instance.deprecated_id or instance.state not in {State.DRAFT, State.FINALIZED}:
            return False
        updates = (
            "SELECT count(*) FROM entity_changes c JOIN instances i ON i.seq = c.instance_seq"
            " WHERE i.instance_id = ? AND c.created = 0"
        )
        if self._db.number(updates, (instance.instance_id,)):
            return False
        return not self._parked.followers(instance.instance_id)  # they would go where the entity is not made
