# SPDX-License-Identifier: EUPL-1.2
"""Correcting what is finished: the same record while nothing of it has left, afterwards a new one with its answers.

Which version the new one replaces is for `sync.corrections` to tell: naming one that the region never took would be
refused for ever. A fact `corrected.<id>` remembers the record that was begun, so that it is begun once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from fieldkit.instance import State

if TYPE_CHECKING:
    from fieldkit.instance import Instance
    from fieldkit.store import Store
    from forms import FormDef, FormSession
    from ui.kit import Kit


def correct(kit: Kit, instance_id: str) -> str:
    """Return the id of the record in which a finished one can be changed; see `Kit.correct`."""
    instances = kit.store.instances
    instance = instances.get(instance_id)
    if instance.state is State.DRAFT:
        return instance_id
    if not instance.attempted and instance.state in {State.FINALIZED, State.REJECTED}:
        kit.store.parked.hold(instance_id)
        instances.reopen(instance_id)
        kit.records_changed.emit()
        return instance_id
    held = kit.store.parked.corrected_by(instance_id)
    if held:
        if held in {one.instance_id for one in instances.bin()}:
            instances.restore(held)
            kit.records_changed.emit()
        return held
    return _begin(kit, instance)


def _begin(kit: Kit, instance: Instance) -> str:
    from fieldkit import resolving
    from sync.corrections import base_of

    base = base_of(kit.store, instance.instance_id)
    form = kit.form(instance.form_id, instance.form_version, instance.account_id)
    made = resolving.begin_copy(kit.store, instance.instance_id, base, form, opener(kit))
    kit.records_changed.emit()
    return made


def opener(kit: Kit) -> Callable[[FormDef, bytes, str], FormSession]:
    """Return what opens a session on a copy of a record, with what is known of the user."""
    return lambda form, xml, base: kit.session_of(form, xml, deprecated_id=base)


def uncorrected(store: Store) -> list[Instance]:
    """Return the records that the region returned or refused and that nobody has begun to correct."""
    found = store.instances.search(states=(State.RETURNED, State.REJECTED), limit=1000)
    if not found:
        return []
    binned = {one.instance_id for one in store.instances.bin()}
    return [one for one in found if not is_under_way(store, one, binned)]


def is_under_way(store: Store, instance: Instance, binned: Collection[str]) -> bool:
    """Tell whether a correction of a record has begun: not one in the bin, nor one that waits for a refused record."""
    begun = store.parked.corrected_by(instance.instance_id)
    if not begun or begun in binned:
        return False
    correction = store.instances.get(begun)
    waits = correction.state is State.FINALIZED and correction.deprecated_id == instance.instance_id
    return not (waits and instance.state is State.REJECTED)
