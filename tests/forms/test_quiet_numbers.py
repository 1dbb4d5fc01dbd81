# SPDX-License-Identifier: EUPL-1.2
"""Numbers that only other numbers read: their texts are written late, and are the same as if written at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormSession, load_compiled, load_form, to_bytes
from forms.dag import QUIET

Fill = Callable[..., Any]

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="x"><a/><b/><c1/><c2/><c3/><c4/><c5/>'
    "<out/><meta><instanceID/></meta></data></instance>"
)
ANSWERS = ("", "0", "1", "3", "-0", "7.5", "1e3", "12345678901234567890")
STEPS = ("/data/{} + 1", "/data/{} * 2", "/data/{} div 4", "/data/{} - 3", "-/data/{}", "/data/{} div 0", "/data/{}")


def chain(steps: list[str], relevant: str) -> bytes:
    """Five calculations, each of the one before; the third may be irrelevant, and reads `b` as well."""
    names = ["a", "c1", "c2", "c3", "c4", "c5"]
    binds = ""
    for before, name, step in zip(names, names[1:], steps, strict=False):
        more = f' relevant="{relevant}"' if name == "c3" and relevant else ""
        other = " + /data/b" if name == "c3" else ""
        binds += f'<bind nodeset="/data/{name}" calculate="{step.format(before)}{other}"{more}/>'
    binds += '<bind nodeset="/data/out" calculate="concat(\'=\', round(/data/c4 * 10))"/>'
    body = '<input ref="/data/a"/><input ref="/data/b"/>'
    return f"{HEAD}{binds}</model></h:head><h:body>{body}</h:body></h:html>".encode()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(STEPS), min_size=5, max_size=5),
    st.sampled_from(["", "/data/b != ''", "/data/c2 &gt; 2", "/data/a != 3"]),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(ANSWERS)), max_size=8),
)
def test_late_texts_are_those_of_a_fresh_session(steps, relevant, answers):
    form = load_form(chain(steps, relevant))
    kept = load_compiled(to_bytes(form))
    assert any(step[2] == QUIET for step in form.steps) or "/data/{}" in steps  # a path alone gives a text
    assert [step[2:3] for step in kept.steps] == [step[2:3] for step in form.steps]
    looked, blind, other = (FormSession(one) for one in (form, form, kept))
    other.answer("/data/meta/instanceID", looked.instance_id)
    blind.answer("/data/meta/instanceID", looked.instance_id)
    for name, value in answers:
        for session in (looked, blind, other):
            session.answer(f"/data/{name}", value)
        texts = [looked.value(f"/data/c{n}") for n in range(1, 6)]  # written now, in this session only
        fresh = FormSession(form, instance_xml=looked.draft_xml())
        assert [fresh.value(f"/data/c{n}") for n in range(1, 6)] == texts
        assert fresh.draft_xml() == looked.draft_xml()
    assert blind.draft_xml() == looked.draft_xml() == other.draft_xml()


def test_changes_and_views_tell_quiet_numbers(fill: Fill) -> None:
    form = fill(
        """
        type | name | label | calculation | relevant
        | integer | a | A | |
        | text | show | S | |
        | calculate | c | | ${a} * 2 | ${show} = 'y'
        | calculate | d | | ${c} + 1 |
        """
    )
    form.set("show", "y")
    changes = form.set("a", 21)
    assert {"/f/a", "/f/c", "/f/d"} <= set(changes.refs)
    assert (form["c"], form.node("d").value) == ("42", "43")
    form.set("show", "n")
    assert (form["c"], form["d"]) == ("42", "")  # kept, but not seen
    form.set("a", 0)
    form.set("show", "y")
    assert (form["c"], form["d"]) == ("0", "1")


@pytest.mark.parametrize(("value", "text"), [("-0", "0"), ("2.50", "5"), ("", "")])
def test_a_whole_number_is_written_without_sign_or_point(fill: Fill, value: str, text: str) -> None:
    form = fill("type | name | label | calculation\n| decimal | a | A |\n| calculate | c | | ${a} * 2")
    form.set("a", value)
    assert f"<c>{text}</c>".encode() in form.session.draft_xml() or (not text and b"<c/>" in form.session.draft_xml())


def test_actions_read_what_was_computed(fill: Fill) -> None:
    form = fill(
        """
        type | name | label | calculation | trigger
        | integer | a | A | |
        | calculate | c | | ${a} * 2 |
        | text | copy | Copy | ${c} | ${a}
        """
    )
    form.set("a", 21)
    assert form["copy"] == "42"
