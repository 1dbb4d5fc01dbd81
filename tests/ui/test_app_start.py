# SPDX-License-Identifier: EUPL-1.2
"""The start: first steps or first screen; a workspace that cannot be opened gets a sentence and a way out."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldkit import settings
from fieldkit.errors import FolderNotWritable, StoreDamaged, StoreTooNew, WorkspaceBusy
from fieldkit.workspace import Workspace
from ui import logbook, theme
from ui.app import dress, make_window, open_workspace, settle
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.opening import opening_dialog
from ui.tasks import InlineTasks
from ui.trouble import trouble_dialog
from ui.widgets import Button, Dialog

ROOT = Path(__file__).resolve().parents[2]


class Asked:
    """Answers in turn, and remembers what was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.errors: list[Exception] = []

    def __call__(self, error: Exception, folder: Path) -> str:
        self.errors.append(error)
        return self.answers.pop(0) if self.answers else ""


def words_of(dialog: Dialog) -> str:
    buttons = " | ".join(button.accessibleName() for button in dialog.findChildren(Button))
    return f"{dialog.title.text()} {dialog.text.text()} {buttons}"


@pytest.fixture
def folder(tmp_path: Path, qapp: object) -> Path:
    theme.start(qapp, "light", 100, readable=False)  # type: ignore[arg-type]  # pytest-qt's application
    with Workspace.open(tmp_path / "kit") as workspace:
        workspace.settings.set(settings.AGENT_NAME, "Ana")
        workspace.store.facts.set("mark", "kept")
    return tmp_path / "kit"


def test_a_second_copy_is_told_and_the_first_goes_on(folder: Path, qtbot: QtBot) -> None:
    with Workspace.open(folder) as first:
        asked = Asked("retry", "")
        assert open_workspace(folder, asked) is None
        assert [type(error) for error in asked.errors] == [WorkspaceBusy, WorkspaceBusy]
        dialog = opening_dialog(asked.errors[0], folder)
        qtbot.addWidget(dialog)
        assert "déjà ouvert" in words_of(dialog)
        assert "Réessayer" in words_of(dialog)
        assert first.store.facts.get("mark") == "kept"


def test_trying_again_after_the_other_has_closed_opens(folder: Path) -> None:
    first = Workspace.open(folder)

    def close_then_retry(error: Exception, _folder: Path) -> str:
        first.close()
        return "retry"

    opened = open_workspace(folder, close_then_retry)
    assert opened is not None
    opened.close()


def test_a_damaged_database_offers_its_latest_copy_and_comes_back(folder: Path, qtbot: QtBot) -> None:
    path = folder / "fieldkit.db"
    path.write_bytes(path.read_bytes()[:3000])
    asked = Asked("restore")
    opened = open_workspace(folder, asked)
    assert isinstance(asked.errors[0], StoreDamaged)
    dialog = opening_dialog(asked.errors[0], folder)
    qtbot.addWidget(dialog)
    assert "Reprendre la copie du" in words_of(dialog)
    assert opened is not None
    opened.close()
    assert list(folder.glob("fieldkit-damaged-*.db"))


def test_a_damaged_copy_is_passed_over_for_an_older_one(folder: Path) -> None:
    path = folder / "fieldkit.db"
    good = next((folder / "copies").glob("*.db"))
    newer = good.with_name("fieldkit-20991231T000000Z-day.db")
    newer.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    path.write_bytes(b"")
    opened = open_workspace(folder, Asked("restore"))
    assert opened is not None
    opened.close()


def test_without_a_good_copy_the_user_is_told_again_and_can_close(folder: Path, qtbot: QtBot) -> None:
    path = folder / "fieldkit.db"
    for copy in (folder / "copies").glob("*.db"):
        copy.write_bytes(b"x" * 100)
    path.write_bytes(b"y" * 5000)
    asked = Asked("restore", "")
    assert open_workspace(folder, asked) is None
    assert len(asked.errors) == 2
    assert path.read_bytes() == b"y" * 5000


def test_a_newer_database_is_left_as_it_is(folder: Path, qtbot: QtBot) -> None:
    with closing(sqlite3.connect(folder / "fieldkit.db")) as db:
        db.execute("PRAGMA user_version = 99")
    before = (folder / "fieldkit.db").read_bytes()
    asked = Asked()
    assert open_workspace(folder, asked) is None
    assert isinstance(asked.errors[0], StoreTooNew)
    dialog = opening_dialog(asked.errors[0], folder)
    qtbot.addWidget(dialog)
    assert "version plus récente" in words_of(dialog)
    assert "Réessayer" not in words_of(dialog)
    assert (folder / "fieldkit.db").read_bytes() == before


