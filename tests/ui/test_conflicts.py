# SPDX-License-Identifier: EUPL-1.2
"""A record that somebody else corrected meanwhile, and one that others wait for: what the user reads and can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, resolving, settings
from fieldkit.account import Account
from fieldkit.errors import NotFoundError
from fieldkit.instance import State
from sync.server import ReferenceServer
from tests.forms.entity_sheets import PLANT, VISIT, sheet
from ui import conflicts
from ui.kit import Kit
from ui.screens.conflict_dialog import ConflictDialog, FollowersDialog
from ui.screens.outbox import OutboxScreen
from ui.screens.records import RecordsScreen
from ui.widgets import Button, RadioTile
from ui.widgets.indicators import StatusChip

SITE = """
| survey | | | |
| | type | name | label |
| | text | lieu | Lieu de la haie |
| | integer | arbres | Arbres plantés |
| | begin_repeat | rang | Rang |
| | text | essence | Essence |
| | end_repeat | | |
"""
Answer = Callable[..., str]


@pytest.fixture
def region(tmp_path: Path, kit: Kit) -> Iterator[SimpleNamespace]:
    """Run a region with forms, to which the kit is connected; `edit` is what its office does."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        for form in (sheet(SITE, "haies"), sheet(PLANT, "plant"), sheet(VISIT, "visit")):
            server.publish_form(project, form)
        account = Account("essai", server.url, project, "Essai")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, server.create_app_user(project, "agent"))
        kit.connection.sync()

        def edit(base: str, old: str, new: str) -> str:
            xml = kit.store.instances.frozen_xml(base).replace(old.encode(), new.encode())
            xml = resolving._IDENTITY.sub(rb"\1\2", xml)
            session = kit.session_of(kit.form("haies"), xml, deprecated_id=base)
            next(iter(kit.connection._exchange._services.values()))._region.submit(session.finalize().xml)  # type: ignore[union-attr]
            return session.instance_id

        yield SimpleNamespace(server=server, project=project, edit=edit)
        kit.connection.stop()
        credentials._session.clear()


@pytest.fixture
def finish(kit: Kit) -> Answer:
    """Answer a draft and finish it."""

    def put(instance_id: str, answers: dict[str, str]) -> str:
        session = kit.open_session(instance_id)
        for ref, value in answers.items():
            if ref.endswith("]"):
                session.add_repeat(ref.rpartition("[")[0])
            else:
                session.answer(ref, value)
        instances = kit.store.instances
        name = session.value("/f/lieu") if session.form.form_id == "haies" else session.form.title
        instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", name, "25048")
        instances.finalize(instance_id, session.finalize(), datetime.now(UTC))
        return instance_id

    return put


@pytest.fixture
def clash(kit: Kit, region: SimpleNamespace, finish: Answer) -> SimpleNamespace:
    """Correct a hedge that the office corrects first."""
    first = finish(kit.new_record("haies"), {"/f/lieu": "Perwez", "/f/arbres": "12", "/f/rang[1]/essence": "frêne"})
    kit.connection.sync()
    office = region.edit(first, "Perwez", "Perwez (bureau)")
    changes = {"/f/arbres": "15", "/f/rang[2]": "", "/f/rang[2]/essence": "orme"}
    mine = finish(kit.correct(first), changes)
    kit.connection.sync()
    assert kit.store.instances.get(mine).reason == "out-of-date"
    return SimpleNamespace(first=first, office=office, mine=mine)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Return a window for dialogs to stand before."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


def words_of(widget: QWidget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel)]
    words += [f"{tile.label} {tile.description}" for tile in widget.findChildren(RadioTile)]
    return " | ".join(words + [chip.accessibleName() for chip in widget.findChildren(StatusChip)])


def panel_of(kit: Kit, qtbot: QtBot, instance_id: str) -> RecordsScreen:
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()
    screen.show_target(instance_id)
    return screen


def outbox_of(kit: Kit, qtbot: QtBot) -> OutboxScreen:
    screen = OutboxScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    return screen


def answer_with(monkeypatch: pytest.MonkeyPatch, kind: type, way: str) -> None:
    """Let a person choose a way in the dialog that comes, and go on."""

    def choose(dialog: ConflictDialog) -> int:
        if way == "later":
            dialog.choose("")
        else:
            dialog.pick(way)
            dialog.choose("go")
        return 0

    monkeypatch.setattr(kind, "exec", choose)


def press(widget: QWidget, name: str) -> None:
    next(button for button in widget.findChildren(Button) if button.accessibleName() == name).click()


def versions(region: SimpleNamespace, form_id: str = "haies") -> dict[str, bool]:
    rows = region.server.submissions(region.project, form_id, every_version=True)
    return {row.instance_id: row.current for row in rows}


