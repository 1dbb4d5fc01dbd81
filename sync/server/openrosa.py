# SPDX-License-Identifier: EUPL-1.2
"""The OpenRosa side: form list, manifest, definitions and media down, submissions up.

OpenRosa Form Discovery, Form Manifest and Form Submission APIs 1.0, as ODK Central answers them.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from werkzeug.wrappers import Response

from sync.server import answers, blobs, datasets, published, received
from sync.server.call import require_project, whole_number
from sync.server.envelope import read_envelope
from sync.server.multipart import read_parts

if TYPE_CHECKING:
    from sync.server.call import Call
    from sync.server.published import Form

XML_PART = "xml_submission_file"


def form_list(call: Call, project: str) -> Response:
    """`GET /projects/N/formList[?formID=]`: the open forms that the caller may read, an empty list if none."""
    project_id, wanted = whole_number(project), call.request.args.get("formID")
    with call.database.reading() as db:
        require_project(db, project_id)
        forms = [
            form
            for form in published.forms_of(db, project_id)
            if form.current_def and form.state == "open" and wanted in {None, form.xml_form_id}
            and may_read(call, db, form)
        ]  # fmt: skip
        entries = [_list_entry(call, form, published.media_of(db, form.current_def)) for form in forms]
    body = f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(entries)}</xforms>'
    return _conditional(call, answers.openrosa_response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'), weak=True)


def may_read(call: Call, db: sqlite3.Connection, form: Form) -> bool:
    """Tell whether the definition may be read: by staff always, by others unless the form is closed."""
    if call.may(db, "form.read", form.project_id, form.id):
        return True
    return form.state != "closed" and call.may(db, "open_form.read", form.project_id, form.id)


def _list_entry(call: Call, form: Form, media: list[published.Medium]) -> str:
    address = f"{call.base}/projects/{form.project_id}/forms/{quote(form.xml_form_id, safe='')}"
    manifest = f"<manifestUrl>{escape(address)}/manifest</manifestUrl>" if media else ""
    return (
        f"<xform><formID>{escape(form.xml_form_id)}</formID><name>{escape(form.name)}</name>"
        f"<version>{escape(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{escape(address)}.xml</downloadUrl>{manifest}</xform>"
    )


def manifest(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/manifest`: the media that are there; a declared one that was never uploaded is left out."""
    with call.database.reading() as db:
        form = readable_form(call, db, project, form_id)
        media = published.media_of(db, form.current_def)
        hashes = {medium.name: medium.md5 for medium in media if medium.sha256}
        served = {medium.name: datasets.served_as(db, form.project_id, medium.name) for medium in media}
        lists = {name: dataset for name, dataset in served.items() if dataset is not None and name not in hashes}
        hashes |= {name: datasets.hash_of(db, each, owner_shown(call, db, each)) for name, each in lists.items()}
    address = f"{call.base}/projects/{form.project_id}"
    files = f"{address}/forms/{quote(form.xml_form_id, safe='')}/attachments"
    entries = ""
    for name, digest in sorted(hashes.items()):
        kind = ' type="entityList"' if name in lists else ""
        checked = f"{address}/datasets/{quote(name.removesuffix(datasets.SUFFIX), safe='')}/integrity"
        integrity = f"<integrityUrl>{escape(checked)}</integrityUrl>" if name in lists else ""
        entries += (
            f"<mediaFile{kind}><filename>{escape(name)}</filename><hash>md5:{digest}</hash>"
            f"<downloadUrl>{escape(files)}/{quote(name, safe='')}</downloadUrl>{integrity}</mediaFile>"
        )
    body = f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{entries}</manifest>'
    return _conditional(call, answers.openrosa_response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'), weak=True)


def integrity(call: Call, project: str, name: str) -> Response:
    """`GET …/datasets/D/integrity?id=a,b`: of each known entity whether it was deleted; of all without `id`."""
    project_id = whole_number(project)
    asked = [one for one in call.request.args.get("id", "").split(",") if one]
    with call.database.reading() as db:
        require_project(db, project_id)
        dataset = datasets.named(db, project_id, name)
        if not any(may_read(call, db, form) for form in published.forms_of(db, project_id)):
            raise answers.no_rights()
        known = datasets.deleted_of(db, dataset, asked, owner_shown(call, db, dataset))
    entries = "".join(
        f"<entity id={quoteattr(one)}><deleted>{str(gone).lower()}</deleted></entity>" for one, gone in known.items()
    )
    return answers.openrosa_response(f"<data><entities>{entries}</entities></data>")


def readable_form(call: Call, db: sqlite3.Connection, project: str, form_id: str) -> Form:
    """Return a published form that the caller may read, or raise 404.1 or 403.1."""
    project_id = whole_number(project)
    require_project(db, project_id)
    form = published.form_named(db, project_id, form_id)
    if not may_read(call, db, form):
        raise answers.no_rights()
    if not form.current_def:
        raise answers.not_found()
    return form


def form_xml(call: Call, project: str, form_id: str, version: str | None = None) -> Response:
    """`GET …/forms/F.xml` and `…/forms/F/versions/V.xml`: the exact bytes that were published."""
    with call.database.reading() as db:
        form = readable_form(call, db, project, form_id)
        def_id = form.current_def
        if version is not None:
            version = version.replace("%2F", "/")  # cheroot leaves a quoted slash quoted; Central's versions have them
            def_id = published.def_of_version(db, form, "" if version == "___" else version)
        xml = published.xml_of(db, def_id)
    return _conditional(call, Response(xml, content_type="application/xml; charset=utf-8"))


def form_medium(call: Call, project: str, form_id: str, name: str) -> Response:
    """`GET …/forms/F/attachments/NAME`: one medium; the strong ETag is its md5, there are no ranges."""
    with call.database.reading() as db:
        form = readable_form(call, db, project, form_id)
        media = {medium.name: medium for medium in published.media_of(db, form.current_def)}
        if name not in media:
            raise answers.not_found()
        response = _medium(call, db, form, media[name])
    return response.make_conditional(call.request)


def _medium(call: Call, db: sqlite3.Connection, form: Form, medium: published.Medium) -> Response:
    """Return a file with its md5 as ETag, or an entity list as CSV with the hash that the manifest told."""
    dataset = datasets.served_as(db, form.project_id, medium.name)
    if medium.sha256:
        response = Response(blobs.load(db, medium.sha256).content, content_type="application/octet-stream")
        response.set_etag(medium.md5)
    elif dataset is not None:
        owner = owner_shown(call, db, dataset)
        response = Response(datasets.csv_of(db, dataset, owner), content_type="text/csv; charset=utf-8")
        response.set_etag(datasets.hash_of(db, dataset, owner))
    else:
        raise answers.not_found()
    return response


def owner_shown(call: Call, db: sqlite3.Connection, dataset: datasets.Dataset) -> int:
    """Return the actor whose rows alone the caller sees of a list, 0 if he sees all."""
    if not dataset.owner_only or call.actor is None or call.may(db, "entity.list", dataset.project_id):
        return 0
    return call.actor.id


def _conditional(call: Call, response: Response, *, weak: bool = False) -> Response:
    response.set_etag(blobs.md5_of(response.get_data()), weak=weak)
    return response.make_conditional(call.request)


def greet(call: Call, project: str) -> Response:
    """`HEAD|GET /projects/N/submission`: 204 to whoever is known, with or without a right to any form."""
    with call.database.reading() as db:
        require_project(db, whole_number(project))
    return answers.openrosa_response("", 204)


def submit(call: Call, project: str) -> Response:
    """`POST /projects/N/submission`: 201 once it is on disk, or the refusal that sections 2.3 and 2.4 name."""
    project_id = whole_number(project)
    with call.database.reading() as db:
        require_project(db, project_id)
    parts = read_parts(call.request)
    if XML_PART not in parts:
        raise answers.multipart_field_missing(XML_PART)
    xml = parts.pop(XML_PART)
    envelope = read_envelope(xml)
    sender = received.Sender(
        call.actor.id if call.actor else 0,
        call.request.args.get("deviceID", ""),
        call.request.headers.get("User-Agent", ""),
        call.entity_delay,
    )
    with call.database.writing() as db:
        form = published.form_named(db, project_id, envelope.form_id)
        if not call.may(db, "submission.create", project_id, form.id):
            raise answers.not_authenticated()  # 401, not 403: so does Central (contract, fact 8)
        if not published.def_of_version(db, form, envelope.version):
            raise answers.version_unknown(envelope.version)
        if form.state == "closed":
            raise answers.closed()
        received.receive(db, form, envelope, xml, parts, sender)
    return answers.openrosa_message("full submission upload was successful!", "", 201)
