# SPDX-License-Identifier: EUPL-1.2
"""Drafts brought to a newer version of their form, and back.

The engine tells where every answer went (`forms.lift`); the store keeps the draft of before. An undo brings that draft
back and answers again what was answered since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import AnswerEntry, Instance, State

if TYPE_CHECKING:
    from fieldkit.store import Store
    from forms import FormDef, FormSession
    from forms.lift import Lift

    LoadForm = Callable[[str, str], FormDef]


def stored_form(store: Store, account_id: str = "") -> LoadForm:
    """Return what loads a form of the store by id and version, each once, with the lists of an account."""
    from fieldkit.form_cache import load_stored

    loaded: dict[tuple[str, str], FormDef] = {}

    def load(form_id: str, version: str) -> FormDef:
        if (form_id, version) not in loaded:
            loaded[form_id, version] = load_stored(store, form_id, version, account_id)
        return loaded[form_id, version]

    return load


def newer_version(store: Store, instance: Instance) -> str:
    """Return the version of a draft's form that its account offers if it is another one than the draft's, else ""."""
    if instance.state is not State.DRAFT:
        return ""
    try:
        form = store.blank_forms.get(instance.form_id, account_id=instance.account_id)
    except NotFoundError:
        return ""
    if instance.account_id and instance.account_id not in form.offers:
        return ""  # the server of the record would not know it
    return form.version if form.version != instance.form_version and not form.retired else ""


def preview(store: Store, instance_id: str, version: str = "", load: LoadForm | None = None) -> Lift:
    """Tell what a lift to `version` (the latest if "") would do; nothing is written. WrongStateError for no draft."""
    from forms.lift import lift

    instance = _draft(store, instance_id)
    load = load or stored_form(store, instance.account_id)
    target = store.blank_forms.get(instance.form_id, version, instance.account_id).version
    old = load(instance.form_id, instance.form_version)
    return lift(old, store.instances.draft_xml(instance_id), load(instance.form_id, target))


def lift_draft(
    store: Store, instance_id: str, version: str = "", load: LoadForm | None = None, now: datetime | None = None
) -> Lift:
    """Bring a draft to `version` (the latest if ""); the draft of before is kept, and orphans are in the answer log."""
    from forms import FormSession

    instance = _draft(store, instance_id)
    load = load or stored_form(store, instance.account_id)
    result = preview(store, instance_id, version, load)
    target = store.blank_forms.get(instance.form_id, version, instance.account_id).version
    at = now or datetime.now(UTC)
    entries = [AnswerEntry(one.ref, one.value, "", at) for one in result.orphaned]
    progress = FormSession(load(instance.form_id, target), instance_xml=result.xml).progress()
    store.lifts.lift(instance_id, target, result.xml, entries, progress, at)
    return result


def undo_lift(
    store: Store, instance_id: str, load: LoadForm | None = None, now: datetime | None = None
) -> tuple[AnswerEntry, ...]:
    """Bring back the draft of before the last lift, with what was answered since; returns what found no place in it.

    NotFoundError if there was no lift, WrongStateError for no draft.
    """
    from forms import FormSession

    instance = _draft(store, instance_id)
    kept = store.lifts.before(instance_id)
    form = (load or stored_form(store, instance.account_id))(instance.form_id, kept.form_version)
    session = FormSession(form, instance_xml=kept.xml)
    at = now or datetime.now(UTC)
    again: list[AnswerEntry] = []
    lost: list[AnswerEntry] = []
    for entry in store.instances.answer_log(instance_id):
        if entry.at > kept.lifted_at:
            made = _replay(session, entry, at)
            (lost if made is None else again).append(made or entry)
    store.lifts.undo(instance_id, session.draft_xml(), again, session.progress(), at)
    return tuple(lost)


def _replay(session: FormSession, entry: AnswerEntry, at: datetime) -> AnswerEntry | None:
    """Do again what a line of the log says; None if the form of before has no place for it."""
    from forms.errors import AnswerError

    try:
        if entry.ref.endswith("]"):  # an instance of a repeat came or went
            if entry.new == "+":
                session.add_repeat(entry.ref.rpartition("[")[0])
            else:
                session.remove_repeat(entry.ref)
            return AnswerEntry(entry.ref, entry.old, entry.new, at)
        old = session.value(entry.ref)
        session.answer(entry.ref, entry.new)
    except AnswerError:
        return None
    return AnswerEntry(entry.ref, old, entry.new, at)


def _draft(store: Store, instance_id: str) -> Instance:
    instance = store.instances.get(instance_id)
    if instance.state is not State.DRAFT:
        raise WrongStateError(instance_id, instance.state, "lift")
    return instance
