# SPDX-License-Identifier: EUPL-1.2
"""Opening the database: look before touching, refuse what is not ours, bring an older file up to date."""

from __future__ import annotations

from pathlib import Path

from fieldkit.errors import StoreDamaged, StoreTooNew, WorkspaceMissing
from fieldkit.store.connection import APPLICATION_ID, Connection
from fieldkit.store.copies import copies_of, copy_now
from fieldkit.store.migrations import MIGRATIONS, Steps
from fieldkit.store.sections import Store

# The file format of SQLite, "The Database Header": 100 bytes, page size at 16 (1 stands for 65536).
_MAGIC = b"SQLite format 3\x00"
_HEADER_SIZE = 100


def open_store(path: Path, *, read_only: bool = False, steps: Steps = MIGRATIONS) -> Store:
    """Open the database file `path`, made if it is not there, migrated if it is older.

    An older file is copied first (`copies/`), each step is one transaction. Raises StoreTooNew for a newer file and
    StoreDamaged for one that is cut, emptied, gone while copies of it exist, or not ours; neither is touched.
    With `read_only`, nothing is made or migrated: no file is WorkspaceMissing, an older schema is read as it is only
    if it is the current one (else StoreTooNew tells the two versions apart).
    """
    exists = _look(path, len(steps))
    if read_only:
        if not exists:
            raise WorkspaceMissing(path.parent)
        return _open_reading(path, len(steps))
    connection = Connection(path)
    try:
        _migrate(connection, steps)
        _touch_tables(connection)
    except BaseException:
        connection.close()
        raise
    return Store(connection)


def _look(path: Path, supported: int) -> bool:
    """Return whether there is a database to open; raise before anything is written if it must not be opened."""
    has_log = _size(path.with_name(path.name + "-wal")) > 0
    if _size(path) == 0:
        # A file made by a process that died at birth is empty too; a loss is told by what lies beside it.
        if has_log or copies_of(path):
            raise StoreDamaged(path, copies_of(path), "the file is empty" if path.exists() else "the file is gone")
        return False
    _check_length(path, has_log)
    connection = Connection(path, read_only=True)
    try:
        if connection.number("SELECT count(*) FROM sqlite_master"):
            if connection.number("PRAGMA application_id") != APPLICATION_ID:
                raise StoreDamaged(path, copies_of(path), "the file belongs to another program")
            found = connection.number("PRAGMA user_version")
            if found > supported:
                raise StoreTooNew(path, found, supported)
    finally:
        connection.close()
    return True


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check_length(path: Path, has_log: bool) -> None:
    """Refuse what SQLite would take for a new or a whole file: less than a header, or a last page cut short.

    A cut last page is no damage while the log beside it still holds that page (a checkpoint that was interrupted).
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    page_size = int.from_bytes(header[16:18], "big")
    if len(header) < _HEADER_SIZE or not header.startswith(_MAGIC):
        raise StoreDamaged(path, copies_of(path), "no header")
    if not has_log and page_size > 1 and _size(path) % page_size:
        raise StoreDamaged(path, copies_of(path), "cut in the middle of a page")


def _open_reading(path: Path, supported: int) -> Store:
    connection = Connection(path, read_only=True)
    try:
        _check_version(connection, supported)
        _touch_tables(connection)
    except BaseException:
        connection.close()
        raise
    return Store(connection)


def _check_version(connection: Connection, supported: int) -> None:
    found = connection.number("PRAGMA user_version")
    if found != supported:
        raise StoreTooNew(connection.path, found, supported)


def _migrate(connection: Connection, steps: Steps) -> None:
    version = connection.number("PRAGMA user_version")
    if 0 < version < len(steps):
        copy_now(connection, f"schema{version}")
    for number in range(version, len(steps)):
        with connection.write():
            # Two programs may come here at once: the second finds the step done.
            if connection.number("PRAGMA user_version") > number:
                continue
            for statement in steps[number]:
                connection.run(statement)
            connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.run(f"PRAGMA user_version = {number + 1}")


def _touch_tables(connection: Connection) -> None:
    """Read the first page of each table: most damage shows here, at the opening, and not at the first answer."""
    for row in connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        connection.row(f'SELECT 1 FROM "{row[0]}" LIMIT 1')  # noqa: S608 (names from the file's own schema)
