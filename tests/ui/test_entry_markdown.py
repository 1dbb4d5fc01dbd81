# SPDX-License-Identifier: EUPL-1.2
"""The Markdown subset of labels: what it draws, and what it lets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from ui.entry.frame import set_words
from ui.entry.markdown import is_plain, to_plain_text, to_rich_text
from ui.widgets import Label


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("**fort** et *doux*", "<b>fort</b> et <i>doux</i>"),
        ("__fort__ et _doux_", "<b>fort</b> et <i>doux</i>"),
        ("[le site](https://example.org/a?b=1)", '<a href="https://example.org/a?b=1">le site</a>'),
        ("# Titre", "<p><b>Titre</b></p>"),
        ("- un\n- deux", "<ul><li>un</li><li>deux</li></ul>"),
        ("1. un\n2. deux\nfin", "<ol><li>un</li><li>deux</li></ol>fin"),
        ("a\nb", "a<br>b"),
        ('<span style="color:red">rouge</span>', '<span style="color:red">rouge</span>'),
        (r"5 \* 3", "5 * 3"),
        ("nom_de_fichier", "nom_de_fichier"),
    ],
)
def test_the_subset_is_drawn(source: str, drawn: str) -> None:
    assert to_rich_text(source) == drawn


@pytest.mark.parametrize(
    "source",
    ['<img src="file:///etc/passwd">', "<script>x</script>", "[x](javascript:alert)", "[x](file:///etc)", "<b>a</b>"],
)
def test_html_and_odd_links_stay_text(source: str) -> None:
    assert not re.search(r"<(img|script|a|b)\b", to_rich_text(source))


@given(st.text())
def test_only_known_tags_come_out(text: str) -> None:
    tags = set(re.findall(r"<\s*/?\s*([a-z]+)", to_rich_text(text)))
    assert tags <= {"b", "i", "a", "span", "p", "ul", "ol", "li", "br"}


def test_plain_words_for_names_and_links() -> None:
    assert to_plain_text("# Le **budget** [ici](https://a.be)\n total") == "Le budget ici total"
    assert to_plain_text("40 à 69\u00a0%,\n  quelle\tpart\u202f? ") == "40 à 69\u00a0%, quelle part\u202f?"
    assert is_plain("Quelle part des foyers ?")
    assert not is_plain("**gras**")


@pytest.mark.parametrize("text", ["Est-il assuré\u202f?", "**Est-il** assuré\u202f?"])
def test_no_line_of_a_question_begins_with_a_lone_mark(text: str, qtbot: QtBot) -> None:
    label = Label(wrap=True)
    qtbot.addWidget(label)
    set_words(label, text, '&nbsp;<span style="color:red">*</span>')
    document = QTextDocument()
    document.setHtml(label.text())
    assert document.toRawText() == "Est-il assuré\u00a0?\u00a0*"
