# SPDX-License-Identifier: EUPL-1.2
"""Printed pages as PDF bytes: forms to fill by hand, records, the diagnostic's report, the application, guides.

Each function imports reportlab when it is called. All take `printed_at` (default: now); the same input and the same
`printed_at` give the same bytes, in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fieldkit.typography import long_date

if TYPE_CHECKING:
    from fieldkit.guides import Guide
    from fieldkit.printing.pages import Sheet


def guide_pdf(guide: Guide, *, printed_at: datetime | None = None) -> bytes:
    """Return one guide of the toolkit with its worksheets."""
    from fieldkit.printing.guide import guide_pages

    return guide_pages(guide, _sheet(guide.title, printed_at, subject=f"Guide {guide.guide_id} de la boîte à outils"))


def booklet_pdf(guides: Sequence[Guide], title: str, *, printed_at: datetime | None = None) -> bytes:
    """Return several guides bound: cover, contents, continuous page numbers."""
    from fieldkit.printing.guide import booklet_pages

    return booklet_pages(guides, title, _sheet(title, printed_at, subject="Livret de la boîte à outils"))


def _sheet(title: str, printed_at: datetime | None, *, subject: str, place: str = "", instance_id: str = "") -> Sheet:
    from fieldkit.printing.pages import Sheet

    moment = printed_at or datetime.now().astimezone()
    origin = " · ".join(part for part in (f"Field Kit {program_version()}", instance_id) if part)
    return Sheet(title, moment, place=place, day=long_date(moment), origin=origin, subject=subject)


def program_version() -> str:
    """Return the version printed in the footers."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fieldkit-wallonia")
    except PackageNotFoundError:  # pragma: no cover - a checkout that was never installed
        return ""
