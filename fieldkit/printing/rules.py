# SPDX-License-Identifier: EUPL-1.2
"""The rules of a question as the form writes them: what paper must know, where a session only shows their outcome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms import FormDef

_POSITION = re.compile(r"\[\d+\]")


def relevance_of(form: FormDef, ref: str) -> str:
    """Return the expression that tells when a node is asked, "" if it always is."""
    node = form.nodes.get(_POSITION.sub("", ref))
    return node.bind.relevant.strip() if node and node.relevant else ""


def constraint_of(form: FormDef, ref: str) -> str:
    """Return the expression that an answer must satisfy, "" if any answer does."""
    node = form.nodes.get(_POSITION.sub("", ref))
    return node.bind.constraint if node else ""


def label_is_computed(form: FormDef, ref: str) -> bool:
    """Tell whether a label has computed parts: such a text says nothing on blank paper."""
    body = form.bodies.get(_POSITION.sub("", ref))
    return bool(body and body.label and (body.label.outputs or body.label.computed))


def hint_is_computed(form: FormDef, ref: str) -> bool:
    """Tell whether a hint has computed parts."""
    body = form.bodies.get(_POSITION.sub("", ref))
    return bool(body and body.hint and (body.hint.outputs or body.hint.computed))
