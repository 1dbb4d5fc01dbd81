# SPDX-License-Identifier: EUPL-1.2
"""What regions send, in the window: asked about once, used without a restart, told when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import resources
from fieldkit import application
from fieldkit.account import Account
from fieldkit.guides import load_guides
from fieldkit.packs.errors import PackDamaged
from fieldkit.packs.making import make_pack
from fieldkit.packs.receiving import questions, receive, remember
from fieldkit.signing import public_of
from sync.packs import PackReport
from sync.pull import PullReport
from sync.service import SyncStatus
from tests.fieldkit.pack_samples import UNTIL, calls, region_key, toolkit
from ui import dates, hand
from ui.connection_story import returned_toast, synced_text
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.palette import find
from ui.screens.guide_reader import GuideReader
from ui.screens.pack_trust import PackNotices, TrustCard, spaced
from ui.screens.projects import ProjectsScreen
from ui.screens.settings import SettingsScreen
from ui.screens.today import TodayScreen
from ui.screens.toolkit import ToolkitScreen, _GuideCard

ORIGIN = "acc"
OTHER_KEY = bytes(range(32))


@pytest.fixture
def sent(kit: Kit, tmp_path: Path) -> Callable[..., None]:
    """Receive packs as a sync would: a guide, and a call."""
    kit.store.accounts.put(Account(ORIGIN, "https://region.example", 1, "GAL Culturalité"))

    def send(key: bytes = b"", version: int = 1) -> None:
        number = len(kit.store.packs.all())
        for make, name in ((toolkit, "guides.zip"), (calls, "appels.zip")):
            content = make(tmp_path / f"{name}{number}", key=key or region_key(), version=version)
            receive(kit.store, ORIGIN, name, f"{name}{number}", content, datetime.now(UTC))
        kit.records_changed.emit()

    return send


def trusted(kit: Kit) -> None:
    kit.store.packs.trust(ORIGIN, public_of(region_key()), datetime.now(UTC))


def words_of(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def button(widget: QWidget, word: str) -> QPushButton:
    return next(one for one in widget.findChildren(QPushButton) if word in one.accessibleName() or word in one.text())


def shown(qtbot: QtBot, screen: QWidget) -> QWidget:
    qtbot.addWidget(screen)
    screen.resize(1154, 700)
    screen.refresh()  # type: ignore[attr-defined]
    screen.show()
    return screen


def titles(screen: QWidget) -> list[str]:
    return [card.text() for card in screen.findChildren(_GuideCard) if card.isVisibleTo(screen)]


def test_without_packs_nothing_is_asked_and_nothing_shown(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(qtbot, ToolkitScreen(kit))
    assert screen.findChildren(PackNotices)[0].isHidden()
    assert "Aucune clé" in words_of(shown(qtbot, SettingsScreen(kit)).findChildren(TrustCard)[0])


def test_a_new_key_is_asked_about_once_and_trust_works_at_once(
    kit: Kit, qtbot: QtBot, sent: Callable[..., None]
) -> None:
    screen = shown(qtbot, ToolkitScreen(kit))
    kit.records_changed.connect(screen.refresh)  # type: ignore[attr-defined]  # as the main window does
    sent()
    notices = screen.findChildren(PackNotices)[0]
    told = words_of(notices)
    assert "GAL Culturalité" in told
    assert spaced(questions(kit.store)[0].fingerprint) in told
    assert "Un guide reçu" not in titles(screen)
    yes = button(notices, "Faire confiance")
    screen.refresh()  # type: ignore[attr-defined]
    assert button(notices, "Faire confiance") is yes  # nobody loses the button that they are about to press
    with qtbot.waitSignal(kit.toast_asked) as toast:
        hand.click(button(notices, "Faire confiance"))
    assert toast.args[0] == "2 paquets de la région en service"
    assert notices.isHidden()
    assert "Un guide reçu" in titles(screen)
    screen.search.setText("tronçonneuse")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: titles(screen) == ["Un guide reçu"])
    assert [hit.target for hit in find(kit, "tronconneuse")] == ["G03"]


def test_not_now_is_not_asked_again_and_the_settings_still_offer_it(
    kit: Kit, qtbot: QtBot, sent: Callable[..., None]
) -> None:
    sent()
    screen = shown(qtbot, ToolkitScreen(kit))
    notices = screen.findChildren(PackNotices)[0]
    hand.click(button(notices, "Pas maintenant"))
    screen.refresh()  # type: ignore[attr-defined]
    assert notices.isHidden()
    card = shown(qtbot, SettingsScreen(kit)).findChildren(TrustCard)[0]
    button(card, "Faire confiance").click()
    qtbot.waitUntil(lambda: "Confiance donnée aujourd’hui" in words_of(card))
    assert kit.library.shelf().guide("G03").title == "Un guide reçu"


def test_trust_is_taken_back_and_given_again(kit: Kit, qtbot: QtBot, sent: Callable[..., None]) -> None:
    trusted(kit)
    sent()
    card = shown(qtbot, SettingsScreen(kit)).findChildren(TrustCard)[0]
    with qtbot.waitSignal(kit.toast_asked) as toast:
        button(card, "Retirer la confiance").click()
    assert kit.library.shelf().guide("G03") == load_guides()[2]
    assert "Confiance donnée" not in words_of(card)
    assert shown(qtbot, ToolkitScreen(kit)).findChildren(PackNotices)[0].isHidden()
    toast.args[1][1]()
    assert kit.library.shelf().guide("G03").title == "Un guide reçu"


def test_another_key_asks_whether_to_replace(kit: Kit, qtbot: QtBot, sent: Callable[..., None]) -> None:
    trusted(kit)
    sent()
    sent(OTHER_KEY, 2)
    screen = shown(qtbot, ToolkitScreen(kit))
    notices = screen.findChildren(PackNotices)[0]
    assert "signe maintenant avec une autre clé" in words_of(notices)
    hand.click(button(notices, "Garder l’ancienne"))
    assert kit.store.packs.trusted()[ORIGIN].public_key == public_of(region_key())
    screen.refresh()  # type: ignore[attr-defined]
    assert notices.isHidden()
    card = shown(qtbot, SettingsScreen(kit)).findChildren(TrustCard)[0]
    button(card, "Remplacer la clé").click()
    assert kit.store.packs.trusted()[ORIGIN].public_key == public_of(OTHER_KEY)
    assert questions(kit.store) == []


def test_a_refused_pack_is_told_in_the_toolkit(kit: Kit, qtbot: QtBot, sent: Callable[..., None]) -> None:
    trusted(kit)
    sent()
    remember(kit.store, ORIGIN, "0" * 32, PackDamaged("guides.zip", "cut"))
    screen = shown(qtbot, ToolkitScreen(kit))
    told = words_of(screen.findChildren(PackNotices)[0])
    assert "est abîmé ou a été modifié" in told
    assert "ce que vous aviez reste en service" in told


def test_a_card_and_a_guide_say_where_they_come_from_and_when_they_are_over(
    kit: Kit, qtbot: QtBot, sent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(kit)
    sent()
    screen = shown(qtbot, ToolkitScreen(kit))
    card = next(one for one in screen.findChildren(_GuideCard) if one.text() == "Un guide reçu")
    assert f"Reçu de la région, valable jusqu’au {dates.short_day(UNTIL)}" in card.accessibleName()
    screen.open_guide("G03")  # type: ignore[attr-defined]
    told = words_of(screen.findChildren(GuideReader)[0])
    assert "GAL Culturalité" in told
    assert "version 1" in told
    assert "était valable" not in told
    monkeypatch.setattr(dates, "today", lambda: UNTIL + timedelta(days=1))
    screen.open_guide("G03")  # type: ignore[attr-defined]
    told = words_of(screen.findChildren(GuideReader)[-1])
    assert f"Ce guide était valable jusqu’au {dates.short_day(UNTIL)}" in told
    assert "Lancez un échange" in told
    kit.store.packs.settle(ORIGIN, (), (), datetime.now(UTC))
    assert kit.library.shelf().guide("G03") == load_guides()[2]


def test_a_received_call_shows_with_its_rules_and_when_they_are_over(
    kit: Kit, qtbot: QtBot, sent: Callable[..., None], diagnosed: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(kit)
    sent()
    diagnosed("perwez")
    draft = kit.new_record(application.FORM_ID, answers={"/data/a_identification/appel": "appel_recu"})
    told = words_of(shown(qtbot, ProjectsScreen(kit)))
    assert "Appel reçu" in told
    assert "Règles : 3 de mémoire, 9 hypothèses · vérifiées le 25 nov." in told.replace("\u00a0", " ")
    assert f"Reçu de la région, valable jusqu’au {dates.short_day(UNTIL)}" in told
    assert "Règles expirées" not in told
    monkeypatch.setattr(dates, "today", lambda: date(2027, 3, 8))
    assert "Appel reçu" in words_of(shown(qtbot, TodayScreen(kit)))
    monkeypatch.setattr(dates, "today", lambda: UNTIL + timedelta(days=1))
    over = f"Règles expirées depuis le {dates.short_day(UNTIL)}"
    assert over in words_of(shown(qtbot, ProjectsScreen(kit)))
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert page.panel is not None
    assert over in words_of(page.panel)
    page.close()
    kit.store.packs.settle(ORIGIN, (), (), datetime.now(UTC))
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert page.panel is not None
    assert "La région ne propose plus cet appel" in words_of(page.panel)
    assert page.desk.session.value("/data/p_taux") == "0.8"
    page.close()


def test_a_sync_that_brings_a_question_leads_to_the_toolkit(kit: Kit, qtbot: QtBot) -> None:
    told = returned_toast(kit, SyncStatus(pulled=PullReport(packs=PackReport(waiting=["a"]))))
    assert told is not None
    with qtbot.waitSignal(kit.screen_asked) as asked:
        told[1][1]()
    assert asked.args == ["toolkit", ""]
    assert returned_toast(kit, SyncStatus(pulled=PullReport(packs=PackReport(new=["a"])))) is None


def test_what_a_left_account_brought_says_so(
    kit: Kit, qtbot: QtBot, sent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(kit)
    sent()
    draft = kit.new_record(application.FORM_ID, answers={"/data/a_identification/appel": "appel_recu"})
    kit.store.accounts.remove(ORIGIN)
    assert kit.library.shelf().guide("G03") == load_guides()[2]
    card = TrustCard(kit)
    qtbot.addWidget(card)
    assert "GAL Culturalité (compte délié)" in words_of(card)
    page = EntryPage(kit, draft)
    qtbot.addWidget(page)
    assert page.panel is not None
    assert "un compte que vous avez délié" in words_of(page.panel)
    page.close()


def test_a_sync_tells_what_it_brought() -> None:
    report = PullReport(packs=PackReport(new=["a"], updated=["b"], waiting=["c"], withdrawn=["d"]))
    assert synced_text(SyncStatus(pulled=report)) == (
        "2 paquets reçus, 1 paquet à accepter dans la boîte à outils, 1 paquet retiré par la région"
    )
    assert synced_text(SyncStatus(pulled=PullReport())) == ""


def test_the_demonstration_packs_are_whole() -> None:
    kinds = []
    for name in ("guides", "appels"):
        _content, pack = make_pack(resources.path("region", "packs", name), region_key(), valid_until=UNTIL)
        assert pack.manifest.files
        kinds.append(str(pack.manifest.kind))
    assert kinds == ["toolkit", "call"]
