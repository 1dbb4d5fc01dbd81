# SPDX-License-Identifier: EUPL-1.2
"""The syntax tree of an expression: XPath 1.0 without variables, as small immutable values.

    Number | String | Negate | Binary | Call | LocationPath | FilterExpression      (together: `Node`)

Abbreviations are gone: `.` is the step `self::node()`, `..` is `parent::node()`, `@x` is `attribute::x`, and `//` is
the step `descendant-or-self::node()` between its neighbours. Parentheses leave no trace but the shape of the tree, so
`unparse` is canonical and `parse(unparse(tree)) == tree`.

The parser bounds the height of a tree to `MAX_HEIGHT`; long chains (`a + b + c …`) lean to the left and can be read
without recursion through `operands`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forms.xpath.values import number_to_string

MAX_HEIGHT: Final = 5000
"""The greatest height of a tree that `parse` returns (a leaf has height 1)."""

AXES: Final = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)

PRECEDENCE: Final = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
    "|": 8,
}
"""Binary operators, all left-associative (XPath 1.0 §3.5 and the grammar of §3.3 to §3.5); higher binds tighter."""

NEGATION_PRECEDENCE: Final = 7


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal: finite, never negative (a sign is `Negate`)."""

    value: float


@dataclass(frozen=True, slots=True)
class String:
    """A string literal; XPath has no escapes, so it holds at most one of the two kinds of quote."""

    value: str


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """One binary operator; `operator` is a key of `PRECEDENCE`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `name` as written, with its prefix (`jr:itext`)."""

    name: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path.

    `axis` is in `AXES`. `test` is `name`, `prefix:name`, `*`, `prefix:*`, `node()`, `text()`, `comment()`,
    `processing-instruction()` or `processing-instruction('target')`.
    """

    axis: str
    test: str
    predicates: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationPath:
    """`/a/b` (absolute) or `a/b` (from the context node). Only an absolute path may have no steps: it is `/`."""

    absolute: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FilterExpression:
    """A value that is filtered, walked from, or both: `instance('c')/root/item[x]`, `(a | b)[1]`.

    `predicates` filter `source` itself, then `steps` start from what is left; at least one of the two is not empty.
    """

    source: Node
    predicates: tuple[Node, ...] = ()
    steps: tuple[Step, ...] = ()


Node = Number | String | Negate | Binary | Call | LocationPath | FilterExpression

ANY_DESCENDANT: Final = Step("descendant-or-self", "node()")
CURRENT: Final = Step("self", "node()")
PARENT: Final = Step("parent", "node()")


def children(node: Node) -> tuple[Node, ...]:
    """List the expressions directly inside `node`, in the order they are written (predicates of steps included)."""
    match node:
        case Binary():
            return (node.left, node.right)
        case Negate():
            return (node.operand,)
        case Call():
            return node.arguments
        case LocationPath():
            return _inside(node.steps)
        case FilterExpression():
            return (node.source, *node.predicates, *_inside(node.steps))
        case _:
            return ()


def _inside(steps: tuple[Step, ...]) -> tuple[Node, ...]:
    return tuple(predicate for step in steps for predicate in step.predicates)


def walk(node: Node) -> Iterator[Node]:
    """Yield every expression of the tree, `node` first, then depth first in the order of writing."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def height(node: Node) -> int:
    """Count the levels of the tree: 1 for a leaf."""
    deepest = 0
    waiting = [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(current))
    return deepest


def operands(node: Binary) -> list[Node]:
    """List the operands of a chain of one operator, left to right: `a + b + c` gives [a, b, c].

    Only the left side is followed: `a + (b + c)` gives [a, (b + c)].
    """
    found: list[Node] = []
    current: Node = node
    while isinstance(current, Binary) and current.operator == node.operator:
        found.append(current.right)
        current = current.left
    found.append(current)
    found.reverse()
    return found


def unparse(node: Node) -> str:
    """Write the tree as an expression: abbreviated, one space around operators, no needless parentheses."""
    match node:
        case Number():
            return number_to_string(node.value)
        case String():
            return _quote(node.value)
        case Negate():
            return "-" + _operand(node.operand, NEGATION_PRECEDENCE)
        case Binary():
            return _chain(node)
        case Call():
            return f"{node.name}({', '.join(map(unparse, node.arguments))})"
        case LocationPath():
            return _location(node)
        case FilterExpression():
            return _filter(node)


def _quote(value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise ValueError("XPath 1.0 cannot write a string that holds both kinds of quote")


def _chain(node: Binary) -> str:
    """Follow the left side in a loop, so that a long sum costs no recursion."""
    parts: list[str] = []
    current = node
    while True:
        precedence = PRECEDENCE[current.operator]
        parts.append(f" {current.operator} {_operand(current.right, precedence + 1)}")
        left = current.left
        if not isinstance(left, Binary) or PRECEDENCE[left.operator] < precedence:
            parts.append(_operand(left, precedence))
            break
        current = left
    return "".join(reversed(parts))


def _operand(node: Node, least: int) -> str:
    """Write an operand; parentheses if it binds looser than `least`, or is `/`, after which an operator is a name."""
    loose = (
        (isinstance(node, Binary) and PRECEDENCE[node.operator] < least)
        or (isinstance(node, Negate) and least > NEGATION_PRECEDENCE)
        or (isinstance(node, LocationPath) and not node.steps)
    )
    return f"({unparse(node)})" if loose else unparse(node)


def _location(node: LocationPath) -> str:
    if node.absolute:
        return _steps(node.steps) or "/"
    first = _step(node.steps[0])
    return first + _steps(node.steps[1:])


def _filter(node: FilterExpression) -> str:
    source = unparse(node.source)
    if not isinstance(node.source, Call | String | Number):
        source = f"({source})"
    return source + "".join(f"[{unparse(predicate)}]" for predicate in node.predicates) + _steps(node.steps)


def _steps(steps: tuple[Step, ...]) -> str:
    """Write steps, each after its `/`; `//` stands for the step that looks at every descendant."""
    written: list[str] = []
    last = len(steps) - 1
    slash = "/"
    for index, step in enumerate(steps):
        if step == ANY_DESCENDANT and slash == "/" and index < last:
            slash = "//"
            continue
        written.append(slash + _step(step))
        slash = "/"
    return "".join(written)


def _step(step: Step) -> str:
    match step.axis, step.test:
        case "child", test:
            written = test
        case "attribute", test:
            written = "@" + test
        case "self", "node()":
            written = "."
        case "parent", "node()":
            written = ".."
        case axis, test:
            written = f"{axis}::{test}"
    return written + "".join(f"[{unparse(predicate)}]" for predicate in step.predicates)
