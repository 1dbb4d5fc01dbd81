# SPDX-License-Identifier: EUPL-1.2
"""An expression's tree to Python source, once, when the form is loaded.

The source of an expression is a function of a frame (`tree.Frame`): `f.v[3] != ''`. What differs between expressions of
one shape (slots, literals) is taken out as constants, so that a form of 5,000 questions compiles a handful of
templates; these, and the constants, are plain data that can be kept on disk.
"""

from __future__ import annotations

from forms.code import MANY, Code, Kind
from forms.definition import Expression, Node, Scope
from forms.emitter import Emitter
from forms.errors import ExpressionError, FormFileError
from forms.parse import Model
from forms.shapes import Cutter, NoShapeError, Shape
from forms.templates import Templates
from forms.xpath.functions import FUNCTIONS, Need
from forms.xpath.parser import parse
from forms.xpath.tree import Call, LocationPath, walk


class Compiler:
    """Compiles the expressions of one form; keeps their templates."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.templates = Templates()
        self.sums: dict[tuple[int, int], int] = {}
        self.made: list[Expression] = []
        self.listed: list[Expression] = []  # those that read lists
        self._cutter = Cutter({node.path: node for scope in model.scopes for node in scope.nodes})
        self._lists: dict[str, tuple[Expression, Code]] = {}  # nodesets that read nothing of the form
        self._shapes: dict[tuple[str, ...], Shape | None] = {}
        self._fixed: dict[tuple[str, str], Expression] = {}
        self._shared: dict[tuple[str, str, int], Expression] = {}  # by scope: what all its nodes say alike

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
            shaped = self._shared.get((source, want, node.scope.index)) or self._shaped(source, node, want)
            if shaped is not None:
                return shaped
        emitter = Emitter(self, node, row_table)
        try:
            code, result = emitter.wanted(parse(source), want)
            expression = emitter.finish(source, code, result)
        except FormFileError as error:
            error.ref = error.ref or node.path
            error.expression = error.expression or source
            raise
        if expression.constant is not None and row_table is None and _placeless(source):
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
        if shape is None:
            return None
        expression = pieces.filled(shape, source)
        self.made.append(expression)
        if pieces.absolute:
            self._shared[source, want, node.scope.index] = expression
        return expression

    def nodeset(self, source: str, node: Node) -> tuple[Expression, Code]:
        """Compile an itemset's nodeset: the expression gives a list of frames, of row numbers, or of texts."""
        if source in self._lists:
            return self._lists[source]
        emitter = Emitter(self, node, None)
        try:
            code = emitter.code(parse(source))
        except FormFileError as error:
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
        expression = emitter.finish(source, source_text, "list")
        if not expression.dependencies and not emitter.volatile and _placeless(source):
            self._lists[source] = (expression, code)
        return expression, code


def _placeless(source: str) -> bool:
    """Tell whether a constant is the same wherever it stands: it has no path, and takes nothing of its own node."""
    return not any(
        isinstance(part, LocationPath) or (isinstance(part, Call) and _takes_node(part)) for part in walk(parse(source))
    )


def _takes_node(call: Call) -> bool:
    function = FUNCTIONS[call.name]
    return function.need is Need.NODES or (function.context_default and not call.arguments)
