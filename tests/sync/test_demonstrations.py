# SPDX-License-Identifier: EUPL-1.2
"""What a trainer switches on: late entities, named faults; and what those leave behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests  # noqa: TID253 — this is the other end of the line
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.store import Store
from sync.push import push
from sync.server import ReferenceServer
from sync.server.answers import Problem
from sync.server.database import MIGRATIONS
from sync.server.demonstrations import FAULTS, fault_named
from sync.server.odata_filter import read_filter
from tests.sync.contract_callers import Caller, eventually
from tests.sync.dossier_form import dossier, dossier_form, update

ENTITY = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"
ROW = {"__id": "uuid:1", "submissionDate": "2026-11-01T10:00:00.000Z", "updatedAt": None, "reviewState": None,
       "submitterId": 2, "deletedAt": None, "deviceId": None, "formVersion": "1"}  # fmt: skip


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def dossiers(region: ReferenceServer, session: requests.Session) -> Caller:
    project = region.create_project("GAL")
    region.publish_form(project, dossier_form())
    return Caller(region.url, project, region.create_app_user(project, "Ana"), session)


def labels(region: ReferenceServer) -> list[tuple[str, str]]:
    return [(row["label"], row["__version"]) for row in region.entities(1, "dossiers")]


def test_entities_come_later_and_in_order(tmp_path: Path, session: requests.Session) -> None:
    with ReferenceServer(tmp_path, entity_delay=0.3) as region:
        caller = dossiers(region, session)
        assert caller.submit(dossier("uuid:1", ENTITY)).status_code == 201
        assert caller.submit(update(ENTITY, "1", "Verger", instance_id="uuid:2")).status_code == 201
        assert labels(region) == []
        eventually(lambda: labels(region), [("Potager", "2")], 5)


def test_entities_that_wait_survive_a_restart(tmp_path: Path, session: requests.Session) -> None:
    with ReferenceServer(tmp_path, entity_delay=0.2) as region:
        assert dossiers(region, session).submit(dossier("uuid:1", ENTITY)).status_code == 201
        assert labels(region) == []
    with ReferenceServer(tmp_path) as region:
        eventually(lambda: labels(region), [("Potager", "1")], 5)


def test_a_file_of_the_version_before_keeps_its_entities(tmp_path: Path, session: requests.Session) -> None:
    with ReferenceServer(tmp_path) as region:
        dossiers(region, session)
    with closing(sqlite3.connect(tmp_path / "region.sqlite3")) as db, db:
        for table in ("entity_steps", "entity_held", "entity_queue", "comments", "entities", "dataset_properties"):
            db.execute(f"DROP TABLE {table}")
        db.execute("DROP TABLE datasets")
        db.execute("DROP INDEX versions_of")
        db.executescript(MIGRATIONS[1])
        db.execute("INSERT INTO datasets VALUES (1, 1, 'dossiers')")
        db.execute("INSERT INTO entities VALUES (1, 1, ?, 'Ancien', '{\"titre\": \"Ancien\"}', 3, NULL)", (ENTITY,))
        db.execute("PRAGMA user_version = 2")
    with ReferenceServer(tmp_path) as region:
        assert labels(region) == [("Ancien", "3")]


@pytest.mark.parametrize(
    ("name", "status"),
    [("false-deleted", 409), ("bad-gateway", 502), ("portal", 200), ("too-large", 413), ("busy", 423), ("broken", 500)],
)
def test_a_named_fault_strikes_so_many_times(site: Any, samples: Any, name: str, status: int) -> None:
    site.server.faults.add(fault_named(name, 2))
    with requests.Session() as session:
        caller = Caller(site.server.url, site.project, site.token, session)
        found = [caller.submit(samples.instance("uuid:1")).status_code for _ in range(3)]
    assert found == [status, status, 201]
    assert list(site.stored()) == ["uuid:1"]


@pytest.mark.parametrize(("name", "stored"), [("answer-lost", 1), ("cut", 0)])
def test_a_line_that_breaks(site: Any, samples: Any, session: requests.Session, name: str, stored: int) -> None:
    site.server.faults.add(fault_named(name))
    caller = Caller(site.server.url, site.project, site.token, session)
    with pytest.raises(requests.ConnectionError):
        caller.submit(samples.instance("uuid:1"))
    assert len(site.stored()) == stored
    assert caller.submit(samples.instance("uuid:1")).status_code == 201


def test_the_program_lives_through_every_fault(site: Any, store: Store, finalize: Any) -> None:
    """Each fault strikes once; the record arrives once, with its bytes."""
    xml = finalize("uuid:1")
    client = site.client()
    for name in FAULTS.keys() - {"slow", "portal", "too-large"}:
        site.server.faults.add(fault_named(name))
    for _ in range(12):
        push(store, client, pause_seconds=0)
        for rejected in store.instances.search(states=("rejected",)):
            store.instances.retry(rejected.instance_id)
    assert site.stored() == {"uuid:1": xml}


def test_a_late_answer_passes(site: Any, samples: Any, session: requests.Session) -> None:
    fault = fault_named("slow")
    assert fault.delay == 20
    fault.delay = 0.1
    site.server.faults.add(fault)
    assert Caller(site.server.url, site.project, site.token, session).submit(samples.instance("uuid:1")).ok


@given(st.text(alphabet="()'_$ andornteqgl0123456789.-:TZ/system", max_size=40))
@settings(max_examples=100, deadline=None, database=None)
def test_any_filter_is_read_or_refused(text: str) -> None:
    found: bool | str
    try:
        found = read_filter(text)(ROW)
    except Problem as problem:
        found = problem.code
    assert found in {True, False, "400.18", "501.5"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("__id eq 'uuid:1'", True),
        ("__system/submitterId eq 2 and not __system/submitterId eq 3", True),
        ("__system/submissionDate ge 2026-11-01T11:00:00+01:00", True),
        ("__system/submissionDate gt now()", False),
        ("__system/reviewState lt 'a'", False),
        ("(__id eq 'it''s' or __system/formVersion eq '1') and __id ne null", True),
    ],
)
def test_filters(text: str, found: bool) -> None:
    assert read_filter(text)(ROW) is found


@pytest.mark.parametrize("text", ["", "(", "__id", "__id eq", "__id like 'x'", "__id eq 'x", "__id lt 3", "(" * 99,
                                  "__system/submissionDate gt 2026-99-99", "__id eq 'x' 'y'"])  # fmt: skip
def test_filters_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Problem, match=r"400\.18"):
        read_filter(text)(ROW)
