# SPDX-License-Identifier: EUPL-1.2
"""Small instances and answers for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.store import Store
from fieldkit.workspace import Workspace
from forms.views import Finalized, Progress

ESSAI = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Essai</h:title><model><instance><data id="essai" version="1"><a/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"><label>A</label></input></h:body>
</h:html>"""
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


def add_finalized(home: Path, number: int, account_id: str = "") -> str:
    """Put a finished record of ESSAI into the workspace at `home`."""
    with Workspace.open(home) as workspace:
        row = draft(number, form_id="essai", account_id=account_id)
        meta = f"<meta><instanceID>{row.instance_id}</instanceID></meta>"
        xml = f"<data id='essai' version='1'><a>{number}</a>{meta}</data>".encode()
        workspace.store.instances.create(row, xml)
        workspace.store.instances.finalize(row.instance_id, finalized(row.instance_id, xml), datetime.now(UTC))
    return row.instance_id
