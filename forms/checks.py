# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a question now, and which rule its answer breaks."""

from __future__ import annotations

from forms.datatypes import CHECKS
from forms.definition import Body, Node
from forms.itemsets import offers
from forms.tree import ANSWERED, ASKED, INVALID, MISSING, READONLY, REQUIRED, Frame
from forms.views import ViolationKind

TYPE, CHOICE, CONSTRAINT = 1, 2, 4
_SELECTS = frozenset({"select", "select1", "rank"})


def prepare(node: Node, body: Body) -> None:
    """Work out, once for the form, what no answer changes of a question's flags."""
    node.asked = True
    node.lively = bool(node.required or node.readonly or node.inherits_readonly)
    node.idle, node.done = _flags(readonly=node.always_readonly, required=node.always_required)
    node.judged = CONSTRAINT if node.constraint is not None else 0
    if node.calculate is None:  # only what a person typed must fit: nobody could mend a computed value
        node.judged |= TYPE if node.bind.data_type in CHECKS else 0
        node.judged |= CHOICE if body.control in _SELECTS else 0
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
            kind = broken_rule(frame, node, text, node.judged if flags & ASKED else node.judged & CONSTRAINT)
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


def broken_rule(frame: Frame, node: Node, text: str, rules: int) -> ViolationKind | None:
    """Find the first of `rules` that an answer breaks: its type, its list, its constraint."""
    if rules & TYPE and not CHECKS[node.bind.data_type](text):
        return ViolationKind.TYPE
    if rules & CHOICE and node.body is not None and not offers(frame, node.body, text):
        return ViolationKind.CHOICE
    if rules & CONSTRAINT and node.constraint is not None and not node.constraint.run(frame):
        return ViolationKind.CONSTRAINT
    return None
