# SPDX-License-Identifier: EUPL-1.2
"""Several accounts at once: each record to its own server and to no other, one after the other, each on its own."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from fieldkit.account import Account
from fieldkit.errors import StoreFull, WrongStateError
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from sync.client import RegionClient
from sync.errors import Cancelled, InsecureAddress, NotAuthorized, Reason
from sync.exchange import Exchange
from sync.push import push
from sync.returns import unconfirmed
from sync.server import ReferenceServer
from sync.transport import Patience
from tests.sync.conftest import CuttingProxy

Put = Callable[..., str]
ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).parent / "children" / "exchange.py"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass
class Place:
    """A project with the form and an account there; `line` is the way to its server."""

    server: ReferenceServer
    project: int
    token: str
    account: Account
    line: CuttingProxy

    def client(self) -> RegionClient:
        return RegionClient(self.account, self.token, patience=Patience(2, 3, 3))

    def stored(self) -> list[str]:
        return sorted(row.instance_id for row in self.server.submissions(self.project, "lieux", every_version=True))


@pytest.fixture
def lay(tmp_path: Path, begun_region: Path, store: Store, samples: SimpleNamespace) -> Iterator[Callable[..., Place]]:
    """Make accounts: on a server of its own, or as a second project of another's."""
    servers: list[ReferenceServer] = []
    lines: list[CuttingProxy] = []

    def make(name: str, beside: Place | None = None) -> Place:
        if beside is None:
            servers.append(ReferenceServer(shutil.copytree(begun_region, tmp_path / name), admin_password=""))
            servers[-1].start()
            lines.append(CuttingProxy(servers[-1].url))
        server, line = (servers[-1], lines[-1]) if beside is None else (beside.server, beside.line)
        project = server.create_project(name)
        server.publish_form(project, samples.form(), {"carte.png": b"png"})
        account = Account(name, line.url, project, name.title())
        store.accounts.put(account)
        return Place(server, project, server.create_app_user(project, name), account, line)

    yield make
    for line in lines:
        line.close()
    for server in servers:
        server.close()


@pytest.fixture
def one(lay: Callable[..., Place]) -> Place:
    return lay("one")


@pytest.fixture
def two(lay: Callable[..., Place]) -> Place:
    return lay("two")


@pytest.fixture
def put(store: Store, samples: SimpleNamespace) -> Put:
    """Finalize a record of an account."""
    from forms.views import Finalized  # noqa: PLC0415 — the only use

    def make(instance_id: str, account_id: str = "", deprecated: str = "") -> str:
        now = datetime.now(UTC)
        xml = samples.instance(instance_id, deprecated=deprecated)
        row = Instance(instance_id, "lieux", "1", State.DRAFT, instance_id, now, now, deprecated_id=deprecated,
                       account_id=account_id)  # fmt: skip
        store.instances.create(row, xml)
        store.instances.finalize(instance_id, Finalized(xml, instance_id, instance_id, ()), now)
        return instance_id

    return make


def joined(store: Store, *places: Place) -> Exchange:
    made = Exchange(store, connect=lambda who, token: RegionClient(who, token, patience=Patience(2, 3, 3)))
    for place in places:
        made.join(place.account, place.token)
    return made


def whose(store: Store) -> dict[str, str]:
    return {row.instance_id: row.account_id for row in store.instances.search(limit=-1)}


def test_each_record_goes_to_its_own_account_and_what_is_nobodys_to_the_default(
    store: Store, one: Place, two: Place, put: Put
) -> None:
    for instance_id, account_id in (("uuid:1", "one"), ("uuid:2", "two"), ("uuid:3", ""), ("uuid:4", "two")):
        put(instance_id, account_id)
    put("uuid:5", "two", deprecated="uuid:2")
    exchange = joined(store, one, two)
    done = exchange.sync(accounts=["one", "two"], default="two")
    exchange.close()
    assert done.failure is None
    assert (one.stored(), two.stored()) == (["uuid:1"], ["uuid:2", "uuid:3", "uuid:4", "uuid:5"])
    assert whose(store)["uuid:3"] == "two"
    assert [done.statuses[name].waiting for name in ("one", "two")] == [0, 0]


def test_no_token_reaches_the_other_host(store: Store, one: Place, two: Place, put: Put) -> None:
    put("uuid:1", "one")
    put("uuid:2", "two")
    exchange = joined(store, one, two)
    exchange.sync(accounts=["one", "two"], default="one")
    exchange.close()
    for own, other in ((one, two), (two, one)):
        assert own.token.encode() in own.line.heard
        assert other.token.encode() not in own.line.heard


def test_two_projects_of_one_server_are_two_accounts(
    store: Store, one: Place, lay: Callable[..., Place], put: Put
) -> None:
    beside = lay("beside", one)
    put("uuid:1", "one")
    put("uuid:2", "beside")
    exchange = joined(store, one, beside)
    exchange.sync(accounts=["one", "beside"], default="one")
    exchange.close()
    assert (one.stored(), beside.stored()) == (["uuid:1"], ["uuid:2"])
    assert store.blank_forms.get("lieux").offers == ("one", "beside")


