# SPDX-License-Identifier: EUPL-1.2
"""The invitation of an account: its QR code and its link, both as secret as a key."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from sync.invitation import Invitation, qr_png
from sync.server import access
from sync.server.answers import missing_field, not_found
from sync.server.call import require_project, whole_number
from sync.server.pages.markup import link, tag
from sync.server.pages.visit import HEADERS, Visit, go_to

if TYPE_CHECKING:
    from sync.server.access import Actor

HERE_ONLY = "Cette adresse ne vaut que sur cet ordinateur\u00a0: un téléphone ou un autre ordinateur ne l’atteint pas."


def create(visit: Visit, project: str) -> Response:
    """Make an app user that sees every form of the project, and show its code."""
    name, project_id = visit.request.form.get("name", "").strip(), whole_number(project)
    if not name:
        raise missing_field("name")
    with visit.database.writing() as db:
        require_project(db, project_id)
        visit.require(db, "field_key.create", project_id)
        actor: Actor = access.create_app_user(db, project_id, name)
        access.assign(db, actor.id, "app-user", project_id)
    return go_to(f"/demo/projects/{project_id}/accounts/{actor.id}")


def account_page(visit: Visit, project: str, actor: str) -> Response:
    """Show the code to scan and the link to paste."""
    with visit.database.reading() as db:
        name, invitation = _invitation(visit, db, whole_number(project), whole_number(actor))
    code = f"/demo/projects/{whole_number(project)}/accounts/{whole_number(actor)}/code.png"
    return visit.page(
        f"Compte de {name}",
        tag("p", link("Tous les comptes", "/"), class_="back"),
        tag(
            "p",
            "À scanner avec ODK Collect. Dans Field Kit, sous «\u00a0Réglages\u00a0», donnez le lien",
            " ou une image du code.",
        ),
        tag("p", tag("img", src=code, alt=f"Code QR de l’invitation de {name}", class_="code")),
        tag("p", "Le lien de l’invitation\u00a0:"),
        tag("p", tag("code", invitation.link, class_="link")),
        tag("p", HERE_ONLY, class_="hint") if _is_this_computer(visit.address) else None,
        tag("p", "Ce code et ce lien valent une clé\u00a0: ne les montrez qu’à cette personne.", class_="hint"),
    )


def _is_this_computer(address: str) -> bool:
    return (urlsplit(address).hostname or "") in {"127.0.0.1", "localhost", "::1"}


def code(visit: Visit, project: str, actor: str) -> Response:
    """Give the QR code as a picture."""
    with visit.database.reading() as db:
        _, invitation = _invitation(visit, db, whole_number(project), whole_number(actor))
    return Response(qr_png(invitation), content_type="image/png", headers=HEADERS)


def _invitation(visit: Visit, db: sqlite3.Connection, project: int, actor: int) -> tuple[str, Invitation]:
    require_project(db, project)
    visit.require(db, "field_key.list", project)
    row = db.execute(
        "SELECT a.display_name, s.token, p.name FROM actors a JOIN sessions s ON s.actor_id = a.id"
        " JOIN projects p ON p.id = a.project_id WHERE a.id = ? AND a.project_id = ? AND a.kind = 'app-user'",
        (actor, project),
    ).fetchone()
    if row is None:
        raise not_found()
    return row["display_name"], Invitation(visit.address, project, row["token"], row["name"])
