# SPDX-License-Identifier: EUPL-1.2
"""« Reçus par la région »: sign in, receive, search, read, forget; and what stays when the region is away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files, credentials, settings
from forms import FormSession
from sync.errors import SessionOver
from sync.server import ReferenceServer
from sync.server.faults import Fault
from tests.sync.staff_site import INCOURT, JODOIGNE, LIEGE, PASSWORD, StaffSite
from tests.ui.conftest import DIAGNOSTIC
from tests.ui.staff_screen import EMAIL, buttons_of, cells, enter, shown, site_without_keyring, words_of
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.palette import find
from ui.paper import PaperWindow
from ui.screens import received as received_screen
from ui.screens.received import LIST, NONE, NOTHING, SIGN_IN, ReceivedScreen
from ui.screens.received_model import COMMUNE, FORM, STATUS, WHO
from ui.screens.results import ResultsScreen
from ui.screens.staff_dialogs import SignInDialog
from ui.tasks import Tasks
from ui.widgets import Button


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer) -> Iterator[StaffSite]:
    with site_without_keyring(server) as made:
        yield made


@pytest.fixture
def screen(kit: Kit, qtbot: QtBot, place: StaffSite) -> ReceivedScreen:
    return shown(kit, qtbot)


def test_before_anything_the_page_asks_to_sign_in(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    assert screen.stack.currentIndex() == SIGN_IN
    assert not screen.receive.isVisible()
    enter(screen, place, password="faux")  # noqa: S106 — of a test
    assert "La région ne connaît pas cette adresse avec ce mot de passe" in screen.sign_in.form.error.text()
    assert screen.sign_in.form.password.text() == ""
    enter(screen, place, email="")
    assert "Indiquez votre courriel" in screen.sign_in.form.error.text()
    screen.sign_in.form.address.setText("odk.example.org")
    screen.sign_in.form.email.setText(EMAIL)
    screen.sign_in.form.password.setText(PASSWORD)
    screen.sign_in.submit()
    assert "Cette adresse ne mène à aucun projet" in screen.sign_in.form.error.text()
    toasts: list[str] = []
    kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    enter(screen, place)
    assert toasts == ["Sans trousseau de clés, le mot de passe sera redemandé au prochain démarrage"]
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


def test_who_signs_in_after_somebody_else_ends_their_session(
    screen: ReceivedScreen, place: StaffSite, kit: Kit
) -> None:
    enter(screen, place)
    first = kit.staff.user
    assert first is not None
    token = credentials.get(first.account_id) or ""
    kit.staff.sign_in(place.origin, "viewer@gal.example", PASSWORD, lambda: None, pytest.fail)
    assert kit.staff.user is not None
    assert kit.staff.user.email == "viewer@gal.example"
    assert kit.staff.may_ask
    assert first.account_id not in credentials._session
    with pytest.raises(SessionOver):
        place.line(token=token).who()


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
