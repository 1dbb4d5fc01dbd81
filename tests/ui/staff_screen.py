# SPDX-License-Identifier: EUPL-1.2
"""« Reçus par la région » on a kit of the test, beside a region without a keyring on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldkit import credentials
from sync.server import ReferenceServer
from tests.sync.staff_site import PASSWORD, StaffSite, staff_site
from ui.kit import Kit
from ui.screens.received import ReceivedScreen
from ui.screens.staff_dialogs import ReviewDialog
from ui.widgets import Button
from ui.widgets.indicators import StatusChip

EMAIL = "manager@gal.example"


@contextmanager
def site_without_keyring(server: ReferenceServer) -> Iterator[StaffSite]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    made = staff_site(server)
    with made.closing:
        yield made
    server.faults.clear()
    credentials._session.clear()
    keyring.set_keyring(before)


def shown(kit: Kit, qtbot: QtBot) -> ReceivedScreen:
    made = ReceivedScreen(kit)
    qtbot.addWidget(made)
    made.resize(1154, 700)
    kit.records_changed.connect(made.refresh)
    made.refresh()
    made.show()
    return made


def enter(screen: ReceivedScreen, place: StaffSite, *, password: str = PASSWORD, email: str = EMAIL) -> None:
    form = screen.sign_in.form
    form.address.setText(place.origin)
    form.email.setText(email)
    form.password.setText(password)
    screen.sign_in.submit()


def cells(screen: ReceivedScreen, column: int) -> list[str]:
    return [str(screen.model.index(row, column).data()) for row in range(screen.model.rowCount())]


def words_of(screen: ReceivedScreen) -> str:
    """Return what the panel says now."""
    content = screen.panel._content
    assert content is not None
    words = [label.text() for label in content.findChildren(QLabel)]
    return " | ".join(words + [chip.accessibleName() for chip in content.findChildren(StatusChip)])


def buttons_of(screen: ReceivedScreen) -> list[str]:
    content = screen.panel._content
    assert content is not None
    return [one.accessibleName() or one.text() for one in content.findChildren(Button)]


def answer(monkeypatch: pytest.MonkeyPatch, comment: str = "", value: str = "go") -> list[ReviewDialog]:
    """Let a decision's dialog be answered; return the dialogs that were shown."""
    shown: list[ReviewDialog] = []

    def exec_(dialog: ReviewDialog) -> int:
        shown.append(dialog)
        dialog.write(comment)
        dialog.choose(value)
        return 1

    monkeypatch.setattr(ReviewDialog, "exec", exec_)
    return shown
