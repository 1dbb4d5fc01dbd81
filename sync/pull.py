# SPDX-License-Identifier: EUPL-1.2
"""Forms down: each form whole or not at all, and none ever taken away from a draft.

Contract, fact 10: the form list does not change when media do, so every manifest is asked for; the media that a form
needs are those that its XML declares, for a manifest leaves out what was never uploaded. Entity lists are shared by the
forms of an account: each comes down once, and what records here did to it yields to what the server has.

Two accounts may offer one form. The same bytes are one form, kept once; other bytes under the same version are told and
not taken, as long as another account counts on those that are here. Manifests tell it: nothing comes down in vain.

The catalogue is no questionnaire: its media are packs, which `sync.packs` takes.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldkit import standing
from fieldkit.errors import NotFoundError
from fieldkit.packs import CATALOGUE
from fieldkit.packs.errors import PackError
from fieldkit.store.blank_forms import md5_of
from fieldkit.store.entities import SUFFIX
from forms.errors import FormError
from sync.errors import BadServerData, FormClash, LineError, NoRight, NotAuthorized, SyncError, UntrustedCertificate
from sync.packs import PackReport, pull_packs, withdraw_packs
from sync.parcel import accepted
from sync.progress import Phase, Report, SyncProgress, check_cancel, ignore
from sync.returns import DossierReport, heed_dossiers
from sync.safe_xml import UnsafeXmlError
from sync.xforms import FormHead, read_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from threading import Event

    from fieldkit.store import BlankForm, Store
    from sync.protocol import FormEntry, MediaEntry, Region


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A form that could not be taken, or was taken with a gap; what was there before stays usable.

    `error` is a SyncError (what came was wrong), a FormError (the engine does not understand it) or, of the catalogue,
    a PackError (one of its packs is refused); None with `missing_media`: the form was taken, these declared files are
    not on the server.
    """

    form_id: str
    error: SyncError | FormError | PackError | None = None
    missing_media: tuple[str, ...] = ()


@dataclass(slots=True)
class PullReport:
    """Form ids by what happened; `refreshed` are forms that stay as they were while their lists came anew.

    `stopped` is why it ended early; `lost_access`: the list is suddenly empty.
    `dossiers`: what the region's list of dossiers did to the records here, None if it did not come. `packs`: what its
    catalogue brought, None if it has none.
    """

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    problems: list[FormProblem] = field(default_factory=list)
    stopped: SyncError | None = None
    lost_access: bool = False
    dossiers: DossierReport | None = None
    packs: PackReport | None = None


def pull(
    store: Store, region: Region, cancel: Event | None = None, progress: Report = ignore, *, origin: str = "region"
) -> PullReport:
    """Bring the forms of `region` into `store`; `origin` (the account's id) marks whose they are.

    Trouble of the line or the access ends it with `stopped`; trouble of one form is a problem of that form. Errors of
    the store (StoreFull …) come out: the forms taken before stay.
    """
    report = PullReport()
    lists: dict[str, tuple[str, MediaEntry]] = {}
    fact = f"lists.{origin}"
    known = store.facts.get(fact)
    region.recall(known)
    try:
        entries = region.form_list()
        for number, entry in enumerate(entries):
            check_cancel(cancel)
            progress(SyncProgress(Phase.PULL, number, len(entries), entry.name))
            if entry.form_id == CATALOGUE:
                _pull_catalogue(store, region, entry, report, cancel=cancel, origin=origin)
                continue
            for file in _pull_form(store, region, entry, report, cancel=cancel, origin=origin):
                lists[_list_name(file)] = (entry.form_id, file)
        if standing.LIST in lists and _has_list(store, origin, lists[standing.LIST][1]):
            report.dossiers = heed_dossiers(store, origin, region.heard_at)
        _purge_deleted(store, region, lists, report, origin)
        progress(SyncProgress(Phase.PULL, len(entries), len(entries)))
    except SyncError as error:
        report.stopped = error
    else:
        _retire_vanished(store, entries, report, origin)
        if (memory := region.memory()) != known:
            store.facts.set(fact, memory)
        accepted(store, region, origin)
    return report


def _pull_catalogue(
    store: Store, region: Region, entry: FormEntry, report: PullReport, *, cancel: Event | None, origin: str
) -> None:
    with _told(region, entry, report):
        report.packs = pull_packs(store, region, entry, cancel, origin=origin)
        report.problems += [FormProblem(entry.form_id, error) for error in report.packs.refused]
        if report.packs.missing:
            report.problems.append(FormProblem(entry.form_id, missing_media=report.packs.missing))


