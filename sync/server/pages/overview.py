# SPDX-License-Identifier: EUPL-1.2
"""The first page and those below it: logging in, projects with their forms and accounts, what arrived for a form."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

from fieldkit.typography import plural
from sync.server import access, datasets, entities, published, received
from sync.server.call import require_project, whole_number
from sync.server.envelope import read_envelope
from sync.server.pages.markup import Html, field, hidden, join, link, page, table, tag
from sync.server.pages.packs import catalogue
from sync.server.pages.visit import Visit, go_to, html, remember
from sync.server.pages.wording import FORM_STATES, badge, moment

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from sync.server.database import Database

PAGE_ROWS = 100


WRONG = "Cette adresse et ce mot de passe ne vont pas ensemble."


def login_page(refusal: str = "", status: int = 200) -> Response:
    """Ask who is there; `refusal` is a sentence about what was just tried."""
    told = tag("p", refusal, class_="error", role="alert") if refusal else None
    form = tag(
        "form",
        field("Courriel", "email", kind="email", autocomplete="username"),
        field("Mot de passe", "password", kind="password", autocomplete="current-password"),
        tag("p", tag("button", "Se connecter", class_="main")),
        method="post",
        action="/demo/login",
    )
    hint = tag(
        "p",
        "C’est l’adresse donnée avec ",
        tag("code", "--admin"),
        " au démarrage, et son mot de passe. Sans mot de passe au démarrage, personne ne peut se connecter ici.",
        class_="hint",
    )
    return html(page("Se connecter", told, form, hint), status)


def log_in(request: Request, database: Database) -> Response:
    """Take e-mail and password; a session of a day in a cookie."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    session = access.log_in(database, email, password, request.remote_addr or "")
    return remember(go_to("/"), request, session["token"])


def log_out(visit: Visit) -> Response:
    """End the session."""
    with visit.database.writing() as db:
        access.log_out(db, visit.actor.token)
    return remember(go_to("/"), visit.request, "")


def home(visit: Visit) -> Response:
    """Show every project that the visitor may read."""
    with visit.database.reading() as db:
        projects = db.execute("SELECT id, name FROM projects ORDER BY id").fetchall()
        shown = [
            _project(visit, db, row["id"], row["name"])
            for row in projects
            if access.can(db, visit.actor, "project.read", row["id"])
        ]
    return visit.page("Ce qui est arrivé", *shown or [tag("p", "Aucun projet encore.", class_="empty")])


def _project(visit: Visit, db: sqlite3.Connection, project: int, name: str) -> Html:
    parts = [tag("h2", name), _forms(db, project), catalogue(db, project) or ""]
    if access.can(db, visit.actor, "field_key.list", project):
        parts += [tag("h3", "Comptes"), _accounts(db, project), _new_account(visit, project)]
    if lists := datasets.all_of(db, project):
        parts += [tag("h3", "Listes d’entités"), _lists(visit, db, lists)]
    return tag("section", *parts)


def _lists(visit: Visit, db: sqlite3.Connection, lists: list[datasets.Dataset]) -> Html:
    rows: list[tuple[str, ...]] = []
    for each in lists:
        seen = "les siennes seulement" if each.owner_only else "toutes les fiches"
        change = tag(
            "form",
            hidden(visit.csrf),
            tag("input", type="hidden", name="owner_only", value="" if each.owner_only else "1"),
            tag(
                "button",
                "Montrer toutes les fiches à tous" if each.owner_only else "Ne montrer à chacun que les siennes",
            ),
            method="post",
            action=f"/demo/projects/{each.project_id}/lists/{quote(each.name, safe='')}",
        )
        may = access.can(db, visit.actor, "dataset.update", each.project_id)
        rows.append((each.name, str(len(entities.all_of(db, each))), seen, change if may else Html("")))
    return table(("Liste", "Fiches", "Un compte voit", "Changer"), rows, "", "Listes d’entités")


def change_list(visit: Visit, project: str, name: str) -> Response:
    """Show each account its own rows of a list only, or all rows to all."""
    project_id = whole_number(project)
    with visit.database.writing() as db:
        require_project(db, project_id)
        visit.require(db, "dataset.update", project_id)
        datasets.set_owner_only(db, datasets.named(db, project_id, name), bool(visit.request.form.get("owner_only")))
    return go_to("/")


