# SPDX-License-Identifier: EUPL-1.2
"""Preloads, dynamic defaults and setvalue on the four events."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from forms import Context, FormSession

CONTEXT = Context(device_id="dev-1", username="ann", email="ann@example.org", phone_number="+32 1")
META = """
type | name | label
| start | start |
| end | end |
| today | today |
| deviceid | device |
| username | user |
| email | email |
| phonenumber | phone |
| text | a | A
"""


def test_preloads(fill):
    form = fill(META, context=CONTEXT)
    assert form["start"].startswith("2026-11-22T")
    assert form["today"] == "2026-11-22"
    assert [form[name] for name in ("device", "user", "email", "phone")] == ["dev-1", "ann", "ann@example.org", "+32 1"]
    assert re.fullmatch(r"uuid:[0-9a-f-]{36}", form.session.instance_id)
    assert form["end"] == ""


def test_preloads_do_not_run_again_and_the_end_comes_last(fill):
    form = fill(META, context=CONTEXT)
    later = form.again(now=lambda: datetime(2027, 1, 1, tzinfo=UTC), context=Context(username="bob"))
    assert later.session.instance_id == form.session.instance_id
    assert (later["today"], later["user"]) == ("2026-11-22", "ann")
    assert b"<end>2027-01-01T" in later.session.finalize().xml


DYNAMIC = """
type | name | label | default | calculation | trigger
| integer | a | A | 7 | |
| integer | b | B | 1 + 2 | |
| integer | c | C | ${b} * 2 | |
| begin repeat | r | R | | |
| integer | q | Q | ${a} + position(..) | |
| text | s | S | fixed | |
| end repeat | | | | |
| text | t | T | | |
| date | when | When | | today() | ${t}
| calculate | copy | | | concat(${t}, '!') | ${t}
"""


def test_static_and_dynamic_defaults(fill):
    form = fill(DYNAMIC)
    assert [form[name] for name in ("a", "b", "c", "r[1]/q", "r[1]/s")] == ["7", "3", "6", "8", "fixed"]
    form.set("a", 10)
    assert form["r[1]/q"] == "8"
    form.add("r")
    assert (form["r[2]/q"], form["r[2]/s"]) == ("12", "fixed")
    form.set("r[2]/q", 1)
    assert form.again()["r[2]/q"] == "1"
    assert form["b"] == "3"


def test_a_changed_value_triggers(fill):
    form = fill(DYNAMIC)
    assert form["when"] == ""
    changes = form.set("t", "x")
    assert set(changes.refs) >= {"/f/t", "/f/when", "/f/copy"}
    assert (form["when"], form["copy"]) == ("2026-11-22", "x!")
    form.set("when", "")
    form.set("t", "x")
    assert form["when"] == ""
    form.set("t", "")
    assert form["copy"] == "!"


def test_events_on_every_load(fill_xform):
    form = fill_xform(
        "<n>0</n><f/>",
        '<setvalue event="odk-instance-load" ref="/data/n" value="/data/n + 1"/>'
        '<setvalue event="xforms-ready" ref="/data/f">once</setvalue>',
    )
    assert (form["n"], form["f"]) == ("1", "once")
    again = form.again()
    assert again["n"] == "2"


def test_actions_that_set_off_actions(fill_xform):
    form = fill_xform(
        "<a/><b/><c/>",
        "",
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="/data/a * 2"/></input>'
        '<input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/c" value="/data/b + 1"/></input>',
    )
    form.set("a", 3)
    assert (form["b"], form["c"]) == ("6", "7")


def test_actions_that_answer_each_other_end(fill_xform):
    form = fill_xform(
        "<a/><b/>",
        "",
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="/data/a + 1"/></input>'
        '<input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/a" value="/data/b + 1"/></input>',
    )
    form.set("a", 1)
    assert int(form["a"]) > 1


def test_actions_inside_repeats_stay_in_their_instance(fill_xform):
    form = fill_xform(
        "<r><a/><b/></r><r><a/><b/></r>",
        "",
        '<repeat nodeset="/data/r"><input ref="/data/r/a">'
        '<setvalue event="xforms-value-changed" ref="/data/r/b" value="concat(../a, \'!\')"/></input></repeat>',
    )
    form.set("r[2]/a", "x")
    assert (form["r[1]/b"], form["r[2]/b"]) == ("", "x!")


def test_once_keeps_its_value(fill):
    form = fill("type | name | label | calculation\n| text | a | A |\n| calculate | r | | once(concat(${a}, random()))")
    first = form["r"]
    form.set("a", "x")
    assert form["r"] == first
    assert form.again()["r"] == first


def test_once_keeps_nothing_while_it_is_irrelevant(fill):
    """What an irrelevant node holds is empty to expressions, so once() of it is computed again; peers do so too."""
    form = fill(
        """
        type | name | label | calculation | relevant
        | text | a | A | |
        | text | b | B | |
        | calculate | c | | once(concat(${a}, '!')) | ${b} = 'y'
        """
    )
    form.set("a", "1")
    form.set("a", "2")
    form.set("b", "y")
    form.set("a", "3")
    assert form["c"] == "2!"


def test_once_is_computed_by_the_answer_that_makes_it_relevant(fill):
    form = fill(
        """
        type | name | label | calculation | relevant
        | text | a | A | |
        | calculate | c | | once(concat(${a}, '!')) | ${a} = 'y'
        """
    )
    form.set("a", "x")
    form.set("a", "y")
    assert form["c"] == "y!"  # JavaRosa and ODK Web Forms: y!


def test_editing_a_submitted_record(fill):
    form = fill(META, context=CONTEXT)
    form.set("a", "1")
    frozen = form.session.finalize()
    edit = FormSession(form.form, instance_xml=frozen.xml, deprecated_id=frozen.instance_id)
    assert edit.instance_id != frozen.instance_id
    edit.answer("/f/a", "2")
    assert f"<deprecatedID>{frozen.instance_id}</deprecatedID>".encode() in edit.draft_xml()
    resumed = FormSession(form.form, instance_xml=edit.draft_xml())
    assert (resumed.instance_id, resumed.deprecated_id) == (edit.instance_id, frozen.instance_id)
    same = FormSession(form.form, instance_xml=edit.draft_xml(), deprecated_id=frozen.instance_id)
    assert same.instance_id == edit.instance_id
    assert same.finalize().xml.count(b"deprecatedID") == 2
