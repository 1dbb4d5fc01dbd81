# SPDX-License-Identifier: EUPL-1.2
"""Input that is broken, hostile or out of all proportion: an error of the engine with its place, in little time."""

from __future__ import annotations

import time

import pytest

from forms import (
    AttachmentError,
    CycleError,
    ExpressionError,
    FormFileError,
    FormSession,
    HostileXmlError,
    InstanceError,
    NotXmlError,
    StructureError,
    load_form,
)

INPUT = '<input ref="/data/a"><label>é</label></input>'
LIST = (
    '<select1 ref="/data/s"><itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="label"/>'
    "</itemset></select1>"
)
SCATTERED = [b'{"properties":{"p%d":1}}' % n for n in range(6_000)]
CSV, GEOJSON, XML = "jr://file-csv/l.csv", "jr://file/l.geojson", "jr://file/l.xml"


@pytest.fixture(autouse=True)
def quick():
    """No input here may take long: seconds of the processor, so that a busy machine does not matter."""
    started = time.process_time()
    yield
    assert time.process_time() - started < 10


def declared(xml: bytes, encoding: str) -> bytes:
    return (
        xml.decode().replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>').encode(encoding)
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "iso8859-15"])
def test_an_encoding_that_is_declared_is_read(write_xform, encoding):
    xml = write_xform("<a/>", "", INPUT)
    form = load_form(declared(xml, encoding) if encoding != "utf-8-sig" else b"\xef\xbb\xbf" + xml)
    session = FormSession(form)
    assert session.node("/data/a").label.value == "é"
    draft = session.draft_xml().decode().partition("?>")[2]
    again = FormSession(form, instance_xml=f'<?xml version="1.0" encoding="{encoding}"?>{draft}'.encode(encoding))
    assert again.instance_id == session.instance_id


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "utf-16-le", "cp037", "big5"])
def test_an_encoding_that_xml_readers_need_not_know_is_refused(write_xform, encoding):
    with pytest.raises(NotXmlError):
        load_form(declared(write_xform("<a/>", "", '<input ref="/data/a"/>'), encoding))


@pytest.mark.parametrize("encoding", ["us-ascii", "hex", "rot13", "punycode", "utf-16", "nothing", "idna", ""])
def test_an_encoding_that_is_not_what_is_declared_is_refused(write_xform, encoding):
    xml = write_xform("<a/>", "", INPUT)
    with pytest.raises(NotXmlError):
        load_form(xml.replace(b'<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>'.encode()))


@pytest.mark.parametrize(
    "inserted", [b"\0", b"&#0;", b"&nbsp;", b"\xff", b"&#xD800;", b"<![CDATA[", b"<!DOCTYPE x>", b"]]>"]
)
def test_what_xml_cannot_hold_is_told_with_line_and_column(write_xform, inserted):
    xml = write_xform("<a/>", "", INPUT).replace(b"<label>", b"\n\n<label>" + inserted)
    with pytest.raises(NotXmlError) as caught:
        load_form(xml)
    assert (caught.value.line, caught.value.column > 0) == (3, True)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><data id="x"><a>&l9;</a></data>',
    "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"a" * 50_000}">]><data id="x">{"&a;" * 50_000}</data>',
    "file": '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]><data id="x"><a>&f;</a></data>',
    "parameter": '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://localhost/p.dtd"> %p;]><data id="x"/>',
    "dtd": '<!DOCTYPE d SYSTEM "http://localhost/d.dtd"><data id="x"/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_wherever_they_come_in(write_xform, name):
    data = HOSTILE[name].encode()
    with pytest.raises(HostileXmlError):
        load_form(data)
    form = load_form(write_xform("<a/>", "", '<input ref="/data/a"/>'))
    with pytest.raises(InstanceError, match="document type"):
        FormSession(form, instance_xml=data)
    with pytest.raises(AttachmentError, match="document type") as caught:
        load_form(write_xform("<a/><s/>", "", LIST, f'<instance id="l" src="{XML}"/>'), lambda _: data)
    assert (caught.value.form, caught.value.name) == ("x", "l.xml")
    saved = '<instance id="q" src="jr://instance/last-saved"/>'
    asking = load_form(write_xform("<a/>", '<bind nodeset="/data/a" calculate="instance(\'q\')/data/a"/>', "", saved))
    with pytest.raises(InstanceError, match="last saved"):
        FormSession(asking, last_saved=data)


