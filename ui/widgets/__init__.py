# SPDX-License-Identifier: EUPL-1.2
"""The components of the design: they paint themselves from the tokens and tell their names to screen readers.

A component's module is imported when its name is first asked for: the first paint needs a few of them only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.widgets.buttons import Button, FilterChip, Segmented, ToolButton
    from ui.widgets.choices import CheckTile, ChoiceTile, RadioTile
    from ui.widgets.dialogs import Dialog
    from ui.widgets.feedback import Banner, EmptyState, ErrorSummary, ToastHost, announce
    from ui.widgets.fields import Field, SearchField, Select
    from ui.widgets.indicators import Bar, IconBadge, IconMark, Ring, StatusChip, chip_size, paint_chip
    from ui.widgets.layout import Card, Line, column, row, scrolled
    from ui.widgets.painting import focus_visible, paint_ring, rounded
    from ui.widgets.text import KeyHint, Label, label

_MODULES = {
    "buttons": ("Button", "FilterChip", "Segmented", "ToolButton"),
    "choices": ("CheckTile", "ChoiceTile", "RadioTile"),
    "dialogs": ("Dialog",),
    "feedback": ("Banner", "EmptyState", "ErrorSummary", "ToastHost", "announce"),
    "fields": ("Field", "SearchField", "Select"),
    "indicators": ("Bar", "IconBadge", "IconMark", "Ring", "StatusChip", "chip_size", "paint_chip"),
    "layout": ("Card", "Line", "column", "row", "scrolled"),
    "painting": ("focus_visible", "paint_ring", "rounded"),
    "text": ("KeyHint", "Label", "label"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Banner",
    "Bar",
    "Button",
    "Card",
    "CheckTile",
    "ChoiceTile",
    "Dialog",
    "EmptyState",
    "ErrorSummary",
    "Field",
    "FilterChip",
    "IconBadge",
    "IconMark",
    "KeyHint",
    "Label",
    "Line",
    "RadioTile",
    "Ring",
    "SearchField",
    "Segmented",
    "Select",
    "StatusChip",
    "ToastHost",
    "ToolButton",
    "announce",
    "chip_size",
    "column",
    "focus_visible",
    "label",
    "paint_chip",
    "paint_ring",
    "rounded",
    "row",
    "scrolled",
]


def __getattr__(name: str) -> object:
    """Import a component's module at its first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    found = getattr(import_module(f"ui.widgets.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
