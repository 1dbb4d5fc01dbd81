# SPDX-License-Identifier: EUPL-1.2
"""What makes "on disk when the call returns" true: the file's own rules, not only our order of calls."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from fieldkit.store import Store


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("foreign_keys", 1)],  # 2: FULL
)
def test_every_connection_has_the_rules(store: Store, pragma: str, value: int) -> None:
    with store.reopen() as own:
        for one in (store, own):
            assert one._connection.number(f"PRAGMA {pragma}") == value


def test_the_file_keeps_a_write_ahead_log(store: Store) -> None:
    store.facts.set("a", "b")
    assert store.path.with_name(f"{store.path.name}-wal").exists()
    with closing(sqlite3.connect(store.path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
