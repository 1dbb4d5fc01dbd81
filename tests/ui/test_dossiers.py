# SPDX-License-Identifier: EUPL-1.2
"""Dossiers in the window: out of the list into a file, in again, with what has to be asked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fieldkit.dossier.unpack import Finding, Outcome, Refusal
from fieldkit.errors import DossierDamaged, DossierMustBeEncrypted, NotADossier
from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.workspace import Workspace
from forms import FormSession
from tests.fieldkit.dossier_kits import FORM, FORM_XML, REFS
from tests.ui.meetings import Meetings, escape
from ui.dossiers import read_dossier, write_dossier
from ui.kit import Kit
from ui.screens.dossier_dialogs import ConflictsDialog, PassphraseDialog, ResultDialog, WaitingDialog, told
from ui.screens.records import RecordsScreen
from ui.tasks import InlineTasks, Tasks
from ui.widgets import Button, Field, RadioTile

EXPORT = "Exporter un dossier…"
PHRASE = "trois mots secrets"


def begin(kit: Kit) -> str:
    kit.store.blank_forms.put("shared", "1", "Visite", FORM_XML, {}, "region")
    session = FormSession(FORM)
    session.answer(REFS["a"], "chêne")
    now = datetime.now(UTC)
    instance = Instance(session.instance_id, "shared", "1", State.DRAFT, "Visite de Jauche", now, now)
    kit.store.instances.create(instance, session.draft_xml())
    return session.instance_id


def answer(kit: Kit, record: str, **answers: str) -> None:
    session = kit.open_session(record)
    entries = []
    for name, value in answers.items():
        session.answer(REFS[name], value)
        entries.append(AnswerEntry(REFS[name], "", value, datetime.now(UTC)))
    kit.store.instances.save_draft(record, session.draft_xml(), entries, session.progress(), "", "Visite de Jauche", "")


@pytest.fixture
def other(tmp_path: Path, kit: Kit) -> Iterator[Kit]:
    with Workspace.open(tmp_path / "other") as workspace:
        yield Kit(workspace, InlineTasks())


@pytest.fixture
def window(kit: Kit, qtbot: QtBot) -> RecordsScreen:
    made = RecordsScreen(kit)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    return made


def test_a_record_goes_out_and_comes_in(
    kit: Kit, other: Kit, window: RecordsScreen, tmp_path: Path, meet: Meetings
) -> None:
    record, path = begin(kit), tmp_path / "x.fieldkit"
    told_here: list[str] = []
    kit.toast_asked.connect(lambda text, _action: told_here.append(text))
    write_dossier(kit, [record], path, window)
    assert told_here[-1].startswith("Dossier enregistré\u00a0: x.fieldkit, 1 réponse")
    texts = meet(ResultDialog, escape)
    read_dossier(other, path, window)
    assert "Ajoutée sur cet ordinateur." in texts
    assert other.store.instances.draft_xml(record) == kit.store.instances.draft_xml(record)


def test_what_both_changed_is_shown_and_chosen_by_keyboard(
    kit: Kit, other: Kit, window: RecordsScreen, tmp_path: Path, meet: Meetings
) -> None:
    record, path = begin(kit), tmp_path / "x.fieldkit"
    write_dossier(kit, [record], path, window)
    meet(ResultDialog, escape)
    read_dossier(other, path, window)
    answer(kit, record, a="hêtre", b="frêne")
    answer(other, record, a="tilleul", c="orme")
    write_dossier(other, [record], path, window)
    before = kit.store.instances.draft_xml(record)
    texts = meet(ConflictsDialog, escape)
    read_dossier(kit, path, window)  # Escape: nothing is taken
    assert kit.store.instances.draft_xml(record) == before
    assert {"1 réponse a changé des deux côtés", "Alpha"} <= set(texts)
    shown: list[str] = []

    def choose(dialog: QWidget) -> None:
        keep, take = dialog.findChildren(RadioTile)
        shown.extend([keep.accessibleName(), take.accessibleName()])
        assert keep.isChecked()
        keep.setFocus()
        QTest.keyClick(keep, Qt.Key.Key_Down)
        assert take.isChecked()
        meet(ResultDialog, escape)
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    meet(ConflictsDialog, choose)
    read_dossier(kit, path, window)
    assert [name.partition("\u00a0: ")[0] for name in shown] == ["Alpha", "Alpha"]
    session = kit.open_session(record)
    assert [session.value(REFS[name]) for name in "abc"] == ["tilleul", "frêne", "orme"]


def test_a_passphrase_is_asked_until_it_is_right(
    kit: Kit, other: Kit, window: RecordsScreen, tmp_path: Path, meet: Meetings
) -> None:
    record, path = begin(kit), tmp_path / "x.fieldkit"
    write_dossier(kit, [record], path, window, PHRASE)
    seen: list[str] = []

    def type_in(dialog: QWidget) -> None:
        assert isinstance(dialog, PassphraseDialog)
        seen.append(dialog.error.text())
        (field,) = dialog.findChildren(Field)
        QTest.keyClicks(field, PHRASE if len(seen) > 1 else "autre")
        if len(seen) > 1:
            meet(ResultDialog, escape)
        else:
            meet(PassphraseDialog, type_in)
        QTest.keyClick(field, Qt.Key.Key_Return)

    meet(PassphraseDialog, type_in)
    read_dossier(other, path, window)
    assert seen == ["", "Cette phrase n’ouvre pas ce dossier."]
    assert other.store.instances.get(record).name == "Visite de Jauche"


def test_a_passphrase_is_typed_twice_alike(window: RecordsScreen) -> None:
    dialog = PassphraseDialog("Exporter", "…", window, made=True, needed=True)
    first, second = dialog.findChildren(Field)
    dialog.choose("go")
    assert dialog.error.text() == "Une phrase secrète est nécessaire ici."
    first.setText(PHRASE)
    dialog.choose("go")
    assert dialog.error.text() == "Les deux phrases ne sont pas les mêmes."
    assert dialog.answer == ""
    second.setText(PHRASE)
    dialog.choose("go")
    assert (dialog.answer, dialog.passphrase) == ("go", PHRASE)


def test_a_dossier_that_cannot_be_used_is_told(kit: Kit, other: Kit, window: RecordsScreen, tmp_path: Path) -> None:
    record, path = begin(kit), tmp_path / "x.fieldkit"
    write_dossier(kit, [record], path, window)
    met: list[Exception] = []
    other.trouble_met.connect(met.append)
    whole = path.read_bytes()
    for content in (whole[:-30], b"%PDF"):
        path.write_bytes(content)
        read_dossier(other, path, window)
    assert [type(error) for error in met] == [DossierDamaged, NotADossier]
    assert other.store.instances.search() == []


def test_a_form_with_a_key_asks_for_a_passphrase(
    kit: Kit, window: RecordsScreen, tmp_path: Path, meet: Meetings
) -> None:
    from tests.unsealing import encrypted_form, private_key, public_text  # noqa: PLC0415 (makes a key)

    record = begin(kit)
    kit.store.blank_forms.put("shared", "1", "V", encrypted_form(FORM_XML, public_text(private_key())), {}, "region")
    met: list[Exception] = []
    kit.trouble_met.connect(met.append)
    write_dossier(kit, [record], tmp_path / "x.fieldkit", window)
    assert isinstance(met[0], DossierMustBeEncrypted)
    texts = meet(PassphraseDialog, escape)
    window.export_records([kit.store.instances.get(record)])
    assert any("chiffrées pour la région" in text for text in texts)


def test_the_screen_offers_both_ways(kit: Kit, window: RecordsScreen, qtbot: QtBot, meet: Meetings) -> None:
    record = begin(kit)
    window.refresh()
    window.show_target(record)
    assert "Importer un dossier…" in [one.accessibleName() for one in window.page.findChildren(Button)]

    def shown() -> list[Button]:
        return [one for one in window.panel.findChildren(Button) if one.text() == EXPORT and one.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    (give,) = shown()
    assert EXPORT in [one.text() for one in window.bar.findChildren(Button)]
    asked = meet(PassphraseDialog, escape)
    give.click()
    assert "Phrase secrète" in asked


def test_a_worker_writes_and_reads_while_the_window_waits(
    kit: Kit, other: Kit, window: RecordsScreen, tmp_path: Path, qtbot: QtBot, meet: Meetings
) -> None:
    record, path = begin(kit), tmp_path / "x.fieldkit"
    kit.tasks, other.tasks = Tasks(), Tasks()
    with qtbot.waitSignal(kit.toast_asked):
        write_dossier(kit, [record], path, window)
        waiting = QApplication.activeModalWidget()
        assert isinstance(waiting, WaitingDialog)
        escape(waiting)
        assert waiting.isVisible()
    with qtbot.waitSignal(other.records_changed):
        meet(ResultDialog, escape)
        read_dossier(other, path, window)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert other.store.instances.get(record).name == "Visite de Jauche"
    kit.tasks.close()
    other.tasks.close()


@pytest.mark.parametrize("refusal", [one for one in Refusal if one is not Refusal.NONE])
def test_every_refusal_has_its_sentence(refusal: Refusal) -> None:
    (line,) = told(Finding("uuid:1", "f", "F", State.DRAFT, Outcome.REFUSED, refusal))
    assert line.endswith("Les deux copies restent où elles sont.")
    assert len(line) > 60
