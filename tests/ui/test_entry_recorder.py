# SPDX-License-Identifier: EUPL-1.2
"""The recorder: on disk at once, taken back step by step, and never lost when the disk refuses or the power goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldkit.errors import StoreFull
from fieldkit.instance import AnswerEntry
from forms import FormSession, load_form
from forms.views import Changes, Progress
from ui.entry.page import EntryPage
from ui.entry.recorder import Recorder
from ui.kit import Kit
from ui.main_window import MainWindow

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


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")
def test_fifty_kills_while_typing_lose_nothing_older_than_a_second(tmp_path: Path, types_xml: bytes) -> None:
    form = tmp_path / "form.xml"
    form.write_bytes(types_xml)
    script = Path(__file__).with_name("children") / "typist.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path, form, "50", "20261122"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["lost"] == []
    assert facts["kills"] == 50
    assert facts["after_a_second"] > 15
    assert facts["gestures"] > 500
