# SPDX-License-Identifier: EUPL-1.2
"""What to say about sending and receiving (`sync.errors`)."""

from __future__ import annotations

from ui.messages import Entry

ENTRIES: dict[type[BaseException], Entry] = {}
