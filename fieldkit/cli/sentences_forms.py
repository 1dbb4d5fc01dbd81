# SPDX-License-Identifier: EUPL-1.2
"""Sentences for what the form engine refuses: for authors, so with the place and the expression."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit.cli.messages import Sentence
from forms import errors


def _at(error: errors.FormError, sentence: str) -> str:
    """Put the place before the sentence: "/data/a: this …"; without a place it begins with a capital."""
    return f"{error.ref}: {sentence}" if error.ref else sentence[0].upper() + sentence[1:]


def _not_xml(error: errors.NotXmlError) -> str:
    place = f", line {error.line}, column {error.column}" if error.line else ""
    return f"This is not a well-formed XML file{place}: {error.cause}."


def _expression(error: errors.ExpressionError) -> str:
    """Show the expression with a mark under the place where reading stopped."""
    text = " ".join(error.expression.split())
    sentence = _at(error, f"this expression cannot be read: {error.cause}.\n  {text}")
    if text != error.expression:  # over several lines: a mark would be at the wrong place
        return sentence
    return f"{sentence}\n  {' ' * error.position}^"


def _hostile(error: errors.HostileXmlError) -> str:
    refused = f"the file was refused before it was read: {error.cause}."
    return _at(error, f"{refused} A form needs no DTD and no entities: save it without.")


def _unknown_function(error: errors.UnknownFunctionError) -> str:
    missing = f"there is no function {error.function}() in XPath 1.0 or in ODK XForms."
    return _at(error, f"{missing} Check its spelling: {' '.join(error.expression.split())}")


SENTENCES: Mapping[type[BaseException], Sentence] = {
    errors.FormError: lambda e: _at(e, f"something is wrong: {e.cause}."),
    errors.FormFileError: lambda e: _at(e, f"the form cannot be used: {e.cause}."),
    errors.NotXmlError: _not_xml,
    errors.HostileXmlError: _hostile,
    errors.StructureError: lambda e: _at(e, f"this is not a usable XForm: {e.cause}."),
    errors.ExpressionError: _expression,
    errors.UnknownFunctionError: _unknown_function,
    errors.CycleError: lambda e: (
        f"These questions depend on each other in a circle: {' -> '.join(e.path)}. Take one of the references out."
    ),
    errors.AttachmentError: lambda e: (
        f"The form needs the file {e.name}: {e.cause}. Put it beside the form, or in a folder `media` there."
    ),
    errors.NewerEntitiesError: lambda e: _at(
        e,
        f"the entities of the form follow version {e.version} of their specification, and this program knows them up to"
        f" {e.supported}. Update the program, or have the form written for an earlier version.",
    ),
    errors.CacheError: lambda e: _at(
        e, f"the prepared copy of the form cannot be used: {e.cause}. Run the command again: the form is read anew."
    ),
    errors.InstanceError: lambda e: _at(e, f"the filled form does not fit this form: {e.cause}."),
    errors.AnswerError: lambda e: _at(e, f"this answer cannot be taken: {e.cause}."),
    errors.NotValidError: lambda e: (
        f"The answers break {len(e.violations)} rule(s), the first at {e.violations[0].ref if e.violations else '?'}."
        " Correct them first."
    ),
}
