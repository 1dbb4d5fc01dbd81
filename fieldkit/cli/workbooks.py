# SPDX-License-Identifier: EUPL-1.2
"""What is looked at in the file of an XLSForm before a reader or the compiler opens it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from fieldkit.cli.errors import SourceError

MAX_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of all parts of a workbook; that of a form of 5,000 questions has three million."""

MAX_ROW: Final = 1_048_576  # of a sheet, says Excel; a file can say anything


def refuse_bomb(path: Path, data: bytes) -> None:
    """Refuse a workbook that would fill the memory. Raises SourceError; what is no zip is left to its readers."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        return
    if size > MAX_UNPACKED:
        limit = MAX_UNPACKED // 2**20
        raise SourceError(path, f"unpacked it would have {size // 2**20} MB, and the limit is {limit}.")


def plain_text(path: Path, data: bytes) -> bytes:
    """Clean a .md or .csv file for the compiler: no byte order mark, and in a .csv no lines of empty cells."""
    text = data.decode("utf-8-sig")
    if path.suffix.lower() != ".csv":
        return text.encode()
    out = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(out).writerows(row for row in rows if any(cell.strip() for cell in row))
    return out.getvalue().encode()
