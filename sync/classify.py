# SPDX-License-Identifier: EUPL-1.2
"""What an answer means: pure functions from status, headers and body to an outcome.

The order is that of the contract, section 3: what is not shaped like our server is never a success; then success; then
size, access, conflicts by their sentence, the rest. OpenRosa refusals have no code, only English sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sync.addresses import redact
from sync.errors import (
    Intercepted,
    NotAuthorized,
    Reason,
    Refused,
    ServerTrouble,
    SyncError,
    TooBig,
    WrongAddress,
)
from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml

MAX_ANSWER_BYTES = 65_536
MAX_SENTENCE = 500
BUSY = frozenset({408, 423, 429})

# First match wins; looked for in the lower-cased sentence of a 409.
CONFLICTS = (
    ("has been deleted", Reason.DELETED),
    ("instanceid value(s)", Reason.ID_REUSED),
    ("out of date", Reason.OUT_OF_DATE),
    ("not currently accepting", Reason.CLOSED),
    ("different xml", Reason.DIFFERENT_XML),
)
# A simultaneous duplicate is told the same (contract, fact 2): asked again after a pause, the server answers truly.
ASK_AGAIN = frozenset({Reason.DELETED, Reason.ID_REUSED})


class Action(StrEnum):
    """What the sender does next; the names of the contract, section 2."""

    DELIVERED = "delivered"  # OK
    RETRY = "retry"
    ASK_AGAIN = "ask-again"  # RE1: once more after 10 seconds, then judge
    CHECK_ACCESS = "check-access"  # AUTH: the probe tells a dead token from a missing right
    PAUSE = "pause"  # another network answers: nothing more is sent
    PARK = "park"  # PARK and FIX: the user decides


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer to a submission means; `text` is the server's sentence."""

    action: Action
    reason: Reason
    text: str
    status: int
    wait_seconds: int = 0
    host: str = ""

    def error(self) -> SyncError | None:
        """Return the error to raise; None if it was delivered."""
        match self.action:
            case Action.DELIVERED:
                return None
            case Action.PAUSE:
                return Intercepted(self.text, status=self.status, host=self.host)
            case Action.RETRY:
                return ServerTrouble(self.text, status=self.status, wait_seconds=self.wait_seconds)
            case Action.CHECK_ACCESS:
                return NotAuthorized(self.text)
        return TooBig(self.text) if self.reason is Reason.TOO_BIG else Refused(self.reason, self.text)


def sentence_of(answer: Answer) -> str:
    """Return the server's own sentence from an OpenRosa or JSON body, "" if there is none; it may name our address."""
    if answer.media_type == "application/json":
        value = json_of(answer)
        found = value.get("message", "") if isinstance(value, dict) else ""
        whole = str(found).encode(errors="replace").decode()  # half a character, which JSON can hold, fits no row
        return redact(whole)[:MAX_SENTENCE]
    if b"OpenRosaResponse" not in answer.body:
        return ""
    try:
        message = child(parse_xml(answer.body, MAX_ANSWER_BYTES), "message")
    except UnsafeXmlError:
        return ""
    return redact((message.text or "").strip())[:MAX_SENTENCE] if message is not None else ""