def test_my_version_stands_beside_what_was_sent_from_here(
    kit: Kit, parent: QWidget, clash: SimpleNamespace, qtbot: QtBot
) -> None:
    dialog = ConflictDialog(kit, kit.store.instances.get(clash.mine), parent)
    words = words_of(dialog).replace("\u00a0", " ")
    assert "Quelqu’un d’autre a corrigé cette réponse" in words
    assert "Votre accès ne permet pas de lire la version de la région." in words
    assert "Arbres plantés | Envoyé " in words
    assert " : 12 | Ma version : 15" in words
    assert "Rang, n° 2 | Envoyé " in words
    assert ": (rien) | Ma version : Essence : orme" in words
    assert "Lieu de la haie" not in words  # what is the same is not shown
    assert "à la place de la version" not in words  # the list names none
    assert dialog.newer == ""


def test_keeping_that_of_the_region_is_undone_by_the_toast_and_later(
    kit: Kit, clash: SimpleNamespace, region: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    toasts: list[tuple[str, Callable[[], None]]] = []
    kit.toast_asked.connect(lambda _text, action: toasts.append(action))
    answer_with(monkeypatch, ConflictDialog, "region")
    press(panel_of(kit, qtbot, clash.mine).panel, "Choisir…")
    assert kit.store.instances.get(clash.mine).state is State.SET_ASIDE
    assert kit.refused() == []
    kit.connection.sync()
    assert versions(region) == {clash.first: False, clash.office: True}
    screen = panel_of(kit, qtbot, clash.mine)
    assert "Mise de côté" in words_of(screen.panel)
    assert "1" not in screen.chips["wrong"].accessibleName()
    toasts[-1][1]()
    assert kit.store.instances.get(clash.mine).reason == "out-of-date"
    press(panel_of(kit, qtbot, clash.mine).panel, "Choisir…")
    press(panel_of(kit, qtbot, clash.mine).panel, "Reprendre")
    assert [one.instance_id for one in kit.refused()] == [clash.mine]


def test_mine_goes_as_a_new_record_and_both_tell_of_each_other(
    kit: Kit, clash: SimpleNamespace, region: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, ConflictDialog, "new")
    press(outbox_of(kit, qtbot), "Choisir…")
    made = kit.store.parked.corrected_by(clash.mine)
    assert kit.store.instances.get(made).state is State.SUBMITTED  # it left by itself
    assert versions(region) == {clash.first: False, clash.office: True, made: True}
    assert "Reprise de la réponse" in words_of(panel_of(kit, qtbot, made).panel)
    assert "Reprise dans la réponse" in words_of(panel_of(kit, qtbot, clash.mine).panel)
    assert kit.refused() == []


def test_a_draft_of_it_can_be_finished_and_is_taken(
    kit: Kit, parent: QWidget, clash: SimpleNamespace, region: SimpleNamespace, finish: Answer, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked: list[str] = []
    kit.record_asked.connect(asked.append)
    answer_with(monkeypatch, ConflictDialog, "later")
    conflicts.correct(kit, clash.mine, parent)
    assert asked == []
    answer_with(monkeypatch, ConflictDialog, "draft")
    conflicts.correct(kit, clash.mine, parent)
    (draft,) = asked
    assert kit.store.instances.get(draft).deprecated_id == ""
    kit.store.instances.delete(draft)  # thought better of it: the choice is there again
    answer_with(monkeypatch, ConflictDialog, "later")
    conflicts.correct(kit, clash.mine, parent)
    assert asked == [draft]
    kit.store.instances.restore(draft)
    conflicts.correct(kit, clash.mine, parent)
    assert asked == [draft, draft]
    finish(draft, {"/f/arbres": "16"})
    kit.connection.sync()
    assert versions(region)[draft]


def test_the_version_that_the_list_names_is_offered(
    kit: Kit,
    parent: QWidget,
    clash: SimpleNamespace,
    region: SimpleNamespace,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolving, "named_newer", lambda *_: clash.office)
    dialog = ConflictDialog(kit, kit.store.instances.get(clash.mine), parent)
    assert "Envoyer la mienne à la place de la version" in words_of(dialog)
    answer_with(monkeypatch, ConflictDialog, "newer")
    conflicts.correct(kit, clash.mine, parent)
    made = kit.store.parked.corrected_by(clash.mine)
    assert versions(region) == {clash.first: False, clash.office: False, made: True}


def test_it_can_be_carried_away_as_a_dossier(
    kit: Kit, parent: QWidget, clash: SimpleNamespace, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "haie.fieldkit"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    monkeypatch.setattr(
        "ui.dossiers.PassphraseDialog.exec", lambda dialog: setattr(dialog, "answer", "go"), raising=True
    )
    conflicts.act(kit, kit.store.instances.get(clash.mine), "export", parent)
    assert chosen.stat().st_size
    assert kit.store.instances.get(clash.mine).state is State.REJECTED
    assert "Emportée dans un dossier" in words_of(panel_of(kit, qtbot, clash.mine).panel)


@pytest.fixture
def planted(kit: Kit, region: SimpleNamespace, finish: Answer) -> SimpleNamespace:
    """Plant a tree that the region refuses, and visit it: the visit waits."""
    region.server.set_form_state(region.project, "plant", "closed")
    plant = finish(kit.new_record("plant"), {"/f/species": "frêne", "/f/height": "1"})
    (change,) = kit.open_session(plant).entities()
    visit = finish(kit.new_record("visit"), {"/f/tree": change.entity_id, "/f/height": "2"})
    kit.connection.sync()
    assert kit.store.instances.get(plant).reason == "closed"
    assert kit.store.instances.get(visit).reason == "waits-for-earlier"
    return SimpleNamespace(plant=plant, visit=visit)


def test_who_waits_and_for_what_is_told(kit: Kit, planted: SimpleNamespace, qtbot: QtBot) -> None:
    words = words_of(outbox_of(kit, qtbot)).replace("\u00a0", " ")
    assert "Attend « plant, Jodoigne », que la région a refusée" in words
    assert "1 réponse terminée attend celle-ci pour partir." in words
    assert "1 réponse terminée attend celle-ci" in words_of(panel_of(kit, qtbot, planted.plant).panel)


def test_all_again_in_order(
    kit: Kit,
    parent: QWidget,
    planted: SimpleNamespace,
    region: SimpleNamespace,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    region.server.set_form_state(region.project, "plant", "open")
    answer_with(monkeypatch, FollowersDialog, "resend")
    conflicts.correct(kit, planted.plant, parent)
    states = [kit.store.instances.get(one).state for one in (planted.plant, planted.visit)]
    assert states == [State.SUBMITTED, State.SUBMITTED]
    (tree,) = region.server.entities(region.project, "trees")
    assert (tree["label"], tree["height"], tree["__version"]) == ("frêne", "2", "2")


def test_correcting_the_first_lets_the_others_wait_for_the_correction(
    kit: Kit, parent: QWidget, planted: SimpleNamespace, region: SimpleNamespace, finish: Answer, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked: list[str] = []
    kit.record_asked.connect(asked.append)
    answer_with(monkeypatch, FollowersDialog, "correct")
    conflicts.correct(kit, planted.plant, parent)
    (draft,) = asked
    kit.connection.sync()
    assert kit.store.instances.get(planted.visit).state is State.FINALIZED
    assert "encore un brouillon" in words_of(outbox_of(kit, qtbot))
    region.server.set_form_state(region.project, "plant", "open")
    finish(draft, {"/f/species": "frêne commun"})
    kit.connection.sync()
    assert kit.store.instances.get(planted.visit).state is State.SUBMITTED
    (tree,) = region.server.entities(region.project, "trees")
    assert (tree["label"], tree["height"]) == ("frêne commun", "2")


def test_a_correction_starts_from_the_last_finished_version(
    kit: Kit, parent: QWidget, region: SimpleNamespace, finish: Answer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = finish(kit.new_record("haies"), {"/f/lieu": "Perwez"})
    kit.connection.sync()
    second = finish(kit.correct(first), {"/f/arbres": "1"})
    instances = kit.store.instances
    instances.mark_attempted(second, datetime.now(UTC))  # tried, as far as is known
    third = finish(kit.correct(second), {"/f/arbres": "2"})
    region.server.set_form_state(region.project, "haies", "closed")
    kit.connection.sync()
    assert [instances.get(one).state for one in (second, third)] == [State.REJECTED, State.FINALIZED]
    asked: list[str] = []
    kit.record_asked.connect(asked.append)
    answer_with(monkeypatch, FollowersDialog, "correct")
    conflicts.correct(kit, second, parent)
    (draft,) = asked
    assert instances.get(draft).deprecated_id == first  # the last that the region has
    assert kit.open_session(draft).value("/f/arbres") == "2"
    assert instances.get(third).state is State.SET_ASIDE
    region.server.set_form_state(region.project, "haies", "open")
    finish(draft, {"/f/arbres": "3"})
    kit.connection.sync()
    assert versions(region) == {first: False, draft: True}


def test_what_goes_wrong_is_told_and_changes_nothing(
    kit: Kit, parent: QWidget, clash: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Exception] = []
    kit.trouble_met.connect(told.append)

    def missing(*_: object) -> None:
        raise NotFoundError("blank form", "haies 1")

    monkeypatch.setattr(kit, "form", missing)
    dialog = ConflictDialog(kit, kit.store.instances.get(clash.mine), parent)
    assert "ne peuvent pas être comparées" in words_of(dialog)
    for way in ("new", "draft"):
        conflicts.act(kit, kit.store.instances.get(clash.mine), way, parent)
    assert [type(error) for error in told] == [NotFoundError, NotFoundError]
    assert kit.store.instances.get(clash.mine).state is State.REJECTED
    conflicts.act(kit, kit.store.instances.get(clash.mine), "region", parent)
    conflicts.take_up(kit, clash.mine)
    assert len(told) == 3
    assert kit.store.instances.get(clash.mine).state is State.SET_ASIDE
