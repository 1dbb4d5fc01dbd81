# SPDX-License-Identifier: EUPL-1.2
"""Everything that pyxform emits loads, can be filled, drafted and finalized."""

from __future__ import annotations

import pytest

from forms import Context, FormSession, NodeKind, load_form

CHOICES = "list_name | name | label\n| l | 1 | One\n| l | 2 | Two"
FILES = {
    "c.csv": b"name,label\na,A\nb,B\n",
    "x.xml": b"<root><item><name>a</name><label>A</label></item></root>",
    "g.geojson": b'{"type":"FeatureCollection","features":[]}',
    "e.csv": b"name,label\na,A\n",
    "e2.xml": b"<root/>",
}

TYPES = {
    "text": ("input", "string", "é"),
    "integer": ("input", "int", "1"),
    "decimal": ("input", "decimal", "1.5"),
    "note": ("input", "string", ""),
    "select_one l": ("select1", "string", "1"),
    "select_multiple l": ("select", "string", "1 2"),
    "select_one l or_other": ("select1", "string", "other"),
    "select_one_from_file c.csv": ("select1", "string", "b"),
    "select_multiple_from_file x.xml": ("select", "string", "a"),
    "select_one_from_file g.geojson": ("select1", "string", ""),
    "rank l": ("rank", "odk:rank", "2 1"),
    "range": ("range", "int", "3"),
    "date": ("input", "date", "2026-11-22"),
    "time": ("input", "time", "10:00:00.000+01:00"),
    "datetime": ("input", "dateTime", "2026-11-22T10:00:00.000+01:00"),
    "geopoint": ("input", "geopoint", "50 4 0 0"),
    "geotrace": ("input", "geotrace", "50 4 0 0; 51 4 0 0"),
    "geoshape": ("input", "geoshape", "50 4 0 0; 51 4 0 0; 51 5 0 0; 50 4 0 0"),
    "image": ("upload", "binary", "a.jpg"),
    "audio": ("upload", "binary", "a.m4a"),
    "video": ("upload", "binary", "a.mp4"),
    "file": ("upload", "binary", "a.pdf"),
    "barcode": ("input", "barcode", "123"),
    "acknowledge": ("trigger", "string", "OK"),
    "trigger": ("trigger", "string", "OK"),
}


@pytest.mark.parametrize("kind", list(TYPES))
def test_visible_types(fill, kind):
    control, data_type, answer = TYPES[kind]
    form = fill(f"type | name | label\n| {kind} | q | Q", CHOICES, files=FILES)
    view = form.node("/f/q")
    assert (view.kind, view.control, view.data_type) == (NodeKind.QUESTION, control, data_type)
    assert view.label.value == "Q"
    if answer:
        form.session.answer("/f/q", answer)
        assert form.node("/f/q").violation is None
    assert form.again().session.value("/f/q") == answer
    assert answer.encode() in form.session.finalize().xml


def test_hidden_types(fill):
    form = fill(
        """
        type | name | label | calculation | parameters
        | start | start | | |
        | end | end | | |
        | today | today | | |
        | deviceid | deviceid | | |
        | username | username | | |
        | email | email | | |
        | phonenumber | phonenumber | | |
        | audit | audit | | | location-priority=balanced location-min-interval=60 location-max-age=120
        | start-geopoint | where | | |
        | calculate | c | | 1 + 1 |
        | hidden | h | | |
        | background-audio | sound | | | quality=voice-only
        | csv-external | e | | |
        | xml-external | e2 | | |
        | text | t | T | |
        """,
        files=FILES,
        context=Context(username="ann"),
    )
    assert [view.ref for view in form.session.children()] == ["/f/t"]
    assert (form["c"], form["username"], form["h"], form["where"]) == ("2", "ann", "", "")
    assert b"<end>" in form.session.finalize().xml


PARAMETERS = {
    "range | start=1 end=10 step=2": {"start": "1", "end": "10", "step": "2"},
    "image | max-pixels=640": {"mediatype": "image/*", "max-pixels": "640"},
    "text | rows=4": {"rows": "4"},
    "geopoint | capture-accuracy=5 warning-accuracy=10": {
        "accuracyThreshold": "5",
        "unacceptableAccuracyThreshold": "10",
    },
    "audio | quality=low": {"mediatype": "audio/*", "quality": "low"},
}


@pytest.mark.parametrize("line", list(PARAMETERS))
def test_parameters_reach_the_window(fill, line):
    kind, parameters = line.split(" | ")
    form = fill(f"type | name | label | parameters\n| {kind} | q | Q | {parameters}")
    assert dict(form.node("q").parameters) == PARAMETERS[line]


APPEARANCES = [
    *(
        "numbers",
        "multiline",
        "url",
        "thousands-sep",
        "bearing",
        "minimal",
        "autocomplete",
        "columns-2",
        "columns-pack",
    ),
    *(
        "no-buttons",
        "likert",
        "month-year",
        "year",
        "ethiopian",
        "w4",
        "signature",
        "draw",
        "annotate",
        "new",
        "rating",
    ),
    *("picker", "map", "quick", "label", "list-nolabel", "masked"),
]


@pytest.mark.parametrize("word", APPEARANCES)
def test_known_appearances_do_not_warn(fill, word):
    kind = "select_one l" if word in {"minimal", "likert", "quick", "label", "list-nolabel", "map"} else "text"
    form = fill(f"type | name | label | appearance\n| {kind} | q | Q | {word}", CHOICES)
    assert form.node("q").appearance == (word,)
    assert form.form.warnings == ()


def test_groups_tables_and_looks(fill):
    form = fill(
        """
        type | name | label | appearance | body::autoplay
        | begin group | g | Group | field-list |
        | begin group | h | | table-list |
        | select_one l | a | A | |
        | select_one l | b | B | |
        | end group | | | |
        | end group | | | |
        | text | t | T | | audio
        """,
        CHOICES,
        "form_id | style | version | submission_url | public_key | auto_send | auto_delete\n"
        "| f | pages theme-grid | 2026 | https://example.org/submission | KEY | true | false",
    )
    assert form.node("g").appearance == ("field-list",)
    assert form.form.style == "pages theme-grid"
    submission = dict(form.form.submission)
    assert submission["action"] == "https://example.org/submission"
    assert (submission["base64RsaPublicKey"], submission["auto-send"], submission["auto-delete"]) == (
        "KEY",
        "true",
        "false",
    )
    assert form.node("t").parameters["autoplay"] == "audio"
    assert form.session.progress("/f/g").asked >= 2


def test_last_saved_is_empty(fill):
    form = fill("type | name | label | default\n| text | a | A | ${last-saved#a}")
    assert form["a"] == ""
    assert form.form.attachments == ()


def test_entities_are_attributes(load_table):
    from pyxform.xls2xform import convert

    table = """
| survey | | | | |
| | type | name | label | save_to |
| | text | species | Species | species |
| | integer | height | Height | |
| entities | | | |
| | list_name | label | create_if |
| | trees | concat('Tree ', ${species}) | ${height} > 1 |
| settings | |
| | form_id |
| | trees_form |
"""
    form = load_form(convert(table, validate=False, form_name="f").xform.encode())
    session = FormSession(form)
    session.answer("/f/species", "oak")
    session.answer("/f/height", "3")
    xml = session.finalize().xml.decode()
    assert 'dataset="trees"' in xml
    assert "<label>Tree oak</label>" in xml
    assert 'create="' in xml
    assert session.value("/f/meta/entity/@id")
    again = FormSession(form, instance_xml=session.draft_xml())
    assert again.value("/f/meta/entity/@id") == session.value("/f/meta/entity/@id")
