# SPDX-License-Identifier: EUPL-1.2
"""The REST side: sessions, projects, app users, assignments, forms, drafts and versions."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

import resources
from sync.server import access, answers, published
from sync.server.answers import json_response
from sync.server.call import require_project, whole_number
from sync.server.database import now_text

if TYPE_CHECKING:
    from sync.server.call import Call
    from sync.server.published import Form

SUCCESS = {"success": True}


def log_in(call: Call) -> Response:
    """`POST /sessions {email, password}`: a web user's session of 24 hours."""
    body = call.json()
    email, password = body.get("email"), body.get("password")
    if not (isinstance(email, str) and isinstance(password, str) and email and password):
        raise answers.missing_credentials("email", "password")
    return json_response(access.log_in(call.database, email, password, call.request.remote_addr or ""))


def restore_session(call: Call) -> Response:
    """`GET /sessions/restore`: the probe; tells that the token lives and that this is the real server."""
    if call.actor is None:
        raise answers.not_found()
    return json_response({"createdAt": call.actor.created_at, "expiresAt": call.actor.expires_at})


def log_out(call: Call, token: str) -> Response:
    """`DELETE /sessions/TOKEN|current`: ends one's own session, or revokes an app user's."""
    if call.actor is None:
        raise answers.not_authenticated()
    with call.database.writing() as db:
        token = call.actor.token if token == "current" else token  # noqa: S105 — a word of the path
        if token != call.actor.token:
            row = db.execute(
                "SELECT a.project_id FROM sessions s JOIN actors a ON a.id = s.actor_id WHERE s.token = ?", (token,)
            ).fetchone()
            call.require(db, "session.end", (row["project_id"] or 0) if row else 0)
        access.log_out(db, token)
    return json_response(SUCCESS)


def current_user(call: Call) -> Response:
    """`GET /users/current`: the web user; 404.1 to an app user, which tells one kind of account from the other."""
    if call.actor is None or call.actor.kind != "user":
        raise answers.not_found()
    return json_response({"id": call.actor.id, "email": call.actor.email, "displayName": call.actor.display_name})


def roles(_call: Call) -> Response:
    """`GET /roles`."""
    return json_response(
        [{"id": number, "system": system, "name": name, "verbs": verbs}
         for system, (number, name, verbs) in access.ROLES.items()]
    )  # fmt: skip


def openapi(_call: Call) -> Response:
    """`GET /openapi.json`: this API in OpenAPI 3.1."""
    return Response(resources.read_bytes("region/openapi.json"), content_type="application/json; charset=utf-8")


def create_project(call: Call) -> Response:
    """`POST /projects {name}`."""
    name = call.text("name")
    with call.database.writing() as db:
        call.require(db, "project.create")
        return json_response({"id": insert_project(db, name), "name": name})


def list_projects(call: Call) -> Response:
    """`GET /projects`: those on which the caller has a role that may read them."""
    with call.database.reading() as db:
        rows = db.execute("SELECT id, name, created_at FROM projects ORDER BY id").fetchall()
        rows = [row for row in rows if call.may(db, "project.read", row["id"])]
    return json_response([_project_as_json(row) for row in rows])


def show_project(call: Call, project: str) -> Response:
    """`GET /projects/N`."""
    with call.database.reading() as db:
        call.require(db, "project.read", whole_number(project))
        row = db.execute("SELECT id, name, created_at FROM projects WHERE id = ?", (whole_number(project),)).fetchone()
    return json_response(_project_as_json(row))


def _project_as_json(row: sqlite3.Row) -> dict[str, object]:
    return {"id": row["id"], "name": row["name"], "createdAt": row["created_at"], "archived": None}


def insert_project(db: sqlite3.Connection, name: str) -> int:
    """Add a project and return its number."""
    added = db.execute("INSERT INTO projects (name, created_at) VALUES (?, ?)", (name, now_text()))
    return added.lastrowid or 0


def create_app_user(call: Call, project: str) -> Response:
    """`POST /projects/N/app-users {displayName}`: the only answer that shows the token to its maker."""
    name = call.text("displayName")
    with call.database.writing() as db:
        call.require(db, "field_key.create", whole_number(project))
        actor = access.create_app_user(db, whole_number(project), name)
    return json_response(
        {"id": actor.id, "displayName": name, "token": actor.token, "projectId": whole_number(project),
         "createdAt": actor.created_at, "type": "field_key"}
    )  # fmt: skip


def list_app_users(call: Call, project: str) -> Response:
    """`GET /projects/N/app-users`: names, and tokens where they live."""
    with call.database.reading() as db:
        call.require(db, "field_key.list", whole_number(project))
        rows = db.execute(
            "SELECT a.id, a.display_name, a.created_at, s.token FROM actors a LEFT JOIN sessions s ON s.actor_id = a.id"
            " WHERE a.kind = 'app-user' AND a.project_id = ? ORDER BY a.id",
            (whole_number(project),),
        ).fetchall()
    return json_response(
        [{"id": row["id"], "displayName": row["display_name"], "token": row["token"], "createdAt": row["created_at"]}
         for row in rows]
    )  # fmt: skip


