# SPDX-License-Identifier: EUPL-1.2
"""What staff decide on a record: a review state, a comment, and the word of it that reaches who sent it.

Contract, section 2.6: the sender can read neither state nor comment; what reaches them is the entity that their record
made in the list of dossiers. Every step may be done again: the state is set, not counted; a comment that stands there
already is not said twice; the entity is changed on the version that was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit import standing
from fieldkit.received import REVIEW_STATES
from sync.errors import MayNotReview, NoRight, OtherProject, ReviewedMeanwhile
from sync.safe_xml import local_name, parse_xml

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Store
    from sync.staff.client import Comment, StaffClient

MOST_DOSSIERS = 20  # a record makes one, by the contract; more are told as well, a flood is not


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was done. `told`: how many dossiers now say so; `untold`: of how many dossiers the word did not arrive.

    Both 0: the form makes no dossier, or its list has none yet, so nothing reaches who sent it.
    """

    told: int = 0
    untold: int = 0


def review(store: Store, client: StaffClient, record: ReceivedRecord, state: str, comment: str = "") -> Reviewed:
    """Decide on a record as it was pulled; ValueError for a state that is none ("" takes the decision back).

    ReviewedMeanwhile if somebody else decided, or it was corrected, since: what is known here is brought up to date, so
    that who looked may decide anew. MayNotReview if the web user may only read; OtherProject if it is not of there.
    """
    if state not in {"", *REVIEW_STATES}:
        raise ValueError(state)
    _check_project(client, record)
    comment = comment.strip()
    now = client.review_of(record.form_id, record.root_id)
    corrected = bool(record.kept_at and now.instance_id and now.instance_id != record.instance_id)
    if corrected or now.state not in {record.review_state, state}:
        store.received.set_review(record, now.state, datetime.now(UTC))
        said = client.comments(record.form_id, record.root_id)
        raise ReviewedMeanwhile(now.state, said[-1].body if said else "", corrected=corrected)
    xml = store.received.xml(record) if record.kept_at else b""
    done = decide(client, record.form_id, record.root_id, xml, state, comment, now=now.state)
    store.received.set_review(record, state, datetime.now(UTC))
    return done


def comments_on(client: StaffClient, record: ReceivedRecord) -> tuple[Comment, ...]:
    """Return what was said of a received record, the oldest first; OtherProject if it is not of the client's."""
    _check_project(client, record)
    return client.comments(record.form_id, record.root_id)


def _check_project(client: StaffClient, record: ReceivedRecord) -> None:
    """Refuse the record of another project: a copy of one has others under the same numbers."""
    if record.origin != client.path(""):
        raise OtherProject(record.origin)


def decide(
    client: StaffClient, form_id: str, root_id: str, xml: bytes, state: str, comment: str, *, now: str = "",
    status: str = "",
) -> Reviewed:  # fmt: skip
    """Set the state, say the comment, and tell who sent the record, whose XML is `xml` (b"": not known).

    `now` is the state that stands there; `status` the region's own word for its list, else that of `standing`.
    """
    if now != state:
        client.set_review(form_id, root_id, state)
    if comment and not (now == state and _is_said(client, form_id, root_id, comment)):
        client.add_comment(form_id, root_id, comment)
    return _tell(client, root_id, dossiers_in(xml), status or standing.STATUS_WORDS[state], comment)


def dossiers_of(store: Store, record: ReceivedRecord) -> tuple[str, ...]:
    """Return the entities of the list of dossiers that a received record makes."""
    return dossiers_in(store.received.xml(record)) if record.kept_at is not None else ()


def dossiers_in(xml: bytes) -> tuple[str, ...]:
    """Return the entities of the list of dossiers that a record makes, as its own XML names them."""
    found = [
        (one.get("id") or "").strip().removeprefix("uuid:")
        for one in (parse_xml(xml).iter() if xml else ())
        if local_name(one) == "entity" and (one.get("dataset") or "").strip() == standing.LIST
    ]
    return tuple(dict.fromkeys(one for one in found if one))[:MOST_DOSSIERS]


def _is_said(client: StaffClient, form_id: str, root_id: str, comment: str) -> bool:
    """Tell whether the last word on the record is this very comment: what was sent before did arrive."""
    said = client.comments(form_id, root_id)
    return bool(said) and said[-1].body.strip() == comment


def _tell(client: StaffClient, root_id: str, dossiers: tuple[str, ...], status: str, comment: str) -> Reviewed:
    told = untold = 0
    for entity_id in dossiers:
        try:
            said = _tell_one(client, entity_id, status, comment)
        except (NoRight, MayNotReview):  # may decide on records, not write the list
            said = False
        if said is not None:
            told, untold = told + said, untold + (not said)
    if dossiers and not (told or untold) and (named := client.dossier_of(root_id)):
        # A correction names an entity of its own, that no server makes: the list knows the record that made its row.
        return _tell(client, "", (named,), status, comment)
    return Reviewed(told, untold)


def _tell_one(client: StaffClient, entity_id: str, status: str, comment: str) -> bool | None:
    """Write a dossier, once more if something else in it changed meanwhile; None if the server has none yet.

    False if another word was written to it meanwhile: that word stays.
    """
    before = client.dossier(entity_id)
    if before is None:
        return None
    if client.tell_dossier(entity_id, before.version, status, comment):
        return True
    now = client.dossier(entity_id)
    if now is None or (now.status, now.comment) != (before.status, before.comment):
        return False
    return client.tell_dossier(entity_id, now.version, status, comment)
