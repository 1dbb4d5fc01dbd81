# SPDX-License-Identifier: EUPL-1.2
"""How far a pull or a push is: an immutable value handed to whoever looks, as often as it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event
from typing import TypeAlias

from sync.errors import Cancelled


class Phase(StrEnum):
    """What is under way."""

    PULL = "pull"
    PUSH = "push"
    GATHER = "gather"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A record that is leaving: `bytes_sent` of the `bytes_left` that the server did not have as this trip began."""

    instance_id: str
    bytes_sent: int
    bytes_left: int


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """`done` of `total` forms or instances; `name` is the one under way, `bytes_sent` of `bytes_total` its body.

    Of the whole push: `all_sent` of `all_bytes`, and `seconds_left` at the rate so far, None while it is not known;
    `under_way` has each record that is leaving now: several flights send at once.
    """

    phase: Phase
    done: int
    total: int
    name: str = ""
    bytes_sent: int = 0
    bytes_total: int = 0
    all_sent: int = 0
    all_bytes: int = 0
    seconds_left: float | None = None
    under_way: tuple[UnderWay, ...] = ()


Report: TypeAlias = Callable[[SyncProgress], None]


def ignore(_progress: SyncProgress) -> None:
    """Take a report that nobody asked for."""


def check_cancel(cancel: Event | None) -> None:
    """Raise Cancelled if the user asked to stop."""
    if cancel is not None and cancel.is_set():
        raise Cancelled
