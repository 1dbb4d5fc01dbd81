# SPDX-License-Identifier: EUPL-1.2
"""What the region says of a dossier: where it stands, and what is to be corrected, question by question.

Contract, section 2.6: the list `dossiers` has an entity per dossier, made by the form that sends it, with the
properties `statut`, `commentaire` and `instance_id`. The server leaves the words of `statut` to the region; those that
are understood are in STANDINGS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldkit.folding import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms import FormSession

LIST = "dossiers"
FORM = "mes_dossiers"  # the form that brings the list (resources/region/mes_dossiers.md): read here, never filled
STATUS, COMMENT, INSTANCE = "statut", "commentaire", "instance_id"


class Standing(StrEnum):
    """Where a dossier stands with the region."""

    RECEIVED = "received"
    REVIEWING = "reviewing"
    TO_CORRECT = "to-correct"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # a word that is not in the table: shown as it is, and without effect


# By the word as a search reads it (no accents, no case, « _ » and « - » are spaces). Sources: the review states of the
# contract, section 2.6 (hasIssues, edited, approved, rejected, and none), and the words of this program's own screens,
# in the languages of a region.
STANDINGS: Mapping[str, Standing] = {
    "": Standing.RECEIVED,
    "recu": Standing.RECEIVED,
    "received": Standing.RECEIVED,
    "eingegangen": Standing.RECEIVED,
    "edited": Standing.REVIEWING,
    "corrige": Standing.REVIEWING,
    "en relecture": Standing.REVIEWING,
    "en cours": Standing.REVIEWING,
    "in prufung": Standing.REVIEWING,
    "hasissues": Standing.TO_CORRECT,
    "has issues": Standing.TO_CORRECT,
    "a corriger": Standing.TO_CORRECT,
    "a completer": Standing.TO_CORRECT,
    "zu korrigieren": Standing.TO_CORRECT,
    "to correct": Standing.TO_CORRECT,
    "approved": Standing.ACCEPTED,
    "accepte": Standing.ACCEPTED,
    "approuve": Standing.ACCEPTED,
    "acceptee": Standing.ACCEPTED,
    "angenommen": Standing.ACCEPTED,
    "rejected": Standing.REFUSED,
    "refuse": Standing.REFUSED,
    "refusee": Standing.REFUSED,
    "abgelehnt": Standing.REFUSED,
}

# What staff write into the list for a review state of the server ("" takes it back): words of the table above.
STATUS_WORDS: Mapping[str, str] = {
    "": "reçu",
    "hasIssues": "à corriger",
    "edited": "corrigé",
    "approved": "approuvé",
    "rejected": "refusé",
}

# « code_postal : n’existe pas »: the name of a question or its ref, a colon, words. A space may stand before the colon.
_PINNED = re.compile(r"\s*(?:\$\{(?P<braced>[^{}\s]+)\}|(?P<bare>[^\s:]+))\s*:\s*(?P<words>\S.*)")


def standing_of(status: str) -> Standing:
    """Return what a region's `statut` means."""
    return STANDINGS.get(" ".join(words(status)), Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Comment:
    """A reviewer's comment: `whole` as written, `general` without the lines of `pinned` (question's ref -> words)."""

    whole: str
    general: str
    pinned: Mapping[str, str]


def read_comment(text: str, refs: Iterable[str]) -> Comment:
    """Pin each line that begins with a question and a colon to that question.

    A question is named by its ref (`/data/b/surface`), the end of it (`b/surface`, `row[2]/name`) or its name. What
    names none of `refs`, or more than one, stays in the general part: no word is lost.
    """
    known = tuple(refs)
    general: list[str] = []
    pinned: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = _PINNED.fullmatch(line)
        ref = _only(known, (found["braced"] or found["bare"]).strip("/")) if found else ""
        if found and ref:
            pinned.setdefault(ref, []).append(found["words"].strip())
        else:
            general.append(line.rstrip())
    return Comment(text, "\n".join(general).strip(), {ref: "\n".join(lines) for ref, lines in pinned.items()})


def question_refs(session: FormSession, ref: str = "") -> Iterator[str]:
    """Yield the refs of what a form asks, as it stands: groups and entries of repeats are gone through."""
    from forms.views import NodeKind

    for node in session.children(ref):
        if node.kind is NodeKind.QUESTION:
            yield node.ref
        else:
            yield from question_refs(session, node.ref)


def _only(refs: tuple[str, ...], name: str) -> str:
    """Return the one ref that a name means, "" if none or several; its case only counts where it tells two apart."""
    for read in (str, str.casefold):
        wanted = read(name)
        found = [ref for ref in refs if read(ref).strip("/") == wanted or read(ref).endswith(f"/{wanted}")]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""