def test_what_was_tried_once_never_goes_to_another_server(store: Store, one: Place, two: Place, put: Put) -> None:
    """The answer is lost, then the user makes another account the default one and leaves the first."""
    put("uuid:1")
    one.line.lose_answers = 1
    client = one.client()
    push(store, client, origin="one", pause_seconds=0)
    row = store.instances.get("uuid:1")
    assert (row.account_id, one.stored()) == ("one", ["uuid:1"])
    store.accounts.remove("one")
    with pytest.raises(WrongStateError):
        store.owners.choose("uuid:1", "two")
    other = two.client()
    push(store, other, origin="two", is_default=True, pause_seconds=0)
    assert two.stored() == []
    push(store, client, origin="one", is_default=False, pause_seconds=0)
    assert (store.instances.get("uuid:1").state, one.stored()) == (State.SUBMITTED, ["uuid:1"])
    client.close()
    other.close()


def test_what_never_left_is_still_nobodys(store: Store, one: Place, two: Place, put: Put) -> None:
    put("uuid:1")
    one.server.stop()
    client, other = one.client(), two.client()
    assert push(store, client, origin="one").waiting == {"uuid:1": Reason.OFFLINE}
    assert whose(store) == {"uuid:1": ""}
    assert push(store, other, origin="two").delivered == ["uuid:1"]
    assert whose(store) == {"uuid:1": "two"}
    client.close()
    other.close()


def test_a_record_that_is_moved_while_others_leave_stays_for_its_new_account(
    store: Store, one: Place, two: Place, put: Put
) -> None:
    store.blank_forms.put("lieux", "1", "Lieux", b"<x/>", {}, "one")
    store.blank_forms.offer("two", "lieux", "1")
    put("uuid:1", "one")
    put("uuid:2", "one")
    client, other = one.client(), two.client()

    def move(_progress: object) -> None:
        if store.instances.get("uuid:2").account_id == "one":
            store.owners.choose("uuid:2", "two")

    assert push(store, client, None, move, origin="one", pause_seconds=0).delivered == ["uuid:1"]
    assert (one.stored(), two.stored()) == (["uuid:1"], [])
    assert push(store, other, origin="two", is_default=False).delivered == ["uuid:2"]
    client.close()
    other.close()


def test_a_record_is_refused_by_the_store_for_another_account(store: Store, put: Put) -> None:
    put("uuid:1", "one")
    with pytest.raises(WrongStateError):
        store.instances.mark_attempted("uuid:1", datetime.now(UTC), "sending", "two")
    assert not store.instances.get("uuid:1").attempted


@pytest.mark.slow
def test_kill_9_between_two_servers_then_again(store: Store, one: Place, two: Place, put: Put) -> None:
    """Wherever the program dies, each record ends once, at its own server; those that were nobody's at one of them."""
    names = ["one", "two", ""]
    records = {put(f"uuid:{number}", names[number % 3]): names[number % 3] for number in range(60)}
    chance = random.Random(20261126)  # noqa: S311 — moments, not secrets
    for kill in range(4):
        default = ("one", "two")[kill % 2]  # the user may even change his mind in between
        pairs = ["one", one.token, "two", two.token]
        command = [sys.executable, str(CHILD), str(store.path), default, *pairs]
        with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"go\n"
            wanted = one.line.posts + two.line.posts + chance.randint(1, 12)
            while one.line.posts + two.line.posts < wanted and child.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            child.kill()
    exchange = joined(store, one, two)
    for _ in range(2):
        exchange.sync(accounts=["one", "two"], default="one")
    exchange.close()
    assert store.instances.outbox() == []
    at_one, at_two = one.stored(), two.stored()
    assert sorted([*at_one, *at_two]) == sorted(records)  # each once, and at one place
    assert {records[each] for each in at_one} <= {"one", ""}
    assert {records[each] for each in at_two} <= {"two", ""}
    assert whose(store) == dict.fromkeys(at_one, "one") | dict.fromkeys(at_two, "two")


def test_a_dead_token_stops_its_own_account_only(store: Store, one: Place, two: Place, put: Put) -> None:
    put("uuid:1", "one")
    put("uuid:2", "two")
    one.server.revoke(one.token)
    exchange = joined(store, one, two)
    done = exchange.sync(accounts=["one", "two"], default="one")
    assert isinstance(done.statuses["one"].trouble, NotAuthorized)
    assert done.statuses["two"].trouble is None
    assert two.stored() == ["uuid:2"]
    assert (exchange.may_try("one"), exchange.may_try("two")) == (False, True)
    exchange.join(one.account, one.server.create_app_user(one.project, "again"))
    assert exchange.sync(accounts=["one"], default="one").statuses["one"].waiting == 0
    exchange.close()


