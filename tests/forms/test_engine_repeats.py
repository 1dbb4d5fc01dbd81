# SPDX-License-Identifier: EUPL-1.2
"""Repeats: instances, positions, sums, counts, nesting, templates, references over instances."""

from __future__ import annotations

import pytest

from forms import AnswerError, NodeKind, StructureError, load_form

LINES = """
type | name | label | calculation | relevant
| integer | factor | Factor | |
| begin repeat | line | Line | |
| integer | qty | Qty | |
| decimal | price | Price | |
| calculate | amount | | ${qty} * ${price} * coalesce(${factor}, 1) |
| calculate | place | | position(..) |
| text | why | Why? | | ${amount} > 100
| end repeat | | | |
| calculate | total | | sum(${amount}) |
| calculate | many | | count(${line}) |
| calculate | most | | max(${amount}) |
| calculate | filled | | count-non-empty(${qty}) |
| calculate | all | | join(', ', ${qty}) |
"""


def totals(form):
    return form["total"], form["many"], form["most"], form["filled"], form["all"]


def test_instances_are_added_counted_and_summed(fill):
    form = fill(LINES)
    assert totals(form) == ("0", "1", "", "0", "")
    form.set("line[1]/qty", 2)
    form.set("line[1]/price", "12.5")
    changes = form.add("line")
    assert changes.added == ("/f/line[2]",)
    form.set("line[2]/qty", 10)
    changes = form.set("line[2]/price", 20)
    assert set(changes.refs) >= {"/f/line[2]/amount", "/f/line[2]/why", "/f/total", "/f/most"}
    assert not any(ref.startswith("/f/line[1]") for ref in changes.refs)
    assert totals(form) == ("225", "2", "200", "2", "2, 10")
    assert form.relevant("line[2]/why")
    assert not form.relevant("line[1]/why")
    form.set("factor", 2)
    assert totals(form) == ("450", "2", "400", "2", "2, 10")


def test_removing_moves_the_following_up(fill):
    form = fill(LINES)
    for number in range(1, 4):
        if number > 1:
            form.add("line")
        form.set(f"line[{number}]/qty", number)
        form.set(f"line[{number}]/price", 1)
    assert [form[f"line[{n}]/place"] for n in (1, 2, 3)] == ["1", "2", "3"]
    changes = form.remove("line[1]")
    assert changes.removed == ("/f/line[1]",)
    assert set(changes.refs) >= {"/f/line[1]/place", "/f/line[2]/place", "/f/total"}
    assert totals(form) == ("5", "2", "3", "2", "2, 3")
    assert [form[f"line[{n}]/place"] for n in (1, 2)] == ["1", "2"]
    with pytest.raises(AnswerError):
        form.set("line[3]/qty", 1)
    form.remove("line[2]")
    form.remove("line[1]")
    assert totals(form) == ("0", "0", "", "0", "")
    view = form.node("line")
    assert (view.count, view.can_add, view.can_remove, view.relevant) == (0, True, False, True)


def test_sums_do_not_drift(fill):
    form = fill(LINES)
    form.set("line[1]/qty", 1)
    for price in ("0.1", "1e300", "0.2", "3", "0.1"):
        form.set("line[1]/price", price)
    form.add("line")
    form.set("line[2]/qty", 1)
    form.set("line[2]/price", "0.2")
    assert float(form["total"]) == pytest.approx(0.3, abs=1e-12)
    assert form.again()["total"] == form["total"]


def test_views_of_a_repeat(fill):
    form = fill(LINES)
    form.add("line")
    view = form.node("line")
    assert view.kind is NodeKind.REPEAT
    assert view.label.value == "Line"
    instances = form.session.children("/f/line")
    assert [one.ref for one in instances] == ["/f/line[1]", "/f/line[2]"]
    assert all(one.kind is NodeKind.REPEAT_INSTANCE and one.can_remove for one in instances)
    inside = form.session.children("/f/line[2]")
    assert [one.ref for one in inside] == [f"/f/line[2]/{name}" for name in ("qty", "price", "why")]
    assert form.session.progress("/f/line[2]").asked == 2
    assert form.session.progress("/f/line").asked == 4
    assert form.session.progress().asked == 5


@pytest.mark.parametrize("ref", ["/f/line/qty", "/f/line[0]/qty", "/f/line[9]/qty", "/f/line[1]", "/f/line[1][1]"])
def test_refs_inside_need_a_position(fill, ref):
    form = fill(LINES)
    with pytest.raises(AnswerError):
        form.session.answer(ref, "1")


COUNTED = """
type | name | label | repeat_count | default
| integer | number | Number | |
| begin repeat | child | Child | ${number} |
| text | first | First name | | x
| end repeat | | | |
"""


