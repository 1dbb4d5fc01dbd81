# SPDX-License-Identifier: EUPL-1.2
"""Kills the program while somebody types, many times: `typist.py FOLDER FORM.xml KILLS SEED`; prints one line of JSON.

The children are forked from this warm process, several at a time, each with a workspace of its own. Each opens the real
questionnaire offscreen, and types into a text and clicks choices until it is killed with SIGKILL at a random moment. It
reports each gesture in a pipe once it is done. What was typed more than a second before the kill must then be in the
file, what was clicked must be there at once, and nothing that was never given may be there.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from fieldkit.workspace import Workspace
from forms import FormDef, FormSession, load_form
from ui import hand, theme
from ui.entry.page import EntryPage
from ui.entry.question_frames import QuestionFrame
from ui.kit import Kit
from ui.tasks import InlineTasks

FORM = "tous_les_types"
TEXT, CHOICE = "/data/textes/nom", "/data/choix/avis"
LETTERS = "abcdefghij" * 40
AT_ONCE = 10
KEY_MS = 25
SECOND = 1.0


@dataclass(slots=True)
class Typist:
    """One child and what it has reported: (when, length of the text, choice)."""

    folder: Path
    instance_id: str
    process: int
    pipe: int
    kill_after: float
    told: list[tuple[float, int, str]] = field(default_factory=list)
    killed_at: float = 0.0


def begin(folder: Path, xml: bytes) -> str:
    """Make the workspace with one empty record that each child gets a copy of."""
    with Workspace.open(folder) as workspace:
        workspace.store.blank_forms.put(FORM, "1", "Tous les types", xml, {}, "test")
        return Kit(workspace, InlineTasks()).new_record(FORM)


def frame_of(page: EntryPage, ref: str) -> QuestionFrame:
    page.walk.go_to(ref)
    hand.settle()
    frame = page.walk.current_frame()
    assert isinstance(frame, QuestionFrame)
    return frame


def use_for_ever(folder: Path, instance_id: str, report: int) -> None:
    """Type a letter every few milliseconds; now and then go to the choice, click, and come back.

    Rarely: to leave a field saves it at once, and what is to be shown is that nobody has to leave it.
    """
    hand.hush()
    app = QApplication([])
    theme.start(app, "light", 100, readable=False)
    kit = Kit(Workspace.open(folder), InlineTasks())
    page = EntryPage(kit, instance_id)
    page.show()
    line = frame_of(page, TEXT).control.findChild(QLineEdit)
    assert line is not None
    chosen = ""
    for number in range(len(LETTERS)):
        QTest.keyClicks(line, LETTERS[number])
        if number % 60 == 5:
            tiles = frame_of(page, CHOICE).control.findChildren(QAbstractButton)
            hand.click(tiles[number // 60 % len(tiles)])
            chosen = page.desk.session.value(CHOICE)
            line = frame_of(page, TEXT).control.findChild(QLineEdit)
            assert line is not None
        os.write(report, f"{time.time()} {number + 1} {chosen}\n".encode())
        QTest.qWait(KEY_MS)


def start(folder: Path, begun: Path, instance_id: str, dice: random.Random) -> Typist:
    shutil.copytree(begun, folder)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        try:
            use_for_ever(folder, instance_id, writing)
        finally:
            os._exit(1)  # the kill comes first, or something is wrong
    os.close(writing)
    os.set_blocking(reading, False)
    return Typist(folder, instance_id, process, reading, dice.uniform(0.1, 2.0))


def watch(typists: list[Typist]) -> None:
    """Kill each at its moment, counted from its first report."""
    said = {one.process: b"" for one in typists}
    alive = list(typists)
    end = time.monotonic() + 60
    while alive and time.monotonic() < end:
        for one in list(alive):
            said[one.process] += read_all(one.pipe)
            first = said[one.process].partition(b" ")[0]
            if b"\n" in said[one.process] and time.time() > float(first) + one.kill_after:
                one.killed_at = time.time()
                os.kill(one.process, signal.SIGKILL)
                alive.remove(one)
        time.sleep(0.002)
    for one in typists:
        os.waitpid(one.process, 0)
        said[one.process] += read_all(one.pipe)
        os.close(one.pipe)
        for line in said[one.process].decode().splitlines():
            at, length, choice = line.split(" ")
            one.told.append((float(at), int(length), choice))


def read_all(pipe: int) -> bytes:
    found = b""
    while True:
        try:
            part = os.read(pipe, 65536)
        except BlockingIOError:
            return found
        if not part:
            return found
        found += part


def lost(one: Typist, form: FormDef) -> str:
    """Return what is wrong with the file of a typist that was killed, "" if nothing."""
    with Workspace.open(one.folder) as workspace:
        draft = workspace.store.instances.draft_xml(one.instance_id)
        logged = workspace.store.instances.answer_log(one.instance_id)
    session = FormSession(form, instance_xml=draft)
    text, choice = session.value(TEXT), session.value(CHOICE)
    times = [at for at, _length, _choice in one.told]
    # A machine that let the program wait has also let its clock wait: that long a second is longer.
    pause = max((later - sooner for sooner, later in zip(times, [*times[1:], one.killed_at], strict=True)), default=0.0)
    due = max((length for at, length, _choice in one.told if at < one.killed_at - SECOND - pause), default=0)
    if len(text) < due or text != LETTERS[: len(text)]:
        return f"{due} letters were due, {text!r} is there"
    clicked = one.told[-1][2]
    if clicked and not choice:
        return f"{clicked!r} was clicked, nothing is there"
    if text and [entry.new for entry in logged if entry.ref == TEXT][-1] != text:
        return "the log tells another answer than the draft"
    return ""


def main(folder: Path, form: Path, kills: int, seed: int) -> None:
    loaded = load_form(form.read_bytes())
    begun = folder / "begun"
    instance_id = begin(begun, form.read_bytes())
    dice = random.Random(seed)  # noqa: S311 (moments to kill, not secrets)
    found: list[str] = []
    gestures = late = 0
    for batch in range(0, kills, AT_ONCE):
        count = min(AT_ONCE, kills - batch)
        typists = [start(folder / str(batch + number), begun, instance_id, dice) for number in range(count)]
        watch(typists)
        found += [trouble for one in typists if (trouble := lost(one, loaded))]
        gestures += sum(len(one.told) for one in typists)
        late += sum(one.kill_after > SECOND for one in typists)
    sys.stdout.write(json.dumps({"kills": kills, "lost": found, "gestures": gestures, "after_a_second": late}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
