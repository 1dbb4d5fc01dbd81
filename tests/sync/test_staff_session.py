# SPDX-License-Identifier: EUPL-1.2
"""A web user's session: who may have one, when it ends, and that neither password nor token goes astray."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from fieldkit import web_user
from fieldkit.store import Store
from fieldkit.web_user import WebUser
from sync.errors import (
    BadProjectAddress,
    BadServerData,
    InsecureAddress,
    Intercepted,
    Interrupted,
    NotStaff,
    Offline,
    ServerTrouble,
    SessionOver,
    WrongAddress,
    WrongPassword,
)
from sync.server import ReferenceServer
from sync.staff import feed
from sync.staff.client import StaffClient
from sync.staff.gather import gather
from sync.staff.session import parse_project
from sync.transport import Patience
from tests.sync.staff_site import PASSWORD, StaffSite, form_xml, staff_site

TOKEN = "t" * 64


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer) -> Iterator[StaffSite]:
    made = staff_site(server)
    with made.closing:
        yield made


def test_a_session_says_who_it_is_of_and_when_it_ends(place: StaffSite) -> None:
    line = place.line()
    user, token = line.sign_in(" manager@gal.example ", PASSWORD)
    assert (user.email, user.display_name) == ("manager@gal.example", "manager@gal.example")
    assert user.origin == place.origin
    assert timedelta(hours=23) < user.ends_at - datetime.now(UTC) <= timedelta(hours=24)
    assert not user.is_over()
    line.sign_out()
    with pytest.raises(SessionOver):
        line.forms()  # nothing is asked any more
    with pytest.raises(SessionOver):
        place.line(token=token).forms()  # nor would it be answered


@pytest.mark.parametrize(
    ("email", "password"),
    [("manager@gal.example", "wrong"), ("nobody@gal.example", PASSWORD), ("", ""), ("manager@gal.example", "")],
)
def test_a_wrong_password_is_told(place: StaffSite, email: str, password: str) -> None:
    with pytest.raises(WrongPassword):
        place.line().sign_in(email, password)


def test_an_app_user_is_no_staff(place: StaffSite) -> None:
    with pytest.raises(NotStaff):
        place.line(token=place.surveyor.token).who()


def test_an_app_users_token_in_place_of_a_session_pulls_nothing(place: StaffSite, store: Store) -> None:
    place.submit("uuid:1")
    report = gather(store, place.line(token=place.surveyor.token), origin=place.origin)
    assert (report.kept, store.received.search()) == ([], [])


def test_a_server_of_another_kind_is_told(scripted) -> None:
    scripted.answer = lambda _request: (404, {"Content-Type": "application/json"}, b'{"message": "Not found."}')
    with pytest.raises(BadProjectAddress):
        StaffClient(scripted.url, 1).sign_in("anne@gal.example", PASSWORD)


def test_a_web_user_without_a_role_in_the_project_is_told_and_signed_out(place: StaffSite) -> None:
    elsewhere = place.server.create_project("Autre GAL")
    line = StaffClient(place.server.url, elsewhere)
    with pytest.raises(NotStaff):
        line.sign_in("manager@gal.example", PASSWORD)
    line.close()


def test_a_project_that_is_not_there(place: StaffSite) -> None:
    line = StaffClient(place.server.url, 4040)
    with pytest.raises(BadProjectAddress):
        line.sign_in("manager@gal.example", PASSWORD)
    line.close()


def test_what_is_over_by_our_clock_is_not_asked(scripted) -> None:
    line = StaffClient(scripted.url, 1, TOKEN, ends_at=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(SessionOver):
        line.forms()
    assert scripted.seen == []


def session_answer(scripted, *, created: str, expires: str, date: str) -> None:
    def answer(request: SimpleNamespace) -> tuple[int, dict[str, str], bytes]:
        if request.path == "/v1/sessions":
            value = {"token": TOKEN, "csrf": "c", "createdAt": created, "expiresAt": expires}
        elif request.path == "/v1/users/current":
            value = {"id": 1, "displayName": "Anne"}
        else:
            value = {"id": 1}
        return 200, {"Content-Type": "application/json", "Date": date}, json.dumps(value).encode()

    scripted.answer = answer


def test_a_clock_that_is_days_off_shortens_no_session(scripted) -> None:
    """The server's two times tell how long a session lives; our clock only counts from now."""
    times = {"created": "2031-01-01T10:00:00.000Z", "expires": "2031-01-02T10:00:00.000Z"}
    session_answer(scripted, **times, date="Wed, 01 Jan 2031 12:00:00 GMT")
    line = StaffClient(scripted.url, 1)
    user, _ = line.sign_in("anne@gal.example", PASSWORD)
    line.close()
    assert timedelta(hours=21) < user.ends_at - datetime.now(UTC) <= timedelta(hours=22)


