# SPDX-License-Identifier: EUPL-1.2
"""The XForms engine: bytes in, bytes out. This is its whole contract (ARCHITECTURE.md, "forms").

Views and errors are there at once; the engine itself (a tenth of a second) is imported when it is first asked for, so
that a window that shows no form yet need not wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from forms.errors import (
    AnswerError,
    AttachmentError,
    CacheError,
    CycleError,
    ExpressionError,
    FormError,
    FormFileError,
    HostileXmlError,
    InstanceError,
    NewerEntitiesError,
    NotValidError,
    NotXmlError,
    StructureError,
    UnknownFunctionError,
)
from forms.views import (
    Changes,
    Choice,
    Choices,
    Context,
    EntityChange,
    EntityProblem,
    Finalized,
    NodeKind,
    NodeView,
    Progress,
    Request,
    Text,
    Violation,
    ViolationKind,
)

if TYPE_CHECKING:
    from forms.compiled import load_compiled, to_bytes
    from forms.entities import entity_changes
    from forms.form import FormDef, load_form
    from forms.handle import Handle
    from forms.session import FormSession

__all__ = [
    "AnswerError",
    "AttachmentError",
    "CacheError",
    "Changes",
    "Choice",
    "Choices",
    "Context",
    "CycleError",
    "EntityChange",
    "EntityProblem",
    "ExpressionError",
    "Finalized",
    "FormDef",
    "FormError",
    "FormFileError",
    "FormSession",
    "Handle",
    "HostileXmlError",
    "InstanceError",
    "NewerEntitiesError",
    "NodeKind",
    "NodeView",
    "NotValidError",
    "NotXmlError",
    "Progress",
    "Request",
    "StructureError",
    "Text",
    "UnknownFunctionError",
    "Violation",
    "ViolationKind",
    "entity_changes",
    "load_compiled",
    "load_form",
    "to_bytes",
]


_LATER = {
    "FormDef": "forms.form",
    "FormSession": "forms.session",
    "Handle": "forms.handle",
    "entity_changes": "forms.entities",
    "load_compiled": "forms.compiled",
    "load_form": "forms.form",
    "to_bytes": "forms.compiled",
}


def __getattr__(name: str) -> Any:
    """Import the engine when it is asked for (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found