@contextmanager
def _told(region: Region, entry: FormEntry, report: PullReport) -> Iterator[None]:
    """Tell trouble of one form in the report; trouble of the line or the access comes out."""
    try:
        yield
    except NotAuthorized as error:
        region.probe()  # raises if the token is dead; else only this form was taken away since the list
        report.problems.append(FormProblem(entry.form_id, NoRight(entry.form_id, error.text)))
    except (LineError, UntrustedCertificate):
        raise
    except (SyncError, FormError) as error:
        report.problems.append(FormProblem(entry.form_id, error))


def _pull_form(
    store: Store, region: Region, entry: FormEntry, report: PullReport, *, cancel: Event | None, origin: str
) -> list[MediaEntry]:
    """Take one form unless it is here; return its entity lists, none if there was a problem."""
    lists: list[MediaEntry] = []
    with _told(region, entry, report):
        manifest = region.manifest(entry)
        there = store.blank_forms.find(entry.form_id, entry.version)
        if there is not None and _is_current(store, there, entry, manifest, origin):
            if origin not in there.offers:
                store.blank_forms.offer(origin, entry.form_id, entry.version)
            (report.updated if there.retired else report.unchanged).append(entry.form_id)
        else:
            kept = there or _latest(store, entry.form_id)
            missing = _take_form(store, region, entry, manifest, kept, cancel, origin=origin)
            _found(report, store, kept, entry, manifest, origin=origin).append(entry.form_id)
            if missing:
                report.problems.append(FormProblem(entry.form_id, missing_media=missing))
        lists += [file for file in manifest if file.is_entity_list]
    return lists


def _take_form(
    store: Store,
    region: Region,
    entry: FormEntry,
    manifest: Sequence[MediaEntry],
    kept: BlankForm | None,
    cancel: Event | None,
    *,
    origin: str,
) -> tuple[str, ...]:
    """Take a form that is new or changed; return the declared files that the server does not have.

    `kept`: this version, or else another one of the form.
    """
    there = kept if kept is not None and kept.version == entry.version else None
    shared = there if there is not None and _is_shared(store, there, entry, manifest, origin) else None
    xml = _definition(store, region, entry, kept)
    head = _head(xml, entry)
    media = _plain_files(store, shared) | _media(store, region, manifest, kept, cancel, origin=origin)
    _check_with_engine(xml, media)
    missing = tuple(sorted(set(head.media) - set(media)))
    lists = [file for file in manifest if file.is_entity_list]
    # The lists first: killed in between, the form is not current and comes again.
    for file in lists:
        content = media.pop(file.name)
        if shared is not None:
            _leave_list(store, shared, file, origin)
        if not _has_list(store, origin, file):
            store.entities.put_list(origin, _list_name(file), content, file.hash)
    names = {file.name for file in lists}.union(shared.lists if shared else ())
    store.blank_forms.put(entry.form_id, entry.version, head.title, xml, media, origin, lists=names)
    return missing


def _found(
    report: PullReport, store: Store, kept: BlankForm | None, entry: FormEntry, manifest: Sequence[MediaEntry], *,
    origin: str,
) -> list[str]:  # fmt: skip
    """Return where a form that came belongs; `kept` is what was there before."""
    if kept is None:
        return report.new
    plain = [file for file in manifest if not file.is_entity_list]
    same_lists = origin in kept.offers and {file.name for file in manifest if file.is_entity_list} == set(kept.lists)
    return report.refreshed if same_lists and _is_current(store, kept, entry, plain, origin) else report.updated


def _purge_deleted(
    store: Store, region: Region, lists: Mapping[str, tuple[str, MediaEntry]], report: PullReport, origin: str
) -> None:
    """Drop what was done here to entities that were deleted on the server: its lists do not name those."""
    for name, (form_id, file) in lists.items():
        unknown = store.entities.unknown_ids(origin, name) if file.integrity_url else ()
        if not unknown:
            continue
        try:
            deleted = region.deleted_entities(file, unknown)
        except (LineError, UntrustedCertificate):
            raise
        except SyncError as error:
            report.problems.append(FormProblem(form_id, error))
        else:
            store.entities.purge(origin, name, deleted)


def _latest(store: Store, form_id: str) -> BlankForm | None:
    """Return another version of a form, most of whose files need not come again."""
    try:
        return store.blank_forms.get(form_id)
    except NotFoundError:
        return None


def _is_current(store: Store, kept: BlankForm, entry: FormEntry, manifest: Sequence[MediaEntry], origin: str) -> bool:
    return kept.hash == entry.hash and all(
        _has_list(store, origin, file) and file.name in kept.lists
        if file.is_entity_list
        else file.name not in kept.lists and kept.attachments.get(file.name) == file.hash
        for file in manifest
    )


