# SPDX-License-Identifier: EUPL-1.2
"""What an answer sets in motion: only what depends on it, in order of rank, until nothing differs.

A change marks the cells (rule, frame) that read it; one pass over the marks goes through the ranks upwards, so a cell
is computed once, after all that it reads. A result equal to the old one marks nothing. There is no recursion.

This is where an answer spends its time, so the loop of `run` is written out, and what it asks of a rule is taken out of
objects beforehand (`dag.Step`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Final

from forms.actions import MAX_CHAIN, perform
from forms.checks import check
from forms.dag import DIRECT, QUIET, RELEVANCE, TEXT, Step, Train
from forms.definition import Action, Body, Node, Readers, Scope
from forms.templates import stored
from forms.tree import Frame, frames_at, relevance_around
from forms.xpath.values import number_to_string, text_to_number

_SHIFT: Final = 32
_PLAIN_DIGITS: Final = 14  # a fraction of no more is further from a whole number than `number_to_string` forgives

Touched = list[tuple[Frame, Body | Node]]
"""What may have to be drawn again, in the order in which it was touched; the same may come twice."""


class Recalculation:
    """The cells of one session that wait to be computed, and what was touched since `take_touched`.

    `_dirty` has a byte for each rank; the instances concerned of a rule inside a repeat are in `_waiting`. One that
    waits twice is computed twice, the second time for nothing.
    """

    def __init__(self, steps: list[Step], root: Frame) -> None:
        self._steps = steps
        self._root = root
        self._dirty = bytearray(len(steps))
        self._waiting: list[list[Frame] | None] = [[] if step[3].scope.depth else None for step in steps]
        self._checks: list[tuple[Frame, Node]] = []
        self.counts: dict[int, tuple[Frame, Scope]] = {}
        self.touched: Touched = []
        self._events: deque[tuple[Frame, Node]] = deque()
        self.stored = stored
        self.asked: list[tuple[Action, Frame]] = []  # of the window: see FormSession.take_requests

    def take_touched(self) -> Touched:
        """Hand over what was touched since the last call."""
        touched = self.touched
        if touched:
            self.touched = []
        return touched

    # --- values ---

    def write(self, frame: Frame, node: Node, text: str) -> bool:
        """Store a value; tells whether it differs from the one before."""
        slot = node.slot
        if frame.s[slot] == text:
            return False
        frame.s[slot] = text
        if frame.rel[slot]:
            self.touched.append((frame, node))
            self._show(frame, node, text, text_to_number(text) if node.numeric else math.nan)
        return True

    def changed_by_hand(self, frame: Frame, node: Node) -> None:
        """Remember a change that sets off actions."""
        self._events.append((frame, node))

    def _show(self, frame: Frame, node: Node, text: str, number: float) -> None:
        """Let expressions see a value, and mark who reads it."""
        slot = node.slot
        frame.v[slot] = text
        if node.numeric:
            if node.sums:
                _move_sums(frame, node, number)
            frame.n[slot] = number
        if node.asked and not frame.due[slot]:
            frame.due[slot] = 1
            self._checks.append((frame, node))
        for rank in node.near:
            self._dirty[rank] = 1
            waiting = self._waiting[rank]
            if waiting is not None:
                waiting.append(frame)
        if node.readers is not None:
            self.mark(frame, node.readers)

    def mark(self, frame: Frame, readers: Readers) -> None:
        """Mark everybody who depends on something of `frame`."""
        for rank, path in readers.ranks:
            self._dirty[rank] = 1
            waiting = self._waiting[rank]
            if waiting is not None:
                waiting.extend(frames_at(frame, path))
        for node, path in readers.checks:
            for found in frames_at(frame, path):
                self.mark_check(found, node)
        for body, path in readers.watchers:
            self.touched.extend([(found, body) for found in frames_at(frame, path)])
        for scope, path in readers.counts:
            for found in frames_at(frame, path):
                self.mark_count(found, scope)

    def mark_rule(self, rank: int, frames: Iterable[Frame]) -> None:
        """Mark the cells of one rule in some frames."""
        self._dirty[rank] = 1
        waiting = self._waiting[rank]
        if waiting is not None:
            waiting.extend(frames)

    def mark_check(self, frame: Frame, node: Node) -> None:
        """Have a question checked at the end."""
        if not frame.due[node.slot]:
            frame.due[node.slot] = 1
            self._checks.append((frame, node))

    def mark_count(self, parent: Frame, scope: Scope) -> None:
        """Have the instances of a repeat counted again."""
        self.counts[scope.index << _SHIFT | parent.id] = (parent, scope)

    # --- computing ---

    def run(self) -> None:
        """Compute all marked cells, and those that they mark in turn: their ranks are always higher."""
        dirty, steps, root = self._dirty, self._steps, self._root
        rank = dirty.find(1)
        while rank >= 0:
            dirty[rank] = 0
            function, _, kind, node, train = steps[rank]
            if kind == QUIET:
                self._pull(train)
            elif kind == DIRECT:
                self._decide(root, node, 1 if function(root) else 0)
            else:
                self._compute(rank)
            rank = dirty.find(1, rank)

    def _pull(self, train: Train) -> None:
        """Compute a quiet rule, and those that read nothing but the one before, as long as they give another number.

        Nothing that waits can be passed over: what they read is only what was just computed.
        """
        root, touched = self._root, self.touched
        stored, numbers, relevant = root.s, root.n, root.rel
        members, place = train
        for function, slot, node in members[place:] if place else members:
            value = function(root)
            if value == numbers[slot]:  # what is irrelevant is NaN, which equals nothing
                return
            if value.is_integer():
                stored[slot] = value = value + 0.0  # -0 is 0; its text is written when it is asked for
            else:
                text, value = _written(value)
                if text == stored[slot]:
                    return
                stored[slot] = text
            if not relevant[slot]:
                return
            numbers[slot] = value
            touched.append((root, node))
        for reader in node.near:
            self._dirty[reader] = 1

    def _compute(self, rank: int) -> None:
        """Compute a rule of any kind, in all frames where it waits."""
        function, slot, kind, node, _ = self._steps[rank]
        waiting = self._waiting[rank]
        frames = [self._root] if waiting is None else waiting
        while frames:
            frame = frames.pop()
            if not frame.i:
                continue  # removed meanwhile
            value = function(frame)
            if kind == RELEVANCE:
                self._decide(frame, node, 1 if value else 0)
            elif kind == TEXT:
                self.write(frame, node, value)
            elif value != frame.n[slot]:
                text, value = _written(value)
                if text != frame.s[slot]:
                    frame.s[slot] = text
                    if frame.rel[slot]:
                        self.touched.append((frame, node))
                        self._show(frame, node, text, value)

    def settle(self) -> None:
        """Compute all, with the actions that changes set off, then check the questions concerned."""
        self.run()
        if self._events:
            self._perform_events()
        self.check()

    def _perform_events(self) -> None:
        for _ in range(MAX_CHAIN):
            if not self._events:
                break
            frame, node = self._events.popleft()
            if not frame.i:
                continue
            perform(node.triggers, frame, self)
        self._events.clear()

    def check(self) -> None:
        """Check the questions that a change concerns."""
        checks = self._checks
        while checks:
            frame, node = checks.pop()
            frame.due[node.slot] = 0
            if frame.i and check(frame, node):
                self.touched.append((frame, node))

    # --- relevance ---

    def _decide(self, frame: Frame, node: Node, own: int) -> None:
        """Bring a node's relevance, if it is another now, to all below it that it decides."""
        if own == frame.own[node.slot]:
            return
        frame.own[node.slot] = own
        self.touched.append((frame, node))
        if not node.children:
            self._turn(frame, node)
            return
        stack = [(frame, node)]
        while stack:
            frame, node = stack.pop()
            if not self._turn(frame, node):
                continue
            for child in node.children:
                if child.is_repeat:
                    stack.extend((kid, child) for kid in frame.kids[child.scope.place])
                else:
                    stack.append((frame, child))

    def _turn(self, frame: Frame, node: Node) -> bool:
        """Bring one node's relevance up to date; tells whether it is another now."""
        slot = node.slot
        relevant = frame.own[slot] & relevance_around(frame, node)
        if relevant == frame.rel[slot]:
            return False
        frame.rel[slot] = relevant
        text = frame.text(slot) if node.quiet else frame.s[slot]
        if text:
            # Not touched: the group above is what is drawn again.
            shown = text if relevant else ""
            self._show(frame, node, shown, text_to_number(shown) if node.numeric and relevant else math.nan)
        elif node.asked and not node.lively:
            # What a check would find out.
            frame.flags[slot] = node.idle if relevant else 0
            self.touched.append((frame, node))
        if node.presence is not None:
            self.mark(frame, node.presence)
        if node.asked:
            if text or node.lively:
                self.mark_check(frame, node)  # which tells what changed for people
        elif node.body is not None:
            self._touch_group(frame, node, node.body)
        return True

    def _touch_group(self, frame: Frame, node: Node, body: Body) -> None:
        """Tell about a group or repeat."""
        self.touched.append((frame, node))
        if node.is_repeat and frame.p is not None:
            self.touched.append((frame.p, body))


def _move_sums(frame: Frame, node: Node, number: float) -> None:
    """Take the old number of a node out of the sums that it is part of, and put the new one in."""
    old = frame.n[node.slot]
    for kept, up in node.sums:
        holder = frame
        for _ in range(up):
            holder = holder.p  # type: ignore[assignment]  # the graph never leads above the form
        total = holder.sums[kept]
        total.add(old, -1)
        total.add(number)


def _written(value: float) -> tuple[str, float]:
    """Write a number as it is stored, and tell which number that text is; most are whole and need no reading."""
    if value.is_integer():
        return str(value.__trunc__()), value + 0.0  # of -0 the text is that of 0
    if value != value:  # noqa: PLR0124  (NaN)
        return "", math.nan
    text = repr(value)
    if "." in text and "e" not in text and len(text) <= _PLAIN_DIGITS:
        return text, value
    text = number_to_string(value)
    if "." in text:
        return text, value  # all its digits are written
    return text, math.nan if math.isinf(value) else float(text)
