# SPDX-License-Identifier: EUPL-1.2
"""Faults that tests and trainers switch on: the ways in which networks and servers really fail.

A fault strikes before the request is handled or after it: `BEFORE` nothing is stored, `AFTER` all is stored and only
the answer goes wrong. That second kind is what makes people send twice.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from enum import StrEnum


class When(StrEnum):
    """Whether the request is handled before it goes wrong."""

    BEFORE = "before"
    AFTER = "after"


PASSES = -1


@dataclass(slots=True)
class Fault:
    """Answers `times` matching requests (-1: all) with `status`, `body`, `headers`; status 0 cuts the connection.

    `path` is a regular expression searched in "METHOD /path". `delay` seconds pass first; with PASSES that is all.
    """

    path: str = ""
    when: When = When.BEFORE
    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    delay: float = 0.0


class Faults:
    """The faults that are switched on, in order; safe to change while the server runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._faults.clear()

    def take(self, when: When, request_line: str) -> Fault | None:
        """Return the first fault that fits, counting it down."""
        with self._lock:
            for fault in self._faults:
                if fault.when is when and fault.times and re.search(fault.path, request_line):
                    fault.times -= 1 if fault.times > 0 else 0
                    return fault
        return None
