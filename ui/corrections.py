# SPDX-License-Identifier: EUPL-1.2
"""Correcting what is finished: the same record while nothing of it has left, afterwards a new one with its answers.

Which version the new one replaces is for `sync.corrections` to tell: naming one that the region never took would be
refused for ever. A fact `corrected.<id>` remembers the record that was begun, so that it is begun once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldkit.instance import State

if TYPE_CHECKING:
    from fieldkit.instance import Instance
    from fieldkit.store import Store
    from ui.kit import Kit

_IDENTITY = re.compile(rb"(<(?:[\w.-]+:)?(?:instanceID|deprecatedID)(?:\s[^<>]*)?>)[^<]*(</)")


def correct(kit: Kit, instance_id: str) -> str:
    """Return the id of the record in which a finished one can be changed; see `Kit.correct`."""
    instances = kit.store.instances
    instance = instances.get(instance_id)
    if instance.state is State.DRAFT:
        return instance_id
    if not instance.attempted and instance.state in {State.FINALIZED, State.REJECTED}:
        instances.reopen(instance_id)
        kit.records_changed.emit()
        return instance_id
    held = kit.store.facts.get(_fact(instance_id))
    if held:
        if held in {one.instance_id for one in instances.bin()}:
            instances.restore(held)
            kit.records_changed.emit()
        return held
    return _begin(kit, instance)


def _begin(kit: Kit, instance: Instance) -> str:
    from sync.corrections import base_of

    instances = kit.store.instances
    base = base_of(kit.store, instance.instance_id)
    # Without its identity the engine gives it a new one; the deprecatedID that an earlier correction left goes too.
    xml = _IDENTITY.sub(rb"\1\2", instances.frozen_xml(instance.instance_id))
    session = kit.session_of(kit.form(instance.form_id, instance.form_version), xml, deprecated_id=base)
    made = kit.create(
        session, source_id=instance.source_id, commune_nis=instance.commune_nis, deprecated_id=base, tell=False
    )
    for file in instances.attachments(instance.instance_id):
        instances.put_attachment(made, file.name, instances.attachment(instance.instance_id, file.name))
    kit.store.facts.set(_fact(instance.instance_id), made)
    kit.records_changed.emit()
    return made


def uncorrected(store: Store) -> list[Instance]:
    """Return the records that the region returned or refused and that nobody has begun to correct."""
    found = store.instances.search(states=(State.RETURNED, State.REJECTED), limit=1000)
    if not found:
        return []
    binned = {one.instance_id for one in store.instances.bin()}
    return [one for one in found if store.facts.get(_fact(one.instance_id), "") in {"", *binned}]


def _fact(instance_id: str) -> str:
    return f"corrected.{instance_id}"
