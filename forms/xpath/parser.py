# SPDX-License-Identifier: EUPL-1.2
"""Turns an expression into its tree: the whole grammar of XPath 1.0 but variables.

Operators are reduced with two stacks, not by one function a level, so the depth of recursion depends on brackets only;
these are bounded, so a hostile expression raises ExpressionError, never RecursionError.
"""

from __future__ import annotations

from functools import lru_cache
from math import isinf
from typing import Final

from forms.errors import ExpressionError
from forms.xpath.lexer import Kind, Token, cut
from forms.xpath.tree import (
    ANY_DESCENDANT,
    AXES,
    CURRENT,
    MAX_HEIGHT,
    NEGATION_PRECEDENCE,
    PARENT,
    PRECEDENCE,
    Binary,
    Call,
    FilterExpression,
    LocationPath,
    Negate,
    Node,
    Number,
    Step,
    String,
    height,
)

MAX_NESTING: Final = 64
"""How deep brackets (calls, predicates, parentheses) may be nested."""

_NODE_TYPES: Final = frozenset({"node", "text", "comment", "processing-instruction"})
_NEGATION: Final = "negation"
_BINDING: Final = {**PRECEDENCE, _NEGATION: NEGATION_PRECEDENCE}


@lru_cache(maxsize=4096)
def parse(expression: str) -> Node:
    """Return the tree of the expression. Raises ExpressionError with the position where reading stopped."""
    reader = _Reader(expression)
    node = reader.expression()
    if reader.token.kind is not Kind.END:
        raise reader.refusal()
    if reader.size > MAX_HEIGHT and height(node) > MAX_HEIGHT:
        raise ExpressionError("expression too deep", expression=expression[:80])
    return node


