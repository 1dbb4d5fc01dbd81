# SPDX-License-Identifier: EUPL-1.2
"""Reads printed pages back: text by page, bookmarks, metadata, drawings; closes what it opens."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2 as pdfium

PRINTED_AT = datetime(2026, 11, 22, 19, 45, tzinfo=UTC)


@contextmanager
def opened(pdf: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF for the length of a block."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(io.BytesIO(pdf))
    try:
        yield document
    finally:
        document.close()


def read_pages(pdf: bytes) -> list[str]:
    """Return the text of each page as a reader would copy it; pdfium gives U+00A0 as an ordinary space."""
    with opened(pdf) as document:
        return [_page_text(document[i]) for i in range(len(document))]


def _page_text(page: Any) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()
        page.close()


def words_of(pdf: bytes) -> str:
    """Return the whole text with each run of ordinary spaces and line ends as one space (U+202F stays)."""
    return re.sub(r"[ \r\n]+", " ", " ".join(read_pages(pdf)))


def read_bookmarks(pdf: bytes) -> list[tuple[int, str, int]]:
    """Return level, title and page index (from 0) of each bookmark."""
    with opened(pdf) as document:
        return [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]


def read_metadata(pdf: bytes) -> dict[str, str]:
    """Return title, author, dates and the like."""
    with opened(pdf) as document:
        return dict(document.get_metadata_dict())
