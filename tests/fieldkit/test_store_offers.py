# SPDX-License-Identifier: EUPL-1.2
"""Who offers which form, and whose a record is: the rules of the store, at random too."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.errors import WrongStateError
from fieldkit.instance import State
from fieldkit.store import Account, Store, open_store
from fieldkit.store.offers import SHIPPED
from forms.views import EntityChange, Finalized
from tests.fieldkit.store_samples import add_draft, at, freeze

ACCOUNTS = ("one", "two")
FORMS = ("f", "g")
VERSIONS = ("1", "2")


def offered(store: Store) -> dict[tuple[str, str], set[str]]:
    return {(form.form_id, form.version): set(form.offers) for form in store.blank_forms.list()}


def fill(store: Store, *origins: str) -> None:
    """Put both versions of both forms, and let nobody offer them but `origins` their last one."""
    for form_id in FORMS:
        for version in VERSIONS:
            store.blank_forms.put(form_id, version, form_id, f"<{form_id}{version}/>".encode(), {}, "start")
    store.accounts.remove("start")
    for origin in origins:
        for form_id in FORMS:
            store.blank_forms.offer(origin, form_id, "2")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["offer", "withdraw", "leave"]),
        st.sampled_from([*ACCOUNTS, SHIPPED]),
        st.sampled_from(FORMS),
        st.sampled_from(VERSIONS),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_a_form_is_there_as_long_as_somebody_offers_it(steps: list[tuple[str, str, str, str]]) -> None:
    model: dict[tuple[str, str], str] = {}
    with TemporaryDirectory() as folder, open_store(Path(folder) / "fieldkit.db") as store:
        fill(store)
        for act, origin, form_id, version in steps:
            if act == "offer":
                store.blank_forms.offer(origin, form_id, version)
                model[origin, form_id] = version
            elif act == "withdraw":
                store.blank_forms.withdraw(origin, form_id)
                model.pop((origin, form_id), None)
            elif origin != SHIPPED:
                store.accounts.remove(origin)
                model = {key: kept for key, kept in model.items() if key[0] != origin}
        wanted: dict[tuple[str, str], set[str]] = {}
        for (origin, form_id), version in model.items():
            others = any((each, form_id) in model for each in ACCOUNTS)
            if origin != SHIPPED or not others:
                wanted.setdefault((form_id, version), set()).add(origin)
        assert offered(store) == wanted
        for form_id in FORMS:
            assert store.blank_forms.get(form_id).retired == (form_id not in {key[0] for key in wanted})
            assert store.blank_forms.xml(form_id, "1") == f"<{form_id}1/>".encode()  # definitions stay
        for form in store.blank_forms.list():
            assert form.origin in {*form.offers, SHIPPED}


def test_without_a_version_it_is_the_accounts_own_then_anybodys(store: Store) -> None:
    fill(store)
    assert store.blank_forms.get("f").version == "2"  # nobody's: the latest
    store.blank_forms.offer(SHIPPED, "f", "1")
    assert store.blank_forms.get("f").version == "1"
    store.blank_forms.offer("one", "f", "2")
    assert store.blank_forms.get("f").version == "2"
    store.blank_forms.offer("two", "f", "1")
    assert [store.blank_forms.get("f", account_id=one).version for one in ("one", "two", "three")] == ["2", "1", "2"]
    assert store.blank_forms.find("f", "") is None
    assert store.blank_forms.offered_by("two") == {"f": "1"}


def test_other_bytes_are_not_what_ships_any_more(store: Store) -> None:
    store.blank_forms.put("f", "1", "F", b"<a/>", {}, SHIPPED)
    store.blank_forms.put("f", "1", "F", b"<b/>", {}, "one")
    store.accounts.remove("one")
    assert store.blank_forms.list() == []


def test_who_counts_on_a_version(store: Store) -> None:
    fill(store, "one", SHIPPED)
    assert store.blank_forms.holders("f", "2", besides="one") == ()
    assert store.blank_forms.holders("f", "2", besides="two") == ("one",)
    add_draft(store, 1, form_id="f", form_version="2", account_id="two")
    add_draft(store, 2, form_id="f", form_version="2")
    assert store.blank_forms.holders("f", "2", besides="one") == ("two",)
    assert store.blank_forms.holders("f", "1", besides="one") == ()


def test_the_account_of_a_record_may_change_until_it_is_tried(store: Store) -> None:
    fill(store, *ACCOUNTS)
    for name in ACCOUNTS:
        store.accounts.put(Account(name, f"https://{name}.example", 1, name))
    draft = add_draft(store, 1, form_id="f", form_version="2", account_id="one")
    waits = freeze(store, 2, form_id="f", form_version="2")
    row = store.instances.get
    assert store.owners.choices(row(draft)) == ("one", "two")
    assert store.owners.choices(row(waits)) == ("one", "two")
    store.owners.choose(draft, "two")
    with pytest.raises(WrongStateError):
        store.owners.choose(draft, "three")
    assert store.owners.waiting() == {"": 1}
    store.instances.mark_attempted(waits, at(20), "sending", "two")
    assert (row(waits).account_id, store.owners.choices(row(waits))) == ("two", ("two",))
    with pytest.raises(WrongStateError):
        store.owners.choose(waits, "one")
    store.owners.choose(waits, "two")  # what it is already
    store.instances.mark_attempted(waits, at(21))
    assert row(waits).account_id == "two"
    store.instances.mark_submitted(waits, at(22))
    correction = add_draft(store, 3, form_id="f", form_version="2", deprecated_id=waits, account_id="two")
    assert store.owners.choices(row(correction)) == ("two",)
    assert row(waits).state is State.SUBMITTED


def finish_tree(store: Store, number: int, tree: str, *, create: bool) -> str:
    """Finalize a record of account one that makes a tree, or updates it."""
    instance_id = add_draft(store, number, form_id="f", form_version="2", account_id="one")
    change = EntityChange("trees", tree, create=create, update=not create, label="Oak", properties={})
    store.instances.finalize(instance_id, Finalized(b"<data/>", instance_id, "", (), (change,)), at(10 + number))
    return instance_id


@pytest.mark.parametrize("reopened", [False, True])
def test_a_record_that_others_build_on_stays_with_them(store: Store, reopened: bool) -> None:
    fill(store, *ACCOUNTS)
    for name in ACCOUNTS:
        store.accounts.put(Account(name, f"https://{name}.example", 1, name))
    tree = "0f9c9b3e-3b0c-4b57-9d0c-000000000001"
    plants = finish_tree(store, 1, tree, create=True)
    assert store.owners.choices(store.instances.get(plants)) == ("one", "two")
    visits = finish_tree(store, 2, tree, create=False)
    assert [one.instance_id for one in store.parked.followers(plants)] == [visits]
    if reopened:
        store.parked.hold(plants)
        store.instances.reopen(plants)
    assert store.owners.choices(store.instances.get(plants)) == ("one",)
    with pytest.raises(WrongStateError):
        store.owners.choose(plants, "two")
    assert [one.instance_id for one in store.parked.followers(plants)] == [visits]


def test_an_account_that_left_is_no_choice_and_keeps_its_name(store: Store) -> None:
    fill(store, *ACCOUNTS)
    for name in ACCOUNTS:
        store.accounts.put(Account(name, f"https://{name}.example", 1, name.title()))
    draft = add_draft(store, 1, form_id="f", form_version="2", account_id="one")
    store.accounts.remove("one")
    assert store.owners.choices(store.instances.get(draft)) == ("one", "two")  # it may go to who is left
    assert store.accounts.name_of("one") == "One"
    assert store.accounts.name_of("never/1") == "never/1"
    assert store.owners.of_new("f", "2", "one") == "two"
    assert store.blank_forms.get("f").offers == ("two",)
