# SPDX-License-Identifier: EUPL-1.2
"""`connect`, `pull`, `push` and `serve` against a running reference server."""

from __future__ import annotations

import base64
import io
import re
import socket
from collections.abc import Iterator
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring

from fieldkit import credentials
from fieldkit.workspace import Workspace
from sync.invitation import Invitation, qr_png
from sync.server import ReferenceServer, When
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.served import served
from tests.fieldkit.store_samples import ESSAI, add_finalized

# The least PNG: one grey point.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        server.create_project("Wallonie")
        server.publish_form(1, ESSAI)
        yield server


def connect(terminal: Terminal, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> str:
    token = region.create_app_user(1, "Ana")
    outcome = terminal.type("connect", region.invitation_link(1, token), "--name", "GAL")
    assert outcome.code == 0
    assert "no keyring" in outcome.err
    assert token not in outcome.out + outcome.err
    monkeypatch.setenv("FIELDKIT_TOKEN", token)
    return token


def test_the_whole_way(terminal: Terminal, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(terminal, region, monkeypatch)
    first = terminal.type("pull", "--json")
    assert (first.code, first.data["new"]) == (0, ["essai"])
    again = terminal.type("pull")
    assert again.out == "Every form is up to date.\n"
    assert "essai" in {one["form_id"] for one in terminal.type("forms", "--json").data}
    assert terminal.type("push").out == "Nothing waits to be sent.\n"
    ids = [add_finalized(terminal.home, number) for number in (1, 2)]
    outcome = terminal.type("push", "--json")
    assert (outcome.code, sorted(outcome.data["delivered"])) == (0, ids)  # several leave at once, in no order
    assert len(region.submissions(1, "essai")) == 2
    assert {row["state"] for row in terminal.type("records", "--json").data} == {"submitted"}
    status = terminal.type("status").out
    assert "2 submitted" in status


def test_without_account_or_token(terminal: Terminal, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = terminal.type("pull")
    assert outcome.code == 4
    assert "There is no account yet" in outcome.err
    connect(terminal, region, monkeypatch)
    monkeypatch.delenv("FIELDKIT_TOKEN")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    outcome = terminal.type("pull")
    assert outcome.code == 4
    assert "FIELDKIT_TOKEN" in outcome.err


def test_a_server_that_is_away_and_a_dead_token(
    terminal: Terminal, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = connect(terminal, region, monkeypatch)
    terminal.type("pull")
    instance_id = add_finalized(terminal.home, 1)
    region.stop()
    outcome = terminal.type("push", "--json")
    assert outcome.code == 4
    assert outcome.data["stopped"]["reason"] == "offline"
    assert "no connection" in outcome.err
    assert "waiting" in terminal.type("status").out
    region.start()
    region.revoke(token)
    outcome = terminal.type("push")
    assert outcome.code == 4
    assert "no longer knows this token" in outcome.err
    monkeypatch.setenv("FIELDKIT_TOKEN", region.create_app_user(1, "Ana"))
    assert terminal.type("push", "--json").data["delivered"] == [instance_id]


def test_a_refused_record_is_told(terminal: Terminal, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(terminal, region, monkeypatch)
    terminal.type("pull")
    instance_id = add_finalized(terminal.home, 1)
    region.set_form_state(1, "essai", "closed")
    outcome = terminal.type("push", "--json")
    assert outcome.code == 1
    assert outcome.data["rejected"] == {instance_id: "closed"}
    assert "the form is closed" in outcome.err


@pytest.mark.parametrize("text", ["", "hello", "https://region.example/v1/key/short", "http://region.example/v1/key/x"])
def test_an_invitation_that_is_none(terminal: Terminal, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    outcome = terminal.type("connect", "-")
    assert outcome.code == 4
    assert outcome.err.startswith("fieldkit: ")
    assert not terminal.home.exists()


def test_a_picture_of_the_code_connects(terminal: Terminal, region: ReferenceServer, tmp_path: Path) -> None:
    token = region.create_app_user(1, "Ana")
    picture = tmp_path / "mon code.PNG"
    picture.write_bytes(qr_png(Invitation(region.url, 1, token, "Wallonie")))
    unnamed = picture.rename(tmp_path / "download")  # a picture is known by its bytes
    outcome = terminal.type("connect", unnamed)
    assert outcome.code == 0
    assert region.url in outcome.out
    assert token not in outcome.out + outcome.err
    with Workspace.open(terminal.home) as workspace:
        assert [one.display_name for one in workspace.store.accounts.all()] == ["Wallonie"]


def test_a_picture_that_is_no_invitation(terminal: Terminal, tmp_path: Path) -> None:
    gone = terminal.type("connect", tmp_path / "code.jpg")
    assert gone.code != 0
    assert "code.jpg" in gone.err
    (tmp_path / "code.png").mkdir()
    assert "code.png" in terminal.type("connect", tmp_path / "code.png").err
    for content, words in ((b"text", "no picture that can be read"), (PIXEL, "No QR code was found")):
        (tmp_path / "file").write_bytes(content)
        outcome = terminal.type("connect", tmp_path / "file")
        assert outcome.code == 4
        assert words in outcome.err
    assert "not a usable invitation" in terminal.type("connect", "A" * 5000).err  # no file is called so
    assert not terminal.home.exists()


def test_serve_is_ready_to_use_and_keeps_what_it_has(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "data") as said:
        text = "\n".join(said)
        assert "start it with --admin EMAIL" in text
        assert "fieldkit connect '…'" in text  # a token has characters that shells read
        link = re.search(r"http://\S+", text.split("invitation for Demonstration: ")[1])
        assert link is not None
        assert terminal.type("connect", link[0]).code == 0
        monkeypatch.setenv("FIELDKIT_TOKEN", link[0].split("/key/")[1].split("/")[0])
        assert set(terminal.type("pull", "--json").data["new"]) >= {"mes_dossiers"}
        known = {one["form_id"] for one in terminal.type("forms", "--json").data}
        assert known == {"diagnostic_territorial", "mon_smart_village", "mes_dossiers"}
    with served(tmp_path / "data", user=["Bo"]) as said:
        assert [line.split(":")[0] for line in said if "invitation" in line] == ["invitation for Bo"]


def test_serve_shows_what_arrives_and_goes_wrong_on_purpose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDKIT_ADMIN_PASSWORD", "correct horse")
    switches = {"admin": "ana@gal.example", "fault": ["cut=2", "busy=all"], "domain": "https://odk.gal.example"}
    with served(tmp_path / "data", **switches) as said:
        assert "What arrives is shown there, in a browser, to ana@gal.example." in said
        assert not [line for line in said if "--admin" in line]
        (link,) = [line for line in said if "invitation for" in line]
        assert "https://odk.gal.example/v1/key/" in link
    with ReferenceServer(tmp_path / "data", admin_email="ana@gal.example") as region:
        assert region.faults.take(When.BEFORE, "POST /v1/projects/1/submission") is None


def test_serve_tells_what_it_cannot_do(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDKIT_ADMIN_PASSWORD", raising=False)
    nobody = terminal.type("serve", "--data", tmp_path, "--port", 0, "--admin", "ana@gal.example")
    assert nobody.code == 1
    assert "Give it in FIELDKIT_ADMIN_PASSWORD" in nobody.err
    for wrong in ("storm", "cut=x", "cut=-1"):
        outcome = terminal.type("serve", "--data", tmp_path, "--port", 0, "--fault", wrong)
        assert outcome.code == 1
        assert f"There is no fault {wrong}." in outcome.err
        assert "answer-lost" in outcome.err
    assert terminal.type("serve", "--data", tmp_path, "--entity-delay", "-1").code == 2
    assert not (tmp_path / "region.sqlite3").exists()


# The server library leaves a socket that it could not bind to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_in_use_is_told(terminal: Terminal, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outcome = terminal.type("serve", "--data", tmp_path / "data", "--port", taken.getsockname()[1])
    assert outcome.code == 1
    assert "Choose another one: --port" in outcome.err
    (tmp_path / "file").write_text("x")
    assert terminal.type("serve", "--data", tmp_path / "file", "--port", 0).code == 1