def test_ten_megabytes_are_no_matter(write_xform):
    """Nor in one attribute, which a parser fed in parts reads anew with each part."""
    long = "x" * 10_000_000
    label = load_form(write_xform("<a/>", "", f'<input ref="/data/a"><label>{long}</label></input>'))
    assert FormSession(label).node("/data/a").label.value == long
    text = f'<itext><translation lang="en"><text id="t"><value>{long}</value></text></translation></itext>'
    itext = load_form(write_xform("<a/>", "", '<input ref="/data/a"><label ref="jr:itext(\'t\')"/></input>', text))
    assert FormSession(itext).node("/data/a").label.value == long
    session = FormSession(load_form(write_xform(f"<a>{long}</a>", "", f'<input ref="/data/a" appearance="{long}"/>')))
    assert session.value("/data/a") == long
    assert FormSession(session.form, instance_xml=session.draft_xml()).value("/data/a") == long


@pytest.mark.parametrize(
    "expression",
    [
        "1" + "+1" * 100000,
        "/data/b" + " and /data/b" * 20000,
        "(" * 10000 + "1" + ")" * 10000,
        "1+" * 5000000 + "1",
        "concat(" + "/data/b," * 20000 + "1)",
        "/data/b" + "[1]" * 50000,
        "-" * 150000 + "1",
        "'" + "x" * 150000 + "'",
    ],
    ids=["sum", "and", "brackets", "ten megabytes", "arguments", "predicates", "signs", "text"],
)
def test_expressions_out_of_proportion_work_or_are_told(write_xform, expression):
    xml = write_xform("<a/><b/>", f'<bind nodeset="/data/a" calculate="{expression}"/>')
    try:
        form = load_form(xml)
    except ExpressionError as refused:
        error = refused
    else:
        assert FormSession(form).value("/data/a") is not None
        return
    assert (error.form, error.ref) == ("x", "/data/a")
    assert error.expression
    assert error.cause


def test_calculations_that_double_each_other_stay_bounded(write_xform):
    """The billion laughs without an entity: sixty doublings of a short text."""
    names = range(1, 61)
    binds = "".join(f'<bind nodeset="/data/a{n}" calculate="concat(/data/a{n - 1}, /data/a{n - 1})"/>' for n in names)
    form = load_form(write_xform("<a0>laughs</a0>" + "".join(f"<a{n}/>" for n in names), binds))
    assert len(FormSession(form).draft_xml()) < 20_000_000
    joined = binds.replace("concat(", "join('-', ")
    form = load_form(write_xform("<a0>laughs</a0>" + "".join(f"<a{n}/>" for n in names), joined))
    assert len(FormSession(form).draft_xml()) < 20_000_000


def test_counts_in_counts_stay_bounded(write_xform):
    inside = '<repeat nodeset="/data/r/s/t" jr:count="500"><input ref="/data/r/s/t/a"/></repeat>'
    middle = f'<repeat nodeset="/data/r/s" jr:count="500">{inside}</repeat>'
    body = f'<repeat nodeset="/data/r" jr:count="1000000000">{middle}</repeat>'
    session = FormSession(load_form(write_xform("<r><s><t><a/></t></s></r>", "", body)))
    assert session.node("/data/r").count == 10_000
    assert len(session.draft_xml()) < 5_000_000


