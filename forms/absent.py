# SPDX-License-Identifier: EUPL-1.2
"""What a saved instance does not hold: an irrelevant node is not sent, so an edit begins without it.

Such a node is again as the blank form has it, with its default, should it become relevant. The specification says only
that it is removed (ODK XForms, "Bind Attributes", relevant); JavaRosa and ODK Web Forms fill it in likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.document import Element, local_name
from forms.parse import child_named

if TYPE_CHECKING:
    from forms.definition import Node
    from forms.form import FormDef


def completed(saved: Element, form: FormDef) -> Element:
    """Put into a saved instance what it lacks of the blank form, and give it back.

    A repeat that has no instance stays without; one in a group that is lacking comes with the group.
    """
    todo: list[tuple[Node, Element, Element]] = [(form.root, saved, form.model.primary)]
    while todo:
        node, mine, blank = todo.pop()
        held: dict[str, list[Element]] = {}
        for element in mine:
            if (child := child_named(node, local_name(element.tag))) is not None:
                held.setdefault(child.name, []).append(element)
        for element in blank:
            child = child_named(node, local_name(element.tag))
            if child is None or child.is_repeat:
                continue
            if child.name not in held:
                mine.append(element)
            elif child.children:
                todo += [(child, one, element) for one in held[child.name]]
        for child in node.children:
            if child.is_repeat and child.scope.template is not None:
                todo += [(child, one, child.scope.template) for one in held.get(child.name, ())]
    return saved
