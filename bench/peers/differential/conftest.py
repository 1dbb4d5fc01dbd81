# SPDX-License-Identifier: EUPL-1.2
"""The peers, each started once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from bench.peers.conversation import ENGINES, TIME_ZONE, Conversation


@pytest.fixture(scope="session", autouse=True)
def _one_time_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def _peer(name: str) -> Iterator[Conversation]:
    engine = ENGINES[name]
    if engine.missing:
        pytest.skip(f"{name}: {engine.missing}")
    with Conversation(engine) as peer:
        assert "error" not in peer.ready, peer.ready
        yield peer


@pytest.fixture(scope="session")
def javarosa() -> Iterator[Conversation]:
    yield from _peer("javarosa")


@pytest.fixture(scope="session")
def xforms_engine() -> Iterator[Conversation]:
    yield from _peer("xforms-engine")
