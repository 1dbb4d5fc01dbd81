# SPDX-License-Identifier: EUPL-1.2
"""An XLSForm as its author sees it: sheets, rows with their numbers, columns with their names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldkit.cli import files
from fieldkit.cli.workbooks import MAX_ROW, refuse_bomb

Line = tuple[int, Sequence[str]]

_SHEETS = frozenset({"survey", "choices", "settings", "entities", "external_choices", "osm"})
_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "caption": "label",
    "read_only": "readonly",
    "list name": "list_name",
    "choice filter": "choice_filter",
    "repeat count": "repeat_count",
    "save_to": "save_to",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: `number` is that of the file (1-based), `cells` the filled cells by column."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell in any language: "" if it is empty."""
        found = self.cells.get(column, "")
        return found or next((text for name, text in self.cells.items() if name.partition("::")[0] == column), "")


@dataclass(slots=True)
class Sheet:
    """A sheet: the names of its columns as normalized, and its rows that are not empty."""

    name: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Read .md, .csv or .xlsx; {} for other kinds and for what no reader understands (the compiler then says why)."""
    readers = {".md": _markdown, ".csv": _comma_separated, ".xlsx": _workbook}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        return {}
    try:
        return {name: _sheet(name, lines) for name, lines in reader(files.read(path)).items()}
    except Exception:  # noqa: BLE001  (openpyxl and zip let many kinds through; the compiler tells the cause)
        return {}


def _sheet(name: str, lines: Iterable[Line]) -> Sheet:
    sheet = Sheet(name)
    for number, cells in lines:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if not sheet.columns:
            sheet.columns = tuple(_column(text) for text in texts)
        else:
            filled = {key: text for key, text in zip(sheet.columns, texts, strict=False) if key and text}
            sheet.rows.append(Row(number, filled))
    return sheet


def _column(text: str) -> str:
    """Normalize a heading: `Constraint Message :: French (fr)` is `constraint_message::French (fr)`."""
    head, colons, language = re.sub(r"\s*::?\s*", "::", text.strip(), count=1).partition("::")
    plain = " ".join(head.lower().replace("_", " ").split())
    if plain in {"body", "bind", "media"} and colons:
        return f"{plain}::{language}"
    name = _ALIASES.get(plain, plain.replace(" ", "_"))
    return f"{name}::{language}" if colons else name


def _parts(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Cut lines whose first cell names a sheet, and is empty in the lines of that sheet."""
    found: dict[str, list[Line]] = {}
    current: list[Line] = []
    for number, cells in lines:
        name = cells[0].strip().lower() if cells else ""
        if name in _SHEETS:
            current = found.setdefault(name, [])
        if len(cells) > 1 and any(cell.strip() for cell in cells[1:]):
            current.append((number, cells[1:]))
    return found


def _markdown(data: bytes) -> dict[str, list[Line]]:
    return _parts(_markdown_lines(data.decode("utf-8-sig")))


def _markdown_lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("|") and not re.fullmatch(r"[|\s:-]+", stripped):
            body = stripped[1:-1] if stripped.endswith("|") and not stripped.endswith("\\|") else stripped[1:]
            yield number, [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", body)]


def _comma_separated(data: bytes) -> dict[str, list[Line]]:
    # Rows as a spreadsheet numbers them: a cell of several lines is in one.
    return _parts(enumerate(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")), 1))


def _workbook(data: bytes) -> dict[str, list[Line]]:
    refuse_bomb(Path("workbook"), data)
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return {
            sheet.title.strip().lower(): list(_lines(sheet))
            for sheet in book.worksheets
            if sheet.title.strip().lower() in _SHEETS
        }
    finally:
        book.close()


def _lines(sheet: Any) -> Iterator[Line]:
    """Read the lines that have content; where the file says that its sheet ends is not believed."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_ROW:
            return
        if any(cell is not None for cell in cells):
            yield number, [_written(cell) for cell in cells]


def _written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
