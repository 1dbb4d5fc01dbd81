# SPDX-License-Identifier: EUPL-1.2
"""« Reçus par la région »: sign in, receive, search, read, decide; and what stays when the region is away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files, credentials, settings
from forms import FormSession
from sync.errors import ReviewedMeanwhile, SessionOver
from sync.server import ReferenceServer
from sync.server.faults import Fault
from tests.sync.staff_site import INCOURT, JODOIGNE, LIEGE, PASSWORD, StaffSite, staff_site
from tests.ui.conftest import DIAGNOSTIC
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.palette import find
from ui.paper import PaperWindow
from ui.screens import received as received_screen
from ui.screens.received import LIST, NONE, NOTHING, SIGN_IN, ReceivedScreen
from ui.screens.received_model import COMMUNE, FORM, STATUS, WHO
from ui.screens.results import ResultsScreen
from ui.screens.staff_dialogs import ReviewDialog, SignInDialog
from ui.tasks import Tasks
from ui.widgets import Button
from ui.widgets.indicators import StatusChip

EMAIL = "manager@gal.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer) -> Iterator[StaffSite]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    made = staff_site(server)
    with made.closing:
        yield made
    server.faults.clear()
    credentials._session.clear()
    keyring.set_keyring(before)


@pytest.fixture
def screen(kit: Kit, qtbot: QtBot, place: StaffSite) -> ReceivedScreen:
    made = ReceivedScreen(kit)
    qtbot.addWidget(made)
    made.resize(1154, 700)
    kit.records_changed.connect(made.refresh)
    made.refresh()
    made.show()
    return made


def enter(screen: ReceivedScreen, place: StaffSite, *, password: str = PASSWORD, email: str = EMAIL) -> None:
    form = screen.sign_in.form
    form.address.setText(place.origin)
    form.email.setText(email)
    form.password.setText(password)
    screen.sign_in.submit()


def cells(screen: ReceivedScreen, column: int) -> list[str]:
    return [str(screen.model.index(row, column).data()) for row in range(screen.model.rowCount())]


def words_of(screen: ReceivedScreen) -> str:
    """Return what the panel says now."""
    content = screen.panel._content
    assert content is not None
    words = [label.text() for label in content.findChildren(QLabel)]
    return " | ".join(words + [chip.accessibleName() for chip in content.findChildren(StatusChip)])


def buttons_of(screen: ReceivedScreen) -> list[str]:
    content = screen.panel._content
    assert content is not None
    return [one.accessibleName() or one.text() for one in content.findChildren(Button)]


def answer(monkeypatch: pytest.MonkeyPatch, comment: str = "", value: str = "go") -> list[ReviewDialog]:
    """Let a decision's dialog be answered; return the dialogs that were shown."""
    shown: list[ReviewDialog] = []

    def exec_(dialog: ReviewDialog) -> int:
        shown.append(dialog)
        dialog.write(comment)
        dialog.choose(value)
        return 1

    monkeypatch.setattr(ReviewDialog, "exec", exec_)
    return shown