def _is_shared(store: Store, there: BlankForm, entry: FormEntry, manifest: Sequence[MediaEntry], origin: str) -> bool:
    """Tell whether other accounts count on a version; FormClash if this one means other bytes by it, and has none."""
    others = store.blank_forms.holders(there.form_id, there.version, besides=origin)
    if not others:
        return False
    differing = [
        file.name
        for file in manifest
        if file.name in there.attachments
        and ((file.is_entity_list != (file.name in there.lists) and (there.offers or not file.is_entity_list))
             or (not file.is_entity_list and there.attachments[file.name] != file.hash))
    ]  # fmt: skip
    if there.hash != entry.hash or differing:
        store.blank_forms.withdraw(origin, there.form_id)
        what = "" if there.hash != entry.hash else differing[0]
        raise FormClash(there.form_id, there.version, others[0], what)
    return True


def _leave_list(store: Store, form: BlankForm, file: MediaEntry, origin: str) -> None:
    """Leave a list that came as a plain file, with records from elsewhere, to the accounts of those records."""
    if file.name not in form.attachments or file.name in form.lists:
        return
    content, name = store.blank_forms.attachment(form.form_id, form.version, file.name), _list_name(file)
    for other in store.blank_forms.holders(form.form_id, form.version, besides=origin):
        if not store.entities.hash_of(other, name):
            store.entities.put_list(other, name, content, md5_of(content))


def _plain_files(store: Store, form: BlankForm | None) -> dict[str, bytes]:
    """Return the files of a form that others count on too: they stay, whatever this account's manifest leaves out."""
    if form is None:
        return {}
    names = [name for name in form.attachments if name not in form.lists]
    return {name: store.blank_forms.attachment(form.form_id, form.version, name) for name in names}


def _has_list(store: Store, origin: str, file: MediaEntry) -> bool:
    """Tell whether the list is kept as it stands; its hash is that of the manifest, not of its bytes."""
    return store.entities.hash_of(origin, _list_name(file)) == file.hash


def _list_name(file: MediaEntry) -> str:
    return file.name.removesuffix(SUFFIX)


def _definition(store: Store, region: Region, entry: FormEntry, kept: BlankForm | None) -> bytes:
    if kept is not None and kept.hash == entry.hash:
        return store.blank_forms.xml(kept.form_id, kept.version)
    return region.form_xml(entry)


def _head(xml: bytes, entry: FormEntry) -> FormHead:
    try:
        head = read_head(xml)
    except UnsafeXmlError as error:
        raise BadServerData(entry.form_id, error.cause) from None
    if (head.form_id, head.version) != (entry.form_id, entry.version):
        raise BadServerData(entry.form_id, f"the definition is of {head.form_id} {head.version}")
    return head


def _media(
    store: Store,
    region: Region,
    manifest: Sequence[MediaEntry],
    kept: BlankForm | None,
    cancel: Event | None,
    *,
    origin: str,
) -> dict[str, bytes]:
    """Return every medium: what is kept with the announced hash is not fetched again."""
    media = {}
    for file in manifest:
        check_cancel(cancel)
        if file.is_entity_list and _has_list(store, origin, file):
            media[file.name] = store.entities.content(origin, _list_name(file))
        elif kept is not None and not file.is_entity_list and kept.attachments.get(file.name) == file.hash:
            media[file.name] = store.blank_forms.attachment(kept.form_id, kept.version, file.name)
        else:
            media[file.name] = region.media(file)
    return media


def _check_with_engine(xml: bytes, media: Mapping[str, bytes]) -> None:
    """Raise FormError if this program could not open the form: better told now than in the field.

    A declared file that the server does not have is no reason: the form is taken, and the gap is told.
    """
    from forms import load_form  # noqa: PLC0415 — only a new form needs the engine
    from forms.errors import AttachmentError  # noqa: PLC0415

    def attachment(name: str) -> bytes:
        if name not in media:
            raise FileNotFoundError(name)
        return media[name]

    try:
        load_form(xml, attachment)
    except AttachmentError as error:
        if error.name in media:
            raise


def _retire_vanished(store: Store, entries: Sequence[FormEntry], report: PullReport, origin: str) -> None:
    """Note what the server no longer lists; what nobody else offers is retired. Definitions and drafts stay.

    An empty list is what a lost assignment looks like: nothing is retired then, and the user is told.
    """
    # Programs that knew no packs took the catalogue for a questionnaire: it is none.
    listed = {entry.form_id for entry in entries} - {CATALOGUE}
    gone = [form_id for form_id in store.blank_forms.offered_by(origin) if form_id not in listed]
    if gone and not entries:
        report.lost_access = True
        return
    for form_id in gone:
        store.blank_forms.withdraw(origin, form_id)
        if form_id != CATALOGUE:
            report.vanished.append(form_id)
    if entries and report.packs is None and not any(entry.form_id == CATALOGUE for entry in entries):
        withdrawn = withdraw_packs(store, origin)
        report.packs = withdrawn if withdrawn.withdrawn else None
