# SPDX-License-Identifier: EUPL-1.2
"""The client against the reference server, hostile servers, captive portals and lines that stall."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from fieldkit.account import Account
from sync.catalogue import read_form_list, read_manifest
from sync.client import RegionClient
from sync.errors import (
    BadServerData,
    Intercepted,
    Interrupted,
    NotAuthorized,
    Offline,
    Reason,
    Refused,
    WrongAddress,
)
from sync.protocol import FormEntry, MediaEntry, SubmissionFile
from sync.server import ReferenceServer
from sync.transport import Patience

OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
ENTRY = FormEntry(
    "lieux", "1", "Lieux", "0" * 32, "/v1/projects/1/forms/lieux.xml", "/v1/projects/1/forms/lieux/manifest"
)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_probe_list_definition_manifest_media(site: Any, samples: Any) -> None:
    client = site.client()
    assert client.probe().expires_at is None
    (entry,) = client.form_list()
    assert (entry.form_id, entry.version, entry.name, entry.hash) == ("lieux", "1", "Lieux", md5(samples.form()))
    assert client.form_xml(entry) == samples.form()
    (file,) = client.manifest(entry)
    assert (file.name, file.hash, client.media(file)) == ("carte.png", md5(b"png"), b"png")


def test_unchanged_lists_cost_a_304(site: Any, line: Any) -> None:
    client = site.client(line.url)
    first = client.form_list()
    (manifest,) = client.manifest(first[0])
    before = line.counted
    assert client.form_list() == first
    assert client.manifest(first[0]) == (manifest,)
    assert line.counted - before < 1200
    site.server.set_form_state(site.project, "lieux", "closing")
    assert client.form_list() == ()


def test_addresses_of_another_domain_are_brought_back(tmp_path: Path, samples: Any) -> None:
    with ReferenceServer(tmp_path, domain="https://odk.unreachable.invalid") as region:
        project = region.create_project("P")
        region.publish_form(project, samples.form(), {"carte.png": b"png"})
        client = RegionClient(Account("a", region.url, project), region.create_app_user(project, "A"))
        (entry,) = client.form_list()
        assert entry.download_url.startswith("https://odk.unreachable.invalid/v1/")
        assert client.form_xml(entry) == samples.form()
        assert client.media(client.manifest(entry)[0]) == b"png"
        client.close()


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Wi-Fi</html>"),
        (200, {"Content-Type": "application/json"}, b'{"ok": true}'),
        (200, {"Content-Type": "application/json"}, b'{"createdAt": 1, "expiresAt": 2}'),
        (200, {"Content-Type": "text/xml"}, b"<xforms/>"),
        (302, {"Location": "https://portail.example/"}, b""),
        (511, {}, b""),
        (204, {}, b""),
    ],
)
def test_captive_portals_are_no_server(site: Any, scripted: Any, answer: tuple[int, dict[str, str], bytes]) -> None:
    scripted.answer = lambda _request: answer
    client = site.client(scripted.url)
    for call in (client.probe, client.form_list):
        with pytest.raises(Intercepted):
            call()


def test_wrong_addresses_are_told_from_dead_tokens(site: Any) -> None:
    site.project = 99
    with pytest.raises(WrongAddress):
        site.client().form_list()
    with pytest.raises(NotAuthorized):
        site.client(token="z" * 64).probe()
    with pytest.raises(NotAuthorized):
        site.client(token="short").form_list()  # noqa: S106 — no token at all


def test_server_that_knows_the_token_only_in_the_path(site: Any, scripted: Any) -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        if not request.path.startswith(f"/v1/key/{site.token}/"):
            return 401, {"Content-Type": "application/json"}, b'{"message": "no", "code": "401.2"}'
        if request.method == "POST":
            return 201, OPENROSA, b""
        if request.path.endswith("restore"):
            body = b'{"createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": "2026-12-01T00:00:00.000Z"}'
            return 200, {"Content-Type": "application/json"}, body
        return 200, OPENROSA, b"<xforms/>"

    scripted.answer = answer
    client = site.client(scripted.url)
    assert client.probe().expires_at == dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert client.form_list() == ()
    assert client.submit(b"<data/>").status == 201
    assert "Authorization" not in scripted.seen[-1].headers


def test_lists_as_other_servers_write_them() -> None:
    form = (
        "<xform><formID>a</formID><name>A</name><version>1[encrypted:A&#x2F;=]</version><hash>{}</hash>"
        "<downloadUrl>/v1/a</downloadUrl></xform>"
    )
    body = f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{form.format("A" * 32)}<xforms-group/></xforms>'
    (entry,) = read_form_list(body.encode())
    assert (entry.version, entry.hash, entry.manifest_url) == ("1[encrypted:A/=]", "a" * 32, "")
    with pytest.raises(BadServerData, match="twice"):
        read_form_list(f"<xforms>{form.format('A' * 32) * 2}</xforms>".encode())
    listed = (
        b'<manifest><mediaFile type="entityList"><filename>d.csv</filename><hash>md5:abc</hash></mediaFile></manifest>'
    )
    (file,) = read_manifest(listed, "a")
    assert (file.is_entity_list, file.hash) == (True, "md5:abc")


def test_bytes_that_are_not_those_announced(site: Any, scripted: Any) -> None:
    scripted.answer = lambda _request: (200, {"Content-Type": "text/xml"}, b"<html/>")
    client = site.client(scripted.url)
    with pytest.raises(BadServerData, match="md5"):
        client.form_xml(ENTRY)
    with pytest.raises(BadServerData, match="md5"):
        client.media(MediaEntry("a.png", "0" * 32, "/v1/a.png"))
    hostile = b'<!DOCTYPE h [<!ENTITY a "b">]><h/>'
    scripted.answer = lambda _request: (200, {"Content-Type": "text/xml"}, hostile)
    with pytest.raises(BadServerData, match="document type"):
        client.form_xml(FormEntry("a", "1", "A", md5(hostile), "/v1/a.xml"))


def test_no_such_host_refused_and_stalled(site: Any, scripted: Any, line: Any) -> None:
    gone = scripted.url
    scripted.close()
    with pytest.raises(Offline):
        site.client(gone).probe()
    with pytest.raises(Offline):
        site.client("https://region.invalid").probe()
    with pytest.raises(Offline):
        site.client(gone).submit(b"<data/>")
    line.stall = True
    client = site.client(line.url, patience=Patience(connecting=0.3, sending=0.3, answer=0.3))
    with pytest.raises(Interrupted):
        client.probe()
    with pytest.raises(Interrupted):
        client.submit(b"<data/>")


def test_connection_that_the_server_closed_is_opened_again(
    site: Any, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.client()
    client.probe()
    site.server.stop()
    site.server.start()
    assert client.probe().expires_at is None  # a GET on the dead connection is simply repeated
    monkeypatch.setattr("sync.transport.FRESH_SECONDS", 0.0)
    site.server.stop()
    site.server.start()
    time.sleep(0.01)
    assert client.submit(samples.instance("uuid:1")).status == 201  # a POST first drops a connection that was idle


def test_upload_is_streamed_with_its_length(site: Any, scripted: Any, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    scripted.answer = lambda _request: (201, OPENROSA | {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, b"")
    seen: list[int] = []
    files = [SubmissionFile("é.bin", path, len(content)), SubmissionFile("b.bin", path, len(content))]
    receipt = site.client(scripted.url).submit(b"<data/>", files, on_bytes=seen.append)
    (request,) = scripted.seen
    assert int(request.headers["Content-Length"]) == len(request.body) == receipt.bytes_sent == seen[-1]
    assert "Transfer-Encoding" not in request.headers
    assert request.body.count(content) == 2
    assert 'name="é.bin"'.encode() in request.body
    assert request.headers["Authorization"] == f"Bearer {site.token}"
    assert receipt.server_at == dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    assert len(seen) > 50


def test_file_that_shrinks_is_never_completed(site: Any, scripted: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"short")
    with pytest.raises(Refused) as caught:
        site.client(site.server.url).submit(b"<data/>", [SubmissionFile("a.bin", path, 50)])
    assert caught.value.reason is Reason.DAMAGED
    assert site.stored() == {}


def test_answer_without_end_is_not_read(site: Any, scripted: Any) -> None:
    scripted.answer = lambda _request: (201, OPENROSA, b"x" * 200_000)
    with pytest.raises(Intercepted):
        site.client(scripted.url).submit(b"<data/>")