def test_before_anything_the_page_asks_to_sign_in(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    assert screen.stack.currentIndex() == SIGN_IN
    assert not screen.receive.isVisible()
    enter(screen, place, password="faux")  # noqa: S106 — of a test
    assert "La région ne connaît pas cette adresse avec ce mot de passe" in screen.sign_in.form.error.text()
    assert screen.sign_in.form.password.text() == ""
    enter(screen, place, email="")
    assert "Indiquez votre adresse e-mail" in screen.sign_in.form.error.text()
    screen.sign_in.form.address.setText("odk.example.org")
    screen.sign_in.form.email.setText(EMAIL)
    screen.sign_in.form.password.setText(PASSWORD)
    screen.sign_in.submit()
    assert "Cette adresse ne mène à aucun projet" in screen.sign_in.form.error.text()
    toasts: list[str] = []
    kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    enter(screen, place)
    assert toasts == ["Sans trousseau de clés, le mot de passe sera redemandé au prochain démarrage."]
    assert screen.stack.currentIndex() == NOTHING
    assert kit.staff.user is not None
    assert EMAIL in screen.page.subtitle.text()
    kept = b"".join(one.read_bytes() for one in kit.workspace.folder.rglob("*") if one.is_file())
    assert PASSWORD.encode() not in kept
    token = credentials.get(kit.staff.user.account_id)
    assert token
    assert token.encode() not in kept


def test_what_is_received_is_listed_searched_and_filtered(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    place.submit("uuid:1", JODOIGNE, note="Verger")
    place.submit("uuid:2", INCOURT, note="Marché")
    place.submit("uuid:3", LIEGE, note="Quai")
    place.client().set_review("visites", "uuid:1", "approved")
    enter(screen, place)
    assert screen.stack.currentIndex() == LIST
    assert cells(screen, FORM) == ["Visites – Marché", "Visites – Verger"]
    assert cells(screen, COMMUNE) == ["Incourt", "Jodoigne"]
    assert cells(screen, STATUS) == ["À relire", "Approuvé"]
    assert set(cells(screen, WHO)) == {"Agente du GAL"}
    assert "1 réponse d’une autre commune est restée à la région" in screen.banner.accessibleName()
    assert screen.page.subtitle.text().startswith("2 réponses · à jour à ")
    screen.search.setText("jodoigne")
    assert cells(screen, FORM) == ["Visites – Verger"]
    screen.search.setText("rien de tel")
    assert screen.stack.currentIndex() == NONE
    screen.clear_filters()
    screen.chips["approved"].click()
    assert cells(screen, FORM) == ["Visites – Verger"]
    screen.clear_filters()
    screen.act.click()  # « Tout recevoir »
    assert cells(screen, FORM) == ["Visites – Quai", "Visites – Marché", "Visites – Verger"]
    assert kit.settings.get(settings.RECEIVED_SCOPE) == "all"
    screen.scope.chosen.emit("territory")
    assert screen.model.rowCount() == 2


def test_a_record_is_read_on_paper_and_never_changed(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, qtbot: QtBot
) -> None:
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    screen.show_target("uuid:1")
    assert "Envoyé par Agente du GAL" in words_of(screen)
    screen._act("read", kit.store.received.get("uuid:1"))
    (window,) = screen.window().findChildren(PaperWindow)
    assert window.windowTitle() == "Verger"
    assert kit.store.instances.search() == []


def test_a_correction_is_asked_for_in_words_and_reaches_the_surveyor(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    toasts: list[str] = []
    kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    screen.show_target("uuid:1")
    shown = answer(monkeypatch, "note : à préciser")
    screen._act("review:hasIssues", kit.store.received.get("uuid:1"))
    assert "lira la décision et le commentaire" in shown[0].text.text()
    (row,) = place.server.entities(place.project, "dossiers")
    assert (row["statut"], row["commentaire"]) == ("à corriger", "note : à préciser")
    assert cells(screen, STATUS) == ["À corriger"]
    assert toasts[-1] == "À corriger\u00a0: la personne le lira à son prochain échange"
    screen.show_target("uuid:1")
    assert "Faire corriger…" not in buttons_of(screen)
    screen._act("comments", kit.store.received.get("uuid:1"))
    assert "note : à préciser" in words_of(screen)


def test_a_correction_without_a_word_is_not_sent(
    kit: Kit, place: StaffSite, screen: ReceivedScreen, qtbot: QtBot
) -> None:
    place.submit("uuid:1")
    enter(screen, place)
    dialog = ReviewDialog(kit, kit.store.received.get("uuid:1"), "hasIssues")
    qtbot.addWidget(dialog)
    dialog.choose("go")
    assert dialog.answer == ""
    assert "Écrivez ce qui est à corriger" in dialog.error.text()
    dialog.write("x" * 5_001)
    dialog.choose("go")
    assert "Raccourcissez" in dialog.error.text()
    dialog.write("La surface")
    dialog.choose("go")
    assert (dialog.answer, dialog.comment) == ("go", "La surface")


def test_who_was_overtaken_or_may_not_decide_is_told(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.submit("uuid:1")
    enter(screen, place)
    troubles: list[Exception] = []
    kit.trouble_met.connect(troubles.append)
    place.client().set_review("visites", "uuid:1", "rejected")
    answer(monkeypatch)
    screen._act("review:approved", kit.store.received.get("uuid:1"))
    assert isinstance(troubles[0], ReviewedMeanwhile)
    assert cells(screen, STATUS) == ["Rejeté"]


def test_without_the_region_all_stays_readable_and_says_as_of_when(
    screen: ReceivedScreen, place: StaffSite, kit: Kit
) -> None:
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    place.server.faults.add(Fault("", times=-1))
    kit.staff.pull()
    assert "Ce qui a été reçu reste lisible ici" in screen.banner.accessibleName()
    assert (screen.act.isVisible(), screen.act.accessibleName() or screen.act.text()) == (True, "Reprendre")
    assert cells(screen, FORM) == ["Visites – Verger"]
    assert "à jour" in screen.page.subtitle.text()
    place.server.faults.clear()
    screen.act.click()
    assert not screen.head.isVisible()


def test_a_decision_that_the_line_lost_is_told_and_its_comment_kept(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[Exception] = []
    kit.trouble_met.connect(troubles.append)
    place.submit("uuid:1")
    enter(screen, place)
    answer(monkeypatch, "La surface")
    place.server.faults.add(Fault("", times=-1))
    screen._act("review:hasIssues", kit.store.received.get("uuid:1"))
    assert troubles == []
    assert "La région n’a pas pu être jointe" in screen.banner.accessibleName()
    assert cells(screen, STATUS) == ["À relire"]
    place.server.faults.clear()
    offered: list[str] = []

    def exec_(dialog: ReviewDialog) -> int:
        offered.append(dialog.comment)
        dialog.choose("go")
        return 1

    monkeypatch.setattr(ReviewDialog, "exec", exec_)
    screen._act("review:hasIssues", kit.store.received.get("uuid:1"))
    assert offered == ["La surface"]
    assert cells(screen, STATUS) == ["À corriger"]
    assert [one.body for one in place.client().comments("visites", "uuid:1")] == ["La surface"]
    assert not screen.head.isVisible()


def test_a_session_that_ended_asks_to_sign_in_again(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    user = kit.staff.user
    assert user is not None
    place.server.revoke(credentials.get(user.account_id) or "")
    kit.staff.pull()
    assert isinstance(kit.staff.report.stopped, SessionOver)
    assert "Connexion terminée" in screen.banner.accessibleName()
    asked: list[SignInDialog] = []

    def exec_(dialog: SignInDialog) -> int:
        asked.append(dialog)
        assert (dialog.form.address.text(), dialog.form.email.text()) == (place.origin, EMAIL)
        dialog.form.password.setText(PASSWORD)
        dialog.choose("go")
        return 1

    monkeypatch.setattr(SignInDialog, "exec", exec_)
    screen.receive.click()
    assert len(asked) == 1
    assert kit.staff.may_ask
    assert not screen.head.isVisible()


def test_signing_out_ends_the_session_and_leaves_the_list(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    user = kit.staff.user
    assert user is not None
    kit.staff.sign_out()
    screen.refresh()
    assert kit.staff.user is None
    assert user.account_id not in credentials._session
    assert cells(screen, FORM) == ["Visites – Verger"]
    assert "Compte web non connecté" in screen.banner.accessibleName()


def test_what_the_region_deleted_is_set_apart_and_only_the_user_forgets(
    screen: ReceivedScreen, place: StaffSite, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.submit("uuid:1", note="Verger")
    place.submit("uuid:2", note="Marché")
    enter(screen, place)
    assert not screen.chips["deleted"].isVisible()
    place.server.delete_submission(place.project, "visites", "uuid:1")
    kit.staff.pull()
    assert cells(screen, FORM) == ["Visites – Marché"]
    screen.chips["deleted"].click()
    assert (cells(screen, FORM), cells(screen, STATUS)) == (["Visites – Verger"], ["Supprimé"])
    screen._select("uuid:1")
    assert "Supprimé par la région" in words_of(screen)
    assert "Approuver…" not in buttons_of(screen)
    monkeypatch.setattr(received_screen, "ask_to_forget", lambda _parent, _name: True)
    screen._act("forget", kit.store.received.get("uuid:1"))
    assert screen.model.rowCount() == 0
    screen.forget_all()
    assert kit.store.received.forms() == []


def test_only_what_is_here_can_be_decided_on(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    place.submit("uuid:3", LIEGE)
    enter(screen, place)
    screen.scope.chosen.emit("all")
    screen.show_target("uuid:3")
    assert "Réponses restées à la région" in words_of(screen)
    assert "Approuver…" not in buttons_of(screen)


def diagnostic_xml(kit: Kit, name: str) -> tuple[str, bytes]:
    """Return the finished diagnostic of a commune, that this kit knows nothing of."""
    kit.install_forms()
    session = FormSession(kit.form(DIAGNOSTIC))
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", f"diagnostic_express_{name}.json")))
    return session.instance_id, session.finalize().xml


def test_received_diagnostics_count_in_the_results_beside_own(
    kit: Kit, qtbot: QtBot, place: StaffSite, screen: ReceivedScreen, diagnosed: Callable[[str], str]
) -> None:
    mine = diagnosed("incourt")
    form = kit.store.blank_forms.get(DIAGNOSTIC)
    media = {name: kit.store.blank_forms.attachment(DIAGNOSTIC, form.version, name) for name in form.attachments}
    place.server.publish_form(place.project, kit.store.blank_forms.xml(DIAGNOSTIC), media)
    received_id, xml = diagnostic_xml(kit, "jodoigne")
    assert place.surveyor.submit(xml).status_code == 201
    enter(screen, place)
    results = ResultsScreen(kit)
    qtbot.addWidget(results)
    results.refresh()
    names = [results.place.itemText(row) for row in range(results.place.count())]
    assert any("Jodoigne (région)" in name for name in names)
    assert results.compared() is not None  # the mean of both
    assert "1 reçu de la région, à jour à " in results.subtitle.text()
    kit.begin_project(received_id, "")  # a need of a received diagnostic begins a project too
    (project,) = [one for one in kit.store.instances.search() if one.source_id]
    assert (project.source_id, project.commune_nis) == (received_id, JODOIGNE)
    results.show_target(mine)
    assert results.place.currentData() == mine


def test_the_screen_is_reached_from_collecte_and_stands_under_it(kit: Kit, qtbot: QtBot, place: StaffSite) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.show()
    window.show_screen("records")
    records = window.screen_widget("records")
    next(one for one in records.findChildren(Button) if one.accessibleName() == "Reçus par la région…").click()
    assert window.screen_name == "received"


def test_searching_everywhere_finds_received_records_too(
    kit: Kit, place: StaffSite, screen: ReceivedScreen, qtbot: QtBot
) -> None:
    place.submit("uuid:1", note="Verger")
    enter(screen, place)
    (hit,) = [one for one in find(kit, "verger") if one.screen == "received"]
    assert (hit.title, hit.target) == ("Visites – Verger", "uuid:1")
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.show_screen(hit.screen, hit.target)
    shown = window.screen_widget("received")
    assert shown.panel.record.root_id == "uuid:1"


def test_it_works_beside_the_window_in_threads(kit: Kit, qtbot: QtBot, place: StaffSite) -> None:
    """The worker has a store of its own; the window reads what is received while more of it comes."""
    for number in range(1, 9):
        place.submit(f"uuid:{number}", note=f"Verger {number}")
    tasks = Tasks()
    apart = Kit(kit.workspace, tasks)
    screen = ReceivedScreen(apart)
    qtbot.addWidget(screen)
    apart.records_changed.connect(screen.refresh)
    screen.refresh()
    screen.show()
    enter(screen, place)
    assert screen.sign_in.form.password.text() == ""  # while the worker still has it
    qtbot.waitUntil(lambda: screen.model.rowCount() == 8 and not apart.staff.running, timeout=20_000)
    assert apart.staff.report.kept
    done: list[object] = []
    apart.staff.review(apart.store.received.get("uuid:3"), "approved", "", done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert cells(screen, STATUS).count("Approuvé") == 1
    apart.staff.pull()
    apart.staff.cancel()
    tasks.close()
