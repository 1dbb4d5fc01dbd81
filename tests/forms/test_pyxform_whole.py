# SPDX-License-Identifier: EUPL-1.2
"""Every XForm that pyxform can emit loads: all its types, appearances, parameters, settings and sheets, one by one.

The types come from pyxform's own dictionary, so that one that a later version adds is tried as well.
"""

from __future__ import annotations

from typing import Any

import pytest

from forms import FormSession, load_compiled, load_form, to_bytes

CHOICES = "list_name | name | label | extra\nl | 1 | One | a\nl | 2 | Two | b"
FILES = {
    "c.csv": b"name,label,code\na,A,1\n",
    "itemsets.csv": b"list_name,name,label\nl,1,One\n",
    "q.csv": b"name,label\na,A\n",
    "q.xml": b"<root><item/></root>",
}
# The dictionary names these for programs that build forms; the sheets have no way to write them.
NOT_IN_SHEETS = {
    *("q select", "q select1", "select multiple from", "select multiple using", "select one using"),
    "select one external",
}


def known_types() -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Ask pyxform for its types, the names of its selects included, and what the latter stand for."""
    from pyxform import aliases
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    types = {name: {} for name in aliases._type_alias_map} | QUESTION_TYPE_DICT
    return types | {name: QUESTION_TYPE_DICT.get(of, {}) for name, of in aliases.select.items()}, aliases.select


TYPES, SELECTS = known_types()
LISTED = {*SELECTS, *NOT_IN_SHEETS}


def emit(**sheets: str) -> bytes:
    """Compile sheets, each given as lines of cells between `|`."""
    from pyxform.xls2xform import convert

    lines = []
    for name, rows in sheets.items():
        lines += [f"| {name} |", *(f"| | {row.strip()} |" for row in rows.strip().splitlines())]
    return convert("\n".join(lines) + "\n", validate=False, pretty_print=False, form_name="f").xform.encode()


def find(name: str) -> bytes:
    if name not in FILES:
        raise FileNotFoundError(name)
    return FILES[name]


def opened(xml: bytes) -> FormSession:
    """Load a form, fill nothing, and see that it goes to the disk and comes back in every way."""
    form = load_form(xml, find)
    session = FormSession(form)
    draft = session.draft_xml()
    assert FormSession(form, instance_xml=draft).draft_xml() == draft
    kept = FormSession(load_compiled(to_bytes(form)), instance_xml=draft)
    assert [view.ref for view in kept.children()] == [view.ref for view in session.children()]
    assert FormSession(form, instance_xml=session.finalize().xml).instance_id == session.instance_id
    return session


def row(name: str) -> str:
    """Write the rows of a form with a question of that type, called `q`."""
    kind = f"{name} c.csv" if "file" in name and "select" in name else f"{name} l" if name in LISTED else name
    own = "audit" if name == "audit" else "q"
    trigger = "${z}" if name == "background-geopoint" else ""
    calculation = "1 + 1" if "calculate" in name else ""
    head = "type | name | label | calculation | trigger | choice_filter\ntext | z | Z | | |"
    return f"{head}\n{kind} | {own} | Q | {calculation} | {trigger} | {'true()' if 'external' in name else ''}"


@pytest.mark.parametrize("name", sorted({*TYPES} - NOT_IN_SHEETS))
def test_a_type_and_each_of_its_names_load(name):
    extra = {"external_choices": "list name | name | label\nl | 1 | One"} if name == "select_one_external" else {}
    session = opened(emit(survey=row(name), choices=CHOICES, **extra))
    known = TYPES[name]
    node = session.form.nodes.get("/f/q")
    if node is None:
        assert name in {"audit", "csv-external", "xml-external"}
        return
    if "type" in known.get("bind", {}):
        assert session.node("/f/q").data_type == known["bind"]["type"]
    if node.body is not None and "control" in known:
        # An input with a query is a choice to people: its list is in itemsets.csv.
        written = "select1" if name == "select_one_external" else known["control"]["tag"].rpartition(":")[2]
        assert session.node("/f/q").control == written


@pytest.mark.parametrize("name", sorted(NOT_IN_SHEETS))
def test_a_name_that_sheets_do_not_know_is_refused_by_pyxform_itself(name):
    from pyxform.errors import PyXFormError

    with pytest.raises(PyXFormError):
        emit(survey=row(name), choices=CHOICES)


APPEARANCES = {
    "text": "numbers multiline url thousands-sep masked ex:org.example.app(a='b') hidden-answer printer",
    "integer": "thousands-sep bearing counter ex:org.example.app",
    "range": "vertical no-ticks picker rating",
    "image": "new new-front draw annotate signature selfie front",
    "video": "new-front",
    "date": "no-calendar month-year year ethiopian coptic islamic bikram-sambat myanmar persian buddhist",
    "geopoint": "placement-map maps hide-input",
    "geotrace": "placement-map maps",
    "barcode": "front hidden-answer",
    "select_one l": "minimal search autocomplete quick columns-pack columns columns-3 no-buttons image-map likert map "
    "label list-nolabel list compact compact-2 quickcompact randomized map-with-search",
    "select_multiple l": "minimal autocomplete columns-pack columns columns-2 no-buttons image-map label list-nolabel",
    "select_one_from_file c.csv": "minimal autocomplete map",
    "note": "w1 w4 hidden-answer",
}


@pytest.mark.parametrize(
    ("kind", "word"), [(kind, word) for kind, words in APPEARANCES.items() for word in words.split()]
)
def test_an_appearance_is_kept_and_hinders_nothing(kind, word):
    parameters = "start=0 end=10 step=1" if kind == "range" else ""
    survey = f"type | name | label | appearance | parameters\n{kind} | q | Q | {word} | {parameters}"
    view = opened(emit(survey=survey, choices=CHOICES)).node("/f/q")
    assert view.appearance == (word,)


@pytest.mark.parametrize("word", ["field-list", "table-list", "compact", "10x-timed-grid", "w3"])
@pytest.mark.parametrize("around", ["group", "repeat"])
def test_an_appearance_of_a_group_or_repeat(around, word):
    survey = f"""type | name | label | appearance
        begin {around} | g | G | {word}
        select_one l | a | A |
        select_one l | b | B |
        end {around} | | |"""
    session = opened(emit(survey=survey, choices=CHOICES))
    ref = "/f/g/a" if around == "group" else "/f/g[1]/a"
    assert [choice.value for choice in session.choices(ref)] == ["1", "2"]


PARAMETERS = (
    *("audio | quality=normal", "background-audio | quality=voice-only", "text | rows=3"),
    "audit | identify-user=true track-changes=true track-changes-reasons=on-form-edit",
    "audit | location-priority=high-accuracy location-min-interval=60 location-max-age=300",
    "geopoint | capture-accuracy=5 warning-accuracy=50 allow-mock-accuracy=true",
    *("geotrace | incremental=true allow-mock-accuracy=false", "geoshape | incremental=true"),
    *("image | max-pixels=1024 app=org.example.camera", "image | max-pixels=640"),
    *("range | start=0 end=100 step=10 tick_interval=20", "range | start=0.5 end=2.5 step=0.5"),
    *("range | start=1 end=2 step=1 tick_labelset=l", "range | start=0 end=5 step=1 placeholder=3"),
    *(
        "select_one l | randomize=true",
        "select_multiple l | randomize=true seed=42",
        "rank l | randomize=true seed=${z}",
    ),
    *("select_one_from_file c.csv | value=code label=name", "select_multiple_from_file c.csv | randomize=true seed=1"),
    "geopoint | reference-geometry=l",
)


@pytest.mark.parametrize("line", PARAMETERS)
def test_parameters_load(line):
    kind, _, parameters = line.partition(" | ")
    name = "audit" if kind == "audit" else "q"
    survey = f"type | name | label | parameters | appearance\ndecimal | z | Z | |\n{kind} | {name} | Q | {parameters} |"
    assert opened(emit(survey=survey, choices=CHOICES)).node("/f/z").label.value == "Z"


def test_all_parameters_are_tried():
    from pyxform import constants

    kinds = [kind for name, kind in vars(constants).items() if name.startswith("Parameters")]
    tried = {word.partition("=")[0] for line in PARAMETERS for word in line.partition(" | ")[2].split()}
    assert tried == {parameter.value for kind in kinds for parameter in kind}
    assert len(tried) == 25


SETTINGS = {
    "style": ("pages theme-grid", lambda form: form.style),
    "version": ("2026112201", lambda form: form.version),
    "form_title": ("Ma forme", lambda form: form.title),
    "form_id": ("other", lambda form: form.form_id),
    "default_language": ("Français (fr)", lambda form: form.default_language),
    "public_key": ("MIIBIjANBg", lambda form: form.submission["base64RsaPublicKey"]),
    "submission_url": ("https://example.org/submission", lambda form: form.submission["action"]),
    "auto_send": ("true", lambda form: form.submission["auto-send"]),
    "auto_delete": ("false", lambda form: form.submission["auto-delete"]),
    "instance_name": ("concat('n', 1)", lambda form: FormSession(form).instance_name and "concat('n', 1)"),
}


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_setting_is_honoured(name):
    value, read = SETTINGS[name]
    survey = "type | name | label::Français (fr) | label::Deutsch (de)\ntext | q | Q | F"
    form = opened(emit(survey=survey, settings=f"{name}\n{value}")).form
    assert read(form) == value


INDIFFERENT = {
    "client_editable": "yes",
    "namespaces": 'esri="http://esri.com/xforms" acme="http://example.org/acme"',
    "instance_xmlns": "http://example.org/data",
    "omit_instanceID": "yes",
    "clean_text_values": "no",
    "add_none_option": "yes",
    "sms_keyword": "k",
    "sms_separator": "+",
    "sms_allow_media": "yes",
    "sms_date_format": "%Y-%m-%d",
    "sms_datetime_format": "%Y-%m-%d %H:%M",
    "sms_response": "Thank you",
    "prefix": "p",
    "delimiter": "#",
    "attribute::xyz": "1",
    "name": "root",
    "flat": "yes",
}


@pytest.mark.parametrize("name", list(INDIFFERENT))
def test_a_setting_hinders_nothing(name):
    survey = "type | name | label\ntext | q | Q\nselect_multiple l | m | M"
    session = opened(emit(survey=survey, choices=CHOICES, settings=f"{name}\n{INDIFFERENT[name]}"))
    root = session.form.root.path
    session.answer(f"{root}/q", "é")
    assert "é".encode() in session.finalize().xml
    assert {choice.value for choice in session.choices(f"{root}/m")} >= {"1", "2"}


def test_choices_that_stand_twice_are_offered_twice_if_the_form_says_so():
    choices = "list_name | name | label\nl | 1 | One\nl | 1 | Uno"
    survey = "type | name | label\nselect_one l | q | Q"
    session = opened(emit(survey=survey, choices=choices, settings="allow_choice_duplicates\nyes"))
    assert [choice.label.value for choice in session.choices("/f/q")] == ["One", "Uno"]


COLUMNS = {
    "hint": "Help",
    "guidance_hint": "More help",
    "media::image": "a.png",
    "media::image | media::big-image": "a.png | b.png",
    "media::audio": "a.mp3",
    "media::video": "a.mp4",
    "required_message": "Needed",
    "constraint_message": "No",
    "bind::custom": "1",
    "body::accept": "image/*",
    "body::intent": "org.example",
    "instance::abc": "1",
    "no_app_error_string": "No program",
    "noAppErrorString": "No program",
    "autoplay": "audio",
    "compact_tag": "t",
    "sms_field": "f",
    "disabled": "no",
    "read_only": "yes",
    "saveIncomplete": "true()",
}


@pytest.mark.parametrize("column", list(COLUMNS))
def test_a_column_of_the_survey_hinders_nothing(column):
    survey = f"type | name | label | {column}\ntext | q | Q | {COLUMNS[column]}\ntext | r | R |"
    assert opened(emit(survey=survey)).node("/f/q").label.value == "Q"


SHEETS = {
    "entities": ("list_name | label | create_if\ntrees | ${z} | ${z} != ''", "text | z | Z"),
    "external_choices": ("list name | name | label\nl | 1 | One", "select_one_external l | z | Z"),
    "osm": ("list_name | name | label\nbuilding | levels | Levels", "osm building | z | Z"),
}


@pytest.mark.parametrize("sheet", list(SHEETS))
def test_a_sheet_loads(sheet):
    rows, question = SHEETS[sheet]
    head = "type | name | label | choice_filter"
    form = opened(emit(survey=f"{head}\n{question} | {'true()' if 'external' in sheet else ''}", **{sheet: rows})).form
    assert "/f/z" in form.nodes
    assert ("/f/meta/entity" in form.nodes) == (sheet == "entities")


def test_a_loop_over_choices_loads():
    survey = "type | name | label\nbegin loop over l | w | W\ninteger | n | N of %(label)s\nend loop | |"
    choices = "list_name | name | label\nl | oak | Oak\nl | elm | Elm"
    session = opened(emit(survey=survey, choices=choices))
    session.answer("/f/w/elm/n", "3")
    assert session.node("/f/w/elm/n").label.value == "N of Elm"
    assert b"<n>3</n>" in session.finalize().xml
