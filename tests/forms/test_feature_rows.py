# SPDX-License-Identifier: EUPL-1.2
"""Rows of the feature matrix that no other test proves: parameters, appearances, old names, sheets, submissions."""

from __future__ import annotations

import pytest

from forms import AttachmentError, FormSession, NodeKind, Request, load_compiled, load_form, to_bytes
from tests.forms.conftest import lookup

CHOICES = "list_name | name | label | province\n| l | 1 | One | n\n| l | 2 | Two | n\n| l | 3 | Three | s"
FILES = {"c.csv": b"code,title,name,label\na,Ah,x,X\nb,Bee,y,Y\n"}

APPEARANCES = {
    "text": "numbers multiline url thousands-sep masked printer hidden-answer w4",
    "integer": "thousands-sep counter bearing",
    "decimal": "bearing thousands-sep",
    "range": "vertical no-ticks picker rating",
    "image": "new new-front draw annotate signature",
    "date": "no-calendar month-year year ethiopian coptic islamic bikram-sambat myanmar persian buddhist",
    "geopoint": "placement-map maps hide-input",
    "barcode": "front hidden-answer",
    "select_one l": (
        "minimal search autocomplete quick columns-pack columns columns-4 no-buttons image-map likert map label"
        " list-nolabel list compact compact-2 quickcompact"
    ),
    "select_multiple l": "minimal columns-pack image-map label list-nolabel list",
    "begin group": "field-list table-list",
}
ROWS = [(kind, word) for kind, words in APPEARANCES.items() for word in words.split()]


@pytest.mark.parametrize(("kind", "word"), ROWS, ids=[f"{word}-{kind.replace(' ', '_')}" for kind, word in ROWS])
def test_an_appearance_reaches_the_window_and_changes_no_value(fill, kind, word):
    end = "\n| select_one l | in | In | |\n| end group | | | |" if kind == "begin group" else ""
    form = fill(f"type | name | label | appearance | parameters\n| {kind} | q | Q | {word} |{end}", CHOICES)
    assert (
        word in form.node("q").appearance or word == "table-list"
    )  # pyxform writes a field-list with two rows of looks
    assert form.form.warnings == ()
    assert form.session.validate() == []


def test_applications_of_the_device_are_known_by_name(fill):
    form = fill("type | name | label | appearance\n| text | q | Q | ex:org.example.app(a='1')")
    assert form.node("q").appearance[0].startswith("ex:")
    assert form.form.warnings == ()


PARAMETERS = {
    "geopoint": ("allow-mock-accuracy=true", {"allow-mock-accuracy": "true"}),
    "geotrace": ("incremental=true", {"incremental": "true"}),
    "image": ("max-pixels=640 app=org.example", {"max-pixels": "640", "intent": "org.example"}),
    "audio": ("quality=voice-only", {"quality": "voice-only"}),
    "range": ("start=1 end=5 step=1 tick_interval=2 placeholder=3", {"start": "1", "end": "5", "step": "1"}),
}


@pytest.mark.parametrize("kind", list(PARAMETERS))
def test_a_parameter_reaches_the_window(fill, kind):
    written, expected = PARAMETERS[kind]
    form = fill(f"type | name | label | parameters\n| {kind} | q | Q | {written}")
    assert expected.items() <= dict(form.node("q").parameters).items()


def test_value_and_label_name_the_columns_of_a_list(fill):
    form = fill(
        "type | name | label | parameters\n| select_one_from_file c.csv | q | Q | value=code label=title", files=FILES
    )
    assert [(choice.value, choice.label.value) for choice in form.session.choices("/f/q")] == [
        ("a", "Ah"),
        ("b", "Bee"),
    ]


def test_audit_parameters_stay_with_the_bind(load_table):
    form = load_table(
        "type | name | label | parameters\n| audit | audit | | track-changes=true identify-user=true"
        " track-changes-reasons=on-form-edit location-priority=balanced location-min-interval=60 location-max-age=120\n"
        "| text | a | A |"
    )
    assert form.nodes["/f/meta/audit"].bind.extra == {
        "track-changes": "true",
        "identify-user": "true",
        "track-changes-reasons": "on-form-edit",
        "location-priority": "balanced",
        "location-min-interval": "60",
        "location-max-age": "120",
    }


