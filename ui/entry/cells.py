# SPDX-License-Identifier: EUPL-1.2
"""Cells of an editable table: how one answer is shown, typed and pasted where there is room for a few words only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldkit.folding import fold
from forms.views import Choice, NodeKind, NodeView
from ui.entry import lexical
from ui.entry.markdown import to_plain_text
from ui.entry.shown_value import in_words

EDITABLE_LIMIT = 8
COLUMN_LIMIT = 10
NUMBERS = ("int", "decimal")
_SHORT_TYPES = ("string", "int", "decimal", "date", "time", "dateTime", "barcode")
_LONG = {"multiline", "signature", "draw", "annotate"}
Choices = Callable[[str], Sequence[Choice]]


def fits_a_table(nodes: Sequence[NodeView]) -> bool:
    """Tell whether the questions of an entry are few and short enough to be the columns of a table."""
    if any(node.kind is not NodeKind.QUESTION for node in nodes):
        return False
    editable = [node for node in nodes if not node.readonly]
    return 0 < len(editable) <= EDITABLE_LIMIT and len(nodes) <= COLUMN_LIMIT and all(is_short(node) for node in nodes)


def is_short(node: NodeView) -> bool:
    """Tell whether an answer fits into a cell."""
    if node.control == "select1":
        return True
    plain = node.control in ("input", "range") and node.data_type in _SHORT_TYPES
    return plain and not _LONG & set(node.appearance) and "rows" not in node.parameters


def column_title(node: NodeView) -> str:
    """Return the header of a column."""
    return to_plain_text(node.label.value) if node.label else node.ref.rpartition("/")[2].replace("_", " ").capitalize()


def shown_in_cell(node: NodeView, choices: Choices) -> str:
    """Return what a cell shows."""
    if node.data_type in ("date", "dateTime") and node.control == "input":
        return " ".join(part for part in lexical.split_date_time(node.value) if part)
    return in_words(node, choices)


def typed_in_cell(node: NodeView) -> str:
    """Return what the editor of a cell starts with."""
    if node.data_type in NUMBERS:
        return lexical.shown_number(node.value)
    if node.data_type == "date":
        return lexical.shown_date(node.value)
    if node.data_type == "time":
        return lexical.shown_time(node.value)
    if node.data_type == "dateTime":
        return " ".join(part for part in lexical.split_date_time(node.value) if part)
    return node.value


def stored_from_cell(node: NodeView, text: str) -> str:
    """Return the lexical value of what was typed into a cell."""
    text = text.strip()
    if node.data_type in NUMBERS:
        if text.startswith("="):
            return lexical.computed_text(text, whole=node.data_type == "int")
        return lexical.stored_number(text.removesuffix("€").removesuffix("%"))
    if node.data_type == "date":
        return lexical.stored_date(text)
    if node.data_type == "time":
        return lexical.stored_time(text) if text else ""
    if node.data_type == "dateTime":
        day, _, moment = text.partition(" ")
        return lexical.stored_date_time(day, moment)
    return text


def pasted_value(node: NodeView, text: str, choices: Choices) -> str | None:
    """Return the lexical value of a pasted text, None if it names no choice of the list."""
    if node.control != "select1" or not text.strip():
        return stored_from_cell(node, text)
    wanted = fold(text.strip())
    for choice in choices(node.ref):
        if wanted in (fold(to_plain_text(choice.label.value)), fold(choice.value)):
            return choice.value
    return None


def read_pasted(text: str) -> list[list[str]]:
    """Return the rows and cells of a text copied from a spreadsheet (tabs, lines, quoted cells with breaks inside)."""
    rows: list[list[str]] = [[]]
    cell, quoted, position = "", False, 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    while position < len(text):
        character = text[position]
        if quoted:
            if character == '"' and text[position + 1 : position + 2] == '"':
                cell += '"'
                position += 1
            elif character == '"':
                quoted = False
            else:
                cell += character
        elif character == '"' and not cell:
            quoted = True
        elif character in "\t\n":
            rows[-1].append(cell)
            cell = ""
            if character == "\n":
                rows.append([])
        else:
            cell += character
        position += 1
    rows[-1].append(cell)
    return rows


def as_pasted(rows: Sequence[Sequence[str]]) -> str:
    """Return cells as a text that a spreadsheet takes."""
    return "\n".join("\t".join(_escaped(cell) for cell in row) for row in rows)


def _escaped(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in '"\t\n') else cell
