# SPDX-License-Identifier: EUPL-1.2
"""The web of a definition as flat tables: one for each class, a column for each field, numbers for references.

`Writer` gives every object a number in the table of its class (0 is None) and writes the tables; `read_objects` makes
all objects of a class at once and fills them a column at a time, without a step of Python for each value. Fields that
`_SHAPES` does not name are plain data.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from forms.dag import Rule
from forms.definition import (
    Action,
    Bind,
    Body,
    Dependency,
    Expression,
    Item,
    Itemset,
    Node,
    Readers,
    Scope,
    TextSource,
)
from forms.document import Element
from forms.lists import TableKey
from forms.text import inline_parts
from forms.views import NodeKind

Columns = Mapping[str, tuple[int, tuple[Any, ...]]]
"""By the name of a class: how many objects, and the columns of its fields."""

_KINDS: Final = {str(kind): kind for kind in NodeKind}

# How a field is written. Fields that are not named here are plain data.
_REF, _LIST, _TUPLE, _DICT, _PAIRS = range(1, 6)
_SHAPES: Final[Mapping[type, Mapping[str, int]]] = {
    Scope: {"node": _REF, "parent": _REF, "nodes": _LIST, "kids": _LIST, "body": _REF}
    | {"structure": _REF, "moved": _REF, "added": _LIST},
    Node: {"parent": _REF, "scope": _REF, "children": _LIST, "by_name": _DICT, "bind": _REF, "body": _REF}
    | {"below": _LIST, "calculate": _REF, "relevant": _REF, "required": _REF, "readonly": _REF, "constraint": _REF}
    | {"inherits_readonly": _TUPLE, "readers": _REF, "presence": _REF, "triggers": _TUPLE},
    Bind: {},
    Readers: {"checks": _PAIRS, "watchers": _PAIRS, "counts": _PAIRS},
    Expression: {"dependencies": _TUPLE},
    Dependency: {"node": _REF, "join": _REF},
    Rule: {"node": _REF, "expression": _REF},
    Body: {"node": _REF, "scope": _REF, "parent": _REF, "label": _REF, "hint": _REF, "children": _LIST, "items": _LIST}
    | {"itemset": _REF, "constraint_message": _REF, "required_message": _REF, "count": _REF, "repeats": _TUPLE},
    TextSource: {"computed": _REF, "outputs": _DICT},
    Item: {"label": _REF},
    Itemset: {"rows": _REF, "row_value": _REF, "row_label": _REF, "outputs": _DICT},
    Action: {"target": _REF, "origin": _REF, "expression": _REF},
}
_FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(name for name in kind.__dataclass_fields__ if name != "run")  # type: ignore[attr-defined]  # dataclasses
    for kind in _SHAPES
}
_GETTERS: Final = {kind: attrgetter(*names) for kind, names in _FIELDS.items()}
_CLASSES: Final = {kind.__name__: kind for kind in _SHAPES}
_CLASS_OF: Final[Mapping[tuple[type, str], type]] = {
    (Scope, "structure"): Readers,
    (Scope, "moved"): Readers,
    (Node, "readers"): Readers,
    (Node, "presence"): Readers,
    (Node, "bind"): Bind,
    (Node, "triggers"): Action,
    (Readers, "counts"): Scope,
    (Readers, "watchers"): Body,
    (Expression, "dependencies"): Dependency,
    (Body, "items"): Item,
    (Body, "itemset"): Itemset,
}
_CLASS_BY_NAME: Final[Mapping[str, type]] = (
    dict.fromkeys(["node", "nodes", "children", "by_name", "added", "inherits_readonly", "checks", "target"], Node)
    | dict.fromkeys(["origin"], Node)
    | dict.fromkeys(["scope", "kids", "below", "join"], Scope)
    | dict.fromkeys(["body", "repeats"], Body)
    | dict.fromkeys(["calculate", "relevant", "required", "readonly", "constraint", "expression"], Expression)
    | dict.fromkeys(["computed", "outputs", "rows", "row_value", "row_label", "count"], Expression)
    | dict.fromkeys(["label", "hint", "constraint_message", "required_message"], TextSource)
)


def _class_of(kind: type, name: str) -> type:
    """Tell the class that a field refers to."""
    if name == "parent" or (kind is Body and name == "children"):
        return kind
    return _CLASS_OF.get((kind, name)) or _CLASS_BY_NAME[name]


class Writer:
    """Gives every object a number in the table of its class, and writes the tables."""

    def __init__(self, tables: Sequence[object], templates: Mapping[int, int], elements: Mapping[int, int]) -> None:
        self._numbers: dict[int, int] = {}
        self.objects: dict[type, list[Any]] = {kind: [] for kind in _SHAPES}
        self._rows: dict[type, list[tuple[Any, ...]]] = {kind: [] for kind in _SHAPES}
        self._tables = {id(table): number for number, table in enumerate(tables)}
        self._templates = templates
        self._elements = elements
        self._writers = {
            kind: [(place, write) for place, name in enumerate(names) if (write := self._write_of(kind, name))]
            for kind, names in _FIELDS.items()
        }

    def number(self, found: Any) -> int:
        """Give the number of an object, 0 for None."""
        if found is None:
            return 0
        number = self._numbers.get(id(found))
        if number is None:
            known = self.objects[type(found)]
            known.append(found)
            number = self._numbers[id(found)] = len(known)
        return number

    def numbers(self, found: Iterable[Any]) -> tuple[int, ...]:
        """Give the numbers of some objects."""
        return tuple(map(self.number, found))

    def write(self) -> dict[str, tuple[Any, ...]]:
        """Write all objects that were numbered, and those that they refer to, as columns by class."""
        grown = True
        while grown:
            grown = False
            for kind, objects in self.objects.items():
                rows = self._rows[kind]
                for found in islice(objects, len(rows), None):
                    rows.append(self._row(kind, found))
                    grown = True
        return {
            kind.__name__: (len(rows), tuple(map(_column, zip(*rows, strict=True))))
            for kind, rows in self._rows.items()
        }

    def _row(self, kind: type, found: Any) -> tuple[Any, ...]:
        row = list(_GETTERS[kind](found))
        for place, write in self._writers[kind]:
            row[place] = write(row[place], found)
        return tuple(row)

    def _write_of(self, kind: type, name: str) -> Callable[[Any, Any], Any] | None:
        """Choose how a field is written; None for plain data."""
        shape = _SHAPES[kind].get(name, 0)
        if shape:
            return {
                _REF: lambda value, _: self.number(value),
                _LIST: lambda value, _: self.numbers(value) if value else (),
                _TUPLE: lambda value, _: self.numbers(value) if value else (),
                _DICT: lambda value, _: {key: self.number(one) for key, one in value.items()},
                _PAIRS: lambda value, _: [(self.number(one), reach) for one, reach in value],
            }[shape]
        special: dict[tuple[type, str], Callable[[Any, Any], Any]] = {
            (Scope, "template"): lambda value, _: self._elements.get(id(value)),
            (Expression, "template"): lambda value, _: self._templates[value],
            (Expression, "constants"): lambda value, _: _without_tables(value),
            (Itemset, "table"): lambda value, _: None if value is None else self._tables[id(value)],
            (TextSource, "element"): lambda _, __: None,  # its parts say the same
            (TextSource, "parts"): lambda value, owner: value if owner.element is None else inline_parts(owner),
            (Body, "kind"): lambda value, _: str(value),
            (Body, "parameters"): lambda value, _: dict(value),
        }
        return special.get((kind, name))


def _without_tables(constants: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([None if isinstance(one, TableKey) else one for one in constants])


def _column(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write a column; one that says the same everywhere only once."""
    first = values[0]
    same = first is None or type(first) in {str, int, bool} or first == ()
    if same and values.count(first) == len(values):
        return (first,)
    return (list(values), None)