OLD_NAMES = {
    "string": "string",
    "int": "int",
    "percentage": "int",
    "phone number": "string",
    "photo": "binary",
    "location": "geopoint",
    "gps": "geopoint",
    "trigger": "string",
    "datetime": "dateTime",
    "note": "string",
    "select one from l": "string",
    "select all that apply from l": "string",
}


@pytest.mark.parametrize("name", list(OLD_NAMES))
def test_old_names_of_types(fill, name):
    form = fill(f"type | name | label\n| {name} | q | Q", CHOICES)
    assert (form.node("q").kind, form.node("q").data_type) == (NodeKind.QUESTION, OLD_NAMES[name])


@pytest.mark.parametrize("name", ["simserial", "subscriberid", "imei", "deviceid", "phonenumber", "username", "email"])
def test_old_properties_are_empty_where_the_machine_has_none(fill, name):
    form = fill(f"type | name | label\n| {name} | q |\n| text | t | T")
    assert form["q"] == ""
    assert b"<q/>" in form.session.finalize().xml


def test_or_other_asks_for_the_other(fill):
    form = fill("type | name | label\n| select_one l or_other | q | Q", CHOICES)
    assert form.choices("q") == ["1", "2", "3", "other"]
    assert not form.relevant("q_other")
    form.set("q", "other")
    assert form.relevant("q_other")


def test_a_loop_asks_the_same_of_every_choice(fill):
    form = fill(
        "type | name | label\n| begin loop over v | each | Each\n| integer | n | How many %(label)s\n| end loop | |",
        "list_name | name | label\n| v | hens | Hens\n| v | cows | Cows",
    )
    assert [view.ref for view in form.session.children("/f/each")] == ["/f/each/hens", "/f/each/cows"]
    assert form.session.node("/f/each/cows/n").label.value == "How many Cows"


def test_translations_hold_references(fill):
    form = fill(
        "type | name | label::fr | label::en\n| text | who | Qui | Who\n| note | n | Bonjour ${who} | Hello ${who}",
        settings="form_id | default_language\n| f | fr",
    )
    form.set("who", "Ann")
    assert form.label("n") == "Bonjour Ann"
    form.session.set_language("en")
    assert form.label("n") == "Hello Ann"


def test_marks_of_markdown_and_html_are_left_to_the_window(fill):
    form = fill('type | name | label\n| note | n | **bold** <span style="color:red">red</span>')
    assert form.label("n") == '**bold** <span style="color:red">red</span>'


MEDIA = "type | name | label | image | big-image | audio | video\n| text | q | Q | s.png | b.png | a.mp3 | v.mp4"


def test_every_medium_of_a_label_is_named(fill):
    assert dict(fill(MEDIA).node("q").label.media) == {
        "image": "s.png",
        "big-image": "b.png",
        "audio": "a.mp3",
        "video": "v.mp4",
    }


def test_repeats_with_a_fixed_count_and_nested_ones(fill):
    form = fill(
        """
        type | name | label | repeat_count
        | integer | n | N |
        | begin repeat | r | R | ${n}
        | begin repeat | s | S | 2
        | text | q | Q |
        | end repeat | | |
        | end repeat | | |
        """
    )
    form.set("n", 3)
    assert [form.session.node(f"/f/r[{place}]/s").count for place in (1, 2, 3)] == [2, 2, 2]
    assert not form.node("r").can_add


ENTITIES = """
| survey | | | | |
| | type | name | label | save_to |
| | csv-external | trees | | |
| | text | tree | Tree | |
| | text | species | Species | species |
| entities | | | | | |
| | list_name | label | entity_id | update_if | create_if |
| | trees | ${species} | ${tree} | ${tree} != '' | ${tree} = '' |
| settings | |
| | form_id |
| | trees_form |
"""


