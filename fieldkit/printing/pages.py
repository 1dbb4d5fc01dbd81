# SPDX-License-Identifier: EUPL-1.2
"""The pages around a story: A4, header, footer with « page 3 sur 12 », outline, metadata; the same bytes each time.

The bytes depend on the story and on `Sheet.printed_at` alone: the PDF's own date is `printed_at`, never the clock's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph
from reportlab.platypus.tableofcontents import TableOfContents

from fieldkit.printing.ink import MEDIUM, REGULAR, SEMIBOLD, color, flowing, load_fonts, style, width_of
from fieldkit.typography import NBSP, french, integer

WIDTH, HEIGHT = A4
LEFT = RIGHT = 54.0
TOP, BOTTOM = 66.0, 60.0
TEXT_WIDTH = WIDTH - LEFT - RIGHT
TEXT_HEIGHT = HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around the text of every page.

    `title` names the document; `place` (commune, territory) and `day` (a written date) stand at the right of the
    header; `origin` is the left of the footer (program and version, instance id); `notice` is a second line of the
    footer that no page may go without. `printed_at` is any datetime, its own offset is kept.
    """

    title: str
    printed_at: datetime
    place: str = ""
    day: str = ""
    origin: str = "Field Kit"
    notice: str = ""
    author: str = "Field Kit"
    subject: str = ""
    language: str = "fr-BE"


class Heading(Paragraph):
    """A heading that is also a bookmark of the outline (`level` from 0) and, if asked, an entry of the contents."""

    def __init__(
        self, text: str, look: str, level: int, *, title: str = "", in_contents: bool = False, markup: str = ""
    ) -> None:
        super().__init__(markup or flowing(text), style(look))
        self.outline_level = level
        self.outline_title = french(title or text)
        self.in_contents = in_contents
        self.outline_top = 0.0

    def draw(self) -> None:
        """Draw, and note where on the page the bookmark leads."""
        self.outline_top = self.canv.absolutePosition(0, self.height + 12)[1]
        super().draw()


class _NumberedCanvas(Canvas):
    """A canvas that writes the footers last, when the number of pages is known (one form object a page)."""

    _code: list[str]  # the page being drawn; reportlab's own, empty between pages

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # the arguments are reportlab's business
        super().__init__(*args, **kwargs)
        self.footers: list[str] = []

    def save(self) -> None:
        """Write the footers, then the file."""
        if self._code:
            self.showPage()
        for number, name in enumerate(self.footers, 1):
            self.beginForm(name)
            self.setFont(MEDIUM, 7.4)
            self.setFillColor(color("text2"))
            text = f"page{NBSP}{integer(number)} sur{NBSP}{integer(len(self.footers))}"
            self.drawRightString(WIDTH - RIGHT, 33, text)
            self.endForm()
        super().save()


