# SPDX-License-Identifier: EUPL-1.2
"""How an account is given: a link, a text that holds one, or the payload of ODK Central's QR code.

The payload is base64(zlib(JSON)); its `general.server_url` is https://host/v1/key/TOKEN/projects/N (contract,
section 7).
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zlib
from dataclasses import dataclass, field

from fieldkit.account import Account
from sync.addresses import check_origin
from sync.errors import BadInvitation

LINK = re.compile(r"(https?://[^/\s\"'<>]+)/v1/key/([^/\s\"'<>?]+)(?:/projects/(\d{1,9}))?", re.IGNORECASE)
TOKEN = re.compile(r"[A-Za-z0-9!$]{64}")
PAYLOAD = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
MAX_PAYLOAD = 65_536


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an account needs; `token` is secret and is not shown when this is printed."""

    origin: str
    central_project: int
    token: str = field(repr=False)
    project_name: str = ""

    @property
    def link(self) -> str:
        """The link that says it all: as secret as the token."""
        return f"{self.origin}/v1/key/{self.token}/projects/{self.central_project}"

    def account(self, display_name: str = "") -> Account:
        """Return the account, without the token; its id is made of server and project."""
        host = self.origin.partition("://")[2]
        account_id = f"{host}/{self.central_project}"
        return Account(account_id, self.origin, self.central_project, display_name or self.project_name or host)


def parse_invitation(text: str) -> Invitation:
    """Return the invitation that `text` holds; BadInvitation or InsecureAddress if it holds none that can be used."""
    text = text.strip()
    if not text:
        raise BadInvitation("empty")
    if "://" in text:
        return _from_link(text)
    payload = PAYLOAD.search(re.sub(r"\s", "", text))
    if payload is None:
        raise BadInvitation("no address")
    return _from_payload(payload[0])


def _from_link(text: str, name: str = "") -> Invitation:
    found = LINK.search(text)
    if found is None:
        raise BadInvitation("no token" if re.search(r"https?://", text) else "no address")
    origin, token = check_origin(found[1]), found[2]
    # Pasted from a sentence, a link may drag its full stop along.
    token = token.rstrip(".,;:)") if found[3] is None else token
    if not TOKEN.fullmatch(token):
        raise BadInvitation("no token")
    if found[3] is None:
        raise BadInvitation("no project")
    return Invitation(origin, int(found[3]), token, name)


def _from_payload(payload: str) -> Invitation:
    try:
        plain = payload.replace("-", "+").replace("_", "/")
        packed = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        unpacked = zlib.decompressobj().decompress(packed, MAX_PAYLOAD)
        settings = json.loads(unpacked)
        link, project = settings["general"]["server_url"], settings.get("project", {})
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInvitation("code") from None
    if not isinstance(link, str):
        raise BadInvitation("code")
    name = project.get("name", "") if isinstance(project, dict) else ""
    return _from_link(link, name if isinstance(name, str) else "")


def qr_payload(invitation: Invitation) -> str:
    """Return the text of the QR code that ODK Collect and this program read."""
    settings = {
        "general": {"server_url": invitation.link, "form_update_mode": "match_exactly"},
        "project": {"name": invitation.project_name},
        "admin": {},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings).encode())).decode()


def qr_png(invitation: Invitation, scale: int = 6) -> bytes:
    """Return the QR code as a PNG image, black on white with its quiet zone, `scale` pixels a module."""
    import segno

    file = io.BytesIO()
    segno.make(qr_payload(invitation), error="m", micro=False).save(file, kind="png", scale=scale, light="#ffffff")
    return file.getvalue()
