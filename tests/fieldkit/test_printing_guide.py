# SPDX-License-Identifier: EUPL-1.2
"""Guides and booklets on paper: every word of the Markdown is there, worksheets stand on pages of their own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date

import pytest

from fieldkit.guides import Guide, load_guides
from fieldkit.printing import booklet_pdf, guide_pdf
from fieldkit.typography import french
from tests.fieldkit.printed_pages import PRINTED_AT, read_bookmarks, read_metadata, read_pages, words_of

MARKDOWN = """Ce guide prépare votre sortie : l'œuvre coûte 12 000 € « au plus ».

> **À retenir** Rien ne dépend du réseau ; tout reste ici.

## 1. Avant de partir ?

1. **Ouvrez** le programme.
2. Recevez les *questionnaires*.

- Un point & un signe < plus petit
- [un lien](https://exemple.be)

### Détail

| Quand | Quoi |
|---|---|
| Chaque jour | Copie |

---

## Fiche : mémo

- [ ] Batterie pleine
- [x] Chargeur

| Nom | Téléphone |
|---|---|
| | |
| Rendu le | ____ / ____ / ________ |
"""


def guide(guide_id: str = "G01", title: str = "Bien démarrer", body: str = MARKDOWN) -> Guide:
    day = date(2026, 11, 22)
    return Guide(guide_id, title, "agents GAL", "20 min", (), ("mémo A4",), (), day, body, "fr")


def test_the_text_comes_back_with_its_letters_and_spaces() -> None:
    first, _ = read_pages(guide_pdf(guide(), printed_at=PRINTED_AT))
    assert "l’œuvre coûte 12\u202f000 € « au plus »." in first
    assert "1. Avant de partir\u202f?" in first
    assert "Un point & un signe < plus petit" in first
    assert "dépend du réseau\u202f; tout" in first


def test_a_rule_starts_the_page_of_a_worksheet() -> None:
    first, second = read_pages(guide_pdf(guide(), printed_at=PRINTED_AT))
    assert "Fiche : mémo" in second
    assert "Batterie pleine" in second
    assert "Fiche" not in first
    assert "page 1 sur 2" in first
    assert "page 2 sur 2" in second
    assert "22 novembre 2026" in second


def test_metadata_and_bookmarks() -> None:
    pdf = guide_pdf(guide(), printed_at=PRINTED_AT)
    facts = read_metadata(pdf)
    assert (facts["Title"], facts["Author"]) == ("Bien démarrer", "Field Kit")
    assert facts["CreationDate"] == "D:20261122194500+00'00'"
    assert read_bookmarks(pdf) == [
        (0, "Bien démarrer", 0),
        (0, "1. Avant de partir\u202f?", 0),
        (1, "Détail", 0),
        (0, "Fiche\u00a0: mémo", 1),
    ]


def test_a_booklet_has_its_contents_with_page_numbers() -> None:
    pages = read_pages(booklet_pdf([guide(), guide("G02", "Qui fait quoi")], "Livret", printed_at=PRINTED_AT))
    assert len(pages) == 5
    assert "2 guides" in pages[0]
    lines = pages[0].splitlines()
    assert any(line.startswith("Bien démarrer") and line.rstrip().endswith("2") for line in lines)
    assert any(line.startswith("Qui fait quoi") and line.rstrip().endswith("4") for line in lines)
    assert "page 5 sur 5" in pages[4]


def test_the_same_guide_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib\n"
        "from tests.fieldkit import test_printing_guide as t\n"
        "t.booklet_pdf([t.guide()], 'Autre', printed_at=t.PRINTED_AT)\n"
        "print(hashlib.sha256(t.guide_pdf(t.guide(), printed_at=t.PRINTED_AT)).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(guide_pdf(guide(), printed_at=PRINTED_AT)).hexdigest()


@pytest.mark.parametrize(
    "text", ["", "# Titre seul", "|a|b|c|\n|-|-|-|\n|mot|" + "x" * 300 + "||", "<b>brut</b> &amp;"]
)
def test_odd_markdown_is_printed_all_the_same(text: str) -> None:
    assert read_pages(guide_pdf(guide(body=text), printed_at=PRINTED_AT))


@pytest.mark.parametrize("shipped", load_guides(), ids=lambda one: one.guide_id)
def test_every_shipped_guide_is_printed_whole(shipped: Guide) -> None:
    printed = words_of(guide_pdf(shipped, printed_at=PRINTED_AT))
    headings = [french(line.lstrip("# ")) for line in shipped.body.splitlines() if line.startswith("#")]
    assert headings
    for heading in headings:
        assert heading.replace("\u00a0", " ") in printed


def test_importing_the_printing_room_does_not_import_reportlab() -> None:
    script = "import sys, fieldkit.printing, fieldkit.charts; print('reportlab' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
