# SPDX-License-Identifier: EUPL-1.2
"""The lines of a grouped table: entries under their group, each group with its subtotal, the total at the end.

A repeat whose appearance holds the word `group-by-first` is drawn so, provided that its first question chooses one of
a list and that the form works out a number in each entry (the amount). Other programs ignore the word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fieldkit import typography
from forms.views import Choice, NodeView
from ui.entry.cells import NUMBERS
from ui.entry.markdown import to_plain_text
from ui.entry.text_controls import unit_of
from ui.i18n import translate

WORD = "group-by-first"
Row = Sequence[NodeView]


@dataclass(frozen=True, slots=True)
class Group:
    """A line above its entries (or the total below all of them): title, sum with its unit, and what is wrong."""

    code: str
    title: str
    amount: str
    remark: str = ""
    is_total: bool = False


Line = int | Group  # the position of an entry among the rows, or a line of its own


def can_group(repeat: NodeView, row: Row) -> bool:
    """Tell whether the author asks for groups and the entries can have them."""
    return WORD in repeat.appearance and row[0].control == "select1" and bool(amount_column(row))


def amount_column(row: Row) -> int | None:
    """Return the last column that the form works out in numbers, None without one."""
    for column in range(len(row) - 1, -1, -1):
        if row[column].readonly and row[column].data_type in NUMBERS:
            return column
    return None


def sum_of(rows: Sequence[Row], column: int) -> Decimal:
    """Return the sum of a column; what is no number counts for nothing."""
    return sum((_number(row[column].value) for row in rows), Decimal(0))


def in_unit(amount: Decimal, unit: str) -> str:
    """Write a sum: euros with cents if there are any, other units after the number."""
    if unit == "€":
        return typography.money(amount)
    return f"{typography.number(amount)}{typography.NBSP}{unit}" if unit else typography.number(amount)


def arrange(
    rows: Sequence[Row], choices: Callable[[str], Sequence[Choice]], remarks: Mapping[str, str] | None = None
) -> list[Line]:
    """Return groups in the order of the list of choices, each before its entries; those without one come last."""
    column = amount_column(rows[0]) if rows else None
    if column is None:
        return list(range(len(rows)))
    unit = unit_of(rows[0][column])
    titles = {choice.value: to_plain_text(choice.label.value) for choice in choices(rows[0][0].ref)}
    members: dict[str, list[int]] = {code: [] for code in titles}
    for place, row in enumerate(rows):
        members.setdefault(row[0].value, []).append(place)
    members[""] = members.pop("", [])
    lines: list[Line] = []
    for code, places in members.items():
        if places:
            amount = in_unit(sum_of([rows[place] for place in places], column), unit)
            title = titles.get(code, code) or translate("Entry", "À classer")
            lines += [Group(code, title, amount, (remarks or {}).get(code, "")), *places]
    return [*lines, Group("", translate("Entry", "Total"), in_unit(sum_of(rows, column), unit), is_total=True)]


def _number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        return Decimal(0)
