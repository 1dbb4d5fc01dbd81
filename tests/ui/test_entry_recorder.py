# SPDX-License-Identifier: EUPL-1.2
"""The recorder: on disk at once, taken back step by step, and never lost when the disk refuses or the power goes."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldkit.errors import StoreFull
from fieldkit.instance import AnswerEntry
from fieldkit.workspace import Workspace
from forms import FormSession, load_form
from forms.views import Changes, Progress
from ui.entry.page import EntryPage
from ui.entry.recorder import Recorder
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.tasks import InlineTasks

ROOT = Path(__file__).resolve().parents[2]
NAME, SHARE = "/data/textes/nom", "/data/textes/foyers"
LINES = "/data/listes/ligne"
PARTNERS = "/data/listes/partenaire"


@dataclass
class SmallDisk:
    """A keeper of drafts on a disk that has room, or has none."""

    full: bool = False
    xml: bytes = b""
    log: list[AnswerEntry] = field(default_factory=list)
    writes: int = 0

    def save_draft(
        self,
        instance_id: str,
        xml: bytes,
        entries: Sequence[AnswerEntry],
        progress: Progress,
        current_ref: str,
        name: str,
        commune_nis: str,
    ) -> None:
        del instance_id, progress, current_ref, name, commune_nis
        if self.full:
            raise StoreFull(Path("fieldkit.db"))
        self.xml, self.writes = xml, self.writes + 1
        self.log += entries


@pytest.fixture
def disk() -> SmallDisk:
    return SmallDisk()


@pytest.fixture
def recorder(types_xml: bytes, disk: SmallDisk, qapp: object) -> Recorder:
    return Recorder(FormSession(load_form(types_xml)), disk)


def reopened(recorder: Recorder, disk: SmallDisk) -> FormSession:
    return FormSession(recorder.session.form, instance_xml=disk.xml)


def test_an_answer_is_on_disk_when_the_call_returns(recorder: Recorder, disk: SmallDisk) -> None:
    recorder.answer(NAME, "Glimes")
    assert reopened(recorder, disk).value(NAME) == "Glimes"
    assert [(entry.ref, entry.old, entry.new) for entry in disk.log] == [(NAME, "", "Glimes")]


def test_the_same_answer_again_writes_nothing(recorder: Recorder, disk: SmallDisk) -> None:
    recorder.answer(NAME, "Glimes")
    assert recorder.answer(NAME, "Glimes") == Changes()
    assert disk.writes == 1


def test_what_xml_cannot_hold_is_left_out(recorder: Recorder, disk: SmallDisk) -> None:
    recorder.answer(NAME, "Gli\x00mes\x1b")
    assert reopened(recorder, disk).value(NAME) == "Glimes"


def test_typing_is_one_step_back(recorder: Recorder) -> None:
    recorder.answer(NAME, "avant")
    for text in ("G", "Gl", "Gli"):
        recorder.answer(NAME, text, merge=True)
    recorder.end_typing()
    assert recorder.undo() == NAME
    assert recorder.session.value(NAME) == "avant"
    assert recorder.redo() == NAME
    assert recorder.session.value(NAME) == "Gli"
    recorder.undo()
    recorder.undo()
    assert recorder.session.value(NAME) == ""
    assert recorder.undo() == ""


def test_a_new_answer_forgets_what_was_undone(recorder: Recorder) -> None:
    recorder.answer(NAME, "un")
    recorder.undo()
    recorder.answer(NAME, "deux")
    assert recorder.redo() == ""


def fill_lines(recorder: Recorder, labels: Sequence[str]) -> None:
    while recorder.session.node(LINES).count < len(labels):
        recorder.add_repeat(LINES)
    for position, label in enumerate(labels, start=1):
        recorder.answer(f"{LINES}[{position}]/libelle", label)


def labels_of(session: FormSession) -> list[str]:
    return [session.value(f"{LINES}[{n}]/libelle") for n in range(1, session.node(LINES).count + 1)]


def test_a_removed_entry_comes_back_at_its_place(recorder: Recorder, disk: SmallDisk) -> None:
    fill_lines(recorder, ["a", "b", "c"])
    recorder.remove_repeat(f"{LINES}[2]")
    assert labels_of(recorder.session) == ["a", "c"]
    recorder.undo()
    assert labels_of(recorder.session) == ["a", "b", "c"]
    recorder.redo()
    assert labels_of(reopened(recorder, disk)) == ["a", "c"]


def test_a_removal_is_undone_after_other_answers(recorder: Recorder) -> None:
    fill_lines(recorder, ["a", "b", "c"])
    recorder.remove_repeat(f"{LINES}[1]")
    recorder.answer(NAME, "Glimes")
    assert recorder.undo_removal(f"{LINES}[1]")
    assert labels_of(recorder.session) == ["a", "b", "c"]
    assert recorder.session.value(NAME) == "Glimes"
    assert not recorder.undo_removal(f"{LINES}[1]")


def test_an_entry_comes_back_with_the_lists_inside_it(recorder: Recorder) -> None:
    inner = f"{PARTNERS}[1]/personne"
    recorder.answer(f"{PARTNERS}[1]/organisme", "CPAS")
    recorder.answer(f"{inner}[1]/prenom", "Ada")
    recorder.add_repeat(inner)
    recorder.answer(f"{inner}[2]/prenom", "Bea")
    recorder.remove_repeat(f"{PARTNERS}[1]")
    recorder.undo()
    session = recorder.session
    assert session.value(f"{PARTNERS}[1]/organisme") == "CPAS"
    assert [session.value(f"{inner}[{n}]/prenom") for n in (1, 2)] == ["Ada", "Bea"]


def test_several_changes_together_are_one_write_and_one_step(recorder: Recorder, disk: SmallDisk) -> None:
    seen: list[Changes] = []
    recorder.changed.connect(seen.append)
    writes = disk.writes
    with recorder.together():
        recorder.add_repeat(LINES)
        recorder.answer(f"{LINES}[1]/libelle", "a")
        recorder.answer(f"{LINES}[2]/libelle", "b")
    assert disk.writes == writes + 1
    assert len(seen) == 1
    assert seen[0].added == (f"{LINES}[2]",)
    recorder.undo()
    assert labels_of(recorder.session) == [""]
    recorder.redo()
    assert labels_of(recorder.session) == ["a", "b"]


def test_a_full_disk_loses_nothing(recorder: Recorder, disk: SmallDisk) -> None:
    failures: list[Exception] = []
    recorder.failed.connect(failures.append)
    disk.full = True
    recorder.answer(NAME, "Glimes")
    recorder.answer(SHARE, "40")
    assert len(failures) == 2
    assert isinstance(recorder.failure, StoreFull)
    assert recorder.unsaved == 2
    assert recorder.session.value(NAME) == "Glimes"
    disk.full = False
    assert recorder.save()
    assert recorder.failure is None
    assert recorder.unsaved == 0
    assert [entry.new for entry in disk.log] == ["Glimes", "40"]
    assert reopened(recorder, disk).value(SHARE) == "40"


def test_the_recorder_tries_again_by_itself(recorder: Recorder, disk: SmallDisk, qtbot: object) -> None:
    disk.full = True
    recorder.answer(NAME, "Glimes")
    disk.full = False
    recorder._retry.setInterval(10)
    qtbot.waitUntil(lambda: recorder.failure is None, timeout=2000)  # type: ignore[attr-defined]  # pytest-qt's QtBot
    assert reopened(recorder, disk).value(NAME) == "Glimes"


def test_a_full_disk_is_told_in_the_window_and_forgotten_when_cured(open_types: Callable[..., EntryPage]) -> None:
    page = open_types()
    recorder = page.desk.recorder
    keeper = recorder._drafts
    disk = SmallDisk(full=True)
    recorder._drafts = disk
    page.desk.answer(NAME, "Glimes")
    assert page.banner.isVisible()
    assert "gardées en mémoire" in page.banner.text.text()
    recorder._drafts = keeper
    assert recorder.save()
    assert not page.banner.isVisible()
    assert page.kit.store.instances.answer_log(page.instance_id)[-1].new == "Glimes"


def test_the_window_stays_open_while_an_answer_is_in_memory_only(kit: Kit, qtbot: QtBot) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.show()
    window.open_record(kit.new_record("diagnostic_territorial"))
    page = window.screen_widget("entry")
    assert isinstance(page, EntryPage)
    keeper = page.desk.recorder._drafts
    page.desk.recorder._drafts = SmallDisk(full=True)
    page.desk.answer("/data/identite/agent", "Camille")
    assert not window.close()
    assert window.isVisible()
    window.show_screen("today")
    assert window.screen_widget("entry") is page
    page.desk.recorder._drafts = keeper
    assert window.close()
    assert kit.store.instances.answer_log(page.instance_id)[-1].new == "Camille"


ANSWERING = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QCoreApplication
    from fieldkit.workspace import Workspace
    from forms import FormSession, load_form
    from ui.entry.recorder import Recorder
    app = QCoreApplication([])
    with Workspace.open(Path(sys.argv[1])) as workspace:
        instances = workspace.store.instances
        form = load_form(workspace.store.blank_forms.xml("tous_les_types"))
        instance_id = instances.search()[0].instance_id
        recorder = Recorder(FormSession(form, instance_xml=instances.draft_xml(instance_id)), instances)
        print("ready", flush=True)
        number = int(recorder.session.value("/data/textes/debit") or 0)
        while True:
            number += 1
            recorder.answer("/data/textes/debit", str(number))
            print(number, flush=True)
"""
TYPING = """
    import os, sys, time
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from pathlib import Path
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from fieldkit.workspace import Workspace
    from ui import theme
    from ui.entry.page import EntryPage
    from ui.kit import Kit
    from ui.tasks import InlineTasks
    app = QApplication([])
    theme.start(app, "light", 100, readable=False)
    workspace = Workspace.open(Path(sys.argv[1]))
    kit = Kit(workspace, InlineTasks())
    page = EntryPage(kit, kit.store.instances.search()[0].instance_id)
    page.show()
    page.walk.go_to("/data/textes/nom")
    line = page.walk.current_frame().control.line
    for number in range(400):
        QTest.keyClicks(line, "abcdefghij"[number % 10])
        print(time.time(), len(line.text()), flush=True)
        QTest.qWait(40)
"""


