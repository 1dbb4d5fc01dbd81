# SPDX-License-Identifier: EUPL-1.2
"""Copies of a draft that were edited apart: nothing lost, each conflict told once, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.dossier.history import History
from forms import FormSession
from tests.fieldkit.dossier_kits import FORM, QUESTIONS, Hand

EDIT = st.tuples(st.sampled_from(["answer", "answer", "add", "change", "remove", "inner"]), st.integers(0, 5))
EDITS = st.lists(EDIT, max_size=6)
# Few words for questions, so that two people often write the same; what is in entries is told apart.
WORDS = st.lists(st.sampled_from(["", "oak", "ash", "elm"]), min_size=6, max_size=6)
Script = tuple[Sequence[tuple[str, int]], Sequence[str]]
SCRIPT = st.tuples(EDITS, WORDS)


def work(hand: Hand, who: str, script: Script) -> None:
    for number, ((kind, place), word) in enumerate(zip(*script, strict=False)):
        hand.edit(kind, place, word if kind == "answer" else f"{who}{number}")


def begin(script: Script) -> Hand:
    hand = Hand.fresh()
    work(hand, "base", script)
    return hand


def texts(conflicts: set[tuple[object, ...]]) -> set[str]:
    return {text for _, *sides in conflicts for side in sides for _, text in side}  # type: ignore[attr-defined]


@settings(max_examples=50, deadline=None)
@given(SCRIPT, SCRIPT, SCRIPT)
def test_two_copies_lose_nothing_and_tell_each_conflict_once(base: Script, one: Script, other: Script) -> None:
    ann = begin(base)
    was, things = ann.values(), ann.things()
    bob = ann.fork()
    work(ann, "ann", one)
    work(bob, "bob", other)
    ann_was, bob_was = (ann.values(), ann.things()), (bob.values(), bob.things())
    from_ann, from_bob = ann.copy(), bob.copy()
    merged, conflicts = ann.meet(from_bob)
    asked = {str(key).rpartition("/")[2]: sides for key, *sides in conflicts}
    for name in QUESTIONS:
        a, b, o = ann_was[0][name], bob_was[0][name], was[name]
        if a != b and o not in {a, b}:
            wanted = a
            assert [dict(side).get("", "") for side in asked[name]] == [a, b]  # type: ignore[call-overload]
        else:
            wanted = b if a == o else a
            assert name not in asked
        assert ann.values()[name] == wanted
    # An answer inside an entry is there, or asked about, or the other one took it away.
    kept = {*ann.things(), *texts(conflicts)}
    for mine, theirs in ((ann_was[1], bob_was[1]), (bob_was[1], ann_was[1])):
        assert [text for text in mine if text not in kept and not (text in things and text not in theirs)] == []
    assert merged.unplaced == ()
    # The other one sees the same from the other side; if both choose alike they have the same record.
    _, mirrored = bob.meet(from_ann, [str(one[0]) for one in conflicts])
    assert mirrored == {(key, theirs, mine) for key, mine, theirs in conflicts}
    assert bob.xml == ann.xml
    again, nothing = bob.meet(ann.copy())
    assert (again.taken, nothing) == ((), set())


@settings(max_examples=30, deadline=None)
@given(SCRIPT, SCRIPT, SCRIPT, SCRIPT)
def test_the_order_of_three_copies_does_not_matter(base: Script, one: Script, other: Script, third: Script) -> None:
    ann = begin(base)
    bob, eve = ann.fork(), ann.fork()
    for hand, who, script in ((ann, "ann", one), (bob, "bob", other), (eve, "eve", third)):
        work(hand, who, script)
    copies = [ann.copy(), bob.copy(), eve.copy()]
    ends: list[tuple[Hand, set[object]]] = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 1, 0)):
        hand = Hand([ann.xml, bob.xml, eve.xml][order[0]], copies[order[0]].history)
        asked: set[object] = set()
        for number in order[1:]:
            other_hand = [ann, bob, eve][number]
            _, conflicts = hand.meet(Hand(other_hand.xml, copies[number].history).copy())
            asked |= {conflict[0] for conflict in conflicts}
        ends.append((hand, asked))
    first, asked = ends[0]
    for hand, others in ends[1:]:
        assert others == asked
        same = [name for name in QUESTIONS if not any(str(key).endswith(f"/{name}") for key in asked)]
        assert [hand.values()[name] for name in same] == [first.values()[name] for name in same]
        if not asked:
            assert hand.xml == first.xml


@settings(max_examples=25, deadline=None)
@given(SCRIPT, st.lists(st.tuples(st.booleans(), SCRIPT), max_size=5))
def test_copies_that_go_to_and_fro_end_alike(base: Script, turns: list[tuple[bool, Script]]) -> None:
    """Edits and exchanges in any order, also crossing ones; at the end one gives everything to the other."""
    ann = begin(base)
    bob = ann.fork()
    for number, (crossing, script) in enumerate(turns):
        work(ann if number % 2 else bob, f"t{number}", script)
        from_ann = ann.copy()
        bob_copy = bob.copy()
        bob.meet(from_ann)
        if crossing:
            ann.meet(bob_copy)
    ann.meet(bob.copy())
    bob.meet(ann.copy())
    assert bob.xml == ann.xml


def test_an_entry_that_one_removed_and_the_other_changed_is_asked() -> None:
    ann = Hand.fresh()
    for name in ("two", "three"):  # the form begins with an empty one
        ann.edit("add", 0, name)
    bob = ann.fork()
    ann.edit("remove", 1, "")
    bob.edit("change", 1, "two and a half")
    bob.edit("remove", 2, "")
    from_ann = ann.copy()
    merged, conflicts = ann.meet(bob.copy())
    assert conflicts == {("/data/r[#2]", (), (("/what", "two and a half"),))}
    assert ann.things() == []
    assert [(line.ref, line.old) for line in merged.entries if line.old == "two and a half"]
    bob.meet(from_ann)
    assert bob.things() == ["two and a half"]


def test_counted_entries_without_a_place_are_told_and_stay_in_the_log() -> None:
    ann = Hand.fresh()
    session = ann.session
    session.answer("/data/n", "1")
    ann.xml = session.draft_xml()
    bob = ann.fork()
    for hand, number in ((ann, "2"), (bob, "3")):
        session = hand.session
        session.answer("/data/n", number)
        session.answer(f"/data/line[{number}]/text", f"line {number}")
        hand.xml = session.draft_xml()
    merged, conflicts = ann.meet(bob.copy())
    assert {key for key, *_ in conflicts} == {"/data/n", "/data/line[#2]"}
    assert [(line.ref, line.old) for line in merged.unplaced] == [("/data/line[3]/text", "line 3")]
    assert FormSession(FORM, instance_xml=ann.xml).value("/data/line[2]/text") == "line 2"


def test_copies_that_never_met_are_compared_as_they_are() -> None:
    ann = Hand.fresh()
    bob = Hand(ann.xml)
    for hand, words in ((ann, ("oak", "", "elm")), (bob, ("oak", "ash", "lime"))):
        for place, word in enumerate(words):
            hand.edit("answer", place, word)
    _, conflicts = ann.meet(bob.copy())
    assert ann.values() == {"a": "oak", "b": "ash", "c": "elm"}
    assert {key for key, *_ in conflicts} == {"/data/c"}


def test_the_same_answer_keeps_who_gave_it_last() -> None:
    """Bob went away from an answer and came back: who meets Ann, who met Bob, is asked as Bob would be."""
    ann = Hand.fresh()
    ann.edit("answer", 0, "oak")
    bob, eve = ann.fork(), ann.fork()
    eve.edit("answer", 0, "elm")
    from_eve = eve.copy()
    for word in ("ash", "oak"):
        bob.edit("answer", 0, word)
        bob.copy()
    _, same = ann.meet(bob.copy())
    assert same == set()
    wanted = {("/data/g/a", (("", "oak"),), (("", "elm"),))}
    assert ann.meet(from_eve)[1] == wanted
    assert bob.meet(from_eve)[1] == wanted


def test_a_history_is_read_as_it_was_written() -> None:
    ann = Hand.fresh()
    ann.edit("add", 0, "one")
    text = ann.copy().history.to_text()
    assert History.from_text(text).to_text() == text
    assert History.from_text("") == History()
