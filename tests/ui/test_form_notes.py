# SPDX-License-Identifier: EUPL-1.2
"""Questionnaires that the region closes, withdraws or breaks, as the user sees it (contract, 2.2, F25 to F30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, settings
from fieldkit.account import Account
from fieldkit.cli.exchange import problem_words
from fieldkit.instance import State
from fieldkit.packs import CATALOGUE
from fieldkit.packs.errors import PackOlder
from forms.views import EntityChange, EntityProblem
from sync.errors import BadServerData
from sync.pull import FormProblem
from sync.server import Fault, ReferenceServer
from tests.forms.entity_sheets import sheet
from ui import form_notes
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.screens.accounts import troubles
from ui.screens.forms_dialog import FormsDialog
from ui.screens.new_record import NewRecordDialog
from ui.screens.outbox import OutboxScreen
from ui.screens.records import RecordsScreen
from ui.sentences.engine import entity_problem
from ui.sentences.network import form_problem

HEDGES = """
| survey | | | |
| | type | name | label |
| | text | lieu | Lieu |
"""
ANY_TREE = """
| survey | | | | |
| | type | name | label | save_to |
| | text | species | Espèce | species |
| | text | name | Nom | |
| entities | | | |
| | list_name | label |
| | trees | ${name} |
"""


@pytest.fixture
def region(tmp_path: Path, kit: Kit) -> Iterator[SimpleNamespace]:
    """Run a region with two forms, to which the kit is connected."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        for form_id in ("haies", "mares"):
            server.publish_form(project, sheet(HEDGES, form_id))
        server.publish_form(project, sheet(ANY_TREE, "arbre"))
        account = Account("essai", server.url, project, "Essai")
        token = server.create_app_user(project, "agent")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, token)
        kit.connection.sync()
        yield SimpleNamespace(server=server, project=project, token=token)
        kit.connection.stop()
        credentials._session.clear()


def words_of(widget: QWidget) -> str:
    return (
        " | ".join(label.text() for label in widget.findChildren(QLabel)).replace("\u00a0", " ").replace("\u202f", " ")
    )


def begun(kit: Kit, form_id: str = "haies") -> str:
    made = kit.new_record(form_id)
    session = kit.open_session(made)
    session.answer("/f/lieu", "Perwez")
    kit.store.instances.save_draft(made, session.draft_xml(), [], session.progress(), "", "Perwez", "")
    return made


def finished(kit: Kit, made: str) -> str:
    kit.store.instances.finalize(made, kit.open_session(made).finalize(), datetime.now(UTC))
    return made


def outbox_of(kit: Kit, qtbot: QtBot) -> OutboxScreen:
    screen = OutboxScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    return screen


def panel_of(kit: Kit, qtbot: QtBot, instance_id: str) -> QWidget:
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    screen.show_target(instance_id)
    return screen.panel


def forms_of(kit: Kit, qtbot: QtBot) -> str:
    dialog = FormsDialog(kit)
    qtbot.addWidget(dialog)
    return words_of(dialog)


