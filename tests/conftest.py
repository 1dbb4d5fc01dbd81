# SPDX-License-Identifier: EUPL-1.2
"""What every test of every room has: no screen, a workspace of its own, no network but loopback."""

from __future__ import annotations

import gc
import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import settings

from fieldkit.store import open_store

# Two cores under load: how long an example takes says nothing about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Take what was imported and collected out of each later collection of garbage: none of it goes before the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file of a store without a record. A copy opens at once: its tables need not be made again."""
    path = tmp_path_factory.mktemp("empty") / "fieldkit.db"
    open_store(path).close()
    return path
