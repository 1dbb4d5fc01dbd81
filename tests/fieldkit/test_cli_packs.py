# SPDX-License-Identifier: EUPL-1.2
"""`pack` on the command line: a region makes keys and packs, an agent looks, compares and trusts."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import keyring
import pytest
import requests
from keyring.backends.fail import Keyring as FailKeyring

from fieldkit import credentials
from fieldkit.workspace import Workspace
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.pack_samples import UNTIL, folder_of, guide_text, toolkit
from tests.fieldkit.printed_pages import words_of
from tests.fieldkit.served import served


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(FailKeyring())
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


def connect(terminal: Terminal, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    link = re.search(r"http://\S+/key/(\S+)/projects/1", "\n".join(said))
    assert link is not None
    assert terminal.type("connect", link[0]).code == 0
    monkeypatch.setenv("FIELDKIT_TOKEN", link[1])


def test_a_region_makes_a_key_and_a_pack(terminal: Terminal, tmp_path: Path) -> None:
    key, out = tmp_path / "region.pem", tmp_path / "guides.zip"
    made = terminal.type("pack", "key", "--out", key, "--json")
    assert made.code == 0
    assert len(made.data["fingerprint"].split()) == 6
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = terminal.type("pack", "key", "--out", key)
    assert (again.code, "Choose another name or place" in again.err) == (1, True)
    folder = folder_of(tmp_path / "guides", {"guides/fr/G03.md": guide_text()}, title="Guides d’automne")
    outcome = terminal.type("pack", "make", folder, "--key", key, "--out", out)
    assert (outcome.code, "Guides d’automne, toolkit essai version 1, 1 file" in outcome.out) == (0, True)
    told = terminal.type("pack", "check", out, "--json").data
    assert (told["title"], told["files"]) == ("Guides d’automne", ["guides/fr/G03.md"])
    assert told["fingerprint"] == made.data["fingerprint"]
    assert "signed by the key" in terminal.type("pack", "check", out).out


def test_what_cannot_be_made_or_read_is_told(terminal: Terminal, tmp_path: Path) -> None:
    key, out = tmp_path / "region.pem", tmp_path / "x.zip"
    terminal.type("pack", "key", "--out", key)
    wrong = folder_of(tmp_path / "wrong", {"guides/fr/G03.md": guide_text(updated="hier")})
    outcome = terminal.type("pack", "make", wrong, "--key", key, "--out", out)
    assert outcome.code == 1
    assert "Something in the pack wrong cannot be used: guides/fr/G03.md: " in outcome.err
    assert not out.exists()
    right = folder_of(tmp_path / "right", {"guides/fr/G03.md": guide_text()}, valid_until=UNTIL.isoformat())
    assert "`fieldkit pack key` makes one" in terminal.type("pack", "make", right, "--key", out, "--out", out).err
    assert terminal.type("pack", "make", right, "--key", key, "--out", tmp_path / "right" / "pack.json" / "x").code == 1
    assert terminal.type("pack", "check", out).code == 2
    out.write_bytes(b"%PDF")
    assert "is not a pack of guides or calls" in terminal.type("pack", "check", out).err


def test_a_pack_that_is_over_or_changed_is_told(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    out.write_bytes(toolkit(tmp_path / "a", issued=datetime(2020, 1, 1, tzinfo=UTC), valid_until="2020-06-30"))
    outcome = terminal.type("pack", "check", out)
    assert (outcome.code, "was valid until 2020-06-30" in outcome.err) == (1, True)
    out.write_bytes(toolkit(tmp_path / "b", issued=datetime(2120, 1, 1, tzinfo=UTC), valid_until="2120-06-30"))
    assert "which is still to come" in terminal.type("pack", "check", out).err
    content = bytearray(toolkit(tmp_path / "c"))
    content[-500] ^= 1
    out.write_bytes(content)
    outcome = terminal.type("pack", "check", out, "--json")
    assert (outcome.code, outcome.data["error"][:4]) == (1, "Pack")


def test_the_whole_way_with_the_demonstration_server(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert terminal.type("pack", "list").out == "No pack yet.\n"
    with served(tmp_path / "data") as said:
        (line,) = [one for one in said if "signed by the key" in one]
        told = re.search(r"(\d{5} ){5}\d{5}", line)
        assert told is not None
        connect(terminal, said, monkeypatch)
        outcome = terminal.type("pull")
        assert outcome.code == 0
        assert "signed by a key that nobody trusts yet" in outcome.err
    listed = terminal.type("pack", "list", "--json").data
    assert [one["state"] for one in listed["packs"]] == ["waits for trust"] * 2
    (question,) = listed["questions"]
    assert question["fingerprint"] == told[0]
    assert "Compare it with what the region says" in terminal.type("pack", "list").err
    assert terminal.type("print", "guide", "r01", "--out", tmp_path / "r01.pdf").code == 1
    outcome = terminal.type("pack", "trust", told[0])
    assert (outcome.code, "are used from now on" in outcome.out) == (0, True)
    assert "in use" in terminal.type("pack", "list").out
    assert terminal.type("print", "guide", "r01", "--out", tmp_path / "r01.pdf").code == 0
    assert (tmp_path / "r01.pdf").read_bytes().startswith(b"%PDF")
    assert terminal.type("print", "blank", "mon_smart_village", "--out", tmp_path / "blank.pdf").code == 0
    assert "Villages en lien" in words_of((tmp_path / "blank.pdf").read_bytes())
    assert terminal.type("pack", "trust", "0" * 30).code == 1
    assert terminal.type("accounts", "remove", question["account"]).code == 0
    assert "of an account that left" in terminal.type("pack", "list").out
    assert terminal.type("pack", "trust", question["account"], "--withdraw").code == 0
    assert "trusted no longer" in terminal.type("pack", "list").out
    assert terminal.type("pack", "trust", question["account"], "--withdraw").code == 1


def test_another_key_is_replaced_only_when_asked(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "data") as said:
        connect(terminal, said, monkeypatch)
        terminal.type("pull")
    account = terminal.type("status", "--json").data["account"]
    with Workspace.open(terminal.home) as workspace:
        workspace.store.packs.trust(account, bytes(32), datetime.now(UTC))
    outcome = terminal.type("pack", "trust", account)
    assert (outcome.code, "--replace" in outcome.err) == (1, True)
    assert terminal.type("pack", "trust", account, "--replace").code == 0


def test_the_trainer_sees_the_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDKIT_ADMIN_PASSWORD", "correct horse")
    with served(tmp_path / "data", admin="ana@gal.example") as said:
        told = re.search(r"(\d{5} ){5}\d{5}", "\n".join(said))
        url = re.search(r"http://\S+", said[0])
        assert told is not None
        assert url is not None
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(url[0], timeout=10)
            csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)
            fields = {"email": "ana@gal.example", "password": "correct horse", "csrf": csrf[1] if csrf else ""}
            page = browser.post(f"{url[0]}/demo/login", data=fields, timeout=10)
        assert told[0] in page.text
        assert "Guides de démonstration" in page.text
        assert "Appel de démonstration" in page.text
