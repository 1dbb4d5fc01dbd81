# SPDX-License-Identifier: EUPL-1.2
"""Records of others down, for staff: each form's list first, then the answers of what is new (contract, 2.7).

The list is asked for what happened since the last time, with its ETag: a form where nothing did costs one answer of
300 bytes. What it tells is kept page by page and the answers record by record, so that a pull that was cut goes on
where it was. Nothing here is taken away by the region: what it deletes is marked.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit.commune_question import commune_ref, nis_of
from fieldkit.packs import CATALOGUE
from fieldkit.received import Answers, Heard, ReceivedForm, ReceivedRecord
from sync.errors import BadServerData, Reason, Refused, ServerTrouble, SyncError, WrongAddress
from sync.progress import Phase, Report, SyncProgress, check_cancel, ignore
from sync.pull import FormProblem
from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml, text_of
from sync.staff.feed import count_query, first_query, mark_after
from sync.staff.reading import read_records
from sync.xforms import read_head

if TYPE_CHECKING:
    from threading import Event
    from xml.etree.ElementTree import Element

    from fieldkit.store import Store
    from sync.staff.client import StaffClient, StaffForm
    from sync.staff.feed import FeedPage

MAX_PAGES = 4_000  # of 250 rows: a list that goes on after a million records is no list


@dataclass(slots=True)
class GatherReport:
    """Root ids by what happened; `kept` got their answers. `outside`: records left at the region, of other communes.

    `problems`: forms that could not be read whole; `stopped`: why it ended early. `bytes_received` counts bodies.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    outside: int = 0
    problems: list[FormProblem] = field(default_factory=list)
    stopped: SyncError | None = None
    bytes_received: int = 0

    def add(self, heard: Heard) -> None:
        """Add what a page told."""
        self.new += heard.new
        self.changed += heard.changed
        self.deleted += heard.deleted


@dataclass(slots=True)
class _Pull:
    """One pull under way."""

    store: Store
    client: StaffClient
    origin: str
    communes: Collection[str]
    cancel: Event | None
    progress: Report
    report: GatherReport
    communes_asked: dict[tuple[str, str], str] = field(default_factory=dict)  # ref by form and version


def gather(
    store: Store,
    client: StaffClient,
    cancel: Event | None = None,
    progress: Report = ignore,
    *,
    origin: str,
    communes: Collection[str] = (),
    forms: Collection[str] = (),
) -> GatherReport:
    """Bring the records of `forms` (empty: of all) into `store.received`; the answers of `communes` (NIS; empty: all).

    Trouble of the line or the access ends it with `stopped`; trouble of one form is a problem of that form. Errors of
    the store (StoreFull …) come out: what was kept before stays.
    """
    pull = _Pull(store, client, origin, communes, cancel, progress, GatherReport())
    try:
        # The catalogue has no records, and its media are packs: megabytes that only a pull of packs judges.
        offered = [form for form in client.forms() if form.form_id != CATALOGUE]
        for form in offered:
            if not forms or form.form_id in forms:
                check_cancel(cancel)
                _gather_form(pull, form)
        if not forms:
            store.received.note_listed(origin, {form.form_id for form in offered})
    except SyncError as error:
        pull.report.stopped = error
    pull.report.bytes_received = client.bytes_received
    return pull.report


def _gather_form(pull: _Pull, form: StaffForm) -> None:
    try:
        commune = _definition(pull, form.form_id, form.version)
        _list(pull, form, commune)
        _fetch(pull, form)
    except WrongAddress as error:  # 404: of this form only, it was there a moment ago
        pull.report.problems.append(FormProblem(form.form_id, Refused(Reason.FORM_UNKNOWN, error.text)))
    except (Refused, BadServerData) as error:
        pull.report.problems.append(FormProblem(form.form_id, error))
    else:
        received = pull.store.received
        known = received.form(pull.origin, form.form_id)
        received.note_form(replace(known, pulled_at=datetime.now(UTC), listed=True))


# The list


def _list(pull: _Pull, form: StaffForm, commune: str) -> None:
    """Bring what is known of a form's records up to date, without their answers."""
    received = pull.store.received
    known = received.form(pull.origin, form.form_id)
    if known.title != form.title or known.pulled_at is None:
        known = replace(known, title=form.title)
        received.note_form(known)
    try:
        changed = _list_since(pull, known, known.mark, commune)
    except ServerTrouble as error:
        if error.status != 501 or not known.mark:
            raise
        _list_since(pull, known, "", commune)  # a server that filters by none of these times
        return
    if changed and known.mark and _counted(pull, form) not in {None, received.alive(pull.origin, form.form_id)}:
        _list_since(pull, received.form(pull.origin, form.form_id), "", commune)


def _list_since(pull: _Pull, known: ReceivedForm, mark: str, commune: str) -> bool:
    """Read the list from `mark` on, "" for the whole; return False if the server says that it is unchanged.

    The ETag of a page is only sure to tell of that page: of a list of several it is not kept.
    """
    received, form_id = pull.store.received, known.form_id
    etag = known.etag if mark else ""
    page = pull.client.page(form_id, first_query(mark, commune), etag=etag, commune=commune)
    if page is None:
        return False
    first, seen, news = page, set[str](), False
    for _ in range(MAX_PAGES):
        ids = {row.root_id for row in page.rows}
        heard = received.heard(pull.origin, form_id, page.rows)
        pull.report.add(heard)
        news = news or bool(heard)
        _tell(pull, len(seen), page.count or 0, known.title)
        page = _next_page(pull, form_id, page, commune, made_progress=bool(ids - seen))
        seen |= ids
        if page is None:
            break
    else:
        raise BadServerData(f"records of {form_id}", "a list without end")
    if not mark:
        pull.report.deleted += received.keep_only(pull.origin, form_id, seen, datetime.now(UTC))
    news = news or not mark
    after = mark_after(first.rows, known.mark) if news else mark
    received.note_form(replace(known, mark=after, etag="" if news or first.link else first.etag))
    return True


