# SPDX-License-Identifier: EUPL-1.2
"""A reference server, a store and lines that fail: each test has its own, and no thread outlives it."""

from __future__ import annotations

import re
import select
import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests  # noqa: TID253 — this is the other end of the line

from fieldkit.account import Account
from fieldkit.instance import Instance, State
from fieldkit.store import Store, open_store
from forms.views import Finalized
from sync.client import RegionClient
from sync.server import ReferenceServer
from sync.transport import Patience
from tests.sync.contract_callers import Caller, Staff, contract_server
from tests.sync.contract_callers import form_xml as contract_form

FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>{title}</h:title><model>
<itext><translation lang="fr"><text id="a"><value form="image">jr://images/carte.png</value></text></translation></itext>
<instance><data id="{form_id}" version="{version}"><nom/><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/nom" type="string"/><bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/></model></h:head>
<h:body><input ref="/data/nom"><label ref="jr:itext('a')"/></input></h:body></h:html>"""


def form_xml(version: str = "1", form_id: str = "lieux", title: str = "Lieux") -> bytes:
    return FORM.format(version=version, form_id=form_id, title=title).encode()


def instance_xml(
    instance_id: str,
    nom: str = "Perwez",
    *,
    version: str = "1",
    form_id: str = "lieux",
    deprecated: str = "",
    photo: str = "",
) -> bytes:
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    return (
        f'<data id="{form_id}" version="{version}"><nom>{nom}</nom><photo>{photo}</photo>'
        f"<meta>{old}<instanceID>{instance_id}</instanceID></meta></data>"
    ).encode()


@pytest.fixture(autouse=True)
def no_thread_outlives_the_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left


@pytest.fixture(scope="session")
def begun_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folder of a server with its administrator, once: the hash of a password is slow on purpose."""
    folder = tmp_path_factory.mktemp("begun") / "region"
    ReferenceServer(folder, admin_password="correct horse").close()  # noqa: S106 — of a test
    return folder


