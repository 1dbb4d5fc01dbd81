# SPDX-License-Identifier: EUPL-1.2
"""What a hostile server, network or neighbour cannot do: take the token, or put in what was not announced."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldkit.account import Account
from sync.addresses import check_origin, own_address, redact
from sync.catalogue import read_manifest
from sync.client import RegionClient
from sync.errors import (
    BadServerData,
    InsecureAddress,
    Intercepted,
    SyncError,
    UntrustedCertificate,
    WrongAddress,
)
from sync.protocol import FormEntry, MediaEntry
from sync.push import push

OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
ENTRY = FormEntry(
    "lieux", "1", "Lieux", "0" * 32, "/v1/projects/1/forms/lieux.xml", "/v1/projects/1/forms/lieux/manifest"
)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://region.example/v1/projects/1/forms/a.xml", "https://region.example/v1/projects/1/forms/a.xml"),
        ("http://localhost:8989/v1/projects/1/a?b=c", "https://region.example/v1/projects/1/a?b=c"),
        ("/v1/projects/1/a", "https://region.example/v1/projects/1/a"),
        ("https://evil.example/a.xml", None),
        ("//evil.example/a.xml", None),
        ("https://evil.example/v1/../a", None),
        ("https://evil.example:bad/v1/a", None),
        ("a.xml", None),
        ("", None),
    ],
)
def test_own_addresses(url: str, result: str | None) -> None:
    if result is None:
        with pytest.raises(SyncError):
            own_address("https://region.example", url, "a")
    else:
        assert own_address("https://region.example", url, "a") == result


@pytest.mark.parametrize("url", ["http://region.example", "http://10.0.0.1:80", "http://localhost.example"])
def test_plain_http_is_only_for_this_computer(url: str) -> None:
    with pytest.raises(InsecureAddress):
        RegionClient(Account("a", url, 1), "t")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8383", "https://Region.example/"]
)
def test_addresses_that_may_be_called(url: str) -> None:
    assert check_origin(url) == url.rstrip("/").lower()
    assert check_origin("https://user:pw@region.example/x") == "https://region.example"
    for bad in ("ftp://region.example", "region.example", "https://", "https://a:port/"):
        with pytest.raises(WrongAddress):
            check_origin(bad)


def test_another_hosts_files_are_refused_and_get_no_token(site: Any, stranger: Any) -> None:
    client = site.client()
    for call in (
        lambda: client.form_xml(FormEntry("a", "1", "A", "0" * 32, f"{stranger.url}/forms/a.xml")),
        lambda: client.media(MediaEntry("a", "0" * 32, f"{stranger.url}/a")),
        lambda: client.manifest(FormEntry("a", "1", "A", "0" * 32, "/v1/a", f"{stranger.url}/manifest")),
    ):
        with pytest.raises(BadServerData):
            call()
    assert stranger.seen == []


def test_redirects_never_carry_the_token(site: Any, scripted: Any, stranger: Any) -> None:
    stranger.answer = lambda _request: (200, {"Content-Type": "image/png"}, b"png")
    scripted.answer = lambda _request: (307, {"Location": f"{stranger.url}/signed?sig=1"}, b"")
    client = site.client(scripted.url)
    assert client.media(MediaEntry("carte.png", md5(b"png"), "/v1/carte.png")) == b"png"
    (asked,) = stranger.seen
    assert not any(site.token in str(value) for value in (asked.headers, asked.path, asked.body))
    assert "Authorization" not in asked.headers
    stranger.seen.clear()
    for call in (client.probe, client.form_list, lambda: client.form_xml(ENTRY), lambda: client.submit(b"<data/>")):
        with pytest.raises(Intercepted) as caught:
            call()
        assert caught.value.host == "127.0.0.1"
    assert stranger.seen == []


def test_redirect_loops_end(site: Any, scripted: Any) -> None:
    scripted.answer = lambda _request: (307, {"Location": f"{scripted.url}/again"}, b"")
    with pytest.raises(Intercepted):
        site.client(scripted.url).media(MediaEntry("a", "0" * 32, "/v1/a"))
    assert len(scripted.seen) == 3


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xforms/>', "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xforms/>', "document type"),
        (b"<xforms><xform>", "well-formed"),
        (b"<manifest/>", "instead of"),
        (b"<xforms>" + b"<a>" * 200 + b"</a>" * 200 + b"</xforms>", "deeper"),
        (b"<xforms><xform><formID>a</formID></xform></xforms>", "downloadUrl"),
        (b"<xforms><xform><formID>a</formID><downloadUrl>/v1/a</downloadUrl><hash>x</hash></xform></xforms>", "md5"),
    ],
)
def test_hostile_form_lists(site: Any, scripted: Any, body: bytes, cause: str) -> None:
    scripted.answer = lambda _request: (200, OPENROSA, body)
    with pytest.raises(BadServerData, match=cause):
        site.client(scripted.url).form_list()


@pytest.mark.parametrize("name", ["../evil.jpg", "a/b.png", "a\\b", "", ".hidden", "CON.txt", "a:b", "x" * 300, "a\tb"])
def test_unsafe_media_names(name: str) -> None:
    body = (
        f"<manifest><mediaFile><filename>{name}</filename><hash>md5:{'0' * 32}</hash><downloadUrl>/v1/a</downloadUrl>"
        "</mediaFile></manifest>"
    )
    with pytest.raises(BadServerData):
        read_manifest(body.encode(), "lieux")


def test_compressed_bomb_stops_at_the_limit(site: Any, scripted: Any) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    scripted.answer = lambda _request: (200, OPENROSA | {"Content-Encoding": "gzip"}, bomb)
    with pytest.raises(BadServerData, match="more than"):
        site.client(scripted.url).form_list()


def test_environment_changes_nothing(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert site.client().probe().expires_at is None


def test_nothing_that_is_raised_or_shown_holds_the_token(site: Any, scripted: Any) -> None:
    gone = scripted.url
    scripted.close()
    client = site.client(gone)
    client._by_path = True
    for call in (client.probe, client.form_list, lambda: client.submit(b"<data/>")):
        with pytest.raises(SyncError) as caught:
            call()
        error: BaseException | None = caught.value
        assert error is not None
        assert error.__cause__ is None
        assert site.token not in f"{error} {error!r} {error.args} {vars(error)}"
    assert redact(f"GET /v1/key/{site.token}/projects?st={site.token}") == "GET /v1/key/…/projects?st=…"
    assert site.token not in redact(f"Bearer {site.token}")


@pytest.fixture
def tls_url(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Run a server whose certificate nobody vouches for; yields its address and the certificate's file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(pem + secret)
    (tmp_path / "ca.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"createdAt": "2026-01-01T00:00:00Z", "expiresAt": "9999-12-31T23:59:59Z"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(http.server.HTTPServer):
        def handle_error(self, *args: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"https://localhost:{server.server_port}", tmp_path / "ca.pem"
        server.shutdown()
        thread.join()


def test_untrusted_certificate_is_the_end(tls_url: tuple[str, Path], site: Any) -> None:
    url, ca = tls_url
    with pytest.raises(UntrustedCertificate):
        site.client(url).probe()
    with pytest.raises(UntrustedCertificate):
        site.client(url).submit(b"<data/>")
    assert site.client(url, ca_bundle=str(ca)).probe().expires_at is None
    with pytest.raises(UntrustedCertificate):  # the right authority, another name
        site.client(url.replace("localhost", "127.0.0.1"), ca_bundle=str(ca)).probe()


def test_f14_a_certificate_that_is_not_the_servers_stops_the_queue(
    tls_url: tuple[str, Path], store: Any, site: Any, finalize: Any
) -> None:
    finalize("uuid:1")
    report = push(store, site.client(tls_url[0]), flights=2)
    assert isinstance(report.stopped, UntrustedCertificate)
    assert report.waiting == {"uuid:1": "untrusted-certificate"}
    assert not store.instances.get("uuid:1").attempted


def test_no_log_of_any_level_holds_the_token(
    store: Any, site: Any, line: Any, finalize: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    finalize("uuid:1")
    client = site.client(line.url)
    client._by_path = True
    line.cut_answer_after = 60  # in mid-header: what urllib3 warns of, with the whole address
    assert push(store, client, pause_seconds=0.01).delivered == ["uuid:1"]
    mine = [record for record in caplog.records if record.name.startswith("urllib3")]
    assert any("/key/…" in record.getMessage() for record in mine)
    assert site.token not in caplog.text
