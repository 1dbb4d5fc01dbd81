# SPDX-License-Identifier: EUPL-1.2
"""The list of a form's records as staff read it: OData pages asked for, checked, and read (contract, 2.7).

Only the system's fields and the commune are asked for (`$select`): the answers come as the exact XML, once, for what is
new. A server that does not know `$select` sends more; nothing else changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from fieldkit.commune_question import nis_of
from fieldkit.received import REVIEW_STATES, Listed
from sync.addresses import own_address
from sync.errors import BadServerData

PAGE = 250  # rows
MAX_PAGE_BYTES = 20_000_000
LONGEST_ID = 200
LONGEST_NAME = 200
# What was written by a transaction that began before our last page and ended after it has an earlier time than that.
OVERLAP = timedelta(minutes=2)
ENCRYPTED = frozenset({"notDecrypted", "missingEncryptedFormData"})


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`link` leads to the next page, "" at the end; `count` is how many rows all pages have, None if it is not told."""

    rows: Sequence[Listed]
    link: str
    count: int | None
    etag: str


def first_query(mark: str = "", commune: str = "") -> str:
    """Return the query of the first page: all records, or those that something happened to since `mark`.

    `commune` is the ref of the question to bring along, "" for none.
    """
    asked = {"$top": str(PAGE), "$count": "true", "$select": ",".join(["__id", "__system", *_field(commune)])}
    if mark:
        times = ("submissionDate", "updatedAt", "deletedAt")
        asked["$filter"] = " or ".join(f"__system/{name} ge {mark}" for name in times)
    return urlencode(asked)


def count_query() -> str:
    """Return the query that tells how many records there are, and no more."""
    return urlencode({"$top": "0", "$count": "true", "$select": "__id"})


def read_page(body: bytes, origin: str, path: str, what: str, commune: str = "", etag: str = "") -> FeedPage:
    """Read a page; BadServerData if it is none, or leads elsewhere than to `path` at our `origin` (contract, F48)."""
    try:
        value = json.loads(body)
        rows = [_row(row, commune) for row in value["value"]]
        link = value.get("@odata.nextLink") or ""
        count = value.get("@odata.count")
        counted = None if count is None else int(count)
        following = _next(origin, path, link, what) if link else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadServerData(what, f"no page of records ({type(error).__name__})") from None
    return FeedPage(rows, following, counted, etag)


def mark_after(rows: Sequence[Listed], before: str) -> str:
    """Return up to when all is known once every page is read, as the API writes times; `before` if no row tells.

    `rows` are those of the first page: what happens while later ones are read has a time after these. The times are the
    server's own, so its clock alone counts.
    """
    times = [time for row in rows for time in (row.submitted_at, row.updated_at, row.deleted_at) if time is not None]
    if not times:
        return before
    mark = (max(times) - OVERLAP).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return max(mark, before)


def _next(origin: str, path: str, link: str, what: str) -> str:
    """Return the address of the next page at our origin: the server names its own domain, we call the one we know."""
    address = own_address(origin, link, what)
    if urlsplit(address).path != path:
        raise BadServerData(what, "a next page that is of something else")
    return address


def _row(row: Mapping[str, Any], commune: str) -> Listed:
    system = row["__system"]
    root_id = row["__id"]
    if not isinstance(root_id, str) or not 0 < len(root_id) <= LONGEST_ID:
        raise ValueError("__id")
    submitted_at = _time(system["submissionDate"])
    if submitted_at is None:
        raise ValueError("submissionDate")
    state = system.get("reviewState")
    return Listed(
        plain(root_id),
        plain(str(system.get("formVersion") or "")),
        submitted_at,
        _time(system.get("updatedAt")),
        _time(system.get("deletedAt")),
        plain(str(system.get("submitterName") or ""))[:LONGEST_NAME],
        int(system.get("edits") or 0),
        state if state in REVIEW_STATES else "",
        system.get("status") in ENCRYPTED,
        _answer(row, commune),
    )


def plain(text: str) -> str:
    """Return a text that any file can hold: half a character, which JSON can write, becomes a question mark."""
    return text.encode(errors="replace").decode()


def _time(text: object) -> datetime | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError("time")
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _field(ref: str) -> list[str]:
    """Return the OData name of a question: the path without the root, each part an identifier as Central makes it."""
    parts = [re.sub(r"\W+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", part)) for part in ref.split("/")[2:]]
    return ["/".join(parts)] if parts else []


def _answer(row: Mapping[str, Any], ref: str) -> str:
    value: Any = row
    for part in _field(ref)[0].split("/") if ref else ():
        value = value.get(part) if isinstance(value, dict) else None
    return nis_of(value) if isinstance(value, str) else ""
