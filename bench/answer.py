# SPDX-License-Identifier: EUPL-1.2
"""How long one answer takes in the full diagnostic: from the click to everything it changes on screen and on disk.

A real window, offscreen, at 1366x768. Every question of the complete questionnaire is answered through its own
widget; the time of an answer counts the engine, the transaction on disk and the repaint (all pending events).
`--json` prints one line of JSON, `--limit MS` makes a 95th percentile above it an error (exit 1).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from fieldkit.workspace import Workspace
from ui import theme
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.tasks import InlineTasks

if TYPE_CHECKING:
    from ui.entry.page import EntryPage

FORM = "diagnostic_territorial"
COMMUNE = "25043"
TARGET_MS = 16.0
SETTLE = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Time each answer of the full diagnostic in a window.")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    parser.add_argument("--limit", type=float, default=TARGET_MS, help="milliseconds allowed at the 95th percentile")
    options = parser.parse_args()
    figures = measure()
    if options.json:
        print(json.dumps(figures))
    else:
        print_table(figures, options.limit)
    return 0 if figures["p95_ms"] <= options.limit else 1


def measure() -> dict[str, float]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)  # noqa: S101 - made just now
    theme.start(app, "light", 100, readable=False)
    with tempfile.TemporaryDirectory() as folder, Workspace.open(Path(folder)) as workspace:
        kit = Kit(workspace, InlineTasks())
        kit.install_forms()
        answers = {"/data/identite/version": "complet"}
        instance_id = kit.new_record(FORM, commune_nis=COMMUNE, answers=answers)
        window = MainWindow(kit)
        window.resize(1366, 768)
        window.show()
        start = time.perf_counter()
        window.open_record(instance_id)
        settle(app)
        opened = (time.perf_counter() - start) * 1000
        page = window.screen_widget("entry")
        times, sections = answer_everything(app, page)  # type: ignore[arg-type]  # the entry screen is an EntryPage
        logged = len(workspace.store.instances.answer_log(instance_id))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        window.close()
    assert logged >= len(times)  # noqa: S101 - an answer that is not on disk was not measured
    return summary(times, sections, opened, memory)


class Answer(NamedTuple):
    """What one answer took, in milliseconds: on the clock, and of the processor (others may be using the machine)."""

    ref: str
    clock: float
    processor: float


def answer_everything(app: QApplication, page: EntryPage) -> tuple[list[Answer], list[float]]:
    """Answer each question through its widget; return the times of answers and of changes of section, in ms."""
    times: list[Answer] = []
    sections: list[float] = []
    for number in range(len(page.walk.sections)):
        start = time.perf_counter()
        page.walk.show_section(page.walk.sections[number].key)
        app.processEvents()
        sections.append((time.perf_counter() - start) * 1000)
        settle(app)
        shown = page.walk.pages.page()
        assert shown is not None  # noqa: S101 - just shown
        shown.build_all()
        settle(app)
        for place, frame in enumerate(list(shown.answerable())):
            frame.take_focus()
            shown.show_frame(frame)
            settle(app)
            saved = page.desk.recorder.saved_at
            start, worked = time.perf_counter(), time.process_time()
            if not frame.press_digit(place % 5 + 1):
                type_into(frame.control)  # type: ignore[attr-defined]  # a frame without digits holds one control
            app.processEvents()
            elapsed, worked = time.perf_counter() - start, time.process_time() - worked
            if page.desk.recorder.saved_at != saved:  # what was answered alike before changes nothing
                times.append(Answer(frame.item.ref, elapsed * 1000, worked * 1000))
    return times, sections


def type_into(control: object) -> None:
    """Write something fitting and give it as the answer."""
    field = control.entry()  # type: ignore[attr-defined]  # a Control
    if isinstance(field, QPlainTextEdit):
        field.setPlainText("Trois hameaux sans réseau, à relever sur la carte.")
    elif isinstance(field, QLineEdit) and not field.text():
        field.setText("12")
    control.commit()  # type: ignore[attr-defined]  # a Control


def settle(app: QApplication) -> None:
    for _ in range(SETTLE):
        app.processEvents()
    # A running program deletes what was put aside in its event loop; processEvents alone leaves it for later.
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def summary(times: list[Answer], sections: list[float], opened: float, memory: float) -> dict[str, float]:
    clock, processor = sorted(one.clock for one in times), sorted(one.processor for one in times)
    late = int(len(times) * 0.95)
    return {
        "answers": len(times),
        "p50_ms": round(statistics.median(clock), 2),
        "p95_ms": round(clock[late], 2),
        "max_ms": round(clock[-1], 2),
        "processor_p50_ms": round(statistics.median(processor), 2),
        "processor_p95_ms": round(processor[late], 2),
        "section_p50_ms": round(statistics.median(sections), 1),
        "section_max_ms": round(max(sections), 1),
        "open_ms": round(opened, 1),
        "memory_mb": round(memory, 1),
    }


def print_table(figures: dict[str, float], limit: float) -> None:
    print(f"{'answers through their widgets':<42}{figures['answers']:>10.0f}")
    print(f"{'answer to repainted and on disk, median':<42}{figures['p50_ms']:>10.2f} ms")
    print(f"{'the same, 95th percentile':<42}{figures['p95_ms']:>10.2f} ms   (limit {limit:g} ms)")
    print(f"{'the same, slowest':<42}{figures['max_ms']:>10.2f} ms")
    print(f"{'of the processor alone, median':<42}{figures['processor_p50_ms']:>10.2f} ms")
    print(f"{'of the processor alone, 95th percentile':<42}{figures['processor_p95_ms']:>10.2f} ms")
    print(f"{'change of section, median':<42}{figures['section_p50_ms']:>10.1f} ms")
    print(f"{'change of section, slowest':<42}{figures['section_max_ms']:>10.1f} ms")
    print(f"{'opening the record':<42}{figures['open_ms']:>10.1f} ms")
    print(f"{'peak memory of the process':<42}{figures['memory_mb']:>10.1f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
