# SPDX-License-Identifier: EUPL-1.2
"""The regional API, sections 2.6, 2.7 and 8: review, comments, OData, versions and drafts, assignments."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.sync.contract_callers import Caller, Staff, form_xml, instance

SUBMISSIONS = "/P/forms/lieux/submissions"
FEED = "/P/forms/lieux.svc/Submissions"


@pytest.fixture
def three(caller: Caller) -> Caller:
    """Send three records."""
    for number in (1, 2, 3):
        assert caller.submit(instance(f"uuid:{number}", f"Lieu {number}")).status_code == 201
    return caller


def test_review_and_its_values(three: Caller, staff: Staff) -> None:
    for state in ("hasIssues", "approved", "rejected", "edited", None):
        assert staff.call("PATCH", f"{SUBMISSIONS}/uuid:1", json={"reviewState": state}).status_code == 200
        assert staff.call("GET", f"{SUBMISSIONS}/uuid:1").json()["reviewState"] == state
    assert staff.call("PATCH", f"{SUBMISSIONS}/uuid:1", json={"reviewState": "perdu"}).json()["code"] == "400.8"
    assert staff.call("PATCH", f"{SUBMISSIONS}/uuid:9", json={"reviewState": None}).status_code == 404
    assert three.call("PATCH", f"{SUBMISSIONS}/uuid:1", json={"reviewState": None}).status_code == 403


def test_comments(three: Caller, staff: Staff) -> None:
    for words in ("Le budget", "La photo"):
        made = staff.call("POST", f"{SUBMISSIONS}/uuid:1/comments", json={"body": words})
        assert (made.status_code, made.json()["body"]) == (200, words)
    read = staff.call("GET", f"{SUBMISSIONS}/uuid:1/comments").json()
    assert [each["body"] for each in read] == ["La photo", "Le budget"]
    assert {each["actorId"] for each in read} == {staff.call("GET", "/users/current").json()["id"]}
    assert staff.call("GET", f"{SUBMISSIONS}/uuid:2/comments").json() == []
    assert staff.call("POST", f"{SUBMISSIONS}/uuid:1/comments", json={}).status_code == 400
    assert three.call("GET", f"{SUBMISSIONS}/uuid:1/comments").status_code == 403
    assert three.call("POST", f"{SUBMISSIONS}/uuid:1/comments", json={"body": "x"}).status_code == 403


def test_one_submission_and_its_versions(three: Caller, staff: Staff) -> None:
    row = staff.call("GET", f"{SUBMISSIONS}/uuid:1").json()
    assert (row["instanceId"], row["submitterId"], row["reviewState"]) == ("uuid:1", three.actor_id, None)
    three.submit(instance("uuid:4", "Corrigé", deprecated="uuid:1"))
    row = staff.call("GET", f"{SUBMISSIONS}/uuid:1").json()
    assert (row["currentVersion"]["instanceId"], row["reviewState"]) == ("uuid:4", "edited")
    assert staff.call("GET", f"{SUBMISSIONS}/uuid:9").status_code == 404


def follow(staff: Staff, link: str) -> dict[str, object]:
    """Ask for the next page; its address names the server's own domain, which may not be the one called."""
    parts = urlsplit(link)
    answer: dict[str, object] = staff.call("GET", f"{parts.path.removeprefix('/v1')}?{parts.query}").json()
    return answer


def ids(page: dict[str, object]) -> list[str]:
    value = page["value"]
    assert isinstance(value, list)
    return [row["__id"] for row in value]


def test_pages_neither_repeat_nor_leave_out_what_arrives_between_them(three: Caller, staff: Staff) -> None:
    first = staff.call("GET", FEED, params={"$top": "2", "$count": "true"}).json()
    assert (ids(first), first["@odata.count"]) == (["uuid:3", "uuid:2"], 3)
    assert three.submit(instance("uuid:4")).status_code == 201
    second = follow(staff, first["@odata.nextLink"])
    assert ids(second) == ["uuid:1"]
    assert "@odata.nextLink" not in second
    assert ids(staff.call("GET", FEED, params={"$top": "2", "$skip": "1"}).json()) == ["uuid:3", "uuid:2"]
    assert staff.call("GET", FEED, params={"$top": "0", "$count": "true"}).json()["@odata.count"] == 4


