# SPDX-License-Identifier: EUPL-1.2
"""The feature matrix is true: every row has a proof that exists or a reason, and the numbers are right."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MATRIX: dict[str, dict[str, dict[str, str]]] = tomllib.loads((ROOT / "forms/feature_matrix.toml").read_text("utf-8"))
# The groups of the feature matrix of ODK Web Forms, with their numbers of rows: 210 in all.
GROUPS = {
    "Question types": 34,
    "Appearances": 46,
    "Parameters": 12,
    "Form logic": 12,
    "Descriptions and annotations": 12,
    "Theme and layouts": 10,
    "XPath": 75,
    "Misc": 9,
}
ROWS = [(group, name, row) for group, rows in MATRIX.items() for name, row in rows.items()]


def with_bare_names(names: set[str]) -> set[str]:
    """Let a name without its parameters count too."""
    return names | {name.partition("[")[0] for name in names}


def collected(files: tuple[str, ...]) -> set[str]:
    """Ask pytest for the names of the tests in some files."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *files]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:]
    return {line.strip() for line in run.stdout.splitlines() if "::" in line}


def test_the_rows_are_those_of_the_matrix() -> None:
    assert {group: len(rows) for group, rows in MATRIX.items() if group in GROUPS} == GROUPS
    assert sum(GROUPS.values()) == 210
    assert all(group in GROUPS or group.startswith("Beyond: ") for group in MATRIX)


def test_a_row_is_proved_or_explained() -> None:
    for group, name, row in ROWS:
        keys = set(row)
        assert keys in ({"yes"}, {"yes", "note"}, {"no"}, {"no", "engine"}), f"{group}: {name}"
        assert all(row.values()), f"{group}: {name}"


def test_every_proof_exists(request: pytest.FixtureRequest) -> None:
    proofs = {row[key] for _, _, row in ROWS for key in ("yes", "engine") if key in row}
    proofs -= with_bare_names({item.nodeid for item in request.session.items})
    if proofs:  # this run collected some of the tests only, or they are not there
        proofs -= with_bare_names(collected(tuple(sorted({proof.partition("::")[0] for proof in proofs}))))
    assert proofs == set()


def test_the_readme_tells_the_count() -> None:
    """One line of the README has the numbers, so that they cannot grow old."""
    inside = [row for group, _, row in ROWS if group in GROUPS]
    whole = sum("yes" in row for row in inside)
    engine = sum("yes" in row or "engine" in row for row in inside)
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"(\d+) of the (\d+) rows .*?, and the engine's part of (\d+)", readme, re.DOTALL)
    if found is None:
        pytest.fail(f"say in the README: {whole} of the {len(inside)} rows …, and the engine's part of {engine}")
    assert tuple(map(int, found.groups())) == (whole, len(inside), engine)
