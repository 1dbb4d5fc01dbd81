# SPDX-License-Identifier: EUPL-1.2
"""The tour: the whole way of one answer, walked by the program itself, without a display, in under a minute.

A real server, a real window (drawn offscreen), a real workspace, a real loss of the network. It leaves in its folder
`pictures/`, `pages/` (PDF), `xml/` (as sent and as received) and `tour.json`; the exit code is 1 if a step failed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.cli.tour_journal import FILE_NAME, Journal

if TYPE_CHECKING:
    from fieldkit.cli.tour_stage import Stage
    from sync.server import ReferenceServer

OWN_FOLDERS = ("workspace", "region", "pictures", "pages", "xml")


def run(out: Path, *, open_server: Callable[[Path], ReferenceServer] | None = None) -> int:
    """Take the tour into the folder `out`; return 0, or 1 with the reason printed and in `tour.json`.

    `out` is new, empty, or of an earlier tour, whose files are replaced. `open_server` gives another server than the
    reference server, to show what happens when it fails.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = out.absolute()
    journal = Journal(out)
    if not _make_room(out):
        journal.tell(f"{out} holds other files: name a new folder, or an empty one")
        return 1
    from fieldkit.cli import tour_acts, tour_keyring
    from fieldkit.cli.tour_stage import Stage

    tour_keyring.use_memory()
    stage = Stage(out, open_server)
    try:
        _walk(journal, stage, tour_acts.ACTS)
    finally:
        journal.take("Go home: window, workers and server end", stage.close)
        journal.evidence = stage.evidence
        journal.close()
    total = sum(step.seconds for step in journal.steps)
    journal.tell(f"{'Done' if journal.ok else 'Failed'} in {total:.1f} s: {out / FILE_NAME}")
    return 0 if journal.ok else 1


def _walk(journal: Journal, stage: Stage, acts: tuple[tuple[str, Callable[[Stage], str]], ...]) -> None:
    for title, act in acts:
        if not journal.take(title, partial(_act, stage, act)):
            return


def _act(stage: Stage, act: Callable[[Stage], str]) -> str:
    try:
        seen = act(stage)
    except Exception:
        stage.check()  # what went wrong inside a slot explains more than what was then missing
        raise
    stage.check()
    return seen


def _make_room(out: Path) -> bool:
    """Clear what an earlier tour left; False if the folder holds anything else."""
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()) and not (out / FILE_NAME).is_file():
        return False
    for name in OWN_FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
    (out / FILE_NAME).unlink(missing_ok=True)
    for name in ("pictures", "pages", "xml"):
        (out / name).mkdir()
    return True