def test_a_row_of_the_feed(three: Caller, staff: Staff) -> None:
    three.submit(instance("uuid:4", "Orp", deprecated="uuid:1", photo="a.jpg"), b__jpg=b"x")
    page = staff.call("GET", FEED).json()
    row = next(each for each in page["value"] if each["__id"] == "uuid:1")
    system = row["__system"]
    assert (row["nom"], row["photo"], row["meta"]["instanceID"]) == ("Orp", "a.jpg", "uuid:4")
    assert (system["submitterId"], system["submitterName"]) == (str(three.actor_id), "Agent")
    assert (system["attachmentsExpected"], system["attachmentsPresent"], system["edits"]) == (1, 0, 1)
    assert (system["reviewState"], system["status"], system["formVersion"]) == ("edited", None, "1")
    assert page["@odata.context"].endswith("lieux.svc/$metadata#Submissions")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("__system/reviewState eq 'approved'", ["uuid:2"]),
        ("__system/reviewState eq null", ["uuid:3", "uuid:1"]),
        ("not (__system/reviewState ne null)", ["uuid:3", "uuid:1"]),
        ("__system/submissionDate gt 2020-01-01T00:00:00.000Z and __system/reviewState ne null", ["uuid:2"]),
        ("__system/submissionDate lt 2020-01-01", []),
        ("__system/updatedAt gt 2020-01-01 or __system/reviewState eq null", ["uuid:3", "uuid:2", "uuid:1"]),
    ],
)
def test_filters_on_the_systems_fields(three: Caller, staff: Staff, wanted: str, found: list[str]) -> None:
    staff.call("PATCH", f"{SUBMISSIONS}/uuid:2", json={"reviewState": "approved"})
    assert ids(staff.call("GET", FEED, params={"$filter": wanted}).json()) == found


def test_filters_on_who_sent_what_was_deleted_and_on_a_field_of_the_form(three: Caller, staff: Staff) -> None:
    mine = {"$filter": f"__system/submitterId eq {three.actor_id}"}
    assert len(ids(staff.call("GET", FEED, params=mine).json())) == 3
    staff.delete_submission("uuid:2")
    assert ids(staff.call("GET", FEED).json()) == ["uuid:3", "uuid:1"]
    assert ids(staff.call("GET", FEED, params={"$filter": "__system/deletedAt ne null"}).json()) == ["uuid:2"]
    assert staff.call("GET", FEED, params={"$filter": "nom eq 'Orp'"}).json()["code"] == "501.5"
    assert staff.call("GET", FEED, params={"$filter": "__system/reviewState eq"}).status_code == 400


def test_the_feed_is_not_sent_again_unless_something_happened(three: Caller, staff: Staff) -> None:
    first = staff.call("GET", FEED)
    unchanged = {"If-None-Match": first.headers["ETag"]}
    assert staff.call("GET", FEED, headers=unchanged).status_code == 304
    three.submit(instance("uuid:4"))
    assert staff.call("GET", FEED, headers=unchanged).status_code == 200
    assert three.call("GET", FEED).status_code == 403


def test_drafts_and_versions(staff: Staff) -> None:
    path = "/P/forms/lieux"
    assert staff.call("GET", f"{path}/draft").status_code == 404
    xml = {"data": form_xml("2"), "headers": {"Content-Type": "application/xml"}}
    assert staff.call("POST", f"{path}/draft", **xml).status_code == 200
    assert staff.call("GET", f"{path}/draft").json()["version"] == "2"
    (medium,) = staff.call("GET", f"{path}/draft/attachments").json()
    assert (medium["name"], medium["type"], medium["exists"]) == ("carte.png", "image", True)
    assert staff.call("GET", path).json()["version"] == "1"
    assert staff.call("DELETE", f"{path}/draft").status_code == 200
    assert staff.call("GET", f"{path}/draft").status_code == 404
    staff.publish_form(form_xml("2"))
    assert [each["version"] for each in staff.call("GET", f"{path}/versions").json()] == ["2", "1"]
    (medium,) = staff.call("GET", f"{path}/attachments").json()
    assert medium["name"] == "carte.png"


