# SPDX-License-Identifier: EUPL-1.2
"""Errors of every room in one plain sentence each, with the cause and the way out, for the terminal.

`tell` looks for the nearest class that has a sentence; a test walks every class of every tree and demands one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from fieldkit.cli.answer import ExitCode

if TYPE_CHECKING:
    from sync.errors import Reason

Sentence = Callable[[Any], str]


def tell(error: BaseException) -> str:
    """Return the sentence for an error of any room; a bug is told as one."""
    known = sentences()
    for kind in type(error).__mro__:
        if kind in known:
            return known[kind](error)
    return f"This is a fault of the program: {type(error).__name__}: {error}"


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code that goes with an error."""
    from fieldkit import errors
    from fieldkit.cli.errors import (
        CommandError,
        FileMissingError,
        NoAccountError,
        NoStaffError,
        NoTokenError,
        UnknownLanguageError,
    )
    from sync.errors import SyncError

    codes: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ExitCode], ...] = (
        ((FileMissingError, UnknownLanguageError), ExitCode.USAGE),
        ((SyncError, NoAccountError, NoStaffError, NoTokenError), ExitCode.NETWORK),
        ((errors.WorkspaceError, errors.StoreError, errors.NoRoomForDossier), ExitCode.WORKSPACE),
        ((CommandError, *sentences()), ExitCode.FAILED),
    )
    return next((code for kinds, code in codes if isinstance(error, kinds)), ExitCode.BUG)


@cache
def sentences() -> Mapping[type[BaseException], Sentence]:
    """Return the table, class by class, of all rooms."""
    from fieldkit.cli import sentences_domain, sentences_forms, sentences_network, sentences_packs

    rooms = (sentences_domain, sentences_forms, sentences_network, sentences_packs)
    return {kind: sentence for room in rooms for kind, sentence in room.SENTENCES.items()}


def reason_words(reason: Reason | str, text: str = "") -> str:
    """Return why an instance waits or was refused, from its code and the text kept beside it."""
    from fieldkit.cli.sentences_network import REASONS, too_big
    from sync.errors import TooBig

    if str(reason) == TooBig("").reason and TooBig.from_text(text).limit:
        return too_big(TooBig.from_text(text))
    return REASONS.get(str(reason), str(reason))
