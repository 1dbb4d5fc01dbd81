# SPDX-License-Identifier: EUPL-1.2
"""One target under atheris, for some seconds: `python -m bench.fuzz.child TARGET SECONDS FOLDER`.

What is found is kept and the run goes on; a crash of the interpreter, a hang or too much memory end it.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path

import atheris

from bench.fuzz.judge import MAX_INPUT, MAX_SECONDS, Finding, judge, keep

_SLOWER = 3  # how much instrumentation slows the engine at worst


def main(target: str, seconds: int, folder: Path) -> None:
    """Fuzz; libFuzzer ends the process."""
    with atheris.instrument_imports(include=["forms"]):
        module = import_module(f"bench.fuzz.targets.{target}")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(module.seeds()):
        (corpus / f"seed-{number:04}").write_bytes(seed[:MAX_INPUT])
    dictionary = folder / "words.dict"
    words = import_module("bench.fuzz.grammar").WORDS
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in words), "ascii")
    run = _Counted(module.run, folder)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={MAX_INPUT}",
        "-timeout=120",
        "-rss_limit_mb=2048",
        "-verbosity=0",
    ]
    options += [f"-dict={dictionary}", f"-artifact_prefix={folder}/crash-", str(corpus)]
    atheris.Setup([sys.argv[0], *options], run)
    atheris.Fuzz()


class _Counted:
    """Runs the target, keeps findings, and writes now and then how many inputs were tried."""

    def __init__(self, run: object, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._tried = self._found = 0
        self._told = self._started = time.monotonic()
        self.__name__ = "run"

    def __call__(self, data: bytes) -> None:
        self._tried += 1
        try:
            judge(self._run, data, MAX_SECONDS * _SLOWER)  # type: ignore[arg-type]
        except Finding as finding:
            self._found += 1
            keep(self._folder / "findings", finding, data)
        now = time.monotonic()
        if now - self._told > 1:
            self._told = now
            told = {"tried": self._tried, "seconds": round(now - self._started), "broke": self._found}
            (self._folder / "count.json").write_text(json.dumps(told), "ascii")


def _escaped(word: str) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\x{byte:02x}" for byte in word.encode()
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
