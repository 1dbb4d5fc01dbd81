# SPDX-License-Identifier: EUPL-1.2
"""« Collecte » on a real store: filters with counts, search, keys, the panel, ticks, deleting and taking back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldkit.instance import Instance, State
from ui.kit import Kit
from ui.screens.records import RecordsScreen
from ui.screens.records_model import CHECK, COMMUNE, FORM, PROGRESS, STATUS, RecordsModel
from ui.widgets import Button

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PLACES = {"25043": "Incourt", "25084": "Perwez", "25048": "Jodoigne"}


@pytest.fixture
def records(kit: Kit) -> list[str]:
    """Keep four records: a draft half done, one ready, one sent, one returned."""
    made = []
    instances = kit.store.instances
    for number, (nis, name) in enumerate([*PLACES.items(), ("25043", "Incourt")]):
        row = Instance(
            f"uuid:{number}",
            "diagnostic_territorial",
            "1",
            State.DRAFT,
            f"{name} — 2026-11-{20 + number}",
            NOW,
            NOW,
            nis,
        )
        instances.create(replace(row, answered=29, asked=58), b"<data/>")
        made.append(row.instance_id)
    for instance_id in made[1:]:
        finish(kit, instance_id)
    for instance_id in made[2:]:
        instances.mark_attempted(instance_id, NOW)
        instances.mark_submitted(instance_id, NOW, "ok")
    instances.mark_returned(made[3], "Le code postal 1371 n’existe pas.")
    return made


def finish(kit: Kit, instance_id: str) -> None:
    from forms.views import Finalized  # noqa: PLC0415 - the only use

    kit.store.instances.finalize(instance_id, Finalized(b"<data/>", instance_id, "", ()), NOW)


@pytest.fixture
def screen(kit: Kit, records: list[str], qtbot: QtBot) -> RecordsScreen:
    made = RecordsScreen(kit)
    qtbot.addWidget(made)
    made.resize(1150, 700)
    made.refresh()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def names(model: RecordsModel) -> set[str]:
    return {one.instance_id for row in range(model.rowCount()) if (one := model.instance(row))}


def put_cursor(screen: RecordsScreen, instance_id: str) -> None:
    screen.table.setFocus()
    screen.table.setCurrentIndex(screen.model.index(screen.model.row_of(instance_id), STATUS))


def panel_words(screen: RecordsScreen) -> str:
    words = [label.text() for label in screen.panel.findChildren(QLabel)]
    return " | ".join(words + [button.accessibleName() for button in screen.panel.findChildren(Button)])


def test_chips_count_by_state_and_filter(screen: RecordsScreen, records: list[str], qtbot: QtBot) -> None:
    assert {key: chip.accessibleName() for key, chip in screen.chips.items()} == {
        "all": "Tout : 4",
        "wrong": "À corriger : 1",
        "draft": "Brouillons : 1",
        "ready": "Prêts : 1",
        "sent": "Envoyés : 1",
    }
    qtbot.mouseClick(screen.chips["wrong"], Qt.MouseButton.LeftButton)
    assert names(screen.model) == {records[3]}
    qtbot.mouseClick(screen.chips["all"], Qt.MouseButton.LeftButton)
    assert len(names(screen.model)) == 4


def test_searching_narrows_and_nothing_found_offers_a_way_back(screen: RecordsScreen, qtbot: QtBot) -> None:
    qtbot.keyClicks(screen.search, "perwez")
    assert names(screen.model) == {"uuid:1"}
    qtbot.keyClicks(screen.search, "zzz")
    assert screen.stack.currentIndex() == 2
    qtbot.mouseClick(screen.stack.currentWidget().findChildren(Button)[0], Qt.MouseButton.LeftButton)
    assert len(names(screen.model)) == 4


def test_a_commune_can_be_chosen(screen: RecordsScreen) -> None:
    screen.communes.setCurrentIndex(screen.communes.findData("25043"))
    assert names(screen.model) == {"uuid:0", "uuid:3"}


def test_an_empty_list_says_how_to_begin(kit: Kit, qtbot: QtBot) -> None:
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    assert screen.stack.currentIndex() == 1
    asked: list[str] = []
    kit.screen_asked.connect(lambda name, _target: asked.append(name))
    screen.stack.currentWidget().findChildren(Button)[0].click()
    assert asked == ["new"]


def test_cells_read_as_they_look(screen: RecordsScreen, records: list[str]) -> None:
    row = screen.model.row_of(records[0])
    cells = [screen.model.index(row, column).data() for column in (STATUS, FORM, COMMUNE, PROGRESS)]
    assert cells[0] == "Brouillon"
    assert "Incourt — 20\u00a0nov." in cells[1]
    assert cells[2:] == ["Incourt", "50\u00a0%"]
    done = screen.model.row_of(records[2])
    assert screen.model.index(done, PROGRESS).data() == "Complet"


def test_the_cursor_opens_the_panel_and_escape_closes_it(
    screen: RecordsScreen, records: list[str], qtbot: QtBot
) -> None:
    assert screen.panel.isHidden()
    put_cursor(screen, records[3])
    assert not screen.panel.isHidden()
    words = panel_words(screen)
    assert "Le code postal 1371 n’existe pas." in words
    assert "Corriger" in words
    assert "Supprimer" not in words
    qtbot.keyClick(screen.table, Qt.Key.Key_Escape)
    assert screen.panel.isHidden()


def test_each_state_offers_its_own_next_step(screen: RecordsScreen, records: list[str]) -> None:
    offered = {}
    for key in records:
        put_cursor(screen, key)
        offered[key] = panel_words(screen)
    assert "Continuer" in offered[records[0]]
    assert "Supprimer" in offered[records[0]]
    assert "Envoyer maintenant" in offered[records[1]]
    assert "Consulter" in offered[records[2]]
    assert "Voir les résultats" in offered[records[2]]


def test_enter_opens_and_a_returned_one_opens_its_correction(
    screen: RecordsScreen, kit: Kit, diagnosed: Callable[[str], str], qtbot: QtBot, records: list[str]
) -> None:
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    put_cursor(screen, records[0])
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert opened == [records[0]]
    instance_id = diagnosed("incourt")
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)
    kit.store.instances.mark_attempted(instance_id, NOW)
    kit.store.instances.mark_submitted(instance_id, NOW, "ok")
    kit.store.instances.mark_returned(instance_id, "x")
    screen.refresh()
    put_cursor(screen, instance_id)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert opened[1] not in {instance_id, records[0]}
    assert kit.store.instances.get(opened[1]).deprecated_id == instance_id


def test_delete_moves_a_draft_to_the_bin_and_the_toast_brings_it_back(
    screen: RecordsScreen, kit: Kit, qtbot: QtBot, records: list[str]
) -> None:
    toasts: list[tuple[str, tuple[str, Callable[[], None]]]] = []
    kit.toast_asked.connect(lambda text, action: toasts.append((text, action)))
    kit.records_changed.connect(screen.refresh)
    put_cursor(screen, records[0])
    qtbot.keyClick(screen.table, Qt.Key.Key_Delete)
    assert toasts[0][0] == "1 brouillon supprimé"
    assert records[0] not in names(screen.model)
    toasts[0][1][1]()
    assert records[0] in names(screen.model)


def test_what_is_finished_is_never_deleted(screen: RecordsScreen, kit: Kit, qtbot: QtBot, records: list[str]) -> None:
    toasts: list[str] = []
    kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    put_cursor(screen, records[2])
    qtbot.keyClick(screen.table, Qt.Key.Key_Delete)
    assert toasts == ["Seuls les brouillons se suppriment"]
    assert records[2] in names(screen.model)


def test_ticks_show_the_bar_and_only_what_fits(screen: RecordsScreen, records: list[str], qtbot: QtBot) -> None:
    assert screen.bar.isHidden()
    row = screen.model.row_of(records[2])
    place = screen.table.visualRect(screen.model.index(row, CHECK)).center()
    qtbot.mouseClick(screen.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not screen.bar.isHidden()
    assert screen.bar.words.text() == "1 choisie"
    assert screen.bar._send.isHidden()
    assert screen.bar._delete.isHidden()
    put_cursor(screen, records[0])
    qtbot.keyClick(screen.table, Qt.Key.Key_Space)
    assert screen.bar.words.text() == "2 choisies"
    assert not screen.bar._delete.isHidden()
    screen.model.clear_ticks()
    assert screen.bar.isHidden()


def test_a_target_from_elsewhere_is_shown_whatever_was_filtered(screen: RecordsScreen, records: list[str]) -> None:
    screen.search.setText("perwez")
    screen.show_target(records[3])
    assert screen.model.instance(screen.table.currentIndex().row()).instance_id == records[3]  # type: ignore[union-attr]
    assert not screen.panel.isHidden()


def test_long_lists_are_read_page_by_page(kit: Kit, records: list[str], qtbot: QtBot) -> None:
    row = kit.store.instances.get(records[0])
    for number in range(150):
        kit.store.instances.create(replace(row, instance_id=f"uuid:more-{number}", state=State.DRAFT), b"<data/>")
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    model = screen.model
    assert model.rowCount() == 100
    assert model.canFetchMore(model.index(-1, -1))
    model.fetchMore(model.index(-1, -1))
    assert model.rowCount() == 154
    assert not model.canFetchMore(model.index(-1, -1))


def test_a_click_on_a_row_moves_the_cursor_and_a_second_opens(
    screen: RecordsScreen, kit: Kit, qtbot: QtBot, records: list[str]
) -> None:
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    place: QPoint = screen.table.visualRect(screen.model.index(screen.model.row_of(records[2]), FORM)).center()
    qtbot.mouseClick(screen.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not screen.panel.isHidden()
    qtbot.mouseDClick(screen.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [records[2]]
