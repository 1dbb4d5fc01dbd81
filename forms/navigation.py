# SPDX-License-Identifier: EUPL-1.2
"""Refs to places and back; views of nodes, progress and violations in the order of the body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from forms.definition import Body, Node, Scope
from forms.errors import AnswerError
from forms.form import FormDef
from forms.repeats import ghost
from forms.tree import ANSWERED, ASKED, INVALID, MISSING, READONLY, REQUIRED, Frame, frames_at, relevance_around
from forms.views import NodeKind, NodeView, Progress, Violation, ViolationKind

if TYPE_CHECKING:
    from forms.session import FormSession

_POSITION: Final = re.compile(r"\[([0-9]{1,9})\]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a session: `frame` holds the node's values (for a repeat as a list: the frame around it)."""

    frame: Frame
    kind: NodeKind
    body: Body | None
    node: Node | None


def locate(session: FormSession, ref: str) -> Spot:
    """Find what a ref names; "" is the form. Raises AnswerError."""
    form = session.form
    frame = session.root
    if not ref:
        return Spot(frame, NodeKind.GROUP, form.body, form.root)
    if "[" not in ref:
        return _at(session, frame, ref, ref)
    plain = ""
    start = 0
    for match in _POSITION.finditer(ref):
        plain += ref[start : match.start()]
        start = match.end()
        node = form.nodes.get(plain)
        place = int(match[1])
        if node is None or not node.is_repeat or node.scope.parent is not frame.scope:
            raise _unknown(session, ref)
        siblings = frame.kids[node.scope.place]
        if not 1 <= place <= len(siblings):
            raise _unknown(session, ref)
        frame = siblings[place - 1]
    plain += ref[start:]
    if start == len(ref):
        return Spot(frame, NodeKind.REPEAT_INSTANCE, frame.scope.body, frame.scope.node)
    return _at(session, frame, plain, ref)


def _at(session: FormSession, frame: Frame, plain: str, ref: str) -> Spot:
    node = session.form.nodes.get(plain)
    if node is None:
        body = session.form.bodies.get(plain)
        if body is None or body.scope is not frame.scope:
            raise _unknown(session, ref)
        return Spot(frame, body.kind, body, None)
    if node.is_repeat and node.scope.parent is frame.scope:
        return Spot(frame, NodeKind.REPEAT, node.scope.body, node)
    if node.scope is not frame.scope or node.is_repeat:
        raise _unknown(session, ref)
    body = session.form.body if node.parent is None else node.body
    is_group = bool(node.children) and any(not child.is_attribute for child in node.children)
    return Spot(frame, NodeKind.GROUP if is_group else NodeKind.QUESTION, body, node)


def _unknown(session: FormSession, ref: str) -> AnswerError:
    return AnswerError("no such node", form=session.form.form_id, ref=ref)


def body_ref(frame: Frame, body: Body) -> str:
    """Write the ref of an element of the body; `frame` is the one around for a repeat as a list."""
    if body.kind is NodeKind.REPEAT and body.node is not None and body.node.parent is not None:
        return f"{frame.ref(body.node.parent)}/{body.node.name}"
    return frame.path() + body.ref[len(body.scope.node.path) :]


def spot_ref(spot: Spot) -> str:
    """Write the ref of a place."""
    if spot.body is not None:
        return spot.frame.path() if spot.kind is NodeKind.REPEAT_INSTANCE else body_ref(spot.frame, spot.body)
    return spot.frame.ref(spot.node) if spot.node is not None else ""


def refs(touched: Iterable[tuple[Frame, Body | Node]]) -> tuple[str, ...]:
    """List the refs of what was touched, each once; not of what is gone, or inside something irrelevant."""
    found: dict[str, None] = {}
    for frame, what in touched:
        if not frame.i:
            continue
        if isinstance(what, Body):
            found[body_ref(frame, what)] = None
        elif frame.rel[what.slot] or relevance_around(frame, what):
            found[frame.ref(what)] = None
    return tuple(found)


def frames_of_scope(root: Frame, scope: Scope) -> list[Frame]:
    """List all frames of a scope."""
    down = [one.place for one in scope.chain() if one.parent is not None]
    return frames_at(root, (0, tuple(reversed(down))))


def inside(spot: Spot) -> Iterator[Spot]:
    """Yield what is directly inside, in the order of the body."""
    if spot.body is None:
        return
    if spot.kind is NodeKind.REPEAT:
        for kid in spot.frame.kids[spot.body.scope.place]:
            yield Spot(kid, NodeKind.REPEAT_INSTANCE, spot.body, spot.body.node)
        return
    for body in spot.body.children:
        yield Spot(spot.frame, body.kind, body, body.node)


# --- views ---


