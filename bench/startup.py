# SPDX-License-Identifier: EUPL-1.2
"""From the start of the process to the first paint: a bare PySide6 window beside ours, in turns, on this machine.

    python bench/startup.py [--rounds 7] [--json]

Every round starts the programs anew. The time runs from just before the process is made to the moment the first paint
(the frame with its rail) has been handled, and to the moment the first screen stands in it; the memory is the resident
set at the end. The target is the ratio of the medians (at most 2) and our
memory (under 120 MB); the workspace holds 200 records of the shipped diagnostic, made once with the product's own code.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_RATIO = 2.0
MAX_MB = 120
RECORDS = 200

BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    seen = False
    def paintEvent(self, event):
        if not self.seen:
            self.seen = True
            QTimer.singleShot(0, tell)
def tell():
    now = time.time()
    import psutil
    print(now, psutil.Process().memory_info().rss, flush=True)
    app.quit()
app = QApplication(sys.argv)
window = Window()
window.resize(1366, 700)
window.show()
app.exec()
"""

OURS = """
import sys, time
from pathlib import Path
from ui import app
def tell():
    now = time.time()
    import psutil
    print(now, psutil.Process().memory_info().rss, flush=True)
    from PySide6.QtWidgets import QApplication
    QApplication.instance().quit()
make_window = app.make_window
def make_timed(workspace, tasks):
    window = make_window(workspace, tasks)
    getattr(window, sys.argv[2]).connect(tell)
    return window
app.make_window = make_timed
app.run(Path(sys.argv[1]), sys.argv[:1])
"""


def start(code: str, folder: Path, moment: str = "painted") -> tuple[float, float]:
    """Return (milliseconds to `moment`, resident megabytes then) of one start."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen" if sys.platform == "linux" else "")
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), moment],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        cwd=ROOT,
    )
    painted, memory = done.stdout.split()[-2:]
    return (float(painted) - begun) * 1000, int(memory) / 1e6


def prepare(folder: Path) -> None:
    """Make a workspace past its first run, with records in it."""
    sys.path.insert(0, str(ROOT))
    from dataclasses import replace  # noqa: PLC0415 - only what is measured is imported before

    from fieldkit import settings, territory  # noqa: PLC0415
    from fieldkit.workspace import Workspace  # noqa: PLC0415
    from ui.kit import Kit  # noqa: PLC0415
    from ui.tasks import InlineTasks  # noqa: PLC0415

    with Workspace.open(folder) as workspace:
        gal = territory.gals()[0]
        for setting, value in (
            (settings.FIRST_RUN_DONE, True),
            (settings.TERRITORY_KIND, "gal"),
            (settings.TERRITORY_ID, gal.gal_id),
        ):
            workspace.settings.set(setting, value)
        kit = Kit(workspace, InlineTasks())
        instances = workspace.store.instances
        first = kit.new_record("diagnostic_territorial", commune_nis=gal.communes[0])
        row, xml = instances.get(first), instances.draft_xml(first)
        for number in range(RECORDS - 1):
            nis = gal.communes[number % len(gal.communes)]
            instances.create(
                replace(row, instance_id=f"uuid:bench-{number}", commune_nis=nis, answered=number % 58), xml
            )


def measure(rounds: int) -> dict[str, float]:
    """Return medians over `rounds` starts of each, after one start of each that only warms the disk's cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        bare, ours, full = [], [], []
        for number in range(rounds + 1):
            three = start(BARE, folder), start(OURS, folder), start(OURS, folder, "filled")
            if number:
                for found, one in zip((bare, ours, full), three, strict=True):
                    found.append(one)
    bare_ms, ours_ms, full_ms = (statistics.median(one[0] for one in found) for found in (bare, ours, full))
    return {
        "bare_ms": round(bare_ms),
        "ours_ms": round(ours_ms),
        "ratio": round(ours_ms / bare_ms, 2),
        "full_ms": round(full_ms),
        "full_ratio": round(full_ms / bare_ms, 2),
        "bare_mb": round(statistics.median(one[1] for one in bare), 1),
        "ours_mb": round(statistics.median(one[1] for one in full), 1),
        "rounds": rounds,
    }


def main() -> int:
    """Print the table, or one line of JSON; exit 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="Time from process start to first paint, beside a bare window.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    chosen = parser.parse_args()
    found = measure(chosen.rounds)
    good = found["ratio"] <= MAX_RATIO and found["ours_mb"] < MAX_MB
    if chosen.json:
        print(json.dumps({"bench": "startup", **found, "ok": good}))
    else:
        print(f"{'':22}{'first paint':>14}{'first screen':>15}{'memory':>12}")
        print(f"{'bare PySide6 window':22}{found['bare_ms']:>11} ms{'':15}{found['bare_mb']:>9} MB")
        print(f"{'Field Kit':22}{found['ours_ms']:>11} ms{found['full_ms']:>12} ms{found['ours_mb']:>9} MB")
        print(f"ratio {found['ratio']} (at most {MAX_RATIO}), of the first screen {found['full_ratio']}")
        print(f"memory under {MAX_MB} MB: {'ok' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
