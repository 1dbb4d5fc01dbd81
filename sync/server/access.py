# SPDX-License-Identifier: EUPL-1.2
"""Who calls and what they may do: actors, tokens, roles, assignments.

Section 2.1 of the contract: an app user's token never expires and opens only what is assigned to it; a web user's token
lives 24 hours.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
import string
from dataclasses import dataclass

from sync.server.answers import already_exists, not_authenticated, not_found, too_many_tries
from sync.server.database import Database, now_text

TOKEN_PATTERN = re.compile(r"[A-Za-z0-9!$]{64}")
TOKEN_LETTERS = string.ascii_letters + string.digits + "!$"
SESSION_SECONDS = 24 * 60 * 60
NEVER = "9999-12-31T23:59:59.000Z"

OPENROSA_VERBS = ("open_form.list", "open_form.read", "submission.create")
READING_VERBS = (
    "project.read", "form.list", "form.read", "submission.list", "submission.read", "dataset.list", "entity.list",
    "comment.create",
)  # fmt: skip
MANAGING_VERBS = (
    *READING_VERBS, *OPENROSA_VERBS, "project.update", "form.create", "form.update", "form.delete",
    "submission.update", "submission.delete", "field_key.create", "field_key.list", "session.end",
    "assignment.list", "assignment.create", "assignment.delete", "dataset.create", "dataset.update", "entity.create",
    "entity.update", "entity.delete",
)  # fmt: skip
# The ids are Central's; a client reads them from /v1/roles.
ROLES: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "admin": (1, "Administrator", (*MANAGING_VERBS, "project.create", "project.list")),
    "app-user": (2, "App User", OPENROSA_VERBS),
    "manager": (5, "Project Manager", MANAGING_VERBS),
    "viewer": (6, "Project Viewer", READING_VERBS),
    "formfill": (8, "Data Collector", ("project.read", "form.list", *OPENROSA_VERBS)),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls: a web user ("user") or an app user; `token` and the session's times are those of this call."""

    id: int
    kind: str
    display_name: str
    email: str
    token: str
    created_at: str
    expires_at: str


def new_token() -> str:
    """Return 64 random letters of the alphabet that Central uses."""
    return "".join(secrets.choice(TOKEN_LETTERS) for _ in range(64))


def actor_of(db: sqlite3.Connection, token: str) -> Actor | None:
    """Return who holds a living token, else None."""
    row = db.execute(
        "SELECT a.id, a.kind, a.display_name, a.email, s.token, s.created_at, s.expires_at"
        " FROM sessions s JOIN actors a ON a.id = s.actor_id WHERE s.token = ? AND s.expires_at > ?",
        (token, now_text()),
    ).fetchone()
    return Actor(**{**dict(row), "email": row["email"] or ""}) if row else None


def csrf_of(db: sqlite3.Connection, token: str) -> str:
    """Return the word that proves a form of a session; "" for app users and unknown tokens."""
    row = db.execute("SELECT csrf FROM sessions WHERE token = ?", (token,)).fetchone()
    return str(row["csrf"]) if row else ""


def can(db: sqlite3.Connection, actor: Actor | None, verb: str, project_id: int = 0, form_id: int = 0) -> bool:
    """Tell whether a role of `actor` holds `verb` on the site, on the project or on the form."""
    if actor is None:
        return False
    rows = db.execute(
        "SELECT role FROM assignments WHERE actor_id = ?"
        " AND (project_id = 0 OR (project_id = ? AND form_id IN (0, ?)))",
        (actor.id, project_id, form_id),
    )
    return any(verb in ROLES[row["role"]][2] for row in rows)


def assign(db: sqlite3.Connection, actor_id: int, role: str, project_id: int = 0, form_id: int = 0) -> None:
    """Give a role; giving it twice is 409.3, as on Central."""
    try:
        db.execute("INSERT INTO assignments VALUES (?, ?, ?, ?)", (actor_id, role, project_id, form_id))
    except sqlite3.IntegrityError:
        raise already_exists("actorId, roleId", f"{actor_id}, {ROLES[role][0]}") from None