@pytest.mark.parametrize(
    ("rules", "circle"),
    [
        ({"r/a": 'calculate="sum(/data/r/a)"'}, ["r/a"]),
        ({"r/a": 'calculate="../a"'}, ["r/a"]),
        ({"r": 'relevant="count(/data/r) &gt; 1"'}, ["r"]),
        ({"r": 'relevant="/data/t != 1"', "t": 'calculate="count(/data/r)"'}, ["r", "t"]),
        ({"r/a": 'relevant="/data/r/b = 1"', "r/b": 'relevant="../a = 1"'}, ["r/a", "r/b"]),
        ({"t": 'calculate="max(/data/r/a)"', "r/a": 'calculate="/data/t + position(..)"'}, ["t", "r/a"]),
        ({"t": 'calculate="indexed-repeat(/data/r/b, /data/r, 1)"', "r/b": 'calculate="/data/t"'}, ["t", "r/b"]),
        ({"t": "calculate=\"jr:choice-name(/data/s, '/data/s')\"", "s": 'calculate="/data/t"'}, ["t", "s"]),
        ({"t": 'relevant="/data/t = 1"'}, ["t"]),
    ],
)
def test_circles_through_repeats_are_told_with_their_path(write_xform, rules, circle):
    binds = "".join(f'<bind nodeset="/data/{path}" {rule}/>' for path, rule in rules.items())
    body = '<repeat nodeset="/data/r"><input ref="/data/r/a"/><input ref="/data/r/b"/></repeat>'
    body += '<select1 ref="/data/s"><item><label>One</label><value>1</value></item></select1>'
    with pytest.raises(CycleError) as caught:
        load_form(write_xform("<r><a/><b/></r><t/><s/>", binds, body))
    assert set(caught.value.path) == {f"/data/{path}" for path in circle}
    assert caught.value.path[0] == caught.value.path[-1]
    assert (caught.value.form, caught.value.ref) == ("x", caught.value.path[0])


@pytest.mark.parametrize(
    ("count", "instances"), [("count(/data/r) + 1", 101), ("count(/data/r) * 2 + 1", 10_000), ("/data/r/a + 1", 1)]
)
def test_a_count_of_its_own_instances_ends(write_xform, count, instances):
    body = f'<repeat nodeset="/data/r" jr:count="{count}"><input ref="/data/r/a"/></repeat>'
    session = FormSession(load_form(write_xform("<r><a/></r>", "", body)))
    assert session.node("/data/r").count <= instances


def test_events_that_set_each_other_off_end(write_xform):
    setvalue = '<setvalue event="xforms-value-changed" ref="/data/{}" value="/data/{} + 1"/>'
    body = f'<input ref="/data/a">{setvalue.format("b", "a")}</input>'
    body += f'<input ref="/data/b">{setvalue.format("a", "b")}</input>'
    session = FormSession(load_form(write_xform("<a/><b/>", "", body)))
    assert set(session.answer("/data/a", "1").refs) == {"/data/a", "/data/b"}


PATTERNS = [
    "(a+)+b",
    "(a|a)*b",
    "(.*)*x",
    "([a-z]+)*1",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?=(a+)+b)a",
    "(a*)*b",
    "(a|aa)+b",
]


@pytest.mark.parametrize("pattern", [*PATTERNS, "((a{1,100}){1,100}){1,100}b", "(?>a+)+b", "(a?){30}a{30}b"])
def test_patterns_that_explode_are_bounded(write_xform, pattern):
    bind = f'<bind nodeset="/data/a" constraint="regex(., \'{pattern}\')"/>'
    session = FormSession(load_form(write_xform("<a/>", bind, '<input ref="/data/a"/>')))
    for size in (30, 3_000, 90_000):
        session.answer("/data/a", "a" * size)
        assert session.node("/data/a").violation is not None


def load_list(write_xform, address, data):
    def fetch(name):
        if isinstance(data, OSError):
            raise data
        return data

    return load_form(write_xform("<a/><s/>", "", LIST, f'<instance id="l" src="{address}"/>'), fetch)


