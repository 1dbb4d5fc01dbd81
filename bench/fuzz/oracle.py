# SPDX-License-Identifier: EUPL-1.2
"""What must hold of a form and of its sessions, whatever was fed to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from forms import (
    AnswerError,
    FormDef,
    FormSession,
    NodeKind,
    NotValidError,
    load_compiled,
    to_bytes,
)

NOW: Final = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
# Two evaluations of these need not agree; events happen once, and a new session of a draft does not repeat them.
_UNSTEADY: Final = re.compile(rb"random|uuid|once|setvalue|setgeopoint|recordaudio|now\(|depend|checklist")
_IDENTITY: Final = re.compile(rb"uuid:[0-9a-f-]{36}")
MAX_DRAFT: Final = 20_000
MAX_SHOWN: Final = 200_000


class BrokenPromiseError(AssertionError):
    """Something that must hold does not."""


def hold(truth: object, promise: str) -> None:
    """Raise BrokenPromiseError unless it is so."""
    if not truth:
        raise BrokenPromiseError(promise)


def new_session(form: FormDef, instance_xml: bytes | None = None, last_saved: bytes | None = None) -> FormSession:
    """Begin or go on, at a time that stands still."""
    return FormSession(form, instance_xml=instance_xml, now=lambda: NOW, last_saved=last_saved)


def seen(session: FormSession) -> dict[str, tuple[Any, ...]]:
    """Read all that a person could see."""
    found: dict[str, tuple[Any, ...]] = {}
    for view in _views(session):
        label = view.label.value if view.label is not None else ""
        shown = (view.readonly, view.required, view.violation, label, tuple(session.choices(view.ref)))
        found[view.ref] = (view.relevant, view.value, *(shown if view.relevant else ()))
    return found


def _views(session: FormSession) -> Iterator[Any]:
    waiting = [""]
    shown = 0
    while waiting:
        for view in session.children(waiting.pop()):
            shown += 1
            hold(shown < MAX_SHOWN, "a form ends")
            yield view
            if view.kind is not NodeKind.QUESTION:
                waiting.append(view.ref)


def try_form(form: FormDef, source: bytes, answers: list[tuple[int, str]]) -> None:
    """Fill a form that was loaded, and hold its sessions to what the engine promises of them."""
    session = new_session(form)
    first = session.draft_xml()
    seen(session)
    session.validate()
    steady = not _UNSTEADY.search(source) and len(first) < MAX_DRAFT
    if steady:
        _kept_is_alike(form, session)
        _draft_comes_back(session)
    for place, value in answers:
        act(session, place, value)
        if steady and len(session.draft_xml()) < MAX_DRAFT:
            _draft_comes_back(session)
    finish(session)
    for language in form.languages:
        session.set_language(language)
        seen(session)


def act(session: FormSession, place: int, value: str) -> None:
    """Do something: answer, add or remove."""
    views = list(_views(session))
    if not views:
        return
    view = views[place % len(views)]
    try:
        if view.kind is NodeKind.REPEAT:
            session.add_repeat(view.ref)
        elif view.kind is NodeKind.REPEAT_INSTANCE:
            session.remove_repeat(view.ref)
        elif not _calculated(session.form, view.ref):
            session.answer(view.ref, value)
    except AnswerError as error:
        hold(error.ref, "an error of an answer tells its ref")


def _calculated(form: FormDef, ref: str) -> bool:
    node = form.nodes.get(re.sub(r"\[\d+\]", "", ref))
    return node is not None and node.calculate is not None


def finish(session: FormSession) -> None:
    """Finalize: either it tells what is broken, or it gives XML."""
    try:
        final = session.finalize()
    except NotValidError as error:
        hold(error.violations, "what cannot be finalized says why")
        return
    new_session(session.form, final.xml)


def _draft_comes_back(session: FormSession) -> None:
    draft = session.draft_xml()
    again = new_session(session.form, draft)
    hold(again.draft_xml() == draft, "a draft that is read back is the same draft")
    hold(seen(again) == seen(session), "what was recalculated step by step is what is calculated afresh")
    hold(again.validate() == session.validate(), "the same draft breaks the same rules")


def _kept_is_alike(form: FormDef, session: FormSession) -> None:
    kept = new_session(load_compiled(to_bytes(form)))
    hold(
        without_identity(kept.draft_xml()) == without_identity(session.draft_xml()), "a kept form makes the same draft"
    )
    plain, other = (
        {ref: state for ref, state in seen(one).items() if "instanceID" not in ref} for one in (session, kept)
    )
    hold(without_identity(repr(plain).encode()) == without_identity(repr(other).encode()), "a kept form shows the same")


def without_identity(xml: bytes) -> bytes:
    """Blank the instanceID, which is new each time."""
    return _IDENTITY.sub(b"uuid", xml)
