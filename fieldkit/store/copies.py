# SPDX-License-Identifier: EUPL-1.2
"""Copies of the database, kept in `copies/` beside it: one a day, and one before each migration.

Names sort by time: `fieldkit-20261122T194600Z-day.db`, `fieldkit-20261122T194600Z-schema1.db`. A copy is written
under another name, checked, and only then given its own: a file with such a name is whole.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.durable import file_errors, sync_file, sync_folder
from fieldkit.errors import NotFoundError, StoreDamaged, StoreUnreadable

if TYPE_CHECKING:
    from fieldkit.store.connection import Connection

FOLDER = "copies"
KEPT = {"day": 5, "schema": 3}
_TIME = "%Y%m%dT%H%M%SZ"


def copies_of(path: Path) -> tuple[Path, ...]:
    """Return the copies of the database `path`, newest first (none if the folder is not there)."""
    folder = path.parent / FOLDER
    return tuple(sorted(folder.glob(f"{path.stem}-*Z-*.db"), key=lambda copy: copy.name, reverse=True))


def copied_at(copy: Path) -> datetime:
    """Return when a copy was made (UTC), read from its name."""
    stamp = copy.stem.split("-")[-2]  # read by hand: strptime is slow to import, and the start of the program waits
    day, hour = stamp[:8], stamp[9:15]
    return datetime.fromisoformat(f"{day}T{hour}+00:00")


def copy_now(connection: Connection, label: str, *, now: datetime | None = None) -> Path:
    """Copy the open database into `copies/` and drop the oldest of the same kind; return the new file.

    `label` is "day" or "schemaN". Raises StoreDamaged if the copy does not hold together: then the database itself
    is damaged, and the older copies are all kept.
    """
    path = connection.path
    folder = path.parent / FOLDER
    with file_errors(folder):
        folder.mkdir(exist_ok=True)
    stamp = (now or datetime.now(UTC)).strftime(_TIME)
    target = folder / f"{path.stem}-{stamp}-{label}.db"
    unfinished = target.with_suffix(".unfinished")
    with file_errors(target):
        try:
            unfinished.unlink(missing_ok=True)
            connection.copy_to(unfinished)
            cause = find_damage(unfinished)
            if cause:
                raise StoreDamaged(path, copies_of(path), cause)
            sync_file(unfinished)
            unfinished.replace(target)
            sync_folder(folder)
        finally:
            unfinished.unlink(missing_ok=True)
    _drop_oldest(path, label.rstrip("0123456789"))
    return target


def copy_if_due(connection: Connection, *, every: timedelta = timedelta(days=1), now: datetime | None = None) -> bool:
    """Make the day's copy if the last one is older than `every`; return whether one was made.

    A last copy from the future (the clock went back) counts as old.
    """
    now = now or datetime.now(UTC)
    days = [copied_at(copy) for copy in copies_of(connection.path) if copy.stem.endswith("-day")]
    if days and timedelta(0) <= now - days[0] < every:
        return False
    copy_now(connection, "day", now=now)
    return True


def find_damage(path: Path) -> str:
    """Return what is wrong with the database file `path` ("" if it holds together); reads every page."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found


def restore_copy(path: Path, copy: Path, *, now: datetime | None = None) -> Path:
    """Put `copy` in the place of the damaged database `path`, which is kept aside; return where it was put.

    Nobody may have the database open. The damaged file and its log keep their bytes under a dated name, so that what
    the copy does not hold can still be looked for. Raises NotFoundError if there is no such copy, StoreUnreadable if
    the copy is damaged too.
    """
    if not copy.is_file():
        raise NotFoundError("copy", copy.name)
    cause = find_damage(copy)
    if cause:
        raise StoreUnreadable(copy, cause)
    stamp = (now or datetime.now(UTC)).strftime(_TIME)
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    fresh = path.with_name(f"{path.name}.restoring")
    fresh.write_bytes(copy.read_bytes())
    sync_file(fresh)
    # The log goes first: left beside the restored file, it would be played into it.
    for tail in ("-wal", "-shm", ""):
        old = path.with_name(path.name + tail)
        if old.exists():
            old.replace(aside.with_name(aside.name + tail))
    fresh.replace(path)
    sync_folder(path.parent)
    return aside


def _drop_oldest(path: Path, kind: str) -> None:
    same = [copy for copy in copies_of(path) if copy.stem.split("-")[-1].rstrip("0123456789") == kind]
    for copy in same[KEPT[kind] :]:
        copy.unlink(missing_ok=True)
