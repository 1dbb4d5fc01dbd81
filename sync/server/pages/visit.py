# SPDX-License-Identifier: EUPL-1.2
"""Who looks at the pages: a session in a cookie, and the proof that a form came from these pages.

The cookie is never accepted under /v1, so that no page elsewhere can call the API through a trainer's browser.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from sync.server import access
from sync.server.answers import no_rights
from sync.server.pages.markup import Html, page

if TYPE_CHECKING:
    import sqlite3

    from werkzeug.wrappers import Request

    from sync.server.database import Database

COOKIE = "fieldkit_demo"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends "Origin: null" with our own forms
    "Cache-Control": "no-store",  # pages show tokens
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by a member of staff; `address` is what an invitation starts with."""

    request: Request
    database: Database
    actor: access.Actor
    csrf: str
    address: str

    def require(self, db: sqlite3.Connection, verb: str, project_id: int) -> None:
        """Raise 403.1 unless a role of the visitor holds `verb` there."""
        if not access.can(db, self.actor, verb, project_id):
            raise no_rights()

    def page(self, title: str, *body: str | None, status: int = 200) -> Response:
        """Return a page that offers to leave."""
        return html(page(title, *body, account=self.actor.email, csrf=self.csrf), status)


def visit_of(request: Request, database: Database, address: Callable[[], str]) -> Visit | None:
    """Return who looks, None if nobody is logged in; app users have no pages."""
    token = request.cookies.get(COOKIE, "")
    if not access.TOKEN_PATTERN.fullmatch(token):
        return None
    with database.reading() as db:
        actor = access.actor_of(db, token)
        csrf = access.csrf_of(db, token)
    if actor is None or actor.kind != "user" or not csrf:
        return None
    return Visit(request, database, actor, csrf, address())


def is_our_form(request: Request, csrf: str | None, domain: str) -> bool:
    """Tell whether a POST comes from these pages: by its origin if the browser tells it, and by the session's word.

    `csrf` None: nobody is logged in yet, the origin alone must do. `domain`: the address behind which it stands.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in {request.host, urlsplit(domain).netloc}:
        return False
    return csrf is None or hmac.compare_digest(request.form.get("csrf", "").encode(), csrf.encode())


def remember(response: Response, request: Request, token: str) -> Response:
    """Set the cookie that holds the session; `token` "" forgets it."""
    secure = request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
    if token:
        response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=secure, path="/")
    else:
        response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


def html(content: Html, status: int = 200) -> Response:
    """Return a page with the headers that keep everything foreign out."""
    return Response(content, status=status, content_type="text/html; charset=utf-8", headers=HEADERS)


def go_to(path: str) -> Response:
    """Send the browser to one of these pages, by GET."""
    return Response(status=303, headers={**HEADERS, "Location": path})
