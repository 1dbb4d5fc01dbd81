# SPDX-License-Identifier: EUPL-1.2
"""The parts that every printed document is put together from: headings, boxes, tables, ticks, lines to write on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from fieldkit.printing.ink import BOLD, MEDIUM, color, flowing, load_fonts, style, width_of
from fieldkit.printing.pages import TEXT_WIDTH, Heading, draw_mark
from fieldkit.typography import DASH, french

Mark = Literal["one", "several"]
CELL_SIZE, CELL_ROOM = 8.6, 12.0  # type and padding of tables
LEAD_IN = 3  # flowables after a heading that may lead up to what it announces


class SectionHeading(Heading):
    """The heading of a numbered section: a green number, the title, a hairline below."""

    def __init__(self, number: str, text: str, *, in_contents: bool = False) -> None:
        self.number = number
        super().__init__(text, "h1", 0, title=f"{number}. {text}" if number else text, in_contents=in_contents)
        self._indent = 26 if number else 0
        self.style = ParagraphStyle("section", parent=self.style, leftIndent=self._indent)

    def draw(self) -> None:
        """Draw number, title and rule."""
        super().draw()
        canvas = self.canv
        if self.number:
            canvas.setFont(BOLD, 14.5)
            canvas.setFillColor(color("primary"))
            canvas.drawString(0, self.height - 14.5, self.number)
        canvas.setStrokeColor(color("primary"))
        canvas.setLineWidth(1.1)
        canvas.line(0, -3, self.width, -3)


def announced(heading: Sequence[Flowable], story: Sequence[Flowable]) -> list[Flowable]:
    """Return a heading and what it announces, so that no page ends with a heading alone.

    The notes and titles that lead up to the first table or block (three at most) stay with the heading too.
    """
    led = list(heading)
    taken = 0
    for flowable in story[:LEAD_IN]:
        taken += 1
        if isinstance(flowable, KeepTogether):
            led += flowable._content  # type: ignore[attr-defined]  # a block within a block is not kept together
            break
        if not isinstance(flowable, CondPageBreak):
            led.append(flowable)
        if isinstance(flowable, Table):
            break
    return [KeepTogether(led), *story[taken:]]


def paragraph(text: str, look: str = "body") -> Paragraph:
    """Return plain text as a paragraph."""
    return Paragraph(flowing(text), style(look))


def overline(text: str) -> Paragraph:
    """Return a small green line in capitals, above a title."""
    return Paragraph(flowing(text.upper()), style("overline"))


def rule(before: float = 8, after: float = 8) -> Flowable:
    """Return a hairline across the text."""
    return HRFlowable(width="100%", thickness=0.6, color=color("border"), spaceBefore=before, spaceAfter=after)


def box(content: Sequence[Flowable], *, width: float = TEXT_WIDTH, role: str = "sunken", edge: bool = True) -> Table:
    """Return a tinted box with a green edge at its left."""
    table = Table([[list(content)]], colWidths=[width])
    commands: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, -1), color(role)),
        ("LEFTPADDING", (0, 0), (-1, -1), 13),
        ("RIGHTPADDING", (0, 0), (-1, -1), 13),
        ("TOPPADDING", (0, 0), (-1, -1), 9),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
    ]
    if edge:
        commands.append(("LINEBEFORE", (0, 0), (0, -1), 2.4, color("primary")))
    table.setStyle(TableStyle(commands))
    table.spaceBefore, table.spaceAfter = 4, 10
    return table


def facts(pairs: Iterable[tuple[str, str]], columns: int = 2, width: float = TEXT_WIDTH) -> Table:
    """Return labels over values in columns, as on a cover: « Commune » above « Perwez »."""
    cells: list[list[Flowable]] = [
        [paragraph(label, "cell_head"), paragraph(value or DASH, "answer")] for label, value in pairs
    ]
    cells += [[Spacer(0, 0)]] * (-len(cells) % columns)
    rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
    table = Table(rows, colWidths=[width / columns] * columns)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 14),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ("LINEABOVE", (0, 0), (-1, -1), 0.6, color("border")),
            ]
        )
    )
    table.spaceAfter = 10
    return table


def data_table(
    head: Sequence[Flowable | str],
    rows: Sequence[Sequence[Flowable | str]],
    widths: Sequence[float],
    *,
    totals: int = 0,
) -> Table:
    """Return a calm table: head repeated on each page, hairlines, no row split; the last `totals` rows stand out."""
    cells = [[_cell(c, "cell_head") for c in head]] if head else []
    cells += [[_cell(c, "cell") for c in row] for row in rows]
    table = Table(cells, colWidths=list(widths), repeatRows=1 if head else 0, splitByRow=1)
    commands: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, color("border")),
    ]
    if head:
        commands += [
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, color("border_strong")),
        ]
    if totals:
        commands += [
            ("BACKGROUND", (0, -totals), (-1, -1), color("sunken")),
            ("LINEABOVE", (0, -totals), (-1, -totals), 0.9, color("border_strong")),
        ]
    table.setStyle(TableStyle(commands))
    table.spaceBefore, table.spaceAfter = 3, 10
    return table


def column_widths(rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """Share a width by what the columns hold (the first row is the head): words are not cut, empty columns get room."""
    columns = range(max(map(len, rows)))
    least, wanted = [], []
    for i in columns:
        texts = [row[i] for row in rows if i < len(row)]
        least.append(max(24.0, min(_longest_word(texts), width / len(columns) * 1.6)))
        empty = sum(not text for text in texts[1:]) / max(1, len(texts) - 1)
        longest = max((width_of(text, MEDIUM, CELL_SIZE) for text in texts), default=0) + CELL_ROOM
        wanted.append(max(min(longest, 230), 150 * empty, least[-1]))
    total = sum(wanted)
    if total <= width:
        return [w * width / total for w in wanted]
    spare, flexible = width - sum(least), total - sum(least)
    if spare <= 0 or flexible <= 0:
        return [w * width / sum(least) for w in least]
    return [low + (high - low) * spare / flexible for low, high in zip(least, wanted, strict=True)]


def least_width(rows: Sequence[Sequence[str]]) -> float:
    """Return the width under which a table of these texts would cut a word."""
    return sum(_longest_word([row[i] for row in rows]) for i in range(len(rows[0])))


def _longest_word(texts: Iterable[str]) -> float:
    words = (word for text in texts for word in re.split(r"[ \n]", french(text)))
    return max((width_of(word, MEDIUM, CELL_SIZE) for word in words), default=0) + CELL_ROOM


def _cell(content: Flowable | str, look: str) -> Flowable:
    return paragraph(content, look) if isinstance(content, str) else content


def together(content: Sequence[Flowable]) -> KeepTogether:
    """Keep flowables on one page (a question and its answers, a heading and its first lines)."""
    return KeepTogether(list(content))


def draw_mark_box(canvas: Canvas, x: float, y: float, mark: Mark, size: float = 8.6, *, ticked: bool = False) -> None:
    """Draw a circle (one answer) or a square (several) with its lower left corner at a point, crossed if ticked."""
    canvas.saveState()
    canvas.setStrokeColor(color("text2"))
    canvas.setLineWidth(0.75)
    canvas.setFillColor(color("surface"))
    if mark == "one":
        canvas.circle(x + size / 2, y + size / 2, size / 2, stroke=1, fill=1)
    else:
        canvas.roundRect(x, y, size, size, 1.4, stroke=1, fill=1)
    if ticked:
        canvas.setStrokeColor(color("text"))
        canvas.setLineWidth(1.3)
        inset = size * 0.27
        canvas.line(x + inset, y + inset, x + size - inset, y + size - inset)
        canvas.line(x + inset, y + size - inset, x + size - inset, y + inset)
    canvas.restoreState()


class TickBox(Flowable):
    """One circle or square, centred in its width when `centred`."""

    def __init__(
        self, mark: Mark = "several", *, size: float = 8.6, ticked: bool = False, centred: bool = False
    ) -> None:
        super().__init__()
        self.mark, self.size, self.ticked, self.centred = mark, size, ticked, centred
        self._shift = 0.0

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        self._shift = (avail_width - self.size) / 2 if self.centred else 0
        return (avail_width if self.centred else self.size), self.size + 1.6

    def draw(self) -> None:
        """Draw the box a little above the baseline."""
        draw_mark_box(self.canv, self._shift, 0, self.mark, self.size, ticked=self.ticked)


def tick_line(content: Flowable, mark: Mark = "several", *, ticked: bool = False, width: float = TEXT_WIDTH) -> Table:
    """Return a box to tick with its text beside it."""
    table = Table([[TickBox(mark, ticked=ticked), content]], colWidths=[17, width - 17])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (0, -1), 0.6),
                ("TOPPADDING", (1, 0), (1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]
        )
    )
    return table


class ProgramMark(Flowable):
    """The mark of the program, for covers."""

    def __init__(self, size: float = 34, space_after: float = 26) -> None:
        super().__init__()
        self.size = size
        self.spaceAfter = space_after

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        return self.size, self.size

    def draw(self) -> None:
        """Draw the mark."""
        draw_mark(self.canv, 0, 0, self.size)


class WritingLines(Flowable):
    """Dotted lines to write on by hand."""

    def __init__(self, count: int = 1, width: float | None = None, gap: float = 20) -> None:
        super().__init__()
        load_fonts()
        self.count, self.gap = count, gap
        self._asked_width = width
        self.spaceAfter = 5

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        self.width = min(avail_width, self._asked_width or avail_width)
        self.height = self.count * self.gap
        return self.width, self.height

    def draw(self) -> None:
        """Draw the lines from the top."""
        self.canv.setStrokeColor(color("border_strong"))
        self.canv.setLineWidth(0.7)
        self.canv.setLineCap(1)
        self.canv.setDash([0.1, 2.6])
        for i in range(1, self.count + 1):
            y = self.height - i * self.gap
            self.canv.line(0, y, self.width, y)
        self.canv.setDash([])


class Comb(Flowable):
    """Boxes for digits: `groups` gives the boxes of each group, `between` what stands between two groups."""

    BOX_WIDTH, BOX_HEIGHT = 15.0, 18.0

    def __init__(self, groups: Sequence[int], between: Sequence[str] = (), captions: Sequence[str] = ()) -> None:
        super().__init__()
        self.groups, self.between, self.captions = tuple(groups), tuple(between), tuple(captions)
        self.spaceAfter = 5

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size in points."""
        self.width = sum(self.groups) * self.BOX_WIDTH + (len(self.groups) - 1) * 12
        self.height = self.BOX_HEIGHT + (10 if self.captions else 0) + 3
        return self.width, self.height

    def draw(self) -> None:
        """Draw boxes, separators and captions."""
        canvas, x = self.canv, 0.0
        y = self.height - self.BOX_HEIGHT - 2
        for i, boxes in enumerate(self.groups):
            canvas.setStrokeColor(color("border_strong"))
            canvas.setLineWidth(0.7)
            canvas.roundRect(x, y, boxes * self.BOX_WIDTH, self.BOX_HEIGHT, 2, stroke=1, fill=0)
            canvas.setStrokeColor(color("border"))
            for j in range(1, boxes):
                canvas.line(x + j * self.BOX_WIDTH, y + 1, x + j * self.BOX_WIDTH, y + self.BOX_HEIGHT * 0.45)
            canvas.setFillColor(color("text3"))
            if i < len(self.captions):
                canvas.setFont("Inter", 6.4)
                canvas.drawCentredString(x + boxes * self.BOX_WIDTH / 2, y - 8, self.captions[i])
            x += boxes * self.BOX_WIDTH
            if i < len(self.groups) - 1:
                canvas.setFont("Inter-Medium", 11)
                canvas.drawCentredString(x + 6, y + 5, self.between[i] if i < len(self.between) else "")
                x += 12
