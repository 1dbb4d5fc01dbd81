# SPDX-License-Identifier: EUPL-1.2
"""Small instances and answers for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.store import Store
from forms.views import Finalized, Progress

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(minutes: float = 0) -> datetime:
    return START + timedelta(minutes=minutes)


def draft(number: int = 1, **changes: object) -> Instance:
    values: dict[str, object] = {
        "instance_id": f"uuid:{number:08d}-0000-4000-8000-000000000000",
        "form_id": "diagnostic",
        "form_version": "1",
        "state": State.DRAFT,
        "name": f"Fiche {number}",
        "created_at": at(),
        "changed_at": at(number),
    }
    return Instance(**(values | changes))  # type: ignore[arg-type]  # values of the dataclass, by name


def add_draft(store: Store, number: int = 1, **changes: object) -> str:
    instance = draft(number, **changes)
    store.instances.create(instance, f"<data n='{number}'/>".encode())
    return instance.instance_id


def save_answer(store: Store, instance_id: str, number: int, *, xml: bytes = b"", minutes: float = 0) -> None:
    entry = AnswerEntry("/data/n", str(number - 1), str(number), at(minutes))
    store.instances.save_draft(
        instance_id, xml or f"<data><n>{number}</n></data>".encode(), [entry], Progress(10, 1, 0, 0), "/data/n", "F", ""
    )


def finalized(instance_id: str, xml: bytes = b"<data/>", name: str = "", files: tuple[str, ...] = ()) -> Finalized:
    return Finalized(xml, instance_id, name, files)


def freeze(store: Store, number: int = 1, minutes: float = 10, **changes: object) -> str:
    instance_id = add_draft(store, number, **changes)
    store.instances.finalize(instance_id, finalized(instance_id, f"<data>{number}</data>".encode()), at(minutes))
    return instance_id
