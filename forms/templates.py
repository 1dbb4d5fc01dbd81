# SPDX-License-Identifier: EUPL-1.2
"""The generated functions: one factory for each shape of expression, and the names that their source may use."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType
from typing import Any, Final

from forms.definition import Expression
from forms.errors import ExpressionError
from forms.xpath import values
from forms.xpath.chance import park_miller, random_number, seed_number, shuffled_places
from forms.xpath.functions import FUNCTIONS

_NOT_IN_NAMES: Final = re.compile(r"\W")


MAX_BRACKETS: Final = 190
"""How deep brackets may be nested in generated source: Python reads 200."""


def _nesting(source: str) -> int:
    opened = deepest = 0
    for letter in source:
        if letter in "([":
            opened += 1
            deepest = max(deepest, opened)
        elif letter in ")]":
            opened -= 1
    return deepest


def function_name(name: str) -> str:
    """Name a function of the registry in generated source."""
    return "x_" + _NOT_IN_NAMES.sub("_", name)


def first(texts: list[str]) -> str:
    """XPath's string() of a node-set."""
    return texts[0] if texts else ""


def stored(value: float) -> str:
    """Write a number as it is stored: NaN is no answer."""
    return "" if value != value else values.number_to_string(value)  # noqa: PLR0124  (the fastest test for NaN)


def added(numbers: Iterable[float]) -> float:
    """sum(): what is not a number counts for nothing."""
    found = [number for number in numbers if number == number]  # noqa: PLR0124  (the fastest test for NaN)
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):
        return sum(found)


def greatest(numbers: Iterable[float]) -> float:
    """max(): of what is a number, else NaN."""
    return max([number for number in numbers if number == number], default=math.nan)  # noqa: PLR0124


def least(numbers: Iterable[float]) -> float:
    """min(): of what is a number, else NaN."""
    return min([number for number in numbers if number == number], default=math.nan)  # noqa: PLR0124


def shuffled(members: list[Any], seed: values.Value | None = None) -> list[Any]:
    """randomize(): with a seed always in the same order."""
    draw = random_number if seed is None else park_miller(seed_number(seed))
    return [members[place] for place in shuffled_places(len(members), draw)]


def picked(members: list[Any], index: float) -> list[Any]:
    """List the member at a 1-based index, nothing outside."""
    place = int(index) if index == index and abs(index) < 1e9 else 0  # noqa: PLR0124
    return members[place - 1 : place] if place >= 1 else []


def speaks(language: str, wanted: str) -> bool:
    """lang(): the language, or a variety of it, whatever the case."""
    one, other = language.lower(), wanted.lower()
    return one == other or one.startswith(f"{other}-")


def forgiving(function: Callable[..., Any], blank: object) -> Callable[..., Any]:
    """Let a function give `blank` where it would refuse: an answer must not break off a recalculation.

    What the form itself writes is tried when it is compiled (`calls`), so only computed arguments come to this.
    """

    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except ExpressionError:
            return blank

    return call


REFUSING: Final[Mapping[str, object]] = {"regex": False, "digest": ""}
"""Functions that refuse some arguments (a pattern, the name of an algorithm), and what they give instead."""

NAMES: Final[Mapping[str, Any]] = {
    "NodeSet": values.NodeSet,
    "added": added,
    "different": values.different,
    "divide": values.divide,
    "equal": values.equal,
    "equal_numbers": values.equal_numbers,
    "first": first,
    "greater": values.greater,
    "greater_equal": values.greater_equal,
    "greatest": greatest,
    "least": least,
    "less": values.less,
    "less_equal": values.less_equal,
    "modulo": values.modulo,
    "number_to_string": values.number_to_string,
    "picked": picked,
    "shuffled": shuffled,
    "speaks": speaks,
    "stored": stored,
    "to_boolean": values.to_boolean,
    "to_number": values.text_to_number,
    **{function_name(name): f.implementation for name, f in FUNCTIONS.items() if f.implementation is not None},
    **{function_name(name): forgiving(FUNCTIONS[name].implementation or str, REFUSING[name]) for name in REFUSING},
}


def hoisted(code: str) -> tuple[tuple[str, ...], str]:
    """Read the arrays of the frame that an expression asks several times only once; returns statements and the rest."""
    statements: list[str] = []
    for array in "vn":
        if len(_READS[array].findall(code)) > 2:
            statements.append(f"{array} = f.{array}")
            code = _READS[array].sub(f"{array}[", code)
    return tuple(statements), code


_READS: Final = {array: re.compile(rf"(?<![\w.])f\.{array}\[") for array in "vn"}


class Templates:
    """Factories by number. A factory takes the constants of one expression and returns its function."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self._numbers: dict[str, int] = {}
        self._factories: dict[int, Callable[..., Callable[..., Any]]] = {}

    def add(self, argument: str, statements: tuple[str, ...], code: str, constants: int) -> int:
        """Keep the template of an expression, the same source once. Raises ExpressionError if it is too deep."""
        parameters = ", ".join(f"a{index}" for index in range(constants))
        if not statements:
            statements, code = hoisted(code)
        if statements:
            body = "".join(f"\n        {statement}" for statement in statements)
            source = f"({parameters}):\n    def run({argument}):{body}\n        return {code}\n    return run\n"
        else:
            source = f"({parameters}):\n    return lambda {argument}: {code}\n"
        found = self._numbers.get(source)
        if found is None:
            if len(source) > MAX_BRACKETS and _nesting(source) > MAX_BRACKETS:
                raise ExpressionError("expression too deep")
            found = self._numbers[source] = len(self.sources)
            self.sources.append(source)
        return found

    def value(self, number: int, constants: tuple[Any, ...]) -> Any:
        """Compute an expression that needs no frame."""
        return self._factory(number)(*constants)(None)

    def _factory(self, number: int) -> Callable[..., Callable[..., Any]]:
        factory = self._factories.get(number)
        if factory is None:
            self.make([number])
            factory = self._factories[number]
        return factory

    def make(self, numbers: Iterable[int]) -> None:
        """Compile templates together, which is faster than one at a time."""
        missing = [number for number in dict.fromkeys(numbers) if number not in self._factories]
        self._factories.update(zip(missing, self.factories(self.code(missing)), strict=True))

    def code(self, numbers: Sequence[int]) -> CodeType:
        """Compile the source of some templates, for `factories`."""
        source = "".join(f"def t{place}{self.sources[number]}" for place, number in enumerate(numbers))
        return compile(
            f"{source}FACTORIES = [{', '.join(f't{place}' for place in range(len(numbers)))}]\n",
            "<form>",
            "exec",
            dont_inherit=True,
        )

    @staticmethod
    def factories(code: CodeType) -> list[Callable[..., Callable[..., Any]]]:
        """Make the factories of compiled templates, in their order."""
        names: dict[str, Any] = dict(NAMES)
        exec(code, names)  # noqa: S102  (source written by compile)
        found: list[Callable[..., Callable[..., Any]]] = names.pop("FACTORIES")
        return found

    def bind(self, expression: Expression, resolve: Callable[[Any], Any]) -> None:
        """Give an expression its function; `resolve` turns constants that stand for something into it."""
        factory = self._factory(expression.template)
        expression.run = factory(*map(resolve, expression.constants))
