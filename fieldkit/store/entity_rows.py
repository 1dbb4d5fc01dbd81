# SPDX-License-Identifier: EUPL-1.2
"""The rows of an entity list: those of the server, and what records that were finished here do to them.

A list is CSV as ODK XForms Entities describes it: `name` holds the ids, `label`, `__version`, then the properties. To
these come `__trunkVersion` (the last version that the server gave, "" for what was made here) and `__branchId` (one for
each chain of changes made here): a form copies the three into what it sends, so that the server can put together what
several devices did without a network.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

NAME, LABEL, VERSION, TRUNK, BRANCH = "name", "label", "__version", "__trunkVersion", "__branchId"
_END = "\r\n"  # of lines: a text that holds one of its characters is quoted


@dataclass(frozen=True, slots=True)
class LocalChange:
    """What a finished record does to one entity: `version` is the one that comes out of it, 1 for a new entity."""

    entity_id: str
    created: bool
    version: int
    trunk_version: str
    branch_id: str
    label: str
    properties: Mapping[str, str]


@dataclass(slots=True)
class Row:
    """An entity as it stands; `version` is 0 if the server gives none."""

    version: int
    trunk_version: str
    branch_id: str
    label: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Entities of a list by id, all of them or some, in order, and the names of the list's properties."""

    properties: tuple[str, ...]
    rows: dict[str, Row]


def is_reserved(name: str) -> bool:
    """Tell whether a list keeps a name for itself, so that no property may have it."""
    return name in {NAME, LABEL} or name.startswith("__")


def branch_of(seed: str, entity_id: str, trunk_version: str) -> str:
    """Name the branch of changes made here to one version of an entity: a UUID, always the same.

    Nothing has to be kept for the rows that nobody changes, and what was taken back can be done again under its name.
    `seed` is of this workspace: other devices have other branches.
    """
    digest = hashlib.sha256(f"{seed}\n{entity_id}\n{trunk_version}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def read_rows(content: bytes, seed: str) -> Rows | None:
    """Read the server's list; None if it has no ids: then it is no list that could be changed here."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        names = tuple(reader.fieldnames or ())
        records = list(reader)
    except (UnicodeDecodeError, csv.Error):
        return None
    if NAME not in names:
        return None
    properties = tuple(name for name in names if name and not is_reserved(name))
    rows = {}
    for record in records:
        entity_id, trunk = record[NAME] or "", (record.get(VERSION) or "").strip()
        version = int(trunk) if trunk.isascii() and trunk.isdigit() else 0
        trunk = str(version) if version else ""
        branch = branch_of(seed, entity_id, trunk) if version else ""
        held = {name: record[name] or "" for name in properties}
        rows[entity_id] = Row(version, trunk, branch, record.get(LABEL) or "", held)
    return Rows(properties, rows)


def apply(rows: Rows, changes: Iterable[LocalChange]) -> Rows:
    """Do the changes, in the order of versions, to the server's rows; those of an entity that is not there are none.

    What the server already has keeps its newer version and takes the changes on top: so the server will have it, too.
    """
    names = dict.fromkeys(rows.properties)
    for change in sorted(changes, key=lambda one: one.version):
        row = rows.rows.get(change.entity_id)
        if change.created:
            if row is None:
                rows.rows[change.entity_id] = Row(1, "", change.branch_id, change.label, dict(change.properties))
                names.update(dict.fromkeys(change.properties))
            continue
        if row is None:
            continue
        row.version = max(row.version, change.version)
        row.trunk_version, row.branch_id = change.trunk_version, change.branch_id
        row.label = change.label if change.label.strip() else row.label
        row.properties.update(change.properties)
        names.update(dict.fromkeys(change.properties))
    return Rows(tuple(names), rows.rows)


def lines_of(found: Rows) -> list[str]:
    """Write the list as forms read it: lines of CSV without their ends, the header first.

    The properties come last, so that a list that has more of them begins with the same fields.
    """
    out = _Lines()
    writer = csv.writer(out, lineterminator=_END)
    writer.writerow((NAME, LABEL, VERSION, TRUNK, BRANCH, *found.properties))
    for entity_id, row in found.rows.items():
        held = [row.properties.get(name, "") for name in found.properties]
        writer.writerow((entity_id, row.label, row.version or "", row.trunk_version, row.branch_id, *held))
    return [line[: -len(_END)] for line in out]


def row_of(line: str, properties: Sequence[str]) -> Row:
    """Read one line that `lines_of` wrote of a list with these properties."""
    _, label, version, trunk, branch, *held = next(csv.reader([line]))
    return Row(int(version or 0), trunk, branch, label, dict(zip(properties, held, strict=True)))


class _Lines(list[str]):
    """Takes what a writer writes: a line at a time."""

    write = list.append
