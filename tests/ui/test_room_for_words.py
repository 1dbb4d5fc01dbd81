# SPDX-License-Identifier: EUPL-1.2
"""Words have their room: heads of pages, tiles that wrap, the panel in large type, paper in a wide window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import guides, printing
from ui import hand, theme
from ui.kit import Kit
from ui.paper import PaperWindow
from ui.screens.page import Page
from ui.screens.records import RecordsScreen
from ui.widgets import Button, CheckTile, Label, column
from ui.widgets.fold import Fold
from ui.widgets.layout import Flowing, scrolled


@pytest.fixture
def large_type(kit: Kit) -> Iterator[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_scale(app, 130)
    yield
    theme.set_text_scale(app, 100)


def test_a_subtitle_goes_below_the_actions_where_they_leave_it_no_room(kit: Kit, qtbot: QtBot) -> None:
    page = Page("Collecte", Button("Questionnaires"), Button("Nouvelle collecte"))
    qtbot.addWidget(page)
    page.subtitle.setText("1 réponse · 5 questionnaires disponibles hors ligne")
    page.resize(1000, 300)
    page.show()
    hand.settle()
    beside = page.subtitle.y()
    page.resize(520, 300)
    hand.settle()
    assert page.subtitle.y() > beside
    assert page.subtitle.shown_text() == page.subtitle.text()
    page.subtitle.setText("1 réponse")
    hand.settle()
    assert page.subtitle.y() == beside


def test_a_tile_that_wraps_is_as_high_as_its_words(kit: Kit, qtbot: QtBot) -> None:
    tile = CheckTile("Seulement sur une ligne sans forfait, et jamais le dimanche")
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.setLayout(column(tile, None))
    holder.resize(240, 400)
    holder.show()
    hand.settle()
    assert tile.height() == tile.heightForWidth(tile.width()) > theme.px(42)


def test_the_foot_of_the_panel_is_whole_in_large_type(
    kit: Kit, large_type: None, qtbot: QtBot, diagnosed: Callable[[str], str]
) -> None:
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1150, 620)
    screen.refresh()
    screen.show_target(diagnosed("incourt"))
    screen.show()
    hand.settle()
    for name in ("Imprimer", "Supprimer"):
        button = hand.button(screen.panel, name)
        assert button.width() >= button.sizeHint().width()
        assert screen.panel.rect().contains(button.mapTo(screen.panel, button.rect().bottomRight()))


def test_pages_of_paper_stand_in_the_middle(kit: Kit, qtbot: QtBot) -> None:
    window = PaperWindow(kit, printing.booklet_pdf([guides.guide("G01")], "Essai"), "Essai")
    qtbot.addWidget(window)
    window.show()
    window.resize(1500, 700)
    hand.settle()
    page = next(one for one in window.findChildren(QWidget) if one.accessibleName() == "Page 1")
    left = page.mapTo(window, page.rect().topLeft()).x()
    right = window.width() - page.mapTo(window, page.rect().topRight()).x()
    assert abs(left - right) < 30  # a scroll bar


def test_a_page_of_many_words_ends_where_they_end(kit: Kit, qtbot: QtBot) -> None:
    content = Flowing()
    last = Label("Fin.")
    content.setLayout(column(*(Label("Bien des mots " * 6, wrap=True) for _ in range(40)), last))
    area = scrolled(content)
    qtbot.addWidget(area)
    area.resize(1400, 300)
    area.show()
    hand.settle()
    assert content.height() - last.geometry().bottom() < 40


def test_a_fold_tells_its_state_and_is_worked_by_key(kit: Kit, qtbot: QtBot) -> None:
    fold = Fold("Détail", "Les mots d’un autre")
    qtbot.addWidget(fold)
    fold.show()
    assert not fold.is_open
    assert isinstance(fold.button, QAbstractButton)
    hand.click(fold.button)
    assert fold.is_open
    assert fold.button.accessibleDescription() == "déplié"
    fold.set_message("", "")
    assert fold.isHidden()
