# SPDX-License-Identifier: EUPL-1.2
"""Answers written by hand as JSON, given to a session: for authors who test a form, for the tour and for tests.

Groups are objects, repeats lists of objects, answers strings, numbers or booleans (true and false stand for the
lexical values of XForms); several choices may be a list of strings. A key may also be a whole ref (`/data/a/b`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms import FormSession


class AnswerFileError(ValueError):
    """The JSON has a shape that is no answer at `ref`: a mistake in a file that an author wrote."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"not an answer: {ref}")


def fill(session: FormSession, answers: Mapping[str, object]) -> int:
    """Answer everything in the order of the file; return the number of answers.

    Instances of a repeat are added or removed until their number is that of the list. Raises AnswerError for a ref
    that the form does not have, AnswerFileError for a shape that is no answer.
    """
    if not isinstance(answers, Mapping):
        raise AnswerFileError("")
    children = session.children()
    root = children[0].ref.split("/")[1] if children else "data"
    return _fill_group(session, f"/{root}", answers)


def _fill_group(session: FormSession, ref: str, answers: Mapping[str, object]) -> int:
    return sum(_fill(session, k if k.startswith("/") else f"{ref}/{k}", value) for k, value in answers.items())


def _fill(session: FormSession, ref: str, answer: object) -> int:
    if isinstance(answer, Mapping):
        return _fill_group(session, ref, answer)
    if isinstance(answer, list) and any(isinstance(entry, Mapping) for entry in answer):
        return _fill_repeat(session, ref, answer)
    session.answer(ref, _lexical(ref, answer))
    return 1


def _fill_repeat(session: FormSession, ref: str, entries: list[object]) -> int:
    while session.node(ref).count > len(entries):
        session.remove_repeat(f"{ref}[{session.node(ref).count}]")
    while session.node(ref).count < len(entries):
        session.add_repeat(ref)
    return sum(_fill(session, f"{ref}[{position}]", entry) for position, entry in enumerate(entries, 1))


def _lexical(ref: str, answer: object) -> str:
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, list) and all(isinstance(choice, str) for choice in answer):
        return " ".join(answer)
    if isinstance(answer, str | int | float):
        return str(answer)
    if answer is None:
        return ""
    raise AnswerFileError(ref)
