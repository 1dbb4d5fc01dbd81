# SPDX-License-Identifier: EUPL-1.2
"""The region's answers in the window: what is to be corrected, where; what is confirmed; the proof; the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, guides, printing, settings
from fieldkit.account import Account
from fieldkit.instance import State
from fieldkit.proof import read_proof
from sync.client import RegionClient
from sync.invitation import parse_invitation, qr_payload
from sync.server import ReferenceServer
from tests.dossiers import dossier_form, list_form, review_xml
from tests.forms.entity_sheets import PLANTATION, sheet
from ui.entry.page import EntryPage
from ui.journal import export
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.paper import PaperWindow
from ui.screens.outbox import OutboxScreen
from ui.screens.records import RecordsScreen
from ui.screens.records_model import FORM, STATUS
from ui.widgets import Banner, Button
from ui.widgets.buttons import ToolButton
from ui.widgets.indicators import StatusChip

COMMENT = "code_postal : 1371 n’existe pas.\nMerci de préciser aussi le lieu."


@pytest.fixture
def region(tmp_path: Path, kit: Kit) -> Iterator[SimpleNamespace]:
    """Run a region with dossiers, to which the kit is connected; `review` is what its office does."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        for form in (dossier_form(), list_form()):
            server.publish_form(project, form)
        account = Account("essai", server.url, project, "Essai")
        token = server.create_app_user(project, "agent")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, token)
        office = RegionClient(account, server.create_app_user(project, "bureau"))

        def review(statut: str, commentaire: str = "") -> None:
            (row,) = server.entities(project, "dossiers")
            office.submit(review_xml(row["name"], statut, commentaire))

        kit.connection.sync()
        yield SimpleNamespace(server=server, project=project, token=token, review=review)
        kit.connection.stop()
        office.close()
        credentials._session.clear()


@pytest.fixture
def sent(kit: Kit, region: SimpleNamespace) -> str:
    """Send a dossier; it is confirmed by the same sync."""
    instance_id = kit.new_record("dossier", answers={"/f/titre": "Halle de Jodoigne"})
    session = kit.open_session(instance_id)
    session.answer("/f/titre", "Halle de Jodoigne")
    session.answer("/f/code_postal", "1371")
    instances = kit.store.instances
    name = "Halle de Jodoigne"
    instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", name, "25048")
    instances.finalize(instance_id, session.finalize(), datetime.now(UTC))
    kit.connection.sync()
    assert instances.get(instance_id).state is State.SUBMITTED
    return instance_id


def words_of(widget: QWidget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel)]
    return " | ".join(words + [chip.accessibleName() for chip in widget.findChildren(StatusChip)])


def panel_of(kit: Kit, qtbot: QtBot, instance_id: str) -> RecordsScreen:
    screen = RecordsScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()
    screen.show_target(instance_id)
    return screen


def press(widget: QWidget, name: str) -> None:
    next(button for button in widget.findChildren(Button) if button.accessibleName() == name).click()


def test_a_sync_says_what_is_to_be_corrected_and_leads_there(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot
) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.resize(1366, 700)
    window.fill()
    window.show()
    region.review("à corriger", COMMENT)
    kit.connection.sync()
    assert "1 réponse à corriger" in window.toasts.text()
    window.toasts.press()
    assert window.screen_name == "records"
    assert "Merci de préciser aussi le lieu." in words_of(window.screen_widget("records"))
    kit.connection.sync()
    assert "réponse à corriger" not in window.toasts.text()


def test_the_comment_stands_whole_in_the_panel_and_beside_its_question_in_the_correction(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot
) -> None:
    region.review("à corriger", COMMENT)
    kit.connection.sync()
    screen = panel_of(kit, qtbot, sent)
    assert "Corrections demandées par la région" in words_of(screen.panel)
    words = words_of(screen.panel)
    assert "Merci de préciser aussi le lieu." in words
    assert "Code postal | 1371 n’existe pas." in words
    asked: list[str] = []
    kit.record_asked.connect(asked.append)
    press(screen.panel, "Corriger")
    (draft,) = asked
    assert kit.store.instances.get(draft).deprecated_id == sent
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    page.walk.go_to("/f/code_postal")
    frame = page.walk.current_frame()
    assert frame is not None
    assert [banner.text.text() for banner in frame.findChildren(Banner)] == ["1371 n’existe pas."]
    top = [one for one in page.findChildren(Banner) if one.title.text() == "Corrections demandées par la région"]
    assert [one.text.text() for one in top] == [
        "Merci de préciser aussi le lieu.\n1 remarque est à côté de sa question."
    ]
    page.walk.set_mode("steps")
    page.walk.go_to("/f/code_postal")
    assert "1371 n’existe pas." in words_of(page.walk.step_page)

    instances = kit.store.instances
    page.desk.answer("/f/code_postal", "1370")
    page.desk.recorder.save()
    instances.finalize(draft, kit.open_session(draft).finalize(), datetime.now(UTC))
    kit.connection.sync()
    model = panel_of(kit, qtbot, sent).model
    chips = {model.index(row, FORM).siblingAtColumn(STATUS).data() for row in range(model.rowCount())}
    assert chips == {"Corrigé", "Envoyé"}
    region.review("accepté", "Merci.")
    kit.connection.sync()
    assert "Merci." in words_of(panel_of(kit, qtbot, draft).panel)
    assert [instances.get(one).state for one in (sent, draft)] == [State.SUBMITTED, State.SUBMITTED]
    versions = region.server.submissions(region.project, "dossier", every_version=True)
    assert [one.instance_id for one in versions] == [sent, draft]


