# SPDX-License-Identifier: EUPL-1.2
"""Calls for projects: their parameters, each with a status, since no rule of a call is hard-coded.

Read from `resources/calls/*.json`, and from what a region sends (fieldkit.library). Rates are fractions of 1, amounts
euros, durations months.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

import resources
from fieldkit.errors import CallError
from fieldkit.provenance import Provenance

# The columns of appels.csv, the list that the application form reads, that are parameters under the same name; an empty
# cell switches the rule off.
_COLUMNS = (
    "rate",
    "grant_min",
    "grant_max",
    "project_min",
    "duration_months",
    "indirect_rate",
    "local_share_min",
    "advance_rate",
    "eligible_from",
)
LIST_FILE = "appels.csv"
LIST_HEAD = ("name", "label", "ouvert", *_COLUMNS, "leads", "sme")


class Status(StrEnum):
    """How a parameter is known; shown to the user beside it."""

    SEEN = "vu"
    REMEMBERED = "de mémoire"
    ASSUMED = "hypothèse"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: a number (Decimal), a date, a flag, or the codes of a list."""

    name: str
    value: Decimal | date | bool | tuple[str, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `demonstration` means that it has no public rule; `notes` are French sentences to show.

    `received`: what brought it, None for a call that ships.
    """

    call_id: str
    titles: Mapping[str, str]
    closed: bool
    demonstration: bool
    checked_on: date
    parameters: Mapping[str, Parameter]
    themes: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    received: Provenance | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether a new application can aim at it."""
        return not self.closed and not (self.received is not None and self.received.gone)

    def number(self, name: str) -> Decimal | None:
        """Return a parameter that is a number, None where the call does not set it."""
        parameter = self.parameters.get(name)
        return parameter.value if parameter and isinstance(parameter.value, Decimal) else None

    @property
    def deadline(self) -> date | None:
        """Return the last day to submit, None if unknown."""
        parameter = self.parameters.get("deadline")
        return parameter.value if parameter and isinstance(parameter.value, date) else None


@cache
def calls() -> tuple[Call, ...]:
    """Return every call that ships, the open ones first. What a region sent beside them: fieldkit.library."""
    return in_order(read_call(path.name, path.read_bytes()) for path in resources.path("calls").glob("*.json"))


def call(call_id: str) -> Call | None:
    """Return a call that ships by its id, None if there is none."""
    return next((known for known in calls() if known.call_id == call_id), None)


def in_order(some: Iterable[Call]) -> tuple[Call, ...]:
    """Return calls as they are listed: the open ones first."""
    return tuple(sorted(some, key=lambda call: (call.closed, call.call_id)))


def read_call(name: str, content: bytes) -> Call:
    """Read the bytes of a profile; CallError says what is wrong with it."""
    try:
        raw = json.loads(content, parse_float=Decimal, parse_int=Decimal)
        return _call(raw)
    except KeyError as error:
        raise CallError(name, f"no {error.args[0]}") from error
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CallError(name, str(error) or type(error).__name__) from error


def list_row(call: Call) -> dict[str, str]:
    """Return the row of a call in appels.csv, by column."""
    found = {name: _cell(call.parameters.get(name)) for name in _COLUMNS}
    leads, sme = (call.parameters.get(name) for name in ("eligible_leads", "sme_required"))
    return {
        "name": call.call_id,
        "label": call.titles["fr"],
        "ouvert": "1" if call.is_open else "0",
        **found,
        "leads": _cell(leads),
        "sme": "1" if sme is not None and sme.value is True else "0",
    }


def list_of(some: Iterable[Call]) -> bytes:
    """Return appels.csv with one row a call."""
    table = io.StringIO()
    writer = csv.DictWriter(table, LIST_HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(list_row(call) for call in some)
    return table.getvalue().encode()


def _cell(parameter: Parameter | None) -> str:
    if parameter is None:
        return ""
    value = parameter.value
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _call(raw: Mapping[str, object]) -> Call:
    parameters = raw["parameters"]
    titles = raw["title"]
    if not isinstance(parameters, dict) or not isinstance(titles, dict):
        raise TypeError("parameters and title of a call are objects")
    if not all(isinstance(title, str) for title in titles.values()) or not titles.get("fr"):
        raise TypeError("title of a call: texts by language, with fr")
    return Call(
        call_id=str(raw["id"]),
        titles=titles,
        closed=bool(raw["closed"]),
        demonstration=bool(raw["demonstration"]),
        checked_on=date.fromisoformat(str(raw["checked_on"])),
        parameters={name: Parameter(name, _value(p["value"]), Status(p["status"])) for name, p in parameters.items()},
        themes=_texts(raw["themes"]),
        notes=_texts(raw["notes"]),
        sources=_texts(raw["sources"]),
    )


def _value(raw: object) -> Decimal | date | bool | tuple[str, ...]:
    if isinstance(raw, bool | Decimal):
        return raw
    return _texts(raw) if isinstance(raw, list) else date.fromisoformat(str(raw))


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(str(text) for text in raw) if isinstance(raw, list) else ()
