# SPDX-License-Identifier: EUPL-1.2
"""Reading and writing the files that a command names."""

from __future__ import annotations

from pathlib import Path

from fieldkit.cli.errors import FileMissingError, OutputError
from fieldkit.durable import write_whole


def read(path: Path) -> bytes:
    """Return the bytes of a file; FileMissingError tells why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileMissingError(path, error.strerror or str(error)) from error


def is_file(path: Path) -> bool:
    """Tell whether there is such a file; a text that no file can be called is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def write(path: Path, content: bytes) -> None:
    """Write a file whole (beside, then renamed); OutputError tells why not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
