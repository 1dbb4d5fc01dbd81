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


def test_a_block_inside_another_is_a_part_of_it(store: Store) -> None:
    def both(trouble: Exception | None) -> None:
        with store._connection.write():
            store.facts.set("inner", "1")
            if trouble is not None:
                raise trouble

    with pytest.raises(KeyError):
        both(KeyError("a"))
    assert store.facts.get("inner") == ""
    both(None)
    assert store.facts.get("inner") == "1"
    store.facts.set("alone", "1")  # and what comes after is one of its own again
    with store.reopen() as other:
        assert other.facts.get("alone") == "1"
