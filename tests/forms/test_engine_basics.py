# SPDX-License-Identifier: EUPL-1.2
"""Questions, groups, relevance, required, constraints, types and progress, on forms that pyxform compiled."""

from __future__ import annotations

import pytest

from forms import AnswerError, NodeKind, NotValidError, Violation, ViolationKind

PERSON = """
type | name | label | relevant | constraint | constraint_message | required | required_message | calculation | readonly
| text | name | Name | | string-length(.) <= 10 | At most 10 letters, ${name} has more | yes | Who are you? | |
| integer | age | Age of ${name} | | . >= 0 and . < 150 | Not an age | | | |
| begin group | work | Work | ${age} >= 18 | | | | | |
| text | job | Job | | | | yes | | |
| begin group | detail | Detail | ${job} != '' | | | | | |
| decimal | pay | Pay | | | | | | |
| end group | | | | | | | | |
| end group | | | | | | | | |
| calculate | year | | | | | | | 12 * ${pay} |
| note | shown | Yearly: ${year} | | | | | | |
| text | fixed | Fixed | | | | | | | ${age} > 30
"""


def test_a_form_shows_its_questions_in_order(fill):
    form = fill(PERSON)
    children = form.session.children()
    assert [view.ref for view in children] == ["/f/name", "/f/age", "/f/work", "/f/shown", "/f/fixed"]
    assert [view.kind for view in children[:3]] == [NodeKind.QUESTION, NodeKind.QUESTION, NodeKind.GROUP]
    assert [view.ref for view in form.session.children("/f/work")] == ["/f/work/job", "/f/work/detail"]
    assert form.node("age").data_type == "int"
    assert form.node("shown").readonly
    assert form.session.children("/f/name") == []


def test_relevance_is_inherited_and_answers_come_back(fill):
    form = fill(PERSON)
    assert not form.relevant("work")
    assert not form.relevant("job")
    form.set("age", 20)
    assert form.relevant("job")
    assert not form.relevant("pay")
    form.set("job", "baker")
    form.set("pay", "2000.5")
    assert form["year"] == "24006"
    changes = form.set("age", 5)
    assert "/f/work" in changes.refs
    assert "/f/work/job" not in changes.refs
    assert form["job"] == "baker"
    assert form["year"] == ""
    form.set("age", 40)
    assert form["year"] == "24006"


def test_labels_hold_outputs_and_tell_when_they_change(fill):
    form = fill(PERSON)
    changes = form.set("name", "Zoé")
    assert form.label("age") == "Age of Zoé"
    assert set(changes.refs) >= {"/f/name", "/f/age"}
    assert "/f/shown" not in changes.refs


def test_only_what_depends_on_an_answer_is_told(fill):
    form = fill(PERSON)
    form.set("name", "Ann")
    assert form.set("age", 3).refs == ("/f/age",)
    assert form.set("age", 3).refs == ()
    assert set(form.set("age", 33).refs) == {"/f/age", "/f/work", "/f/work/job", "/f/fixed"}
    assert set(form.set("age", 3).refs) == {"/f/age", "/f/work", "/f/fixed"}


def test_constraints_flag_and_keep_the_answer(fill):
    form = fill(PERSON)
    form.set("age", 200)
    assert form["age"] == "200"
    assert form.node("age").violation == Violation("/f/age", ViolationKind.CONSTRAINT, "Not an age")
    form.set("age", "")
    assert form.broken("age") is None
    form.set("name", "Bartholomew")
    assert form.node("name").violation.message == "At most 10 letters, Bartholomew has more"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", ["0", "-12", "+3", "007"], ["abc", "1.5", "1e3", "٣", "1" * 40]),
        ("decimal", ["1", "-0.5", ".5", "3."], ["1,5", "x", "--1", "Infinity"]),
        ("date", ["2026-11-22", "2024-02-29"], ["2026-02-29", "22/11/2026", "2026-1-1"]),
        ("time", ["10:30", "23:59:59.123", "10:30:00.000+01:00"], ["24:00", "10h30"]),
        ("dateTime", ["2026-11-22T10:30:00.000+01:00", "2026-11-22T10:30:00Z"], ["2026-11-22", "2026-13-01T10:30"]),
        ("geopoint", ["50.4 4.8 0 0", "50.4 4.8"], ["91 0 0 0", "here"]),
        ("geotrace", ["50 4 0 0; 51 5 0 0"], ["50 4 0 0"]),
        ("geoshape", ["50 4 0 0; 51 5 0 0; 51 4 0 0; 50 4 0 0"], ["50 4 0 0; 51 5 0 0"]),
    ],
)
def test_types(fill, kind, good, bad):
    form = fill(f"type | name | label\n| {kind} | q | Q")
    for value in good:
        form.set("q", value)
        assert form.broken("q") is None, value
    for value in bad:
        form.set("q", value)
        assert form.broken("q") == "type", value


