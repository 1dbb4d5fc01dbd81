# SPDX-License-Identifier: EUPL-1.2
"""Writes the Python source of one expression; calls, lists and operators are written by its parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from forms.code import MANY, Code, Kind
from forms.definition import Dependency, Expression, Node, Scope
from forms.lists import ListCode, TableKey
from forms.operators import OperatorCode
from forms.places import Context, Place, Resolver
from forms.shapes import Hole, NoShapeError, Pieces, Shape
from forms.xpath import tree

if TYPE_CHECKING:
    from forms.compile import Compiler

Written = TypeVar("Written", str, Code)


_FILLED: Final = re.compile(r'^\((f(?:\.p)*\.v\[\w+\]) != ""\)$')  # to a condition, text is true by itself


class Emitter:
    """Writes the source of one expression."""

    def __init__(
        self, compiler: Compiler, node: Node, row_table: tuple[str, ...] | None, pieces: Pieces | None = None
    ) -> None:
        self.pieces = pieces
        self.hole_reads: dict[tuple[int, bool, bool], None] = {}
        self.hole_numbers: dict[int, None] = {}
        self.compiler = compiler
        self.model = compiler.model
        self.constants: list[Any] = []
        self.statements: list[str] = []
        self.dependencies: dict[tuple[int, int, bool, bool], Dependency] = {}
        self.lingual = False
        self.volatile = False
        self.names = 0
        self.argument = "f"
        self.context = Context(node, "f", node.scope)
        self.lists = ListCode(self)
        self.operators = OperatorCode(self)
        if row_table is not None:
            self.argument = "f, r"
            self.context = self.lists.row_context(self.context, row_table)

    # --- the pieces that everything uses ---

    def fresh(self) -> str:
        """Make up a variable."""
        self.names += 1
        return f"g{self.names}"

    def constant(self, value: Any) -> str:
        """Keep a value out of the template; returns its name there."""
        self.constants.append(value)
        return f"a{len(self.constants) - 1}"

    def slot(self, code: Code) -> str:
        """Keep the slot of a node out of the template."""
        return self.constant(code.node.slot if code.hole is None else Hole("slot", code.hole))

    def read_number(self, code: Code) -> None:
        """Remember that the expression reads these nodes as numbers."""
        if code.hole is None:
            code.node.numeric = True
        else:
            self.hole_numbers[code.hole] = None

    def note(self, code: Code, *, presence: bool, value: bool) -> None:
        """Remember that the expression reads these nodes."""
        if code.hole is not None:
            self.hole_reads[code.hole, presence, value] = None
            return
        place = code.place
        assert place is not None  # noqa: S101  (for the type checker)
        assert place.node is not None  # noqa: S101  (for the type checker)
        self.note_node(place.node, place.join, presence=presence, value=value)

    def note_node(self, node: Node, join: Scope, *, presence: bool, value: bool) -> None:
        """Remember that the expression reads this node."""
        key = (id(node), join.index, presence, value)
        self.dependencies.setdefault(key, Dependency(node, join, presence, value))

    def resolver(self, context: Context) -> Resolver:
        """Follow paths from `context`."""
        return Resolver(self.model.root, context, self.lists.filtered, self.fresh)

    def within(self, context: Context, write: Callable[[], Written]) -> Written:
        """Write something with another context node."""
        before, self.context = self.context, context
        try:
            return write()
        finally:
            self.context = before

    def finish(self, source: str, code: str, result: str) -> Expression:
        """Make the expression of what was written."""
        template = self.compiler.templates.add(self.argument, tuple(self.statements), code, len(self.constants))
        expression = Expression(source, template, tuple(self.constants), result, tuple(self.dependencies.values()))
        expression.lingual = self.lingual
        fixed = not self.dependencies and not self.lingual and not self.volatile and self.argument == "f"
        listed = any(isinstance(constant, TableKey) for constant in self.constants)
        if fixed and not listed and result != "list" and "f." not in code and not self.statements:
            expression.constant = self.compiler.templates.value(template, expression.constants)
        self.compiler.made.append(expression)
        if listed:
            self.compiler.listed.append(expression)
        return expression

    def shape(self, code: str, result: str) -> Shape:
        """Make the shape of what was written about pieces."""
        template = self.compiler.templates.add(self.argument, tuple(self.statements), code, len(self.constants))
        if self.dependencies:
            raise NoShapeError
        reads, numbers = tuple(self.hole_reads), tuple(self.hole_numbers)
        return Shape(template, tuple(self.constants), result, self.lingual, reads, numbers)

    # --- values of a wanted kind ---

    def wanted(self, ast: tree.Node, want: str) -> tuple[str, str]:
        """Source of a value of the wanted kind, and the kind of its result."""
        if want == "answer":
            return self.answer(ast)
        write = {"text": self.text, "number": self.number, "truth": self.truth}[want]
        return write(ast), want

    def answer(self, ast: tree.Node) -> tuple[str, str]:
        """Source of a value to be stored, and "text" or "number"."""
        if isinstance(ast, tree.Call) and ast.name == "if" and len(ast.arguments) == 3:
            condition = self.truth(ast.arguments[0])
            (left, one), (right, other) = self.answer(ast.arguments[1]), self.answer(ast.arguments[2])
            if one != other:
                left, right = (
                    f"stored({part})" if kind == "number" else part for part, kind in ((left, one), (right, other))
                )
            return f"({left} if {condition} else {right})", one if one == other else "text"
        code = self.code(ast)
        if code.kind is Kind.NUMBER:
            return code.source, "number"
        return self.as_text(code), "text"

    def number(self, ast: tree.Node) -> str:
        """Source of a float."""
        branches = self._branches(ast, self.number)
        return branches or self.as_number(self.code(ast))

    def text(self, ast: tree.Node) -> str:
        """Source of a str."""
        branches = self._branches(ast, self.text)
        return branches or self.as_text(self.code(ast))

    def truth(self, ast: tree.Node) -> str:
        """Source of a bool."""
        branches = self._branches(ast, self.truth)
        return branches or self.as_truth(self.code(ast))

    def _branches(self, ast: tree.Node, write: Callable[[tree.Node], str]) -> str:
        """Bring the wanted kind into the branches of an if()."""
        if not (isinstance(ast, tree.Call) and ast.name == "if" and len(ast.arguments) == 3):
            return ""
        condition = _FILLED.sub(r"\1", self.truth(ast.arguments[0]))
        return f"({write(ast.arguments[1])} if {condition} else {write(ast.arguments[2])})"

    def as_number(self, code: Code) -> str:
        """Source of a float for any piece."""
        match code.kind:
            case Kind.NUMBER:
                return code.source
            case Kind.TRUTH:
                return f"(1.0 if {code.source} else 0.0)"
            case Kind.SLOT:
                self.note(code, presence=False, value=True)
                self.read_number(code)
                return f"{code.source}.n[{self.slot(code)}]"
            case _:
                return f"to_number({self.as_text(code)})"

    def as_text(self, code: Code) -> str:
        """Source of a str for any piece; of several nodes, the first."""
        match code.kind:
            case Kind.TEXT | Kind.CELL:
                return code.source
            case Kind.NUMBER:
                return f"number_to_string({code.source})"
            case Kind.TRUTH:
                return f'("true" if {code.source} else "false")'
            case Kind.SLOT:
                self.note(code, presence=False, value=True)
                return f"{code.source}.v[{self.slot(code)}]"
            case _:
                return f"first({self.lists.texts(code)})"

    def as_truth(self, code: Code) -> str:
        """Source of a bool for any piece; nodes are true if one of them has text."""
        match code.kind:
            case Kind.TRUTH:
                return code.source
            case Kind.NUMBER:
                return f"to_boolean({code.source})"
            case Kind.TEXT | Kind.CELL | Kind.SLOT:
                return f'({self.as_text(code)} != "")'
            case _:
                return f"any({self.lists.texts(code)})"

    def as_value(self, code: Code) -> str:
        """Source of a value of the functions' registry: float, str, bool or NodeSet."""
        if code.kind in {Kind.NUMBER, Kind.TRUTH}:
            return code.source
        return f"NodeSet({self.lists.texts(code)})" if code.kind in MANY else self.as_text(code)

    # --- the tree ---

    def code(self, ast: tree.Node) -> Code:
        """Write any expression."""
        match ast:
            case tree.Number() | tree.String():
                return self.literal(ast)
            case tree.Negate():
                return self.operators.negated(ast)
            case tree.Binary():
                return self.operators.binary(ast)
            case tree.Call():
                return self.lists.calls.call(ast)
            case tree.LocationPath():
                return self.path(ast)
            case tree.FilterExpression():
                return self.lists.filter_expression(ast)

    def literal(self, ast: tree.Number | tree.String) -> Code:
        """Write a literal; of an expression in pieces, its number stands there instead."""
        kind = Kind.NUMBER if isinstance(ast, tree.Number) else Kind.TEXT
        if ast.value == "":
            return Code(kind, '""', literal="")
        if self.pieces is None:
            return Code(kind, self.constant(ast.value), literal=ast.value)
        hole = int(ast.value)
        return Code(kind, self.constant(Hole(kind.value, hole)), hole=hole)

    def path(self, ast: tree.LocationPath, *, bind_last: bool = False) -> Code:
        """Write a path in the primary instance, or from a row of a list."""
        if self.pieces is not None:
            name = ast.steps[0].test if ast.absolute and len(ast.steps) == 1 else ""
            if not name.startswith("_"):
                raise NoShapeError
            place = self.pieces.places[int(name[1:])]
            return Code(Kind.SLOT, place.source, place, hole=int(name[1:]))
        if self.context.row and not ast.absolute:
            return self.lists.row_path(ast.steps)
        resolver = self.resolver(self.context)
        begin = resolver.start(absolute=ast.absolute)
        places = resolver.follow([begin], ast.steps, absolute=ast.absolute, bind_last=bind_last)
        if not places:
            origin = self.context.origin.node
            path = origin.path if origin is not None else ""
            self.model.warnings.append(f"{path}: {tree.unparse(ast)} names no node")
        return self.of_places([place for place in places if place.node is not None])

    def of_places(self, places: list[Place]) -> Code:
        """Make a piece of the nodes that a path leads to."""
        if len(places) == 1:
            place = places[0]
            return Code(Kind.SLOT if place.single else Kind.NODES, place.source, place)
        if not places:
            return Code(Kind.TEXTS, "[]")
        parts = [self.lists.texts(self.of_places([place])) for place in places]
        return Code(Kind.TEXTS, f"[{', '.join('*' + part for part in parts)}]")
