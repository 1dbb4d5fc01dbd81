# SPDX-License-Identifier: EUPL-1.2
"""The questionnaire as a whole: moving, judging, keys, languages, the review and the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldkit.instance import State
from ui import theme
from ui.entry.bars import PAGE, STEPS
from ui.entry.done import DonePage
from ui.entry.outline import Standing
from ui.entry.page import EntryPage
from ui.entry.stack import ALIVE
from ui.kit import Kit

TEXTS, CHOICES, LISTS = "/data/textes", "/data/choix", "/data/listes"
NEEDED = {
    f"{TEXTS}/nom": "Glimes",
    f"{TEXTS}/foyers": "40",
    f"{CHOICES}/avis": "oui",
    f"{LISTS}/ligne[1]/libelle": "papier",
}
Open = Callable[..., EntryPage]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def toasts(kit: Kit) -> list[str]:
    said: list[str] = []
    kit.toast_asked.connect(lambda text, _action: said.append(text))
    return said


def standings(page: EntryPage) -> list[Standing]:
    return [row.state.standing for row in page.outline.rows()]


def press(page: EntryPage, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.focusWidget() or page, key, modifiers)


def test_the_outline_tells_how_each_section_stands(open_types: Open) -> None:
    page = open_types({f"{CHOICES}/avis": "oui"})
    assert standings(page) == [Standing.EMPTY, Standing.DONE, Standing.EMPTY]
    page.desk.answer(f"{TEXTS}/nom", "Glimes")
    assert standings(page)[0] is Standing.BEGUN
    page.desk.answer(f"{TEXTS}/foyers", "128")
    assert standings(page)[0] is Standing.WRONG
    first = page.outline.rows()[0]
    assert first.subtitle() == "En cours · 1 à corriger"
    assert first.accessibleDescription() == "section actuelle"
    assert first.accessibleName() == "Textes et nombres, 2 réponses sur 9, En cours · 1 à corriger"
    page.walk.next_section()
    assert first.subtitle() == "1 réponse à corriger"


def test_next_checks_the_section_and_goes_on_all_the_same(open_types: Open) -> None:
    page = open_types()
    page.foot.next.click()
    assert page.walk.section is not None
    assert page.walk.section.title == "Choix"
    assert page.foot.previous.text() == "Textes et nombres"
    assert page.foot.next.text() == "Listes"
    assert page.outline.rows()[0].subtitle() == "2 réponses à corriger"
    page.foot.previous.click()
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(f"{TEXTS}/nom")
    assert frame is not None
    assert frame.error == "Écrivez le nom du lieu."
    page.desk.answer(f"{TEXTS}/nom", "Glimes")
    assert frame.error == ""


def test_enter_goes_down_shift_enter_up_and_the_end_leads_to_the_button(open_types: Open) -> None:
    page = open_types()
    assert page.walk.here == f"{TEXTS}/nom"
    press(page, Qt.Key.Key_Return)
    assert page.walk.here == f"{TEXTS}/recit"
    press(page, Qt.Key.Key_Return, CONTROL)
    assert page.walk.here == f"{TEXTS}/foyers"
    press(page, Qt.Key.Key_Return, SHIFT)
    assert page.walk.here == f"{TEXTS}/recit"
    page.walk.go_to(f"{TEXTS}/trace")
    press(page, Qt.Key.Key_Return, CONTROL)
    assert page.focusWidget() is page.foot.next
    press(page, Qt.Key.Key_Return)
    assert page.walk.section is not None
    assert page.walk.section.title == "Choix"


def test_enter_keeps_what_was_typed(open_types: Open) -> None:
    page = open_types()
    QTest.keyClicks(page.focusWidget(), "Glimes")
    press(page, Qt.Key.Key_Return)
    assert page.desk.session.value(f"{TEXTS}/nom") == "Glimes"
    assert page.kit.store.instances.answer_log(page.instance_id)[-1].new == "Glimes"


def test_digits_choose_but_never_inside_a_text(open_types: Open) -> None:
    page = open_types()
    QTest.keyClicks(page.focusWidget(), "2")
    page.walk.settle()
    assert page.desk.session.value(f"{TEXTS}/nom") == "2"
    page.walk.go_to(f"{CHOICES}/avis")
    press(page, Qt.Key.Key_2)
    assert page.desk.session.value(f"{CHOICES}/avis") == "non"


def test_a_question_appears_and_goes_with_its_condition(open_types: Open) -> None:
    page = open_types()
    page.walk.go_to(f"{CHOICES}/avis")
    shown = page.walk.pages.page()
    assert shown is not None
    why = shown.frame_of(f"{CHOICES}/pourquoi")
    assert why is not None
    assert not why.isVisible()
    press(page, Qt.Key.Key_2)
    assert why.isVisible()
    press(page, Qt.Key.Key_1)
    assert not why.isVisible()


def test_only_three_sections_stay_alive(open_types: Open) -> None:
    page = open_types()
    for section in [*page.walk.sections, page.walk.sections[0]]:
        page.walk.show_section(section.key)
    assert len(page.walk.pages.alive()) <= ALIVE
    assert page.walk.pages.alive()[-1] == page.walk.sections[0].key


def test_a_long_section_is_built_in_slices(open_types: Open, qtbot: object) -> None:
    page = open_types()
    page.walk.show_section(CHOICES)
    shown = page.walk.pages.page()
    assert shown is not None
    assert not shown.complete
    assert len(shown.frames) == 8
    qtbot.waitUntil(lambda: shown.complete, timeout=2000)  # type: ignore[attr-defined]  # pytest-qt's QtBot
    order = [frame.item.number for frame in shown.frames if frame.item.number]
    assert order == sorted(order, key=lambda number: int(number.partition(".")[2]))


def test_f8_goes_round_the_errors(open_types: Open, toasts: list[str]) -> None:
    page = open_types({f"{TEXTS}/foyers": "128", f"{TEXTS}/debit": "vite"})
    press(page, Qt.Key.Key_F8)
    assert page.walk.here == f"{TEXTS}/foyers"
    press(page, Qt.Key.Key_F8)
    assert page.walk.here == f"{TEXTS}/debit"
    press(page, Qt.Key.Key_F8, SHIFT)
    assert page.walk.here == f"{TEXTS}/foyers"
    page.desk.answer_many([(f"{TEXTS}/foyers", "1"), (f"{TEXTS}/debit", "1")])
    page.go_to_error(1)
    assert toasts == ["Aucune réponse à corriger"]


def test_ctrl_s_says_that_it_is_saved_and_ctrl_z_takes_back(open_types: Open, toasts: list[str]) -> None:
    page = open_types()
    press(page, Qt.Key.Key_S, CONTROL)
    assert toasts == ["Déjà enregistré\u00a0: chaque réponse l’est aussitôt"]
    page.walk.go_to(f"{CHOICES}/avis")
    press(page, Qt.Key.Key_1)
    page.walk.show_section(TEXTS)
    page.walk.go_to(f"{CHOICES}/lieux")
    press(page, Qt.Key.Key_Z, CONTROL)
    assert page.desk.session.value(f"{CHOICES}/avis") == ""
    assert page.walk.here == f"{CHOICES}/avis"
    press(page, Qt.Key.Key_Y, CONTROL)
    assert page.desk.session.value(f"{CHOICES}/avis") == "oui"


def test_sections_by_key_and_the_comment(open_types: Open, toasts: list[str]) -> None:
    page = open_types()
    press(page, Qt.Key.Key_Down, CONTROL)
    assert page.walk.here.startswith(CHOICES)
    press(page, Qt.Key.Key_M, CONTROL)
    assert page.walk.here == f"{CHOICES}/commentaire"
    press(page, Qt.Key.Key_Up, CONTROL)
    assert page.walk.here.startswith(TEXTS)
    press(page, Qt.Key.Key_M, CONTROL)
    assert "Commentaire" in toasts[-1]


def test_another_language_in_place(open_types: Open) -> None:
    page = open_types()
    page.walk.go_to(f"{TEXTS}/foyers")
    press(page, Qt.Key.Key_L, CONTROL)
    shown = page.walk.pages.page()
    assert shown is not None
    assert page.walk.here == f"{TEXTS}/foyers"
    assert page.outline.rows()[0].state.title == "Texts and numbers"
    assert shown._title.text() == "Texts and numbers"
    assert page.top.language.text() == "English"
    share, story = shown.frame_of(f"{TEXTS}/foyers"), shown.frame_of(f"{TEXTS}/recit")
    assert share is not None
    assert story is not None
    assert "Share of homes" in share._title.text()
    assert story._foreign.isVisible() == (page.desk.node(f"{TEXTS}/recit").label.language != "English (en)")  # type: ignore[union-attr]  # it has one


def test_one_at_a_time_and_back_at_the_same_question(open_types: Open) -> None:
    page = open_types()
    page.walk.go_to(f"{TEXTS}/foyers")
    page.walk.set_mode(STEPS)
    assert not page.outline.isVisible()
    assert page.step_foot._place.text() == f"Question 3 sur {len(page.walk.steps)}"
    assert page.walk.step_page._overline.text() == "1.3 · Textes et nombres"
    QTest.keyClicks(page.focusWidget(), "50")
    press(page, Qt.Key.Key_Return)
    assert page.desk.session.value(f"{TEXTS}/foyers") == "50"
    assert page.walk.here == f"{TEXTS}/debit"
    page.step_foot.previous.click()
    assert page.walk.here == f"{TEXTS}/foyers"
    page.walk.set_mode(PAGE)
    assert page.walk.here == f"{TEXTS}/foyers"
    assert page.outline.isVisible()


def test_the_last_step_leads_to_the_review(open_types: Open) -> None:
    page = open_types()
    page.walk.set_mode(STEPS)
    page.walk._show_step(page.walk.steps[-1])
    assert page.step_foot.next.text() == "Vérifier"
    page.step_foot.next.click()
    assert page.middle.currentWidget() is page.review


def test_the_review_lists_what_is_to_be_corrected_and_leads_there(open_types: Open) -> None:
    page = open_types({f"{TEXTS}/foyers": "128"})
    page.outline.verify.click()
    assert page.middle.currentWidget() is page.review
    assert page.review.summary.isVisible()
    assert page.review_foot.main.text() == "Aller à la première erreur"
    press(page, Qt.Key.Key_Return)
    assert page.walk.here == f"{TEXTS}/nom"
    page.verify()
    page.review.edit_asked.emit(f"{TEXTS}/foyers")
    assert page.walk.here == f"{TEXTS}/foyers"
    page.verify()
    press(page, Qt.Key.Key_Escape)
    assert page.walk.in_view


def test_a_record_is_finished_once_nothing_is_wrong(open_types: Open, qtbot: object) -> None:
    page = open_types(NEEDED)
    finished: list[str] = []
    closed: list[bool] = []
    page.finished.connect(finished.append)
    page.closed.connect(lambda: closed.append(True))
    page.verify()
    assert not page.review.summary.isVisible()
    assert page.review_foot.main.text() == "Terminer"
    page.review_foot.main.click()
    assert finished == [page.instance_id]
    assert page.kit.store.instances.get(page.instance_id).state is State.FINALIZED
    assert b"Glimes" in page.kit.store.instances.frozen_xml(page.instance_id)
    done = page.middle.currentWidget()
    assert isinstance(done, DonePage)
    done.back.click()
    assert closed == [True]
    assert page.close()


def test_a_draft_is_deleted_and_brought_back(open_types: Open, kit: Kit) -> None:
    page = open_types()
    actions: list[object] = []
    kit.toast_asked.connect(lambda _text, action: actions.append(action))
    page.verbs.run("delete")
    assert [one.instance_id for one in kit.store.instances.bin()] == [page.instance_id]
    action = actions[-1]
    assert isinstance(action, tuple)
    action[1]()
    assert not kit.store.instances.bin()


def test_a_record_opens_where_it_was_left(open_types: Open, kit: Kit, qtbot: object) -> None:
    page = open_types()
    page.walk.go_to(f"{CHOICES}/lieux")
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_2)
    page.walk.go_to(f"{TEXTS}/nom")
    QTest.keyClicks(page.focusWidget(), "Glimes")
    page.close()
    again = EntryPage(kit, page.instance_id)
    qtbot.addWidget(again)  # type: ignore[attr-defined]  # pytest-qt's QtBot
    assert again.walk.here == f"{TEXTS}/nom"
    assert again.desk.session.value(f"{TEXTS}/nom") == "Glimes"
    assert again.desk.session.value(f"{CHOICES}/lieux") == "hameaux"


@pytest.mark.parametrize("scale", [100, 130])
def test_nothing_is_wider_than_the_page(open_types: Open, qapp: QApplication, scale: int) -> None:
    page = open_types(NEEDED)
    theme.set_text_scale(qapp, scale)
    try:
        for section in page.walk.sections:
            page.walk.show_section(section.key)
            shown = page.walk.pages.page()
            assert shown is not None
            shown.build_all()
            QApplication.processEvents()
            room = shown.area.viewport().width()
            wide = [
                frame.item.ref for frame in shown.frames if frame.relevant and frame.minimumSizeHint().width() > room
            ]
            assert not wide
            assert shown.area.widget().width() <= room
    finally:
        theme.set_text_scale(qapp, 100)


def test_the_narrow_window_puts_the_outline_away(open_types: Open) -> None:
    page = open_types()
    page.resize(860, 600)
    QApplication.processEvents()
    assert not page.outline.isVisible()
    assert page.top.outline.isVisible()
    page.toggle_outline()
    assert page.outline.isVisible()


def test_the_page_passes_the_keyboard_to_its_question(open_types: Open) -> None:
    page = open_types()
    page.walk.go_to(f"{CHOICES}/avis")
    inside = page.focusWidget()
    page.foot.next.setFocus()
    page.setFocus()
    assert page.focusWidget() is inside


def test_f6_goes_round_the_panes(open_types: Open) -> None:
    page = open_types()
    inside = page.focusWidget()
    press(page, Qt.Key.Key_F6)
    assert page.feet.isAncestorOf(page.focusWidget())
    press(page, Qt.Key.Key_F6)
    assert page.outline.isAncestorOf(page.focusWidget())
    press(page, Qt.Key.Key_F6)
    assert page.focusWidget() is inside
