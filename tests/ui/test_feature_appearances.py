# SPDX-License-Identifier: EUPL-1.2
"""Appearances and parameters as the window honours them: rows of the feature matrix that no other test shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fieldkit.instance import Instance, State
from forms import FormSession, load_form
from ui.entry.address import address_of
from ui.entry.choice_controls import TilesControl
from ui.entry.control import Control
from ui.entry.moment_controls import DateControl
from ui.entry.order_controls import RangeControl
from ui.entry.page import EntryPage
from ui.entry.question_frames import QuestionFrame
from ui.entry.search_choice import SearchControl
from ui.entry.text_controls import MIN_ROWS, AreaControl, LineControl, NumberControl
from ui.kit import Kit

FORM = """
| survey |
| | type | name | label | hint | guidance_hint | appearance | image | parameters |
| | select_one l | grid | Grid | | | columns-3 |
| | select_one l | two | Two | | | columns | |
| | text | secret | Secret | | | masked |
| | integer | people | People | Count them | All of them, children included | thousands-sep | p.png |
| | barcode | code | Code | | | hidden-answer |
| | text | phone | Phone | | | numbers |
| | text | site | Site | | | url |
| | range | bare | Bare | | | no-ticks | | start=0 end=10 step=1 |
| | range | ticked | Ticked | | | | | start=0 end=10 step=1 |
| | text | usual | Usual | | | multiline |
| | text | tall | Tall | | | multiline | | rows=8 |
| | date | year | Year | | | year |
| | date | month | Month | | | month-year |
| | date | typed | Typed | | | no-calendar |
| | date | picked | Picked | | | |
| | select_one l | short | Short | | | minimal |
| | select_one l | found | Found | | | autocomplete |
| choices |
| | list_name | name | label |
| | l | a | A long label for the first of the choices |
| | l | b | A long label for the second of the choices |
| | l | c | A long label for the third of the choices |
| settings |
| | form_id |
| | looks |
"""


@pytest.fixture
def page(kit: Kit, qtbot: QtBot) -> EntryPage:
    """Open the form."""
    from pyxform.xls2xform import convert

    xml = convert(FORM, validate=False, form_name="data").xform.encode()
    form = load_form(xml)
    session = FormSession(form)
    now = datetime.now(UTC)
    kit.store.blank_forms.put(form.form_id, form.version, form.title, xml, {"p.png": picture()}, "test")
    drafted = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, form.title, now, now)
    kit.store.instances.create(drafted, session.draft_xml())
    page = EntryPage(kit, session.instance_id)
    qtbot.addWidget(page)
    page.resize(1300, 720)
    page.show()
    return page


@pytest.fixture
def control(page: EntryPage) -> Callable[[str], Control]:
    """Return the widget of a question."""
    return lambda name: frame_of(page, name).control


def picture() -> bytes:
    """Draw a small PNG."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # takes bytes in the stubs, a str in fact
    return bytes(buffer.data().data())


def frame_of(page: EntryPage, name: str) -> QuestionFrame:
    page.walk.go_to(f"/data/{name}")
    shown = page.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of(f"/data/{name}")
    assert isinstance(frame, QuestionFrame)
    return frame


def line_of(control: Control) -> QLineEdit:
    assert isinstance(control, LineControl)
    return control.line


def test_a_masked_answer_is_not_shown(control: Callable[[str], Control]) -> None:
    assert line_of(control("secret")).echoMode() is QLineEdit.EchoMode.Password


def test_a_code_is_hidden_once_it_is_read(control: Callable[[str], Control]) -> None:
    assert line_of(control("code")).echoMode() is QLineEdit.EchoMode.Password


def test_keys_for_numbers_are_asked_for(control: Callable[[str], Control]) -> None:
    assert line_of(control("phone")).inputMethodHints() & Qt.InputMethodHint.ImhPreferNumbers
    assert not line_of(control("site")).inputMethodHints() & Qt.InputMethodHint.ImhPreferNumbers


def test_an_address_can_be_opened(control: Callable[[str], Control]) -> None:
    line = line_of(control("site"))
    (opener,) = line.actions()
    assert not opener.isEnabled()
    line.setText("https://www.reseau-pwdr.be/")
    assert opener.isEnabled()


@pytest.mark.parametrize(
    "text", ["", "jodoigne", "file:///etc/passwd", "javascript:alert(1)", "http://", "https:x", "//a.be"]
)
def test_only_addresses_of_the_web_are_opened(text: str) -> None:
    assert address_of(text) is None


def test_ticks_can_be_left_out(control: Callable[[str], Control]) -> None:
    bare, ticked = control("bare"), control("ticked")
    assert isinstance(bare, RangeControl)
    assert isinstance(ticked, RangeControl)
    below = range(bare.track.height() // 2 + 8, bare.track.height() // 2 + 12)
    drawn = []
    for one in (bare, ticked):
        image = one.track.grab().toImage()
        ground = image.pixelColor(0, below[-1])
        drawn.append(any(image.pixelColor(x, y) != ground for x in range(image.width()) for y in below))
    assert drawn == [False, True]


def test_a_long_text_begins_with_its_rows(control: Callable[[str], Control]) -> None:
    usual, tall = control("usual"), control("tall")
    assert isinstance(usual, AreaControl)
    assert isinstance(tall, AreaControl)
    line = tall.area.fontMetrics().lineSpacing()
    assert tall.area.height() - usual.area.height() == (8 - MIN_ROWS) * line


def test_thousands_are_set_apart(control: Callable[[str], Control]) -> None:
    number = control("people")
    assert isinstance(number, NumberControl)
    number.line.clearFocus()
    assert number.shown("1234567").replace("\u202f", " ") == "1 234 567"


@pytest.mark.parametrize(
    ("name", "typed", "stored", "shown"),
    [("year", "2026", "2026-01-01", "2026"), ("month", "11/2026", "2026-11-01", "11/2026")],
)
def test_part_of_a_date(control: Callable[[str], Control], name: str, typed: str, stored: str, shown: str) -> None:
    date = control(name)
    assert isinstance(date, DateControl)
    assert date.stored(typed) == stored
    assert date.shown(stored) == shown


def test_a_date_without_a_calendar(control: Callable[[str], Control]) -> None:
    assert not line_of(control("typed")).actions()
    assert line_of(control("picked")).actions()


@pytest.mark.parametrize(("name", "rows"), [("grid", 1), ("two", 2)])
def test_choices_in_columns(control: Callable[[str], Control], name: str, rows: int) -> None:
    tiles = control(name)
    assert isinstance(tiles, TilesControl)
    places = {
        tile.geometry().y() for tile in tiles.findChildren(QWidget) if tile.parent() is tiles and tile.isVisible()
    }
    assert len(places) == rows


@pytest.mark.parametrize("name", ["short", "found"])
def test_a_list_that_is_searched(control: Callable[[str], Control], name: str) -> None:
    assert isinstance(control(name), SearchControl)


def test_guidance_stands_under_the_hint_and_the_picture_beside_it(page: EntryPage) -> None:
    labels = frame_of(page, "people").findChildren(QLabel)
    assert any("Count them" in label.text() and "children included" in label.text() for label in labels)
    assert any(not label.pixmap().isNull() and label.property("file") == "p.png" for label in labels)
