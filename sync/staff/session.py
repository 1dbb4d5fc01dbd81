# SPDX-License-Identifier: EUPL-1.2
"""The line of a web user: e-mail and password for a token of 24 hours, then JSON back and forth (contract, 2.1).

The password leaves once, to the address that the user gave, and is kept nowhere. The token goes as a Bearer header to
that address only; what is over by our clock is not even asked.
"""

from __future__ import annotations

import json
import re
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import quote

from fieldkit.web_user import WebUser
from sync.addresses import check_origin, redact
from sync.classify import MAX_ANSWER_BYTES, Answer, check_reading, is_problem, sentence_of, server_time
from sync.errors import (
    BadProjectAddress,
    BadServerData,
    Intercepted,
    NoRight,
    NotStaff,
    SessionOver,
    SyncError,
    WrongAddress,
    WrongPassword,
)
from sync.transport import Patience, Transport

PROJECT = re.compile(r"projects/(\d{1,9})(?!\d)")
SESSION = timedelta(hours=24)
EXTENDED = {"X-Extended-Metadata": "true"}  # without it Central leaves out who wrote a comment
TOKEN = re.compile(r"[A-Za-z0-9!$]{64}")


def parse_project(text: str) -> tuple[str, int]:
    """Return origin and number of a project from its address: that of a browser, of the API, or of an invitation.

    BadProjectAddress if it names no project, InsecureAddress unless it is https or this computer.
    """
    text = text.strip()
    found = PROJECT.search(text)
    if found is None or "://" not in text:
        raise BadProjectAddress(redact(text))
    try:
        return check_origin(text), int(found[1])
    except WrongAddress:
        raise BadProjectAddress(redact(text)) from None


class StaffLine:
    """Sends requests of one web user at one project. `close()` when done."""

    def __init__(
        self, url: str, project: int, token: str = "", *, ends_at: datetime | None = None,
        patience: Patience | None = None, user_agent: str = "FieldKit", ca_bundle: str = "", proxy: str = "",
    ) -> None:  # fmt: skip
        """InsecureAddress unless `url` is https or this computer; nothing is sent yet."""
        self.origin = check_origin(url)
        self.project = project
        self.bytes_received = 0  # of bodies, as they are after unpacking
        self._token = token
        self._ends_at = ends_at
        self._transport = Transport(user_agent, patience=patience or Patience(), ca_bundle=ca_bundle, proxy=proxy)

    def close(self) -> None:
        """Close the connection; the object can still be used."""
        self._transport.close()

    def twin(self) -> Self:
        """Return another one with the same session, for another thread; to be closed like this one."""
        made = copy(self)
        made.bytes_received, made._transport = 0, self._transport.twin()
        return made

    # Sessions

    def sign_in(self, email: str, password: str) -> tuple[WebUser, str]:
        """Open a session; return who it is of, and the token.

        WrongPassword, NotStaff, BadProjectAddress if the server has no such project, or an error of the line.
        """
        body = {"email": email.strip(), "password": password}
        answer = self._transport.send("POST", f"{self.origin}/v1/sessions", {}, _as_json(body))
        if answer.status in {400, 401} and is_problem(answer):
            raise WrongPassword(sentence_of(answer))
        try:
            value = self._value(answer, "session")
        except WrongAddress:
            raise BadProjectAddress(self.path("")) from None
        token = value.get("token") if isinstance(value, dict) else None
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise Intercepted(status=answer.status)
        self._token, self._ends_at = token, _ends_at(value, answer)
        try:
            name = self.who()
            self._get_json(self.path(""), "project")
        except WrongAddress:
            self.sign_out()
            raise BadProjectAddress(self.path("")) from None
        except BaseException:
            self.sign_out()
            raise
        return WebUser(self.origin, self.project, email.strip(), name, self._ends_at), token

    def who(self) -> str:
        """Return how the server calls the web user; NotStaff if the token is an app user's."""
        try:
            value = self._get_json(f"{self.origin}/v1/users/current", "user")
        except WrongAddress as error:  # 404.1: the token lives, and is of no web user
            raise NotStaff(error.text) from None
        name = value.get("displayName") if isinstance(value, dict) else None
        if not isinstance(name, str):
            raise BadServerData("user", "no displayName")
        return name

    def sign_out(self) -> None:
        """End the session on the server; one that has ended already, or a line that is down, is no error."""
        token, self._token = self._token, ""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            self._transport.send("DELETE", f"{self.origin}/v1/sessions/current", headers, b"")
        except SyncError:  # it ends by itself within a day
            return

    # Requests

    def path(self, below: str) -> str:
        """Return an address of the project."""
        return f"{self.origin}/v1/projects/{self.project}{below}"

    def form_path(self, form_id: str, below: str = "") -> str:
        """Return an address of a form."""
        return self.path(f"/forms/{quote(form_id, safe='')}{below}")

    def _get(self, url: str, what: str, *, max_bytes: int, etag: str = "", form_id: str = "") -> Answer:
        """GET: 200, or 304 for what has the ETag. `form_id` names the form in a refusal for want of right."""
        if not url.startswith(f"{self.origin}/v1/"):
            raise BadServerData(what, "an address on another host")
        headers = EXTENDED | self._headers() | ({"If-None-Match": etag} if etag else {})
        answer = self._transport.get(url, headers, max_bytes=max_bytes, what=what)
        self.bytes_received += len(answer.body)
        self._check(answer, form_id)
        return answer

    def _get_json(self, url: str, what: str, *, max_bytes: int = MAX_ANSWER_BYTES, form_id: str = "") -> Any:
        return self._value(self._get(url, what, max_bytes=max_bytes, form_id=form_id), what)

    def _send_json(self, method: str, url: str, body: object, what: str, form_id: str) -> Answer:
        """POST or PATCH; the answer has any status but those of a session that is over or of no right."""
        answer = self._transport.send(method, url, self._headers(), _as_json(body))
        self._refuse(answer, form_id)
        return answer

    def _headers(self) -> dict[str, str]:
        if not self._token or (self._ends_at is not None and datetime.now(UTC) >= self._ends_at):
            raise SessionOver
        return {"Authorization": f"Bearer {self._token}"}

    def _check(self, answer: Answer, form_id: str) -> None:
        self._refuse(answer, form_id)
        check_reading(answer, openrosa=False)

    @staticmethod
    def _refuse(answer: Answer, form_id: str) -> None:
        if answer.status not in {401, 403} or not is_problem(answer):
            return
        if answer.status == 401:
            raise SessionOver(sentence_of(answer))
        raise NoRight(form_id, sentence_of(answer)) if form_id else NotStaff(sentence_of(answer))

    def _value(self, answer: Answer, what: str) -> Any:
        check_reading(answer, openrosa=False)
        if answer.media_type != "application/json":  # a portal that answers 200 with something of its own
            raise Intercepted(status=answer.status)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise BadServerData(what, "no JSON") from None


def _as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _ends_at(value: dict[str, Any], answer: Answer) -> datetime:
    """Return when a session ends by our clock, which may be days off: the server's two times tell how long it lives."""
    now = datetime.now(UTC)
    try:
        left = datetime.fromisoformat(value["expiresAt"]) - (server_time(answer) or now)
    except (KeyError, ValueError, TypeError):
        return now + SESSION
    return now + min(max(left, timedelta()), SESSION)
