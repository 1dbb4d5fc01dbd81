# SPDX-License-Identifier: EUPL-1.2
"""What several accounts did in one sync, told as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.errors import Offline
from sync.exchange import sum_of
from sync.packs import PackReport
from sync.pull import PullReport
from sync.push import PushReport
from sync.service import SyncStatus


def test_the_sum_of_several_accounts() -> None:
    now = datetime.now(UTC)
    assert sum_of([]) is None
    alone = SyncStatus(waiting=2)
    assert sum_of([alone]) is alone
    offline = SyncStatus(waiting=1, offline_since=now, trouble=Offline(), last_success_at=now - timedelta(days=2))
    fine = SyncStatus(waiting=3, last_success_at=now)
    both = sum_of([fine, offline])
    assert both is not None
    assert (both.waiting, both.offline_since, both.last_success_at) == (4, now, now - timedelta(days=2))
    assert isinstance(both.trouble, Offline)
    assert sum_of([fine, alone]).last_success_at is None  # type: ignore[union-attr]
    # Old news of an account whose sending stopped are not told again with what another one brought.
    stopped = SyncStatus(pushed=PushReport(stopped=Offline()), pulled=PullReport(new=["old"]))
    went = SyncStatus(pushed=PushReport(delivered=["uuid:1"]), pulled=PullReport(new=["new"]))
    news = sum_of([stopped, went])
    assert news is not None
    assert news.pulled == PullReport(new=["new"])
    assert (news.pushed.delivered, news.pushed.stopped) == (["uuid:1"], None)  # type: ignore[union-attr]


def test_the_sum_tells_the_packs_of_every_account() -> None:
    one, two = (
        SyncStatus(pulled=PullReport(packs=PackReport(new=[title], waiting=[f"{title} 2"], missing=(f"{title}.zip",))))
        for title in ("Guides", "Appels")
    )
    told = sum_of([one, SyncStatus(pulled=PullReport()), two])
    assert told is not None
    assert told.pulled is not None
    assert told.pulled.packs == PackReport(
        new=["Guides", "Appels"], waiting=["Guides 2", "Appels 2"], missing=("Guides.zip", "Appels.zip")
    )
    assert one.pulled is not None
    assert one.pulled.packs is not None
    assert one.pulled.packs.new == ["Guides"]  # a sum changes none of its parts
