# SPDX-License-Identifier: EUPL-1.2
"""What is known of a guide or a call that a region sent: from whom, since when, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Provenance:
    """The pack that brought it. Times are aware UTC; `account_id` says through which account, `account` its name.

    `gone`: the region offers it no longer, its account was left, or its key is trusted no longer.
    """

    account_id: str
    account: str
    pack_id: str
    pack_title: str
    version: int
    issued_at: datetime
    received_at: datetime
    valid_until: date
    gone: bool = False

    def is_over(self, today: date) -> bool:
        """Tell whether it is past the last day that it is valid."""
        return today > self.valid_until
