# SPDX-License-Identifier: EUPL-1.2
"""What the region writes into a dossier: the words of its status, and remarks that name their question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldkit.standing import Standing, question_refs, read_comment, standing_of
from forms import FormSession, load_form
from tests.forms.entity_sheets import PLANTATION, SEVERAL, sheet

REFS = ("/data/identite/code_postal", "/data/b/surface", "/data/c/surface", "/data/row[1]/nom", "/data/row[2]/nom")


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("à corriger", Standing.TO_CORRECT),
        (" À_CORRIGER ", Standing.TO_CORRECT),
        ("a-corriger", Standing.TO_CORRECT),
        ("hasIssues", Standing.TO_CORRECT),
        ("Accepté", Standing.ACCEPTED),
        ("approved", Standing.ACCEPTED),
        ("rejected", Standing.REFUSED),
        ("edited", Standing.REVIEWING),
        ("en relecture", Standing.REVIEWING),
        ("Reçu", Standing.RECEIVED),
        ("", Standing.RECEIVED),
        ("chez le ministre", Standing.UNKNOWN),
    ],
)
def test_the_words_of_a_status(status: str, standing: Standing) -> None:
    assert standing_of(status) is standing


def test_lines_that_name_a_question_are_pinned_to_it_and_no_word_is_lost() -> None:
    text = (
        "Bonjour,\ncode_postal : 1371 n’existe pas.\n${code_postal}: voir Jodoigne.\nb/surface: négative ?\n"
        "surface : laquelle, on ne sait.\nrow[2]/nom\u202f: trop court\nVoir https://exemple.be : merci"
    )
    read = read_comment(text, REFS)
    assert read.pinned == {
        "/data/identite/code_postal": "1371 n’existe pas.\nvoir Jodoigne.",
        "/data/b/surface": "négative ?",
        "/data/row[2]/nom": "trop court",
    }
    assert read.general == "Bonjour,\nsurface : laquelle, on ne sait.\nVoir https://exemple.be : merci"
    assert read.whole == text


@pytest.mark.parametrize("text", ["", " : ", "code_postal:", "code_postal", ":::", "nom : x", "/ : x", "${} : x"])
def test_what_names_no_single_question_stays_general(text: str) -> None:
    assert read_comment(text, REFS).pinned == {}


def test_case_counts_only_where_it_tells_two_apart() -> None:
    refs = ("/data/GOUV01", "/data/a/Nom", "/data/b/nom", "/data/c/NOM")
    read = read_comment("gouv01: x\nNom: y\nNOm: z", refs)
    assert (read.pinned, read.general) == ({"/data/GOUV01": "x", "/data/a/Nom": "y"}, "NOm: z")


def test_every_question_can_be_named_those_of_groups_and_entries_too() -> None:
    several = FormSession(load_form(sheet(SEVERAL, "several")))
    assert list(question_refs(several)) == ["/f/species", "/f/owner/who"]
    plantation = FormSession(load_form(sheet(PLANTATION, "plantation")))
    plantation.add_repeat("/f/row")
    names = list(question_refs(plantation))
    assert "/f/row[2]/plant/species" in names
    assert read_comment("row[2]/plant/species: x", names).pinned == {"/f/row[2]/plant/species": "x"}


def test_the_words_that_regions_are_told_are_those_that_are_understood() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "region.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:empty, )?`.*`) \| «", page, re.MULTILINE)
    told = [standing_of(word) for row in rows for word in re.findall(r"`([^`]+)`", row)]
    assert len(rows) == 5
    assert {standing for standing in Standing if standing not in told} == {Standing.UNKNOWN}
    assert Standing.UNKNOWN not in told
