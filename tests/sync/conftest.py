# SPDX-License-Identifier: EUPL-1.2
"""A reference server of its own for each test, and no thread that outlives it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.server import ReferenceServer


@pytest.fixture(autouse=True)
def no_thread_outlives_the_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region", admin_password="correct horse") as server:  # noqa: S106 — of a test
        yield server
