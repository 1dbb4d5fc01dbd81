# SPDX-License-Identifier: EUPL-1.2
"""Records as tables: one row a record and one column a ref, for spreadsheets, databases and territorial summaries.

pandas, openpyxl and sqlite-utils are imported when a table is made, never before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit import readable, territory
from fieldkit.errors import ExportError, TerritoryError
from fieldkit.instance import Instance, State
from fieldkit.territory import Level

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import pandas

    from fieldkit.store import Store

_NUMBERS = {"int", "decimal", "integer", "double", "float"}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# What comes before the answers, in this order.
ROW_COLUMNS = ("instance_id", "form_version", "state", "name", "commune_nis", "commune", "created", "finalized", "sent")


@dataclass(frozen=True, slots=True)
class FormShape:
    """What a table must know of a form: refs (without positions) of its repeats, its numbers and what it computes."""

    repeats: frozenset[str]
    numbers: frozenset[str]
    computed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """An instance with its answers by ref; an entry of a repeat has its position (`/data/lignes[2]/montant`)."""

    instance: Instance
    values: Mapping[str, str]


def read_shape(xform_xml: bytes) -> FormShape:
    """Read the shape of a form from its XForm XML."""
    from defusedxml.ElementTree import fromstring

    root = fromstring(xform_xml)
    repeats = {str(one.get("nodeset")) for one in root.iter() if _name(one) == "repeat"}
    binds = [one for one in root.iter() if _name(one) == "bind"]
    numbers = {str(one.get("nodeset")) for one in binds if str(one.get("type")).split(":")[-1] in _NUMBERS}
    computed = {str(one.get("nodeset")) for one in binds if one.get("calculate")}
    return FormShape(frozenset(repeats), frozenset(numbers), frozenset(computed))


def read_values(instance_xml: bytes, repeats: Collection[str] = ()) -> dict[str, str]:
    """Return the leaves of an instance by ref, in document order; unanswered ones are ""."""
    from defusedxml.ElementTree import fromstring

    root = fromstring(instance_xml)
    return dict(_leaves(root, f"/{_name(root)}", f"/{_name(root)}", frozenset(repeats)))


def read_records(store: Store, form_id: str, states: Collection[State] = (), *, received: bool = False) -> list[Record]:
    """Return the records of a form, the oldest first: frozen bytes where there are, else the draft.

    With `received` also those of others that the region gave: each once, the workspace's own before the region's.
    """
    own = reversed(store.instances.search(states=states, form_id=form_id, limit=-1))
    found = [(instance, readable.xml_of(store, instance)) for instance in own]
    if received:
        found += [(one.as_instance(), store.received.xml(one)) for one in store.received.of_others(form_id)]
        found.sort(key=lambda one: one[0].created_at)
    shapes: dict[str, FormShape] = {}
    records = []
    for instance, xml in found:
        version = instance.form_version
        if version not in shapes:
            shapes[version] = read_shape(store.blank_forms.xml(form_id, version))
        records.append(Record(instance, read_values(xml, shapes[version].repeats)))
    return records


def records_frame(records: Sequence[Record], shape: FormShape | None = None) -> pandas.DataFrame:
    """Return one row a record: ROW_COLUMNS, then each ref that some record has, in the order of the form.

    Columns of numbers hold numbers, NaN where there is no answer; others hold text. What the form computes is declared
    as text by XLSForm: it is taken for numbers if all of it are decimals and some have a point (a code never has).
    """
    import pandas

    refs = _ordered_refs(records)
    rows = [[*_row_values(record.instance), *(record.values.get(ref, "") for ref in refs)] for record in records]
    frame = pandas.DataFrame(rows, columns=[*ROW_COLUMNS, *refs], dtype=str)
    for ref in refs:
        plain = without_positions(ref)
        if shape and (plain in shape.numbers or (plain in shape.computed and _are_decimals(frame[ref]))):
            frame[ref] = pandas.to_numeric(frame[ref], errors="coerce")
    return frame


def write_csv(frame: pandas.DataFrame, path: Path) -> None:
    """Write a CSV that a spreadsheet in French opens by a double click: `;`, decimal comma, UTF-8 with its mark.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. ExportError if it cannot be kept.
    """
    _write(path, lambda part: _guarded(frame).to_csv(part, sep=";", decimal=",", index=False, encoding="utf-8-sig"))


def write_xlsx(frame: pandas.DataFrame, path: Path) -> None:
    """Write an Excel workbook with one sheet; texts stay texts. ExportError if it cannot be kept."""
    _write(path, lambda part: _guarded(frame).to_excel(part, index=False, sheet_name="records", engine="openpyxl"))


def write_database(records: Sequence[Record], path: Path) -> None:
    """Write a SQLite file: a table `records`, and for each repeat a table of its entries that points to the record."""
    from fieldkit.store.export import write_tables

    _write(path, lambda part: write_tables(_tables_of(records), part))


def summarize(frame: pandas.DataFrame, refs: Sequence[str], level: Level | str = Level.GAL) -> pandas.DataFrame:
    """Return, for each territory of `level` and each ref: count, mean, minimum, maximum and gap of the records in it.

    The mean is weighted by population (1 January 2026); several records of one commune share its weight. Records
    without a commune, and communes outside every territory of the level, are left out. Columns: code, name, ref,
    count, mean, minimum, maximum, gap.
    """
    import pandas

    level = Level(level)
    columns = ["code", "name", "ref", "count", "mean", "minimum", "maximum", "gap"]
    places = frame["commune_nis"].map(lambda nis: _place_of(nis, level))
    long = frame.assign(place=places).loc[places.notna()]
    long = long.melt(id_vars=["place", "commune_nis"], value_vars=list(refs), var_name="ref").dropna(subset="value")
    if long.empty:
        return pandas.DataFrame(columns=columns)
    sharing = long.groupby(["ref", "commune_nis"])["value"].transform("size")
    long["weight"] = long["commune_nis"].map(lambda nis: territory.commune(nis).population_2026) / sharing
    long["product"] = long["value"] * long["weight"]
    groups = long.groupby(["place", "ref"], sort=True)
    table = groups.agg(
        count=("value", "size"),
        total=("product", "sum"),
        weight=("weight", "sum"),
        minimum=("value", "min"),
        maximum=("value", "max"),
    ).reset_index()
    table["mean"] = table["total"] / table["weight"]
    table["gap"] = table["maximum"] - table["minimum"]
    table["code"] = table["place"]
    table["name"] = table["place"].map(lambda code: territory.place(level, code).name)
    return table[columns]


def without_positions(ref: str) -> str:
    """Return the ref of the question itself: "/data/lignes[2]/montant" gives "/data/lignes/montant"."""
    return "".join(part.split("]")[-1] for part in ref.split("["))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _leaves(element: Element, ref: str, plain: str, repeats: frozenset[str]) -> Iterator[tuple[str, str]]:
    if not len(element):
        yield ref, (element.text or "").strip()
    positions: dict[str, int] = {}
    for child in element:
        child_plain = f"{plain}/{_name(child)}"
        child_ref = f"{ref}/{_name(child)}"
        if child_plain in repeats:
            positions[child_plain] = positions.get(child_plain, 0) + 1
            child_ref += f"[{positions[child_plain]}]"
        yield from _leaves(child, child_ref, child_plain, repeats)


def _ordered_refs(records: Sequence[Record]) -> list[str]:
    """Return the union of the refs; one that few records have comes after its neighbour in them, not at the end."""
    order: list[str] = []
    known: set[str] = set()
    for record in records:
        place = 0
        for ref in record.values:
            if ref in known:
                place = order.index(ref) + 1
            else:
                order.insert(place, ref)
                known.add(ref)
                place += 1
    return order


def _row_values(instance: Instance) -> list[str]:
    times = (instance.created_at, instance.finalized_at, instance.submitted_at)
    return [
        instance.instance_id,
        instance.form_version,
        str(instance.state),
        instance.name,
        instance.commune_nis,
        territory.commune_name(instance.commune_nis),
        *(at.isoformat(timespec="seconds") if at else "" for at in times),
    ]


def _place_of(nis: str, level: Level) -> str | None:
    """Return the code of the territory of that level that holds the commune, None if there is none."""
    try:
        places = [territory.place(Level.COMMUNE, nis), *territory.parents(nis)]
    except TerritoryError:
        return None
    return next((one.code for one in places if one.level is level), None)


def _guarded(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Put an apostrophe before texts that begin like a formula (a number may begin with its sign)."""

    def guard(value: object) -> object:
        if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) and not _is_number(value):
            return f"'{value}"
        return value

    return frame.map(guard)


def _are_decimals(values: Iterable[str]) -> bool:
    given = [value for value in values if value]
    return any("." in value for value in given) and all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in given)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _tables_of(records: Sequence[Record]) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {"records": []}
    for record in records:
        row: dict[str, object] = dict(zip(ROW_COLUMNS, _row_values(record.instance), strict=True))
        entries: dict[str, dict[str, object]] = {}
        for ref, value in record.values.items():
            entry_ref, bracket, rest = ref.rpartition("]")
            if not bracket:
                row[ref] = value
                continue
            entry = entries.setdefault(
                entry_ref + bracket, {"instance_id": record.instance.instance_id, "entry": entry_ref + bracket}
            )
            entry[rest.lstrip("/") or "value"] = value
        tables["records"].append(row)
        for entry_ref, entry in entries.items():
            tables.setdefault(without_positions(entry_ref), []).append(entry)
    return tables


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside, then rename: an older export is replaced whole or stays."""
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        raise ExportError(path, error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
