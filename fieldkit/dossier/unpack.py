# SPDX-License-Identifier: EUPL-1.2
"""A dossier into a workspace: what each of its records would do here, then all of it in one transaction.

not here                       comes in as it is, with its state, its bytes and what was tried with them
here, with the same            nothing; what the other kit knows of its sending is taken over
two drafts                     put together (`merge`); a draft that the other kit has seen whole gives way to what that
                               kit made of it, also when it finished it
finished, with other bytes     refused: both stay where they are, and the user is told
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from fieldkit.dossier.answers import read_answers, rename_files
from fieldkit.dossier.history import History, commit, new_stamp
from fieldkit.dossier.merge import Conflict, Copy, Merged, compare, merge
from fieldkit.dossier.pack import Told
from fieldkit.dossier.reading import Dossier, load_new
from fieldkit.errors import DossierDamaged, NotFoundError, StoreLocked
from fieldkit.instance import State
from fieldkit.store.sharing import Arrival, Holding, MovedMeanwhile, NewForm, News, Rewrite

if TYPE_CHECKING:
    from fieldkit.store import Store
    from fieldkit.store.attachments import Attachment
    from forms import EntityChange, FormDef

_TRIES = 3


class Outcome(StrEnum):
    """What a record of a dossier does here."""

    NEW = "new"
    SAME = "same"
    MERGED = "merged"
    REPLACED = "replaced"  # the other kit went on from what is here
    RESTORED = "restored"  # the same, and it comes back from the bin
    HEARD = "heard"  # the same bytes; the other kit knows more of their sending
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why both copies of a record stay what they are."""

    NONE = ""
    OTHER_BYTES = "other-bytes"  # finished on both kits, apart
    FINISHED_HERE = "finished-here"  # and the draft in the dossier was changed since they parted
    CHANGED_HERE = "changed-here"  # finished there, and the draft here was changed since they parted
    OTHER_VERSION = "other-version"  # drafts of two versions of the form, both changed
    OTHER_FORM = "other-form"  # the form here has the same version and another content


@dataclass(frozen=True, slots=True)
class Finding:
    """One record of a dossier and what it does here.

    `taken`: refs of answers that are theirs now; `conflicts`: what both changed, each once; `unplaced`: (ref, answer)
    that the form has no place for once they are together; it stands in the answer log.
    """

    instance_id: str
    form_id: str
    name: str
    state: State
    outcome: Outcome
    refusal: Refusal = Refusal.NONE
    taken: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Plan:
    """What would be written, and what is told of it."""

    findings: list[Finding] = field(default_factory=list)
    forms: list[NewForm] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)


Preferred = Mapping[str, Collection[str]]
"""By instanceID the keys of conflicts of which the answer of the dossier is chosen; of all others that of here."""

_NOTHING: Preferred = MappingProxyType({})


def plan(
    store: Store, dossier: Dossier, prefer_theirs: Preferred = _NOTHING, *, progress: Told = lambda _: None
) -> Plan:
    """Tell what `take` would do; nothing is written. DossierDamaged for records that are none of their form.

    `progress` gets (records compared, of how many).
    """
    made = Plan()
    at = datetime.now(UTC)
    loaded: dict[tuple[str, str], FormDef] = {}
    for number, theirs in enumerate(dossier.records):
        progress((number, len(dossier.records)))
        key = theirs.instance.form_id, theirs.instance.form_version
        try:
            if key not in loaded:
                loaded[key] = _form(store, dossier, key, made)
        except _OtherForm:
            made.findings.append(_finding(theirs, Outcome.REFUSED, Refusal.OTHER_FORM))
            continue
        _check(dossier, theirs, loaded[key])
        chosen = prefer_theirs.get(theirs.instance.instance_id, ())
        made.findings.append(_Meeting(store, dossier, theirs, loaded[key], made, at=at).settle(chosen))
    return made


