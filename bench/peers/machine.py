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


def family(pid: int) -> list[int]:
    """List a process and all below it: a browser is many."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        if parts := _stat(entry.name):
            children.setdefault(int(parts[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:  # grows on the way
        found += children.get(one, [])
    return found


def peak_memory_mb(pid: int) -> float | None:
    """Peak resident set in MB of the largest process of a family: they share what they are made of."""
    peaks = [peak for one in family(pid) if (peak := _peak_kb(one)) is not None]
    return max(peaks) / 1024 if peaks else None


def _peak_kb(pid: int) -> int | None:
    try:
        found = re.search(r"VmHWM:\s+(\d+)", (PROC / str(pid) / "status").read_text())
    except OSError:
        return None
    return int(found[1]) if found else None


class Meter:
    """How many cores other processes use while something of ours runs."""

    def __init__(self, pid: int | None) -> None:
        """Begin; `pid` and the processes below it are ours."""
        self._pid = pid
        self._begun = time.perf_counter(), self._all(), self._ours()

    def _all(self) -> float:
        if not PROC.exists():
            return 0.0
        busy = [int(part) for part in (PROC / "stat").read_text().splitlines()[0].split()[1:]]
        return (sum(busy) - busy[3] - busy[4]) / os.sysconf("SC_CLK_TCK")

    def _ours(self) -> float:
        """Sum up what we used: user and system, also of those that have ended."""
        if self._pid is None:
            return 0.0
        used = sum(int(part) for one in family(self._pid) for part in _stat(one)[11:15])
        return used / os.sysconf("SC_CLK_TCK")

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