class _Reader:
    """Recursive descent over the tokens of one expression."""

    __slots__ = ("_index", "_nesting", "_source", "_tokens", "token")

    def __init__(self, expression: str) -> None:
        self._source = expression
        self._tokens = cut(expression)
        self._index = 0
        self._nesting = 0
        self.token: Token = self._tokens[0]

    @property
    def size(self) -> int:
        """Count the tokens: the tree cannot be higher."""
        return len(self._tokens)

    # --- reading tokens ---

    def _advance(self) -> Token:
        read = self.token
        self._index += 1
        self.token = self._tokens[self._index]
        return read

    def _next_is(self, symbol: str) -> bool:
        after = self._tokens[min(self._index + 1, len(self._tokens) - 1)]
        return after.kind is Kind.SYMBOL and after.text == symbol

    def _at(self, symbol: str) -> bool:
        return self.token.kind is Kind.SYMBOL and self.token.text == symbol

    def _accept(self, symbol: str) -> bool:
        if self._at(symbol):
            self._advance()
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._accept(symbol):
            raise self.refusal(f"expected {symbol!r}")

    def refusal(self, cause: str = "") -> ExpressionError:
        found = "end of expression" if self.token.kind is Kind.END else repr(self.token.text)
        sentence = f"{cause}, found {found}" if cause else f"unexpected {found}"
        return ExpressionError(sentence, expression=self._source, position=self.token.position)

    # --- operators (§3.3 to §3.5) ---

    def expression(self) -> Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ExpressionError(
                "brackets nested too deep", expression=self._source[:80], position=self.token.position
            )
        operands: list[Node] = []
        waiting: list[str] = []
        while True:
            self._read_signs(waiting)
            operands.append(self._path())
            if self.token.kind is not Kind.OPERATOR:
                break
            operator = self._advance().text
            _reduce(operands, waiting, _BINDING[operator])
            waiting.append(operator)
        _reduce(operands, waiting, 0)
        self._nesting -= 1
        return operands[0]

    def _read_signs(self, waiting: list[str]) -> None:
        while self.token.kind is Kind.OPERATOR and self.token.text == "-":
            if waiting and waiting[-1] == "|":
                raise self.refusal("expected a path")
            self._advance()
            waiting.append(_NEGATION)

    # --- paths (§2) ---

    def _path(self) -> Node:
        if self._at("/"):
            self._advance()
            return LocationPath(True, tuple(self._relative())) if self._at_step() else LocationPath(True, ())
        if self._accept("//"):
            return LocationPath(True, (ANY_DESCENDANT, *self._relative()))
        if not self._at_primary():
            return LocationPath(False, tuple(self._relative()))
        source = self._primary()
        predicates = self._predicates()
        steps = tuple(self._following())
        return FilterExpression(source, predicates, steps) if predicates or steps else source

    def _relative(self) -> list[Step]:
        return [self._step(), *self._following()]

    def _following(self) -> list[Step]:
        steps: list[Step] = []
        while True:
            if self._accept("//"):
                steps.append(ANY_DESCENDANT)
            elif not self._accept("/"):
                return steps
            steps.append(self._step())

    def _at_step(self) -> bool:
        return self.token.kind is Kind.NAME or self._at(".") or self._at("..") or self._at("@")

    def _step(self) -> Step:
        if self._accept("."):
            return _with(CURRENT, self._predicates())
        if self._accept(".."):
            return _with(PARENT, self._predicates())
        axis = "child"
        if self._accept("@"):
            axis = "attribute"
        elif self.token.kind is Kind.NAME and self._next_is("::"):
            axis = self.token.text
            if axis not in AXES:
                raise self.refusal("expected an axis")
            self._advance()
            self._advance()
        test = self._node_test()
        return Step(axis, test, self._predicates())

    def _node_test(self) -> str:
        if self.token.kind is not Kind.NAME:
            raise self.refusal("expected the name of a node")
        name = self._advance().text
        if not self._at("("):
            return name
        if name not in _NODE_TYPES:
            raise self.refusal("a function cannot be a step of a path")
        self._advance()
        argument = self._target() if name == "processing-instruction" else ""
        self._expect(")")
        return f"{name}({argument})"

    def _target(self) -> str:
        if self.token.kind is not Kind.STRING:
            return ""
        target = self._advance().text
        return f'"{target}"' if "'" in target else f"'{target}'"

    def _predicates(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while self._accept("["):
            if len(found) == MAX_NESTING:
                raise self.refusal("too many predicates")
            found.append(self.expression())
            self._expect("]")
        return tuple(found)

    # --- primary expressions (§3.1, §3.2) ---

    def _at_primary(self) -> bool:
        if self.token.kind is Kind.NAME:
            return self._next_is("(") and self.token.text not in _NODE_TYPES
        return self.token.kind in (Kind.NUMBER, Kind.STRING) or self._at("(")

    def _primary(self) -> Node:
        token = self._advance()
        if token.kind is Kind.STRING:
            return String(token.text)
        if token.kind is Kind.NUMBER:
            value = float(token.text)
            if isinf(value):
                raise ExpressionError("number too great", expression=self._source[:80], position=token.position)
            return Number(value)
        if token.kind is Kind.SYMBOL:  # an opening parenthesis
            inner = self.expression()
            self._expect(")")
            return inner
        if token.text.endswith("*"):
            raise ExpressionError("a function needs a name", expression=self._source, position=token.position)
        self._advance()
        return Call(token.text, self._arguments())

    def _arguments(self) -> tuple[Node, ...]:
        if self._accept(")"):
            return ()
        found = [self.expression()]
        while self._accept(","):
            found.append(self.expression())
        self._expect(")")
        return tuple(found)


def _with(step: Step, predicates: tuple[Node, ...]) -> Step:
    """Predicates after `.` and `..` belong to XPath 2, but forms in the field have them."""
    return Step(step.axis, step.test, predicates) if predicates else step


def _reduce(operands: list[Node], waiting: list[str], least: int) -> None:
    """Apply the operators that bind at least as tight as `least` to the operands read so far."""
    while waiting and _BINDING[waiting[-1]] >= least:
        operator = waiting.pop()
        last = operands.pop()
        operands.append(Negate(last) if operator is _NEGATION else Binary(operator, operands.pop(), last))
