# SPDX-License-Identifier: EUPL-1.2
"""Several accounts in the window: each record to its own, what each needs is told by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, settings
from fieldkit.account import Account
from fieldkit.instance import State
from sync.errors import Offline
from tests.ui.account_places import Place, finish, form_xml, texts
from ui import access
from ui.access import tokens_of
from ui.kit import Kit
from ui.screens.accounts import AccountRow, AccountsCard
from ui.screens.settings import SettingsScreen


def test_a_second_account_is_added_and_the_first_stays_the_default(kit: Kit, places: SimpleNamespace) -> None:
    assert [one.display_name for one in sorted(kit.connection.accounts, key=lambda one: one.display_name)] == [
        "GAL", "Province"
    ]  # fmt: skip
    assert kit.connection.account == kit.store.accounts.get(places.gal.account_id)
    assert kit.store.blank_forms.get("visite").offers == (places.gal.account_id, places.province.account_id)
    assert kit.connection.story().title == "Tout est envoyé"


def test_each_record_goes_to_its_account_and_the_sum_is_told(kit: Kit, places: SimpleNamespace) -> None:
    mine, theirs, nobodys = places.gal.finish(), places.province.finish(), finish(kit, "")
    assert kit.connection.summary().text == "3 envois en attente"
    assert kit.connection.waiting_for(places.gal.account_id) == 2
    told: list[object] = []
    kit.connection.finished.connect(told.append)
    kit.connection.send()
    assert (sorted(places.gal.stored()), places.province.stored()) == (sorted([mine, nobodys]), [theirs])
    (status,) = told
    assert len(status.pushed.delivered) == 3  # type: ignore[attr-defined]  # a SyncStatus
    assert kit.connection.story().title == "Tout est envoyé"


def test_the_account_that_needs_something_is_named_and_the_others_go_on(kit: Kit, places: SimpleNamespace) -> None:
    mine, theirs = places.gal.finish(), places.province.finish()
    places.province.server.revoke(places.province.token)
    kit.connection.send()
    assert places.gal.stored() == [mine]
    assert kit.store.instances.get(theirs).state is State.FINALIZED
    story, pill = kit.connection.story(), kit.connection.summary()
    assert story.title == "Province\u00a0: La région ne reconnaît plus votre accès"
    assert (pill.title, pill.text) == ("Accès à redonner", "Province")
    assert kit.connection.needs_token
    later = places.gal.finish()
    kit.connection.send_by_itself()  # one account is enough to go on
    assert sorted(places.gal.stored()) == sorted([mine, later])
    places.province.token = places.province.server.create_app_user(1, "Ana")
    places.province.link = places.province.server.invitation_link(1, places.province.token)
    places.province.connect()
    assert places.province.stored() == [theirs]
    assert kit.connection.story().title == "Tout est envoyé"


def test_one_that_is_offline_is_named_and_all_offline_is_simply_offline(kit: Kit, places: SimpleNamespace) -> None:
    places.province.finish()
    places.province.server.stop()
    kit.connection.send()
    assert kit.connection.story().title.startswith("Province\u00a0: Hors ligne depuis ")
    assert kit.connection.summary().title == "Hors ligne"
    assert isinstance(kit.connection.state_of(places.province.account_id).status.trouble, Offline)  # type: ignore[union-attr]
    assert kit.connection.state_of(places.gal.account_id).status.trouble is None  # type: ignore[union-attr]
    places.gal.server.stop()
    kit.connection.send()
    assert kit.connection.story().title.startswith("Hors ligne depuis ")
    card = AccountsCard(kit)
    chips = [chip for row in card.findChildren(AccountRow) for chip in row.findChildren(QWidget)]
    assert [one.accessibleName() for one in chips].count("Hors ligne") == 2


def test_an_account_that_leaves_while_its_token_is_read_is_asked_nothing(
    kit: Kit, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = places.province.finish()
    kit.connection.stop()  # as after a start: nobody has joined yet

    def slowly(accounts: list[Account]) -> dict[str, str]:
        kit.store.accounts.remove(places.province.account_id)  # the user did, meanwhile
        return tokens_of(accounts)

    monkeypatch.setattr(access, "tokens_of", slowly)
    kit.connection.sync()
    assert places.province.stored() == []
    assert kit.store.instances.get(record).state is State.FINALIZED
    assert kit.store.blank_forms.get("visite").offers == (places.gal.account_id,)


def test_a_window_that_is_closed_while_an_account_leaves_leaves_no_token_and_misses_no_form(
    kit: Kit, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    works: list[Callable[..., object]] = []
    run = kit.tasks.run

    def only_the_first(work: Callable[..., object], *calls: Callable[..., None], **options: Any) -> object:
        works.append(work)  # what is queued behind it is dropped with the window
        return run(work, *calls, **options) if len(works) == 1 else None

    kit.store.facts.set("shipped.mon_smart_village", "as it was when the account's own stood before it")
    monkeypatch.setattr(kit.tasks, "run", only_the_first)
    kit.connection.disconnect_account(places.province.account_id)
    assert [one.account_id for one in kit.connection.accounts] == [places.gal.account_id]
    assert places.province.account_id not in credentials._session
    assert places.gal.account_id in credentials._session
    assert kit.store.facts.get("shipped.mon_smart_village") == ""  # the next start looks again


def test_several_troubles_are_all_told(kit: Kit, places: SimpleNamespace) -> None:
    places.gal.server.stop()
    places.province.server.revoke(places.province.token)
    kit.connection.sync()
    story = kit.connection.story()
    assert story.title.startswith("Province\u00a0: ")  # what needs somebody comes first
    assert "GAL\u00a0: Hors ligne depuis " in story.text


def test_without_keyring_each_access_is_asked_again(
    kit: Kit, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.connection.stop()
    kept = {places.gal.account_id: places.gal.token}
    monkeypatch.setattr(credentials, "_session", kept)  # another process, in which one was given already
    mine, theirs = places.gal.finish(), places.province.finish()
    kit.connection.sync()
    assert places.gal.stored() == [mine]
    assert kit.store.instances.get(theirs).state is State.FINALIZED
    assert kit.connection.story().title == "Province\u00a0: Accès à redonner"
    monkeypatch.setattr(credentials, "_session", {})
    kit.connection.stop()
    kit.connection.sync()
    asked: list[str] = []
    kit.screen_asked.connect(lambda name, _target: asked.append(name))
    kit.connection.send()
    assert asked == ["settings"]


def test_the_list_tells_name_place_exchange_and_state(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    places.province.finish()
    places.province.server.revoke(places.province.token)
    kit.connection.sync()
    card = AccountsCard(kit)
    qtbot.addWidget(card)
    rows = {row.account.display_name: row for row in card.findChildren(AccountRow)}
    gal, province = texts(rows["GAL"]), texts(rows["Province"])
    assert "127.0.0.1:" in gal
    assert "projet 1" in gal
    assert "Dernier échange à " in gal
    assert "1 envoi en attente" in province
    assert "La région ne reconnaît plus votre accès." in province
    names = [one.accessibleName() for one in rows["Province"].findChildren(QWidget)]
    assert "Accès à redonner" in names
    assert "Redonner l’accès…" in names
    assert "Par défaut" in [one.accessibleName() for one in rows["GAL"].findChildren(QWidget)]


def test_a_form_that_clashes_is_told_by_name_in_the_list(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    places.province.server.delete_form(1, "visite")
    places.province.server.publish_form(1, form_xml(title="Autre visite"))
    kit.connection.sync()
    card = AccountsCard(kit)
    qtbot.addWidget(card)
    assert "ses questions diffèrent de celles de «\u00a0GAL\u00a0»" in texts(card)
    assert kit.store.blank_forms.get("visite").title == "Visite"


def menu_of(row: AccountRow) -> dict[str, object]:
    (menu,) = row.findChildren(QMenu)
    return {action.text(): action for action in menu.actions()}


def test_the_menu_chooses_the_default(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    screen = SettingsScreen(kit)
    qtbot.addWidget(screen)
    with qtbot.waitExposed(screen):
        screen.show()
    rows = {row.account.display_name: row for row in screen.account_card.findChildren(AccountRow)}
    assert "Choisir par défaut" not in menu_of(rows["GAL"])
    menu_of(rows["Province"])["Choisir par défaut"].trigger()  # type: ignore[attr-defined]
    assert kit.settings.get(settings.ACCOUNT_ID) == places.province.account_id
    nobodys = finish(kit, "")
    kit.connection.send()
    assert places.province.stored() == [nobodys]


def test_by_keyboard_another_account_is_added(kit: Kit, qtbot: QtBot, places: SimpleNamespace, tmp_path: Path) -> None:
    third = Place(kit, tmp_path / "third", "Commune")
    screen = SettingsScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1000, 700)
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    card = screen.account_card
    card.add_button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(card.add_button, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is card.form.field
    QTest.keyClicks(card.form.field, "bonjour")
    QTest.keyClick(card.connect_button, Qt.Key.Key_Space)
    assert "lien d’invitation" in card.form.error.text()
    card.form.field.setText(third.link)
    QTest.keyClick(card.connect_button, Qt.Key.Key_Space)
    assert len(kit.connection.accounts) == 3
    assert not card.form.isVisible()
    qtbot.waitUntil(lambda: len([row for row in card.findChildren(AccountRow) if row.isVisible()]) == 3)
    row = next(row for row in card.findChildren(AccountRow) if row.isVisible())
    assert row.menu_button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert row.menu_button.accessibleName().startswith("Actions sur le compte «\u00a0")
    card.open_form()
    QTest.keyClick(card.cancel_button, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is card.add_button
    kit.connection.stop()
    third.server.close()
