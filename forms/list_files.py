# SPDX-License-Identifier: EUPL-1.2
"""Lists in CSV and GeoJSON files, read into columns (XForms "Secondary Instances", external)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from forms.columns import Column, pack
from forms.datatypes import FORBIDDEN
from forms.errors import AttachmentError

MAX_CELLS: Final = 20_000_000
"""Rows times columns: a short file can declare many of both."""

MAX_FIELD: Final = 16 * 1024 * 1024
_DELIMITERS: Final = ",;\t"
_QUOTED: Final = re.compile(r'"[^"]*"')
csv.field_size_limit(MAX_FIELD)  # the border of a municipality is longer than the 128 kB that csv takes by itself


class ListFile:
    """A list from a CSV or GeoJSON file: columns of equal length, seen as root/item/column."""

    def __init__(self, columns: Mapping[str, list[str | None]], size: int, odd: Sequence[str] = ()) -> None:
        """Keep the columns; `odd` tells, in clauses for authors, what may not be meant."""
        self.columns: dict[str, Column] = {name: pack(texts) for name, texts in columns.items()}
        self.size = size
        self.odd = tuple(odd)


def read_csv(data: bytes, name: str) -> ListFile:
    """Read CSV: UTF-8, a header row, separated by the first of comma, semicolon, tab that the header has."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AttachmentError(name, "not UTF-8") from error
    text = _holdable(text)
    header, _, _ = text.partition("\n")
    bare = _QUOTED.sub("", header)
    delimiter = next((mark for mark in _DELIMITERS if mark in bare), ",")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise AttachmentError(name, str(error)) from error
    if not rows:
        return ListFile({}, 0, ["the file is empty"])
    names = [column.strip() for column in rows[0]]
    width = len(names)
    _refuse_cells(width * len(rows), name)
    body = [row if len(row) == width else (row + [""] * width)[:width] for row in rows[1:]]
    columns: dict[str, list[str | None]] = {}
    for column, texts in zip(names, zip(*body, strict=True) if body else [()] * width, strict=True):
        columns.setdefault(column, list(texts))
    translated = next((column for column in columns if column.startswith("label::")), "")
    if translated:  # as in itemsets.csv of a form of several languages
        columns.setdefault("label", columns[translated])
    odd = [
        f"{count} columns are called {column}: the first counts"
        for column, count in Counter(names).items()
        if count > 1
    ]
    if text.count('"') % 2:
        odd.append("a quotation mark is never closed: what follows it is one cell")
    return ListFile(columns, len(body), odd)


def _refuse_cells(count: int, name: str) -> None:
    if count > MAX_CELLS:
        raise AttachmentError(name, f"rows times columns are more than {MAX_CELLS}")


def read_geojson(data: bytes, name: str) -> ListFile:
    """Read a FeatureCollection: properties, `id` and the geometry in ODK's notation."""
    try:
        features = json.loads(data)["features"]
        items = [_feature(feature) for feature in features]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise AttachmentError(name, f"not a GeoJSON FeatureCollection: {error}") from error
    names = {key: None for item in items for key in item}
    _refuse_cells(len(names) * len(items), name)
    return ListFile({key: [item.get(key) for item in items] for key in names}, len(items))


def _feature(feature: Mapping[str, Any]) -> dict[str, str | None]:
    properties = feature.get("properties") or {}
    item: dict[str, str | None] = {key: _primitive(value) for key, value in properties.items() if value is not None}
    if feature.get("id") is not None:
        item["id"] = _primitive(feature["id"])
    geometry = feature.get("geometry")
    if geometry:
        points = geometry["coordinates"]
        if geometry["type"] == "Point":
            points = [points]
        elif geometry["type"] == "Polygon":
            points = points[0]
        elif geometry["type"] != "LineString":
            raise ValueError(f"geometry {geometry['type']}")
        item["geometry"] = "; ".join(f"{point[1]} {point[0]} 0 0" for point in points)
    return item


def _primitive(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _holdable(str(value))


def _holdable(text: str) -> str:
    """Replace what XML cannot hold (XML 1.0 §2.2): it could be chosen, but never be sent."""
    return FORBIDDEN.sub("\ufffd", text)
