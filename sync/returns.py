# SPDX-License-Identifier: EUPL-1.2
"""The way back: what the region's list of dossiers says of what was sent from here (contract, 2.6, 3, F37).

An app user can read nothing of what it submitted; a list of its own dossiers is the receipt and the channel for
corrections. A row names its record by `instance_id`, or is an entity that a record here makes. Everything may be done
again at any time: a row that has had its effect has it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fieldkit import standing
from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance, State
from fieldkit.standing import Standing, standing_of
from sync.errors import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fieldkit.store import Store
    from fieldkit.store.dossiers import Dossier
    from fieldkit.store.entity_rows import Row

TOGETHER = 200  # rows that go to the disk at once: whoever saves a draft meanwhile waits for no more
LONGEST = 10_000  # characters of a comment: what a window can show
# Refused, and yet perhaps there: the receipt proves that it is (contract, F26). Not DIFFERENT_XML and its kin: there
# the region has something else under that number.
MAY_BE_THERE = frozenset({Reason.CLOSED_MAYBE_RECEIVED, Reason.SERVER_FAILS_ON_IT})


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the region's list as it stands; `instance_id` is its newest version that was sent here, "" if none."""

    entity_id: str
    label: str
    status: str
    comment: str
    instance_id: str


@dataclass(slots=True)
class DossierReport:
    """Instance ids: what is confirmed now, what is to be corrected, and what no longer is."""

    confirmed: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)


def heed_dossiers(store: Store, origin: str, server_at: datetime | None) -> DossierReport:
    """Do to the records what the list of dossiers says, as the account `origin` got it last.

    `server_at` is the server's clock when it was last heard: the other clock of the receipts. Records of other accounts
    are none of this list's business.
    """
    report = DossierReport()
    at = datetime.now(UTC)
    corrections = store.dossiers.corrections()
    rows = list(store.entities.server_rows(origin, standing.LIST).items())
    for start in range(0, len(rows), TOGETHER):
        with store.dossiers.together():
            for entity_id, row in rows[start : start + TOGETHER]:
                instance = _record_of(store, entity_id, row)
                ours = instance is not None and instance.account_id in {"", origin}
                if ours and instance is not None and instance.state is not State.DRAFT:
                    known = _keep(store, instance, entity_id, row, report, at=at, server_at=server_at)
                    _heed(store, instance, row, known, report, corrections)
    store.facts.set(_fact(origin), at.isoformat())
    return report


def unconfirmed(store: Store, origin: str, days: int) -> tuple[str, ...]:
    """Return the account's records whose dossier is not in its list `days` days after they were sent, the oldest first.

    The days count up to when the list was last seen: who was offline is told nothing that is not known.
    """
    seen = store.facts.get(_fact(origin))
    if not seen:
        return ()
    return store.dossiers.unconfirmed(standing.LIST, origin, datetime.fromisoformat(seen) - timedelta(days=days))


def listed(store: Store, origin: str) -> tuple[Listed, ...]:
    """Return the dossiers of an account as the region gave them last, the newest first; those sent elsewhere too."""
    found, corrections = [], store.dossiers.corrections()
    for entity_id, row in store.entities.server_rows(origin, standing.LIST).items():
        instance = _record_of(store, entity_id, row)
        if instance is not None and instance.account_id not in {"", origin}:
            instance = None
        sent = store.dossiers.last_delivered(instance.instance_id, corrections) if instance else ""
        here = sent or instance.instance_id if instance else ""
        found.append(Listed(entity_id, row.label, _status(row), _comment(row), here))
    return tuple(reversed(found))


def _record_of(store: Store, entity_id: str, row: Row) -> Instance | None:
    """Return the record here that a row is about."""
    named = row.properties.get(standing.INSTANCE, "").strip()
    made = store.dossiers.maker_of(standing.LIST, entity_id)
    for instance_id in (named, f"uuid:{named}", made):
        try:
            return store.instances.get(instance_id)
        except NotFoundError:
            continue
    return None


def _keep(
    store: Store, instance: Instance, entity_id: str, row: Row, report: DossierReport, *, at: datetime,
    server_at: datetime | None,
) -> Dossier:  # fmt: skip
    """Keep what a row says; the first one is the receipt."""
    known, first = store.dossiers.keep(
        instance.instance_id, entity_id, row.version, _status(row), _comment(row), at=at, server_at=server_at
    )
    if first:
        report.confirmed.append(instance.instance_id)
    if instance.state is State.REJECTED and instance.reason in MAY_BE_THERE:
        store.instances.mark_submitted(instance.instance_id, at)
    return known


def _heed(
    store: Store, instance: Instance, row: Row, known: Dossier, report: DossierReport,
    corrections: Mapping[str, Sequence[str]],
) -> None:  # fmt: skip
    """Let a state of the row have its effect once."""
    status, comment = _status(row), _comment(row)
    # A version tells every change; a list that has none can only be told apart by its words.
    state = str(row.version) if row.version else f"{status}\n{comment}"
    if known.heeded == state:
        return
    newest = store.dossiers.last_delivered(instance.instance_id, corrections)
    if newest:  # else there is nothing to correct yet: asked again when it is delivered
        _apply(store, store.instances.get(newest), standing_of(status), comment, report)
        store.dossiers.heed(instance.instance_id, state)


def _apply(store: Store, newest: Instance, standing: Standing, comment: str, report: DossierReport) -> None:
    """Return the newest version that the region has, or clear it; a correction that is under way stays what it is."""
    returned = newest.state is State.RETURNED
    if standing is Standing.TO_CORRECT:
        if not returned or comment != newest.reason_text:
            store.instances.mark_returned(newest.instance_id, comment)
        if not returned:
            report.returned.append(newest.instance_id)
    elif returned and standing is not Standing.UNKNOWN:
        store.instances.mark_cleared(newest.instance_id)
        report.cleared.append(newest.instance_id)


def _status(row: Row) -> str:
    return row.properties.get(standing.STATUS, "").strip()


def _comment(row: Row) -> str:
    return row.properties.get(standing.COMMENT, "").strip()[:LONGEST]


def _fact(origin: str) -> str:
    return f"returns.{origin}.at"
