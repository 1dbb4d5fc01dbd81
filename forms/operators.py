# SPDX-License-Identifier: EUPL-1.2
"""Source for operators (XPath 1.0 §3.3 to §3.5). Chains lean to the left and are written in a loop: no recursion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.code import MANY, Code, Kind, number, truth
from forms.errors import ExpressionError
from forms.xpath import tree

if TYPE_CHECKING:
    from forms.emitter import Emitter

_COMPARISONS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_GROUPS = {"+": "sum", "-": "sum", "*": "*", "and": "and", "or": "or", "|": "|"}
_CHAIN = 40  # operands of one Python expression: more would exhaust the nesting that Python's own compiler takes


class OperatorCode:
    """The part of an emitter that writes operators."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.nested = 0

    def negated(self, ast: tree.Negate) -> Code:
        """Write unary minus; two of them are number()."""
        times = 0
        operand: tree.Node = ast
        while isinstance(operand, tree.Negate):
            times += 1
            operand = operand.operand
        return number(f"({'-' if times % 2 else '+'}{self.emitter.number(operand)})")

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
            return truth(self.joined(left, parts, self.emitter.truth, self.emitter.as_truth))
        if operator in {"+", "-", "*"}:
            return number(self.joined(left, parts, self.emitter.number, self.emitter.as_number))
        first = left if isinstance(left, Code) else self.emitter.code(left)
        if operator == "|":
            codes = [first, *(self.emitter.code(part) for _, part in parts)]
            return Code(Kind.TEXTS, f"[{', '.join('*' + self.emitter.lists.texts(code) for code in codes)}]")
        if operator in {"div", "mod"}:
            name = "divide" if operator == "div" else "modulo"
            return number(f"{name}({self.emitter.as_number(first)}, {self.emitter.number(right)})")
        if operator in _COMPARISONS:
            return truth(self.compared(first, self.emitter.code(right), operator))
        return truth(self.equality(first, self.emitter.code(right), operator))

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
        if self.emitter.context.outer is not None:
            self.nested += 1
            if self.nested > _CHAIN:
                raise ExpressionError("too long for a predicate")
            return f"({source})"
        name = self.emitter.fresh()
        self.emitter.statements.append(f"{name} = {source}")
        return name

    def compared(self, left: Code, right: Code, operator: str) -> str:
        """`<` and its like, between numbers."""
        if left.kind in MANY or right.kind in MANY:
            return f"{_COMPARISONS[operator]}({self.emitter.as_value(left)}, {self.emitter.as_value(right)})"
        return f"({self.emitter.as_number(left)} {operator} {self.emitter.as_number(right)})"

    def equality(self, left: Code, right: Code, operator: str) -> str:
        """`=` and `!=` (XPath 1.0 §3.4)."""
        python = "==" if operator == "=" else "!="
        if left.kind in MANY or right.kind in MANY:
            name = "equal" if operator == "=" else "different"
            return f"{name}({self.emitter.as_value(left)}, {self.emitter.as_value(right)})"
        kinds = {left.kind, right.kind}
        if Kind.TRUTH in kinds:
            return f"({self.emitter.as_truth(left)} {python} {self.emitter.as_truth(right)})"
        if Kind.NUMBER in kinds:
            same = f"equal_numbers({self.emitter.as_number(left)}, {self.emitter.as_number(right)})"
            return same if operator == "=" else f"(not {same})"
        return f"({self.emitter.as_text(left)} {python} {self.emitter.as_text(right)})"
