# SPDX-License-Identifier: EUPL-1.2
"""The targets of `make fuzz` for a few seconds, without atheris: their seeds, and bytes at random."""

from __future__ import annotations

from importlib import import_module
from itertools import islice

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.fuzz.draw import Draw
from bench.fuzz.judge import TARGETS, Finding, judge
from forms import AnswerError


def run_of(target):
    return import_module(f"bench.fuzz.targets.{target}").run


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_break_no_promise(target):
    seeds = list(import_module(f"bench.fuzz.targets.{target}").seeds())
    assert seeds
    for data in islice(seeds, 0, None, max(1, len(seeds) // 40)):
        judge(run_of(target), data)


@pytest.mark.parametrize("target", TARGETS)
def test_bytes_at_random_break_no_promise(target):
    run = run_of(target)

    @settings(
        max_examples=40,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.binary(max_size=8), st.randoms(use_true_random=False))
    def tried(head, random):
        data = head + random.randbytes(random.randrange(400))
        judge(run, data)

    tried()


def test_the_judge_tells_what_is_no_error_of_the_engine_and_what_is_slow():
    def fail(data: bytes) -> None:
        raise KeyError(data)

    def refuse(data: bytes) -> None:
        raise AnswerError("not caught by the target either")

    for run in (fail, refuse):
        with pytest.raises(Finding, match=r"at test_fuzz_targets\.py"):
            judge(run, b"x")
    with pytest.raises(Finding, match="too slow"):
        judge(lambda data: sum(range(100_000)), b"x", limit=0.0)


def test_draws_end_with_their_bytes():
    draw = Draw(b"\x07\x01\x02ab")
    assert (draw.number(5), draw.number(65535), draw.text(), draw.left) == (1, 0x0102, "b", 0)
    assert (draw.number(9), draw.pick("xyz"), draw.odds(2), draw.rest()) == (0, "x", False, b"")
