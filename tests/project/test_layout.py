# SPDX-License-Identifier: EUPL-1.2
"""The project is what it says: its own packages, a lock without addresses, dependencies that are explained."""

from __future__ import annotations

import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("fieldkit", "ui", "forms", "sync", "resources")


@pytest.mark.parametrize("name", PACKAGES)
def test_each_room_is_imported_from_this_repository(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_the_lock_names_no_address_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", lock)
    for requirement in re.split(r"\n(?=\S)", lock.strip()):
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_every_dependency_has_a_line_in_the_decision_record() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    record = (ROOT / "docs/adr/0002-dependencies.md").read_text("utf-8").lower()
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=\[; ]", item)[0].lower() for item in declared} - {"shiboken6", "pandas-stubs"}
    missing = {name for name in names if name not in record and not name.startswith("types-")}
    assert not missing


def tracked_texts() -> list[Path]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    suffixes = {".py", ".md", ".toml", ".txt", ".sh", ".spec", ".json", ".yml", ".cfg", ".lock", ""}
    files = [ROOT / name for name in listing.stdout.splitlines()]
    return [path for path in files if path.suffix in suffixes and path.is_file() and path.name != "LICENSE"]


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of a developer's machine and no address of a package registry in what is versioned."""
    # Written in two halves so that this file does not find itself.
    foreign = re.compile("|".join(("/work" + "/main", "/work" + "/shared", "pypi" + r"\.org", "registry" + r"\.npmjs")))
    found = {
        str(path.relative_to(ROOT)) for path in tracked_texts() if foreign.search(path.read_text("utf-8", "replace"))
    }
    assert not found
