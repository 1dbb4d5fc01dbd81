# SPDX-License-Identifier: EUPL-1.2
"""Secondary instances: lists inside the form or in files, as tables with indexes (XForms "Secondary Instances").

A `Table` is the list of elements at one path (`root/item`); its columns are texts of leaves. `where` answers a
conjunction of equalities from an index on exactly these columns, built at its first use.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from forms.columns import (
    LARGE,
    Column,
    Index,
    from_plain,
    index_of,
    index_of_plain,
    numbers_of,
    pack,
    plain_columns,
    plain_index,
    rows_below,
)
from forms.definition import SecondarySource
from forms.document import Element, local_name, read_document
from forms.errors import AttachmentError, FormFileError, StructureError
from forms.list_files import MAX_CELLS, ListFile, read_csv, read_geojson
from forms.lists import TableKey

Attachments = Callable[[str], bytes]
_KEPT_ANSWERS: Final = 256  # of one table
LAST_SAVED: Final = "jr://instance/last-saved"


class Table:
    """Rows of one path of a secondary instance."""

    def __init__(
        self, size: int, columns: Callable[[str], Column], lineage: Sequence[Sequence[int]] = (), *, names: Names = None
    ) -> None:
        self.all = range(size)
        self._lineage = lineage  # for each step of the path after the first: the row of the step before
        self._read = columns
        self._names = names
        self._columns: dict[str, Column] = {}
        self._indexes: dict[tuple[str, ...], Index] = {}
        self._found: dict[tuple[tuple[str, ...], tuple[str, ...]], Sequence[int]] = {}

    def column(self, name: str) -> Column:
        """List the texts of one column by row; None where a row has no such leaf."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._read(name)
        return found

    def text(self, row: int, name: str) -> str:
        """Read one leaf, "" if there is none."""
        return self.column(name)[row] or ""

    def texts(self, rows: Sequence[int], name: str) -> list[str]:
        """List the texts of one column for some rows; rows without it are left out."""
        column = self.column(name)
        return [text for row in rows if (text := column[row]) is not None]

    def where(self, names: tuple[str, ...], values: tuple[str, ...]) -> Sequence[int]:
        """List the rows whose columns `names` hold exactly `values`, in order.

        What was asked lately is the same object again.
        """
        key = (names, values)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _KEPT_ANSWERS:
                self._found.clear()
            found = self._found[key] = self.index(names).get(values, ())
        return found

    def index(self, names: tuple[str, ...]) -> Index:
        """Index the rows by some columns; made at its first use."""
        found = self._indexes.get(names)
        if found is None:
            found = self._indexes[names] = index_of([self.column(name) for name in names])
        return found

    def below(self, outer: Table, rows: Sequence[int]) -> list[int]:
        """List the rows that are inside `rows` of the table of a shorter path."""
        kept = set(rows)
        places = rows_below(reversed(self._lineage[len(outer._lineage) :]), len(self.all))
        return [row for row, place in enumerate(places) if place in kept]

    def above(self, row: int) -> int:
        """Tell the row of the table of the path one step shorter that a row is in."""
        return self._lineage[-1][row] if self._lineage else 0

    def settle(self, wanted: Iterable[str], *, every: bool = False) -> None:
        """Read all columns that may ever be asked for, and let go of what they are read from.

        These are `wanted`, what the source has ready, and with `every` all leaves; any other one is blank afterwards.
        """
        names = dict.fromkeys(wanted)
        if self._names is not None:
            names.update(dict.fromkeys(self._names(every)))
        size = len(self.all)
        for name in names:
            self.column(name)
        self._read, self._names = lambda _: [None] * size, None

    def to_plain(self) -> tuple[Any, ...]:
        """Turn a settled table into plain data, its sorted indexes included."""
        indexes = {
            names: plain for names, index in self._indexes.items() if (plain := plain_index(index)) is not None
        }
        lineage = tuple(array("I", rows).tobytes() for rows in self._lineage)
        return len(self.all), plain_columns(self._columns), lineage, indexes


Names = Callable[[bool], Iterable[str]] | None
"""Tells which columns a table has ready; called with True: all that its rows have, however long that takes."""


