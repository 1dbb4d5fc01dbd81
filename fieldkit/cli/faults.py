# SPDX-License-Identifier: EUPL-1.2
"""What is wrong in the sheets of an XLSForm, told with sheet, row and column, before anything is compiled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from fieldkit.cli.sheets import Row, Sheet

_REFERENCE = re.compile(r"\$\{\s*(last-saved#)?([^}]*?)\s*\}")
_LITERAL = r"(?:'([^']*)'|\"([^\"]*)\"|(-?[0-9]+(?:\.[0-9]+)?))"
_COMPARED = re.compile(r"\$\{\s*([\w.-]+)\s*\}\s*(?:!=|<=|>=|=|<|>)\s*" + _LITERAL)
_SELECTED = re.compile(r"selected\(\s*\$\{\s*([\w.-]+)\s*\}\s*,\s*" + _LITERAL)
_OWN = re.compile(r"(?<![\w./*)\]])\.(?![\w./])")  # the question that a constraint stands beside
_SELECT = re.compile(
    r"(?:select_one|select_multiple|select one from|select all that apply from|rank)\s+(\S+)(\s+or_other)?"
)
_TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
_NUMBER_TYPES = frozenset({"integer", "int", "decimal", "range"})
EXPRESSIONS = (
    *("relevant", "constraint", "calculation", "required", "readonly", "default", "choice_filter", "repeat_count"),
)


class Kind(StrEnum):
    """What is wrong."""

    REFERENCE = "unknown-reference"
    AMBIGUOUS = "ambiguous-reference"
    LIST = "missing-list"
    DUPLICATE = "duplicate-name"
    UNBALANCED = "unbalanced-group"
    NAMELESS = "missing-name"
    TYPE = "type-mismatch"
    TRANSLATION = "missing-translation"
    UNREACHABLE = "unreachable"
    CYCLE = "cycle"
    MESSAGE = "missing-message"
    EXPRESSION = "expression"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where, what, and the cause in plain words; `error` if the form cannot be used because of it."""

    kind: Kind
    cause: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    error: bool = True

    def line(self) -> str:
        """Write it on one line, as "survey, row 12, column relevant: …"."""
        parts = [self.sheet, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        place = ", ".join(part for part in parts if part)
        cause = " ".join(self.cause.split())  # a name of the sheet may hold line breaks
        return f"{place}: {cause}" if place else cause


@dataclass(slots=True)
class Survey:
    """The survey as a tree: rows by path, paths by name, and what each select chooses from."""

    rows: dict[str, Row] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)  # by name, of those that are there once
    faults: list[Fault] = field(default_factory=list)

    def at(self, ref: str) -> Row | None:
        """Find the row of a ref of the compiled form; of the nearest group around if the ref is of nobody's row."""
        plain = re.sub(r"\[[0-9]+\]", "", ref)
        path = "/" + plain.strip("/").partition("/")[2]
        while path and path not in self.rows:
            path = path.rpartition("/")[0]
        return self.rows.get(path)


def read_survey(sheet: Sheet) -> Survey:
    """Follow begin and end; paths begin below the root ("/group/question")."""
    survey = Survey()
    open_groups: list[tuple[str, Row, str]] = []
    for row in sheet.rows:
        words = row.get("type").lower().replace("_", " ").split()
        name = row.get("name")
        if not words:
            continue
        if words[0] == "end" and len(words) > 1:
            if not open_groups or open_groups[-1][2] != words[1]:
                survey.faults.append(
                    _fault(Kind.UNBALANCED, row, "type", f"this ends a {words[1]} that is not open here")
                )
            else:
                open_groups.pop()
            continue
        if not name and words[0] not in {"audit", "note", "osm"}:
            survey.faults.append(_fault(Kind.NAMELESS, row, "name", "this question has no name"))
        around = open_groups[-1][0] if open_groups else ""
        path = f"{around}/{name}"
        _add(survey, path, name, row)
        if words[0] == "begin" and len(words) > 1:
            open_groups.append((path, row, words[1]))
    for _, row, kind in open_groups:
        survey.faults.append(_fault(Kind.UNBALANCED, row, "type", f"this {kind} is never ended"))
    return survey


def _add(survey: Survey, path: str, name: str, row: Row) -> None:
    if name and path in survey.rows:
        first = survey.rows[path].number
        survey.faults.append(_fault(Kind.DUPLICATE, row, "name", f"the name “{name}” is taken by row {first} already"))
        return
    survey.rows[path] = row
    if name:
        survey.names.setdefault(name, []).append(path)
        survey.types[name] = row.get("type")


