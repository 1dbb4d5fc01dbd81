# SPDX-License-Identifier: EUPL-1.2
"""Text made comparable for searching: no accents, no case, no typography."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "‘": "'", "‑": "-", "–": "-", "ø": "o", "đ": "d"})


def fold(text: str) -> str:
    """Return `text` without accents, in lower case (ß as ss, œ as oe), with single plain spaces.

    Words that differ only in these come out equal: "Bœuf  À" and "boeuf a".
    """
    if text.isascii():
        return " ".join(text.lower().split())
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return " ".join("".join(char for char in bare if not unicodedata.combining(char)).split())


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a search: letters and digits only, so that "L'Huy-Waremme" is three words."""
    return tuple("".join(char if char.isalnum() else " " for char in fold(text)).split())
