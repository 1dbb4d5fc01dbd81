# SPDX-License-Identifier: EUPL-1.2
"""The WSGI application: paths, authentication, errors. `/v1/…` with a Bearer token, or `/v1/key/TOKEN/…`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sync.server import access, answers, openrosa, rest
from sync.server.answers import Problem
from sync.server.call import Call
from sync.server.faults import Fault, Faults, When
from sync.server.multipart import MAX_PART_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from sync.server.database import Database

logger = logging.getLogger(__name__)
KEY_PREFIX = re.compile(r"/key/([^/]*)(/.*)?")
OPENROSA_ENDPOINTS = (openrosa.form_list, openrosa.manifest, openrosa.greet, openrosa.submit, openrosa.integrity)
PROJECT = "/projects/<project>"
FORM = f"{PROJECT}/forms/<form_id>"
SUBMISSION = f"{FORM}/submissions/<root_id>"
ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("POST", "/sessions", rest.log_in),
    ("GET", "/sessions/restore", rest.restore_session),
    ("DELETE", "/sessions/<token>", rest.log_out),
    ("GET", "/users/current", rest.current_user),
    ("GET", "/roles", rest.roles),
    ("POST", "/projects", rest.create_project),
    ("GET", f"{PROJECT}/formList", openrosa.form_list),
    ("GET", f"{PROJECT}/submission", openrosa.greet),
    ("POST", f"{PROJECT}/submission", openrosa.submit),
    ("GET", f"{PROJECT}/datasets/<name>/integrity", openrosa.integrity),
    ("GET", f"{PROJECT}/app-users", rest.list_app_users),
    ("POST", f"{PROJECT}/app-users", rest.create_app_user),
    ("POST DELETE", f"{PROJECT}/assignments/<role>/<actor>", rest.assignment),
    ("GET", f"{PROJECT}/forms", rest.list_forms),
    ("POST", f"{PROJECT}/forms", rest.create_form),
    ("POST DELETE", f"{FORM}/assignments/<role>/<actor>", rest.assignment),
    ("GET", f"{FORM}.xml", openrosa.form_xml),
    ("GET", f"{FORM}/versions/<version>.xml", openrosa.form_xml),
    ("GET", f"{FORM}/manifest", openrosa.manifest),
    ("GET", f"{FORM}/attachments/<name>", openrosa.form_medium),
    ("GET", FORM, rest.show_form),
    ("PATCH", FORM, rest.change_form),
    ("DELETE", FORM, rest.delete_form),
    ("POST", f"{FORM}/draft", rest.create_draft),
    ("POST", f"{FORM}/draft/attachments/<name>", rest.upload_draft_medium),
    ("POST", f"{FORM}/draft/publish", rest.publish_draft),
    ("GET", f"{FORM}/submissions", rest.submissions),
    ("GET", f"{SUBMISSION}.xml", rest.submission_xml),
    ("PATCH", SUBMISSION, rest.change_submission),
    ("DELETE", SUBMISSION, rest.delete_submission),
    ("GET", f"{SUBMISSION}/versions", rest.submission_versions),
    ("GET", f"{SUBMISSION}/attachments", rest.submission_files),
    ("GET", f"{SUBMISSION}/attachments/<name>", rest.submission_files),
)
URLS = Map([Rule(path, methods=methods.split(), endpoint=handler) for methods, path, handler in ROUTES],
           strict_slashes=False, merge_slashes=False)  # fmt: skip


class ConnectionCutError(Exception):
    """Asks the server that runs this application to close the socket without an answer."""


class Application:
    """Answers the regional API from one database. `address` returns what addresses in answers start with."""

    def __init__(self, database: Database, address: Callable[[], str], faults: Faults) -> None:
        self._database = database
        self._address = address
        self._faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request (PEP 3333)."""
        request = Request(environ)
        request.max_content_length = MAX_PART_BYTES
        line = f"{request.method} {request.path}"
        if fault := self._faults.take(When.BEFORE, line):
            return self._fail(fault)(environ, start_response)
        response = self._answer(request)
        if fault := self._faults.take(When.AFTER, line):
            return self._fail(fault)(environ, start_response)
        return response(environ, start_response)

    def _fail(self, fault: Fault) -> Response:
        time.sleep(fault.delay)
        if not fault.status:
            raise ConnectionCutError
        return Response(fault.body, status=fault.status, headers=fault.headers)

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/v1") if request.path.startswith("/v1/") else ""
        key = KEY_PREFIX.fullmatch(path)
        path = (key[2] or "/") if key else path
        token = key[1] if key else request.args.get("st", "")
        base = f"{self._address()}/v1" + (f"/key/{token}" if token else "")
        call = Call(request, self._database, None, base, path)
        try:
            return self._route(call, token)
        except Problem as problem:
            return answers.problem_response(problem, openrosa=call.is_openrosa)
        except RequestEntityTooLarge:
            # What the nginx before Central answers; it closes the connection, the rest of the body is never read.
            return Response("<html><head><title>413 Request Entity Too Large</title></head></html>", status=413,
                            content_type="text/html", headers={"Connection": "close"})  # fmt: skip
        except (NotFound, MethodNotAllowed):
            return answers.problem_response(answers.no_such_endpoint(), openrosa=call.is_openrosa)
        except HTTPException as error:
            refusal = Problem("400.1", error.description or error.name)
            return answers.problem_response(refusal, openrosa=call.is_openrosa)
        except Exception:
            logger.exception("%s %s", request.method, call.path)
            return answers.problem_response(Problem("500", "Internal Server Error"), openrosa=call.is_openrosa)

    def _route(self, call: Call, key: str) -> Response:
        if not call.path:
            raise answers.no_such_endpoint()
        method = "GET" if call.request.method == "HEAD" else call.request.method
        handler, values = URLS.bind("", path_info=call.path).match(path_info=call.path, method=method)
        if handler in OPENROSA_ENDPOINTS and call.request.headers.get("X-OpenRosa-Version") != "1.0":
            raise answers.header_missing()
        if handler is rest.log_in or handler is rest.roles:
            return handler(call)
        actor = self._authenticate(call.request, key)
        call = Call(call.request, call.database, actor, call.base, call.path)
        respond: partial[Response] = partial(handler, call)
        return respond(**{str(name): value for name, value in values.items()})

    def _authenticate(self, request: Request, key: str) -> access.Actor | None:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        token = key or (credentials.strip() if scheme.lower() == "bearer" else "")
        if not token:
            raise answers.https_only() if scheme.lower() == "basic" else answers.not_authenticated()
        if not access.TOKEN_PATTERN.fullmatch(token):
            raise answers.not_authenticated()
        with self._database.reading() as db:
            actor = access.actor_of(db, token)
        if actor is None:
            raise answers.no_rights() if key else answers.not_authenticated()
        return actor
