# SPDX-License-Identifier: EUPL-1.2
"""A form that several accounts offer: kept once if it is the same, told if it is not, retired when nobody offers it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fieldkit.account import Account
from fieldkit.errors import WrongStateError
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.lifting import newer_version
from fieldkit.store import Store
from forms import FormSession
from sync.client import RegionClient
from sync.errors import FormClash
from sync.pull import PullReport, pull
from sync.push import push
from sync.server import Fault, ReferenceServer
from sync.transport import Patience
from tests.dossiers import dossier_form, list_form, review_xml
from tests.forms.entity_sheets import PLANT, VISIT, sheet

PNG = {"carte.png": b"png"}


class Office:
    """A project with an account of this kit."""

    def __init__(self, store: Store, server: ReferenceServer, name: str, open_: Callable[[RegionClient], Any]) -> None:
        self.name = name
        self.server = server
        self.project = server.create_project(name)
        self.store = store
        account = Account(name, server.url, self.project, name)
        store.accounts.put(account)
        token = server.create_app_user(self.project, name)
        self.client = open_(RegionClient(account, token, patience=Patience(2, 3, 3)))

    def publish(self, xml: bytes, media: dict[str, bytes] | None = None) -> None:
        self.server.publish_form(self.project, xml, media)

    def pull(self) -> PullReport:
        report = pull(self.store, self.client, origin=self.name)
        assert report.stopped is None
        return report

    def push(self, *, is_default: bool = False) -> list[str]:
        report = push(self.store, self.client, origin=self.name, is_default=is_default, pause_seconds=0)
        assert (report.stopped, report.rejected) == (None, {})
        return report.delivered


@pytest.fixture
def offices(store: Store, region: ReferenceServer) -> Iterator[SimpleNamespace]:
    with ExitStack() as closing:

        def open_(client: RegionClient) -> RegionClient:
            closing.callback(client.close)
            return client

        yield SimpleNamespace(one=Office(store, region, "one", open_), two=Office(store, region, "two", open_))


def clash_of(report: PullReport) -> FormClash:
    (problem,) = report.problems
    assert isinstance(problem.error, FormClash)
    return problem.error


def begin(store: Store, form_id: str, account_id: str, version: str = "1") -> str:
    session = FormSession(load_stored(store, form_id, version, account_id))
    now = datetime.now(UTC)
    row = Instance(session.instance_id, form_id, version, State.DRAFT, form_id, now, now, account_id=account_id)
    store.instances.create(row, session.draft_xml())
    return session.instance_id


def test_the_same_form_of_two_accounts_is_one_and_comes_down_once(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    for office in (offices.one, offices.two):
        office.publish(samples.form(), PNG)
    assert offices.one.pull().new == ["lieux"]
    offices.two.server.faults.add(Fault(r"forms/lieux(\.xml|/attachments)", status=500, times=-1))
    for _ in range(2):
        assert offices.two.pull().unchanged == ["lieux"]
        assert offices.one.pull().unchanged == ["lieux"]
    (form,) = store.blank_forms.list()
    assert (form.version, form.offers) == ("1", ("one", "two"))
    assert store.owners.of_new("lieux", "1", "two") == "two"
    assert store.owners.of_new("lieux", "1", "three") == "one"
    assert store.owners.of_new("other", "1", "one") == ""


def test_another_form_under_the_same_version_replaces_nothing_and_comes_down_never(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    offices.one.publish(samples.form(), PNG)
    offices.two.publish(samples.form(title="Autres lieux"), PNG)
    offices.one.pull()
    before = store.blank_forms.get("lieux")
    offices.two.server.faults.add(Fault(r"forms/lieux(\.xml|/attachments)", status=500, times=-1))
    for _ in range(3):
        error = clash_of(offices.two.pull())
        assert (error.form_id, error.version, error.other, error.what) == ("lieux", "1", "one", "")
        assert offices.one.pull().unchanged == ["lieux"]
    assert store.blank_forms.get("lieux") == before
    assert store.blank_forms.xml("lieux") == samples.form()


def test_another_file_is_another_form(store: Store, offices: SimpleNamespace, samples: SimpleNamespace) -> None:
    offices.one.publish(samples.form(), PNG)
    offices.two.publish(samples.form(), {"carte.png": b"other"})
    offices.one.pull()
    assert clash_of(offices.two.pull()).what == "carte.png"
    assert store.blank_forms.attachment("lieux", "1", "carte.png") == b"png"


def test_two_accounts_that_change_one_after_the_other_end_with_one_form(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    """Neither waits for the other for ever: who means other bytes offers those that are here no longer."""
    for office in (offices.one, offices.two):
        office.publish(samples.form(), PNG)
        office.pull()
    offices.one.server.delete_form(offices.one.project, "lieux")
    offices.one.publish(samples.form(title="Lieux corrigés"), PNG)
    assert clash_of(offices.one.pull()).other == "two"
    assert store.blank_forms.get("lieux").offers == ("two",)
    offices.two.server.delete_form(offices.two.project, "lieux")
    offices.two.publish(samples.form(title="Lieux corrigés"), PNG)
    assert offices.two.pull().updated == ["lieux"]
    assert offices.one.pull().unchanged == ["lieux"]
    form = store.blank_forms.get("lieux")
    assert (form.title, set(form.offers)) == ("Lieux corrigés", {"one", "two"})


def test_a_version_with_records_of_another_account_is_not_replaced(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    offices.one.publish(samples.form(), PNG)
    offices.one.pull()
    instance_id = begin(store, "lieux", "one")
    store.accounts.remove("one")
    offices.two.publish(samples.form(title="Autres lieux"), PNG)
    assert clash_of(offices.two.pull()).other == "one"
    assert store.blank_forms.list() == []
    store.instances.delete(instance_id)
    store.instances.empty_bin(datetime.max.replace(tzinfo=UTC))
    assert offices.two.pull().updated == ["lieux"]
    assert store.blank_forms.get("lieux").title == "Autres lieux"


def test_each_account_its_version_and_no_flipping(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    offices.one.publish(samples.form("1"), PNG)
    offices.two.publish(samples.form("2"), PNG)
    offices.one.pull()
    offices.two.pull()
    offices.one.server.faults.add(Fault(r"forms/lieux(\.xml|/attachments)", status=500, times=-1))
    for office in (offices.one, offices.two, offices.one, offices.two):
        assert office.pull().unchanged == ["lieux"]
    assert [(form.version, form.offers) for form in store.blank_forms.list()] == [("2", ("two",)), ("1", ("one",))]
    assert store.blank_forms.get("lieux", account_id="one").version == "1"
    assert store.blank_forms.get("lieux", account_id="two").version == "2"
    # A draft goes to a newer version only if the server of its account knows it.
    mine = store.instances.get(begin(store, "lieux", "one"))
    assert newer_version(store, mine) == ""
    offices.one.server.faults.clear()
    offices.one.publish(samples.form("3"), PNG)
    offices.one.pull()
    assert newer_version(store, mine) == "3"


def test_a_form_is_retired_when_nobody_offers_it_any_more(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    for office in (offices.one, offices.two):
        office.publish(samples.form(), PNG)
        office.publish(samples.form(form_id="autre"), PNG)
        office.pull()
    offices.one.server.set_form_state(offices.one.project, "lieux", "closing")
    assert offices.one.pull().vanished == ["lieux"]
    assert store.blank_forms.get("lieux").offers == ("two",)
    assert not store.blank_forms.get("lieux").retired
    offices.two.server.set_form_state(offices.two.project, "lieux", "closing")
    assert offices.two.pull().vanished == ["lieux"]
    assert store.blank_forms.get("lieux").retired
    assert [form.form_id for form in store.blank_forms.list()] == ["autre"]


def test_an_account_that_goes_takes_what_only_it_offered_and_no_draft(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    store.blank_forms.put("fourni", "1", "Fourni", samples.form(form_id="fourni"), PNG, "shipped")
    for office in (offices.one, offices.two):
        office.publish(samples.form(), PNG)
    for form_id in ("seul", "fourni"):
        offices.one.publish(samples.form(form_id=form_id), PNG)
    offices.one.pull()
    offices.two.pull()
    instance_id = begin(store, "seul", "one")
    store.accounts.remove("one")
    offers = {form.form_id: (form.offers, form.origin) for form in store.blank_forms.list()}
    assert offers == {"lieux": (("two",), "two"), "fourni": (("shipped",), "shipped")}
    row = store.instances.get(instance_id)
    assert FormSession(
        load_stored(store, row.form_id, row.form_version, row.account_id),
        instance_xml=store.instances.draft_xml(instance_id),
    ).instance_id == instance_id  # fmt: skip


def trees_of(store: Store, account_id: str) -> list[str]:
    content = store.blank_forms.attachment("visit", "1", "trees.csv", account_id).decode()
    return [row["label"] for row in csv.DictReader(io.StringIO(content, newline=""))]


def finish(store: Store, form_id: str, account_id: str, **values: str) -> tuple[str, str]:
    session = FormSession(load_stored(store, form_id, "1", account_id))
    for name, value in values.items():
        session.answer(f"/f/{name}", value)
    now = datetime.now(UTC)
    row = Instance(session.instance_id, form_id, "1", State.DRAFT, form_id, now, now, account_id=account_id)
    store.instances.create(row, session.draft_xml())
    finalized = session.finalize()
    store.instances.finalize(session.instance_id, finalized, now)
    return session.instance_id, finalized.entities[0].entity_id


def test_entity_lists_stay_with_their_account(store: Store, offices: SimpleNamespace) -> None:
    for office in (offices.one, offices.two):
        office.publish(sheet(PLANT, "plant"))
        office.publish(sheet(VISIT, "visit"))
        office.pull()
    mine, tree = finish(store, "plant", "one", species="Ash", height="1")
    finish(store, "plant", "two", species="Oak", height="2")
    assert (trees_of(store, "one"), trees_of(store, "two")) == (["Ash"], ["Oak"])
    assert len(offices.one.push()) == len(offices.two.push()) == 1
    offices.one.pull()
    offices.two.pull()
    assert (trees_of(store, "one"), trees_of(store, "two")) == (["Ash"], ["Oak"])
    assert [row["name"] for row in offices.one.server.entities(offices.one.project, "trees")] == [tree]
    # What a record makes goes along to another account; frozen bytes that name a version of one's list do not.
    made, _ = finish(store, "plant", "one", species="Elm", height="3")
    assert trees_of(store, "one") == ["Ash", "Elm"]
    store.owners.choose(made, "two")
    assert (trees_of(store, "one"), trees_of(store, "two")) == (["Ash"], ["Oak", "Elm"])
    later, _ = finish(store, "visit", "one", tree=tree, height="4")
    assert store.owners.choices(store.instances.get(later)) == ("one",)
    with pytest.raises(WrongStateError):
        store.owners.choose(later, "two")
    store.instances.reopen(later)
    store.owners.choose(later, "two")
    assert store.instances.get(later).account_id == "two"
    with pytest.raises(WrongStateError):
        store.owners.choose(mine, "two")


def test_the_list_of_one_account_says_nothing_about_records_of_another(store: Store, offices: SimpleNamespace) -> None:
    for office in (offices.one, offices.two):
        office.publish(dossier_form())
        office.publish(list_form())
        office.pull()
    mine, entity_id = finish(store, "dossier", "one", titre="Halle")
    offices.one.push()
    finish(store, "dossier", "two", titre="Pont")
    offices.two.push()
    # The other region has, of all things, a row that names the record.
    offices.two.client.submit(review_xml(entity_id, "à corriger", "Non"))
    told = offices.two.pull().dossiers
    assert told is not None
    assert mine not in told.returned + told.confirmed
    assert store.instances.get(mine).state is State.SUBMITTED
    offices.one.client.submit(review_xml(entity_id, "à corriger", "Oui"))
    assert offices.one.pull().dossiers.returned == [mine]


def test_a_version_that_came_for_reading_is_in_no_accounts_way(
    store: Store, offices: SimpleNamespace, samples: SimpleNamespace
) -> None:
    """The staff of a third project, or a dossier, brought other bytes under the same version."""
    other = b"<other/>"
    store.blank_forms.keep_for_reading("lieux", "1", "Lieux", other, {}, "https://third.example/v1/projects/1")
    assert store.blank_forms.list() == []
    for office in (offices.one, offices.two):
        office.publish(samples.form(), PNG)
    first = offices.one.pull()
    assert (first.problems, first.new + first.updated) == ([], ["lieux"])
    assert offices.two.pull().problems == []
    (form,) = store.blank_forms.list()
    assert (form.offers, store.blank_forms.xml("lieux", "1")) == (("one", "two"), samples.form())
    assert not form.retired
    store.blank_forms.keep_for_reading("lieux", "0", "Lieux", other, {}, "https://third.example/v1/projects/1")
    assert store.blank_forms.get("lieux").version == "1"
    for name in ("one", "two"):
        store.accounts.remove(name)
    assert store.blank_forms.list() == []
    assert store.blank_forms.get("lieux").version == "1"


def test_a_list_that_came_with_a_record_of_an_account_elsewhere_is_in_no_accounts_way(
    store: Store, offices: SimpleNamespace
) -> None:
    """A dossier brought the form with its files; a list is an account's own, so it is no other form for that."""
    carried = b"name,label,species,height\n7d3a51a0-3a0e-4cbb-8a5e-0c8a40a2b5f1,Elm,Elm,3\n"
    store.blank_forms.keep_for_reading("visit", "1", "Visit", sheet(VISIT, "visit"), {"trees.csv": carried}, "dossier")
    record = begin(store, "visit", "away")
    for form, name in ((PLANT, "plant"), (VISIT, "visit")):
        offices.one.publish(sheet(form, name))
    assert offices.one.pull().problems == []
    (visit,) = [form for form in store.blank_forms.list() if form.form_id == "visit"]
    assert (visit.offers, visit.lists) == (("one",), ("trees.csv",))
    finish(store, "plant", "one", species="Ash", height="1")
    assert trees_of(store, "one") == ["Ash"]
    # The record from elsewhere is read with the choices that it was filled with.
    assert trees_of(store, store.instances.get(record).account_id) == ["Elm"]
    assert offices.one.pull().unchanged == ["plant", "visit"]
