# SPDX-License-Identifier: EUPL-1.2
"""Files that are there whole or not at all, also after a power cut; and the disk's refusals in our own words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldkit.errors import FolderNotWritable, StoreFull, StoreUnreadable

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_RIGHT = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals of a file into those of `fieldkit.errors`."""
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error)
        if error.errno in _NO_ROOM:
            raise StoreFull(path) from error
        if error.errno in _NO_RIGHT:
            raise FolderNotWritable(path.parent, cause) from error
        raise StoreUnreadable(path, cause) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside, flush it, and put it in its place in one step: a cut leaves the old one or the new one.

    Raises OSError as the system gives it, the old file untouched.
    """
    fresh = path.with_name(f".{path.name}.part")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError:
        if fresh.is_file():
            fresh.unlink()
        raise


def sync_file(path: Path) -> None:
    """Flush a file that was written by others (SQLite's copies) to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, so that a renaming outlives a power cut; Windows does it by itself."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
