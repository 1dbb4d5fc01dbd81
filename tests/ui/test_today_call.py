# SPDX-License-Identifier: EUPL-1.2
"""« Aujourd’hui » counts the days to the close of the open call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldkit import application
from fieldkit.call import calls
from ui import dates
from ui.kit import Kit
from ui.screens.projects import call_line
from ui.screens.today import TodayScreen

DEADLINE = next(call.deadline for call in calls() if not call.closed)


def words_of(screen: TodayScreen) -> list[str]:
    return [label.text() for label in screen.findChildren(QLabel) if label.isVisibleTo(screen)]


def show(kit: Kit, qtbot: QtBot) -> TodayScreen:
    screen = TodayScreen(kit)
    qtbot.addWidget(screen)
    screen.refresh()
    return screen


@pytest.mark.parametrize(
    ("today", "left"), [(date(2027, 3, 8), "23"), (date(2027, 3, 30), "1"), (date(2027, 3, 31), "0")]
)
def test_the_days_to_the_close_are_counted(
    today: date, left: str, kit: Kit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, diagnosed: Callable[[str], str]
) -> None:
    assert date(2027, 3, 31) == DEADLINE
    monkeypatch.setattr(dates, "today", lambda: today)
    diagnosed("perwez")
    words = words_of(show(kit, qtbot))
    assert left in words
    assert any(text.startswith("Clôture le ") for text in words)
    kit.new_record(application.FORM_ID, commune_nis="25084")
    assert any("dossier rempli à " in text for text in words_of(show(kit, qtbot)))


def test_a_call_that_has_closed_is_not_counted(
    kit: Kit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, diagnosed: Callable[[str], str]
) -> None:
    monkeypatch.setattr(dates, "today", lambda: date(2027, 4, 1))
    diagnosed("perwez")
    assert not any("Clôture" in text for text in words_of(show(kit, qtbot)))


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2027, 3, 8), "dans 23 jours"),
        (date(2027, 3, 30), "dans 1 jour"),
        (date(2027, 3, 31), "dans 0 jour"),
        (date(2027, 4, 1), "clôturé depuis le 31 mars"),
    ],
)
def test_the_list_of_calls_never_counts_backwards(
    today: date, words: str, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dates, "today", lambda: today)
    line = call_line(next(call for call in calls() if not call.closed)).replace("\u00a0", " ")
    assert line.endswith(words)
