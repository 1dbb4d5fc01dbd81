# SPDX-License-Identifier: EUPL-1.2
"""A newer version of a form arrives while a draft is open: told, shown, done and undone in the window."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from fieldkit.instance import Instance, State
from forms import FormSession, load_form
from tests.forms.conftest import xform
from tests.ui.meetings import Meetings
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.lift_dialog import LiftBanner, LiftDialog


def form_xml(version: str, **questions: str) -> bytes:
    """Write a form `x` with these questions and their types."""
    inside = "".join(f"<{name}/>" for name in questions)
    binds = "".join(f'<bind nodeset="/data/{name}" type="{kind}"/>' for name, kind in questions.items())
    body = "".join(f'<input ref="/data/{name}"><label>{name.title()}</label></input>' for name in questions)
    return xform(inside, binds, body, root=f'id="x" version="{version}"')


V1 = form_xml("1", village="string", habitants="string", ancien="string")
V2 = form_xml("2", village="string", habitants="int", nouveau="string")


@pytest.fixture
def window(kit: Kit, qtbot: QtBot) -> MainWindow:
    made = MainWindow(kit)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


@pytest.fixture
def drafted(kit: Kit) -> str:
    """Keep a draft of version 1; version 2 comes after it."""
    kit.store.blank_forms.put("x", "1", "Visite", V1, {}, "region")
    session = FormSession(load_form(V1))
    for name, value in {"village": "Jauche", "habitants": "beaucoup", "ancien": "une réponse"}.items():
        session.answer(f"/data/{name}", value)
    now = datetime.now(UTC)
    kit.store.instances.create(
        Instance(session.instance_id, "x", "1", State.DRAFT, "Visite", now, now), session.draft_xml()
    )
    kit.store.blank_forms.put("x", "2", "Visite", V2, {}, "region")
    return session.instance_id


def page_of(window: MainWindow, instance_id: str) -> EntryPage:
    window.open_record(instance_id)
    page = window.stack.currentWidget()
    assert isinstance(page, EntryPage)
    return page


def test_a_draft_goes_to_the_new_version_and_back(kit: Kit, window: MainWindow, drafted: str, meet: Meetings) -> None:
    (banner,) = page_of(window, drafted).findChildren(LiftBanner)
    asked: list[object] = []
    kit.toast_asked.connect(lambda _text, action: asked.append(action))
    texts = meet(LiftDialog, lambda dialog: dialog.choose("lift"))
    banner.ask()
    assert any("1 réponse est reprise" in text for text in texts)
    assert "Habitants\u00a0: beaucoup" in texts
    assert "Ancien\u00a0: une réponse" in texts
    page = window.stack.currentWidget()
    assert isinstance(page, EntryPage)
    assert page.desk.session.form.version == "2"
    assert page.desk.session.value("/data/habitants") == "beaucoup"
    assert not page.findChildren(LiftBanner)
    page.desk.recorder.answer("/data/village", "Jandrain")
    page.desk.recorder.answer("/data/nouveau", "sans place avant")
    word, undo = asked[-1]  # type: ignore[misc]  # (word, callable)
    assert word == "Annuler"
    undo()
    back = window.stack.currentWidget()
    assert isinstance(back, EntryPage)
    assert back.desk.session.form.version == "1"
    assert [back.desk.session.value(f"/data/{name}") for name in ("village", "ancien")] == ["Jandrain", "une réponse"]
    assert kit.store.instances.get(drafted).form_version == "1"


def test_later_changes_nothing(kit: Kit, window: MainWindow, drafted: str, meet: Meetings) -> None:
    page = page_of(window, drafted)
    before = kit.store.instances.draft_xml(drafted)
    meet(LiftDialog, lambda dialog: dialog.choose(""))
    page.findChildren(LiftBanner)[0].ask()
    assert window.stack.currentWidget() is page
    assert kit.store.instances.draft_xml(drafted) == before


def test_the_latest_version_has_no_banner(kit: Kit, window: MainWindow) -> None:
    kit.store.blank_forms.put("x", "1", "Visite", V1, {}, "region")
    session = FormSession(load_form(V1))
    now = datetime.now(UTC)
    kit.store.instances.create(
        Instance(session.instance_id, "x", "1", State.DRAFT, "Visite", now, now), session.draft_xml()
    )
    assert page_of(window, session.instance_id).findChildren(LiftBanner) == []