class _Pages(BaseDocTemplate):
    """Lays a story out; headings that carry an outline level become bookmarks and entries of the table of contents."""

    def __init__(self, target: io.BytesIO, sheet: Sheet) -> None:
        super().__init__(
            target,
            pagesize=A4,
            leftMargin=LEFT,
            rightMargin=RIGHT,
            topMargin=TOP,
            bottomMargin=BOTTOM,
            title=french(sheet.title),
            author=sheet.author,
            subject=french(sheet.subject),
            creator="Field Kit",
            lang=sheet.language,
            invariant=1,
        )
        self.sheet = sheet
        self._marks = 0
        frame = Frame(LEFT, BOTTOM, TEXT_WIDTH, TEXT_HEIGHT, 0, 0, 0, 0, id="text")
        self.addPageTemplates(
            [
                PageTemplate("cover", [frame], onPage=self._draw_footer),
                PageTemplate("text", [frame], onPage=self._draw_header_and_footer),
            ]
        )

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab's name
        """Prepare the new canvas of each pass."""
        self._marks = 0
        self.canv.setDateFormatter(lambda *_: _pdf_date(self.sheet.printed_at))
        self.canv.showOutline()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Bookmark a heading."""
        if not isinstance(flowable, Heading):
            return
        self._marks += 1
        key = f"mark{self._marks}"
        self.canv.bookmarkHorizontal(key, 0, flowable.outline_top)
        self.canv.addOutlineEntry(flowable.outline_title, key, level=flowable.outline_level, closed=False)
        if flowable.in_contents:
            self.notify("TOCEntry", (flowable.outline_level, flowable.outline_title, self.page, key))

    def _draw_header_and_footer(self, canvas: Canvas, doc: BaseDocTemplate) -> None:
        y = HEIGHT - 40
        canvas.saveState()
        draw_mark(canvas, LEFT, y - 2.4, 9)
        canvas.setFont(SEMIBOLD, 7.8)
        canvas.setFillColor(color("text"))
        right = french(" · ".join(part for part in (self.sheet.place, self.sheet.day) if part))
        room = TEXT_WIDTH - 24 - width_of(right, REGULAR, 7.8)
        canvas.drawString(LEFT + 14, y, _shortened(french(self.sheet.title), SEMIBOLD, 7.8, room))
        canvas.setFont(REGULAR, 7.8)
        canvas.setFillColor(color("text2"))
        canvas.drawRightString(WIDTH - RIGHT, y, right)
        canvas.setStrokeColor(color("border"))
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, y - 9, WIDTH - RIGHT, y - 9)
        canvas.restoreState()
        self._draw_footer(canvas, doc)

    def _draw_footer(self, canvas: Canvas, _doc: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setStrokeColor(color("border"))
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, 45, WIDTH - RIGHT, 45)
        canvas.setFont(REGULAR, 7.2)
        canvas.setFillColor(color("text3"))
        canvas.drawString(LEFT, 33, _shortened(french(self.sheet.origin), REGULAR, 7.2, TEXT_WIDTH - 70))
        if self.sheet.notice:
            canvas.setFont(SEMIBOLD, 7.2)
            canvas.setFillColor(color("text2"))
            canvas.drawString(LEFT, 23, _shortened(french(self.sheet.notice), SEMIBOLD, 7.2, TEXT_WIDTH))
        canvas.restoreState()
        if isinstance(canvas, _NumberedCanvas):
            canvas.footers.append(f"footer{len(canvas.footers) + 1}")
            canvas.doForm(canvas.footers[-1])


def draw_mark(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw the mark of the program: a green tile with a white hill and sun."""
    canvas.saveState()
    canvas.setFillColor(color("primary"))
    canvas.roundRect(x, y, size, size, size * 0.24, stroke=0, fill=1)
    canvas.setStrokeColor(color("on_primary"))
    canvas.setFillColor(color("on_primary"))
    canvas.setLineWidth(size * 0.09)
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    hill = canvas.beginPath()
    hill.moveTo(x + size * 0.2, y + size * 0.24)
    hill.lineTo(x + size * 0.56, y + size * 0.7)
    hill.lineTo(x + size * 0.82, y + size * 0.24)
    hill.close()
    canvas.drawPath(hill, stroke=1, fill=0)
    canvas.circle(x + size * 0.28, y + size * 0.7, size * 0.09, stroke=0, fill=1)
    canvas.restoreState()


def _shortened(text: str, font: str, size: float, room: float) -> str:
    while text and width_of(text, font, size) > room:
        text = text[:-2].rstrip() + "…"
    return text


def _pdf_date(moment: datetime) -> str:
    """Write the date as PDF wants it: D:20261122194500+01'00'."""
    offset = moment.strftime("%z") or "+0000"
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def build_pages(story: Sequence[Flowable], sheet: Sheet) -> bytes:
    """Lay the story out and return the PDF; the story is used up. Two passes only if it holds a table of contents."""
    load_fonts()
    target = io.BytesIO()
    pages = _Pages(target, sheet)
    if any(isinstance(flowable, TableOfContents) for flowable in story):
        pages.multiBuild(list(story), canvasmaker=_NumberedCanvas)
    else:
        pages.build(list(story), canvasmaker=_NumberedCanvas)
    return target.getvalue()
