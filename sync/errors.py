# SPDX-License-Identifier: EUPL-1.2
"""Everything that can go wrong on the way to the Region, as one small tree.

SyncError                 `reason` (a code), `text` (the server's own sentence, "" if it said none)
├── LineError                 the line, not the server's will: what waits goes on waiting
│   ├── Offline                   nothing left this computer: no network, no such host, refused, no connection in time
│   ├── Interrupted               the line broke while talking: the server may or may not have it
│   ├── Intercepted               something else answered: a captive portal, a proxy, a redirect (`status`, `host`)
│   ├── ServerTrouble             the real server cannot now: 5xx, 423, 408, 429 (`status`, `wait_seconds`)
│   └── Cancelled                 the user stopped it
├── AccessError               the address or the token: nothing goes until the user changes one
│   ├── NotAuthorized             the token is unknown or was revoked
│   ├── WrongAddress              the server answers, but has no such project
│   ├── InsecureAddress           not https (and not this computer): refused before anything is sent (`address`)
│   ├── UntrustedCertificate      the certificate is not that of the server: no way around
│   ├── BadInvitation             a link, text or code that names no server, project and token (`cause`)
│   ├── BadProjectAddress         an address that leads to no project (`address`)
│   ├── WrongPassword             the server knows no web user with this e-mail and password
│   ├── SessionOver               the web user's session has ended: sign in again
│   ├── NotStaff                  the account is no web user, or has no role in the project
│   └── OtherProject              a record that was received from another project than this one (`address`)
├── Refused                   the server will not have this one instance, or form; trying again does not cure it
│   ├── NoRight                   the token is good, but gives no right to this form
│   ├── MayNotReview              … gives the right to read a record, not to decide on it
│   ├── ReviewedMeanwhile         somebody else decided, or it was corrected, since it was pulled (`state`, `comment`)
│   └── TooBig                    larger than the server takes, by its 413 or by what it said it accepts (`name` …)
├── FormClash                 another account counts on other bytes under this form and version: nothing was replaced
└── BadServerData             what came down is not what was announced: hash, hostile XML, unsafe name (`what`, `cause`)

Errors carry data; the sentences for people are written by the window and the command line from `reason`. No error holds
a token: addresses in `text` and `cause` are redacted.
"""

from __future__ import annotations

import re
from enum import StrEnum

# The names say a state of the world (Offline, Intercepted): the suffix Error would add nothing to them.
# ruff: noqa: N818


class Reason(StrEnum):
    """Why an instance waits or was refused: kept in its row and in the log of attempts."""

    NONE = ""
    # it waits and leaves by itself
    OFFLINE = "offline"
    INTERRUPTED = "interrupted"  # the answer was lost: it may have arrived
    INTERCEPTED = "intercepted"
    SERVER_TROUBLE = "server-trouble"
    SERVER_BUSY = "server-busy"
    CANCELLED = "cancelled"
    SENDING = "sending"  # in the row only while bytes leave; found there later, the program was stopped meanwhile
    WAITS_FOR_EARLIER = "waits-for-earlier"  # an edit, or a change of an entity, whose base is not delivered yet
    OVER_BUDGET = "over-budget"  # more than one sync may send on this line, by the user's own setting
    BAD_SERVER_DATA = "bad-server-data"
    FORM_CLASH = "form-clash"  # of a form, never of an instance
    # it waits for the user to give another access
    NOT_AUTHORIZED = "not-authorized"
    WRONG_ADDRESS = "wrong-address"
    INSECURE_ADDRESS = "insecure-address"
    UNTRUSTED_CERTIFICATE = "untrusted-certificate"
    BAD_INVITATION = "bad-invitation"
    BAD_PROJECT_ADDRESS = "bad-project-address"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 (the name of a reason)
    SESSION_OVER = "session-over"
    NOT_STAFF = "not-staff"
    OTHER_PROJECT = "other-project"
    # refused: the user decides
    NO_RIGHT = "no-right"
    CLOSED = "closed"
    CLOSED_MAYBE_RECEIVED = "closed-maybe-received"
    FORM_UNKNOWN = "form-unknown"
    VERSION_UNKNOWN = "version-unknown"
    DIFFERENT_XML = "different-xml"
    DELETED = "deleted"
    ID_REUSED = "id-reused"
    OUT_OF_DATE = "out-of-date"  # somebody else edited the same base
    BASE_UNKNOWN = "base-unknown"  # an edit of what the server never had
    TOO_BIG = "too-big"
    BAD_REQUEST = "bad-request"
    SERVER_FAILS_ON_IT = "server-fails-on-it"  # 500 again and again, while others pass
    REFUSED = "refused"  # for a reason that this program does not know: the server's sentence tells
    MAY_NOT_REVIEW = "may-not-review"
    REVIEWED_MEANWHILE = "reviewed-meanwhile"
    # refused by this program, before anything left
    DAMAGED = "damaged"  # the frozen bytes or a file are not those that were finalized
    BAD_FILE_NAME = "bad-file-name"
    NEEDS_ENCRYPTION = "needs-encryption"  # its form has a public key that cannot be used, or clear bytes may have left


class SyncError(Exception):
    """Base of all: `reason` for people and rows, `text` the server's own sentence."""

    reason = Reason.REFUSED

    def __init__(self, text: str = "") -> None:
        self.text = text
        super().__init__(f"{self.reason}: {text}" if text else str(self.reason))


class LineError(SyncError):
    """The line or the server's health: trying later is all that is needed."""


