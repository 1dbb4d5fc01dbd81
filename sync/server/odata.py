# SPDX-License-Identifier: EUPL-1.2
"""The OData feed of a form's submissions: `…/forms/F.svc/Submissions` (contract, section 2.7).

One row a submission, the latest first; groups are objects, repeats a navigation link that this server does not follow.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from werkzeug.wrappers import Response

from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml
from sync.server import answers, blobs, published, received
from sync.server.answers import json_response
from sync.server.envelope import read_envelope
from sync.server.odata_filter import Row, asks_for_deleted, read_filter
from sync.server.rest import form_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from sync.server.call import Call
    from sync.server.published import Form

NUMBERS = {"int": int, "integer": int, "decimal": float}


def service(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F.svc`: the service document, which names the one table."""
    with call.database.reading() as db:
        form = form_of(call, db, "submission.list", project, form_id)
    table = {"name": "Submissions", "kind": "EntitySet", "url": "Submissions"}
    return json_response({"@odata.context": f"{_address(call, form)}/$metadata", "value": [table]})


def feed(call: Call, project: str, form_id: str) -> Response:
    """`GET …/F.svc/Submissions?$top&$skip&$skiptoken&$count&$filter&$select`: a page, with a link to the next one."""
    asked = call.request.args
    wanted = asked.get("$filter", "")
    with call.database.reading() as db:
        form = form_of(call, db, "submission.list", project, form_id)
        rows = received.listed(db, form, deleted=asks_for_deleted(wanted))[::-1]
        fields = _Fields(published.xml_of(db, form.current_def)) if form.current_def else None
    if wanted:
        test = read_filter(wanted)
        rows = [row for row in rows if test(_filterable(row))]
    page, more = _page(rows, asked.get("$skiptoken", ""), _number(call, "$skip") or 0, _number(call, "$top"))
    context = f"{_address(call, form)}/$metadata#Submissions"
    found = [_row(each, fields) for each in page]
    if (select := asked.get("$select", "*")) != "*":
        names = [name.strip() for name in select.split(",")]
        _check_fields(names, fields)
        found = [_selected(row, names) for row in found]
    body: dict[str, object] = {"@odata.context": context, "value": found}
    if more:
        following = {**asked.to_dict(), "$skiptoken": _token(page[-1].root_id)}
        following.pop("$skip", None)
        body["@odata.nextLink"] = f"{_address(call, form)}/Submissions?{urlencode(following)}"
    if asked.get("$count") == "true":
        body["@odata.count"] = len(rows)
    response = json_response(body)
    response.set_etag(f"eventhash:{blobs.md5_of(response.get_data())}", weak=True)
    return response.make_conditional(call.request)


def _address(call: Call, form: Form) -> str:
    return f"{call.base}/projects/{form.project_id}/forms/{quote(form.xml_form_id, safe='')}.svc"


def _number(call: Call, name: str) -> int | None:
    text = call.request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise answers.unexpected_value(name, text, "a whole number")
    return int(text)


def _page(
    rows: list[received.Received], token: str, skip: int, top: int | None
) -> tuple[list[received.Received], bool]:
    """Return the rows asked for, and whether there are more.

    What arrives between two pages is above both, so that a token neither repeats nor leaves out a row; `$skip` may.
    """
    if token:
        last = _root_of(token)
        ids = [row.root_id for row in rows]
        if last not in ids:
            raise answers.unexpected_value("$skiptoken", token, "that of a @odata.nextLink")
        rows = rows[ids.index(last) + 1 :]
    rows = rows[skip:]
    end = len(rows) if top is None else top
    return rows[:end], bool(end) and end < len(rows)


def _token(root_id: str) -> str:
    return "01" + base64.urlsafe_b64encode(json.dumps({"instanceId": root_id}).encode()).decode()


