# SPDX-License-Identifier: EUPL-1.2
"""The choices of a select: written in the body, from rows of a list, or from instances of a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from forms.columns import take
from forms.definition import Body, Itemset
from forms.text import Reader
from forms.tree import Frame
from forms.views import Choices, Text

NOTHING: Final = Choices()


def members(frame: Frame, itemset: Itemset) -> Sequence[Any]:
    """List what the filter leaves: frames, row numbers or texts, as `itemset.source` says."""
    found: Sequence[Any] = itemset.rows.run(frame) if itemset.rows is not None else ()
    return found


def values(frame: Frame, itemset: Itemset, found: Sequence[Any]) -> Sequence[str]:
    """List what is stored for each member."""
    if itemset.value_column:
        return take(itemset.table.column(itemset.value_column), found)
    if itemset.row_value is None:
        return found
    run = itemset.row_value.run
    if itemset.source == "frames":
        return [run(member) for member in found]
    return [run(frame, row) for row in found]


def offers(frame: Frame, body: Body, text: str) -> bool:
    """Whether every value of an answer is on offer."""
    if body.searched:
        return True
    known = body.offered
    if known is None and (body.itemset is None or body.itemset.fixed):
        known = body.offered = _always_offered(frame, body)
    if known is not None:
        return text in known if body.control == "select1" else known.issuperset(text.split())
    listed = choices(frame, body, frame.o.reader)
    return listed.offers(text) if body.control == "select1" else all(map(listed.offers, text.split()))


def _always_offered(frame: Frame, body: Body) -> frozenset[str]:
    """Gather the values of a list that never changes; many questions share one."""
    itemset = body.itemset
    if itemset is None:
        return frozenset(item.value for item in body.items)
    key = (itemset.nodeset, itemset.value)
    shared: dict[tuple[str, str], frozenset[str]] = frame.o.form.offered
    if key not in shared:
        shared[key] = frozenset(values(frame, itemset, members(frame, itemset)))
    return shared[key]


def choices(frame: Frame, body: Body | None, reader: Reader) -> Choices:
    """List the choices on offer now, with their labels in the reader's language; none for what is no select.

    The same members give the same list again, within bounds.
    """
    if body is None:
        return NOTHING
    itemset = body.itemset
    if itemset is None:
        labels = [reader.text(item.label, frame) or Text(item.value) for item in body.items]
        return Choices([item.value for item in body.items], labels)
    found = members(frame, itemset)
    if not found:
        return NOTHING
    lists = reader.lists
    key = (itemset.nodeset, itemset.value, itemset.label, itemset.label_is_itext) if itemset.fixed else itemset
    kept = lists.get(key, found)
    if kept is not None:
        return kept
    listed = _listed(frame, itemset, found, reader)
    if itemset.value_column and (itemset.label_column or itemset.fixed) and not itemset.outputs:
        lists.keep(key, found, listed)
    return listed


def _listed(frame: Frame, itemset: Itemset, found: Sequence[Any], reader: Reader) -> Choices:
    stored = values(frame, itemset, found)
    if itemset.label_column and not itemset.label_is_itext:
        names = take(itemset.table.column(itemset.label_column), found)
        return Choices(stored, None, names, reader.language)
    labels = [
        label(frame, itemset, member, reader) or Text(value) for member, value in zip(found, stored, strict=True)
    ]
    return Choices(stored, labels)


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
        return reader.itext(text, frame, itemset.outputs)
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
    listed = choices(frame, body, reader)
    return listed[listed.values.index(value)].label.value if value in listed.values else ""
