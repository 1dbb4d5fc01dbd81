# SPDX-License-Identifier: EUPL-1.2
"""Columns of large lists, kept outside Python objects: 50,000 texts are one text and one array of numbers.

A column of a small list is an ordinary list. A large one in which few texts come again and again (provinces, kinds) is
their list and an array of codes; any other one is all its texts joined, and an array of where each ends. A
`SortedIndex` is an array of rows in the order of their keys, searched by halves; with few keys (`GroupedIndex`) a
dictionary says where each begins and ends.

`to_plain` and `from_plain` turn columns and indexes into what `marshal` writes as a whole, arrays as their bytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, Final, TypeAlias

LARGE: Final = 4096
"""Rows from which a list is packed."""
_TIMES: Final = 8  # how often a text comes on average in a column of codes

Key: TypeAlias = "tuple[str | None, ...]"


class CodedColumn:
    """A column of few different texts; None where a row has none."""

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[str | None], codes: array[int]) -> None:
        self.values = values
        self.codes = codes

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)

    def __getitem__(self, row: int) -> str | None:
        """Read a row."""
        return self.values[self.codes[row]]

    def __iter__(self) -> Iterator[str | None]:
        """Yield all texts in order."""
        return map(self.values.__getitem__, self.codes)


class TextColumn:
    """A column of many different texts; `missing` are the rows that have none."""

    __slots__ = ("ends", "missing", "text")

    def __init__(self, text: str, ends: array[int], missing: frozenset[int]) -> None:
        self.text = text
        self.ends = ends  # 0, then the end of each row's text in `text`
        self.missing = missing

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.ends) - 1

    def __getitem__(self, row: int) -> str | None:
        """Read a row."""
        if row in self.missing:
            return None
        return self.text[self.ends[row] : self.ends[row + 1]]

    def __iter__(self) -> Iterator[str | None]:
        """Yield all texts in order."""
        if self.missing:
            return map(self.__getitem__, range(len(self)))
        text, ends = self.text, self.ends
        return (text[begin:end] for begin, end in zip(ends, islice(ends, 1, None), strict=False))


Column: TypeAlias = "list[str | None] | CodedColumn | TextColumn"


def pack(texts: list[str | None]) -> Column:
    """Keep a column in the smallest way; `texts` itself if it is short."""
    if len(texts) < LARGE:
        return texts
    if len(set(islice(texts, LARGE))) * 2 <= LARGE:
        codes: dict[str | None, int] = {}
        numbers = [codes.setdefault(text, len(codes)) for text in texts]
        if len(codes) * _TIMES <= len(texts):
            return CodedColumn(list(codes), array("H" if len(codes) <= 0xFFFF else "I", numbers))
    present = [text or "" for text in texts]
    missing = frozenset(row for row, text in enumerate(texts) if text is None) if None in texts else frozenset()
    return TextColumn("".join(present), array("I", accumulate(map(len, present), initial=0)), missing)


def take(column: Column, rows: Iterable[int]) -> list[str]:
    """List the texts of some rows, "" where there is none."""
    if isinstance(column, TextColumn) and not column.missing:
        text, ends = column.text, column.ends
        return [text[ends[row] : ends[row + 1]] for row in rows]
    if isinstance(column, CodedColumn):
        values, codes = column.values, column.codes
        return [values[codes[row]] or "" for row in rows]
    return [column[row] or "" for row in rows]


class SortedIndex:
    """The rows of a large list by the texts of some columns. Rows without one of them are in no entry."""

    __slots__ = ("_columns", "order")

    def __init__(self, columns: Sequence[Column], order: array[int]) -> None:
        self._columns = columns
        self.order = order

    def get(self, key: Key, default: Sequence[int]) -> Sequence[int]:
        """List the rows of a key in order, `default` if there are none."""
        begin = bisect_left(self.order, key, key=self._key)
        if begin == len(self.order) or self._key(self.order[begin]) != key:
            return default
        end = bisect_right(self.order, key, lo=begin, key=self._key)
        return self.order[begin:end]

    def _key(self, row: int) -> Key:
        return tuple([column[row] for column in self._columns])


class GroupedIndex:
    """The rows of a large list by the texts of some columns, few of which differ."""

    __slots__ = ("order", "places")

    def __init__(self, order: array[int], places: Mapping[Key, tuple[int, int]]) -> None:
        self.order = order
        self.places = places

    def get(self, key: Key, default: Sequence[int]) -> Sequence[int]:
        """List the rows of a key in order, `default` if there are none."""
        place = self.places.get(key)
        return self.order[place[0] : place[1]] if place is not None else default


Index: TypeAlias = "dict[Key, list[int]] | SortedIndex | GroupedIndex"


def index_of(columns: Sequence[Column]) -> Index:
    """Index rows by the texts of `columns`: a dictionary, or a smaller thing if they are many."""
    groups: dict[Key, list[int]] = {}
    size = 0
    for row, key in enumerate(zip(*columns, strict=True)):
        groups.setdefault(key, []).append(row)
        size = row
    if size + 1 < LARGE:
        return groups
    whole = sorted((key for key in groups if None not in key), key=_texts)
    order = array("I")
    places: dict[Key, tuple[int, int]] = {}
    for key in whole:
        begin = len(order)
        order.extend(groups[key])
        places[key] = (begin, len(order))
    return GroupedIndex(order, places) if len(places) * _TIMES <= len(order) else SortedIndex(columns, order)


def _texts(key: Key) -> tuple[str, ...]:
    return tuple(text or "" for text in key)


def to_plain(column: Column) -> tuple[Any, ...]:
    """Turn a column into plain data."""
    if isinstance(column, CodedColumn):
        return (tuple(column.values), column.codes.typecode, column.codes.tobytes())
    if isinstance(column, TextColumn):
        return (column.text, column.ends.tobytes(), tuple(column.missing), None)
    return (tuple(column),)


def from_plain(plain: tuple[Any, ...]) -> Column:
    """Turn plain data into the column that it was."""
    if len(plain) == 1:
        return list(plain[0])
    if len(plain) == 3:
        return CodedColumn(plain[0], numbers_of(plain[2], plain[1]))
    return TextColumn(plain[0], numbers_of(plain[1]), frozenset(plain[2]))


def plain_index(index: Index) -> tuple[Any, ...] | None:
    """Turn the index of a large list into plain data; None for one of a short list, which is made again."""
    if isinstance(index, dict):
        return None
    return index.order.tobytes(), dict(index.places) if isinstance(index, GroupedIndex) else None


def index_of_plain(plain: tuple[Any, ...], columns: Sequence[Column]) -> Index:
    """Turn plain data into the index of some columns that it was."""
    order, places = plain
    return SortedIndex(columns, numbers_of(order)) if places is None else GroupedIndex(numbers_of(order), places)


def numbers_of(data: bytes, typecode: str = "I") -> array[int]:
    """Read an array from its bytes."""
    found: array[int] = array(typecode)
    found.frombytes(data)
    return found


def rows_below(inner: Iterable[Sequence[int]], size: int) -> list[int]:
    """List, for each of `size` rows, its row some steps above; `inner` are these steps, the last first."""
    places = list(range(size))
    for above in inner:
        places = [above[place] for place in places]
    return places


def plain_columns(columns: Mapping[str, Column]) -> dict[str, tuple[Any, ...]]:
    """Turn named columns into plain data."""
    return {name: to_plain(column) for name, column in columns.items()}
