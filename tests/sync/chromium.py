# SPDX-License-Identifier: EUPL-1.2
"""A real Chromium without a screen, driven over a pipe by its DevTools protocol; the standard library is enough."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 20.0


# The browser reads its commands from 3 and answers on 4.
SHIM = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


class Chromium:
    """One page of a browser with an empty profile in `folder`. A context manager: leaving it ends the browser."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        """Start the browser and attach to its page."""
        assert PROGRAM is not None
        commands, self._in = os.pipe()
        self._out, answers = os.pipe()
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        command = [PROGRAM, *options, f"--user-data-dir={self._folder}", "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            [sys.executable, "-c", SHIM, str(commands), str(answers), *command],
            pass_fds=(commands, answers), stdout=quiet, stderr=quiet,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        try:
            self._attach()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the browser."""
        self._end()

    def _attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def _end(self) -> None:
        os.close(self._in)  # it ends when nobody commands it
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; what the page complains of meanwhile is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._in, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}:
                self.complaints.append(json.dumps(answer["params"]))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._out, 1 << 16)
            assert more, "the browser went away"
            self._read += more
        one, _, self._read = self._read.partition(b"\0")
        read: dict[str, Any] = json.loads(one)
        return read

    def go(self, url: str) -> None:
        """Open an address."""
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState == 'complete' && location.href != 'about:blank'")

    def script(self, text: str) -> Any:
        """Return what an expression is in the page."""
        found = self.call("Runtime.evaluate", expression=text, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression holds in the page, also in the one that comes next."""
        end = time.monotonic() + PATIENCE
        while not self.script(condition):
            assert time.monotonic() < end, condition
            time.sleep(0.02)

    def click(self, selector: str) -> None:
        """Press the left button in the middle of an element that a person would see."""
        x, y = self.script(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            " found.scrollIntoView({block: 'center'}); const at = found.getBoundingClientRect();"
            " return [at.x + at.width / 2, at.y + at.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def write(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        self.click(selector)
        self.call("Input.insertText", text=text)
