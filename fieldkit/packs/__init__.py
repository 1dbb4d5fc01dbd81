# SPDX-License-Identifier: EUPL-1.2
"""Packs: signed zips with guides or calls that a region sends as media of its catalogue form (ADR on packs).

`container` reads one strictly, `content` says whether what is in it can be used, `receiving` whether this workspace
takes it; `making` makes one. `fieldkit.library` is what the program reads from those that are in use.
"""

from __future__ import annotations

from typing import Final

CATALOGUE: Final = "fieldkit_catalogue"  # the form_id of the form whose media are packs
SUFFIX: Final = ".zip"
