# SPDX-License-Identifier: EUPL-1.2
"""`fieldkit check` tells an author of an XLSForm which cell to mend, in each of the kinds of file that one writes."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from fieldkit.cli.faults import find_faults
from fieldkit.cli.sheets import read_sheets
from tests.fieldkit.cli_runner import Terminal

Sheets = dict[str, list[list[str]]]
HEAD = ["type", "name", "label", "relevant", "calculation", "constraint"]
AGE = ["integer", "age", "Age"]
CHOICES = [["list_name", "name", "label"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]]


def as_markdown(sheets: Sheets) -> bytes:
    lines = []
    for name, rows in sheets.items():
        lines += [f"| {name} |", *(f"| | {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines).encode()


def as_csv(sheets: Sheets) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for name, rows in sheets.items():
        writer.writerow([name])
        writer.writerows(["", *row] for row in rows)
    return out.getvalue().encode()


def as_workbook(sheets: Sheets) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRITERS: dict[str, Callable[[Sheets], bytes]] = {".md": as_markdown, ".csv": as_csv, ".xlsx": as_workbook}


@dataclass(frozen=True)
class Case:
    """A survey below its headings, and the fault expected in one of its rows (0 is the first below the headings)."""

    rows: list[list[str]]
    kind: str
    row: int
    column: str
    cause: str
    error: bool = True


CASES = {
    "reference": Case(
        [AGE, ["text", "town", "Town", "${aeg} > 3"]], "unknown-reference", 1, "relevant", "did you mean “age”?"
    ),
    "reference in a label": Case([AGE, ["note", "n", "You are ${old}"]], "unknown-reference", 1, "label", "“old”"),
    "list": Case([AGE, ["select_one yesno", "q", "Q"]], "missing-list", 1, "type", "did you mean “yes_no”?"),
    "name": Case([AGE, ["text", "age", "Again"]], "duplicate-name", 1, "name", "is taken by row"),
    "two of a name": Case(
        [
            ["begin group", "a", "A"],
            AGE,
            ["end group"],
            ["begin group", "b", "B"],
            AGE,
            ["end group"],
            ["text", "t", "T", "${age} > 1"],
        ],
        "ambiguous-reference",
        6,
        "relevant",
        "two questions are called “age”",
    ),
    "open group": Case([["begin group", "g", "G"], AGE], "unbalanced-group", 0, "type", "is never ended"),
    "stray end": Case([AGE, ["end repeat"]], "unbalanced-group", 1, "type", "not open here"),
    "no name": Case([["text", "", "Town"]], "missing-name", 0, "name", "no name"),
    "cycle": Case(
        [AGE, ["calculate", "a", "", "", "${b} + 1"], ["calculate", "b", "", "", "${a} + 1"]],
        "cycle",
        1,
        "calculation",
        "in a circle: a (row",
    ),
    "expression": Case([AGE, ["calculate", "c", "", "", "(${age} + 1"]], "expression", 1, "calculation", "(${age} + 1"),
    "function": Case([AGE, ["text", "t", "T", "frob(${age})"]], "expression", 1, "relevant", "frob"),
    "type": Case([AGE, ["txet", "t", "T"]], "other", 1, "type", "txet"),
    "number and text": Case(
        [AGE, ["text", "t", "T", "${age} = 'old'"]], "type-mismatch", 1, "relevant", "“age” is a number", error=False
    ),
    "choice": Case(
        [["select_one yes_no", "q", "Q"], ["text", "t", "T", "selected(${q}, 'maybe')"]],
        "type-mismatch",
        1,
        "relevant",
        "has no choice “maybe”",
        error=False,
    ),
    "unreachable": Case([AGE, ["text", "t", "T", "1 = 2"]], "unreachable", 1, "relevant", "always false", error=False),
    "appearance": Case([AGE, ["calculate", "c", "", "", "/data/nothing + 1"]], "other", 1, "", "nothing", error=False),
}


@pytest.mark.parametrize("suffix", list(WRITERS))
@pytest.mark.parametrize("name", list(CASES))
def test_each_fault_is_told_with_its_row(terminal: Terminal, tmp_path: Path, suffix: str, name: str) -> None:
    case = CASES[name]
    path = tmp_path / f"form{suffix}"
    path.write_bytes(WRITERS[suffix]({"survey": [HEAD, *case.rows], "choices": CHOICES}))
    outcome = terminal.type("check", path, "--json")
    faults: list[dict[str, Any]] = outcome.data["faults"]
    assert len(faults) == 1, faults
    fault = faults[0]
    # A text file has a line for the name of the sheet, a workbook has not.
    expected = case.row + (2 if suffix == ".xlsx" else 3)
    assert (fault["kind"], fault["sheet"], fault["row"], fault["column"]) == (
        case.kind,
        "survey",
        expected,
        case.column,
    )
    assert case.cause in fault["cause"]
    assert (fault["severity"], outcome.code) == (("error", 1) if case.error else ("warning", 0))
    words = terminal.type("check", path)
    assert f"survey, row {expected}" in (words.err if case.error else words.out)


ENTITY_FAULTS = {
    "no entity": ([["text", "a", "A", "x"]], [], ("survey", 0, "save_to"), "declare an entity"),
    "kept name": ([["text", "a", "A", "label"]], [["trees", "${a}", ""]], ("survey", 0, "save_to"), "'label'"),
    "no list of it": ([["text", "a", "A", "people#x"]], [["trees", "${a}", ""]], ("survey", 0, "save_to"), "'people'"),
    "name of the list": ([["text", "a", "A", "x"]], [["t.rees", "${a}", ""]], ("entities", 0, "list_name"), "period"),
    "no label": ([["text", "a", "A", "x"]], [["trees", "", ""]], ("entities", 0, ""), "does not have a label"),
    "question": ([["text", "a", "A", "x"]], [["trees", "${b}", ""]], ("entities", 0, "label"), "b"),
    "list not read": (
        [["text", "a", "A", "x"]],
        [["trees", "", "${a}"]],
        ("entities", 0, "list_name"),
        "select_one_from_file trees.csv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("suffix", list(WRITERS))
@pytest.mark.parametrize("name", list(ENTITY_FAULTS))
def test_faults_of_entities_are_told_with_their_row(terminal: Terminal, tmp_path: Path, suffix: str, name: str) -> None:
    survey, entities, (sheet, row, column), cause = ENTITY_FAULTS[name]
    sheets = {"survey": [["type", "name", "label", "save_to"], *survey]}
    if entities:
        sheets["entities"] = [["list_name", "label", "entity_id"], *entities]
    path = tmp_path / f"form{suffix}"
    path.write_bytes(WRITERS[suffix](sheets))
    outcome = terminal.type("check", path, "--json")
    assert outcome.code == 1
    (fault,) = outcome.data["faults"]
    above = sum(len(rows) + 1 for rows in sheets.values()) - len(sheets[sheet]) - 1 if sheet == "entities" else 0
    expected = row + (2 if suffix == ".xlsx" else 3 + above)
    assert (fault["sheet"], fault["row"], fault["column"]) == (sheet, expected, column)
    assert cause in fault["cause"]


def test_all_faults_are_told_at_once_in_order(terminal: Terminal, tmp_path: Path) -> None:
    rows = [["select_one nowhere", "q", "Q"], ["text", "q", "Q"], ["text", "t", "T", "${none} = 1"]]
    path = tmp_path / "form.md"
    path.write_bytes(as_markdown({"survey": [HEAD, *rows], "choices": CHOICES}))
    outcome = terminal.type("check", path, "--json")
    assert [(one["row"], one["kind"]) for one in outcome.data["errors"]] == [
        (3, "missing-list"),
        (4, "duplicate-name"),
        (5, "unknown-reference"),
    ]


def test_missing_translations_and_double_choices(terminal: Terminal, tmp_path: Path) -> None:
    head = ["type", "name", "label::Français (fr)", "label::English (en)", "calculation"]
    survey = [head, ["text", "a", "Un", "One"], ["text", "b", "Deux", ""], ["calculate", "c", "", "", "1"]]
    choices = [["list_name", "name", "label::Français (fr)", "label::English (en)"], ["l", "x", "", "Ex"]]
    path = tmp_path / "form.md"
    path.write_bytes(as_markdown({"survey": survey, "choices": choices}))
    outcome = terminal.type("check", path, "--json")
    assert outcome.code == 0
    assert [(one["sheet"], one["row"], one["column"]) for one in outcome.data["faults"]] == [
        ("survey", 4, "label::English (en)"),
        ("choices", 8, "label::Français (fr)"),
    ]
    path.write_bytes(
        as_markdown({"survey": [HEAD, ["select_one yes_no", "q", "Q"]], "choices": [*CHOICES, CHOICES[1]]})
    )
    double = terminal.type("check", path, "--json")
    assert (double.code, double.data["faults"][0]["kind"], double.data["faults"][0]["row"]) == (1, "duplicate-name", 8)


def test_a_file_with_a_fault_of_its_own_is_told_as_before(terminal: Terminal, tmp_path: Path) -> None:
    for name, content in {
        "a.xlsx": b"PK broken",
        "b.md": b"no table",
        "c.csv": b"\xff\xfe",
        "d.md": b"| survey |",
    }.items():
        (tmp_path / name).write_bytes(content)
        outcome = terminal.type("check", tmp_path / name)
        assert outcome.code == 1
        assert outcome.err


CELLS = st.one_of(
    st.sampled_from(
        ["begin group", "end group", "begin repeat", "end", "begin", "select_one l", "select_one", "rank l"]
    ),
    st.sampled_from(["integer", "a", "b", "${a}", "${b} = 'x'", "selected(${a}, 'y')", "${", "${last-saved#a}", "l"]),
    st.text(alphabet="ab${}|'\\\n :", max_size=8),
)
TABLE = st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=8)


@settings(max_examples=60, deadline=None)
@given(TABLE, TABLE, st.sampled_from(sorted(WRITERS)))
def test_any_sheets_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, survey: list[list[str]], choices: list[list[str]], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("sheets") / f"form{suffix}"
    path.write_bytes(WRITERS[suffix]({"survey": [HEAD, *survey], "choices": [CHOICES[0], *choices]}))
    sheets = read_sheets(path)
    _, faults = find_faults(sheets)
    numbers = {(sheet.name, row.number) for sheet in sheets.values() for row in sheet.rows}
    assert all((fault.sheet, fault.row) in numbers for fault in faults)
    assert all(fault.cause and "\n" not in fault.line() for fault in faults)


def test_what_is_no_sheet_is_left_to_the_compiler(tmp_path: Path) -> None:
    for name in ("form.xml", "form.xls", "form.xlsx", "form.csv"):
        (tmp_path / name).write_bytes(b"\x00\xff not a table")
        assert find_faults(read_sheets(tmp_path / name))[1] == []


def test_rules_are_told_all_at_once_whatever_else_is_wrong(terminal: Terminal, tmp_path: Path) -> None:
    """The compiler stops at its first fault, and the engine sees nothing that is not compiled."""
    head = [*HEAD, "appearance"]
    rows = [
        ["integer", "age", "Age", "", "", ". < 120 and"],
        ["select_one nowhere", "q", "Q", "frob(${age})", "", "", "odd"],
        ["calculate", "a", "", "", "${b} + 1"],
        ["calculate", "b", "", "", "${a} + 1"],
        ["calculate", "c", "", "${c} = 1", "regex(${age}, '(')"],
        ["text", "age", "Again", "yes", "", "string-length(.) < 9"],
    ]
    path = tmp_path / "form.xlsx"
    path.write_bytes(as_workbook({"survey": [head, *rows], "choices": CHOICES}))
    outcome = terminal.type("check", path, "--json")
    assert outcome.code == 1
    assert [(one["row"], one["kind"], one["column"], one["severity"]) for one in outcome.data["faults"]] == [
        (2, "expression", "constraint", "error"),
        (2, "missing-message", "constraint", "warning"),
        (3, "missing-list", "type", "error"),
        (3, "expression", "relevant", "error"),
        (3, "other", "appearance", "warning"),
        (4, "cycle", "calculation", "error"),
        (6, "expression", "calculation", "error"),
        (6, "cycle", "calculation", "error"),
        (7, "duplicate-name", "name", "error"),
        (7, "missing-message", "constraint", "warning"),
    ]
    words = terminal.type("check", path).err
    assert "in a circle: a (row 4) -> b (row 5) -> a (row 4)" in words
    assert "unknown function frob(), in: frob(${age})" in words


def test_rows_are_those_of_the_sheet(terminal: Terminal, tmp_path: Path) -> None:
    """Empty rows count, and a cell of several lines is in one row; the compiler is not disturbed by either."""
    rows = [AGE, [], ["note", "n", "Two\nlines"], ["", "", ""], ["text", "t", "T", "1 = 2"]]
    for suffix, expected in ((".csv", 7), (".xlsx", 6)):
        path = tmp_path / f"form{suffix}"
        path.write_bytes(WRITERS[suffix]({"survey": [HEAD, *rows], "choices": CHOICES}))
        outcome = terminal.type("check", path, "--json")
        assert (outcome.code, outcome.data["questions"]) == (0, 3)
        assert [(one["kind"], one["row"]) for one in outcome.data["faults"]] == [("unreachable", expected)]
        marked = tmp_path / f"marked{suffix}"
        marked.write_bytes(b"\xef\xbb\xbf" * (suffix == ".csv") + path.read_bytes())
        assert terminal.type("check", marked).code == 0


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """Write a good workbook, with the XML of its survey changed."""
    with ZipFile(io.BytesIO(as_workbook({"survey": [HEAD, AGE]}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    return zipped(parts)


def test_a_workbook_that_unpacks_without_measure_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    spaces = b" " * 80_000_000
    for content in (zipped({"xl/sharedStrings.xml": spaces}), with_sheet(lambda xml: xml + spaces)):
        path.write_bytes(content)
        assert len(content) < 100_000
        started = time.process_time()
        outcome = terminal.type("check", path)
        assert outcome.code == 1
        assert "unpacked it would have 76 MB" in outcome.err
        assert time.process_time() - started < 5


def test_what_a_workbook_says_of_its_size_is_not_believed(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    changes = (
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml),
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
        lambda xml: xml.replace(b"</sheetData>", b'<row r="999999999999"><c r="A1"><v>1</v></c></row></sheetData>'),
    )
    for change in changes:
        path.write_bytes(with_sheet(change))
        started = time.process_time()
        outcome = terminal.type("check", path, "--json")
        assert (outcome.code, outcome.data["questions"]) == (0, 1)
        assert time.process_time() - started < 20


def test_entities_in_a_workbook_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(with_sheet(lambda xml: b'<!DOCTYPE w [<!ENTITY a "b">]>' + xml.replace(b"Age", b"&a;")))
    outcome = terminal.type("check", path)
    assert outcome.code == 1
    assert "cannot be compiled" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_an_external_select_needs_no_file_of_its_own(terminal: Terminal, tmp_path: Path, suffix: str) -> None:
    survey = [["type", "name", "label", "choice_filter"], ["text", "state", "State"]]
    survey += [["select_one_external city", "city", "City", "state=${state}"]]
    lists = [["list_name", "name", "label", "state"], ["city", "a", "Amay", "lg"]]
    path = tmp_path / f"form{suffix}"
    path.write_bytes(WRITERS[suffix]({"survey": survey, "external_choices": lists}))
    outcome = terminal.type("check", path, "--json")
    assert (outcome.code, outcome.data["attachments"], outcome.data["faults"]) == (0, ["itemsets.csv"], [])
    answers = tmp_path / "answers.json"
    for city, code in (("a", 0), ("b", 1)):
        answers.write_text(json.dumps({"state": "lg", "city": city}))
        filled = terminal.type("fill", path, "--answers", answers, "--out", tmp_path / "i.xml", "--json")
        assert filled.code == code, filled
    assert filled.data["violations"][0]["kind"] == "choice"


def test_filling_a_form_that_cannot_be_used_tells_its_rows_too(terminal: Terminal, tmp_path: Path) -> None:
    path, answers, out = tmp_path / "form.csv", tmp_path / "answers.json", tmp_path / "i.xml"
    rows = [["select_one nowhere", "q", "Q"], ["calculate", "c", "", "", "1 +"]]
    path.write_bytes(as_csv({"survey": [HEAD, *rows], "choices": CHOICES}))
    answers.write_text("{}")
    outcome = terminal.type("fill", path, "--answers", answers, "--out", out)
    assert outcome.code == 1
    assert "survey, row 3, column type: the sheet choices has no list “nowhere”" in outcome.err
    assert "survey, row 4, column calculation: " in outcome.err
    assert not out.exists()


def test_a_constraint_compares_its_own_question(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "form.md"
    path.write_text(
        "| survey |\n| | type | name | label | constraint | constraint_message |\n"
        "| | integer | n | N | . > 'old' and . < 7.5 | No |\n| settings |\n| | form_id |\n| | f |\n",
        encoding="utf-8",
    )
    (fault,) = json.loads(terminal.type("check", path, "--json").out)["faults"]
    assert (fault["kind"], fault["row"], fault["column"]) == ("type-mismatch", 3, "constraint")
    assert "“n” is a number" in fault["cause"]
