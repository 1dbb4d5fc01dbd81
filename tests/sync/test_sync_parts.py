# SPDX-License-Identifier: EUPL-1.2
"""Records in several parts, several at once, and no more than the user lets go."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms.views import Finalized
from sync import push as push_module
from sync.backoff import Backoff
from sync.errors import Interrupted, Reason, TooBig
from sync.progress import ignore
from sync.pull import pull
from sync.push import push
from sync.server import answers
from sync.transport import Patience
from sync.turns import Turn, Turns

FORM = b"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Visite</h:title>
<model><instance><data id="visite" version="1"><a/><b/><c/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/a" type="binary"/><bind nodeset="/data/b" type="binary"/><bind nodeset="/data/c" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><upload ref="/data/a" mediatype="image/*"><label>A</label></upload></h:body></h:html>"""
FILES = {"a.jpg": b"a" * 9_000, "b.jpg": b"b" * 300, "c.jpg": b"c" * 4_000}
Put = Callable[..., bytes]


@pytest.fixture
def visit(store: Store, site: Any, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Finalize records with three files; requests hold 5 kB of files here, not 2 MB."""
    monkeypatch.setattr("sync.parcel.TRIP_BYTES", 5_000)
    site.server.publish_form(site.project, FORM)

    def put(instance_id: str, files: dict[str, bytes] = FILES) -> bytes:
        names = [*files, "", "", ""]
        xml = (
            f'<data id="visite" version="1"><a>{names[0]}</a><b>{names[1]}</b><c>{names[2]}</c>'
            f"<meta><instanceID>{instance_id}</instanceID></meta></data>"
        ).encode()
        now = datetime.now(UTC)
        store.instances.create(Instance(instance_id, "visite", "1", State.DRAFT, instance_id, now, now), xml)
        for name, content in files.items():
            store.instances.put_attachment(instance_id, name, content)
        store.instances.finalize(instance_id, Finalized(xml, instance_id, "", tuple(files)), now)
        return xml

    return put


def received(site: Any) -> dict[str, dict[str, bytes]]:
    rows = site.server.submissions(site.project, "visite", every_version=True)
    assert len({row.instance_id for row in rows}) == len(rows)
    return {
        row.instance_id: {name: site.server.submitted_file(digest) for name, digest in row.files.items() if digest}
        for row in rows
    }


def test_small_files_go_first_and_every_part_once(store: Store, site: Any, line: Any, visit: Put) -> None:
    visit("uuid:1")
    assert push(store, site.client(line.url)).delivered == ["uuid:1"]
    assert received(site) == {"uuid:1": FILES}
    assert line.posts == 2
    assert [line.heard.count(name) for name in (b'; name="a', b'; name="b', b'; name="c')] == [1, 1, 1]
    assert line.heard.index(b'; name="b') < line.heard.index(b'; name="c') < line.heard.index(b'; name="a')
    assert [attempt.outcome for attempt in store.attempts.of("uuid:1")] == ["part", "delivered"]


def test_a_request_is_no_larger_than_the_server_accepts(
    store: Store, site: Any, line: Any, visit: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(answers.OPENROSA_HEADERS, "X-OpenRosa-Accept-Content-Length", "12000")
    monkeypatch.setattr("sync.parcel.TRIP_BYTES", 2_000_000)
    client = site.client(line.url)
    pull(store, client)
    visit("uuid:1")
    visit("uuid:2", {"a.jpg": b"a" * 11_900, "b.jpg": b"b" * 100})
    asked = len(line.heard)
    report = push(store, client)
    assert report.delivered == ["uuid:1"]
    assert received(site) == {"uuid:1": FILES}
    sizes = [int(size) for size in re.findall(rb"Content-Length: (\d+)", line.heard[asked:])]
    assert len(sizes) == 2
    assert max(sizes) <= 12_000
    assert b"HEAD " not in line.heard
    assert report.rejected == {"uuid:2": Reason.TOO_BIG}
    assert not store.instances.get("uuid:2").attempted  # nothing of it left: it can be a draft again
    told = TooBig.from_text(store.instances.get("uuid:2").reason_text)
    assert (told.name, told.size, told.limit) == ("a.jpg", 11_900, 12_000)


def test_what_the_server_accepts_is_remembered_and_followed(
    store: Store, site: Any, visit: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "X-OpenRosa-Accept-Content-Length"
    monkeypatch.setitem(answers.OPENROSA_HEADERS, header, "3000")
    pull(store, site.client())
    visit("uuid:1", {"a.jpg": b"a" * 4_000})
    assert push(store, site.client()).rejected == {"uuid:1": Reason.TOO_BIG}  # another session, before any list came
    monkeypatch.setitem(answers.OPENROSA_HEADERS, header, "30000")
    client = site.client()
    pull(store, client)
    store.instances.retry("uuid:1")
    assert push(store, client).delivered == ["uuid:1"]
    for odd in ("0", "-1", "plenty", "9" * 40, ""):
        monkeypatch.setitem(answers.OPENROSA_HEADERS, header, odd)
        client = site.client()
        pull(store, client)
        assert client.accepts == 0
    visit("uuid:long", {})
    monkeypatch.setitem(answers.OPENROSA_HEADERS, header, "100")
    client = site.client()
    pull(store, client)
    assert push(store, client).rejected == {"uuid:long": Reason.TOO_BIG}


def test_what_was_acknowledged_is_not_sent_again(store: Store, site: Any, line: Any, visit: Put) -> None:
    visit("uuid:1")
    client = site.client(line.url)

    def cut_the_second(value: Any) -> None:
        if line.posts == 1 and store.parts.of("uuid:1", "acc"):
            line.stall = True

    slow = site.client(line.url, patience=Patience(1, 0.3, 0.3))
    first = push(store, slow, progress=cut_the_second, origin="acc")
    assert isinstance(first.stopped, Interrupted)
    assert store.parts.of("uuid:1", "acc") == {"b.jpg", "c.jpg"}
    line.stall, line.reset_all = False, True
    while line.reset_all:
        time.sleep(0.01)
    before = bytes(line.heard)
    assert push(store, client, origin="acc").delivered == ["uuid:1"]
    assert b'name="b.jpg"' not in line.heard[len(before) :]
    assert received(site) == {"uuid:1": FILES}


def test_nothing_leaves_of_what_could_not_be_sent_whole(store: Store, site: Any, visit: Put) -> None:
    visit("uuid:1")
    (last,) = [file for file in store.instances.attachments("uuid:1") if file.name == "a.jpg"]
    last.path.write_bytes(b"other")
    assert push(store, site.client()).rejected == {"uuid:1": Reason.DAMAGED}
    assert received(site) == {}
    assert not store.instances.get("uuid:1").attempted


def test_another_account_gets_every_part(store: Store, site: Any, line: Any, visit: Put) -> None:
    visit("uuid:1")
    store.parts.add("uuid:1", "old", ["a.jpg", "b.jpg"])
    assert push(store, site.client(line.url), origin="new").delivered == ["uuid:1"]
    assert received(site) == {"uuid:1": FILES}


def test_a_refused_record_begins_anew(store: Store, site: Any, visit: Put) -> None:
    visit("uuid:1")
    store.parts.add("uuid:1", "region", ["a.jpg"])
    site.server.set_form_state(site.project, "visite", "closed")
    assert push(store, site.client()).rejected == {"uuid:1": Reason.CLOSED}
    site.server.set_form_state(site.project, "visite", "open")
    store.instances.retry("uuid:1")
    assert push(store, site.client()).delivered == ["uuid:1"]
    assert received(site) == {"uuid:1": FILES}


def test_light_records_pass_heavy_ones(store: Store, site: Any, visit: Put) -> None:
    visit("uuid:video", {"a.mp4": b"v" * 200_000})
    visit("uuid:1", {})
    visit("uuid:2", {})
    assert push(store, site.client()).delivered == ["uuid:1", "uuid:2", "uuid:video"]


def test_what_does_not_fit_the_budget_waits_and_the_rest_goes(store: Store, site: Any, visit: Put) -> None:
    visit("uuid:video", {"a.mp4": b"v" * 200_000})
    for number in range(3):
        visit(f"uuid:{number}", {})
    report = push(store, site.client(), budget=100_000, flights=4)
    assert sorted(report.delivered) == ["uuid:0", "uuid:1", "uuid:2"]
    assert (report.waiting, report.stopped) == ({"uuid:video": Reason.OVER_BUDGET}, None)
    assert report.bytes_sent < 100_000
    row = store.instances.get("uuid:video")
    assert (row.state, row.reason, row.attempted) == (State.FINALIZED, "over-budget", False)
    assert push(store, site.client(), budget=300_000).delivered == ["uuid:video"]


def test_four_flights_send_each_record_once(store: Store, site: Any, line: Any, visit: Put) -> None:
    for number in range(24):
        visit(f"uuid:{number}", FILES if number % 6 == 0 else {})
    seen: list[Any] = []
    report = push(store, site.client(line.url), progress=seen.append, flights=4)
    assert sorted(report.delivered) == sorted(f"uuid:{number}" for number in range(24))
    assert line.posts == 24 + 4
    assert {name: files for name, files in received(site).items() if files} == dict.fromkeys(
        ["uuid:0", "uuid:6", "uuid:12", "uuid:18"], FILES
    )
    assert [value.done for value in seen] == sorted(value.done for value in seen)
    assert seen[-1].done == 24
    leaving = [{one.instance_id: one for one in value.under_way} for value in seen]
    assert max(len(one) for one in leaving) > 1
    assert set().union(*leaving) == set(report.delivered)
    assert all(0 <= one.bytes_sent <= one.bytes_left for value in seen for one in value.under_way)
    assert leaving[-1] == {}  # what landed, or failed, is no longer told


def test_never_two_of_one_chain_at_once(store: Store, site: Any, samples: Any, finalize: Put) -> None:
    for chain in range(3):
        finalize(f"uuid:{chain}-0")
        for version in (1, 2, 3):
            finalize(f"uuid:{chain}-{version}", deprecated=f"uuid:{chain}-{version - 1}")
    report = push(store, site.client(), flights=4)
    assert (len(report.delivered), report.rejected, report.waiting) == (12, {}, {})
    for chain in range(3):
        order = [one for one in report.delivered if one.startswith(f"uuid:{chain}-")]
        assert order == [f"uuid:{chain}-{version}" for version in range(4)]


def test_two_corrections_of_one_base_are_never_under_way_together(store: Store, site: Any, finalize: Put) -> None:
    """A server may take both at once, and then has two current versions (contract, fact 2)."""
    finalize("uuid:0")
    push(store, site.client())
    finalize("uuid:a", deprecated="uuid:0")
    finalize("uuid:b", deprecated="uuid:0")
    finalize("uuid:c")
    lined = push_module._Push(store, site.client(), None, ignore, "acc", 0)._line_up(store.instances.outbox(), {})
    turns = Turns(lined)
    first, second = turns.take(), turns.take()
    assert first is not None
    assert second is not None
    assert (first.instance_id, second.instance_id) == ("uuid:a", "uuid:c")
    turns.land(first)
    third = turns.take()
    assert third is not None
    assert third.instance_id == "uuid:b"


def test_one_break_that_hits_all_flights_is_one_trouble(store: Store, site: Any, line: Any, finalize: Put) -> None:
    for number in range(8):
        finalize(f"uuid:{number}")
    line.lose_together = 4
    report = push(store, site.client(line.url), flights=4, pause_seconds=0.05)
    assert line.lose_together == 0
    assert (len(report.delivered), report.stopped) == (8, None)
    assert len(site.stored(every_version=True)) == 8


def test_an_error_of_the_store_in_any_flight_comes_out(
    store: Store, site: Any, finalize: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldkit.errors import StoreFull  # noqa: PLC0415 — the only use
    from fieldkit.store.instances import Instances  # noqa: PLC0415 — the only use

    for number in range(6):
        finalize(f"uuid:{number}")
    real = Instances.mark_submitted

    def no_room(self: Instances, instance_id: str, *rest: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise StoreFull(store.path)
        real(self, instance_id, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Instances, "mark_submitted", no_room)
        with pytest.raises(StoreFull):
            push(store, site.client(), flights=3)
    push(store, site.client(), flights=3)
    assert store.instances.outbox() == []
    assert len(site.stored(every_version=True)) == 6


def test_progress_tells_all_bytes_and_the_time_left(
    store: Store, site: Any, line: Any, visit: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.report.SETTLED_SECONDS", 0.1)
    visit("uuid:1", {"a.bin": b"x" * 300_000})
    line.rate = 600_000
    seen: list[Any] = []
    push(store, site.client(line.url), progress=seen.append)
    under_way = [value for value in seen if value.all_bytes]
    assert [value.all_sent for value in under_way] == sorted(value.all_sent for value in under_way)
    assert {value.all_bytes for value in under_way} == {under_way[0].all_bytes}
    assert 300_000 <= under_way[-1].all_sent <= under_way[-1].all_bytes
    assert under_way[0].seconds_left is None  # nothing is known yet
    known = [value.seconds_left for value in under_way if value.seconds_left is not None]
    assert known
    assert all(0 <= seconds < 10 for seconds in known)


def test_the_weight_of_what_waits_counts_what_the_server_lacks(store: Store, visit: Put) -> None:
    visit("uuid:1", {"a.bin": b"x" * 300, "b.bin": b"y" * 500})
    visit("uuid:2", {})
    left = store.parts.bytes_left("acc")
    assert store.parts.all_bytes_left("acc") == sum(left.values())
    load = store.parts.load_of("uuid:1", "acc")
    assert (sorted(load.names), load.there, load.size, load.left) == (["a.bin", "b.bin"], 0, 800, 800)
    store.parts.add("uuid:1", "acc", ["b.bin"])
    load = store.parts.load_of("uuid:1", "acc")
    assert (load.there, load.size, load.left) == (1, 800, 300)
    assert store.parts.load_of("uuid:1", "another").left == 800
    assert store.parts.all_bytes_left("acc") == sum(left.values()) - 500
    assert store.parts.load_of("uuid:2", "acc").names == ()
    assert [one.instance_id for one in store.instances.outbox(1)] == ["uuid:1"]


def test_backing_off_doubles_to_an_hour_and_is_spread() -> None:
    clock = [0.0]
    backoff = Backoff(lambda: clock[0], lambda: 0.5)
    assert backoff.is_over()
    waits = []
    for _ in range(9):
        backoff.failed()
        began = clock[0]
        while not backoff.is_over():
            clock[0] += 10
        waits.append(clock[0] - began)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    backoff.reset()
    assert backoff.is_over()
    backoff.failed(at_least=900)
    clock[0] += 899
    assert not backoff.is_over()
    spread = Backoff(lambda: clock[0], lambda: 0.0)
    spread.failed()
    clock[0] += 48
    assert spread.is_over()


def test_no_more_than_two_heavy_records_fly_at_once() -> None:
    turns = Turns([*(Turn(f"heavy {n}", f"h{n}", size=1_000_000) for n in range(3)), Turn("light", "l", size=10)])
    first, second = turns.take(heavy_first=True), turns.take(heavy_first=True)
    assert [turn.instance_id for turn in (first, second) if turn] == ["heavy 0", "heavy 1"]
    light = turns.take(heavy_first=True)
    assert light is not None
    assert light.instance_id == "light"
    assert first is not None
    turns.land(first)
    third = turns.take()
    assert third is not None
    assert third.instance_id == "heavy 2"
    assert turns.take() is None
