# SPDX-License-Identifier: EUPL-1.2
"""Forms as people write them: tables through pyxform, answered by a script, with both peers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bench.peers.differential.documented import DOCUMENTED
from bench.peers.differential.example import JAVAROSA, WEB_FORMS, Example
from bench.peers.differential.examples import EXAMPLES
from bench.peers.differential.traces import Ours, differences, peer_trace

if TYPE_CHECKING:
    from bench.peers.conversation import Conversation

ALL = (*EXAMPLES, *DOCUMENTED)


def _lists(xml: str) -> list[str]:
    return re.findall(r'<(?:select1|select|odk:rank)[^>]* ref="([^"]+)"', xml)


def _play(example: Example) -> Ours:
    xml = example.xml()
    labelled = [re.sub(r"\[\d+\]", "", ref) for ref in example.labels]
    ours = Ours(xml, _lists(xml), labelled, files=example.files)
    for action in example.actions:
        ours.act(action)
    state = ours.states[-1]
    assert {ref: state["values"][ref] for ref in example.outcome} == example.outcome
    assert {ref: " ".join(state["labels"][ref].split()) for ref in example.labels} == example.labels
    return ours


def _differences(peer: Conversation, example: Example, name: str) -> list[str]:
    ours = _play(example)
    if name in example.unlike:
        return []
    found = differences(ours, peer_trace(peer, ours))
    if name in example.halfway:
        assert all("error" not in line for line in found), found
        found = [line for line in found if line.endswith(f"after {example.actions[-1]}")]
    return found


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.name)
def test_javarosa_agrees_on_an_example(javarosa: Conversation, example: Example) -> None:
    assert _differences(javarosa, example, JAVAROSA) == []


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.name)
def test_odk_web_forms_agrees_on_an_example(xforms_engine: Conversation, example: Example) -> None:
    assert _differences(xforms_engine, example, WEB_FORMS) == []
