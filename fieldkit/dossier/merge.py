# SPDX-License-Identifier: EUPL-1.2
"""Two drafts of one record put together, question by question: what only one changed is taken, the rest is asked.

Nothing is lost: what is not chosen stands in the answer log, and so does what the form has no place for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from fieldkit.audit import ADDED, REMOVED
from fieldkit.dossier.answers import Answers, Content, Entry, read_answers
from fieldkit.dossier.history import History, Mark, in_order
from fieldkit.instance import AnswerEntry

if TYPE_CHECKING:
    from forms import FormDef
    from forms.views import Progress

GONE: Final = Mark("", frozenset())


@dataclass(frozen=True, slots=True)
class Copy:
    """One of two drafts: its answers, and their history up to now."""

    answers: Answers
    history: History

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a repeat that has this key, None if it is not there."""
        path = repeat_of(key)
        keys = self.history.entries.get(path, [])
        return self.answers.entries[path][keys.index(key)] if key in keys else None

    def content(self, key: str) -> Content:
        """Return what a key holds: of a question one text with the path "", of an entry its answers."""
        if not key.endswith("]"):
            text = self.answers.texts.get(key, "")
            return [("", text)] if text else []
        entry = self.entry(key)
        return [] if entry is None else [(path, text) for path, text in entry.content if text]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A question, or an entry of a repeat, that both changed: `key` names it, `ref` is its place.

    `mine` and `theirs` are the answers by path below `ref` ("" for a question), empty if it was cleared or removed.
    """

    key: str
    ref: str
    mine: tuple[tuple[str, str], ...]
    theirs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What putting together would do: the keys whose answer is theirs, and what both changed."""

    taken: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The draft put together, its history and the lines for its answer log. `unplaced`: what the form has no place for.

    `taken` are refs of the new draft, or of the old one for an entry that is gone.
    """

    xml: bytes
    history: History
    entries: tuple[AnswerEntry, ...]
    progress: Progress
    name: str
    taken: tuple[str, ...]
    unplaced: tuple[AnswerEntry, ...]


def repeat_of(key: str) -> str:
    """Return the path of the repeat that the key of an entry belongs to."""
    return key.rpartition("[")[0]


def compare(mine: Copy, theirs: Copy) -> Comparison:
    """Tell which answers of theirs are newer and which are a conflict; the same for both, with sides exchanged."""
    taken, conflicts = [], []
    for key in _keys(mine, theirs):
        winner = _winner(key, mine.history, theirs.history)
        if winner == "theirs":
            taken.append(key)
        elif winner == "both":
            held = tuple(mine.content(key)), tuple(theirs.content(key))
            conflicts.append(Conflict(key, _ref(key, mine) or _ref(key, theirs) or key, *held))
    return Comparison(tuple(taken), tuple(conflicts))


def differences(mine: Copy, theirs: Copy) -> tuple[Conflict, ...]:
    """Return all that is not the same in both, in the form's order, whoever changed it."""
    found = []
    for key in _keys(mine, theirs):
        if mine.history.marks.get(key, GONE).digest != theirs.history.marks.get(key, GONE).digest:
            held = tuple(mine.content(key)), tuple(theirs.content(key))
            found.append(Conflict(key, _ref(key, mine) or _ref(key, theirs) or key, *held))
    return tuple(found)


def _keys(mine: Copy, theirs: Copy) -> list[str]:
    """List the keys that the form has a place for in its order, entries of repeats last."""
    known = {**mine.history.marks, **theirs.history.marks}
    repeats = mine.answers.entries
    inside = [key for path in repeats for key in in_order(one for one in known if repeat_of(one) == path)]
    return [key for key in mine.answers.texts if key in known] + inside


def _winner(key: str, mine: History, theirs: History) -> str:
    one, other = mine.marks.get(key, GONE), theirs.marks.get(key, GONE)
    if one.digest == other.digest:
        return "same"
    i_know, they_know = other.stamps <= mine.seen, one.stamps <= theirs.seen
    if i_know == they_know:  # neither knew of the other; if both did, the file was made by hand: ask
        return "both"
    return "mine" if i_know else "theirs"


def _ref(key: str, copy: Copy) -> str:
    if not key.endswith("]"):
        return key
    keys = copy.history.entries.get(repeat_of(key), [])
    return f"{repeat_of(key)}[{keys.index(key) + 1}]" if key in keys else ""