def test_a_count_makes_and_takes_instances(fill):
    form = fill(COUNTED)
    assert form.node("child").count == 0
    changes = form.set("number", 3)
    assert changes.added == ("/f/child[1]", "/f/child[2]", "/f/child[3]")
    assert form["child[3]/first"] == "x"
    form.set("child[3]/first", "Zoé")
    changes = form.set("number", 1)
    assert changes.removed == ("/f/child[3]", "/f/child[2]")
    assert form.node("child").count == 1
    assert not form.node("child").can_add
    with pytest.raises(AnswerError):
        form.add("child")
    with pytest.raises(AnswerError):
        form.remove("child[1]")


def test_what_a_count_takes_comes_back_with_its_answers(fill):
    form = fill(COUNTED)
    form.set("number", 3)
    form.set("child[2]/first", "Ann")
    form.set("number", 1)  # on the way from 3 to 12
    assert b"Ann" not in form.session.draft_xml()
    form.set("number", 12)
    assert form["child[2]/first"] == "Ann"
    assert form["child[12]/first"] == "x"
    assert form.again()["child[2]/first"] == "Ann"


@pytest.mark.parametrize("value", ["-1", "", "abc", "1e9"])
def test_counts_that_make_no_sense(fill, value):
    form = fill(COUNTED)
    form.set("number", value)
    assert form.node("child").count == 0


def test_a_count_is_bounded(fill):
    form = fill(COUNTED)
    form.set("number", "100000000")
    assert form.node("child").count == 10_000
    form.set("number", "0")
    assert form.node("child").count == 0


def test_a_count_may_depend_on_the_instances_themselves(fill):
    again = "${persons} = 0 or indexed-repeat(${more}, ${person}, ${persons}) = 'yes'"
    form = fill(f"""
    type | name | label | repeat_count | calculation
    | begin repeat | person | Person | if({again}, ${{persons}} + 1, ${{persons}}) |
    | text | more | More? | |
    | end repeat | | | |
    | calculate | persons | | | count(${{person}})
    """)
    assert form.node("person").count == 1
    form.set("person[1]/more", "yes")
    assert form.node("person").count == 2
    form.set("person[2]/more", "yes")
    assert form.node("person").count == 3
    assert form.again().node("person").count == 3


NESTED = """
type | name | label | calculation
| begin repeat | house | House |
| text | street | Street |
| begin repeat | person | Person |
| integer | age | Age |
| calculate | where | | concat(${street}, ' ', position(../..), '.', position(..))
| end repeat | | |
| calculate | ages | | sum(${age})
| calculate | heads | | count(${person})
| end repeat | | |
| calculate | everybody | | sum(${age})
| calculate | oldest | | max(${age})
| calculate | second | | indexed-repeat(${age}, ${house}, 2, ${person}, 1)
"""


def test_nested_repeats(fill):
    form = fill(NESTED)
    assert form.node("house").count == 1
    assert form.node("house[1]/person").count == 1
    form.set("house[1]/street", "Rue A")
    form.set("house[1]/person[1]/age", 40)
    form.add("house[1]/person")
    form.set("house[1]/person[2]/age", 2)
    assert form.add("house").added == ("/f/house[2]",)
    if form.node("house[2]/person").count == 0:
        form.add("house[2]/person")
    form.set("house[2]/person[1]/age", 70)
    assert [form[f"house[{n}]/ages"] for n in (1, 2)] == ["42", "70"]
    assert (form["everybody"], form["oldest"], form["second"]) == ("112", "70", "70")
    assert form["house[1]/person[2]/where"] == "Rue A 1.2"
    form.set("house[2]/street", "B")
    assert form["house[2]/person[1]/where"] == "B 2.1"
    form.remove("house[1]")
    assert form["house[1]/person[1]/where"] == "B 1.1"
    assert (form["everybody"], form["oldest"], form["second"]) == ("70", "70", "")


def test_relevance_of_a_repeat_and_of_its_instances(fill):
    form = fill("""
    type | name | label | relevant | calculation
    | text | on | On | |
    | begin repeat | r | R | ${on} = 'y' |
    | integer | q | Q | |
    | end repeat | | | |
    | calculate | n | | | count(${r})
    | calculate | s | | | sum(${q})
    """)
    assert not form.relevant("r")
    form.set("r[1]/q", 4)
    assert (form["n"], form["s"]) == ("0", "0")
    form.set("on", "y")
    assert (form["n"], form["s"]) == ("1", "4")
    assert b"<r>" in form.session.finalize().xml
    form.set("on", "n")
    assert b"<r>" not in form.session.finalize().xml
    form.remove("r[1]")
    assert not form.relevant("r")
    form.set("on", "y")
    assert form.relevant("r")


def test_defaults_and_template(fill_xform):
    form = fill_xform(
        '<r jr:template=""><a>new</a><b/></r><r><a>one</a><b>1</b></r><r><a>two</a><b>2</b></r>',
        '<bind nodeset="/data/r/b" type="int"/>',
        '<group ref="/data/r"><label>R</label><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>',
    )
    assert [form[f"r[{n}]/a"] for n in (1, 2)] == ["one", "two"]
    form.add("r")
    assert (form["r[3]/a"], form["r[3]/b"]) == ("new", "")
    assert b"template" not in form.session.draft_xml()


