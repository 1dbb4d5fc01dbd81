# SPDX-License-Identifier: EUPL-1.2
"""The compiled form answers whatever is asked as the form itself does, and what is foreign is refused."""

from __future__ import annotations

import hashlib
import marshal
import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resources
from forms import CacheError, FormSession, flat, load_compiled, load_form, to_bytes
from forms.compiled import MAGIC, STAMP
from forms.definition import Expression

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
FR, NL = "label::French (fr)", "label::Dutch (nl)"
ROWS: list[dict[str, str]] = [
    {"type": "text", "name": "who", FR: "Qui ${total}", NL: "Wie", "hint::French (fr)": "Le nom", "required": "yes"}
    | {"default": "moi"},
    {"type": "integer", "name": "n", FR: "Combien", NL: "Hoeveel", "constraint": ". < 5"}
    | {"constraint_message::French (fr)": "Pas plus de 4"},
    {"type": "begin_group", "name": "g", FR: "Groupe", NL: "Groep", "relevant": "${n} > 1", "appearance": "field-list"},
    {"type": "select_one prov", "name": "prov", FR: "Province", NL: "Provincie"},
    {"type": "select_one com", "name": "com", FR: "Commune", NL: "Gemeente", "choice_filter": "prov=${prov}"}
    | {"appearance": "minimal", "parameters": "randomize=true, seed=4"},
    {"type": "end_group"},
    {"type": "begin_repeat", "name": "r", FR: "Ligne", NL: "Lijn"},
    {"type": "decimal", "name": "price", FR: "Prix", NL: "Prijs", "required": "${n} > 2"},
    {"type": "calculate", "name": "twice", "calculation": "${price} * 2"},
    {"type": "end_repeat"},
    {"type": "calculate", "name": "total", "calculation": "sum(${twice}) + count(${r})"},
    {"type": "calculate", "name": "known", "calculation": "jr:choice-name(${com}, '${com}')"},
    {"type": "calculate", "name": "sign", "calculation": "pulldata('files', 'label', 'name', ${who})"},
    {"type": "select_one_from_file big.csv", "name": "far", FR: "Loin", NL: "Ver", "choice_filter": "kind=${prov}"},
    {"type": "calculate", "name": "copied", "calculation": "${n} + 1", "trigger": "${n}"},
]
HEADER = list(dict.fromkeys(name for row in ROWS for name in row))
SURVEY = "\n".join("|".join(cells) for cells in [HEADER, *([row.get(name, "") for name in HEADER] for row in ROWS)])
CHOICES = """
| list_name | name | label::French (fr) | label::Dutch (nl) | prov |
| prov      | lg   | Liège              | Luik              |      |
| prov      | na   | Namur              | Namen             |      |
| com       | ama  | Amay               | Amay              | lg   |
| com       | huy  | Huy                | Hoei              | lg   |
| com       | din  | Dinant             | Dinant            | na   |
"""
BIG = "name,label,kind,note\n" + "".join(f"f{n},Far {n} é,{('lg', 'na', '')[n % 3]},\n" for n in range(5000))
FILES = {"big.csv": BIG.encode(), "files.csv": b"name,label\nmoi,Me\nyou,You\n"}
REFS = ["/f/who", "/f/n", "/f/g/prov", "/f/g/com", "/f/r[1]/price", "/f/r[2]/price", "/f/far"]
VALUES = ["", "1", "3", "7", "lg", "na", "ama", "din", "moi", "you", "f3", "f4", "abc"]
STEPS = st.lists(
    st.tuples(st.sampled_from(REFS), st.sampled_from(VALUES)) | st.sampled_from([("+", ""), ("-", ""), ("nl", "")]),
    max_size=14,
)


@pytest.fixture(scope="module")
def pair(load_table):
    form = load_table(SURVEY, CHOICES, files=FILES)
    return form, load_compiled(to_bytes(form))


def do(session, step):
    what, value = step
    if what == "nl":
        return session.set_language("Dutch (nl)")
    if what == "+":
        return session.add_repeat("/f/r")
    if what == "-":
        count = session.node("/f/r").count
        return session.remove_repeat(f"/f/r[{count}]") if count > 1 else None
    if "r[2]" in what and session.node("/f/r").count < 2:
        return None
    return session.answer(what, value)


def seen(session):
    found, waiting = [], [""]
    while waiting:
        for view in session.children(waiting.pop()):
            found.append((view, tuple(session.choices(view.ref))))
            waiting.append(view.ref)
    return found, session.progress(), session.validate(), session.instance_name


