# SPDX-License-Identifier: EUPL-1.2
"""The audit log of a record, written from its answer log (ODK XForms, "Client Audit Logs").

A form asks for it by an `audit` element in its metadata; the file `audit.csv` is then attached when the record is
finalized. Event names are those of ODK Collect. Only what the answer log knows is written: when the record was begun,
which questions were answered from when to when, which entries of repeats were added or deleted, and the end. Moves from
screen to screen are not logged, so `jump`, `form exit` and `form resume` never appear; no place is measured and no
reason is asked for, so these columns stay empty where the form asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fieldkit.instance import AnswerEntry
    from fieldkit.store import Store
    from forms import FormDef, FormSession

FILE_NAME: Final = "audit.csv"
ADDED: Final = "+"  # what the answer log holds when an entry of a repeat came, or went
REMOVED: Final = "-"
_LOCATION: Final = ("location-priority", "location-min-interval", "location-max-age")  # all three, or none


@dataclass(frozen=True, slots=True)
class Event:
    """One line: `end` is None for what has no duration; `old` and `new` are the same where nothing changed."""

    name: str
    start: datetime
    node: str = ""
    end: datetime | None = None
    old: str = ""
    new: str = ""


def audit_ref(form: FormDef) -> str:
    """Return the ref of the form's audit element, "" if it asks for no log."""
    names = {child.name.rpartition(":")[2]: child.path for child in form.meta.children}
    return names.get("audit", "")


def events(begun_at: datetime, entries: Iterable[AnswerEntry], finalized_at: datetime) -> Iterator[Event]:
    """Yield what happened, in order; answers to one question without another between them are one event."""
    yield Event("form start", begun_at)
    open_event: Event | None = None
    for entry in entries:
        if open_event is not None and (entry.ref != open_event.node or _is_structure(entry)):
            yield open_event
            open_event = None
        if _is_structure(entry):
            yield Event("add repeat" if entry.new == ADDED else "delete repeat", entry.at, entry.ref, entry.at)
        elif open_event is None:
            open_event = Event("question", entry.at, entry.ref, entry.at, entry.old, entry.new)
        else:
            open_event = Event("question", open_event.start, entry.ref, entry.at, open_event.old, entry.new)
    if open_event is not None:
        yield open_event
    yield Event("form save", finalized_at)
    yield Event("form finalize", finalized_at)


def _is_structure(entry: AnswerEntry) -> bool:
    return entry.ref.endswith("]") and entry.new in {ADDED, REMOVED}


def write_csv(found: Iterable[Event], options: Mapping[str, str], user: str = "") -> bytes:
    """Write events as CSV; `options` are the form's parameters of the audit, which decide on the columns."""
    located = all(options.get(name) for name in _LOCATION)
    changes = options.get("track-changes") == "true"
    identified = options.get("identify-user") == "true"
    reasons = bool(options.get("track-changes-reasons"))
    head = ["event", "node", "start", "end"]
    head += ["latitude", "longitude", "accuracy"] if located else []
    head += ["old-value", "new-value"] if changes else []
    head += ["user"] if identified else []
    head += ["change-reason"] if reasons else []
    rows = [head]
    for event in found:
        row = [event.name, event.node, _milliseconds(event.start), _milliseconds(event.end) if event.end else ""]
        row += ["", "", ""] if located else []
        row += ([event.old, event.new] if event.old != event.new else ["", ""]) if changes else []
        row += [user] if identified else []
        row += [""] if reasons else []
        rows.append(row)
    return "".join(_line(row) for row in rows).encode()


def attach(store: Store, session: FormSession, finalized_at: datetime) -> bool:
    """Attach the log of a draft that is about to be finalized, if its form asks for one; tell whether it does.

    The session's record then names the file. NotFoundError or WrongStateError of the store.
    """
    ref = audit_ref(session.form)
    if not ref:
        return False
    instance = store.instances.get(session.instance_id)
    found = events(instance.created_at, store.instances.answer_log(session.instance_id), finalized_at)
    options = session.form.nodes[ref].bind.extra
    store.instances.put_attachment(session.instance_id, FILE_NAME, write_csv(found, options, session.context.username))
    session.answer(ref, FILE_NAME)
    return True


def _milliseconds(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))


def _line(cells: Sequence[str]) -> str:
    return ",".join(_cell(cell) for cell in cells) + "\n"


def _cell(text: str) -> str:
    """Quote what holds a comma or the end of a line, and double its quotes; nothing else is quoted (the spec)."""
    if any(mark in text for mark in ",\n\r"):
        return '"' + text.replace('"', '""') + '"'
    return text