def test_a_server_that_is_away_is_tried_once_for_all_its_accounts(
    store: Store, one: Place, two: Place, lay: Callable[..., Place], put: Put
) -> None:
    beside = lay("beside", one)
    for number, name in enumerate(("one", "beside", "two")):
        put(f"uuid:{number}", name)
    exchange = joined(store, one, beside, two)
    one.server.stop()
    before = len(one.line.heard)
    done = exchange.sync(accounts=["one", "beside", "two"], default="one")
    heard = bytes(one.line.heard[before:])
    assert beside.token.encode() not in heard
    assert [type(done.statuses[name].trouble) for name in ("one", "beside", "two")] == [
        type(done.statuses["one"].trouble), type(done.statuses["one"].trouble), type(None)
    ]  # fmt: skip
    assert two.stored() == ["uuid:2"]
    assert store.instances.get("uuid:1").reason == Reason.OFFLINE  # told, though nobody tried
    assert [exchange.may_try(name) for name in ("one", "beside", "two")] == [False, False, True]
    one.server.start()
    back = exchange.sync(accounts=["one", "beside"], default="one")
    assert [back.statuses[name].trouble for name in ("one", "beside")] == [None, None]
    assert (one.stored(), beside.stored()) == (["uuid:0"], ["uuid:1"])
    assert exchange.may_try("beside")
    exchange.close()


def test_a_sync_that_is_stopped_asks_no_further_account(store: Store, one: Place, two: Place, put: Put) -> None:
    put("uuid:1", "one")
    put("uuid:2", "two")
    cancel = threading.Event()
    exchange = joined(store, one, two)
    done = exchange.sync(cancel, lambda _progress: cancel.set(), accounts=["one", "two"], default="one")
    exchange.close()
    assert isinstance(done.statuses["one"].trouble, Cancelled)
    assert list(done.statuses) == ["one"]
    assert two.stored() == []


def test_a_full_disk_of_one_is_told_and_the_others_are_asked(
    store: Store, one: Place, two: Place, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("uuid:2", "two")
    exchange = joined(store, one, two)
    real, tries = store.reopen, []

    def no_room_at_first() -> Store:
        tries.append(1)
        if len(tries) == 1:
            raise StoreFull(store.path)
        return real()

    monkeypatch.setattr(store, "reopen", no_room_at_first)
    done = exchange.sync(accounts=["one", "two"], default="one")
    exchange.close()
    assert isinstance(done.failure, StoreFull)
    assert two.stored() == ["uuid:2"]


def test_the_budget_is_one_for_all_accounts(store: Store, one: Place, two: Place, put: Put) -> None:
    put("uuid:1", "one")
    put("uuid:2", "two")
    exchange = joined(store, one, two)
    exchange.sync(accounts=["one", "two"], default="one", budget=2_000)
    exchange.close()
    assert (one.stored(), two.stored()) == (["uuid:1"], [])
    assert store.instances.get("uuid:2").reason == Reason.OVER_BUDGET


def test_an_account_without_https_is_refused_when_it_joins(store: Store) -> None:
    with pytest.raises(InsecureAddress):
        Exchange(store).join(Account("a", "http://region.example", 1), "t")


def test_an_account_that_left_is_asked_no_more(store: Store, one: Place, two: Place) -> None:
    exchange = joined(store, one, two)
    exchange.leave("one")
    assert "one" not in exchange
    done = exchange.sync(accounts=["one", "two"], default="")
    assert list(done.statuses) == ["two"]
    assert exchange.status("one") is None
    assert exchange.status("two") == done.statuses["two"]
    exchange.close()


def test_what_is_unconfirmed_is_told_of_its_own_account(store: Store, put: Put) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=60)
    for number, name in enumerate(("one", "two", "")):
        instance_id = put(f"uuid:{number}", name)
        store.instances.mark_submitted(instance_id, long_ago)
        store._connection.run(
            "INSERT INTO made_entities SELECT seq, 'dossiers', instance_id FROM instances WHERE instance_id = ?",
            (instance_id,),
        )
    assert unconfirmed(store, "one", 30) == ()  # its list was never seen
    for name in ("one", "two"):
        store.facts.set(f"returns.{name}.at", datetime.now(UTC).isoformat())
    assert unconfirmed(store, "one", 30) == ("uuid:0", "uuid:2")  # nobody knows whose the last one is
    assert unconfirmed(store, "two", 30) == ("uuid:1", "uuid:2")


def test_a_sync_that_is_stopped_before_it_begins_asks_nobody(store: Store, one: Place) -> None:
    cancel = threading.Event()
    cancel.set()
    exchange = joined(store, one)
    assert exchange.sync(cancel, accounts=["one"], default="one").statuses == {}
    exchange.cancel()  # nobody's turn
    exchange.close()
    assert one.line.counted == 0