def draft(session):
    minted = (session.instance_id, *(change.entity_id for change in session.entities()))
    xml = session.draft_xml()
    for one in minted:
        xml = xml.replace(one.encode(), b"ID")
    return xml


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_form_from_its_compiled_form_behaves_as_the_form_itself(pair, steps):
    first, second = (FormSession(form, now=lambda: NOW) for form in pair)
    for step in steps:
        assert do(first, step) == do(second, step)
        assert seen(first) == seen(second)
    assert draft(first) == draft(second)
    for form, session in zip(pair, (second, first), strict=True):  # each draft in the other form
        assert seen(FormSession(form, instance_xml=session.draft_xml(), now=lambda: NOW))[1:] == seen(first)[1:]


def test_facts_of_the_form_are_kept(pair):
    fresh, kept = pair
    for name in ("form_id", "version", "title", "hash", "languages", "default_language", "attachments", "warnings"):
        assert getattr(kept, name) == getattr(fresh, name), name
    assert (kept.submission, kept.style, list(kept.nodes), list(kept.bodies)) == (
        fresh.submission,
        fresh.style,
        list(fresh.nodes),
        list(fresh.bodies),
    )
    assert [rule.node.path for rule in kept.rules] == [rule.node.path for rule in fresh.rules]
    assert kept.nodes["/f/n"].bind == kept.nodes["/f/n"].bind
    assert vars_of(kept.nodes["/f/n"].bind) == vars_of(fresh.nodes["/f/n"].bind)


def vars_of(thing):
    return {name: getattr(thing, name) for name in type(thing).__dataclass_fields__}


def test_every_expression_reads_the_same_nodes(pair):
    def rules(form):
        return [
            (
                node.path,
                name,
                expression.source,
                sorted((one.node.path, one.join.index) for one in expression.dependencies),
            )
            for node in form.nodes.values()
            for name in ("calculate", "relevant", "required", "readonly", "constraint")
            if isinstance(expression := getattr(node, name), Expression)
        ]

    assert rules(pair[1]) == rules(pair[0])


def test_attributes_templates_and_prefixes_come_back(write_xform):
    data = write_xform(
        '<a k="1"> x </a><odk:z/><r jr:template=""><b>7</b><s jr:template=""><c>8</c></s></r>',
        '<bind nodeset="/data/a/@k" calculate="/data/a"/>'
        '<setvalue ref="/data/r/b" event="odk-new-repeat" value="position(..) * 3"/>',
        '<input ref="/data/a"><label>In <output value="/data/a"/> line<br/></label></input><repeat nodeset="/data/r">'
        '<input ref="/data/r/b"/><repeat nodeset="/data/r/s"><input ref="/data/r/s/c"/></repeat></repeat>',
    )
    form = load_form(data)
    sessions = [FormSession(one, now=lambda: NOW) for one in (form, load_compiled(to_bytes(form)))]
    for session in sessions:
        session.add_repeat("/data/r")
        session.add_repeat("/data/r[1]/s")
        session.add_repeat("/data/r")
        session.answer("/data/a", "<&\r\n>")
    assert draft(sessions[0]) == draft(sessions[1])
    assert b"<b>6</b>" in draft(sessions[1])
    assert seen(sessions[0]) == seen(sessions[1])


def test_a_form_is_written_once_from_its_source(pair):
    with pytest.raises(CacheError):
        to_bytes(pair[1])


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_refused(write_xform, data):
    good = to_bytes(load_form(write_xform("<a/>", "", '<input ref="/data/a"/>')))
    place = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(bad), good[:place], good + b"x"):
        with pytest.raises(CacheError):
            load_compiled(damaged)


@pytest.mark.parametrize("content", [(), (("other",), 1), (STAMP,), (STAMP, *range(6)), {"a": 1}, None, 7])
def test_what_another_program_wrote_is_refused(content):
    payload = marshal.dumps(content)
    with pytest.raises(CacheError):
        load_compiled(MAGIC + hashlib.sha256(payload).digest() + payload)


def test_every_reference_of_the_definition_is_written_as_one():
    names = {kind.__name__ for kind in flat._SHAPES}
    for kind, shapes in flat._SHAPES.items():
        referring = {
            name for name, written in kind.__annotations__.items() if names & set(re.findall(r"[A-Z]\w+", str(written)))
        }
        assert set(shapes) == referring, kind
        for name in shapes:
            assert flat._class_of(kind, name).__name__ in str(kind.__annotations__[name]), (kind, name)


@pytest.mark.parametrize("name", sorted(path.name for path in resources.path("forms").glob("*.xml")))
def test_shipped_forms_are_kept(name):
    form = load_form(resources.read_bytes("forms", name), lambda media: resources.read_bytes("forms", "media", media))
    first, second = (FormSession(one, now=lambda: NOW) for one in (form, load_compiled(to_bytes(form))))
    assert seen(first) == seen(second)
    assert draft(first) == draft(second)
