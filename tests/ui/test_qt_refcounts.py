# SPDX-License-Identifier: EUPL-1.2
"""The binding must not lose references: with some versions ten thousand calls that return None end the process."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 10_000
SLACK = 500  # other parts of the interpreter take and give back references meanwhile


class Sender(QObject):
    told = Signal(object)


def test_setting_texts_keeps_the_references_of_none_and_true(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(CALLS):
        label.setText(str(number))
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert label.text() == str(CALLS - 1)
    assert [abs(new - old) < SLACK for old, new in zip(before, after, strict=True)] == [True, True]


def test_emitting_keeps_the_references_of_none_and_true(qapp: object) -> None:
    sender = Sender()
    heard: list[object] = []
    sender.told.connect(lambda value: heard.append(value) if value == CALLS - 1 else None)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(CALLS):
        sender.told.emit(number)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert heard == [CALLS - 1]
    assert [abs(new - old) < SLACK for old, new in zip(before, after, strict=True)] == [True, True]
