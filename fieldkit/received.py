# SPDX-License-Identifier: EUPL-1.2
"""Records of others, as the region gave them to its staff: read-only here, and never sent.

They are apart from the instances of this workspace. A record is known by its root instanceID: that of its first
version, whatever was corrected since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit.instance import Instance, State

if TYPE_CHECKING:
    from fieldkit.settings import Settings

# The review states of the regional API (contract, section 2.6); "" is: not looked at yet.
REVIEW_STATES = ("hasIssues", "edited", "approved", "rejected")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the region's list tells of a record, without its answers. Times are aware UTC.

    `edits` counts the corrections so far; `commune_nis` is "" if the list does not tell; `encrypted`: nobody can read
    the answers here.
    """

    root_id: str
    form_version: str
    submitted_at: datetime
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    submitter: str = ""
    edits: int = 0
    review_state: str = ""
    encrypted: bool = False
    commune_nis: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a record: the exact bytes that the region holds, and what is read from them.

    `edits` is that of the list when they were asked for: another number later means that they are no longer current.
    """

    xml: bytes
    instance_id: str
    form_version: str
    name: str
    commune_nis: str
    edits: int


@dataclass(frozen=True, slots=True)
class ReceivedRecord:
    """A record as it is kept here. `instance_id` is that of the version whose answers are here, `root_id` without.

    `kept_at`: when the answers came, None if they are not here; `current`: they are those of the last correction.
    `own`: an instance of this workspace is the same record. `deleted_at`: the region deleted it; it stays here until
    the user forgets it.
    """

    seq: int
    origin: str
    form_id: str
    form_title: str
    root_id: str
    instance_id: str
    form_version: str
    name: str
    commune_nis: str
    submitter: str
    submitted_at: datetime
    updated_at: datetime | None
    deleted_at: datetime | None
    edits: int
    review_state: str
    encrypted: bool
    kept_at: datetime | None
    current: bool
    size: int
    own: bool

    def as_instance(self) -> Instance:
        """Return the same as an instance, for what prints, tables and computes; it is in no store of instances.

        Its id is the root's; it last changed when its answers came.
        """
        return Instance(
            self.root_id,
            self.form_id,
            self.form_version,
            State.SUBMITTED,
            self.name,
            self.submitted_at,
            self.kept_at or self.submitted_at,
            commune_nis=self.commune_nis,
            finalized_at=self.submitted_at,
            submitted_at=self.submitted_at,
            size=self.size,
            sent_to=self.origin,
        )


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """How far a form was pulled. `mark` is the server's time up to which all is known, "" for never.

    `etag` is that of the list from `mark` on, "" if it told something new; `pulled_at` when the whole form was last
    brought up to date, None if never. `listed`: the region still offers it.
    """

    origin: str
    form_id: str
    title: str
    mark: str
    etag: str
    pulled_at: datetime | None
    listed: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """Root ids by what a page of the list said that was not known: new, changed (corrected or reviewed), deleted."""

    new: Sequence[str] = ()
    changed: Sequence[str] = ()
    deleted: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether anything was news."""
        return bool(self.new or self.changed or self.deleted)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which received records are shown: words, form, communes (NIS; empty for all), review states ("" is unseen).

    `deleted`: those that the region deleted, and no others.
    """

    text: str = ""
    form_id: str = ""
    communes: frozenset[str] = frozenset()
    review_states: frozenset[str] = frozenset()
    deleted: bool = False


def wanted_communes(settings: Settings) -> frozenset[str]:
    """Return the communes (NIS) whose records are received and shown first: of the territory; none means all."""
    from fieldkit.settings import RECEIVED_SCOPE, TERRITORY_ID, TERRITORY_KIND
    from fieldkit.territory import chosen_place

    if settings.get(RECEIVED_SCOPE) == "all":
        return frozenset()
    place = chosen_place(settings.get(TERRITORY_KIND), settings.get(TERRITORY_ID))
    return frozenset(place.communes) if place else frozenset()
