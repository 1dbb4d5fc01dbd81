# SPDX-License-Identifier: EUPL-1.2
"""The state of sending as the window shows it: one summary for the pill, the home card and « Envois »."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldkit import settings
from fieldkit.instance import State
from ui.i18n import plural, translate

if TYPE_CHECKING:
    from ui.kit import Kit


@dataclass(frozen=True, slots=True)
class Summary:
    """An icon in a role and two short lines."""

    icon: str
    role: str
    title: str
    text: str


class Connection(QObject):
    """What is known of the network, and what waits to leave."""

    changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._kit = kit

    @property
    def has_account(self) -> bool:
        """Whether an account was chosen."""
        return bool(self._kit.settings.get(settings.ACCOUNT_ID))

    def waiting(self) -> int:
        """Return how many records wait to be sent."""
        return self._kit.store.instances.counts()[State.FINALIZED]

    def summary(self) -> Summary:
        """Return what the pill shows."""
        count = self.waiting()
        waiting = plural(
            count,
            translate("Connection", "{n} envoi en attente"),
            translate("Connection", "{n} envois en attente"),
        ).format(n=count)
        if not self.has_account:
            text = waiting if count else translate("Connection", "Tout reste ici")
            return Summary("hard-drive", "text2", translate("Connection", "Sans compte"), text)
        return Summary("cloud-off", "text2", translate("Connection", "Hors ligne"), waiting)

    def send(self) -> None:
        """Send what waits, now."""
