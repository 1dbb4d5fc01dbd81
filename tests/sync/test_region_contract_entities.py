# SPDX-License-Identifier: EUPL-1.2
"""The regional API, section 2.6: entity lists that submissions make and change, and staff beside them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from uuid import uuid4

import pytest

from tests.sync.contract_callers import Caller, Staff, eventually
from tests.sync.dossier_form import dossier, dossier_form, list_form, update

FORMS = ("dossier", "mes_dossiers")
ENTITIES = "/P/datasets/dossiers/entities"


@pytest.fixture
def owner(staff: Staff) -> Caller:
    """Publish a form that makes entities and one that reads them; return an app user who has both."""
    staff.publish_form(dossier_form(), "dossier")
    staff.publish_form(list_form(), "mes_dossiers")
    return staff.create_app_user(*FORMS)


def made(owner: Caller, staff: Staff, titre: str = "Potager") -> str:
    """Send a record that makes an entity; return its id once it is there."""
    entity_id = str(uuid4())
    assert owner.submit(dossier(f"uuid:{uuid4()}", entity_id, titre)).status_code == 201
    eventually(lambda: staff.call("GET", f"{ENTITIES}/{entity_id}").status_code, 200)
    return entity_id


def version_of(staff: Staff, entity_id: str) -> tuple[int, str, str | None]:
    row = staff.call("GET", f"{ENTITIES}/{entity_id}").json()
    return row["currentVersion"]["version"], row["currentVersion"]["data"]["titre"], row["conflict"]


def rows(caller: Caller) -> list[dict[str, str]]:
    text = caller.call("GET", "/P/forms/mes_dossiers/attachments/dossiers.csv").text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def manifest_hash(caller: Caller) -> str:
    text = caller.call("GET", "/P/forms/mes_dossiers/manifest").text
    assert 'type="entityList"' in text
    found = re.search(r"<hash>md5:(\w+)</hash>", text)
    assert found is not None
    return found[1]


def test_a_record_makes_an_entity_that_forms_read(owner: Caller, staff: Staff) -> None:
    before = manifest_hash(owner)
    entity_id = made(owner, staff)
    (row,) = rows(owner)
    assert (row["name"], row["label"], row["__version"]) == (entity_id, "Potager", "1")
    assert (row["titre"], row["statut"], row["commentaire"]) == ("Potager", "reçu", "")
    answer = owner.call("GET", "/P/forms/mes_dossiers/attachments/dossiers.csv")
    told = manifest_hash(owner)
    assert told not in {before, hashlib.md5(answer.content).hexdigest()}  # noqa: S324 — OpenRosa's
    assert told in answer.headers["ETag"]
    again = {"If-None-Match": answer.headers["ETag"]}
    assert owner.call("GET", "/P/forms/mes_dossiers/attachments/dossiers.csv", headers=again).status_code == 304


def test_what_is_wrong_with_an_entity_costs_no_submission(owner: Caller, staff: Staff) -> None:
    entity_id = made(owner, staff)
    wrong = [
        dossier("uuid:1", "no-uuid"),
        dossier("uuid:2", str(uuid4()), ""),
        dossier("uuid:3", entity_id, "Double"),
        update(str(uuid4()), "1", "Inconnu", instance_id="uuid:4"),
        update(entity_id, "9", "Trop haut", instance_id="uuid:5"),
        update(entity_id, "1", "Sans branche", instance_id="uuid:6", trunk="1"),
        dossier("uuid:7", str(uuid4()), "Autre").replace(b'"dossiers"', b'"nulle_part"'),
    ]
    assert [owner.submit(xml).status_code for xml in wrong] == [201] * len(wrong)
    assert owner.submit(update(entity_id, "1", "Verger", instance_id="uuid:8")).status_code == 201
    eventually(lambda: version_of(staff, entity_id), (2, "Verger", None))
    assert [row["name"] for row in rows(owner)] == [entity_id]


def test_a_stale_change_wins_and_is_marked(owner: Caller, staff: Staff) -> None:
    entity_id = made(owner, staff)
    owner.submit(update(entity_id, "1", "Deux", instance_id="uuid:1"))
    eventually(lambda: version_of(staff, entity_id), (2, "Deux", None))
    owner.submit(update(entity_id, "1", "Trois", instance_id="uuid:2"))
    eventually(lambda: version_of(staff, entity_id), (3, "Trois", "hard"))


def test_an_offline_change_waits_for_what_it_builds_on(owner: Caller, staff: Staff) -> None:
    entity_id, branch = str(uuid4()), str(uuid4())
    for number, base in ((3, "2"), (2, "1")):
        xml = update(entity_id, base, f"Pas {number}", instance_id=f"uuid:{number}", branch=branch)
        assert owner.submit(xml).status_code == 201
    assert staff.call("GET", f"{ENTITIES}/{entity_id}").status_code == 404
    create = dossier("uuid:1", entity_id, "Pas 1").replace(
        b'create="1"', f'create="1" baseVersion="" trunkVersion="" branchId="{branch}"'.encode()
    )
    assert owner.submit(create).status_code == 201
    eventually(lambda: staff.call("GET", f"{ENTITIES}/{entity_id}").status_code, 200)
    eventually(lambda: version_of(staff, entity_id), (3, "Pas 3", None))


def test_a_correction_of_the_record_leaves_the_entity(owner: Caller, staff: Staff) -> None:
    entity_id = str(uuid4())
    owner.submit(dossier("uuid:1", entity_id, "Un"))
    eventually(lambda: staff.call("GET", f"{ENTITIES}/{entity_id}").status_code, 200)
    assert owner.submit(dossier("uuid:2", entity_id, "Deux", deprecated="uuid:1")).status_code == 201
    owner.submit(update(entity_id, "1", "Trois", instance_id="uuid:3"))
    eventually(lambda: version_of(staff, entity_id), (2, "Trois", None))


def test_staff_change_an_entity_and_its_owner_reads_it(owner: Caller, staff: Staff) -> None:
    entity_id = made(owner, staff)
    before, path = manifest_hash(owner), f"{ENTITIES}/{entity_id}"
    said = {"statut": "à corriger", "commentaire": "Le budget"}
    changed = staff.call("PATCH", f"{path}?baseVersion=1", json={"data": said}).json()
    assert (changed["currentVersion"]["version"], changed["currentVersion"]["label"]) == (2, "Potager")
    (row,) = rows(owner)
    assert (row["statut"], row["commentaire"], row["__version"]) == ("à corriger", "Le budget", "2")
    assert manifest_hash(owner) != before
    for query in ("?baseVersion=1", ""):
        assert staff.call("PATCH", f"{path}{query}", json={"data": said}).json()["code"] == "409.15"
    forced = staff.call("PATCH", f"{path}?force=true", json={"label": "Verger"}).json()
    assert (forced["currentVersion"]["version"], forced["currentVersion"]["label"]) == (3, "Verger")
    unknown = staff.call("PATCH", f"{path}?baseVersion=3", json={"data": {"nulle_part": "x"}})
    assert unknown.status_code == 400
    assert staff.call("PATCH", f"{ENTITIES}/{uuid4()}?baseVersion=1", json={"data": said}).status_code == 404


def test_owner_only_shows_each_his_own(owner: Caller, staff: Staff) -> None:
    other = staff.create_app_user(*FORMS)
    mine, theirs = made(owner, staff), made(other, staff)
    assert {row["name"] for row in rows(owner)} == {mine, theirs}
    changed = staff.call("PATCH", "/P/datasets/dossiers", json={"ownerOnly": True}).json()
    assert changed["ownerOnly"] is True
    assert [row["name"] for row in rows(owner)] == [mine]
    assert [row["name"] for row in rows(other)] == [theirs]
    assert manifest_hash(owner) != manifest_hash(other)
    assert {row["name"] for row in rows(staff)} == {mine, theirs}
    mark = manifest_hash(owner)
    staff.call("PATCH", f"{ENTITIES}/{theirs}?force=true", json={"data": {"statut": "x"}})
    assert manifest_hash(owner) == mark


def test_a_deleted_entity_is_told_by_integrity(owner: Caller, staff: Staff) -> None:
    gone, stays = made(owner, staff), made(owner, staff)
    assert staff.call("DELETE", f"{ENTITIES}/{gone}").status_code == 200
    text = owner.call("GET", f"/P/datasets/dossiers/integrity?id={gone},{stays}").text
    told = dict(re.findall(r'<entity id="([^"]+)">\s*<deleted>(\w+)</deleted>', text))
    assert told == {gone: "true", stays: "false"}
    assert [row["name"] for row in rows(owner)] == [stays]


def test_lists_and_properties_of_staff(owner: Caller, staff: Staff) -> None:
    assert [each["name"] for each in staff.call("GET", "/P/datasets").json()] == ["dossiers"]
    names = [each["name"] for each in staff.call("GET", "/P/datasets/dossiers").json()["properties"]]
    assert names == ["titre", "statut", "commentaire"]
    assert staff.call("POST", "/P/datasets", json={"name": "communes"}).status_code == 200
    assert staff.call("POST", "/P/datasets/communes/properties", json={"name": "nis"}).status_code == 200
    assert staff.call("POST", "/P/datasets/communes/properties", json={"name": "nis"}).status_code == 409
    entity = {"uuid": str(uuid4()), "label": "Perwez", "data": {"nis": "25084"}}
    created = staff.call("POST", "/P/datasets/communes/entities", json=entity)
    assert created.json()["currentVersion"]["data"] == {"nis": "25084"}
    assert staff.call("POST", "/P/datasets/communes/entities", json=entity).status_code == 409
    (listed,) = staff.call("GET", "/P/datasets/communes/entities").json()
    assert (listed["uuid"], listed["currentVersion"]["label"]) == (entity["uuid"], "Perwez")
    assert "Perwez" in staff.call("GET", "/P/datasets/communes/entities.csv").text


@pytest.mark.parametrize("path", ["/P/datasets", "/P/datasets/dossiers/entities", "/P/datasets/dossiers/entities.csv"])
def test_an_app_user_reads_lists_through_forms_only(owner: Caller, path: str) -> None:
    assert owner.call("GET", path).status_code == 403