def test_entities_are_updated_or_created(load_table):
    from pyxform.xls2xform import convert

    trees = b"name,label,__version\n0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10,Oak,3\n"
    form = load_form(convert(ENTITIES, validate=False, form_name="f").xform.encode(), lookup({"trees.csv": trees}))
    session = FormSession(form)
    session.answer("/f/species", "oak")
    made = session.finalize().xml.decode()
    assert 'create="1"' in made or 'create="true"' in made
    session.answer("/f/tree", "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10")
    changed = session.finalize().xml.decode()
    assert 'id="0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"' in changed
    assert 'update="1"' in changed or 'update="true"' in changed
    assert 'baseVersion="3"' in changed


SETTINGS = {
    "form_id": "f",
    "form_title": "Title",
    "version": "7",
    "style": "pages",
    "submission_url": "https://example.org/s",
    "public_key": "KEY",
    "auto_send": "true",
    "auto_delete": "false",
    "instance_name": "concat('N ', ${a})",
    "default_language": "fr",
}


def test_settings_of_the_submission_and_the_form(load_table):
    sheet = f"{' | '.join(SETTINGS)}\n| {' | '.join(SETTINGS.values())}"
    form = load_table("type | name | label\n| text | a | A", "", sheet)
    assert (form.form_id, form.title, form.version, form.style) == ("f", "Title", "7", "pages")
    expected = {"action": "https://example.org/s", "base64RsaPublicKey": "KEY", "auto-send": "true"}
    assert expected.items() <= dict(form.submission).items()
    session = FormSession(form)
    session.answer("/f/a", "x")
    assert session.instance_name == "N x"


DATA_TYPES = {
    "string": "x",
    "int": "1",
    "boolean": "true",
    "decimal": "1.5",
    "date": "2026-11-22",
    "time": "10:00:00.000",
    "dateTime": "2026-11-22T10:00:00.000+01:00",
    "geopoint": "50 4 0 0",
    "geotrace": "50 4 0 0;51 4 0 0",
    "geoshape": "50 4 0 0;51 4 0 0;51 5 0 0;50 4 0 0",
    "binary": "a.jpg",
    "barcode": "123",
    "intent": "anything",
}


@pytest.mark.parametrize("kind", list(DATA_TYPES))
def test_data_types_hold_their_values(fill_xform, kind):
    form = fill_xform("<q/>", f'<bind nodeset="/data/q" type="{kind}"/>', '<input ref="/data/q"><label/></input>')
    form.set("q", DATA_TYPES[kind])
    assert form.broken("q") is None
    assert form.again()["q"] == DATA_TYPES[kind]
    assert form.node("q").data_type == kind


CONTROLS = ("input", "select1", "select", "upload", "trigger", "range", "rank")


@pytest.mark.parametrize("control", CONTROLS)
def test_controls_of_the_body(fill_xform, control):
    items = "<item><label>A</label><value>a</value></item>" if control in {"select1", "select", "rank"} else ""
    tag = f"odk:{control}" if control == "rank" else control
    bounds = ' start="0" end="9" step="1"' if control == "range" else ""
    form = fill_xform("<q/>", "", f'<{tag} ref="/data/q"{bounds}><label>Q</label>{items}</{tag}>')
    assert (form.node("q").control, form.node("q").kind) == (control, NodeKind.QUESTION)


def test_recording_and_places_are_left_to_the_window(fill_xform):
    form = fill_xform(
        "<q/><sound/><place/>",
        "",
        '<input ref="/data/q"><label/></input>',
        '<odk:setgeopoint event="odk-instance-first-load" ref="/data/place"/>'
        '<odk:recordaudio event="odk-instance-load" ref="/data/sound" odk:quality="low"/>',
    )
    assert [action.kind for action in form.form.model.actions] == ["setgeopoint", "recordaudio"]
    assert (form["place"], form["sound"]) == ("", "")