def view(session: FormSession, spot: Spot) -> NodeView:
    """Show a place as it is now."""
    body, frame, node = spot.body, spot.frame, spot.node
    reader = session.reader
    control = body.control if body is not None else "" if node is not None else spot.kind.value
    ref = spot_ref(spot)
    is_repeat = spot.kind in {NodeKind.REPEAT, NodeKind.REPEAT_INSTANCE}
    question = spot.kind is NodeKind.QUESTION
    text_frame = frame.p if spot.kind is NodeKind.REPEAT_INSTANCE and frame.p is not None else frame
    flags = frame.flags[node.slot] if node is not None and question else 0
    free = body is not None and body.count is None and not body.no_add_remove and is_repeat
    relevant = is_relevant(spot)
    hint = body.hint if body is not None else None  # most have none
    count = len(frame.kids[body.scope.place]) if spot.kind is NodeKind.REPEAT and body is not None else 0
    return NodeView(
        ref=ref,
        kind=spot.kind,
        control=control,
        data_type=node.bind.data_type if node is not None and question else "",
        appearance=body.appearance if body is not None else (),
        label=reader.text(body.label, text_frame) if body is not None else None,
        hint=reader.text(hint, text_frame) if hint is not None else None,
        guidance=reader.text(hint, text_frame, "guidance") if hint is not None else None,
        relevant=relevant,
        readonly=bool(flags & READONLY) or (node is not None and node.always_readonly),  # a hidden note stays a note
        required=bool(flags & REQUIRED),
        value=frame.text(node.slot) if node is not None and question else "",
        violation=_violation(session, spot, ref) if flags & INVALID else None,
        parameters=body.parameters if body is not None else {},
        count=count,
        can_add=free and relevant and spot.kind is NodeKind.REPEAT,
        can_remove=free and (count > 0 or spot.kind is NodeKind.REPEAT_INSTANCE),
    )


def is_relevant(spot: Spot) -> bool:
    """Tell whether a place is asked for now; a repeat is if one of its instances is, or if the next one would be."""
    frame, node = spot.frame, spot.node
    if spot.kind is NodeKind.REPEAT and node is not None:
        kids = frame.kids[node.scope.place]
        if any(kid.rel[0] for kid in kids):
            return True
        if node.relevant is not None and not node.relevant.run(ghost(frame.o, node.scope, frame)):
            return False
        node = node.parent
    if node is None:
        group = spot.body.parent if spot.body is not None else None
        while group is not None and (group.node is None or group.scope is not frame.scope):
            group = group.parent
        node = group.node if group is not None else frame.scope.node
    return bool(frame.rel[node.slot]) if node is not None else True


def _violation(session: FormSession, spot: Spot, ref: str) -> Violation | None:
    if spot.node is None:
        return None
    kind = spot.frame.wrong.get(spot.node.slot)
    return Violation(ref, kind, message(session, spot, kind)) if kind is not None else None


def message(session: FormSession, spot: Spot, kind: ViolationKind) -> str:
    """Read the form's own sentence about a broken rule, "" if it has none."""
    if spot.body is None:
        return ""
    source = {
        ViolationKind.CONSTRAINT: spot.body.constraint_message,
        ViolationKind.REQUIRED: spot.body.required_message,
    }.get(kind)
    found = session.reader.text(source, spot.frame)
    return found.value if found is not None else ""


# --- progress and violations ---


def walk(spot: Spot) -> Iterator[Spot]:
    """Yield a place and all below it, in the order of the body; without recursion."""
    stack = [spot]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(inside(current))))


def progress(spot: Spot) -> Progress:
    """Count the questions of a part of the form."""
    asked = answered = invalid = missing = 0
    for flags in flags_below(spot):
        for value in set(flags):
            if value:
                number = flags.count(value)
                asked += number if value & ASKED else 0
                answered += number if value & ANSWERED else 0
                invalid += number if value & INVALID else 0
                missing += number if value & MISSING else 0
    return Progress(asked, answered, invalid, missing)


def flags_below(spot: Spot) -> Iterator[bytes | bytearray]:
    """Yield the flags of the questions of a part of the form, by frame."""
    frame, body = spot.frame, spot.body
    if spot.kind is NodeKind.QUESTION:
        if spot.node is not None:
            yield frame.flags[spot.node.slot : spot.node.slot + 1]
        return
    if body is None:
        return
    if spot.kind is NodeKind.REPEAT:
        stack = list(frame.kids[body.scope.place])
    elif spot.kind is NodeKind.REPEAT_INSTANCE or body.parent is None:
        stack = [frame]
    else:
        flags = frame.flags
        yield bytes([flags[slot] for slot in body.slots])
        stack = [kid for repeat in body.repeats for kid in frame.kids[repeat.scope.place]]
    while stack:
        one = stack.pop()
        yield one.flags
        for kids in one.kids:
            stack.extend(kids)


def violations(session: FormSession, spot: Spot) -> list[Violation]:
    """List what is broken or missing below a place."""
    found: list[Violation] = []
    if not any(value & (INVALID | MISSING) for flags in flags_below(spot) for value in set(flags)):
        return found
    for one in walk(spot):
        if one.kind is not NodeKind.QUESTION or one.node is None or one.body is None:
            continue
        flags = one.frame.flags[one.node.slot]
        if flags & INVALID:
            broken = _violation(session, one, body_ref(one.frame, one.body))
            found.extend([broken] if broken is not None else [])
        elif flags & MISSING:
            kind = ViolationKind.REQUIRED
            found.append(Violation(body_ref(one.frame, one.body), kind, message(session, one, kind)))
    return found


def files(root: Frame, form: FormDef) -> tuple[str, ...]:
    """List the file names that relevant answers refer to."""
    names: dict[str, None] = {}
    for node in form.files:
        texts = [frame.v[node.slot] for frame in frames_of_scope(root, node.scope)]
        names.update((text, None) for text in texts if text)
    return tuple(names)
