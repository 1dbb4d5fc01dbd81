# SPDX-License-Identifier: EUPL-1.2
"""No word of the window is left out of `translate`: it would stay French in every other language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Letters and marks that French prose has and code has not.
FRENCH = frozenset("àâçéèêëîïôûùüœÀÂÇÉÈÊËÎÏÔÛÙÜŒ«»’\u202f")
# What a module matches, or names in a language's own words: nothing that a translator would change.
NOT_SENTENCES = {
    "ui/entry/lexical.py": 1,  # the spaces that people type inside a number
    "ui/entry/shown_value.py": 1,  # names of questions that hold a year
    "ui/entry/text_controls.py": 1,  # the units at the end of a label of a form
    "ui/i18n.py": 1,  # a language is called by its own name
    "ui/widgets/text.py": 1,  # the space that no line may begin with
}


def spoken(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text of a module, but those that already go through the translation and those that document the code."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "translate":
            skipped |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node


def test_no_french_word_is_outside_the_translation() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "ui").rglob("*.py")):
        for node in spoken(ast.parse(path.read_text("utf-8"))):
            if FRENCH & set(node.value):
                found.setdefault(path.relative_to(ROOT).as_posix(), []).append(f"line {node.lineno}: {node.value!r}")
    assert {path: len(texts) for path, texts in found.items()} == NOT_SENTENCES, found


def test_the_scan_sees_what_it_looks_for() -> None:
    """A scan that skipped everything would pass as well."""
    tree = ast.parse('"""Été."""\nshow("Été")\nshow(translate("Page", "Été"))\nshow(f"Été {n}")\n')
    assert [node.lineno for node in spoken(tree) if FRENCH & set(node.value)] == [2, 4]
