# SPDX-License-Identifier: EUPL-1.2
"""What staff ask of the regional server: the forms of a project, its records, their reviews and comments."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from fieldkit import standing
from sync.classify import check_reading, problem_code
from sync.errors import BadServerData, MayNotReview, NoRight, Reason, Refused, WrongAddress
from sync.safe_xml import MAX_XML_BYTES, UnsafeXmlError, parse_xml
from sync.staff import feed
from sync.staff.feed import plain
from sync.staff.session import StaffLine

MAX_LIST_BYTES = 5_000_000
MAX_MEDIUM_BYTES = 50_000_000
NO_VERSION = "___"  # how the API writes a version that is not there


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A published form of the project, in its current version."""

    form_id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody of the staff said of a record; `at` as the server writes times."""

    author: str
    body: str
    at: str


@dataclass(frozen=True, slots=True)
class ReviewNow:
    """How a record stands at the server now: review state, instanceID of the current version; "" if not told."""

    state: str
    instance_id: str


@dataclass(frozen=True, slots=True)
class DossierNow:
    """An entity of the list of dossiers: its version, and what it tells its surveyor."""

    version: int
    status: str
    comment: str


class StaffClient(StaffLine):
    """A web user at one project. All methods may raise any `sync.errors.SyncError`; SessionOver: sign in again."""

    # Reading

    def forms(self) -> tuple[StaffForm, ...]:
        """Return the published forms that the web user may list."""
        value = self._get_json(self.path("/forms"), "forms", max_bytes=MAX_LIST_BYTES)
        try:
            return tuple(
                StaffForm(
                    _text(one["xmlFormId"]), _text(one.get("version") or ""), _text(one.get("name") or one["xmlFormId"])
                )
                for one in value
                if one.get("publishedAt")
            )
        except (TypeError, KeyError, AttributeError):
            raise BadServerData("forms", "no list of forms") from None

    def feed_path(self, form_id: str) -> str:
        """Return the path of a form's list of records."""
        return urlsplit(self.form_path(form_id, ".svc/Submissions")).path

    def page(
        self, form_id: str, query: str = "", *, link: str = "", etag: str = "", commune: str = ""
    ) -> feed.FeedPage | None:
        """Return a page of the list, the first one of `query` or the one of `link`; None if its ETag is the same.

        NoRight if the web user may not read records of this form.
        """
        address = link or self.form_path(form_id, f".svc/Submissions?{query}")
        what = f"records of {form_id}"
        answer = self._get(address, what, max_bytes=feed.MAX_PAGE_BYTES, etag=etag, form_id=form_id)
        if answer.status == 304:
            return None
        tag = answer.headers.get("etag", "")
        return feed.read_page(answer.body, self.origin, self.feed_path(form_id), what, commune, tag)

    def record(self, form_id: str, root_id: str) -> bytes:
        """Return the current XML of a record, harmless; WrongAddress if it is not there (any more)."""
        path = self.form_path(form_id, f"/submissions/{quote(root_id, safe='')}.xml")
        return self._xml(path, root_id, form_id)

    def definition(self, form_id: str, version: str) -> bytes:
        """Return a published version of a form."""
        below = f"/versions/{quote(version or NO_VERSION, safe='')}.xml"
        return self._xml(self.form_path(form_id, below), form_id, form_id)

    def media(self, form_id: str, names: tuple[str, ...]) -> dict[str, bytes]:
        """Return those of the media that the server has."""
        found = {}
        for name in names:
            path = self.form_path(form_id, f"/attachments/{quote(name, safe='')}")
            try:
                found[name] = self._get(path, name, max_bytes=MAX_MEDIUM_BYTES, form_id=form_id).body
            except WrongAddress:  # declared, and never uploaded
                continue
        return found

    def _xml(self, path: str, what: str, form_id: str) -> bytes:
        answer = self._get(path, what, max_bytes=MAX_XML_BYTES, form_id=form_id)
        try:
            parse_xml(answer.body)
        except UnsafeXmlError as error:
            raise BadServerData(what, error.cause) from None
        return answer.body

    # Reviews

    def review_of(self, form_id: str, root_id: str) -> ReviewNow:
        """Return how a record stands now; Refused (DELETED) if it is not there any more."""
        value = self._of_record(self._record(form_id, root_id), root_id, form_id)
        try:
            current = value.get("currentVersion") or {}
            return ReviewNow(_text(value.get("reviewState") or ""), _text(current.get("instanceId") or ""))
        except (TypeError, AttributeError):
            raise BadServerData(root_id, "no record") from None

    def set_review(self, form_id: str, root_id: str, state: str) -> None:
        """Say what the region decides; "" takes it back. MayNotReview if the web user may not."""
        url, body = self._record(form_id, root_id), {"reviewState": state or None}
        try:
            answer = self._send_json("PATCH", url, body, root_id, form_id)
        except NoRight as error:
            raise MayNotReview(error.text) from None
        check_reading(answer, openrosa=False)

    def comments(self, form_id: str, root_id: str) -> tuple[Comment, ...]:
        """Return what was said of a record, the oldest first."""
        url = f"{self._record(form_id, root_id)}/comments"
        value = self._of_record(url, root_id, form_id)
        try:
            found = [
                Comment(
                    _text((one.get("actor") or {}).get("displayName") or ""),
                    _text(one["body"]),
                    _text(one["createdAt"]),
                )
                for one in value
            ]
        except (TypeError, KeyError, AttributeError):
            raise BadServerData(root_id, "no comments") from None
        return tuple(sorted(found, key=lambda one: one.at))

    def add_comment(self, form_id: str, root_id: str, body: str) -> None:
        """Add a comment to a record."""
        url = f"{self._record(form_id, root_id)}/comments"
        check_reading(self._send_json("POST", url, {"body": body}, root_id, form_id), openrosa=False)

    # What the surveyor hears: the entity of the record in the list of dossiers (contract, 2.6)

    def dossier(self, entity_id: str) -> DossierNow | None:
        """Return the entity, None if the server has none of this id (yet)."""
        try:
            value = self._get_json(self._entity(entity_id), entity_id, form_id=standing.LIST)
        except WrongAddress:
            return None
        try:
            current = value["currentVersion"]
            data = current.get("data") or {}
            return DossierNow(
                int(current["version"]), _text(data.get(standing.STATUS) or ""), _text(data.get(standing.COMMENT) or "")
            )
        except (TypeError, KeyError, ValueError, AttributeError):
            raise BadServerData(entity_id, "no entity") from None

    def dossier_of(self, root_id: str) -> str:
        """Return the entity whose property names a record as the one that made it, "" if none does.

        The whole list comes down for it: to be asked only where the record's own XML does not tell.
        """
        url = self.path(f"/datasets/{standing.LIST}/entities.csv")
        try:
            content = self._get(url, standing.LIST, max_bytes=MAX_MEDIUM_BYTES, form_id=standing.LIST).body
        except (WrongAddress, NoRight):
            return ""
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
        wanted = root_id.removeprefix("uuid:")
        for row in rows if root_id else ():
            if (row.get(standing.INSTANCE) or "").strip().removeprefix("uuid:") == wanted:
                return row.get("name") or row.get("__id") or ""  # Central exports __id where forms get name
        return ""

    def tell_dossier(self, entity_id: str, version: int, status: str, comment: str) -> bool:
        """Write status and comment on that version of the entity; False if somebody else changed it since (409.15)."""
        data = {standing.STATUS: status, standing.COMMENT: comment}
        url = f"{self._entity(entity_id)}?baseVersion={version}"
        answer = self._send_json("PATCH", url, {"data": data}, entity_id, standing.LIST)
        if answer.status == 409 and problem_code(answer) == "409.15":
            return False
        check_reading(answer, openrosa=False)
        return True

    def _of_record(self, url: str, root_id: str, form_id: str) -> Any:
        try:
            return self._get_json(url, root_id, max_bytes=MAX_LIST_BYTES, form_id=form_id)
        except WrongAddress as error:
            raise Refused(Reason.DELETED, error.text) from None

    def _record(self, form_id: str, root_id: str) -> str:
        return self.form_path(form_id, f"/submissions/{quote(root_id, safe='')}")

    def _entity(self, entity_id: str) -> str:
        return self.path(f"/datasets/{standing.LIST}/entities/{quote(entity_id, safe='')}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return plain(value)
