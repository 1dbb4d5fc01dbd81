# SPDX-License-Identifier: EUPL-1.2
"""Answers as people read them on paper: labels instead of codes, dates and numbers in French typography."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fieldkit import typography
from fieldkit.typography import NBSP
from forms.views import NodeView

if TYPE_CHECKING:
    from forms import FormSession

UNANSWERED = "Sans réponse"
LONG_TEXT = 110  # characters; a longer answer takes the whole width


def read_answer(session: FormSession, node: NodeView, *, short: bool = False) -> str:
    """Return the answer in words, "" if there is none; what cannot be read is shown as it is stored.

    `short` writes dates for the narrow columns of a table.
    """
    if not node.value:
        return ""
    if node.control in {"select1", "select", "rank"}:
        return _chosen(session, node)
    if node.control == "trigger":
        return "Oui"
    return write_value(node.value, node.data_type, short=short)


def _chosen(session: FormSession, node: NodeView) -> str:
    labels = {choice.value: choice.label.value or choice.value for choice in session.choices(node.ref)}
    if node.control == "select1":
        return labels.get(node.value, node.value)
    chosen = [labels.get(value, value) for value in node.value.split()]
    if node.control == "rank":
        return ", ".join(f"{i}. {label}" for i, label in enumerate(chosen, 1))
    return " ; ".join(chosen)


def write_value(value: str, data_type: str, *, short: bool = False) -> str:
    """Write a lexical value of a data type."""
    try:
        return _written(value, data_type, short)
    except ValueError:
        return value


def _written(value: str, data_type: str, short: bool) -> str:
    match data_type:
        case "int" | "integer" | "decimal" | "double" | "float":
            return typography.number(_number(value), 6)
        case "date":
            day = date.fromisoformat(value[:10])
            return typography.numeric_date(day) if short else typography.long_date(day)
        case "dateTime":
            return typography.long_moment(datetime.fromisoformat(value))
        case "time":
            return value[:5]
        case "boolean":
            return {"true": "Oui", "1": "Oui", "false": "Non", "0": "Non"}.get(value, value)
        case "geopoint":
            return _point(value)
        case "geotrace" | "geoshape":
            return typography.plural(len([point for point in value.split(";") if point.strip()]), "point")
    return value


def _number(value: str) -> float | int:
    return int(value) if value.lstrip("+-").isdigit() else float(value)


def _point(value: str) -> str:
    """Write « 50,62341 N, 4,81234 E, précision 5 m »."""
    numbers = [float(part) for part in value.split()]
    latitude, longitude = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
    said = f"{typography.decimal(abs(latitude), 5)}{NBSP}{'N' if latitude >= 0 else 'S'}, "
    said += f"{typography.decimal(abs(longitude), 5)}{NBSP}{'E' if longitude >= 0 else 'O'}"
    if len(numbers) > 3 and numbers[3]:
        said += f", précision {typography.integer(numbers[3])}{NBSP}m"
    return said
