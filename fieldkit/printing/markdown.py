# SPDX-License-Identifier: EUPL-1.2
"""Markdown of the guides as flowables: headings, lists, boxes to tick, tables to fill, boxed quotations, page breaks.

What is read is CommonMark with tables (markdown-it-py). `- [ ] text` is a box to tick; `____` in a table leaves its
cell to the pen; a rule (`---`) starts a new page, as worksheets stand on pages of their own; raw HTML is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, Spacer, Table, TableStyle

from fieldkit.printing.blocks import box, column_widths, data_table, tick_line
from fieldkit.printing.ink import MEDIUM, SEMIBOLD, color, hold, style, tint
from fieldkit.printing.pages import TEXT_WIDTH, Heading
from fieldkit.typography import french

_TAGS = re.compile(r"<[^>]+>")
_TASK = re.compile(r"^\[( |x|X)\] ")
_BLANK_ROW_HEIGHT = 25.0
SHORT_LIST = 6
_HEADINGS = {"h1": "h1", "h2": "h1", "h3": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
_INLINE = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "link_close": ""}


def read_markdown(text: str, *, width: float = TEXT_WIDTH, outline_from: int = 0) -> list[Flowable]:
    """Return the flowables of a Markdown text; its `##` headings are bookmarks of level `outline_from`."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    return _Reader(tokens, outline_from).blocks(width)


class _Reader:
    """Walks over the flat list of tokens once."""

    def __init__(self, tokens: Sequence[Token], outline_from: int) -> None:
        self._tokens = iter(tokens)
        self._outline = outline_from

    def blocks(self, width: float, until: str = "") -> list[Flowable]:
        """Return the flowables up to the closing token `until` (the end if "")."""
        found: list[Flowable] = []
        for token in self._tokens:
            if token.type == until:
                break
            found += self._block(token, width)
        return found

    def _block(self, token: Token, width: float) -> list[Flowable]:
        match token.type:
            case "heading_open":
                return [self._heading(token)]
            case "paragraph_open":
                return [Paragraph(self._inline(), style("body"))]
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token, width)
            case "table_open":
                return [self._table(width)]
            case "blockquote_open":
                return [box(self.blocks(width - 26, "blockquote_close"), width=width)]
            case "hr":
                return [PageBreak()]
            case "fence" | "code_block":
                return [Paragraph(hold(escape(token.content.rstrip())).replace("\n", "<br/>"), style("body"))]
        return []

    def _inline(self) -> str:
        """Read the content of the paragraph or heading just opened, and its closing token."""
        token = next(self._tokens)
        next(self._tokens)
        return inline_markup(token)

    def _heading(self, token: Token) -> Heading:
        content = next(self._tokens)
        next(self._tokens)
        level = self._outline + max(0, int(token.tag[1]) - 2)
        heading = Heading("", _HEADINGS[token.tag], level, markup=inline_markup(content))
        heading.outline_title = french(_words(content))
        return heading

    def _list(self, opening: Token, width: float) -> list[Flowable]:
        number = int(opening.attrGet("start") or 1) if opening.type.startswith("ordered") else 0
        closing = opening.type.replace("open", "close")
        found: list[Flowable] = []
        for token in self._tokens:
            if token.type == closing:
                break
            found.append(self._list_item(number, width))
            number += 1 if number else 0
        return [*_without_widows(found), Spacer(0, 5)]

    def _list_item(self, number: int, width: float) -> Flowable:
        first, rest = "", []
        for token in self._tokens:
            if token.type == "list_item_close":
                break
            if token.type == "paragraph_open" and not first:
                first = self._inline()
            else:
                rest += self._block(token, width - 19)
        task = _TASK.match(first)
        if task:
            line: Flowable = Paragraph(first[task.end() :], style("item"))
            return tick_line(line, "several", ticked=task[1] != " ", width=width)
        return _marked(f"{number}." if number else "", [Paragraph(first, style("item")), *rest], width)

    def _table(self, width: float) -> Table:
        rows: list[list[str]] = []
        for token in self._tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(inline_markup(token))
        return _fillable_table(rows, width)


def _without_widows(items: list[Flowable]) -> list[Flowable]:
    """Keep a short list on one page, and the first and last two items of a longer one together."""
    if len(items) <= SHORT_LIST:
        return [KeepTogether(items)] if items else []
    return [KeepTogether(items[:2]), *items[2:-2], KeepTogether(items[-2:])]


def _marked(mark: str, content: list[Flowable], width: float) -> Table:
    """Return a list item: a green number or bullet hanging left of its text."""
    look = style("item")
    bullet = Paragraph(tint(mark or "•", "primary"), ParagraphStyle("bullet", parent=look, fontName=SEMIBOLD))
    table = Table([[bullet, content]], colWidths=[19, width - 19])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ]
        )
    )
    return table


def _fillable_table(rows: list[list[str]], width: float) -> Table:
    """Return a table; where cells are left empty it is a form, with rows high enough for a pen and visible columns."""
    head, body = rows[0], rows[1:]
    blank = any(not cell for row in body for cell in row)
    cells = [[Paragraph(_erase_underscores(cell), style("cell")) for cell in row] for row in body]
    headings = [Paragraph(cell, style("cell_head")) for cell in head]
    table = data_table(
        headings if any(head) else [],
        cells,
        column_widths([[_TAGS.sub("", cell) for cell in row] for row in rows], width),
    )
    if blank:
        first = 1 if any(head) else 0
        table.setStyle(
            TableStyle(
                [
                    ("GRID", (0, first), (-1, -1), 0.6, color("border_strong")),
                    ("TOPPADDING", (0, first), (-1, -1), (_BLANK_ROW_HEIGHT - 11.8) / 2),
                    ("BOTTOMPADDING", (0, first), (-1, -1), (_BLANK_ROW_HEIGHT - 11.8) / 2),
                ]
            )
        )
    return table


def _erase_underscores(cell: str) -> str:
    """Keep « __ / __ / ____ » as faint guides for the pen."""
    return re.sub(r"_+(?:[ /_]+_+)*", lambda found: tint(found[0], "border_strong"), cell)


def inline_markup(token: Token) -> str:
    """Return the inline content of a token as paragraph markup, French spacing set over its plain text."""
    return hold("".join(_inline_parts(token.children or [])))


def _inline_parts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "link_open":
            yield ""
        elif token.type in _INLINE:
            yield _INLINE[token.type]
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield "<br/>"
        elif token.type == "code_inline":
            yield f'<font name="{MEDIUM}">{escape(token.content)}</font>'
        else:
            yield escape(french(token.content))


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or [])
