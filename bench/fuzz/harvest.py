# SPDX-License-Identifier: EUPL-1.2
"""Texts of the tests, as inputs to begin with: whatever a test tried is worth varying."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def strings_of_tests(*patterns: str) -> Iterator[str]:
    """Yield the literals of some files of the tests, each once."""
    known: set[str] = set()
    for path in (path for pattern in patterns for path in sorted(ROOT.glob(pattern))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("utf-8", "replace")
                if text and text not in known:
                    known.add(text)
                    yield text
