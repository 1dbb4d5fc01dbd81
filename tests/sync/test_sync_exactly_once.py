# SPDX-License-Identifier: EUPL-1.2
"""Exactly once, whatever fails: random faults by a state machine, and kill -9 of the program that sends."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from fieldkit.account import Account
from fieldkit.instance import Instance, State
from fieldkit.store import open_store
from forms.views import Finalized
from sync.client import RegionClient
from sync.push import push
from sync.server import Fault, When
from sync.transport import Patience

ROOT = Path(__file__).resolve().parents[2]
HTML = {"Content-Type": "text/html"}
SUBMISSION = "POST .*submission"


class Sending(RuleBasedStateMachine):
    """Finalizes, edits and pushes through everything that fails; `site`, `line`, `samples` are set by the test."""

    site: Any
    line: Any
    samples: Any

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.project = self.site.server.create_project("P")
        self.site.server.publish_form(self.project, self.samples.form())
        token = self.site.server.create_app_user(self.project, "A")
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory()))
        self.store = self.closing.enter_context(open_store(folder / "fieldkit.db"))
        account = Account("a", self.line.url, self.project)
        self.client = RegionClient(account, token, patience=Patience(2, 2, 2))
        self.closing.callback(self.client.close)
        self.sent: dict[str, bytes] = {}
        self.latest: list[str] = []

    def put(self, base: str, text: str) -> None:
        instance_id, now = f"uuid:{self.project}-{len(self.sent)}", datetime.now(UTC)
        xml = self.samples.instance(instance_id, text, deprecated=base)
        row = Instance(instance_id, "lieux", "1", State.DRAFT, text, now, now, deprecated_id=base)
        self.store.instances.create(row, xml)
        self.store.instances.finalize(instance_id, Finalized(xml, instance_id, text, ()), now)
        self.sent[instance_id] = xml
        self.latest = [each for each in self.latest if each != base] + [instance_id]

    @rule(text=st.sampled_from(["Perwez", "Orp-Jauche", "a" * 3000]))
    def finalize(self, text: str) -> None:
        self.put("", text)

    @precondition(lambda self: self.latest)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        self.put(data.draw(st.sampled_from(self.latest)), "corrigé")

    @rule()
    def push_in_peace(self) -> None:
        push(self.store, self.client, pause_seconds=0)

    @rule(times=st.integers(1, 4))
    def push_losing_answers(self, times: int) -> None:
        self.line.lose_answers = times
        push(self.store, self.client, pause_seconds=0)
        self.line.lose_answers = 0

    @rule(after=st.integers(1, 1500))
    def push_over_a_cut_line(self, after: int) -> None:
        self.line.cut_after = after
        push(self.store, self.client, pause_seconds=0)
        self.line.cut_after = None

    @rule(when=st.sampled_from(When), status=st.sampled_from([0, 200, 302, 500, 502, 504, 423]),
          times=st.integers(1, 3))  # fmt: skip
    def push_to_a_failing_server(self, when: When, status: int, times: int) -> None:
        self.site.server.faults.add(Fault(SUBMISSION, when, status, b"<html>", HTML, times=times))
        push(self.store, self.client, pause_seconds=0)
        self.site.server.faults.clear()

    @rule()
    def push_into_nowhere(self) -> None:
        self.site.server.stop()
        push(self.store, self.client, pause_seconds=0)
        self.site.server.start()

    def teardown(self) -> None:
        try:
            for _ in range(3):
                for row in self.store.instances.search(states=(State.REJECTED,)):
                    assert row.reason == "server-fails-on-it"
                    self.store.instances.retry(row.instance_id)
                push(self.store, self.client, pause_seconds=0)
            assert self.store.instances.outbox() == []
            rows = self.site.server.submissions(self.project, "lieux", every_version=True)
            assert sorted(row.instance_id for row in rows) == sorted(self.sent)
            assert {row.instance_id: row.xml for row in rows} == self.sent
            assert sorted(row.instance_id for row in rows if row.current) == sorted(self.latest)
        finally:
            self.closing.close()


def test_every_finalized_instance_ends_once_with_its_bytes(site: Any, line: Any, samples: Any) -> None:
    Sending.site, Sending.line, Sending.samples = site, line, samples
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Sending, settings=settings(max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=checks)
    )


RECORDS, KILLS = 48, 6
CHILD = """
import sys
from pathlib import Path
from fieldkit.account import Account
from fieldkit.store import open_store
from sync.client import RegionClient
from sync.push import push
path, url, project, token = sys.argv[1:]
with open_store(Path(path)) as store:
    client = RegionClient(Account("a", url, int(project)), token)
    print("go", flush=True)
    push(store, client)
    client.close()
"""


@pytest.mark.slow
def test_kill_9_at_any_moment_then_again(store: Any, site: Any, line: Any, finalize: Any) -> None:
    photo = bytes(range(256)) * 800
    sent = {f"uuid:{n}": finalize(f"uuid:{n}", files={f"p{n}.jpg": photo}) for n in range(RECORDS)}
    arguments = [sys.executable, "-c", CHILD, str(store.path), line.url, str(site.project), site.token]
    chance, kills = random.Random(20261122), 0  # noqa: S311 — moments, not secrets
    for _ in range(KILLS):
        with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"go\n"
            wanted = line.posts + chance.randint(1, 3)  # in the midst of the queue, however fast the machine is
            while line.posts < wanted and child.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            kills += child.poll() is None
            child.kill()
    assert kills == KILLS
    push(store, site.client(line.url))
    assert store.instances.outbox() == []
    rows = site.server.submissions(site.project, "lieux", every_version=True)
    assert {row.instance_id: row.xml for row in rows} == sent
    assert len(rows) == RECORDS
    for row in rows:
        assert [site.server.submitted_file(digest) for digest in row.files.values()] == [photo]
    assert line.posts <= RECORDS + kills
