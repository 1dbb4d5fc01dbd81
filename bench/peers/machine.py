# SPDX-License-Identifier: EUPL-1.2
"""What Linux tells of processes and of the machine; on other systems nothing is known, and said so by None."""

from __future__ import annotations

import os
import platform
import re
import time
from pathlib import Path

PROC = Path("/proc")


def _stat(pid: int | str) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def peak_memory_mb(pid: int) -> float | None:
    """Peak resident set of one process in MB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", (PROC / str(pid) / "status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


class Meter:
    """How many cores other processes use while something of ours runs."""

    def __init__(self, pid: int | None) -> None:
        """Begin; `pid` is ours (one process: none of the engines starts others)."""
        self._pid = pid
        self._begun = time.perf_counter(), self._all(), self._ours()

    def _all(self) -> float:
        if not PROC.exists():
            return 0.0
        busy = [int(part) for part in (PROC / "stat").read_text().splitlines()[0].split()[1:]]
        return (sum(busy) - busy[3] - busy[4]) / os.sysconf("SC_CLK_TCK")

    def _ours(self) -> float:
        parts = _stat(self._pid) if self._pid is not None else []
        return sum(int(part) for part in parts[11:13]) / os.sysconf("SC_CLK_TCK") if parts else 0.0

    def others(self) -> float:
        """Tell how many cores the others used since the beginning."""
        begun, all_then, ours_then = self._begun
        took = time.perf_counter() - begun
        return max(0.0, self._all() - all_then - (self._ours() - ours_then)) / took


def wait_until_quiet(seconds: float, below: float = 0.3) -> None:
    """Wait until the others use less than `below` cores, at most so long."""
    end = time.perf_counter() + seconds
    while PROC.exists() and time.perf_counter() < end:
        meter = Meter(None)
        time.sleep(1.0)
        if meter.others() < below:
            return


def describe() -> str:
    """Name processor, cores, memory and system."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", (PROC / "cpuinfo").read_text())
        memory = re.search(r"MemTotal:\s+(\d+)", (PROC / "meminfo").read_text())
    except OSError:
        found = memory = None
    processor = found[1].strip() if found else platform.processor() or platform.machine()
    gigabytes = f", {int(memory[1]) / 2**20:.0f} GB" if memory else ""
    return f"{processor}, {os.cpu_count()} cores{gigabytes}, {platform.system()}, Python {platform.python_version()}"
