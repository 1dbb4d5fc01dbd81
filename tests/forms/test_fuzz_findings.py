# SPDX-License-Identifier: EUPL-1.2
"""What fuzzing found (`make fuzz`), each in its smallest form."""

from __future__ import annotations

import hashlib
import marshal
from datetime import UTC, datetime

import pytest

from forms import (
    AttachmentError,
    CacheError,
    ExpressionError,
    FormSession,
    StructureError,
    flat,
    load_compiled,
    load_form,
    to_bytes,
)
from forms.compiled import MAGIC
from forms.definition import Body
from forms.xpath.functions import FUNCTIONS, Need, ValueKind
from forms.xpath.values import NodeSet

LIST = '<instance id="l" src="jr://file/{}"/>'
PULLED = "<bind nodeset=\"/data/b\" calculate=\"pulldata('l', 'label', 'name', /data/a)\"/>"


@pytest.mark.parametrize(
    "features",
    [
        "[1]",
        '{"a": 1}',
        '"x"',
        '[{"properties": [1]}]',
        '[{"geometry": [1]}]',
        '[{"geometry": {"type": "Point", "coordinates": [1]}}]',
        '[{"geometry": {"type": "Point", "coordinates": null}}]',
        '[{"geometry": {"type": "Polygon", "coordinates": []}}]',
        '[{"geometry": {"coordinates": [1, 2]}}]',
    ],
)
def test_a_broken_geojson_is_refused_with_its_name(write_xform, features):
    xml = write_xform("<a/><b/>", PULLED, head=LIST.format("l.geojson"))
    with pytest.raises(AttachmentError) as caught:
        load_form(xml, lambda _: b'{"type": "FeatureCollection", "features": ' + features.encode() + b"}")
    assert (caught.value.name, caught.value.form) == ("l.geojson", "x")
    assert "FeatureCollection" in caught.value.cause


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.csv", b"name,label\n1,a\x00\x0b\xef\xbf\xbfb\n"),
        ("l.geojson", rb'{"features": [{"properties": {"name": 1, "label": "a\u0000\ud800\uffffb"}}]}'),
    ],
)
def test_what_xml_cannot_hold_is_replaced_in_lists(fill_xform, name, data):
    """Else a draft could be written that nothing can read."""
    form = fill_xform("<a/><b/>", PULLED, '<input ref="/data/a"/>', LIST.format(name), {name: data})
    form.set("a", "1")
    assert form["b"] == "a\ufffd\ufffd\ufffdb"
    assert form.again()["b"] == form["b"]


def test_what_xml_cannot_hold_is_replaced_in_drafts(write_xform):
    form = load_form(
        write_xform(
            "<a/><b/>", '<bind nodeset="/data/b" calculate="base64-decode(/data/a)"/>', '<input ref="/data/a"/>'
        )
    )
    session = FormSession(form)
    session.answer("/data/a", "YQABYg==")  # "a", NUL, 1, "b"
    draft = session.draft_xml()
    assert "<b>a\ufffd\ufffdb</b>".encode() in draft
    assert FormSession(form, instance_xml=draft).draft_xml() == draft
    assert b"\0" not in session.finalize().xml


def test_a_constant_is_that_of_its_place(fill_xform):
    """`../x` names nothing from one node and something from another; name() is each node's own."""
    binds = "".join(
        f'<bind nodeset="/data/{group}/{leaf}" calculate="{source}"/>'
        for group in ("h", "k")
        for leaf, source in (("c", "../x"), ("d", "concat(name(), '!')"))
    )
    form = fill_xform("<h><c/><d/></h><k><x>7</x><c/><d/></k>", binds)
    assert (form["h/c"], form["k/c"]) == ("", "7")
    form = fill_xform(
        "<a/><b/>", '<bind nodeset="/data/a" calculate="name()"/><bind nodeset="/data/b" calculate="name()"/>'
    )
    assert (form["a"], form["b"]) == ("a", "b")


def test_a_group_of_the_root_is_a_frame(fill_xform):
    """Else its children would be those of the form, itself among them, without end."""
    form = fill_xform("<a/>", "", '<group ref="/data"><label>All</label><input ref="/data/a"/></group>')
    (group,) = form.session.children()
    assert [view.ref for view in form.session.children(group.ref)] == ["/data/a"]
    assert group.label.value == "All"


def test_a_question_about_a_group_is_refused(write_xform):
    for path in ("/data", "/data/g"):
        with pytest.raises(StructureError) as caught:
            load_form(write_xform("<g><a/></g>", "", f'<input ref="{path}"/>'))
        assert (caught.value.ref, caught.value.form) == (path, "x")