class Offline(LineError):
    """No connection could be made; not one byte of an instance has left."""

    reason = Reason.OFFLINE


class Interrupted(LineError):
    """The line broke after bytes had left: only sending the same bytes again tells whether they had arrived."""

    reason = Reason.INTERRUPTED


class Intercepted(LineError):
    """The answer is not the server's: `status` of it, `host` where a redirect pointed ("" if none)."""

    reason = Reason.INTERCEPTED

    def __init__(self, text: str = "", *, status: int = 0, host: str = "") -> None:
        self.status = status
        self.host = host
        super().__init__(text)


class ServerTrouble(LineError):
    """The server says that it cannot now; `wait_seconds` if it says for how long (else 0)."""

    reason = Reason.SERVER_TROUBLE

    def __init__(self, text: str = "", *, status: int = 0, wait_seconds: int = 0) -> None:
        self.status = status
        self.wait_seconds = wait_seconds
        if status in {408, 423, 429}:
            self.reason = Reason.SERVER_BUSY
        super().__init__(text)


class Cancelled(LineError):
    """The user stopped it."""

    reason = Reason.CANCELLED


class AccessError(SyncError):
    """Nothing goes to or comes from this server until the user changes the address or the token."""

    reason = Reason.NOT_AUTHORIZED


class NotAuthorized(AccessError):
    """The token is unknown, malformed or revoked."""


class WrongAddress(AccessError):
    """A regional server, but without this project or without this path."""

    reason = Reason.WRONG_ADDRESS


class InsecureAddress(AccessError):
    """`address` is not https and not this computer."""

    reason = Reason.INSECURE_ADDRESS

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)


class UntrustedCertificate(AccessError):
    """The certificate does not prove that this is the server."""

    reason = Reason.UNTRUSTED_CERTIFICATE


class BadInvitation(AccessError):
    """Not an invitation; `cause` says what is missing: "empty", "no address", "no token", "no project", "code".

    Of a picture: "picture too large", "not a picture", "damaged picture", "no code", "foreign code", "several codes".
    """

    reason = Reason.BAD_INVITATION

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


class BadProjectAddress(AccessError):
    """`address` names no project, or none that is there."""

    reason = Reason.BAD_PROJECT_ADDRESS

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)


class WrongPassword(AccessError):
    """The server knows no web user with this e-mail and password."""

    reason = Reason.WRONG_PASSWORD


class SessionOver(AccessError):
    """The session of the web user has ended, by time or by decision: sign in again."""

    reason = Reason.SESSION_OVER


class NotStaff(AccessError):
    """The account may not read the project: it is no web user, or one without a role there."""

    reason = Reason.NOT_STAFF


class OtherProject(AccessError):
    """A record was received from the project at `address`; this one may have another under its number."""

    reason = Reason.OTHER_PROJECT

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)


class Refused(SyncError):
    """The server refuses this one; `reason` says why as far as its sentence tells."""

    def __init__(self, reason: Reason = Reason.REFUSED, text: str = "") -> None:
        self.reason = reason
        super().__init__(text)


class NoRight(Refused):
    """The token is good but gives no right to `form_id`."""

    def __init__(self, form_id: str = "", text: str = "") -> None:
        self.form_id = form_id
        super().__init__(Reason.NO_RIGHT, text)


class MayNotReview(Refused):
    """The web user may read a record, but not decide on it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(Reason.MAY_NOT_REVIEW, text)


class ReviewedMeanwhile(Refused):
    """Since the record was pulled it was corrected, or somebody else decided: `state` and `comment` as they are now.

    `corrected`: other answers stand there than those that were looked at.
    """

    def __init__(self, state: str, comment: str = "", *, corrected: bool = False) -> None:
        self.state = state
        self.comment = comment
        self.corrected = corrected
        super().__init__(Reason.REVIEWED_MEANWHILE)


class TooBig(Refused):
    """Larger than the server, or a proxy before it, accepts.

    Known before it is sent: the file `name` ("" for the answers themselves) has `size` bytes and `limit` are taken; all
    of it stands in `text` too, for the row. After a 413 nothing is known: `limit` is 0.
    """

    def __init__(self, text: str = "", *, name: str = "", size: int = 0, limit: int = 0) -> None:
        self.name, self.size, self.limit = name, size, limit
        super().__init__(Reason.TOO_BIG, f"{name}: {size} > {limit}" if limit else text)

    @classmethod
    def from_text(cls, text: str) -> TooBig:
        """Read what a row kept of one."""
        found = re.fullmatch(r"(.*): (\d+) > (\d+)", text, re.DOTALL)
        return cls(name=found[1], size=int(found[2]), limit=int(found[3])) if found else cls(text)


class FormClash(SyncError):
    """`form_id` in `version` is not the one that `other` (an account's id) offers, or that its records are of.

    `what` differs: a file's name, "" for the definition itself. What is here was not replaced.
    """

    reason = Reason.FORM_CLASH

    def __init__(self, form_id: str, version: str, other: str, what: str = "") -> None:
        self.form_id = form_id
        self.version = version
        self.other = other
        self.what = what
        super().__init__(f"{form_id} {version} is not that of {other}")


class BadServerData(SyncError):
    """`what` ("carte.png") came down otherwise than announced; `cause` is a short English clause. It was not kept."""

    reason = Reason.BAD_SERVER_DATA

    def __init__(self, what: str, cause: str) -> None:
        self.what = what
        self.cause = cause
        super().__init__(f"{what}: {cause}")
