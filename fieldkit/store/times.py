# SPDX-License-Identifier: EUPL-1.2
"""Times as the database keeps them: ISO 8601, UTC, always six decimals, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """Return an aware time as text; a naive one is a bug (ValueError)."""
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Return the aware UTC time that `to_text` wrote."""
    return datetime.fromisoformat(text)


def from_text_or_none(text: str | None) -> datetime | None:
    """Return the time, or None for NULL."""
    return None if text is None else datetime.fromisoformat(text)


def now() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)
