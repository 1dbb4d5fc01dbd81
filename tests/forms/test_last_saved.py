# SPDX-License-Identifier: EUPL-1.2
"""The record saved before (last-saved), and what actions ask of the window."""

from __future__ import annotations

import pytest

from forms import FormSession, InstanceError, Request, load_compiled, to_bytes

SURVEY = """
| type | name | label | default |
| text | name | Name | ${last-saved#name} |
| begin group | g | Group | |
| integer | n | Number | ${last-saved#n} + 1 |
| end group | | | |
"""


@pytest.fixture(params=["fresh", "kept"])
def form(request, load_table):
    made = load_table(SURVEY)
    return made if request.param == "fresh" else load_compiled(to_bytes(made))


def test_defaults_come_from_the_record_saved_before(form):
    assert form.asks_last_saved
    first = FormSession(form)
    assert first.value("/f/name") == ""
    first.answer("/f/name", "Amay & Huy")
    first.answer("/f/g/n", "4")
    second = FormSession(form, last_saved=first.finalize().xml)
    assert (second.value("/f/name"), second.value("/f/g/n")) == ("Amay & Huy", "5")
    third = FormSession(form, last_saved=second.finalize().xml)
    assert (third.value("/f/g/n"), FormSession(form).value("/f/name")) == ("6", "")


def test_a_draft_keeps_its_own_answers(form):
    first = FormSession(form)
    first.answer("/f/name", "mine")
    again = FormSession(form, instance_xml=first.draft_xml(), last_saved=b"<f><name>other</name></f>")
    assert again.value("/f/name") == "mine"


def test_what_is_no_record_is_refused(form):
    with pytest.raises(InstanceError):
        FormSession(form, last_saved=b"no XML")


def test_a_form_that_does_not_ask_reads_nothing(load_table):
    form = load_table("| type | name | label |\n| text | a | A |")
    assert not form.asks_last_saved
    assert FormSession(form, last_saved=b"no XML").value("/f/a") == ""


def test_choices_from_the_record_saved_before(fill_xform):
    form = fill_xform(
        "<r><x/></r><s/>",
        "",
        '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat><select1 ref="/data/s"><itemset '
        'nodeset="instance(\'before\')/data/r[x != \'\']"><value ref="x"/><label ref="x"/></itemset></select1>',
        '<instance id="before" src="jr://instance/last-saved"/>',
    ).form
    saved = b'<data id="x"><r><x>one</x></r><r><x/></r><r><x>two</x></r></data>'
    session = FormSession(form, last_saved=saved)
    assert [choice.value for choice in session.choices("/data/s")] == ["one", "two"]
    session.answer("/data/s", "two")
    assert session.validate() == []
    other = FormSession(form)
    assert other.choices("/data/s") == []
    other.answer("/data/s", "two")
    assert [one.kind.value for one in other.validate()] == ["choice"]


def test_actions_ask_the_window(fill_xform):
    form = fill_xform(
        "<q/><sound/><place/><r><where/><t/></r>",
        '<odk:recordaudio event="odk-instance-first-load" ref="/data/sound" odk:quality="voice-only"/>',
        '<input ref="/data/q"><odk:setgeopoint event="xforms-value-changed" ref="/data/place"/></input>'
        '<repeat nodeset="/data/r"><input ref="/data/r/t"/>'
        '<odk:setgeopoint event="odk-new-repeat" ref="/data/r/where"/></repeat>',
    )
    session = form.session
    assert session.take_requests() == (Request("recordaudio", "/data/sound", "voice-only"),)
    assert session.take_requests() == ()
    form.set("q", "x")
    assert session.take_requests() == (Request("setgeopoint", "/data/place"),)
    form.add("r")
    assert session.take_requests() == (Request("setgeopoint", "/data/r[2]/where"),)
    again = FormSession(form.form, instance_xml=session.draft_xml())
    assert again.take_requests() == ()
