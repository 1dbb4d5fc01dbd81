# SPDX-License-Identifier: EUPL-1.2
"""The paths of the pages: `/` and all below `/demo/`. Every POST must come from these pages themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

import resources
from fieldkit.typography import plural
from sync.server.answers import Problem
from sync.server.pages import accounts, overview, record
from sync.server.pages.markup import link, page, tag
from sync.server.pages.visit import Visit, html, is_our_form, visit_of

if TYPE_CHECKING:
    from sync.server.database import Database

PROJECT = "/demo/projects/<project>"
RECORD = f"{PROJECT}/forms/<form_id>/records/<root_id>"
ACCOUNT = f"{PROJECT}/accounts/<actor>"
ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/", overview.home),
    ("POST", "/demo/logout", overview.log_out),
    ("GET", f"{PROJECT}/forms/<form_id>", overview.form_page),
    ("GET", RECORD, record.record_page),
    ("POST", RECORD, record.decide),
    ("GET", f"{RECORD}/files/<name>", record.file_of),
    ("POST", f"{PROJECT}/lists/<name>", overview.change_list),
    ("POST", f"{PROJECT}/accounts", accounts.create),
    ("GET", ACCOUNT, accounts.account_page),
    ("GET", f"{ACCOUNT}/code.png", accounts.code),
)
URLS = Map([Rule(path, methods=[method], endpoint=handler) for method, path, handler in ROUTES], merge_slashes=False)
SLASH = "\ue000"
MAX_FORM_BYTES = 300_000  # a review brings a field for each answer
REFUSALS = {
    403: "Vous n’avez pas le droit de faire cela avec ce compte.",
    404: "Il n’y a rien à cette adresse\u00a0: cela a peut-être été supprimé.",
}


def is_page(path: str) -> bool:
    """Tell whether a path is one of the pages."""
    return path == "/" or path.startswith("/demo/")


def answer(request: Request, database: Database, address: Callable[[], str]) -> Response:
    """Answer a request for a page; without a session it is the log-in page."""
    request.max_content_length = MAX_FORM_BYTES
    if request.path == "/demo/style.css":
        return Response(_style(), content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})
    visit = visit_of(request, database, address)
    posts = request.method == "POST"
    if posts and not is_our_form(request, visit.csrf if visit else None, address()):
        return _refusal(403, "Cette demande ne vient pas de ces pages, ou la session a changé\u00a0: recommencez.")
    if visit is None:
        return _log_in(request, database) if posts and request.path == "/demo/login" else overview.login_page()
    return _visit(request, visit)


def _steps(request: Request) -> str:
    """Return the path with the slashes inside its steps set apart: an id or a file name may have one.

    cheroot leaves a quoted slash quoted, so that only the line as it was sent tells it from the text "%2F".
    """
    raw = str(request.environ.get("REQUEST_URI", "")).partition("?")[0]
    if not raw.startswith("/"):
        return request.path
    return "/".join(unquote(step).replace("/", SLASH) for step in raw.split("/"))


def _log_in(request: Request, database: Database) -> Response:
    try:
        return overview.log_in(request, database)
    except Problem as problem:
        if problem.status != 429:
            return overview.login_page(overview.WRONG, 403)
        wait = plural(int(str(problem.details["seconds"])), "seconde")
        return overview.login_page(f"Trop d’essais\u00a0: attendez {wait}, puis réessayez.", 429)


def _visit(request: Request, visit: Visit) -> Response:
    if request.path == "/demo/login":
        return overview.home(visit)
    try:
        method = "GET" if request.method == "HEAD" else request.method
        handler, values = URLS.bind("").match(path_info=_steps(request), method=method)
        place = {str(name): value.replace(SLASH, "/") for name, value in values.items()}
        respond: partial[Response] = partial(handler, visit)
        return respond(**place)
    except Problem as problem:
        return _refusal(problem.status, REFUSALS.get(problem.status, "Cette demande ne peut pas être faite."))
    except HTTPException:
        return _refusal(404, REFUSALS[404])


def _refusal(status: int, sentence: str) -> Response:
    return html(page("Refusé", tag("p", sentence, class_="error"), tag("p", link("Retour au début", "/"))), status)


@cache
def _style() -> str:
    """Return the style sheet, its colours those of the window."""
    themes = json.loads(resources.read_text("design", "tokens.json"))["themes"]
    light, dark = (
        "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in themes[theme].items())
        for theme in ("light", "dark")
    )
    variables = f":root{{{light}}}\n@media (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
    return variables + resources.read_text("region", "pages.css")
