# SPDX-License-Identifier: EUPL-1.2
"""A store of its own for each test of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "fieldkit.db") as opened:
        yield opened
