# SPDX-License-Identifier: EUPL-1.2
"""A record that can be read, printed and computed with: an instance of this workspace, or one received from the region.

Of a record that is both, the workspace's own counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError
from fieldkit.instance import Instance, State

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Store


@dataclass(frozen=True, slots=True)
class Readable:
    """`instance` with its answers; `received` is what the region told of it, None for one of this workspace."""

    instance: Instance
    xml: bytes
    received: ReceivedRecord | None = None


def find(store: Store, instance_id: str) -> Readable:
    """Return the record of that instanceID (of a received one: of its first version), or raise NotFoundError."""
    try:
        instance = store.instances.get(instance_id)
    except NotFoundError as unknown:
        try:
            received = store.received.get(instance_id)
        except NotFoundError:
            raise unknown from None
        return Readable(received.as_instance(), store.received.xml(received), received)
    return Readable(instance, xml_of(store, instance))


def xml_of(store: Store, instance: Instance) -> bytes:
    """Return the answers of an instance of this workspace: the frozen bytes where there are, else the draft."""
    read = store.instances.draft_xml if instance.state is State.DRAFT else store.instances.frozen_xml
    return read(instance.instance_id)
