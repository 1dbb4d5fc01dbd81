# SPDX-License-Identifier: EUPL-1.2
"""Somebody else was there first: what differs, and each way on as far as the region's versions (contract, F34, F24)."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import requests  # noqa: TID253 — the office's end of the line

from fieldkit import resolving
from fieldkit.account import Account
from fieldkit.form_cache import load_stored
from fieldkit.instance import State
from fieldkit.resolving import CONFLICTS, DEAD_BASES, OUT_OF_DATE
from fieldkit.store import Store
from forms import FormDef, FormSession, NotValidError
from sync.corrections import base_of
from sync.errors import Reason
from sync.pull import pull
from sync.push import push
from sync.server.reference import DEFAULT_ADMIN
from tests.dossiers import dossier_form, list_form
from tests.forms.entity_sheets import sheet
from tests.sync.contract_callers import Staff

SITE = """
| survey | | | |
| | type | name | label |
| | text | lieu | Lieu |
| | integer | arbres | Arbres |
| | begin_repeat | rang | Rang |
| | text | essence | Essence |
| | end_repeat | | |
| | image | photo | Photo |
"""


def opened(form: FormDef, xml: bytes, base: str) -> FormSession:
    return FormSession(form, instance_xml=xml, deprecated_id=base)


class Desk:
    """Fills, corrects and sends as the program does; `office` is somebody else with the same rights."""

    def __init__(self, store: Store, site: Any, form_id: str) -> None:
        self.store, self.site, self.form_id = store, site, form_id
        self.client = site.client()
        assert pull(store, self.client, origin="acc").problems == []
        store.accounts.put(Account("acc", site.server.url, site.project, "Essai"))
        self.form = load_stored(store, form_id)

    def fill(self, answers: dict[str, str], base: str = "", source: str = "", photo: bytes = b"photo") -> str:
        xml = self.store.instances.frozen_xml(source) if source else None
        if xml is not None:
            xml = resolving._IDENTITY.sub(rb"\1\2", xml)
        session = FormSession(self.form, instance_xml=xml, deprecated_id=base)
        for name, value in answers.items():
            if name.endswith("]"):
                session.add_repeat("/f/" + name.rpartition("[")[0])
            else:
                session.answer(f"/f/{name}", value)
        row = resolving.drafted(session, deprecated_id=base)
        self.store.instances.create(row, session.draft_xml())
        if "photo" in answers:
            self.store.instances.put_attachment(row.instance_id, answers["photo"], photo)
        self.store.instances.finalize(row.instance_id, session.finalize(), datetime.now(UTC))
        return row.instance_id

    def send(self) -> Any:
        return push(self.store, self.client, origin="acc", pause_seconds=0)

    def office_edits(self, base: str, old: str, new: str) -> str:
        xml = resolving._IDENTITY.sub(rb"\1\2", self.store.instances.frozen_xml(base)).decode()
        session = FormSession(self.form, instance_xml=xml.replace(old, new).encode(), deprecated_id=base)
        self.client.submit(session.finalize().xml)
        return session.instance_id

    def versions(self) -> dict[str, bool]:
        rows = self.site.server.submissions(self.site.project, self.form_id, every_version=True)
        return {row.instance_id: row.current for row in rows}


@pytest.fixture
def desk(store: Store, site: Any) -> Desk:
    site.server.publish_form(site.project, sheet(SITE, "haies"))
    return Desk(store, site, "haies")


@pytest.fixture
def clash(desk: Desk) -> SimpleNamespace:
    """Correct a record that the office corrects first."""
    first = desk.fill({"lieu": "Perwez", "arbres": "12", "rang[1]/essence": "frêne", "photo": "a.jpg"})
    desk.send()
    office = desk.office_edits(first, "Perwez", "Perwez (bureau)")
    changes = {"arbres": "15", "rang[2]": "", "rang[2]/essence": "orme", "photo": "a.jpg"}
    mine = desk.fill(changes, first, source=first)
    assert desk.send().rejected == {mine: Reason.OUT_OF_DATE}
    return SimpleNamespace(desk=desk, store=desk.store, first=first, office=office, mine=mine)


def test_the_codes_are_those_of_sync() -> None:
    assert {Reason.OUT_OF_DATE, Reason.DIFFERENT_XML, Reason.ID_REUSED} == CONFLICTS
    assert OUT_OF_DATE == Reason.OUT_OF_DATE
    assert {Reason.OUT_OF_DATE, Reason.BASE_UNKNOWN} == DEAD_BASES


def test_what_differs_from_the_last_version_delivered_from_here(clash: SimpleNamespace) -> None:
    store, desk = clash.store, clash.desk
    assert resolving.is_conflict(store.instances.get(clash.mine))
    assert resolving.last_delivered(store, clash.mine) == clash.first
    found = resolving.differences(store, clash.mine, clash.first, desk.form)
    assert [(one.ref, one.mine, one.theirs) for one in found] == [
        ("/f/arbres", (("", "15"),), (("", "12"),)),
        ("/f/rang[2]", (("/essence", "orme"),), ()),
    ]


def test_an_entry_put_in_between_is_one_difference(desk: Desk) -> None:
    rows = {"rang[1]/essence": "a", "rang[2]": "", "rang[2]/essence": "b", "rang[3]": "", "rang[3]/essence": "c"}
    first = desk.fill(rows)
    second = desk.fill({**rows, "rang[2]/essence": "x", "rang[3]/essence": "b", "rang[4]": "", "rang[4]/essence": "c"})
    found = resolving.differences(desk.store, second, first, desk.form)
    assert [(one.ref, one.mine, one.theirs) for one in found] == [("/f/rang[2]", (("/essence", "x"),), ())]


def test_a_photo_taken_again_under_its_name_is_a_difference(desk: Desk) -> None:
    first = desk.fill({"photo": "a.jpg"})
    second = desk.fill({"photo": "a.jpg"}, photo=b"another")
    found = resolving.differences(desk.store, second, first, desk.form)
    assert [(one.ref, one.mine, one.theirs) for one in found] == [("/f/photo", (("", "a.jpg"),), (("", "a.jpg"),))]


def test_keeping_that_of_the_region_sends_nothing_and_can_be_undone(clash: SimpleNamespace) -> None:
    store, desk = clash.store, clash.desk
    frozen = store.instances.frozen_xml(clash.mine)
    assert resolving.keep_region(store, clash.mine) == (clash.mine,)
    assert (desk.send().delivered, store.instances.get(clash.mine).state) == ([], State.SET_ASIDE)
    assert store.instances.frozen_xml(clash.mine) == frozen
    assert desk.versions() == {clash.first: False, clash.office: True}
    resolving.take_up(store, clash.mine, desk.form)
    assert resolving.is_conflict(store.instances.get(clash.mine))


def test_mine_as_a_new_record_stands_beside_that_of_the_region(clash: SimpleNamespace) -> None:
    store, desk = clash.store, clash.desk
    made = resolving.send_copy(store, clash.mine, "", desk.form, opened, datetime.now(UTC))
    assert (store.instances.get(made).state, store.instances.get(made).deprecated_id) == (State.FINALIZED, "")
    assert store.instances.get(clash.mine).state is State.SET_ASIDE
    assert (store.parked.begun_from(made), store.parked.corrected_by(clash.mine)) == (clash.mine, made)
    assert desk.send().delivered == [made]
    assert desk.versions() == {clash.first: False, clash.office: True, made: True}
    rows = desk.site.server.submissions(desk.site.project, "haies")
    (row,) = [row for row in rows if row.instance_id == made]
    assert b"<arbres>15</arbres>" in row.xml
    assert desk.site.server.submitted_file(row.files["a.jpg"]) == b"photo"


def test_a_draft_of_it_follows_no_base_that_would_be_refused_again(clash: SimpleNamespace) -> None:
    store, desk = clash.store, clash.desk
    assert base_of(store, clash.mine) == ""
    made = resolving.begin_copy(store, clash.mine, base_of(store, clash.mine), desk.form, opened)
    assert store.instances.get(made).state is State.DRAFT
    assert store.instances.get(clash.mine).state is State.REJECTED  # until the draft is finished it stands
    session = FormSession(desk.form, instance_xml=store.instances.draft_xml(made))
    store.instances.finalize(made, session.finalize(), datetime.now(UTC))
    assert desk.send().delivered == [made]


def test_an_edit_that_waits_for_the_refused_one_is_the_version_that_counts(clash: SimpleNamespace) -> None:
    store, desk = clash.store, clash.desk
    later = desk.fill({"arbres": "16", "photo": "a.jpg"}, clash.mine, source=clash.mine)
    assert desk.send().waiting == {later: Reason.WAITS_FOR_EARLIER}
    assert resolving.tip_of(store, clash.mine) == later
    made = resolving.send_copy(store, clash.mine, "", desk.form, opened, datetime.now(UTC))
    assert b"<arbres>16</arbres>" in store.instances.frozen_xml(made)
    assert [store.instances.get(one).state for one in (clash.mine, later)] == [State.SET_ASIDE] * 2
    assert desk.send().delivered == [made]
    for one in (clash.mine, later):
        resolving.take_up(store, one, desk.form)
    assert store.instances.get(later).state is State.FINALIZED
    assert set(resolving.keep_region(store, clash.mine)) == {clash.mine, later}


def test_a_copy_that_the_form_does_not_let_pass_is_a_draft(clash: SimpleNamespace) -> None:
    store, form = clash.store, clash.desk.form

    def broken(form: FormDef, xml: bytes, base: str) -> FormSession:
        session = opened(form, xml, base)
        session.answer("/f/arbres", "beaucoup")
        return session

    with pytest.raises(NotValidError):
        resolving.send_copy(store, clash.mine, "", form, broken, datetime.now(UTC))
    made = store.parked.corrected_by(clash.mine)
    assert store.instances.get(made).state is State.DRAFT
    assert store.instances.get(clash.mine).state is State.REJECTED
    assert clash.desk.send().delivered == []


def test_something_else_under_this_number(desk: Desk) -> None:
    mine = desk.fill({"lieu": "Perwez"})
    theirs = desk.store.instances.frozen_xml(mine).replace(b"Perwez", b"Jodoigne")
    desk.client.submit(theirs)
    assert desk.send().rejected == {mine: Reason.DIFFERENT_XML}
    assert resolving.last_delivered(desk.store, mine) == ""
    made = resolving.send_copy(desk.store, mine, base_of(desk.store, mine), desk.form, opened, datetime.now(UTC))
    assert desk.send().delivered == [made]
    assert desk.versions() == {mine: True, made: True}


@pytest.fixture
def dossiers(store: Store, site: Any) -> Desk:
    for form in (dossier_form(), list_form()):
        site.server.publish_form(site.project, form)
    return Desk(store, site, "dossier")


def list_names(desk: Desk, entity: dict[str, str], instance_id: str) -> None:
    """Let the office write into the list which version is the current one."""
    with requests.Session() as session:
        office = Staff(desk.site.server.url, desk.site.project, "", session)
        login = {"email": DEFAULT_ADMIN, "password": "correct horse"}
        office.token = office.call("POST", "/sessions", json=login).json()["token"]
        path = f"/P/datasets/dossiers/entities/{entity['name']}?baseVersion={entity['__version']}"
        assert office.call("PATCH", path, json={"data": {"instance_id": instance_id}}).status_code == 200


def test_the_version_that_the_list_names_can_be_the_base(dossiers: Desk) -> None:
    desk, store = dossiers, dossiers.store
    first = desk.fill({"titre": "Halle"})
    desk.send()
    office = desk.office_edits(first, "Halle", "Halle du bureau")
    mine = desk.fill({"titre": "Halle neuve"}, first, source=first)
    assert desk.send().rejected == {mine: Reason.OUT_OF_DATE}
    pull(store, desk.client, origin="acc")
    assert resolving.named_newer(store, mine) == ""  # the list still names the first, which is known here
    (entity,) = desk.site.server.entities(desk.site.project, "dossiers")
    store.accounts.put(Account("other", "https://other.example", 1, "Autre"))
    theirs = f"name,label,__version,instance_id\n{entity['name']},Halle,2,{office}\n".encode()
    store.entities.put_list("other", "dossiers", theirs, "md5:other")
    assert resolving.named_newer(store, mine) == ""  # another account's list says nothing about this record
    list_names(desk, entity, office)
    assert pull(store, desk.client, origin="acc").dossiers is not None
    assert resolving.named_newer(store, mine) == office
    assert base_of(store, mine) == office
    made = resolving.send_copy(store, mine, office, desk.form, opened, datetime.now(UTC))
    assert desk.send().delivered == [made]
    assert desk.versions() == {first: False, office: False, made: True}


def test_a_correction_of_what_the_office_deleted_becomes_a_new_record(dossiers: Desk) -> None:
    desk, store = dossiers, dossiers.store
    first = desk.fill({"titre": "Halle"})
    desk.send()
    desk.site.server.delete_submission(desk.site.project, "dossier", first)
    mine = desk.fill({"titre": "Halle neuve"}, first, source=first)
    assert desk.send().rejected == {mine: Reason.BASE_UNKNOWN}
    assert base_of(store, mine) == ""
    made = resolving.begin_copy(store, mine, base_of(store, mine), desk.form, opened)
    session = FormSession(desk.form, instance_xml=store.instances.draft_xml(made))
    store.instances.finalize(made, session.finalize(), datetime.now(UTC))
    assert desk.send().delivered == [made]
    labels = [row["label"] for row in desk.site.server.entities(desk.site.project, "dossiers")]
    assert labels == ["Halle", "Halle neuve"]  # a dossier of its own: the first one's is there still


def test_a_new_record_makes_another_dossier(dossiers: Desk) -> None:
    """The same entity made twice would be refused without a word (contract, 2.6)."""
    desk, store = dossiers, dossiers.store
    first = desk.fill({"titre": "Halle"})
    desk.send()
    desk.office_edits(first, "Halle", "Halle du bureau")
    mine = desk.fill({"titre": "Halle neuve"}, first, source=first)
    desk.send()
    made = resolving.send_copy(store, mine, "", desk.form, opened, datetime.now(UTC))
    assert desk.send().delivered == [made]
    labels = {row["label"]: row["instance_id"] for row in desk.site.server.entities(desk.site.project, "dossiers")}
    assert labels == {"Halle": first, "Halle neuve": made}


@pytest.mark.parametrize("left", [False, True], ids=["offers no longer", "left"])
def test_a_copy_goes_to_no_account_that_the_record_was_not_for(clash: SimpleNamespace, left: bool) -> None:
    store, form_id = clash.store, clash.desk.form_id
    version = store.instances.get(clash.mine).form_version
    store.accounts.put(Account("other", "https://other.example", 1, "Autre"))
    store.blank_forms.offer("other", form_id, version)
    if left:
        store.accounts.remove("acc")
    else:
        store.blank_forms.withdraw("acc", form_id)
    made = resolving.send_copy(store, clash.mine, "", clash.desk.form, opened, datetime.now(UTC))
    assert store.instances.get(made).account_id == "acc"
    assert store.owners.choices(store.instances.get(made)) == ("acc", "other")  # the user's to say otherwise
