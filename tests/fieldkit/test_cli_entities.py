# SPDX-License-Identifier: EUPL-1.2
"""`fieldkit fill` tells what the record makes and updates; `check` what the engine says of entities."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fieldkit.cli_runner import Terminal
from tests.forms.entity_sheets import PLANT, SEVERAL, TREE, TREES, VISIT, sheet
from tests.unsealing import encrypted_form, private_key, public_text


def fill(terminal: Terminal, folder: Path, table: str, answers: dict[str, object], *words: str):
    (folder / "form.xml").write_bytes(sheet(table))
    (folder / "trees.csv").write_bytes(TREES)
    (folder / "answers.json").write_text(json.dumps(answers), "utf-8")
    given = ("--answers", folder / "answers.json", "--out", folder / "i.xml")
    return terminal.type("fill", folder / "form.xml", *given, *words)


def test_fill_tells_the_entities_of_the_record(terminal: Terminal, tmp_path: Path) -> None:
    (change,) = fill(terminal, tmp_path, VISIT, {"tree": TREE, "height": 12}, "--json").data["entities"]
    assert change == {
        "dataset": "trees",
        "id": TREE,
        "action": "update",
        "label": "",
        "properties": {"height": "12"},
        "base_version": "3",
        "trunk_version": "3",
        "branch_id": "b-3",
        "problem": "",
    }
    said = fill(terminal, tmp_path, SEVERAL, {"species": "oak", "owner": {"who": "Ada"}})
    assert said.code == 0
    assert "list trees: create “oak” (" in said.out
    assert "list people: create “Ada” (" in said.out


def test_fill_warns_of_what_a_server_will_not_take(terminal: Terminal, tmp_path: Path) -> None:
    outcome = fill(terminal, tmp_path, PLANT, {"height": 2}, "--json")
    assert outcome.code == 0
    assert outcome.data["entities"][0]["problem"] == "no-label"
    assert "not what it does to an entity of trees: it has no label" in outcome.err


def test_check_refuses_newer_entities_in_plain_words(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xml"
    path.write_bytes(sheet(PLANT).replace(b"2024.1.0", b"2031.1.0"))
    outcome = terminal.type("check", path)
    assert outcome.code == 1
    assert "follow version 2031.1.0" in outcome.err
    assert "up to 2025.1.0" in outcome.err


def test_check_warns_of_an_answer_that_no_entity_takes(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xml"
    path.write_bytes(sheet(PLANT).replace(b"entity", b"thing"))
    outcome = terminal.type("check", path, "--json")
    assert outcome.code == 0
    assert any("saved to the property species, but no entity" in one for one in outcome.data["warnings"])


def test_check_warns_that_nothing_comes_of_encrypted_entities(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xml"
    path.write_bytes(encrypted_form(sheet(PLANT), public_text(private_key())))
    (warning,) = terminal.type("check", path, "--json").data["warnings"]
    assert warning.startswith("the records are encrypted, so the server cannot read what they do to entities")


def test_fill_says_the_same(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(encrypted_form(sheet(PLANT), public_text(private_key())))
    (tmp_path / "answers.json").write_text('{"species": "Ash"}', "utf-8")
    given = ("--answers", tmp_path / "answers.json", "--out", tmp_path / "i.xml")
    outcome = terminal.type("fill", tmp_path / "form.xml", *given)
    assert outcome.code == 0
    assert "the server cannot read what they do to entities" in outcome.err
