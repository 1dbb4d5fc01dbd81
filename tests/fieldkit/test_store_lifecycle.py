# SPDX-License-Identifier: EUPL-1.2
"""The life of instances, whatever the order of events: a model beside the store, the file reopened now and then."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from fieldkit.errors import RecordError
from fieldkit.instance import TRANSITIONS, State, TransitionError
from fieldkit.store import open_store
from tests.fieldkit.store_samples import add_draft, at, finalized, save_answer

ACTIONS = ("submit", "reject", "return", "retry", "reopen", "wait", "delete", "attempt")


@dataclass
class Known:
    """What the model knows of one instance."""

    state: State = State.DRAFT
    answers: int = 0
    frozen: bytes = b""
    attempted: bool = False
    in_bin: bool = False
    order: int = 0
    before: State = State.REJECTED  # of what is set aside


class Lives(RuleBasedStateMachine):
    """Whatever is asked, the store does what the table of transitions allows, and refuses the rest unchanged."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "fieldkit.db"
        self.store = open_store(self.path)
        self.known: dict[str, Known] = {}
        self.finalized_count = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(target=ids)
    def create(self) -> str:
        instance_id = add_draft(self.store, len(self.known) + 1)
        self.known[instance_id] = Known()
        return instance_id

    @rule(instance_id=ids)
    def answer(self, instance_id: str) -> None:
        known = self.known[instance_id]
        if self.allowed(known.state is State.DRAFT, lambda: save_answer(self.store, instance_id, known.answers + 1)):
            known.answers += 1

    @rule(instance_id=ids, xml=st.binary(min_size=1, max_size=40))
    def finalize(self, instance_id: str, xml: bytes) -> None:
        known = self.known[instance_id]
        action = lambda: self.store.instances.finalize(instance_id, finalized(instance_id, xml), at(-known.answers))  # noqa: E731
        if self.allowed(known.state is State.DRAFT, action):
            self.finalized_count += 1
            known.state, known.frozen, known.in_bin, known.order = State.FINALIZED, xml, False, self.finalized_count

    @rule(instance_id=ids, action=st.sampled_from(ACTIONS))
    def act(self, instance_id: str, action: str) -> None:
        known, instances = self.known[instance_id], self.store.instances
        calls = {
            "submit": (State.SUBMITTED, lambda: instances.mark_submitted(instance_id, at(), "ok")),
            "reject": (State.REJECTED, lambda: instances.mark_rejected(instance_id, "r", "t")),
            "return": (State.RETURNED, lambda: instances.mark_returned(instance_id, "t")),
            "retry": (State.FINALIZED, lambda: instances.retry(instance_id)),
            "reopen": (State.DRAFT, lambda: instances.reopen(instance_id)),
            "wait": (None, lambda: instances.mark_waiting(instance_id, "r", "t")),
            "delete": (None, lambda: instances.delete(instance_id)),
            "attempt": (None, lambda: instances.mark_attempted(instance_id, at())),
        }
        new, call = calls[action]
        if self.allowed(self.expected(known, action, new), call):
            known.state = new or known.state
            known.attempted |= action in ("submit", "attempt")
            known.in_bin |= action == "delete"

    @rule(instance_id=ids)
    def set_aside(self, instance_id: str) -> None:
        known = self.known[instance_id]
        wanted = known.state in {State.REJECTED, State.SET_ASIDE} or (
            known.state is State.FINALIZED and not known.attempted
        )
        if self.allowed(wanted, lambda: self.store.parked.set_aside(instance_id)):
            known.before = known.state if known.state is not State.SET_ASIDE else known.before
            known.state = State.SET_ASIDE

    @rule(instance_id=ids)
    def take_up(self, instance_id: str) -> None:
        known = self.known[instance_id]
        if self.allowed(known.state is State.SET_ASIDE, lambda: self.store.parked.take_up(instance_id)):
            known.state = known.before

    @rule(instance_id=ids)
    def restore(self, instance_id: str) -> None:
        self.store.instances.restore(instance_id)
        self.known[instance_id].in_bin = False

    @rule()
    def reopen_the_file(self) -> None:
        self.store.close()
        self.store = open_store(self.path)

    @staticmethod
    def expected(known: Known, action: str, new: State | None) -> bool:
        if action == "delete":
            return known.state is State.DRAFT
        if action in ("wait", "attempt") or (action == "retry" and known.state is State.FINALIZED):
            return known.state is State.FINALIZED
        assert new is not None
        if action == "retry" and known.state in {State.DRAFT, State.SET_ASIDE}:
            return False  # a draft is finalized by its bytes only, and what is set aside is taken up first
        return new in TRANSITIONS[known.state] and not (action == "reopen" and known.attempted)

    @staticmethod
    def allowed(wanted: bool, call: object) -> bool:
        try:
            call()  # type: ignore[operator]  # a function without arguments
        except (RecordError, TransitionError):
            assert not wanted
            return False
        assert wanted
        return True

    @invariant()
    def the_store_agrees(self) -> None:
        for instance_id, known in self.known.items():
            row = self.store.instances.get(instance_id)
            assert (row.state, row.attempted) == (known.state, known.attempted)
            assert len(self.store.instances.answer_log(instance_id)) == known.answers
            if known.state is not State.DRAFT:
                assert self.store.instances.frozen_xml(instance_id) == known.frozen
                assert row.sha256 == hashlib.sha256(known.frozen).hexdigest()

    @invariant()
    def the_outbox_is_what_is_finalized_in_order(self) -> None:
        waiting = [(known.order, one) for one, known in self.known.items() if known.state is State.FINALIZED]
        assert [one.instance_id for one in self.store.instances.outbox()] == [one for _, one in sorted(waiting)]
        visible = [known.state for known in self.known.values() if not known.in_bin]
        assert self.store.instances.counts() == {state: visible.count(state) for state in State}


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
