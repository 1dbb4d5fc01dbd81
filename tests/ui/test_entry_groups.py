# SPDX-License-Identifier: EUPL-1.2
"""Grouped tables: entries under their group with subtotals and a total, edited, pasted and removed by keyboard."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files, typography
from ui import theme
from ui.entry.cell_delegate import broken
from ui.entry.financing import Financing
from ui.entry.page import EntryPage
from ui.entry.repeat_frame import RepeatFrame
from ui.entry.repeat_groups import Group, in_unit
from ui.entry.repeat_model import GROUP, RepeatModel
from ui.entry.repeat_table import RepeatTable
from ui.kit import Kit

LINES = "/data/h_budget/ligne"
CATEGORY, LABEL, PARTNER, QUANTITY, PRICE = range(5)
COST = 8
ROW = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def page(kit: Kit, qtbot: QtBot) -> EntryPage:
    """Open the shipped demonstration application at its budget, 1366 px wide."""
    instance_id = kit.new_record("mon_smart_village")
    session = kit.open_session(instance_id)
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", "application_perwez.json")))
    kit.store.instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", "", "25084")
    own = EntryPage(kit, instance_id)
    qtbot.addWidget(own)
    own.resize(1306, 768)
    own.show()
    own.walk.go_to(LINES)
    return own


def frame_of(page: EntryPage) -> RepeatFrame:
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(LINES)
    assert isinstance(frame, RepeatFrame)
    return frame


def table_of(page: EntryPage) -> tuple[RepeatTable, RepeatModel]:
    frame = frame_of(page)
    assert frame.table is not None
    assert frame._model is not None
    return frame.table, frame._model


def groups(model: RepeatModel) -> list[Group]:
    return [line for line in model.lines if isinstance(line, Group)]


def value(page: EntryPage, entry: int, name: str) -> str:
    return page.desk.session.value(f"{LINES}[{entry}]/{name}")


def test_entries_stand_under_their_category_with_its_subtotal(page: EntryPage) -> None:
    _, model = table_of(page)
    told = groups(model)
    assert [group.title for group in told[:3]] == [
        "Personnel",
        "Frais indirects forfaitaires",
        "Équipement et matériel",
    ]
    assert told[2].amount == "6\u202f884,90\u00a0€"
    assert told[-1].is_total
    assert told[-1].amount == "59\u202f900,80\u00a0€"
    line = next(n for n, own in enumerate(model.lines) if own is told[2])
    assert model.index(line, 0).data() == "Équipement et matériel"
    assert model.index(line, COST).data() == told[2].amount
    assert [model.index(line + n, LABEL).data()[:4] for n in (1, 2)] == ["Ordi", "Impr"]
    assert not model.flags(model.index(line, COST)) & Qt.ItemFlag.ItemIsEnabled


def test_subtotal_and_total_follow_a_cell(page: EntryPage) -> None:
    _, model = table_of(page)
    index = model.position_of(f"{LINES}[1]/ligne_prix")
    model.setData(index, "=2*1000")
    assert groups(model)[0].amount == "36\u202f000\u00a0€"
    assert groups(model)[-1].amount == in_unit(Decimal("60800.80"), "€")


def test_amounts_are_never_cut_and_labels_keep_their_words(page: EntryPage) -> None:
    for width in (1306, 1220):
        page.resize(width, 672)
        table, model = table_of(page)
        assert table.horizontalHeader().length() <= table.viewport().width()
        for line in range(model.rowCount()):
            for column in (PRICE, COST):
                index = model.index(line, column)
                style = "number" if column == PRICE else "strong"
                room = table.columnWidth(column)
                assert theme.metrics(style).horizontalAdvance(str(index.data() or "")) + 16 <= room, index.data()
    page.resize(1306, 768)
    for line in model.entry_lines():
        text = str(model.index(line, LABEL).data())
        room = table.columnWidth(LABEL) - 16
        assert " ".join(broken(text, theme.metrics("body"), room)) == text


def test_the_keyboard_passes_over_the_lines_of_groups(page: EntryPage) -> None:
    table, model = table_of(page)
    table.setFocus()
    table.setCurrentIndex(model.position_of(f"{LINES}[1]/ligne_cout"))
    table.focusNextPrevChild(True)
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[2]"
    assert table.currentIndex().column() == CATEGORY
    table.focusNextPrevChild(False)
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[1]"
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[2]"
    assert table.go_down()
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[3]"


def test_another_category_moves_the_line_and_the_keyboard_with_it(page: EntryPage) -> None:
    table, model = table_of(page)
    table.setFocus()
    index = model.position_of(f"{LINES}[4]/ligne_categorie")
    table.setCurrentIndex(index)
    model.setData(index, "FORM")
    assert value(page, 4, "ligne_categorie") == "FORM"
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[4]"
    above = model.group(max(n for n in range(table.currentIndex().row()) if model.group(n)))
    assert above is not None
    assert above.title == "Formation"
    assert above.amount == typography.money(Decimal("3338.50"))


def test_ctrl_enter_adds_a_line_to_the_category_in_hand(page: EntryPage) -> None:
    table, model = table_of(page)
    table.setFocus()
    table.setCurrentIndex(model.position_of(f"{LINES}[3]/ligne_prix"))
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert value(page, 11, "ligne_categorie") == "EQUI"
    assert model.entry_ref(table.currentIndex().row()) == f"{LINES}[11]"
    assert table.currentIndex().column() == LABEL
    assert len(groups(model)) == 10


def test_a_line_without_a_category_waits_at_the_end(page: EntryPage) -> None:
    _, model = table_of(page)
    page.desk.add(LINES)
    assert groups(model)[-2].title == "À classer"
    assert model.entry(model.entry_lines()[-1]) == 10


def test_what_is_pasted_goes_down_the_lines_as_they_stand(page: EntryPage) -> None:
    table, model = table_of(page)
    table.setFocus()
    table.setCurrentIndex(model.position_of(f"{LINES}[4]/ligne_libelle"))
    order = [model.entry(line) for line in model.entry_lines()]
    following = order[order.index(3) + 1]
    assert following is not None
    QGuiApplication.clipboard().setText("Malle\tGAL\t2\t1 000\nAutre\tCPAS\t3\t50\n")
    QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert value(page, 4, "ligne_libelle") == "Malle"
    assert value(page, 4, "ligne_prix") == "1000"
    assert value(page, following + 1, "ligne_libelle") == "Autre"


def test_the_bin_stands_on_the_row_and_removes_it(page: EntryPage, qtbot: QtBot) -> None:
    table, model = table_of(page)
    line = model.position_of(f"{LINES}[2]/ligne_libelle").row()
    spot = table.visualRect(model.index(line, LABEL)).center()
    QTest.mouseMove(table.viewport(), spot)
    qtbot.waitUntil(table._bin.isVisible, timeout=2000)
    table._bin.click()
    assert page.desk.session.node(LINES).count == 9
    assert value(page, 2, "ligne_libelle") == "Ordinateurs portables reconditionnés"
    QTest.mouseMove(table.viewport(), QPoint(4, 4))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert page.desk.session.node(LINES).count == 8


def test_a_category_over_its_limit_is_flagged_in_its_line(page: EntryPage) -> None:
    _, model = table_of(page)
    assert not any(group.remark for group in groups(model))
    page.desk.answer(f"{LINES}[2]/ligne_prix", "7000")
    told = next(group for group in groups(model) if group.code == "FORF")
    assert told.remark.startswith("1\u202f735\u00a0€ de trop")
    line = model.lines.index(told)
    assert model.index(line, 0).data(GROUP) == told
    assert model.index(line, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) == told.remark


def test_who_pays_stands_under_the_table(page: EntryPage) -> None:
    cards = page.findChildren(Financing)[0].cards()
    assert cards[0].words() == ("Région wallonne", "45\u202f000\u00a0€", "75\u00a0% demandés")
    assert cards[1].words()[:2] == ("Commune de Perwez", "9\u202f300,80\u00a0€")
    assert "acquis" in cards[2].words()[2]
    page.desk.answer("/data/h_budget/subvention", "46000")
    cards = page.findChildren(Financing)[0].cards()
    assert cards[0].words()[2].endswith("de trop")
    assert cards[-1].words()[0] == "Financé en trop"
