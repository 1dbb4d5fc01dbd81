# SPDX-License-Identifier: EUPL-1.2
"""The WSGI application: paths, authentication, errors. `/v1/…` with a Bearer token, or `/v1/key/TOKEN/…`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sync.server import access, answers, entities, odata, openrosa, rest, rest_entities, rest_submissions
from sync.server.answers import Problem
from sync.server.call import Call
from sync.server.faults import PASSES, Faults, When
from sync.server.multipart import MAX_PART_BYTES
from sync.server.pages import site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from sync.server.database import Database

logger = logging.getLogger(__name__)
KEY_PREFIX = re.compile(r"/key/([^/]*)(/.*)?")
OPENROSA_ENDPOINTS = (openrosa.form_list, openrosa.manifest, openrosa.greet, openrosa.submit, openrosa.integrity)
PROJECT = "/projects/<project>"
FORM = f"{PROJECT}/forms/<form_id>"
SUBMISSION = f"{FORM}/submissions/<root_id>"
DATASET = f"{PROJECT}/datasets/<name>"
ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("POST", "/sessions", rest.log_in),
    ("GET", "/sessions/restore", rest.restore_session),
    ("DELETE", "/sessions/<token>", rest.log_out),
    ("GET", "/users/current", rest.current_user),
    ("GET", "/roles", rest.roles),
    ("GET", "/openapi.json", rest.openapi),
    ("GET", "/projects", rest.list_projects),
    ("POST", "/projects", rest.create_project),
    ("GET", PROJECT, rest.show_project),
    ("GET", f"{PROJECT}/formList", openrosa.form_list),
    ("GET", f"{PROJECT}/submission", openrosa.greet),
    ("POST", f"{PROJECT}/submission", openrosa.submit),
    ("GET", f"{PROJECT}/datasets", rest_entities.list_datasets),
    ("POST", f"{PROJECT}/datasets", rest_entities.create_dataset),
    ("GET", DATASET, rest_entities.show_dataset),
    ("PATCH", DATASET, rest_entities.change_dataset),
    ("POST", f"{DATASET}/properties", rest_entities.add_property),
    ("GET", f"{DATASET}/integrity", openrosa.integrity),
    ("GET", f"{DATASET}/entities.csv", rest_entities.dataset_csv),
    ("GET", f"{DATASET}/entities", rest_entities.list_entities),
    ("POST", f"{DATASET}/entities", rest_entities.create_entity),
    ("GET", f"{DATASET}/entities/<uuid>", rest_entities.show_entity),
    ("PATCH", f"{DATASET}/entities/<uuid>", rest_entities.change_entity),
    ("DELETE", f"{DATASET}/entities/<uuid>", rest_entities.delete_entity),
    ("GET", f"{PROJECT}/app-users", rest.list_app_users),
    ("POST", f"{PROJECT}/app-users", rest.create_app_user),
    ("GET", f"{PROJECT}/assignments", rest.list_assignments),
    ("POST DELETE", f"{PROJECT}/assignments/<role>/<actor>", rest.assignment),
    ("GET", f"{PROJECT}/forms", rest.list_forms),
    ("POST", f"{PROJECT}/forms", rest.create_form),
    ("GET", f"{FORM}/assignments", rest.list_assignments),
    ("POST DELETE", f"{FORM}/assignments/<role>/<actor>", rest.assignment),
    ("GET", f"{FORM}.xml", openrosa.form_xml),
    ("GET", f"{FORM}/versions/<version>.xml", openrosa.form_xml),
    ("GET", f"{FORM}/manifest", openrosa.manifest),
    ("GET", f"{FORM}/versions", rest.list_versions),
    ("GET", f"{FORM}/attachments", rest.list_media),
    ("GET", f"{FORM}/attachments/<name>", openrosa.form_medium),
    ("GET", FORM, rest.show_form),
    ("PATCH", FORM, rest.change_form),
    ("DELETE", FORM, rest.delete_form),
    ("GET", f"{FORM}/draft", rest.show_draft),
    ("POST", f"{FORM}/draft", rest.create_draft),
    ("DELETE", f"{FORM}/draft", rest.delete_draft),
    ("GET", f"{FORM}/draft/attachments", rest.list_draft_media),
    ("POST", f"{FORM}/draft/attachments/<name>", rest.upload_draft_medium),
    ("POST", f"{FORM}/draft/publish", rest.publish_draft),
    ("GET", f"{FORM}.svc", odata.service),
    ("GET", f"{FORM}.svc/Submissions", odata.feed),
    ("GET", f"{FORM}/submissions", rest_submissions.submissions),
    ("GET", f"{SUBMISSION}.xml", rest_submissions.submission_xml),
    ("GET", SUBMISSION, rest_submissions.submission),
    ("PATCH", SUBMISSION, rest_submissions.change_submission),
    ("DELETE", SUBMISSION, rest_submissions.delete_submission),
    ("GET", f"{SUBMISSION}/versions", rest_submissions.submission_versions),
    ("GET", f"{SUBMISSION}/comments", rest_submissions.comments),
    ("POST", f"{SUBMISSION}/comments", rest_submissions.add_comment),
    ("GET", f"{SUBMISSION}/attachments", rest_submissions.submission_files),
    ("GET", f"{SUBMISSION}/attachments/<name>", rest_submissions.submission_files),
)
OPEN_TO_ALL = (rest.log_in, rest.roles, rest.openapi)
URLS = Map([Rule(path, methods=methods.split(), endpoint=handler) for methods, path, handler in ROUTES],
           strict_slashes=False, merge_slashes=False)  # fmt: skip


def _harmless(response: Response) -> Response:
    """Let a browser make no page of an answer: XML may hold scripts of who sent it, and the pages have a session."""
    ours = "X-OpenRosa-Version" in response.headers or response.mimetype == "application/json"
    if response.status_code != 304 and not ours:
        response.headers["Content-Security-Policy"] = "sandbox"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class ConnectionCutError(Exception):
    """Asks the server that runs this application to close the socket without an answer."""


class Application:
    """Answers the regional API from one database, and the demonstration's pages beside it.

    `address` returns what addresses in answers start with; `entity_delay`: seconds until submissions make entities.
    """

    def __init__(
        self, database: Database, address: Callable[[], str], faults: Faults, entity_delay: float = 0.0
    ) -> None:
        self.entity_delay = entity_delay
        self._entities_wait = True
        self._database = database
        self._address = address
        self._faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request (PEP 3333)."""
        request = Request(environ)
        request.max_content_length = MAX_PART_BYTES
        line = f"{request.method} {request.path}"
        response = self._fault(When.BEFORE, line)
        if response is None:
            answer = self._page(request) if site.is_page(request.path) else _harmless(self._answer(request))
            response = self._fault(When.AFTER, line) or answer
        return response(environ, start_response)

    def catch_up(self) -> None:
        """Make the entities whose time has come: a moment's work at the next request, where Central has a worker."""
        if not self._entities_wait:
            return
        with self._database.reading() as db:
            due, left = entities.is_due(db), entities.is_waiting(db)
        if due:
            with self._database.writing() as db:
                entities.catch_up(db)
        self._entities_wait = bool(self.entity_delay) or left

    def _fault(self, when: When, line: str) -> Response | None:
        fault = self._faults.take(when, line)
        if fault is None:
            return None
        time.sleep(fault.delay)
        if fault.status == PASSES:
            return None
        if not fault.status:
            raise ConnectionCutError
        return Response(fault.body, status=fault.status, headers=fault.headers)

    def _page(self, request: Request) -> Response:
        self.catch_up()
        try:
            return site.answer(request, self._database, self._address)
        except HTTPException as error:
            return Response(error.name, status=error.code or 400, content_type="text/plain")
        except Exception:
            logger.exception("%s %s", request.method, request.path)
            return Response("Internal Server Error", status=500, content_type="text/plain")

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/v1") if request.path.startswith("/v1/") else ""
        key = KEY_PREFIX.fullmatch(path)
        path = (key[2] or "/") if key else path
        token = key[1] if key else request.args.get("st", "")
        base = f"{self._address()}/v1" + (f"/key/{token}" if token else "")
        call = Call(request, self._database, None, base, path, self.entity_delay)
        self.catch_up()
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
        if handler in OPEN_TO_ALL:
            answer: Response = handler(call)
            return answer
        call = replace(call, actor=self._authenticate(call.request, key))
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
