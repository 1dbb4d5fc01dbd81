# SPDX-License-Identifier: EUPL-1.2
"""The table of contents: titles that lead to their pages, filled by the headings that ask for it."""

from __future__ import annotations

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import TableStyle
from reportlab.platypus.tableofcontents import TableOfContents

from fieldkit.printing.ink import MEDIUM, color, style


def contents_table(leading: float = 17) -> TableOfContents:
    """Return an empty table of contents; two passes of layout fill it."""
    contents = TableOfContents()
    entry = ParagraphStyle(
        "entry",
        parent=style("contents"),
        fontName=MEDIUM,
        leading=leading,
        textColor=color("text"),
        rightIndent=24,
    )
    contents.levelStyles = [entry]
    contents.dotsMinLevel = 0
    contents.tableStyle = TableStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
    )
    return contents
