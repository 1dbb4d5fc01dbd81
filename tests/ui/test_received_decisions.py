# SPDX-License-Identifier: EUPL-1.2
"""What staff decide in the window: in words, once, and never over somebody else's decision."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from sync.errors import ReviewedMeanwhile
from sync.server import ReferenceServer
from sync.server.faults import Fault
from tests.sync.staff_site import LIEGE, StaffSite
from tests.ui.staff_screen import answer, buttons_of, cells, enter, shown, site_without_keyring, words_of
from ui.kit import Kit
from ui.screens.received import ReceivedScreen
from ui.screens.received_model import STATUS
from ui.screens.staff_dialogs import ReviewDialog


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


def test_only_what_is_here_can_be_decided_on(screen: ReceivedScreen, place: StaffSite, kit: Kit) -> None:
    place.submit("uuid:3", LIEGE)
    enter(screen, place)
    screen.scope.chosen.emit("all")
    screen.show_target("uuid:3")
    assert "Réponses restées à la région" in words_of(screen)
    assert "Approuver…" not in buttons_of(screen)
