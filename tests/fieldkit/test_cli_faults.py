# SPDX-License-Identifier: EUPL-1.2
"""The command line in a bad world: each fault gives a sentence with cause and way out, and its exit code."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring

import resources
from fieldkit import credentials
from fieldkit.shipped_forms import read_media
from fieldkit.workspace import STORE_NAME, Workspace
from sync.server import ReferenceServer
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.store_samples import draft, finalized
from tests.portal import portal_at

ROOT = Path(__file__).resolve().parents[2]
LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
from fieldkit.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def connected(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReferenceServer]:
    """Connect the terminal to a region that has published nothing."""
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    with ReferenceServer(tmp_path / "region") as server:
        token = server.create_app_user(server.create_project("Wallonie"), "Ana")
        assert terminal.type("connect", server.invitation_link(1, token)).code == 0
        monkeypatch.setenv("FIELDKIT_TOKEN", token)
        yield server
    keyring.set_keyring(before)
    credentials._session.clear()


def test_a_portal_gets_no_record_and_is_told(terminal: Terminal, connected: ReferenceServer) -> None:
    with Workspace.open(terminal.home) as workspace:
        first = draft(1)
        workspace.store.instances.create(first, b"<data/>")
        workspace.store.instances.finalize(first.instance_id, finalized(first.instance_id), first.created_at)
    connected.stop()
    with portal_at(connected.url) as portal:
        outcome = terminal.type("push")
    assert "POST" not in portal.asked
    assert outcome.code == 4
    assert "answered in place of the region" in outcome.err
    assert "Nothing is lost" in outcome.err
    assert "1 finalized" in terminal.type("status").out


def test_a_newer_database_is_told_and_left_alone(terminal: Terminal) -> None:
    Workspace.open(terminal.home).close()
    path = terminal.home / STORE_NAME
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    outcome = terminal.type("records")
    assert outcome.code == 3
    assert "written by a later version" in outcome.err
    assert "install the later version" in outcome.err
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told(terminal: Terminal, connected: ReferenceServer) -> None:
    media = {name: read_media(name) for name in ("communes.csv",)}
    connected.publish_form(1, resources.read_bytes("forms", "diagnostic_territorial.xml"), media)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LIMITED, "pull"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "is full" in done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert terminal.type("pull").code == 0
    assert "diagnostic_territorial" in terminal.type("forms").out


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("words", [(), ("--workspace", "here")])
def test_a_window_without_a_display_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    outcome = terminal.type(*words)
    assert outcome.code == 1
    assert "no display" in outcome.err
    assert "fieldkit --help" in outcome.err
    assert not terminal.home.exists()
