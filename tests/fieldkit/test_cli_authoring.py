# SPDX-License-Identifier: EUPL-1.2
"""`fieldkit check` and `fieldkit fill`, as an author uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import resources
from forms import FormSession, load_form
from tests.fieldkit.cli_runner import Terminal

XFORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Essai</h:title><model>
<instance><data id="essai" version="1"><age/><ville/><total/><lignes jr:template=""><montant/></lignes>
<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120" jr:constraintMsg="Moins de 120 ans."/>
<bind nodeset="/data/ville" type="string" required="true()"/>
<bind nodeset="/data/total" type="decimal" calculate="{calculate}"/>
<bind nodeset="/data/lignes/montant" type="decimal"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/></model></h:head><h:body>
<input ref="/data/age"><label>Votre âge</label></input><input ref="/data/ville"><label>Ville</label></input>
<group ref="/data/lignes"><label>Lignes</label><repeat nodeset="/data/lignes">
<input ref="/data/lignes/montant"><label>Montant</label></input></repeat></group></h:body></h:html>"""
GOOD = XFORM.replace("{calculate}", "sum(/data/lignes/montant)")


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "essai.xml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def write_answers(folder: Path, answers: object) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["diagnostic_territorial", "mon_smart_village"])
def test_the_shipped_forms_pass_as_source_and_as_xml(terminal: Terminal, name: str) -> None:
    source = terminal.type("check", resources.path("forms", f"{name}.md"), "--json")
    shipped = terminal.type("check", name, "--json")
    assert (source.code, shipped.code) == (0, 0)
    assert source.data["valid"]
    assert shipped.data["valid"]
    assert source.data["warnings"] == shipped.data["warnings"] == []
    for key in ("form_id", "version", "languages", "attachments", "questions", "groups", "repeats"):
        assert source.data[key] == shipped.data[key]
    assert shipped.data["questions"] > 100


def test_a_good_form_is_described(terminal: Terminal, form: Path) -> None:
    outcome = terminal.type("check", form)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "Essai (essai, version 1)",
        "2 questions, 0 groups, 1 repeat; one language",
        "The form can be used.",
    ]


