# SPDX-License-Identifier: EUPL-1.2
"""Answers as no server should give them: whatever comes, it ends in an error of ours, and soon."""

from __future__ import annotations

import base64
import datetime as dt
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from fieldkit.account import Account
from sync.addresses import check_origin, redact
from sync.classify import Answer
from sync.client import RegionClient, server_time
from sync.errors import BadInvitation, InsecureAddress, Intercepted, Interrupted, Reason, SyncError, WrongAddress
from sync.invitation import parse_invitation
from sync.multipart import MultipartBody
from sync.protocol import MediaEntry
from sync.push import push
from sync.server import Fault

OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
BLOCK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"


class RawServer:
    """Sends bytes that no library would write, to one connection after the other; `sent` counts them."""

    def __init__(self) -> None:
        self.answer = b""
        self.endless = False
        self.kept = False
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stop = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._stop = True
        with socket.create_connection(self._listener.getsockname()):
            self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while True:
            peer, _ = self._listener.accept()
            with peer, suppress(OSError):
                if self._stop:
                    return
                peer.settimeout(2)
                peer.recv(65_536)
                peer.sendall(self.answer)
                while self.kept and peer.recv(65_536):
                    peer.sendall(self.answer)
                while self.endless and self.sent < 50_000_000:
                    peer.sendall(BLOCK)
                    self.sent += len(BLOCK)


@pytest.fixture
def raw() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def in_brussels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand where it is one or two hours later than UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Brussels")
        if hasattr(time, "tzset"):
            time.tzset()
        yield
    if hasattr(time, "tzset"):
        time.tzset()


def head(status: str, *lines: bytes) -> bytes:
    return b"\r\n".join((f"HTTP/1.1 {status}".encode(), *lines, b"", b""))


def calls(client: RegionClient) -> tuple[Callable[[], object], ...]:
    return (
        lambda: client.submit(b"<data/>"),
        client.probe,
        client.form_list,
        lambda: client.media(MediaEntry("a", "0" * 32, "/v1/a")),
    )


@pytest.mark.parametrize(
    "answer",
    [
        head("302 Found", b"Location: http://x/\xff\xfe", b"Content-Length: 0"),
        head("302 Found", b"Location: http://[::1/", b"Content-Length: 0"),
        head("302 Found", b"Location: http://x:99999999/", b"Content-Length: 0"),
        head("200 OK", b"Content-Type: application/json", b"Content-Length: 60000") + b"[" * 60_000,
        head("409 Conflict", b"Content-Type: application/json", b"Content-Length: 60000") + b"[" * 60_000,
        head("201 Created", b"X-OpenRosa-Version: 1.0", b"Content-Length: 500") + b"<OpenRosaResp",
        head("201 Created", b"Content-Length: 5, 6") + b"abcde",
        head("201 Created", b"Transfer-Encoding: chunked") + b"zz\r\nabc\r\n",
        head("201 Created", b"X-OpenRosa-Version: 1.0", b"Content-Encoding: gzip", b"Content-Length: 5") + b"abcde",
        head("201 Created", *(b"A%d: b" % number for number in range(200))),
        head("201 Created", b"A: " + b"a" * 200_000),
        head("101 Switching Protocols", b"Upgrade: x"),
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"",
    ],
)
def test_no_answer_brings_the_program_down_or_counts_as_a_success(site: Any, raw: RawServer, answer: bytes) -> None:
    raw.answer = answer
    for call in calls(site.client(raw.url)):
        with pytest.raises(SyncError):
            call()


def test_the_page_of_a_redirect_is_never_read(site: Any, raw: RawServer) -> None:
    raw.answer, raw.endless = head("302 Found", b"Location: /x", b"Transfer-Encoding: chunked"), True
    for call in calls(site.client(raw.url)):
        raw.sent = 0
        with pytest.raises(Intercepted):
            call()
        assert raw.sent < 20_000_000


def test_a_portal_with_a_long_page_is_a_portal(site: Any, scripted: Any, store: Any, finalize: Any) -> None:
    finalize("uuid:1")
    scripted.answer = lambda _request: (200, {"Content-Type": "text/html"}, b"<html>" + b"x" * 200_000)
    assert push(store, site.client(scripted.url)).waiting == {"uuid:1": "intercepted"}
    assert not store.instances.get("uuid:1").attempted


def test_a_list_that_may_be_cut_is_not_taken(site: Any, raw: RawServer) -> None:
    raw.answer = b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\nname,label\r\na,b\r\nc"
    with pytest.raises(Interrupted):
        site.client(raw.url).media(MediaEntry("dossiers.csv", "1", "/v1/dossiers.csv", is_entity_list=True))


def test_a_server_of_http_1_0_that_says_201_has_it(site: Any, raw: RawServer) -> None:
    raw.answer = b"HTTP/1.0 201 Created\r\nX-OpenRosa-Version: 1.0\r\n\r\n<OpenRosaResponse/>"
    assert site.client(raw.url).submit(b"<data/>").status == 201


