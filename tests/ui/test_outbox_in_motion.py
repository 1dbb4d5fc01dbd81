# SPDX-License-Identifier: EUPL-1.2
"""« Envois » while something leaves, when it is refused, with ten thousand that wait, by keyboard; and how it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials, settings
from fieldkit.account import Account
from fieldkit.instance import State
from sync.errors import NotAuthorized, Reason, Refused, UntrustedCertificate
from sync.progress import Phase, SyncProgress, UnderWay
from sync.server import ReferenceServer
from sync.server.faults import Fault, When
from tests.forms.entity_sheets import sheet
from ui import hand, theme
from ui.kit import Kit
from ui.main_window import MainWindow
from ui.said import said_by
from ui.screens.outbox import SHOWN, OutboxScreen
from ui.screens.records import RecordsScreen
from ui.screens.today import TodayScreen
from ui.tasks import Job
from ui.widgets.buttons import Segmented
from ui.widgets.fold import Fold
from ui.widgets.indicators import StatusChip

TOKEN = "aB3$" * 16
PHOTOS = "| survey | | | |\n| | type | name | label |\n| | text | lieu | Lieu |\n" + "".join(
    f"| | image | p{number} | Photo {number} |\n" for number in (1, 2, 3)
)
OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
SENTENCE = (
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="error">{}</message>'
    "</OpenRosaResponse>"
)


@pytest.fixture(scope="module")
def photos_xml() -> bytes:
    return sheet(PHOTOS, "photos")


@pytest.fixture
def region(tmp_path: Path, kit: Kit, photos_xml: bytes) -> Iterator[ReferenceServer]:
    """Run a region that takes the form with photos; the kit is connected to it."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        server.publish_form(project, photos_xml)
        account = Account("essai", server.url, project, "Essai")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, server.create_app_user(project, "agent"))
        kit.connection.sync()
        yield server
        kit.connection._job = None
        kit.connection.stop()
        credentials._session.clear()


@pytest.fixture
def visit(kit: Kit, photos_xml: bytes) -> Callable[..., str]:
    """Finish a record with so many photos of 1 kB; return its instance_id."""
    kit.store.blank_forms.put("photos", "1", "Relevé", photos_xml, {}, "essai")

    def make(place: str, photos: int = 0) -> str:
        instance_id = kit.new_record("photos")
        session = kit.open_session(instance_id)
        session.answer("/f/lieu", place)
        for number in range(1, photos + 1):
            kit.store.instances.put_attachment(instance_id, f"p{number}.jpg", bytes(1000))
            session.answer(f"/f/p{number}", f"p{number}.jpg")
        instances = kit.store.instances
        instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", place, "")
        instances.finalize(instance_id, session.finalize(), datetime.now(UTC))
        return instance_id

    return make


