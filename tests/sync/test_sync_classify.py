# SPDX-License-Identifier: EUPL-1.2
"""The classifier, line by line of the contract (section 3, and the tables of section 2)."""

from __future__ import annotations

import json

import pytest

from sync.classify import Action, Answer, check_reading, classify_submission, sentence_of
from sync.errors import (
    Intercepted,
    NotAuthorized,
    Reason,
    Refused,
    ServerTrouble,
    TooBig,
    WrongAddress,
)

OPENROSA = {"x-openrosa-version": "1.0", "content-type": "text/xml; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}


def openrosa(status: int, message: str, nature: str = "error") -> Answer:
    body = (
        f'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0"><message nature="{nature}">{message}'
        "</message></OpenRosaResponse>"
    )
    return Answer(status, OPENROSA, body.encode())


def problem(status: int, code: str, message: str = "text") -> Answer:
    return Answer(status, JSON, json.dumps({"message": message, "code": code}).encode())


def html(status: int, **headers: str) -> Answer:
    return Answer(status, HTML | headers, b"<html><body>Bienvenue sur le Wi-Fi</body></html>")


DELETED = "This submission has been deleted. You may not resubmit it."
TABLE = [
    ("F3 new", openrosa(201, "full submission upload was successful!", ""), Action.DELIVERED, Reason.NONE),
    ("F20 Kobo", openrosa(202, "", ""), Action.DELIVERED, Reason.NONE),
    ("201 by header", Answer(201, OPENROSA, b""), Action.DELIVERED, Reason.NONE),
    ("201 by body", Answer(201, {}, openrosa(201, "ok").body), Action.DELIVERED, Reason.NONE),
    ("F12 portal", html(200), Action.PAUSE, Reason.INTERCEPTED),
    ("portal 201", html(201), Action.PAUSE, Reason.INTERCEPTED),
    ("F11 redirect", html(302, location="https://portail.example/login"), Action.PAUSE, Reason.INTERCEPTED),
    ("redirect of ours", Answer(307, OPENROSA | {"location": "/v1/x"}, b""), Action.PAUSE, Reason.INTERCEPTED),
    ("F13", html(511), Action.PAUSE, Reason.INTERCEPTED),
    ("F15", Answer(204, OPENROSA, b""), Action.PAUSE, Reason.INTERCEPTED),
    ("F16", Answer(200, JSON, b'{"ok": true}'), Action.PAUSE, Reason.INTERCEPTED),
    ("200 of ours", openrosa(200, "hello", ""), Action.PAUSE, Reason.INTERCEPTED),
    ("proxy 403", html(403), Action.PAUSE, Reason.INTERCEPTED),
    ("proxy 404", html(404), Action.PAUSE, Reason.INTERCEPTED),
    ("F19", html(413), Action.PARK, Reason.TOO_BIG),
    ("F17 502", html(502), Action.RETRY, Reason.SERVER_TROUBLE),
    ("F17 504", html(504), Action.RETRY, Reason.SERVER_TROUBLE),
    ("F18", Answer(500, JSON, b'{"message":"Internal Server Error"}'), Action.RETRY, Reason.SERVER_TROUBLE),
    ("F20 423", openrosa(423, "being processed"), Action.RETRY, Reason.SERVER_BUSY),
    ("429", html(429), Action.RETRY, Reason.SERVER_BUSY),
    ("408", html(408), Action.RETRY, Reason.SERVER_BUSY),
    ("F31 Bearer", openrosa(401, "Could not authenticate with the provided credentials."), Action.CHECK_ACCESS,
     Reason.NOT_AUTHORIZED),
    ("F31 path", problem(403, "403.1"), Action.CHECK_ACCESS, Reason.NOT_AUTHORIZED),
    ("F22", openrosa(409, DELETED), Action.ASK_AGAIN, Reason.DELETED),
    ("identical edits", openrosa(409, "A resource already exists with instanceID value(s) of uuid:1."),
     Action.ASK_AGAIN, Reason.ID_REUSED),
    ("F34", openrosa(409, "the copy you were editing (uuid:1) is now out of date."), Action.PARK, Reason.OUT_OF_DATE),
    ("F35", openrosa(409, "(undefined) is now out of date"), Action.PARK, Reason.OUT_OF_DATE),
    ("F25", openrosa(409, "This form is not currently accepting submissions."), Action.PARK, Reason.CLOSED),
    ("F24", openrosa(409, "A submission already exists with this ID, but with different XML."), Action.PARK,
     Reason.DIFFERENT_XML),
    ("409 unknown", openrosa(409, "Nope."), Action.PARK, Reason.REFUSED),
    ("F28", openrosa(404, "The form version specified in this submission '9' does not exist."), Action.PARK,
     Reason.VERSION_UNKNOWN),
    ("404 form", openrosa(404, "Could not find the resource you were looking for."), Action.PARK, Reason.FORM_UNKNOWN),
    ("404 base", openrosa(404, "can't find that submission to update"), Action.PARK, Reason.BASE_UNKNOWN),
    ("400 header", openrosa(400, "An expected header field (X-OpenRosa-Version)"), Action.PARK, Reason.BAD_REQUEST),
    ("400.39", problem(400, "400.39"), Action.RETRY, Reason.SERVER_TROUBLE),
    ("Kobo quota", openrosa(402, "quota"), Action.PARK, Reason.REFUSED),
    ("Kobo inactive", openrosa(405, "inactive"), Action.PARK, Reason.REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "action", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_answers_to_a_submission(answer: Answer, action: Action, reason: Reason) -> None:
    outcome = classify_submission(answer)
    assert (outcome.action, outcome.reason) == (action, reason)
    error = outcome.error()
    if action is Action.DELIVERED:
        assert error is None
    else:
        assert error is not None
        assert error.reason == reason


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(html(200), Intercepted), (html(500), ServerTrouble), (html(413), TooBig), (openrosa(401, "x"), NotAuthorized),
     (openrosa(409, DELETED), Refused)],
)  # fmt: skip
def test_errors_to_raise(answer: Answer, kind: type[Exception]) -> None:
    assert type(classify_submission(answer).error()) is kind


def test_the_servers_own_sentence_is_kept_and_cut() -> None:
    assert sentence_of(openrosa(409, "C&#39;est non")) == "C'est non"
    assert sentence_of(problem(403, "403.1", "no rights")) == "no rights"
    assert sentence_of(html(200)) == ""
    assert sentence_of(Answer(200, JSON, b"[1]")) == ""
    assert sentence_of(Answer(200, JSON, b"{")) == ""
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><OpenRosaResponse><message>&b;</message></OpenRosaResponse>'
    assert sentence_of(Answer(409, OPENROSA, bomb)) == ""
    assert len(sentence_of(openrosa(409, "x" * 9999))) == 500


def test_details_for_the_explanation() -> None:
    busy = classify_submission(Answer(503, {"retry-after": "120"}, b""))
    assert busy.wait_seconds == 120
    portal = classify_submission(html(302, location="https://portail.example/login?x=1"))
    assert portal.host == "portail.example"


READINGS = [
    (html(200), Intercepted),
    (html(302), Intercepted),
    (html(404), Intercepted),
    (Answer(200, {"content-type": "text/xml"}, b"<a/>"), Intercepted),
    (html(503), ServerTrouble),
    (problem(401, "401.2"), NotAuthorized),
    (openrosa(403, "x"), NotAuthorized),
    (problem(404, "404.2"), WrongAddress),
    (openrosa(409, "x"), Refused),
]


@pytest.mark.parametrize(("answer", "kind"), READINGS)
def test_answers_to_a_reading(answer: Answer, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        check_reading(answer, openrosa=True)
    assert type(caught.value) is kind


def test_good_readings() -> None:
    check_reading(Answer(200, OPENROSA, b"<xforms/>"), openrosa=True)
    check_reading(Answer(304, {}, b""), openrosa=True)
    check_reading(Answer(200, {"content-type": "application/octet-stream"}, b"png"), openrosa=False)
