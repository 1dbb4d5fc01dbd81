# SPDX-License-Identifier: EUPL-1.2
"""Faults of the line and of the server, by their numbers; docs/exactly-once.md says where the others are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldkit.instance import State
from fieldkit.store import Store
from sync.errors import LineError, Reason
from sync.push import push
from sync.server import Fault, When
from sync.transport import Patience

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).parent / "children" / "send.py"
SUBMISSION = "POST .*submission"
OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
HTML = {"Content-Type": "text/html"}
PHOTO = bytes(range(256)) * 100
Finalize = Callable[..., bytes]


def all_is_there_once(site: Any, sent: dict[str, bytes], photo: bytes = PHOTO) -> None:
    rows = site.server.submissions(site.project, "lieux", every_version=True)
    assert sorted(row.instance_id for row in rows) == sorted(sent)
    for row in rows:
        assert row.xml == sent[row.instance_id]
        assert [site.server.submitted_file(digest) for digest in row.files.values()] == [photo] * len(row.files)


def sending(store: Store, site: Any, url: str, *more: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, str(CHILD), str(store.path), url, str(site.project), site.token, "1", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kept", [0, 12, 40, 150, 400])
def test_f04_an_answer_that_comes_in_half(store: Store, finalize: Finalize, site: Any, line: Any, kept: int) -> None:
    sent = {"uuid:1": finalize("uuid:1", files={"a.jpg": PHOTO})}
    line.cut_answer_after = kept
    report = push(store, site.client(line.url), pause_seconds=0.01)
    assert (report.delivered, report.stopped) == (["uuid:1"], None)
    all_is_there_once(site, sent)


def test_f05_an_idle_connection_that_the_server_closed(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    sent = {"uuid:1": finalize("uuid:1", files={"a.jpg": PHOTO})}
    client = site.client(line.url)
    assert push(store, client).delivered == ["uuid:1"]
    sent["uuid:2"] = finalize("uuid:2", files={"a.jpg": PHOTO})
    line.reset_all = True
    while line.reset_all:
        time.sleep(0.01)
    assert push(store, client, pause_seconds=0.01).delivered == ["uuid:2"]
    all_is_there_once(site, sent)


def test_f06_a_photo_that_takes_longer_than_any_patience(
    store: Store, finalize: Finalize, site: Any, line: Any
) -> None:
    photo = bytes(range(256)) * 1000
    sent = {"uuid:1": finalize("uuid:1", files={"a.jpg": photo})}
    line.rate = 200_000
    client = site.client(line.url, patience=Patience(connecting=0.8, sending=0.8, answer=0.8))
    began = time.monotonic()
    assert push(store, client).delivered == ["uuid:1"]
    assert time.monotonic() - began > 1  # longer than each of the three
    assert line.posts == 1
    all_is_there_once(site, sent, photo)


def test_f08_killed_between_the_answer_and_the_commit(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    sent = {"uuid:1": finalize("uuid:1", files={"a.jpg": PHOTO})}
    client = site.client(line.url)

    class Killed(BaseException):
        """What nobody catches."""

    real = client.submit

    def submit_and_die(*parts: Any, **options: Any) -> Any:
        real(*parts, **options)
        raise Killed

    client.submit = submit_and_die
    with pytest.raises(Killed):
        push(store, client)
    client.submit = real
    row = store.instances.get("uuid:1")
    assert (row.state, row.reason, row.attempted) == (State.FINALIZED, "sending", True)
    assert push(store, client).delivered == ["uuid:1"]
    assert line.posts == 2
    all_is_there_once(site, sent)


def test_f10_a_line_that_stalls_without_a_byte(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    sent = {f"uuid:{number}": finalize(f"uuid:{number}", files={"a.jpg": PHOTO}) for number in range(2)}
    line.stall = True
    report = push(store, site.client(line.url, patience=Patience(0.3, 0.3, 0.3)))
    assert isinstance(report.stopped, LineError)
    assert set(report.waiting.values()) == {Reason.OFFLINE}
    assert line.posts == 0
    line.stall, line.reset_all = False, True
    while line.reset_all:
        time.sleep(0.01)
    assert len(push(store, site.client(line.url)).delivered) == 2
    all_is_there_once(site, sent)


def test_f19_a_proxy_that_finds_it_too_big(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1")
    finalize("uuid:2")
    site.server.faults.add(Fault(SUBMISSION, When.BEFORE, 413, b"<html>413</html>", HTML))
    report = push(store, site.client())
    assert (report.rejected, report.delivered) == ({"uuid:1": Reason.TOO_BIG}, ["uuid:2"])
    assert store.instances.get("uuid:1").state is State.REJECTED
    assert store.instances.frozen_xml("uuid:1")


def test_f20_servers_that_say_202_and_423(store: Store, finalize: Finalize, site: Any) -> None:
    sent = {"uuid:1": finalize("uuid:1")}
    site.server.faults.add(Fault(SUBMISSION, When.BEFORE, 423, b"", OPENROSA))
    assert push(store, site.client()).waiting == {"uuid:1": Reason.SERVER_BUSY}
    site.server.faults.add(Fault(SUBMISSION, When.AFTER, 202, b"<OpenRosaResponse/>", OPENROSA))
    assert push(store, site.client()).delivered == ["uuid:1"]
    assert site.stored() == sent


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX")
def test_f49_a_disk_that_is_full_when_the_receipt_is_written(
    store: Store, finalize: Finalize, site: Any, line: Any
) -> None:
    sent = {f"uuid:{number}": finalize(f"uuid:{number}", files={"a.jpg": PHOTO}) for number in range(3)}
    with sending(store, site, line.url, "full") as child:
        output, _ = child.communicate(timeout=20)
    assert output.split() == ["go", "full"]
    assert len(site.stored()) == 1  # it has it, and this computer could not note so
    assert {row.state for row in store.instances.outbox()} == {State.FINALIZED}
    assert len(store.instances.outbox()) == 3
    assert len(push(store, site.client(line.url)).delivered) == 3
    all_is_there_once(site, sent)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_f52_a_computer_that_sleeps_while_it_sends(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    sent = {f"uuid:{number}": finalize(f"uuid:{number}", files={"a.jpg": PHOTO}) for number in range(4)}
    line.rate = 120_000
    with sending(store, site, line.url) as child:
        deadline = time.monotonic() + 20
        while line.posts < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        child.send_signal(signal.SIGSTOP)
        line.reset_all = True  # the server gave up on it meanwhile
        while line.reset_all:
            time.sleep(0.01)
        time.sleep(0.2)
        child.send_signal(signal.SIGCONT)
        output, _ = child.communicate(timeout=30)
    assert output.split() == ["go", "done"]
    line.rate = 0
    push(store, site.client(line.url))
    assert store.instances.outbox() == []
    all_is_there_once(site, sent)
    assert line.posts <= len(sent) + 1
