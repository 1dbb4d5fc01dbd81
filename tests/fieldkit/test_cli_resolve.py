# SPDX-License-Identifier: EUPL-1.2
"""`resolve`: what differs and each way on, from the terminal against a running region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring

from fieldkit import credentials, resolving
from fieldkit.account import Account
from fieldkit.form_cache import load_stored
from fieldkit.instance import State
from fieldkit.workspace import Workspace
from forms import FormSession
from sync.client import RegionClient
from sync.server import ReferenceServer
from tests.fieldkit.cli_runner import Terminal

FORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Essai</h:title><model><instance><data id="essai" version="1"><a/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"><label>A</label></input></h:body>
</h:html>"""
HOME: list[Path] = []  # the workspace of the test


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture(autouse=True)
def home(terminal: Terminal) -> None:
    HOME[:] = [terminal.home]


@pytest.fixture
def clash(tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Correct a record that the office corrects first."""
    with ReferenceServer(tmp_path / "region") as region:
        region.create_project("Wallonie")
        region.publish_form(1, FORM)
        token = region.create_app_user(1, "Ana")
        terminal.type("connect", region.invitation_link(1, token))
        monkeypatch.setenv("FIELDKIT_TOKEN", token)
        terminal.type("pull")
        first = finish("avant")
        terminal.type("push")
        office = RegionClient(Account("o", region.url, 1), token)
        theirs = made_of("du bureau", first)
        office.submit(theirs.finalize().xml)
        office.close()
        mine = finish("de moi", first)
        pushed = terminal.type("push")
        assert "somebody else corrected it" in pushed.err
        yield SimpleNamespace(region=region, first=first, mine=mine, office=theirs.instance_id)


def made_of(text: str, base: str = "") -> FormSession:
    with Workspace.open(HOME[0]) as workspace:
        session = FormSession(load_stored(workspace.store, "essai"), deprecated_id=base)
        session.answer("/data/a", text)
    return session


def finish(text: str, base: str = "") -> str:
    session = made_of(text, base)
    with Workspace.open(HOME[0]) as workspace:
        workspace.store.instances.create(resolving.drafted(session, deprecated_id=base), session.draft_xml())
        workspace.store.instances.finalize(session.instance_id, session.finalize(), datetime.now(UTC))
    return session.instance_id


def versions(clash: SimpleNamespace) -> dict[str, bool]:
    return {row.instance_id: row.current for row in clash.region.submissions(1, "essai", every_version=True)}


def test_without_a_choice_it_is_told_what_differs(terminal: Terminal, clash: SimpleNamespace) -> None:
    outcome = terminal.type("resolve", clash.mine)
    assert outcome.code == 0
    assert "/data/a: sent 'avant', now 'de moi'" in outcome.out
    assert "cannot be read with this access" in outcome.out
    assert "--on-newer" not in outcome.out
    data = terminal.type("resolve", clash.mine, "--json").data
    assert data["differences"] == [{"ref": "/data/a", "mine": {"": "de moi"}, "sent": {"": "avant"}}]
    assert (data["last_delivered"], data["newer"]) == (clash.first, "")


def test_keeping_the_regions_and_back(terminal: Terminal, clash: SimpleNamespace) -> None:
    assert "never sent" in terminal.type("resolve", clash.mine, "--keep-region").out
    assert "set-aside" in terminal.type("records", "--state", "set-aside").out
    assert terminal.type("push").out == "Nothing waits to be sent.\n"
    again = terminal.type("resolve", clash.mine, "--as-new")
    assert (again.code, "there is nothing to choose" in again.err) == (1, True)
    assert terminal.type("resolve", clash.mine, "--take-up").code == 0
    assert terminal.type("resolve", clash.mine).code == 0


def test_as_a_new_record(terminal: Terminal, clash: SimpleNamespace) -> None:
    made = terminal.type("resolve", clash.mine, "--as-new", "--json").data["made"]
    assert f"sent: {made}" in terminal.type("push").out
    assert versions(clash) == {clash.first: False, clash.office: True, made: True}


def test_on_a_version_that_no_list_names(terminal: Terminal, clash: SimpleNamespace) -> None:
    outcome = terminal.type("resolve", clash.mine, "--on-newer")
    assert (outcome.code, "names no newer version" in outcome.err) == (1, True)
    with Workspace.open(HOME[0], read_only=True) as workspace:
        assert workspace.store.instances.get(clash.mine).state is State.REJECTED


def test_as_a_draft_and_a_retry(terminal: Terminal, clash: SimpleNamespace) -> None:
    made = terminal.type("resolve", clash.mine, "--draft", "--json").data["made"]
    with Workspace.open(HOME[0], read_only=True) as workspace:
        row = workspace.store.instances.get(made)
        assert (row.state, row.deprecated_id) == (State.DRAFT, "")
    assert "goes again" in terminal.type("resolve", clash.mine, "--retry").out
    assert "somebody else corrected it" in terminal.type("push").err
    wrong = terminal.type("resolve", clash.first, "--retry")
    assert wrong.code == 1