def table_of_plain(plain: tuple[Any, ...]) -> Table:
    """Make the table that `to_plain` wrote; columns are unpacked when they are asked for."""
    size, columns, lineage, indexes = plain

    def read(name: str) -> Column:
        packed = columns.pop(name, None)
        return [None] * size if packed is None else from_plain(packed)

    table = Table(size, read, [numbers_of(rows) for rows in lineage], names=lambda _: list(columns))
    for names, index in indexes.items():
        table._indexes[names] = index_of_plain(index, [table.column(name) for name in names])
    return table


def table_of_elements(root: Element, path: Sequence[str]) -> Table:
    """Make the table of the elements at `path` (whose first name is the root's own)."""
    rows: list[Element] = [root] if not path or path[0] in {local_name(root.tag), "*"} else []
    lineage: list[list[int]] = []
    for name in path[1:]:
        pairs = [
            (child, place)
            for place, row in enumerate(rows)
            for child in row
            if name == "*" or local_name(child.tag) == name
        ]
        rows = [child for child, _ in pairs]
        lineage.append([place for _, place in pairs])

    def read(column: str) -> Column:
        if column == ".":
            return pack([row.text or ("".join(row.itertext()) if len(row) else "") for row in rows])
        if column.startswith("@"):
            return pack([row.get(column[1:]) for row in rows])
        return pack(_leaves(rows, column.split("/")))

    def names(every: bool) -> Iterable[str]:
        found = {local_name(child.tag) for row in rows for child in row} if every else set()
        if len(found) * len(rows) > MAX_CELLS:
            raise StructureError(f"a list of {len(rows)} rows and {len(found)} columns")
        return found

    return Table(len(rows), read, [array("I", places) for places in lineage], names=names)


def _leaves(rows: Sequence[Element], names: Sequence[str]) -> list[str | None]:
    if rows and len(names) == 1:
        for child in rows[0]:
            if local_name(child.tag) == names[0]:
                tag = child.tag
                return [row.findtext(tag) for row in rows]
    found: list[str | None] = []
    for row in rows:
        element: Element | None = row
        for name in names:
            children = element if element is not None else ()
            element = next((child for child in children if local_name(child.tag) == name), None)
        found.append(None if element is None else element.text or "")
    return found


def table_of_file(file: ListFile, path: Sequence[str]) -> Table:
    """Make the table of `root/item`, or of one column of it."""
    if len(path) == 2 and path[0] == "root" and path[1] in {"item", "*"}:
        return Table(file.size, lambda name: file.columns.get(name) or [None] * file.size, names=lambda _: file.columns)
    if len(path) == 3 and tuple(path[:2]) == ("root", "item"):
        texts: list[str | None] = [text for text in file.columns.get(path[2], []) if text is not None]
        return Table(len(texts), lambda _: texts)
    return Table(1 if tuple(path) == ("root",) else 0, lambda _: [""])


