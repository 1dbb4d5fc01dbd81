# SPDX-License-Identifier: EUPL-1.2
"""The functions of ODK XForms and of XPath 1.0: names, arguments, results and what computes them.

An implementation takes Python values already converted to the kinds that `Function.argument_kind` tells: `str` for
STRING, `float` for NUMBER, `bool` for BOOLEAN, `NodeSet` for NODESET, any of the four for ANY. Functions with a `need`
depend on the session or on the place in the form: `Need` says what the engine gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from forms.errors import ExpressionError, UnknownFunctionError
from forms.xpath import chance, digests, geography, moments, numeric, selections, texts, values
from forms.xpath.regex import matches


class ValueKind(Enum):
    """The kinds of value of XPath 1.0, and ANY for "as it comes"."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NODESET = "nodeset"
    ANY = "any"


class Need(Enum):
    """What a function needs beyond its arguments, and how the engine answers it.

    With CLOCK and LANGUAGE there is an implementation that takes the needed value as well; with the others there is
    none and the engine computes the call.
    """

    CLOCK = "clock"  # implementation(now: datetime)
    LANGUAGE = "language"  # implementation(value, pattern, language: str): the session's language
    NODE_VALUE = "node value"  # once(x): x if the node that is being calculated is empty, else the node's own value
    POSITION = "position"  # position(): in the predicate's or node's set; position(node): among siblings of its name
    LAST = "last"  # last(): the size of the set that a predicate filters
    INSTANCE = "instance"  # instance(id) -> NodeSet of the secondary instance's root
    CURRENT = "current"  # current() -> NodeSet of the node whose bind (or itemset, output …) is being computed
    NODES = "nodes"  # id(), lang(), name(), local-name(), namespace-uri(): the names and attributes of nodes
    PULLDATA = "pulldata"  # pulldata(instance, element, key element, key) -> str
    REPEAT = "repeat"  # indexed-repeat(node, repeat, 1-based index, …) -> the node in those instances
    CHOICE_NAME = "choice name"  # jr:choice-name(value, path of the select) -> label in the session's language
    ITEXT = "itext"  # jr:itext(id) -> text in the session's language
    FORM_VERSION = "form version"  # version() -> str
    PROPERTY = "property"  # property(name) -> str, as the preload "property"


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `name` is as written in an expression, with its prefix.

    `kinds` are the arguments' kinds; the last `repeating` of them may be repeated up to `max_arity` (None: no end).
    `lazy`: arguments are only computed when they are needed (`if`, `coalesce`, `once`). `volatile`: two calls may
    differ, so a call is never folded into a constant. `context_default`: called without argument, it takes the context
    node.
    """

    name: str
    kinds: tuple[ValueKind, ...]
    result: ValueKind
    min_arity: int
    max_arity: int | None
    implementation: Callable[..., Any] | None = None
    need: Need | None = None
    repeating: int = 0
    lazy: bool = False
    volatile: bool = False
    context_default: bool = False

    def argument_kind(self, index: int) -> ValueKind:
        """Return the kind of the argument at the 0-based `index`."""
        if index < len(self.kinds):
            return self.kinds[index]
        fixed = len(self.kinds) - self.repeating
        return self.kinds[fixed + (index - fixed) % self.repeating]

    def takes(self, arity: int) -> bool:
        """Tell whether the function can be called with so many arguments."""
        if arity < self.min_arity or (self.max_arity is not None and arity > self.max_arity):
            return False
        return self.repeating < 2 or (arity - self.min_arity) % self.repeating == 0


def lookup(name: str, arity: int) -> Function:
    """Find a function. Raises UnknownFunctionError, or ExpressionError if it does not take so many arguments."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise UnknownFunctionError(name)
    if not function.takes(arity):
        raise ExpressionError(f"{name}() does not take {arity} argument{'' if arity == 1 else 's'}")
    return function


def _describe(name: str, signature: str, implementation: Callable[..., Any] | None, **more: Any) -> Function:
    """Read `string number number? -> string`; `*` after the last kind: any number of times; `+`: once or more.

    Kinds in parentheses at the end are repeated together: `any (any any)*`.
    """
    arguments, _, result = signature.partition("->")
    fixed, _, group = arguments.partition("(")
    words = fixed.split()
    repeated = group.rstrip(" )*+").split()
    kinds = [ValueKind(word.rstrip("?*+")) for word in words] + [ValueKind(word) for word in repeated]
    optional = sum(1 for word in words if word[-1] in "?*") + (len(repeated) if group.rstrip().endswith("*") else 0)
    endless = bool(repeated) or bool(words and words[-1][-1] in "*+")
    return Function(
        name=name,
        kinds=tuple(kinds),
        result=ValueKind(result.strip()),
        min_arity=len(kinds) - optional,
        max_arity=more.pop("max_arity", None if endless else len(kinds)),
        implementation=implementation,
        repeating=len(repeated) or int(endless),
        **more,
    )


_STRINGS: Final = (
    _describe("string", "any? -> string", values.to_string, context_default=True),
    _describe("concat", "any* -> string", texts.concat),
    _describe("join", "string any* -> string", texts.join),
    _describe("substr", "string number number? -> string", texts.substr),
    _describe("substring", "string number number? -> string", texts.substring),
    _describe("substring-before", "string string -> string", texts.substring_before),
    _describe("substring-after", "string string -> string", texts.substring_after),
    _describe("translate", "string string string -> string", texts.translate),
    _describe("string-length", "string? -> number", texts.string_length, context_default=True),
    _describe("normalize-space", "string? -> string", texts.normalize_space, context_default=True),
    _describe("contains", "string string -> boolean", texts.contains),
    _describe("starts-with", "string string -> boolean", texts.starts_with),
    _describe("ends-with", "string string -> boolean", texts.ends_with),
    _describe("uuid", "number? -> string", chance.uuid, volatile=True),
    _describe("digest", "string string string? -> string", digests.digest),
    _describe("pulldata", "string string string string -> string", None, need=Need.PULLDATA),
    _describe("base64-decode", "string -> string", digests.base64_decode),
    _describe("extract-signed", "string string -> string", digests.extract_signed),
)

