# SPDX-License-Identifier: EUPL-1.2
"""ARCHITECTURE.md is the authority on the contracts: whatever it names must be there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"^### (\w+)\n```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE))
# `name(`, `.name` and the items of a list parted by « · »; what stands in quotes is a file or a value.
NAMED = re.compile(r"\b([a-z_]\w+)(?=\()|(?<![\w)\]\"/*])\.([a-z_]\w+)|· \.?([a-z_]\w+)")
QUOTED = re.compile(r'"[^"\n]*"|resources/\S+')
SUFFIXES = {"csv", "xml", "json", "py", "png"}
BUILT_IN = {"tuple", "dict", "list", "bytes", "str", "int"}
PATHS = re.compile(r"`((?:forms|fieldkit|sync|ui|resources|tests|docs|bench|tools)/[\w./-]*|[\w-]+\.(?:toml|md))`")


@cache
def names_of(room: str) -> frozenset[str]:
    """Return every function, class, parameter, field and attribute that the modules of a room define."""
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        found.add(path.stem)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                    found.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                    found.add(name)
                case ast.alias(name=name, asname=asname):
                    found.add(asname or name)
    return frozenset(found)


def heads() -> Iterator[tuple[str, str]]:
    """Yield what opens a line of a contract: `module.function(`, `Class.method(`, `Class:`."""
    for room, block in BLOCKS.items():
        for line in block.splitlines():
            if match := re.match(r"(?!Errors:)([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", line):
                yield room, match.group(1)


@cache
def modules_of(room: str) -> tuple[str, ...]:
    files = sorted((ROOT / room).rglob("*.py"))
    dotted = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    return tuple(name.removesuffix(".__init__") for name in dotted if not name.endswith("__main__"))


def holders(room: str, first: str) -> Iterator[object]:
    """Yield the modules, functions and classes that a contract may mean by a first name."""
    for name in modules_of(room):
        if name.endswith(f".{first}") or name == first:
            yield importlib.import_module(name)
        elif re.search(rf"^(class|def) {first}\b", source_of(name), re.MULTILINE):
            yield getattr(importlib.import_module(name), first)


@cache
def source_of(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")


def has(found: object, name: str) -> bool:
    """Tell whether a module or a class has a name; fields of a dataclass count."""
    annotated = any(name in getattr(kind, "__annotations__", {}) for kind in getattr(found, "__mro__", (found,)))
    assigned = isinstance(found, type) and f"self.{name}" in source_of(found.__module__)
    return hasattr(found, name) or annotated or assigned


def stands(room: str, dotted: str) -> bool:
    """Tell whether a dotted name of a contract can be reached."""
    parts = dotted.removesuffix(".py").split(".")
    if parts[0] == room and len(parts) > 1:
        for size in range(len(parts), 0, -1):
            if ".".join(parts[:size]) in modules_of(room):
                found: object = importlib.import_module(".".join(parts[:size]))
                return len(parts) - size <= 1 and all(has(found, name) for name in parts[size:])
    return any(len(parts) < 3 and all(has(found, name) for name in parts[1:]) for found in holders(room, parts[0]))


def test_there_is_a_contract_for_each_room_with_code() -> None:
    assert set(BLOCKS) == {"forms", "fieldkit", "sync", "ui"}
    assert len(list(heads())) > 40


@pytest.mark.parametrize(("room", "dotted"), list(heads()))
def test_what_opens_a_line_of_a_contract_can_be_imported(room: str, dotted: str, qapp: object) -> None:
    assert stands(room, dotted)


@pytest.mark.parametrize("room", BLOCKS)
def test_every_name_of_a_contract_is_defined_in_its_room(room: str) -> None:
    text = QUOTED.sub('""', BLOCKS[room])
    named = {next(filter(None, match.groups())) for match in NAMED.finditer(text)} - SUFFIXES - BUILT_IN
    assert len(named) > 15
    assert sorted(named - names_of(room)) == []


def test_every_path_that_is_named_exists() -> None:
    named = {path for path in PATHS.findall(TEXT) if "*" not in path}
    assert len(named) > 10
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize(
    ("room", "dotted"), [("fieldkit", "paths.gone"), ("fieldkit", "NoSuchClass.open"), ("sync", "sync.push.pull_back")]
)
def test_a_name_that_is_gone_is_noticed(room: str, dotted: str) -> None:
    assert not stands(room, dotted)
