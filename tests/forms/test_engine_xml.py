# SPDX-License-Identifier: EUPL-1.2
"""Instances as XML: what is written, what is read back, what is refused."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormSession, InstanceError, load_form

SURVEY = """
type | name | label | relevant
| text | a | A |
| begin group | g | G | ${a} != 'hide'
| text | b | B |
| begin repeat | r | R |
| text | c | C |
| end repeat | | |
| end group | | |
| image | photo | Photo |
"""
SETTINGS = "form_id | version | instance_name\n| f | 7 | concat('N ', ${a})"


def test_what_servers_read(fill):
    form = fill(SURVEY, settings=SETTINGS)
    form.set("a", 'é & <x> "y"')
    form.set("photo", "p.jpg")
    frozen = form.session.finalize()
    root = fromstring(frozen.xml)
    assert (root.tag, root.attrib) == ("f", {"id": "f", "version": "7"})
    assert root.findtext("meta/instanceID") == frozen.instance_id
    assert root.findtext("meta/instanceName") == frozen.instance_name == 'N é & <x> "y"'
    assert root.findtext("a") == 'é & <x> "y"'
    assert [child.tag for child in root] == ["a", "g", "photo", "meta"]
    assert frozen.attachments == ("p.jpg",)
    assert form.session.finalize().xml == frozen.xml


def test_irrelevant_attachments_are_not_sent(fill):
    form = fill("type | name | label | relevant\n| text | a | A |\n| image | p | P | ${a} = '1'")
    form.set("p", "x.jpg")
    assert form.session.finalize().attachments == ()
    form.set("a", "1")
    assert form.session.finalize().attachments == ("x.jpg",)


def test_namespaces_and_attributes_are_kept(write_xform):
    form = load_form(
        write_xform(
            '<orx:start/><thing when="now" odk:tag="t"><n/></thing>',
            '<bind nodeset="/data/thing/@when" calculate="concat(/data/thing/n, \'!\')"/>'
            '<bind nodeset="/data/orx:start" calculate="\'s\'"/>',
            '<input ref="/data/thing/n"/>',
            root='id="x" orx:version="3"',
        )
    )
    assert (form.form_id, form.version) == ("x", "3")
    session = FormSession(form)
    session.answer("/data/thing/n", "later")
    root = fromstring(session.finalize().xml)
    assert root.get("{http://openrosa.org/xforms}version") == "3"
    assert root.findtext("{http://openrosa.org/xforms}start") == "s"
    assert root.find("thing").attrib == {"when": "later!", "{http://www.opendatakit.org/xforms}tag": "t"}
    again = FormSession(form, instance_xml=session.draft_xml())
    assert again.draft_xml() == session.draft_xml()


def test_an_instance_of_its_own_namespace():
    form = load_form(
        b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
        b'<instance><d xmlns="http://example.org/d" id="x"><a/><meta><instanceID/></meta></d></instance></model>'
        b'</h:head><h:body><input ref="/d/a"/></h:body></h:html>'
    )
    session = FormSession(form)
    session.answer("/d/a", "1")
    root = fromstring(session.finalize().xml)
    assert root.findtext("{http://example.org/d}a") == "1"
    assert root.find("{http://example.org/d}meta/{http://example.org/d}instanceID") is not None


def test_a_form_without_meta_gets_an_instance_id():
    form = load_form(
        b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
        b'<instance><d id="x"><a/></d></instance></model></h:head><h:body><input ref="/d/a"/></h:body></h:html>'
    )
    session = FormSession(form)
    root = fromstring(session.finalize().xml)
    name = "{http://openrosa.org/xforms}"
    assert root.findtext(f"{name}meta/{name}instanceID") == session.instance_id != ""
    assert form.warnings


def test_a_form_that_asks_for_no_preload_gets_an_instance_id():
    xml = (
        b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
        b'<instance><data id="x"><a/><meta><instanceID/></meta></data></instance><bind nodeset="/data/a"/>'
        b'</model></h:head><h:body><input ref="/data/a"><label>A</label></input></h:body></h:html>'
    )
    session = FormSession(load_form(xml))
    assert session.instance_id.startswith("uuid:")
    assert fromstring(session.finalize().xml).findtext("meta/instanceID") == session.instance_id


def test_drafts_keep_everything(fill):
    form = fill(SURVEY, settings=SETTINGS)
    form.set("b", "kept")
    form.add("g/r")
    form.set("g/r[2]/c", "second")
    form.set("a", "hide")
    again = form.again()
    assert not again.relevant("b")
    again.set("a", "show")
    assert (again["b"], again["g/r[2]/c"]) == ("kept", "second")
    assert b"<b>" not in form.session.finalize().xml


def test_what_the_form_no_longer_has_is_told(fill):
    form = fill(SURVEY, settings=SETTINGS)
    xml = form.session.draft_xml().replace(b"<photo/>", b"<old>kept</old><lost><in>here</in></lost>")
    session = FormSession(form.form, instance_xml=xml)
    assert session.orphans == (("/f/old", "kept"), ("/f/in", "here"))


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<f id='f'><a>",
        b"<g id='f'/>",
        b"<f id='other'/>",
        b'<!DOCTYPE f [<!ENTITY x "y">]><f id="f">&x;</f>',
    ],
)
def test_instances_that_are_refused(fill, xml):
    form = fill(SURVEY, settings=SETTINGS)
    with pytest.raises(InstanceError) as caught:
        FormSession(form.form, instance_xml=xml)
    assert caught.value.form == "f"


TEXTS = st.text(
    alphabet=st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r"),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_any_text_comes_back(texts, other):
    form = load_form(ROUND_TRIP)
    session = FormSession(form)
    for number, text in enumerate(texts, 1):
        if number > 1:
            session.add_repeat("/data/r")
        session.answer(f"/data/r[{number}]/c", text)
    session.answer("/data/a", other)
    again = FormSession(form, instance_xml=session.draft_xml())
    assert again.draft_xml() == session.draft_xml()
    assert [again.value(f"/data/r[{n}]/c") for n in range(1, len(texts) + 1)] == texts
    assert again.value("/data/a") == other
    assert again.instance_id == session.instance_id


ROUND_TRIP = (
    b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model><instance>'
    b'<data id="x"><a/><r><c/></r><meta><instanceID/></meta></data></instance>'
    b'<bind nodeset="/data/meta/instanceID" jr:preload="uid" xmlns:jr="http://openrosa.org/javarosa"/></model></h:head>'
    b'<h:body><input ref="/data/a"/><repeat nodeset="/data/r"><input ref="/data/r/c"/></repeat></h:body></h:html>'
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40), st.binary(max_size=12)), max_size=3))
def test_damaged_instances_never_surprise(pieces):
    form = load_form(ROUND_TRIP)
    session = FormSession(form)
    session.add_repeat("/data/r")
    session.answer("/data/r[2]/c", "x")
    xml = session.draft_xml()
    for start, length, splice in pieces:
        xml = xml[:start] + splice + xml[start + length :]
    try:
        again = FormSession(form, instance_xml=xml)
    except InstanceError:
        return
    assert again.instance_id
    assert FormSession(form, instance_xml=again.draft_xml()).draft_xml() == again.draft_xml()
