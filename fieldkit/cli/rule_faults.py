# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the rules in the cells of a survey, all at once: the compiler and the engine stop at the first."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from fieldkit.cli.author_rows import cycle_fault
from fieldkit.cli.faults import EXPRESSIONS, Fault, Kind, Survey
from fieldkit.cli.sheets import Row, Sheet
from forms.errors import CycleError, ExpressionError

_REFERENCE: Final = re.compile(r"\$\{\s*(last-saved#)?([^}]*?)\s*\}")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORDS: Final = frozenset({"yes", "no", "true", "false", "true()", "false()"})
_RULES: Final = tuple(name for name in EXPRESSIONS if name != "default")  # a default may be any text


def rule_faults(sheets: Mapping[str, Sheet], survey: Survey) -> Iterator[Fault]:
    """Yield expressions that cannot be read, circles of calculations and conditions, constraints without a message."""
    rows = sheets["survey"].rows if "survey" in sheets else []
    for row in rows:
        yield from _expressions(row)
        if row.get("constraint") and not row.get("constraint_message"):
            cause = "this constraint has no message: who breaks it is not told what is asked for"
            yield Fault(Kind.MESSAGE, cause, "survey", row.number, "constraint", error=False)
    yield from _circles(survey)


def appearance_faults(sheets: Mapping[str, Sheet]) -> Iterator[Fault]:
    """Yield unknown appearances, as the engine does of a form that it can load."""
    from forms.form import unknown_appearances

    for row in sheets["survey"].rows if "survey" in sheets else ():
        for word in unknown_appearances(row.get("appearance").split()):
            cause = f"unknown appearance {word}"
            yield Fault(Kind.OTHER, cause, "survey", row.number, "appearance", error=False)


def _expressions(row: Row) -> Iterator[Fault]:
    for column in _RULES:
        text = row.get(column)
        if not text or text.lower() in _WORDS:
            continue
        try:
            _read(text)
        except ExpressionError as error:
            cause = f"{error.cause}, in: {' '.join(text.split())}"
            yield Fault(Kind.EXPRESSION, cause, "survey", row.number, column)


def _read(text: str) -> None:
    """Read an expression (references become paths), look up its functions, try its patterns. Raises ExpressionError."""
    from forms.xpath.functions import lookup
    from forms.xpath.parser import parse
    from forms.xpath.regex import matches
    from forms.xpath.tree import Call, String, walk

    for part in walk(parse(_REFERENCE.sub(" /data/q ", text))):
        if isinstance(part, Call):
            lookup(part.name, len(part.arguments))
            if part.name == "regex" and isinstance(part.arguments[1], String):
                matches("", part.arguments[1].value)


def _circles(survey: Survey) -> Iterator[Fault]:
    """Yield each circle once, by its shortest way, beginning at its first row."""
    reads = {name: _read_by(survey.rows[paths[0]], survey) for name, paths in survey.names.items() if len(paths) == 1}
    told: set[str] = set()
    for name in reads:
        way = [] if name in told else _way_back(name, reads)
        if way:
            told.update(way)
            yield cycle_fault(CycleError([f"/data{survey.names[one][0]}" for one in way]), survey)


def _read_by(row: Row, survey: Survey) -> list[str]:
    """List the questions whose values a row computes its own value or relevance with."""
    columns = ["relevant"] if row.get("trigger") else ["calculation", "relevant"]
    text = " ".join(_QUOTED.sub("", row.get(column)) for column in columns)
    return [
        match[2] for match in _REFERENCE.finditer(text) if not match[1] and len(survey.names.get(match[2], ())) == 1
    ]


def _way_back(name: str, reads: Mapping[str, Sequence[str]]) -> list[str]:
    before: dict[str, str] = {}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for there in reads.get(here, ()):
            if there == name:
                way = [name]
                while here != name:
                    way.insert(1, here)
                    here = before[here]
                return [*way, name]
            if there not in before:
                before[there] = here
                waiting.append(there)
    return []
