# SPDX-License-Identifier: EUPL-1.2
"""The shipped forms at a region as `serve` makes it, in the window: there, back with a remark, corrected, accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import application, credentials, diagnostic, settings, standing
from fieldkit.account import Account
from fieldkit.answer_files import fill
from fieldkit.cli.serving import publish_shipped
from fieldkit.cli.tour_stage import shipped_answers
from fieldkit.instance import State
from sync.client import RegionClient
from sync.office import Office
from sync.returns import listed
from sync.server import ReferenceServer
from ui import hand, states, theme
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.forms_dialog import FormsDialog
from ui.screens.my_dossiers import SHOWN, MyDossiersDialog
from ui.screens.new_record import NewRecordDialog
from ui.screens.outbox import OutboxScreen
from ui.screens.projects import ProjectCard, ProjectsScreen
from ui.screens.records import RecordsScreen
from ui.widgets import Banner, Button
from ui.widgets.indicators import StatusChip

EMAIL, PASSWORD = "revue@region.example", "correct horse"
COMMENT = "Merci pour ce dossier.\nadresse : le numéro de la rue manque."
ADDRESS = "/data/b_porteur/porteur/adresse"


@pytest.fixture
def region(tmp_path: Path, kit: Kit) -> Iterator[SimpleNamespace]:
    """Connect the kit to a region that publishes what ships; `review` is what its office does."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        publish_shipped(server, project)
        server.create_web_user(EMAIL, PASSWORD)
        account = Account("essai", server.url, project, "Essai")
        token = server.create_app_user(project, "agent")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, token)
        kit.connection.sync()
        with Office(server.url, project, EMAIL, PASSWORD) as office:
            yield SimpleNamespace(server=server, project=project, token=token, review=office.review)
        kit.connection.stop()
        credentials._session.clear()


def finish(kit: Kit, instance_id: str) -> None:
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), datetime.now(UTC))
    kit.connection.sync()


def send_application(kit: Kit) -> str:
    instance_id = kit.new_record(application.FORM_ID, commune_nis="25084")
    session = kit.open_session(instance_id)
    fill(session, shipped_answers("application_perwez"))
    name = session.instance_name
    kit.store.instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", name, "25084")
    finish(kit, instance_id)
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    return instance_id


def words_of(widget: QWidget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel)]
    return " | ".join(words + [chip.accessibleName() for chip in widget.findChildren(StatusChip)])


def shown(widget: QWidget, qtbot: QtBot, name: str) -> str:
    """Show a widget, keep a picture of it where FIELDKIT_PICTURES says, and return its words."""
    qtbot.addWidget(widget)
    widget.show()
    hand.settle()
    if folder := os.environ.get("FIELDKIT_PICTURES"):
        hand.picture(widget, Path(folder) / f"{name}.png")
    return words_of(widget)


def dialog_of(kit: Kit, qtbot: QtBot, name: str = "my-dossiers") -> tuple[MyDossiersDialog, str]:
    dialog = MyDossiersDialog(kit)
    return dialog, shown(dialog, qtbot, name)


def project_chips(kit: Kit, qtbot: QtBot) -> list[str]:
    projects = ProjectsScreen(kit)
    qtbot.addWidget(projects)
    projects.refresh()
    return [card.accessibleName().split(". ")[1] for card in projects.findChildren(ProjectCard)]


