# SPDX-License-Identifier: EUPL-1.2
"""A guide of the toolkit, or several bound in a booklet, as PDF."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, NextPageTemplate, PageBreak, Paragraph, Spacer

from fieldkit.guides import Guide
from fieldkit.printing.blocks import ProgramMark, facts, overline, paragraph, rule
from fieldkit.printing.contents import contents_table
from fieldkit.printing.ink import flowing, style
from fieldkit.printing.markdown import read_markdown
from fieldkit.printing.pages import Heading, Sheet, build_pages
from fieldkit.typography import plural


def guide_pages(guide: Guide, sheet: Sheet) -> bytes:
    """Return one guide as PDF."""
    return build_pages([*_opening(guide, in_contents=False), *read_markdown(guide.body)], sheet)


def booklet_pages(guides: Sequence[Guide], title: str, sheet: Sheet) -> bytes:
    """Return several guides bound: cover, contents with page numbers, then one guide after the other."""
    story: list[Flowable] = [
        Spacer(0, 60),
        ProgramMark(),
        overline("Boîte à outils"),
        Paragraph(flowing(title), style("cover")),
        paragraph(plural(len(guides), "guide"), "subtitle"),
        Spacer(0, 26),
        rule(),
        paragraph("Sommaire", "h2"),
        contents_table(),
        NextPageTemplate("text"),
    ]
    for guide in guides:
        story += [PageBreak(), *_opening(guide, in_contents=True), *read_markdown(guide.body, outline_from=1)]
    return build_pages(story, sheet)


def _opening(guide: Guide, *, in_contents: bool) -> list[Flowable]:
    told = [("Pour qui", guide.audience), ("Durée", guide.duration), ("À imprimer", " ; ".join(guide.printables))]
    return [
        NextPageTemplate("text"),
        overline(f"Guide {guide.guide_id}"),
        Heading(guide.title, "title", 0, in_contents=in_contents),
        Spacer(0, 4),
        facts([(label, value) for label, value in told if value], columns=3),
    ]
