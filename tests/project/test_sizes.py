# SPDX-License-Identifier: EUPL-1.2
"""The size limits of ARCHITECTURE.md, held by a test."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("fieldkit", "forms", "sync", "ui", "resources", "tests", "bench", "tools")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def python_files() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_no_file_is_longer_than_the_limit() -> None:
    long = {str(p.relative_to(ROOT)): n for p in python_files() if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_no_function_is_longer_than_the_limit() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > MAX_FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({size})")
    assert not long


def test_every_python_file_names_its_licence() -> None:
    assert not [str(p) for p in python_files() if "SPDX-License-Identifier: EUPL-1.2" not in p.read_text("utf-8")[:200]]
