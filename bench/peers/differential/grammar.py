# SPDX-License-Identifier: EUPL-1.2
"""Random XPath expressions of a wanted kind, over every group of functions.

What is never generated here, because engines are known to differ, is pinned one by one in `declared.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")
DIGESTS = ("'SHA-256', 'hex'", "'MD5', 'base64'", "'SHA-1', 'base64'", "'SHA-512', 'hex'", "'SHA-384'")
WORDS = ("", "a", "bc", "été", "x y", "10", "2.5")
NUMBERS = ("int", "decimal", "number")  # kinds of fields that hold numbers
TEXTS = ("string", "text", "once", "select1", "select")


class Pick(Protocol):
    """Chooses one of several: hypothesis, which can make a failure smaller, or a random generator."""

    def __call__(self, options: Sequence[T], /) -> T:
        """Choose."""
        ...


@dataclass(frozen=True)
class Manners:
    """What a peer does otherwise, so that it is not asked for: each is pinned in `declared.py`."""

    blank_spoils_sums: bool = (
        False  # an empty answer makes sum, min and max not a number, and no answer at all makes sum so
    )
    hidden_in_sets: bool = False  # what is irrelevant still counts as a node
    joins_only_sets: bool = False  # join() takes one node-set and nothing else
    minus_zero: bool = False  # -0 is stored as no answer
    greatest_above_zero: bool = False  # max() never is below zero
    clears_silently: bool = False  # an answer that its list no longer offers goes, but nothing is calculated again
    list_forgets_relevance: bool = False  # a list stays as it was when the answer that filters it becomes irrelevant
    first_load_comes_first: bool = False  # actions of odk-instance-first-load, before anything is calculated
    first_load_sets_off_nothing: bool = False  # and does not set off xforms-value-changed
    language_is_no_change: bool = False  # jr:choice-name() keeps the words of the language before
    never_fewer: bool = False  # a smaller count takes no instance away, and an irrelevant one still counts
    hidden_stays_unset: bool = False  # setvalue of what is irrelevant, or becomes relevant by the same answer, is lost
    index_is_a_set: bool = False  # indexed-repeat() of no instance is no text, so that != is false
    halves_away: bool = False  # round(-2.5) is -3
    decimals_with_point: bool = False  # a whole number in a decimal node is read as "3.0" also where text is wanted
    actions_may_see_before: bool = False  # now and then an action reads a calculation as it was before the answer
    relevance_is_a_change: bool = False  # a question that is shown or hidden sets off its actions
    centimetres: bool = False  # distances are rounded to 0.01
    areas_on_a_sphere: bool = False  # areas are those of another model of the earth
    days_elsewhere: bool = False  # a number and a date do not become each other in one time zone
    trims_what_it_opens: bool = False  # spaces around a text are gone once the instance is opened again
    opens_without_repeats: bool = False  # repeats of a group that was not sent have no instance in an edit


DEFAULT = Manners()
MANNERS = {
    "javarosa": Manners(
        joins_only_sets=True,
        greatest_above_zero=True,
        clears_silently=True,
        list_forgets_relevance=True,
        first_load_comes_first=True,
        never_fewer=True,
        language_is_no_change=True,
        trims_what_it_opens=True,
    ),
    "xforms-engine": Manners(
        blank_spoils_sums=True,
        hidden_in_sets=True,
        minus_zero=True,
        index_is_a_set=True,
        first_load_sets_off_nothing=True,
        hidden_stays_unset=True,
        halves_away=True,
        decimals_with_point=True,
        actions_may_see_before=True,
        relevance_is_a_change=True,
        centimetres=True,
        areas_on_a_sphere=True,
        days_elsewhere=True,
        opens_without_repeats=True,
    ),
}


@dataclass(frozen=True)
class Field:
    """A node of the form: its generic path, what it holds, the repeat it is in ("" = none), if it may be hidden."""

    path: str
    kind: str
    repeat: str = ""
    choices: tuple[str, ...] = ()
    conditional: bool = False
    unread: bool = False  # no expression names it

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rsplit("/", 1)[1]


def relative(path: str, parent: str) -> str:
    """Write an absolute path as seen from a child of `parent`."""
    to, here = path.split("/"), parent.split("/")
    shared = next((i for i, (a, b) in enumerate(zip(to, here, strict=False)) if a != b), min(len(to), len(here)))
    return "/".join([".."] * (len(here) - shared + 1) + to[shared:])


@dataclass(frozen=True)
class Sight:
    """What an expression of a child of `parent` may name: the fields before it; `repeat` is the innermost around it."""

    fields: tuple[Field, ...]
    parent: str = "/data"
    repeat: str = ""
    manners: Manners = DEFAULT

    def path(self, field: Field) -> str:
        """Name a field from here: relatively what shares a repeat with it, as pyxform writes it."""
        shares = field.repeat and self.repeat.split("/")[:3] == field.repeat.split("/")[:3]
        return relative(field.path, self.parent) if shares else field.path

    def _is_single(self, field: Field) -> bool:
        return not field.repeat or (self.repeat + "/").startswith(field.repeat + "/")

    def readable(self, *kinds: str) -> list[Field]:
        """List the fields that are one node from here."""
        return [f for f in self.fields if f.kind in kinds and not f.unread and self._is_single(f)]

    def single(self, *kinds: str) -> list[str]:
        """List the paths that name one node from here."""
        return [self.path(f) for f in self.readable(*kinds)]

    def many(self, *kinds: str) -> list[Field]:
        """List the fields of repeats that are several nodes from here."""
        some = [f for f in self.fields if f.kind in kinds and not f.unread and not self._is_single(f)]
        return [f for f in some if not (f.conditional and self.manners.hidden_in_sets)]

    def sets(self, *kinds: str) -> list[str]:
        """List the paths that name all nodes of a repeat from outside it."""
        return [self.path(f) for f in self.many(*kinds)]


def text_literal(pick: Pick, words: Sequence[str] = WORDS) -> str:
    """Quote a literal."""
    return f"'{pick(words)}'"


def number(pick: Pick, sight: Sight, depth: int) -> str:
    """Write an expression whose value is a number."""
    leaves = [*sight.single(*NUMBERS), "0", "1", "3", "2.5", "-4", "100"]
    if depth == 0:
        return pick(leaves)

    def n() -> str:
        return number(pick, sight, depth - 1)

    makers: list[Callable[[], str]] = [
        lambda: pick(leaves),
        lambda: f"({n()} {pick(('+', '-', '*'))} {n()})",
        lambda: f"({n()} {pick(('div', 'mod'))} {pick(('2', '3', '0.5', '7'))})",
        lambda: f"(- ({n()}))",
        lambda: f"{pick(('int', 'abs'))}({n()})",
        lambda: f"round({_rounded(n(), sight.manners)})",
        lambda: f"round({_rounded(n(), sight.manners)}, {pick(('0', '1', '2'))})",
        lambda: f"{pick(('sqrt', 'exp', 'sin', 'cos', 'tan', 'atan'))}({pick(leaves)})",
        lambda: f"{pick(('log', 'log10'))}(abs({pick(leaves)}) + 1)",
        lambda: f"{pick(('asin', 'acos'))}({pick(('0', '0.5', '-1', '2'))})",
        lambda: f"atan2({pick(leaves)}, {pick(('2', '-1'))}) + pi()",
        lambda: f"pow({n()}, 2) + exp10({pick(('0', '2', '-1'))})",
        lambda: f"{pick(('min', 'max'))}({_extreme(pick, sight)}, {_extreme(pick, sight)})",
        lambda: f"string-length({text(pick, sight, depth - 1)})",
        lambda: f"number({text(pick, sight, 0)})",
        lambda: f"if({truth(pick, sight, depth - 1)}, {n()}, {n()})",
        lambda: f"coalesce({n()}, {n()})",
    ]
    makers += _of_one_answer(pick, sight)
    sets = sight.sets(*NUMBERS)
    if sets:
        makers.append(lambda: _sum(pick(sets), sight.manners))
        makers.append(lambda: f"{pick(('count', 'count-non-empty'))}({pick(sets)})")
        makers.append(lambda: _extreme_of(pick, pick(sets), sight.manners))
    repeats = sight.sets("repeat")
    if repeats:
        makers.append(lambda: f"count({pick(repeats)})")
    makers.append(
        lambda: f"count(instance('towns')/root/item[size {pick(('=', '>', '!='))} {_row_value(pick, sight)}])"
    )
    if sight.repeat:
        makers.append(lambda: "position(..)")
    return pick(makers)()


def _of_one_answer(pick: Pick, sight: Sight) -> list[Callable[[], str]]:
    """Write numbers that are told of answers of other types."""
    makers: list[Callable[[], str]] = []
    many, days, hours = sight.single("select"), sight.single("date", "dateTime"), sight.single("time")
    if many:
        makers.append(lambda: f"count-selected({pick(many)})")
    if days:
        makers.append(lambda: f"decimal-date-time({pick(days)})")
    if hours:
        makers.append(lambda: f"decimal-time({pick(hours)})")
    lines, shapes = sight.single("geotrace", "geoshape"), sight.single("geoshape")
    if lines:
        makers.append(lambda: _measured("distance", pick(lines), sight.manners))
    if shapes and not sight.manners.areas_on_a_sphere:
        makers.append(lambda: _measured("area", pick(shapes), sight.manners))
    return makers


def _extreme(pick: Pick, sight: Sight) -> str:
    """Write a number for min and max: never not-a-number where the peer minds."""
    one = number(pick, sight, 0)
    if sight.manners.greatest_above_zero:
        return f"if({one} > 0, {one}, 1)"
    return f"if({one} < 0 or {one} >= 0, {one}, 0)" if sight.manners.blank_spoils_sums else one


def _extreme_of(pick: Pick, nodes: str, manners: Manners) -> str:
    """Write min or max of several nodes: of those that the peer does not mind, and of at least one."""
    usable = "[. > 0]" if manners.greatest_above_zero or manners.blank_spoils_sums else ""
    return f"if(count({nodes}[. > 0]) > 0, {pick(('min', 'max'))}({nodes}{usable}), 0)"


def _measured(function: str, path: str, manners: Manners) -> str:
    """Measure what was drawn; what was not is nothing here, and 0 or an error elsewhere."""
    one = f"if({path} != '', {function}({path}), 0)"
    return f"round({one} div 1000)" if manners.centimetres else f"round({one}, 2)"


def _rounded(one: str, manners: Manners) -> str:
    return f"abs({one})" if manners.halves_away else one


def _sum(nodes: str, manners: Manners) -> str:
    """Write a sum: of answered nodes only, and of at least one, where the peer minds."""
    filled = f"{nodes}[. != '']"
    return f"if(count({filled}) > 0, sum({filled}), 0)" if manners.blank_spoils_sums else f"sum({nodes})"


def _in_predicate(path: str) -> str:
    """Write a path as it is written inside a predicate, where `..` would start from the row."""
    return f"current()/{path}" if path.startswith("..") else path


def _row_value(pick: Pick, sight: Sight) -> str:
    return pick(["1", "2", *map(_in_predicate, sight.single(*NUMBERS))])


def _indexed(pick: Pick, field: Field, manners: Manners) -> str:
    """Pick one node by the positions of all repeats around it."""
    steps = field.repeat.split("/")
    repeats = ["/".join(steps[:end]) for end in range(3, len(steps) + 1) if steps[end - 1].startswith("r")]
    source = f"indexed-repeat({field.path}, {', '.join(f'{repeat}, {pick((1, 2))}' for repeat in repeats)})"
    return f"string({source})" if manners.index_is_a_set else source


def text(pick: Pick, sight: Sight, depth: int) -> str:
    """Write an expression whose value is a text."""
    leaves = [*sight.single(*TEXTS), *(f"'{word}'" for word in WORDS)]
    if depth == 0:
        return pick(leaves)

    def s() -> str:
        return text(pick, sight, depth - 1)

    makers: list[Callable[[], str]] = [
        lambda: pick(leaves),
        lambda: f"concat({s()}, {s()})",
        lambda: f"concat({s()}, '-', {number(pick, sight, 0)})",
        lambda: f"substr({s()}, {pick(('0', '1', '2'))})",
        lambda: f"substr({s()}, 0, {pick(('1', '2', '5'))})",
        lambda: f"{pick(('substring-before', 'substring-after'))}({s()}, {text_literal(pick, ('a', ' ', 'c'))})",
        lambda: f"translate({s()}, 'abc', 'AB')",
        lambda: f"normalize-space({s()})",
        lambda: f"if({truth(pick, sight, depth - 1)}, {s()}, {s()})",
        lambda: f"coalesce({s()}, {s()})",
        lambda: f"string({truth(pick, sight, depth - 1)})",
        lambda: f"digest({s()}, {pick(DIGESTS)})",
    ]
    many = sight.single("select")
    if many:
        makers.append(lambda: f"selected-at({pick(many)}, {pick(('0', '1', '3'))})")
    named = [sight.path(f) for f in sight.readable("select1") if f.choices]
    if named:
        path = pick(named)
        looked_up = f"instance('places')/root/item[name = {_in_predicate(path)}]"
        makers.append(lambda: f"string({looked_up}/{pick(('label', 'rank'))})")
        makers.append(lambda: f"jr:choice-name({path}, '{path}')")
    makers += _of_moments(pick, sight)
    sets = sight.sets(*TEXTS, *NUMBERS)
    if sets:
        makers.append(lambda: f"join(' ', {pick(sets)})")
        if not sight.manners.joins_only_sets:
            makers.append(lambda: f"join('-', {s()}, {pick(sets)})")
    indexed = sight.many(*TEXTS, *NUMBERS) if not sight.repeat else []
    if indexed:
        makers.append(lambda: _indexed(pick, pick(indexed), sight.manners))
    return pick(makers)()


def _of_moments(pick: Pick, sight: Sight) -> list[Callable[[], str]]:
    """Write dates and times in words."""
    makers: list[Callable[[], str]] = []
    dates, moments = sight.single("date"), sight.single("dateTime")
    if dates:
        makers.append(lambda: f"format-date({pick(dates)}, '%Y/%n/%e %y %m %d')")
    if dates and not sight.manners.days_elsewhere:
        shifted = f"date(decimal-date-time({pick(dates)}) + {pick(('1', '-30', '365'))})"
        makers.append(lambda: f"format-date({shifted}, '%Y-%m-%d')")
    if moments:
        makers.append(lambda: f"format-date-time({pick(moments)}, '%Y-%m-%d %H:%M:%S %h %3')")
    return makers


def truth(pick: Pick, sight: Sight, depth: int) -> str:
    """Write an expression whose value is true or false."""
    everything = sight.single(*NUMBERS, *TEXTS, "date")

    def n() -> str:
        return number(pick, sight, max(0, depth - 1))

    def s() -> str:
        return text(pick, sight, max(0, depth - 1))

    makers: list[Callable[[], str]] = [
        lambda: f"{n()} {pick(('<', '<=', '>', '>=', '=', '!='))} {n()}",
        lambda: f"{s()} {pick(('=', '!='))} {s()}",
        lambda: f"{pick(('contains', 'starts-with', 'ends-with'))}({s()}, {text_literal(pick, ('', 'a', 'c'))})",
        lambda: f"regex({s()}, '^[a-c]*$')",
        lambda: f"boolean-from-string({s()})",
        lambda: pick(("true()", "false()")),
    ]
    if everything:
        makers += [lambda: f"{pick(everything)} {pick(('=', '!='))} ''"] * 2
    selects = sight.readable("select", "select1")
    if selects:
        one = pick(selects)
        makers += [lambda: f"selected({sight.path(one)}, {text_literal(pick, one.choices or WORDS[1:3])})"] * 2
    dates = sight.single("date")
    if dates:
        makers.append(lambda: f"{pick(dates)} {pick(('<', '>='))} date('2024-06-01')")
    if depth > 0:

        def b() -> str:
            return truth(pick, sight, depth - 1)

        makers += [
            lambda: f"({b()} and {b()})",
            lambda: f"({b()} or {b()})",
            lambda: f"not({b()})",
            lambda: f"checklist(1, 2, {b()}, {b()}, {b()})",
            lambda: f"weighted-checklist(2, 4, {b()}, 2, {b()}, 1)",
        ]
    return pick(makers)()