def assignment(call: Call, project: str, role: str, actor: str, form_id: str | None = None) -> Response:
    """`POST|DELETE /projects/N[/forms/F]/assignments/ROLE/ACTOR`."""
    project_id, actor_id = whole_number(project), whole_number(actor)
    change = access.assign if call.request.method == "POST" else access.unassign
    verb = "assignment.create" if call.request.method == "POST" else "assignment.delete"
    with call.database.writing() as db:
        call.require(db, verb, project_id)
        if not db.execute("SELECT 1 FROM actors WHERE id = ?", (actor_id,)).fetchone():
            raise answers.not_found()
        form = published.form_named(db, project_id, form_id).id if form_id is not None else 0
        change(db, actor_id, access.role_named(role), project_id, form)
    return json_response(SUCCESS)


def list_assignments(call: Call, project: str, form_id: str | None = None) -> Response:
    """`GET /projects/N[/forms/F]/assignments`."""
    project_id = whole_number(project)
    with call.database.reading() as db:
        call.require(db, "assignment.list", project_id)
        form = published.form_named(db, project_id, form_id).id if form_id is not None else 0
        return json_response(access.assigned(db, project_id, form))


def list_forms(call: Call, project: str) -> Response:
    """`GET /projects/N/forms`: those that the caller may list."""
    project_id = whole_number(project)
    with call.database.reading() as db:
        require_project(db, project_id)
        forms = [
            form for form in published.forms_of(db, project_id)
            if call.may(db, "form.list", project_id, form.id) or call.may(db, "open_form.list", project_id, form.id)
        ]  # fmt: skip
    return json_response([form.as_json() for form in forms])


def create_form(call: Call, project: str) -> Response:
    """`POST /projects/N/forms[?publish=true]` with the XML as the body."""
    with call.database.writing() as db:
        call.require(db, "form.create", whole_number(project))
        form = published.create(db, whole_number(project), call.request.get_data())
        if call.request.args.get("publish") == "true":
            form = published.publish(db, form)
    return json_response(form.as_json())


def form_of(call: Call, db: sqlite3.Connection, verb: str, project: str, form_id: str) -> Form:
    """Return a form of the path after checking `verb` on it."""
    require_project(db, whole_number(project))
    form = published.form_named(db, whole_number(project), form_id)
    call.require(db, verb, form.project_id, form.id)
    return form


def show_form(call: Call, project: str, form_id: str) -> Response:
    """`GET /projects/N/forms/F`."""
    with call.database.reading() as db:
        return json_response(form_of(call, db, "form.read", project, form_id).as_json())


def change_form(call: Call, project: str, form_id: str) -> Response:
    """`PATCH /projects/N/forms/F {state}`."""
    state = call.json().get("state")
    with call.database.writing() as db:
        form = form_of(call, db, "form.update", project, form_id)
        published.set_state(db, form, str(state))
        return json_response(published.form_named(db, form.project_id, form.xml_form_id).as_json())


def delete_form(call: Call, project: str, form_id: str) -> Response:
    """`DELETE /projects/N/forms/F`."""
    with call.database.writing() as db:
        published.delete(db, form_of(call, db, "form.delete", project, form_id))
    return json_response(SUCCESS)


def create_draft(call: Call, project: str, form_id: str) -> Response:
    """`POST …/forms/F/draft`, with new XML or none."""
    with call.database.writing() as db:
        published.draft(db, form_of(call, db, "form.update", project, form_id), call.request.get_data())
    return json_response(SUCCESS)


def show_draft(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/draft`; 404.1 if there is none."""
    with call.database.reading() as db:
        form = form_of(call, db, "form.read", project, form_id)
        return json_response(published.draft_as_json(db, form))


def delete_draft(call: Call, project: str, form_id: str) -> Response:
    """`DELETE …/forms/F/draft`; 409.7 if the form was never published."""
    with call.database.writing() as db:
        published.drop_draft(db, form_of(call, db, "form.update", project, form_id))
    return json_response(SUCCESS)


def list_draft_media(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/draft/attachments`: what the draft declares, and whether it is there."""
    with call.database.reading() as db:
        form = form_of(call, db, "form.read", project, form_id)
        if not form.draft_def:
            raise answers.not_found()
        return json_response([medium.as_json() for medium in published.media_of(db, form.draft_def)])


def list_versions(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/versions`: the published ones, the latest first."""
    with call.database.reading() as db:
        form = form_of(call, db, "form.read", project, form_id)
        return json_response(published.versions_as_json(db, form))


def list_media(call: Call, project: str, form_id: str) -> Response:
    """`GET …/forms/F/attachments`: what the current version declares, and whether it is there."""
    with call.database.reading() as db:
        form = form_of(call, db, "form.read", project, form_id)
        return json_response([medium.as_json() for medium in published.media_of(db, form.current_def)])


def upload_draft_medium(call: Call, project: str, form_id: str, name: str) -> Response:
    """`POST …/forms/F/draft/attachments/NAME` with the file as the body."""
    content = call.request.get_data()
    with call.database.writing() as db:
        form = form_of(call, db, "form.update", project, form_id)
        if not form.draft_def:
            raise answers.not_found()
        published.attach(db, form.draft_def, name, content)
    return json_response(SUCCESS)


def publish_draft(call: Call, project: str, form_id: str) -> Response:
    """`POST …/forms/F/draft/publish[?version=]`."""
    with call.database.writing() as db:
        form = form_of(call, db, "form.update", project, form_id)
        published.publish(db, form, call.request.args.get("version"))
    return json_response(SUCCESS)
