# SPDX-License-Identifier: EUPL-1.2
"""The Markdown subset of XLSForm as Qt rich text.

Headings (`#`), `**strong**`, `*emphasis*`, `[text](https://…)`, lists (`- `, `1. `), line breaks and
`<span style="color:…">` (XLSForm documentation, "Styling prompts"). All else is escaped: a form cannot slip in
HTML, so no label makes the window load a file or reach the network.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

_SPAN = re.compile(
    r"&lt;span style=(?:&quot;|&#x27;)color:\s*([#\w]{1,20});?(?:&quot;|&#x27;)&gt;(.*?)&lt;/span&gt;", re.S
)
_INLINE = (
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"<b>\2</b>"),
    (re.compile(r"(?<![\w\\])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)"), r"<i>\2</i>"),
    (re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+|mailto:[^\s)]+)\)"), r'<a href="\2">\1</a>'),
    (_SPAN, r'<span style="color:\1">\2</span>'),
    (re.compile(r"\\([*_#\[\]()\\`-])"), r"\1"),
)
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_BULLET = re.compile(r"[-*]\s+(.+)")
_NUMBERED = re.compile(r"\d+[.)]\s+(.+)")
_MARKS = re.compile(r"[*_#<\[\\]|^\s*[-*]\s|^\s*\d+[.)]\s|\n", re.M)


def is_plain(text: str) -> bool:
    """Tell whether the text reads the same without any interpretation: then a label needs no rich text."""
    return not _MARKS.search(text)


def to_rich_text(text: str) -> str:
    """Return the Qt rich text of a label, hint or note."""
    blocks: list[str] = []
    listing = ""
    for line in text.strip().splitlines():
        kind, html = _block(line.strip())
        if listing and kind != listing:
            blocks.append(f"</{listing}>")
        if kind in ("ul", "ol") and kind != listing:
            blocks.append(f"<{kind}>")
        listing = kind if kind in ("ul", "ol") else ""
        blocks.append(html)
    if listing:
        blocks.append(f"</{listing}>")
    return "".join(blocks).removesuffix("<br>")


@lru_cache(maxsize=2048)
def to_plain_text(text: str) -> str:
    """Return the words alone: for accessible names, error links, table headers."""
    text = re.sub(r"</?span[^>]*>", "", text)
    text = re.sub(r"\[([^\]\n]+)\]\([^)\n]+\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w\\])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)", r"\2", text)
    text = re.sub(r"^\s*#{1,6}\s+", "", text, flags=re.M)
    words = re.sub(r"\\([*_#\[\]()\\`-])", r"\1", text)
    return re.sub(r"[ \t\r\n]+", " ", words).strip(" ")  # not `split`: it would make the no-break spaces breakable


def _block(line: str) -> tuple[str, str]:
    if match := _HEADING.fullmatch(line):
        return "h", f"<p><b>{_inline(match[2])}</b></p>"
    if match := _BULLET.fullmatch(line):
        return "ul", f"<li>{_inline(match[1])}</li>"
    if match := _NUMBERED.fullmatch(line):
        return "ol", f"<li>{_inline(match[1])}</li>"
    return "p", f"{_inline(line)}<br>"


def _inline(text: str) -> str:
    html = escape(text)
    for pattern, replacement in _INLINE:
        html = pattern.sub(replacement, html)
    return html
