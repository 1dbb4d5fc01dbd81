# SPDX-License-Identifier: EUPL-1.2
"""How the regional API answers: OpenRosa XML, JSON, and each refusal with its status, code and English sentence.

Clients of OpenRosa have only the sentence to tell one 409 from another, so the sentences are part of the protocol.
"""

from __future__ import annotations

import json
from email.utils import formatdate
from xml.sax.saxutils import escape, quoteattr

from werkzeug.wrappers import Response

ACCEPT_CONTENT_LENGTH = 100_000_000
OPENROSA_HEADERS = {
    "X-OpenRosa-Version": "1.0",
    "X-OpenRosa-Accept-Content-Length": str(ACCEPT_CONTENT_LENGTH),
    "Content-Language": "en",
}


class Problem(Exception):  # noqa: N818 — the name that the API's own documents use
    """A refusal: `code` is "409.3", whose whole part is the HTTP status."""

    def __init__(self, code: str, message: str, details: dict[str, object] | None = None) -> None:
        self.code = code
        self.status = int(code.partition(".")[0])
        self.message = message
        self.details = details or {}
        super().__init__(f"{code} {message}")


def not_authenticated() -> Problem:
    """Refuse no token, an unknown one by Bearer, a malformed one; or a known one without right to submit."""
    return Problem("401.2", "Could not authenticate with the provided credentials.")


def too_many_tries(seconds: int) -> Problem:
    """Refuse to look at a password so soon after many wrong ones."""
    return Problem("429.1", f"Too many wrong passwords: try again in {seconds} seconds.", {"seconds": seconds})


def https_only() -> Problem:
    """Refuse Basic authentication over plain HTTP."""
    return Problem("401.3", "This authentication method is only available over HTTPS.")


def no_rights() -> Problem:
    """Refuse a known token without the right, or an unknown one in the path."""
    return Problem("403.1", "The authentication you provided does not have rights to perform that action.")


def not_found() -> Problem:
    """Tell that there is no such project, form or submission."""
    return Problem("404.1", "Could not find the resource you were looking for.")


def no_such_endpoint() -> Problem:
    """Refuse a path that the API does not have."""
    return Problem("404.2", "Expected endpoint not found: is the path complete, with /v1?")


def missing_field(field: str) -> Problem:
    """Refuse a field that the request needs."""
    return Problem("400.2", f"Required parameter {field} missing.", {"field": field})


def missing_credentials(*fields: str) -> Problem:
    """Refuse a log-in without its two fields."""
    return Problem("400.3", f"Required parameters missing: {', '.join(fields)}.", {"expected": list(fields)})


def unexpected_value(field: str, value: str, reason: str) -> Problem:
    """Refuse a value that the field cannot take."""
    message = f"Unexpected {field} value {value}; {reason}"
    return Problem("400.8", message, {"field": field, "value": value, "reason": reason})


def invalid_xml(reason: str) -> Problem:
    """Refuse a body that is no XML, or no XForm."""
    return Problem("400.1", f"Could not read the given data as XML: {reason}", {"format": "xml"})


def header_missing() -> Problem:
    """Refuse an OpenRosa path called without `X-OpenRosa-Version: 1.0`."""
    return Problem("400.4", "An expected header field (X-OpenRosa-Version) did not match the expected value: 1.0")


def multipart_broken() -> Problem:
    """Refuse a multipart that is cut short, compressed or without boundary."""
    return Problem("400.39", "The multipart request could not be parsed.")


def multipart_field_missing(field: str = "xml_submission_file") -> Problem:
    """Refuse a body that is no multipart, or one without the XML's part."""
    return Problem("400.14", f"Required multipart POST field {field} missing.", {"field": field})


def too_long(field: str) -> Problem:
    """Refuse an identifier of more than 64 characters."""
    return Problem("400.38", "Length of value too long", {"field": field})


def already_exists(fields: str, values: str) -> Problem:
    """Refuse what must be unique is there already."""
    return Problem("409.3", f"A resource already exists with {fields} value(s) of {values}.")


