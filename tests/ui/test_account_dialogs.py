# SPDX-License-Identifier: EUPL-1.2
"""Accounts are renamed, given another access and left; a record shows where it goes until it is tried."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fieldkit import credentials
from fieldkit.errors import WrongStateError
from fieldkit.instance import State
from sync.errors import BadInvitation, NotAuthorized
from tests.ui.account_places import Place, begin, finish, form_xml, texts
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.screens.account_dialogs import AccessDialog, LeaveDialog, RenameDialog
from ui.screens.destination import destination, destination_text
from ui.screens.forms_dialog import FormsDialog
from ui.screens.new_record import NewRecordDialog
from ui.screens.outbox import OutboxScreen
from ui.screens.record_panel import RecordPanel
from ui.widgets.fields import Select


def test_a_new_name_is_kept_through_a_new_access(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    dialog = RenameDialog(kit, kit.store.accounts.get(places.gal.account_id))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.field.setText("  GAL Culturalité ")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert kit.connection.name_of(places.gal.account_id) == "GAL Culturalité"
    kit.connection.connect_account(places.gal.link, lambda _account: None, pytest.fail)
    assert kit.connection.name_of(places.gal.account_id) == "GAL Culturalité"
    empty = RenameDialog(kit, kit.store.accounts.get(places.gal.account_id))
    qtbot.addWidget(empty)
    empty.field.clear()
    empty.choose("rename")
    assert kit.connection.name_of(places.gal.account_id) == "GAL Culturalité"


def access_dialog(kit: Kit, qtbot: QtBot, place: Place) -> AccessDialog:
    dialog = AccessDialog(kit, kit.store.accounts.get(place.account_id))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_an_invitation_for_the_same_project_replaces_the_access(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    places.gal.server.revoke(places.gal.token)
    kit.connection.sync()
    assert kit.connection.state_of(places.gal.account_id).needs_token
    dialog = access_dialog(kit, qtbot, places.gal)
    token = places.gal.server.create_app_user(1, "Ana")
    dialog.form.field.setText(places.gal.server.invitation_link(1, token))
    dialog.choose("replace")
    assert dialog.answer == "replace"
    assert credentials.get(places.gal.account_id) == token
    assert not kit.connection.state_of(places.gal.account_id).needs_token
    assert len(kit.connection.accounts) == 2


def test_an_invitation_for_another_project_is_told_and_added_only_if_wanted(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    places.gal.server.create_project("Autre")
    other = places.gal.server.invitation_link(2, places.gal.server.create_app_user(2, "Ana"))
    dialog = access_dialog(kit, qtbot, places.gal)
    dialog.form.field.setText(other)
    dialog.choose("replace")
    assert dialog.isVisible()
    assert dialog.other is not None
    assert dialog.other.title.text() == "Cette invitation est pour un autre projet"
    assert "projet 2" in dialog.other.text.text()
    assert len(kit.connection.accounts) == 2
    assert credentials.get(places.gal.account_id) == places.gal.token
    dialog.form.field.setText("bonjour")
    dialog.choose("replace")
    assert dialog.other is None
    assert dialog.form.error.text()
    dialog.form.field.setText(other)
    dialog.choose("replace")
    dialog.other_button.click()
    assert not dialog.isVisible()
    assert len(kit.connection.accounts) == 3
    assert kit.connection.account == kit.store.accounts.get(places.gal.account_id)


def test_an_access_that_the_region_does_not_know_stays_in_the_dialog(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    dialog = access_dialog(kit, qtbot, places.gal)
    dialog.form.field.setText(places.gal.link.replace(places.gal.token, "A" * 64))
    dialog.choose("replace")
    assert "La région ne reconnaît plus votre accès" in dialog.form.error.text()
    assert dialog.replace_button.isEnabled()
    assert credentials.get(places.gal.account_id) == places.gal.token


def leave_dialog(kit: Kit, qtbot: QtBot, place: Place) -> LeaveDialog:
    dialog = LeaveDialog(kit, kit.store.accounts.get(place.account_id))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_leaving_tells_what_waits_which_stays_and_goes_when_the_account_is_back(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    waiting = places.province.finish()
    draft = begin(kit, places.province.account_id)
    dialog = leave_dialog(kit, qtbot, places.province)
    assert dialog.text.text().startswith("1 réponse terminée attend encore de partir vers ce compte.")
    dialog.choose("")
    assert len(kit.connection.accounts) == 2
    dialog = leave_dialog(kit, qtbot, places.province)
    dialog.choose("leave")
    assert [one.account_id for one in kit.connection.accounts] == [places.gal.account_id]
    assert kit.store.instances.get(draft).state is State.DRAFT
    assert kit.open_session(draft).value("/data/a") == "x"
    story = kit.connection.story()
    assert story.title == "1 réponse attend un compte qui n’est pas relié ici"
    assert "«\u00a0Province\u00a0»" in story.text
    kit.connection.send_by_itself()
    kit.connection.send()
    assert (places.gal.stored(), kit.store.instances.get(waiting).state) == ([], State.FINALIZED)
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    assert "Pour «\u00a0Province\u00a0», un compte qui n’est pas relié ici" in texts(outbox)
    places.province.connect()
    assert places.province.stored() == [waiting]


def test_leaving_for_good_withdraws_the_access_at_the_region(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    dialog = leave_dialog(kit, qtbot, places.gal)
    dialog.revoke.setChecked(True)
    dialog.choose("leave")
    assert dialog.answer == "leave"
    assert [one.account_id for one in kit.connection.accounts] == [places.province.account_id]
    assert kit.connection.account == kit.store.accounts.get(places.province.account_id)
    heard: list[Exception] = []
    kit.connection.connect_account(places.gal.link, lambda _account: pytest.fail("it lives"), heard.append)
    assert isinstance(heard[0], NotAuthorized)


def test_if_the_access_cannot_be_withdrawn_the_account_stays(kit: Kit, qtbot: QtBot, places: SimpleNamespace) -> None:
    places.gal.server.stop()
    dialog = leave_dialog(kit, qtbot, places.gal)
    dialog.revoke.setChecked(True)
    dialog.choose("leave")
    assert dialog.isVisible()
    assert dialog.trouble is not None
    assert "vous êtes toujours relié" in dialog.trouble.title.text()
    assert dialog.trouble.text.text().startswith("Pas de connexion. Réessayez")
    assert len(kit.connection.accounts) == 2
    assert credentials.get(places.gal.account_id) == places.gal.token
    dialog.revoke.setChecked(False)
    dialog.choose("leave")
    assert not dialog.isVisible()
    assert len(kit.connection.accounts) == 1


def test_a_default_that_leaves_two_others_waits_for_a_choice(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace, tmp_path: Path
) -> None:
    third = Place(kit, tmp_path / "third", "Commune")
    third.connect()
    finish(kit, "")
    kit.connection.disconnect_account(places.gal.account_id)
    assert kit.connection.account is None
    assert kit.connection.story().title == "1 réponse attend le choix d’un compte"
    kit.connection.send()
    assert places.province.stored() + third.stored() == []
    kit.connection.choose_default(third.account_id)
    kit.connection.send()
    assert len(third.stored()) == 1
    kit.connection.stop()
    third.server.close()


def test_a_record_shows_where_it_goes_and_may_go_elsewhere_until_it_is_tried(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    instance_id = places.gal.finish()
    panel = RecordPanel(kit)
    qtbot.addWidget(panel)
    panel.show_record(kit.store.instances.get(instance_id))
    (select,) = panel.findChildren(Select)
    assert [select.itemText(n) for n in range(select.count())] == ["GAL", "Province"]
    select.setFocus()
    QTest.keyClick(select, Qt.Key.Key_Down)
    select.activated.emit(select.currentIndex())
    assert kit.store.instances.get(instance_id).account_id == places.province.account_id
    kit.connection.send()
    assert (places.gal.stored(), places.province.stored()) == ([], [instance_id])
    sent = kit.store.instances.get(instance_id)
    assert destination_text(kit, sent) == "Envoyé à «\u00a0Province\u00a0»"
    assert not isinstance(destination(kit, sent), type(None))
    corrected = kit.correct(instance_id)
    assert kit.store.instances.get(corrected).account_id == places.province.account_id
    assert kit.store.owners.choices(kit.store.instances.get(corrected)) == (places.province.account_id,)
    nobodys = kit.store.instances.get(finish(kit, ""))
    assert destination_text(kit, nobodys) == "Pour le compte par défaut, «\u00a0GAL\u00a0»"


def test_a_record_that_leaves_while_its_account_is_chosen_is_told(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    instance_id = places.gal.finish()
    panel = RecordPanel(kit)
    qtbot.addWidget(panel)
    panel.show_record(kit.store.instances.get(instance_id))
    (select,) = panel.findChildren(Select)
    kit.store.instances.mark_attempted(instance_id, datetime.now(UTC), "sending", places.gal.account_id)
    told: list[Exception] = []
    kit.trouble_met.connect(told.append)
    select.setCurrentIndex(1)
    select.activated.emit(1)
    assert [type(one) for one in told] == [WrongStateError]
    assert kit.store.instances.get(instance_id).account_id == places.gal.account_id


def test_a_new_record_asks_for_the_account_where_several_offer_the_form(
    kit: Kit, qtbot: QtBot, places: SimpleNamespace
) -> None:
    places.gal.server.publish_form(1, form_xml("seul", "Du GAL seul"))
    kit.connection.sync()
    dialog = NewRecordDialog(kit)
    qtbot.addWidget(dialog)
    number = {form.form_id: n for n, form in enumerate(dialog.forms)}
    dialog.tiles.button(number["visite"]).setChecked(True)
    assert dialog.account is not None
    assert dialog.account.currentData() == places.gal.account_id  # the default one
    dialog.account.setCurrentIndex(dialog.account.findData(places.province.account_id))
    begun: list[str] = []
    kit.record_asked.connect(begun.append)
    dialog.begin()
    assert kit.store.instances.get(begun[0]).account_id == places.province.account_id
    dialog.tiles.button(number["seul"]).setChecked(True)
    assert dialog.account is None
    dialog.begin()
    assert kit.store.instances.get(begun[1]).account_id == places.gal.account_id
    page = EntryPage(kit, begun[0])
    qtbot.addWidget(page)
    assert page.desk.session.form.form_id == "visite"
    page.close()
    forms = FormsDialog(kit)
    qtbot.addWidget(forms)
    assert "reçu de GAL, Province" in texts(forms)


def test_a_text_that_is_no_invitation_adds_nothing(kit: Kit, places: SimpleNamespace) -> None:
    heard: list[Exception] = []
    kit.connection.connect_account("bonjour", lambda _account: pytest.fail("kept"), heard.append)
    assert isinstance(heard[0], BadInvitation)
    assert len(kit.connection.accounts) == 2