class SecondaryInstances:
    """The lists of one form. Files are read at their first use, but asked for when the form is loaded."""

    def __init__(
        self,
        sources: Mapping[str, SecondarySource],
        attachments: Attachments | None,
        tables: Mapping[TableKey, Table] | None = None,
    ) -> None:
        """Ask for the files of `sources`; or take the `tables` that were made of them before."""
        self.sources = sources
        self.tables: dict[TableKey, Table] = dict(tables or {})
        self._files: dict[str, ListFile | Element | None] = {}
        self._data: dict[str, bytes] = {}
        for source in sources.values() if tables is None else ():
            name = file_name(source.src)
            if name and not is_last_saved(source):
                self._data[source.name] = fetch(name, attachments)

    def table(self, key: TableKey) -> Table:
        """Give the table at a path of an instance."""
        found = self.tables.get(key)
        if found is None:
            content = self._content(self.sources[key.instance])
            if content is None:
                found = Table(0, lambda _: [])
            elif isinstance(content, ListFile):
                found = table_of_file(content, key.path)
            else:
                found = table_of_elements(content, key.path)
            self.tables[key] = found
        return found

    def _content(self, source: SecondarySource) -> ListFile | Element | None:
        if source.element is not None:
            return source.element
        if source.name not in self._files:
            data = self._data.pop(source.name, None)
            self._files[source.name] = None if data is None else self._read(source, data)
        return self._files[source.name]

    def _read(self, source: SecondarySource, data: bytes) -> ListFile | Element:
        name = file_name(source.src)
        if source.src.startswith("jr://file-csv/") or name.lower().endswith(".csv"):
            return read_csv(data, name)
        if name.lower().endswith(".geojson"):
            return read_geojson(data, name)
        try:
            return read_document(data, name=name).root
        except FormFileError as error:
            raise AttachmentError(name, error.cause) from error

    def check(self) -> list[str]:
        """Read every file now, so that a broken one is refused when the form is loaded; tell what is odd in them."""
        odd: list[str] = []
        for source in self.sources.values():
            content = self._content(source)
            if isinstance(content, ListFile):
                odd += [f"{file_name(source.src)}: {what}" for what in content.odd]
            elif content is None and source.src and not is_last_saved(source):
                odd.append(f"the address {source.src} of the list {source.name} names no file: it is empty")
        return odd

    def misses(self, key: TableKey, names: Iterable[str]) -> list[str]:
        """Tell what choices out of a file miss: rows altogether, or the columns of their values and labels."""
        source, table = self.sources[key.instance], self.table(key)
        if not file_name(source.src):
            return []
        if not table.all:
            return [f"{file_name(source.src)}: there is no choice in it"]
        missing = [name for name in names if name and all(text is None for text in table.column(name))]
        return [f"{file_name(source.src)}: there is no column {name} in it" for name in missing]

    def settle(self, uses: Mapping[TableKey, Iterable[str]], pulled: Iterable[TableKey], *, least: int = LARGE) -> None:
        """Read what expressions ever ask of lists of `least` rows or more, and let go of their elements.

        `uses` are the columns asked for by name; of the tables `pulled` the names may be computed.
        """
        every = set(pulled)
        for key, table in self.tables.items():
            if len(table.all) >= least:
                table.settle(uses.get(key, ()), every=key in every)
        for name, source in self.sources.items():
            mine = [table for key, table in self.tables.items() if key.instance == name]
            if mine and all(len(table.all) >= least for table in mine):
                self._files[name] = None
                if source.element is not None:
                    source.element.clear()
                source.element = None


    def index(self, lookups: Mapping[TableKey, Iterable[tuple[str, ...]]]) -> None:
        """Index tables by the columns by which expressions look rows up: else the first list would wait for it."""
        for key, names in lookups.items():
            for columns in names:
                if key in self.tables:
                    self.tables[key].index(columns)


def is_last_saved(source: SecondarySource) -> bool:
    """Whether a secondary instance is the record saved before: the session has it, not the form."""
    return source.src.startswith(LAST_SAVED)


class SavedRecord:
    """The record saved before, as tables; blank if there is none (XForms "Secondary Instances", last-saved)."""

    def __init__(self, data: bytes | None) -> None:
        """Read the record. Raises FormFileError if it is not XML."""
        self._root = None if data is None else read_document(data).root
        self._tables: dict[tuple[str, ...], Table] = {}

    def table(self, path: tuple[str, ...]) -> Table:
        """Give the table at a path of the record."""
        found = self._tables.get(path)
        if found is None:
            root = self._root
            found = Table(0, lambda _: []) if root is None else table_of_elements(root, path)
            self._tables[path] = found
        return found


def file_name(src: str) -> str:
    """Name the file of a `jr://file-csv/communes.csv`."""
    return src.rpartition("/")[2]


def fetch(name: str, attachments: Attachments | None) -> bytes:
    """Ask for a file. Raises AttachmentError."""
    if attachments is None:
        raise AttachmentError(name, "no attachments were given")
    try:
        return attachments(name)
    except FileNotFoundError as error:
        raise AttachmentError(name, "missing") from error
    except OSError as error:
        raise AttachmentError(name, error.strerror or str(error)) from error
