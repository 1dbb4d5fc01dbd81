# SPDX-License-Identifier: EUPL-1.2
"""Sentences for what happens on the way to the region."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit.cli.messages import Sentence
from sync import errors
from sync.errors import Reason

_SAFE = "Nothing is lost: what waits is sent next time."

REASONS: Mapping[str, str] = {
    Reason.NONE: "it is ready to be sent",
    Reason.OFFLINE: "there is no connection",
    Reason.INTERRUPTED: "the connection broke; sending again tells whether it had arrived",
    Reason.INTERCEPTED: "another page answered in place of the region (a public network that asks to log in?)",
    Reason.SERVER_TROUBLE: "the server has a fault",
    Reason.SERVER_BUSY: "the server is busy",
    Reason.CANCELLED: "it was stopped",
    Reason.SENDING: "the program was stopped while sending; sending again is harmless",
    Reason.WAITS_FOR_EARLIER: "the record that it builds on must arrive first",
    Reason.OVER_BUDGET: "it is more than one sync may send (the setting sync_budget)",
    Reason.BAD_SERVER_DATA: "the server sent what it had not announced",
    Reason.FORM_CLASH: "another account has another form under the same name and version",
    Reason.NOT_AUTHORIZED: "the token is no longer valid: ask for a new invitation",
    Reason.WRONG_ADDRESS: "the server does not know this project: check the address",
    Reason.INSECURE_ADDRESS: "the address is not https",
    Reason.UNTRUSTED_CERTIFICATE: "the certificate of the server is not trusted",
    Reason.BAD_INVITATION: "the invitation is not complete",
    Reason.BAD_PROJECT_ADDRESS: "the address leads to no project",
    Reason.OTHER_PROJECT: "the record was received from another project",
    Reason.WRONG_PASSWORD: "the server knows no web user with this address and password",
    Reason.SESSION_OVER: "the session of the staff has ended: sign in again",
    Reason.NOT_STAFF: "this account may not read the project: ask the region for a web user with a role in it",
    Reason.MAY_NOT_REVIEW: "this account may read records, not decide on them: ask the region for more",
    Reason.REVIEWED_MEANWHILE: "somebody else decided, or it was corrected, since it was received",
    Reason.NO_RIGHT: "this account may not send this form: ask the region",
    Reason.CLOSED: "the form is closed: ask the region",
    Reason.CLOSED_MAYBE_RECEIVED: "the form is closed, but it may have arrived before: ask the region",
    Reason.FORM_UNKNOWN: "the server does not know this form: ask the region",
    Reason.VERSION_UNKNOWN: "the server does not know this version of the form: ask the region",
    Reason.DIFFERENT_XML: "the server has other answers under the same number: choose with `fieldkit resolve`",
    Reason.DELETED: "the region deleted it",
    Reason.ID_REUSED: "its number is in use already: choose with `fieldkit resolve`",
    Reason.OUT_OF_DATE: "somebody else corrected it meanwhile: choose with `fieldkit resolve`",
    Reason.BASE_UNKNOWN: "the server does not have the version that it corrects",
    Reason.TOO_BIG: "it is larger than the server takes: use smaller pictures",
    Reason.BAD_REQUEST: "the server did not understand it",
    Reason.SERVER_FAILS_ON_IT: "the server fails on it each time: tell the region",
    Reason.REFUSED: "the server refused it",
    Reason.DAMAGED: "its bytes are no longer those that were finalized",
    Reason.BAD_FILE_NAME: "a file has a name that cannot be sent",
    Reason.NEEDS_ENCRYPTION: (
        "its form asks for encryption, which was not possible: nothing left in clear; ask the region for its key"
    ),
}


def _said(error: errors.SyncError) -> str:
    """Return what the server said, as a second sentence, "" if nothing."""
    return f" It said: {error.text}" if error.text else ""


def _invitation(error: errors.BadInvitation) -> str:
    causes = {
        "empty": "there is nothing in it",
        "no address": "it holds no address",
        "no token": "it holds no token",
        "no project": "it names no project",
        "code": "its code cannot be read",
    }
    pictures = {
        "picture too large": "The picture is too large (25 MB, 64 million pixels): cut it down to the QR code.",
        "not a picture": "This file is no picture that can be read: give a PNG, JPEG, GIF, BMP or WebP of the QR code.",
        "damaged picture": "The picture is damaged or not whole: copy or download it again.",
        "no code": "No QR code was found in the picture: cut it down to the code, or take a sharper one from in front.",
        "foreign code": "The QR code of the picture is no invitation: use the one of your region.",
        "several codes": "The picture shows several invitations: cut it down to the one to use.",
    }
    if error.cause in pictures:
        return pictures[error.cause]
    return f"This is not a usable invitation: {causes.get(error.cause, error.cause)}. Copy the whole link or text."


def too_big(error: errors.TooBig) -> str:
    """Return the size and the limit, as far as they are known."""
    if not error.limit:
        return "It is larger than the server takes: use smaller pictures."
    what = f"the file {error.name} has" if error.name else "the answers alone have"
    way = "use a smaller one" if error.name else "ask the region to allow more"
    return f"It was not sent: {what} {error.size} bytes, and the server takes {error.limit} in one request: {way}."


def _meanwhile(error: errors.ReviewedMeanwhile) -> str:
    what = "It was corrected" if error.corrected else f"Somebody else decided ({error.state or 'no state'})"
    said = f" and said: {' '.join(error.comment.split())}" if error.comment else ""
    return f"{what} since it was received{said}. Nothing was changed: pull, look at it again, then decide."


SENTENCES: Mapping[type[BaseException], Sentence] = {
    errors.SyncError: lambda e: f"The exchange with the region failed: {REASONS.get(e.reason, e.reason)}.{_said(e)}",
    errors.LineError: lambda e: f"The region was not reached: {REASONS.get(e.reason, e.reason)}. {_SAFE}",
    errors.Offline: lambda _: f"There is no connection to the region. {_SAFE}",
    errors.Interrupted: lambda _: f"The connection broke. {_SAFE}",
    errors.Intercepted: lambda e: (
        f"Another page{f' ({e.host})' if e.host else ''} answered in place of the region: log in to the network in a"
        f" browser, then try again. {_SAFE}"
    ),
    errors.ServerTrouble: lambda e: (
        f"The server of the region cannot answer now (status {e.status}). Try again"
        f" {f'in {e.wait_seconds} seconds' if e.wait_seconds else 'later'}. {_SAFE}"
    ),
    errors.Cancelled: lambda _: f"It was stopped. {_SAFE}",
    errors.AccessError: lambda e: f"The access to the region does not work: {REASONS.get(e.reason, e.reason)}. {_SAFE}",
    errors.NotAuthorized: lambda _: (
        f"The region no longer knows this token: ask for a new invitation, then run `fieldkit connect`. {_SAFE}"
    ),
    errors.WrongAddress: lambda _: (
        f"The server answers, but has no such project: check the invitation, then run `fieldkit connect`. {_SAFE}"
    ),
    errors.InsecureAddress: lambda e: (
        f"The address {e.address} is not https: nothing was sent. Ask for an invitation with https."
    ),
    errors.UntrustedCertificate: lambda _: (
        f"The certificate of the server is not trusted: nothing was sent. Ask your network administrator. {_SAFE}"
    ),
    errors.BadInvitation: _invitation,
    errors.BadProjectAddress: lambda e: (
        f"The address {e.address} leads to no project of a regional server. Copy it from the browser: it holds"
        " /projects/ and a number."
    ),
    errors.WrongPassword: lambda _: (
        "The server knows no web user with this e-mail and password. Check both, then sign in again. An invitation is"
        " another kind of access."
    ),
    errors.SessionOver: lambda _: "The session has ended: run `fieldkit staff sign-in` again. What was received stays.",
    errors.NotStaff: lambda _: (
        "This account may not read the project. Ask the region for a web user with a role in it (viewer or manager)."
    ),
    errors.OtherProject: lambda e: (
        f"This record was received from {e.address}: nothing was asked or changed. Sign in there"
        " (`fieldkit staff sign-in`) to decide on it."
    ),
    errors.MayNotReview: lambda _: (
        "This account may read records, but not decide on them: nothing was changed. Ask the region for the role of a"
        " project manager."
    ),
    errors.ReviewedMeanwhile: _meanwhile,
    errors.Refused: lambda e: f"The server refused: {REASONS.get(e.reason, e.reason)}.{_said(e)}",
    errors.NoRight: lambda e: (
        f"This account has no right to {f'the form {e.form_id}' if e.form_id else 'this form'}: ask the region."
    ),
    errors.TooBig: too_big,
    errors.FormClash: lambda e: (
        f"This account offers version {e.version or '(none)'} of the form {e.form_id} with other"
        f" {f'bytes of its file {e.what}' if e.what else 'questions'} than {e.other}. What is here was kept, and this"
        " account's form was not taken: ask one of the two regions to publish its own under a new version."
    ),
    errors.BadServerData: lambda e: (
        f"What came down for {e.what} is not what the server announced ({e.cause}). It was not kept: try again later."
    ),
}
