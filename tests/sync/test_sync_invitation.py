# SPDX-License-Identifier: EUPL-1.2
"""Invitations: links, texts around them, and the payload of ODK Central's QR code."""

from __future__ import annotations

import base64
import json
import string
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import AccessError, BadInvitation, InsecureAddress
from sync.invitation import Invitation, parse_invitation, qr_payload, qr_png

TOKEN = "aB3$!" + "x" * 59
LINK = f"https://odk.example.org/v1/key/{TOKEN}/projects/7"
tokens = st.text(string.ascii_letters + string.digits + "!$", min_size=64, max_size=64)


@pytest.mark.parametrize(
    "text",
    [LINK, f"  {LINK}\n", f"Bonjour, voici votre lien : {LINK}. À bientôt", f"<{LINK}>", f'"{LINK}"', f"{LINK}/forms",
     LINK.replace("https://odk.example.org", "HTTPS://ODK.example.org")],
)  # fmt: skip
def test_links_in_any_dress(text: str) -> None:
    invitation = parse_invitation(text)
    assert (invitation.origin, invitation.central_project, invitation.token) == ("https://odk.example.org", 7, TOKEN)
    assert invitation.link == LINK


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("bonjour", "no address"),
        ("https://odk.example.org", "no token"),
        ("https://odk.example.org/v1/key/short/projects/7", "no token"),
        (LINK.removesuffix("/projects/7"), "no project"),
        ("ftp://odk.example.org/v1", "no address"),
        (base64.b64encode(b"x" * 60).decode(), "code"),
        (base64.b64encode(zlib.compress(b"[" * 300)).decode() + "AAAA" * 20, "code"),
        (base64.b64encode(zlib.compress(json.dumps({"general": {"server_url": 7}, "pad": TOKEN}).encode())).decode(),
         "code"),
    ],
)  # fmt: skip
def test_what_is_no_invitation(text: str, cause: str) -> None:
    with pytest.raises(BadInvitation) as caught:
        parse_invitation(text)
    assert caught.value.cause == cause
    assert TOKEN not in str(caught.value)


def test_plain_http_beyond_this_computer() -> None:
    with pytest.raises(InsecureAddress) as caught:
        parse_invitation(LINK.replace("https", "http"))
    assert TOKEN not in str(caught.value)
    assert parse_invitation(f"http://127.0.0.1:8383/v1/key/{TOKEN}/projects/1").origin == "http://127.0.0.1:8383"


def test_centrals_own_code() -> None:
    settings = {
        "general": {"server_url": LINK, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "project": {"name": "GAL Culturalité", "icon": "🌾"},
        "admin": {},
    }
    payload = base64.b64encode(zlib.compress(json.dumps(settings).encode())).decode()
    broken_over_lines = "\n".join(payload[i : i + 40] for i in range(0, len(payload), 40))
    for text in (payload, broken_over_lines, payload.rstrip("=")):
        invitation = parse_invitation(text)
        assert (invitation.link, invitation.project_name) == (LINK, "GAL Culturalité")
    account = invitation.account()
    assert (account.account_id, account.url, account.project, account.display_name) == (
        "odk.example.org/7", "https://odk.example.org", 7, "GAL Culturalité",
    )  # fmt: skip
    assert TOKEN not in f"{invitation!r} {invitation} {account!r}"


@given(token=tokens, project=st.integers(1, 999_999_999), port=st.integers(1, 65535), name=st.text(max_size=40))
def test_what_we_write_we_read(token: str, project: int, port: int, name: str) -> None:
    invitation = Invitation(f"https://odk.example.org:{port}", project, token, name)
    assert parse_invitation(invitation.link) == Invitation(invitation.origin, project, token)
    assert parse_invitation(qr_payload(invitation)) == invitation


@given(st.text(max_size=300))
def test_any_text_is_an_invitation_or_refused(text: str) -> None:
    with suppress(AccessError):
        assert parse_invitation(text).token


def test_images() -> None:
    invitation = Invitation("https://odk.example.org", 7, TOKEN, "GAL")
    assert qr_png(invitation).startswith(b"\x89PNG")
