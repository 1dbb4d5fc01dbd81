# SPDX-License-Identifier: EUPL-1.2
"""The list of calls that the application form reads (appels.csv), with the calls that packs brought.

The form ships, or comes from the region, with its own rows; those of packs are put over them where the form is loaded:
neither the form's bytes nor its files change. A call that is no longer offered keeps its rules, and stays a choice for
as long as a record that is not sent aims at it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldkit.application import FORM_ID
from fieldkit.call import LIST_FILE, list_row
from fieldkit.errors import NotFoundError
from fieldkit.library import Library

if TYPE_CHECKING:
    from fieldkit.call import Call
    from fieldkit.store import Store
    from fieldkit.store.blank_forms import BlankForm

_GONE = "{title} (n’est plus proposé)"  # in the form's own language, like the other rows


def received_list(store: Store, blank: BlankForm) -> bytes | None:
    """Return what a form reads in place of its appels.csv; None if no pack says anything about it."""
    if blank.form_id != FORM_ID or LIST_FILE not in blank.attachments or not store.packs.stamp():
        return None
    received = Library(store).received_calls()
    if not received:
        return None
    try:
        own = store.blank_forms.attachment(blank.form_id, blank.version, LIST_FILE)
    except NotFoundError:
        return None
    return _merged(own, [_row(store, one) for one in received])


def _row(store: Store, call: Call) -> dict[str, str]:
    if call.received is None or not call.received.gone:
        return list_row(call)
    aimed_at = store.packs.is_aimed_at(FORM_ID, f"<appel>{call.call_id}</appel>".encode())
    titled = replace(call, titles={**call.titles, "fr": _GONE.format(title=call.titles["fr"])})
    return list_row(titled) | {"ouvert": "1" if aimed_at and not call.closed else "0"}


def _merged(own: bytes, rows: list[dict[str, str]]) -> bytes:
    """Put rows over those of the same name and add the others, in the columns that the form's own list has."""
    reader = csv.DictReader(io.StringIO(own.decode("utf-8-sig"), newline=""))
    columns = reader.fieldnames or []
    if "name" not in columns:
        return own
    found = {row["name"]: row for row in reader} | {row["name"]: row for row in rows}
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(found.values())
    return table.getvalue().encode()
