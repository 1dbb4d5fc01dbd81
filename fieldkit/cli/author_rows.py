# SPDX-License-Identifier: EUPL-1.2
"""What the compiler and the engine say of a form, told by the rows of its XLSForm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fieldkit.cli.errors import SourceError
from fieldkit.cli.faults import EXPRESSIONS, Fault, Kind, Survey
from fieldkit.cli.messages import tell
from fieldkit.cli.sheets import Row, Sheet
from forms.errors import CycleError, ExpressionError, FormError

if TYPE_CHECKING:
    from forms import FormDef

_ROW = re.compile(r"\[row\s*:\s*(\d+)\]")
_SHEET = re.compile(r"'(survey|choices|settings|entities|external_choices|osm)' sheet")
_COLUMN = re.compile(r"the '(\w+)' (?:value|column)")
_HEADINGS = {"dataset": "list_name"}  # what the compiler calls a column, and what the sheet does
_WARNED = {"unknown appearance": "appearance", "saved to the property": "save_to"}  # the columns of engine warnings
_NO_LIST = re.compile(r"no instance is called (.+)")


def fault_of(error: FormError | SourceError, sheets: dict[str, Sheet], survey: Survey, suffix: str) -> Fault:
    """Tell an error with its row, as far as it says where it is."""
    if isinstance(error, SourceError):
        return _compiler_fault(error, sheets, suffix)
    if isinstance(error, CycleError):
        return cycle_fault(error, survey)
    if (unread := _list_not_read(error, sheets)) is not None:
        return unread
    row = survey.at(error.ref) if error.ref else None
    kind = Kind.EXPRESSION if isinstance(error, ExpressionError) else Kind.OTHER
    if row is None:
        return Fault(kind, tell(error))
    column = _column(row, error.expression)
    cause = error.cause
    if column:
        cause = f"{cause}, in: {row.get(column)}"
    elif error.expression:
        cause = f"{cause}, in: {' '.join(error.expression.split())}"
    return Fault(kind, cause, "survey", row.number, column)


def _compiler_fault(error: SourceError, sheets: dict[str, Sheet], suffix: str) -> Fault:
    """Read the row out of the compiler's sentence: it counts the rows of a sheet, a text file has lines."""
    found, sheet, column = _ROW.search(error.cause), _SHEET.search(error.cause), _COLUMN.search(error.cause)
    name = sheet[1] if sheet else "survey"
    number = int(found[1]) if found else 0
    if number and suffix != ".xlsx" and name in sheets:
        rows = sheets[name].rows
        number = rows[number - 2].number if 2 <= number < len(rows) + 2 else 0
    cause = _ROW.sub("", error.cause).strip()
    typed = None if number or "survey" not in sheets else _row_of_type(sheets["survey"], cause)
    if typed is not None:
        return Fault(Kind.OTHER, cause, "survey", typed.number, "type")
    heading = _HEADINGS.get(column[1], column[1]) if column else ""
    return Fault(Kind.OTHER, cause, name if number or sheet else "", number, heading)


def _list_not_read(error: FormError, sheets: dict[str, Sheet]) -> Fault | None:
    """Tell an entity that is updated while the form does not read its list, which the compiler lets pass."""
    found = _NO_LIST.fullmatch(error.cause)
    for row in sheets["entities"].rows if found and "entities" in sheets else ():
        if found and row.get("list_name") == found[1] and row.get("entity_id"):
            cause = (
                f"entities of {found[1]} are updated, but the form does not read their list: add a question of type"
                f" select_one_from_file {found[1]}.csv, or a row of type csv-external called {found[1]}"
            )
            return Fault(Kind.OTHER, cause, "entities", row.number, "list_name")
    return None


def _row_of_type(sheet: Sheet, cause: str) -> Row | None:
    """Find the row of an unknown type, which the compiler names without its row."""
    if "type" not in cause:
        return None
    quoted = set(re.findall(r"'([^']+)'", cause))
    return next((row for row in sheet.rows if row.get("type") in quoted), None)


def cycle_fault(error: CycleError, survey: Survey) -> Fault:
    """Tell a circle with the rows of its questions."""
    steps = []
    for ref in error.path:
        row = survey.at(ref)
        steps.append(f"{ref.rpartition('/')[2]} (row {row.number})" if row else ref)
    first = survey.at(error.path[0])
    cause = f"these questions depend on each other in a circle: {' -> '.join(steps)}; take one of the references out"
    if first is None:
        return Fault(Kind.CYCLE, cause)
    column = next((name for name in ("calculation", "relevant") if first.get(name)), "")
    return Fault(Kind.CYCLE, cause, "survey", first.number, column)


def _column(row: Row, expression: str) -> str:
    """Find the cell that was compiled to an expression: the same but for its ${references}."""
    wanted = "".join(expression.split())
    for name in EXPRESSIONS:
        parts = re.split(r"\$\{[^}]*\}", "".join(row.get(name).split()))
        if row.get(name) and re.fullmatch(".+?".join(map(re.escape, parts)), wanted):
            return name
    return ""


def engine_warnings(form: FormDef, survey: Survey) -> Iterator[Fault]:
    """Yield what the engine noticed in a form that it could load: its warnings, and questions that nobody can reach."""
    for warning in form.warnings:
        ref, colon, cause = warning.partition(": ")
        row = survey.at(ref) if colon and ref.startswith("/") else None
        if row is None:
            yield Fault(Kind.OTHER, warning, error=False)
        else:
            column = next((name for word, name in _WARNED.items() if word in cause), "")
            yield Fault(Kind.OTHER, cause, "survey", row.number, column, error=False)
    for path, node in form.nodes.items():
        if node.relevant is not None and node.relevant.constant is False:
            row = survey.at(path)
            cause = f"“{node.name}” is never asked: its condition is always false"
            place = ("survey", row.number, "relevant") if row is not None else ("", 0, "")
            yield Fault(Kind.UNREACHABLE, cause, *place, error=False)