def begin_record(folder: Path, types_xml: bytes) -> str:
    with Workspace.open(folder) as workspace:
        workspace.store.blank_forms.put("tous_les_types", "1", "Tous les types", types_xml, {}, "test")
        return Kit(workspace, InlineTasks()).new_record("tous_les_types")


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def value_on_disk(folder: Path, types_xml: bytes, instance_id: str, ref: str) -> str:
    with Workspace.open(folder) as workspace:
        xml = workspace.store.instances.draft_xml(instance_id)
    return FormSession(load_form(types_xml), instance_xml=xml).value(ref)


@pytest.mark.slow
def test_killed_between_two_answers_every_acknowledged_one_is_there(
    tmp_path: Path, types_xml: bytes, qapp: object
) -> None:
    instance_id = begin_record(tmp_path, types_xml)
    chance = random.Random(2026)  # noqa: S311 (moments to kill, not secrets)
    for _ in range(12):
        with start(ANSWERING, tmp_path) as child:
            assert child.stdout is not None
            told = 0
            assert child.stdout.readline() == "ready\n"
            for _ in range(chance.randrange(3, 60)):
                told = int(child.stdout.readline())
            child.kill()
            told = max([told, *(int(line) for line in child.stdout.read().splitlines() if line)])
        found = int(value_on_disk(tmp_path, types_xml, instance_id, "/data/textes/debit"))
        assert told <= found <= told + 1


@pytest.mark.slow
def test_killed_while_typing_all_that_is_older_than_a_second_is_there(
    tmp_path: Path, types_xml: bytes, qapp: object
) -> None:
    instance_id = begin_record(tmp_path, types_xml)
    with start(TYPING, tmp_path) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        first = time.monotonic()
        while time.monotonic() - first < 2.6:
            lines.append(child.stdout.readline())
        child.kill()
        killed_at = time.time()
    typed = [(float(at), int(length)) for at, length in (line.split() for line in lines)]
    older = max(length for at, length in typed if at < killed_at - 1)
    text = value_on_disk(tmp_path, types_xml, instance_id, NAME)
    assert older > 10
    assert len(text) >= older
    assert text == ("abcdefghij" * 40)[: len(text)]
