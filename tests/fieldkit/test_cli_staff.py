# SPDX-License-Identifier: EUPL-1.2
"""`staff …`: the region's staff from the terminal, against a running reference server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pandas
import pytest
from keyring.backends.fail import Keyring as FailKeyring

from fieldkit import credentials, web_user
from fieldkit.workspace import Workspace
from sync.server import ReferenceServer
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.test_credentials import MemoryKeyring
from tests.sync.staff_site import INCOURT, JODOIGNE, LIEGE, PASSWORD, StaffSite, staff_site

EMAIL = "manager@gal.example"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[StaffSite]:
    monkeypatch.setenv("FIELDKIT_STAFF_PASSWORD", PASSWORD)
    made = staff_site(server)
    with made.closing:
        yield made


def enter(terminal: Terminal, place: StaffSite, email: str = EMAIL) -> None:
    outcome = terminal.type("staff", "sign-in", email, "--url", place.server.url, "--project", place.project)
    assert outcome.code == 0, outcome.err


def sessions(place: StaffSite) -> int:
    with place.server._database.reading() as db:
        query = "SELECT count(*) FROM sessions s JOIN actors a ON a.id = s.actor_id WHERE a.kind = 'user'"
        return int(db.execute(query).fetchone()[0])


def test_records_are_received_listed_reviewed_and_forgotten(terminal: Terminal, place: StaffSite) -> None:
    place.submit("uuid:1", JODOIGNE, note="Verger")
    place.submit("uuid:2", LIEGE, note="Marché")
    enter(terminal, place)
    pulled = terminal.type("staff", "pull", "--json")
    assert (pulled.code, sorted(pulled.data["kept"]), pulled.data["outside"]) == (0, ["uuid:1", "uuid:2"], 0)
    listed = terminal.type("staff", "list")
    assert "uuid:1  none" in listed.out
    assert "Jodoigne" in listed.out
    assert "as of 20" in listed.out
    assert "received from the region: 2 records, as of 20" in terminal.type("status").out
    reviewed = terminal.type("staff", "review", "uuid:1", "--state", "to-correct", "--comment", "La surface")
    assert (reviewed.code, reviewed.out) == (0, "uuid:1: to-correct; who sent it will read it\n")
    said = terminal.type("staff", "comments", "uuid:1", "--json").data
    assert [one["body"] for one in said] == ["La surface"]
    found = terminal.type("staff", "list", "--state", "to-correct", "--json").data["records"]
    assert [(one["record"], one["review"], one["commune"]) for one in found] == [("uuid:1", "to-correct", "Jodoigne")]
    assert [
        one["record"] for one in terminal.type("staff", "list", "--search", "marché", "--json").data["records"]
    ] == ["uuid:2"]
    assert terminal.type("staff", "forget", "uuid:2").out == "1 forgotten here\n"
    assert terminal.type("staff", "forget", "--everything", "--json").data == {"forgotten": 1}
    assert "No received record" in terminal.type("staff", "list").out
    assert terminal.type("staff", "forget").code == 2


def test_the_territory_is_what_is_received_unless_all(terminal: Terminal, place: StaffSite) -> None:
    for number, nis in enumerate((JODOIGNE, INCOURT, LIEGE), start=1):
        place.submit(f"uuid:{number}", nis)
    enter(terminal, place)
    with Workspace.open(terminal.home) as workspace:
        workspace.settings.set("territory_kind", "commune")
        workspace.settings.set("territory_id", JODOIGNE)
    pulled = terminal.type("staff", "pull")
    assert "2 of other communes left at the region (--all brings them)" in pulled.out
    assert [one["record"] for one in terminal.type("staff", "list", "--json").data["records"]] == ["uuid:1"]
    every = terminal.type("staff", "list", "--all")
    assert every.out.count("(answers not here)") == 2
    assert terminal.type("staff", "pull", "--all", "--form", "visites", "--json").data["outside"] == 0
    assert "(answers not here)" not in terminal.type("staff", "list", "--all").out
    assert terminal.type("staff", "pull").out == "Nothing new.\n"


def test_a_session_that_cannot_be_kept_ends_after_each_command(terminal: Terminal, place: StaffSite) -> None:
    before = sessions(place)
    outcome = terminal.type("staff", "sign-in", EMAIL, "--url", place.server.url, "--project", place.project)
    assert "no keyring: the session was not kept" in outcome.err
    assert PASSWORD not in outcome.out + outcome.err
    terminal.type("staff", "pull")
    assert sessions(place) == before
    kept = b"".join(one.read_bytes() for one in terminal.home.rglob("*") if one.is_file())
    assert PASSWORD.encode() not in kept


def test_a_session_that_is_kept_is_used_until_one_signs_out(
    terminal: Terminal, place: StaffSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(MemoryKeyring())
    before = sessions(place)
    enter(terminal, place)
    monkeypatch.delenv("FIELDKIT_STAFF_PASSWORD")
    assert terminal.type("staff", "pull").code == 0
    assert sessions(place) == before + 1
    assert terminal.type("staff", "sign-out").out == f"signed out: {EMAIL}\n"
    assert sessions(place) == before
    refused = terminal.type("staff", "pull")
    assert (refused.code, "Nobody of the region's staff has signed in" in refused.err) == (4, True)


def test_who_signs_in_after_somebody_else_leaves_no_session_behind(terminal: Terminal, place: StaffSite) -> None:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    before = sessions(place)
    enter(terminal, place)
    enter(terminal, place, "viewer@gal.example")
    assert [name for _service, name in ring.kept if "manager" in name] == []
    assert sessions(place) == before + 1
    enter(terminal, place, "viewer@gal.example")  # nor one of their own
    assert (len(ring.kept), sessions(place)) == (1, before + 1)
    assert terminal.type("staff", "pull").code == 0


def test_what_goes_wrong_is_told(terminal: Terminal, place: StaffSite, monkeypatch: pytest.MonkeyPatch) -> None:
    address = ("--url", place.server.url, "--project", place.project)
    assert "no account yet" in terminal.type("staff", "sign-in", EMAIL).err
    monkeypatch.setenv("FIELDKIT_STAFF_PASSWORD", "wrong")
    wrong = terminal.type("staff", "sign-in", EMAIL, *address)
    assert (wrong.code, "knows no web user with this e-mail and password" in wrong.err) == (4, True)
    monkeypatch.delenv("FIELDKIT_STAFF_PASSWORD")
    assert "FIELDKIT_STAFF_PASSWORD" in terminal.type("staff", "sign-in", EMAIL, *address).err
    monkeypatch.setenv("FIELDKIT_STAFF_PASSWORD", PASSWORD)
    elsewhere = place.server.create_project("Autre")
    other = terminal.type("staff", "sign-in", EMAIL, "--url", f"{place.server.url}/#/projects/{elsewhere}")
    assert "may not read the project" in other.err
    assert "https" in terminal.type("staff", "sign-in", EMAIL, "--url", "http://odk.example.org/projects/1").err


def test_who_may_not_decide_or_was_overtaken_is_told(terminal: Terminal, place: StaffSite) -> None:
    place.submit("uuid:1")
    enter(terminal, place, "viewer@gal.example")
    terminal.type("staff", "pull")
    refused = terminal.type("staff", "review", "uuid:1", "--state", "approved")
    assert (refused.code, "not decide on them: nothing was changed" in refused.err) == (4, True)
    enter(terminal, place)
    client = place.client()
    client.set_review("visites", "uuid:1", "rejected")
    client.add_comment("visites", "uuid:1", "Hors zone")
    overtaken = terminal.type("staff", "review", "uuid:1", "--state", "approved")
    assert "Somebody else decided (rejected) since it was received and said: Hors zone" in overtaken.err
    assert terminal.type("staff", "review", "uuid:1", "--state", "approved").code == 0
    assert "no instance uuid:9" in terminal.type("staff", "review", "uuid:9", "--state", "approved").err.replace(
        "received record", "instance"
    )


def test_a_server_that_is_away_says_so_and_the_list_stays(terminal: Terminal, place: StaffSite) -> None:
    place.submit("uuid:1")
    enter(terminal, place)
    terminal.type("staff", "pull")
    with Workspace.open(terminal.home) as workspace:
        user = web_user.known(workspace.store)
        assert user is not None
        web_user.keep(workspace.store, web_user.WebUser("http://127.0.0.1:9", 1, user.email, "", user.ends_at))
    assert "There is no connection to the region" in terminal.type("staff", "pull").err
    assert "uuid:1" in terminal.type("staff", "list").out


def test_tables_and_pages_take_received_records_too(terminal: Terminal, place: StaffSite, tmp_path: Path) -> None:
    place.submit("uuid:1", note="Verger")
    enter(terminal, place)
    terminal.type("staff", "pull")
    table, base, pages = (tmp_path / name for name in ("t.csv", "t.db", "p.pdf"))
    assert terminal.type("records", "--form", "visites", "--export", table).out == f"{table}: 0 records\n"
    assert terminal.type("records", "--form", "visites", "--export", table, "--received").code == 0
    rows = pandas.read_csv(table, sep=";")
    assert [(row["instance_id"], row["commune"], row["/data/note"]) for _, row in rows.iterrows()] == [
        ("uuid:1", "Jodoigne", "Verger")
    ]
    terminal.type("records", "--form", "visites", "--export", base, "--received")
    with sqlite3.connect(base) as db:
        assert [row[0] for row in db.execute('SELECT espece FROM "/data/arbre"')] == ["chêne", "hêtre"]
    db.close()
    assert terminal.type("print", "record", "uuid:1", "--out", pages).code == 0
    assert pages.read_bytes().startswith(b"%PDF")
