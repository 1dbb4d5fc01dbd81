# SPDX-License-Identifier: EUPL-1.2
"""Answers written by hand as JSON, given to a session: for authors who test a form, for the tour and for tests.

Groups are objects, repeats lists of objects, answers strings, numbers or booleans (true and false stand for the
lexical values of XForms); several choices may be a list of strings; null clears. A key may also be a path
("identite/commune") or a whole ref ("/data/a/b"). Answers may stand in any order: one that only a later answer makes
possible (an entry of a counted repeat) is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from forms.errors import AnswerError
from forms.views import NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forms import FormDef
    from forms.views import NodeView

_MAX_ENTRIES = 10_000


class Answerable(Protocol):
    """What filling asks: a `FormSession` has it, and so has a recorder that hands each answer on to one."""

    @property
    def form(self) -> FormDef:
        """The form."""
        ...

    def children(self, ref: str = "") -> Sequence[NodeView]:
        """Return the body nodes below a ref."""
        ...

    def node(self, ref: str) -> NodeView:
        """Return a node."""
        ...

    def answer(self, ref: str, value: str) -> object:
        """Give one answer."""
        ...

    def add_repeat(self, repeat_ref: str) -> object:
        """Add an entry at the end."""
        ...

    def remove_repeat(self, instance_ref: str) -> object:
        """Remove an entry."""
        ...


class AnswerFileError(ValueError):
    """The JSON has a shape that is no answer at `ref`: a mistake in a file that an author wrote."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"not an answer: {ref}")


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer that found no place: `ref` is where it was meant to go, `cause` a short English clause."""

    ref: str
    cause: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to do: answer `ref` with `value`, or give the repeat `ref` its number of entries."""

    ref: str
    value: str = ""
    entries: int | None = None


def fill(session: Answerable, answers: Mapping[str, object]) -> int:
    """Answer everything; return the number of answers.

    Raises AnswerError for the first answer that finds no place, AnswerFileError for a shape that is no answer.
    """
    misfits = apply_answers(session, answers)
    if misfits:
        raise AnswerError(misfits[0].cause, form=session.form.form_id, ref=misfits[0].ref)
    return sum(step.entries is None for step in _steps(_root(session), answers))


def apply_answers(session: Answerable, answers: Mapping[str, object]) -> tuple[Misfit, ...]:
    """Answer all that can be; return what found no place, in the order of the file.

    Instances of a repeat are added or removed until their number is that of the list. Broken rules are not told here:
    `session.validate()` does that. Raises AnswerFileError for a shape that is no answer, before anything is changed.
    """
    if not isinstance(answers, Mapping):
        raise AnswerFileError("")
    left = list(_steps(_root(session), answers))
    while True:
        tried = [(step, _take(session, step)) for step in left]
        failed = [(step, misfit) for step, misfit in tried if misfit]
        if len(failed) in {0, len(left)}:
            return tuple(misfit for _, misfit in failed)
        left = [step for step, _ in failed]


def _root(session: Answerable) -> str:
    children = session.children()
    return "/" + (children[0].ref.split("/")[1] if children else "data")


def _steps(ref: str, answer: object) -> Iterator[_Step]:
    if isinstance(answer, Mapping):
        for key, inner in answer.items():
            yield from _steps(key if key.startswith("/") else f"{ref}/{key}", inner)
    elif isinstance(answer, list) and any(isinstance(entry, Mapping) for entry in answer):
        yield _Step(ref, entries=len(answer))
        for position, entry in enumerate(answer, 1):
            yield from _steps(f"{ref}[{position}]", entry)
    else:
        yield _Step(ref, _lexical(ref, answer))


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


def _take(session: Answerable, step: _Step) -> Misfit | None:
    try:
        if step.entries is None:
            session.answer(step.ref, step.value)
            return None
        return _resize(session, step.ref, step.entries)
    except AnswerError as error:
        return Misfit(step.ref, error.cause)


def _resize(session: Answerable, ref: str, wanted: int) -> Misfit | None:
    """Give the repeat as many entries as there are in the list; a counted one must have them already."""
    node = session.node(ref)
    if node.kind is not NodeKind.REPEAT or wanted > _MAX_ENTRIES:
        return Misfit(ref, "not a repeat" if wanted <= _MAX_ENTRIES else f"more than {_MAX_ENTRIES} entries")
    for _ in range(wanted, node.count):
        session.remove_repeat(f"{ref}[{session.node(ref).count}]")
    for _ in range(node.count, wanted):
        session.add_repeat(ref)
    return None
