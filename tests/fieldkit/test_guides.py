# SPDX-License-Identifier: EUPL-1.2
"""The guides: all of them readable, found by what people type."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fieldkit import guides
from fieldkit.errors import GuideError
from fieldkit.store.text_index import TextIndex, match_query

HEAD = "---\nid: G99\ntitle: Le bœuf local\nupdated: 2026-11-22\n"


def write(folder: Path, text: str, language: str = "fr") -> Path:
    path = folder / language / "G99.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_guides_are_whole() -> None:
    every = guides.load_guides()
    assert [one.guide_id for one in every][:6] == ["G01", "G02", "G03", "G04", "G05", "G06"]
    for one in every:
        assert one.title
        assert one.audience
        assert one.duration
        assert one.keywords
        assert one.language == "fr"
        assert len(one.body) > 2000
        assert len(guides.sections(one)) > 2
    assert guides.guide("G03").axes == ("GOUV", "TRAV")
    assert guides.guide("G01").axes == ()
    with pytest.raises(GuideError):
        guides.guide("G00")


def test_a_language_without_translation_falls_back_to_french() -> None:
    assert [one.guide_id for one in guides.load_guides("de")] == [one.guide_id for one in guides.load_guides()]


def test_a_guide_is_read(tmp_path: Path) -> None:
    text = HEAD + "axes: ECON\nprintables: a ; b\nkeywords: x, y\naudience: élus : tous\n---\n\nDébut.\n\n# Un\nTexte\n"
    one = guides.read_guide(write(tmp_path, text.replace("\n", "\r\n"), "de"))
    assert (one.guide_id, one.title, one.language, one.updated) == ("G99", "Le bœuf local", "de", date(2026, 11, 22))
    assert (one.axes, one.printables, one.keywords) == (("ECON",), ("a", "b"), ("x", "y"))
    assert one.audience == "élus : tous"
    assert one.body == "Début.\n\n# Un\nTexte\n"
    assert [(part.heading, part.text) for part in guides.sections(one)] == [("", "Début."), ("Un", "Texte")]


@pytest.mark.parametrize(
    "text",
    ["", "# no head", HEAD, "---\nid: G99\n---\nx", "---\nid\n---\nx", HEAD.replace("2026", "20x6") + "---\nx"],
)
def test_a_guide_with_a_fault_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(GuideError) as error:
        guides.read_guide(write(tmp_path, text))
    assert error.value.name == "G99.md"
    assert error.value.cause


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "x")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(GuideError):
        guides.read_guide(path)
    with pytest.raises(GuideError):
        guides.read_guide(tmp_path / "none.md")


def test_marks_are_no_words_of_a_section(tmp_path: Path) -> None:
    body = "# **Un** titre\n> **À retenir** ceci\n\n- [ ] faire `ça`\n1. voir [le site](https://x.example)\n\n"
    body += "| a | b |\n|---|---|\n| c | □ |\n"
    one = guides.read_guide(write(tmp_path, HEAD + "---\n" + body))
    assert [(part.heading, part.text) for part in guides.sections(one)] == [
        ("Un titre", "À retenir ceci faire ça voir le site a b c")
    ]


def test_a_search_ranks_marks_and_says_where() -> None:
    hits = guides.shipped().search("BESOINS")
    assert hits[0].guide.guide_id == "G04"
    assert hits[0].section
    found = [text for text, is_found in hits[0].passage if is_found]
    assert found
    assert all(text.lower().startswith("besoin") for text in found)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert guides.shipped().search("clé usb")[0].guide.guide_id == "G01"
    assert guides.shipped().search("cle  USB")[0].guide.guide_id == "G01"
    assert guides.shipped().search("partenariat")[0].guide.guide_id == "G03"


@pytest.mark.parametrize("text", ["", "  ", '"*(', "zzzz", "NEAR(", "'", "AND", "-", "{x}:y"])
def test_a_search_of_nothing_or_of_signs_does_not_fail(text: str) -> None:
    assert isinstance(guides.shipped().search(text), tuple)


def test_the_index_opens_ligatures_and_ignores_accents() -> None:
    index = TextIndex((5, 1), [("a", "Mise en œuvre", "du cœur"), ("b", "Été", "l’usage des forêts")])
    for text, key in (
        ("oeuvre", "a"),
        ("œuvre", "a"),
        ("coeurs", "a"),
        ("ete", "b"),
        ("foret", "b"),
        ("l'usages", "b"),
    ):
        assert [hit.key for hit in index.search(text)] == [key], text
    assert index.search("oeuvre foret") == []
    assert {hit.key for hit in index.search("oeuvre foret", any_word=True)} == {"a", "b"}
    index.close()


def test_little_words_count_only_alone() -> None:
    assert match_query("le bœuf") == '("boeuf"* OR "bœuf"*)'
    assert match_query("le") == '"le"*'
    assert match_query("") == ""