def test_the_password_leaves_once_and_the_token_goes_to_one_host(scripted, stranger) -> None:
    session_answer(scripted, created="", expires="never", date="")
    line = StaffClient(scripted.url, 1)
    line.sign_in("anne@gal.example", PASSWORD)
    with pytest.raises(BadServerData):
        line.page("visites", link=f"{stranger.url}/v1/projects/1/forms/visites.svc/Submissions")
    line.close()
    assert [PASSWORD in str(one.body) for one in scripted.seen] == [True, False, False]
    assert "Authorization" not in scripted.seen[0].headers
    assert stranger.seen == []


@pytest.mark.parametrize("status", [200, 302, 511])
def test_a_portal_gets_no_token_and_is_told(scripted, status: int) -> None:
    page = {"Content-Type": "text/html", "Location": "https://portal.example/"}
    scripted.answer = lambda _request: (status, page, b"<html>Wi-Fi</html>")
    with pytest.raises(Intercepted):
        StaffClient(scripted.url, 1).sign_in("anne@gal.example", PASSWORD)


def test_no_network_and_a_server_in_trouble(scripted) -> None:
    scripted.answer = lambda _request: (502, {"Content-Type": "text/html"}, b"")
    with pytest.raises(ServerTrouble):
        StaffClient(scripted.url, 1).sign_in("anne@gal.example", PASSWORD)
    patience = Patience(connecting=1, sending=1, answer=1)
    with pytest.raises(Offline):
        StaffClient("http://127.0.0.1:9", 1, patience=patience).sign_in("anne@gal.example", PASSWORD)


def test_plain_http_is_refused_before_anything_leaves() -> None:
    with pytest.raises(InsecureAddress):
        StaffClient("http://region.example", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://odk.example.org/#/projects/7/forms", ("https://odk.example.org", 7)),
        (" https://odk.example.org/v1/projects/12 ", ("https://odk.example.org", 12)),
        (f"https://odk.example.org:8443/v1/key/{TOKEN}/projects/3", ("https://odk.example.org:8443", 3)),
        ("http://127.0.0.1:8383/v1/projects/1", ("http://127.0.0.1:8383", 1)),
    ],
)
def test_the_address_of_a_project_is_read_as_people_have_it(text: str, expected: tuple[str, int]) -> None:
    assert parse_project(text) == expected


@pytest.mark.parametrize("text", ["", "odk.example.org/projects/7", "https://odk.example.org", "ftp://x/projects/1"])
def test_an_address_without_a_project_is_told(text: str) -> None:
    with pytest.raises(BadProjectAddress):
        parse_project(text)


def test_an_address_that_is_not_protected_is_told() -> None:
    with pytest.raises(InsecureAddress):
        parse_project("http://odk.example.org/projects/7")


def test_who_is_signed_in_is_remembered_without_any_secret(store: Store, place: StaffSite, tmp_path: Path) -> None:
    user, token = place.line().sign_in("manager@gal.example", PASSWORD)
    web_user.keep(store, user)
    assert web_user.known(store) == user
    kept = b"".join(one.read_bytes() for one in tmp_path.rglob("fieldkit.db*"))
    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept
    web_user.keep(store, None)
    assert web_user.known(store) is None


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"url": 3}', "no json", '{"ends_at": "x"}'])
def test_a_memory_that_cannot_be_read_is_none(store: Store, kept: str) -> None:
    store.facts.set("staff.user", kept)
    assert web_user.known(store) is None


def test_a_user_is_known_in_the_keyring_by_address_and_project() -> None:
    user = WebUser("https://odk.example.org", 7, "a@b.c", "A", datetime.now(UTC))
    assert user.account_id == "staff:a@b.c@odk.example.org/7"


# Lists that lie (contract, F48)


def feed_answer(scripted, page: object, *, etag: str = "") -> None:
    def answer(request: SimpleNamespace) -> tuple[int, dict[str, str], bytes]:
        headers = {"Content-Type": "application/json"} | ({"ETag": etag} if etag else {})
        if ".svc" in request.path:
            return 200, headers, page if isinstance(page, bytes) else json.dumps(page).encode()
        if request.path.endswith("/forms"):
            value = [{"xmlFormId": "visites", "version": "1", "name": "Visites", "publishedAt": "2026-01-01T00:00:00Z"}]
            return 200, headers, json.dumps(value).encode()
        if request.path.endswith("/versions/1.xml"):
            return 200, {"Content-Type": "application/xml"}, form_xml()
        return 404, headers, b'{"code": 404.1, "message": "Could not find the resource you were looking for."}'

    scripted.answer = answer


def row(number: int = 1) -> dict[str, object]:
    return {"__id": f"uuid:{number}", "__system": {"submissionDate": "2026-11-20T10:00:00.000Z"}}


