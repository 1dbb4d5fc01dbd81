# SPDX-License-Identifier: EUPL-1.2
"""Colours, type and sizes: Fusion, one full palette and one style sheet, all from `resources/design/tokens.json`.

Painted widgets call `color()` and `font()` while they paint, so that a change of theme needs no more than a repaint.
Text sizes follow the user's choice (90, 100, 115 or 130 %): `px()` scales the heights that hold text.
"""

from __future__ import annotations

import json
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget

import resources
from ui import fonts, stylesheet, sweeping

NAMES = ("auto", "light", "dark", "sun")
TEXT_SCALES = (90, 100, 115, 130)
FUSION = "fieldkit_fusion"  # the application's property that tells that its style is Fusion already

# style -> (pixels at 100 %, weight)
_STYLES: dict[str, tuple[float, QFont.Weight]] = {
    "display": (30, QFont.Weight.Bold),
    "h1": (24, QFont.Weight.Bold),
    "h2": (19, QFont.Weight.DemiBold),
    "h3": (16, QFont.Weight.DemiBold),
    "question": (16, QFont.Weight.DemiBold),
    "body": (14, QFont.Weight.Normal),
    "strong": (14, QFont.Weight.DemiBold),
    "small": (13, QFont.Weight.Normal),
    "small_strong": (13, QFont.Weight.DemiBold),
    "caption": (12, QFont.Weight.Normal),
    "caption_strong": (12, QFont.Weight.DemiBold),
    "overline": (12, QFont.Weight.DemiBold),
    "number": (14, QFont.Weight.Medium),
}

# Text roles that a palette role carries: such a label follows a change of theme without any work.
PALETTE_ROLES: dict[str, QPalette.ColorRole] = {
    "text": QPalette.ColorRole.WindowText,
    "text2": QPalette.ColorRole.BrightText,
    "text3": QPalette.ColorRole.PlaceholderText,
    "primary_text": QPalette.ColorRole.Link,
    "err_fg": QPalette.ColorRole.LinkVisited,
}


class _Signals(QObject):
    changed = Signal()


_signals = _Signals()
changed = _signals.changed  # emitted after the theme, the text size or the type face changed


class _Chosen:
    """What the user chose; one of each in a program, like the application object."""

    name = "light"  # as chosen, may be "auto"
    shown = "light"
    scale = 100
    readable = False


@cache
def _tokens() -> dict[str, dict[str, str]]:
    themes: dict[str, dict[str, str]] = json.loads(resources.read_bytes("design", "tokens.json"))["themes"]
    return themes


@cache
def _color(theme: str, role: str) -> QColor:
    return QColor(_tokens()[theme][role])


def current() -> str:
    """Return the theme on screen: light, dark or sun (never auto)."""
    return _Chosen.shown


def chosen() -> str:
    """Return the theme as chosen, which may be auto."""
    return _Chosen.name


def text_scale() -> int:
    """Return the text size in percent."""
    return _Chosen.scale


def color(role: str) -> QColor:
    """Return the colour of a role of the tokens in the theme on screen; KeyError for a role that does not exist."""
    return _color(_Chosen.shown, role)


def mixed(role: str, ground: str, share: float) -> QColor:
    """Return `share` (0 to 1) of one role laid over another, opaque."""
    over, under = color(role), color(ground)
    parts = ((o * share + u * (1 - share)) for o, u in zip(over.getRgb()[:3], under.getRgb()[:3], strict=True))  # type: ignore[index]  # getRgb is typed object
    return QColor(*(round(part) for part in parts))


def px(size: float, scale: bool = True) -> int:
    """Return a length that holds text, at the user's text size."""
    return round(size * _Chosen.scale / 100) if scale else round(size)


@cache
def _font(style: str, percent: int, readable: bool) -> QFont:
    size, weight = _STYLES[style]
    font = QFont(fonts.families(readable=readable))
    font.setPixelSize(max(11, round(size * percent / 100)))
    font.setWeight(weight)
    if style in {"h1", "display"}:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98)
    if style == "overline":
        font.setCapitalization(QFont.Capitalization.AllUppercase)
    if style == "number":
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font(style: str, scale: bool = True, percent: int = 100) -> QFont:
    """Return the font of a style at the user's text size (`percent` enlarges it: 118 for « Une par une »)."""
    base = _Chosen.scale if scale else 100
    return QFont(_font(style, round(base * percent / 100), _Chosen.readable))


def metrics(style: str) -> QFontMetrics:
    """Return the metrics of a style."""
    return QFontMetrics(font(style))


def apply(app: QApplication, name: str) -> None:
    """Show the theme `name` (auto, light, dark or sun; another name counts as auto) in the whole program."""
    _Chosen.name = name if name in NAMES else "auto"
    _Chosen.shown = _system_theme(app) if _Chosen.name == "auto" else _Chosen.name
    _refresh(app)


def set_text_scale(app: QApplication, percent: int) -> None:
    """Set the text size; another value than 90, 100, 115, 130 becomes the nearest of them."""
    _Chosen.scale = min(TEXT_SCALES, key=lambda step: abs(step - percent))
    _refresh(app)


def set_readable_font(app: QApplication, readable: bool) -> None:
    """Choose Atkinson Hyperlegible Next instead of Inter."""
    _Chosen.readable = readable
    _refresh(app)


def start(app: QApplication, name: str, percent: int, *, readable: bool) -> None:
    """Set everything at once before the first window, without drawing twice."""
    _Chosen.scale = min(TEXT_SCALES, key=lambda step: abs(step - percent))
    _Chosen.readable = readable
    if not app.property(FUSION):  # asking Qt for its style, or setting one, costs the start 8 ms of enumerations
        app.setStyle("Fusion")
        app.setProperty(FUSION, True)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _follow_system(app))
    apply(app, name)


def _follow_system(app: QApplication) -> None:
    if _Chosen.name == "auto" and _system_theme(app) != _Chosen.shown:
        apply(app, "auto")


def _system_theme(app: QApplication) -> str:
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def _refresh(app: QApplication) -> None:
    app.setFont(font("body"))
    app.setPalette(_palette())
    sheet = stylesheet.build(_tokens()[_Chosen.shown], px)
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)
    for widget in all_widgets(app):
        # Qt tells widgets with a font or palette of their own nothing of the application's.
        follow = getattr(widget, "follow_theme", None)
        if follow is not None:
            follow()
        widget.updateGeometry()
        widget.update()
    changed.emit()


def all_widgets(app: QApplication) -> list[QWidget]:
    """Return every widget. Listing makes Python objects; a collection among them would free others of the list."""
    with sweeping.held():
        return app.allWidgets()


def _palette() -> QPalette:
    role = QPalette.ColorRole
    roles = {
        role.Window: "bg",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "sunken",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.ToolTipBase: "text",
        role.ToolTipText: "bg",
        role.Highlight: "sel_bg",
        role.HighlightedText: "sel_fg",
        role.Accent: "primary",
        role.Light: "surface",
        role.Midlight: "hover",
        role.Mid: "border",
        role.Dark: "border_strong",
        role.Shadow: "shadow",
        **{palette_role: name for name, palette_role in PALETTE_ROLES.items()},
    }
    palette = QPalette()
    for palette_role, name in roles.items():
        palette.setColor(palette_role, color(name))
    for palette_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, palette_role, color("text3"))
    return palette
