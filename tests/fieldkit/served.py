# SPDX-License-Identifier: EUPL-1.2
"""`fieldkit serve` in a thread, for the length of a block."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fieldkit.cli.serving import serve


@contextmanager
def served(folder: Path, user: list[str] | None = None, **switches: Any) -> Iterator[list[str]]:
    """Run `serve` in a thread; the value is what it says."""
    said: list[str] = []
    ready, until = threading.Event(), threading.Event()

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("Stop it"):
            ready.set()

    given = {"data": folder, "port": 0, "host": "127.0.0.1", "user": user, "admin": None, "fault": None,
             "entity_delay": 0.0, "domain": ""}  # fmt: skip
    arguments = Namespace(**{**given, **switches})
    thread = threading.Thread(target=serve, args=(arguments,), kwargs={"until": until, "say": say})
    thread.start()
    try:
        assert ready.wait(30)
        yield said
    finally:
        until.set()
        thread.join()
