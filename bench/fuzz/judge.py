# SPDX-License-Identifier: EUPL-1.2
"""Runs a target on one input; tells what it broke: an error not of the engine, a promise, the limit of time."""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

TARGETS: Final = ("xpath", "xform", "instance", "regex", "lists", "kept")
MAX_INPUT: Final = 65_536
MAX_SECONDS: Final = 2.0
"""Of the processor, for one input of at most MAX_INPUT bytes, without instrumentation."""


class Finding(Exception):  # noqa: N818  (it is what is looked for)
    """A broken promise: `signature` is the same for inputs that break the same thing at the same place."""

    def __init__(self, signature: str, report: str) -> None:
        super().__init__(signature)
        self.signature = signature
        self.report = report


def judge(run: Callable[[bytes], None], data: bytes, limit: float = MAX_SECONDS) -> None:
    """Run a target. Raises Finding."""
    started = time.process_time()
    try:
        run(data)
    except (MemoryError, Exception) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        raise Finding(f"{type(error).__name__} at {place}: {str(error)[:120]!r}", traceback.format_exc()) from error
    spent = time.process_time() - started
    if spent > limit:
        raise Finding("too slow", f"{spent:.1f} s for {len(data)} bytes")


def keep(folder: Path, finding: Finding, data: bytes) -> None:
    """Keep the shortest input of each finding, with its report beside it."""
    kind = finding.signature.partition(": ")[0]
    name = hashlib.sha256(kind.encode()).hexdigest()[:12]
    path = folder / name
    if not path.exists() or len(data) < path.stat().st_size:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(f"{finding.signature}\n\n{finding.report}", "utf-8")