def _forms(db: sqlite3.Connection, project: int) -> Html:
    rows: list[tuple[str, ...]] = []
    for form in published.forms_of(db, project):
        count, last, unread = db.execute(
            "SELECT count(*), coalesce(max(created_at), ''),"
            " coalesce(sum(coalesce(review_state, 'edited') = 'edited'), 0)"
            " FROM submissions WHERE form_id = ? AND deleted_at IS NULL",
            (form.id,),
        ).fetchone()
        title = link(form.name or form.xml_form_id, form_path(project, form.xml_form_id))
        counted = plural(count, "envoi") + (f", {unread} à relire" if unread else "")
        rows.append((title, form.version, FORM_STATES[form.state], counted, moment(last)))
    head = ("Formulaire", "Version", "État", "Reçus", "Dernier envoi")
    return table(head, rows, "Aucun formulaire.", "Formulaires du projet")


def _accounts(db: sqlite3.Connection, project: int) -> Html:
    accounts = db.execute(
        "SELECT a.id, a.display_name, a.created_at, s.token FROM actors a LEFT JOIN sessions s ON s.actor_id = a.id"
        " WHERE a.kind = 'app-user' AND a.project_id = ? ORDER BY a.id",
        (project,),
    )
    rows: list[tuple[str, ...]] = [
        (
            each["display_name"],
            moment(each["created_at"]),
            link("Montrer le code QR", f"/demo/projects/{project}/accounts/{each['id']}")
            if each["token"]
            else "accès retiré",
        )
        for each in accounts
    ]
    return table(("Compte", "Créé", "Invitation"), rows, "Aucun compte.", "Comptes du projet")


def _new_account(visit: Visit, project: int) -> Html:
    return tag(
        "form",
        hidden(visit.csrf),
        field("Nouveau compte, pour", "name"),
        tag("button", "Créer le compte"),
        method="post",
        action=f"/demo/projects/{project}/accounts",
        class_="inline",
    )


def form_path(project: int, form_id: str) -> str:
    """Return the path of a form's page."""
    return f"/demo/projects/{project}/forms/{quote(form_id, safe='')}"


def form_page(visit: Visit, project: str, form_id: str) -> Response:
    """Show what arrived for a form, the latest first, a hundred a page."""
    project_id = whole_number(project)
    number = max(1, int(text) if (text := visit.request.args.get("page", "1")).isdecimal() and len(text) < 7 else 1)
    with visit.database.reading() as db:
        require_project(db, project_id)
        visit.require(db, "submission.list", project_id)
        form = published.form_named(db, project_id, form_id)
        every = received.listed(db, form)[::-1]
    shown = every[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    rows = [_line(project_id, form_id, row) for row in shown]
    head = ("Envoi", "Reçu", "De", "Version", "Fichiers", "Avis")
    path = form_path(project_id, form_id)
    turns = join(
        link("Plus récents", f"{path}?page={number - 1}") if number > 1 else None,
        " ",
        link("Plus anciens", f"{path}?page={number + 1}") if number * PAGE_ROWS < len(every) else None,
    )
    return visit.page(
        form.name or form.xml_form_id,
        tag("p", link("Tous les formulaires", "/"), class_="back"),
        tag("p", f"{plural(len(every), 'envoi')}, formulaire {FORM_STATES[form.state]}."),
        table(head, rows, "Rien n’est encore arrivé pour ce formulaire.", "Envois, du plus récent au plus ancien"),
        tag("p", turns),
    )


def _line(project: int, form_id: str, row: received.Received) -> tuple[str, ...]:
    name = read_envelope(row.xml).instance_name or row.root_id
    there = sum(bool(sha256) for sha256 in row.files.values())
    files = f"{there} sur {len(row.files)}" if row.files else "aucun"
    address = f"{form_path(project, form_id)}/records/{quote(row.root_id, safe='')}"
    edits = f"{row.form_version} · {plural(row.versions - 1, 'correction')}" if row.versions > 1 else row.form_version
    return link(name, address), moment(row.submitted_at), row.submitter, edits, files, badge(row.review_state)