class Numbering(dict[int, int]):
    """Numbers the templates in the order in which they are met."""

    def __init__(self, kept: dict[int, int]) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, template: int) -> int:
        """Give the next number to a template that was not met before."""
        return self._kept.setdefault(template, len(self._kept))


def flat_elements(root: Element) -> list[tuple[Any, ...]]:
    """Write elements in document order: tag, attributes, text, number of children."""
    return [(one.tag, dict(one.attrib) or None, one.text, len(one)) for one in root.iter()]


def made_elements(rows: Sequence[tuple[Any, ...]]) -> list[Element]:
    """Make the elements that `flat_elements` wrote, in the same order."""
    made: list[Element] = []
    open_: list[tuple[Element, int]] = []  # with the number of children that are still to come
    for tag, attributes, text, size in rows:
        element = Element(tag, attributes or {})
        element.text = text
        made.append(element)
        while open_ and not open_[-1][1]:
            open_.pop()
        if open_:
            around, left = open_[-1]
            around.append(element)
            open_[-1] = (around, left - 1)
        open_.append((element, size))
    return made


def read_objects(tables: Columns) -> dict[type, list[Any]]:
    """Make the objects of all classes; the first of each list is None."""
    pools: dict[type, list[Any]] = {
        _CLASSES[name]: [None, *[_new(_CLASSES[name]) for _ in range(size)]] for name, (size, _) in tables.items()
    }
    for name, (size, columns) in tables.items():
        if size:
            _fill(_CLASSES[name], columns, pools)
    return pools


def _new(kind: type) -> Any:
    return object.__new__(kind)


def _fill(kind: type, columns: Sequence[tuple[Any, ...]], pools: Mapping[type, list[Any]]) -> None:
    """Fill the objects of one class, a field at a time."""
    objects = pools[kind][1:]
    shapes = _SHAPES[kind]
    for name, column in zip(_FIELDS[kind], columns, strict=True):
        values: Iterable[Any] = [column[0]] * len(objects) if len(column) == 1 else column[0]
        shape = shapes.get(name, 0)
        if shape:
            values = _READERS[shape](values, pools[_class_of(kind, name)].__getitem__)
        elif name == "kind" and kind is Body:
            values = map(_KINDS.__getitem__, values)
        setter: Callable[[Any, Any], None] = getattr(kind, name).__set__
        deque(map(setter, objects, values), maxlen=0)


_READERS: Final[Mapping[int, Callable[[Iterable[Any], Callable[[int], Any]], Iterable[Any]]]] = {
    _REF: lambda values, get: map(get, values),
    _LIST: lambda values, get: [list(map(get, one)) if one else [] for one in values],
    _TUPLE: lambda values, get: [tuple(map(get, one)) if one else () for one in values],
    _DICT: lambda values, get: [dict(zip(one, map(get, one.values()), strict=True)) if one else {} for one in values],
    _PAIRS: lambda values, get: [[(get(one), reach) for one, reach in pairs] if pairs else [] for pairs in values],
}
