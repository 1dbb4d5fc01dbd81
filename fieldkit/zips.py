# SPDX-License-Identifier: EUPL-1.2
"""Zips of unknown origin: opened with care, each part read up to a measure, nothing unpacked by its name.

ZipError              `cause` is a short clause; who reads a kind of file tells it in the errors of that kind
├── NotAZipError          another kind of file
├── BrokenZipError        cut, or damaged
└── BulkyZipError         more parts, or larger ones, than it may have
"""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, Final

_MAGIC: Final = b"PK\x03\x04"
# What zipfile raises for damage: its own error, a cut stream, an odd header, a method or a flag that it does not know.
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError, KeyError),
)


class ZipError(Exception):
    """Base of all; `cause` is a short clause."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


class NotAZipError(ZipError):
    """Another kind of file."""


class BrokenZipError(ZipError):
    """Cut, or damaged."""


class BulkyZipError(ZipError):
    """More parts, or larger ones, than it may have."""


def open_zip(file: IO[bytes], max_parts: int) -> zipfile.ZipFile:
    """Open a zip of at most `max_parts` parts; ZipError."""
    file.seek(0)
    if file.read(len(_MAGIC)) != _MAGIC:
        raise NotAZipError("not a zip")
    try:
        found = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise BrokenZipError("the end is missing") from error
    if len(found.infolist()) > max_parts:
        raise BulkyZipError(f"{len(found.infolist())} parts")
    return found


def read_part(source: zipfile.ZipFile, name: str, size: int) -> bytes:
    """Return a part of at most `size` bytes, whatever its header says; ZipError."""
    try:
        with source.open(name) as part:
            content = part.read(size + 1)
    except _BROKEN as error:
        raise BrokenZipError(f"{name} cannot be read") from error
    if len(content) > size:
        raise BulkyZipError(f"{name} is larger than it says")
    return content
