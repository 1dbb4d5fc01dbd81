# SPDX-License-Identifier: EUPL-1.2
"""The themes: every pair of colours is far enough apart, one small style sheet, sizes that follow the user."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from ui import stylesheet, theme

TOKENS = json.loads(resources.read_bytes("design", "tokens.json"))
THEMES = ("light", "dark", "sun")


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.start(qapp, "light", 100, readable=False)
    yield qapp
    theme.start(qapp, "light", 100, readable=False)


def luminance(value: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = [part / 255 for part in QColor(value).getRgb()[:3]]  # type: ignore[index]  # typed object by PySide
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_of_the_tokens_keeps_its_contrast(name: str) -> None:
    colours = TOKENS["themes"][name]
    low = {
        f"{front} on {ground}": round(found, 2)
        for front, ground, least in TOKENS["pairs"]
        if (found := contrast(colours[front], colours[ground])) < least
    }
    assert len(TOKENS["pairs"]) >= 70
    assert not low


@pytest.mark.parametrize("name", THEMES)
def test_every_role_is_in_every_theme(name: str) -> None:
    assert set(TOKENS["themes"][name]) == set(TOKENS["themes"]["light"])


def test_the_style_sheet_stays_small() -> None:
    sheet = stylesheet.build(TOKENS["themes"]["light"], round)
    assert sheet.count("{") < 50
    assert "@" not in sheet
    assert "#34px" not in sheet


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_reaches_palette_and_colours(name: str, app: QApplication) -> None:
    theme.apply(app, name)
    assert theme.current() == name
    assert theme.color("primary").name().upper() == TOKENS["themes"][name]["primary"]
    window = app.palette().color(QPalette.ColorRole.Window).name().upper()
    assert window == TOKENS["themes"][name]["bg"]


def test_an_unknown_theme_follows_the_system(app: QApplication) -> None:
    theme.apply(app, "sepia")
    assert theme.chosen() == "auto"
    assert theme.current() in {"light", "dark"}


def test_a_role_that_does_not_exist_is_an_error(app: QApplication) -> None:
    with pytest.raises(KeyError):
        theme.color("mauve")


def test_a_change_is_told_once(app: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.apply(app, "dark")


@pytest.mark.parametrize(("asked", "got"), [(90, 90), (100, 100), (118, 115), (400, 130)])
def test_the_text_size_is_one_of_four_steps(asked: int, got: int, app: QApplication) -> None:
    theme.set_text_scale(app, asked)
    assert theme.text_scale() == got
    assert theme.px(100) == got
    assert theme.font("body").pixelSize() == round(14 * got / 100)


@pytest.mark.parametrize("scale", theme.TEXT_SCALES)
def test_no_style_is_ever_too_small_to_read(scale: int, app: QApplication) -> None:
    theme.set_text_scale(app, scale)
    assert min(theme.font(style).pixelSize() for style in ("body", "small", "caption", "overline", "number")) >= 11


def test_the_readable_typeface_keeps_inter_behind_it(app: QApplication) -> None:
    theme.set_readable_font(app, readable=True)
    assert theme.font("body").families() == ["Atkinson Hyperlegible Next", "Inter"]
    theme.set_readable_font(app, readable=False)
    assert theme.font("body").families() == ["Inter"]


def test_mixing_lies_between_its_two_colours(app: QApplication) -> None:
    assert theme.mixed("primary", "surface", 1).name() == theme.color("primary").name()
    assert theme.mixed("primary", "surface", 0).name() == theme.color("surface").name()
    assert theme.color("primary").lightness() < theme.mixed("primary", "surface", 0.5).lightness()
