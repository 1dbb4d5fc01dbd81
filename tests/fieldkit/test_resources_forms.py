# SPDX-License-Identifier: EUPL-1.2
"""The shipped forms: compiled from their source, complete in three languages, and faithful to the framework."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from pathlib import Path
from types import ModuleType
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

import resources
from fieldkit import standing
from fieldkit.budget import categories
from fieldkit.call import Status, call, calls
from fieldkit.framework import LEVEL_LABELS, Level, axes, questions

ROOT = Path(__file__).resolve().parents[2]
FORMS = ("diagnostic_territorial", "mon_smart_village")
MINE = "mes_dossiers"
LANGUAGES = ("Français (fr)", "Deutsch (de)", "English (en)")
X = "{http://www.w3.org/2002/xforms}"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compile_forms", ROOT / "tools" / "compile_forms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def form_tree(name: str) -> Element:
    return fromstring(resources.read_bytes("region" if name == MINE else "forms", f"{name}.xml"))


def texts(name: str) -> dict[str, dict[str, str]]:
    """Return language -> text id -> text (outputs shown as {})."""
    found: dict[str, dict[str, str]] = {}
    for translation in form_tree(name).iter(f"{X}translation"):
        entries = found.setdefault(translation.get("lang", ""), {})
        for text in translation.iter(f"{X}text"):
            value = text.find(f"{X}value")
            assert value is not None
            entries[text.get("id", "")] = "{}".join(value.itertext())
    return found


def calculates(name: str) -> dict[str, str]:
    return {b.get("nodeset", ""): b.get("calculate", "") for b in form_tree(name).iter(f"{X}bind")}


def test_shipped_files_are_what_their_sources_compile_to() -> None:
    tool = load_tool()
    compiled = tool.products()  # raises on any warning of pyxform
    assert {path.name for path in compiled} >= {
        "diagnostic_territorial.xml", "mon_smart_village.xml", "mes_dossiers.xml", "appels.csv"
    }  # fmt: skip
    assert [path.name for path, content in compiled.items() if path.read_bytes() != content] == []


@pytest.mark.parametrize("name", [*FORMS, MINE])
def test_every_text_exists_in_three_languages(name: str) -> None:
    by_language = texts(name)
    assert tuple(by_language) == LANGUAGES
    ids = [set(by_language[language]) for language in LANGUAGES]
    assert ids[0] == ids[1] == ids[2]
    for language in LANGUAGES:
        empty = [key for key, text in by_language[language].items() if text.strip() in ("", "-")]
        assert not empty, f"{language}: {empty[:5]}"


@pytest.mark.parametrize("name", FORMS)
def test_every_body_text_is_translated(name: str) -> None:
    body = form_tree(name).find("{http://www.w3.org/1999/xhtml}body")
    assert body is not None
    labels = [e for tag in ("label", "hint") for e in body.iter(X + tag)]
    assert len(labels) > 60
    fixed = [e for e in labels if "itext" not in e.get("ref", "") and e.get("ref") not in ("nom_fr", "label")]
    assert fixed == []


@pytest.mark.parametrize("name", [*FORMS, MINE])
def test_french_texts_keep_french_typography(name: str) -> None:
    for key, text in texts(name)["Français (fr)"].items():
        assert not re.search(r"[ \u00a0][;!?]|[ \u202f]:|«[ \u202f]|[ \u202f]»|\w'\w", text), f"{key}: {text}"
        assert not re.search(r"Désolé|Oups|Veuillez", text), text


@pytest.mark.parametrize("name", [*FORMS, MINE])
def test_german_and_english_are_not_left_in_french(name: str) -> None:
    by_language = texts(name)
    french = by_language["Français (fr)"]
    same = [
        k
        for k, t in french.items()
        if len(t.split()) > 4 and t in (by_language[LANGUAGES[1]][k], by_language[LANGUAGES[2]][k])
    ]
    assert same == []


def test_what_is_sent_makes_a_dossier_and_mes_dossiers_reads_what_the_program_reads() -> None:
    entities = "{http://www.opendatakit.org/xforms/entities}"
    assert standing.FORM == MINE
    for name in FORMS:
        tree = form_tree(name)
        (entity,) = tree.iter(f"{X}entity")
        assert (entity.get("dataset"), entity.get("create")) == (standing.LIST, "1")
        saved = [bind.get(f"{entities}saveto") for bind in tree.iter(f"{X}bind") if bind.get(f"{entities}saveto")]
        assert saved == [standing.INSTANCE, standing.STATUS, standing.COMMENT]
    read = " ".join(calculates(MINE).values())
    assert f"instance('{standing.LIST}')" in read
    assert f"/{standing.STATUS}" in read
    assert f"/{standing.COMMENT}" in read


def test_form_weights_equal_the_framework() -> None:
    formulas = calculates("diagnostic_territorial")
    for axis in axes():
        weights = formulas[axis.ref("poids")]
        express, _, rest = weights.partition("'complet'")
        for question in (q for q in questions() if q.axis == axis.code):
            part = express if question.express else rest
            assert f"if( {question.ref}  >= 0, {question.weight}, 0)" in part, question.qid
        total = sum(q.weight for q in questions() if q.axis == axis.code)
        short = sum(q.weight for q in questions() if q.axis == axis.code and q.express)
        assert f"'complet', {total}, {short}" in formulas[axis.ref("fiabilite")]
        assert f"= '', 0, {axis.weight} *" in formulas["/data/synthese/territoire_score"]


def test_framework_has_the_size_it_announces() -> None:
    assert len(axes()) == 10
    assert sum(axis.weight for axis in axes()) == 100
    assert len(questions()) == 90
    assert sum(q.express for q in questions()) == 31
    assert {q.guide for q in questions()} <= {f"G{n:02}" for n in range(1, 25)}
    assert set(LEVEL_LABELS) == set(Level)


def test_framework_labels_equal_the_form() -> None:
    by_language = texts("diagnostic_territorial")
    for axis in axes():
        for code, language in zip(("fr", "de", "en"), LANGUAGES, strict=True):
            assert axis.labels[code] == by_language[language][f"{axis.group_ref}:label"]


def test_communes_of_the_forms_are_the_communes_of_the_territory() -> None:
    def rows(*parts: str) -> dict[str, dict[str, str]]:
        return {row["nis"]: row for row in csv.DictReader(io.StringIO(resources.read_text(*parts)))}

    shipped = rows("forms", "media", "communes.csv")
    territory = rows("territory", "communes.csv")
    assert len(shipped) == 261
    assert {k: (r["nom_fr"], r["population_2026"]) for k, r in shipped.items()} == {
        k: (r["nom_fr"], r["population_2026"]) for k, r in territory.items()
    }


def test_cost_categories_equal_the_choices_of_the_form() -> None:
    by_language = texts("mon_smart_village")
    assert len(categories()) == 12
    for position, category in enumerate(categories()):
        assert category.labels["fr"] == by_language[LANGUAGES[0]][f"categorie-{position}"]
        assert category.labels["de"] == by_language[LANGUAGES[1]][f"categorie-{position}"]


def test_demonstration_call_says_that_it_assumes() -> None:
    demo = call("mon_smart_village_demo")
    assert demo is not None
    assert demo.demonstration
    assert not demo.closed
    assert {parameter.status for parameter in demo.parameters.values()} <= {Status.ASSUMED, Status.REMEMBERED}
    assert [c.call_id for c in calls() if not c.closed] == ["mon_smart_village_demo"]
    assert (
        "Formulaire de démonstration"
        in texts("mon_smart_village")[LANGUAGES[0]]["/data/a_identification/avertissement:label"]
    )


def test_every_closed_call_names_its_sources() -> None:
    closed = [c for c in calls() if c.closed]
    assert len(closed) == 4
    assert all(c.sources for c in closed)


def test_answer_files_name_questions_that_exist() -> None:
    for path in sorted(resources.path("forms", "answers").glob("*.json")):
        form = "mon_smart_village" if path.name.startswith("application") else "diagnostic_territorial"
        known = {re.sub(r"\[\d+\]", "", b.get("nodeset", "")) for b in form_tree(form).iter(f"{X}bind")}
        answered = list(refs(json.loads(path.read_text("utf-8")), "/data"))
        assert len(answered) > 40
        assert [ref for ref in answered if ref not in known] == [], path.name


def refs(answers: object, ref: str) -> list[str]:
    if isinstance(answers, dict):
        return [found for name, value in answers.items() for found in refs(value, f"{ref}/{name}")]
    if isinstance(answers, list):
        return [found for value in answers for found in refs(value, ref)]
    assert isinstance(answers, str)
    return [ref]
