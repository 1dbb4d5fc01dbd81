# SPDX-License-Identifier: EUPL-1.2
"""Whatever goes wrong in a modal dialog of a test, the test gets its turn back and fails."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.ui.meetings import Meetings, escape
from ui.screens.dossier_dialogs import WaitingDialog
from ui.widgets.dialogs import Dialog


class Stubborn(Dialog):
    """Asks again when it is closed, as a passphrase is asked again."""

    def done(self, result: int) -> None:
        super().done(result)
        if self.title.text() == "Encore":
            Stubborn("Enfin").exec()


def test_dialogs_are_met_one_after_the_other_once_they_have_the_keyboard(qtbot: QtBot) -> None:
    meet = Meetings()
    active: list[bool] = []

    def act(dialog: Dialog) -> None:
        active.append(dialog.isActiveWindow())
        later = meet(Dialog, escape)
        assert later == []
        dialog.choose("go")

    first = meet(Dialog, act)
    one, two = Dialog("Un"), Dialog("Deux")
    one.exec()
    assert (one.answer, active) == ("go", [True])
    assert "Un" in first
    two.exec()
    assert two.answer == ""
    meet.conclude()


def test_an_answer_that_fails_leaves_no_dialog_open(qtbot: QtBot) -> None:
    meet = Meetings()

    def act(dialog: QDialog) -> None:
        raise LookupError(dialog.windowTitle())

    meet(Stubborn, act)
    Stubborn("Encore").exec()
    with pytest.raises(LookupError, match="Encore"):
        meet.conclude()


def test_another_dialog_than_the_announced_one_is_closed_and_named(qtbot: QtBot) -> None:
    meet = Meetings(patience=0.05)
    meet(Stubborn, escape)
    WaitingDialog("Un instant", None).exec()  # type: ignore[arg-type]  # it takes no Escape, and needs no window here
    with pytest.raises(AssertionError, match="Stubborn did not open; in front is WaitingDialog"):
        meet.conclude()


def test_a_dialog_that_does_not_come_is_missed(qtbot: QtBot) -> None:
    meet = Meetings()
    meet(Stubborn, escape)
    with pytest.raises(AssertionError):
        meet.conclude()