def test_what_brings_the_list_is_read_and_never_filled(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    assert standing.FORM in {form.form_id for form in kit.store.blank_forms.list()}
    new = NewRecordDialog(kit)
    qtbot.addWidget(new)
    assert [form.form_id for form in new.forms] == [diagnostic.FORM_ID, application.FORM_ID]
    records = RecordsScreen(kit)
    qtbot.addWidget(records)
    records.refresh()
    assert "2 questionnaires disponibles hors ligne" in records.page.subtitle.text()
    forms = FormsDialog(kit)
    assert "Mes dossiers" in shown(forms, qtbot, "forms")
    names = [button.accessibleName() for button in forms.findChildren(Button)]
    assert "Consulter mes dossiers" in names
    assert "Imprimer : Mes dossiers" not in names


def test_the_loop_closes_in_the_window(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.resize(1366, 700)
    window.fill()
    window.show()
    sent = send_application(kit)
    region.review(application.FORM_ID, sent, "hasIssues", "à corriger", COMMENT)
    kit.connection.sync()
    assert window.toasts.text() == "1 réponse à corriger"  # the list came with it, no questionnaire did
    assert "À corriger" in dialog_of(kit, qtbot)[1]
    assert (kit.connection.story().kind, kit.connection.summary().title) == ("err", "1 réponse à corriger")

    page = EntryPage(kit, kit.correct(sent))
    qtbot.addWidget(page)
    page.walk.go_to(ADDRESS)
    frame = page.walk.current_frame()
    assert frame is not None
    assert [banner.text.text() for banner in frame.findChildren(Banner)] == ["le numéro de la rue manque."]
    assert kit.connection.summary().title == "Tout est envoyé"  # it is being corrected
    page.desk.answer(ADDRESS, "Rue de la Gare, 12")
    page.desk.recorder.save()
    assert project_chips(kit, qtbot) == ["Brouillon"]

    finish(kit, page.instance_id)
    versions = region.server.submissions(region.project, application.FORM_ID, every_version=True)
    assert [one.instance_id for one in versions] == [sent, page.instance_id]
    dialog, words = dialog_of(kit, qtbot, "my-dossiers-corrected")
    assert "Envoyé" in words
    assert "À corriger" not in words

    region.review(application.FORM_ID, sent, "approved", "accepté", "Bon projet.")
    kit.connection.sync()
    assert project_chips(kit, qtbot) == ["Accepté"]
    dialog, words = dialog_of(kit, qtbot, "my-dossiers-accepted")
    assert "Accepté" in words
    assert "Bon projet." in words
    hand.click(hand.button(dialog, "Voir"))
    assert dialog.answer == page.instance_id


def test_what_another_device_sent_is_listed_too(
    kit: Kit, region: SimpleNamespace, qtbot: QtBot, qapp: QApplication, diagnosed: Callable[[str], str]
) -> None:
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.show()
    outbox.refresh()
    assert "Un dossier paraît ici" in dialog_of(kit, qtbot, "my-dossiers-empty")[1]
    mine = diagnosed("incourt")
    finish(kit, mine)
    phone = RegionClient(Account("phone", region.server.url, region.project, "Phone"), region.token)
    for number in range(7):
        elsewhere = kit.store.instances.frozen_xml(mine).decode().replace(mine, f"uuid:elsewhere-{number}")
        entity = kit.store.dossiers.of(mine).entity_id
        xml = elsewhere.replace(entity, f"0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b1{number}").replace("Incourt", "Hélécine")
        phone.submit(xml.encode())
    phone.close()
    region.review(diagnostic.FORM_ID, "uuid:elsewhere-1", "hasIssues", "à corriger", "Deux villages manquent. " * 30)
    region.review(diagnostic.FORM_ID, "uuid:elsewhere-2", "approved", "chez le ministre")
    kit.connection.sync()
    outbox.refresh()
    hand.button(outbox, "Mes dossiers")
    account = kit.connection.account
    assert account is not None
    assert [one.instance_id for one in listed(kit.store, account.account_id)] == [*[""] * 7, mine]
    theme.apply(qapp, "dark")
    dialog, words = dialog_of(kit, qtbot, "my-dossiers-dark")
    assert words.count("Envoyé d’un autre appareil") == 7
    assert "chez le ministre" in words
    assert ("Deux villages manquent. " * 30).strip() in words  # there is no other place here to read it
    assert len([one for one in dialog.findChildren(Button) if one.accessibleName().startswith("Voir")]) == 1


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("Merci.\ncontact_telephone\u00a0: pas en service.", "Merci.\npas en service."),
        ("ligne[2]/prix : sur quelle base ?", "sur quelle base ?"),
        ("/data/a : x\n${titre}: y", "x\ny"),
        ("adresse : la rue ?\nBudget : trop haut.", "adresse : la rue ?\nBudget : trop haut."),
        ("voir https://region.example/a_b : utile", "voir https://region.example/a_b : utile"),
        ("a_b :", "a_b :"),
    ],
)
def test_lists_leave_out_names_that_nobody_reads(comment: str, shown: str) -> None:
    assert states.without_names(comment) == shown


def test_a_very_long_list_says_that_it_goes_on(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    ids = [f"0f9c9b3e-3b0c-4b57-9d0c-{number:012}" for number in range(130)]
    rows = "".join(f"{one},Dossier {number},1,uuid:{number},,\n" for number, one in enumerate(ids))
    content = f"name,label,__version,instance_id,statut,commentaire\n{rows}".encode()
    kit.store.entities.put_list("essai", standing.LIST, content, "long")
    _, words = dialog_of(kit, qtbot, "my-dossiers-long")
    assert words.count("Envoyé d’un autre appareil") == SHOWN
    assert "Dossier 129" in words
    assert "Les 30 plus anciens ne sont pas montrés ici." in words


def test_without_a_list_nothing_offers_it(kit: Kit, qtbot: QtBot) -> None:
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.show()
    outbox.refresh()
    with pytest.raises(hand.OutOfReachError):
        hand.button(outbox, "Mes dossiers")
    assert "n’est pas encore arrivée" in dialog_of(kit, qtbot, "my-dossiers-none")[1]
