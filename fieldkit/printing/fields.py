# SPDX-License-Identifier: EUPL-1.2
"""What a hand writes on: boxes for choices, combs for digits, lines for text, scales, blank tables."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from fieldkit.printing.blocks import Comb, Mark, TickBox, WritingLines, draw_mark_box, paragraph
from fieldkit.printing.ink import MEDIUM, REGULAR, color, flowing, style, width_of
from fieldkit.typography import french
from forms.views import Choice, NodeView

LONG_LIST = 15  # more choices than that are written, not ticked
BOX_GAP = 14.5
_UPPER_BOUND = re.compile(r"\.\s*<=?\s*(\d+)")
_LONGEST = re.compile(r"string-length\(\s*\.\s*\)\s*<=?\s*(\d+)")


class ChoiceGrid(Flowable):
    """Choices in as many columns as their labels allow, each beside a box to tick; read from left to right."""

    def __init__(self, labels: Sequence[str], mark: Mark, ticked: Sequence[bool] = ()) -> None:
        super().__init__()
        self._labels = [french(label) for label in labels]
        self._mark = mark
        self._ticked = [*ticked, *([False] * (len(labels) - len(ticked)))]
        self._rows: list[list[Paragraph]] = []
        self._heights: list[float] = []
        self._column = 0.0
        self.spaceAfter = 4

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Lay the labels out and return the size in points."""
        look = style("choice")
        longest = max((width_of(label, REGULAR, look.fontSize) for label in self._labels), default=0) + BOX_GAP + 16
        columns = max(1, min(len(self._labels), int(avail_width // longest)))
        if columns < len(self._labels):  # rows of the same length, not five and one
            columns = math.ceil(len(self._labels) / math.ceil(len(self._labels) / columns))
        self._column = avail_width / columns
        cells = [Paragraph(flowing(label), look) for label in self._labels]
        heights = [cell.wrap(self._column - BOX_GAP - 6, avail_height)[1] for cell in cells]
        self._rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
        self._heights = [max(heights[i : i + columns]) + 3.4 for i in range(0, len(cells), columns)]
        self.width, self.height = avail_width, sum(self._heights)
        return self.width, self.height

    def draw(self) -> None:
        """Draw boxes and labels."""
        top, index = self.height, 0
        for row, height in zip(self._rows, self._heights, strict=True):
            for i, cell in enumerate(row):
                x = i * self._column
                draw_mark_box(self.canv, x, top - 10, self._mark, ticked=self._ticked[index])
                cell.drawOn(self.canv, x + BOX_GAP, top - cell.height)
                index += 1
            top -= height


class NumberScale(Flowable):
    """A range as circles under their numbers."""

    STEP = 30.0

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__()
        self._numbers = list(numbers)
        self.spaceAfter = 5

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        self._step = min(self.STEP, avail_width / max(1, len(self._numbers)))
        return self._step * len(self._numbers), 24

    def draw(self) -> None:
        """Draw numbers and circles."""
        for i, number in enumerate(self._numbers):
            x = (i + 0.5) * self._step
            self.canv.setFont(MEDIUM, 7.6)
            self.canv.setFillColor(color("text2"))
            self.canv.drawCentredString(x, 15, number)
            draw_mark_box(self.canv, x - 4.3, 2, "one")


def choice_labels(choices: Sequence[Choice]) -> list[str]:
    """Return the labels as plain words (the value where there is none)."""
    return [choice.label.value or choice.value for choice in choices]


def field_for(node: NodeView, choices: Sequence[Choice], constraint: str, ticked: str = "") -> list[Flowable]:
    """Return what to write on for a question. `constraint` is its expression, which tells how long an answer gets.

    `ticked` is an answer that is settled before printing: its boxes are crossed.
    """
    if node.control in {"select1", "select"}:
        return _choice_field(node, choices, ticked)
    if node.control == "rank":
        return _rank_field(choices)
    if node.control == "range":
        return _range_field(node)
    if node.control == "trigger":
        return [ChoiceGrid(["Oui, c’est fait"], "several")]
    if node.control == "upload":
        return [ChoiceGrid(["Pièce jointe à ce papier, n° : ______"], "several")]
    return _written_field(node, constraint, ticked)


def _choice_field(node: NodeView, choices: Sequence[Choice], ticked: str) -> list[Flowable]:
    if len(choices) > LONG_LIST or not choices:
        return [WritingLines(1 if node.control == "select1" else 2)]
    chosen = ticked.split()
    mark: Mark = "one" if node.control == "select1" else "several"
    return [ChoiceGrid(choice_labels(choices), mark, [choice.value in chosen for choice in choices])]


def _rank_field(choices: Sequence[Choice]) -> list[Flowable]:
    rows = [[Comb([1]), paragraph(label, "choice")] for label in choice_labels(choices)]
    if not rows:
        return [WritingLines(2)]
    table = Table(rows, colWidths=[24, None])
    table.setStyle(_snug())
    return [paragraph("Notez 1 pour le premier, 2 pour le suivant, et ainsi de suite.", "hint"), table]


def _range_field(node: NodeView) -> list[Flowable]:
    try:
        start, end, step = (float(node.parameters.get(key, default)) for key, default in _RANGE_DEFAULTS)
    except ValueError:
        return [WritingLines(1, 120)]
    count = int(abs(end - start) / abs(step)) + 1 if step else 0
    if not 2 <= count <= 16:
        return [WritingLines(1, 120)]
    direction = abs(step) if end >= start else -abs(step)
    return [NumberScale([f"{start + i * direction:g}".replace(".", ",") for i in range(count)])]


_RANGE_DEFAULTS = (("start", "1"), ("end", "10"), ("step", "1"))


def _written_field(node: NodeView, constraint: str, given: str) -> list[Flowable]:
    if given:
        return [paragraph(given, "answer"), Spacer(0, 4)]
    match node.data_type:
        case "int" | "integer":
            return [Comb([_digits(constraint, 6)])]
        case "decimal":
            return [Comb([_digits(constraint, 6), 2], [","])]
        case "date":
            return [_date_comb(node)]
        case "time":
            return [Comb([2, 2], [":"], ["heures", "minutes"])]
        case "dateTime":
            return [Comb([2, 2, 4, 2, 2], ["/", "/", "", ":"], ["jour", "mois", "année", "heures", "minutes"])]
        case "geopoint" | "geotrace" | "geoshape":
            return [paragraph("Latitude et longitude, ou le lieu en toutes lettres :", "hint"), WritingLines(1)]
    return [WritingLines(text_lines(node, constraint))]


def _date_comb(node: NodeView) -> Comb:
    if "year" in node.appearance:
        return Comb([4], (), ["année"])
    if "month-year" in node.appearance:
        return Comb([2, 4], ["/"], ["mois", "année"])
    return Comb([2, 2, 4], ["/", "/"], ["jour", "mois", "année"])


def _digits(constraint: str, default: int) -> int:
    bounds = [len(found) for found in _UPPER_BOUND.findall(constraint)]
    return min(10, max(bounds)) if bounds else default


def text_lines(node: NodeView, constraint: str) -> int:
    """Return how many lines of handwriting a text deserves: by its rows, its longest length, its appearance."""
    rows = node.parameters.get("rows", "")
    if rows.isdigit():
        return min(12, max(1, int(rows)))
    longest = max((int(found) for found in _LONGEST.findall(constraint)), default=0)
    if longest:
        return 1 if longest <= 130 else min(8, max(2, round(longest / 450)))
    return 3 if "multiline" in node.appearance else 1


def likert_table(
    rows: Sequence[tuple[str, Sequence[Flowable], Sequence[bool]]], labels: Sequence[str], mark: Mark, width: float
) -> Table:
    """Return questions that share their choices as one grid: number, question, then a box a choice.

    Each row is a number, the texts of the question, and which choices are ticked. The head with the choices comes back
    on each page; a row is never cut.
    """
    number_width = 28.0
    column = min(54.0, (width * 0.55) / len(labels))
    question_width = width - number_width - column * len(labels)
    head: list[Flowable] = [Spacer(0, 0), Spacer(0, 0)]
    head += [Paragraph(flowing(label), style("cell_head_middle")) for label in labels]
    cells: list[list[object]] = [list(head)]
    for number, question, ticked in rows:
        boxes = [TickBox(mark, centred=True, ticked=chosen) for chosen in ticked]
        cells.append([paragraph(number, "cell_head"), list(question), *boxes])
    table = Table(cells, colWidths=[number_width, question_width, *([column] * len(labels))], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
                ("VALIGN", (0, 1), (1, -1), "TOP"),
                ("VALIGN", (2, 1), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("LEFTPADDING", (1, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (1, 0), (1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 4.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
                ("TOPPADDING", (0, 1), (0, -1), 6.2),
                ("LINEBELOW", (0, 0), (-1, 0), 0.9, color("border_strong")),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, color("border")),
                *(("BACKGROUND", (i, 1), (i, -1), color("sunken")) for i in range(2, 2 + len(labels), 2)),
            ]
        )
    )
    table.spaceBefore, table.spaceAfter = 2, 9
    return table


def blank_table(heads: Sequence[str], weights: Sequence[float], rows: int, width: float) -> Table:
    """Return an empty table to fill, one column a field, numbered rows."""
    total, numbered = sum(weights), 18.0
    cells: list[list[Flowable]] = [[Spacer(0, 0), *(paragraph(head, "cell_head") for head in heads)]]
    cells += [[paragraph(str(i), "cell_head"), *(Spacer(0, 0) for _ in heads)] for i in range(1, rows + 1)]
    widths = [numbered, *((width - numbered) * weight / total for weight in weights)]
    table = Table(cells, colWidths=widths, rowHeights=[None, *([23.0] * rows)], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
                ("VALIGN", (0, 1), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("GRID", (1, 1), (-1, -1), 0.6, color("border_strong")),
                ("LINEBELOW", (0, 0), (-1, 0), 0.9, color("border_strong")),
            ]
        )
    )
    table.spaceBefore, table.spaceAfter = 3, 6
    return table


def _snug() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ]
    )