def test_required_is_only_reported_by_validate(fill):
    form = fill(PERSON)
    assert form.node("name").required
    assert form.broken("name") is None
    assert form.session.validate() == [Violation("/f/name", ViolationKind.REQUIRED, "Who are you?")]
    form.set("age", 20)
    assert [v.ref for v in form.session.validate()] == ["/f/name", "/f/work/job"]
    assert [v.ref for v in form.session.validate("/f/work")] == ["/f/work/job"]
    with pytest.raises(NotValidError) as caught:
        form.session.finalize()
    assert [v.ref for v in caught.value.violations] == ["/f/name", "/f/work/job"]


def test_progress_counts_what_a_person_can_answer(fill):
    form = fill(PERSON)
    progress = form.session.progress()
    assert (progress.asked, progress.answered, progress.invalid, progress.missing) == (3, 0, 0, 1)
    form.set("age", 200)
    form.set("job", "x")
    progress = form.session.progress()
    assert (progress.asked, progress.answered, progress.invalid, progress.missing) == (4, 2, 1, 1)
    assert form.session.progress("/f/work").answered == 1
    assert form.node("fixed").readonly  # age is above 30: not to be answered any more


def test_dynamic_readonly(fill):
    form = fill(PERSON)
    form.set("age", 20)
    assert not form.node("fixed").readonly
    assert "/f/fixed" in form.set("age", 31).refs
    assert form.node("fixed").readonly


def test_readonly_is_inherited(fill_xform):
    form = fill_xform(
        "<a/><g><b/></g>",
        '<bind nodeset="/data/g" readonly="/data/a = \'1\'"/>',
        '<input ref="/data/a"/><group ref="/data/g"><input ref="/data/g/b"/></group>',
    )
    assert not form.node("b").readonly
    assert "/data/g/b" in form.set("a", "1").refs
    assert form.node("b").readonly
    assert form.session.progress().asked == 1


def test_finalize_leaves_out_what_is_irrelevant(fill):
    form = fill(PERSON)
    form.set("name", "Ann")
    form.set("age", 20)
    form.set("job", "baker")
    form.set("age", 10)
    frozen = form.session.finalize()
    assert b"<job>" not in frozen.xml
    assert b"<work" not in frozen.xml
    assert b"<age>10</age>" in frozen.xml
    assert b"<job>baker</job>" in form.session.draft_xml()
    assert frozen.instance_id.startswith("uuid:")
    assert frozen.instance_id.encode() in frozen.xml


@pytest.mark.parametrize("ref", ["/f/nothing", "/f/work", "/f", "", "f/name", "/f/name[1]", "/f/year/x"])
def test_answers_need_a_question(fill, ref):
    form = fill(PERSON)
    with pytest.raises(AnswerError):
        form.session.answer(ref, "1")


@pytest.mark.parametrize("value", ["\x00", "a\x0bb", "\x1f", "\ud800", "\ufffe"])
def test_characters_that_xml_cannot_hold_are_refused(fill, value):
    form = fill(PERSON)
    form.set("name", "before")
    with pytest.raises(AnswerError):
        form.set("name", value)
    assert form["name"] == "before"


def test_unanswered_numbers_do_not_spoil_texts(fill):
    form = fill(
        "type | name | label | calculation\n| integer | n | N |\n| calculate | c | | ${n} + 1\n| note | t | [${c}] |"
    )
    assert form["c"] == ""
    assert form.label("t") == "[]"
    form.set("n", "0.1")
    assert form["c"] == "1.1"


def test_computed_values_need_not_fit_their_type(fill_xform):
    form = fill_xform(
        "<n/><c/>",
        '<bind nodeset="/data/c" type="int" calculate="/data/n div 2" constraint=". &lt; 10"/>',
        '<input ref="/data/n"/><input ref="/data/c"/>',
    )
    form.set("n", 7)
    assert (form["c"], form.broken("c")) == ("3.5", None)
    form.set("n", 30)
    assert form.broken("c") == "constraint"


def test_an_answer_that_is_the_same_changes_nothing(fill):
    form = fill(PERSON)
    form.set("name", "Ann")
    assert form.set("name", "Ann").refs == ()