def _next_page(pull: _Pull, form_id: str, page: FeedPage, commune: str, *, made_progress: bool) -> FeedPage | None:
    """Return the page after `page`, None if it is the last; a list that goes round in circles is refused."""
    if not page.link:
        return None
    if not made_progress:
        raise BadServerData(f"records of {form_id}", "a list that goes round in circles")
    check_cancel(pull.cancel)
    return pull.client.page(form_id, link=page.link, commune=commune)


def _counted(pull: _Pull, form: StaffForm) -> int | None:
    """Return how many records the server has: fewer than we know were purged there, and no time tells."""
    page = pull.client.page(form.form_id, count_query())
    return page.count if page is not None else None


# The answers


def _fetch(pull: _Pull, form: StaffForm) -> None:
    """Get the answers of what is wanted and not here; those that another pull left are among them."""
    received = pull.store.received
    every = received.missing(pull.origin, form.form_id)
    wanted = received.missing(pull.origin, form.form_id, pull.communes) if pull.communes else every
    pull.report.outside += len(every) - len(wanted)
    with closing(read_records(pull.client, wanted)) as answers:
        for number, (record, found) in enumerate(answers):
            _tell(pull, number, len(wanted), form.title)
            _keep(pull, record, found)
            check_cancel(pull.cancel)
    if wanted:
        _tell(pull, len(wanted), len(wanted), form.title)


def _keep(pull: _Pull, record: ReceivedRecord, found: bytes | SyncError) -> None:
    """Keep the answers of a record; what is wrong with one of them keeps no other away."""
    try:
        if isinstance(found, SyncError):
            raise found
        answers = _read(pull, record, found)
    except WrongAddress:  # deleted since the list: the next one tells
        return
    except (BadServerData, Refused) as error:
        pull.report.problems.append(FormProblem(record.form_id, error))
        return
    pull.store.received.keep(record, answers, datetime.now(UTC))
    pull.report.kept.append(record.root_id)


def _read(pull: _Pull, record: ReceivedRecord, xml: bytes) -> Answers:
    """Read a record's identity; BadServerData if it is of another form, or another record."""
    root = parse_xml(xml)
    meta = child(root, "meta")
    instance_id = text_of(meta, "instanceID") if meta is not None else ""
    if root.get("id") != record.form_id:
        raise BadServerData(record.root_id, f"a record of the form {root.get('id')}")
    corrected = record.edits or (meta is not None and text_of(meta, "deprecatedID"))  # or since the list
    if not corrected and instance_id != record.root_id:
        raise BadServerData(record.root_id, f"the record {instance_id}")
    version = root.get("version") or ""
    commune = nis_of(_answer(root, _definition(pull, record.form_id, version)))
    name = text_of(meta, "instanceName") if meta is not None else ""
    return Answers(xml, instance_id, version, name or record.form_title, commune or record.commune_nis, record.edits)


def _answer(root: Element, ref: str) -> str:
    """Return the answer to a question outside repeats, "" if there is none."""
    found = root
    for name in ref.split("/")[2:]:
        below = child(found, name)
        if below is None:
            return ""
        found = below
    return (found.text or "").strip() if ref else ""


def _definition(pull: _Pull, form_id: str, version: str) -> str:
    """Have a version of a form in the store, so that its records can be opened; return the ref of its commune.

    One that is there already is taken as it is: records were filled with it.
    """
    if (form_id, version) in pull.communes_asked:
        return pull.communes_asked[form_id, version]
    forms = pull.store.blank_forms
    if version in forms.versions(form_id):
        xml = forms.xml(form_id, version)
    else:
        xml = pull.client.definition(form_id, version)
        try:
            head = read_head(xml)
        except UnsafeXmlError as error:
            raise BadServerData(form_id, error.cause) from None
        if (head.form_id, head.version) != (form_id, version):
            raise BadServerData(form_id, f"the definition is of {head.form_id} {head.version}")
        media = pull.client.media(form_id, tuple(sorted(head.media)))
        forms.keep_for_reading(form_id, version, head.title, xml, media, pull.origin)
    pull.communes_asked[form_id, version] = found = _commune_of(xml)
    return found


def _commune_of(xform_xml: bytes) -> str:
    """Return the ref of the question that holds the commune, "" if the form has none outside its repeats."""
    root = parse_xml(xform_xml)
    repeats = tuple(f"{one.get('nodeset')}/" for one in root.iter() if local_name(one) == "repeat")
    refs = [one.get("nodeset") or "" for one in root.iter() if local_name(one) == "bind"]
    return commune_ref(ref for ref in refs if not ref.startswith(repeats))


def _tell(pull: _Pull, done: int, total: int, name: str) -> None:
    pull.progress(SyncProgress(Phase.GATHER, done, max(done, total), name))
