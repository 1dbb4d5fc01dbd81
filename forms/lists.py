# SPDX-License-Identifier: EUPL-1.2
"""Source for node-sets: predicates, rows of secondary instances, and the texts of several nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from forms.calls import CallCode
from forms.code import Code, Kind
from forms.errors import ExpressionError, StructureError
from forms.places import Context, Place
from forms.xpath import tree

if TYPE_CHECKING:
    from forms.emitter import Emitter


@dataclass(frozen=True, slots=True)
class TableKey:
    """Stands, among the constants of an expression, for the table of a secondary instance's rows."""

    instance: str
    path: tuple[str, ...]


class ListCode:
    """The part of an emitter that writes node-sets."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.calls = CallCode(emitter)

    # --- texts of any node-set ---

    def texts(self, code: Code) -> str:
        """Source of the list of texts of the nodes that are there (irrelevant ones are not)."""
        emitter = self.emitter
        match code.kind:
            case Kind.TEXTS:
                return code.source
            case Kind.ROWS:
                return f"{code.table}.texts({code.source}, {code.column or emitter.constant('.')})"
            case Kind.NODES:
                emitter.note(code, presence=True, value=True)
                slot, frame = emitter.slot(code), emitter.fresh()
                return f"[{frame}.v[{slot}] for {frame} in {code.source} if {frame}.rel[{slot}]]"
            case Kind.SLOT:
                emitter.note(code, presence=True, value=True)
                slot = emitter.slot(code)
                return f"([{code.source}.v[{slot}]] if {code.source}.rel[{slot}] else [])"
            case _:
                return f"[{emitter.as_text(code)}]"

    def numbers(self, code: Code) -> str:
        """Source of the list of numbers of a node-set; NaN where there is none."""
        emitter = self.emitter
        if code.kind is Kind.NODES:
            emitter.note(code, presence=True, value=True)
            emitter.read_number(code)
            slot, frame = emitter.slot(code), emitter.fresh()
            return f"[{frame}.n[{slot}] for {frame} in {code.source}]"
        if code.kind is Kind.SLOT:
            return f"[{emitter.as_number(code)}]"
        text = emitter.fresh()
        return f"[to_number({text}) for {text} in {self.texts(code)}]"

    # --- predicates on nodes of the primary instance ---

    def filtered(self, place: Place, predicate: tree.Node) -> Place:
        """Keep of the instances of `place` those for which the predicate holds."""
        emitter = self.emitter
        source = f"[{place.source}]" if place.single else place.source
        frame, position, several = emitter.fresh(), emitter.fresh(), emitter.fresh()
        inside = Context(place.node, frame, place.join, emitter.context, position=position, size=f"len({several})")
        condition = emitter.within(inside, lambda: self._condition(predicate, position))
        source = looped(frame, position, several, source, condition)
        if place.node is not None:
            emitter.note_node(place.node, place.join, presence=True, value=False)
        return Place(place.node, source, single=False, join=place.join, pure=False)

    def _condition(self, predicate: tree.Node, position: str, *, alone: bool = True) -> str:
        code = self.emitter.code(predicate)
        if alone and code.kind is Kind.NUMBER:
            return f"{position} == {code.source}"
        return self.emitter.as_truth(code)

    def filter_expression(self, ast: tree.FilterExpression) -> Code:
        """`instance('c')/root/item[…]`, `current()/../x`, `(a | b)[1]`."""
        emitter = self.emitter
        source = ast.source
        if isinstance(source, tree.Call) and source.name == "instance":
            if ast.predicates:
                raise ExpressionError("a predicate directly after instance() is not supported")
            return self.secondary(source, ast.steps)
        code = self.calls.current() if _is_current(source) else emitter.code(source)
        if code.kind in {Kind.SLOT, Kind.NODES} and code.place is not None:
            place = code.place
            for predicate in ast.predicates:
                place = self.filtered(place, predicate)
            resolver = emitter.resolver(emitter.context.origin if _is_current(source) else emitter.context)
            places = resolver.follow([place], ast.steps, absolute=False)
            return emitter.of_places([one for one in places if one.node is not None])
        if ast.steps:
            raise ExpressionError("a path from this kind of value is not supported")
        texts = self.texts(code)
        for predicate in ast.predicates:
            texts = f"picked({texts}, {emitter.number(predicate)})"
        return Code(Kind.TEXTS, texts)

    # --- rows of secondary instances ---

    def table(self, instance: str, path: Sequence[str]) -> str:
        """Source (a constant) of the table of the rows at `path` of a secondary instance."""
        source = self.emitter.model.secondary.get(instance)
        if source is None:
            raise StructureError(f"no instance is called {instance}")
        if source.src.startswith("jr://instance/last-saved"):
            return f"f.o.saved.table({self.emitter.constant(tuple(path))})"
        return self.emitter.constant(TableKey(instance, tuple(path)))

    def secondary(self, call: tree.Call, steps: Sequence[tree.Step]) -> Code:
        """Rows of a secondary instance, or one column of them."""
        argument = call.arguments[0]
        if not isinstance(argument, tree.String):
            raise ExpressionError("instance() needs the name itself")
        for step in steps:
            if step.axis != "child" or step.test.endswith(")"):
                raise ExpressionError(f"the step {step.axis}::{step.test} in a secondary instance is not supported")
        names = [step.test.rpartition(":")[2] for step in steps]
        chosen = [index for index, step in enumerate(steps) if step.predicates]
        if not chosen:
            table = self.table(argument.value, names)
            key = (argument.value, *names)
            return Code(Kind.ROWS, f"{table}.all", table=table, table_key=key)
        last = chosen[-1] + 1
        rows = ""
        table = ""
        for index in chosen:
            path = names[: index + 1]
            outer, table = table, self.table(argument.value, path)
            rows = f"{table}.below({outer}, {rows})" if rows else f"{table}.all"
            context = self.row_context(self.emitter.context, (argument.value, *path), table)
            for predicate in steps[index].predicates:
                rows = self.filtered_rows(rows, context, predicate)
        code = Code(Kind.ROWS, rows, table=table, table_key=(argument.value, *names[:last]))
        if names[last:]:
            code = replace(code, column=self.emitter.constant("/".join(names[last:])))
        return code

    def row_context(self, outer: Context, key: tuple[str, ...], table: str = "") -> Context:
        """Make the context of something read for one row, whose number is the variable `r`."""
        table = table or self.table(key[0], key[1:])
        return Context(None, "", outer.join, outer, row="r", table=table, table_key=key)

    def row_path(self, steps: Sequence[tree.Step]) -> Code:
        """Write a path from a row: the text of one of its leaves."""
        context = self.emitter.context
        row, table, key = context.row, context.table, context.table_key
        names: list[str] = []
        for step in steps:
            if step.axis == "parent" and not step.predicates and step.test == "node()" and not names and len(key) > 2:
                key = key[:-1]
                row, table = f"{table}.above({row})", self.table(key[0], key[1:])
                continue
            if step.predicates or step.axis not in {"child", "self", "attribute"}:
                raise ExpressionError("a path from a row of a list may only name what is in the row")
            if step.axis != "self":
                names.append(("@" if step.axis == "attribute" else "") + step.test.rpartition(":")[2])
        column = self.emitter.constant("/".join(names) or ".")
        return Code(Kind.CELL, f"{table}.text({row}, {column})")

    def filtered_rows(self, rows: str, context: Context, predicate: tree.Node) -> str:
        """Keep the rows for which the predicate holds; equalities with what the row does not decide use an index."""
        emitter = self.emitter
        row, position, several = emitter.fresh(), emitter.fresh(), emitter.fresh()
        inside = replace(context, row=row, position=position, size=f"len({several})")
        parts = [predicate]
        if isinstance(predicate, tree.Binary) and predicate.operator == "and":
            parts = tree.operands(predicate)
        columns: list[str] = []
        values: list[str] = []
        rest: list[str] = []
        indexed = rows.endswith(".all") and not any(map(_asks_place, parts))
        for part in parts:
            key = self._key(part, inside) if indexed else None
            if key is not None:
                columns.append(key[0])
                values.append(key[1])
            else:
                rest.append(emitter.within(inside, partial(self._condition, part, position, alone=len(parts) == 1)))
        if columns:
            names = emitter.constant(tuple(columns))
            rows = f"{context.table}.where({names}, ({', '.join(values)},))"
        return looped(row, position, several, rows, " and ".join(rest)) if rest else rows

    def _key(self, part: tree.Node, context: Context) -> tuple[str, str] | None:
        """Split `column = value` into the column and the source of the value, if it can be looked up in an index."""
        if not (isinstance(part, tree.Binary) and part.operator == "="):
            return None
        for side, other in ((part.left, part.right), (part.right, part.left)):
            name = _column(side)
            if name is None or _reads_row(other):
                continue
            emitter = self.emitter
            mark = (len(emitter.constants), dict(emitter.dependencies))
            code = emitter.within(context, partial(emitter.code, other))
            if code.kind in {Kind.TEXT, Kind.SLOT}:
                return name, emitter.as_text(code)
            del emitter.constants[mark[0] :]
            emitter.dependencies = mark[1]
        return None


def looped(member: str, position: str, several: str, source: str, condition: str) -> str:
    """Source of the members that a condition holds for; counts them only if the condition asks."""
    if f"len({several})" in condition:
        return (
            f"[{member} for {several} in [{source}] for {position}, {member} in enumerate({several}, 1) if {condition}]"
        )
    if position in condition:
        return f"[{member} for {position}, {member} in enumerate({source}, 1) if {condition}]"
    return f"[{member} for {member} in {source} if {condition}]"


def _is_current(ast: tree.Node) -> bool:
    return isinstance(ast, tree.Call) and ast.name == "current"


def _column(ast: tree.Node) -> str | None:
    """Name the column that a path from the row names."""
    if not isinstance(ast, tree.LocationPath) or ast.absolute:
        return None
    names = []
    for step in ast.steps:
        if step.predicates or step.axis not in {"child", "self", "attribute"} or step.test.endswith("*"):
            return None
        if step.axis != "self":
            names.append(("@" if step.axis == "attribute" else "") + step.test.rpartition(":")[2])
    return "/".join(names) or "."


def _asks_place(ast: tree.Node) -> bool:
    return any(isinstance(node, tree.Call) and node.name in {"position", "last"} for node in tree.walk(ast)) or (
        isinstance(ast, tree.Number)
    )


def _reads_row(ast: tree.Node) -> bool:
    """Whether an expression in a predicate reads the row: a relative path that no current() starts."""
    waiting = [ast]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.LocationPath) and not node.absolute:
            return True
        if isinstance(node, tree.Call) and not node.arguments and node.name not in {"current", "true", "false"}:
            return True  # its default argument is the row
        waiting.extend(tree.children(node))
    return False
