# SPDX-License-Identifier: EUPL-1.2
"""Files that are there whole or not at all, also after a power cut; and the disk's refusals in our own words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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
    with flushed(fresh) as file:
        file.write(content)
    put_in_place(fresh, path)


@contextmanager
def flushed(fresh: Path) -> Iterator[BinaryIO]:
    """Write the file `fresh` from its beginning; it is on the disk at the end of the block, or gone if that raises."""
    try:
        with fresh.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        _remove(fresh)
        raise


def put_in_place(fresh: Path, path: Path) -> None:
    """Give a flushed file its name, also after a power cut; OSError, and the file is gone, if that cannot be."""
    try:
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError:
        _remove(fresh)
        raise


def _remove(fresh: Path) -> None:
    if fresh.is_file():
        fresh.unlink()


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