EXTERNAL = """<bind nodeset="/data/city" type="string"/>"""
EXTERNAL_BODY = (
    '<input ref="/data/state"/><input ref="/data/city" appearance="minimal" '
    "query=\"instance('city')/root/item[state= /data/state ]\"><label>City</label></input>"
)
ITEMSETS = (
    b'"list_name","name","label","state"\n"city","a","Amay","lg"\n"city","d","Dinant","na"\n"town","a","No","lg"\n'
)


def test_select_one_external_offers_what_its_query_finds(fill_xform, write_xform):
    form = fill_xform("<state/><city/>", EXTERNAL, EXTERNAL_BODY, files={"itemsets.csv": ITEMSETS})
    assert form.form.attachments == ("itemsets.csv",)
    assert form.choices("city") == []
    form.set("state", "lg")
    assert [(choice.value, choice.label.value) for choice in form.session.choices("/data/city")] == [("a", "Amay")]
    assert form.node("city").control == "select1"
    form.set("city", "a")
    assert form.broken("city") is None
    form.set("state", "na")
    assert (form.choices("city"), form.broken("city")) == (["d"], "choice")
    kept = FormSession(load_compiled(to_bytes(form.form)), instance_xml=form.session.draft_xml())
    assert [choice.value for choice in kept.choices("/data/city")] == ["d"]
    with pytest.raises(AttachmentError) as caught:
        load_form(write_xform("<state/><city/>", EXTERNAL, EXTERNAL_BODY), lookup({}))
    assert (caught.value.name, caught.value.cause) == ("itemsets.csv", "missing")


def test_select_one_external_from_its_sheets():
    from pyxform.xls2xform import convert

    lines = [
        "| survey |",
        "| | type | name | label::French (fr) | label::Dutch (nl) | choice_filter |",
        "| | text | state | Province | Provincie | |",
        "| | select_one_external city | city | Commune | Gemeente | state=${state} |",
        "| external_choices |",
        "| | list_name | name | label::French (fr) | label::Dutch (nl) | state |",
        "| | city | a | Amay | Amay | lg |",
    ]
    made = convert("\n".join(lines), form_name="data")
    session = FormSession(load_form(made.xform.encode(), lookup({"itemsets.csv": made.itemsets.encode()})))
    session.answer("/data/state", "lg")
    assert [(one.value, one.label.value) for one in session.choices("/data/city")] == [("a", "Amay")]
    assert session.form.warnings == ()


def test_a_query_of_a_list_of_the_form_needs_no_file(fill_xform):
    inside = (
        '<instance id="city"><root><item><name>a</name><label>Amay</label><state>lg</state></item></root></instance>'
    )
    form = fill_xform("<state>lg</state><city/>", EXTERNAL, EXTERNAL_BODY, inside)
    assert (form.choices("city"), form.form.attachments) == (["a"], ())


def test_background_geopoint_is_asked_for_when_its_trigger_changes(fill):
    form = fill(
        "type | name | label | trigger\n| integer | n | N | |\n| background-geopoint | place | | ${n} |\n"
        "| text | t | T | |"
    )
    assert form.session.take_requests() == ()
    form.set("n", "1")
    assert form.session.take_requests() == (Request("setgeopoint", "/f/place"),)
    form.set("t", "x")
    assert form.session.take_requests() == ()
    form.set("place", "50.46 4.87 120 5")
    assert b"<place>50.46 4.87 120 5</place>" in form.session.finalize().xml


def test_osm_keeps_its_file(fill):
    form = fill("type | name | label\n| osm | where | Where")
    node = form.node("where")
    assert (node.control, node.data_type, node.parameters["mediatype"]) == ("upload", "binary", "osm/*")
    form.set("where", "batiment.osm")
    assert form.again()["where"] == "batiment.osm"
    assert form.session.finalize().attachments == ("batiment.osm",)


def test_save_incomplete_reaches_the_window(fill_xform):
    form = fill_xform("<a/>", '<bind nodeset="/data/a" saveIncomplete="true()"/>', '<input ref="/data/a"/>')
    assert form.node("a").parameters["saveIncomplete"] == "true()"
    assert form.form.warnings == ()
