# SPDX-License-Identifier: EUPL-1.2
"""Several accounts from the terminal: added, listed, renamed, left; each with its own token and its own records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from fieldkit import credentials
from fieldkit.settings import ACCOUNT_ID
from fieldkit.workspace import Workspace
from sync.server import ReferenceServer
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.store_samples import ESSAI, add_finalized


class Ring(KeyringBackend):
    """A keyring in memory: safe, and gone with the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if username not in self.kept:
            raise PasswordDeleteError
        del self.kept[username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[list[ReferenceServer]]:
    with ReferenceServer(tmp_path / "a") as one, ReferenceServer(tmp_path / "b") as two:
        for server in (one, two):
            server.create_project("Essai")
            server.publish_form(1, ESSAI)
        yield [one, two]


def link_of(region: ReferenceServer, project: int = 1) -> str:
    return region.invitation_link(project, region.create_app_user(project, "Ana"))


def connect(terminal: Terminal, region: ReferenceServer, name: str, project: int = 1) -> str:
    outcome = terminal.type("connect", link_of(region, project), "--name", name, "--json")
    assert outcome.code == 0
    return str(outcome.data["account"])


def stored(region: ReferenceServer, project: int = 1) -> list[str]:
    return [one.instance_id for one in region.submissions(project, "essai")]


def test_two_regions_from_connecting_to_sending(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    one, two = (connect(terminal, region, name) for region, name in zip(regions, ("Un", "Deux"), strict=True))
    told = [line.split()[:3] for line in terminal.type("accounts").out.splitlines()]
    assert ["*", one, "Un"] in told
    first = terminal.type("pull", "--json")
    assert (first.code, first.data["new"]) == (0, ["essai"])
    assert {key: value["new"] + value["unchanged"] for key, value in first.data["accounts"].items()} == {
        one: ["essai"], two: ["essai"]
    }  # fmt: skip
    (form,) = [each for each in terminal.type("forms", "--json").data if each["form_id"] == "essai"]
    assert sorted(form["offered_by"]) == sorted([one, two])
    a, b, c = (add_finalized(terminal.home, number, owner) for number, owner in enumerate((one, two, ""), 1))
    status = terminal.type("status")
    assert f"account: {one} (Un, default), 2 waiting, last exchange 20" in status.out
    assert f"account: {two} (Deux), 1 waiting, last exchange 20" in status.out
    outcome = terminal.type("push", "--json")
    assert (outcome.code, sorted(outcome.data["delivered"])) == (0, [a, b, c])
    assert outcome.data["accounts"][two]["delivered"] == [b]
    assert (sorted(stored(regions[0])), stored(regions[1])) == ([a, c], [b])


def test_one_account_that_fails_is_told_by_name_and_the_others_go(
    terminal: Terminal, regions: list[ReferenceServer], ring: Ring
) -> None:
    one, two = (connect(terminal, region, "") for region in regions)
    regions[0].create_project("Autre")
    regions[0].publish_form(2, ESSAI)
    beside = connect(terminal, regions[0], "", 2)
    add_finalized(terminal.home, 1, one)
    ok = add_finalized(terminal.home, 2, two)
    add_finalized(terminal.home, 3, beside)
    regions[0].stop()
    outcome = terminal.type("push")
    assert outcome.code == 4
    assert outcome.out == f"{two}: sent: {ok}\n"
    assert f"{one}: There is no connection to the region." in outcome.err
    assert f"{beside}: There is no connection to the region." in outcome.err
    pulled = terminal.type("pull", "--json")
    assert (pulled.code, pulled.data["stopped"]["reason"]) == (4, "offline")
    assert pulled.data["accounts"][two]["stopped"] is None


def test_only_one_account_if_it_is_named(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    one, two = (connect(terminal, region, "") for region in regions)
    a, b = add_finalized(terminal.home, 1, one), add_finalized(terminal.home, 2, two)
    assert terminal.type("push", "--account", two, "--json").data["delivered"] == [b]
    assert list(terminal.type("pull", "--account", two, "--json").data["accounts"]) == [two]
    assert terminal.type("push", "--account", two).out == f"Nothing waits to be sent to {two}.\n"
    assert stored(regions[0]) == []
    wrong = terminal.type("push", "--account", "nowhere/1")
    assert wrong.code == 1
    assert f"There is no account nowhere/1. There is {', '.join(sorted([one, two]))}." in wrong.err
    assert terminal.type("push", "--json").data["delivered"] == [a]


def test_the_token_of_the_environment_goes_to_one_account_only(
    terminal: Terminal, regions: list[ReferenceServer], ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (connect(terminal, region, "") for region in regions)
    token = ring.kept.pop(two)
    monkeypatch.setenv("FIELDKIT_TOKEN", token)
    a, b = add_finalized(terminal.home, 1, one), add_finalized(terminal.home, 2, two)
    heard: list[str] = []
    real = credentials.get
    monkeypatch.setattr(credentials, "get", lambda account_id: heard.append(account_id) or real(account_id))
    outcome = terminal.type("push")
    assert outcome.code == 4
    assert f"{one}: sent: {a}" in outcome.out
    assert f"name the account with --account {two}" in outcome.err
    assert sorted(heard) == sorted([one, two])  # each was asked for its own
    named = terminal.type("push", "--account", two, "--json")
    assert (named.code, named.data["delivered"]) == (0, [b])


def test_connecting_again_renews_the_token_and_keeps_name_and_default(
    terminal: Terminal, regions: list[ReferenceServer], ring: Ring
) -> None:
    one = connect(terminal, regions[0], "GAL")
    two = terminal.type("connect", link_of(regions[1]))
    assert "makes it the default account" in two.out
    before = ring.kept[one]
    again = terminal.type("connect", link_of(regions[0]), "--json").data
    assert (again["account"], again["name"], again["renewed"], again["default"]) == (one, "GAL", True, True)
    assert ring.kept[one] != before
    assert len(terminal.type("accounts", "list", "--json").data) == 2


def test_use_and_rename(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    one, two = (connect(terminal, region, "") for region in regions)
    assert terminal.type("accounts", "use", two).out == f"{two} is the default account.\n"
    assert terminal.type("accounts", "rename", two, "Province").code == 0
    rows = {each["account"]: each for each in terminal.type("accounts", "--json").data}
    assert (rows[two]["default"], rows[two]["name"], rows[one]["default"]) == (True, "Province", False)
    assert rows[two]["access"] == "kept"
    assert terminal.type("accounts", "use", "nowhere/1").code == 1
    a = add_finalized(terminal.home, 1, "")
    terminal.type("push")
    assert stored(regions[1]) == [a]


def test_leaving_tells_what_waits_and_keeps_it(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    one, two = (connect(terminal, region, "") for region in regions)
    terminal.type("pull")
    waiting = add_finalized(terminal.home, 1, one)
    outcome = terminal.type("accounts", "remove", one)
    assert outcome.code == 0
    assert "1 wait for it. They stay here" in outcome.err
    assert f"{two} is the default account now." in outcome.out
    assert one not in ring.kept
    push = terminal.type("push")
    assert f"1 wait for the account {one}, which is not connected here." in push.err
    assert stored(regions[1]) == []
    assert terminal.type("connect", link_of(regions[0])).code == 0
    assert terminal.type("push", "--json").data["delivered"] == [waiting]


def test_leaving_can_end_the_token_and_if_it_cannot_the_account_stays(
    terminal: Terminal, regions: list[ReferenceServer], ring: Ring
) -> None:
    one = connect(terminal, regions[0], "")
    token = ring.kept[one]
    regions[0].stop()
    outcome = terminal.type("accounts", "remove", one, "--revoke", "--json")
    assert (outcome.code, outcome.data["removed"]) == (4, False)
    assert "The token was not ended. There is no connection to the region." in outcome.err
    assert f"{one} was kept." in outcome.err
    assert ring.kept[one] == token
    regions[0].start()
    done = terminal.type("accounts", "remove", one, "--revoke")
    assert done.out == f"{one} is no longer connected, and its token is ended.\n"
    assert ring.kept == {}
    assert terminal.type("connect", regions[0].invitation_link(1, token)).code == 4
    assert "There is no account" in terminal.type("accounts").out


def test_what_ships_is_back_when_the_account_that_replaced_it_leaves(
    terminal: Terminal, regions: list[ReferenceServer], ring: Ring
) -> None:
    import resources  # noqa: PLC0415 — the only use

    xml = resources.read_bytes("forms", "mon_smart_village.xml")
    other = xml.replace(b"<h:title>", b"<h:title>Autre ", 1)
    assert other != xml
    regions[0].publish_form(1, other)
    one = connect(terminal, regions[0], "")
    terminal.type("pull")
    titles = {each["form_id"]: each["offered_by"] for each in terminal.type("forms", "--json").data}
    assert titles["mon_smart_village"] == [one]
    terminal.type("accounts", "remove", one)
    titles = {each["form_id"]: each["offered_by"] for each in terminal.type("forms", "--json").data}
    assert titles["mon_smart_village"] == ["shipped"]
    assert "essai" not in titles


def test_records_that_nobody_takes_are_told(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    for region in regions:
        connect(terminal, region, "")
    with Workspace.open(terminal.home) as workspace:
        workspace.settings.set(ACCOUNT_ID, "")
    add_finalized(terminal.home, 1, "")
    outcome = terminal.type("push")
    assert "1 wait for an account: `fieldkit accounts use ID`" in outcome.err
    assert stored(regions[0]) + stored(regions[1]) == []


def test_forms_that_clash_are_told_by_account(terminal: Terminal, regions: list[ReferenceServer], ring: Ring) -> None:
    regions[1].delete_form(1, "essai")
    regions[1].publish_form(1, ESSAI.replace(b"Essai", b"Autre"))
    for region in regions:
        connect(terminal, region, "")
    outcome = terminal.type("pull")
    assert outcome.code == 1
    assert "This account offers version 1 of the form essai with other questions than" in outcome.err
