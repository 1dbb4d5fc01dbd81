# SPDX-License-Identifier: EUPL-1.2
"""The toolkit: search, filters, favourites, reading, and a booklet that is composed, kept and printed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldkit.guides import load_guides
from ui.kit import Kit
from ui.paper import PaperWindow, file_name, render_pages
from ui.screens.guide_reader import GuideReader
from ui.screens.toolkit import FAVOURITES, ToolkitScreen, _GuideCard
from ui.widgets import ToolButton


def shown(kit: Kit, qtbot: QtBot) -> ToolkitScreen:
    screen = ToolkitScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1154, 700)
    screen.refresh()
    screen.show()
    return screen


def titles(screen: ToolkitScreen) -> list[str]:
    grid = screen._shelf.grid
    widgets = [grid.itemAt(place).widget() for place in range(grid.count())]
    return [card.text() for card in widgets if isinstance(card, _GuideCard)]


def test_all_guides_are_there_without_network(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    assert titles(screen) == [guide.title for guide in load_guides()]


def test_a_search_ranks_what_it_finds_and_says_so_when_nothing_is(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    screen.search.setText("partenariat")
    qtbot.waitUntil(lambda: titles(screen)[:1] == [load_guides()[2].title])
    screen.search.setText("xylophone")
    qtbot.waitUntil(screen._nothing.isVisible)


def test_favourites_are_kept_with_the_workspace(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    stars = [one for one in screen.findChildren(ToolButton) if "favoris" in one.accessibleName()]
    stars[2].click()
    screen._chips[FAVOURITES].setChecked(True)
    assert titles(screen) == [load_guides()[2].title]
    assert titles(shown(kit, qtbot)) == [guide.title for guide in load_guides()]
    again = shown(kit, qtbot)
    again._chips[FAVOURITES].setChecked(True)
    assert titles(again) == [load_guides()[2].title]


def test_a_booklet_is_ordered_by_keys_and_kept(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    guides = load_guides()
    screen.booklet.add(guides[:3])
    screen.booklet.lines.setCurrentRow(2)
    qtbot.keyClick(screen.booklet.lines, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert screen.booklet.ids() == [guides[0].guide_id, guides[2].guide_id, guides[1].guide_id]
    assert shown(kit, qtbot).booklet.ids() == screen.booklet.ids()


def test_what_is_taken_out_of_the_booklet_can_be_put_back(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    screen.booklet.add(load_guides()[:2])
    before = screen.booklet.ids()
    with qtbot.waitSignal(kit.toast_asked) as asked:
        screen.booklet.remove(before[0])
    assert screen.booklet.ids() == before[1:]
    asked.args[1][1]()
    assert screen.booklet.ids() == before


def test_the_booklet_counts_its_real_pages(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    screen.booklet.add(load_guides()[:2])
    qtbot.waitUntil(lambda: "feuilles" in screen.booklet.sheets.text())
    screen.booklet.show_pages()
    paper = screen.findChildren(PaperWindow)[0]
    assert screen.booklet.sheets.text().startswith(f"{len(paper._pages)} pages")
    paper.close()


def test_a_guide_opens_marked_where_the_search_found_it(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    screen.search.setText("silence")
    screen.open_guide("G04")
    reader = screen.findChildren(GuideReader)[0]
    assert reader.text.extraSelections()
    assert reader.text.extraSelections()[0].cursor.selectedText() == "silence"
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(reader.text, Qt.Key.Key_Escape)
    assert screen._stack.currentWidget() is screen._front


def test_a_guide_is_saved_as_a_pdf_that_can_be_read_again(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    screen = shown(kit, qtbot)
    screen.show_target("G02")
    screen.findChildren(GuideReader)[0].print_guide()
    paper = screen.findChildren(PaperWindow)[0]
    target = tmp_path / file_name(paper.windowTitle())
    paper.save_to(target)
    assert len(render_pages(target.read_bytes(), 20)) >= 2


def test_a_pdf_that_cannot_be_written_becomes_a_sentence(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    screen = shown(kit, qtbot)
    screen.show_target("G02")
    screen.findChildren(GuideReader)[0].print_guide()
    paper = screen.findChildren(PaperWindow)[0]
    with qtbot.waitSignal(kit.trouble_met) as met:
        paper.save_to(tmp_path / "missing" / "x.pdf")
    assert isinstance(met.args[0], OSError)
    assert paper.isVisible()
    paper.close()


def test_file_names_suit_every_system() -> None:
    assert file_name("Qui fait quoi : la carte ?") == "Qui fait quoi la carte.pdf"


def test_an_empty_booklet_keeps_its_words_at_the_top(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    panel = screen.booklet
    assert panel._empty.isVisible()
    assert panel._empty.geometry().bottom() < panel.height() / 2
    assert panel.name.geometry().top() < 100
