# SPDX-License-Identifier: EUPL-1.2
"""What a command gives back: an exit code, lines for people, data for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """The exit codes; `fieldkit --help` prints the docstring of each."""

    OK = 0
    FAILED = 1
    USAGE = 2
    WORKSPACE = 3
    NETWORK = 4
    BUG = 5
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "the form or the answers are not valid, or what was asked could not be done",
    ExitCode.USAGE: "the command was not understood, or a file that it names is not there",
    ExitCode.WORKSPACE: "the workspace cannot be used: in use, damaged, full or read-only disk",
    ExitCode.NETWORK: "the server was not reached, or refused",
    ExitCode.BUG: "a fault of the program itself",
    ExitCode.INTERRUPTED: "stopped by Ctrl+C",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`lines` go to the standard output, or `data` as JSON with --json; `trouble` always to the standard error."""

    lines: tuple[str, ...] = ()
    data: Any = field(default_factory=dict)
    code: ExitCode = ExitCode.OK
    trouble: tuple[str, ...] = ()
