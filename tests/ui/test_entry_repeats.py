# SPDX-License-Identifier: EUPL-1.2
"""Lists: the editable table (typed, pasted, filled, summed, removed and brought back) and the cards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from ui.entry.cells import as_pasted, read_pasted
from ui.entry.page import EntryPage
from ui.entry.repeat_frame import RepeatFrame
from ui.entry.repeat_model import RepeatModel
from ui.entry.repeat_table import RepeatTable, share_out
from ui.widgets import Select

LINES = "/data/listes/ligne"
PARTNERS = "/data/listes/partenaire"
Open = Callable[..., EntryPage]
PAID, LABEL, QUANTITY, PRICE, COST = range(5)


def list_of(page: EntryPage, ref: str) -> RepeatFrame:
    page.walk.go_to(ref)
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(ref)
    assert isinstance(frame, RepeatFrame)
    return frame


def table_of(page: EntryPage) -> tuple[RepeatFrame, RepeatTable, RepeatModel]:
    frame = list_of(page, LINES)
    assert frame.table is not None
    assert frame._model is not None
    return frame, frame.table, frame._model


def go(table: RepeatTable, row: int, column: int) -> None:
    table.setCurrentIndex(table.model().index(row, column))


def editor_of(table: RepeatTable) -> QLineEdit:
    editor = table.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    return editor


def cells(page: EntryPage, name: str) -> list[str]:
    session = page.desk.session
    return [session.value(f"{LINES}[{n}]/{name}") for n in range(1, session.node(LINES).count + 1)]


def test_short_questions_are_columns_with_the_worked_out_one(open_types: Open) -> None:
    _, table, model = table_of(open_types())
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert heads == ["Payée", "Libellé", "Quantité", "Prix (€)", "Coût (€)"]
    assert not model.flags(model.index(0, COST)) & Qt.ItemFlag.ItemIsEditable
    assert table.accessibleName() == "Dépenses"


def test_typing_in_a_cell_and_enter_goes_down(open_types: Open) -> None:
    page = open_types()
    frame, table, model = table_of(page)
    frame.add()
    go(table, 0, PRICE)
    QTest.keyClick(table, Qt.Key.Key_1)
    editor = editor_of(table)
    QTest.keyClicks(editor, "2,50")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert cells(page, "prix") == ["12.50", ""]
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, PRICE)
    assert model.index(0, PRICE).data() == "12,50\u00a0€"


def test_enter_on_the_last_row_goes_on(open_types: Open) -> None:
    page = open_types()
    _, table, _ = table_of(page)
    table.setFocus()
    go(table, 0, LABEL)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert page.walk.here == PARTNERS


def test_a_sum_in_a_cell_is_worked_out_and_the_row_with_it(open_types: Open) -> None:
    page = open_types()
    frame, table, model = table_of(page)
    for column, text in ((QUANTITY, "3"), (PRICE, "=2*50")):
        model.setData(model.index(0, column), text)
    assert cells(page, "prix") == ["100"]
    assert cells(page, "cout") == ["300"]
    assert model.index(0, COST).data() == "300\u00a0€"
    assert "300,00" in frame._total.text()
    assert table.model() is model


def test_a_choice_in_a_cell_is_a_list(open_types: Open) -> None:
    page = open_types()
    _, table, _ = table_of(page)
    go(table, 0, PAID)
    table.edit(table.currentIndex())
    combo = table.viewport().findChild(Select)
    assert isinstance(combo, Select)
    assert [combo.itemText(row) for row in range(combo.count())] == ["–", "Oui", "Non"]
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert cells(page, "payee") == ["non"]


def test_ctrl_enter_adds_a_row_and_delete_removes_it_with_a_way_back(open_types: Open) -> None:
    page = open_types()
    toasts: list[tuple[str, object]] = []
    page.kit.toast_asked.connect(lambda text, action: toasts.append((text, action)))
    _, table, model = table_of(page)
    model.setData(model.index(0, LABEL), "a")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    model.setData(model.index(1, LABEL), "b")
    go(table, 0, LABEL)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert cells(page, "libelle") == ["b"]
    text, action = toasts[-1]
    assert text == "Ligne 1 supprimée"
    assert isinstance(action, tuple)
    action[1]()
    assert cells(page, "libelle") == ["a", "b"]


def test_paste_fills_cells_adds_rows_and_skips_what_cannot_be(open_types: Open) -> None:
    page = open_types()
    toasts: list[str] = []
    page.kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    _, table, _ = table_of(page)
    go(table, 0, PAID)
    QGuiApplication.clipboard().setText(
        'oui\tPapier\t2\t1,5\r\nNON\t"Encre ""noire"""\t3\t10 €\r\npeut-être\tTimbres\t4\t2\t99\n'
    )
    QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert cells(page, "payee") == ["oui", "non", ""]
    assert cells(page, "libelle") == ["Papier", 'Encre "noire"', "Timbres"]
    assert cells(page, "prix") == ["1.5", "10", "2"]
    assert cells(page, "cout") == ["3", "30", "8"]
    assert toasts == ["2 cases n’ont pas été reprises."]
    page.verbs.undo()
    assert cells(page, "libelle") == ["", "", ""]


