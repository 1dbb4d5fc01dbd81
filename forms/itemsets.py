# SPDX-License-Identifier: EUPL-1.2
"""The choices of a select: written in the body, from rows of a list, or from instances of a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forms.columns import take
from forms.definition import Body, Itemset
from forms.text import Reader
from forms.tree import Frame
from forms.views import Choice, Text


def members(frame: Frame, itemset: Itemset) -> Sequence[Any]:
    """List what the filter leaves: frames, row numbers or texts, as `itemset.source` says."""
    found: Sequence[Any] = itemset.rows.run(frame) if itemset.rows is not None else ()
    return found


def values(frame: Frame, body: Body) -> list[str]:
    """List the values on offer now, in order."""
    itemset = body.itemset
    if itemset is None:
        return [item.value for item in body.items]
    found = members(frame, itemset)
    if itemset.value_column:
        return take(itemset.table.column(itemset.value_column), found)
    if itemset.row_value is None:
        return list(found)
    run = itemset.row_value.run
    if itemset.source == "frames":
        return [run(member) for member in found]
    return [run(frame, row) for row in found]


def offers(frame: Frame, body: Body, text: str) -> bool:
    """Whether every value of an answer is on offer."""
    if any(word.startswith("search(") for word in body.appearance):
        return True  # the list is made by the window, from a file
    known = body.offered
    if known is None:
        known = frozenset(values(frame, body))
        if body.itemset is None or body.itemset.fixed:
            body.offered = known
    if body.control == "select1":
        return text in known
    return all(value in known for value in text.split())


def choices(frame: Frame, body: Body, reader: Reader) -> list[Choice]:
    """List the choices on offer now, with their labels in the reader's language."""
    itemset = body.itemset
    if itemset is None:
        return [Choice(item.value, reader.text(item.label, frame) or Text(item.value)) for item in body.items]
    found = members(frame, itemset)
    known = reader.choices.setdefault(id(itemset), {}) if itemset.source == "rows" and itemset.label_column else None
    result: list[Choice] = []
    for member, value in zip(found, values(frame, body), strict=True):
        choice = known.get(member) if known is not None else None
        if choice is None or choice.value != value:
            choice = Choice(value, label(frame, itemset, member, reader) or Text(value))
            if known is not None:
                known[member] = choice
        result.append(choice)
    return result


def label(frame: Frame, itemset: Itemset, member: Any, reader: Reader) -> Text | None:
    """Read the label of one member; None if the form has none for it."""
    if itemset.label_column:
        text = itemset.table.text(member, itemset.label_column)
    elif itemset.row_label is None:
        text = str(member)
    elif itemset.source == "frames":
        text = itemset.row_label.run(member)
    else:
        text = itemset.row_label.run(frame, member)
    if itemset.label_is_itext:
        return reader.itext(text, frame)
    return Text(text, reader.language) if text else None


def name_of(frame: Frame, body: Body, value: str, reader: Reader) -> str:
    """Read the label of a value, "" if it is not on offer."""
    itemset = body.itemset
    if itemset is None:
        for item in body.items:
            if item.value == value:
                found = reader.text(item.label, frame)
                return found.value if found is not None else value
        return ""
    offered = values(frame, body)
    if value not in offered:
        return ""
    member = members(frame, itemset)[offered.index(value)]
    found = label(frame, itemset, member, reader)
    return found.value if found is not None else value
