# SPDX-License-Identifier: EUPL-1.2
"""Broken forms, false networks and lost accesses, met in the window: cause, way out, and every answer still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldkit import credentials
from fieldkit.errors import NoKeyringError
from fieldkit.instance import Instance, State
from sync.server import ReferenceServer
from tests.portal import portal_at
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.trouble import trouble_dialog
from ui.widgets import Button, Dialog

FORM = """<?xml version="1.0"?>{doctype}
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
 <h:head><h:title>Essai</h:title><model>
  <instance><data id="essai" version="1"><nom/><total/></data></instance>
  <bind nodeset="/data/total" calculate="{calculate}"/>
 </model></h:head>
 <h:body><input ref="/data/nom"><label>Nom</label></input></h:body>
</h:html>"""
GOOD = FORM.format(doctype="", calculate="1 + 1")
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
# what the file is -> the file, the cause and the way out that are read
BROKEN = {
    "not XML": ("ceci n’est pas un formulaire", "abîmé à la ligne 1", "recevez-le à nouveau"),
    "cut short": (GOOD[:-120], "abîmé à la ligne", "recevez-le à nouveau"),
    "a web page": ("<html><body>Bienvenue</body></html>", "mal construit", "version corrigée à la région"),
    "with a DTD": (
        FORM.format(doctype='<!DOCTYPE h:html SYSTEM "http://x.example/x.dtd">', calculate="1"),
        "constructions dangereuses",
        "Demandez à la région",
    ),
    "an entity bomb": (FORM.format(doctype=BOMB, calculate="1"), "constructions dangereuses", "Demandez à la région"),
    "a cycle": (FORM.format(doctype="", calculate="/data/total + 1"), "tournent en rond", "version corrigée"),
    "an unknown function": (FORM.format(doctype="", calculate="magie(1)"), "magie()", "dernière version"),
    "an unreadable formula": (FORM.format(doctype="", calculate="1 + * 2"), "formule illisible", "version corrigée"),
}
ANSWER = b'<data id="essai" version="1"><nom>Glimes</nom><total/></data>'


def words_of(dialog: Dialog) -> str:
    buttons = " | ".join(button.accessibleName() for button in dialog.findChildren(Button))
    return f"{dialog.title.text()} {dialog.text.text()} {buttons}"


@pytest.fixture
def window(kit: Kit, qtbot: QtBot) -> MainWindow:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.show()
    window.show_screen("records")
    return window


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_is_told_and_its_answers_and_all_others_stay(
    name: str, window: MainWindow, kit: Kit, qtbot: QtBot
) -> None:
    xml, cause, way_out = BROKEN[name]
    now = datetime.now(UTC)
    kit.store.blank_forms.put("essai", "1", "Essai", xml.encode(), {}, "region")
    kit.store.instances.create(Instance("uuid:a", "essai", "1", State.DRAFT, "Essai", now, now), ANSWER)
    good = kit.new_record("diagnostic_territorial")
    with qtbot.captureExceptions() as met:
        kit.record_asked.emit("uuid:a")
    dialog = trouble_dialog(window, met[0][1], kit.workspace.folder)
    qtbot.addWidget(dialog)
    assert cause in words_of(dialog)
    assert way_out in words_of(dialog)
    assert "problème imprévu" not in words_of(dialog)
    assert window.screen_name == "records"
    assert kit.store.instances.draft_xml("uuid:a") == ANSWER
    window.open_record(good)
    assert isinstance(window.screen_widget("entry"), EntryPage)


# The network


@pytest.fixture(autouse=True)
def tokens_of_this_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process have no keyring."""

    def refuse(*_arguments: str) -> None:
        raise NoKeyringError("none here")

    monkeypatch.setattr(credentials, "set", refuse)
    monkeypatch.setattr(credentials, "_safe_keyring", refuse)
    monkeypatch.setattr(credentials, "_session", {})


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        yield server


@pytest.fixture
def finished(kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]) -> tuple[str, str]:
    """Connect to the region and finish a record while it is away; return instance_id and token."""
    kit.install_forms()
    project = region.create_project("Essai")
    token = region.create_app_user(project, "Ana")
    for form in kit.store.blank_forms.list():
        files = {name: kit.store.blank_forms.attachment(form.form_id, form.version, name) for name in form.attachments}
        region.publish_form(project, kit.store.blank_forms.xml(form.form_id), files)
    troubles: list[Exception] = []
    kit.connection.connect_account(region.invitation_link(project, token), lambda _account: None, troubles.append)
    assert troubles == []
    instance_id = diagnosed("perwez")
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), datetime.now(UTC))
    return instance_id, token


def test_a_portal_in_place_of_the_region_gets_nothing_and_is_told(
    kit: Kit, region: ReferenceServer, finished: tuple[str, str]
) -> None:
    instance_id, _token = finished
    region.stop()
    with portal_at(region.url) as portal:
        kit.connection.send()
    assert portal.asked
    assert "POST" not in portal.asked
    story = kit.connection.story()
    assert "réseau" in f"{story.title} {story.text}"
    assert "navigateur" in story.text
    assert story.waiting == "1 envoi en attente"
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    region.start()
    kit.connection.send()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    kit.connection.stop()


def test_a_revoked_access_is_told_and_a_new_one_delivers(
    kit: Kit, region: ReferenceServer, finished: tuple[str, str]
) -> None:
    instance_id, token = finished
    frozen = kit.store.instances.frozen_xml(instance_id)
    region.revoke(token)
    kit.connection.send()
    story = kit.connection.story()
    assert kit.connection.needs_token
    assert story.kind == "err"
    assert "invitation" in story.text
    assert [word for word, _icon, _call in story.actions] == ["Redonner l’accès"]
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    again = region.invitation_link(1, region.create_app_user(1, "Ana"))
    kit.connection.connect_account(again, lambda _account: None, lambda error: pytest.fail(str(error)))
    kit.connection.send()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    assert [one.xml for one in region.submissions(1, "diagnostic_territorial")] == [frozen]
    kit.connection.stop()
