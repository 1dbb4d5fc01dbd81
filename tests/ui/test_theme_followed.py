# SPDX-License-Identifier: EUPL-1.2
"""What is on screen follows the theme and the text size while it is shown, and shows all of its words."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from fieldkit.guides import guide
from fieldkit.printing import guide_pdf
from ui import theme
from ui.kit import Kit
from ui.paper import PaperWindow
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.text import ElidedLabel, Label

LONG = "Partez d’un besoin relevé par un diagnostic, ou d’un appel ouvert. Field Kit reprend les réponses déjà données."


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.start(qapp, "light", 100, readable=False)
    yield qapp
    theme.start(qapp, "light", 100, readable=False)


def colour_of(words: QLabel) -> str:
    return words.palette().color(QPalette.ColorRole.WindowText).name()


@pytest.mark.parametrize("name", ["dark", "sun", "light"])
def test_a_banner_takes_the_colours_of_the_theme_chosen_while_it_is_shown(
    name: str, app: QApplication, qtbot: QtBot
) -> None:
    banner = Banner("neutral", "Hors ligne", "Tout est enregistré.")
    qtbot.addWidget(banner)
    with qtbot.waitExposed(banner):
        banner.show()
    theme.apply(app, "dark" if name != "dark" else "light")
    theme.apply(app, name)
    assert colour_of(banner.title) == colour_of(banner.text) == theme.color("neutral_fg").name()


@pytest.mark.parametrize("style", ["h1", "body", "small"])
def test_labels_follow_the_text_size(style: str, app: QApplication, qtbot: QtBot) -> None:
    words = Label("Réponses", style)
    qtbot.addWidget(words)
    words.show()
    before = words.font().pixelSize()
    theme.set_text_scale(app, 130)
    assert words.font().pixelSize() == theme.font(style).pixelSize() > before


@pytest.mark.parametrize("percent", [100, 130])
def test_an_empty_state_shows_all_of_its_lines(percent: int, app: QApplication, qtbot: QtBot) -> None:
    state = EmptyState("radar", "Pas encore de projet", LONG)
    qtbot.addWidget(state)
    state.resize(900, 500)
    state.show()
    theme.set_text_scale(app, percent)
    words = next(one for one in state.findChildren(QLabel) if one.text() == LONG)
    assert words.heightForWidth(words.width()) <= words.height()
    assert words.height() > 1.5 * words.fontMetrics().height()


def test_the_preview_shows_each_page_in_its_proportions(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    preview = PaperWindow(kit, guide_pdf(guide("G01")), "Guide")
    qtbot.addWidget(preview)
    with qtbot.waitExposed(preview):
        preview.open()
    sheets = [one for one in preview.findChildren(object) if type(one).__name__ == "_Page"]
    assert sheets
    for sheet in sheets:
        assert sheet.height() == pytest.approx(sheet.width() * 297 / 210, rel=0.02)
    preview.save_to(tmp_path / "guide.pdf")
    assert (tmp_path / "guide.pdf").read_bytes().startswith(b"%PDF-")


def test_a_line_without_room_ends_with_an_ellipsis_and_tells_the_rest(app: QApplication, qtbot: QtBot) -> None:
    line = ElidedLabel(LONG, "small", "text2")
    qtbot.addWidget(line)
    line.resize(240, 24)
    with qtbot.waitExposed(line):
        line.show()
    assert line.shown_text().endswith("…")
    assert LONG.startswith(line.shown_text()[:-1].rstrip())
    assert line.toolTip() == LONG
    line.resize(line.fontMetrics().horizontalAdvance(LONG) + 8, 24)
    assert line.shown_text() == LONG
    qtbot.waitUntil(lambda: not line.toolTip())


def test_widgets_that_are_garbage_do_not_end_while_all_are_listed(qapp: QApplication) -> None:
    """Listing makes Python objects of the widgets' parts; a collection among them frees others of the list."""
    kept = [QScrollArea() for _ in range(100)]
    limits = gc.get_threshold()
    try:
        for _ in range(20):
            gc.disable()
            for _ in range(100):
                own = QScrollArea()
                own.me = own  # type: ignore[attr-defined]  # what makes it a cycle
            del own
            gc.set_threshold(200, 1, 1)
            gc.enable()
            assert len(theme.all_widgets(qapp)) > len(kept)
    finally:
        gc.set_threshold(*limits)
        gc.disable()
