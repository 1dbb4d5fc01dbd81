# SPDX-License-Identifier: EUPL-1.2
"""What the region itself answered, folded away under our explanation: in its own words, without any access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.instance import State

if TYPE_CHECKING:
    from fieldkit.instance import Instance
    from ui.widgets.fold import Fold


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is not ours, and whose it is."""

    title: str
    text: str


def said_by(error: BaseException) -> Said | None:
    """Return what an error of the network holds of the other side's words, None if it has none."""
    from sync.errors import SyncError

    return _said(error.reason, error.text) if isinstance(error, SyncError) else None


def said_of(instance: Instance) -> Said | None:
    """Return what was answered to a record that waits or was refused; of a returned one its comment is shown whole."""
    if not instance.reason_text or instance.state not in {State.FINALIZED, State.REJECTED}:
        return None
    return _said(instance.reason, instance.reason_text, left=instance.attempted)


def fold_of(said: Said, role: str = "text2") -> Fold:
    """Return it folded."""
    from ui.widgets.fold import Fold

    return Fold(said.title, said.text, role)


def _said(reason: str, text: str, *, left: bool = True) -> Said | None:
    from ui.sentences.network import said_title

    title = said_title(reason, left=left)
    if not text or not title:
        return None
    from sync.journal import scrub

    return Said(title, scrub(text))
