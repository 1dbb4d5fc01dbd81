# SPDX-License-Identifier: EUPL-1.2
"""The workspace: the one folder in which everything of a user is, opened by one program at a time.

fieldkit.db        the store                 settings.json   the settings
instances/<id>/    the files of instances    copies/         dated copies of the database
workspace.lock     held while open           workspace.json  who holds it
cache/             compiled forms; safe to delete

The system gives a lock back when its holder dies, so what a crash leaves behind locks nobody out. Where a locked file
can be deleted (not on Windows) the folder itself is locked too: a tidy hand must not let two programs send the same.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from fieldkit.durable import file_errors
from fieldkit.errors import FolderNotWritable, StoreFull, StoreReadOnly, WorkspaceBusy, WorkspaceMissing
from fieldkit.settings import FILE_NAME as SETTINGS_NAME
from fieldkit.settings import Settings
from fieldkit.store import Store, open_store

STORE_NAME = "fieldkit.db"
LOCK_NAME = "workspace.lock"
HOLDER_NAME = "workspace.json"


class Workspace:
    """An open workspace; a context manager. `store` belongs to the thread that opened it (others: `.reopen()`)."""

    def __init__(self, folder: Path, store: Store, settings: Settings, lock: _Lock | None) -> None:
        """Take over what `open` made."""
        self.folder = folder
        self.store = store
        self.settings = settings
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Workspace:
        """Open the workspace of a folder, made if needed; the day's copy of the database is made on the way.

        Raises WorkspaceBusy if another program has it open, FolderNotWritable if nothing can be written there, and
        the StoreError family for the database. With `read_only` nothing is made and no lock is asked: it opens
        beside a running program, and raises WorkspaceMissing where there is no workspace.
        """
        folder = folder.absolute()
        if read_only:
            if not folder.is_dir():
                raise WorkspaceMissing(folder)
            store = open_store(folder / STORE_NAME, read_only=True)
            return cls(folder, store, Settings(folder / SETTINGS_NAME, read_only=True), None)
        _make_folder(folder)
        lock = _take_lock(folder)
        try:
            store = _open_writing(folder)
            try:
                settings = Settings(folder / SETTINGS_NAME)
            except BaseException:
                store.close()
                raise
        except BaseException:
            _release(folder, lock)
            raise
        return cls(folder, store, settings, lock)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed through this object."""
        return self.store.read_only

    def close(self) -> None:
        """Close the store and let others in; a second call does nothing."""
        self.store.close()
        if self._lock is not None:
            _release(self.folder, self._lock)
            self._lock = None

    def __enter__(self) -> Workspace:
        """Return the workspace itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _open_writing(folder: Path) -> Store:
    try:
        store = open_store(folder / STORE_NAME)
    except StoreReadOnly as error:
        raise FolderNotWritable(folder, "the database is read-only") from error
    try:
        # On a full disk the work of the day matters more than the copy of yesterday's: it is made another time.
        with suppress(StoreFull):
            store.copy_if_due()
    except BaseException:
        store.close()
        raise
    return store


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # answers are nobody else's business
    except FileExistsError as error:
        raise FolderNotWritable(folder, "a file is in its place") from error
    except OSError as error:
        raise FolderNotWritable(folder, error.strerror or str(error)) from error


class _Lock:
    """The lock file of a workspace, and the folder itself."""

    def __init__(self, folder: Path) -> None:
        """Take both, or raise WorkspaceBusy or FolderNotWritable."""
        from filelock import FileLock, Timeout

        self._file = FileLock(folder / LOCK_NAME, timeout=0)
        self._folder = -1
        try:
            self._file.acquire()
            self._folder = _hold(folder)
        except (Timeout, BlockingIOError) as error:
            self.release()
            raise _busy(folder) from error
        except OSError as error:
            raise FolderNotWritable(folder, error.strerror or str(error)) from error

    def release(self) -> None:
        """Let others in."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
        self._file.release()


def _hold(folder: Path) -> int:
    """Lock a folder for this process; return its descriptor, -1 where the system cannot. BlockingIOError: held."""
    try:
        import fcntl
    except ImportError:  # Windows: there nobody can delete a file that is locked
        return -1
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise
    except OSError:  # a network disk that locks files only
        os.close(held)
        return -1
    return held


def _take_lock(folder: Path) -> _Lock:
    lock = _Lock(folder)
    try:
        with file_errors(folder / HOLDER_NAME):
            holder = {"pid": os.getpid(), "host": _computer_name(), "since": datetime.now(UTC).isoformat()}
            (folder / HOLDER_NAME).write_text(json.dumps(holder), encoding="utf-8")
    except StoreFull:
        pass  # a full disk must not keep the user from the answers; only the name of the holder is lost
    except BaseException:
        lock.release()
        raise
    return lock


def _computer_name() -> str:
    # Not by `socket` or `platform`: the start of the program waits for this import.
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _release(folder: Path, lock: _Lock) -> None:
    with suppress(OSError):
        (folder / HOLDER_NAME).unlink(missing_ok=True)
    lock.release()


def _busy(folder: Path) -> WorkspaceBusy:
    """Say who holds the lock, as far as the holder said."""
    try:
        holder = json.loads((folder / HOLDER_NAME).read_text(encoding="utf-8"))
        return WorkspaceBusy(folder, pid=int(holder["pid"]), host=str(holder["host"]), since=str(holder["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return WorkspaceBusy(folder)
