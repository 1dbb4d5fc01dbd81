# SPDX-License-Identifier: EUPL-1.2
"""The window: places built when asked for, keys, badges, the record page, size, closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from fieldkit import settings
from fieldkit.application import FORM_ID as APPLICATION
from fieldkit.errors import StoreFull
from ui import theme
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.navigation import RAIL, NavItem

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(kit: Kit, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(kit)
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.fill()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    kit.connection.stop()


def item(window: MainWindow, name: str) -> NavItem:
    return window.navigation._items[name]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Qt.Key.Key_1, "today"),
        (Qt.Key.Key_2, "records"),
        (Qt.Key.Key_3, "results"),
        (Qt.Key.Key_4, "projects"),
        (Qt.Key.Key_5, "toolkit"),
        (Qt.Key.Key_6, "outbox"),
    ],
)
def test_ctrl_and_a_number_lead_to_each_place(key: Qt.Key, name: str, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, key, CTRL)
    assert window.screen_name == name
    assert window.stack.currentWidget() is window.screen_widget(name)
    assert item(window, name).accessibleDescription() == "page actuelle"


def test_a_screen_is_built_once_and_read_again(window: MainWindow, kit: Kit) -> None:
    first = window.screen_widget("records")
    window.show_screen("records")
    window.show_screen("today")
    window.show_screen("records")
    assert window.screen_widget("records") is first
    kit.new_record("diagnostic_territorial", commune_nis="25043")
    assert first.model.rowCount() == 1  # type: ignore[attr-defined]  # a RecordsScreen


def test_places_are_buttons_to_a_screen_reader(window: MainWindow) -> None:
    found = QAccessible.queryAccessibleInterface(item(window, "outbox"))
    assert found.role() is QAccessible.Role.Button
    assert found.text(QAccessible.Text.Name) == "Envois"


def test_badges_count_what_waits(window: MainWindow, kit: Kit, diagnosed: Callable[[str], str]) -> None:
    instance_id = diagnosed("incourt")
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)
    kit.records_changed.emit()
    assert item(window, "outbox").accessibleName() == "Envois : 1"
    assert window.navigation.pill.accessibleName() == "Sans compte, 1 envoi en attente"
    assert window.navigation._brand.place == "GAL Culturalité"


def test_a_record_opens_beside_a_narrow_rail_and_closes_to_its_list(window: MainWindow, kit: Kit) -> None:
    instance_id = kit.new_record("diagnostic_territorial", commune_nis="25043")
    kit.record_asked.emit(instance_id)
    page = window.stack.currentWidget()
    assert isinstance(page, EntryPage)
    assert (window.screen_name, window.navigation.width()) == ("entry", RAIL)
    page.closed.emit()
    assert window.screen_name == "records"
    assert window.navigation.width() > RAIL


def test_an_application_closes_to_the_projects(window: MainWindow, kit: Kit) -> None:
    kit.begin_project()
    page = window.stack.currentWidget()
    assert isinstance(page, EntryPage)
    assert kit.store.instances.get(page.instance_id).form_id == APPLICATION
    page.closed.emit()
    assert window.screen_name == "projects"


def test_results_are_shown_for_the_record_asked(window: MainWindow, kit: Kit, diagnosed: Callable[[str], str]) -> None:
    instance_id = diagnosed("perwez")
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)
    kit.results_asked.emit(instance_id)
    assert window.screen_name == "results"


def test_plain_sunlight_is_a_switch(window: MainWindow, kit: Kit) -> None:
    window.toggle_sun()
    assert theme.current() == "sun"
    window.toggle_sun()
    assert theme.current() == "light"


def test_text_grows_and_shrinks_by_key_and_is_kept(window: MainWindow, kit: Kit, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Plus, CTRL)
    assert kit.settings.get(settings.TEXT_SIZE) == 115
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_Minus, CTRL)
    assert kit.settings.get(settings.TEXT_SIZE) == 90
    qtbot.keyClick(window, Qt.Key.Key_Minus, CTRL)
    assert theme.text_scale() == 90
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL)


def test_keys_sleep_during_the_first_steps(kit: Kit, qtbot: QtBot) -> None:
    kit.settings.set(settings.FIRST_RUN_DONE, False)
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_2, CTRL)
    assert window.screen_name == "first_run"
    assert window.navigation.isHidden()


def test_a_small_window_keeps_its_rail_to_icons(window: MainWindow) -> None:
    window.resize(1000, 600)
    assert window.navigation.width() == RAIL
    assert item(window, "records").toolTip() == "Collecte"
    window.resize(1366, 700)
    assert window.navigation.width() > RAIL
    assert item(window, "records").toolTip() == ""


def test_a_toast_asked_by_a_screen_is_shown(window: MainWindow, kit: Kit) -> None:
    kit.toast("Déjà enregistré")
    assert window.toasts.text() == "Déjà enregistré"


def test_enter_resumes_the_record_of_the_hero(
    window: MainWindow, kit: Kit, diagnosed: Callable[[str], str], qtbot: QtBot
) -> None:
    instance_id = diagnosed("incourt")
    window.show_screen("today")
    window.screen_widget("today").setFocus()
    qtbot.waitUntil(window.screen_widget("today")._resume.isVisible, timeout=2000)  # type: ignore[attr-defined]
    qtbot.keyClick(window.screen_widget("today"), Qt.Key.Key_Return)
    page = window.stack.currentWidget()
    assert isinstance(page, EntryPage)
    assert page.instance_id == instance_id


def test_size_and_place_are_kept_even_if_the_disk_is_full_the_window_closes(
    window: MainWindow, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.close()
    assert kit.settings.get(settings.WINDOW)
    again = MainWindow(kit)
    assert again.height() == 700  # the width is cut to the screen of the tests

    def refuse(key: object, value: object) -> None:
        raise StoreFull(kit.store.path)

    monkeypatch.setattr(kit.settings, "set", refuse)
    assert again.close()
    again.deleteLater()


def test_another_language_builds_the_screens_again(window: MainWindow, kit: Kit, qtbot: QtBot) -> None:
    before = window.screen_widget("today")
    kit.set(settings.LANGUAGE, "fr")
    qtbot.waitUntil(lambda: window.stack.currentWidget() is not before, timeout=2000)
    assert window.screen_name == "today"


def test_a_toast_stays_before_a_screen_that_is_shown_after_it(window: MainWindow, kit: Kit) -> None:
    window.show_screen("settings")
    window.show_screen("today")
    kit.toast("Mise de côté", ("Annuler", lambda: None))
    for name in ("outbox", "settings"):  # one that is built now, one that is there already
        window.show_screen(name)
        toast = window.toasts._toast
        place = toast.geometry().center()
        assert window.stack.childAt(place) in {toast, *toast.children()}
