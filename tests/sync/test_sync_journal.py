# SPDX-License-Identifier: EUPL-1.2
"""The journal for whoever helps tells what was tried, and holds no token, no passphrase, no address with a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldkit.account import Account
from fieldkit.store import Store
from sync.invitation import parse_invitation, qr_payload
from sync.journal import journal, scrub
from sync.push import push

TOKEN = "aB3$" * 16
DIGEST = "10eff52c02ca349a0e03d06cbb40139d5eabe72ac3b05e9d25d9238290469932"
LINK = f"https://region.example/v1/key/{TOKEN}/projects/7"


@pytest.mark.parametrize(
    "text",
    [
        f"GET {LINK}/formList failed",
        f"GET https://region.example/v1/projects/7/formList?st={TOKEN}&x=1",
        f"Authorization: Bearer {TOKEN}",
        f"the invitation {TOKEN} is not known",
        f'{{"token": "{TOKEN}", "csrf": "x"}}',
        f"session token={TOKEN}",
        f"Cookie: session={TOKEN}; other=1",
    ],
)
def test_a_token_is_taken_out_wherever_it_stands(text: str) -> None:
    assert TOKEN not in scrub(text)
    assert "…" in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "passphrase: sept mots", "Passphrase = 'sept mots'", '"passphrase":"sept mots"', "phrase secrète : sept mots",
        "mot de passe: sept mots", "password=sept mots", "https://ana:sept mots@region.example", "key: sept mots",
    ],
)  # fmt: skip
def test_a_passphrase_is_taken_out(text: str) -> None:
    assert "sept mots" not in scrub(text.replace("ana:sept mots", "ana:septmots"))
    assert "septmots" not in scrub(text.replace("sept mots", "septmots"))


def test_an_invitation_in_code_is_taken_out() -> None:
    code = qr_payload(parse_invitation(LINK))
    assert code not in scrub(f"cannot read {code}")


def test_what_is_known_is_taken_out_in_any_dress_and_the_rest_stays() -> None:
    text = f"xxhunter42xx sha256 {DIGEST} uuid:0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10 /home/ana/fieldkit/instances"
    assert scrub(text, ["hunter42", "", "ana"]) == text.replace("hunter42", "…")


def test_the_journal_tells_what_was_tried_and_no_secret(
    store: Store, site: Any, finalize: Callable[..., bytes], tmp_path: Path
) -> None:
    finalize("uuid:1", "Dupont")
    finalize("uuid:2", "Durand", version="9")
    store.accounts.put(Account("test", site.server.url, site.project, "Test"))
    push(store, site.client())
    folder = tmp_path / "home"
    secrets = [site.token, "une phrase secrète"]
    (folder / "fieldkit.log").write_text(
        f"ERROR GET {site.server.url}/v1/key/{site.token}/projects/1\nERROR st={site.token}\nERROR {secrets[1]}\n"
    )
    (folder / "fieldkit.log.old").write_bytes(b"WARNING old \xff\n" + site.token.encode())
    text = journal(store, folder, secrets)
    for secret in secrets:
        assert secret not in text
    assert "/key/" not in text.replace("/key/…", "")
    assert "uuid:1 lieux 1 submitted" in text
    assert "delivered" in text
    assert "uuid:2 lieux 9 rejected version-unknown" in text
    assert site.server.url in text
    assert "WARNING old" in text
    assert "Dupont" not in text
    assert site.token not in journal(store, folder)  # whoever does not know it takes it out all the same
