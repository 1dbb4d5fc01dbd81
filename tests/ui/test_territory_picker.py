# SPDX-License-Identifier: EUPL-1.2
"""Choosing a territory by what people type, and being told when nothing is called so."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ui.screens.territory_picker import TerritoryPicker


def opened(qtbot: QtBot, *, with_gals: bool = True) -> TerritoryPicker:
    picker = TerritoryPicker(with_gals=with_gals)
    qtbot.addWidget(picker)
    with qtbot.waitExposed(picker):
        picker.show()
    return picker


def test_a_postal_code_finds_its_commune(qtbot: QtBot) -> None:
    picker = opened(qtbot)
    picker.search.setText("1360")
    assert picker.list.item(0).text() == "Perwez"
    assert not picker.none.isVisible()


def test_the_only_one_found_is_chosen(qtbot: QtBot) -> None:
    picker = opened(qtbot)
    picker.search.setText("Culturalit")
    assert picker.list.count() == 1
    assert picker.value() == ("gal", "23-culturalite")


def test_what_is_called_like_nothing_is_told_with_a_way_out(qtbot: QtBot) -> None:
    picker = opened(qtbot)
    picker.search.setText("Xyzzy")
    assert picker.value() == ("", "")
    assert picker.none.isVisible()
    assert "«\u00a0Xyzzy\u00a0»" in picker.none.text()
    assert "code postal" in picker.none.text()
    picker.search.setText("Per")
    assert not picker.none.isVisible()


def test_groups_are_left_out_where_only_a_commune_will_do(qtbot: QtBot) -> None:
    picker = opened(qtbot, with_gals=False)
    assert picker.list.count() > 50
    keys = [picker.list.item(row).data(0x0100) for row in range(picker.list.count())]
    assert all(key.startswith("commune:") for key in keys)