def test_fill_down_copy_and_backspace(open_types: Open) -> None:
    page = open_types()
    frame, table, model = table_of(page)
    frame.add()
    frame.add()
    model.setData(model.index(0, LABEL), "même")
    go(table, 0, LABEL)
    table.selectionModel().select(model.index(2, LABEL), QItemSelectionModel.SelectionFlag.Select)
    table.selectionModel().select(model.index(1, LABEL), QItemSelectionModel.SelectionFlag.Select)
    QTest.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert cells(page, "libelle") == ["même"] * 3
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "même\nmême\nmême"
    QTest.keyClick(table, Qt.Key.Key_Backspace)
    assert cells(page, "libelle") == [""] * 3


def test_a_wrong_cell_is_marked_and_told_with_its_line(open_types: Open) -> None:
    page = open_types()
    frame, _, model = table_of(page)
    model.setData(model.index(0, QUANTITY), "0")
    assert frame.error == "Ligne 1, Quantité\u00a0: La quantité dépasse zéro."
    model.setData(model.index(0, QUANTITY), "1")
    assert frame.error == ""


def test_a_required_cell_is_told_after_the_check(open_types: Open) -> None:
    page = open_types()
    frame, table, model = table_of(page)
    assert frame.error == ""
    page.desk.check([page.walk.sections[2]])
    frame.refresh()
    assert frame.error == "Ligne 1, Libellé\u00a0: Cette réponse est attendue."
    page.walk.go_to(f"{LINES}[1]/libelle")
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, LABEL)
    model.setData(model.index(0, LABEL), "a")
    assert frame.error == ""


def test_typing_in_a_cell_is_saved_before_it_is_left(open_types: Open, qtbot: object) -> None:
    page = open_types()
    _, table, _ = table_of(page)
    go(table, 0, LABEL)
    QTest.keyClick(table, Qt.Key.Key_P)
    editor = editor_of(table)
    editor.clock.setInterval(10)  # type: ignore[attr-defined]  # the field of a cell
    QTest.keyClicks(editor, "apier")
    qtbot.waitUntil(lambda: cells(page, "libelle") == ["papier"], timeout=2000)  # type: ignore[attr-defined]  # QtBot
    assert editor.text() == "papier"


def test_tab_leaves_the_table_at_its_end(open_types: Open) -> None:
    page = open_types()
    _, table, _ = table_of(page)
    table.setFocus()
    go(table, 0, LABEL)
    table.focusNextPrevChild(True)
    assert table.currentIndex().column() == QUANTITY
    go(table, 0, COST)
    assert table.focusNextPrevChild(True)
    assert page.focusWidget() is not table


def test_long_entries_are_cards_that_open(open_types: Open) -> None:
    page = open_types()
    frame = list_of(page, PARTNERS)
    assert frame.cards is not None
    page.desk.answer(f"{PARTNERS}[1]/organisme", "CPAS")
    assert frame.cards._heads[0].accessibleName() == "Partenaires 1, CPAS"
    page.walk.go_to(f"{PARTNERS}[1]/role")
    assert [item.item.ref.rpartition("/")[2] for item in frame.cards.frames] == ["organisme", "role", "personne"]
    inner = frame.cards.frames[2]
    assert isinstance(inner, RepeatFrame)
    inner.add()
    assert page.desk.session.node(f"{PARTNERS}[1]/personne").count == 2
    frame.add()
    assert page.desk.session.node(PARTNERS).count == 2
    frame.cards._remove(f"{PARTNERS}[2]")
    assert page.desk.session.node(PARTNERS).count == 1


def test_an_entry_in_a_card_is_typed_and_kept(open_types: Open) -> None:
    page = open_types()
    frame = list_of(page, PARTNERS)
    assert frame.cards is not None
    frame.cards.open_entry(f"{PARTNERS}[1]")
    field = frame.cards.frames[0].control.entry()  # type: ignore[attr-defined]  # a QuestionFrame
    QTest.keyClicks(field, "GAL")
    page.walk.settle()
    assert page.desk.session.value(f"{PARTNERS}[1]/organisme") == "GAL"


@given(st.lists(st.lists(st.text(alphabet='ab"\t\n é'), min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_is_copied_can_be_pasted(rows: list[list[str]]) -> None:
    if rows[-1] != [""]:  # one empty cell at the very end is the spreadsheet's own last line break
        assert read_pasted(as_pasted(rows)) == rows


@pytest.mark.parametrize(
    ("wanted", "texts", "spare", "widths"),
    [
        ([100, 60], [0], 40, [140, 60]),
        ([100, 60], [], 40, [120, 80]),
        ([200, 60, 150], [0, 2], -100, [143, 60, 107]),
        ([200, 60], [0], -500, [90, 60]),
    ],
)
def test_columns_share_what_is_over_and_what_lacks(
    wanted: list[int], texts: list[int], spare: int, widths: list[int]
) -> None:
    assert share_out(wanted, texts, spare, [90] * len(wanted)) == widths
