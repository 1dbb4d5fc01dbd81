# SPDX-License-Identifier: EUPL-1.2
"""Entity lists over the line: made and updated without a network, sent, and from then on the server's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fieldkit import resolving
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms import EntityChange, FormSession
from sync.errors import BadServerData, Reason
from sync.protocol import MediaEntry
from sync.pull import pull
from sync.push import push
from sync.server import Fault
from tests.forms.entity_sheets import PLANT, PLANTATION, SEVERAL, VISIT, sheet
from tests.unsealing import encrypted_form, private_key, public_text


@pytest.fixture
def orchard(store: Store, site: Any) -> SimpleNamespace:
    """Publish a form that plants and one that visits; pull both."""
    site.server.publish_form(site.project, sheet(PLANT, "plant"))
    site.server.publish_form(site.project, sheet(VISIT, "visit"))
    client = site.client()
    assert pull(store, client).problems == []
    return SimpleNamespace(store=store, site=site, client=client)


def finish(orchard: SimpleNamespace, form_id: str, **answers: str) -> EntityChange:
    session = FormSession(load_stored(orchard.store, form_id))
    for name, value in answers.items():
        session.answer(f"/f/{name}", value)
    at = datetime.now(UTC)
    row = Instance(session.instance_id, form_id, "1", State.DRAFT, form_id, at, at)
    orchard.store.instances.create(row, session.draft_xml())
    finalized = session.finalize()
    orchard.store.instances.finalize(session.instance_id, finalized, at)
    return finalized.entities[0]


def shown(orchard: SimpleNamespace) -> dict[str, dict[str, str]]:
    content = orchard.store.blank_forms.attachment("visit", "1", "trees.csv").decode()
    return {row["name"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}


def on_server(orchard: SimpleNamespace) -> list[tuple[str, str, str]]:
    rows = orchard.site.server.entities(orchard.site.project, "trees")
    return [(row["label"], row["__version"], row.get("height", "")) for row in rows]


def test_made_and_updated_offline_then_sent_then_the_servers(orchard):
    made = finish(orchard, "plant", species="Ash", height="1")
    finish(orchard, "visit", tree=made.entity_id, height="2")
    assert (shown(orchard)[made.entity_id]["__version"], shown(orchard)[made.entity_id]["__trunkVersion"]) == ("2", "")
    assert len(push(orchard.store, orchard.client).delivered) == 2
    assert on_server(orchard) == [("Ash", "2", "2")]
    assert orchard.store.entities.unknown_ids("region", "trees") == (made.entity_id,)
    report = pull(orchard.store, orchard.client)
    assert (report.refreshed, report.problems) == (["visit"], [])
    assert orchard.store.entities.unknown_ids("region", "trees") == ()
    row = shown(orchard)[made.entity_id]
    assert (row["__version"], row["__trunkVersion"], row["height"]) == ("2", "2", "2")
    assert pull(orchard.store, orchard.client).unchanged == ["lieux", "plant", "visit"]
    change = finish(orchard, "visit", tree=made.entity_id, height="3")
    assert (change.base_version, change.trunk_version, bool(change.branch_id)) == ("2", "2", True)


def test_encrypted_records_change_the_list_neither_here_nor_there(store, site):
    site.server.publish_form(site.project, encrypted_form(sheet(PLANT, "plant"), public_text(private_key())))
    site.server.publish_form(site.project, sheet(VISIT, "visit"))
    orchard = SimpleNamespace(store=store, site=site, client=site.client())
    assert pull(store, orchard.client).problems == []
    finish(orchard, "plant", species="Ash")
    assert shown(orchard) == {}
    assert len(push(store, orchard.client).delivered) == 1
    assert on_server(orchard) == []


def test_a_change_waits_for_the_refused_record_that_it_builds_on(orchard):
    made = finish(orchard, "plant", species="Ash")
    finish(orchard, "visit", tree=made.entity_id, height="2")
    other = finish(orchard, "plant", species="Fir")
    planted, visited, _ = (one.instance_id for one in orchard.store.instances.outbox())
    orchard.site.server.set_form_state(orchard.site.project, "plant", "closed")
    report = push(orchard.store, orchard.client, pause_seconds=0)
    assert (list(report.waiting), report.waiting[visited]) == ([visited], Reason.WAITS_FOR_EARLIER)
    assert planted in report.rejected
    orchard.site.server.set_form_state(orchard.site.project, "plant", "open")
    for refused in report.rejected:
        orchard.store.instances.retry(refused)
    assert len(push(orchard.store, orchard.client, pause_seconds=0).delivered) == 3
    assert on_server(orchard) == [("Ash", "2", "2"), ("Fir", "1", "")]
    assert other.entity_id != made.entity_id


def test_what_was_not_sent_stays_through_a_pull(orchard):
    first = finish(orchard, "plant", species="Ash")
    push(orchard.store, orchard.client)
    second = finish(orchard, "plant", species="Fir")
    pull(orchard.store, orchard.client)
    assert [row["label"] for row in shown(orchard).values()] == ["Ash", "Fir"]
    assert orchard.store.entities.unknown_ids("region", "trees") == (second.entity_id,)
    assert first.entity_id != second.entity_id


def test_what_staff_deleted_before_it_came_down_is_forgotten(orchard):
    made = finish(orchard, "plant", species="Ash")
    push(orchard.store, orchard.client)
    orchard.site.server.delete_entity(orchard.site.project, "trees", made.entity_id)
    waiting = finish(orchard, "plant", species="Fir")
    assert list(shown(orchard)) == [made.entity_id, waiting.entity_id]
    assert pull(orchard.store, orchard.client).problems == []
    assert list(shown(orchard)) == [waiting.entity_id]


def test_one_list_of_two_forms_comes_down_once(orchard):
    finish(orchard, "plant", species="Ash")
    push(orchard.store, orchard.client)
    assert pull(orchard.store, orchard.client).refreshed == ["visit"]
    orchard.site.server.publish_form(orchard.site.project, sheet(VISIT, "visit2"))
    orchard.site.server.faults.add(Fault("attachments/trees.csv", status=500, times=-1))
    assert pull(orchard.store, orchard.client).new == ["visit2"]
    same = [orchard.store.blank_forms.attachment(form, "1", "trees.csv") for form in ("visit", "visit2")]
    assert same[0] == same[1]
    assert b"Ash" in same[0]


def test_a_list_that_cannot_be_checked_is_told_and_kept(orchard):
    finish(orchard, "plant", species="Ash")
    orchard.site.server.faults.add(Fault("integrity", status=200, body=b"<data/", times=1))
    report = pull(orchard.store, orchard.client)
    assert [(one.form_id, type(one.error)) for one in report.problems] == [("visit", BadServerData)]
    assert [row["label"] for row in shown(orchard).values()] == ["Ash"]


def test_many_ids_are_asked_in_parts(site, scripted):
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(120)]
    wanted = set(ids[::7])

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        asked = request.path.partition("?id=")[2].split(",")
        entities = "".join(
            f'<entity id="{one}"><deleted>{str(one in wanted).lower()}</deleted></entity>' for one in asked
        )
        return 200, {"Content-Type": "text/xml"}, f"<data><entities>{entities}</entities></data>".encode()

    scripted.answer = answer
    file = MediaEntry("trees.csv", "x", "", True, "/v1/projects/1/datasets/trees/integrity")
    assert site.client(scripted.url).deleted_entities(file, ids) == wanted
    assert len(scripted.seen) == 3
    assert max(len(request.path) for request in scripted.seen) < 2000


def test_the_server_makes_what_groups_and_repeats_save(store, site):
    for table, form_id in ((SEVERAL, "several"), (PLANTATION, "plantation")):
        site.server.publish_form(site.project, sheet(table, form_id))
    client = site.client()
    pull(store, client)
    orchard = SimpleNamespace(store=store, site=site, client=client)
    finish(orchard, "several", species="oak", **{"owner/who": "Ada"})
    finish(orchard, "plantation", **{"row[1]/plant/species": "elm"})
    push(store, client)
    trees = site.server.entities(site.project, "trees")
    assert [(row["label"], row["species"]) for row in trees] == [("oak", "oak"), ("elm", "elm")]
    assert [(row["label"], row["fullname"]) for row in site.server.entities(site.project, "people")] == [("Ada", "Ada")]


def test_a_wrong_entity_is_taken_with_its_record_and_does_nothing(orchard):
    finish(orchard, "plant", height="1")  # no label
    assert len(push(orchard.store, orchard.client).delivered) == 1
    assert on_server(orchard) == []


def test_what_waits_for_a_refused_record_goes_after_it_when_it_is_tried_again(orchard):
    made = finish(orchard, "plant", species="Ash", height="1")
    for height in ("2", "3"):
        finish(orchard, "visit", tree=made.entity_id, height=height)
    orchard.site.server.set_form_state(orchard.site.project, "plant", "closed")
    report = push(orchard.store, orchard.client, flights=4)
    ((refused, _reason),) = report.rejected.items()
    waiting = [one.instance_id for one in orchard.store.parked.followers(refused)]
    assert set(report.waiting) == set(waiting)
    assert len(waiting) == 2
    orchard.site.server.set_form_state(orchard.site.project, "plant", "open")
    orchard.store.instances.retry(refused)
    assert push(orchard.store, orchard.client, flights=4).delivered == [refused, *waiting]
    assert on_server(orchard) == [("Ash", "3", "3")]


def test_what_waits_for_a_refused_record_waits_for_the_one_that_takes_its_place(orchard):
    made = finish(orchard, "plant", species="Ash", height="1")
    finish(orchard, "visit", tree=made.entity_id, height="2")
    orchard.site.server.set_form_state(orchard.site.project, "plant", "closed")
    ((refused, _reason),) = push(orchard.store, orchard.client).rejected.items()
    orchard.site.server.set_form_state(orchard.site.project, "plant", "open")
    form = load_stored(orchard.store, "plant")

    def opened(form, xml, base):
        return FormSession(form, instance_xml=xml, deprecated_id=base)

    draft = resolving.begin_copy(orchard.store, refused, "", form, opened)
    assert list(push(orchard.store, orchard.client).waiting.values()) == [Reason.WAITS_FOR_EARLIER]
    session = opened(form, orchard.store.instances.draft_xml(draft), "")
    session.answer("/f/species", "Elm")
    orchard.store.instances.finalize(draft, session.finalize(), datetime.now(UTC))
    assert push(orchard.store, orchard.client).delivered[0] == draft
    assert on_server(orchard) == [("Elm", "2", "2")]
    pull(orchard.store, orchard.client)
    assert shown(orchard)[made.entity_id]["height"] == "2"
