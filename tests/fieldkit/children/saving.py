# SPDX-License-Identifier: EUPL-1.2
"""Kills a process that saves answers, many times: `saving.py FOLDER KILLS SEED`; prints one line of JSON.

The children are forked from this warm process. Each opens the store, saves answer after answer and writes its number
in a pipe once `save_draft` has returned. After a random number of reports, and a random part of a millisecond, it is
killed with SIGKILL. What was reported must then be in the file; the draft and its log must tell the same answer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.store import open_store
from forms.views import Progress

ID = "uuid:00000001-0000-4000-8000-000000000000"
PADDING = b" " * 40_000


def save_for_ever(path: Path, report: int) -> None:
    with open_store(path) as store:
        number = len(store.instances.answer_log(ID))
        while True:
            number += 1
            entry = AnswerEntry("/data/n", str(number - 1), str(number), datetime.now(UTC))
            store.instances.save_draft(
                ID, b"<data>%d</data>" % number + PADDING, [entry], Progress(1, 1, 0, 0), "/data/n", "Fiche", ""
            )
            os.write(report, b"%d\n" % number)


def kill_one(path: Path, dice: random.Random) -> int:
    """Return the last number that the child reported before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        save_for_ever(path, writing)
    os.close(writing)
    said = b""
    wanted = dice.randint(1, 6)
    while said.count(b"\n") < wanted:
        said += os.read(reading, 65536)
    time.sleep(dice.random() / 1000)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    return int(said.split()[-1])


def main() -> None:
    path, kills, dice = Path(sys.argv[1]) / "fieldkit.db", int(sys.argv[2]), random.Random(int(sys.argv[3]))  # noqa: S311
    now = datetime.now(UTC)
    with open_store(path) as store:
        store.instances.create(Instance(ID, "f", "1", State.DRAFT, "Fiche", now, now), b"<data>0</data>")
    lost: list[int] = []
    last = cut_after_commit = 0
    for _ in range(kills):
        reported = kill_one(path, dice)
        with open_store(path) as store:
            log = [int(entry.new) for entry in store.instances.answer_log(ID)]
            in_draft = int(store.instances.draft_xml(ID).split(b">")[1].split(b"<")[0])
        if log != list(range(1, len(log) + 1)) or len(log) < reported or in_draft != len(log):
            lost.append(reported)
        cut_after_commit += len(log) > reported
        last = len(log)
    print(json.dumps({"kills": kills, "lost": lost, "answers": last, "cut_after_commit": cut_after_commit}))  # noqa: T201


main()
