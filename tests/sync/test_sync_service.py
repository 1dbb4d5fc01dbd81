# SPDX-License-Identifier: EUPL-1.2
"""The service that the window holds: one sync at a time, a state that can always be looked at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fieldkit.account import Account
from fieldkit.errors import FieldkitError, StoreFull
from fieldkit.store import Store
from sync.client import RegionClient
from sync.errors import Cancelled, InsecureAddress, NotAuthorized, Offline
from sync.server.faults import Fault
from sync.service import SyncService
from sync.transport import Patience


@pytest.fixture
def service(store: Store, site: Any) -> Iterator[SyncService]:
    account = Account("acc", site.server.url, site.project, "GAL")
    made = SyncService(
        store, account, site.token, connect=lambda who, token: RegionClient(who, token, patience=Patience(2, 2, 2))
    )
    yield made
    made.close()


def test_sync_pushes_and_pulls_in_its_own_thread(
    service: SyncService, store: Store, site: Any, finalize: Callable[..., bytes]
) -> None:
    xml = finalize("uuid:1")
    assert service.count_waiting() == 1
    assert service.sync_now()
    status = service.wait(20)
    assert (status.running, status.waiting, status.trouble, status.failure) == (False, 0, None, None)
    assert status.pushed is not None
    assert status.pushed.delivered == ["uuid:1"]
    assert status.pulled is not None
    assert status.pulled.new == ["lieux"]
    assert status.last_success_at is not None
    assert site.stored() == {"uuid:1": xml}
    assert store.blank_forms.get("lieux").origin == "acc"
    again = SyncService(store, service.account, site.token)
    assert again.status.last_success_at == status.last_success_at
    again.close()


def test_offline_is_a_state(service: SyncService, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1")
    site.server.stop()
    first = service.sync()
    assert isinstance(first.trouble, Offline)
    assert (first.waiting, first.offline_since is not None, first.failure) == (1, True, None)
    assert service.sync().offline_since == first.offline_since
    assert not service.may_try()  # nobody asked: not again at once
    site.server.start()
    back = service.sync()
    assert (back.offline_since, back.trouble, back.waiting) == (None, None, 0)
    assert service.may_try()


def test_offline_shows_without_anything_to_send(service: SyncService, site: Any) -> None:
    site.server.stop()
    assert isinstance(service.sync().trouble, Offline)


def test_dead_token_is_trouble_but_not_offline(service: SyncService, site: Any) -> None:
    site.server.revoke(site.token)
    status = service.sync()
    assert isinstance(status.trouble, NotAuthorized)
    assert status.offline_since is None


def test_one_at_a_time(service: SyncService, site: Any, line: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1")
    entered, go_on = threading.Event(), threading.Event()

    def hold(_value: Any) -> None:
        entered.set()
        go_on.wait(10)

    worker = threading.Thread(target=service.sync, args=(None, hold))
    worker.start()
    entered.wait(10)
    assert service.status.running
    assert service.status.progress is not None
    assert not service.sync_now()
    assert service.sync().running  # at once, nothing sent twice
    go_on.set()
    worker.join()
    assert len(site.stored()) == 1


def test_cancel(service: SyncService, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1", files={"a.jpg": b"x" * 3_000_000})
    status = service.sync(progress=lambda value: service.cancel() if value.bytes_sent > 1_000_000 else None)
    assert isinstance(status.trouble, Cancelled)
    assert site.stored() == {}
    assert service.sync().waiting == 0


def test_whoever_brought_the_cancel_the_service_can_stop_it(
    service: SyncService, store: Store, site: Any, finalize: Callable[..., bytes]
) -> None:
    """A window gives its own; leaving an account closes the service, and must not wait for megabytes."""
    finalize("uuid:1", files={"a.jpg": b"x" * 3_000_000})
    own = threading.Event()
    status = service.sync(own, lambda value: service.cancel() if value.bytes_sent > 1_000_000 else None)
    assert isinstance(status.trouble, Cancelled)
    assert site.stored() == {}
    assert store.attempts.of("uuid:1")[-1].outcome == "unknown"  # who stops does not know what has arrived
    assert service.sync().waiting == 0


@pytest.mark.parametrize("stalls", ["probe", "answer"])
def test_closing_waits_for_no_server(
    stalls: str, store: Store, site: Any, line: Any, finalize: Callable[..., bytes]
) -> None:
    """A line that says nothing is waited at for a minute and a half; whoever closes the window is not."""
    finalize("uuid:1", files={"a.jpg": b"x" * 200_000})
    finalize("uuid:2", files={"a.jpg": b"x" * 200_000})
    service = SyncService(store, Account("acc", line.url, site.project, "GAL"), site.token)
    line.stall = stalls == "probe"

    def look(value: Any) -> None:
        line.stall = line.stall or value.bytes_sent > 100_000

    worker = threading.Thread(target=service.sync, args=(None, look))
    worker.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (line._pairs if stalls == "probe" else line.stall):
        time.sleep(0.01)
    time.sleep(0.2)  # all flights wait now
    began = time.monotonic()
    service.close()
    worker.join()
    assert time.monotonic() - began < 5
    assert isinstance(service.status.trouble, Cancelled)
    line.stall = False
    assert service.sync().waiting == 0
    assert len(site.stored()) == 2


def test_what_the_server_does_not_take_is_not_tried_each_minute(
    service: SyncService, store: Store, site: Any, finalize: Callable[..., bytes]
) -> None:
    finalize("uuid:1")
    site.server.faults.add(Fault("POST", status=503, headers={"Retry-After": "1800"}, times=1))
    status = service.sync()
    assert (status.trouble, status.waiting) == (None, 1)
    assert not service.may_try()
    assert service._backoff._until - service._backoff._clock() > 1700
    finalize("uuid:2")
    assert service.may_try()  # it was finished since: the first minute is not its own
    assert service.sync().waiting == 0
    assert service.may_try()


def test_what_waits_for_a_refused_one_is_not_tried_each_minute(
    service: SyncService, store: Store, finalize: Callable[..., bytes]
) -> None:
    finalize("uuid:1")
    store.instances.mark_rejected("uuid:1", "closed", "")
    finalize("uuid:2", deprecated="uuid:1")
    assert (service.sync().trouble, service.status.waiting) == (None, 1)
    assert not service.may_try()
    store.instances.retry("uuid:1")
    assert service.may_try()


def test_full_disk_comes_out_and_is_in_the_state(
    service: SyncService, store: Store, site: Any, finalize: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    finalize("uuid:1")

    def no_room() -> Store:
        raise StoreFull(store.path)

    with monkeypatch.context() as patched:
        patched.setattr(store, "reopen", no_room)
        with pytest.raises(FieldkitError):
            service.sync()
        assert isinstance(service.status.failure, StoreFull)
        assert service.sync_now()
        assert isinstance(service.wait(10).failure, StoreFull)
        assert not service.status.running
    assert service.sync().waiting == 0


def test_no_more_than_the_budget_leaves(service: SyncService, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1", files={"a.jpg": b"x" * 200_000})
    finalize("uuid:2")
    service.budget = 50_000
    status = service.sync(forms=False)
    assert (status.waiting, status.trouble, list(site.stored())) == (1, None, ["uuid:2"])
    service.budget = 0
    assert service.sync(forms=False).waiting == 0


def test_forms_can_be_left_out(service: SyncService, store: Store) -> None:
    assert service.sync(forms=False).pulled is None
    assert store.blank_forms.list() == []


def test_plain_http_is_refused_at_once(store: Store) -> None:
    with pytest.raises(InsecureAddress):
        SyncService(store, Account("a", "http://region.example", 1), "t")
