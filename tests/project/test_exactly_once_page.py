# SPDX-License-Identifier: EUPL-1.2
"""docs/exactly-once.md names every fault of the contract once, with tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs" / "exactly-once.md").read_text("utf-8").splitlines()
    if line.startswith("| F")
]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_number_is_there_once_and_in_order() -> None:
    assert [row[0] for row in ROWS] == [f"F{number}" for number in range(1, 53)]


def test_each_has_proofs_that_exist_or_says_what_is_not_built() -> None:
    for number, _fault, end, proof in ROWS:
        found = PROOF.findall(proof)
        assert [name for path, name in found if name not in functions_of(path)] == [], number
        assert found or end.startswith("not built"), number


def test_tests_with_a_number_in_their_name_are_proofs_of_that_fault() -> None:
    proofs = {(number, name) for number, _fault, _end, proof in ROWS for _path, name in PROOF.findall(proof)}
    for path in sorted((ROOT / "tests" / "sync").glob("test_*.py")):
        for name in functions_of(f"tests/sync/{path.name}"):
            for number in re.findall(r"_f(\d\d)(?=_)", name):
                assert (f"F{int(number)}", name) in proofs
