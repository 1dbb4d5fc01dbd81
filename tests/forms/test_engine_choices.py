# SPDX-License-Identifier: EUPL-1.2
"""Selects: lists in the form and in files, filters, cascades, repeats as lists, order at random, labels."""

from __future__ import annotations

import pytest

from forms import AttachmentError, FormSession, load_form

CASCADE = """
type | name | label | choice_filter | calculation | parameters
| select_one prov | prov | Province | | |
| select_one comm | comm | Commune | prov = ${prov} | |
| select_multiple place | places | Places | prov = ${prov} and comm = ${comm} | |
| calculate | name | | | jr:choice-name(${comm}, '${comm}') |
| rank place | order | Order | comm != 'x' | |
"""
CHOICES = """
list_name | name | label | prov | comm
| prov | na | Namur | |
| prov | lx | Luxembourg | |
| comm | din | Dinant | na |
| comm | cin | Ciney | na |
| comm | arl | Arlon | lx |
| place | p1 | Place 1 | na | din
| place | p2 | Place 2 | na | din
| place | p3 | Place 3 | na | cin
"""


def test_cascading_lists(fill):
    form = fill(CASCADE, CHOICES)
    assert form.choices("prov") == ["na", "lx"]
    assert form.choices("comm") == []
    changes = form.set("prov", "na")
    assert set(changes.refs) >= {"/f/comm", "/f/places"}
    assert form.choices("comm") == ["din", "cin"]
    form.set("comm", "din")
    assert form["name"] == "Dinant"
    assert form.choices("places") == ["p1", "p2"]
    assert form.choices("order") == ["p1", "p2", "p3"]
    form.set("places", "p1 p2")
    assert form.broken("places") is None
    changes = form.set("prov", "lx")
    assert form["comm"] == "din"
    assert form.broken("comm") == "choice"
    assert form.broken("places") == "choice"
    assert set(changes.refs) >= {"/f/prov", "/f/comm", "/f/places"}
    form.set("comm", "")
    form.set("places", "")
    assert form.session.progress().invalid == 0


def test_values_must_be_on_offer(fill):
    form = fill(CASCADE, CHOICES)
    form.set("prov", "xx")
    assert form.broken("prov") == "choice"
    form.set("order", "p3 p1 p2")
    assert form.broken("order") is None
    form.set("order", "p3 p9")
    assert form.broken("order") == "choice"


def test_choices_written_in_the_body(fill_xform):
    form = fill_xform(
        "<a>x</a><b/>",
        "",
        '<select1 ref="/data/a"><item><label>X <output value="/data/b"/></label><value>x</value></item>'
        "<item><label>Y</label><value>y</value></item></select1><input ref='/data/b'/>",
    )
    assert "/data/a" in form.set("b", "!").refs
    assert [(c.value, c.label.value) for c in form.session.choices("/data/a")] == [("x", "X !"), ("y", "Y")]
    assert form.session.choices("/data/b") == []
    form.set("a", "z")
    assert form.broken("a") == "choice"


CSV = b'name,label,prov\nc1,Dinant,na\nc2,Arlon,lx\nc3,"Ciney, ville",na\n'
CHOSEN = [("c1", "Dinant"), ("c3", "Ciney, ville")]
FROM_FILE = """
type | name | label | choice_filter | calculation | parameters
| text | prov | Prov | | |
| select_one_from_file communes.csv | comm | Commune | prov = ${prov} | |
| calculate | pulled | | | pulldata('communes', 'label', 'name', ${comm}) |
| calculate | many | | | count(instance('communes')/root/item[prov = ${prov}]) |
| calculate | first | | | instance('communes')/root/item[2]/name |
| calculate | joined | | | join('-', instance('communes')/root/item/name) |
"""


@pytest.mark.parametrize(
    "data",
    [
        CSV,
        b"\xef\xbb\xbf" + CSV,
        CSV.replace(b"\n", b"\r\n"),
        b"name;label;prov\nc1;Dinant;na\nc2;Arlon;lx\nc3;Ciney, ville;na",
    ],
)
def test_lists_from_csv(fill, data):
    form = fill(FROM_FILE, files={"communes.csv": data})
    assert form.form.attachments == ("communes.csv",)
    form.set("prov", "na")
    assert [(c.value, c.label.value) for c in form.session.choices("/f/comm")] == [
        ("c1", "Dinant"),
        ("c3", "Ciney, ville"),
    ]
    form.set("comm", "c3")
    assert [form[name] for name in ("pulled", "many", "first", "joined")] == ["Ciney, ville", "2", "c2", "c1-c2-c3"]
    form.set("comm", "c2")
    assert form.broken("comm") == "choice"
    form.set("comm", "nobody")
    assert form["pulled"] == ""


def test_lists_from_xml_and_geojson(fill):
    xml = b"<root><item><name>a</name><label>A</label></item><item><name>b</name><label>B</label></item></root>"
    geo = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"f1","properties":{"title":"T1","ok":true},'
        b'"geometry":{"type":"Point","coordinates":[4.5,50.25]}},{"type":"Feature","id":"f2","properties":{"title":null},'
        b'"geometry":{"type":"Polygon","coordinates":[[[4,50],[5,50],[5,51],[4,50]]]}}]}'
    )
    form = fill(
        """
        type | name | label | calculation
        | select_one_from_file list.xml | x | X |
        | select_one_from_file places.geojson | g | G |
        | calculate | where | | instance('places')/root/item[id = ${g}]/geometry
        """,
        files={"list.xml": xml, "places.geojson": geo},
    )
    assert form.choices("x") == ["a", "b"]
    assert [(c.value, c.label.value) for c in form.session.choices("/f/g")] == [("f1", "T1"), ("f2", "f2")]
    form.set("g", "f1")
    assert form["where"] == "50.25 4.5 0 0"
    form.set("g", "f2")
    assert form["where"] == "50 4 0 0; 50 5 0 0; 51 5 0 0; 50 4 0 0"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.xml", b"<root><item>"),
        ("list.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><root/>'),
        ("list.csv", b"\xff\xfe\x00"),
        ("list.geojson", b"{"),
        ("list.geojson", b'{"features": 3}'),
    ],
)
def test_broken_files_are_told_by_name(load_table, name, data):
    table = f"type | name | label\n| select_one_from_file {name} | x | X"
    with pytest.raises(AttachmentError) as caught:
        load_table(table, files={name: data})
    assert (caught.value.name, caught.value.form) == (name, "f")
    with pytest.raises(AttachmentError):
        load_table(table)