def test_a_form_that_is_being_closed_takes_no_new_draft_and_still_takes_what_was_begun(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    """F27, F29."""
    draft = begun(kit)
    region.server.set_form_state(region.project, "haies", "closing")
    kit.connection.sync()
    chooser = NewRecordDialog(kit)
    qtbot.addWidget(chooser)
    assert "haies" not in [form.form_id for form in chooser.forms]
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert "La région ne propose plus ce questionnaire" in words_of(page)
    assert "La région peut la refuser ; elle reste alors ici." in words_of(page)
    assert "haies | La région ne le propose plus. Restent ici, à terminer ou à envoyer : 1 brouillon." in forms_of(
        kit, qtbot
    )
    page.verbs.finish()
    assert kit.store.instances.get(draft).state is State.FINALIZED
    assert "La réponse part quand même ; si elle est refusée, elle reste ici." in words_of(outbox_of(kit, qtbot))
    assert "La réponse part quand même" in words_of(panel_of(kit, qtbot, draft))
    kit.connection.sync()
    assert kit.store.instances.get(draft).state is State.SUBMITTED
    assert "ne le propose plus" not in forms_of(kit, qtbot)  # nothing of it is left to do


def test_a_closed_form_refuses_what_waits_and_it_stays_to_be_read(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    """F25."""
    waiting = begun(kit)
    other = begun(kit, "mares")
    region.server.set_form_state(region.project, "haies", "closed")
    kit.connection.sync()  # the list tells that it is gone
    finished(kit, waiting)
    finished(kit, other)
    assert "La région ne propose plus ce questionnaire" in words_of(outbox_of(kit, qtbot))
    kit.connection.sync()
    instances = kit.store.instances
    assert (instances.get(waiting).state, instances.get(waiting).reason) == (State.REJECTED, "closed")
    assert instances.get(other).state is State.SUBMITTED
    assert "La région a fermé ce questionnaire" in words_of(panel_of(kit, qtbot, waiting))
    region.server.set_form_state(region.project, "haies", "open")
    instances.retry(waiting)
    kit.connection.sync()
    assert instances.get(waiting).state is State.SUBMITTED
    assert kit.store.blank_forms.withdrawn() == {}


def test_a_closed_form_after_a_lost_answer_says_that_it_may_be_there(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    """F26."""
    waiting = finished(kit, begun(kit))
    now = datetime.now(UTC)
    kit.store.instances.mark_attempted(waiting, now)  # as after an answer that was lost
    kit.store.attempts.add(waiting, now, "unknown", "interrupted")
    region.server.set_form_state(region.project, "haies", "closed")
    kit.connection.sync()
    assert kit.store.instances.get(waiting).reason == "closed-maybe-received"
    assert "Votre réponse est peut-être déjà reçue" in words_of(panel_of(kit, qtbot, waiting))


def test_a_version_that_the_region_does_not_know(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    """F28."""
    xml = kit.store.blank_forms.xml("haies").replace(b'version="1"', b'version="7"')
    kit.store.blank_forms.put("haies", "7", "haies", xml, {}, "essai")
    waiting = finished(kit, begun(kit))
    kit.connection.sync()
    assert kit.store.instances.get(waiting).reason == "version-unknown"
    assert "Mettez les questionnaires à jour, puis renvoyez." in words_of(panel_of(kit, qtbot, waiting))


def test_a_form_closed_while_the_list_came_is_told_and_its_drafts_stay(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    draft = begun(kit)
    region.server.publish_form(region.project, sheet(HEDGES, "haies").replace(b'version="1"', b'version="2"'))
    body, headers = b'{"message":"The authenticated actor does not have rights","code":403.1}', {}
    headers["Content-Type"] = "application/json"
    region.server.faults.add(Fault(r"forms/haies\.xml", status=403, body=body, headers=headers))
    kit.connection.sync()
    text = forms_of(kit, qtbot)
    assert "haies | Votre accès ne donne pas droit à ce questionnaire. Ce qui était sur cet ordinateur" in text
    outbox = outbox_of(kit, qtbot)
    assert "1 remarque sur les questionnaires de la région" in words_of(outbox)
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert "ne propose plus" not in words_of(page)  # it is in the list still
    kit.connection.sync()
    assert "1 remarque" not in words_of(outbox_of(kit, qtbot))


def test_an_empty_list_is_told_and_takes_nothing_away(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F30."""
    draft = begun(kit)
    region.server.unassign(region.project, region.token)
    kit.connection.sync()
    assert "La région ne propose plus aucun questionnaire à votre accès" in forms_of(kit, qtbot)
    assert kit.store.blank_forms.withdrawn() == {}
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert "ne propose plus ce questionnaire" not in words_of(page)
    shown: list[str] = []
    monkeypatch.setattr(FormsDialog, "exec", lambda dialog: shown.append(words_of(dialog)))
    outbox = outbox_of(kit, qtbot)
    assert "La région ne propose plus aucun questionnaire" in words_of(outbox)
    form_notes.show_forms(kit, outbox)
    assert "Demandez-lui si votre accès est encore bon." in shown[0]


def test_every_problem_of_a_form_has_a_sentence(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    status = kit.connection.status
    assert status is not None
    assert status.pulled is not None
    status.pulled.problems += [
        FormProblem("haies", missing_media=("carte.png", "son.mp3")),
        FormProblem("nouveau", BadServerData("nouveau", "md5")),
    ]
    text = forms_of(kit, qtbot)
    assert "La région n’a pas fourni tous les fichiers de ce questionnaire. Prévenez-la : carte.png, son.mp3." in text
    assert "nouveau | Ce qui a été reçu de la région est abîmé." in text
    assert form_problem(FormProblem("x", BadServerData("x", "y"))).text.endswith("reste utilisable.")


def test_packs_are_told_as_what_they_are_and_not_as_a_questionnaire(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    status = kit.connection.status
    assert status is not None
    assert status.pulled is not None
    missing = FormProblem(CATALOGUE, missing_media=("appels.zip",))
    status.pulled.problems += [missing, FormProblem(CATALOGUE, PackOlder("guides.zip", "version 1"))]
    told = [*(note.title + note.text for note in form_notes.notes(kit)), *troubles(kit, kit.connection.accounts[0])]
    assert len(told) == 4
    for text in told:
        assert CATALOGUE not in text
        assert "questionnaire" not in text
        assert "Ce que vous aviez reste en service." in text or "ce que vous aviez reste en service" in text
    assert told[0].startswith("Guides et appels de la région")
    assert told[2] == form_problem(missing).line
    assert problem_words(missing) == "The server does not have the packs appels.zip of its catalogue: tell the region."


def test_what_the_region_will_not_take_into_its_list_is_told_when_it_is_finished(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot
) -> None:
    made = kit.new_record("arbre")
    page = EntryPage(kit, made)
    qtbot.addWidget(page)
    page.desk.answer("/f/species", "frêne")
    page.verbs.finish()
    words = words_of(page)
    assert "La région ne la reprendra pas dans sa liste « trees »" in words
    assert "il lui manque le nom à y écrire" in words
    kit.connection.sync()
    assert kit.store.instances.get(made).state is State.SUBMITTED


@pytest.mark.parametrize("problem", [one for one in EntityProblem if one])
def test_every_problem_of_an_entity_has_a_sentence(problem: EntityProblem) -> None:
    change = EntityChange("arbres", "x", create=True, update=False, label="", properties={}, problem=problem)
    assert entity_problem(change).text.endswith(".")
    assert "{" not in entity_problem(change).line