def take(
    store: Store, dossier: Dossier, prefer_theirs: Preferred = _NOTHING, *, progress: Told = lambda _: None
) -> tuple[Finding, ...]:
    """Take everything in, whole or not at all; tell what each record did."""
    for _ in range(_TRIES):
        made = plan(store, dossier, prefer_theirs, progress=progress)
        try:
            store.sharing.take(made.forms, made.arrivals, made.rewrites, made.news, made.restored)
        except MovedMeanwhile:
            continue
        return tuple(made.findings)
    raise StoreLocked(store.path)


class _OtherForm(Exception):  # noqa: N818
    """The same version has another content here."""


def _form(store: Store, dossier: Dossier, key: tuple[str, str], made: Plan) -> FormDef:
    """Return the form of a record: that of here if it is here."""
    from fieldkit.form_cache import load_stored

    carried = dossier.forms.get(key)
    try:
        kept = store.blank_forms.xml(*key)
    except NotFoundError as error:
        if carried is None:
            raise DossierDamaged(dossier.path, f"no form {' '.join(key)}") from error
    else:
        if carried is not None and carried.xml != kept:
            raise _OtherForm
        return load_stored(store, *key)
    loaded = load_new(carried, dossier.path)
    made.forms.append(carried)
    return loaded


def _check(dossier: Dossier, held: Holding, form: FormDef) -> None:
    """Make sure that a record is one of its form, and the one that it says it is."""
    from forms import FormSession
    from forms.errors import FormError

    try:
        for xml in (held.draft, held.frozen):
            if xml is not None and FormSession(form, instance_xml=xml).instance_id != held.instance.instance_id:
                raise DossierDamaged(dossier.path, f"{held.instance.instance_id} is another record")
    except FormError as error:
        raise DossierDamaged(dossier.path, f"{held.instance.instance_id}: {error.cause}") from error


def _finding(theirs: Holding, outcome: Outcome, refusal: Refusal = Refusal.NONE, **more: object) -> Finding:
    one = theirs.instance
    given = (one.instance_id, one.form_id, one.name, one.state)
    return Finding(*given, outcome, refusal, **more)  # type: ignore[arg-type]  # fields of the dataclass, by name


