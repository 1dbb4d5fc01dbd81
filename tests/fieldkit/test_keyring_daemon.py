# SPDX-License-Identifier: EUPL-1.2
"""Tokens in a real keyring of a Linux desktop: gnome-keyring on a private D-Bus, met as the Secret Service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.workspace import Workspace
from sync.server import ReferenceServer
from tests.fieldkit.child_process import CHILDREN
from tests.fieldkit.secret_service import DAEMONS, MISSING, Session, Tokens, ended, is_running, until
from tests.fieldkit.store_samples import ESSAI, add_finalized

pytestmark = pytest.mark.skipif(
    bool(MISSING) or sys.platform != "linux",
    reason=f"not installed: {', '.join(MISSING) or DAEMONS[0]} (on Debian: apt install dbus gnome-keyring)",
)
TOKEN = "kT7$wq2Zr!Bn9LxV" * 4
ACCOUNT = "odk.example.org/7"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Run a session that all tests share which leave it as it was."""
    with Session(tmp_path_factory.mktemp("kr")) as running:
        yield running


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Run a session that the test may break."""
    with Session(tmp_path_factory.mktemp("kr")) as running:
        yield running


def test_a_token_is_kept_given_back_replaced_and_forgotten(session: Session) -> None:
    with Tokens(session.environment) as tokens:
        assert tokens.ask("available") == {"value": True}
        assert tokens.ask("get", ACCOUNT) == {"value": None}
        tokens.ask("set", ACCOUNT, "old")
        tokens.ask("set", ACCOUNT, TOKEN)
        tokens.ask("set", "other.example/1", "theirs")
        assert tokens.ask("get", ACCOUNT) == {"value": TOKEN}
        assert tokens.ask("is_for_session", ACCOUNT) == {"value": False}
    with Tokens(session.environment) as tokens:  # another process of the session
        assert tokens.ask("get", ACCOUNT) == {"value": TOKEN}
        assert tokens.ask("forget", ACCOUNT) == {"value": None}
        assert tokens.ask("forget", ACCOUNT) == {"value": None}
        assert tokens.ask("get", ACCOUNT) == {"value": None}
        assert tokens.ask("get", "other.example/1") == {"value": "theirs"}


def test_it_survives_the_daemon_and_is_encrypted_on_the_disk(own: Session) -> None:
    with Tokens(own.environment) as tokens:
        tokens.ask("set", ACCOUNT, TOKEN)
        own.stop_keyring()
        assert own.files_with(TOKEN) == []
        assert list(own.home.rglob("login.keyring"))
        assert "no_keyring" in tokens.ask("get", ACCOUNT)
        own.start_keyring()
        assert tokens.ask("get", ACCOUNT) == {"value": TOKEN}  # the same process finds it again


def test_a_locked_keyring_is_none(own: Session) -> None:
    with Tokens(own.environment) as tokens:
        tokens.ask("set", ACCOUNT, TOKEN)
        own.lock()
        for question in (("get", ACCOUNT), ("set", ACCOUNT, TOKEN), ("forget", ACCOUNT)):
            answer = tokens.ask(*question)
            assert "KeyringLocked" in answer["no_keyring"]
            assert TOKEN not in answer["no_keyring"]
        # What the user gives then is kept for the session, and goes before the keyring.
        tokens.ask("keep_for_session", ACCOUNT, TOKEN)
        assert tokens.ask("get", ACCOUNT) == {"value": TOKEN}


def test_a_bus_that_dies_in_the_middle_is_told(own: Session) -> None:
    with Tokens(own.environment) as tokens:
        tokens.ask("set", ACCOUNT, TOKEN)
        own.stop_bus()
        for question in (("get", ACCOUNT), ("set", ACCOUNT, TOKEN), ("forget", ACCOUNT)):
            answer = tokens.ask(*question)
            assert answer["no_keyring"]
            assert TOKEN not in answer["no_keyring"]


def test_a_keyring_that_hangs_is_not_waited_for_without_end(own: Session) -> None:
    with Tokens(own.environment, patience=2) as tokens:
        tokens.ask("set", ACCOUNT, TOKEN)
        own.pause_keyring(on=True)
        assert tokens.ask("get", ACCOUNT) == {"no_keyring": "no answer for 2 seconds"}
        own.pause_keyring(on=False)
        until(lambda: tokens.ask("get", ACCOUNT) == {"value": TOKEN}, "the keyring does not come back")


def without_bus(session: Session, address: str = "") -> dict[str, str]:
    kept = {name: value for name, value in session.environment.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    return kept | ({"DBUS_SESSION_BUS_ADDRESS": address} if address else {})


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus"])
def test_without_a_bus_there_is_no_keyring(session: Session, address: str) -> None:
    with Tokens(without_bus(session, address)) as tokens:
        assert tokens.ask("available") == {"value": False}
        assert tokens.ask("get", ACCOUNT)["no_keyring"]
        assert tokens.ask("set", ACCOUNT, TOKEN)["no_keyring"]
        assert tokens.ask("forget", ACCOUNT) == {"value": None}


# From the command line


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        server.create_project("Wallonie")
        server.publish_form(1, ESSAI)
        yield server


def typed(environment: dict[str, str], *words: str, terminal: int | None = None) -> subprocess.Popen[str]:
    command, pipe = [sys.executable, "-m", "fieldkit", *words], subprocess.PIPE
    stdin = subprocess.DEVNULL if terminal is None else terminal
    return subprocess.Popen(
        command, env=environment, stdin=stdin, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def said(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = ended(process)
    return process.returncode, out, err


def test_connecting_and_sending_leave_the_token_in_no_file(own: Session, region: ReferenceServer) -> None:
    token = region.create_app_user(1, "Ana")
    code, out, err = said(typed(own.environment, "connect", region.invitation_link(1, token)))
    assert (code, err) == (0, "")
    instance_id = add_finalized(Path(own.environment["FIELDKIT_HOME"]), 1)
    code, out, err = said(typed(own.environment, "push", "--json"))
    assert (code, json.loads(out)["delivered"]) == (0, [instance_id]), err
    assert [one.instance_id for one in region.submissions(1, "essai")] == [instance_id]
    assert own.files_with(token) == []
    assert token not in out + err


def test_without_a_bus_the_terminal_asks_each_time(session: Session, region: ReferenceServer) -> None:
    import pty  # noqa: PLC0415 - not on every platform

    token = region.create_app_user(1, "Ana")
    environment = without_bus(session)
    code, _out, err = said(typed(environment, "connect", region.invitation_link(1, token)))
    assert code == 0
    assert "This computer has no keyring: the token was not kept." in err
    workspace = Path(environment["FIELDKIT_HOME"])
    for number in (1, 2):
        instance_id = add_finalized(workspace, number)
        ours, theirs = pty.openpty()
        try:
            process = typed(environment, "push", "--json", terminal=theirs)
            assert process.stderr is not None
            asked = ""
            while not asked.endswith(": "):
                asked += process.stderr.read(1)
            os.write(ours, f"{token}\n".encode())
            code, out, err = said(process)
        finally:
            os.close(ours)
            os.close(theirs)
        assert asked.startswith("Token for ")
        assert (code, json.loads(out)["delivered"]) == (0, [instance_id])
        assert token not in out + err
    assert session.files_with(token) == []
    with Workspace.open(workspace) as kept:
        assert len(kept.store.accounts.all()) == 1


# The test's own daemons


def test_no_daemon_outlives_its_test(tmp_path_factory: pytest.TempPathFactory) -> None:
    pids: list[int] = []

    def fail() -> None:
        with Session(tmp_path_factory.mktemp("kr")) as session:
            pids.extend(session.pids)
            assert all(is_running(pid) for pid in pids)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(pids) == 2
    until(lambda: not any(is_running(pid) for pid in pids), "a daemon goes on")


def test_no_daemon_outlives_a_killed_test(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = [sys.executable, str(CHILDREN / "session.py"), str(tmp_path_factory.mktemp("kr"))]
    with Session(tmp_path_factory.mktemp("kr")) as session:
        process = subprocess.Popen(command, env=session.environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        pids = json.loads(process.stdout.readline())
        assert all(is_running(pid) for pid in pids)
        process.send_signal(signal.SIGKILL)
        ended(process)
        until(lambda: not any(is_running(pid) for pid in pids), "a daemon goes on")
