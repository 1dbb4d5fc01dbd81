# SPDX-License-Identifier: EUPL-1.2
"""What tables and cards of a repeat ask of the page: nodes to show, and changes to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from forms.views import Choice, NodeView


class Lists(Protocol):
    """Every change is saved before the call returns, and the frames that it concerns are refreshed."""

    def node(self, ref: str) -> NodeView:
        """Return a node as it stands."""
        ...

    def below(self, ref: str) -> list[NodeView]:
        """Return the entries of a repeat, or the body nodes of an entry or a group."""
        ...

    def choices(self, ref: str) -> Sequence[Choice]:
        """Return what a select offers."""
        ...

    def answer(self, ref: str, value: str, *, merge: bool = False) -> None:
        """Give one answer; `merge` while it is still being typed."""
        ...

    def answer_many(self, answers: Sequence[tuple[str, str]]) -> None:
        """Give several answers as one step."""
        ...

    def add(self, repeat_ref: str, count: int = 1) -> str:
        """Add entries at the end as one step and return the ref of the first new one."""
        ...

    def remove(self, entry_ref: str) -> None:
        """Remove an entry."""
        ...

    def undo_removal(self, entry_ref: str) -> None:
        """Bring back the entry that was last removed from that place."""
        ...

    def remarks(self, repeat_ref: str) -> Mapping[str, str]:
        """Return what is wrong with groups of a repeat's entries, by the value that makes the group."""
        ...

    def toast(self, text: str, action: tuple[str, Callable[[], None]] | None = None) -> None:
        """Show a short message."""
        ...
