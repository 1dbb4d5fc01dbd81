# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a question now, and which rule its answer breaks."""

from __future__ import annotations

from forms.datatypes import CHECKS
from forms.definition import Body, Node
from forms.itemsets import offers
from forms.tree import ANSWERED, ASKED, INVALID, MISSING, READONLY, REQUIRED, Frame
from forms.views import ViolationKind

_SELECTS = frozenset({"select", "select1", "rank"})


def check(frame: Frame, node: Node) -> bool:
    """Bring a question's flags up to date; tells whether something that people see changed."""
    slot = node.slot
    before = frame.flags[slot]
    flags = 0
    kind: ViolationKind | None = None
    if frame.rel[slot]:
        text = frame.v[slot]
        flags = READONLY if is_readonly(frame, node) else ASKED
        if node.always_required or (node.required is not None and node.required.run(frame)):
            flags |= REQUIRED
        if text:
            kind = broken_rule(frame, node, text, typed=bool(flags & ASKED) and node.calculate is None)
            flags |= (ANSWERED if flags & ASKED else 0) | (INVALID if kind is not None else 0)
        elif flags & REQUIRED and flags & ASKED:
            flags |= MISSING
    if kind is None:
        changed = bool(frame.wrong) and frame.wrong.pop(slot, None) is not None
    else:
        changed = frame.wrong.get(slot) is not kind
        frame.wrong[slot] = kind
    if flags == before:
        return changed
    frame.flags[slot] = flags
    return True


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
    fits = CHECKS.get(node.bind.data_type)
    if typed and fits is not None and not fits(text):
        return ViolationKind.TYPE
    body: Body | None = node.body
    if typed and body is not None and body.control in _SELECTS and not offers(frame, body, text):
        return ViolationKind.CHOICE
    if node.constraint is not None and not node.constraint.run(frame):
        return ViolationKind.CONSTRAINT
    return None
