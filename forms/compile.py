# SPDX-License-Identifier: EUPL-1.2
"""An expression's tree to Python source, once, when the form is loaded.

The source of an expression is a function of a frame (`tree.Frame`): `f.v[3] != ''`. What differs between expressions of
one shape (slots, literals) is taken out as constants, so that a form of 5,000 questions compiles a handful of
templates; these, and the constants, are plain data that can be kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from forms.code import MANY, Code, Kind, number, truth
from forms.definition import Dependency, Expression, Node, Scope
from forms.errors import ExpressionError
from forms.lists import ListCode, TableKey
from forms.parse import Model
from forms.places import Context, Place, Resolver
from forms.shapes import Cutter, Hole, NoShapeError, Pieces, Shape
from forms.templates import Templates
from forms.xpath import tree
from forms.xpath.parser import parse

Written = TypeVar("Written", str, Code)
_COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_GROUPS = {"+": "sum", "-": "sum", "*": "*", "and": "and", "or": "or", "|": "|"}
_CHAIN = 40  # operands of one Python expression: more would exhaust the nesting that Python's own compiler takes


class Compiler:
    """Compiles the expressions of one form; keeps their templates."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.templates = Templates()
        self.sums: dict[tuple[int, int], int] = {}
        self.made: list[Expression] = []
        self._cutter = Cutter({node.path: node for scope in model.scopes for node in scope.nodes})
        self._shapes: dict[tuple[str, ...], Shape | None] = {}
        self._fixed: dict[tuple[str, str], Expression] = {}

    def sum_number(self, node: Node, anchor: Scope) -> int:
        """Give a number to the sum of a node over all its instances in one instance of `anchor`."""
        key = (id(node), anchor.index)
        if key not in self.sums:
            self.sums[key] = len(self.sums)
            node.sums += ((self.sums[key], node.scope.depth - anchor.depth),)
            anchor.totals.append(self.sums[key])
            if node not in node.scope.added:
                node.scope.added.append(node)
        return self.sums[key]

    def expression(self, source: str, node: Node, want: str, *, row_table: tuple[str, ...] | None = None) -> Expression:
        """Compile `source` for `node`; `want` is "text", "number", "truth", or "answer" (text or number, to be stored).

        With `row_table` the expression is read for a row of that table, `node` being what `current()` names.
        """
        known = self._fixed.get((source, want))
        if known is not None:
            return known
        if row_table is None:
            shaped = self._shaped(source, node, want)
            if shaped is not None:
                self.made.append(shaped)
                return shaped
        emitter = Emitter(self, node, row_table)
        try:
            code, result = emitter.wanted(parse(source), want)
        except ExpressionError as error:
            error.ref = error.ref or node.path
            error.expression = error.expression or source
            raise
        expression = emitter.finish(source, code, result)
        if expression.constant is not None and row_table is None:
            self._fixed[source, want] = expression
        return expression

    def _shaped(self, source: str, node: Node, want: str) -> Expression | None:
        """Compile by way of the expression's shape, if it has one."""
        pieces = self._cutter.cut(source, node)
        if pieces is None:
            return None
        key = (pieces.skeleton, want, *[place.source for place in pieces.places])
        if key not in self._shapes:
            emitter = Emitter(self, node, None, pieces)
            try:
                code, result = emitter.wanted(parse(pieces.skeleton), want)
                self._shapes[key] = emitter.shape(code, result)
            except (NoShapeError, ExpressionError):
                self._shapes[key] = None  # and an error is told about the expression as it is written
        shape = self._shapes[key]
        return pieces.filled(shape, source) if shape is not None else None

    def nodeset(self, source: str, node: Node) -> tuple[Expression, Code]:
        """Compile an itemset's nodeset: the expression gives a list of frames, of row numbers, or of texts."""
        emitter = Emitter(self, node, None)
        try:
            code = emitter.code(parse(source))
        except ExpressionError as error:
            error.ref = error.ref or node.path
            error.expression = error.expression or source
            raise
        if code.kind is Kind.SLOT:
            assert code.place is not None  # noqa: S101  (for the type checker)
            code = Code(Kind.NODES, f"[{code.source}]", code.place)
        if code.kind not in MANY:
            raise ExpressionError("an itemset needs a node-set", ref=node.path, expression=source)
        if code.kind is Kind.NODES:
            emitter.note(code, presence=True, value=False)
            slot = emitter.constant(code.node.slot)
            frame = emitter.fresh()
            source_text = f"[{frame} for {frame} in {code.source} if {frame}.rel[{slot}]]"
        elif code.kind is Kind.ROWS and code.column:
            source_text = emitter.lists.texts(code)
        else:
            source_text = code.source
        return emitter.finish(source, source_text, "list"), code


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
        self.nested = 0
        self.argument = "f"
        self.context = Context(node, "f", node.scope)
        self.lists = ListCode(self)
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
        return f"({write(ast.arguments[1])} if {self.truth(ast.arguments[0])} else {write(ast.arguments[2])})"

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
                return self.negated(ast)
            case tree.Binary():
                return self.binary(ast)
            case tree.Call():
                return self.lists.calls.call(ast)
            case tree.LocationPath():
                return self.path(ast)
            case tree.FilterExpression():
                return self.lists.filter_expression(ast)

    def negated(self, ast: tree.Negate) -> Code:
        """Write unary minus; two of them are number()."""
        times = 0
        operand: tree.Node = ast
        while isinstance(operand, tree.Negate):
            times += 1
            operand = operand.operand
        return number(f"({'-' if times % 2 else '+'}{self.number(operand)})")

    def literal(self, ast: tree.Number | tree.String) -> Code:
        """Write a literal; of an expression in pieces, its number stands there instead."""
        kind = Kind.NUMBER if isinstance(ast, tree.Number) else Kind.TEXT
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

    def binary(self, ast: tree.Binary) -> Code:
        """Write a chain of operators, which leans to the left, from its left end: without recursion."""
        spine: list[tuple[str, tree.Node]] = []
        current: tree.Node = ast
        while isinstance(current, tree.Binary):
            spine.append((current.operator, current.right))
            current = current.left
        spine.reverse()
        written: tree.Node | Code = current
        place = 0
        while place < len(spine):
            group = _GROUPS.get(spine[place][0])
            end = place + 1
            while group is not None and end < len(spine) and _GROUPS.get(spine[end][0]) == group:
                end += 1
            written = self.chained(written, spine[place:end])
            place = end
            if place % _CHAIN == 0 and written.kind in {Kind.NUMBER, Kind.TRUTH}:
                written = Code(written.kind, self.apart(written.source))
        assert isinstance(written, Code)  # noqa: S101  (there is at least one operator)
        return written

    def chained(self, left: tree.Node | Code, parts: list[tuple[str, tree.Node]]) -> Code:
        """Write `left` and some operands of one group of operators, or of one comparison."""
        operator, right = parts[0]
        if operator in {"and", "or"}:
            return truth(self.joined(left, parts, self.truth, self.as_truth))
        if operator in {"+", "-", "*"}:
            return number(self.joined(left, parts, self.number, self.as_number))
        first = left if isinstance(left, Code) else self.code(left)
        if operator == "|":
            codes = [first, *(self.code(part) for _, part in parts)]
            return Code(Kind.TEXTS, f"[{', '.join('*' + self.lists.texts(code) for code in codes)}]")
        if operator in {"div", "mod"}:
            name = "divide" if operator == "div" else "modulo"
            return number(f"{name}({self.as_number(first)}, {self.number(right)})")
        if operator in _COMPARISONS:
            return truth(self.compared(first, self.code(right), operator))
        return truth(self.equality(first, self.code(right), operator))

    def joined(
        self,
        left: tree.Node | Code,
        parts: list[tuple[str, tree.Node]],
        write: Callable[[tree.Node], str],
        convert: Callable[[Code], str],
    ) -> str:
        """Write operands flat; where there are many, in several statements (then no longer short-circuited)."""
        written = convert(left) if isinstance(left, Code) else write(left)
        for count, (operator, part) in enumerate(parts, 1):
            written += f" {operator} {write(part)}"
            if count % _CHAIN == 0:
                written = self.apart(written)
        return f"({written})"

    def apart(self, source: str) -> str:
        """Compute a part in a statement of its own; not possible inside a loop, where it stays in place."""
        if self.context.outer is not None:
            self.nested += 1
            if self.nested > _CHAIN:
                raise ExpressionError("too long for a predicate")
            return f"({source})"
        name = self.fresh()
        self.statements.append(f"{name} = {source}")
        return name

    def compared(self, left: Code, right: Code, operator: str) -> str:
        """`<` and its like, between numbers."""
        if left.kind in MANY or right.kind in MANY:
            name = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}[operator]
            return f"{name}({self.as_value(left)}, {self.as_value(right)})"
        return f"({self.as_number(left)} {operator} {self.as_number(right)})"

    def equality(self, left: Code, right: Code, operator: str) -> str:
        """`=` and `!=` (XPath 1.0 §3.4)."""
        python = "==" if operator == "=" else "!="
        if left.kind in MANY or right.kind in MANY:
            return f"{'equal' if operator == '=' else 'different'}({self.as_value(left)}, {self.as_value(right)})"
        kinds = {left.kind, right.kind}
        if Kind.TRUTH in kinds:
            return f"({self.as_truth(left)} {python} {self.as_truth(right)})"
        if Kind.NUMBER in kinds:
            same = f"equal_numbers({self.as_number(left)}, {self.as_number(right)})"
            return same if operator == "=" else f"(not {same})"
        return f"({self.as_text(left)} {python} {self.as_text(right)})"