def test_no_add_remove(fill_xform):
    form = fill_xform(
        "<r><a/></r>", "", '<repeat nodeset="/data/r" jr:noAddRemove="true()"><input ref="/data/r/a"/></repeat>'
    )
    view = form.node("r")
    assert (view.count, view.can_add, view.can_remove) == (1, False, False)
    with pytest.raises(AnswerError):
        form.remove("r[1]")


def test_absolute_paths_inside_mean_the_same_instance(fill_xform):
    form = fill_xform(
        "<r><a/><b/><c/></r><r><a/><b/><c/></r><t/>",
        '<bind nodeset="/data/r/b" calculate="/data/r/a * 2"/><bind nodeset="/data/r/c" calculate="count(/data/r)"/>'
        '<bind nodeset="/data/t" calculate="sum(/data/r/b)"/>',
        '<repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat>',
    )
    form.set("r[1]/a", 1)
    form.set("r[2]/a", 5)
    assert [form[f"r[{n}]/b"] for n in (1, 2)] == ["2", "10"]
    assert form["r[2]/c"] == "2"
    assert form["t"] == "12"


def test_predicates_over_instances(fill_xform):
    form = fill_xform(
        "<wanted/><r><k/><v/></r><first/><named/><last/><others/>",
        '<bind nodeset="/data/first" calculate="/data/r[1]/v"/>'
        '<bind nodeset="/data/named" calculate="/data/r[k = /data/wanted]/v"/>'
        '<bind nodeset="/data/last" calculate="/data/r[position() = last()]/v"/>'
        '<bind nodeset="/data/others" calculate="count(/data/r[v &gt; 1 and k != \'b\'])"/>',
        '<input ref="/data/wanted"/>'
        '<repeat nodeset="/data/r"><input ref="/data/r/k"/><input ref="/data/r/v"/></repeat>',
    )
    for number, (key, value) in enumerate(["a1", "b2", "c3"], 1):
        if number > 1:
            form.add("r")
        form.set(f"r[{number}]/k", key)
        form.set(f"r[{number}]/v", value)
    form.set("wanted", "b")
    assert [form[name] for name in ("first", "named", "last", "others")] == ["1", "2", "3", "1"]
    form.set("r[1]/k", "b")
    form.set("r[1]/v", "7")
    assert [form[name] for name in ("first", "named", "last", "others")] == ["7", "7", "3", "1"]
    form.remove("r[3]")
    assert [form[name] for name in ("first", "named", "last", "others")] == ["7", "7", "2", "0"]


def test_earlier_instances_by_indexed_repeat(fill):
    form = fill("""
    type | name | label | calculation
    | begin repeat | r | R |
    | integer | q | Q |
    | calculate | before | | indexed-repeat(${q}, ${r}, position(..) - 1)
    | end repeat | | |
    """)
    form.set("r[1]/q", 5)
    form.add("r")
    form.add("r")
    form.set("r[2]/q", 6)
    assert [form[f"r[{n}]/before"] for n in (1, 2, 3)] == ["", "5", "6"]
    form.remove("r[1]")
    assert [form[f"r[{n}]/before"] for n in (1, 2)] == ["", "6"]


def test_repeats_that_make_no_sense(write_xform):
    with pytest.raises(StructureError):
        load_form(write_xform("<a/>", body='<repeat nodeset="/data/b"/>'))
    with pytest.raises(StructureError):
        load_form(write_xform("<r><a/></r>", body='<repeat nodeset="/data/r"/><repeat nodeset="/data/r"/>'))
    with pytest.raises(StructureError):
        load_form(write_xform("<r><a/></r>", body='<repeat nodeset="/data/r"/><input ref="/data/r/a"/>'))


def test_an_event_that_changes_a_count(fill_xform):
    form = fill_xform(
        "<a/><n>0</n><r><x/></r><b/><m>1</m><s><y/></s>",
        "",
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/n" value="/data/a * 2"/></input>'
        '<repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/x"/></repeat>'
        '<repeat nodeset="/data/s" jr:count="count(/data/r) + 1"><input ref="/data/s/y"/></repeat>',
    )
    changes = form.set("a", 2)
    assert form.node("r").count == 4
    assert form.node("s").count == 5
    assert set(changes.added) >= {"/data/r[1]", "/data/r[4]", "/data/s[5]"}


def test_the_relevance_of_a_list_without_instances_is_told(fill_xform):
    form = fill_xform(
        "<q/><r><a/></r>",
        '<bind nodeset="/data/r" relevant="/data/q != \'\'"/>',
        '<input ref="/data/q"/><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat>',
    )
    form.remove("r[1]")
    assert not form.relevant("r")
    assert "/data/r" in form.set("q", "x").refs
    assert form.relevant("r")