class _Meeting:
    """A record of a dossier and what is here under its id."""

    def __init__(
        self, store: Store, dossier: Dossier, theirs: Holding, form: FormDef, made: Plan, *, at: datetime
    ) -> None:
        self._store = store
        self._dossier = dossier
        self._theirs = theirs
        self._form = form
        self._made = made
        self._at = at

    def settle(self, chosen: Collection[str]) -> Finding:
        """Put what is to be written into the plan, and tell it."""
        theirs, mine = self._theirs, self._store.sharing.find(self._theirs.instance.instance_id)
        if mine is None:
            return self._arrive(Outcome.NEW)
        if mine.frozen is not None and theirs.frozen is not None:
            return self._both_frozen(mine)
        here, there = self._copy(mine), self._copy(theirs)
        they_went_on = here.history.seen <= there.history.seen
        if there.history.seen <= here.history.seen and (theirs.frozen is None or mine.frozen is not None):
            return self._same(mine)
        if mine.frozen is not None:
            return _finding(theirs, Outcome.REFUSED, Refusal.FINISHED_HERE)
        other_version = mine.instance.form_version != theirs.instance.form_version
        if theirs.frozen is not None or other_version:
            if they_went_on:
                return self._arrive(Outcome.REPLACED, mine)
            refusal = Refusal.CHANGED_HERE if theirs.frozen is not None else Refusal.OTHER_VERSION
            return _finding(theirs, Outcome.REFUSED, refusal)
        return self._merge(mine, here, there, chosen)

    def _same(self, mine: Holding) -> Finding:
        if not mine.binned:
            return _finding(self._theirs, Outcome.SAME)
        self._made.restored.append(mine.instance.instance_id)
        return _finding(self._theirs, Outcome.RESTORED)

    def _copy(self, held: Holding) -> Copy:
        """Take a draft apart, with its history up to now."""
        form = self._form
        if held.instance.form_version != self._theirs.instance.form_version:
            from fieldkit.form_cache import load_stored

            form = load_stored(self._store, held.instance.form_id, held.instance.form_version, held.instance.account_id)
        answers = read_answers(form, held.draft, {file.name: file.sha256 for file in held.files})
        return Copy(answers, commit(History.from_text(held.history), answers, new_stamp(self._at)))

    def _arrive(self, outcome: Outcome, mine: Holding | None = None) -> Finding:
        from forms.entities import changes_offline, entity_changes

        theirs = self._theirs
        one = theirs.instance
        counts = not one.deprecated_id and theirs.seal is None
        changes: tuple[EntityChange, ...] = ()
        if counts and theirs.frozen is not None and changes_offline(self._form):
            changes = entity_changes(self._form, theirs.frozen)
        if one.state in {State.SUBMITTED, State.RETURNED}:  # what it updates is in the lists that the region gives
            changes = tuple(replace(change, update=False) for change in changes if change.create)
        if mine is not None:
            known = set(theirs.log)
            theirs = replace(theirs, log=(*theirs.log, *(line for line in mine.log if line not in known)))
        before = mine.draft if mine is not None else None
        self._made.arrivals.append(Arrival(theirs, self._dossier.read, changes, before))
        return _finding(theirs, outcome)

    def _both_frozen(self, mine: Holding) -> Finding:
        theirs = self._theirs
        seals = [one.seal.sha256 if one.seal is not None else "" for one in (mine, theirs)]
        if mine.frozen != theirs.frozen or seals[0] != seals[1]:
            return _finding(theirs, Outcome.REFUSED, Refusal.OTHER_BYTES)
        delivered = mine.instance.state is State.FINALIZED and theirs.instance.state is State.SUBMITTED
        if delivered or (theirs.instance.attempted and not mine.instance.attempted):
            self._made.news.append(News(theirs))
            return _finding(theirs, Outcome.HEARD)
        return _finding(theirs, Outcome.SAME)

    def _merge(self, mine: Holding, here: Copy, there: Copy, chosen: Collection[str]) -> Finding:
        names = _free_names(mine, self._theirs)
        rename_files(self._form, there.answers, names)
        seen = compare(here, there)
        merged = merge(self._form, here, there, chosen, stamp=new_stamp(self._at), at=self._at)
        self._made.rewrites.append(self._rewrite(mine, merged, names))
        unplaced = tuple((line.ref, line.old) for line in merged.unplaced)
        outcome = Outcome.MERGED if seen.taken or seen.conflicts else Outcome.SAME
        return _finding(self._theirs, outcome, taken=merged.taken, conflicts=seen.conflicts, unplaced=unplaced)

    def _rewrite(self, mine: Holding, merged: Merged, names: Mapping[str, str]) -> Rewrite:
        theirs = self._theirs
        known = set(mine.log)
        log = tuple(line for line in theirs.log if line not in known)
        here = {file.name: file.sha256 for file in mine.files}
        files: dict[str, Callable[[], bytes]] = {}
        for file in theirs.files:
            name = names.get(file.name, file.name)
            if here.get(name) != file.sha256:
                files[name] = partial(self._dossier.read, file)
        given = {line.new for line in merged.entries}
        commune = mine.instance.commune_nis
        if theirs.instance.commune_nis in given or not commune:
            commune = theirs.instance.commune_nis
        texts = (merged.name, commune, merged.history.to_text())
        entries = (*log, *merged.entries)
        return Rewrite(mine.instance.instance_id, mine.draft, merged.xml, entries, merged.progress, *texts, files)


def _free_names(mine: Holding, theirs: Holding) -> dict[str, str]:
    """Give files of theirs whose name is another file's here one that says which bytes they are."""
    here = {file.name: file.sha256 for file in mine.files}
    return {file.name: _other_name(file) for file in theirs.files if here.get(file.name, file.sha256) != file.sha256}


def _other_name(file: Attachment) -> str:
    name = PurePosixPath(file.name)
    return f"{name.stem[:200]}-{file.sha256[:8]}{name.suffix[:20]}"
