# SPDX-License-Identifier: EUPL-1.2
"""Places that are found once: they follow their node, say what is there now, and refuse what is not theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forms import AnswerError, Choices, Handle, NodeKind, Text, ViolationKind

Fill = Callable[..., object]

SURVEY = """
| type | name | label | relevant | constraint | repeat_count |
| begin repeat | r | Lines | | | |
| integer | qty | Quantity | | . < 10 | |
| text | why | Why ${qty} | ${qty} > 5 | | |
| end repeat | | | | | |
| select_one l | s | Choice | | | |
| integer | n | Number | | | |
| begin repeat | c | Counted | | | ${n} |
| text | x | X | | | |
| end repeat | | | | | |
"""
CHOICES = """
| list_name | name | label |
| l | a | Alpha |
| l | b | Beta |
"""


@pytest.fixture
def form(fill):
    return fill(SURVEY, CHOICES)


def test_a_handle_reads_and_answers(form):
    form.add("r")
    handle = form.session.at("/f/r[2]/qty")
    assert isinstance(handle, Handle)
    assert (handle.kind, handle.ref, handle.value, handle.relevant) == (NodeKind.QUESTION, "/f/r[2]/qty", "", True)
    why = form.session.at("/f/r[2]/why")
    assert not why.relevant
    changes = handle.answer("12")
    assert {"/f/r[2]/qty", "/f/r[2]/why"} <= set(changes.refs)
    assert (handle.value, handle.broken, why.relevant) == ("12", ViolationKind.CONSTRAINT, True)
    assert why.label == Text("Why 12", why.label.language)
    assert handle.view() == form.node("r[2]/qty")
    handle.answer("7")
    assert handle.broken is None


def test_a_handle_follows_its_instance_and_knows_when_it_is_gone(form):
    form.add("r")
    form.add("r")
    first, last = form.session.at("/f/r[1]"), form.session.at("/f/r[3]/qty")
    last.answer("3")
    assert first.remove().removed == ("/f/r[1]",)
    assert (first.gone, last.gone, last.ref) == (True, False, "/f/r[2]/qty")
    assert form["r[2]/qty"] == "3"
    lost = form.session.at("/f/r[1]/qty")
    form.remove("r[1]")
    for use in (lambda: lost.answer("1"), lambda: lost.ref, lost.view, first.remove):
        with pytest.raises(AnswerError, match=r"gone"):
            use()
    assert last.value == "3"


def test_an_instance_that_a_count_brings_back_is_the_same_place(form):
    form.set("n", 1)
    inside = form.session.at("/f/c[1]/x")
    inside.answer("kept")
    form.set("n", 0)
    assert inside.gone
    form.set("n", 1)
    assert not inside.gone
    assert (inside.ref, inside.value) == ("/f/c[1]/x", "kept")


def test_only_what_takes_it_is_answered_added_to_or_removed(form):
    session = form.session
    for refuse in (
        lambda: session.at("/f/r").answer("1"),
        lambda: session.at("/f/r[1]").answer("1"),
        lambda: session.at("/f/s").add(),
        lambda: session.at("/f/r").remove(),
        lambda: session.at("/f/c").add(),
    ):
        with pytest.raises(AnswerError):
            refuse()
    assert (session.at("/f/r").value, session.at("/f/r").label.value) == ("", "Lines")
    assert session.at("/f/r").add().added == ("/f/r[2]",)
    with pytest.raises(AnswerError, match="no such node"):
        session.at("/f/nothing")


def test_changes_are_told_when_they_are_read(form):
    changes = form.set("n", 2)
    assert changes.added == ("/f/c[1]", "/f/c[2]")
    assert "/f/n" in changes.refs
    assert changes.refs is changes.refs
    assert form.set("n", 2).refs == ()
    again = form.set("n", 1)
    assert again != changes
    assert repr(again).startswith("Changes(refs=")


def test_choices_are_a_sequence_made_when_asked(form):
    handle = form.session.at("/f/s")
    listed = handle.choices()
    assert isinstance(listed, Choices)
    assert listed.pairs() == [("a", "Alpha"), ("b", "Beta")]
    assert [choice.label.value for choice in listed] == ["Alpha", "Beta"]
    assert (len(listed), listed[-1].value, [c.value for c in listed[:1]]) == (2, "b", ["a"])
    assert listed == list(listed)
    assert listed != list(listed)[:1]
    assert handle.choices() is listed  # nothing changed what is on offer
    assert form.session.at("/f/n").choices() == []


def test_a_choice_without_a_label_is_called_by_its_value():
    named = Choices(["a", "b"], None, ["Alpha", ""], "fr")
    assert named.pairs() == [("a", "Alpha"), ("b", "b")]
    assert [choice.label for choice in named] == [Text("Alpha", "fr"), Text("b")]
    many = Choices([str(n) for n in range(20)], None, [""] * 20)
    for _ in range(4):  # looked for, then in the set that many questions make
        assert [many.offers("7"), many.offers("19"), many.offers("20")] == [True, True, False]
    listed = Choices([str(n) for n in range(40)], None, [""] * 40)
    assert listed.pairs()[39] == ("39", "39")
    assert [listed.offers("39"), listed.offers("40")] == [True, False]
