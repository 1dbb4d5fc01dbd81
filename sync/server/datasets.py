# SPDX-License-Identifier: EUPL-1.2
"""Entity lists: their properties, who sees which rows, and the CSV that forms read (ODK XForms Entities).

What submissions and staff do to the rows is in `entities`.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from sync.safe_xml import parse_xml
from sync.server import blobs
from sync.server.answers import already_exists, not_found
from sync.server.database import now_text
from sync.server.entity_xml import properties_saved

SUFFIX = ".csv"


@dataclass(frozen=True, slots=True)
class Dataset:
    """An entity list; with `owner_only` an app user sees only the rows that his own submissions made."""

    id: int
    project_id: int
    name: str
    owner_only: bool
    created_at: str
    properties: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the list as the REST paths show it."""
        return {
            "name": self.name,
            "projectId": self.project_id,
            "createdAt": self.created_at,
            "ownerOnly": self.owner_only,
            "approvalRequired": False,
            "properties": [{"name": name, "odataName": name} for name in self.properties],
        }


def declare(db: sqlite3.Connection, project_id: int, form_xml: bytes) -> None:
    """Make the lists that a published form makes entities of, and their properties."""
    form = parse_xml(form_xml)
    for name, properties in properties_saved(form).items():
        if name not in {each.name for each in all_of(db, project_id)}:
            create(db, project_id, name)
        dataset = named(db, project_id, name)
        for each in properties:
            if each not in dataset.properties:
                add_property(db, dataset, each)


def create(db: sqlite3.Connection, project_id: int, name: str) -> None:
    """Add a list; 409.3 if the project has one of that name."""
    try:
        db.execute(
            "INSERT INTO datasets (project_id, name, created_at) VALUES (?, ?, ?)", (project_id, name, now_text())
        )
    except sqlite3.IntegrityError:
        raise already_exists("name, projectId", f"{name}, {project_id}") from None


def add_property(db: sqlite3.Connection, dataset: Dataset, name: str) -> None:
    """Add a property; 409.3 if the list has it."""
    try:
        db.execute("INSERT INTO dataset_properties (dataset_id, name) VALUES (?, ?)", (dataset.id, name))
    except sqlite3.IntegrityError:
        raise already_exists("name, datasetId", f"{name}, {dataset.id}") from None


def set_owner_only(db: sqlite3.Connection, dataset: Dataset, value: bool) -> None:
    """Show each app user his own rows only, or all rows to all."""
    db.execute("UPDATE datasets SET owner_only = ? WHERE id = ?", (value, dataset.id))


def all_of(db: sqlite3.Connection, project_id: int) -> list[Dataset]:
    """Return the lists of a project by name."""
    rows = db.execute("SELECT * FROM datasets WHERE project_id = ? ORDER BY name", (project_id,)).fetchall()
    return [_dataset(db, row) for row in rows]


def named(db: sqlite3.Connection, project_id: int, name: str) -> Dataset:
    """Return one list or raise 404.1."""
    row = db.execute("SELECT * FROM datasets WHERE project_id = ? AND name = ?", (project_id, name)).fetchone()
    if row is None:
        raise not_found()
    return _dataset(db, row)


def served_as(db: sqlite3.Connection, project_id: int, file_name: str) -> Dataset | None:
    """Return the list that a file `trees.csv` of a form stands for, else None."""
    if not file_name.endswith(SUFFIX):
        return None
    query = "SELECT * FROM datasets WHERE project_id = ? AND name = ?"
    row = db.execute(query, (project_id, file_name.removesuffix(SUFFIX))).fetchone()
    return _dataset(db, row) if row is not None else None


def _dataset(db: sqlite3.Connection, row: sqlite3.Row) -> Dataset:
    names = db.execute("SELECT name FROM dataset_properties WHERE dataset_id = ? ORDER BY id", (row["id"],))
    properties = tuple(each["name"] for each in names)
    owner_only = bool(row["owner_only"])
    return Dataset(row["id"], row["project_id"], row["name"], owner_only, row["created_at"], properties)


def hash_of(db: sqlite3.Connection, dataset: Dataset, owner: int = 0) -> str:
    """Return what differs whenever the list that `owner` sees does; it is not the md5 of its CSV."""
    rows = db.execute(
        "SELECT uuid, version, deleted_at FROM entities WHERE dataset_id = ? AND (creator_id = ? OR ?) ORDER BY id",
        (dataset.id, owner, not owner),
    )
    return blobs.md5_of(repr(([tuple(row) for row in rows], dataset.properties)).encode())


def csv_of(db: sqlite3.Connection, dataset: Dataset, owner: int = 0) -> bytes:
    """Write the living rows, all or those of one actor: name, label, __version, properties."""
    rows = db.execute(
        "SELECT uuid, label, version, data FROM entities WHERE dataset_id = ? AND deleted_at IS NULL"
        " AND (creator_id = ? OR ?) ORDER BY id",
        (dataset.id, owner, not owner),
    ).fetchall()
    data = [json.loads(row["data"]) for row in rows]
    # Rows of files from before properties were kept have names of their own.
    properties = list(dict.fromkeys((*dataset.properties, *(name for held in data for name in held))))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("name", "label", "__version", *properties))
    for row, held in zip(rows, data, strict=True):
        writer.writerow((row["uuid"], row["label"], row["version"], *(held.get(name, "") for name in properties)))
    return out.getvalue().encode()


def deleted_of(db: sqlite3.Connection, dataset: Dataset, ids: Collection[str], owner: int = 0) -> dict[str, bool]:
    """Tell of each known id whether it was deleted; of those that `owner` may see, 0 for all."""
    rows = db.execute(
        "SELECT uuid, deleted_at FROM entities WHERE dataset_id = ? AND (creator_id = ? OR ?) ORDER BY id",
        (dataset.id, owner, not owner),
    )
    return {row["uuid"]: row["deleted_at"] is not None for row in rows if not ids or row["uuid"] in ids}