def shown(screen: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()  # type: ignore[attr-defined]  # every screen has it
    screen.show()
    return screen


def words_of(widget: QWidget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return " | ".join(words + [chip.accessibleName() for chip in widget.findChildren(StatusChip)])


def refusing(text: str, status: int = 400) -> Fault:
    return Fault(r"^POST .*/submission$", When.BEFORE, status, SENTENCE.format(text).encode(), OPENROSA)


def under_way(kit: Kit, *ones: UnderWay) -> None:
    """Let the connection be as while a sync runs, which reported this."""
    kit.connection._job = kit.connection._job or Job()
    kit.connection.progress = SyncProgress(
        Phase.PUSH, 0, 2, "Perwez", all_sent=1500, all_bytes=6000, seconds_left=90.0, under_way=ones
    )
    kit.connection.changed.emit()
    hand.settle()


# In motion


def test_what_leaves_is_told_line_by_line_in_place(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    first, second = visit("Perwez", 3), visit("Jodoigne")
    screen = shown(OutboxScreen(kit), qtbot)
    under_way(kit)
    rows = dict(screen._rows)  # type: ignore[attr-defined]
    size = kit.store.instances.get(first).size + 3000
    under_way(kit, UnderWay(first, 1000, size))
    assert screen._rows == rows  # type: ignore[attr-defined]  # the very same widgets: a press in between is not lost
    words = words_of(rows[first])
    assert "1\u00a0Ko sur " in words
    assert "Envoi" in words
    assert rows[first]._bar.isVisibleTo(screen)
    assert "Envoi 1 sur 2" in words_of(screen)
    assert "encore 2 min environ" in words_of(screen)
    assert "En attente" in words_of(rows[second])
    kit.store.instances.mark_attempted(first, datetime.now(UTC))
    kit.store.instances.mark_submitted(first, datetime.now(UTC), "")
    under_way(kit, UnderWay(second, 1, 10))
    assert "Envoyé" in words_of(rows[first])
    kit.store.instances.mark_attempted(second, datetime.now(UTC), "interrupted")
    under_way(kit)
    assert "En attente" in words_of(rows[second])


def test_a_stop_is_seen_at_once(kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]) -> None:
    visit("Perwez")
    screen = shown(OutboxScreen(kit), qtbot)
    under_way(kit)
    assert screen._stop.isEnabled()  # type: ignore[attr-defined]
    hand.click(hand.button(screen, "Arrêter"))
    assert "Arrêt en cours" in words_of(screen)
    assert not screen._stop.isEnabled()  # type: ignore[attr-defined]


def test_the_home_card_moves_and_the_page_stays(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    visit("Perwez")
    screen = shown(TodayScreen(kit), qtbot)
    under_way(kit)
    card = screen._connection  # type: ignore[attr-defined]
    under_way(kit, UnderWay("x", 1, 2))
    assert screen._connection is card  # type: ignore[attr-defined]
    assert "Envoi 1 sur 2" in words_of(card)
    kit.connection._job = None
    kit.connection.changed.emit()
    assert screen._connection is not card  # type: ignore[attr-defined]


def test_what_the_region_has_of_a_record_is_told(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    instance_id = visit("Perwez", 3)
    kit.store.parts.add(instance_id, "essai", ["p1.jpg", "p2.jpg"])
    kit.store.instances.mark_attempted(instance_id, datetime.now(UTC), "interrupted")
    words = words_of(shown(OutboxScreen(kit), qtbot))
    assert "Interrompu" in words
    assert "2 photos sur 3 déjà reçues · 1\u00a0Ko restants" in words
    assert "la région n’en gardera qu’un" in words


def test_sizes_count_the_files(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    instance_id = visit("Perwez", 3)
    size = kit.store.instances.get(instance_id).size
    assert kit.connection.waiting_bytes() == size + 3000
    assert kit.store.parts.load_of(instance_id, "essai").left == 3000


# Refused


@pytest.mark.parametrize(
    "text",
    [
        f"no submission with Bearer {TOKEN} here",
        f"see https://region.example/v1/key/{TOKEN}/projects/1",
        f"?st={TOKEN}",
        f"token={TOKEN}",
        f"« {TOKEN} »",
    ],
)
def test_the_words_of_others_are_shown_without_any_token(text: str) -> None:
    for error in (NotAuthorized(text), Refused(Reason.CLOSED, text), UntrustedCertificate(text)):
        said = said_by(error)
        assert said is not None
        assert TOKEN not in said.text


def test_the_regions_own_sentence_is_folded_below_without_any_token(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    instance_id = visit("Perwez")
    region.faults.add(refusing(f"surface must be positive, see https://region.example/v1/key/{TOKEN}/x or {TOKEN}"))
    kit.connection.sync()
    assert kit.store.instances.get(instance_id).state is State.REJECTED
    outbox = shown(OutboxScreen(kit), qtbot)
    records = RecordsScreen(kit)
    qtbot.addWidget(records)
    records.refresh()
    records.show_target(instance_id)
    hand.settle()
    for widget in (outbox, records.panel):
        (fold,) = widget.findChildren(Fold)
        assert "surface must be positive" not in words_of(widget)
        assert fold.button.text() == "Ce que la région a répondu"
        assert fold.button.accessibleDescription() == "replié"
        fold.button.click()
        label = fold.findChild(QLabel)
        assert "surface must be positive" in label.text()
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
        assert TOKEN not in words_of(widget)
        assert fold.button.accessibleDescription() == "déplié"


def test_a_trouble_of_all_holds_its_words_too(kit: Kit, region: ReferenceServer, visit: Callable[..., str]) -> None:
    visit("Perwez")
    region.revoke(credentials.get("essai") or "")
    kit.connection.sync()
    story = kit.connection.story()
    assert story.said is not None
    assert story.said.title == "Ce que la région a répondu"
    assert kit.connection.summary().title == "Accès à redonner"


def test_what_never_left_is_no_answer_of_the_region(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    instance_id = visit("Perwez")
    kit.store.instances.mark_rejected(instance_id, "too-big", "p1.jpg: 200000000 bytes")
    (fold,) = shown(OutboxScreen(kit), qtbot).findChildren(Fold)
    assert fold.button.text() == "Détail technique"


# Many


def copies(kit: Kit, instance_id: str, count: int) -> None:
    """Put so many copies of a finished record into the outbox."""
    database = kit.store._connection
    names = [row[1] for row in database.rows("PRAGMA table_info(instances)") if row[1] != "seq"]
    own = {"instance_id": "'uuid:' || n", "outbox_order": "n + 1"}
    columns, values = ", ".join(names), ", ".join(own.get(name, name) for name in names)
    with database.write():
        numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
        made = f"INSERT INTO instances ({columns}) SELECT {values} FROM instances, numbers WHERE instance_id = ?"  # noqa: S608 (names of columns)
        database.run(f"{numbers} {made}", (count, instance_id))


def test_ten_thousand_that_wait_open_at_once(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    copies(kit, visit("Perwez"), 9_999)
    screen = OutboxScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        screen.refresh()
        times.append(time.perf_counter() - began)
    assert min(times) < 1  # a tenth of a second on a quiet machine; building every line took forty
    assert len(screen._rows) == SHOWN
    screen.show()
    words = words_of(screen)
    assert "10\u202f000 en attente" in words
    assert "et 9\u202f970 autres" in words
    hand.button(screen, "Afficher la suite").click()
    assert len(screen._rows) == 2 * SHOWN


# Settings and keys


def test_the_days_of_patience_are_a_choice_made_there(kit: Kit, qtbot: QtBot) -> None:
    kit.settings.set(settings.CONFIRM_DAYS, 45)
    screen = shown(OutboxScreen(kit), qtbot)
    (days,) = [one for one in screen.findChildren(Segmented) if "Accusé" in one.accessibleName()]
    assert days.value() == "45"
    days.chosen.emit("60")
    assert kit.settings.get(settings.CONFIRM_DAYS) == 60


def test_every_action_is_reached_by_tab_and_named(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    refused = visit("Perwez")
    kit.store.instances.mark_rejected(refused, "closed", "closed")
    visit("Jodoigne")
    screen = shown(OutboxScreen(kit), qtbot)
    with qtbot.waitActive(screen):
        screen.activateWindow()
    screen._send.setFocus(Qt.FocusReason.TabFocusReason)  # type: ignore[attr-defined]
    met: list[QWidget] = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget() or screen, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in met:
            break
        met.append(focused)
    names = [one.accessibleName() for one in met if isinstance(one, QAbstractButton)]
    assert all(names)
    expected = ["Ce que la région a répondu", "Corriger", "Autres actions", "Autres actions"]
    order = [name for name in names if name.startswith(("Ce que", "Détail", "Corriger", "Autres"))]
    assert [name.partition(" :")[0].partition("\u00a0:")[0] for name in order] in (
        expected,
        ["Détail technique", *expected[1:]],
    )
    wanted = {one for one in screen.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()}
    lost = {one.accessibleName() for one in wanted - set(met)} - {"Envoyer maintenant", ""}
    assert not {name for name in lost if not name[:1].isdigit() and name != "Tout"}  # segments: by arrow keys


def test_drawing_again_keeps_the_place_and_the_focus(kit: Kit, qtbot: QtBot, visit: Callable[..., str]) -> None:
    for number in range(20):
        visit(f"Lieu {number}")
    screen = shown(OutboxScreen(kit), qtbot)
    with qtbot.waitActive(screen):
        screen.activateWindow()
    hand.settle()
    area = screen._scrolling  # type: ignore[attr-defined]
    area.verticalScrollBar().setValue(200)
    held = hand.button(screen, "Autres actions\u00a0: Lieu 7")
    held.setFocus(Qt.FocusReason.TabFocusReason)
    screen.refresh()  # type: ignore[attr-defined]
    hand.settle()
    assert screen._scrolling.verticalScrollBar().value() == 200  # type: ignore[attr-defined]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is not held
    assert focused.accessibleName() == "Autres actions\u00a0: Lieu 7"


def test_f5_sends(kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]) -> None:
    instance_id = visit("Perwez")
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.show_screen("outbox")
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert kit.store.instances.get(instance_id).state is State.SUBMITTED
    assert "1 réponse envoyée" in window.toasts.text()


# How it ended


def test_a_refusal_is_summed_up_and_who_looks_elsewhere_gets_a_notice(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    noticed: list[tuple[str, str]] = []
    window.outcome.noticed.connect(lambda title, text: noticed.append((title, text)))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    visit("Perwez")
    region.faults.add(refusing("no"))
    kit.connection.sync()
    assert "1 réponse refusée" in window.toasts.text()
    assert noticed == []
    window.toasts.press()
    assert window.screen_name == "outbox"
    visit("Jodoigne")
    region.faults.add(refusing("no"))
    window.hide()
    kit.connection.sync()
    assert noticed == [("À corriger", "1 réponse refusée")]


def test_how_it_ended_is_spoken_once(
    kit: Kit, region: ReferenceServer, qtbot: QtBot, visit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events go to the platform, which has no ears here: they are heard on their way there."""
    spoken: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: spoken.append(event.message()))
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    window = MainWindow(kit)
    qtbot.addWidget(window)
    window.fill()
    window.show()
    visit("Perwez")
    kit.connection.sync()
    assert spoken == ["1 réponse envoyée"]
    region.stop()
    visit("Jodoigne")
    kit.connection.sync()
    kit.connection.sync()
    assert len(spoken) == 2
    assert spoken[1].startswith("Hors ligne depuis ")


@pytest.mark.parametrize("percent", [100, 130])
def test_nothing_beside_the_list_is_cut(kit: Kit, qtbot: QtBot, visit: Callable[..., str], percent: int) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_scale(app, percent)
    visit("Perwez")
    for width in (1306, 1220, 840, 800):
        screen = OutboxScreen(kit)
        qtbot.addWidget(screen)
        screen.resize(width, 600)
        screen.refresh()
        screen.show()
        hand.settle()
        for one in screen.findChildren(QAbstractButton):
            if one.isVisible():
                least = one.minimumSizeHint()
                assert one.width() >= min(least.width(), 120), (width, one.accessibleName())
                if one.hasHeightForWidth():
                    assert one.height() >= one.heightForWidth(one.width()), (width, one.accessibleName())
                assert one.mapTo(screen, one.rect().topRight()).x() <= width, (width, one.accessibleName())
    theme.set_text_scale(app, 100)
