# SPDX-License-Identifier: EUPL-1.2
"""« Envois » by keyboard and in large type, its settings, and how a sync ended: told, spoken, noticed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import settings
from fieldkit.instance import State
from sync.server import ReferenceServer
from tests.refusals import refusing
from ui import hand, theme
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.outbox import OutboxScreen
from ui.widgets.buttons import Segmented


def shown(screen: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()  # type: ignore[attr-defined]  # every screen has it
    screen.show()
    return screen


# Settings and keys


def test_the_days_of_patience_are_a_choice_made_there(kit: Kit, qtbot: QtBot) -> None:
    kit.settings.set(settings.CONFIRM_DAYS, 45)
    screen = shown(OutboxScreen(kit), qtbot)
    (days,) = [one for one in screen.findChildren(Segmented) if "Accusé" in one.accessibleName()]
    assert days.value() == "45"
    days.chosen.emit("60")
    assert kit.settings.get(settings.CONFIRM_DAYS) == 60


def test_every_action_is_reached_by_tab_and_named(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    refused = visit("Perwez")
    kit.store.instances.mark_rejected(refused, "bad-request", "closed")
    visit("Jodoigne")
    screen = shown(OutboxScreen(kit), qtbot)
    with qtbot.waitActive(screen):
        screen.activateWindow()
    screen._send.setFocus(Qt.FocusReason.TabFocusReason)  # type: ignore[attr-defined]
    met: list[QWidget] = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget() or screen, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in met:
            break
        met.append(focused)
    names = [one.accessibleName() for one in met if isinstance(one, QAbstractButton)]
    assert all(names)
    expected = ["Ce que la région a répondu", "Corriger", "Autres actions", "Autres actions"]
    order = [name for name in names if name.startswith(("Ce que", "Détail", "Corriger", "Autres"))]
    assert [name.partition(" :")[0].partition("\u00a0:")[0] for name in order] in (
        expected,
        ["Détail technique", *expected[1:]],
    )
    wanted = {one for one in screen.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()}
    lost = {one.accessibleName() for one in wanted - set(met)} - {"Envoyer maintenant", ""}
    assert not {name for name in lost if not name[:1].isdigit() and name != "Tout"}  # segments: by arrow keys


def test_drawing_again_keeps_the_place_and_the_focus(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    for number in range(20):
        visit(f"Lieu {number}")
    screen = shown(OutboxScreen(kit), qtbot)
    with qtbot.waitActive(screen):
        screen.activateWindow()
    hand.settle()
    area = screen._scrolling  # type: ignore[attr-defined]
    area.verticalScrollBar().setValue(200)
    held = hand.button(screen, "Autres actions\u00a0: Lieu 7")
    held.setFocus(Qt.FocusReason.TabFocusReason)
    screen.refresh()  # type: ignore[attr-defined]
    hand.settle()
    assert screen._scrolling.verticalScrollBar().value() == 200  # type: ignore[attr-defined]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is not held
    assert focused.accessibleName() == "Autres actions\u00a0: Lieu 7"


def test_f5_sends(kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]) -> None:
    instance_id = visit("Perwez")
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.show_screen("outbox")
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    assert "1 réponse envoyée" in window.toasts.text()


# How it ended


def test_a_refusal_is_summed_up_and_who_looks_elsewhere_gets_a_notice(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    noticed: list[tuple[str, str]] = []
    window.outcome.noticed.connect(lambda title, text: noticed.append((title, text)))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    visit("Perwez")
    connected.faults.add(refusing("no"))
    kit.connection.sync()
    assert "1 réponse refusée" in window.toasts.text()
    assert noticed == []
    window.toasts.press()
    assert window.screen_name == "outbox"
    visit("Jodoigne")
    connected.faults.add(refusing("no"))
    window.hide()
    kit.connection.sync()
    assert noticed == [("À corriger", "1 réponse refusée")]


def test_how_it_ended_is_spoken_once(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events go to the platform, which has no ears here: they are heard on their way there."""
    spoken: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: spoken.append(event.message()))
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    window.show()
    visit("Perwez")
    kit.connection.sync()
    assert spoken == ["1 réponse envoyée"]
    connected.stop()
    visit("Jodoigne")
    kit.connection.sync()
    kit.connection.sync()
    assert len(spoken) == 2
    assert spoken[1].startswith("Hors ligne depuis ")


@pytest.mark.parametrize("percent", [100, 130])
def test_nothing_beside_the_list_is_cut(kit: Kit, qtbot: QtBot, visit: Callable[..., str], percent: int) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_scale(app, percent)
    visit("Perwez")
    for width in (1306, 1220, 840, 800):
        screen = OutboxScreen(kit)
        qtbot.addWidget(screen)
        screen.resize(width, 600)
        screen.refresh()
        screen.show()
        hand.settle()
        for one in screen.findChildren(QAbstractButton):
            if one.isVisible():
                least = one.minimumSizeHint()
                assert one.width() >= min(least.width(), 120), (width, one.accessibleName())
                if one.hasHeightForWidth():
                    assert one.height() >= one.heightForWidth(one.width()), (width, one.accessibleName())
                assert one.mapTo(screen, one.rect().topRight()).x() <= width, (width, one.accessibleName())
    theme.set_text_scale(app, 100)


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "support raise")
def test_a_notice_leads_to_what_it_tells(kit: Kit, qtbot: QtBot) -> None:
    """Here there is no tray: what a click on the notice would do is done by hand."""
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    window.showMinimized()
    window.outcome._show_in_tray("À corriger", "1 réponse refusée")
    window.outcome._come_forward()
    assert window.screen_name == "outbox"
    assert window.isVisible()
    assert not window.isMinimized()