@pytest.fixture
def region(tmp_path: Path, begun_region: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(shutil.copytree(begun_region, tmp_path / "region"), admin_password="") as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield address and staff's token of the server of the contract tests."""
    with contract_server(tmp_path_factory.mktemp("region")) as (url, email, password), requests.Session() as session:
        body = {"email": email, "password": password}
        yield url, Staff(url, 0, "", session).call("POST", "/sessions", json=body).json()["token"]


@pytest.fixture
def staff(server: tuple[str, str]) -> Iterator[Staff]:
    """Let staff make a project of their own, with a published form."""
    with requests.Session() as session:
        made = Staff(server[0], 0, server[1], session)
        made.project = made.call("POST", "/projects", json={"name": "GAL Culturalité"}).json()["id"]
        made.publish_form(contract_form(), carte__png=b"png")
        yield made


@pytest.fixture
def caller(staff: Staff) -> Caller:
    """Make an app user who has the form."""
    return staff.create_app_user()


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    (tmp_path / "home").mkdir()
    with open_store(shutil.copy(empty_database, tmp_path / "home" / "fieldkit.db")) as opened:
        yield opened


@pytest.fixture
def samples() -> SimpleNamespace:
    """Form and instance XML as bytes."""
    return SimpleNamespace(form=form_xml, instance=instance_xml)


@pytest.fixture
def finalize(store: Store) -> Callable[..., bytes]:
    """Put a finalized instance in the outbox; return its frozen bytes."""

    def put(instance_id: str, nom: str = "Perwez", *, files: dict[str, bytes] | None = None, **options: str) -> bytes:
        now = datetime.now(UTC)
        photo = next(iter(files), "") if files else ""
        xml = instance_xml(instance_id, nom, photo=photo, **options)
        form_id, version = options.get("form_id", "lieux"), options.get("version", "1")
        base = options.get("deprecated", "")
        row = Instance(instance_id, form_id, version, State.DRAFT, nom, now, now, deprecated_id=base)
        store.instances.create(row, xml)
        for name, content in (files or {}).items():
            store.instances.put_attachment(instance_id, name, content)
        store.instances.finalize(instance_id, Finalized(xml, instance_id, nom, tuple(files or ())), now)
        return xml

    return put


@dataclass
class Site:
    """A project with the form and an app user; `client()` makes clients that the fixture closes."""

    server: ReferenceServer
    project: int
    token: str
    clients: list[RegionClient] = field(default_factory=list)

    def client(self, url: str = "", token: str = "", **options: object) -> RegionClient:
        account = Account("test", url or self.server.url, self.project, "Test")
        patience = options.pop("patience", Patience(connecting=3, sending=5, answer=5))
        made = RegionClient(account, token or self.token, patience=patience, **options)  # type: ignore[arg-type]
        self.clients.append(made)
        return made

    def stored(self, form_id: str = "lieux", **options: bool) -> dict[str, bytes]:
        return {row.instance_id: row.xml for row in self.server.submissions(self.project, form_id, **options)}


@pytest.fixture
def site(region: ReferenceServer) -> Iterator[Site]:
    project = region.create_project("GAL Culturalité")
    region.publish_form(project, form_xml(), {"carte.png": b"png"})
    made = Site(region, project, region.create_app_user(project, "Agent"))
    yield made
    for client in made.clients:
        client.close()


class CuttingProxy:
    """A line between client and server, that can be cut: real sockets, one thread.

    `lose_answers`: so many POSTs pass whole and their answer never comes back. `lose_together`: the answers of so many
    are held until all have come, and lost at one blow. `cut_after`: the next POST is reset after so many bytes;
    `cut_answer_after`: its answer, after so many. `cut_file`: (bytes that a request holds, how many of its answer
    pass), each time. `stall`: nothing passes any more. `rate`: bytes a second up, for all connections together.
    `reset_all`: all connections are reset, then it is False again. `counted`: bytes up. `heard`: these bytes, all that
    ever left for the server.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._upstream = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)  # what the line itself may hold
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.lose_answers = 0
        self.lose_together = 0
        self._held: list[dict[str, object]] = []
        self.cut_after: int | None = None
        self.cut_answer_after: int | None = None
        self.cut_file: tuple[bytes, int] | None = None
        self.stall = False
        self.rate = 0
        self.reset_all = False
        self.posts = 0
        self.counted = 0
        self.heard = bytearray()
        self._pairs: list[dict[str, object]] = []
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="proxy")
        self._thread.start()

    def close(self) -> None:
        self._stop = True
        self._thread.join()
        for pair in list(self._pairs):
            self._drop(pair)
        self._listener.close()

    def _run(self) -> None:
        while not self._stop:
            if self.reset_all:
                for pair in list(self._pairs):
                    self._drop(pair, reset=True)
                self.reset_all = False
            sockets = {pair[side]: (pair, side) for pair in self._pairs for side in ("down", "up")}
            ready, _, _ = select.select([self._listener, *sockets], [], [], 0.02)
            for each in ready:
                if each is self._listener:
                    self._accept()
                else:
                    pair, side = sockets[each]
                    if pair in self._pairs and not self.stall:
                        self._pass(pair, side)

    def _accept(self) -> None:
        down, _ = self._listener.accept()
        try:
            up = socket.create_connection(self._upstream)
        except OSError:  # nobody behind: what a router answers for a server that is down
            down.close()
        else:
            for each in (down, up):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs.append({"down": down, "up": up, "post": False, "bytes": 0, "asked": b""})

    def _pass(self, pair: dict, side: str) -> None:
        try:
            block = pair[side].recv(2048 if self.rate else 65536)
            if self.rate and side == "down":
                time.sleep(len(block) / self.rate)
            if not block:
                self._drop(pair)
            elif side == "down":
                self._pass_up(pair, block)
            elif pair["post"] and self.lose_answers:
                self.lose_answers -= 1
                self._drop(pair, reset=True)
            elif pair["post"] and self.lose_together:
                self._hold(pair)
            elif self.cut_file is not None and self.cut_file[0] in pair["asked"]:
                self._pass_some(pair, block)
            elif pair["post"] and self.cut_answer_after is not None:
                pair["down"].sendall(block[: self.cut_answer_after])
                self.cut_answer_after = None
                self._drop(pair)
            else:
                pair["down"].sendall(block)
        except OSError:
            self._drop(pair)

    def _pass_some(self, pair: dict, block: bytes) -> None:
        left = self.cut_file[1] - pair["passed"]
        pair["down"].sendall(block[:left])
        pair["passed"] += len(block)
        if left <= len(block):
            self._drop(pair, reset=True)

    def _pass_up(self, pair: dict, block: bytes) -> None:
        self.counted += len(block)
        self.heard += block
        if re.match(rb"(GET|POST|HEAD) ", block):
            pair["post"], pair["bytes"] = block.startswith(b"POST"), 0
            pair["asked"], pair["passed"] = block, 0
            self.posts += pair["post"]
        if pair["post"] and self.cut_after is not None:
            room = self.cut_after - pair["bytes"]
            if len(block) >= room:
                pair["up"].sendall(block[:room])
                self.cut_after = None
                self._drop(pair, reset=True)
                return
        pair["bytes"] += len(block)
        pair["up"].sendall(block)

    def _hold(self, pair: dict) -> None:
        if not any(one is pair for one in self._held):
            self._held.append(pair)
        if len(self._held) == self.lose_together:
            held, self._held, self.lose_together = self._held, [], 0
            for one in held:
                self._drop(one, reset=True)

    def _drop(self, pair: dict, *, reset: bool = False) -> None:
        if pair in self._pairs:
            self._pairs.remove(pair)
        for side in ("down", "up"):
            with suppress(OSError):
                if reset:
                    pair[side].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                pair[side].close()


@pytest.fixture
def line(site: Site) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(site.server.url)
    yield proxy
    proxy.close()


class ScriptedServer:
    """A real HTTP server that answers what the test says: captive portals, strangers, hostile servers.

    `answer(method, path, headers, body)` returns (status, headers, body); `seen` holds what was asked.
    """

    def __init__(self) -> None:
        self.seen: list[SimpleNamespace] = []
        self.answer: Callable[[SimpleNamespace], tuple[int, dict[str, str], bytes]] = lambda _r: (404, {}, b"")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = SimpleNamespace(method=self.command, path=self.path, headers=dict(self.headers), body=body)
                outer.seen.append(request)
                status, headers, content = outer.answer(request)
                self.send_response_only(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_HEAD = handle_any  # noqa: N815 — the names that http.server calls

            def log_message(self, *args: object) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = False
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        self._thread = threading.Thread(target=self.httpd.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.httpd.shutdown()
        self._thread.join()
        self.httpd.server_close()


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def stranger() -> Iterator[ScriptedServer]:
    """Run a second host, to which no token may ever go."""
    server = ScriptedServer()
    yield server
    server.close()
