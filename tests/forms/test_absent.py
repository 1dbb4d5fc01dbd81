# SPDX-License-Identifier: EUPL-1.2
"""What was irrelevant when a record was finalized is not in it; an edit finds it as the blank form has it."""

from __future__ import annotations

import pytest

from forms import FormSession, load_form

INSTANCE = (
    '<a>yes</a><g><b>x</b><r jr:template=""><n>1</n><m>2</m></r><r><n>1</n><m>2</m></r></g><h>y</h><free/>'
    '<s jr:template=""><k>no</k><d>3</d></s>'
)
BINDS = (
    '<bind nodeset="/data/g" relevant="/data/a = \'yes\'"/><bind nodeset="/data/h" relevant="/data/a = \'yes\'"/>'
    '<bind nodeset="/data/s/d" relevant="../k = \'yes\'"/>'
)
BODY = (
    '<input ref="/data/a"/><group ref="/data/g"><input ref="/data/g/b"/><group><repeat nodeset="/data/g/r">'
    '<input ref="/data/g/r/n"/><input ref="/data/g/r/m"/></repeat></group></group><input ref="/data/h"/>'
    '<input ref="/data/free"/><group><repeat nodeset="/data/s">'
    '<input ref="/data/s/k"/><input ref="/data/s/d"/></repeat></group>'
)


@pytest.fixture(scope="module")
def form(write_xform):
    return load_form(write_xform(INSTANCE, BINDS, BODY))


def hidden(form):
    session = FormSession(form)
    session.answer("/data/a", "no")
    return session.finalize().xml


def values(session, *refs):
    return [session.value(ref) for ref in refs]


def test_what_was_not_sent_is_there_again_when_it_becomes_relevant(form):
    sent = hidden(form)
    assert b"<g>" not in sent
    edit = FormSession(form, instance_xml=sent)
    edit.answer("/data/a", "yes")
    assert values(edit, "/data/g/b", "/data/h", "/data/g/r[1]/m") == ["x", "y", "2"]
    assert b"<b>x</b>" in edit.finalize().xml


def test_it_is_not_sent_while_it_stays_irrelevant(form):
    sent = hidden(form)
    assert FormSession(form, instance_xml=sent).finalize().xml == sent


def test_an_answer_that_was_cleared_stays_cleared(form):
    session = FormSession(form)
    session.answer("/data/h", "")
    session.answer("/data/g/b", "")
    session.remove_repeat("/data/g/r[1]")
    edit = FormSession(form, instance_xml=session.finalize().xml)
    assert values(edit, "/data/g/b", "/data/h") == ["", ""]
    assert edit.node("/data/g/r").count == 0


def test_in_an_instance_of_a_repeat_it_is_as_in_its_template(form):
    session = FormSession(form)
    session.add_repeat("/data/s")
    sent = session.finalize().xml
    assert b"<d>" not in sent
    edit = FormSession(form, instance_xml=sent)
    edit.answer("/data/s[1]/k", "yes")
    assert edit.value("/data/s[1]/d") == "3"
    assert edit.node("/data/s").count == 1


def test_the_form_itself_is_not_changed_by_it(form):
    edit = FormSession(form, instance_xml=hidden(form))
    edit.answer("/data/a", "yes")
    edit.answer("/data/g/b", "mine")
    assert FormSession(form).value("/data/g/b") == "x"
    assert edit.orphans == ()