def test_who_has_the_form_and_who_lost_it(caller: Caller, staff: Staff) -> None:
    (given,) = staff.call("GET", "/P/forms/lieux/assignments").json()
    assert given["actorId"] == caller.actor_id
    path = f"/P/forms/lieux/assignments/{given['roleId']}/{caller.actor_id}"
    assert staff.call("DELETE", path).status_code == 200
    assert staff.call("GET", "/P/forms/lieux/assignments").json() == []
    listed = caller.call("GET", "/P/formList")
    assert (listed.status_code, re.findall("<formID>", listed.text)) == (200, [])
    names = {each["id"]: each["name"] for each in staff.call("GET", "/projects").json()}
    assert names[staff.project] == "GAL Culturalité"
    assert staff.call("GET", f"/projects/{staff.project}").json()["name"] == "GAL Culturalité"


def test_a_row_can_be_asked_for_without_its_answers(three: Caller, staff: Staff) -> None:
    page = staff.call("GET", FEED, params={"$select": "__id,__system,nom", "$top": "1", "$count": "true"}).json()
    (row,) = page["value"]
    assert (row["__id"], row["nom"], page["@odata.count"]) == ("uuid:3", "Lieu 3", 3)
    assert "photo" not in row
    assert row["__system"]["edits"] == 0
    following = follow(staff, page["@odata.nextLink"])
    assert "photo" not in following["value"][0]  # type: ignore[index]
    assert staff.call("GET", FEED, params={"$select": "rien"}).status_code == 400


def test_what_happened_since_a_time_is_one_question(three: Caller, staff: Staff) -> None:
    """New, corrected, reviewed and deleted since: the pull of staff asks for all of them at once."""
    staff.call("PATCH", f"{SUBMISSIONS}/uuid:1", json={"reviewState": "approved"})
    staff.delete_submission("uuid:2")
    rows = staff.call("GET", FEED, params={"$select": "__id,__system"}).json()["value"]
    newest = max(row["__system"]["updatedAt"] or row["__system"]["submissionDate"] for row in rows)

    def since(time: str) -> dict[str, object]:
        names = ("submissionDate", "updatedAt", "deletedAt")
        wanted = " or ".join(f"__system/{name} ge {time}" for name in names)
        found = staff.call("GET", FEED, params={"$filter": wanted, "$select": "__id,__system"}).json()["value"]
        return {row["__id"]: row["__system"]["deletedAt"] for row in found}

    every = since("2020-01-01T00:00:00.000Z")
    assert set(every) == {"uuid:1", "uuid:2", "uuid:3"}
    assert [root_id for root_id, at in every.items() if at] == ["uuid:2"]
    assert set(since(newest)) >= {"uuid:2"}
    assert "uuid:3" not in since(newest)
    assert since("2100-01-01T00:00:00.000Z") == {}


def test_a_session_ends_and_an_app_user_has_none(three: Caller, staff: Staff) -> None:
    current = staff.call("GET", "/users/current").json()
    assert current["displayName"]
    assert three.call("GET", "/users/current").status_code == 404
    assert three.call("GET", "/P/forms/lieux.svc/Submissions").status_code == 403
    other = Staff(staff.url, staff.project, "x" * 64, staff.session)
    assert (other.call("GET", "/users/current").status_code, other.call("GET", FEED).json()["code"]) == (401, "401.2")


def test_definitions_and_files_of_a_form_for_those_who_read_its_records(three: Caller, staff: Staff) -> None:
    (form,) = [one for one in staff.call("GET", "/P/forms").json() if one["xmlFormId"] == "lieux"]
    assert (form["version"], bool(form["publishedAt"])) == ("1", True)
    assert staff.call("GET", "/P/forms/lieux/versions/1.xml").content == form_xml()
    assert staff.call("GET", "/P/forms/lieux/attachments/carte.png").content == b"png"
