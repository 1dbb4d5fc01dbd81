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
    CycleError,
    ExpressionError,
    FormError,
    FormFileError,
    HostileXmlError,
    InstanceError,
    NotValidError,
    NotXmlError,
    StructureError,
    UnknownFunctionError,
)
from forms.views import (
    Changes,
    Choice,
    Context,
    Finalized,
    NodeKind,
    NodeView,
    Progress,
    Text,
    Violation,
    ViolationKind,
)

if TYPE_CHECKING:
    from forms.form import FormDef, load_form
    from forms.session import FormSession

__all__ = [
    "AnswerError",
    "AttachmentError",
    "Changes",
    "Choice",
    "Context",
    "CycleError",
    "ExpressionError",
    "Finalized",
    "FormDef",
    "FormError",
    "FormFileError",
    "FormSession",
    "HostileXmlError",
    "InstanceError",
    "NodeKind",
    "NodeView",
    "NotValidError",
    "NotXmlError",
    "Progress",
    "StructureError",
    "Text",
    "UnknownFunctionError",
    "Violation",
    "ViolationKind",
    "load_form",
]


_LATER = {"FormDef": "forms.form", "load_form": "forms.form", "FormSession": "forms.session"}


def __getattr__(name: str) -> Any:
    """Import the engine when it is asked for (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found
