# SPDX-License-Identifier: EUPL-1.2
"""Guides as rich text: headings to jump to, boxes, French spaces that hold."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from fieldkit.guides import load_guides
from ui import guide_text


def test_headings_are_found_in_order_and_can_be_reached(qtbot: QtBot) -> None:
    rich, headings = guide_text.to_html("## Un\n\ntexte\n\n### Un et demi\n\n## Deux\n")
    assert [(one.text, one.level) for one in headings] == [("Un", 2), ("Un et demi", 3), ("Deux", 2)]
    for one in headings:
        assert f'name="{one.anchor}"' in rich


def test_a_box_to_tick_is_drawn_and_raw_html_stays_text(qtbot: QtBot) -> None:
    rich, _ = guide_text.to_html("- [ ] à faire\n- [x] fait\n\n<script>x</script>\n")
    assert "□" in rich
    assert "☑" in rich
    assert "<script>" not in rich


def test_no_line_of_a_guide_can_begin_with_a_lone_mark(qtbot: QtBot) -> None:
    """Qt folds U+202F into a space when it reads rich text; the reader must not let it."""
    for guide in load_guides():
        document = QTextDocument()
        document.setHtml(guide_text.to_html(guide.body)[0])
        assert not [mark for mark in (" ;", " ?", " !", " :") if mark in document.toRawText()], guide.guide_id
