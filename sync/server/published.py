# SPDX-License-Identifier: EUPL-1.2
"""The forms of a project: definitions, drafts, versions, and the media that belong to each.

Once published a version never changes: new media need a draft and a new version (contract, section 2.2). Old versions
go on being accepted.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sync.safe_xml import UnsafeXmlError
from sync.server import blobs, datasets
from sync.server.answers import (
    already_exists,
    invalid_xml,
    last_draft,
    not_found,
    unexpected_value,
    version_already_published,
)
from sync.server.database import now_text
from sync.xforms import FormHead, read_head

STATES = ("open", "closing", "closed")
SELECT_FORM = (
    "SELECT f.id, f.project_id, f.xml_form_id, f.state, f.current_def, f.draft_def, f.created_at, d.version, d.name,"
    " d.md5, d.published_at FROM forms f LEFT JOIN form_defs d ON d.id = f.current_def WHERE f.deleted_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Form:
    """A form and its current published version; `current_def` and `draft_def` are 0 where there is none."""

    id: int
    project_id: int
    xml_form_id: str
    state: str
    current_def: int
    draft_def: int
    created_at: str
    version: str
    name: str
    md5: str
    published_at: str

    def as_json(self) -> dict[str, object]:
        """Return the form as the REST paths show it."""
        return {
            "projectId": self.project_id,
            "xmlFormId": self.xml_form_id,
            "state": self.state,
            "version": self.version,
            "name": self.name,
            "hash": self.md5,
            "createdAt": self.created_at,
            "publishedAt": self.published_at or None,
        }


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that a version declares; `sha256` is "" until it is uploaded."""

    name: str
    type: str
    sha256: str
    md5: str

    def as_json(self) -> dict[str, object]:
        """Return the file as the REST paths show it."""
        exists = bool(self.sha256)
        return {"name": self.name, "type": self.type, "exists": exists, "blobExists": exists, "hash": self.md5 or None}


def forms_of(db: sqlite3.Connection, project_id: int) -> list[Form]:
    """Return the living forms of a project by their id."""
    rows = db.execute(f"{SELECT_FORM} AND f.project_id = ? ORDER BY f.xml_form_id", (project_id,))
    return [_form(row) for row in rows]


def form_named(db: sqlite3.Connection, project_id: int, xml_form_id: str) -> Form:
    """Return one living form or raise 404.1."""
    query = f"{SELECT_FORM} AND f.project_id = ? AND f.xml_form_id = ?"
    row = db.execute(query, (project_id, xml_form_id)).fetchone()
    if row is None:
        raise not_found()
    return _form(row)


def _form(row: sqlite3.Row) -> Form:
    return Form(
        id=row["id"],
        project_id=row["project_id"],
        xml_form_id=row["xml_form_id"],
        state=row["state"],
        current_def=row["current_def"] or 0,
        draft_def=row["draft_def"] or 0,
        created_at=row["created_at"],
        version=row["version"] or "",
        name=row["name"] or "",
        md5=row["md5"] or "",
        published_at=row["published_at"] or "",
    )


def def_of_version(db: sqlite3.Connection, form: Form, version: str) -> int:
    """Return the id of a published version, 0 if it was never published."""
    row = db.execute(
        "SELECT id FROM form_defs WHERE form_id = ? AND version = ? AND published_at IS NOT NULL", (form.id, version)
    ).fetchone()
    return int(row["id"]) if row else 0


def xml_of(db: sqlite3.Connection, def_id: int) -> bytes:
    """Return the exact bytes of a definition."""
    row = db.execute("SELECT xml FROM form_defs WHERE id = ?", (def_id,)).fetchone()
    if row is None:
        raise not_found()
    return bytes(row["xml"])


def media_of(db: sqlite3.Connection, def_id: int) -> list[Medium]:
    """Return every medium that a definition declares, those not uploaded included."""
    rows = db.execute(
        "SELECT a.name, a.type, coalesce(a.blob, '') AS sha256, coalesce(b.md5, '') AS md5 FROM form_attachments a"
        " LEFT JOIN blobs b ON b.sha256 = a.blob WHERE a.def_id = ? ORDER BY a.name",
        (def_id,),
    )
    return [Medium(**dict(row)) for row in rows]


def create(db: sqlite3.Connection, project_id: int, xml: bytes) -> Form:
    """Add a form whose draft is `xml`; 409.3 if the project has one of that id."""
    head = _read(xml)
    try:
        number = db.execute(
            "INSERT INTO forms (project_id, xml_form_id, created_at) VALUES (?, ?, ?)",
            (project_id, head.form_id, now_text()),
        ).lastrowid
    except sqlite3.IntegrityError:
        raise already_exists("projectId, xmlFormId", f"{project_id}, {head.form_id}") from None
    _add_draft(db, number or 0, xml, head, 0)
    return form_named(db, project_id, head.form_id)


