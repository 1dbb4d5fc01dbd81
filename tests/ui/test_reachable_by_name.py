# SPDX-License-Identifier: EUPL-1.2
"""Every screen can be used by somebody who hears it, or who has no mouse: names, and a way with Tab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui import hand
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.navigation import PLACES

USED = (QAbstractButton, QComboBox, QLineEdit, QTextEdit, QPlainTextEdit, QAbstractItemView, QAbstractSlider)
SCREENS = (*(name for name, _icon in PLACES), "received", "settings", "first_run")


@pytest.fixture
def window(kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]) -> MainWindow:
    """Open the window on two diagnostics, one of them finished, so that lists are not empty."""
    diagnosed("incourt")
    done = diagnosed("perwez")
    kit.store.instances.finalize(done, kit.open_session(done).finalize(), datetime.now(UTC))
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def used_in(root: QWidget) -> list[QWidget]:
    """Return what a person clicks, types in or moves through, but the parts inside such a widget."""
    found = [widget for widget in root.findChildren(QWidget) if isinstance(widget, USED) and widget.isVisible()]
    inside = (QComboBox, QAbstractItemView)
    return [
        widget
        for widget in found
        if not isinstance(widget, QScrollBar | QHeaderView)
        and not any(isinstance(above, inside) for above in ancestors(widget, root))
    ]


def ancestors(widget: QWidget, root: QWidget) -> list[QWidget]:
    above: list[QWidget] = []
    parent = widget.parentWidget()
    while parent is not None and parent is not root:
        above.append(parent)
        parent = parent.parentWidget()
    return above


def spoken_name(widget: QWidget) -> str:
    """Return what a screen reader says first."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def told(widget: QWidget) -> str:
    where = f"{type(widget.parentWidget()).__name__} {widget.geometry().getRect()}"
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {where}"


def way_with_tab(window: QWidget, *, steps: int = 400) -> list[QWidget]:
    """Return what Tab reaches, once around."""
    first = QApplication.focusWidget()
    if first is None:
        window.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    for _ in range(steps):
        window.focusNextChild()
        here = QApplication.focusWidget()
        if here is None or here in seen:
            break
        seen.append(here)
    return seen


class Windows(QObject):
    """Notes the widgets that appear as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(told(watched))
        return False


def test_no_part_of_a_screen_appears_as_a_window_of_its_own(window: MainWindow, kit: Kit, qapp: QApplication) -> None:
    """It would flash on the desktop, and take the keyboard from the window."""
    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        for name in SCREENS:
            window.show_screen(name)
            hand.settle()
        window.open_record(kit.store.instances.search()[-1].instance_id)
        page = window.screen_widget("entry")
        assert isinstance(page, EntryPage)
        for section in page.desk.session.children():
            page.walk.show_section(section.ref)
            hand.settle()
        page.walk.set_mode("steps")
        hand.settle()
        page.verify()
        hand.settle()
        window.open_record(kit.new_record("mon_smart_village"))
        page = window.screen_widget("entry")
        assert isinstance(page, EntryPage)
        for section in page.desk.session.children():
            page.walk.show_section(section.ref)
            hand.settle()
    finally:
        qapp.removeEventFilter(windows)
    assert windows.seen == []
    assert window.isActiveWindow()


def test_everything_that_is_used_has_a_name(window: MainWindow, kit: Kit) -> None:
    nameless: dict[str, list[str]] = {}
    for name in SCREENS:
        window.show_screen(name)
        hand.settle()
        used = used_in(window)
        assert len(used) >= 3, name
        nameless[name] = [told(widget) for widget in used if not spoken_name(widget)]
    window.open_record(kit.store.instances.search()[-1].instance_id)
    page = window.screen_widget("entry")
    assert isinstance(page, EntryPage)
    for section in page.desk.session.children():
        page.walk.show_section(section.ref)
        hand.settle()
        nameless[section.ref] = [told(widget) for widget in used_in(page) if not spoken_name(widget)]
    assert {name: widgets for name, widgets in nameless.items() if widgets} == {}


def test_tab_reaches_everything_that_is_used(window: MainWindow) -> None:
    missed: dict[str, list[str]] = {}
    for name in SCREENS:
        window.show_screen(name)
        hand.settle()
        reached = way_with_tab(window)
        missed[name] = [
            told(widget)
            for widget in used_in(window.stack)
            if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not grouped(widget)
            if widget not in reached
        ]
    assert {name: widgets for name, widgets in missed.items() if widgets} == {}


def grouped(widget: QWidget) -> bool:
    """Tell what the arrows reach: an exclusive button that is not the chosen one of its group."""
    return isinstance(widget, QAbstractButton) and widget.isCheckable() and not widget.isChecked()
