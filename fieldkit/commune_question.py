# SPDX-License-Identifier: EUPL-1.2
"""Which question of a form tells the commune of a record, known by its name: authors need declare nothing."""

from __future__ import annotations

from collections.abc import Iterable

NAMES = ("commune_nis", "commune", "commune_chef", "nis")  # the first that a form has, in this order
_NIS_LENGTH = 5


def commune_ref(refs: Iterable[str]) -> str:
    """Return the ref of the question that holds the NIS code of the commune, "" if none does; the form's order."""
    found: dict[str, str] = {}
    for ref in refs:
        found.setdefault(ref.rpartition("/")[2], ref)
    return next((found[name] for name in NAMES if name in found), "")


def nis_of(answer: str) -> str:
    """Return the answer if it is a NIS code, else ""."""
    answer = answer.strip()
    return answer if len(answer) == _NIS_LENGTH and answer.isascii() and answer.isdigit() else ""
