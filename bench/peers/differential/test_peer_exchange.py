# SPDX-License-Identifier: EUPL-1.2
"""Instances go from one engine to another: what one wrote, the other opens with the same answers, and writes again."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bench.peers.differential.forms import build
from bench.peers.differential.grammar import MANNERS
from bench.peers.differential.test_peer_forms import FIRST_SEED, SEEDS, walk_through
from bench.peers.differential.traces import Ours, differences, peer_trace, sent_answers

if TYPE_CHECKING:
    from bench.peers.conversation import Conversation


def _lost(xml: str, again: Ours) -> list[str]:
    """List the answers of an instance that are not there once we have opened it."""
    now = sent_answers(again.session.draft_xml().decode())
    return [f"lost {ref}: {text!r} / {now.get(ref)!r}" for ref, text in sent_answers(xml).items() if ref not in now]


def _reopened(peer: Conversation, ours: Ours, xml: str) -> list[str]:
    """Open the instance here and there; tell what differs."""
    manners = MANNERS[peer.ready["engine"]]
    if manners.trims_what_it_opens and any(text != text.strip() for text in sent_answers(xml).values()):
        return []
    again = Ours(ours.form, ours.selects, instance=xml)
    theirs = peer_trace(peer, again)
    if manners.opens_without_repeats and theirs.get("states"):
        _leave_out_instances_that_only_we_have(again.states[0], theirs["states"][0])
    found = differences(again, theirs)
    if manners.opens_without_repeats:
        found = [line for line in found if not (line.startswith("sent ") and line.endswith(" / None"))]
    return [*_lost(xml, again), *found]


def _leave_out_instances_that_only_we_have(mine: dict[str, Any], other: dict[str, Any]) -> None:
    def instances(ref: str) -> set[str]:
        return {ref[: place.end()] for place in re.finditer(r"\]", ref)}

    known = {instance for ref in other["values"] for instance in instances(ref)}
    mine["values"] = {ref: text for ref, text in mine["values"].items() if instances(ref) <= known}
    mine["irrelevant"] = [ref for ref in mine["irrelevant"] if instances(ref) <= known]


def _exchange(peer: Conversation, seed: int) -> list[str]:
    pick = Random(seed).choice  # noqa: S311  (not for secrets)
    form, xml = build(pick, MANNERS[peer.ready["engine"]])
    ours = walk_through(pick, form, xml)
    found = []
    if mine := ours.final_xml():
        found += [f"seed {seed}, ours: {line}" for line in _reopened(peer, ours, mine)]
    theirs = peer_trace(peer, ours)
    if "xml" in theirs:
        found += [f"seed {seed}, theirs: {line}" for line in _reopened(peer, ours, theirs["xml"])]
    return found


def _exchanges(peer: Conversation) -> list[str]:
    return [line for seed in range(FIRST_SEED, FIRST_SEED + SEEDS) for line in _exchange(peer, seed)[:3]]


@pytest.mark.timeout(1800)
def test_instances_go_to_javarosa_and_come_back(javarosa: Conversation) -> None:
    assert _exchanges(javarosa) == []


@pytest.mark.timeout(1800)
def test_instances_go_to_odk_web_forms_and_come_back(xforms_engine: Conversation) -> None:
    assert _exchanges(xforms_engine) == []
