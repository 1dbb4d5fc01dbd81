# SPDX-License-Identifier: EUPL-1.2
"""Opening a workspace: alone, beside another program, where nothing can be written."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fieldkit.cli.answer import ExitCode
from fieldkit.errors import FolderNotWritable, StoreDamaged, WorkspaceBusy, WorkspaceMissing
from fieldkit.paths import HOME_VARIABLE, workspace_folder
from fieldkit.store import copied_at, copies_of
from fieldkit.workspace import HOLDER_NAME, LOCK_NAME, STORE_NAME, Workspace
from tests.fieldkit.child_process import run, start
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.store_samples import add_draft


def test_a_new_workspace_is_made_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "work"
    with Workspace.open(folder) as workspace:
        add_draft(workspace.store)
        workspace.settings.set("agent_name", "Ana")
        assert (workspace.folder, workspace.read_only) == (folder, False)
        assert sys.platform == "win32" or folder.stat().st_mode & 0o077 == 0
    with Workspace.open(folder) as workspace:
        assert len(workspace.store.instances.search()) == 1
        assert workspace.settings.get("agent_name") == "Ana"
    workspace.close()


def test_a_second_program_is_told_who_works(tmp_path: Path) -> None:
    with start("holding.py", tmp_path) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        with pytest.raises(WorkspaceBusy) as error:
            Workspace.open(tmp_path)
        assert error.value.pid == child.pid
        assert error.value.host
        assert error.value.since.startswith("20")
        with Workspace.open(tmp_path, read_only=True) as reader:
            assert reader.store.instances.search() == []
        child.kill()
        child.communicate()
    with Workspace.open(tmp_path) as workspace:  # a dead program holds nothing
        add_draft(workspace.store)


@pytest.mark.skipif(sys.platform == "win32", reason="a locked file cannot be deleted there")
def test_a_deleted_lock_lets_nobody_in_and_a_stale_one_keeps_nobody_out(terminal: Terminal) -> None:
    """Two programs that send at once could be refused what the region has (contract, fact 2)."""
    folder = terminal.home
    Workspace.open(folder).close()
    with start("holding.py", folder) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "open\n"
        for name in (LOCK_NAME, HOLDER_NAME):
            (folder / name).unlink()
            with pytest.raises(WorkspaceBusy):
                Workspace.open(folder)
            outcome = terminal.type("push")
            assert (outcome.code, "is in use by" in outcome.err) == (ExitCode.WORKSPACE, True)
            assert terminal.type("status").code == ExitCode.OK  # who only looks is let in
        window.kill()
        window.communicate()
    (folder / LOCK_NAME).write_text("")  # as a crash leaves them
    (folder / HOLDER_NAME).write_text('{"pid": 1, "host": "pc", "since": "2026-11-22T09:00:00+00:00"}')
    assert terminal.type("push").code == ExitCode.OK
    Workspace.open(folder).close()


def test_the_lock_is_given_back_when_opening_fails(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        add_draft(workspace.store)
    whole = (tmp_path / STORE_NAME).read_bytes()
    (tmp_path / STORE_NAME).write_bytes(whole[:5000])
    for _ in range(2):
        with pytest.raises(StoreDamaged):
            Workspace.open(tmp_path)
    (tmp_path / STORE_NAME).write_bytes(whole)
    Workspace.open(tmp_path).close()


def test_reading_does_not_make_a_workspace(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(WorkspaceMissing):
            Workspace.open(folder, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FolderNotWritable) as error:
            Workspace.open(folder)
        assert error.value.folder == folder
        assert error.value.cause


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that other users may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="fieldkit-test-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")
def test_a_read_only_folder(open_folder: Path) -> None:
    with Workspace.open(open_folder / "used") as workspace:
        add_draft(workspace.store)
    (open_folder / "empty").mkdir()
    for path in open_folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert run("read_only.py", open_folder) == {
        "new": "FolderNotWritable",
        "empty": "FolderNotWritable",
        "used": "FolderNotWritable",
        "reading": "read ['Fiche 1']",
        "reading empty": "WorkspaceMissing",
    }


def test_one_copy_a_day_and_the_last_five(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        add_draft(workspace.store)
        path = workspace.store.path
        first = copies_of(path)
        assert len(first) == 1
        assert not workspace.store.copy_if_due()
        start_at = copied_at(first[0])
        for day in range(1, 8):
            assert workspace.store.copy_if_due(now=start_at + timedelta(days=day))
        assert not workspace.store.copy_if_due(now=start_at + timedelta(days=7, hours=23))
        kept = [copied_at(copy) - start_at for copy in copies_of(path)]
        assert kept == [timedelta(days=day) for day in (7, 6, 5, 4, 3)]
        # The clock was set back: yesterday's copies seem to come from the future.
        assert workspace.store.copy_if_due(now=start_at)


def test_the_folder_is_the_one_that_was_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert workspace_folder() == tmp_path
    monkeypatch.setenv(HOME_VARIABLE, "  ")
    assert workspace_folder().name == "fieldkit-wallonia"
    assert workspace_folder().is_absolute()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "here")
    assert workspace_folder() == tmp_path / "here"


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(FolderNotWritable):
        Workspace.open(tmp_path)
