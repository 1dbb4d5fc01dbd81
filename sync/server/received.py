# SPDX-License-Identifier: EUPL-1.2
"""What was received: submissions, their versions and files, with the answers of sections 2.3 and 2.4 of the contract.

The same bytes again are a success; other bytes under the same instanceID are refused; an edit names the version that it
replaces and is taken only while that one is current. Unlike Central, a submission without an instanceID is refused:
there each POST of it would become another row.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sync.server import answers, blobs, entities
from sync.server.database import now_text
from sync.server.envelope import Envelope
from sync.server.published import Form, def_of_version, xml_of
from sync.xforms import read_head

MAX_INSTANCE_ID = 64


@dataclass(frozen=True, slots=True)
class Sender:
    """Who and what sent it, as the request told; `entity_delay`: seconds until its entities are made."""

    actor_id: int
    device_id: str = ""
    user_agent: str = ""
    entity_delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """One version of a submission as it is kept. `files` maps each expected name to the SHA-256 received, or "".

    `submission_id` and `submitted_at` are of the submission, all else of the version.
    """

    instance_id: str
    root_id: str
    submission_id: int
    submitted_at: str
    updated_at: str
    deleted_at: str
    versions: int
    submitter_id: int
    device_id: str
    user_agent: str
    xml: bytes
    sha256: str
    received_at: str
    current: bool
    form_version: str
    submitter: str
    review_state: str
    files: Mapping[str, str]


def check_identity(envelope: Envelope) -> None:
    """Refuse what could not be told apart later: no instanceID, or one that is too long."""
    for name, value in (("instanceID", envelope.instance_id), ("deprecatedID", envelope.deprecated_id)):
        if len(value) > MAX_INSTANCE_ID:
            raise answers.too_long(name)
    if not envelope.instance_id:
        raise answers.missing_field("instanceID")


def receive(
    db: sqlite3.Connection, form: Form, envelope: Envelope, xml: bytes, files: Mapping[str, bytes], sender: Sender
) -> None:
    """Store a submission, an edit, or late files, or raise the Problem that the contract names. Version is checked."""
    def_id = def_of_version(db, form, envelope.version)
    if not def_id:
        raise answers.version_unknown(envelope.version)
    check_identity(envelope)
    known = db.execute(
        "SELECT v.id, v.sha256, v.current, s.deleted_at FROM versions v JOIN submissions s ON s.id = v.submission_id"
        " WHERE v.form_id = ? AND v.instance_id = ?",
        (form.id, envelope.instance_id),
    ).fetchone()
    if known is not None:
        version_id = _again(known, envelope, xml)
    elif envelope.deprecated_id:
        version_id = _edit(db, form, envelope, xml, def_id, sender)
    else:
        version_id = _new(db, form, envelope, xml, def_id, sender)
        entities.queue(db, version_id, sender.entity_delay)
    if known is None:
        _expect_files(db, version_id, envelope.expected_files(read_head(xml_of(db, def_id)).file_paths))
    _keep_files(db, version_id, files)


def _again(known: sqlite3.Row, envelope: Envelope, xml: bytes) -> int:
    """Answer an instanceID that is stored already; return its version if the bytes are the same."""
    if known["deleted_at"] is not None:
        raise answers.deleted()
    if known["sha256"] != hashlib.sha256(xml).hexdigest():
        if envelope.deprecated_id:
            raise answers.already_exists("instanceID", envelope.instance_id)
        raise answers.different_xml()
    if not known["current"]:
        raise answers.out_of_date(envelope.deprecated_id)
    return int(known["id"])


def _new(db: sqlite3.Connection, form: Form, envelope: Envelope, xml: bytes, def_id: int, sender: Sender) -> int:
    now = now_text()
    root = db.execute(
        "INSERT INTO submissions (form_id, instance_id, submitter_id, device_id, created_at) VALUES (?, ?, ?, ?, ?)",
        (form.id, envelope.instance_id, sender.actor_id, sender.device_id, now),
    ).lastrowid
    return _add_version(db, root or 0, form, envelope, xml, def_id, sender)


def _edit(db: sqlite3.Connection, form: Form, envelope: Envelope, xml: bytes, def_id: int, sender: Sender) -> int:
    base = db.execute(
        "SELECT v.id, v.current, v.submission_id FROM versions v JOIN submissions s ON s.id = v.submission_id"
        " WHERE v.form_id = ? AND v.instance_id = ? AND s.deleted_at IS NULL",
        (form.id, envelope.deprecated_id),
    ).fetchone()
    if base is None:
        raise answers.nothing_to_update()
    if not base["current"]:
        raise answers.out_of_date(envelope.deprecated_id)
    db.execute("UPDATE versions SET current = 0 WHERE id = ?", (base["id"],))
    version_id = _add_version(db, base["submission_id"], form, envelope, xml, def_id, sender)
    db.execute(
        "UPDATE submissions SET review_state = 'edited', updated_at = ? WHERE id = ?",
        (now_text(), base["submission_id"]),
    )
    # A file whose name the edit keeps need not be sent again.
    db.execute("INSERT INTO submission_files SELECT ?, name, blob FROM submission_files WHERE version_id = ?",
               (version_id, base["id"]))  # fmt: skip
    return version_id


def _add_version(
    db: sqlite3.Connection, root: int, form: Form, envelope: Envelope, xml: bytes, def_id: int, sender: Sender
) -> int:
    number = db.execute(
        "INSERT INTO versions (submission_id, form_id, instance_id, def_id, xml, sha256, submitter_id, user_agent,"
        " received_at, current) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        (root, form.id, envelope.instance_id, def_id, xml, hashlib.sha256(xml).hexdigest(), sender.actor_id,
         sender.user_agent, now_text()),
    ).lastrowid  # fmt: skip
    return number or 0


def _expect_files(db: sqlite3.Connection, version_id: int, names: tuple[str, ...]) -> None:
    marks = ", ".join("?" * len(names))
    db.execute(f"DELETE FROM submission_files WHERE version_id = ? AND name NOT IN ({marks})", (version_id, *names))  # noqa: S608 — question marks only
    db.executemany("INSERT OR IGNORE INTO submission_files VALUES (?, ?, NULL)", [(version_id, name) for name in names])


def _keep_files(db: sqlite3.Connection, version_id: int, files: Mapping[str, bytes]) -> None:
    """Keep the parts whose name the instance speaks of; later ones replace earlier ones, others are dropped."""
    for name, content in files.items():
        expected = db.execute(
            "SELECT 1 FROM submission_files WHERE version_id = ? AND name = ?", (version_id, name)
        ).fetchone()
        if expected:
            stored = blobs.keep(db, content)
            db.execute(
                "UPDATE submission_files SET blob = ? WHERE version_id = ? AND name = ?", (stored, version_id, name)
            )


def listed(
    db: sqlite3.Connection, form: Form, *, every_version: bool = False, deleted: bool = False, root_id: str = ""
) -> list[Received]:
    """Return what was received for a form, oldest first: the current versions or all, of one submission or all.

    With `deleted` those that staff deleted too.
    """
    rows = db.execute(
        "SELECT v.id, v.instance_id, s.instance_id AS root_id, s.id AS submission_id, s.created_at AS submitted_at,"
        " coalesce(s.updated_at, '') AS updated_at, coalesce(s.deleted_at, '') AS deleted_at,"
        " (SELECT count(*) FROM versions o WHERE o.submission_id = s.id) AS versions,"
        " coalesce(v.submitter_id, 0) AS submitter_id, s.device_id, v.user_agent, v.xml, v.sha256, v.received_at,"
        " v.current, d.version AS form_version, coalesce(a.display_name, '') AS submitter,"
        " coalesce(s.review_state, '') AS review_state FROM versions v JOIN submissions s ON s.id = v.submission_id"
        " JOIN form_defs d ON d.id = v.def_id LEFT JOIN actors a ON a.id = v.submitter_id"
        " WHERE v.form_id = ? AND (s.deleted_at IS NULL OR ?) AND (v.current = 1 OR ?)"
        " AND (s.instance_id = ? OR ? = '') ORDER BY v.id",
        (form.id, deleted, every_version, root_id, root_id),
    ).fetchall()
    return [_received(db, row) for row in rows]


def named(db: sqlite3.Connection, form: Form, root_id: str) -> Received:
    """Return the current version of one submission or raise 404.1."""
    found = listed(db, form, root_id=root_id) if root_id else []
    if not found:
        raise answers.not_found()
    return found[0]


def _received(db: sqlite3.Connection, row: sqlite3.Row) -> Received:
    names = db.execute(
        "SELECT name, coalesce(blob, '') AS blob FROM submission_files WHERE version_id = ?", (row["id"],)
    )
    files = {each["name"]: each["blob"] for each in names}
    values = {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118 — a Row yields values
    return Received(**{**values, "xml": bytes(row["xml"]), "current": bool(row["current"])}, files=files)


def delete(db: sqlite3.Connection, form: Form, root_id: str) -> None:
    """Delete a submission as staff do: its row stays, and it may not be sent again."""
    changed = db.execute(
        "UPDATE submissions SET deleted_at = ? WHERE form_id = ? AND instance_id = ? AND deleted_at IS NULL",
        (now_text(), form.id, root_id),
    ).rowcount
    if not changed:
        raise answers.not_found()
