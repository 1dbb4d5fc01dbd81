# SPDX-License-Identifier: EUPL-1.2
"""Sending from the window against the reference Region: connect, send, be offline, lose the access, leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import resources
from fieldkit import credentials, settings
from fieldkit.account import Account
from fieldkit.errors import NoKeyringError
from fieldkit.instance import State
from fieldkit.packs import CATALOGUE
from fieldkit.packs.making import make_pack
from fieldkit.packs.receiving import questions
from fieldkit.shipped_forms import ORIGIN
from fieldkit.signing import new_key
from sync.errors import BadInvitation, NotAuthorized, Reason
from sync.server import ReferenceServer
from ui.connection import OVER_BUDGET
from ui.connection_story import synced_text
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.screens.pack_trust import trust

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FAR = (datetime.now(UTC) + timedelta(days=100)).date()


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process have no keyring: tokens live for the session only, as on such a machine."""

    def refuse(account_id: str, token: str) -> None:
        raise NoKeyringError("none here")

    monkeypatch.setattr(credentials, "set", refuse)
    monkeypatch.setattr(credentials, "_session", {})

    def find() -> None:
        raise NoKeyringError("none here")

    monkeypatch.setattr(credentials, "_safe_keyring", find)


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        yield server


def invite(region: ReferenceServer, kit: Kit, *, with_forms: bool = True) -> str:
    project = region.create_project("Essai")
    token = region.create_app_user(project, "agent")
    if with_forms:
        kit.install_forms()
        for form in kit.store.blank_forms.list():
            files = {
                name: kit.store.blank_forms.attachment(form.form_id, form.version, name) for name in form.attachments
            }
            region.publish_form(project, kit.store.blank_forms.xml(form.form_id), files)
    return region.invitation_link(project, token)


def finish(kit: Kit, instance_id: str) -> None:
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)


