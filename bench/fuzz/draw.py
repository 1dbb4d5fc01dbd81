# SPDX-License-Identifier: EUPL-1.2
"""Choices out of bytes: a fuzzer mutates the bytes, and so what is chosen; no bytes left means the first choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Chosen = TypeVar("Chosen")


class Draw:
    """Reads choices from the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> int:
        """Count the bytes that were not read yet."""
        return len(self._data) - self._place

    def number(self, most: int) -> int:
        """Give a whole number from 0 to `most` (at most 65,535)."""
        size = 1 if most < 256 else 2
        read = self._data[self._place : self._place + size]
        self._place += len(read)
        return int.from_bytes(read, "big") % (most + 1)

    def odds(self, one_in: int) -> bool:
        """Tell whether something happens that happens once in so many times; never when no bytes are left."""
        return self.number(one_in - 1) == one_in - 1

    def pick(self, choices: Sequence[Chosen]) -> Chosen:
        """Give one of some choices."""
        return choices[self.number(len(choices) - 1)]

    def text(self, most: int = 12) -> str:
        """Give a text of any characters that UTF-8 can write."""
        size = self.number(most)
        read = self._data[self._place : self._place + size]
        self._place += len(read)
        return read.decode("utf-8", "replace")

    def rest(self) -> bytes:
        """Give what is left."""
        read = self._data[self._place :]
        self._place = len(self._data)
        return read
