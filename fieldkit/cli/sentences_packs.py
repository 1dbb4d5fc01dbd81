# SPDX-License-Identifier: EUPL-1.2
"""Sentences for packs: why one is refused, and what stands in the way of making or trusting one."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit.cli import errors as command
from fieldkit.cli.messages import Sentence
from fieldkit.packs import errors

_KEPT = "Nothing of it was taken; what was here stays in use"

SENTENCES: Mapping[type[BaseException], Sentence] = {
    errors.PackError: lambda e: f"The pack {e.name} cannot be used ({e.cause}). {_KEPT}.",
    errors.NotAPack: lambda e: (
        f"The file {e.name} is not a pack of guides or calls ({e.cause}). {_KEPT}: ask the region."
    ),
    errors.PackDamaged: lambda e: (
        f"The pack {e.name} was cut, or a byte of it changed ({e.cause}). {_KEPT}: get it again, or ask the region."
    ),
    errors.PackUnsafe: lambda e: (
        f"The pack {e.name} is made otherwise than any pack may be ({e.cause}). {_KEPT}: tell the region."
    ),
    errors.PackTooNew: lambda e: (
        f"The pack {e.name} is for a later version of the program ({e.cause}). {_KEPT}: update the program."
    ),
    errors.PackUnsigned: lambda e: (
        f"The pack {e.name} is not signed by the key that it names ({e.cause}). {_KEPT}: tell the region."
    ),
    errors.PackContentWrong: lambda e: f"Something in the pack {e.name} cannot be used: {e.cause}. {_KEPT}.",
    errors.PackExpired: lambda e: (
        f"The pack {e.name} was valid until {e.cause}. {_KEPT}: ask the region for a newer one, or check the clock."
    ),
    errors.PackFromTomorrow: lambda e: (
        f"The pack {e.name} says that it was issued on {e.cause}, which is still to come. {_KEPT}: check the clock."
    ),
    errors.PackOlder: lambda e: f"The pack {e.name} is not newer than the one that is here ({e.cause}). {_KEPT}.",
    errors.PackNotWritten: lambda e: f"The file {e.name} was not written ({e.cause}). Choose another name or place.",
    errors.UnusablePackKey: lambda e: (
        f"The file {e.name} is no key that can sign a pack ({e.cause}). `fieldkit pack key` makes one."
    ),
    command.NoSuchPackKeyError: lambda e: (
        f"There is no key under {e.whom}. `fieldkit pack list` tells the accounts and the fingerprints that there are."
    ),
    command.SeveralPackKeysError: lambda e: (
        f"Several keys wait for an answer of {e.whom}. Name one by its fingerprint: {'; '.join(e.fingerprints)}."
    ),
    command.KeyNotReplacedError: lambda e: (
        f"The account {e.account_id} trusts the key {e.trusted}, and this one is {e.offered}. Ask the region if its"
        " key has changed; if so, run the command again with --replace."
    ),
}
