# SPDX-License-Identifier: EUPL-1.2
"""A correction replaces the last version that the server has, and nothing that it never took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldkit.store import Store
from sync.corrections import base_of
from sync.errors import Reason
from sync.push import push


def test_delivered_and_waiting_are_their_own_base(store: Store, finalize: Callable[..., bytes], site: Any) -> None:
    finalize("uuid:1")
    push(store, site.client())
    assert base_of(store, "uuid:1") == "uuid:1"
    finalize("uuid:2", deprecated="uuid:1")
    assert base_of(store, "uuid:2") == "uuid:1"  # nothing of it left yet
    store.instances.mark_attempted("uuid:2", store.instances.get("uuid:2").created_at)
    assert base_of(store, "uuid:2") == "uuid:2"
    assert base_of(store, "uuid:elsewhere") == "uuid:elsewhere"


def test_refused_is_passed_over_to_what_the_server_has(
    store: Store, finalize: Callable[..., bytes], site: Any, samples: Any
) -> None:
    finalize("uuid:never", version="9")
    finalize("uuid:1")
    assert push(store, site.client()).rejected == {"uuid:never": Reason.VERSION_UNKNOWN}
    assert base_of(store, "uuid:never") == ""
    finalize("uuid:2", deprecated="uuid:1", version="9")
    push(store, site.client())
    assert base_of(store, "uuid:2") == "uuid:1"
    finalize("uuid:3", deprecated=base_of(store, "uuid:2"))
    assert push(store, site.client()).delivered == ["uuid:3"]


def test_what_may_have_arrived_stays_the_base(
    store: Store, finalize: Callable[..., bytes], site: Any, line: Any
) -> None:
    finalize("uuid:1")
    line.lose_answers = 9
    push(store, site.client(line.url), pause_seconds=0)
    line.lose_answers = 0
    site.server.set_form_state(site.project, "lieux", "closed")
    assert push(store, site.client(line.url)).rejected == {"uuid:1": Reason.CLOSED_MAYBE_RECEIVED}
    assert base_of(store, "uuid:1") == "uuid:1"