def unassign(db: sqlite3.Connection, actor_id: int, role: str, project_id: int = 0, form_id: int = 0) -> None:
    """Take a role away; 404.1 if the actor does not have it."""
    condition = "actor_id = ? AND role = ? AND project_id = ? AND form_id = ?"
    if not db.execute(f"DELETE FROM assignments WHERE {condition}", (actor_id, role, project_id, form_id)).rowcount:  # noqa: S608 — a constant
        raise not_found()


def role_named(value: str) -> str:
    """Return the role of an id or a system name."""
    for system, (number, _name, _verbs) in ROLES.items():
        if value in {system, str(number)}:
            return system
    raise not_found()


def create_app_user(db: sqlite3.Connection, project_id: int, name: str) -> Actor:
    """Return a new app user, with a token that lives until it is revoked."""
    now, token = now_text(), new_token()
    number = db.execute(
        "INSERT INTO actors (kind, display_name, project_id, created_at) VALUES ('app-user', ?, ?, ?)",
        (name, project_id, now),
    ).lastrowid
    db.execute("INSERT INTO sessions VALUES (?, ?, '', ?, ?)", (token, number, now, NEVER))
    return Actor(number or 0, "app-user", name, "", token, now, NEVER)


def put_web_user(db: sqlite3.Connection, email: str, password: str, role: str, project_id: int = 0) -> int:
    """Create a web user or give an existing one a new password, which ends his sessions; return the actor's id."""
    row = db.execute("SELECT id, password FROM actors WHERE email = ?", (email,)).fetchone()
    if row:
        if not check_password(password, row["password"]):
            db.execute("UPDATE actors SET password = ? WHERE id = ?", (hash_password(password), row["id"]))
            db.execute("DELETE FROM sessions WHERE actor_id = ?", (row["id"],))
        return int(row["id"])
    number = db.execute(
        "INSERT INTO actors (kind, display_name, email, password, created_at) VALUES ('user', ?, ?, ?, ?)",
        (email, email, hash_password(password), now_text()),
    ).lastrowid
    assign(db, number or 0, role, project_id)
    return number or 0


def log_in(database: Database, email: str, password: str, address: str) -> dict[str, str]:
    """Return a new session of 24 hours, or raise 401.2; 429.1 for who guesses. `address` is the caller's.

    The password is looked at while nobody waits to write: that takes a while on purpose.
    """
    if seconds := database.throttle.seconds_left(email, address):
        raise too_many_tries(seconds)
    with database.reading() as db:
        row = db.execute("SELECT id, password FROM actors WHERE email = ? AND kind = 'user'", (email,)).fetchone()
    if not check_password(password, row["password"] if row else ""):
        database.throttle.wrong(email, address)
        raise not_authenticated()
    database.throttle.right(email, address)
    created, expires = now_text(), now_text(SESSION_SECONDS)
    session = {"token": new_token(), "csrf": new_token(), "createdAt": created, "expiresAt": expires}
    values = (session["token"], row["id"], session["csrf"], created, expires)
    with database.writing() as db:
        db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", values)
    return session


def log_out(db: sqlite3.Connection, token: str) -> None:
    """End a session; an app user whose session ends is revoked for good."""
    if not db.execute("DELETE FROM sessions WHERE token = ?", (token,)).rowcount:
        raise not_found()


def hash_password(password: str) -> str:
    """Return salt and scrypt hash, both hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(password, salt).hex()}"


def check_password(password: str, stored: str) -> bool:
    """Tell whether `password` is the one; takes as long when there is no such user."""
    salt, _, expected = (stored or f"{bytes(16).hex()}$").partition("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), expected)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def assigned(db: sqlite3.Connection, project_id: int, form_id: int = 0) -> list[dict[str, int]]:
    """Return who has which role on exactly this project or form."""
    rows = db.execute(
        "SELECT actor_id, role FROM assignments WHERE project_id = ? AND form_id = ? ORDER BY actor_id, role",
        (project_id, form_id),
    )
    return [{"actorId": row["actor_id"], "roleId": ROLES[row["role"]][0]} for row in rows]
