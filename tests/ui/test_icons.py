# SPDX-License-Identifier: EUPL-1.2
"""The icons: each one that the window names ships, and takes the colours of the theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

import resources
from ui import icons, theme

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {path.stem for path in resources.path("icons").glob("*.svg")}


def darkest(image: QImage) -> QColor:
    """Return the colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


def test_no_icon_is_named_that_does_not_ship() -> None:
    calls = re.compile(
        r"(?:IconMark|IconBadge|paint_icon|set_icon|ToolButton|icons\.icon)\(\s*(?:painter,\s*[^,]+\([^)]*\),\s*)?"
        r'"([a-z0-9-]+)"'
    )
    named = {
        (path.name, name) for path in (ROOT / "ui").rglob("*.py") for name in calls.findall(path.read_text("utf-8"))
    }
    assert len(named) > 20
    assert not {(file, name) for file, name in named if name not in SHIPPED}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_icon_can_be_drawn(name: str, qapp: QApplication) -> None:
    theme.start(qapp, "light", 100, readable=False)
    image = icons.icon(name).pixmap(QSize(24, 24)).toImage()
    assert darkest(image).alpha() > 200


def test_an_icon_follows_the_theme_and_fades_when_disabled(qapp: QApplication) -> None:
    theme.start(qapp, "light", 100, readable=False)
    made = icons.icon("square", "primary")
    assert darkest(made.pixmap(32, 32).toImage()).name() == theme.color("primary").name()
    theme.apply(qapp, "dark")
    assert darkest(made.pixmap(32, 32).toImage()).name() == theme.color("primary").name()
    faded = made.pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage()
    assert darkest(faded).name() == theme.color("text3").name()
    theme.apply(qapp, "light")


def test_an_icon_that_does_not_ship_is_told_at_once(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")
