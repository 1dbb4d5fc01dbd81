# SPDX-License-Identifier: EUPL-1.2
"""A SQLite file for people who analyse: plain tables, no schema of ours, opened by any tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def write_tables(tables: Mapping[str, Sequence[dict[str, object]]], path: Path) -> None:
    """Write each table with the columns that its rows have; `path` must not exist. OSError if it cannot be written."""
    import sqlite3

    import sqlite_utils

    try:
        database = sqlite_utils.Database(path)
        try:
            for name, rows in tables.items():
                if rows:
                    database.table(name).insert_all(rows, alter=True)
        finally:
            database.close()
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
