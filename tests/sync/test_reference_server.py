# SPDX-License-Identifier: EUPL-1.2
"""What only the reference server does: where it is stricter than Central, its restarts, its administration."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests  # noqa: TID253 — this is the other end of the line

from sync.server import Fault, ReferenceServer
from sync.server.answers import Problem
from sync.server.database import NewerDatabaseError, now_text
from sync.server.envelope import read_envelope
from sync.server.published import form_named
from sync.server.received import Sender, listed, receive
from sync.server.throttle import MAX_NAMES, Throttle
from tests.sync.dossier_form import dossier, dossier_form, list_form


class Caller:
    """Calls a server as `token`; /P/ in a path stands for the project."""

    def __init__(self, url: str, project: int, token: str, session: requests.Session) -> None:
        self.url, self.project, self.token, self.session = url, project, token, session
        session.trust_env = False

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        url = f"{self.url}/v1{path.replace('/P/', f'/projects/{self.project}/')}"
        return self.session.request(method, url, headers=headers, allow_redirects=False, timeout=10, **options)

    def submit(self, xml: bytes) -> requests.Response:
        return self.call("POST", "/P/submission", files={"xml_submission_file": ("s.xml", xml, "text/xml")})


@pytest.fixture
def caller(site: Any) -> Iterator[Caller]:
    with requests.Session() as session:
        yield Caller(site.server.url, site.project, site.token, session)


def test_stricter_than_central(site: Any, caller: Caller, samples: Any) -> None:
    nameless = samples.instance("").replace(b"<instanceID></instanceID>", b"")
    for xml, words in ((nameless, "instanceID"), (b'<!DOCTYPE d [<!ENTITY a "b">]>' + nameless, "document type")):
        answer = caller.submit(xml)
        assert answer.status_code == 400
        assert words in answer.text
    assert site.stored() == {}


def test_addresses_use_the_configured_domain(tmp_path: Path, samples: Any) -> None:
    with ReferenceServer(tmp_path, domain="https://odk.example.org/") as region, requests.Session() as session:
        project = region.create_project("P")
        region.publish_form(project, samples.form())
        token = region.create_app_user(project, "A")
        listed = Caller(region.url, project, token, session).call("GET", "/P/formList").text
        assert "<downloadUrl>https://odk.example.org/v1/projects/1/forms/lieux.xml<" in listed
        assert region.invitation_link(project, token) == f"https://odk.example.org/v1/key/{token}/projects/1"


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path, samples: Any) -> None:
    xml = samples.instance("uuid:1")
    with ReferenceServer(tmp_path) as region, requests.Session() as session:
        project = region.create_project("P")
        region.publish_form(project, samples.form())
        token = region.create_app_user(project, "A")
        assert Caller(region.url, project, token, session).submit(xml).status_code == 201
    with ReferenceServer(tmp_path) as region, requests.Session() as session:
        assert Caller(region.url, project, token, session).submit(xml).status_code == 201
        assert [row.xml for row in region.submissions(project, "lieux")] == [xml]


def test_stop_and_start_keep_the_address(site: Any, caller: Caller) -> None:
    for _ in range(3):
        assert caller.call("GET", "/sessions/restore").status_code == 200
        site.server.stop()
        with pytest.raises(requests.ConnectionError):
            caller.call("GET", "/sessions/restore")
        site.server.start()
        site.server.start()


def test_a_taken_port_is_told(site: Any, tmp_path: Path) -> None:
    port = int(site.server.url.rpartition(":")[2])
    second = ReferenceServer(tmp_path / "second", port)
    with pytest.raises(OSError, match="in use"):
        second.start()
    second.close()


def test_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    ReferenceServer(tmp_path).close()
    with sqlite3.connect(tmp_path / "region.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(NewerDatabaseError) as caught:
        ReferenceServer(tmp_path)
    assert caught.value.found == 99


def test_too_large_a_body_is_refused_before_it_is_read(site: Any) -> None:
    host, port = site.server.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/projects/{site.project}/submission HTTP/1.1\r\nHost: x\r\nX-OpenRosa-Version: 1.0\r\n"
        f"Authorization: Bearer {site.token}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 110000000\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(head.encode())
        answer = line.recv(65536)
    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert b"text/html" in answer


def test_cut_in_the_request_stores_nothing(site: Any, samples: Any) -> None:
    host, port = site.server.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/projects/{site.project}/submission HTTP/1.1\r\nHost: x\r\nX-OpenRosa-Version: 1.0\r\n"
        f"Authorization: Bearer {site.token}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        'Content-Length: 9000\r\n\r\n--b\r\nContent-Disposition: form-data; name="xml_submission_file"\r\n\r\n'
    )
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(head.encode() + samples.instance("uuid:1"))
    site.server.stop()
    assert site.stored() == {}


def test_faults_count_down(site: Any, caller: Caller) -> None:
    site.server.faults.add(Fault("restore", status=503, times=2))
    assert [caller.call("GET", "/sessions/restore").status_code for _ in range(3)] == [503, 503, 200]
    site.server.faults.add(Fault("restore"))
    with pytest.raises(requests.ConnectionError):
        caller.call("GET", "/sessions/restore")


def test_administration_from_python(site: Any, samples: Any, tmp_path: Path) -> None:
    server, project = site.server, site.project
    with pytest.raises(Problem, match=r"409\.6"):
        server.publish_form(project, samples.form())
    with pytest.raises(Problem, match=r"404\.1"):
        server.publish_form(project, samples.form("2"), {"inconnu.png": b""})
    assert server.publish_form(project, samples.form("2")).version == "2"
    with pytest.raises(Problem, match=r"400\.1"):
        server.publish_form(project, b"<html/>")
    with pytest.raises(Problem, match=r"400\.8"):
        server.set_form_state(project, "lieux", "ajar")
    server.delete_form(project, "lieux")
    with pytest.raises(Problem, match=r"404\.1"):
        server.submissions(project, "lieux")
    assert server.publish_form(project, samples.form()).version == "1"


def test_without_a_password_nobody_administers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDKIT_ADMIN_PASSWORD", raising=False)
    body = {"email": "admin@fieldkit.local", "password": "x"}
    with ReferenceServer(tmp_path) as region, requests.Session() as session:
        assert Caller(region.url, 1, "", session).call("POST", "/sessions", json=body).status_code == 401
    monkeypatch.setenv("FIELDKIT_ADMIN_PASSWORD", "x")
    with ReferenceServer(tmp_path) as region, requests.Session() as session:
        assert Caller(region.url, 1, "", session).call("POST", "/sessions", json=body).status_code == 200


class TestStaff:
    """What an administrator does over REST (section 8)."""

    @pytest.fixture
    def admin(self, region: ReferenceServer) -> Iterator[Caller]:
        with requests.Session() as session:
            caller = Caller(region.url, 1, "", session)
            body = {"email": "admin@fieldkit.local", "password": "correct horse"}
            caller.token = caller.call("POST", "/sessions", json=body).json()["token"]
            yield caller

    def test_wrong_password_and_missing_field(self, region: ReferenceServer) -> None:
        with requests.Session() as session:
            caller = Caller(region.url, 1, "", session)
            body = {"email": "admin@fieldkit.local", "password": "wrong"}
            assert caller.call("POST", "/sessions", json=body).json()["code"] == "401.2"
            assert caller.call("POST", "/sessions", json={"email": "a"}).json()["code"] == "400.3"
            basic = caller.call("GET", "/projects/1/forms", headers={"Authorization": "Basic YTpi"})
            assert basic.json()["code"] == "401.3"

    def test_from_project_to_submission(self, admin: Caller, samples: Any) -> None:
        assert admin.call("GET", "/users/current").json()["email"] == "admin@fieldkit.local"
        admin.project = admin.call("POST", "/projects", json={"name": "Essai"}).json()["id"]
        created = admin.call("POST", "/P/forms?publish=true", data=samples.form()).json()
        assert (created["xmlFormId"], created["version"], created["state"]) == ("lieux", "1", "open")
        assert admin.call("POST", "/P/forms?publish=true", data=samples.form()).json()["code"] == "409.3"
        assert "<mediaFile>" not in admin.call("GET", "/P/forms/lieux/manifest").text
        admin.call("POST", "/P/forms/lieux/draft", data=samples.form("2"))
        assert admin.call("POST", "/P/forms/lieux/draft/attachments/carte.png", data=b"png").status_code == 200
        assert admin.call("POST", "/P/forms/lieux/draft/attachments/nope.png", data=b"png").status_code == 404
        assert admin.call("POST", "/P/forms/lieux/draft/publish").status_code == 200
        admin.call("POST", "/P/forms/lieux/draft")
        assert admin.call("POST", "/P/forms/lieux/draft/publish").json()["code"] == "409.6"
        user = admin.call("POST", "/P/app-users", json={"displayName": "Agent"}).json()
        role = next(each["id"] for each in admin.call("GET", "/roles").json() if each["system"] == "app-user")
        agent = Caller(admin.url, admin.project, user["token"], admin.session)
        assert agent.submit(samples.instance("uuid:1", version="2")).status_code == 401
        path = f"/P/forms/lieux/assignments/{role}/{user['id']}"
        assert admin.call("POST", path).status_code == 200
        assert admin.call("POST", path).json()["code"] == "409.3"
        assert agent.submit(samples.instance("uuid:1", version="2")).status_code == 201
        assert agent.call("POST", "/projects", json={"name": "x"}).status_code == 403
        (row,) = admin.call("GET", "/P/forms/lieux/submissions").json()
        assert (row["instanceId"], row["submitter"]["displayName"]) == ("uuid:1", "Agent")
        sent = admin.call("GET", "/P/forms/lieux/submissions/uuid:1.xml")
        assert sent.content == samples.instance("uuid:1", version="2")
        review = admin.call("PATCH", "/P/forms/lieux/submissions/uuid:1", json={"reviewState": "bad"})
        assert review.json()["code"] == "400.8"
        forgotten = admin.call("PATCH", "/P/forms/lieux/submissions/uuid:1", json={"state": "approved"})
        assert forgotten.json()["code"] == "400.2"
        assert admin.call("PATCH", "/P/forms/lieux", json={"state": "closed"}).json()["state"] == "closed"
        assert admin.call("DELETE", f"/sessions/{user['token']}").status_code == 200
        assert agent.call("GET", "/sessions/restore").status_code == 401
        assert admin.call("DELETE", "/sessions/current").status_code == 200
        assert admin.call("GET", "/users/current").status_code == 401


def test_an_answer_is_never_a_page_of_this_site(site: Any, caller: Caller, samples: Any) -> None:
    """What somebody sent may hold scripts: a link to it must not run them beside a trainer’s session."""
    caller.submit(samples.instance("uuid:1"))
    staff = site.server.create_web_user("a@gal.example", "a word or two", "manager", site.project)
    assert staff
    body = {"email": "a@gal.example", "password": "a word or two"}
    token = caller.call("POST", "/sessions", json=body).json()["token"]
    path = f"/projects/{site.project}/forms/lieux"
    for address in (
        f"{path}/submissions/uuid:1.xml",
        f"{path}.xml",
        f"{path}/attachments/carte.png",
    ):
        answer = caller.call("GET", f"/key/{token}{address}", headers={"Authorization": ""})
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_guesses_passwords_waits(tmp_path: Path) -> None:
    now = [0.0]
    with ReferenceServer(tmp_path, admin_password="right one") as region, requests.Session() as session:  # noqa: S106
        region._database.throttle = Throttle(lambda: now[0])
        caller = Caller(region.url, 1, "", session)

        def log_in(password: str, email: str = "admin@fieldkit.local") -> int:
            return caller.call("POST", "/sessions", json={"email": email, "password": password}).status_code

        assert [log_in("wrong") for _ in range(11)] == [401] * 10 + [429]
        now[0] = 30
        answer = caller.call("POST", "/sessions", json={"email": "ADMIN@fieldkit.local", "password": "right one"})
        assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "31", "429.1")
        page = session.post(
            f"{region.url}/demo/login", data={"email": "admin@fieldkit.local", "password": "x"}, timeout=5
        )
        assert (page.status_code, "attendez 31\u202fsecondes" in page.text.replace("\u00a0", "\u202f")) == (429, True)
        assert log_in("wrong", "b@fieldkit.local") == 401
        now[0] = 61
        assert (log_in("wrong"), log_in("right one")) == (401, 429)
        now[0] = 122
        assert (log_in("right one"), log_in("wrong")) == (200, 401)


def test_the_throttle_remembers_so_many_names() -> None:
    throttle = Throttle(lambda: 0.0)
    for _ in range(10):
        throttle.wrong("a", "::1")
    assert throttle.seconds_left("A", "::1") > 0
    assert throttle.seconds_left("a", "10.0.0.1") == 0
    for number in range(MAX_NAMES):
        throttle.wrong(str(number), "::1")
    assert throttle.seconds_left("a", "::1") == 0


def test_looking_at_a_password_keeps_nobody_from_writing(
    site: Any, caller: Caller, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, done = threading.Event(), threading.Event()

    def slow(_password: str, _stored: str) -> bool:
        looking.set()
        return done.wait(10) and False

    monkeypatch.setattr("sync.server.access.check_password", slow)
    body = {"email": "a", "password": "b"}
    guess = threading.Thread(target=requests.post, args=(f"{site.server.url}/v1/sessions",), kwargs={"json": body})
    guess.start()
    assert looking.wait(10)
    assert caller.submit(samples.instance("uuid:1")).status_code == 201
    done.set()
    guess.join()


def test_a_new_password_ends_the_sessions_of_the_old_one(site: Any, caller: Caller) -> None:
    site.server.create_web_user("a@gal.example", "one")
    caller.token = caller.call("POST", "/sessions", json={"email": "a@gal.example", "password": "one"}).json()["token"]
    site.server.create_web_user("a@gal.example", "one")
    assert caller.call("GET", "/users/current").status_code == 200
    site.server.create_web_user("a@gal.example", "two")
    assert caller.call("GET", "/users/current").status_code == 401


def test_a_session_ends_after_its_day(site: Any, caller: Caller) -> None:
    site.server.create_web_user("a@gal.example", "one")
    caller.token = caller.call("POST", "/sessions", json={"email": "a@gal.example", "password": "one"}).json()["token"]
    for seconds, status in ((60, 200), (-1, 401)):
        with site.server._database.writing() as db:
            db.execute("UPDATE sessions SET expires_at = ? WHERE token = ?", (now_text(seconds), caller.token))
        assert caller.call("GET", "/sessions/restore").status_code == status


def test_very_long_headers_are_not_read(site: Any, caller: Caller) -> None:
    answer = caller.call("GET", "/sessions/restore", headers={"X-Long": "x" * 100_000})
    assert answer.status_code == 413
    assert caller.call("GET", "/sessions/restore").status_code == 200


def test_integrity_tells_an_owner_of_his_own_only(site: Any, caller: Caller) -> None:
    site.server.publish_form(site.project, dossier_form())
    site.server.publish_form(site.project, list_form())
    xml = dossier("uuid:1", "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10", "Halle")
    assert caller.submit(xml).status_code == 201
    other = Caller(site.server.url, site.project, site.server.create_app_user(site.project, "Bo"), caller.session)
    asked = "/P/datasets/dossiers/integrity"
    assert "4b10" in other.call("GET", asked).text
    site.server.set_owner_only(site.project, "dossiers", True)
    assert "4b10" not in other.call("GET", asked).text
    assert "4b10" in caller.call("GET", asked).text


def test_a_long_list_of_records_costs_no_more_for_each(site: Any, samples: Any) -> None:
    """Steps of the database and not seconds."""
    database = site.server._database

    def steps_for(first: int, last: int) -> int:
        with database.writing() as db:
            form = form_named(db, site.project, "lieux")
            for number in range(first, last):
                xml = samples.instance(f"uuid:{number}")
                receive(db, form, read_envelope(xml), xml, {}, Sender(1))
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        with database.reading() as db:
            db.set_progress_handler(step, 100)
            assert len(listed(db, form)) == last
        return count

    few = steps_for(0, 50)
    assert steps_for(50, 400) < 2 * 8 * few
