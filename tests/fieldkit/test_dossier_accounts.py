# SPDX-License-Identifier: EUPL-1.2
"""Whose a record is goes along in a dossier: what one kit tried, no other sends to another server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.account import Account
from fieldkit.dossier.rows import instance_data, read_instance
from fieldkit.dossier.unpack import Outcome
from fieldkit.instance import State
from tests.fieldkit.dossier_kits import Place
from tests.fieldkit.store_samples import at, draft

GAL = Account("region.example/7", "https://region.example", 7, "GAL")
OTHER = Account("other.example/1", "https://other.example", 1, "Autre")


@pytest.fixture
def kits(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    ann, bob = Place(tmp_path / "ann"), Place(tmp_path / "bob")
    ann.store.accounts.put(GAL)
    yield ann, bob
    ann.store.close()
    bob.store.close()


def elsewhere(place: Place, record: str) -> None:
    """Choose another account for a record."""
    place.store.accounts.put(OTHER)
    place.store.blank_forms.offer(OTHER.account_id, "shared", "1")
    place.store.owners.choose(record, OTHER.account_id)


def owned(place: Place, **answers: str) -> str:
    """Begin a record that goes to GAL."""
    record = place.begin(**answers)
    place.store.blank_forms.offer(GAL.account_id, "shared", "1")
    place.store.owners.choose(record, GAL.account_id)
    return record


def test_what_was_tried_stays_the_accounts_wherever_it_goes(kits: tuple[Place, Place]) -> None:
    ann, bob = kits
    record = owned(ann, a="oak")
    ann.finish(record)
    ann.store.instances.mark_attempted(record, at(5), "interrupted", GAL.account_id)
    assert bob.get(ann.give(record)).outcome is Outcome.NEW
    row = bob.store.instances.get(record)
    assert (row.account_id, row.attempted) == (GAL.account_id, True)
    assert bob.store.owners.waiting() == {GAL.account_id: 1}  # until bob has that account, too


def test_what_never_left_is_for_the_other_kit_to_place(kits: tuple[Place, Place]) -> None:
    ann, bob = kits
    first, second = owned(ann, a="oak"), owned(ann, a="ash")
    bob.get(ann.give(first))
    assert bob.store.instances.get(first).account_id == ""  # bob has no such account
    bob.store.accounts.put(GAL)
    bob.get(ann.give(second))
    assert bob.store.instances.get(second).account_id == GAL.account_id


def test_what_is_finished_stays_its_accounts_until_somebody_chooses_another(kits: tuple[Place, Place]) -> None:
    """The first kit may be sending it at this very moment: with another default account, two servers would have it."""
    ann, bob = kits
    record = owned(ann, a="oak")
    ann.finish(record)
    bob.get(ann.give(record))
    assert bob.store.instances.get(record).account_id == GAL.account_id
    assert bob.store.owners.waiting() == {GAL.account_id: 1}
    elsewhere(bob, record)
    assert bob.store.owners.waiting() == {OTHER.account_id: 1}


def test_a_correction_stays_where_what_it_corrects_is(kits: tuple[Place, Place]) -> None:
    ann, bob = kits
    record = owned(ann, a="oak")
    row = ann.store.instances.get(record)
    ann.store._connection.run(
        "UPDATE instances SET deprecated_id = 'uuid:before' WHERE instance_id = ?", (row.instance_id,)
    )
    bob.get(ann.give(record))
    assert bob.store.instances.get(record).account_id == GAL.account_id


@pytest.mark.parametrize("tried_here", [False, True])
def test_the_news_that_it_was_tried_elsewhere_binds_it(kits: tuple[Place, Place], tried_here: bool) -> None:
    ann, bob = kits
    record = owned(ann, a="oak")
    ann.finish(record)
    bob.get(ann.give(record))
    if tried_here:
        elsewhere(bob, record)
        bob.store.instances.mark_attempted(record, at(4), "", OTHER.account_id)
    ann.store.instances.mark_attempted(record, at(5), "interrupted", GAL.account_id)
    ann.store.instances.mark_submitted(record, at(6))
    bob.get(ann.give(record))
    row = bob.store.instances.get(record)
    assert row.state is State.SUBMITTED
    assert row.account_id == (OTHER.account_id if tried_here else GAL.account_id)


def test_a_dossier_of_before_names_no_account(kits: tuple[Place, Place]) -> None:
    data = json.loads(json.dumps(instance_data(draft(1, account_id=GAL.account_id))))
    assert read_instance(data).account_id == GAL.account_id
    del data["account_id"]
    assert read_instance(data) == draft(1)
    data["account_id"] = 7
    with pytest.raises(ValueError, match="not a text"):
        read_instance(data)