def _root_of(token: str) -> str:
    try:
        return str(json.loads(base64.urlsafe_b64decode(token.removeprefix("01")))["instanceId"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise answers.unexpected_value("$skiptoken", token, "that of a @odata.nextLink") from None


def _filterable(row: received.Received) -> Row:
    return {
        "__id": row.root_id,
        "submissionDate": row.submitted_at,
        "updatedAt": row.updated_at or None,
        "reviewState": row.review_state or None,
        "submitterId": row.submitter_id or None,
        "deletedAt": row.deleted_at or None,
        "deviceId": row.device_id or None,
        "formVersion": row.form_version,
    }


def _row(row: received.Received, fields: _Fields | None) -> dict[str, object]:
    encrypted = read_envelope(row.xml).encrypted
    system = {
        "submissionDate": row.submitted_at,
        "updatedAt": row.updated_at or None,
        "submitterId": str(row.submitter_id) if row.submitter_id else None,
        "submitterName": row.submitter or None,
        "attachmentsPresent": sum(bool(sha256) for sha256 in row.files.values()),
        "attachmentsExpected": len(row.files),
        "status": "notDecrypted" if encrypted else None,
        "reviewState": row.review_state or None,
        "deviceId": row.device_id or None,
        "edits": row.versions - 1,
        "formVersion": row.form_version,
        "deletedAt": row.deleted_at or None,
    }
    answered = {} if encrypted or fields is None else fields.read(row.xml)
    return {"__id": row.root_id, "__system": system} | answered


def _check_fields(names: Iterable[str], fields: _Fields | None) -> None:
    """Refuse a name that the form does not have; those of the system begin with two underscores."""
    blank = fields.read(b"") if fields is not None else {}
    for name in names:
        if not name.startswith("__") and not _selected(blank, [name]):
            raise answers.unexpected_value("$select", name, "a field of the form")


def _selected(row: dict[str, object], names: Iterable[str]) -> dict[str, object]:
    """Return the fields of those names (`__system/edits`, `groupe/champ`), each in the objects that it is in."""
    kept: dict[str, object] = {}
    for name in names:
        here: object = row
        *groups, last = name.split("/")
        for group in groups:
            here = here.get(group) if isinstance(here, dict) else None
        if not isinstance(here, dict) or last not in here:
            continue
        there: Any = kept
        for group in groups:
            there = there.setdefault(group, {})
        if isinstance(there, dict):  # else its whole group was asked for before
            there[last] = here[last]
    return kept


class _Fields:
    """The fields of the current version of a form: a row has them all, with null where nothing was answered."""

    def __init__(self, form_xml: bytes) -> None:
        root = parse_xml(form_xml)
        binds = [each for each in root.iter() if local_name(each) == "bind"]
        self._kinds = {each.get("nodeset", ""): each.get("type", "") for each in binds}
        repeats = (each.get("nodeset", "") for each in root.iter() if local_name(each) == "repeat")
        self._repeats = frozenset(repeats)
        instance = next((each for each in root.iter() if local_name(each) == "instance" and len(each)), None)
        self._template = instance[0] if instance is not None else root

    def read(self, xml: bytes) -> dict[str, object]:
        """Return the values of an instance; those of one that was cut short are all null."""
        try:
            given: Element | None = parse_xml(xml)
        except UnsafeXmlError:
            given = None
        return self._object(self._template, given, f"/{local_name(self._template)}")

    def _object(self, template: Iterable[Element], given: Element | None, path: str) -> dict[str, object]:
        values: dict[str, object] = {}
        for each in template:
            name = local_name(each)
            below = f"{path}/{name}"
            found = child(given, name) if given is not None else None
            if below in self._repeats:
                values[f"{name}@odata.navigationLink"] = "Submissions." + ".".join(below.split("/")[2:])
            elif len(each):
                values[name] = self._object(each, found, below)
            else:
                values[name] = self._value(found, self._kinds.get(below, ""))
        return values

    @staticmethod
    def _value(found: Element | None, kind: str) -> str | int | float | None:
        text = (found.text or "").strip() if found is not None else ""
        try:
            return NUMBERS.get(kind, str)(text) if text else None
        except ValueError:
            return text  # nothing checks types on the way in, here as on Central
