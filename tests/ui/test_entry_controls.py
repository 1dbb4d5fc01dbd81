# SPDX-License-Identifier: EUPL-1.2
"""Each kind of question, answered as people do: what reaches the engine, and what is said when it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.entry.choice_controls import AgreeControl, TilesControl
from ui.entry.control import Control
from ui.entry.file_control import FileControl
from ui.entry.likert import LikertControl
from ui.entry.moment_controls import CalendarPopup, DateControl, DateTimeControl
from ui.entry.order_controls import RangeControl, RankControl
from ui.entry.page import EntryPage
from ui.entry.point_control import PointControl
from ui.entry.question_frames import GridFrame, NoteFrame, QuestionFrame
from ui.entry.search_choice import SearchControl, SearchManyControl
from ui.entry.text_controls import AreaControl, NumberControl, PointsControl

TEXTS, CHOICES = "/data/textes", "/data/choix"
Open = Callable[..., EntryPage]
Kind = TypeVar("Kind", bound=Control)


def frame_of(page: EntryPage, ref: str) -> QuestionFrame:
    page.walk.go_to(ref)
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(ref)
    assert isinstance(frame, QuestionFrame)
    return frame


def control_of(page: EntryPage, ref: str, kind: type[Kind]) -> Kind:
    control = frame_of(page, ref).control
    assert type(control) is kind
    return control


def type_text(widget: QWidget, text: str) -> None:
    widget.setFocus()
    if isinstance(widget, QLineEdit):
        widget.selectAll()
    QTest.keyClicks(widget, text)


def leave(control: Control) -> None:
    for target in control.targets():
        if isinstance(target, QLineEdit):
            target.editingFinished.emit()


@pytest.mark.parametrize(
    ("name", "typed", "stored", "shown"),
    [
        ("foyers", "42", "42", "42"),
        ("debit", "12,5", "12.5", "12,5"),
        ("debit", "1 200", "1200", "1200"),
        ("debit", "=3*12,5", "37.5", "37,5"),
        ("foyers", "=7/2", "4", "4"),
    ],
)
def test_numbers_take_french_decimals_and_sums(
    open_types: Open, name: str, typed: str, stored: str, shown: str
) -> None:
    page = open_types()
    control = control_of(page, f"{TEXTS}/{name}", NumberControl)
    type_text(control.line, typed)
    leave(control)
    assert page.desk.session.value(f"{TEXTS}/{name}") == stored
    assert control.line.text() == shown


def test_the_unit_of_a_label_stands_beside_the_field(open_types: Open) -> None:
    control = control_of(open_types(), f"{TEXTS}/foyers", NumberControl)
    assert "%" in [label.text() for label in control.findChildren(QWidget) if hasattr(label, "text")]


def test_a_number_is_judged_when_it_is_left_never_while_typing(open_types: Open) -> None:
    page = open_types()
    frame = frame_of(page, f"{TEXTS}/foyers")
    control = frame.control
    assert isinstance(control, NumberControl)
    type_text(control.line, "128")
    control.flush()
    assert page.desk.session.value(f"{TEXTS}/foyers") == "128"
    assert frame.error == ""
    leave(control)
    assert frame.error == "Indiquez un pourcentage entre 0 et 100."
    assert control.line.property("bad") is True
    assert "Indiquez un pourcentage" in control.line.accessibleDescription()
    type_text(control.line, "28")
    control.flush()
    assert frame.error == ""


def test_letters_in_a_number_are_kept_and_told(open_types: Open) -> None:
    page = open_types()
    frame = frame_of(page, f"{TEXTS}/foyers")
    type_text(frame.control.entry(), "beaucoup")
    leave(frame.control)
    assert page.desk.session.value(f"{TEXTS}/foyers") == "beaucoup"
    assert frame.error == "Indiquez un nombre entier. Vous avez saisi «\u00a0beaucoup\u00a0»."


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_date_is_typed_or_picked(open_types: Open, qtbot: object) -> None:
    page = open_types()
    control = control_of(page, f"{TEXTS}/jour", DateControl)
    type_text(control.line, "22.11.26")
    leave(control)
    assert page.desk.session.value(f"{TEXTS}/jour") == "2026-11-22"
    assert control.line.text() == "22/11/2026"
    control.line.actions()[-1].trigger()
    popup = next(child for child in page.findChildren(CalendarPopup) if child.isVisible())
    from_popup = popup.children()
    calendar = next(child for child in from_popup if hasattr(child, "selectedDate"))
    assert calendar.selectedDate() == QDate(2026, 11, 22)
    calendar.clicked.emit(QDate(2026, 12, 1))
    assert page.desk.session.value(f"{TEXTS}/jour") == "2026-12-01"


def test_times_and_moments(open_types: Open) -> None:
    page = open_types()
    frame = frame_of(page, f"{TEXTS}/heure")
    type_text(frame.control.entry(), "9h05")
    leave(frame.control)
    assert page.desk.session.value(f"{TEXTS}/heure").startswith("09:05:00.000")
    control = control_of(page, f"{TEXTS}/moment", DateTimeControl)
    type_text(control.day, "22/11/2026")
    type_text(control.moment, "10:42")
    leave(control)
    assert page.desk.session.value(f"{TEXTS}/moment").startswith("2026-11-22T10:42:00.000")


def test_points_are_typed_or_pasted(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{TEXTS}/point", PointControl)
    type_text(control.latitude, "50,6912 4,7983")
    leave(control)
    assert page.desk.session.value(f"{TEXTS}/point") == "50.6912 4.7983 0 0"
    assert (control.latitude.text(), control.longitude.text()) == ("50,6912", "4,7983")
    trace = control_of(page, f"{TEXTS}/trace", PointsControl)
    trace.area.setPlainText("50,1 ; 4,1\n50,2 ; 4,2")
    trace.commit()
    assert page.desk.session.value(f"{TEXTS}/trace") == "50.1 4.1 0 0; 50.2 4.2 0 0"


def test_a_long_text_grows_counts_and_lets_enter_write(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{TEXTS}/recit", AreaControl)
    low = control.area.height()
    type_text(control.area, "a")
    for _ in range(8):
        QTest.keyClick(control.area, Qt.Key.Key_Return)
    assert control.area.height() > low
    assert "9" in control._count.text()
    QTest.keyClick(control.area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.desk.session.value(f"{TEXTS}/recit") == "a" + "\n" * 8
    assert page.walk.here == f"{TEXTS}/foyers"


def test_typing_is_saved_by_itself(open_types: Open, qtbot: object) -> None:
    page = open_types()
    control = control_of(page, f"{TEXTS}/recit", AreaControl)
    control._clock.setInterval(10)
    type_text(control.area, "en cours")
    qtbot.waitUntil(lambda: page.desk.session.value(f"{TEXTS}/recit") == "en cours", timeout=2000)  # type: ignore[attr-defined]  # pytest-qt's QtBot
    assert control.area.toPlainText() == "en cours"


def test_tiles_choose_by_click_digit_and_clear(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/avis", TilesControl)
    QTest.keyClick(control.entry(), Qt.Key.Key_2)
    assert page.desk.session.value(f"{CHOICES}/avis") == "non"
    control._tiles[0].click()
    assert page.desk.session.value(f"{CHOICES}/avis") == "oui"
    QTest.keyClick(control.entry(), Qt.Key.Key_Delete)
    assert page.desk.session.value(f"{CHOICES}/avis") == ""
    assert not any(tile.isChecked() for tile in control._tiles)


def test_several_tiles_store_the_order_of_the_list(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/lieux", TilesControl)
    control.press_digit(3)
    control.press_digit(1)
    assert page.desk.session.value(f"{CHOICES}/lieux") == "centre zones"
    control.press_digit(3)
    assert page.desk.session.value(f"{CHOICES}/lieux") == "centre"


def test_eight_to_fifteen_choices_are_a_compact_list(open_types: Open) -> None:
    control = control_of(open_types(), f"{CHOICES}/mois", TilesControl)
    assert len(control._tiles) == 9
    assert control._tiles[0].sizeHint().height() < 42


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_long_list_is_searched_without_accents(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/village", SearchControl)
    type_text(control.combo, "eghe")
    names = control.combo.completer().completionModel()
    assert [names.index(row, 0).data() for row in range(names.rowCount())] == ["Éghezée"]
    control.combo.completer().popup().hide()
    leave(control)
    assert page.desk.session.value(f"{CHOICES}/village") == "v1"
    assert control.combo.text() == "Éghezée"


def test_an_entry_that_is_part_of_another_is_still_found(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/village", SearchControl)
    control.combo.setText("jodoigne")
    leave(control)
    assert page.desk.session.value(f"{CHOICES}/village") == "v7"


def test_words_that_are_not_in_the_list_are_told_and_change_nothing(open_types: Open) -> None:
    page = open_types({f"{CHOICES}/village": "v2"})
    frame = frame_of(page, f"{CHOICES}/village")
    control = frame.control
    assert isinstance(control, SearchControl)
    control.combo.setText("Atlantide")
    leave(control)
    assert page.desk.session.value(f"{CHOICES}/village") == "v2"
    assert "n’est pas dans la liste" in frame.error
    control.clear_answer()
    assert page.desk.session.value(f"{CHOICES}/village") == ""
    assert frame.error == ""


def test_several_of_a_long_list_are_chips(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/villages", SearchManyControl)
    for words in ("incourt", "glimes"):
        control.combo.setText(words)
        leave(control)
    assert page.desk.session.value(f"{CHOICES}/villages") == "v2 v3"
    control._chips[0].click()
    assert page.desk.session.value(f"{CHOICES}/villages") == "v3"
    assert [chip.accessibleName() for chip in control._chips] == ["Retirer Glimes"]


def test_a_likert_question_is_a_row_of_cells(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/service", LikertControl)
    control.press_digit(3)
    assert page.desk.session.value(f"{CHOICES}/service") == "3"
    assert control.clear_answer()
    assert page.desk.session.value(f"{CHOICES}/service") == ""


def test_a_rank_is_kept_moved_and_unanswered_until_then(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/ordre", RankControl)
    assert page.desk.session.value(f"{CHOICES}/ordre") == ""
    control.list.setCurrentRow(0)
    QTest.keyClick(control.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert page.desk.session.value(f"{CHOICES}/ordre") == "hameaux centre zones"


def test_a_range_takes_digits_and_arrows_but_no_wheel(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/note_10", RangeControl)
    type_text(control.field, "7")
    leave(control)
    assert page.desk.session.value(f"{CHOICES}/note_10") == "7"
    QTest.keyClick(control.track, Qt.Key.Key_Right)
    assert page.desk.session.value(f"{CHOICES}/note_10") == "8"
    wheel = QWheelEvent(
        QPointF(9, 9), QPointF(9, 9), QPoint(0, 120), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    control.track.wheelEvent(wheel)
    assert page.desk.session.value(f"{CHOICES}/note_10") == "8"


def test_an_agreement_is_one_box(open_types: Open) -> None:
    page = open_types()
    control = control_of(page, f"{CHOICES}/accord", AgreeControl)
    control.press_digit(1)
    assert page.desk.session.value(f"{CHOICES}/accord") == "OK"
    control.press_digit(1)
    assert page.desk.session.value(f"{CHOICES}/accord") == ""


def test_a_picture_is_copied_beside_the_draft_and_shrunk(open_types: Open, tmp_path: Path) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    path = tmp_path / "place.png"
    image.save(str(path))
    page = open_types()
    control = control_of(page, f"{CHOICES}/photo", FileControl)
    control.take(path)
    assert page.desk.session.value(f"{CHOICES}/photo") == "place.png"
    kept = page.kit.store.instances.attachment(page.instance_id, "place.png")
    assert QImage.fromData(kept).size().toTuple() == (64, 32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(path))
    control.take(path)
    assert page.desk.session.value(f"{CHOICES}/photo") == "place-2.png"
    control.clear_answer()
    assert page.desk.session.value(f"{CHOICES}/photo") == ""


def test_a_file_that_is_too_big_or_gone_is_refused_with_its_reason(
    open_types: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.entry.file_control.MAX_BYTES", 10)
    path = tmp_path / "gros.bin"
    path.write_bytes(b"x" * 2000)
    page = open_types()
    frame = frame_of(page, f"{CHOICES}/photo")
    control = frame.control
    assert isinstance(control, FileControl)
    control.take(path)
    assert "2\u00a0Ko" in frame.error
    control.take(tmp_path / "absent.bin")
    assert "ne s’ouvre pas" in frame.error
    assert page.desk.session.value(f"{CHOICES}/photo") == ""


def test_a_grid_has_a_row_a_question(open_types: Open) -> None:
    page = open_types()
    page.walk.go_to(f"{CHOICES}/grille/mobile")
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(f"{CHOICES}/grille/mobile")
    assert isinstance(frame, GridFrame)
    frame.grid.row_entry(f"{CHOICES}/grille/mobile").setFocus()
    assert frame.press_digit(2)
    assert page.desk.session.value(f"{CHOICES}/grille/mobile") == "2"
    assert page.desk.session.value(f"{CHOICES}/grille/fixe") == ""
    assert frame.grid.row_entry(f"{CHOICES}/grille/mobile").accessibleName() == "Internet mobile — Correcte"


def test_notes_show_marks_and_values_that_are_worked_out(open_types: Open) -> None:
    page = open_types()
    page.desk.answer(f"{TEXTS}/foyers", "40")
    shown = page.walk.pages.page()
    assert shown is not None
    hello, twice = shown.frame_of(f"{TEXTS}/bienvenue"), shown.frame_of(f"{TEXTS}/double_vu")
    assert isinstance(hello, NoteFrame)
    assert isinstance(twice, NoteFrame)
    assert "<b>à tous</b>" in hello._title.text()
    assert twice._value.text() == "80"


def test_names_for_screen_readers(open_types: Open) -> None:
    page = open_types()
    control = frame_of(page, f"{TEXTS}/nom").control
    assert control.entry().accessibleName() == "1.1 Nom du lieu (obligatoire)"
    assert control.entry().accessibleDescription() == "Comme sur la carte."
    tiles = control_of(page, f"{CHOICES}/avis", TilesControl)
    assert tiles.accessibleName() == "2.1 Votre avis (obligatoire)"
    assert [tile.accessibleName() for tile in tiles._tiles] == ["Oui", "Non"]
