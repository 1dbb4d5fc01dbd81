# SPDX-License-Identifier: EUPL-1.2
"""The diagnostics that lie in a store, read from their records and set beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit import readable
from fieldkit.comparison import TerritoryScores, latest, territory_scores
from fieldkit.diagnostic import FORM_ID, Diagnostic, read_xml
from fieldkit.instance import Instance, State

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Store


@dataclass(frozen=True, slots=True)
class Collected:
    """A diagnostic and the record that it was read from; `received`: one of others, that the region gave."""

    instance: Instance
    diagnostic: Diagnostic
    received: bool = False


class DiagnosticShelf:
    """Reads diagnostics from the store, and each version of a record only once.

    The XML of a record is read again when its `changed_at` moved; unchanged records cost two queries in all.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, tuple[datetime, State, Diagnostic]] = {}

    def all(self, communes: Iterable[str] = ()) -> tuple[Collected, ...]:
        """Return the diagnostics with at least one axis scored, last changed first; of `communes` (NIS) if given.

        After those of this workspace, those of others that were received; a record that is both counts once, as own.
        """
        inside = set(communes)
        own = ((one, None) for one in self._store.instances.search(form_id=FORM_ID, limit=10_000))
        others = ((one.as_instance(), one) for one in reversed(self._store.received.of_others(FORM_ID)))
        found = []
        for instance, received in (*own, *others):
            if inside and instance.commune_nis not in inside:
                continue
            diagnostic = self._diagnostic(instance, received)
            if any(axis.score is not None for axis in diagnostic.axes):
                found.append(Collected(instance, diagnostic, received is not None))
        return tuple(found)

    def one(self, instance_id: str) -> Collected:
        """Return one diagnostic, whatever it holds so far; the store's error if there is no such record."""
        found = readable.find(self._store, instance_id)
        return Collected(found.instance, self._diagnostic(found.instance, found.received), found.received is not None)

    def _diagnostic(self, instance: Instance, received: ReceivedRecord | None) -> Diagnostic:
        known = self._read.get(instance.instance_id)
        if known is not None and known[:2] == (instance.changed_at, instance.state):
            return known[2]
        xml = readable.xml_of(self._store, instance) if received is None else self._store.received.xml(received)
        diagnostic = read_xml(xml)
        self._read[instance.instance_id] = (instance.changed_at, instance.state, diagnostic)
        return diagnostic


def mean_beside(mine: Diagnostic, others: Sequence[Collected]) -> TerritoryScores | None:
    """Return the territory's scores to compare `mine` with; None while `mine` is the only place diagnosed."""
    diagnostics = [one.diagnostic for one in others]
    places = {(one.commune_nis, one.village) for one in latest(diagnostics)}
    if not places - {(mine.commune_nis, mine.village)}:
        return None
    return territory_scores(diagnostics)