@pytest.fixture
def locked_away(tmp_path: Path) -> Iterator[Path]:
    """Give a path where nothing can be written, even by root: below a file."""
    (tmp_path / "file").write_text("in the way")
    yield tmp_path / "file"
    shutil.rmtree(tmp_path / "file", ignore_errors=True)


def test_a_folder_that_cannot_be_written_is_named(locked_away: Path, qapp: object, qtbot: QtBot) -> None:
    asked = Asked()
    assert open_workspace(locked_away, asked) is None
    assert isinstance(asked.errors[0], FolderNotWritable)
    dialog = opening_dialog(asked.errors[0], locked_away)
    qtbot.addWidget(dialog)
    assert str(locked_away) in dialog.text.text()
    assert "FIELDKIT_HOME" in dialog.text.text()


def make(folder: Path) -> tuple[Workspace, MainWindow]:
    workspace = Workspace.open(folder)
    return workspace, make_window(workspace, InlineTasks())


def test_a_new_workspace_begins_with_the_first_steps_and_a_known_one_with_today(folder: Path, qtbot: QtBot) -> None:
    workspace, window = make(folder)
    qtbot.addWidget(window)
    with workspace:
        window.fill()
        assert window.screen_name == "first_run"
        assert window.navigation.isHidden()
        workspace.settings.set(settings.FIRST_RUN_DONE, True)
        window.fill()
        assert window.screen_name == "today"
        assert not window.navigation.isHidden()


def test_the_frame_is_painted_before_the_first_screen(folder: Path, qtbot: QtBot) -> None:
    workspace, window = make(folder)
    qtbot.addWidget(window)
    with workspace:
        with qtbot.waitSignal(window.painted, timeout=5000):
            window.show()
        assert window.screen_name == ""
        with qtbot.waitSignal(window.filled, timeout=5000):
            window.fill()
        assert window.screen_name == "first_run"


def test_settings_dress_the_application(folder: Path, qapp: object) -> None:
    with Workspace.open(folder) as workspace:
        workspace.settings.set(settings.THEME, "sun")
        workspace.settings.set(settings.TEXT_SIZE, 115)
        dress(qapp, workspace.settings)  # type: ignore[arg-type]  # pytest-qt's application
        assert (theme.current(), theme.text_scale()) == ("sun", 115)
    theme.start(qapp, "light", 100, readable=False)  # type: ignore[arg-type]  # pytest-qt's application


def test_once_the_window_is_there_forms_arrive_and_a_lost_settings_file_is_told(folder: Path, qapp: object) -> None:
    (folder / "settings.json").write_text("{ cut")
    with Workspace.open(folder) as workspace:
        kit = Kit(workspace, InlineTasks())
        told: list[str] = []
        kit.toast_asked.connect(lambda text, _action: told.append(text))
        settle(kit)
        qapp.processEvents()  # type: ignore[attr-defined]  # what it does a moment later needs the workspace, too
        assert {form.form_id for form in workspace.store.blank_forms.list()} >= {"diagnostic_territorial"}
        assert told == ["Réglages illisibles\u00a0: remis à neuf, l’ancien fichier est gardé à côté"]
        assert list(folder.glob("settings.corrupt-*.json"))
        logbook.close()


def test_a_bug_is_logged_and_the_dialog_shows_where(folder: Path, qapp: object, qtbot: QtBot) -> None:
    logbook.open_in(folder)
    dialog = trouble_dialog(None, ZeroDivisionError("division by zero"), folder)
    qtbot.addWidget(dialog)
    logbook.close()
    assert "problème imprévu" in dialog.title.text()
    assert "Copier le chemin" in words_of(dialog)
    assert "ZeroDivisionError" in (folder / "fieldkit.log").read_text()


def test_nothing_heavy_is_imported_before_the_first_screen_is_there(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from ui import app
make = app.make_window
def make_watched(workspace, tasks):
    window = make(workspace, tasks)
    def tell():
        heavy = ["forms", "requests", "pandas", "sqlite_utils", "reportlab", "keyring", "pyxform", "pypdfium2",
                 "logging", "concurrent.futures.thread", "ui.widgets.choices", "sync.client"]
        names = [n for n in heavy if n in sys.modules]
        print(*names, sep=",")
        from PySide6.QtWidgets import QApplication
        QApplication.instance().quit()
    window.filled.connect(tell)
    return window
app.make_window = make_watched
from fieldkit import settings
from fieldkit.workspace import Workspace
with Workspace.open(Path(sys.argv[1])) as workspace:
    workspace.settings.set(settings.FIRST_RUN_DONE, True)
sys.exit(app.run(Path(sys.argv[1]), ["fieldkit"]))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "kit")],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    found = {name for name in done.stdout.strip().split(",") if name}
    assert not found - {"logging"}  # filelock brings the standard logging along