def test_f48_the_next_page_on_another_host_is_brought_back_or_refused(scripted, stranger, store: Store) -> None:
    path = "/v1/projects/1/forms/visites.svc/Submissions"
    feed_answer(scripted, {"value": [row()], "@odata.nextLink": f"{stranger.url}{path}?%24skiptoken=01"})
    report = gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
    assert [one.path for one in scripted.seen][-1] == f"{path}?%24skiptoken=01"  # asked here, where it went in circles
    assert isinstance(report.problems[0].error, BadServerData)
    for link in (
        f"{stranger.url}/steal?next=1",
        f"{stranger.url}/v1/projects/1/forms/visites.svc/Autre",
        f"{scripted.url}/v1/sessions/current",
        "https:///v1/x",
        "/v1/../../etc",
        {"href": "x"},
        7,
    ):
        feed_answer(scripted, {"value": [row()], "@odata.nextLink": link})
        report = gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
        assert isinstance(report.problems[0].error, BadServerData | WrongAddress), link
    assert stranger.seen == []


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"[",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        {"value": 3},
        {"value": [3]},
        {"value": [{}]},
        {"value": [{"__id": 3, "__system": {"submissionDate": "2026-11-20"}}]},
        {"value": [{"__id": "", "__system": {"submissionDate": "2026-11-20"}}]},
        {"value": [{"__id": "x" * 999, "__system": {"submissionDate": "2026-11-20"}}]},
        {"value": [{"__id": "uuid:1", "__system": {}}]},
        {"value": [{"__id": "uuid:1", "__system": {"submissionDate": None}}]},
        {"value": [{"__id": "uuid:1", "__system": {"submissionDate": "hier"}}]},
        {"value": [{"__id": "uuid:1", "__system": {"submissionDate": 20261120}}]},
        {"value": [{"__id": "uuid:1", "__system": {"submissionDate": "2026-11-20", "edits": "beaucoup"}}]},
        {"value": [row()], "@odata.count": "tous"},
    ],
)
def test_an_answer_of_the_wrong_shape_is_a_problem_of_its_form(scripted, store: Store, page: object) -> None:
    feed_answer(scripted, page)
    report = gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
    (problem,) = report.problems
    assert isinstance(problem.error, BadServerData)
    assert (problem.form_id, report.stopped, store.received.search()) == ("visites", None, [])


def test_an_answer_without_measure_is_not_read_to_its_end(
    scripted, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_PAGE_BYTES", 100_000)
    feed_answer(scripted, b" " * 1_000_000)
    report = gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
    assert isinstance(report.problems[0].error, BadServerData)


def test_states_and_names_that_nobody_knows_do_no_harm(scripted, store: Store) -> None:
    strange = row() | {"lieu": {"commune": ["25048"]}}
    strange["__system"] = {
        "submissionDate": "2026-11-20T10:00:00+01:00", "reviewState": "perdu", "submitterName": "x" * 9999,
        "updatedAt": "2026-11-21", "status": "notDecrypted", "formVersion": None, "edits": None,
    }  # fmt: skip
    feed_answer(scripted, {"value": [strange]})
    gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
    (record,) = store.received.search()
    assert (record.review_state, len(record.submitter), record.encrypted) == ("", feed.LONGEST_NAME, True)
    assert record.submitted_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_half_a_character_in_a_name_is_no_obstacle(scripted, store: Store) -> None:
    halved = row()
    halved["__system"] = {
        "submissionDate": "2026-11-20T10:00:00Z",
        "submitterName": "Zo\ud800",
        "formVersion": "1\udfff",
    }
    feed_answer(scripted, {"value": [halved | {"__id": "uuid:\ud800"}]})
    gather(store, StaffClient(scripted.url, 1, TOKEN), origin="o")
    (record,) = store.received.search()
    assert (record.root_id, record.submitter) == ("uuid:?", "Zo?")


def test_a_server_that_filters_by_no_time_lists_all(scripted, store: Store) -> None:
    feed_answer(scripted, {"value": [row()], "@odata.count": 1}, etag='W/"1"')
    client = StaffClient(scripted.url, 1, TOKEN)
    gather(store, client, origin="o")
    plain = scripted.answer

    def answer(request: SimpleNamespace) -> tuple[int, dict[str, str], bytes]:
        if "filter" in request.path:
            body = b'{"code": 501.5, "message": "The given OData filter expression references fields not supported."}'
            return 501, {"Content-Type": "application/json"}, body
        return plain(request)

    scripted.answer = answer
    report = gather(store, client, origin="o")
    client.close()
    assert report.stopped is None
    assert [one.root_id for one in store.received.search()] == ["uuid:1"]


def test_a_line_that_breaks_in_an_answer_is_told(scripted) -> None:
    scripted.answer = lambda _request: (200, {"Content-Type": "application/json", "Content-Length": "500"}, b"{")
    patience = Patience(connecting=1, sending=1, answer=0.3)
    with pytest.raises(Interrupted):
        StaffClient(scripted.url, 1, TOKEN, patience=patience).forms()
