# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a question now, and which rule its answer breaks."""

from __future__ import annotations

from forms.datatypes import CHECKS
from forms.definition import Body, Node
from forms.itemsets import offers
from forms.tree import ANSWERED, ASKED, INVALID, MISSING, READONLY, REQUIRED, Frame
from forms.views import ViolationKind

_SELECTS = frozenset({"select", "select1", "rank"})


def prepare(node: Node, body: Body) -> None:
    """Work out, once for the form, what no answer changes of a question's flags."""
    node.asked = True
    node.lively = bool(node.required or node.readonly or node.inherits_readonly)
    node.idle, node.done = _flags(readonly=node.always_readonly, required=node.always_required)
    typed = node.calculate is None and (node.bind.data_type in CHECKS or body.control in _SELECTS)
    node.judged = typed or node.constraint is not None
    if body.appearance:
        body.searched = any(word.startswith("search(") for word in body.appearance)


def _flags(*, readonly: bool, required: bool) -> tuple[int, int]:
    """Tell the flags of a relevant question, without an answer and with a good one."""
    asked = READONLY if readonly else ASKED
    flags = asked | (REQUIRED if required else 0)
    return flags | (MISSING if flags & REQUIRED and flags & ASKED else 0), flags | (ANSWERED if flags & ASKED else 0)


def check(frame: Frame, node: Node) -> bool:
    """Bring a question's flags up to date; tells whether something that people see changed."""
    slot = node.slot
    flags = 0
    kind: ViolationKind | None = None
    if frame.rel[slot]:
        text = frame.v[slot]
        idle, done = (node.idle, node.done) if not node.lively else _flags_now(frame, node)
        flags = done if text else idle
        if text and node.judged:
            kind = broken_rule(frame, node, text, typed=bool(flags & ASKED) and node.calculate is None)
            if kind is not None:
                flags |= INVALID
    changed = False
    if kind is not None:
        changed = frame.wrong.get(slot) is not kind
        frame.wrong[slot] = kind
    elif frame.wrong:
        changed = frame.wrong.pop(slot, None) is not None
    if flags == frame.flags[slot]:
        return changed
    frame.flags[slot] = flags
    return True


def _flags_now(frame: Frame, node: Node) -> tuple[int, int]:
    required = node.always_required or (node.required is not None and node.required.run(frame))
    return _flags(readonly=is_readonly(frame, node), required=required)


def is_readonly(frame: Frame, node: Node) -> bool:
    """Whether people may not change the node: its own rule, or that of a group around it."""
    if node.always_readonly or (node.readonly is not None and node.readonly.run(frame)):
        return True
    for above in node.inherits_readonly:
        holder = frame
        while holder.scope is not above.scope:
            holder = holder.p  # type: ignore[assignment]  # an ancestor's scope is around
        if above.readonly is not None and above.readonly.run(holder):
            return True
    return False


def broken_rule(frame: Frame, node: Node, text: str, *, typed: bool) -> ViolationKind | None:
    """Find the first rule that an answer breaks: its type, its list, its constraint.

    Only what a person typed must fit its type and list: nobody could mend a computed value.
    """
    if typed:
        fits = CHECKS.get(node.bind.data_type)
        if fits is not None and not fits(text):
            return ViolationKind.TYPE
        body: Body | None = node.body
        if body is not None and body.control in _SELECTS and not offers(frame, body, text):
            return ViolationKind.CHOICE
    if node.constraint is not None and not node.constraint.run(frame):
        return ViolationKind.CONSTRAINT
    return None
