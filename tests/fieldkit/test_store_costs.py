# SPDX-License-Identifier: EUPL-1.2
"""What the store does for one record must not hang on how many others there are: counted in steps of SQLite."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from fieldkit.store import Store
from forms.views import EntityChange
from tests.fieldkit.store_samples import freeze


def steps_of(store: Store, act: Callable[[], object]) -> int:
    """Count what SQLite does for `act`, in tens of its steps."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    database = store._connection._db
    database.set_progress_handler(step, 10)
    act()
    database.set_progress_handler(None, 0)
    return count


def test_a_record_that_changes_an_entity_looks_at_those_that_change_the_same_one(store: Store) -> None:
    def plant(count: int) -> str:
        with store._connection.write():
            for _ in range(count):
                planted.append(freeze(store, len(planted) + 1))
                seq = store._connection.number("SELECT max(seq) FROM instances")
                tree = EntityChange("trees", str(uuid4()), create=True, update=False, label="Oak", properties={})
                costs.append(steps_of(store, partial(store.entities.record, seq, [tree])))
        return planted[-1]

    planted: list[str] = []
    costs: list[int] = []
    few = plant(20)
    cheap = steps_of(store, lambda: store.entities.base_of(few))
    many = plant(200)
    assert steps_of(store, lambda: store.entities.base_of(many)) <= 2 * cheap + 10
    assert costs[-1] <= 2 * costs[10] + 10