@pytest.mark.parametrize(
    ("address", "data", "cause"),
    [
        (CSV, FileNotFoundError("l.csv"), "missing"),
        (XML, FileNotFoundError(2, "No such file"), "missing"),
        (GEOJSON, PermissionError(13, "Permission denied"), "Permission denied"),
        (CSV, "name,label\n1,é\n".encode("latin-1"), "not UTF-8"),
        (CSV, "name,label\n1,é\n".encode("utf-16"), "not UTF-8"),
        (CSV, b"PK\x03\x04\xff\xfe", "not UTF-8"),
        (CSV, b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b"1\n" * 20_000, "rows times columns"),
        (CSV, b'name,label\n1,"' + b"x" * 17_000_000 + b'"\n', "field"),
        (XML, b"", "no element"),
        (XML, b"name,label\n", "syntax error"),
        (XML, '<?xml version="1.0"?><root>é</root>'.encode("latin-1"), "not well-formed"),
        (GEOJSON, b"", "FeatureCollection"),
        (GEOJSON, b'{"features":' + b"[" * 100_000, "FeatureCollection"),
        (GEOJSON, b'{"features":[{"properties":{"name":"\xe9"}}]}', "utf-8"),
        (GEOJSON, b'{"features":[{"properties":{"name":' + b"9" * 10_000 + b"}}]}", "digits"),
        (GEOJSON, b'{"features":[' + b",".join(SCATTERED) + b"]}", "rows times"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_told_with_its_file(write_xform, address, data, cause):
    with pytest.raises(AttachmentError, match=cause) as caught:
        load_list(write_xform, address, data)
    assert (caught.value.form, caught.value.name) == ("x", address.rpartition("/")[2])


@pytest.mark.parametrize(
    ("address", "data", "odd"),
    [
        (CSV, b"", "l.csv: the file is empty"),
        (CSV, b"name,label\n", "l.csv: there is no choice in it"),
        (CSV, b"nom,label\n1,One\n", "l.csv: there is no column name in it"),
        (CSV, b"name,label,name\n1,One,2\n", "l.csv: 2 columns are called name: the first counts"),
        (CSV, b'name,label\n1,"One\n2,Two\n', "l.csv: a quotation mark is never closed: what follows it is one cell"),
        (XML, b"<list><item><name>1</name></item></list>", "l.xml: there is no choice in it"),
        (XML, b"<root><item><name>1</name></item></root>", "l.xml: there is no column label in it"),
        (GEOJSON, b'{"features":[]}', "l.geojson: there is no choice in it"),
        ("jr://file-csv/", b"", "the address jr://file-csv/ of the list l names no file: it is empty"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_meant_is_warned_of(write_xform, address, data, odd):
    form = load_list(write_xform, address, data)
    assert odd in form.warnings
    assert len(FormSession(form).choices("/data/s")) <= 1


@pytest.mark.parametrize(
    "data",
    [
        b"name,label\r1,One\r2,Two\r",
        b"name;label\n1;One\n2;Two\n",
        b"name\tlabel\n1\tOne\n2\tTwo\n",
        b'"name";"label";"with, comma"\n1;One;\n2;Two;\n',
        b"\xef\xbb\xbfname,label\r\n1,One\r\n\r\n2,Two\r\n",
        b"name,label\n1,One,more\n2,Two\n",
        b"name,label,border\n1,One," + b"4.5 50.1 0 0;" * 20_000 + b"\n2,Two\n",
    ],
)
def test_csv_as_programs_write_it(write_xform, data):
    form = load_list(write_xform, CSV, data)
    choices = FormSession(form).choices("/data/s")
    assert [(choice.value, choice.label.value) for choice in choices] == [("1", "One"), ("2", "Two")]
    assert form.warnings == ()


@pytest.mark.parametrize("control", ["input", "select1", "upload", "trigger", "range"])
def test_unknown_appearances_and_parameters_warn_and_never_stop(write_xform, control):
    body = (
        f'<{control} ref="/data/a" appearance="none-such w() x(y" start="q" end="" step="0" mediatype="a/b" rows="-1"/>'
    )
    form = load_form(write_xform("<a/>", '<bind nodeset="/data/a" type="none-such"/>', body))
    session = FormSession(form)
    session.answer("/data/a", "x")
    assert all(violation.ref == "/data/a" for violation in session.validate())
    assert b"<a>x</a>" in session.draft_xml()


@pytest.mark.parametrize("where", ["calculate", "relevant", "constraint", "required", "readonly"])
def test_an_error_in_a_rule_tells_form_ref_expression_and_cause(write_xform, where):
    for expression in (
        "none-such(1)",
        "1 +",
        "substr()",
        "/data/a[",
        "instance('none')/root/item",
        "jr:choice-name(1)",
    ):
        with pytest.raises(FormFileError) as caught:
            load_form(write_xform("<a/>", f'<bind nodeset="/data/a" {where}="{expression}"/>'))
        error = caught.value
        assert (error.form, error.ref) == ("x", "/data/a")
        assert error.cause
        if isinstance(error, ExpressionError):
            assert error.expression == expression


def test_a_list_that_nobody_declared_is_told_with_the_expression(write_xform):
    with pytest.raises(StructureError) as caught:
        load_form(write_xform("<a/><s/>", "", LIST))
    assert (caught.value.form, caught.value.ref) == ("x", "/data/s")
    assert "instance('l')" in caught.value.expression
