# SPDX-License-Identifier: EUPL-1.2
"""Encrypted forms on the command line: sent encrypted, or told why not; authors learn of a key that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldkit import credentials
from fieldkit.encryption import plain_version
from fieldkit.workspace import Workspace
from sync.server import ReferenceServer
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.store_samples import draft, finalized
from tests.unsealing import encrypted_form, private_key, public_text, unseal

VERSION = "1[encrypted:AaIE+/8=]"
FORM = f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Essai</h:title><model><instance><data id="essai" version="{VERSION}"><a/><meta><instanceID/></meta></data>
</instance><bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"><label>A</label></input>
</h:body></h:html>""".encode()


def add_finalized(terminal: Terminal) -> str:
    row = draft(form_id="essai", form_version=VERSION)
    xml = f'<data id="essai"><a>secret</a><meta><instanceID>{row.instance_id}</instanceID></meta></data>'.encode()
    with Workspace.open(terminal.home) as workspace:
        workspace.store.instances.create(row, xml)
        workspace.store.instances.finalize(row.instance_id, finalized(row.instance_id, xml), datetime.now(UTC))
    return row.instance_id


def put_form(terminal: Terminal, xml: bytes) -> None:
    with Workspace.open(terminal.home) as workspace:
        workspace.store.blank_forms.put("essai", VERSION, "Essai", xml, {}, "region")


@pytest.fixture
def region(tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        server.create_project("Wallonie")
        server.publish_form(1, encrypted_form(FORM, public_text(private_key())))
        token = server.create_app_user(1, "Ana")
        monkeypatch.setattr(credentials, "set", credentials.keep_for_session)  # no test writes in the user's keyring
        monkeypatch.setenv("FIELDKIT_TOKEN", token)
        assert terminal.type("connect", server.invitation_link(1, token)).code == 0
        yield server
        credentials._session.clear()


def test_a_record_is_sent_encrypted(terminal: Terminal, region: ReferenceServer) -> None:
    assert terminal.type("pull", "--json").data["new"] == ["essai"]
    instance_id = add_finalized(terminal)
    assert terminal.type("push", "--json").data["delivered"] == [instance_id]
    (row,) = region.submissions(1, "essai")
    parts = {name: region.submitted_file(digest) for name, digest in row.files.items()}
    assert b"secret" not in row.xml
    assert b"<a>secret</a>" in unseal(row.xml, parts, private_key()).xml


def test_a_record_that_cannot_be_encrypted_is_told_and_stays(terminal: Terminal, region: ReferenceServer) -> None:
    put_form(terminal, FORM)
    instance_id = add_finalized(terminal)
    put_form(terminal, encrypted_form(FORM, "MIIB"))
    outcome = terminal.type("push")
    assert outcome.code == 1
    assert f"{instance_id} was refused: its form asks for encryption, which was not possible" in outcome.err
    assert region.submissions(1, "essai") == []
    assert [row["state"] for row in terminal.type("records", "--json").data] == ["rejected"]


@pytest.mark.parametrize(
    ("key_text", "told"),
    [
        (public_text(private_key()), ""),
        ("MIIB", "the public key cannot be used, so no record could be finished: it is not a public key"),
        (public_text(private_key(1024)), "it has 1024 bits, fewer than 2048"),
    ],
    ids=["good", "garbage", "1024"],
)
def test_an_author_learns_of_a_key_that_cannot_be_used(
    terminal: Terminal, tmp_path: Path, key_text: str, told: str
) -> None:
    path = tmp_path / "essai.xml"
    path.write_bytes(encrypted_form(FORM, key_text))
    warnings = terminal.type("check", str(path), "--json").data["warnings"]
    assert [told in warning for warning in warnings] == ([True] if told else [])


def test_people_read_the_version_that_they_gave() -> None:
    assert plain_version(VERSION) == "1"
    assert plain_version("2026-11 [encrypted:AaIE+/8=]") == "2026-11"
    assert plain_version("3[brouillon]") == "3[brouillon]"
