# SPDX-License-Identifier: EUPL-1.2
"""A computer without a keyring: the first sync of each session asks for the access, and says that it will again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldkit import credentials
from fieldkit.instance import State
from sync.invitation import parse_invitation, qr_png
from sync.server import ReferenceServer
from ui import hand
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.account_form import AccountForm
from ui.screens.settings import SettingsScreen

ASKED_AGAIN = "l’accès sera redemandé au prochain démarrage"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture
def invitation(kit: Kit, tmp_path: Path) -> Iterator[str]:
    """Run a region with the forms of the kit; the value is the link to it."""
    kit.install_forms()
    blank = kit.store.blank_forms
    with ReferenceServer(tmp_path / "region") as region:
        project = region.create_project("GAL Essai")
        for form in blank.list():
            files = {name: blank.attachment(form.form_id, form.version, name) for name in form.attachments}
            region.publish_form(project, blank.xml(form.form_id), files)
        yield region.invitation_link(project, region.create_app_user(project, "agent"))


@pytest.fixture
def window(kit: Kit, qtbot: QtBot) -> MainWindow:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def words_on(window: MainWindow, screen: str) -> str:
    """Show a screen and return what can be read on it."""
    window.show_screen(screen)
    hand.settle()
    return " | ".join(one.text() for one in window.screen_widget(screen).findChildren(QLabel) if one.isVisible())


def form_in(window: MainWindow) -> AccountForm:
    screen = window.screen_widget("settings")
    assert isinstance(screen, SettingsScreen)
    return screen.account_card.findChildren(AccountForm)[0]


def give_picture(form: AccountForm, invitation: str) -> None:
    mime = QMimeData()
    mime.setImageData(QImage.fromData(qr_png(parse_invitation(invitation))))
    QGuiApplication.clipboard().setMimeData(mime)
    hand.click(form.box.paste)


def give_link(form: AccountForm, invitation: str) -> None:
    hand.write(form.field, invitation)


@pytest.mark.parametrize("give", [give_link, give_picture])
def test_the_first_sync_of_a_session_asks_and_keeps_the_access_in_memory(
    give: Callable[[AccountForm, str], None],
    kit: Kit,
    window: MainWindow,
    invitation: str,
    diagnosed: Callable[[str], str],
) -> None:
    kit.connection.connect_account(invitation, lambda _account: None, pytest.fail)
    kit.connection.stop()
    credentials._session.clear()  # another session begins
    instance_id = diagnosed("perwez")
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), datetime.now(UTC))
    kit.connection.start()
    assert kit.connection.needs_token
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    told = words_on(window, "outbox")
    assert "Accès à redonner" in told
    assert "l’image de son code QR" in told
    hand.click(hand.button(window.screen_widget("outbox"), "Redonner l’accès"))
    assert window.screen_name == "settings"
    form = form_in(window)
    assert form.isVisible()
    assert form.with_link.isChecked()
    give(form, invitation)
    assert form.box.found.isVisible()
    hand.click(hand.button(window.screen_widget("settings"), "Relier ce compte"))
    hand.settle()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    token = parse_invitation(invitation).token
    assert credentials._session == {kit.connection.account.account_id: token}  # type: ignore[union-attr]  # connected
    held = [path for path in kit.workspace.folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert held == []
    assert not form.isVisible()
    for screen in ("today", "outbox"):
        assert ASKED_AGAIN in words_on(window, screen)
    kit.connection.stop()


def test_it_is_said_as_soon_as_the_account_is_connected(kit: Kit, window: MainWindow, invitation: str) -> None:
    said: list[str] = []
    kit.toast_asked.connect(lambda text, _action: said.append(text))
    window.show_screen("settings")
    form = form_in(window)
    hand.click(form.with_link)
    give_link(form, invitation)
    hand.click(hand.button(window.screen_widget("settings"), "Relier ce compte"))
    assert any("Compte relié" in text and "redemandé au prochain démarrage" in text for text in said)
    kit.connection.stop()


def test_with_a_keyring_nothing_of_the_kind_is_said(kit: Kit, window: MainWindow, invitation: str) -> None:
    from fieldkit.cli.tour_keyring import use_memory  # noqa: PLC0415 - it changes the process's keyring

    use_memory()
    kit.connection.connect_account(invitation, lambda _account: None, pytest.fail)
    assert "Tout est envoyé" in words_on(window, "outbox")
    assert ASKED_AGAIN not in words_on(window, "outbox")
    kit.connection.stop()
    kit.connection.sync()
    assert not kit.connection.needs_token
    kit.connection.stop()
