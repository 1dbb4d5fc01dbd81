# SPDX-License-Identifier: EUPL-1.2
"""Fuzzes the engine: `python -m bench.fuzz SECONDS [TARGET …]`, or `python -m bench.fuzz TARGET FILE` for one input.

The seconds are shared by the targets, one after the other, on one core. What is found is in build/fuzz/TARGET/findings:
the input, and beside it what it broke. The exit code is 1 if anything was found.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Final

from bench.fuzz.judge import TARGETS, Finding, judge

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "build" / "fuzz"
_LEAST: Final = 5  # seconds that are worth a start


def main(words: list[str]) -> int:
    """Run all targets, or try one input."""
    if words and words[0] in TARGETS:
        return _try(words[0], Path(words[1]))
    seconds = int(words[0]) if words else 3600
    targets = words[1:] or list(TARGETS)
    found = 0
    for target in targets:
        found += _fuzz(target, max(seconds // len(targets), _LEAST), OUT / target)
    print(f"{found} finding(s)" + (f", kept in {OUT}" if found else ""))
    return 1 if found else 0


def _fuzz(target: str, seconds: int, folder: Path) -> int:
    """Fuzz one target; begins again after a crash. Returns how many findings hold when tried again."""
    shutil.rmtree(folder / "findings", ignore_errors=True)
    for old in folder.glob("crash-*"):
        old.unlink()
    until = time.monotonic() + seconds
    tried = 0
    while (left := int(until - time.monotonic())) >= _LEAST:
        counted = folder / "count.json"
        counted.unlink(missing_ok=True)
        command = [sys.executable, "-m", "bench.fuzz.child", target, str(left), str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if counted.exists():
            tried += json.loads(counted.read_text("ascii"))["tried"]
        elif not any(folder.glob("crash-*")):
            sys.stderr.write(done.stderr.decode("utf-8", "replace")[-2000:])
            raise SystemExit(f"{target} could not be fuzzed")
    suspects = [path for path in (folder / "findings").glob("*") if not path.suffix] + list(folder.glob("crash-*"))
    confirmed = [path for path in suspects if _holds(target, path)]
    print(f"{target}: {tried:,} inputs in {seconds} s, {len(confirmed)} finding(s)", flush=True)
    for path in confirmed:
        report = path.with_suffix(".txt")
        print(
            f"  {path}: {report.read_text('utf-8').splitlines()[0] if report.exists() else 'crash or hang'}", flush=True
        )
    return len(confirmed)


def _holds(target: str, path: Path) -> bool:
    """Try again in a process of its own, without instrumentation: what is slow only there is no finding."""
    command = [sys.executable, "-m", "bench.fuzz", target, str(path)]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def _try(target: str, path: Path) -> int:
    try:
        judge(import_module(f"bench.fuzz.targets.{target}").run, path.read_bytes())
    except Finding as finding:
        print(finding.signature)
        print(finding.report)
        return 1
    print("all promises were kept")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
