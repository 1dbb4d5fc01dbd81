# SPDX-License-Identifier: EUPL-1.2
"""What staff do with submissions over REST: read them, their versions and files, review, comment, delete.

An app user reads nothing back (contract, fact 6).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sync.server import answers, blobs, received, reviews
from sync.server.answers import json_response
from sync.server.envelope import read_envelope
from sync.server.rest import SUCCESS, form_of

if TYPE_CHECKING:
    from sync.server.call import Call


def submissions(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/submissions`: the latest first."""
    with call.database.reading() as db:
        rows = received.listed(db, form_of(call, db, "submission.list", project, form_id))
    return json_response([_as_json(row) for row in reversed(rows)])


def submission(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`GET …/submissions/ID`."""
    with call.database.reading() as db:
        row = received.named(db, form_of(call, db, "submission.read", project, form_id), root_id)
    return json_response(_as_json(row))


def _as_json(row: received.Received) -> dict[str, object]:
    return {
        "instanceId": row.root_id,
        "instanceName": read_envelope(row.xml).instance_name or None,
        "submitterId": row.submitter_id or None,
        "deviceId": row.device_id or None,
        "reviewState": row.review_state or None,
        "createdAt": row.submitted_at,
        "updatedAt": row.updated_at or None,
        "currentVersion": _version_as_json(row),
        "submitter": {"id": row.submitter_id or None, "displayName": row.submitter},
    }


def _version_as_json(row: received.Received) -> dict[str, object]:
    return {
        "instanceId": row.instance_id,
        "submitterId": row.submitter_id or None,
        "userAgent": row.user_agent or None,
        "createdAt": row.received_at,
        "current": row.current,
    }


def submission_xml(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`GET …/submissions/ID.xml`: the bytes of the current version, as they were sent."""
    with call.database.reading() as db:
        row = received.named(db, form_of(call, db, "submission.read", project, form_id), root_id)
    return Response(row.xml, content_type="application/xml; charset=utf-8")


def submission_files(call: Call, project: str, form_id: str, root_id: str, name: str | None = None) -> Response:
    """`GET …/submissions/ID/attachments[/NAME]`."""
    with call.database.reading() as db:
        row = received.named(db, form_of(call, db, "submission.read", project, form_id), root_id)
        if name is None:
            return json_response([{"name": each, "exists": bool(sha256)} for each, sha256 in row.files.items()])
        if not row.files.get(name):
            raise answers.not_found()
        return Response(blobs.load(db, row.files[name]).content, content_type="application/octet-stream")


def submission_versions(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`GET …/submissions/ID/versions`: the latest first."""
    with call.database.reading() as db:
        form = form_of(call, db, "submission.read", project, form_id)
        received.named(db, form, root_id)
        rows = received.listed(db, form, every_version=True, root_id=root_id)
    return json_response([_version_as_json(row) for row in reversed(rows)])


def change_submission(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`PATCH …/submissions/ID {reviewState}`."""
    if "reviewState" not in call.json():
        raise answers.missing_field("reviewState")
    state = call.json()["reviewState"]
    with call.database.writing() as db:
        form = form_of(call, db, "submission.update", project, form_id)
        text = state if state is None or isinstance(state, str) else json.dumps(state)
        reviews.set_state(db, form, root_id, text)
        row = received.named(db, form, root_id)
    return json_response(_as_json(row))


def delete_submission(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`DELETE …/submissions/ID`: it may not be sent again afterwards."""
    with call.database.writing() as db:
        received.delete(db, form_of(call, db, "submission.delete", project, form_id), root_id)
    return json_response(SUCCESS)


def comments(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`GET …/submissions/ID/comments`: the latest first."""
    with call.database.reading() as db:
        row = received.named(db, form_of(call, db, "submission.read", project, form_id), root_id)
        found = reviews.comments_of(db, row.submission_id)
    return json_response([comment.as_json() for comment in found])


def add_comment(call: Call, project: str, form_id: str, root_id: str) -> Response:
    """`POST …/submissions/ID/comments {body}`: viewers may too."""
    with call.database.writing() as db:
        row = received.named(db, form_of(call, db, "comment.create", project, form_id), root_id)
        made = reviews.add_comment(db, row.submission_id, call.actor.id if call.actor else 0, call.text("body"))
    return json_response(made.as_json())
