# SPDX-License-Identifier: EUPL-1.2
"""The engines as processes: one request a line, one answer a line (README.md says which)."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INSTALLED = ROOT / "build" / "peers"
JAVAROSA = INSTALLED / "javarosa"
NODE = INSTALLED / "node"
CHROMIUM = os.environ.get("CHROMIUM", "chromium")
TIME_ZONE = "Europe/Brussels"  # the same for all: dates without a zone depend on it
_CLASS_PATH = f"{JAVAROSA}{os.pathsep}{JAVAROSA / 'ODK_Validate.jar'}"
_JAVA = ["java", "-XX:+UseSerialGC", "-Xmx2g", "-Xss8m", f"-Duser.timezone={TIME_ZONE}", "-cp", _CLASS_PATH, "Peer"]
_NODE = ["node", "--conditions=browser", "--max-old-space-size=4096", str(NODE / "xforms_engine" / "peer.mjs")]
_KIT = (sys.executable, str(HERE / "adapters" / "fieldkit.py"))


@dataclass(frozen=True)
class Engine:
    """How to start an engine, and what must be there for it; `missing` says what to do if it is not."""

    name: str
    command: tuple[str, ...]
    needs: tuple[Path, ...] = ()
    programs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What is missing, "" if nothing."""
        for program in self.programs:
            if not shutil.which(program):
                return f"no {program} on this machine"
        return "" if all(path.exists() for path in self.needs) else "not installed: run `make peers`"


def _in_chromium(name: str, engine: str) -> Engine:
    script = NODE / "pages" / f"{engine}.mjs"
    return Engine(name, ("node", str(NODE / "browser" / "peer.mjs"), engine), (script,), ("node", CHROMIUM))


ENGINES: Mapping[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine("fieldkit", _KIT),
        Engine("fieldkit-cached", (*_KIT, "--cached")),
        Engine("javarosa", tuple(_JAVA), (JAVAROSA / "Peer.class",), ("java",)),
        Engine("javarosa-cached", (*_JAVA, "--cached"), (JAVAROSA / "Peer.class",), ("java",)),
        Engine("xforms-engine", tuple(_NODE), (NODE / "node_modules" / "jsdom",), ("node",)),
        _in_chromium("xforms-engine-chromium", "xforms-engine"),
        _in_chromium("enketo", "enketo"),
    )
}


class Conversation:
    """One engine's process. A context manager: leaving it ends the process."""

    def __init__(self, engine: Engine) -> None:
        """Start it; `ready` holds what it says of itself, `ready_ms` how long it took from the start."""
        started = time.perf_counter()
        self.process = subprocess.Popen(
            engine.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "TZ": TIME_ZONE, "CHROMIUM": shutil.which(CHROMIUM) or ""},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.last_words: list[str] = []
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._overhear)]
        for thread in self._threads:
            thread.start()
        self.ready = self._expect("READY", 60)
        self.ready_ms = (time.perf_counter() - started) * 1e3

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101  (a pipe was asked for)
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def _overhear(self) -> None:
        assert self.process.stderr is not None  # noqa: S101  (a pipe was asked for)
        for line in self.process.stderr:
            self.last_words = [*self.last_words[-11:], line.rstrip("\n")]

    def _expect(self, word: str, timeout: float) -> dict[str, Any]:
        end = time.perf_counter() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, end - time.perf_counter()))
            except queue.Empty:
                return {"error": f"no answer in {timeout:.0f} s", "timeout": True}
            if not line:
                return {"error": "the process ended: " + " | ".join(self.last_words)}
            if line.startswith(word + "\t"):
                answer: dict[str, Any] = json.loads(line.partition("\t")[2])
                return answer

    def ask(self, *columns: object, timeout: float = 60) -> dict[str, Any]:
        """Send a request, wait for its answer: a mapping that holds "error" if it failed."""
        assert self.process.stdin is not None  # noqa: S101  (a pipe was asked for)
        try:
            self.process.stdin.write("\t".join(map(str, columns)) + "\n")
            self.process.stdin.flush()
        except OSError:
            return {"error": "the process has ended: " + " | ".join(self.last_words)}
        return self._expect("RESULT", timeout)

    def close(self) -> None:
        """End the process, by force if it does not listen."""
        assert self.process.stdin is not None  # noqa: S101  (a pipe was asked for)
        try:
            self.process.stdin.write("quit\n")
            self.process.stdin.close()
        except OSError:
            pass  # it has ended by itself
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Conversation:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()