def draft(db: sqlite3.Connection, form: Form, xml: bytes) -> Form:
    """Replace the draft; without `xml` it is a copy of the current version. Media carry over by name."""
    source = form.draft_def or form.current_def
    xml = xml or xml_of(db, source)
    head = _read(xml)
    if head.form_id != form.xml_form_id:
        raise unexpected_value("xmlFormId", head.form_id, f"the form is {form.xml_form_id}")
    _add_draft(db, form.id, xml, head, source)
    return form_named(db, form.project_id, form.xml_form_id)


def _add_draft(db: sqlite3.Connection, form_id: int, xml: bytes, head: FormHead, source: int) -> None:
    kept = {medium.name: medium.sha256 for medium in media_of(db, source)}
    number = db.execute(
        "INSERT INTO form_defs (form_id, version, name, xml, md5, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (form_id, head.version, head.title, xml, blobs.md5_of(xml), now_text()),
    ).lastrowid
    db.executemany(
        "INSERT INTO form_attachments VALUES (?, ?, ?, ?)",
        [(number, name, kind, kept.get(name) or None) for name, kind in head.media.items()],
    )
    db.execute("UPDATE forms SET draft_def = ? WHERE id = ?", (number, form_id))


def _read(xml: bytes) -> FormHead:
    try:
        return read_head(xml)
    except UnsafeXmlError as error:
        raise invalid_xml(error.cause) from None


def attach(db: sqlite3.Connection, def_id: int, name: str, content: bytes) -> None:
    """Give a declared medium its content; 404.1 if the definition declares no such name."""
    if not db.execute("SELECT 1 FROM form_attachments WHERE def_id = ? AND name = ?", (def_id, name)).fetchone():
        raise not_found()
    stored = blobs.keep(db, content)
    db.execute("UPDATE form_attachments SET blob = ? WHERE def_id = ? AND name = ?", (stored, def_id, name))


def publish(db: sqlite3.Connection, form: Form, version: str | None = None) -> Form:
    """Make the draft the current version (404.1 without a draft); 409.6 if that version was published before."""
    if not form.draft_def:
        raise not_found()
    try:
        db.execute(
            "UPDATE form_defs SET published_at = ?, version = coalesce(?, version) WHERE id = ?",
            (now_text(), version, form.draft_def),
        )
    except sqlite3.IntegrityError:
        row = db.execute("SELECT version FROM form_defs WHERE id = ?", (form.draft_def,)).fetchone()
        raise version_already_published(form.xml_form_id, version or row["version"]) from None
    db.execute("UPDATE forms SET current_def = draft_def, draft_def = NULL WHERE id = ?", (form.id,))
    datasets.declare(db, form.project_id, xml_of(db, form.draft_def))
    return form_named(db, form.project_id, form.xml_form_id)


def set_state(db: sqlite3.Connection, form: Form, state: str) -> None:
    """Open, retire ("closing": still accepts) or close a form."""
    if state not in STATES:
        raise unexpected_value("state", state, f"one of {', '.join(STATES)}")
    db.execute("UPDATE forms SET state = ? WHERE id = ?", (state, form.id))


def delete(db: sqlite3.Connection, form: Form) -> None:
    """Take the form away; what was received stays."""
    db.execute("UPDATE forms SET deleted_at = ? WHERE id = ?", (now_text(), form.id))


def versions_as_json(db: sqlite3.Connection, form: Form) -> list[dict[str, object]]:
    """Return the published versions, the latest first."""
    rows = db.execute(
        "SELECT version, name, md5, created_at, published_at FROM form_defs"
        " WHERE form_id = ? AND published_at IS NOT NULL ORDER BY id DESC",
        (form.id,),
    )
    return [_def_as_json(form, row) for row in rows]


def draft_as_json(db: sqlite3.Connection, form: Form) -> dict[str, object]:
    """Return the draft, or raise 404.1."""
    query = "SELECT version, name, md5, created_at, published_at FROM form_defs WHERE id = ?"
    row = db.execute(query, (form.draft_def,)).fetchone()
    if row is None:
        raise not_found()
    return _def_as_json(form, row)


def _def_as_json(form: Form, row: sqlite3.Row) -> dict[str, object]:
    return form.as_json() | {
        "version": row["version"],
        "name": row["name"],
        "hash": row["md5"],
        "createdAt": row["created_at"],
        "publishedAt": row["published_at"],
    }


def drop_draft(db: sqlite3.Connection, form: Form) -> None:
    """Forget the draft (404.1 without one); 409.7 if nothing else of the form is left."""
    if not form.draft_def:
        raise not_found()
    if not form.current_def:
        raise last_draft(form.xml_form_id)
    db.execute("UPDATE forms SET draft_def = NULL WHERE id = ?", (form.id,))


def read_form_id(xml: bytes) -> str:
    """Return the id of a definition, or raise 400.1."""
    return _read(xml).form_id
