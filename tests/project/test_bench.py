# SPDX-License-Identifier: EUPL-1.2
"""The benchmarks begin, however they are started: none of their names hides a room of the program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("way", [("-m", "bench.sync"), ("bench/sync.py",)])
def test_the_bench_of_sending_finds_the_room_of_its_name(way: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, *way, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "--short" in done.stdout) == (0, True), done.stderr


def test_all_are_started_as_modules() -> None:
    """As a file, a benchmark would have the folder of `sync.py` before the room `sync` on its path."""
    text = (ROOT / "bench" / "run").read_text(encoding="utf-8")
    assert '-m "bench.$name"' in text
    assert '.venv/bin/python "$script"' not in text
