# SPDX-License-Identifier: EUPL-1.2
"""What every printed page is set in: embedded Inter, one green, greys that stay apart in black and white, the styles.

Lengths are PostScript points (1/72 inch). Text for paragraphs goes through `flowing`, which escapes it and protects the
narrow no-break spaces: reportlab breaks lines at U+202F and replaces it by an ordinary space.
"""

from __future__ import annotations

from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

import resources
from fieldkit.typography import NNBSP, french

REGULAR, MEDIUM, SEMIBOLD, BOLD = "Inter", "Inter-Medium", "Inter-SemiBold", "Inter-Bold"
WEIGHTS = {400: REGULAR, 500: MEDIUM, 600: SEMIBOLD, 700: BOLD}

# Stands for U+202F while reportlab lays a paragraph out; the font turns it back when it is drawn.
_HELD_NNBSP = "\ue02f"

# The roles of the design's tokens in ink: one green, else greys. What is red or violet on screen is told apart here by
# dashes, hatching and words, so that a page survives a photocopier.
_INK = {
    "bg": "#FFFFFF",
    "surface": "#FFFFFF",
    "sunken": "#F3F5F1",
    "hover": "#E6EAE1",
    "border": "#CDD3C9",
    "border_strong": "#78847A",
    "track": "#DDE2DA",
    "text": "#18201B",
    "text2": "#47524A",
    "text3": "#5D685F",
    "primary": "#14614A",
    "primary_soft": "#E3F0E9",
    "primary_text": "#0F553F",
    "on_primary": "#FFFFFF",
    "review": "#18201B",
    "review_fg": "#18201B",
    "review_bg": "#FFFFFF",
    "info": "#47524A",
    "info_fg": "#18201B",
    "info_bg": "#E7EAE3",
    "ok": "#14614A",
    "ok_fg": "#14614A",
    "ok_bg": "#E3F0E9",
    "err": "#18201B",
    "err_fg": "#18201B",
    "err_bg": "#FFFFFF",
    "draft": "#47524A",
    "draft_fg": "#18201B",
    "draft_bg": "#F3F5F1",
    "neutral": "#78847A",
    "neutral_fg": "#18201B",
    "neutral_bg": "#F3F5F1",
}


class _PrintedFont(TTFont):
    """Inter, which draws the held narrow space as the character that it stands for (so that text copied is right)."""

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802 - reportlab's name
        """Return the text cut by subset, with U+202F back in its place."""
        return super().splitString(text.replace(_HELD_NNBSP, NNBSP), doc, encoding)


@cache
def load_fonts() -> None:
    """Register the four weights once for the process; each document embeds the characters that it uses."""
    for name, file in ((REGULAR, "Regular"), (MEDIUM, "Medium"), (SEMIBOLD, "SemiBold"), (BOLD, "Bold")):
        font = _PrintedFont(name, str(resources.path("fonts", f"Inter-{file}.ttf")))
        font.face.charToGlyph[ord(_HELD_NNBSP)] = font.face.charToGlyph[ord(NNBSP)]
        font.face.charWidths[ord(_HELD_NNBSP)] = font.face.charWidths[ord(NNBSP)]
        pdfmetrics.registerFont(font)
    # No italic ships: emphasis is set in medium.
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=MEDIUM, boldItalic=BOLD)


@cache
def color(role: str) -> Color:
    """Return the ink of a role; KeyError for a role that no page uses."""
    return HexColor(_INK[role])


def hold(text: str) -> str:
    """Protect the narrow no-break spaces of markup that is already escaped."""
    return text.replace(NNBSP, _HELD_NNBSP)


def flowing(text: str) -> str:
    """Return plain text as paragraph markup: French spacing set, special characters escaped, lines kept."""
    return hold(escape(french(text))).replace("\n", "<br/>")


def tint(text: str, role: str) -> str:
    """Return markup in another ink."""
    return f'<font color="{_INK[role]}">{text}</font>'


def width_of(text: str, font: str, size: float) -> float:
    """Return the exact width of a line of text."""
    load_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


@cache
def style(name: str) -> ParagraphStyle:
    """Return a paragraph style by name; KeyError lists nothing: the names are those below."""
    load_fonts()
    return _styles()[name]


def _make(
    name: str,
    lines: tuple[float, float],
    font: str = REGULAR,
    role: str = "text",
    space: tuple[float, float] = (0, 0),
    *,
    align: Literal[0, 1, 2, 4] = 0,
    next_too: bool = False,
) -> ParagraphStyle:
    """Make a style: `lines` is size and leading, `space` what stands before and after, `next_too` keeps with next."""
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=lines[0],
        leading=lines[1],
        textColor=color(role),
        spaceBefore=space[0],
        spaceAfter=space[1],
        alignment=align,
        keepWithNext=int(next_too),
        allowWidows=0,
        allowOrphans=0,
        splitLongWords=1,
    )


@cache
def _styles() -> dict[str, ParagraphStyle]:
    listed = [
        _make("cover", (27, 33), BOLD, space=(0, 10)),
        _make("title", (21, 25.5), BOLD, space=(0, 5)),
        _make("subtitle", (10.5, 15), REGULAR, "text2", (0, 10)),
        _make("overline", (7.6, 11), SEMIBOLD, "primary", (0, 5)),
        _make("h1", (14.5, 18.5), BOLD, space=(20, 9), next_too=True),
        _make("h2", (11, 14.5), SEMIBOLD, space=(13, 4), next_too=True),
        _make("h3", (9.6, 13.5), SEMIBOLD, "primary_text", (9, 3), next_too=True),
        _make("h2_free", (11, 14.5), SEMIBOLD, space=(13, 4)),  # above a table that may go on over the page
        _make("h3_free", (9.6, 13.5), SEMIBOLD, "primary_text", (9, 3)),
        _make("body", (9.4, 14), space=(0, 6)),
        _make("lead", (10.4, 15.5), REGULAR, "text2", (0, 9)),
        _make("item", (9.4, 14), space=(0, 2.5)),
        _make("question", (9.4, 13), SEMIBOLD, space=(0, 3)),
        _make("cell", (8.6, 11.8)),
        _make("cell_strong", (8.6, 11.8), SEMIBOLD),
        _make("cell_head", (7.4, 9.8), SEMIBOLD, "text2"),
        _make("cell_head_middle", (6.8, 8.4), MEDIUM, "text2", align=TA_CENTER),
        _make("cell_head_right", (7.4, 9.8), SEMIBOLD, "text2", align=TA_RIGHT),
        _make("cell_number", (8.6, 11.8), align=TA_RIGHT),
        _make("cell_total", (8.6, 11.8), BOLD, align=TA_RIGHT),
        _make("choice", (8.8, 11.6)),
        _make("answer", (9.4, 13.4), MEDIUM),
        _make("unanswered", (9.4, 13.4), REGULAR, "text3"),
        _make("asked", (9, 13), REGULAR, "text2"),
        _make("hint", (7.9, 10.8), REGULAR, "text3", (0, 3)),
        _make("condition", (7.9, 10.8), MEDIUM, "primary_text", (0, 2)),
        _make("small", (8, 11.2), REGULAR, "text2", (0, 3)),
        _make("figure", (44, 46), BOLD, "primary"),
        _make("contents", (9.6, 17)),
    ]
    return {each.name: each for each in listed}
