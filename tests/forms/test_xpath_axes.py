# SPDX-License-Identifier: EUPL-1.2
"""Axes and node functions of XPath 1.0 that forms seldom use: siblings, what follows, languages, namespaces."""

from __future__ import annotations

import pytest

from forms import ExpressionError

REPEAT = "<a>1</a><b>2</b><r><x>10</x><near/><later/><before/></r><c>4</c><out/>"
INPUTS = '<input ref="/data/a"/><input ref="/data/b"/><input ref="/data/c"/><repeat nodeset="/data/r">{}</repeat>'


@pytest.fixture
def instances(fill_xform):
    def begin(**calculations: str):
        binds = "".join(
            f'<bind nodeset="/data/{"r/" if name != "out" else ""}{name}" calculate="{source}"/>'
            for name, source in calculations.items()
        )
        return fill_xform(REPEAT, binds, INPUTS.format('<input ref="/data/r/x"/>'))

    return begin


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("sum(/data/a/following-sibling::b)", "2"),
        ("/data/c/preceding-sibling::a", "1"),
        ("count(/data/c/preceding-sibling::*)", "3"),
        ("count(/data/b/following-sibling::c | /data/b/preceding-sibling::a)", "2"),
        ("sum(/data/a/following::x)", "10"),
        ("count(/data/c/preceding::x)", "1"),
        ("string(/data/following-sibling::*)", ""),
    ],
)
def test_siblings_in_the_form(instances, source, result):
    assert instances(out=source)["out"] == result


def test_siblings_among_instances_follow_every_change(instances):
    form = instances(
        later="sum(../following-sibling::r/x)", before="sum(../preceding-sibling::r/x)", near="count(../following::c)"
    )
    form.add("r")
    form.set("r[2]/x", 20)
    form.add("r")
    form.set("r[3]/x", 30)

    def seen():
        count = form.node("r").count
        return [(form[f"r[{n}]/before"], form[f"r[{n}]/later"], form[f"r[{n}]/near"]) for n in range(1, count + 1)]

    assert seen() == [("0", "50", "1"), ("10", "30", "1"), ("30", "0", "1")]
    form.set("r[1]/x", 11)
    assert seen() == [("0", "50", "1"), ("11", "30", "1"), ("31", "0", "1")]
    form.remove("r[2]")
    assert seen() == [("0", "30", "1"), ("11", "0", "1")]


def test_positions_count_from_the_nearest(instances):
    form = instances(
        before="../preceding-sibling::r[1]/x", later="../following-sibling::r[1]/x", near="../preceding-sibling::r[2]/x"
    )
    for number in (2, 3):
        form.add("r")
        form.set(f"r[{number}]/x", number * 10)
    assert [form[f"r[{n}]/before"] for n in (1, 2, 3)] == ["", "10", "20"]
    assert [form[f"r[{n}]/later"] for n in (1, 2, 3)] == ["20", "30", ""]
    assert [form[f"r[{n}]/near"] for n in (1, 2, 3)] == ["", "", "10"]


def test_siblings_of_many_nodes_are_refused(instances):
    with pytest.raises(ExpressionError):
        instances(out="sum(/data/r/following-sibling::r/x)")


def test_node_functions(fill_xform):
    form = fill_xform(
        '<g xml:lang="fr-BE"><q/><fr/><nl/></g><ns/><orx:z/><none/><id/>',
        '<bind nodeset="/data/g/fr" calculate="lang(\'FR\')"/><bind nodeset="/data/g/nl" calculate="lang(\'nl\')"/>'
        '<bind nodeset="/data/none" calculate="lang(\'fr\')"/>'
        '<bind nodeset="/data/ns" calculate="namespace-uri(/data/orx:z)"/>'
        '<bind nodeset="/data/id" calculate="count(id(\'a\'))"/>',
        '<input ref="/data/g/q"/>',
    )
    assert (form["g/fr"], form["g/nl"], form["none"]) == ("true", "false", "false")
    assert form["ns"] == "http://openrosa.org/xforms"
    assert form["id"] == "0"


def test_the_parent_of_a_row(fill_xform):
    form = fill_xform(
        "<z/><out/><deep/>",
        '<bind nodeset="/data/out" calculate="count(instance(\'l\')/root/g/item[../@zone = /data/z])"/>'
        "<bind nodeset=\"/data/deep\" calculate=\"join(' ', instance('l')/root/g/item[../name = 'Two']/v)\"/>",
        '<input ref="/data/z"/>',
        '<instance id="l"><root><g zone="1"><name>One</name><item><v>a</v></item></g>'
        '<g zone="2"><name>Two</name><item><v>b</v></item><item><v>c</v></item></g></root></instance>',
    )
    assert (form["out"], form["deep"]) == ("0", "b c")
    form.set("z", 2)
    assert form["out"] == "2"
