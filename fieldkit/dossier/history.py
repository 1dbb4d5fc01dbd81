# SPDX-License-Identifier: EUPL-1.2
"""Who has seen which answer: the common ancestor of two copies, kept question by question.

Each time a record is exported, or taken from a dossier, what changed here since the last time gets a *stamp*, a name
that nothing else has. A copy knows the stamps that it has *seen*. So of two different answers the one whose stamps the
other copy has seen is the older, and if neither has seen the other's they were made apart. This is the last state that
both had, without keeping any state, and it stays right with three kits and with copies that cross on the way.

Entries of repeats have no key in XForms. One is given when an entry is first stamped: its number for the entries that
were there the first time and for repeats that the form counts, else the stamp with a number. Later an entry is
recognised by its content, wherever it stands now; those that changed, between two that did not, are paired in order.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from fieldkit.dossier.answers import Answers

_SLOW: Final = 500  # entries; beyond, those that changed are paired in order at once


@dataclass(frozen=True, slots=True)
class Mark:
    """The digest of an answer ("" when it is empty, or the entry is gone) and the stamps of who gave it."""

    digest: str
    stamps: frozenset[str]


@dataclass(slots=True)
class History:
    """`marks` by key, of all that was ever answered; `entries`: the keys of the entries of each repeat, in order."""

    seen: set[str] = field(default_factory=set)
    marks: dict[str, Mark] = field(default_factory=dict)
    entries: dict[str, list[str]] = field(default_factory=dict)

    def to_text(self) -> str:
        """Write it as JSON, the same text for the same history."""
        marks = {key: [mark.digest, *sorted(mark.stamps)] for key, mark in self.marks.items()}
        return json.dumps({"seen": sorted(self.seen), "marks": marks, "entries": self.entries}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> History:
        """Read what `to_text` wrote ("" is no history yet). ValueError for anything else."""
        if not text:
            return cls()
        try:
            data = json.loads(text)
            marks = {str(key): Mark(str(one[0]), frozenset(map(str, one[1:]))) for key, one in data["marks"].items()}
            entries = {str(path): [str(key) for key in keys] for path, keys in data["entries"].items()}
            seen = {str(one) for one in data["seen"]}
        except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise ValueError("not a history") from error
        for path, keys in entries.items():
            if len(set(keys)) < len(keys) or any(key not in marks or not key.startswith(f"{path}[") for key in keys):
                raise ValueError(f"entries of {path} without their marks")
        return cls(seen, marks, entries)


def new_stamp(at: datetime) -> str:
    """Return a new stamp; they sort by time, so that the entries of two kits have one order."""
    return f"{at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"


def commit(before: History, answers: Answers, stamp: str) -> History:
    """Return the history of a draft as it stands: what differs from the last time gets `stamp`."""
    first = not before.seen
    after = History(set(before.seen), dict(before.marks))
    mine = frozenset({stamp})
    for path, digest in answers.digests.items():
        _note(after, path, digest, mine)
    for path, entries in answers.entries.items():
        digests = [one.digest for one in entries]
        old = before.entries.get(path, [])
        keys = _keys(path, old, digests, before, stamp=stamp, numbered=first or path in answers.counted)
        after.entries[path] = keys
        for key, digest in zip(keys, digests, strict=True):
            _note(after, key, digest, mine)
        for key in set(old).difference(keys):
            _note(after, key, "", mine)
    if first or any(mark.stamps == mine for mark in after.marks.values()):
        after.seen.add(stamp)
    return after


def _note(history: History, key: str, digest: str, stamps: frozenset[str]) -> None:
    known = history.marks.get(key)
    if digest != (known.digest if known is not None else ""):
        history.marks[key] = Mark(digest, stamps)


def _keys(
    path: str, old: Sequence[str], digests: Sequence[str], before: History, *, stamp: str, numbered: bool
) -> list[str]:
    if numbered:
        return [f"{path}[#{number}]" for number, _ in enumerate(digests, 1)]
    found: list[str] = []
    made = 0
    for key in _matched(old, [before.marks[one].digest for one in old], digests):
        made += key is None
        found.append(key if key is not None else f"{path}[{stamp}.{made}]")
    return found


def _matched(old: Sequence[str], was: Sequence[str], now: Sequence[str]) -> Iterable[str | None]:
    """Return for each entry of now the key that it had, None for a new one."""
    found: list[str | None] = [None] * len(now)
    size = min(len(was), len(now))
    head = next((place for place in range(size) if was[place] != now[place]), size)
    tail = next((place for place in range(size - head) if was[-1 - place] != now[-1 - place]), size - head)
    left, here = was[head : len(was) - tail], now[head : len(now) - tail]
    found[:head] = old[:head]
    found[len(now) - tail :] = old[len(was) - tail :]
    opcodes = [("replace", 0, len(left), 0, len(here))]
    if max(len(left), len(here)) <= _SLOW:
        opcodes = list(SequenceMatcher(None, left, here, autojunk=False).get_opcodes())
    for kind, start, end, to_start, to_end in opcodes:
        if kind in {"equal", "replace"}:
            for offset in range(min(end - start, to_end - to_start)):
                found[head + to_start + offset] = old[head + start + offset]
    return found


def in_order(keys: Iterable[str]) -> list[str]:
    """Return the keys of the entries of one repeat in the order that every kit gives them."""
    return sorted(keys, key=_rank)


def _rank(key: str) -> tuple[bool, str, int]:
    inside = key.rpartition("[")[2].rstrip("]")
    if inside.startswith("#"):
        return False, "", _number(inside[1:])
    stamp, _, number = inside.rpartition(".")
    return True, stamp, _number(number)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
