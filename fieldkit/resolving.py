# SPDX-License-Identifier: EUPL-1.2
"""A refused record that the region has otherwise: what differs, and the ways on that the user has (contract, 2.3, 2.4).

Somebody else corrected the same version meanwhile, or something else is under the same number. An app user can read
nothing back, so what can be shown is what was last delivered from here. Every way keeps the refused bytes: they are set
aside, or stay where they are until what replaces them is finished.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from fieldkit import standing
from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance, State

if TYPE_CHECKING:
    from fieldkit.dossier.merge import Conflict
    from fieldkit.store import Store
    from forms import FormDef, FormSession

    # A session on the answers of a record: (form, xml, deprecatedID).
    Opened = Callable[[FormDef, bytes, str], FormSession]

# Codes of sync.errors.Reason: the region has another record, or another version, in the place of this one.
OUT_OF_DATE = "out-of-date"
CONFLICTS = frozenset({OUT_OF_DATE, "different-xml", "id-reused"})
# An edit that was refused for these can never follow its base: it would be refused again.
DEAD_BASES = frozenset({OUT_OF_DATE, "base-unknown"})
DELIVERED = frozenset({State.SUBMITTED, State.RETURNED})
_LONGEST = 1000  # versions of one record: a circle that somebody made by hand ends, too

_IDENTITY = re.compile(rb"(<(?:[\w.-]+:)?(?:instanceID|deprecatedID)(?:\s[^<>]*)?>)[^<]*(</)")
_ENTITY = re.compile(rb"<(?:[\w.-]+:)?entity\s[^<>]*>")
_ENTITY_ID = re.compile(rb"(\sid=[\"'])[^\"']*")


def is_conflict(instance: Instance) -> bool:
    """Tell whether the region has something else in the place of a record."""
    return instance.state is State.REJECTED and instance.reason in CONFLICTS


def tip_of(store: Store, instance_id: str) -> str:
    """Return the last version of a record: itself, or a finished edit that waits for it."""
    return [instance_id, *edits_of(store, instance_id)][-1]


def last_delivered(store: Store, instance_id: str) -> str:
    """Return the version that was delivered from here before this one, "" if none was."""
    for earlier in _chain(store, instance_id)[1:]:
        if store.instances.get(earlier).state in DELIVERED:
            return earlier
    return ""


def named_newer(store: Store, instance_id: str) -> str:
    """Return the version that the region's list of dossiers names for this record and that was not made here.

    The list names the record by `instance_id`, a property of the entity that its first version makes; "" if it names
    none, or one of here: an app user learns of other versions by nothing else. A list speaks of its account's records.
    """
    chain, whose = _chain(store, instance_id), store.instances.get(instance_id).account_id
    for account in store.accounts.all():
        if whose not in {"", account.account_id}:
            continue
        for entity_id, row in store.entities.server_rows(account.account_id, standing.LIST).items():
            named = row.properties.get(standing.INSTANCE, "").strip()
            if not named or store.dossiers.maker_of(standing.LIST, entity_id) not in chain:
                continue
            full = named if named.startswith("uuid:") else f"uuid:{named}"
            if full not in chain and named not in chain and not _is_here(store, full):
                return full
    return ""


def differences(store: Store, instance_id: str, other_id: str, form: FormDef) -> tuple[Conflict, ...]:
    """Return what a record answers otherwise than an earlier version: `mine` and `theirs`, in the form's order."""
    from fieldkit.dossier import history, merge
    from fieldkit.dossier.answers import read_answers

    found, seen = [], history.History()
    for one in (other_id, instance_id):  # in the order of time: entries of lists are recognised by their content
        files = {file.name: file.sha256 for file in store.instances.attachments(one)}
        answers = read_answers(form, store.instances.frozen_xml(one), files)
        seen = history.commit(seen, answers, one)
        found.append(merge.Copy(answers, seen))
    return merge.differences(found[1], found[0])


def keep_region(store: Store, instance_id: str) -> tuple[str, ...]:
    """Set a record aside, with the edits that wait for it; return their numbers, for `take_up`. Nothing is sent."""
    aside = (*reversed(edits_of(store, instance_id)), instance_id)
    for one in aside:
        store.parked.set_aside(one)
    return aside


