# SPDX-License-Identifier: EUPL-1.2
"""Random forms, random answers: the same relevance, values, choices and sent XML as the peers."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from bench.peers.differential.forms import answers, build
from bench.peers.differential.grammar import MANNERS
from bench.peers.differential.traces import Ours, differences, peer_trace

if TYPE_CHECKING:
    from bench.peers.conversation import Conversation
    from bench.peers.differential.forms import Form
    from bench.peers.differential.grammar import Pick

EXAMPLES = int(os.environ.get("PEER_EXAMPLES", "100"))
SEEDS = int(os.environ.get("PEER_SEEDS", "400"))
FIRST_SEED = int(os.environ.get("PEER_FIRST_SEED", "0"))


def walk_through(pick: Pick, form: Form, xml: str) -> Ours:
    """Answer as a person might: what is asked now, in any order; instances come and go."""
    kinds = {field.path: field.kind for field in form.fields}
    lists = [path for path, kind in kinds.items() if kind in {"select", "select1", "rank"}]
    ours = Ours(xml, lists, form.labelled)
    for _ in range(pick((1, 3, 5, 8))):
        possible: list[tuple[str, str]] = [("set", ref) for ref in ours.questions()]
        for node in ours.repeat_lists():
            if node.can_add:
                possible.append(("add", node.ref))
                if node.count > 1:
                    possible.append(("remove", f"{node.ref}[{pick(range(1, node.count + 1))}]"))
        if not (form.manners.language_is_no_change and "jr:choice-name" in xml):
            possible.append(("lang", pick(("fr", "de"))))
        if not possible:
            break
        what, ref = pick(possible)
        if what != "set":
            ours.act((what, ref))
            continue
        kind = kinds["/".join(step.partition("[")[0] for step in ref.split("/"))]
        if kind == "select1":
            value = pick(["", *(choice.value for choice in ours.session.choices(ref))])
        else:
            value = pick(answers(kind))
        ours.act((what, ref, kind, value))
    return ours


def compare(peer: Conversation, pick: Pick) -> str:
    """Tell what differs on one form, with the form; "" if nothing does."""
    form, xml = build(pick, MANNERS[peer.ready["engine"]])
    ours = walk_through(pick, form, xml)
    found = differences(ours, peer_trace(peer, ours))
    return "\n".join([*found[:3], *form.binds, str(ours.actions), xml]) if found else ""


def _seeds_differ(peer: Conversation) -> list[str]:
    """Forms by random generators of fixed seeds: more of a mixture than hypothesis makes in the same time."""
    return [
        f"seed {seed}: {found}"
        for seed in range(FIRST_SEED, FIRST_SEED + SEEDS)
        if (found := compare(peer, Random(seed).choice))  # noqa: S311  (not for secrets)
    ]


def _examples_agree(peer: Conversation) -> None:
    """Forms by hypothesis, which finds the smallest that differs."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def agree(data: st.DataObject) -> None:
        found = compare(peer, lambda options: data.draw(st.sampled_from(options)))
        note(found)
        assert not found, found

    agree()


@pytest.mark.timeout(1800)
def test_javarosa_shows_the_same_on_random_forms(javarosa: Conversation) -> None:
    assert _seeds_differ(javarosa) == []


@pytest.mark.timeout(1800)
def test_odk_web_forms_shows_the_same_on_random_forms(xforms_engine: Conversation) -> None:
    assert _seeds_differ(xforms_engine) == []


@pytest.mark.timeout(1800)
def test_javarosa_shows_the_same_on_the_forms_of_hypothesis(javarosa: Conversation) -> None:
    _examples_agree(javarosa)


@pytest.mark.timeout(1800)
def test_odk_web_forms_shows_the_same_on_the_forms_of_hypothesis(xforms_engine: Conversation) -> None:
    _examples_agree(xforms_engine)
