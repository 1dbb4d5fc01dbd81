# SPDX-License-Identifier: EUPL-1.2
"""Packs in the store: each whole or not at all, and nothing is read again that did not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldkit.errors import NotFoundError, StoreFull, StoreReadOnly
from fieldkit.instance import State
from fieldkit.store import Store, open_store
from fieldkit.store.packs import RefusedPack, StoredPack
from tests.fieldkit.store_samples import add_draft, at, freeze

KEY, OTHER = bytes(32), bytes([1] * 32)


def pack(version: int = 1, *, key: bytes = KEY, pack_id: str = "a") -> StoredPack:
    md5 = f"{pack_id}{version}{key[0]}"
    return StoredPack(0, "acc", "a.zip", md5, key, pack_id, "toolkit", version, b"{}", at(version), None, None)


@pytest.fixture
def trusting(store: Store) -> Store:
    store.packs.trust("acc", KEY, at(0))
    return store


def one_file(content: bytes = b"x") -> list[tuple[str, Callable[[], bytes]]]:
    return [("guides/fr/G01.md", lambda: content)]


def test_a_new_version_replaces_the_one_before_and_calls_stay(trusting: Store) -> None:
    trusting.packs.put(pack(1), b"s", one_file(b"1"), kept=False)
    second = trusting.packs.put(pack(2), b"s", one_file(b"2"), kept=False)
    assert [one.version for one in trusting.packs.all()] == [2]
    assert trusting.packs.read(second.seq, "guides/fr/G01.md") == b"2"
    with pytest.raises(NotFoundError):
        trusting.packs.read(second.seq, "guides/fr/G02.md")
    trusting.packs.put(pack(3), b"s", one_file(), kept=True)
    assert [one.version for one in trusting.packs.all()] == [2, 3]
    trusting.packs.put(pack(4, key=OTHER), b"s", one_file(), kept=True)
    trusting.packs.put(pack(5, key=OTHER), b"s", one_file(), kept=True)
    assert [one.version for one in trusting.packs.all("acc")] == [2, 3, 5]
    assert trusting.packs.all("other") == []


def test_a_disk_that_fills_in_the_middle_leaves_the_one_before(store: Store) -> None:
    store.packs.put(pack(1), b"s", one_file(b"1"), kept=False)
    stamp = store.packs.stamp()

    def files() -> Iterator[tuple[str, Callable[[], bytes]]]:
        yield from one_file(b"2")
        raise StoreFull(store.path)

    with pytest.raises(StoreFull):
        store.packs.put(pack(2), b"s", files(), kept=False)
    (kept,) = store.packs.all()
    assert store.packs.read(kept.seq, "guides/fr/G01.md") == b"1"
    assert store.packs.stamp() == stamp


def test_the_stamp_changes_with_everything_and_with_nothing_else(trusting: Store) -> None:
    store = trusting
    seen = [store.packs.stamp()]

    def changed() -> bool:
        seen.append(store.packs.stamp())
        return seen[-1] != seen[-2]

    assert seen == ["1"]
    seq = store.packs.put(pack(), b"s", one_file(), kept=False).seq
    assert changed()
    assert store.packs.settle("acc", {seq}, {"a.zip"}, at(9)) == []
    assert not changed()
    assert [one.version for one in store.packs.settle("acc", (), (), at(9))] == [1]
    assert changed()
    assert store.packs.settle("acc", (), (), at(10)) == []
    assert not changed()
    store.packs.settle("acc", {seq}, {"a.zip"}, at(11))
    assert changed()
    assert store.packs.all()[0].withdrawn_at is None
    for act in (
        lambda: store.packs.trust("acc", KEY, at(1)),
        lambda: store.packs.rename(seq, "b.zip"),
        lambda: store.packs.refuse("acc", RefusedPack("c.zip", "1", "PackDamaged", "cut", "1")),
        lambda: store.packs.distrust("acc"),
        lambda: store.packs.postpone("acc", KEY),
    ):
        act()
        assert changed()
    assert (store.packs.postponed("acc"), store.packs.postponed("other")) == (KEY, b"")


def test_trust_is_of_one_key_and_uses_what_waited(store: Store) -> None:
    store.packs.put(pack(1), b"s", one_file(), kept=False)
    store.packs.put(pack(1, key=OTHER), b"s", one_file(), kept=False)
    store.packs.trust("acc", KEY, at(5))
    assert [one.used_at for one in store.packs.all()] == [at(5), None]
    store.packs.trust("acc", OTHER, at(6))
    assert store.packs.trusted()["acc"].public_key == OTHER
    assert [one.used_at for one in store.packs.all()] == [at(5), at(6)]
    store.packs.distrust("acc")
    assert store.packs.trusted() == {}
    assert len(store.packs.all()) == 2


def test_what_was_never_used_goes_with_its_offer_and_refusals_with_their_file(store: Store) -> None:
    store.packs.put(pack(1), b"s", one_file(), kept=False)
    store.packs.refuse("acc", RefusedPack("c.zip", "1", "PackDamaged", "cut", "1"))
    store.packs.settle("acc", (), {"c.zip"}, at(9))
    assert store.packs.all() == []
    assert [one.name for one in store.packs.refused("acc")] == ["c.zip"]
    store.packs.settle("acc", (), (), at(9))
    assert store.packs.refused("acc") == []


def test_a_call_is_aimed_at_until_its_record_is_sent(store: Store) -> None:
    record = freeze(store, 1, form_id="mon_smart_village")
    draft = add_draft(store, 2, form_id="mon_smart_village")
    assert store.instances.get(draft).state is State.DRAFT
    text = store.instances.draft_xml(record)
    assert store.packs.is_aimed_at("mon_smart_village", text[:6])
    assert not store.packs.is_aimed_at("another", text[:6])
    assert not store.packs.is_aimed_at("mon_smart_village", b"<appel>x</appel>")


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    open_store(path).close()
    with open_store(path, read_only=True) as store, pytest.raises(StoreReadOnly):
        store.packs.trust("acc", KEY, datetime.now(UTC))
