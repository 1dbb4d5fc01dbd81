# SPDX-License-Identifier: EUPL-1.2
"""A full-text index in memory: accents and case do not count, words are found by their beginning, best first.

SQLite's FTS5 with `unicode61 remove_diacritics 2`; an elided article is a word of its own ("l'usage" finds "usage").
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldkit.folding import words

MARK_START, MARK_END = "\x02", "\x03"
_SNIPPET_WORDS = 18


@dataclass(frozen=True, slots=True)
class TextHit:
    """`key` of the row; `snippet` its passage, words found between MARK_START and MARK_END; `score`: more is better."""

    key: str
    snippet: str
    score: float


class TextIndex:
    """Rows of (key, texts…): one column a weight, the last one is the text that passages are cut from."""

    def __init__(self, weights: Sequence[float], rows: Iterable[Sequence[str]]) -> None:
        """Index `rows`, each a key and as many texts as there are `weights`."""
        columns = ", ".join(f"c{number}" for number in range(len(weights)))
        marks = ", ".join("?" * (len(weights) + 1))
        self._lock = threading.Lock()  # one connection for all threads, one at a time
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute(
            f"CREATE VIRTUAL TABLE texts USING fts5(key UNINDEXED, {columns},"
            " tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3')"
        )
        self._db.executemany(f"INSERT INTO texts VALUES ({marks})", rows)  # noqa: S608 (marks only)
        numbers = ", ".join(str(float(weight)) for weight in (0, *weights))
        self._select = (
            f"SELECT key, snippet(texts, {len(weights)}, ?, ?, '…', {_SNIPPET_WORDS}), -bm25(texts, {numbers})"  # noqa: S608 (numbers only)
            f" FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, {numbers}), rowid"
        )

    def search(self, text: str, *, any_word: bool = False) -> list[TextHit]:
        """Return the rows that hold every word of `text` (or one that begins with it), best first.

        With `any_word` one of them is enough.
        """
        query = match_query(text, " OR " if any_word else " AND ")
        if not query:
            return []
        with self._lock:
            rows = self._db.execute(self._select, (MARK_START, MARK_END, query)).fetchall()
        return [TextHit(row[0], row[1], row[2]) for row in rows]

    def close(self) -> None:
        """Free the memory."""
        self._db.close()


# Too common to tell anything, and too short to be looked for by their beginning.
_LITTLE_WORDS = frozenset(
    words("a au aux c ce ces d de des du en et il j l la le les m n ou par pour qu que s se sur un une")
)


def match_query(text: str, joint: str = " AND ") -> str:
    """Return the FTS5 query of a person's words ("" if there is none).

    "le bœuf local" gives ("boeuf"* OR "bœuf"*) AND "local"*. Little words count only when there is nothing else.
    """
    found = words(text)
    return joint.join(_term(word) for word in [word for word in found if word not in _LITTLE_WORDS] or found)


def _term(word: str) -> str:
    # A plural typed finds the singular written; the other way round comes from the search by beginnings.
    stem = word[:-1] if len(word) > 3 and word[-1] in "sx" else word
    spellings = dict.fromkeys((stem, stem.replace("oe", "œ")))  # folding opened the ligature, the index did not
    terms = [f'"{spelling}"*' for spelling in spellings]
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"