def find_faults(sheets: dict[str, Sheet]) -> tuple[Survey, list[Fault]]:
    """Read all sheets; faults are in the order of the sheets and their rows."""
    survey = read_survey(sheets.get("survey", Sheet("survey")))
    lists = _choice_lists(sheets)
    found = [*survey.faults]
    for sheet in sheets.values():
        found += _references(sheet, survey)
        found += _translations(sheet)
    for row in sheets.get("survey", Sheet("survey")).rows:
        found += _missing_list(row, lists)
        found += _mismatches(row, survey, lists)
    found += _double_choices(sheets)
    return survey, in_order(found)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Put faults in the order of the sheets and their rows."""
    order = {name: place for place, name in enumerate(("survey", "choices", "settings", "entities"))}
    return sorted(faults, key=lambda fault: (order.get(fault.sheet, 9), fault.row))


def _fault(kind: Kind, row: Row, column: str, cause: str, *, sheet: str = "survey", error: bool = True) -> Fault:
    return Fault(kind, cause, sheet, row.number, column, error)


def _choice_lists(sheets: dict[str, Sheet]) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    for name in ("choices", "external_choices"):
        for row in sheets[name].rows if name in sheets else ():
            lists.setdefault(row.get("list_name"), set()).add(row.get("name") or row.get("value"))
    return lists


def _references(sheet: Sheet, survey: Survey) -> Iterator[Fault]:
    for row in sheet.rows:
        for column, text in row.cells.items():
            for match in _REFERENCE.finditer(text):
                name = match[2]
                paths = survey.names.get(name, ())
                if not paths:
                    close = _closest(name, survey.names)
                    hint = f"; did you mean “{close}”?" if close else ""
                    yield _fault(Kind.REFERENCE, row, column, f"no question is called “{name}”{hint}", sheet=sheet.name)
                elif len(paths) > 1:
                    rows = " and ".join(str(survey.rows[path].number) for path in paths)
                    cause = f"two questions are called “{name}” (rows {rows}): it is not clear which is meant"
                    yield _fault(Kind.AMBIGUOUS, row, column, cause, sheet=sheet.name)


def _closest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), 1, 0.6)), "")


def _missing_list(row: Row, lists: dict[str, set[str]]) -> Iterator[Fault]:
    match = _SELECT.match(row.get("type"))
    if (
        match
        and "${" not in match[1]
        and "." not in match[1]
        and match[1] not in lists
        and "search(" not in row.get("appearance")
    ):
        close = _closest(match[1], lists)
        hint = f"; did you mean “{close}”?" if close else ""
        yield _fault(Kind.LIST, row, "type", f"the sheet choices has no list “{match[1]}”{hint}")


def _mismatches(row: Row, survey: Survey, lists: dict[str, set[str]]) -> Iterator[Fault]:
    """Tell comparisons that can never hold: a number with words, a choice with a value that its list does not have."""
    for column in EXPRESSIONS:
        text = _OWN.sub(f"${{{row.get('name')}}}", row.get(column))
        for match in (*_COMPARED.finditer(text), *_SELECTED.finditer(text)):
            name, literal = match[1], next((part for part in match.groups()[1:] if part is not None), "")
            cause = _mismatch(survey.types.get(name, ""), name, literal, lists)
            if cause:
                yield _fault(Kind.TYPE, row, column, cause, error=False)
    default = row.get("default")
    if row.get("type") in _NUMBER_TYPES and re.fullmatch(r"[^\W\d]+", default):
        yield _fault(Kind.TYPE, row, "default", f"“{default}” is not a number", error=False)


def _mismatch(kind: str, name: str, literal: str, lists: dict[str, set[str]]) -> str:
    if not literal:
        return ""
    select = _SELECT.match(kind)
    if select and select[1] in lists and literal not in lists[select[1]]:
        other = bool(select[2]) and literal == "other"
        return "" if other else f"the list “{select[1]}” of “{name}” has no choice “{literal}”"
    if kind.partition(" ")[0] in _NUMBER_TYPES and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", literal):
        return f"“{name}” is a number and is compared with the text “{literal}”"
    return ""


def _translations(sheet: Sheet) -> Iterator[Fault]:
    by_text: dict[str, list[str]] = {}
    for column in sheet.columns:
        text, colons, _ = column.partition("::")
        if colons and text in _TRANSLATED:
            by_text.setdefault(text, []).append(column)
    for row in sheet.rows:
        for columns in by_text.values():
            missing = [column for column in columns if not row.cells.get(column)]
            if missing and len(missing) < len(columns):
                for column in missing:
                    language = column.partition("::")[2]
                    cause = f"no translation into {language}"
                    yield _fault(Kind.TRANSLATION, row, column, cause, sheet=sheet.name, error=False)


def _double_choices(sheets: dict[str, Sheet]) -> Iterator[Fault]:
    settings = sheets.get("settings")
    if settings is not None and any(row.get("allow_choice_duplicates").lower() == "yes" for row in settings.rows):
        return
    rows = sheets["choices"].rows if "choices" in sheets else []
    seen: Counter[tuple[str, str]] = Counter()
    for row in rows:
        key = row.get("list_name"), row.get("name") or row.get("value")
        seen[key] += 1
        if seen[key] == 2:
            yield _fault(Kind.DUPLICATE, row, "name", f"the list “{key[0]}” has “{key[1]}” twice", sheet="choices")