def test_no_attachments_at_all(load_table, write_xform):
    head = '<instance id="c" src="jr://file-csv/c.csv"/>'
    with pytest.raises(AttachmentError):
        load_form(write_xform("<a/>", head=head))
    form = load_form(write_xform("<a/>", head='<instance id="__last-saved" src="jr://instance/last-saved"/>'))
    assert form.attachments == ()


def test_instances_of_a_repeat_as_choices(fill):
    form = fill("""
    type | name | label | choice_filter
    | begin repeat | person | Person |
    | text | pname | Name |
    | integer | page | Age |
    | end repeat | | |
    | select_one ${pname} | head | Head? | ${page} > 17
    """)
    form.set("person[1]/pname", "Ann")
    form.set("person[1]/page", 40)
    form.add("person")
    form.set("person[2]/pname", "Bob")
    assert form.choices("head") == ["Ann"]
    assert "/f/head" in form.set("person[2]/page", 18).refs
    assert form.choices("head") == ["Ann", "Bob"]
    form.set("head", "Bob")
    assert form.broken("head") is None
    assert "/f/head" in form.set("person[2]/pname", "Bill").refs
    assert form.broken("head") == "choice"
    form.set("person[2]/pname", "Bob")
    assert "/f/head" in form.remove("person[2]").refs
    assert form.broken("head") == "choice"


def test_filters_inside_repeats_use_the_same_instance(fill):
    form = fill(
        """
        type | name | label | choice_filter
        | begin repeat | r | R |
        | select_one prov | p | P |
        | select_one comm | c | C | prov = ${p}
        | end repeat | | |
        """,
        CHOICES,
    )
    form.add("r")
    form.set("r[1]/p", "na")
    form.set("r[2]/p", "lx")
    assert form.choices("r[1]/c") == ["din", "cin"]
    assert form.choices("r[2]/c") == ["arl"]


def test_order_at_random_is_the_same_for_a_seed(fill):
    table = """
    type | name | label | parameters
    | select_one prov | a | A | randomize=true, seed=42
    | select_one place | b | B | randomize=true
    """
    form = fill(table, CHOICES)
    assert form.choices("a") == form.choices("a")
    assert sorted(form.choices("b")) == ["p1", "p2", "p3"]


def test_labels_of_choices_in_languages_and_media(fill):
    form = fill(
        "type | name | label::fr | label::de\n| select_one l | a | A | A",
        "list_name | name | label::fr | label::de | media::image::fr\n| l | 1 | un | eins | one.png\n| l | 2 | deux",
        "form_id | default_language\n| f | fr",
    )
    form.session.set_language("de")
    one, two = form.session.choices("/f/a")
    assert (one.label.value, one.label.language, one.label.media) == ("eins", "de", {"image": "one.png"})
    assert (two.label.value, two.label.language) == ("deux", "fr")
    form.session.set_language("fr")
    assert form.session.choices("/f/a")[0].label.value == "un"


def test_large_lists_are_found_by_index(fill_xform):
    items = "".join(f"<item><name>n{i}</name><k>k{i % 50}</k><j>j{i % 7}</j></item>" for i in range(3000))
    form = fill_xform(
        "<k/><j/><a/>",
        "",
        '<input ref="/data/k"/><input ref="/data/j"/><select1 ref="/data/a">'
        "<itemset nodeset=\"instance('big')/root/item[k = /data/k and /data/j = j and name != 'n0']\">"
        '<value ref="name"/><label ref="name"/></itemset></select1>',
        f'<instance id="big"><root>{items}</root></instance>',
    )
    form.set("k", "k0")
    form.set("j", "j0")
    assert form.choices("a") == [f"n{i}" for i in range(3000) if i % 50 == 0 and i % 7 == 0 and i]


def test_lists_shared_between_sessions(load_table):
    form = load_table(CASCADE, CHOICES)
    one, two = FormSession(form), FormSession(form)
    one.answer("/f/prov", "na")
    two.answer("/f/prov", "lx")
    assert [c.value for c in one.choices("/f/comm")] == ["din", "cin"]
    assert [c.value for c in two.choices("/f/comm")] == ["arl"]


def test_the_same_list_with_plain_labels_and_with_translated_ones(fill_xform):
    rows = "<item><name>a</name><label>t</label></item>"
    texts = '<itext><translation lang="en"><text id="t"><value>Translated</value></text></translation></itext>'
    select = """<select1 ref="/data/{}"><itemset nodeset="instance('l')/root/item"><value ref="name"/><label ref="{}"/>
    </itemset></select1>"""
    form = fill_xform(
        "<p/><q/>",
        "",
        select.format("p", "label") + select.format("q", "jr:itext(label)"),
        f'{texts}<instance id="l"><root>{rows}</root></instance>',
    )
    assert form.session.choices("/data/p").pairs() == [("a", "t")]
    assert form.session.choices("/data/q").pairs() == [("a", "Translated")]
