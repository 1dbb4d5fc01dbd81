# SPDX-License-Identifier: EUPL-1.2
"""The forms that the window knows by name, without importing what reads them (a test holds them equal)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store import BlankForm, Store

DIAGNOSTIC = "diagnostic_territorial"
APPLICATION = "mon_smart_village"
DOSSIERS = "mes_dossiers"  # brings the region's list: read under « Mes dossiers », never filled


def to_fill(store: Store) -> list[BlankForm]:
    """Return the forms that people fill, by title."""
    return [form for form in store.blank_forms.list() if form.form_id != DOSSIERS]
