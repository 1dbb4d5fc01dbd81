# SPDX-License-Identifier: EUPL-1.2
"""The graph of what depends on what, drawn once for the form: see DAG.md.

Calculations and relevances get a rank such that each comes after all that it reads; everything else (constraints,
required, readonly, texts, lists, repeat counts) is read by nothing and needs no rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forms.definition import Action, Body, Dependency, Evaluator, Expression, Node, Reach, Readers, Scope
from forms.errors import CycleError

# What a rule gives: the relevance of its node, a text, a number. And what most rules are, and quickest to bring on: a
# number that only rules of the form itself read, as a number; the relevance of a node that is in no repeat.
RELEVANCE, TEXT, NUMBER, QUIET, DIRECT = range(5)

_ONCE: Final = re.compile(r"\bonce\s*\(")

Train = tuple[Sequence[tuple[Evaluator, int, Node]], int]
"""Quiet rules, each of which reads nothing but the one before and is read by the next alone, and the place of one."""

Step = tuple[Evaluator, int, int, Node, Train]
"""A rule as the loop of recalculation wants it: its function, the slot, what it gives (RELEVANCE …), the node, and for
a quiet one the train that it is part of."""


@dataclass(slots=True, eq=False, repr=False)
class Rule:
    """A calculation, or a relevance (`is_relevant`), of one node; its rank is its place in `FormDef.rules`."""

    node: Node
    expression: Expression
    is_relevant: bool


def steps_of(rules: Sequence[Rule]) -> list[Step]:
    """Take out of the rules what is asked most; when their expressions have their functions."""
    kinds = [_kind(rule) for rule in rules]
    trains: dict[int, Train] = {}
    for rank, kind in enumerate(kinds):
        if kind == QUIET and rank not in trains:
            ranks = [rank]
            while follower := _follower(rules[ranks[-1]], rules, kinds):
                ranks.append(follower)
            members = [(rules[one].expression.run, rules[one].node.slot, rules[one].node) for one in ranks]
            trains.update({one: (members, place) for place, one in enumerate(ranks)})
    return [
        (rule.expression.run, rule.node.slot, kind, rule.node, trains.get(rank, _NO_TRAIN))
        for rank, (rule, kind) in enumerate(zip(rules, kinds, strict=True))
    ]


_NO_TRAIN: Final[Train] = ((), 0)


def _kind(rule: Rule) -> int:
    node = rule.node
    if rule.is_relevant:
        return RELEVANCE if node.scope.depth else DIRECT
    if rule.expression.result == "text":
        return TEXT
    return QUIET if node.quiet else NUMBER


def _follower(rule: Rule, rules: Sequence[Rule], kinds: Sequence[int]) -> int:
    """Find the quiet rule that alone reads a quiet one, and reads nothing else; 0 if there is none."""
    if len(rule.node.near) != 1:
        return 0
    (rank,) = rule.node.near
    return rank if kinds[rank] == QUIET and len(rules[rank].expression.dependencies) == 1 else 0


def find_quiet(rules: Sequence[Rule], actions: Iterable[Action], sources: Sequence[str]) -> None:
    """Mark the nodes outside of repeats whose number is read by rules outside of repeats alone, and never as a text.

    `sources` are the templates of the expressions: what reads a text has `v[`, or `s[`, in it. What actions read, which
    no graph tells, is not among them.
    """
    acting = [action.expression for action in actions if action.expression is not None]
    by_actions = {id(dependency.node) for expression in acting for dependency in expression.dependencies}
    reads_text = [_TEXT_READ.search(sources[rule.expression.template]) is not None for rule in rules]
    for rank, rule in enumerate(rules):
        node = rule.node
        if rule.is_relevant or rule.expression.result == "text" or reads_text[rank]:
            continue
        apart = not (node.scope.depth or node.sums or node.asked or node.readers or id(node) in by_actions)
        node.quiet = apart and not any(reads_text[reader] for reader in node.near)


_TEXT_READ: Final = re.compile(r"\b[vs]\[")


def rank_rules(nodes: Iterable[Node]) -> list[Rule]:
    """Order the rules so that each follows what it reads. Raises CycleError."""
    rules: list[Rule] = []
    calculations: dict[int, int] = {}
    relevances: dict[int, int] = {}
    for node in nodes:
        if node.relevant is not None:
            relevances[id(node)] = len(rules)
            rules.append(Rule(node, node.relevant, is_relevant=True))
        if node.calculate is not None:
            calculations[id(node)] = len(rules)
            rules.append(Rule(node, node.calculate, is_relevant=False))
    before = [set(_read_by(rule, calculations, relevances)) for rule in rules]
    _put_once_first(rules, before, calculations, relevances)
    after: list[list[int]] = [[] for _ in rules]
    for place, read in enumerate(before):
        for other in read:
            after[other].append(place)
    waiting = [len(read) for read in before]
    order = [place for place, count in enumerate(waiting) if count == 0]
    for place in order:
        for reader in after[place]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                order.append(reader)
    if len(order) < len(rules):
        left = {place for place, count in enumerate(waiting) if count}
        raise CycleError(_circle(rules, before, left))
    return [rules[place] for place in order]


def _put_once_first(
    rules: list[Rule], before: list[set[int]], calculations: dict[int, int], relevances: dict[int, int]
) -> None:
    """Let once() be computed before its own relevance: else it would find what was hidden until this very answer."""
    for node_id, place in relevances.items():
        calculation = calculations.get(node_id)
        if calculation is not None and _ONCE.search(rules[calculation].expression.source):
            before[place].add(calculation)


def _read_by(rule: Rule, calculations: dict[int, int], relevances: dict[int, int]) -> Iterator[int]:
    """List the rules that decide what a rule reads: of each node its value, and its own and inherited relevance."""
    for dependency in rule.expression.dependencies:
        node: Node | None = dependency.node
        if not (dependency.value or dependency.presence) or node is None:
            continue
        if dependency.value and id(node) in calculations:
            yield calculations[id(node)]
        while node is not None:
            if id(node) in relevances:
                yield relevances[id(node)]
            node = node.parent


def _circle(rules: list[Rule], before: list[set[int]], left: set[int]) -> list[str]:
    """Walk backwards among the rules that could not be ordered until one comes again."""
    place = min(left)
    seen: dict[int, int] = {}
    walk: list[int] = []
    while place not in seen:
        seen[place] = len(walk)
        walk.append(place)
        place = min(before[place] & left)
    circle = walk[seen[place] :]
    refs: list[str] = []
    for current, following in zip(circle, [*circle[1:], circle[0]], strict=True):
        refs.append(rules[current].node.path)
        refs.extend(_between(rules[current], rules[following]))
    refs.append(refs[0])
    # The same place twice in a row says nothing.
    return [ref for index, ref in enumerate(refs) if index == 0 or ref != refs[index - 1] or len(refs) == 2]


def _between(reader: Rule, read: Rule) -> Iterator[str]:
    """Name the node through which a rule reads another: one inside a group whose relevance is computed."""
    for dependency in reader.expression.dependencies:
        if dependency.node is not read.node and read.is_relevant and read.node in dependency.node.ancestors():
            yield dependency.node.path
            return


def reach(dependency: Dependency, start: Scope, reader: Scope) -> Reach:
    """From frames of `start` to the frames of `reader` that share an instance of the dependency's `join`."""
    down: list[int] = []
    scope = reader
    while scope is not dependency.join and scope.parent is not None:
        down.append(scope.place)
        scope = scope.parent
    return max(0, start.depth - dependency.join.depth), tuple(reversed(down))