class Answers:
    """What came back from connecting."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.errors: list[Exception] = []


def connect(kit: Kit, text: str) -> Answers:
    heard = Answers()
    kit.connection.connect_account(text, heard.accounts.append, heard.errors.append)
    return heard


def test_without_an_account_nothing_leaves_and_sending_leads_to_the_settings(kit: Kit) -> None:
    asked: list[tuple[str, object]] = []
    kit.screen_asked.connect(lambda name, target: asked.append((name, target)))
    kit.connection.send()
    kit.connection.send_by_itself()
    assert asked == [("settings", "account")]
    assert kit.connection.story().title == "Sans compte"
    assert kit.connection.last_success_at() is None


def test_an_invitation_connects_and_a_finished_record_arrives(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    instance_id = diagnosed("incourt")
    finish(kit, instance_id)
    assert kit.connection.summary().text == "1 envoi en attente"
    heard = connect(kit, invite(region, kit))
    assert heard.errors == []
    assert len(heard.accounts) == 1
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    assert kit.connection.story().title == "Tout est envoyé"
    assert kit.connection.last_success_at() is not None
    stored = region.submissions(1, "diagnostic_territorial")
    assert [one.instance_id for one in stored] == [instance_id]
    assert stored[0].xml == kit.store.instances.frozen_xml(instance_id)
    kit.connection.stop()


def test_the_token_is_in_no_file(kit: Kit, region: ReferenceServer) -> None:
    link = invite(region, kit, with_forms=False)
    connect(kit, link)
    token = link.split("/key/")[1].split("/")[0].encode()
    held = [path for path in kit.workspace.folder.rglob("*") if path.is_file() and token in path.read_bytes()]
    assert held == []
    kit.connection.stop()


def test_offline_is_a_state_and_what_waits_goes_on_waiting(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    troubles: list[Exception] = []
    kit.trouble_met.connect(troubles.append)
    connect(kit, invite(region, kit))
    region.close()
    instance_id = diagnosed("perwez")
    finish(kit, instance_id)
    kit.connection.send()
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    story = kit.connection.story()
    assert story.title.startswith("Hors ligne depuis ")
    assert (story.kind, story.waiting) == ("neutral", "1 envoi en attente")
    assert troubles == []
    kit.connection.stop()


def test_a_text_that_is_no_invitation_is_told_and_nothing_is_kept(kit: Kit) -> None:
    heard = connect(kit, "bonjour")
    assert isinstance(heard.errors[0], BadInvitation)
    assert kit.connection.account is None
    assert kit.store.accounts.all() == []


def test_a_token_that_the_region_does_not_know_is_told_before_it_is_kept(kit: Kit, region: ReferenceServer) -> None:
    link = invite(region, kit, with_forms=False)
    token = link.split("/key/")[1].split("/")[0]
    heard = connect(kit, link.replace(token, "A" * 64))
    assert isinstance(heard.errors[0], NotAuthorized)
    assert kit.store.accounts.all() == []
    kit.connection.stop()


def test_after_a_restart_without_keyring_the_access_is_asked_again(
    kit: Kit, region: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(kit, invite(region, kit, with_forms=False))
    kit.connection.stop()
    monkeypatch.setattr(credentials, "_session", {})  # another process
    kit.connection.sync()
    assert kit.connection.needs_token
    assert kit.connection.story().title == "Accès à redonner"
    asked: list[str] = []
    kit.screen_asked.connect(lambda name, _target: asked.append(name))
    kit.connection.send()
    assert asked == ["settings"]


def test_leaving_forgets_the_account_and_keeps_the_records(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    instance_id = diagnosed("jodoigne")
    heard = connect(kit, invite(region, kit, with_forms=False))
    kit.connection.disconnect_account(heard.accounts[0].account_id)
    assert kit.connection.account is None
    assert kit.settings.get(settings.ACCOUNT_ID) == ""
    assert kit.store.instances.get(instance_id).state is State.DRAFT


def test_it_sends_by_itself_only_if_the_user_wants_so(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    connect(kit, invite(region, kit))
    instance_id = diagnosed("ramillies")
    finish(kit, instance_id)
    kit.settings.set(settings.AUTO_SEND, False)
    kit.connection.send_by_itself()
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    kit.settings.set(settings.AUTO_SEND, True)
    kit.settings.set(settings.UNMETERED_ONLY, True)
    kit.connection.is_unmetered = lambda: False
    kit.connection.send_by_itself()
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    kit.connection.is_unmetered = lambda: True
    kit.connection.send_by_itself()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    kit.connection.stop()


def test_while_nothing_waits_it_looks_for_answers_every_quarter_of_an_hour(kit: Kit, region: ReferenceServer) -> None:
    connect(kit, invite(region, kit))
    ended: list[object] = []
    kit.connection.finished.connect(ended.append)
    account = kit.connection.account
    assert account is not None
    kit.connection.send_by_itself()
    assert ended == []  # it has just been there
    for minutes, times in ((14, 0), (16, 1), (-60, 1)):  # a clock that was set back asks for nothing
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        kit.store.facts.set(f"sync.{account.account_id}.at", at.isoformat())
        kit.connection.send_by_itself()
        assert len(ended) == times
    kit.settings.set(settings.AUTO_SEND, False)
    kit.store.facts.set(f"sync.{account.account_id}.at", datetime(2026, 1, 1, tzinfo=UTC).isoformat())
    kit.connection.send_by_itself()
    assert len(ended) == 1
    kit.connection.stop()


def test_what_is_over_the_limit_leaves_only_when_somebody_asks(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    connect(kit, invite(region, kit))
    instance_id = diagnosed("ramillies")
    finish(kit, instance_id)
    kit.settings.set(settings.SYNC_BUDGET, 500)
    kit.connection.send_by_itself()
    row = kit.store.instances.get(instance_id)
    assert (row.state, row.reason) == (State.FINALIZED, OVER_BUDGET)
    assert OVER_BUDGET == Reason.OVER_BUDGET
    kit.settings.set(settings.SYNC_BUDGET, 5_000_000)
    kit.connection.send_by_itself()
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    kit.connection.send()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    kit.connection.stop()


def test_how_long_sending_still_takes_is_told(kit: Kit, region: ReferenceServer) -> None:
    from sync.progress import Phase, SyncProgress  # noqa: PLC0415 - the only use
    from ui.tasks import Job  # noqa: PLC0415 - the only use

    connect(kit, invite(region, kit, with_forms=False))
    connection = kit.connection
    connection._job = Job()
    connection.progress = SyncProgress(Phase.PUSH, 2, 9, "Perwez", 10, 20, 1000, 9000, 130.0)
    story = connection.story()
    assert story.title == "Envoi 3 sur 9"
    assert story.text == "1\u00a0Ko sur 9\u00a0Ko · encore 2 min environ. Vous pouvez continuer à travailler."
    assert story.percent == pytest.approx(100 / 9)
    assert (connection.summary().title, connection.summary().text) == ("Envoi 3 sur 9", "1\u00a0Ko sur 9\u00a0Ko")
    connection.progress = SyncProgress(Phase.PUSH, 2, 9, "Perwez", 10, 20, 8900, 9000, 3.0)
    assert "encore moins d’une minute" in connection.story().text
    connection.progress = SyncProgress(Phase.PULL, 2, 9, "Perwez")
    assert connection.story().title == "Réception 3 sur 9"
    assert connection.story().text.startswith("Perwez. ")
    connection._job = None


def test_the_line_that_comes_back_sends_at_once_whatever_failed_before(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    connect(kit, invite(region, kit))
    kit.connection.start()
    system = QNetworkInformation.instance()
    reach = QNetworkInformation.Reachability
    region.stop()
    instance_id = diagnosed("ramillies")
    finish(kit, instance_id)
    kit.connection.send_by_itself()
    region.start()
    kit.connection.send_by_itself()  # a minute must pass, says the back-off
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    system.reachabilityChanged.emit(reach.Local)  # a network, but no internet yet
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    system.reachabilityChanged.emit(reach.Online)
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    kit.connection.stop()


def test_the_line_that_comes_back_sends_nothing_that_the_user_does_not_let_go(
    kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]
) -> None:
    connect(kit, invite(region, kit))
    kit.settings.set(settings.AUTO_SEND, False)
    kit.connection.start()
    instance_id = diagnosed("ramillies")
    finish(kit, instance_id)
    system = QNetworkInformation.instance()
    for state in (QNetworkInformation.Reachability.Disconnected, QNetworkInformation.Reachability.Online):
        system.reachabilityChanged.emit(state)
    assert kit.store.instances.get(instance_id).state is State.FINALIZED
    kit.connection.stop()
    kit.settings.set(settings.AUTO_SEND, True)
    system.reachabilityChanged.emit(QNetworkInformation.Reachability.Disconnected)
    system.reachabilityChanged.emit(QNetworkInformation.Reachability.Online)  # nobody listens any more
    assert kit.store.instances.get(instance_id).state is State.FINALIZED


def test_asking_resets_the_back_off(kit: Kit, region: ReferenceServer, diagnosed: Callable[[str], str]) -> None:
    connect(kit, invite(region, kit))
    region.stop()
    instance_id = diagnosed("ramillies")
    finish(kit, instance_id)
    for _ in range(3):
        kit.connection.send()
    region.start()
    (service,) = kit.connection._exchange._services.values()  # type: ignore[union-attr]  # it has synced
    assert service is not None
    assert not service.may_try()
    kit.connection.send()
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    assert service.may_try()
    kit.connection.stop()


def test_stopping_is_told_at_once(kit: Kit, region: ReferenceServer) -> None:
    from ui.tasks import Job  # noqa: PLC0415 - the only use

    connect(kit, invite(region, kit, with_forms=False))
    connection = kit.connection
    connection._job = Job()
    told: list[str] = []
    connection.changed.connect(lambda: told.append(connection.story().title))
    connection.cancel()
    assert told == ["Arrêt en cours"]
    assert connection.story().actions == ()
    connection._job = None
    assert not connection.stopping


def test_packs_come_from_the_region_to_the_shelf(kit: Kit, qtbot: QtBot, region: ReferenceServer) -> None:
    link, key = invite(region, kit, with_forms=False), new_key()
    places = {f"{name}.zip": resources.path("region", "packs", name) for name in ("guides", "appels")}
    packs = {name: make_pack(place, key, valid_until=FAR)[0] for name, place in places.items()}
    region.publish_form(1, resources.read_bytes("region", f"{CATALOGUE}.xml"), packs)
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.show_screen("toolkit")
    told: list[str] = []
    kit.connection.finished.connect(lambda status: told.append(synced_text(status)))
    connect(kit, link)
    assert told == ["2 paquets à accepter dans la boîte à outils"]
    assert [one for one in kit.store.blank_forms.list() if one.offers != (ORIGIN,)] == []
    (question,) = questions(kit.store)
    trust(kit, question)
    title = kit.library.shelf().guide("R01").title
    assert title in [card.text() for card in window.screen_widget("toolkit").findChildren(QPushButton)]
    assert kit.library.call("appel_demonstration") is not None