def test_a_long_comment_is_short_in_lists_and_whole_in_the_panel(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot
) -> None:
    comment = "Ligne à revoir. " * 40 + "\nFin du commentaire."
    region.review("à corriger", comment)
    kit.connection.sync()
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    assert "Fin du commentaire." not in words_of(outbox)
    assert "Ligne à revoir. Ligne" in words_of(outbox)
    page = EntryPage(kit, kit.correct(sent))
    qtbot.addWidget(page)
    assert "Fin du commentaire." not in words_of(page)
    assert "Le commentaire entier est dans" in words_of(page)
    assert "Fin du commentaire." in words_of(panel_of(kit, qtbot, sent).panel)


def test_a_remark_on_an_entry_of_a_list_names_it(kit: Kit, qtbot: QtBot) -> None:
    kit.store.blank_forms.put("plantation", "1", "Plantation", sheet(PLANTATION, "plantation"), {}, "essai")
    instance_id = kit.new_record("plantation")
    session = kit.open_session(instance_id)
    session.answer("/f/row[1]/plant/species", "frêne")
    session.add_repeat("/f/row")
    session.answer("/f/row[2]/plant/species", "orme")
    instances, now = kit.store.instances, datetime.now(UTC)
    instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", "Haie", "")
    instances.finalize(instance_id, session.finalize(), now)
    instances.mark_attempted(instance_id, now)
    instances.mark_submitted(instance_id, now)
    instances.mark_returned(instance_id, "row[2]/plant/species : quelle espèce ?")
    assert "Row n° 2, Species | quelle espèce ?" in words_of(panel_of(kit, qtbot, instance_id).panel)
    page = EntryPage(kit, kit.correct(instance_id))
    qtbot.addWidget(page)
    page.walk.go_to("/f/row[2]/plant/species")
    said = [banner.text.text() for banner in page.findChildren(Banner) if banner.title.text() == "La région demande"]
    assert said == ["n° 2, Species\u00a0: quelle espèce ?"]


def test_a_page_of_paper_is_never_stretched(kit: Kit, qtbot: QtBot) -> None:
    window = PaperWindow(kit, record_of_two_pages(), "Essai")
    qtbot.addWidget(window)
    window.setMinimumWidth(1200)  # as three buttons in big type make it
    window.show()
    qtbot.waitExposed(window)
    shapes = [page.size() for page in window.findChildren(QWidget) if page.accessibleName().startswith("Page ")]
    assert shapes
    for shape in shapes:
        assert shape.height() / shape.width() == pytest.approx(297 / 210, abs=0.01)


def record_of_two_pages() -> bytes:
    return printing.booklet_pdf([guides.guide("G01")], "Essai")


def test_a_record_that_corrects_nothing_has_no_remark(kit: Kit, region: SimpleNamespace, qtbot: QtBot) -> None:
    page = EntryPage(kit, kit.new_record("dossier"))
    qtbot.addWidget(page)
    assert page.desk.comment is None
    assert not [one for one in page.findChildren(Banner) if "région" in one.title.text()]


def test_what_the_region_says_stands_in_the_trail_and_in_the_outbox(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot
) -> None:
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    assert "Reçu" in words_of(outbox)
    assert "Reçu par la région" in words_of(panel_of(kit, qtbot, sent).panel)
    region.review("accepté", "Très bien.")
    kit.connection.sync()
    outbox.refresh()
    assert "Accepté" in words_of(outbox)
    table = panel_of(kit, qtbot, sent).model
    assert table.index(0, STATUS).data() == "Accepté"
    words = words_of(panel_of(kit, qtbot, sent).panel)
    assert "Accepté" in words
    assert "Très bien." in words
    region.review("chez le ministre")
    kit.connection.sync()
    outbox.refresh()
    assert "chez le ministre" in words_of(outbox)


