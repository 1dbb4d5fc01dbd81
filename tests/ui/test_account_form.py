# SPDX-License-Identifier: EUPL-1.2
"""An invitation given in the window: its link, or a picture that is chosen, pasted or dropped; what is shown of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, settings
from fieldkit.workspace import Workspace
from sync.invitation import Invitation, parse_invitation, qr_png
from sync.server import ReferenceServer
from ui import theme
from ui.kit import Kit
from ui.screens.account_form import AccountForm
from ui.screens.first_run import FirstRunScreen
from ui.screens.settings import SettingsScreen
from ui.tasks import Tasks

TOKEN = "kT7$wq2Zr!Bn9LxV" * 4
OURS = Invitation("https://odk.example.org", 7, TOKEN, "GAL Culturalité")
CODE = qr_png(OURS)
WHITE = QImage(60, 60, QImage.Format.Format_RGB32)
WHITE.fill(0xFFFFFF)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture
def form(kit: Kit, qtbot: QtBot) -> AccountForm:
    return shown(AccountForm(kit), qtbot)


def shown(form: AccountForm, qtbot: QtBot) -> AccountForm:
    qtbot.addWidget(form)
    form.resize(640, 500)
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    return form


def mime_of(*, image: QImage | None = None, text: str = "", urls: tuple[Path, ...] = ()) -> QMimeData:
    mime = QMimeData()
    if image is not None:
        mime.setImageData(image)
    if text:
        mime.setText(text)
    if urls:
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in urls])
    return mime


def copied(mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)


def dropped(widget: QWidget, mime: QMimeData) -> bool:
    """Drag over a widget and let go, if it takes what is dragged."""
    actions = Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), actions, mime, buttons, keys)
    enter.ignore()
    QGuiApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QGuiApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), actions, mime, buttons, keys))
    return enter.isAccepted()


def words_of(widget: QWidget) -> str:
    """Return all that can be read or heard in a widget."""
    found = [widget, *widget.findChildren(QWidget)]
    texts = [text for one in found for text in (one.accessibleName(), one.accessibleDescription(), one.toolTip())]
    texts += [one.text() for one in found if isinstance(one, QLabel)]
    texts += [one.displayText() for one in found if isinstance(one, QLineEdit)]
    return " | ".join(filter(None, texts))


def pressed_paste(form: AccountForm, qtbot: QtBot) -> None:
    form.with_link.click()
    form.field.setFocus()
    qtbot.keyClick(form.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "code.png"
    path.write_bytes(CODE)
    return path


WAYS: dict[str, Callable[[AccountForm, QtBot, Path, pytest.MonkeyPatch], object]] = {
    "Ctrl+V in the field": lambda form, qtbot, _path, _: (
        copied(mime_of(image=QImage.fromData(CODE))), pressed_paste(form, qtbot)),
    "a copied file, Ctrl+V": lambda form, qtbot, path, _: (copied(mime_of(urls=(path,))), pressed_paste(form, qtbot)),
    "the button for pasting": lambda form, qtbot, _path, _: (
        copied(mime_of(image=QImage.fromData(CODE))), form.with_link.click(),
        qtbot.keyClick(form.box.paste, Qt.Key.Key_Space)),
    "a dropped file": lambda form, _qtbot, path, _: dropped(form, mime_of(urls=(path,))),
    "a copied pixmap": lambda form, qtbot, _path, _: (
        QGuiApplication.clipboard().setPixmap(QPixmap(QImage.fromData(CODE))), pressed_paste(form, qtbot)),
    "a dropped image": lambda form, _qtbot, _path, _: dropped(form, mime_of(image=QImage.fromData(CODE))),
    "a chosen file": lambda form, qtbot, path, monkeypatch: (
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), "")), form.with_link.click(),
        qtbot.keyClick(form.box.choose, Qt.Key.Key_Space)),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_taken_and_shows_what_it_leads_to(
    way: str, form: AccountForm, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WAYS[way](form, qtbot, picture, monkeypatch)
    assert form.with_link.isChecked()
    assert form.box.found.isVisible()
    assert "GAL Culturalité" in form.box.found.title.text()
    assert form.box.found.text.text() == "https://odk.example.org, projet 7. Rien n’est encore envoyé."
    assert not form.error.isVisible()
    assert not form.field.isVisible()
    assert TOKEN not in words_of(form)
    assert parse_invitation(form.box.text()) == OURS
    assert form.kit.connection.account is None


def test_a_link_shows_what_it_leads_to_as_well_and_hides_its_token(form: AccountForm, qtbot: QtBot) -> None:
    copied(mime_of(text=OURS.link))
    pressed_paste(form, qtbot)
    assert form.box.found.title.text() == "Invitation lue"
    assert "https://odk.example.org, projet 7" in form.box.found.accessibleName()
    assert form.field.isVisible()
    assert form.box.text() == OURS.link
    form.field.setText(OURS.link[:60])
    assert not form.box.found.isVisible()


def test_a_link_that_was_copied_with_a_picture_of_itself_is_pasted_as_text(form: AccountForm, qtbot: QtBot) -> None:
    """As from a spreadsheet."""
    copied(mime_of(text=OURS.link, image=WHITE))
    pressed_paste(form, qtbot)
    assert form.field.text() == OURS.link
    assert not form.error.isVisible()


def test_a_dropped_text_is_taken_into_the_field(form: AccountForm) -> None:
    dropped(form, mime_of(image=QImage.fromData(qr_png(Invitation("https://other.example", 1, TOKEN)))))
    assert dropped(form, mime_of(text=f" {OURS.link}\n"))
    assert form.box.text() == OURS.link
    assert form.with_link.isChecked()
    assert form.field.text() == OURS.link
    assert not form.field.acceptDrops()  # it would write the name of a file


def test_what_is_wrong_is_told_on_the_spot(form: AccountForm, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>")
    files = {
        tmp_path / "page.html": "n’est pas une image lisible",
        tmp_path / "gone.png": "n’a pas pu être lu",
        tmp_path: "n’a pas pu être lu",
    }
    for path, words in files.items():
        dropped(form, mime_of(urls=(path,)))
        assert words in form.error.text()
        assert form.error.isVisible()
    dropped(form, mime_of(image=WHITE))
    assert "aucun code QR lisible" in form.error.text()
    for nothing in (mime_of(text="bonjour"), mime_of(urls=(tmp_path / "a", tmp_path / "b"))):
        copied(nothing)
        form.box.paste.click()
        assert "Il n’y a pas d’image à coller" in form.error.text()
    form.field.setText("h")
    assert not form.error.isVisible()
    dropped(form, mime_of(image=QImage.fromData(CODE)))
    assert not form.error.isVisible()


def test_the_words_of_the_region_are_folded_below_and_hide_the_token(
    form: AccountForm, qtbot: QtBot, tmp_path: Path
) -> None:
    with ReferenceServer(tmp_path / "region") as server:
        server.create_project("Essai")
        form.with_link.setChecked(True)
        form.field.setText(server.invitation_link(1, TOKEN))  # an access that it never gave
        form.submit(lambda: None, lambda: None)
    assert "La région ne reconnaît plus votre accès" in form.error.text()
    assert form.box.said.button.text() == "Ce que la région a répondu"
    form.box.said.button.click()
    assert form.box.said.text in words_of(form)
    assert TOKEN not in words_of(form)
    form.field.clear()
    assert form.box.said.isHidden()


def test_a_refused_picture_takes_the_one_before_away(form: AccountForm) -> None:
    dropped(form, mime_of(image=QImage.fromData(CODE)))
    dropped(form, mime_of(image=WHITE))
    assert not form.box.found.isVisible()
    assert form.field.isVisible()
    assert form.box.text() == ""


def test_the_keyboard_leads_through_all_ways_and_back(form: AccountForm, qtbot: QtBot) -> None:
    form.with_link.click()
    assert form.field.hasFocus()
    for wanted in (form.box.choose, form.box.paste):
        qtbot.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        assert wanted.hasFocus()
        assert wanted.accessibleName()
    copied(mime_of(image=QImage.fromData(CODE)))
    qtbot.keyClick(form.box.paste, Qt.Key.Key_Space)
    assert form.box.remove.hasFocus()
    qtbot.keyClick(form.box.remove, Qt.Key.Key_Space)
    assert form.field.hasFocus()
    assert not form.box.found.isVisible()
    assert form.box.text() == ""


@pytest.fixture
def busy_kit(kit: Kit, tmp_path: Path) -> Iterator[Kit]:
    """Open a kit whose work is done by threads, as in the program."""
    with Workspace.open(tmp_path / "other") as workspace:
        tasks = Tasks()
        yield Kit(workspace, tasks)
        tasks.close()
    del kit


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a file that is slow to read is made with a FIFO")
def test_the_window_does_not_wait_for_a_picture(busy_kit: Kit, qtbot: QtBot, tmp_path: Path, picture: Path) -> None:
    form = shown(AccountForm(busy_kit), qtbot)
    slow = tmp_path / "slow.png"
    os.mkfifo(slow)
    dropped(form, mime_of(urls=(slow,)))
    assert form.box.reading
    assert "Lecture de l’image…" in words_of(form)
    ended: list[str] = []
    form.submit(lambda: ended.append("done"), lambda: ended.append("trouble"))
    assert ended == ["trouble"]
    assert "encore en lecture" in form.error.text()
    dropped(form, mime_of(urls=(picture,)))  # the user chose another meanwhile
    qtbot.waitUntil(form.box.found.isVisible, timeout=5000)
    slow.write_bytes(qr_png(Invitation("https://late.example", 1, TOKEN)))
    qtbot.waitUntil(lambda: not busy_kit.tasks.busy, timeout=5000)
    assert not form.box.reading
    assert "odk.example.org" in form.box.found.text.text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a file that is slow to read is made with a FIFO")
def test_what_is_typed_meanwhile_is_wanted_instead(busy_kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    form = shown(AccountForm(busy_kit), qtbot)
    slow = tmp_path / "slow.png"
    os.mkfifo(slow)
    dropped(form, mime_of(urls=(slow,)))
    form.field.setText("h")
    assert not form.box.reading
    slow.write_bytes(CODE)
    qtbot.waitUntil(lambda: not busy_kit.tasks.busy, timeout=5000)
    assert form.box.text() == "h"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a file that is slow to read is made with a FIFO")
def test_a_picture_that_arrives_after_its_window_is_dropped(busy_kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    form = AccountForm(busy_kit)
    slow = tmp_path / "slow.png"
    os.mkfifo(slow)
    form.box.take_file(slow)
    with qtbot.waitSignal(form.destroyed):
        form.deleteLater()
    slow.write_bytes(CODE)
    with qtbot.captureExceptions() as met:
        qtbot.waitUntil(lambda: not busy_kit.tasks.busy, timeout=5000)
    assert met == []


def test_the_first_steps_end_with_the_account_of_a_picture(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    with ReferenceServer(tmp_path / "region") as region:
        project = region.create_project("GAL Essai")
        token = region.create_app_user(project, "agent")
        screen = FirstRunScreen(kit)
        qtbot.addWidget(screen)
        screen.resize(1366, 768)
        screen.show_step(3)
        screen.show()
        code = qr_png(Invitation(region.url, project, token, "GAL Essai"))
        dropped(screen.account, mime_of(image=QImage.fromData(code)))
        assert kit.connection.account is None
        with qtbot.waitSignal(screen.finished, timeout=2000):
            screen.next.click()
        account = kit.connection.account
        assert account is not None
        assert (account.url, account.project, account.display_name) == (region.url, project, "GAL Essai")
        assert screen.account.box.text() == ""
        kit.connection.stop()


def test_the_settings_connect_with_a_picture(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    with ReferenceServer(tmp_path / "region") as region:
        project = region.create_project("GAL Essai")
        token = region.create_app_user(project, "agent")
        screen = SettingsScreen(kit)
        qtbot.addWidget(screen)
        screen.resize(1154, 740)
        screen.show()
        form = screen.account_card.findChildren(AccountForm)[0]
        dropped(form, mime_of(image=QImage.fromData(qr_png(Invitation(region.url, project, token, "GAL Essai")))))
        (connect,) = [
            one for one in screen.account_card.findChildren(QWidget) if one.accessibleName() == "Relier ce compte"
        ]
        assert connect.isVisible()
        qtbot.mouseClick(connect, Qt.MouseButton.LeftButton)
        assert kit.settings.get(settings.ACCOUNT_ID).endswith(f"/{project}")
        assert "GAL Essai" in words_of(screen.account_card)
        assert token not in words_of(screen)
        kit.connection.stop()


@pytest.mark.parametrize("percent", [100, 130])
def test_nothing_overlaps_in_the_third_step(kit: Kit, qtbot: QtBot, qapp: QApplication, percent: int) -> None:
    theme.start(qapp, "light", percent, readable=False)
    screen = FirstRunScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1366, 768)
    screen.show_step(3)
    screen.show()
    form = screen.account
    form.with_link.click()
    box = form.box
    for state in ("empty", "link", "picture", "error"):
        box.clear()
        box.show_error("")
        if state == "link":
            form.field.setText(OURS.link)
            box.show_error("La région ne reconnaît plus votre accès. Demandez-lui une nouvelle invitation. " * 2)
        elif state != "empty":
            box.take(mime_of(image=QImage.fromData(CODE) if state == "picture" else WHITE))
        QGuiApplication.processEvents()
        parts = (form.without, form.with_link, form.field, box.choose, box.found, box.error, screen.next)
        seen = [part for part in parts if part.isVisible()]
        ends = [(part.mapTo(screen, QPoint(0, 0)).y(), part.height()) for part in seen]
        for (top, height), (below, _) in pairwise(ends):
            assert top + height <= below, (state, percent)
        for one in (form.field, box.choose):  # the style sheet takes two pixels from a field
            assert one.height() >= one.sizeHint().height() - 2 or not one.isVisible()
