# SPDX-License-Identifier: EUPL-1.2
"""random(), uuid() and randomize() (ODK XForms, "Number Functions", "String Functions", "Node-set Functions")."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from math import fmod, isfinite
from typing import Final

from forms.xpath.values import NodeSet, Value, text_to_number, to_string

MODULUS: Final = 2**31 - 1
MULTIPLIER: Final = 16807
MAX_UUID_LENGTH: Final = 10_000
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GREATEST_LONG: Final = float(2**63)


def random_number() -> float:
    """Return a number from 0 to just below 1."""
    return random.random()  # noqa: S311 - a sample, not a secret


def uuid(length: float | None = None) -> str:
    """Return a random UUID (RFC 4122, version 4), or `length` random digits and capital letters."""
    if length is None:
        octets = bytearray(os.urandom(16))
        octets[6] = octets[6] & 0x0F | 0x40
        octets[8] = octets[8] & 0x3F | 0x80
        digits = octets.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    count = min(int(length), MAX_UUID_LENGTH) if isfinite(length) else 0
    return "".join(random.SystemRandom().choices(_LETTERS, k=max(count, 0)))


def randomize(nodes: NodeSet, seed: Value | None = None) -> NodeSet:
    """Shuffle a node-set: with a seed always in the same way, and in the same way as JavaRosa."""
    draw = random_number if seed is None else park_miller(seed_number(seed))
    return nodes.reordered([nodes.nodes[place] for place in shuffled_places(len(nodes), draw)])


def shuffled_places(count: int, draw: Callable[[], float]) -> list[int]:
    """Shuffle 0 … count-1 by the "inside-out" Fisher-Yates algorithm; `draw` gives numbers from 0 to below 1."""
    places: list[int] = []
    for place in range(count):
        other = int(draw() * (place + 1))
        if other == place:
            places.append(place)
        else:
            places.append(places[other])
            places[other] = place
    return places


def park_miller(seed: int) -> Callable[[], float]:
    """Make the Park-Miller ("minimal standard") generator; any whole seed will do, as in JavaRosa."""
    state = int(fmod(seed, MODULUS))
    if state <= 0:
        state += MODULUS - 1

    def draw() -> float:
        nonlocal state
        state = state * MULTIPLIER % MODULUS
        return (state - 1) / (MODULUS - 1)

    return draw


def seed_number(seed: Value) -> int:
    """Turn a seed into a whole number: numbers lose their decimals, "" and NaN are 0, other text is hashed."""
    if isinstance(seed, str | NodeSet):
        text = to_string(seed)
        number = text_to_number(text)
        if number != number and text:  # noqa: PLR0124 - the fastest test for NaN
            return _hashed(text)
    else:
        number = float(seed)
    if number != number:  # noqa: PLR0124
        return 0
    return int(max(-_GREATEST_LONG, min(_GREATEST_LONG, number)))


def _hashed(text: str) -> int:
    """Return the first 8 bytes of the text's SHA-256, as a signed number (as JavaRosa does)."""
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which few forms need

    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