_BOOLEANS: Final = (
    _describe("if", "boolean any any -> any", None, lazy=True),
    _describe("coalesce", "any any any* -> any", None, lazy=True),
    _describe("once", "any -> any", None, need=Need.NODE_VALUE, lazy=True),
    _describe("true", "-> boolean", lambda: True),
    _describe("false", "-> boolean", lambda: False),
    _describe("boolean", "any -> boolean", values.to_boolean),
    _describe("boolean-from-string", "string -> boolean", selections.boolean_from_string),
    _describe("not", "boolean -> boolean", selections.negation),
    _describe("regex", "string string -> boolean", matches),
    _describe("checklist", "number number any* -> boolean", selections.checklist),
    _describe("weighted-checklist", "number number (any any)* -> boolean", selections.weighted_checklist),
    _describe("lang", "string -> boolean", None, need=Need.NODES),
)

_NUMBERS: Final = (
    _describe("number", "any? -> number", values.to_number, context_default=True),
    _describe("random", "-> number", chance.random_number, volatile=True),
    _describe("int", "number -> number", numeric.integer),
    _describe("floor", "number -> number", numeric.floored),
    _describe("ceiling", "number -> number", numeric.ceiling),
    _describe("round", "number number? -> number", numeric.rounded),
    _describe("sum", "any -> number", numeric.total),
    _describe("max", "any+ -> number", numeric.maximum),
    _describe("min", "any+ -> number", numeric.minimum),
    _describe("pow", "number number -> number", numeric.power),
    _describe("log", "number -> number", numeric.natural_logarithm),
    _describe("log10", "number -> number", numeric.decimal_logarithm),
    _describe("abs", "number -> number", numeric.absolute),
    _describe("sin", "number -> number", numeric.sine),
    _describe("cos", "number -> number", numeric.cosine),
    _describe("tan", "number -> number", numeric.tangent),
    _describe("asin", "number -> number", numeric.arc_sine),
    _describe("acos", "number -> number", numeric.arc_cosine),
    _describe("atan", "number -> number", numeric.arc_tangent),
    _describe("atan2", "number number -> number", numeric.arc_tangent_2),
    _describe("sqrt", "number -> number", numeric.square_root),
    _describe("exp", "number -> number", numeric.exponential),
    _describe("exp10", "number -> number", numeric.power_of_ten),
    _describe("pi", "-> number", numeric.pi),
)

_NODE_SETS: Final = (
    _describe("count", "nodeset -> number", numeric.count),
    _describe("count-non-empty", "nodeset -> number", numeric.count_non_empty),
    _describe("position", "nodeset? -> number", None, need=Need.POSITION),
    _describe("last", "-> number", None, need=Need.LAST),
    _describe("instance", "string -> nodeset", None, need=Need.INSTANCE),
    _describe("current", "-> nodeset", None, need=Need.CURRENT),
    _describe("randomize", "nodeset any? -> nodeset", chance.randomize),
    _describe("id", "any -> nodeset", None, need=Need.NODES),
    _describe("name", "nodeset? -> string", None, need=Need.NODES, context_default=True),
    _describe("local-name", "nodeset? -> string", None, need=Need.NODES, context_default=True),
    _describe("namespace-uri", "nodeset? -> string", None, need=Need.NODES, context_default=True),
    _describe(
        "indexed-repeat", "nodeset (nodeset number)+ -> nodeset", None, need=Need.REPEAT, max_arity=11
    ),  # the specification says 7; JavaRosa takes 11
)

_DATES: Final = (
    _describe("today", "-> string", moments.today_text, need=Need.CLOCK, volatile=True),
    _describe("now", "-> string", moments.now_text, need=Need.CLOCK, volatile=True),
    _describe("format-date", "any string -> string", moments.format_date, need=Need.LANGUAGE),
    _describe("format-date-time", "any string -> string", moments.format_date, need=Need.LANGUAGE),
    _describe("date", "any -> string", moments.date_text),
    _describe("decimal-date-time", "any -> number", moments.decimal_date_time),
    _describe("decimal-time", "any -> number", moments.decimal_time),
)

_OTHERS: Final = (
    _describe("selected", "string string -> boolean", selections.selected),
    _describe("selected-at", "string number -> string", selections.selected_at),
    _describe("count-selected", "string -> number", selections.count_selected),
    _describe("jr:choice-name", "string string -> string", None, need=Need.CHOICE_NAME),
    _describe("jr:itext", "string -> string", None, need=Need.ITEXT),
    _describe("area", "any -> number", geography.area),
    _describe("distance", "any+ -> number", geography.distance),
    _describe("geofence", "any any -> boolean", geography.geofence),
    _describe("intersects", "any -> boolean", geography.intersects),
)

# Names that JavaRosa still answers.
_OLD_NAMES: Final = (
    _describe("date-time", "any -> string", moments.date_time_text),
    _describe("depend", "any any* -> any", selections.first_argument),
    _describe("enclosed-area", "any -> number", geography.area),
    _describe("is-selected", "string string -> boolean", selections.selected),
    _describe("property", "string -> string", None, need=Need.PROPERTY),
    _describe("version", "-> string", None, need=Need.FORM_VERSION),
)

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for group in (_STRINGS, _BOOLEANS, _NUMBERS, _NODE_SETS, _DATES, _OTHERS, _OLD_NAMES)
    for function in group
}
