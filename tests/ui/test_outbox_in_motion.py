# SPDX-License-Identifier: EUPL-1.2
"""« Envois » while something leaves, when it is refused, and with ten thousand that wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import credentials
from fieldkit.instance import State
from sync.errors import NotAuthorized, Reason, Refused, UntrustedCertificate
from sync.progress import Phase, SyncProgress, UnderWay
from sync.server import ReferenceServer
from tests.refusals import refusing
from ui import hand
from ui.kit import Kit
from ui.said import said_by
from ui.screens.outbox import MORE, SHOWN, OutboxScreen
from ui.screens.records import RecordsScreen
from ui.screens.today import TodayScreen
from ui.tasks import Job
from ui.widgets.fold import Fold
from ui.widgets.indicators import StatusChip

TOKEN = "aB3$" * 16


def shown(screen: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()  # type: ignore[attr-defined]  # every screen has it
    screen.show()
    return screen


def words_of(widget: QWidget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return " | ".join(words + [chip.accessibleName() for chip in widget.findChildren(StatusChip)])


def under_way(kit: Kit, *ones: UnderWay, done: int = 0) -> None:
    """Let the connection be as while a sync runs, which reported this."""
    kit.connection._job = kit.connection._job or Job()
    kit.connection.progress = SyncProgress(
        Phase.PUSH, done, 2, "Perwez", all_sent=1500, all_bytes=6000, seconds_left=90.0, under_way=ones
    )
    kit.connection.changed.emit()
    hand.settle()


# In motion


def test_what_leaves_is_told_line_by_line_in_place(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
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


def test_what_came_and_went_between_two_looks_is_told_too(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    first, second = visit("Perwez"), visit("Jodoigne")
    screen = shown(OutboxScreen(kit), qtbot)
    under_way(kit)
    assert "2 en attente" in words_of(screen)
    kit.store.instances.mark_attempted(first, datetime.now(UTC))
    kit.store.instances.mark_submitted(first, datetime.now(UTC), "")
    under_way(kit, done=1)
    assert "Envoyé" in words_of(screen._rows[first])  # type: ignore[attr-defined]
    assert "En attente" in words_of(screen._rows[second])  # type: ignore[attr-defined]
    assert "1 en attente" in words_of(screen)


def test_the_lines_of_a_list_that_is_gone_are_not_written_to(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    only = visit("Perwez")
    screen = shown(OutboxScreen(kit), qtbot)
    kit.store.instances.mark_attempted(only, datetime.now(UTC))
    kit.store.instances.mark_submitted(only, datetime.now(UTC), "")
    screen.refresh()  # type: ignore[attr-defined]  # nothing waits: no list is drawn
    hand.settle()
    under_way(kit, done=1)
    assert "Envoyés récemment" in words_of(screen)


def test_a_stop_is_seen_at_once(kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]) -> None:
    visit("Perwez")
    screen = shown(OutboxScreen(kit), qtbot)
    under_way(kit)
    assert screen._stop.isEnabled()  # type: ignore[attr-defined]
    hand.click(hand.button(screen, "Arrêter"))
    assert "Arrêt en cours" in words_of(screen)
    assert not screen._stop.isEnabled()  # type: ignore[attr-defined]


def test_the_home_card_moves_and_the_page_stays(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
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
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
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
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    instance_id = visit("Perwez")
    connected.faults.add(refusing(f"surface must be positive, see https://region.example/v1/key/{TOKEN}/x or {TOKEN}"))
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


def test_all_is_not_well_while_something_is_to_be_corrected(
    kit: Kit, connected: ReferenceServer, qtbot: QtBot, visit: Callable[..., str]
) -> None:
    visit("Perwez")
    connected.faults.add(refusing("no"))
    kit.connection.sync()
    assert (kit.connection.story().kind, kit.connection.summary().title) == ("err", "1 réponse à corriger")
    words = words_of(shown(OutboxScreen(kit), qtbot))
    assert "Tout est envoyé" not in words
    assert "0 en attente" not in words


def test_a_trouble_of_all_holds_its_words_too(kit: Kit, connected: ReferenceServer, visit: Callable[..., str]) -> None:
    visit("Perwez")
    connected.revoke(credentials.get("essai") or "")
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
    assert "et 9\u202f980 autres" in words
    hand.button(screen, "Afficher la suite").click()
    assert len(screen._rows) == SHOWN + MORE
