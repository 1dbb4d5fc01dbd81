# SPDX-License-Identifier: EUPL-1.2
"""Words have their room: heads of pages, tiles that wrap, the panel in large type, paper in a wide window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import guides, printing
from fieldkit.account import Account
from tests.ui.account_places import form_xml
from ui import hand, theme
from ui.kit import Kit
from ui.paper import PaperWindow
from ui.screens.new_record import NewRecordDialog
from ui.screens.page import Page
from ui.screens.records import RecordsScreen
from ui.screens.toolkit import ToolkitScreen
from ui.widgets import Button, CheckTile, Dialog, FilterChip, Label, Select, ToastHost, column
from ui.widgets.flow import Flow
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


def test_chips_go_on_below_where_a_row_is_too_short(kit: Kit, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    chips = [FilterChip(word, 12, "info") for word in ("Gouvernance", "Services", "Mobilité", "Travail")]
    holder.setLayout(column(Flow(*chips), None))
    holder.resize(900, 200)
    holder.show()
    hand.settle()
    assert len({chip.y() for chip in chips}) == 1
    holder.resize(260, 200)
    hand.settle()
    assert len({chip.y() for chip in chips}) > 1
    for chip in chips:
        assert chip.size() == chip.sizeHint()
        assert holder.rect().contains(chip.geometry())
        assert not any(chip.geometry().intersects(other.geometry()) for other in chips if other is not chip)
    for chip in chips[1:]:
        chip.hide()
    hand.settle()
    assert holder.minimumSizeHint().height() == chips[0].height()


@pytest.mark.parametrize("percent", [100, 130])
def test_nothing_of_the_toolkit_is_cut_in_the_smallest_window(
    kit: Kit, large_type: None, qtbot: QtBot, percent: int
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_scale(app, percent)
    screen = ToolkitScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(800, 560)
    screen.refresh()
    screen.show()
    hand.settle()
    words = [one for one in screen.page.findChildren(QAbstractButton) if one.isVisible() and one.sizeHint().width() > 0]
    narrow = [
        one.text() for one in words if isinstance(one, Button | FilterChip) and one.width() < one.sizeHint().width()
    ]
    assert narrow == []


def test_a_dialog_of_few_words_has_room_for_a_name(kit: Kit, large_type: None, qtbot: QtBot) -> None:
    dialog = Dialog("Renommer le compte", "Ce nom n’est que pour vous : la région ne le voit pas.", icon="pencil")
    qtbot.addWidget(dialog)
    dialog.add_button("Renommer", "rename", "primary")
    dialog.show()
    hand.settle()
    assert dialog.width() >= 460
    for words in (dialog.title, dialog.text):
        assert words.height() >= words.heightForWidth(words.width())


def test_a_toast_longer_than_the_window_goes_on_below(kit: Kit, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(520, 400)
    window.show()
    host = ToastHost(window)
    undo = ("Annuler", lambda: None)
    host.show_toast("Ancienne invitation retirée", undo)
    low = host._toast.height()
    host.show_toast("Confiance retirée : ces guides et appels ne sont plus utilisés, ni imprimés", undo)
    hand.settle()
    toast = host._toast
    assert window.rect().contains(toast.geometry())
    assert toast.text.height() >= toast.text.heightForWidth(toast.text.width())
    assert toast.text.height() > toast.text.fontMetrics().height()
    assert toast.button.width() >= toast.button.sizeHint().width()
    host.show_toast("Ancienne invitation retirée", undo)
    assert toast.height() == low


def test_a_list_of_one_questionnaire_does_not_scroll(kit: Kit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "install_forms", lambda: None)
    name = "GAL Culturalité en Hesbaye brabançonne et communes voisines"
    kit.store.accounts.put(Account("gal", "https://region.example", 1, name))
    kit.store.accounts.put(Account("autre", "https://autre.example", 1, "Province"))
    for origin in ("gal", "autre"):
        kit.store.blank_forms.put("visite", "1", "Visite", form_xml(), {}, origin)
        kit.store.blank_forms.offer(origin, "visite", "1")
    dialog = NewRecordDialog(kit)
    qtbot.addWidget(dialog)
    dialog.show()
    hand.settle()
    (area,) = dialog.findChildren(QScrollArea)
    assert not area.verticalScrollBar().isVisible()


def test_a_choice_too_long_for_its_list_ends_in_points(kit: Kit, qtbot: QtBot) -> None:
    picked = Select(name="Compte")
    qtbot.addWidget(picked)
    name = "GAL Culturalité en Hesbaye brabançonne"
    picked.addItem(name)
    option = QStyleOptionComboBox()
    picked.resize(500, 40)
    picked.initStyleOption(option)
    assert option.currentText == name
    picked.resize(200, 40)
    picked.initStyleOption(option)
    assert option.currentText.startswith("GAL Cult")
    assert option.currentText.endswith("…")
