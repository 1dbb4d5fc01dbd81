# SPDX-License-Identifier: EUPL-1.2
"""The declared differences are still what they are said to be: one that a peer has mended must leave the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.peers.differential.declared import DECLARED, FAILS, SAME, Declared, form
from bench.peers.differential.traces import Ours, peer_trace, same

if TYPE_CHECKING:
    from bench.peers.conversation import Conversation


def _answer(peer: Conversation, ours: Ours) -> str:
    trace = peer_trace(peer, ours)
    answer: str = FAILS if "error" in trace else trace["states"][0]["values"]["/data/c"]
    return answer


def _check(peer: Conversation, declared: Declared, expected: str) -> None:
    ours = Ours(form(declared.expression), ())
    assert ours.states[0]["values"]["/data/c"] == declared.kit
    answer = _answer(peer, ours)
    assert same(declared.kit if expected == SAME else expected, answer), answer


@pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.expression)
def test_javarosa_answers_as_declared(javarosa: Conversation, declared: Declared) -> None:
    _check(javarosa, declared, declared.javarosa)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.expression)
def test_odk_web_forms_answers_as_declared(xforms_engine: Conversation, declared: Declared) -> None:
    _check(xforms_engine, declared, declared.xforms_engine)
