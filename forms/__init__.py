# SPDX-License-Identifier: EUPL-1.2
"""The XForms engine: bytes in, bytes out. This is its whole contract (ARCHITECTURE.md, "forms")."""

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
from forms.form import FormDef, load_form
from forms.session import FormSession
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
