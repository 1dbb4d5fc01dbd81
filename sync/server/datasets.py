# SPDX-License-Identifier: EUPL-1.2
"""Entity lists: what submissions make and update, served as CSV to the forms that read them (ODK XForms Entities).

As Central: whatever is wrong with an entity, the submission is taken (contract, section 2.6). Here it is applied before
the answer leaves, and an update of an older version always wins; there are no branches held back.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml
from sync.server import blobs
from sync.server.database import now_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SAVETO = "{http://www.opendatakit.org/xforms/entities}saveto"
UUID = re.compile(r"(?:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SUFFIX = ".csv"
Path = tuple[str, ...]


def declare(db: sqlite3.Connection, project_id: int, form_xml: bytes) -> None:
    """Make the lists that a published form makes entities of."""
    for container, _ in _containers(parse_xml(form_xml)):
        name = (entity.get("dataset") or "").strip() if (entity := _entity(container)) is not None else ""
        if name:
            db.execute("INSERT OR IGNORE INTO datasets (project_id, name) VALUES (?, ?)", (project_id, name))


def list_of(db: sqlite3.Connection, project_id: int, file_name: str) -> int:
    """Return the list that serves a file `trees.csv`; 0 if there is none."""
    name = file_name.removesuffix(SUFFIX)
    row = db.execute("SELECT id FROM datasets WHERE project_id = ? AND name = ?", (project_id, name)).fetchone()
    return int(row["id"]) if row is not None and file_name.endswith(SUFFIX) else 0


def hash_of(db: sqlite3.Connection, dataset: int) -> str:
    """Return what differs whenever the list does; it is not the md5 of its CSV."""
    rows = db.execute("SELECT uuid, version, deleted_at FROM entities WHERE dataset_id = ? ORDER BY id", (dataset,))
    return blobs.md5_of(repr([tuple(row) for row in rows]).encode())


def csv_of(db: sqlite3.Connection, dataset: int) -> bytes:
    """Write the living entities of a list: name, label, __version, properties."""
    rows = db.execute(
        "SELECT uuid, label, version, data FROM entities WHERE dataset_id = ? AND deleted_at IS NULL ORDER BY id",
        (dataset,),
    ).fetchall()
    data = [json.loads(row["data"]) for row in rows]
    properties = list(dict.fromkeys(name for held in data for name in held))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("name", "label", "__version", *properties))
    for row, held in zip(rows, data, strict=True):
        writer.writerow((row["uuid"], row["label"], row["version"], *(held.get(name, "") for name in properties)))
    return out.getvalue().encode()


def deleted_of(db: sqlite3.Connection, dataset: int, ids: Collection[str]) -> dict[str, bool]:
    """Tell of each known id whether it was deleted."""
    rows = db.execute("SELECT uuid, deleted_at FROM entities WHERE dataset_id = ? ORDER BY id", (dataset,))
    return {row["uuid"]: row["deleted_at"] is not None for row in rows if not ids or row["uuid"] in ids}


def delete(db: sqlite3.Connection, dataset: int, entity_id: str) -> None:
    """Delete an entity as staff do."""
    db.execute("UPDATE entities SET deleted_at = ? WHERE dataset_id = ? AND uuid = ?", (now_text(), dataset, entity_id))


def take(db: sqlite3.Connection, project_id: int, form_xml: bytes, instance_xml: bytes) -> None:
    """Do what a submission does to entities; what cannot be done is left."""
    saves = _saves(parse_xml(form_xml))
    try:
        root = parse_xml(instance_xml)
    except UnsafeXmlError:
        return  # cut short: taken all the same
    for container, path in _containers(root):
        entity = _entity(container)
        if entity is None:
            continue
        dataset = list_of(db, project_id, f"{entity.get('dataset', '')}{SUFFIX}")
        entity_id = entity.get("id", "").strip()
        if not dataset or UUID.fullmatch(entity_id) is None:
            continue
        label = _text(entity, "label")
        data = dict(_properties(container, path, saves))
        if entity.get("create") in {"1", "true"} and label:
            db.execute(
                "INSERT OR IGNORE INTO entities (dataset_id, uuid, label, data, version) VALUES (?, ?, ?, ?, 1)",
                (dataset, entity_id, label, json.dumps(data)),
            )
        elif entity.get("update") in {"1", "true"}:
            _update(db, dataset, entity_id, label, data)


def _update(db: sqlite3.Connection, dataset: int, entity_id: str, label: str, data: dict[str, str]) -> None:
    row = db.execute(
        "SELECT id, label, data FROM entities WHERE dataset_id = ? AND uuid = ? AND deleted_at IS NULL",
        (dataset, entity_id),
    ).fetchone()
    if row is not None:
        held = json.dumps(json.loads(row["data"]) | data)
        db.execute(
            "UPDATE entities SET label = ?, data = ?, version = version + 1 WHERE id = ?",
            (label or row["label"], held, row["id"]),
        )


def _saves(form: Element) -> dict[Path, str]:
    return {
        tuple(step.rpartition(":")[2] for step in (bind.get("nodeset") or "").strip("/ ").split("/")): name.strip()
        for bind in form.iter()
        if local_name(bind) == "bind" and (name := bind.get(SAVETO))
    }


def _properties(container: Element, path: Path, saves: dict[Path, str]) -> Iterator[tuple[str, str]]:
    """Yield what is saved inside a container, but for what is inside a nearer one."""
    for each in container:
        below = (*path, local_name(each))
        if below in saves:
            yield saves[below], each.text or ""
        elif _entity(each) is None:
            yield from _properties(each, below, saves)


def _containers(root: Element, path: Path = ()) -> Iterator[tuple[Element, Path]]:
    here = (*path, local_name(root))
    yield root, here
    for each in root:
        if len(each):
            yield from _containers(each, here)


def _entity(container: Element) -> Element | None:
    meta = child(container, "meta")
    return child(meta, "entity") if meta is not None else None


def _text(element: Element, name: str) -> str:
    found = child(element, name)
    return (found.text or "") if found is not None else ""
