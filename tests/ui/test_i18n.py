# SPDX-License-Identifier: EUPL-1.2
"""The strings of the window: ready to be collected and translated, set in French typography, without banned words."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fieldkit.typography import french
from ui import i18n

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "ui").rglob("*.py"))
BANNED = ("Désolé", "Oups", "Veuillez", "Ne respecte pas", " !", "\u202f!", "soumission")


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in FILES:
        if path.name == "i18n.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "translate":
                yield path, node


def strings() -> list[tuple[str, str, str]]:
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", ast.literal_eval(node.args[0]), ast.literal_eval(node.args[1]))
        for path, node in calls()
    ]


def test_both_arguments_are_literals_for_the_collector() -> None:
    loose = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in calls()
        if len(node.args) != 2 or not all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args)
    ]
    assert len(strings()) > 300
    assert not loose


def test_the_sentences_are_set_in_french_typography() -> None:
    assert not [(where, text) for where, _context, text in strings() if french(text) != text]


def test_no_sentence_uses_a_banned_word() -> None:
    assert not [(where, text) for where, _context, text in strings() if any(word in text for word in BANNED)]


def test_the_collector_of_qt_finds_every_string(tmp_path: Path) -> None:
    target = tmp_path / "fieldkit_de.ts"
    tool = Path(sys.executable).parent / ("pyside6-lupdate.exe" if sys.platform == "win32" else "pyside6-lupdate")
    subprocess.run([tool, *map(str, FILES), "-ts", str(target)], check=True, capture_output=True, cwd=ROOT)
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in ElementTree.parse(target).getroot().iter("context")  # noqa: S314 - a file we just made
        for message in context.iter("message")
    }
    assert {(context, text) for _where, context, text in strings()} <= found


@pytest.mark.parametrize(
    ("count", "french_form", "other_form"), [(0, "one", "many"), (1, "one", "one"), (2, "many", "many")]
)
def test_the_plural_begins_where_the_language_says(
    count: int, french_form: str, other_form: str, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.load("fr")
    assert i18n.plural(count, "one", "many") == french_form
    monkeypatch.setattr(i18n._Loaded, "language", "nl")
    assert i18n.plural(count, "one", "many") == other_form


def test_a_language_without_translation_leaves_the_window_in_french(qapp: object) -> None:
    missing = [code for code in i18n.LANGUAGES if not i18n.is_complete(code)]
    for code in [*missing, "xx"]:
        i18n.load(code)
        assert i18n.current() == "fr"
    i18n.load("fr")
    assert i18n.translate("Navigation", "Envois") == "Envois"


def test_qt_itself_speaks_french(qapp: object) -> None:
    i18n.load("fr")
    assert i18n.translate("QPlatformTheme", "Cancel") == "Annuler"