def test_a_second_answer_on_the_line_is_nobodys(site: Any, raw: RawServer) -> None:
    raw.kept = True
    raw.answer = head("201 Created", b"X-OpenRosa-Version: 1.0", b"Content-Length: 0") * 3
    client = site.client(raw.url)
    assert client.submit(b"<data/>").status == 201
    raw.answer = head("500 Oh", b"Content-Length: 0")
    for _ in range(3):
        with pytest.raises(SyncError):
            client.submit(b"<data/>")
    client.close()


def test_a_servers_sentence_may_name_our_address_and_not_our_token(site: Any, scripted: Any) -> None:
    path = f"/v1/key/{site.token}/projects/1/submission"
    client = site.client(scripted.url)
    for kind, body in (
        ("application/json", f'{{"message": "{path} is closed", "code": "409.1"}}'),
        ("text/xml", f"<OpenRosaResponse><message>{path} is closed</message></OpenRosaResponse>"),
    ):
        headers, content = {**OPENROSA, "Content-Type": kind}, body.encode()
        scripted.answer = lambda _request, given=(409, headers, content): given
        with pytest.raises(SyncError) as caught:
            client.submit(b"<data/>")
        assert "is closed" in caught.value.text
        assert site.token not in f"{caught.value} {vars(caught.value)}"


def test_a_sentence_that_is_no_text_is_kept_all_the_same(store: Any, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1")
    body, headers = b'{"message": "no \\ud800", "code": "409.1"}', {"Content-Type": "application/json"}
    site.server.faults.add(Fault("POST", status=409, body=body, headers=headers))
    assert push(store, site.client()).rejected == {"uuid:1": Reason.REFUSED}
    assert store.instances.get("uuid:1").reason_text == "no ?"


def test_a_redirect_may_be_relative(site: Any, scripted: Any) -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        if request.path == "/v1/a":
            return 307, {"Location": "/signed/a?sig=1"}, b""
        assert "Authorization" not in request.headers
        return 200, {"Content-Type": "image/png"}, b""

    scripted.answer = answer
    empty = "d41d8cd98f00b204e9800998ecf8427e"
    assert site.client(scripted.url).media(MediaEntry("a", empty, "/v1/a")) == b""


def test_a_list_in_another_encoding_is_read_and_not_remembered(site: Any, scripted: Any) -> None:
    form = "<xform><formID>é</formID><downloadUrl>/v1/a</downloadUrl><hash>" + "0" * 32 + "</hash></xform>"
    body = f'<?xml version="1.0" encoding="iso-8859-1"?><xforms>{form}</xforms>'.encode("latin-1")
    scripted.answer = lambda _request: (200, {**OPENROSA, "ETag": '"1"'}, body)
    client = site.client(scripted.url)
    assert client.form_list()[0].form_id == "é"
    assert "é" not in client.memory()


@pytest.mark.parametrize("host", ["a..be", "a" * 64 + ".be", ".be"])
def test_hosts_that_cannot_be_are_wrong_addresses(host: str) -> None:
    with pytest.raises(WrongAddress):
        RegionClient(Account("a", f"https://{host}", 1), "t")


def test_a_host_that_no_network_can_have(site: Any) -> None:
    with pytest.raises(WrongAddress):
        site.client("https://☃.invalid").probe()


def test_a_host_that_cannot_be_in_a_redirect(site: Any, scripted: Any) -> None:
    scripted.answer = lambda _request: (307, {"Location": "https://a..be/x"}, b"")
    with pytest.raises(Intercepted):
        site.client(scripted.url).media(MediaEntry("a", "0" * 32, "/v1/a"))


def test_the_password_of_an_address_is_not_shown() -> None:
    with pytest.raises(InsecureAddress) as caught:
        check_origin("http://user:secret@region.example")
    assert "secret" not in f"{caught.value} {vars(caught.value)}"
    assert redact("see https://user:secret@region.example/x, or a@b.be") == "see https://…@region.example/x, or a@b.be"


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)),
        ("Sun, 22 Nov 2026 12:00:00 -0000", dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)),
        ("Sun, 22 Nov 2026 13:00:00 +0100", dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("Sun, 99 Foo 2026", None),
        ("", None),
    ],
)
def test_the_servers_clock_is_read_whatever_ours_is(date: str, at: dt.datetime | None, in_brussels: None) -> None:
    assert server_time(Answer(201, {"date": date}, b"")) == at


def test_an_invitation_nested_without_end_is_none() -> None:
    code = base64.b64encode(zlib.compress(b"[" * 60_000)).decode()
    with pytest.raises(BadInvitation):
        parse_invitation(code)


def test_long_xml_is_not_copied_for_each_block() -> None:
    body = MultipartBody(bytes(1_000_000))
    next(iter(body))
    assert len(body._rest) < 100_000
    assert 1 + sum(map(len, body)) > 900_000