@pytest.mark.parametrize(
    "rule",
    [
        '<bind nodeset="/data/g" calculate="1 + 1"/>',
        '<bind nodeset="/data/g" jr:preload="timestamp" jr:preloadParams="start"/>',
        '<setvalue ref="/data/g" event="odk-instance-first-load">1</setvalue>',
    ],
)
def test_a_group_holds_no_value(write_xform, rule):
    """The text would be lost among the elements of the draft."""
    form = load_form(write_xform("<g><a/></g>", rule, '<input ref="/data/g/a"/>'))
    assert any("/data/g" in warning for warning in form.warnings)
    session = FormSession(form)
    assert session.value("/data/g") == ""
    assert b"<g><a/></g>" in session.draft_xml()


@pytest.mark.parametrize(
    ("expression", "value"), [(".5 + 3 * /data/b", "6.5"), ("/data/b * .25", "0.5"), ("1. + /data/b", "3")]
)
def test_numbers_without_a_digit_before_the_point(fill_xform, expression, value):
    """Among the pieces of a shape, `.5` was taken for the number of a piece."""
    assert fill_xform("<a/><b>2</b>", f'<bind nodeset="/data/a" calculate="{expression}"/>')["a"] == value


def test_digits_of_other_scripts_are_no_numbers(write_xform):
    with pytest.raises(ExpressionError):
        load_form(write_xform("<a/><b>2</b>", '<bind nodeset="/data/a" calculate="\u0663 + /data/b"/>'))


def test_a_form_that_is_irrelevant_as_a_whole_is_still_a_document(fill_xform):
    form = fill_xform("<a>1</a>", '<bind nodeset="/data" relevant="false()"/>', '<input ref="/data/a"/>')
    final = form.session.finalize()
    assert FormSession(form.form, instance_xml=final.xml).instance_id == final.instance_id
    assert b"<a>" not in final.xml


def test_a_path_of_dots_may_stand_before_a_minus(fill_xform):
    """Cut apart, `.-1` became one name, and `1..5` a number."""
    binds = (
        '<bind nodeset="/data/a" constraint=".-. = 0 and .-1 = 6"/><bind nodeset="/data/b" calculate="/data/a - 1..5"/>'
    )
    form = fill_xform("<a/>", binds.partition('<bind nodeset="/data/b"')[0], '<input ref="/data/a"/>')
    form.set("a", "7")
    assert form.broken("a") is None
    with pytest.raises(ExpressionError):
        fill_xform("<a/><b/>", binds)


def test_a_kept_form_inside_itself_is_refused(write_xform):
    """With a right hash, so not by damage: reading it went on until the memory was full."""
    kept = to_bytes(load_form(write_xform("<a/>", "", '<input ref="/data/a"/>')))
    stamp, own, tables, *others = marshal.loads(kept[len(MAGIC) + 32 :])  # noqa: S302  (just written)
    size, columns = tables["Body"]
    place = flat._FIELDS[Body].index("children")
    inside = (*columns[:place], ([(1, 2), (1,)], None), *columns[place + 1 :])
    payload = marshal.dumps((stamp, own, tables | {"Body": (size, inside)}, *others))
    with pytest.raises(CacheError, match="inside itself"):
        load_compiled(MAGIC + hashlib.sha256(payload).digest() + payload)


def test_a_count_may_read_the_instances_that_it_counts(write_xform):
    form = load_form(
        write_xform(
            "<a/><r><d>1</d></r><r><d>3</d></r>",
            '<bind nodeset="/data/r/d" type="int"/>',
            '<repeat nodeset="/data/r" jr:count="/data/r/d + /data/a"><input ref="/data/r/d"/></repeat>'
            '<input ref="/data/a"/>',
        )
    )
    session = FormSession(form)
    session.answer("/data/a", "1")
    assert b"<a>1</a>" in session.draft_xml()


def test_a_distance_without_points_is_a_number(fill_xform):
    form = fill_xform("<a/><c/>", '<bind nodeset="/data/c" calculate="distance(../e)"/>', '<input ref="/data/a"/>')
    assert form["c"] == "0"


_ARGUMENTS = {ValueKind.STRING: "1", ValueKind.NUMBER: 1.0, ValueKind.BOOLEAN: True}
NUMBERS = [name for name, one in FUNCTIONS.items() if one.result is ValueKind.NUMBER and one.implementation is not None]


@pytest.mark.parametrize("nodes", [[], ["1", "2 3 0 0"]], ids=["none", "some"])
@pytest.mark.parametrize("name", NUMBERS)
def test_what_gives_a_number_gives_a_float(name, nodes):
    function = FUNCTIONS[name]
    count = max(function.min_arity, 1 if function.max_arity != 0 else 0)
    kinds = [function.argument_kind(place) for place in range(count)]
    clock = [datetime(2026, 11, 22, tzinfo=UTC)] if function.need is Need.CLOCK else []
    arguments = [_ARGUMENTS.get(kind, NodeSet(nodes)) for kind in kinds]
    assert type(function.implementation(*arguments, *clock)) is float
