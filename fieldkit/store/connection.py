# SPDX-License-Identifier: EUPL-1.2
"""One SQLite connection with the rules of the store, and SQLite's refusals told in the words of `fieldkit.errors`.

Rules: WAL with synchronous=FULL (what was committed survives a power cut), foreign keys on, every write in a
`BEGIN IMMEDIATE` (a deferred transaction that turns into a write fails at once instead of waiting its turn), and
one connection per thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from fieldkit.errors import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreUnreadable,
)
from fieldkit.store.copies import copies_of

Value: TypeAlias = "str | int | float | bytes | None"

APPLICATION_ID = 0x464B4954  # "FKIT": tells our file from any other SQLite database
PATIENCE_MS = 10_000

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# A quota or a limit of the process is reported as a failed write, not as SQLITE_FULL.
_FULL = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the error of the store for what SQLite says of the file `path`."""
    code = getattr(error, "sqlite_errorcode", 0)
    primary = code & 0xFF
    if primary in _DAMAGE:
        return StoreDamaged(path, copies_of(path), str(error))
    if primary == sqlite3.SQLITE_FULL or code in _FULL:
        return StoreFull(path)
    if primary in _BUSY:
        return StoreLocked(path)
    if primary == sqlite3.SQLITE_READONLY:
        return StoreReadOnly(path)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreUnreadable(path, f"{name}: {error}")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's own exceptions inside the block into those of `fieldkit.errors`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise store_error(path, error) from error
    except sqlite3.IntegrityError:
        raise  # a rule of the schema: the caller knows which, or it is a bug
    except sqlite3.ProgrammingError:
        raise  # a bug: wrong thread, closed connection
    except sqlite3.DatabaseError as error:
        raise store_error(path, error) from error


class Connection:
    """A connection in autocommit mode: writes go in `with connection.write()`, reads that belong together in `read`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Connect to an existing or new file; nothing is checked and no table made."""
        self.path = path
        self.read_only = read_only
        self._writing = False
        with told(path):
            self._db = _connect_reading(path) if read_only else _connect(path)

    def close(self) -> None:
        """Close; a second call does nothing."""
        self._db.close()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with told(self.path):
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with told(self.path):
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def number(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Return the first column of the first row as an int, 0 if there is no row or a NULL."""
        row = self.row(sql, values)
        return int(row[0] or 0) if row else 0

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute one statement; return how many rows it touched."""
        with told(self.path):
            return self._db.execute(sql, values).rowcount

    def insert(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute one INSERT; return the rowid it made."""
        with told(self.path):
            return int(self._db.execute(sql, values).lastrowid or 0)

    def run_many(self, sql: str, values: Sequence[Sequence[Value]]) -> None:
        """Execute one statement for each row of values."""
        with told(self.path):
            self._db.executemany(sql, values)

    @contextmanager
    def read(self) -> Iterator[None]:
        """Hold one state of the file for all reads of the block, whatever is written meanwhile. Not inside `write`."""
        with told(self.path):
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                self._db.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold the only write transaction: committed and on disk when the block ends, undone if it raises.

        A block inside another is a part of it.
        """
        if self._writing:
            yield
            return
        with told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            self._writing = True
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself; a second rollback would hide the cause.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._writing = False

    def copy_to(self, target: Path) -> None:
        """Write a whole copy of the database, as of one instant, into the new file `target`."""
        with told(target):
            other = sqlite3.connect(target, isolation_level=None)
            try:
                self._db.backup(other)
                # A copy is one file: without this its header would ask for a log beside it.
                other.execute("PRAGMA journal_mode = DELETE")
            finally:
                other.close()


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_MS / 1000)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            db.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        db.close()
        raise
    return db


def _connect_reading(path: Path) -> sqlite3.Connection:
    """Open without writing a byte. On a read-only disk the log's index cannot be made: then the file alone is read.

    That is only right when no log waits beside it, so it is not tried otherwise.
    """
    uri = path.absolute().as_uri()
    failure: sqlite3.Error | None = None
    for options in ("mode=ro", "mode=ro&immutable=1"):
        db = sqlite3.connect(f"{uri}?{options}", uri=True, isolation_level=None, timeout=PATIENCE_MS / 1000)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError as error:
            db.close()
            failure = error
            wal = path.with_name(path.name + "-wal")
            if not path.exists() or (wal.exists() and wal.stat().st_size):
                break
        except BaseException:
            db.close()
            raise
        else:
            return db
    assert failure is not None  # noqa: S101 (the loop ends here only after a failure)
    raise failure
