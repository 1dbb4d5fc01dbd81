# SPDX-License-Identifier: EUPL-1.2
"""What happens to the rows of entity lists: by submissions, after them, and by staff over REST.

As Central: whatever is wrong with an entity, the submission is taken and the wish is dropped (contract, section 2.6).
A change that came before the one it builds on waits for it. A stale one is applied and marked as a conflict.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sync.server import answers
from sync.server.database import now_text
from sync.server.datasets import Dataset, served_as
from sync.server.entity_xml import UUID, EntityWish, wishes_of

HARD, SOFT = "hard", "soft"


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of a list; `submission_id` is of the one that made it, 0 if staff did."""

    id: int
    uuid: str
    label: str
    data: dict[str, str]
    version: int
    conflict: str
    creator_id: int
    submission_id: int
    created_at: str
    updated_at: str

    def as_json(self, *, whole: bool = False) -> dict[str, object]:
        """Return the row as the REST paths show it; `whole` with its data."""
        current: dict[str, object] = {"label": self.label, "version": self.version, "current": True}
        return {
            "uuid": self.uuid,
            "createdAt": self.created_at,
            "creatorId": self.creator_id or None,
            "updatedAt": self.updated_at or None,
            "deletedAt": None,
            "conflict": self.conflict or None,
            "currentVersion": current | ({"data": self.data} if whole else {}),
        }


def queue(db: sqlite3.Connection, version_id: int, delay: float) -> None:
    """Have the entities of a received version made, `delay` seconds from now."""
    db.execute("INSERT INTO entity_queue VALUES (?, ?)", (version_id, now_text(delay)))
    catch_up(db)


def is_due(db: sqlite3.Connection) -> bool:
    """Tell whether the time of a queued version has come."""
    return db.execute("SELECT 1 FROM entity_queue WHERE due_at <= ? LIMIT 1", (now_text(),)).fetchone() is not None


def is_waiting(db: sqlite3.Connection) -> bool:
    """Tell whether a version is queued, due or not."""
    return db.execute("SELECT 1 FROM entity_queue LIMIT 1").fetchone() is not None


def catch_up(db: sqlite3.Connection) -> None:
    """Do what is due, in the order of arrival."""
    rows = db.execute(
        "SELECT q.version_id, v.xml, v.submission_id, v.submitter_id, f.project_id, d.xml AS form_xml"
        " FROM entity_queue q JOIN versions v ON v.id = q.version_id JOIN form_defs d ON d.id = v.def_id"
        " JOIN forms f ON f.id = v.form_id"
        " WHERE q.due_at <= ? ORDER BY q.version_id",
        (now_text(),),
    ).fetchall()
    for row in rows:
        db.execute("DELETE FROM entity_queue WHERE version_id = ?", (row["version_id"],))
        for wish in wishes_of(bytes(row["form_xml"]), bytes(row["xml"])):
            dataset = served_as(db, row["project_id"], f"{wish.dataset}.csv")
            if dataset is not None and UUID.fullmatch(wish.entity_id):
                _grant(db, dataset.id, wish, row["submission_id"], row["submitter_id"] or 0)


def _grant(db: sqlite3.Connection, dataset: int, wish: EntityWish, submission: int, actor: int) -> None:
    row = db.execute(
        "SELECT id, label, data, version, deleted_at FROM entities WHERE dataset_id = ? AND uuid = ?",
        (dataset, wish.entity_id),
    ).fetchone()
    if wish.create and row is None:
        if wish.label:
            _insert(db, dataset, wish, submission, actor)
            _release(db, dataset, wish, 1, submission, actor)
    elif wish.update:
        _update_by_wish(db, dataset, row, wish, submission, actor)


def _update_by_wish(
    db: sqlite3.Connection, dataset: int, row: sqlite3.Row | None, wish: EntityWish, submission: int, actor: int
) -> None:
    if not wish.base.isdigit() or (wish.trunk and not wish.branch):
        return  # Central: "Required parameter … missing" in the audit, nothing to the client
    base = _base_on_server(db, row, wish)
    if base == 0 and wish.branch:
        db.execute(
            "INSERT INTO entity_held (dataset_id, uuid, branch, base, change) VALUES (?, ?, ?, ?, ?)",
            (dataset, wish.entity_id, wish.branch, int(wish.base), json.dumps(asdict(wish))),
        )
    elif row is not None and row["deleted_at"] is None and 0 < base <= row["version"]:
        _write(db, row, wish.label, wish.data, base, (wish.branch, int(wish.base)))
        _release(db, dataset, wish, int(wish.base) + 1, submission, actor)


def _base_on_server(db: sqlite3.Connection, row: sqlite3.Row | None, wish: EntityWish) -> int:
    """Return the version here that the client had in hand; 0 if it has not arrived.

    Numbers of an offline branch go on from its trunk as if nobody else wrote (ODK XForms Entities, "Offline entities").
    """
    if not wish.branch or wish.base == wish.trunk:
        return int(wish.base)
    if row is None:
        return 0
    if not wish.trunk and wish.base == "1":
        return 1
    step = db.execute(
        "SELECT version FROM entity_steps WHERE entity_id = ? AND branch = ? AND base = ?",
        (row["id"], wish.branch, int(wish.base) - 1),
    ).fetchone()
    return int(step["version"]) if step else 0


