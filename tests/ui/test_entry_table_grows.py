# SPDX-License-Identifier: EUPL-1.2
"""A table that was empty when it was first shown gives its numbers their room once they are there."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fieldkit import application
from ui import theme
from ui.entry.page import EntryPage
from ui.entry.repeat_table import RepeatTable
from ui.kit import Kit

LINE = "/data/h_budget/ligne"


def test_columns_widen_for_numbers_that_come_after_the_table(kit: Kit, qtbot: QtBot) -> None:
    page = EntryPage(kit, kit.new_record(application.FORM_ID, commune_nis="25084"))
    qtbot.addWidget(page)
    page.resize(1306, 768)
    with qtbot.waitExposed(page):
        page.show()
    page.walk.show_section("/data/h_budget")
    table = page.findChildren(RepeatTable)[0]
    page.desk.answer_many(
        [(f"{LINE}[1]/ligne_quantite", "18"), (f"{LINE}[1]/ligne_prix", "123456.78"), (f"{LINE}[1]/ligne_tva", "21")]
    )
    shown = 0
    for column in range(table.model().columnCount()):
        text = str(table.model().index(1, column).data() or "")
        if any(character.isdigit() for character in text):
            shown += 1
            assert theme.metrics("number").horizontalAdvance(text) <= table.columnWidth(column), text
    assert shown >= 3