BROKEN = {
    "text": ("not a form", "NotXmlError", "not a well-formed XML file"),
    "unclosed": (GOOD[:-20], "NotXmlError", "line"),
    "empty": ("", "NotXmlError", "not a well-formed XML"),
    "bomb": (
        GOOD.replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', 1),
        "HostileXmlError",
        "no DTD and no entities",
    ),
    "html": ("<html><body>Welcome</body></html>", "StructureError", "not a usable XForm"),
    "syntax": (XFORM.replace("{calculate}", "1 + * 2)"), "ExpressionError", "^"),
    "function": (XFORM.replace("{calculate}", "frobnicate(1)"), "UnknownFunctionError", "frobnicate()"),
    "cycle": (XFORM.replace("{calculate}", "/data/total + 1"), "CycleError", "circle"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_is_told_with_its_place(terminal: Terminal, tmp_path: Path, name: str) -> None:
    text, kind, words = BROKEN[name]
    path = tmp_path / f"{name}.xml"
    path.write_text(text, encoding="utf-8")
    outcome = terminal.type("check", path)
    assert outcome.code == 1
    assert words in outcome.err
    assert outcome.out == f"{path} cannot be used.\n"
    data = terminal.type("check", path, "--json").data
    assert (data["valid"], data["errors"][0]["kind"]) == (False, kind)
    if name in {"syntax", "function", "cycle"}:
        assert data["errors"][0]["ref"] == "/data/total"


def test_a_missing_list_is_told(terminal: Terminal, tmp_path: Path) -> None:
    xml = resources.read_bytes("forms", "diagnostic_territorial.xml")
    (tmp_path / "alone.xml").write_bytes(xml)
    outcome = terminal.type("check", tmp_path / "alone.xml")
    assert outcome.code == 1
    assert "communes.csv" in outcome.err
    (tmp_path / "alone-media").mkdir()
    (tmp_path / "alone-media" / "communes.csv").write_bytes(resources.read_bytes("forms", "media", "communes.csv"))
    assert terminal.type("check", tmp_path / "alone.xml").code == 0


def test_an_xlsform_with_a_fault_is_told_in_the_words_of_its_compiler(terminal: Terminal, tmp_path: Path) -> None:
    good = "| survey |\n| | type | name | label |\n| | integer | age | Age |\n"
    (tmp_path / "good.md").write_text(good)
    assert terminal.type("check", tmp_path / "good.md").code == 0
    (tmp_path / "bad.md").write_text(good + "| | select_one nowhere | x | X |\n")
    outcome = terminal.type("check", tmp_path / "bad.md", "--json")
    assert outcome.code == 1
    assert "choices" in outcome.data["errors"][0]["message"]
    (tmp_path / "bad.xlsx").write_bytes(b"PK not a workbook")
    outcome = terminal.type("check", tmp_path / "bad.xlsx")
    assert outcome.code == 1
    assert "cannot be compiled" in outcome.err


def test_a_source_of_another_kind_than_its_name_says(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"\x8f\x00 no workbook")
    (tmp_path / "form.md").write_bytes("| survey |\n| | type | label |\n| | text | é |".encode("latin-1"))
    for name, words in (("form.xlsx", "not a .xlsx file, or damaged"), ("form.md", "not written in UTF-8")):
        outcome = terminal.type("check", tmp_path / name)
        assert outcome.code == 1
        assert words in outcome.err
        assert "Error" not in outcome.err


def test_a_file_that_is_not_there(terminal: Terminal, tmp_path: Path) -> None:
    for name in ("none.xml", "none.xlsx", "none.md"):
        outcome = terminal.type("check", tmp_path / name)
        assert outcome.code == 2
        assert "cannot be read" in outcome.err
    assert terminal.type("check", tmp_path).code == 2


def test_good_answers_make_an_instance(terminal: Terminal, form: Path, tmp_path: Path) -> None:
    answers = {"age": 40, "/data/ville": "Éghezée", "lignes": [{"montant": 10.5}, {"montant": "2"}]}
    out = tmp_path / "deep" / "instance.xml"
    outcome = terminal.type("fill", form, "--answers", write_answers(tmp_path, answers), "--out", out, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.data["valid"]
    session = FormSession(load_form(GOOD.encode()), instance_xml=out.read_bytes())
    assert [session.value(f"/data/{name}") for name in ("age", "ville", "total")] == ["40", "Éghezée", "12.5"]
    assert session.value("/data/lignes[2]/montant") == "2"
    assert outcome.data["instance_id"] == session.instance_id


@pytest.mark.parametrize("name", ["perwez", "jodoigne", "incourt", "ramillies"])
def test_the_shipped_answers_fill_the_diagnostic(terminal: Terminal, tmp_path: Path, name: str) -> None:
    answers = resources.path("forms", "answers", f"diagnostic_express_{name}.json")
    outcome = terminal.type("fill", "diagnostic_territorial", "--answers", answers, "--out", tmp_path / "i.xml")
    assert (outcome.code, outcome.err) == (0, "")
    assert b"territoire_score" in (tmp_path / "i.xml").read_bytes()


def test_broken_rules_are_told_and_nothing_is_written(terminal: Terminal, form: Path, tmp_path: Path) -> None:
    answers = write_answers(tmp_path, {"age": 400, "colour": "red", "lignes": [{"weight": 1}], "ville/x": 1})
    out = tmp_path / "instance.xml"
    outcome = terminal.type("fill", form, "--answers", answers, "--out", out, "--json")
    assert outcome.code == 1
    assert not out.exists()
    data = outcome.data
    assert [one["ref"] for one in data["no_place"]] == ["/data/colour", "/data/lignes[1]/weight", "/data/ville/x"]
    assert [(one["ref"], one["kind"]) for one in data["violations"]] == [
        ("/data/age", "constraint"),
        ("/data/ville", "required"),
    ]
    words = terminal.type("fill", form, "--answers", answers, "--out", out).err
    assert "/data/age: “Votre âge”: Moins de 120 ans." in words
    assert "/data/ville: “Ville”: an answer is required" in words


def test_a_draft_may_be_incomplete(terminal: Terminal, form: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft.xml"
    answers = write_answers(tmp_path, {"age": 400, "lignes": [{"montant": 1}, {"montant": 2}, {"montant": None}]})
    assert terminal.type("fill", form, "--answers", answers, "--out", out, "--draft").code == 0
    session = FormSession(load_form(GOOD.encode()), instance_xml=out.read_bytes())
    assert session.value("/data/age") == "400"
    assert session.node("/data/lignes").count == 3


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"age": [1, {"a": 1}]}', '{"age": [[1]]}', '{"age": {"x": 1}}'])
def test_answers_of_a_wrong_shape(terminal: Terminal, form: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    outcome = terminal.type("fill", form, "--answers", path, "--out", tmp_path / "i.xml")
    assert outcome.code == 1
    assert outcome.err
    assert not (tmp_path / "i.xml").exists()


def test_the_language_of_the_messages(terminal: Terminal, tmp_path: Path) -> None:
    arguments = (
        "fill",
        "diagnostic_territorial",
        "--answers",
        write_answers(tmp_path, {}),
        "--out",
        tmp_path / "i.xml",
    )
    french, german = terminal.type(*arguments), terminal.type(*arguments, "--language", "de")
    assert (french.code, german.code) == (1, 1)
    assert french.err != german.err
    unknown = terminal.type(*arguments, "--language", "xx")
    assert unknown.code == 2
    assert "Deutsch (de)" in unknown.err


def test_an_output_that_cannot_be_written(terminal: Terminal, form: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    answers = write_answers(tmp_path, {"ville": "A"})
    outcome = terminal.type("fill", form, "--answers", answers, "--out", tmp_path / "file" / "i.xml")
    assert outcome.code == 1
    assert "cannot be written" in outcome.err
