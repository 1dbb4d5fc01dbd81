# SPDX-License-Identifier: EUPL-1.2
"""Which version a correction replaces: the last one that the server has, or none (contract, section 3).

An edit that names a version the server never took is refused for ever; a new instance beside one that it did take is a
duplicate. The reason in the row and the log of attempts tell the two apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError
from fieldkit.instance import State
from fieldkit.resolving import DEAD_BASES, DELIVERED, is_conflict, named_newer
from sync.flight import ARRIVED

if TYPE_CHECKING:
    from fieldkit.store import Store


def base_of(store: Store, instance_id: str) -> str:
    """Return the deprecatedID for a correction of `instance_id`; "" if it must be a new instance.

    Itself while it is delivered, waits, or may have arrived (it then goes first); if it was refused without a doubt,
    the version that it replaced in its turn, back to the first that the server has. One whose base is out of date, or
    gone, can only follow the version that the region's list names, if it names any: the base would be refused again.
    """
    while instance_id:
        try:
            instance = store.instances.get(instance_id)
        except NotFoundError:
            return instance_id  # made on another machine: only the server knows
        if instance.state is State.REJECTED and instance.reason in DEAD_BASES:
            return named_newer(store, instance_id)
        if is_conflict(instance):
            instance_id = instance.deprecated_id
            continue
        if instance.state in DELIVERED or (instance.state is State.FINALIZED and instance.attempted):
            return instance_id
        if any(attempt.outcome in ARRIVED for attempt in store.attempts.of(instance_id)):
            return instance_id
        instance_id = instance.deprecated_id
    return ""
