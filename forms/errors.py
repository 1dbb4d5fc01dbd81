# SPDX-License-Identifier: EUPL-1.2
"""Everything that the engine refuses, as one small tree.

FormError
├── FormFileError        the definition cannot be used
│   ├── NotXmlError          not well-formed XML, or not XML at all
│   ├── HostileXmlError      a DTD, an entity, a size or a depth beyond the limits
│   ├── StructureError       XML, but not an XForm that makes sense (missing model, bind to nothing …)
│   ├── ExpressionError      an XPath expression that cannot be parsed or compiled
│   ├── UnknownFunctionError a function that no specification names
│   ├── CycleError           expressions that depend on each other in a circle
│   ├── AttachmentError      a list or file that the form needs is missing or unreadable
│   └── NewerEntitiesError   entities of a version of their specification that this program does not know
├── InstanceError        a filled form that cannot be loaded into its definition
├── CacheError           a compiled form that was kept is damaged, or of another program: compile again
├── AnswerError          an answer that does not fit the question's type, or a ref that does not exist
└── NotValidError        finalize was asked while violations remain (they are in `.violations`)

Errors carry data (`form`, `ref`, `expression`, `cause`); sentences for people are written by the window and the
command line. `cause` is a short English clause for logs and for authors of forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forms.views import Violation


class FormError(Exception):
    """Base of all: where (`form`, `ref`, `expression`) and why (`cause`)."""

    def __init__(self, cause: str, *, form: str = "", ref: str = "", expression: str = "") -> None:
        self.cause = cause
        self.form = form
        self.ref = ref
        self.expression = expression
        super().__init__(cause)

    def __str__(self) -> str:
        """Write the cause and the place, as far as it is known by now: the form is only known to the outer layers."""
        parts = (self.form, self.ref, f"`{self.expression}`" if self.expression else "")
        place = ", ".join(part for part in parts if part)
        return f"{self.cause} ({place})" if place else self.cause


class FormFileError(FormError):
    """The form definition cannot be used."""


class NotXmlError(FormFileError):
    """Not well-formed XML; `line` and `column` (1-based) tell where reading stopped, 0 if unknown."""

    def __init__(self, cause: str, *, form: str = "", line: int = 0, column: int = 0) -> None:
        self.line = line
        self.column = column
        super().__init__(cause, form=form)


class HostileXmlError(FormFileError):
    """A DTD, an entity declaration, or a size or depth beyond the limits: refused before it costs anything."""


class StructureError(FormFileError):
    """Well-formed XML that is not a usable XForm."""


class ExpressionError(FormFileError):
    """An XPath expression that cannot be parsed; `position` is the 0-based offset in `expression`."""

    def __init__(self, cause: str, *, form: str = "", ref: str = "", expression: str = "", position: int = 0) -> None:
        self.position = position
        super().__init__(cause, form=form, ref=ref, expression=expression)


class UnknownFunctionError(ExpressionError):
    """A function that neither XPath 1.0 nor ODK XForms names; `function` is its name."""

    def __init__(
        self, function: str, *, form: str = "", ref: str = "", expression: str = "", position: int = 0
    ) -> None:
        self.function = function
        cause = f"unknown function {function}()"
        super().__init__(cause, form=form, ref=ref, expression=expression, position=position)


class CycleError(FormFileError):
    """Expressions depending on each other; `path` holds the refs of the circle, the first repeated at the end."""

    def __init__(self, path: Sequence[str], *, form: str = "") -> None:
        self.path = tuple(path)
        super().__init__("circular dependency: " + " -> ".join(self.path), form=form, ref=self.path[0])


class AttachmentError(FormFileError):
    """A media file that the form's logic needs; `name` is its file name."""

    def __init__(self, name: str, cause: str, *, form: str = "") -> None:
        self.name = name
        super().__init__(cause, form=form)


class NewerEntitiesError(FormFileError):
    """The form's entities follow `version` of ODK XForms Entities, this program knows them up to `supported`."""

    def __init__(self, version: str, supported: str, *, form: str = "") -> None:
        self.version = version
        self.supported = supported
        super().__init__(f"entities of version {version}, known are those up to {supported}", form=form)


class InstanceError(FormError):
    """A filled form that does not belong to, or cannot be read into, this definition."""


class CacheError(FormError):
    """A compiled form that cannot be read back, or a form that cannot be kept: nothing is lost, compile it again."""


class AnswerError(FormError):
    """An answer to a ref that does not exist, or of a shape that the data type cannot hold."""


class NotValidError(FormError):
    """The instance cannot be finalized yet."""

    def __init__(self, violations: Sequence[Violation], *, form: str = "") -> None:
        self.violations = tuple(violations)
        super().__init__(f"{len(self.violations)} violation(s) remain", form=form)
