# SPDX-License-Identifier: EUPL-1.2
"""Languages, forms of a text, media, missing translations, messages."""

from __future__ import annotations

import pytest

from forms import FormSession, StructureError, load_compiled, load_form, to_bytes

HEADER = (
    "type | name | label::fr | label::de | hint::fr | guidance_hint::fr | media::image::fr | media::audio::de"
    " | constraint | constraint_message::fr | constraint_message::de"
)
TABLE = f"""
{HEADER}
| text | a | Un | Eins | Aide | Détail | a.png | a.mp3 | . != 'x' | Non ${{a}} | Nein ${{a}}
| text | b | Seulement ${{a}} | | | | | | | |
| note | c | **Gras** | | | | | | | |
"""


def test_labels_hints_guidance_and_media(fill):
    form = fill(TABLE, settings="form_id | default_language\n| f | fr")
    assert form.form.languages == ("fr", "de")
    view = form.node("a")
    assert (view.label.value, view.label.language, dict(view.label.media)) == ("Un", "fr", {"image": "a.png"})
    assert (view.hint.value, view.guidance.value) == ("Aide", "Détail")
    form.session.set_language("de")
    view = form.node("a")
    assert (view.label.value, view.label.language, dict(view.label.media)) == (
        "Eins",
        "de",
        {"image": "a.png", "audio": "a.mp3"},
    )
    assert (view.hint.value, view.hint.language) == ("Aide", "fr")
    assert form.session.language == "de"


def test_a_missing_translation_says_so(fill):
    form = fill(TABLE, settings="form_id | default_language\n| f | fr", language="de")
    form.set("a", "Z")
    label = form.node("b").label
    assert (label.value, label.language) == ("Seulement Z", "fr")


def test_messages_follow_the_language(fill):
    form = fill(TABLE, settings="form_id | default_language\n| f | fr")
    form.set("a", "x")
    assert form.node("a").violation.message == "Non x"
    form.session.set_language("de")
    assert form.node("a").violation.message == "Nein x"


def test_languages_that_the_form_does_not_have(fill):
    form = fill(TABLE, settings="form_id | default_language\n| f | fr", language="nl")
    assert form.session.language == "fr"
    with pytest.raises(ValueError, match="nl"):
        form.session.set_language("nl")


def test_names_of_choices_follow_the_language(fill):
    form = fill(
        "type | name | label::fr | label::de | calculation\n| select_one l | a | A | A |\n"
        "| calculate | n | | | jr:choice-name(${a}, '${a}')\n| note | t | ${n} | ${n} |",
        "list_name | name | label::fr | label::de\n| l | 1 | un | eins",
        "form_id | default_language\n| f | fr",
    )
    form.set("a", "1")
    assert form["n"] == "un"
    form.session.set_language("de")
    assert (form["n"], form.label("t")) == ("eins", "eins")


def test_texts_without_translations(fill):
    form = fill("type | name | label | hint\n| text | a | A & <b> | H")
    assert form.form.languages == ()
    assert form.node("a").label.value == "A & <b>"
    assert form.node("a").hint.value == "H"
    assert form.node("a").guidance is None


def test_computed_text_ids_and_plain_paths(fill_xform):
    form = fill_xform(
        "<a/><b/>",
        "",
        "<input ref='/data/a'><label ref=\"jr:itext(concat('t', /data/b))\"/></input>"
        "<input ref='/data/b'><label ref=\"/data/a\"/><hint>see <output ref='/data/a'/></hint></input>",
        '<itext><translation lang="en"><text id="t1"><value>One</value></text></translation></itext>',
    )
    assert "/data/a" in form.set("b", "1").refs
    assert form.label("a") == "One"
    assert "/data/b" in form.set("a", "A!").refs
    assert (form.label("b"), form.node("b").hint.value) == ("A!", "see A!")


def test_two_translations_into_one_language(write_xform):
    itext = '<itext><translation lang="a"/><translation lang="a"/></itext>'
    with pytest.raises(StructureError):
        load_form(write_xform("<a/>", head=itext))


def test_a_large_label(fill_xform):
    large = "x" * 10_000_000
    form = fill_xform("<a/>", "", f"<input ref='/data/a'><label>{large}</label></input>")
    assert len(form.label("a") or "") == 10_000_000


def test_labels_of_choices_hold_outputs(fill):
    survey = """
    | type | name | label |
    | text | who | Who |
    | select_one l | s | Which |
    """
    choices = """
    | list_name | name | label |
    | l | a | As ${who} says |
    | l | b | Otherwise |
    """
    form = fill(survey, choices)
    kept = FormSession(load_compiled(to_bytes(form.form)))
    for session in (form.session, kept):
        assert session.choices("/f/s").pairs()[1] == ("b", "Otherwise")
        assert "/f/s" in session.answer("/f/who", "Ada").refs  # the list is drawn again
        assert session.choices("/f/s").pairs()[0] == ("a", "As Ada says")
        session.answer("/f/who", "Grace")
        assert session.choices("/f/s")[0].label.value == "As Grace says"
