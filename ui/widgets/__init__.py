# SPDX-License-Identifier: EUPL-1.2
"""The components of the design: they paint themselves from the tokens and tell their names to screen readers."""

from ui.widgets.buttons import Button, FilterChip, Segmented, ToolButton
from ui.widgets.choices import CheckTile, ChoiceTile, RadioTile
from ui.widgets.dialogs import Dialog
from ui.widgets.feedback import Banner, EmptyState, ErrorSummary, ToastHost, announce
from ui.widgets.fields import Field, SearchField, Select
from ui.widgets.indicators import Bar, IconBadge, IconMark, Ring, StatusChip, chip_size, paint_chip
from ui.widgets.layout import Card, Line, column, row, scrolled
from ui.widgets.painting import focus_visible, paint_ring, rounded
from ui.widgets.text import KeyHint, Label, label

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