def merge(
    form: FormDef, mine: Copy, theirs: Copy, prefer_theirs: Collection[str], *, stamp: str, at: datetime
) -> Merged:
    """Put two drafts of one form together; of conflicts mine is kept, unless its key is in `prefer_theirs`.

    `mine.answers.root` is changed. `stamp` marks what was chosen, so that the choice is known to those who get it.
    """
    from forms import FormSession

    seen = compare(mine, theirs)
    chosen = {one.key for one in seen.conflicts if one.key in prefer_theirs}
    picks = dict.fromkeys([*seen.taken, *(one.key for one in seen.conflicts if one.key in chosen)])
    history = _history(mine.history, theirs.history, {one.key for one in seen.conflicts}, chosen, stamp)
    for path in history.entries:
        _put_entries(path, history.entries[path], mine, theirs, picks)
    for key in picks:
        if not key.endswith("]"):
            mine.answers.places[key].text = theirs.answers.texts.get(key, "")
    wanted = Copy(read_answers(form, ET.tostring(mine.answers.root, "utf-8"), {}), history)
    session = FormSession(form, instance_xml=ET.tostring(mine.answers.root, "utf-8"))
    lines = [line for key in picks for line in _changed(key, mine, theirs, wanted, at=at)]
    for one in seen.conflicts:
        if one.key not in chosen:
            lines += _differences(_ref(one.key, wanted) or one.ref, one.theirs, one.mine, at)
    xml = session.draft_xml()
    unplaced = tuple(_unplaced(wanted.answers, read_answers(form, xml, {}), at))
    taken = tuple(_ref(key, wanted) or _ref(key, mine) or key for key in picks)
    name = session.instance_name or form.title
    return Merged(xml, history, (*lines, *unplaced), session.progress(), name, taken, unplaced)


def _history(mine: History, theirs: History, asked: Collection[str], chosen: Collection[str], stamp: str) -> History:
    after = History(mine.seen | theirs.seen | ({stamp} if asked else set()))
    for key in {**mine.marks, **theirs.marks}:
        one, other = mine.marks.get(key, GONE), theirs.marks.get(key, GONE)
        winner = _winner(key, mine, theirs)
        if winner == "same":
            known = (one.stamps & other.stamps) | (one.stamps - theirs.seen) | (other.stamps - mine.seen)
            after.marks[key] = Mark(one.digest, known or one.stamps | other.stamps)
        elif winner == "both":
            after.marks[key] = Mark((other if key in chosen else one).digest, frozenset({stamp}))
        else:
            after.marks[key] = one if winner == "mine" else other
    for path in {**mine.entries, **theirs.entries}:
        keys = {*mine.entries.get(path, ()), *theirs.entries.get(path, ())}
        after.entries[path] = in_order(key for key in keys if after.marks[key].digest)
    return after


def _put_entries(path: str, keys: list[str], mine: Copy, theirs: Copy, picks: Collection[str]) -> None:
    """Give a repeat of the tree its entries; those of the other copy come as they are there."""
    if keys == mine.history.entries.get(path) and not any(key in picks for key in keys):
        return
    around = mine.answers.places.get(path.rpartition("/")[0])
    if around is None:
        return
    for entry in mine.answers.entries.get(path, ()):
        around.remove(entry.element)
    for key in keys:
        found = theirs.entry(key) if key in picks else mine.entry(key)
        if found is not None:
            around.append(deepcopy(found.element))


def _changed(key: str, mine: Copy, theirs: Copy, wanted: Copy, *, at: datetime) -> list[AnswerEntry]:
    """Write the lines of the log for an answer that is theirs now."""
    old, new = _ref(key, mine), _ref(key, wanted)
    lines = list(_differences(new or old or key, mine.content(key), theirs.content(key), at))
    if new and not old:
        lines.insert(0, AnswerEntry(new, "", ADDED, at))
    elif old and not new:
        lines.append(AnswerEntry(old, "", REMOVED, at))
    return lines


def _differences(
    ref: str, old: Collection[tuple[str, str]], new: Collection[tuple[str, str]], at: datetime
) -> Iterator[AnswerEntry]:
    before, after = dict(old), dict(new)
    for path in {**before, **after}:
        if before.get(path, "") != after.get(path, ""):
            yield AnswerEntry(ref + path, before.get(path, ""), after.get(path, ""), at)


def _unplaced(wanted: Answers, found: Answers, at: datetime) -> Iterator[AnswerEntry]:
    """Yield what was put into the tree and is not in the draft that the form made of it: it counts fewer entries."""
    for path, text in wanted.texts.items():
        if text and found.texts.get(path, "") != text:
            yield AnswerEntry(path, text, found.texts.get(path, ""), at)
    for path, entries in wanted.entries.items():
        for number, (one, other) in enumerate(zip_longest(entries, found.entries.get(path, [])), 1):
            if one is not None:
                held: Mapping[str, str] = dict(other.content) if other is not None else {}
                for below, text in one.content:
                    if text and held.get(below, "") != text:
                        yield AnswerEntry(f"{path}[{number}]{below}", text, held.get(below, ""), at)
