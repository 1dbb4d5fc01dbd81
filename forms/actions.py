# SPDX-License-Identifier: EUPL-1.2
"""setvalue and its like: what the form itself writes when something happens (XForms "Events and Actions")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from forms.compile import Compiler
from forms.definition import Action, Node
from forms.parse import Model
from forms.tree import Frame, frames_of

if TYPE_CHECKING:
    from forms.recalculation import Recalculation

FIRST_LOAD: Final = frozenset({"odk-instance-first-load", "xforms-ready"})
LOAD: Final = frozenset({"odk-instance-load"})
NEW_REPEAT: Final = frozenset({"odk-new-repeat"})
VALUE_CHANGED: Final = frozenset({"xforms-value-changed"})
MAX_CHAIN: Final = 1000  # actions that one answer may set off: two that answer each other must end


def compile_actions(model: Model, compiler: Compiler) -> None:
    """Compile the values of the actions; give the nodes of controls those that a change of theirs sets off."""
    for action in model.actions:
        # The context of a setvalue's value is the node that it writes (XForms 1.1 §10.2).
        if action.value:
            action.expression = compiler.expression(action.value, action.target, "answer")
        if action.origin is not None and VALUE_CHANGED.intersection(action.events):
            action.origin.triggers += (action,)


def happening(actions: Iterable[Action], events: frozenset[str]) -> list[Action]:
    """Pick the actions that one of the events sets off."""
    return [action for action in actions if events.intersection(action.events)]


def perform(actions: Iterable[Action], frame: Frame, recalculation: Recalculation) -> None:
    """Carry out actions in order; each sees what those before it changed, calculations included."""
    for action in actions:
        targets = frames_of(frame, action.target)
        if action.kind != "setvalue":
            # A place or a sound: the window's to get; without it the node stays as it is.
            recalculation.asked.extend((action, target) for target in targets)
            continue
        for target in targets:
            write(action, target, recalculation)


def write(action: Action, target: Frame, recalculation: Recalculation) -> None:
    """Carry out one action in one frame."""
    value = action.literal
    if action.expression is not None:
        result = action.expression.run(target)
        value = result if action.expression.result == "text" else recalculation.stored(result)
    node: Node = action.target
    if recalculation.write(target, node, value) and node.triggers:
        recalculation.changed_by_hand(target, node)
    recalculation.run()
