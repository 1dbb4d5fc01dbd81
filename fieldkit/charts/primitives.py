# SPDX-License-Identifier: EUPL-1.2
"""The shapes that every chart is made of: drawn by Qt on the screen and by reportlab on paper, from the same numbers.

Lengths are in pixels of the design at 100 % (y grows downwards, the origin is the top left corner). Colours are roles
of the design's tokens ("primary", "track", "review"…), never hues: the theme of the window, or the ink of the page,
decides.
Angles are in degrees, 0 at three o'clock, growing clockwise as y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Weight = Literal[400, 500, 600, 700]


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is inked; an empty role means none.

    `opacity` counts for the fill alone; `hatch` replaces the fill by thin slanted lines in the role of the fill;
    `dash` is the lengths of strokes and gaps.
    """

    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    hatch: bool = False


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape."""

    points: tuple[Point, ...]
    paint: Paint


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line; the fill of its paint is not used."""

    points: tuple[Point, ...]
    paint: Paint


@dataclass(frozen=True, slots=True)
class Line:
    """One straight stroke."""

    x1: float
    y1: float
    x2: float
    y2: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Circle:
    """A full disc or its outline."""

    x: float
    y: float
    radius: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Arc:
    """A stroke along a circle, from `start` over `sweep` degrees."""

    x: float
    y: float
    radius: float
    start: float
    sweep: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle, with round corners if `radius` > 0."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on the baseline `y`; `angle` turns it around its anchor."""

    x: float
    y: float
    text: str
    role: str = "text"
    size: float = 13.0
    weight: Weight = 400
    anchor: Anchor = "start"
    angle: float = 0.0


Primitive = Polygon | Polyline | Line | Circle | Arc | Rect | Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its size and the same facts in words, for screen readers and for the tests."""

    width: float
    height: float
    primitives: tuple[Primitive, ...]
    description: str

    def describe(self) -> str:
        """Return all that the drawing says, in sentences."""
        return self.description

    def __iter__(self) -> Iterator[Primitive]:
        """Give the shapes in the order of painting."""
        return iter(self.primitives)


# Advance widths of Inter in thousandths of the size, by class: near enough to place and wrap labels (a few per cent).
_NARROW, _SMALL, _WIDE = "ijlI|.,:;'’!·\u202f ", "frt()[]-«»\u00a0/", "mwMW€%@—–+−"
_DEFAULT_WIDTH, _CAPITAL_WIDTH = 600, 690


def text_width(text: str, size: float = 13.0, weight: Weight = 400) -> float:
    """Return about how wide Inter sets the text, in the unit of `size`."""
    units = sum(map(_character_width, text))
    return units / 1000 * size * (1 + (weight - 400) / 300 * 0.06)


def _character_width(character: str) -> int:
    if character in _NARROW:
        return 280
    if character in _SMALL:
        return 380
    if character in _WIDE:
        return 860
    return _CAPITAL_WIDTH if character.isupper() else _DEFAULT_WIDTH


def wrap(text: str, width: float, size: float = 13.0, weight: Weight = 400) -> list[str]:
    """Cut a label into lines of at most `width`, at ordinary spaces only; one long word may stand out."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def elide(text: str, width: float, size: float = 13.0, weight: Weight = 400) -> str:
    """Shorten a label to `width` with « … » at its end."""
    if text_width(text, size, weight) <= width:
        return text
    while text and text_width(text + "…", size, weight) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def on_circle(x: float, y: float, radius: float, degrees: float) -> Point:
    """Return the point of a circle at an angle (0 at three o'clock, clockwise)."""
    return x + radius * math.cos(math.radians(degrees)), y + radius * math.sin(math.radians(degrees))


def set_lines(lines: list[str], x: float, y: float, text: Text, leading: float = 1.25) -> list[Primitive]:
    """Set several lines like the sample `text`, the first on the baseline `y`."""
    step = text.size * leading
    return [Text(x, y + i * step, line, text.role, text.size, text.weight, text.anchor) for i, line in enumerate(lines)]