class Wiring:
    """Tells every node and every repeat who reads it."""

    def __init__(self) -> None:
        self._near: dict[int, tuple[Node, dict[int, None]]] = {}

    def rule(self, rank: int, rule: Rule) -> None:
        """Note what a ranked rule reads."""
        scope = rule.node.scope
        scope.ranks.append(rank)
        for dependency in rule.expression.dependencies:
            node = dependency.node
            found = reach(dependency, node.scope, scope)
            if dependency.value:
                if found == (0, ()):
                    self._near.setdefault(id(node), (node, {}))[1][rank] = None
                else:
                    _value_readers(node).ranks.append((rank, found))
            for readers, path in _others(dependency, scope):
                readers.ranks.append((rank, path))

    def check(self, node: Node, expression: Expression | None) -> None:
        """Note what a constraint, required or readonly of a question reads."""
        for dependency in expression.dependencies if expression is not None else ():
            own = dependency.node is node and dependency.join is node.scope  # checked anyway when it changes
            if dependency.value and not own:
                found = reach(dependency, dependency.node.scope, node.scope)
                _value_readers(dependency.node).checks.append((node, found))
            for readers, path in _others(dependency, node.scope):
                readers.checks.append((node, path))

    def watch(self, body: Body, expression: Expression | None) -> None:
        """Note what a text or list of choices reads."""
        scope = body.scope
        if body.node is not None and body.node.is_repeat and scope.parent is not None:
            scope = scope.parent
        for dependency in expression.dependencies if expression is not None else ():
            if dependency.join.depth > scope.depth:
                continue  # read in an instance of the repeat itself: without one there is nothing to see
            if dependency.value:
                found = reach(dependency, dependency.node.scope, scope)
                _value_readers(dependency.node).watchers.append((body, found))
            for readers, path in _others(dependency, scope):
                readers.watchers.append((body, path))

    def count(self, counted: Scope, expression: Expression) -> None:
        """Note what the number of instances of a repeat reads."""
        assert counted.parent is not None  # noqa: S101  (a repeat has a scope around it)
        for dependency in expression.dependencies:
            if dependency.join.depth > counted.parent.depth:
                continue  # read in an instance of the repeat itself, which is not there before it is counted
            if dependency.value:
                found = reach(dependency, dependency.node.scope, counted.parent)
                _value_readers(dependency.node).counts.append((counted, found))
            for readers, path in _others(dependency, counted.parent):
                readers.counts.append((counted, path))

    def finish(self) -> None:
        """Give the nodes their nearest readers."""
        for node, ranks in self._near.values():
            node.near = tuple(ranks)


def _value_readers(node: Node) -> Readers:
    if node.readers is None:
        node.readers = Readers()
    return node.readers


def _others(dependency: Dependency, reader: Scope) -> Iterator[tuple[Readers, Reach]]:
    """List where to note a reader of presence, of the lists on the way, or of a position."""
    node = dependency.node
    if not dependency.presence:
        if not dependency.value:
            if node.scope.moved is None:
                node.scope.moved = Readers()
            yield node.scope.moved, reach(dependency, node.scope, reader)
        return
    if node.presence is None:
        node.presence = Readers()
    yield node.presence, reach(dependency, node.scope, reader)
    for scope in node.scope.chain():
        if scope.depth <= dependency.join.depth or scope.parent is None:
            break
        if scope.structure is None:
            scope.structure = Readers()
        yield scope.structure, reach(dependency, scope.parent, reader)
