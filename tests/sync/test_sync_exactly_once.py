# SPDX-License-Identifier: EUPL-1.2
"""Exactly once, whatever fails: random faults by a state machine, and kill -9 of the program that sends."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
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
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HTML = {"Content-Type": "text/html"}
SUBMISSION = "POST .*submission"
EXAMPLES = int(os.environ.get("FIELDKIT_EXAMPLES", "12"))
REFUSALS = {"server-fails-on-it", "closed", "closed-maybe-received", "too-big"}
FLIGHTS = st.integers(1, 4)
SIZES = st.lists(st.sampled_from([1, 900, 2_500, 6_000]), max_size=3).map(tuple)


class KilledError(BaseException):
    """What a kill is to code: nobody catches it."""


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
        self.hasty = RegionClient(account, token, patience=Patience(1, 0.15, 0.15))
        for client in (self.client, self.hasty):
            self.closing.callback(client.close)
        self.sent: dict[str, bytes] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.latest: list[str] = []

    def put(self, base: str, text: str, files: dict[str, bytes]) -> None:
        instance_id, now = f"uuid:{self.project}-{len(self.sent)}", datetime.now(UTC)
        photos = "".join(f"<photo>{name}</photo>" for name in files).encode() or b"<photo/>"
        xml = self.samples.instance(instance_id, text, deprecated=base).replace(b"<photo></photo>", photos)
        row = Instance(instance_id, "lieux", "1", State.DRAFT, text, now, now, deprecated_id=base)
        self.store.instances.create(row, xml)
        for name, content in files.items():
            self.store.instances.put_attachment(instance_id, name, content)
        self.store.instances.finalize(instance_id, Finalized(xml, instance_id, text, tuple(files)), now)
        self.sent[instance_id] = xml
        self.files[instance_id] = files
        self.latest = [each for each in self.latest if each != base] + [instance_id]

    def photos(self, sizes: tuple[int, ...]) -> dict[str, bytes]:
        number = len(self.sent)
        return {f"{number}-{place}.jpg": bytes([65 + place]) * size for place, size in enumerate(sizes)}

    def push(self, flights: int = 1, budget: int = 0) -> None:
        push(self.store, self.client, pause_seconds=0, flights=flights, budget=budget)

    @rule(text=st.sampled_from(["Perwez", "Orp-Jauche", "a" * 3000]), sizes=SIZES)
    def finalize(self, text: str, sizes: tuple[int, ...]) -> None:
        self.put("", text, self.photos(sizes))

    @precondition(lambda self: self.latest)
    @rule(data=st.data(), sizes=SIZES)
    def edit(self, data: st.DataObject, sizes: tuple[int, ...]) -> None:
        """Keep some photos, take some again under their old name, drop some, add some."""
        base = data.draw(st.sampled_from(self.latest))
        files = self.photos(sizes)
        for name, content in self.files[base].items():
            fate = data.draw(st.sampled_from(["kept", "kept", "again", "gone"]))
            if fate != "gone":
                files[name] = content if fate == "kept" else content + b"again"
        self.put(base, "corrigé", files)

    @rule(flights=FLIGHTS)
    def push_to_a_closed_form(self, flights: int) -> None:
        """Let be refused what is tried again when the form is open."""
        self.site.server.set_form_state(self.project, "lieux", "closed")
        self.push(flights)
        self.site.server.set_form_state(self.project, "lieux", "open")

    @rule(times=st.integers(1, 2), flights=FLIGHTS)
    def push_and_be_refused(self, times: int, flights: int) -> None:
        """Refuse one or two, for which whatever builds on them waits."""
        self.site.server.faults.add(Fault(SUBMISSION, When.BEFORE, 413, b"<html>", HTML, times=times))
        self.push(flights)
        self.site.server.faults.clear()

    @rule(after=st.integers(0, 4))
    def push_over_a_line_that_stalls(self, after: int) -> None:
        told = 0

        def stall(_value: object) -> None:
            nonlocal told
            told += 1
            self.line.stall = told > after

        push(self.store, self.hasty, None, stall, pause_seconds=0)
        self.line.stall = False
        self.line.reset_all = True
        while self.line.reset_all:
            time.sleep(0.001)

    @rule()
    def ask_again_for_what_was_refused(self) -> None:
        self.retry()

    def retry(self) -> None:
        for row in self.store.instances.search(states=(State.REJECTED,), limit=-1):
            assert row.reason in REFUSALS
            self.store.instances.retry(row.instance_id)

    @rule(flights=FLIGHTS)
    def push_in_peace(self, flights: int) -> None:
        self.push(flights)

    @rule(flights=FLIGHTS, budget=st.integers(1, 20_000))
    def push_a_little(self, flights: int, budget: int) -> None:
        self.push(flights, budget)

    @rule(times=st.integers(1, 4), flights=FLIGHTS)
    def push_losing_answers(self, times: int, flights: int) -> None:
        self.line.lose_answers = times
        self.push(flights)
        self.line.lose_answers = 0

    @rule(after=st.integers(1, 9000), flights=FLIGHTS)
    def push_over_a_cut_line(self, after: int, flights: int) -> None:
        self.line.cut_after = after
        self.push(flights)
        self.line.cut_after = None

    @rule(after=st.integers(0, 500), flights=FLIGHTS)
    def push_with_an_answer_in_half(self, after: int, flights: int) -> None:
        self.line.cut_answer_after = after
        self.push(flights)
        self.line.cut_answer_after = None

    @rule(arrives=st.booleans())
    def push_and_die(self, arrives: bool) -> None:
        real = self.client.submit

        def submit_and_die(*parts: Any, **options: Any) -> Any:
            if arrives:
                real(*parts, **options)
            raise KilledError

        self.client.submit = submit_and_die  # type: ignore[method-assign]
        with suppress(KilledError):
            self.push()
        self.client.submit = real  # type: ignore[method-assign]

    @rule(when=st.sampled_from(When), status=st.sampled_from([0, 200, 302, 500, 502, 504, 423]),
          times=st.integers(1, 3), flights=FLIGHTS)  # fmt: skip
    def push_to_a_failing_server(self, when: When, status: int, times: int, flights: int) -> None:
        self.site.server.faults.add(Fault(SUBMISSION, when, status, b"<html>", HTML, times=times))
        self.push(flights)
        self.site.server.faults.clear()

    @rule()
    def push_into_nowhere(self) -> None:
        self.site.server.stop()
        self.push()
        self.site.server.start()

    def teardown(self) -> None:
        try:
            for _ in range(3):
                self.retry()
                self.push()
            assert self.store.instances.outbox() == []
            rows = self.site.server.submissions(self.project, "lieux", every_version=True)
            assert sorted(row.instance_id for row in rows) == sorted(self.sent)
            assert {row.instance_id: row.xml for row in rows} == self.sent
            assert sorted(row.instance_id for row in rows if row.current) == sorted(self.latest)
            for row in rows:
                stored = {name: self.site.server.submitted_file(digest) for name, digest in row.files.items()}
                assert stored == self.files[row.instance_id]
        finally:
            self.closing.close()


def test_every_finalized_instance_ends_once_with_its_bytes(
    site: Any, line: Any, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.parcel.TRIP_BYTES", 3_000)
    Sending.site, Sending.line, Sending.samples = site, line, samples
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Sending,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=10, deadline=None, suppress_health_check=checks),
    )


# The full proof takes minutes: FIELDKIT_KILLS=200 python -m pytest tests/sync/test_sync_exactly_once.py -n 0
KILLS = int(os.environ.get("FIELDKIT_KILLS", "6"))
RECORDS = 100 if KILLS > 6 else 48
PHOTO = bytes(range(256)) * 800
CHILD = Path(__file__).parent / "children" / "send.py"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("flights", [1, 4] if KILLS > 6 else [1])
def test_kill_9_at_any_moment_then_again(store: Any, site: Any, line: Any, finalize: Any, flights: int) -> None:
    records = RECORDS * flights  # a kill comes about as far with each of them
    sent = {f"uuid:{n}": finalize(f"uuid:{n}", files={f"p{n}.jpg": PHOTO}) for n in range(records)}
    arguments = [sys.executable, str(CHILD), str(store.path), line.url, str(site.project), site.token, str(flights)]
    chance, kills = random.Random(20261122), 0  # noqa: S311 — moments, not secrets
    for left in range(KILLS, 0, -1):
        waiting = len(store.instances.outbox())
        with subprocess.Popen(arguments, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"go\n"
            # In the midst of the queue, however fast the machine is, and never so far that it ends before the kills do.
            wanted = line.posts + chance.randint(0, max(1, min(3, waiting // left)))
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
    assert len(rows) == records
    for row in rows:
        assert [site.server.submitted_file(digest) for digest in row.files.values()] == [PHOTO]
    assert line.posts <= records + flights * kills
