# SPDX-License-Identifier: EUPL-1.2
"""Calls for projects: their parameters, each with a status, since no rule of a call is hard-coded.

Read from `resources/calls/*.json`. Rates are fractions of 1, amounts euros, durations months.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

import resources


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
    """One call. `demonstration` means that it has no public rule; `notes` are French sentences to show."""

    call_id: str
    titles: Mapping[str, str]
    closed: bool
    demonstration: bool
    checked_on: date
    parameters: Mapping[str, Parameter]
    themes: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]

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
    """Return every shipped call, the open ones first."""
    paths = sorted(resources.path("calls").glob("*.json"))
    loaded = [_call(json.loads(path.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)) for path in paths]
    return tuple(sorted(loaded, key=lambda call: (call.closed, call.call_id)))


def call(call_id: str) -> Call | None:
    """Return a call by its id, None if it does not ship."""
    return next((known for known in calls() if known.call_id == call_id), None)


def _call(raw: Mapping[str, object]) -> Call:
    parameters = raw["parameters"]
    titles = raw["title"]
    if not isinstance(parameters, dict) or not isinstance(titles, dict):
        raise TypeError("parameters and title of a call are objects")
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
