# SPDX-License-Identifier: EUPL-1.2
"""The reference server's one file: SQLite, WAL, one writer at a time, an answer only after the commit.

Each request opens a connection of its own; one more stays open as long as the server runs, so that the write-ahead log
is not folded in after every request.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.server.throttle import Throttle

# Each step is frozen once released; the file's user_version says how many have been applied.
MIGRATIONS = (
    """
    CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE actors (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('user', 'app-user')), display_name TEXT NOT NULL,
        email TEXT UNIQUE, password TEXT NOT NULL DEFAULT '', project_id INTEGER REFERENCES projects (id),
        created_at TEXT NOT NULL);
    CREATE TABLE sessions (
        token TEXT PRIMARY KEY, actor_id INTEGER NOT NULL REFERENCES actors (id), csrf TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL) WITHOUT ROWID;
    -- project 0: the whole site; form 0: the whole project
    CREATE TABLE assignments (
        actor_id INTEGER NOT NULL REFERENCES actors (id), role TEXT NOT NULL, project_id INTEGER NOT NULL DEFAULT 0,
        form_id INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (actor_id, role, project_id, form_id)) WITHOUT ROWID;
    CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, md5 TEXT NOT NULL, content BLOB NOT NULL);
    CREATE TABLE forms (
        id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects (id), xml_form_id TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closing', 'closed')),
        current_def INTEGER REFERENCES form_defs (id), draft_def INTEGER REFERENCES form_defs (id),
        created_at TEXT NOT NULL, deleted_at TEXT);
    CREATE UNIQUE INDEX one_living_form ON forms (project_id, xml_form_id) WHERE deleted_at IS NULL;
    CREATE TABLE form_defs (
        id INTEGER PRIMARY KEY, form_id INTEGER NOT NULL REFERENCES forms (id), version TEXT NOT NULL,
        name TEXT NOT NULL, xml BLOB NOT NULL, md5 TEXT NOT NULL, created_at TEXT NOT NULL, published_at TEXT);
    CREATE UNIQUE INDEX one_published_version ON form_defs (form_id, version) WHERE published_at IS NOT NULL;
    CREATE TABLE form_attachments (
        def_id INTEGER NOT NULL REFERENCES form_defs (id), name TEXT NOT NULL, type TEXT NOT NULL,
        blob TEXT REFERENCES blobs (sha256), PRIMARY KEY (def_id, name)) WITHOUT ROWID;
    CREATE TABLE submissions (
        id INTEGER PRIMARY KEY, form_id INTEGER NOT NULL REFERENCES forms (id), instance_id TEXT NOT NULL,
        submitter_id INTEGER REFERENCES actors (id), device_id TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
        updated_at TEXT, review_state TEXT, deleted_at TEXT, UNIQUE (form_id, instance_id));
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY, submission_id INTEGER NOT NULL REFERENCES submissions (id),
        form_id INTEGER NOT NULL REFERENCES forms (id), instance_id TEXT NOT NULL,
        def_id INTEGER NOT NULL REFERENCES form_defs (id), xml BLOB NOT NULL, sha256 TEXT NOT NULL,
        submitter_id INTEGER REFERENCES actors (id), user_agent TEXT NOT NULL DEFAULT '', received_at TEXT NOT NULL,
        current INTEGER NOT NULL, UNIQUE (form_id, instance_id));
    CREATE UNIQUE INDEX one_current_version ON versions (submission_id) WHERE current = 1;
    CREATE TABLE submission_files (
        version_id INTEGER NOT NULL REFERENCES versions (id), name TEXT NOT NULL,
        blob TEXT REFERENCES blobs (sha256), PRIMARY KEY (version_id, name)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE datasets (
        id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects (id), name TEXT NOT NULL,
        UNIQUE (project_id, name));
    CREATE TABLE entities (
        id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL REFERENCES datasets (id), uuid TEXT NOT NULL,
        label TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL, deleted_at TEXT, UNIQUE (dataset_id, uuid));
    """,
    """
    ALTER TABLE datasets ADD COLUMN owner_only INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE datasets ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
    CREATE TABLE dataset_properties (
        id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL REFERENCES datasets (id), name TEXT NOT NULL,
        UNIQUE (dataset_id, name));
    ALTER TABLE entities ADD COLUMN creator_id INTEGER REFERENCES actors (id);
    ALTER TABLE entities ADD COLUMN submission_id INTEGER REFERENCES submissions (id);
    ALTER TABLE entities ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
    ALTER TABLE entities ADD COLUMN updated_at TEXT;
    ALTER TABLE entities ADD COLUMN conflict TEXT;
    -- what made each version: `base` is the version that the client had in hand, counted on its branch
    CREATE TABLE entity_steps (
        entity_id INTEGER NOT NULL REFERENCES entities (id), version INTEGER NOT NULL, branch TEXT NOT NULL,
        base INTEGER NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (entity_id, version)) WITHOUT ROWID;
    -- changes that came before the one they build on
    CREATE TABLE entity_held (
        id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL REFERENCES datasets (id), uuid TEXT NOT NULL,
        branch TEXT NOT NULL, base INTEGER NOT NULL, change TEXT NOT NULL);
    -- received versions whose entities are not made yet
    CREATE TABLE entity_queue (version_id INTEGER PRIMARY KEY REFERENCES versions (id), due_at TEXT NOT NULL);
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY, submission_id INTEGER NOT NULL REFERENCES submissions (id),
        actor_id INTEGER NOT NULL REFERENCES actors (id), body TEXT NOT NULL, created_at TEXT NOT NULL);
    """,
    """
    CREATE INDEX versions_of ON versions (submission_id);
    CREATE INDEX comments_of ON comments (submission_id);
    CREATE INDEX entities_of ON entities (submission_id);
    """,
)


def now_text(after: float = 0.0) -> str:
    """Return the present, or `after` seconds later, as the API writes times: UTC, milliseconds, Z."""
    at = datetime.now(UTC) + timedelta(seconds=after)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class NewerDatabaseError(Exception):
    """The file was written by a later version of this server; `path`, `found`, `known` tell which."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        self.path = path
        self.found = found
        self.known = known
        super().__init__(f"{path} has schema {found}, this program knows {known}")


class Database:
    """The file; `reading()` and `writing()` lend a connection for one request. `throttle` is of its log-ins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.throttle = Throttle()
        self._writer = threading.Lock()
        self._anchor = self._connect()
        try:
            self._migrate()
        except BaseException:
            self._anchor.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self) -> None:
        done = self._anchor.execute("PRAGMA user_version").fetchone()[0]
        if done > len(MIGRATIONS):
            raise NewerDatabaseError(self.path, done, len(MIGRATIONS))
        for number, script in enumerate(MIGRATIONS[done:], done + 1):
            self._anchor.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection whose reads see one moment; nothing written through it is kept."""
        connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the one writing transaction: committed (and on disk) when the block ends, undone if it raises."""
        with self._writer:
            connection = self._connect()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        self._anchor.close()