def json_of(answer: Answer) -> Any:
    """Return what a body of JSON holds; None if it is none, or nested without end."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def is_openrosa(answer: Answer) -> bool:
    """Tell whether an OpenRosa server answered: by its header, or by its document."""
    if answer.headers.get("x-openrosa-version"):
        return True
    try:
        return local_name(parse_xml(answer.body, MAX_ANSWER_BYTES)) == "OpenRosaResponse"
    except UnsafeXmlError:
        return False


def is_problem(answer: Answer) -> bool:
    """Tell whether the body is a JSON refusal as Central writes it."""
    return answer.media_type == "application/json" and bool(sentence_of(answer))


def classify_submission(answer: Answer) -> Outcome:
    """Return what the answer to `POST /submission` means."""
    status = answer.status
    if status in BUSY or (status >= 500 and status != 511):
        reason = Reason.SERVER_BUSY if status in BUSY else Reason.SERVER_TROUBLE
        return Outcome(Action.RETRY, reason, sentence_of(answer), status, wait_seconds_of(answer))
    if status == 413:
        return Outcome(Action.PARK, Reason.TOO_BIG, sentence_of(answer), status)
    if status in {201, 202} and is_openrosa(answer):
        return Outcome(Action.DELIVERED, Reason.NONE, sentence_of(answer), status)
    if not 400 <= status < 500 or not (is_openrosa(answer) or is_problem(answer)):
        return Outcome(Action.PAUSE, Reason.INTERCEPTED, "", status, host=redirect_host(answer))
    return _refusal(answer)


def _refusal(answer: Answer) -> Outcome:
    """Sort a 4xx of the real server."""
    status, text = answer.status, sentence_of(answer)
    lower = text.lower()
    if status in {401, 403}:
        return Outcome(Action.CHECK_ACCESS, Reason.NOT_AUTHORIZED, text, status)
    reason = Reason.REFUSED
    if status == 409:
        reason = next((found for words, found in CONFLICTS if words in lower), Reason.REFUSED)
    elif status == 404:
        reason = _not_found(lower)
    elif status == 400:
        if problem_code(answer) == "400.39":  # the body was cut or garbled on its way, not by us
            return Outcome(Action.RETRY, Reason.SERVER_TROUBLE, text, status)
        reason = Reason.BAD_REQUEST
    action = Action.ASK_AGAIN if reason in ASK_AGAIN else Action.PARK
    return Outcome(action, reason, text, status)


def _not_found(lower: str) -> Reason:
    if "form version" in lower:
        return Reason.VERSION_UNKNOWN
    return Reason.BASE_UNKNOWN if "submission to update" in lower else Reason.FORM_UNKNOWN


def problem_code(answer: Answer) -> str:
    """Return Central's code ("409.3") of a JSON refusal, "" if there is none."""
    value = json_of(answer) if answer.media_type == "application/json" else None
    return str(value.get("code", "")) if isinstance(value, dict) else ""


def wait_seconds_of(answer: Answer) -> int:
    """Return Retry-After in seconds, at most an hour; 0 if it is absent or a date."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*", answer.headers.get("retry-after", ""))
    return min(int(found[1]), 3600) if found else 0


def server_time(answer: Answer) -> datetime | None:
    """Return the server's clock from the Date header, aware UTC; None if it gave none that can be read."""
    try:
        at = parsedate_to_datetime(answer.headers["date"])
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)  # "-0000" is UTC and not the time of here
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def redirect_host(answer: Answer) -> str:
    """Return the host that a redirect points to, for the explanation; never followed."""
    try:
        return urlsplit(answer.headers.get("location", "")).hostname or "" if 300 <= answer.status < 400 else ""
    except ValueError:  # an address that is none
        return ""


def check_reading(answer: Answer, *, openrosa: bool) -> None:
    """Raise unless a GET was answered 200 or 304 by our server; `openrosa`: its header is demanded.

    Definitions and media carry no such header: their md5 proves them.
    """
    status = answer.status
    if status in BUSY or (status >= 500 and status != 511):
        raise ServerTrouble(sentence_of(answer), status=status, wait_seconds=wait_seconds_of(answer))
    if status == 304 or (status == 200 and answer.media_type != "text/html" and (is_openrosa(answer) or not openrosa)):
        return
    if not 400 <= status < 500 or not (is_openrosa(answer) or is_problem(answer)):
        raise Intercepted(status=status, host=redirect_host(answer))
    text = sentence_of(answer)
    if status in {401, 403}:
        raise NotAuthorized(text)
    if status in {400, 404}:
        raise WrongAddress(text)
    raise Refused(Reason.REFUSED, text)
