# SPDX-License-Identifier: EUPL-1.2
"""What was refused: set aside without losing a byte, taken up as it was, and what waits for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit.dossier.unpack import Outcome
from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import State
from fieldkit.store import Store, open_store
from forms.views import EntityChange, Finalized
from tests.fieldkit.dossier_kits import Place
from tests.fieldkit.store_samples import add_draft, at, freeze

TREE = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "fieldkit.db") as opened:
        yield opened


def refuse(store: Store, number: int = 1, reason: str = "out-of-date", **changes: object) -> str:
    instance_id = freeze(store, number, **changes)
    store.instances.mark_attempted(instance_id, at(11))
    store.instances.mark_rejected(instance_id, reason, "the server's sentence")
    return instance_id


def plant(store: Store, number: int, *, create: bool) -> str:
    """Finalize a record that makes a tree, or changes it."""
    if not store.entities.hash_of("region", "arbres"):
        store.blank_forms.put("visite", "1", "Visite", b"<visite/>", {}, "region", lists=["arbres.csv"])
        store.entities.put_list("region", "arbres", b"name,label,__version\n", "md5:1")
    instance_id = add_draft(store, number, form_id="visite")
    change = EntityChange(
        "arbres", TREE, create=create, update=not create, label="Frêne" if create else "", properties={}
    )
    done = Finalized(f"<data>{number}</data>".encode(), instance_id, "", (), (change,))
    store.instances.finalize(instance_id, done, at(number))
    return instance_id


def test_set_aside_is_kept_to_be_read_and_counts_as_nothing_to_do(store: Store) -> None:
    refused = refuse(store)
    before = store.instances.get(refused)
    frozen = store.instances.frozen_xml(refused)
    store.parked.set_aside(refused)
    store.parked.set_aside(refused)
    row = store.instances.get(refused)
    assert (row.state, row.reason_text, row.attempted) == (State.SET_ASIDE, "the server's sentence", True)
    assert store.instances.frozen_xml(refused) == frozen
    assert store.instances.counts()[State.SET_ASIDE] == 1
    assert store.instances.counts()[State.REJECTED] == 0
    assert store.instances.search(states=[State.REJECTED]) == []
    assert [one.instance_id for one in store.instances.search(states=[State.SET_ASIDE, State.DRAFT])] == [refused]
    assert [one.instance_id for one in store.instances.search()] == [refused]
    assert store.instances.outbox() == []
    with pytest.raises(WrongStateError):
        store.instances.retry(refused)  # never sent: not by mistake either
    store.parked.take_up(refused)
    after = store.instances.get(refused)
    assert (after.state, after.reason, after.reason_text) == (before.state, before.reason, before.reason_text)
    with pytest.raises(WrongStateError):
        store.parked.take_up(refused)


def test_only_what_was_refused_or_never_tried_is_set_aside(store: Store) -> None:
    draft, waiting, tried = add_draft(store, 1), freeze(store, 2), freeze(store, 3)
    store.instances.mark_attempted(tried, at(12))
    for one in (draft, tried):
        with pytest.raises(WrongStateError):
            store.parked.set_aside(one)
    with pytest.raises(NotFoundError):
        store.parked.set_aside("uuid:none")
    store.parked.set_aside(waiting)
    assert store.instances.outbox()[0].instance_id == tried
    store.parked.take_up(waiting)
    assert [one.instance_id for one in store.instances.outbox()] == [waiting, tried]  # at its own place


def test_its_changes_of_lists_go_and_come_with_it(store: Store) -> None:
    made = plant(store, 1, create=True)
    store.instances.mark_rejected(made, "different-xml", "")
    assert TREE.encode() in store.entities.content("region", "arbres")
    store.parked.set_aside(made)
    assert TREE.encode() not in store.entities.content("region", "arbres")
    change = EntityChange("arbres", TREE, create=True, update=False, label="Frêne", properties={})
    store.parked.take_up(made, (change,))
    assert TREE.encode() in store.entities.content("region", "arbres")


def test_what_builds_on_a_record_is_found_through_edits_and_entities(store: Store) -> None:
    made = plant(store, 1, create=True)
    store.instances.mark_rejected(made, "closed", "")
    changed, again, other = plant(store, 2, create=False), plant(store, 3, create=False), freeze(store, 4)
    edit = freeze(store, 5, deprecated_id=again)
    draft = add_draft(store, 6, deprecated_id=made)
    followers = [one.instance_id for one in store.parked.followers(made)]
    assert followers == [changed, again, edit]
    assert not {other, draft, made} & set(followers)
    assert store.parked.followers(edit) == []


def test_a_record_that_becomes_a_draft_again_holds_what_builds_on_it(store: Store) -> None:
    made = plant(store, 1, create=True)
    changed = plant(store, 2, create=False)
    store.instances.mark_rejected(made, "damaged", "")
    store.parked.hold(made)
    store.instances.reopen(made)
    assert store.entities.base_of(changed) == ""  # the list has no such tree any more
    assert store.parked.held_by(changed) == made
    assert [one.instance_id for one in store.parked.followers(made)] == [changed]
    store.instances.delete(made)
    assert store.parked.held_by(changed) == ""  # nothing waits for the bin
    store.instances.restore(made)
    assert store.parked.held_by(changed) == made
    store.instances.finalize(made, Finalized(b"<data>1</data>", made, "", ()), at(9))
    store.instances.mark_submitted(made, at(10))
    assert store.parked.held_by(changed) == ""


def test_a_correction_that_the_bin_let_go_of_is_none(store: Store) -> None:
    refused, correction = refuse(store), add_draft(store, 2)
    store.parked.begin_anew(refused, correction)
    store.instances.delete(correction)
    assert store.parked.corrected_by(refused) == correction
    store.instances.empty_bin(datetime.now(UTC) + timedelta(days=1))
    assert store.parked.corrected_by(refused) == ""
    assert store.parked.successor(refused) == refused


def test_a_database_knows_no_new_state(store: Store) -> None:
    refused = refuse(store)
    store.parked.set_aside(refused)
    store.close()
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT state, reason FROM instances").fetchall() == [("rejected", "set-aside")]
    db.close()


def test_what_is_set_aside_stays_so_when_it_is_carried_to_another_kit(tmp_path: Path) -> None:
    mine, theirs = Place(tmp_path / "mine"), Place(tmp_path / "theirs")
    record = mine.begin(a="Perwez")
    frozen = mine.finish(record)
    mine.store.instances.mark_attempted(record, at(61))
    mine.store.instances.mark_rejected(record, "out-of-date", "")
    mine.store.parked.set_aside(record)
    assert theirs.get(mine.give(record)).outcome is Outcome.NEW
    row = theirs.store.instances.get(record)
    assert (row.state, theirs.store.instances.frozen_xml(record)) == (State.SET_ASIDE, frozen)
    assert theirs.store.instances.outbox() == []
    theirs.store.parked.take_up(record)  # why it was refused did not come along: it can be corrected all the same
    assert (theirs.store.instances.get(record).state, theirs.store.instances.get(record).reason) == (
        State.REJECTED,
        "refused",
    )
    for place in (mine, theirs):
        place.store.close()
