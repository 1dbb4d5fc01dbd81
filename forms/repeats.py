# SPDX-License-Identifier: EUPL-1.2
"""Instances of repeats: made, filled from XML or from the template, removed, counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from forms.actions import perform
from forms.blank import Blank
from forms.definition import Node, Scope
from forms.document import Element, local_name
from forms.parse import TEMPLATE, child_named
from forms.preload import preloaded
from forms.tree import Frame, Total
from forms.xpath.values import text_to_number

if TYPE_CHECKING:
    from forms.session import FormSession

MAX_INSTANCES: Final = 10_000  # of one repeat by its count expression
MAX_FRAMES: Final = 200_000  # of one session by count expressions: counts in counts multiply
MAX_ROUNDS: Final = 100  # of counting again what counting changed


def ghost(session: FormSession, scope: Scope, parent: Frame) -> Frame:
    """Make an instance that is not there: for what a repeat computes before it has any."""
    return Frame(scope, parent, session, 0)


def new_frame(session: FormSession, scope: Scope, parent: Frame | None, place: int) -> Frame:
    """Make a frame and put it at a 0-based place among its siblings; nothing is computed."""
    session.frames += 1
    frame = Frame(scope, parent, session, session.frames)
    if parent is not None:
        siblings = parent.kids[scope.place]
        siblings.insert(place, frame)
        frame.i = place + 1
    return frame


def fill(session: FormSession, frame: Frame, element: Element, *, template: bool = False) -> list[tuple[str, str]]:
    """Read an element into a frame, and into new frames for the repeats in it; returns what has no place (path, text).

    With `template`, repeats inside are left without instances.
    """
    orphans: list[tuple[str, str]] = []
    stack: list[tuple[Frame, Node, Element]] = [(frame, frame.scope.node, element)]
    while stack:
        holder, node, source = stack.pop()
        for key, value in source.attrib.items():
            attribute = node.by_name.get("@" + local_name(key)) if node.children else None
            if attribute is not None:
                holder.s[attribute.slot] = value
        if not node.children or not len(source):
            if not any(not child.is_attribute for child in node.children):
                holder.s[node.slot] = source.text or ""
            continue
        for child in source:
            found = child_named(node, local_name(child.tag))
            if found is None:
                orphans.extend(
                    (f"{node.path}/{local_name(part.tag)}", part.text or "") for part in child.iter() if not len(part)
                )
            elif not found.is_repeat:
                stack.append((holder, found, child))
            elif TEMPLATE not in child.attrib and not template:
                kid = new_frame(session, found.scope, holder, len(holder.kids[found.scope.place]))
                stack.append((kid, found, child))
    return orphans


def begin(session: FormSession, frame: Frame) -> None:
    """Make a filled frame, and those in it, visible to expressions; mark all their rules."""
    work = session.work
    for one in with_inner(frame):
        scope = one.scope
        blank = session.form.blanks[scope.index]
        size = len(scope.nodes)
        around = one.p.rel[scope.node.parent.slot] if one.p is not None and scope.node.parent is not None else 1
        one.own = bytearray(b"\1") * size
        one.rel = bytearray([around]) * size
        one.v = one.s.copy() if around else [""] * size
        one.n = [math.nan] * size
        one.flags = bytearray(blank.idle if around else size)
        one.wrong.clear()
        _begin_numbers(one, blank)
        for node in blank.questions if any(one.s) else blank.lively:
            if node.lively or one.s[node.slot]:
                work.mark_check(one, node)
        for rank in scope.ranks:
            work.mark_rule(rank, (one,))
        for kid in scope.kids:
            if kid.body is not None and kid.body.count is not None:
                work.mark_count(one, kid)


def _begin_numbers(frame: Frame, blank: Blank) -> None:
    """Read the numbers of a frame whose texts are set, and add them to the sums that they are part of."""
    for number in frame.scope.totals:
        frame.sums[number] = Total()
    for node in blank.numeric:
        text = frame.v[node.slot]
        if text:
            value = frame.n[node.slot] = text_to_number(text)
            for kept, up in node.sums:
                _holder(frame, up).sums[kept].add(value)


def _holder(frame: Frame, up: int) -> Frame:
    while up:
        frame = frame.p  # type: ignore[assignment]  # the graph never leads above the form
        up -= 1
    return frame


def with_inner(frame: Frame) -> list[Frame]:
    """List a frame and all those inside it, the outer ones first."""
    found = [frame]
    for one in found:
        for siblings in one.kids:
            found.extend(siblings)
    return found


def add_instance(session: FormSession, parent: Frame, scope: Scope) -> Frame:
    """Add an instance at the end, from the template; run its events; everything is computed but not checked."""
    kept = session.set_aside.get((parent.id, scope.index))
    if kept:
        return _put_back(session, parent, scope, kept.pop())
    frame = new_frame(session, scope, parent, len(parent.kids[scope.place]))
    _fill_new(session, frame)
    _announce(session, parent, scope, frame)
    for action in session.form.new_repeat_actions:
        place = action.origin if action.origin is not None else action.target
        if scope in place.scope.chain():
            perform([action], frame, session.work)
    return frame


def _fill_new(session: FormSession, frame: Frame) -> None:
    """Fill a new instance from its template, and with what preloads give; the texts of a template are read once."""
    scope = frame.scope
    blank = session.form.blanks[scope.index]
    if blank.texts is not None:
        frame.s = blank.texts.copy()
    elif scope.template is not None:
        fill(session, frame, scope.template, template=not scope.explicit_template)
        if not any(frame.kids):
            blank.texts = frame.s.copy()
    for one in with_inner(frame):
        for node in session.form.blanks[one.scope.index].preloads:
            value = preloaded(node, session.context, session.now())
            one.s[node.slot] = one.s[node.slot] if value is None else value


def _announce(session: FormSession, parent: Frame, scope: Scope, frame: Frame) -> None:
    begin(session, frame)
    if scope.structure is not None:
        session.work.mark(parent, scope.structure)
    session.work.run()


def _put_back(session: FormSession, parent: Frame, scope: Scope, frame: Frame) -> Frame:
    """Put an instance that was set aside at the end again, with its answers."""
    siblings = parent.kids[scope.place]
    siblings.append(frame)
    for one in with_inner(frame):
        for kids in one.kids:
            _renumber(kids, 0)
    _renumber(siblings, len(siblings) - 1)
    _announce(session, parent, scope, frame)
    return frame


def _renumber(siblings: list[Frame], start: int) -> None:
    for place in range(start, len(siblings)):
        siblings[place].i = place + 1
        for one in with_inner(siblings[place]):
            one.prefix = ""


def remove_instance(session: FormSession, frame: Frame, *, aside: bool = False) -> None:
    """Take an instance out; those after it move up. With `aside` it can come back, if its count grows again."""
    parent, scope, work = frame.p, frame.scope, session.work
    assert parent is not None  # noqa: S101  (only instances of repeats are removed)
    siblings = parent.kids[scope.place]
    place = siblings.index(frame)
    for one in with_inner(frame):
        for node in one.scope.added:
            for kept, up in node.sums:
                _holder(one, up).sums[kept].add(one.n[node.slot], -1)
        one.i = 0  # tells whoever waits that the frame is gone
    del siblings[place]
    _renumber(siblings, place)
    if aside:
        session.set_aside.setdefault((parent.id, scope.index), []).append(frame)
    if scope.structure is not None:
        work.mark(parent, scope.structure)
    if scope.moved is not None:
        for moved in siblings[place:]:
            work.mark(moved, scope.moved)
    work.run()


def count_instances(session: FormSession, *, begins: bool = False) -> tuple[list[Frame], list[str]]:
    """Bring repeats with a count to it, until counting changes nothing; returns what was added, and refs removed.

    A count without an answer is none when a form begins; later the instances stay until there is a number again.
    """
    work = session.work
    added: list[Frame] = []
    removed: list[str] = []
    work.run()
    for _ in range(MAX_ROUNDS):
        if not work.counts:
            break
        waiting = list(work.counts.values())
        work.counts.clear()
        for parent, scope in waiting:
            if not parent.i or scope.body is None or scope.body.count is None:
                continue
            number = scope.body.count.run(ghost(session, scope, parent))
            siblings = parent.kids[scope.place]
            blank = 0 if begins else len(siblings)
            wanted = int(max(0.0, min(MAX_INSTANCES, number))) if number == number else blank  # noqa: PLR0124  (NaN)
            while len(siblings) < wanted and session.frames < MAX_FRAMES:
                added.append(add_instance(session, parent, scope))
            while len(siblings) > wanted:
                removed.append(siblings[-1].path())
                remove_instance(session, siblings[-1], aside=True)
    work.counts.clear()
    return added, removed