def test_what_is_not_confirmed_after_thirty_days_is_told_and_stays_sent(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot
) -> None:
    """Contract, F37."""
    with kit.store._connection.write():  # as if the entity had been refused, which no answer tells
        kit.store._connection.run("DELETE FROM dossiers")
    later = datetime.now(UTC) + timedelta(days=31)
    kit.store.facts.set("returns.essai.at", later.isoformat())
    story = kit.connection.story()
    assert (story.kind, story.title) == ("draft", "1 envoi non confirmé")
    assert "30 jours" in story.text
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    assert "Non confirmé" in words_of(outbox)
    assert "Non confirmé" in words_of(panel_of(kit, qtbot, sent).panel)
    assert kit.store.instances.get(sent).state is State.SUBMITTED
    kit.settings.set(settings.CONFIRM_DAYS, 60)
    assert kit.connection.story().title == "Tout est envoyé"


def test_the_proof_is_shown_and_saved_as_pages_and_as_a_file_to_verify(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    outbox.show()
    menus = [button.menu() for button in outbox.findChildren(ToolButton) if isinstance(button.menu(), QMenu)]
    (action,) = [one for menu in menus for one in menu.actions() if one.text() == "Preuve de dépôt…"]
    action.trigger()
    paper = outbox.findChildren(PaperWindow)[0]
    chosen = tmp_path / "preuve.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    paper.companion_button.click()
    made, is_whole = read_proof(chosen.read_bytes())
    assert (made.instance_id, made.status, is_whole) == (sent, 201, True)
    assert made.confirmed_at is not None
    press(panel_of(kit, qtbot, sent).panel, "Preuve de dépôt…")


def test_a_draft_offers_no_proof(kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]) -> None:
    screen = panel_of(kit, qtbot, diagnosed("incourt"))
    assert "Preuve de dépôt…" not in [button.accessibleName() for button in screen.panel.findChildren(Button)]


def test_the_journal_is_written_without_the_access(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kit.workspace.folder / "fieldkit.log").write_text(f"GET /v1/key/{region.token}/x\npassphrase: sept mots\n")
    chosen = tmp_path / "journal.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    told: list[tuple[str, object]] = []
    kit.toast_asked.connect(lambda text, action: told.append((text, action)))
    outbox = OutboxScreen(kit)
    qtbot.addWidget(outbox)
    outbox.refresh()
    press(outbox, "Exporter le journal…")
    text = chosen.read_text("utf-8")
    assert sent in text
    assert region.token not in text
    assert "sept mots" not in text
    assert "Jodoigne" not in text
    assert [text for text, _action in told] == [
        "Écriture du journal…",
        "Journal enregistré, sans vos accès ni mots de passe\u00a0: journal.txt",
    ]
    assert told[1][1][0] == "Ouvrir le dossier"  # type: ignore[index]  # a word and a callable


def test_the_journal_holds_none_of_the_secrets_that_there_are(
    kit: Kit, region: SimpleNamespace, sent: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever wrote it: our log, an error with an address, the server that repeats what it was sent."""
    link = region.server.invitation_link(region.project, region.token)
    code = qr_payload(parse_invitation(link))
    secrets = (region.token, code, "sept-mots", "hunter42", "c2VwdDptb3Rz")
    lines = [
        f"GET {link}/formList",
        f"GET /v1/projects/1/formList?st={region.token}&x=1",
        f"Authorization: Bearer {region.token}",
        "Authorization: Basic c2VwdDptb3Rz",
        f"X-Odd: {region.token}, Cookie: session={region.token}",
        f"invitation {code}",
        f'{{"token": "{region.token}", "csrf": "hunter42"}}',
        "passphrase: sept-mots",
        "phrase secrète : sept-mots",
        "mot de passe=sept-mots",
        "https://ana:hunter42@region.example/v1",
    ]
    (kit.workspace.folder / "fieldkit.log").write_text("\n".join(lines), "utf-8")
    (kit.workspace.folder / "fieldkit.log.old").write_text("\n".join(lines), "utf-8")
    for line in lines:
        kit.store.attempts.add(sent, datetime.now(UTC), "rejected", "refused", f"the server says {line}")
    path = tmp_path / "journal.txt"
    export(kit, path)
    text = path.read_text("utf-8")
    assert "the server says" in text
    assert not [secret for secret in secrets if secret in text]
