# SPDX-License-Identifier: EUPL-1.2
"""The only place where an error becomes sentences: what happened, what to do, and what is safe.

Errors of the other rooms carry data; `sentence` looks for the nearest class it knows. A test walks every class of the
error trees and demands an entry of its own, so that nobody meets a bare clause in English.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ui.i18n import translate

Entry = Callable[[Any], "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """`title` says what happened, `text` what to do and what is safe; `action` is a code for the button offered.

    Actions: "" (none), "retry", "restore" (a copy), "connect" (the account), "update" (the forms), "bug" (the log).
    """

    title: str
    text: str
    action: str = ""

    @property
    def line(self) -> str:
        """Both in one line, for banners, toasts and status lines."""
        return f"{self.title}. {self.text}"


@cache
def entries() -> dict[type[BaseException], Entry]:
    """Return the table, class by class (built at the first error, never on the way to the first paint)."""
    from ui.sentences import domain, engine, network, packs

    return {**engine.ENTRIES, **domain.ENTRIES, **network.ENTRIES, **packs.ENTRIES}


def is_expected(error: BaseException) -> bool:
    """Tell an error of the world (disk, network, a broken file) from a bug of the program."""
    return any(kind in entries() for kind in type(error).__mro__)


def sentence(error: BaseException) -> Message:
    """Return what to tell about any error; a bug gets words too, and the way to the log."""
    table = entries()
    for kind in type(error).__mro__:
        if kind in table:
            return table[kind](error)
    return bug()


def bug() -> Message:
    """Return what to say when the program itself is wrong."""
    return Message(
        translate("Messages", "Field Kit a rencontré un problème imprévu"),
        translate(
            "Messages",
            "Vos réponses enregistrées sont en sécurité sur cet ordinateur. Fermez Field Kit et relancez-le. "
            "Si le problème revient, transmettez le journal à votre référent.",
        ),
        "bug",
    )
