# SPDX-License-Identifier: EUPL-1.2
"""docs/faults.md tells the truth: its tests exist, its sentences are those of the program, no fault is forgotten."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| fault ")]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
FRENCH = re.compile(r"«\s([^»]+)\s»")
ENGLISH = re.compile(r"“([^”]+)”")
# What an answer may be lost to; each must be a line of the page.
FAULTS = (
    "not XML", "document type", "entity bomb", "circle", "function", "disk is full", "read-only", "second copy",
    "cut short or overwritten", "later version", "portal", "revoked", "kill -9",
)  # fmt: skip


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def texts_of(folder: str) -> str:
    """Return every text of a folder's modules, with plain spaces."""
    found = [
        node.value
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return plain("\n".join(found))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_every_fault_is_a_line() -> None:
    names = [row.split("|")[1] for row in ROWS]
    assert [fault for fault in FAULTS if not any(fault in name for name in names)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_line_has_its_proofs_and_the_sentences_of_the_program(row: str) -> None:
    _, _fault, window, terminal, proof, _ = row.split("|")
    proofs = PROOF.findall(proof)
    assert proofs
    assert [(path, name) for path, name in proofs if name not in functions_of(path)] == []
    assert [words for words in FRENCH.findall(plain(window)) if words not in texts_of("ui")] == []
    assert [words for words in ENGLISH.findall(terminal) if words not in texts_of("fieldkit/cli")] == []
    assert FRENCH.search(window) or "nothing" in window or "only authors" in window
