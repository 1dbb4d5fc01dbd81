# SPDX-License-Identifier: EUPL-1.2
"""The compiled form as bytes: what `load_form` works out, kept so that the next load only puts it together.

    MAGIC · SHA-256 of what follows · marshal of (stamp, columns of every class, the form's own facts)

The definition is written as flat tables (`flat`). What is read is checked by its hash before marshal sees it, and by
the stamp: another Python, machine or format is foreign. It holds the code of expressions, as Python's own .pyc files
do: read only what this program wrote, in a folder that is the user's alone.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType
from typing import Any, Final

from forms.collecting import not_collecting
from forms.dag import Rule
from forms.definition import Action, Body, Expression, Itemset, Node, Scope, SecondarySource
from forms.errors import CacheError
from forms.flat import Columns, Numbering, Writer, flat_elements, made_elements, read_objects
from forms.form import FormDef
from forms.lists import TableKey
from forms.parse import Model
from forms.secondary import SecondaryInstances, table_of_plain
from forms.templates import Templates
from forms.text import Texts

MAGIC: Final = b"fieldkit form\x01\n"
STAMP: Final = (2, sys.implementation.cache_tag, sys.hexversion, sys.byteorder, sys.maxsize)
_HASH: Final = 32
# --- writing ---


def to_bytes(form: FormDef) -> bytes:
    """Write a form that `load_form` made. Raises CacheError if it holds something that cannot be kept."""
    if form.templates is None:
        raise CacheError("it was read from its compiled form", form=form.form_id)
    with not_collecting():
        return _written(form, form.templates)


def _written(form: FormDef, made: Templates) -> bytes:
    secondary = form.secondary
    secondary.settle(form.columns, form.pulled, least=0)
    secondary.index(form.lookups)
    elements = list(form.model.primary.iter())
    templates: dict[int, int] = {}
    writer = Writer(
        list(secondary.tables.values()),
        Numbering(templates),
        {id(element): place for place, element in enumerate(elements)},
    )
    own = _own(form, writer)
    tables = writer.write()
    keys = {key: number for number, key in enumerate(secondary.tables)}
    listed = {
        row: tuple((place, keys[one]) for place, one in enumerate(expression.constants) if isinstance(one, TableKey))
        for row, expression in enumerate(writer.objects[Expression])
        if any(isinstance(one, TableKey) for one in expression.constants)
    }
    lists = [(key.instance, key.path, table.to_plain()) for key, table in secondary.tables.items()]
    code = made.code(list(templates))
    try:
        payload = marshal.dumps((STAMP, own, tables, listed, lists, code, flat_elements(form.model.primary)))
    except ValueError as error:
        raise CacheError(str(error), form=form.form_id) from error
    return MAGIC + hashlib.sha256(payload).digest() + payload


_FACTS: Final = (
    "hash",
    "title",
    "form_id",
    "version",
    "style",
    "languages",
    "default_language",
    "attachments",
    "entities_version",
    "lingual",
)
_SINGLE: Final = (
    *(("root", Node), ("meta", Node), ("instance_id", Node), ("instance_name", Node), ("deprecated_id", Node)),
    ("body", Body),
)


def _own(form: FormDef, writer: Writer) -> tuple[Any, ...]:
    model = form.model
    return (
        tuple(getattr(form, name) for name in _FACTS),
        tuple(writer.number(getattr(form, name)) for name, _ in _SINGLE),
        writer.numbers(form.scopes),
        writer.numbers(form.rules),
        writer.numbers(form.preloads),
        writer.numbers(model.actions),
        (form.texts.to_plain(), dict(model.submission), list(form.warnings), dict(model.prefixes)),
        [(source.name, source.src) for source in model.secondary.values()],
        list(form.bodies),
    )


# --- reading ---


def load_compiled(data: bytes) -> FormDef:
    """Read what `to_bytes` wrote. Raises CacheError if it is damaged, or written by another program or Python."""
    start = len(MAGIC) + _HASH
    if data[: len(MAGIC)] != MAGIC:
        raise CacheError("not a compiled form")
    payload = memoryview(data)[start:]
    if hashlib.sha256(payload).digest() != data[len(MAGIC) : start]:
        raise CacheError("damaged")
    with not_collecting():
        try:
            content = marshal.loads(payload)  # noqa: S302  (its hash was checked just above)
            if not isinstance(content, tuple) or content[:1] != (STAMP,):
                raise CacheError("written by another program")
            return _form(*content[1:])
        except (ValueError, EOFError, TypeError, LookupError, AttributeError) as error:
            raise CacheError(f"not understood: {error}") from error


def _form(
    own: tuple[Any, ...],
    tables: Columns,
    listed: Mapping[int, tuple[tuple[int, int], ...]],
    lists: Sequence[tuple[Any, ...]],
    code: CodeType,
    primary: Sequence[tuple[Any, ...]],
) -> FormDef:
    facts, single, scopes, rules, preloads, actions, words, sources, refs = own
    pools = read_objects(tables)
    keyed = {TableKey(instance, path): table_of_plain(plain) for instance, path, plain in lists}
    _bind(pools, code, listed, list(keyed.values()))
    elements = made_elements(primary)
    for scope in pools[Scope][1:]:
        scope.template = None if scope.template is None else elements[scope.template]
    texts, submission, warnings, prefixes = words
    declared = {name: SecondarySource(name, src) for name, src in sources}
    form = FormDef.__new__(FormDef)
    for name, value in zip(_FACTS, facts, strict=True):
        setattr(form, name, value)
    for (name, kind), number in zip(_SINGLE, single, strict=True):
        setattr(form, name, pools[kind][number])
    form.templates = None
    form.columns, form.lookups, form.pulled = {}, {}, []
    form.scopes = [pools[Scope][number] for number in scopes]
    form.rules = [pools[Rule][number] for number in rules]
    form.preloads = [pools[Node][number] for number in preloads]
    form.model = Model(form.title, elements[0], elements[0], form.root, form.scopes, declared, None)
    form.model.actions.extend([pools[Action][number] for number in actions])
    form.model.submission, form.model.warnings, form.model.prefixes = submission, warnings, prefixes
    form.model.preloads = form.preloads
    form.submission = submission
    form.texts = Texts.from_plain(texts)
    form.secondary = SecondaryInstances(declared, None, keyed)
    form.nodes = {node.path: node for scope in form.scopes for node in scope.nodes}
    form.bodies = _bodies(form, refs, len(pools[Body]))
    return form


def _bodies(form: FormDef, refs: Iterable[str], most: int) -> dict[str, Body]:
    found = {}
    order = [form.body]
    for body in order:
        order.extend(body.children)
        if len(order) > most:
            raise ValueError("a part of the body is inside itself")
        found[body.ref] = body
    return {ref: found[ref] for ref in refs}


def _bind(
    pools: Mapping[type, list[Any]],
    code: CodeType,
    listed: Mapping[int, tuple[tuple[int, int], ...]],
    tables: Sequence[Any],
) -> None:
    """Give every expression its function, and every list of choices its table."""
    expressions = pools[Expression][1:]
    factories = Templates.factories(code)
    for row, places in listed.items():
        constants = list(expressions[row].constants)
        for place, number in places:
            constants[place] = tables[number]
        expressions[row].run = factories[expressions[row].template](*constants)
    for row, expression in enumerate(expressions):
        if row not in listed:
            expression.run = factories[expression.template](*expression.constants)
    for itemset in pools[Itemset][1:]:
        itemset.table = None if itemset.table is None else tables[itemset.table]
