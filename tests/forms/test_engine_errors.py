# SPDX-License-Identifier: EUPL-1.2
"""Broken and hostile definitions: each refused by an error of the engine that says where and why."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import (
    CycleError,
    ExpressionError,
    FormFileError,
    FormSession,
    HostileXmlError,
    NotXmlError,
    StructureError,
    UnknownFunctionError,
    load_form,
)

LIST = '<select1 ref="/data/a"><itemset nodeset="{}"><value ref="n"/></itemset></select1>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><h>&b;</h>'


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotXmlError),
        (b"PK\x03\x04 not xml", NotXmlError),
        (b"<a><b></a>", NotXmlError),
        (b"<?xml version='1.0' encoding='utf-99'?><a/>", NotXmlError),
        (b"<?xml version='1.0' encoding='utf-8'?><a>\xff</a>", NotXmlError),
        (BOMB, HostileXmlError),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', HostileXmlError),
        (BOMB.decode().encode("utf-16"), HostileXmlError),
        (b"<a>" * 2000 + b"</a>" * 2000, HostileXmlError),
        (b"<a/>", StructureError),
        (b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"/>', StructureError),
    ],
)
def test_files_that_are_no_form(data, error):
    with pytest.raises(error):
        load_form(data)


def test_cut_xml_tells_line_and_column(write_xform):
    xml = write_xform("<a/>", body='<input ref="/data/a"/>').replace(b"<h:head>", b"\n<h:head>\n")
    with pytest.raises(NotXmlError) as caught:
        load_form(xml[: xml.index(b"</model>")])
    assert (caught.value.line, caught.value.column > 1) == (3, True)


def test_every_cut_of_a_form_is_refused_or_loads(write_xform):
    xml = write_xform("<a/>", '<bind nodeset="/data/a" calculate="1 + 1"/>', '<input ref="/data/a"/>')
    for end in range(0, len(xml), 7):
        with pytest.raises(FormFileError):
            load_form(xml[:end])


@pytest.mark.parametrize(
    ("binds", "body"),
    [
        ('<bind nodeset="/data/b" calculate="1"/>', ""),
        ('<bind calculate="1"/>', ""),
        ("", '<input ref="/data/b"/>'),
        ("", "<input/>"),
        ("", '<group ref="/other/a"/>'),
        ("", LIST.format("instance('nobody')/root/item")),
        ("", LIST.format("/data/a").replace('<value ref="n"/>', "")),
        ('<setvalue ref="/data/b" event="odk-instance-load"/>', ""),
    ],
)
def test_definitions_that_make_no_sense(write_xform, binds, body):
    with pytest.raises(StructureError):
        load_form(write_xform("<a/>", binds, body))


@pytest.mark.parametrize(
    "expression", ["1 +", "(", "/data/a[", "'open", "a b", "$x", "concat(1,", "1 2", "]", "/data/a/(1)"]
)
def test_expressions_that_cannot_be_read(write_xform, expression):
    with pytest.raises(ExpressionError) as caught:
        load_form(write_xform("<a/>", f'<bind nodeset="/data/a" calculate="{expression}"/>'))
    assert (caught.value.form, caught.value.ref, caught.value.expression) == ("x", "/data/a", expression)
    assert "/data/a" in str(caught.value)


def test_unknown_functions(write_xform):
    for bind in ("calculate", "relevant", "constraint", "required", "readonly"):
        with pytest.raises(UnknownFunctionError) as caught:
            load_form(write_xform("<a/>", f'<bind nodeset="/data/a" {bind}="1 + frobnicate(2)"/>'))
        assert (caught.value.function, caught.value.ref, caught.value.form) == ("frobnicate", "/data/a", "x")
    label = '<input ref="/data/a"><label>x <output value="frobnicate()"/></label></input>'
    with pytest.raises(UnknownFunctionError):
        load_form(write_xform("<a/>", body=label))
    with pytest.raises(ExpressionError):
        load_form(write_xform("<a/>", '<bind nodeset="/data/a" calculate="substr()"/>'))


@pytest.mark.parametrize(
    ("binds", "path"),
    [
        ({"a": "/data/a + 1"}, ("/data/a", "/data/a")),
        ({"a": "/data/b", "b": "/data/a"}, ("/data/a", "/data/b", "/data/a")),
        ({"a": "/data/b", "b": "/data/c", "c": "/data/a"}, ("/data/a", "/data/b", "/data/c", "/data/a")),
    ],
)
def test_cycles_of_calculations(write_xform, binds, path):
    xml = "".join(f'<bind nodeset="/data/{name}" calculate="{value}"/>' for name, value in binds.items())
    with pytest.raises(CycleError) as caught:
        load_form(write_xform("<a/><b/><c/>", xml))
    assert caught.value.path == path


def test_cycles_through_relevance_groups_and_repeats(write_xform):
    def refuse(instance: str, binds: str, body: str = "") -> tuple[str, ...]:
        with pytest.raises(CycleError) as caught:
            load_form(write_xform(instance, binds, body))
        return caught.value.path

    assert refuse("<a/>", '<bind nodeset="/data/a" relevant=". != \'\'"/>') == ("/data/a", "/data/a")
    path = refuse("<g><a/></g>", '<bind nodeset="/data/g" relevant="/data/g/a = 1"/>')
    assert path == ("/data/g", "/data/g/a", "/data/g")
    path = refuse(
        "<r><a/></r><t/>",
        '<bind nodeset="/data/r/a" calculate="/data/t * 2"/><bind nodeset="/data/t" calculate="sum(/data/r/a)"/>',
        '<repeat nodeset="/data/r"/>',
    )
    assert set(path) == {"/data/r/a", "/data/t"}
    assert path[0] == path[-1]


def test_a_long_cycle_needs_no_recursion(write_xform):
    instance = "".join(f"<n{i}/>" for i in range(3000))
    binds = "".join(f'<bind nodeset="/data/n{i}" calculate="/data/n{(i + 1) % 3000}"/>' for i in range(3000))
    with pytest.raises(CycleError) as caught:
        load_form(write_xform(instance, binds))
    assert len(caught.value.path) == 3001


def test_a_constraint_may_read_its_own_node(fill_xform):
    form = fill_xform(
        "<a/>", '<bind nodeset="/data/a" constraint=". &lt; 5 and /data/a != 3"/>', '<input ref="/data/a"/>'
    )
    form.set("a", "3")
    assert form.broken("a") == "constraint"
    form.set("a", "4")
    assert form.broken("a") is None


def test_deep_groups_load_and_hostile_depths_are_refused(write_xform):
    def nested(depth: int) -> bytes:
        instance = (
            "".join(f"<g{i}>" for i in range(depth)) + "<q/>" + "".join(f"</g{i}>" for i in reversed(range(depth)))
        )
        paths = ["/data" + "".join(f"/g{i}" for i in range(level + 1)) for level in range(depth)]
        body = "".join(f'<group ref="{path}">' for path in paths) + f'<input ref="{paths[-1]}/q"/>' + "</group>" * depth
        return write_xform(instance, f'<bind nodeset="{paths[0]}" relevant="1 = 1"/>', body)

    session = FormSession(load_form(nested(200)))
    ref = "/data" + "".join(f"/g{i}" for i in range(200)) + "/q"
    session.answer(ref, "x")
    assert session.progress().answered == 1
    assert FormSession(session.form, instance_xml=session.draft_xml()).value(ref) == "x"
    with pytest.raises(FormFileError):
        load_form(nested(450))


@pytest.mark.parametrize(
    "expression",
    [
        "+".join(["1"] * 3000),
        "+".join(["/data/b"] * 4000),
        "-".join(["/data/b"] * 400 + ["1"] * 400),
        " and ".join(["/data/b = 1"] * 2000),
        " or ".join(["/data/b"] * 3500),
        " or ".join(["/data/b and 1"] * 1500),
        " = ".join(["/data/b"] * 3000),
        " div ".join(["/data/b"] * 3000),
        "|".join(["/data/b"] * 3000),
        "/data/b[" + "+".join(["."] * 3000) + "]",
        "/data/b[" + "=".join(["."] * 3000) + "]",
        "-" * 4000 + "/data/b",
        "concat(" + ", ".join(["/data/b"] * 500) + ")",
        "not(" * 60 + "true()" + ")" * 60,
        "string(" * 60 + "/data/b" + ")" * 60,
        "if(/data/b = 1, " * 40 + "1" + ", 2)" * 40,
        "coalesce(/data/b, " * 50 + "1" + ")" * 50,
        "(" * 50 + "/data/b + 1" + ") * 2" * 50,
        "round(/data/b + " * 50 + "1" + ")" * 50,
        "/data/b[. = " * 25 + "1" + "]" * 25,
        "not(" * 5000 + "1" + ")" * 5000,
        "(" * 5000 + "1" + ")" * 5000,
        "/data/b[" * 500 + "1" + "]" * 500,
        "if(/data/b = 1, " * 1000 + "1" + ", 2)" * 1000,
    ],
)
def test_long_and_deep_expressions_work_or_are_refused(write_xform, expression):
    xml = write_xform("<a/><b>1</b>", f'<bind nodeset="/data/a" calculate="{expression}"/>')
    try:
        form = load_form(xml)
    except ExpressionError:
        with pytest.raises(ExpressionError, match="/data/a"):
            load_form(xml)
        return
    assert FormSession(form).value("/data/a") is not None


@pytest.mark.parametrize("expression", ["regex(/data/b, '(')", "digest(/data/b, 'nothing')"])
def test_patterns_and_names_written_in_the_form_are_refused(write_xform, expression):
    with pytest.raises(ExpressionError) as caught:
        load_form(write_xform("<a/><b/>", f'<bind nodeset="/data/a" calculate="{expression}"/>'))
    assert (caught.value.ref, caught.value.form) == ("/data/a", "x")


def test_patterns_that_are_answers_break_nothing(fill_xform):
    form = fill_xform(
        "<a/><b/><c/>",
        '<bind nodeset="/data/b" calculate="regex(\'aaa\', /data/a)"/>'
        '<bind nodeset="/data/c" constraint="regex(., /data/a)"/>',
        '<input ref="/data/a"/><input ref="/data/c"/>',
    )
    form.set("c", "aa")
    form.set("a", "a(")
    assert (form["b"], form.broken("c")) == ("false", "constraint")
    form.set("a", "a+")
    assert (form["b"], form.broken("c")) == ("true", None)


def test_a_pattern_that_explodes_costs_little(fill_xform):
    bind = '<bind nodeset="/data/a" constraint="regex(., \'(a+)+b\')"/>'
    form = fill_xform("<a/>", bind, '<input ref="/data/a"/>')
    started = time.process_time()
    form.set("a", "a" * 5000)
    assert form.broken("a") == "constraint"
    assert time.process_time() - started < 5


def test_a_total_over_a_large_form(fill_xform):
    form = fill_xform(
        "".join(f"<q{n}>1</q{n}>" for n in range(1500)) + "<t/>",
        f'<bind nodeset="/data/t" calculate="{" + ".join(f"/data/q{n}" for n in range(1500))}"/>',
        '<input ref="/data/q700"/>',
    )
    assert form["t"] == "1500"
    form.set("q700", 11)
    assert form["t"] == "1510"


def test_unknown_appearances_warn(write_xform):
    xml = write_xform("<a/>", body='<input ref="/data/a" appearance="w3 numbers frobnicating"/>')
    form = load_form(xml)
    assert any("frobnicating" in warning for warning in form.warnings)
    assert not any("numbers" in warning or "w3" in warning for warning in form.warnings)
    assert FormSession(form).node("/data/a").appearance == ("w3", "numbers", "frobnicating")


def test_a_path_to_nothing_warns_and_is_empty(fill_xform):
    form = fill_xform("<a/>", '<bind nodeset="/data/a" calculate="concat(/data/nothing, count(/data/g/*), \'!\')"/>')
    assert form["a"] == "0!"
    assert any("/data/nothing" in warning for warning in form.form.warnings)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_forms_never_surprise(data):
    """Cut, doubled and replaced pieces of a real form: an error of the engine, or a form that works."""
    pieces = data.draw(
        st.lists(st.tuples(st.integers(0, len(FORM)), st.integers(0, 60), st.sampled_from(SPLICES)), max_size=3)
    )
    xml = FORM
    for start, length, splice in pieces:
        xml = xml[:start] + splice + xml[start + length :]
    try:
        form = load_form(xml)
        session = FormSession(form)
    except FormFileError:
        return
    session.validate()
    FormSession(form, instance_xml=session.draft_xml())


SPLICES = b'|<|>|"|/data/r|count(/data/r)|position(..)|<r/>|[1]|..|.|&amp;|*|//|/'.split(b"|")
FORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
xmlns:jr="http://openrosa.org/javarosa"><h:head><model><itext><translation lang="en"><text id="t">
<value>T <output value="/data/r/a"/></value></text></translation></itext><instance><data id="x"><r><a/><b/></r><c/><s/>
<meta><instanceID/></meta></data></instance><instance id="l"><root><item><n>1</n><k>2</k></item></root></instance>
<bind nodeset="/data/r/b" calculate="../a * 2" constraint=". &lt; 9"/>
<bind nodeset="/data/c" relevant="/data/r/a = 1" calculate="sum(/data/r/b)"/><bind nodeset="/data/s" required="true()"/>
</model></h:head><h:body><group ref="/data/r"><label ref="jr:itext('t')"/><repeat nodeset="/data/r" jr:count="2">
<input ref="/data/r/a"/></repeat></group><select1 ref="/data/s"><itemset nodeset="instance('l')/root/item[k = /data/c]">
<value ref="n"/><label ref="n"/></itemset></select1></h:body></h:html>"""
