# SPDX-License-Identifier: EUPL-1.2
"""The journal of a tour: one line a step with its time, and `tour.json` at the end, however it ended."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fieldkit.version import VERSION

FILE_NAME = "tour.json"
LEFT_OUT = ("workspace", "region", FILE_NAME)


class TourError(Exception):
    """Something that the tour came to see is not as it should be; the message says what."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it did, in how many seconds, and why it failed ("" if it did not)."""

    title: str
    seconds: float
    ok: bool
    seen: str = ""
    why: str = ""


@dataclass(slots=True)
class Journal:
    """The steps so far. `evidence` is what the last step proved: one entry a submission."""

    folder: Path
    say: Callable[[str], None] = print
    steps: list[Step] = field(default_factory=list)
    evidence: list[dict[str, object]] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)

    @property
    def ok(self) -> bool:
        """Whether nothing failed so far."""
        return all(step.ok for step in self.steps)

    def take(self, title: str, act: Callable[[], str]) -> bool:
        """Take one step; `act` returns what was seen. Whatever it raises is told and ends the tour: False."""
        start = time.perf_counter()
        try:
            step = Step(title, time.perf_counter() - start, True, act())
        except Exception as error:  # noqa: BLE001 - a tour tells every failure and goes home
            why = "".join(traceback.format_exception_only(error)).strip()
            where = traceback.extract_tb(error.__traceback__)[-1]
            step = Step(title, 0, False, "", f"{why} ({Path(where.filename).name}, line {where.lineno})")
        seconds = round(time.perf_counter() - start, 2)
        self.steps.append(Step(step.title, seconds, step.ok, step.seen, step.why))
        number = len(self.steps)
        self.tell(f"{number:2}. {title:<46} {seconds:6.2f} s  {step.seen if step.ok else 'FAILED: ' + step.why}")
        return step.ok

    def tell(self, line: str) -> None:
        """Say a line; a reader that went away (`| head`) ends the saying, not the tour."""
        try:
            self.say(line)
        except BrokenPipeError:
            self.say = _say_nothing

    def close(self) -> None:
        """Write `tour.json`: steps, times, submissions, and every file with its hash."""
        report = {
            "ok": self.ok,
            "version": VERSION,
            "seconds": round(time.perf_counter() - self.began, 2),
            "steps": [asdict(step) for step in self.steps],
            "submissions": self.evidence,
            "files": [
                _describe(self.folder, path) for path in sorted(self.folder.rglob("*")) if _counts(self.folder, path)
            ],
        }
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (self.folder / FILE_NAME).write_text(f"{text}\n", "utf-8")


def _say_nothing(line: str) -> None:
    del line


def _counts(folder: Path, path: Path) -> bool:
    return path.is_file() and path.relative_to(folder).parts[0] not in LEFT_OUT


def _describe(folder: Path, path: Path) -> dict[str, object]:
    content = path.read_bytes()
    name = path.relative_to(folder).as_posix()
    return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
