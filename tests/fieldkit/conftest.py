# SPDX-License-Identifier: EUPL-1.2
"""A store of its own for each test of the domain, a terminal for those of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.paths import HOME_VARIABLE
from fieldkit.store import Store, open_store
from tests.fieldkit.cli_runner import Terminal


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    with open_store(shutil.copy(empty_database, tmp_path / "fieldkit.db")) as opened:
        yield opened


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.delenv("FIELDKIT_TOKEN", raising=False)
    return Terminal(tmp_path / "home", capsys)
