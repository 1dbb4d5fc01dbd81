# SPDX-License-Identifier: EUPL-1.2
"""A guide's Markdown as rich text for the reader, in the colours and the type of the theme on screen."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ui import theme
from ui.widgets.text import unbroken

_BOX = re.compile(r"<li>\[( |x|X)\] ")
_BLANK = re.compile(r"_{4,}")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the guide: `level` 2 or 3, `anchor` its name in the rich text."""

    text: str
    level: int
    anchor: str


def to_html(markdown: str) -> tuple[str, tuple[Heading, ...]]:
    """Return the rich text of a guide and its headings in order."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    headings: list[Heading] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            text = tokens[place + 1].content
            heading = Heading(text, int(token.tag[1]), f"part{len(headings)}")
            headings.append(heading)
            tokens[place + 1].content = text
            token.attrSet("id", heading.anchor)
    body = str(parser.renderer.render(tokens, parser.options, {}))
    for heading in headings:
        body = body.replace(f' id="{heading.anchor}">', f'><a name="{heading.anchor}"></a>', 1)
    body = _BOX.sub(lambda match: f"<li>{'☑' if match[1].strip() else '□'}\u2002", body)
    body = _BLANK.sub(lambda match: "\u2009".join("…" for _ in range(min(14, len(match[0]) // 2))), body)
    body = body.replace("<table>", '<table cellspacing="0" cellpadding="6" width="100%">')
    return unbroken(body), tuple(headings)


def style_sheet() -> str:
    """Return the style of the rich text for the theme and the text size of now."""

    def name(role: str) -> str:
        return theme.color(role).name()

    body, head = theme.px(15), theme.px(19)
    return f"""
      body, p, li, td, th {{ font-size: {body}px; color: {name("text")}; line-height: 140%; }}
      h2 {{ font-size: {head}px; color: {name("primary_text")}; margin-top: 26px; margin-bottom: 6px; }}
      h3 {{ font-size: {theme.px(16)}px; color: {name("text")}; margin-top: 16px; margin-bottom: 4px; }}
      p {{ margin-top: 6px; margin-bottom: 8px; }}
      li {{ margin-bottom: 5px; }}
      blockquote {{ margin: 12px 0 12px 0; padding: 10px; background-color: {name("primary_soft")}; }}
      table {{ border-collapse: collapse; margin-top: 8px; margin-bottom: 12px; }}
      th {{ background-color: {name("sunken")}; border: 1px solid {name("border")}; text-align: left; }}
      td {{ border: 1px solid {name("border")}; }}
      a {{ color: {name("primary_text")}; }}
    """


def plain(text: str) -> str:
    """Return text made safe for rich text."""
    return html.escape(text)