def take_up(store: Store, instance_id: str, form: FormDef) -> None:
    """Bring back a record that was set aside: it stands where it stood, what it does to lists counts again."""
    from forms import entity_changes

    store.parked.take_up(instance_id, entity_changes(form, store.instances.frozen_xml(instance_id)))


def begin_copy(store: Store, instance_id: str, base: str, form: FormDef, opened: Opened) -> str:
    """Begin a draft with the answers and files of a finished record; return its number.

    `base` is the version that it replaces, "" for a new record. It is remembered what it was begun from. An entity that
    the region has already from an earlier version is made once more, as another one.
    """
    instances = store.instances
    instance = instances.get(instance_id)
    # Without its identity the engine gives it a new one; the deprecatedID that an earlier correction left goes too.
    xml = _IDENTITY.sub(rb"\1\2", instances.frozen_xml(instance_id))
    there = is_conflict(instance) or bool(last_delivered(store, instance_id))
    if not base and there and not store.parked.followers(instance_id):
        xml = _ENTITY.sub(_renamed, xml)
    session = opened(form, xml, base)
    # To the same account, also one that offers the form no longer or has left: another has not asked for it, unless
    # the user says so.
    row = drafted(
        session,
        source_id=instance.source_id,
        commune_nis=instance.commune_nis,
        deprecated_id=base,
        account_id=instance.account_id,
    )
    instances.create(row, session.draft_xml())
    for file in instances.attachments(instance_id):
        instances.put_attachment(row.instance_id, file.name, instances.attachment(instance_id, file.name))
    store.parked.begin_anew(instance_id, row.instance_id)
    return row.instance_id


def send_copy(store: Store, instance_id: str, base: str, form: FormDef, opened: Opened, at: datetime) -> str:
    """Finish a copy of the last version at once and set aside what it stands for; return the number of the new record.

    `base` as for `begin_copy`. NotValidError if the form does not let it pass any more: then the copy is a draft.
    """
    made = begin_copy(store, tip_of(store, instance_id), base, form, opened)
    store.parked.begin_anew(instance_id, made)  # before it is finished: killed in between, nobody sends it twice
    # An audit log goes along as it is: how the answers came about is told by the first record's, not by a copy's.
    store.instances.finalize(made, opened(form, store.instances.draft_xml(made), base).finalize(), at)
    keep_region(store, instance_id)
    return made


def drafted(
    session: FormSession, *, source_id: str = "", commune_nis: str = "", deprecated_id: str = "", account_id: str = ""
) -> Instance:
    """Return the row of a new draft."""
    now = datetime.now(UTC)
    progress = session.progress()
    return Instance(
        session.instance_id,
        session.form.form_id,
        session.form.version,
        State.DRAFT,
        session.instance_name or session.form.title,
        now,
        now,
        commune_nis=commune_nis,
        answered=progress.answered,
        asked=progress.asked,
        invalid=progress.invalid,
        deprecated_id=deprecated_id,
        source_id=source_id,
        account_id=account_id,
    )


def edits_of(store: Store, instance_id: str) -> list[str]:
    """Return the edits that wait for a record, one upon the other, the first first."""
    waiting = {one.deprecated_id: one.instance_id for one in store.parked.followers(instance_id) if one.deprecated_id}
    found: list[str] = []
    while instance_id in waiting and len(found) < _LONGEST:
        instance_id = waiting[instance_id]
        found.append(instance_id)
    return found


def _chain(store: Store, instance_id: str) -> list[str]:
    """Return a version and those before it that are here, the newest first."""
    found: list[str] = []
    while instance_id and instance_id not in found and len(found) < _LONGEST and _is_here(store, instance_id):
        found.append(instance_id)
        instance_id = store.instances.get(instance_id).deprecated_id
    return found


def _is_here(store: Store, instance_id: str) -> bool:
    try:
        store.instances.get(instance_id)
    except NotFoundError:
        return False
    return True


def _renamed(entity: re.Match[bytes]) -> bytes:
    """Give the entity of a new record another id, if it only makes one."""
    tag = entity[0]
    if b" create=" not in tag or b" update=" in tag:
        return tag
    return _ENTITY_ID.sub(lambda found: found[1] + str(uuid4()).encode(), tag)
