# SPDX-License-Identifier: EUPL-1.2
"""A store of its own for each test of the domain, and the samples beside the tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.store import Store, open_store

# The samples are a plain module beside the tests, which are no package.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "fieldkit.db") as opened:
        yield opened
