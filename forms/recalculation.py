# SPDX-License-Identifier: EUPL-1.2
"""What an answer sets in motion: only what depends on it, in order of rank, until nothing differs.

A change marks the cells (rule, frame) that read it; the heap gives back the lowest rank first, so a cell is computed
once, after all that it reads. A result equal to the old one marks nothing. There is no recursion.
"""

from __future__ import annotations

import math
from collections import deque
from heapq import heappop, heappush
from typing import Final

from forms.actions import MAX_CHAIN, perform
from forms.checks import check
from forms.dag import Rule
from forms.definition import Action, Body, Node, Readers, Scope
from forms.templates import stored
from forms.tree import Frame, frames_at, relevance_around
from forms.views import NodeKind
from forms.xpath.values import number_to_string, text_to_number

_EXACT: Final = 2.0**53  # below it whole floats are exactly their text
_SHIFT: Final = 32  # a key of the heap is rank << 32 | number of the frame


class Recalculation:
    """The cells of one session that wait to be computed, and what was touched since `begin`."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self._heap: list[int] = []
        self._pending: dict[int, Frame] = {}
        self._checks: dict[int, tuple[Frame, Node]] = {}
        self.counts: dict[int, tuple[Frame, Scope]] = {}
        self.touched: dict[tuple[Frame, Body | Node], None] = {}
        self._events: deque[tuple[Frame, Node]] = deque()
        self.stored = stored
        self.asked: list[tuple[Action, Frame]] = []  # of the window: see FormSession.take_requests

    # --- values ---

    def write(self, frame: Frame, node: Node, text: str) -> bool:
        """Store a value; tells whether it differs from the one before."""
        slot = node.slot
        if frame.s[slot] == text:
            return False
        frame.s[slot] = text
        if frame.rel[slot]:
            self._show(frame, node, text, text_to_number(text) if node.numeric else math.nan)
        return True

    def changed_by_hand(self, frame: Frame, node: Node) -> None:
        """Remember a change that sets off actions."""
        if node.triggers:
            self._events.append((frame, node))

    def _show(self, frame: Frame, node: Node, text: str, number: float) -> None:
        """Let expressions see a value, and mark who reads it."""
        slot = node.slot
        frame.v[slot] = text
        if node.numeric:
            if node.sums:
                self._move_sums(frame, node, number)
            frame.n[slot] = number
        self.touched[frame, node] = None
        if node.body is not None:
            self._checks[slot << _SHIFT | frame.id] = (frame, node)
        for rank in node.near:
            key = rank << _SHIFT | frame.id
            if key not in self._pending:
                self._pending[key] = frame
                heappush(self._heap, key)
        if node.readers is not None:
            self.mark(frame, node.readers)

    def _move_sums(self, frame: Frame, node: Node, number: float) -> None:
        old = frame.n[node.slot]
        for kept, up in node.sums:
            holder = frame
            for _ in range(up):
                holder = holder.p  # type: ignore[assignment]  # the graph never leads above the form
            total = holder.sums[kept]
            total.add(old, -1)
            total.add(number)

    def mark(self, frame: Frame, readers: Readers) -> None:
        """Mark everybody who depends on something of `frame`."""
        for rank, path in readers.ranks:
            for found in frames_at(frame, path):
                self.mark_rule(rank, found)
        for node, path in readers.checks:
            for found in frames_at(frame, path):
                self._checks[node.slot << _SHIFT | found.id] = (found, node)
        for body, path in readers.watchers:
            for found in frames_at(frame, path):
                self.touched[found, body] = None
        for scope, path in readers.counts:
            for found in frames_at(frame, path):
                self.mark_count(found, scope)

    def mark_rule(self, rank: int, frame: Frame) -> None:
        """Mark one cell."""
        key = rank << _SHIFT | frame.id
        if key not in self._pending:
            self._pending[key] = frame
            heappush(self._heap, key)

    def mark_check(self, frame: Frame, node: Node) -> None:
        """Have a question checked at the end."""
        self._checks[node.slot << _SHIFT | frame.id] = (frame, node)

    def mark_count(self, parent: Frame, scope: Scope) -> None:
        """Have the instances of a repeat counted again."""
        self.counts[scope.index << _SHIFT | parent.id] = (parent, scope)

    # --- computing ---

    def run(self) -> None:
        """Compute all marked cells, and those that they mark in turn."""
        heap, pending, rules = self._heap, self._pending, self.rules
        while heap:
            key = heappop(heap)
            frame = pending.pop(key)
            if not frame.i:
                continue  # removed meanwhile
            rule = rules[key >> _SHIFT]
            node = rule.node
            slot = node.slot
            value = rule.expression.run(frame)
            if rule.is_relevant:
                own = 1 if value else 0
                if own != frame.own[slot]:
                    frame.own[slot] = own
                    self._spread_relevance(frame, node)
                continue
            number = None
            if not rule.is_text:
                if node.numeric and value == frame.n[slot] and frame.rel[slot]:
                    continue
                value, number = _written(value)
            if value != frame.s[slot]:
                frame.s[slot] = value
                if frame.rel[slot]:
                    if number is None:
                        number = text_to_number(value) if node.numeric else math.nan
                    self._show(frame, node, value, number)

    def settle(self) -> None:
        """Compute all, with the actions that changes set off, then check the questions concerned."""
        self.run()
        for _ in range(MAX_CHAIN):
            if not self._events:
                break
            frame, node = self._events.popleft()
            if not frame.i:
                continue
            perform(node.triggers, frame, self)
        self._events.clear()
        self.check()

    def check(self) -> None:
        """Check the questions that a change concerns."""
        checks = self._checks
        while checks:
            _, (frame, node) = checks.popitem()
            if frame.i and node.body is not None and node.body.kind is NodeKind.QUESTION and check(frame, node):
                self.touched[frame, node] = None

    # --- relevance ---

    def _spread_relevance(self, frame: Frame, node: Node) -> None:
        """Bring a node's relevance to all below it that it decides."""
        self.touched[frame, node] = None
        stack = [(frame, node)]
        while stack:
            frame, node = stack.pop()
            slot = node.slot
            relevant = frame.own[slot] & relevance_around(frame, node)
            if relevant == frame.rel[slot]:
                continue
            frame.rel[slot] = relevant
            text = frame.s[slot]
            if text:
                shown = text if relevant else ""
                number = text_to_number(shown) if node.numeric and relevant else math.nan
                self._show_silently(frame, node, shown, number)
            if node.presence is not None:
                self.mark(frame, node.presence)
            if node.body is not None:
                self._touch_relevance(frame, node, node.body)
            for child in node.children:
                if child.is_repeat:
                    stack.extend((kid, child) for kid in frame.kids[child.scope.place])
                else:
                    stack.append((frame, child))

    def _touch_relevance(self, frame: Frame, node: Node, body: Body) -> None:
        """Have a question checked (that tells what changed for people); tell about a group or repeat."""
        if body.kind is NodeKind.QUESTION:
            self._checks[node.slot << _SHIFT | frame.id] = (frame, node)
            return
        self.touched[frame, node] = None
        if node.is_repeat and frame.p is not None:
            self.touched[frame.p, body] = None

    def _show_silently(self, frame: Frame, node: Node, text: str, number: float) -> None:
        """As `_show`; the group above is what is drawn again."""
        known = (frame, node) in self.touched
        self._show(frame, node, text, number)
        if not known:
            del self.touched[frame, node]


def _written(value: float) -> tuple[str, float]:
    """Write a number as it is stored, and tell which number that text is; most are whole and need no reading."""
    if -_EXACT < value < _EXACT and value == (whole := int(value)):
        return str(whole), value + 0.0  # of -0 the text is that of 0
    if value != value:  # noqa: PLR0124  (NaN)
        return "", math.nan
    text = number_to_string(value)
    return text, text_to_number(text)