def _release(db: sqlite3.Connection, dataset: int, wish: EntityWish, base: int, submission: int, actor: int) -> None:
    """Do what waited for the version that has now been made."""
    held = db.execute(
        "SELECT id, change FROM entity_held WHERE dataset_id = ? AND uuid = ? AND branch = ? AND base = ? LIMIT 1",
        (dataset, wish.entity_id, wish.branch, base),
    ).fetchone()
    if held is not None:
        db.execute("DELETE FROM entity_held WHERE id = ?", (held["id"],))
        _grant(db, dataset, EntityWish(**json.loads(held["change"])), submission, actor)


def _insert(db: sqlite3.Connection, dataset: int, wish: EntityWish, submission: int, actor: int) -> int:
    number = db.execute(
        "INSERT INTO entities (dataset_id, uuid, label, data, version, creator_id, submission_id, created_at)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
        (dataset, wish.entity_id, wish.label, json.dumps(wish.data), actor or None, submission or None, now_text()),
    ).lastrowid
    return number or 0


def _write(
    db: sqlite3.Connection, row: sqlite3.Row, label: str, data: Mapping[str, str], base: int, step: tuple[str, int]
) -> None:
    later = db.execute("SELECT changed FROM entity_steps WHERE entity_id = ? AND version > ?", (row["id"], base))
    touched = {name for each in later.fetchall() for name in json.loads(each["changed"])}
    conflict = None if base == row["version"] else HARD if touched & set(data) else SOFT
    version = row["version"] + 1
    db.execute(
        "UPDATE entities SET label = ?, data = ?, version = ?, updated_at = ?, conflict = coalesce(?, conflict)"
        " WHERE id = ?",
        (label or row["label"], json.dumps(json.loads(row["data"]) | data), version, now_text(), conflict, row["id"]),
    )
    db.execute("INSERT INTO entity_steps VALUES (?, ?, ?, ?, ?)", (row["id"], version, *step, json.dumps(sorted(data))))


def all_of(db: sqlite3.Connection, dataset: Dataset) -> list[Entity]:
    """Return the living rows of a list, the latest first as Central does."""
    rows = db.execute(
        "SELECT * FROM entities WHERE dataset_id = ? AND deleted_at IS NULL ORDER BY id DESC", (dataset.id,)
    )
    return [_entity(row) for row in rows]


def named(db: sqlite3.Connection, dataset: Dataset, uuid: str) -> Entity:
    """Return one living row or raise 404.1."""
    return _entity(_living(db, dataset, uuid))


def _living(db: sqlite3.Connection, dataset: Dataset, uuid: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM entities WHERE dataset_id = ? AND uuid = ? AND deleted_at IS NULL", (dataset.id, uuid)
    ).fetchone()
    if row is None:
        raise answers.not_found()
    return row


def _entity(row: sqlite3.Row) -> Entity:
    return Entity(
        id=row["id"],
        uuid=row["uuid"],
        label=row["label"],
        data=json.loads(row["data"]),
        version=row["version"],
        conflict=row["conflict"] or "",
        creator_id=row["creator_id"] or 0,
        submission_id=row["submission_id"] or 0,
        created_at=row["created_at"],
        updated_at=row["updated_at"] or "",
    )


def create(
    db: sqlite3.Connection, dataset: Dataset, uuid: str, label: str, data: Mapping[str, str], actor: int
) -> Entity:
    """Add a row as staff do; 400.11 for an id that is no UUID, 400.28 for an unknown property, 409.3 if it is there."""
    if UUID.fullmatch(uuid) is None:
        raise answers.invalid_entity(f"{uuid} is no UUID")
    if not label:
        raise answers.invalid_entity("the label is empty")
    _check_properties(dataset, data)
    wish = EntityWish(dataset.name, uuid, label, True, False, "", "", "", dict(data))
    try:
        _insert(db, dataset.id, wish, 0, actor)
    except sqlite3.IntegrityError:
        raise answers.already_exists("uuid", uuid) from None
    return named(db, dataset, uuid)


def change(
    db: sqlite3.Connection, dataset: Dataset, uuid: str, label: str, data: Mapping[str, str], base: int | None
) -> Entity:
    """Change a row as staff do; 409.15 unless `base` is its version (None: whatever it is)."""
    row = _living(db, dataset, uuid)
    if base is not None and base != row["version"]:
        raise answers.entity_version_conflict(row["version"], base)
    _check_properties(dataset, data)
    _write(db, row, label, data, row["version"], ("", row["version"]))
    return named(db, dataset, uuid)


def _check_properties(dataset: Dataset, data: Mapping[str, str]) -> None:
    for name in data:
        if name not in dataset.properties:
            raise answers.invalid_entity(f"the list has no property {name}")


def delete(db: sqlite3.Connection, dataset: Dataset, uuid: str) -> None:
    """Delete a row as staff do; 404.1 if there is none."""
    row = _living(db, dataset, uuid)
    db.execute("UPDATE entities SET deleted_at = ? WHERE id = ?", (now_text(), row["id"]))


def made_by(db: sqlite3.Connection, project_id: int, submission_id: int) -> list[tuple[Dataset, Entity]]:
    """Return the living rows that a submission made, each with its list."""
    rows = db.execute(
        "SELECT e.*, d.name AS list FROM entities e JOIN datasets d ON d.id = e.dataset_id"
        " WHERE e.submission_id = ? AND e.deleted_at IS NULL ORDER BY e.id",
        (submission_id,),
    ).fetchall()
    found = [(served_as(db, project_id, f"{row['list']}.csv"), _entity(row)) for row in rows]
    return [(dataset, entity) for dataset, entity in found if dataset is not None]