def version_already_published(form_id: str, version: str) -> Problem:
    """Refuse a draft that keeps the version of a published one."""
    message = f"Form '{form_id}' version '{version}' has been published before: give the draft a new version."
    return Problem("409.6", message, {"xmlFormId": form_id, "version": version})


def last_draft(form_id: str) -> Problem:
    """Refuse to drop the draft of a form that was never published."""
    return Problem("409.7", f"Form '{form_id}' was never published: its draft is all there is.")


def version_unknown(version: str) -> Problem:
    """Refuse a submission to a version that was never published."""
    return Problem("404.9", f"The form version specified in this submission '{version}' does not exist.")


def different_xml() -> Problem:
    """Refuse a known instanceID with other bytes."""
    message = (
        "A submission already exists with this ID, but with different XML. "
        "To add files to it, send it again with the same XML."
    )
    return Problem("409.10", message)


def deleted() -> Problem:
    """Refuse an instanceID whose submission staff deleted."""
    return Problem("409.17", "This submission has been deleted. You may not resubmit it.")


def out_of_date(instance_id: str) -> Problem:
    """Refuse an edit of a version that is no longer the current one."""
    message = (
        f"You sent an edit, but the copy you were editing ({instance_id or 'undefined'}) is now out of date. "
        "Get the version that replaced it and edit that one."
    )
    return Problem("409.9", message)


def nothing_to_update() -> Problem:
    """Refuse an edit of a version that the server does not have."""
    return Problem("404.1", "You sent an edit, but the server can't find that submission to update.")


def closed() -> Problem:
    """Refuse a submission to a closed form."""
    return Problem("409.2", "This form is not currently accepting submissions. Ask the person who runs the project.")


def entity_version_conflict(current: int, given: int) -> Problem:
    """Refuse a change of an entity that was made on another version than the current one."""
    message = f"The Entity is at version '{current}' and you sent version '{given}': read it again, or add force=true."
    return Problem("409.15", message, {"current": current, "provided": given})


def invalid_entity(reason: str) -> Problem:
    """Refuse an entity that its list cannot take."""
    return Problem("400.28", f"The entity is invalid: {reason}.", {"reason": reason})


def bad_filter(reason: str) -> Problem:
    """Refuse an OData filter that cannot be read."""
    return Problem("400.18", f"The OData filter expression could not be parsed: {reason}.", {"reason": reason})


def unknown_filter_field(name: str) -> Problem:
    """Refuse an OData filter on anything but the system's fields, as Central does."""
    return Problem("501.5", f"The given OData filter expression references fields not supported: {name}.", {"at": name})


def openrosa_response(body: str, status: int = 200) -> Response:
    """Return XML with the headers by which a client knows an OpenRosa server from a captive portal."""
    response = Response(body, status=status, content_type="text/xml; charset=utf-8", headers=OPENROSA_HEADERS)
    response.headers["Date"] = formatdate(usegmt=True)
    return response


def openrosa_message(message: str, nature: str, status: int) -> Response:
    """Return the small document that OpenRosa answers to a submission or a refusal."""
    return openrosa_response(
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f"<message nature={quoteattr(nature)}>{escape(message)}</message></OpenRosaResponse>",
        status,
    )


def json_response(value: object, status: int = 200) -> Response:
    """Return JSON as Central writes it."""
    return Response(
        json.dumps(value, ensure_ascii=False), status=status, content_type="application/json; charset=utf-8"
    )


def problem_response(problem: Problem, *, openrosa: bool) -> Response:
    """Return a refusal; a broken multipart is told in JSON even on OpenRosa paths, as Central does."""
    if openrosa and problem.code not in {"400.39", "500"}:
        return openrosa_message(problem.message, "error", problem.status)
    if problem.code == "500":
        return json_response({"message": problem.message}, 500)
    body = {"message": problem.message, "code": problem.code, "details": problem.details}
    response = json_response(body, problem.status)
    if problem.status == 429:
        response.headers["Retry-After"] = str(problem.details["seconds"])
    if openrosa:
        response.headers.update(OPENROSA_HEADERS)
    return response
