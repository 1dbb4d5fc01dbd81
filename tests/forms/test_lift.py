# SPDX-License-Identifier: EUPL-1.2
"""A draft brought to another version of its form: nothing is lost without being told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormSession, InstanceError, load_form
from forms.lift import Loss, lift
from tests.forms.conftest import xform

CHOICES = "list_name | name | label\n| l | a | A\n| l | b | B"
OLD = """
type | name | label | constraint
| text | town | Town |
| integer | people | People |
| select_one l | kind | Kind |
| text | gone | What is gone |
| begin group | g | G |
| text | remark | Remark |
| end group | | |
| begin repeat | line | Lines |
| text | what | What |
| decimal | cost | Cost |
| end repeat | | |
| calculate | twice | | |
"""


@pytest.fixture
def old(fill):
    form = fill(
        OLD.replace("| calculate | twice | | |", "| calculate | twice | | | ${people} * 2").replace(
            "constraint", "constraint | calculation", 1
        ),
        CHOICES,
    )
    for name, value in {"town": "Jodoigne", "people": "12", "kind": "b", "gone": "lost?", "remark": "é <b>"}.items():
        form.set(name, value)
    form.add("line")
    for place, (what, cost) in enumerate([("chairs", "10.5"), ("tables", "20")], 1):
        form.set(f"line[{place}]/what", what)
        form.set(f"line[{place}]/cost", cost)
    return form


def raise_to(old, load_table, survey, choices=CHOICES):
    form = load_table(survey, choices)
    result = lift(old.form, old.session.draft_xml(), form)
    return result, FormSession(form, instance_xml=result.xml)


def told(answers):
    return {answer.ref.removeprefix("/f/"): answer for answer in answers}


def test_the_same_form_keeps_everything(old, load_table):
    result = lift(old.form, old.session.draft_xml(), old.form)
    assert [answer.ref for answer in result.kept] == [
        *("/f/town", "/f/people", "/f/kind", "/f/gone", "/f/g/remark"),
        *("/f/line[1]/what", "/f/line[1]/cost", "/f/line[2]/what", "/f/line[2]/cost"),
    ]
    assert (result.changed, result.orphaned, result.moved) == ((), (), ())
    assert result.xml == old.session.draft_xml()


def test_a_question_that_is_gone_is_told_with_its_label(old, load_table):
    survey = "type | name | label\n| text | town | Town\n| text | new | New"
    result, session = raise_to(old, load_table, survey)
    assert (told(result.orphaned)["gone"].label, told(result.orphaned)["gone"].loss) == ("What is gone", Loss.GONE)
    assert [answer.ref for answer in result.kept] == ["/f/town"]
    assert {answer.value for answer in result.orphaned} == {
        "12",
        "b",
        "lost?",
        "é <b>",
        "chairs",
        "10.5",
        "tables",
        "20",
    }
    assert session.value("/f/town") == "Jodoigne"
    assert session.instance_id == old.session.instance_id


def test_types_lists_and_constraints_that_no_longer_fit(old, load_table):
    survey = """
    type | name | label | constraint
    | integer | town | Town |
    | integer | people | People | . < 10
    | select_one m | kind | Kind |
    """
    result, session = raise_to(old, load_table, survey, "list_name | name | label\n| m | a | A\n| m | c | C")
    assert {ref: answer.loss for ref, answer in told(result.changed).items()} == {
        "town": Loss.TYPE,
        "people": Loss.CONSTRAINT,
        "kind": Loss.CHOICE,
    }
    assert [session.value(f"/f/{name}") for name in ("town", "people", "kind")] == ["Jodoigne", "12", "b"]


def test_an_answer_that_was_wrong_before_is_not_told_as_changed(old, load_table):
    old.set("people", "many")
    result, _ = raise_to(old, load_table, "type | name | label\n| integer | people | People")
    assert told(result.kept)["people"].value == "many"


def test_moved_questions_are_followed_by_a_unique_name(old, load_table):
    survey = """
    type | name | label
    | begin group | place | Place
    | text | town | Town
    | end group | |
    | text | remark | Remark
    | begin group | costs | Costs
    | begin repeat | line | Lines
    | text | what | What
    | begin group | money | Money
    | decimal | cost | Cost
    | end group | |
    | end repeat | |
    | end group | |
    """
    result, session = raise_to(old, load_table, survey)
    assert {answer.ref: answer.new_ref for answer in result.moved} == {
        "/f/town": "/f/place/town",
        "/f/g/remark": "/f/remark",
        "/f/line[1]/what": "/f/costs/line[1]/what",
        "/f/line[1]/cost": "/f/costs/line[1]/money/cost",
        "/f/line[2]/what": "/f/costs/line[2]/what",
        "/f/line[2]/cost": "/f/costs/line[2]/money/cost",
    }
    assert all(session.value(answer.new_ref) == answer.value for answer in result.moved)


def test_a_name_that_is_there_twice_is_not_guessed(old, load_table):
    survey = """
    type | name | label
    | begin group | a | A
    | text | town | Town
    | end group | |
    | begin group | b | B
    | text | town | Town
    | end group | |
    """
    result, session = raise_to(old, load_table, survey)
    assert told(result.orphaned)["town"].loss is Loss.GONE
    assert session.value("/f/a/town") == session.value("/f/b/town") == ""


def test_a_repeat_that_became_a_group_tells_several_answers(old, load_table):
    survey = "type | name | label\n| begin group | line | L\n| text | what | W\n| decimal | cost | C\n| end group | |"
    result, session = raise_to(old, load_table, survey)
    assert {
        ref: answer.loss for ref, answer in told(result.orphaned).items() if ref.startswith("line")
    } == dict.fromkeys(("line[1]/what", "line[1]/cost", "line[2]/what", "line[2]/cost"), Loss.SEVERAL)
    old.remove("line[1]")
    result, session = raise_to(old, load_table, survey)
    assert told(result.kept)["line[1]/what"].new_ref == "/f/line/what"
    assert session.value("/f/line/what") == "tables"


def test_a_question_moved_into_a_repeat_is_in_the_first_instance(old, load_table):
    survey = "type | name | label\n| begin repeat | r | R\n| text | town | Town\n| end repeat | |"
    result, session = raise_to(old, load_table, survey)
    assert told(result.kept)["town"].new_ref == "/f/r[1]/town"
    assert session.value("/f/r[1]/town") == "Jodoigne"


def test_what_the_new_form_computes_or_counts_away_is_orphaned(old, load_table):
    survey = """
    type | name | label | calculation | repeat_count
    | calculate | town | | 'Namur' |
    | begin repeat | line | Lines | | 1
    | text | what | What | |
    | end repeat | | | |
    """
    result, session = raise_to(old, load_table, survey)
    assert told(result.orphaned)["town"].loss is Loss.COMPUTED
    assert told(result.orphaned)["line[2]/what"].loss is Loss.COUNTED
    assert told(result.kept)["line[1]/what"].value == "chairs"
    assert session.value("/f/town") == "Namur"


def test_new_questions_get_their_defaults_and_emptied_ones_stay_empty(fill, load_table):
    old = fill("type | name | label | default\n| text | a | A | x\n| text | b | B |\n| hidden | v | | 1")
    old.set("a", "")
    result, session = raise_to(
        old, load_table, "type | name | label | default\n| text | a | A | y\n| text | n | N | new\n| hidden | v | | 2"
    )
    assert [session.value(f"/f/{name}") for name in "anv"] == ["", "new", "2"]
    assert result == lift(old.form, old.session.draft_xml(), session.form)
    assert (result.kept, result.changed, result.orphaned) == ((), (), ())


def test_metadata_preloads_and_the_replaced_version_are_carried(fill, load_table):
    survey = "type | name | label\n| start | start |\n| deviceid | device |\n| text | a | A"
    old = fill(survey).again(deprecated_id="uuid:before")
    result, session = raise_to(old, load_table, survey + "\n| text | b | B")
    assert session.value("/f/start") == old["start"] != ""
    assert (session.instance_id, session.deprecated_id) == (old.session.instance_id, "uuid:before")
    assert (result.kept, result.orphaned) == ((), ())


def test_only_versions_of_one_form(old, load_table):
    other = load_table("type | name | label\n| text | a | A", "", "form_id\nother")
    with pytest.raises(InstanceError):
        lift(old.form, old.session.draft_xml(), other)


# --- any two versions ---


@dataclass(frozen=True)
class Question:
    name: str
    kind: str
    place: str  # path of the container below /data, "" or "/x/y"


KINDS = ("string", "int", "date", "decimal", "choice")
CONTAINERS = {"": False, "/g": False, "/r": True, "/r/h": False, "/r/s": True, "/t": True}
NAMES = ("a", "b", "c", "d", "e", "f")


def build(questions: tuple[Question, ...], repeats: frozenset[str], computed: frozenset[str], offered: str) -> bytes:
    """Write the form: containers in `repeats` repeat, the others are groups; questions in `computed` are calculated.

    What is chosen is one of the letters in `offered`; questions called `f` are asked while an `a` at the top is not 7.
    """
    items = "".join(f"<item><label>{one}</label><value>{one}</value></item>" for one in offered)
    inside: dict[str, str] = dict.fromkeys(CONTAINERS, "")
    body: dict[str, str] = dict.fromkeys(CONTAINERS, "")
    binds = ""
    for question in questions:
        path = f"/data{question.place}/{question.name}"
        inside[question.place] += f"<{question.name}/>"
        tag, inner = ("select1", items) if question.kind == "choice" else ("input", "")
        body[question.place] += f'<{tag} ref="{path}"><label>{question.name.upper()}</label>{inner}</{tag}>'
        extra = ' calculate="1 + 1"' if question.name in computed else ""
        extra += ' relevant="/data/a != 7"' if question.name == "f" else ""
        kind = "string" if question.kind == "choice" else question.kind
        binds += f'<bind nodeset="{path}" type="{kind}"{extra}/>'
    for place in sorted(CONTAINERS, key=len, reverse=True)[:-1]:
        outer, _, name = place.rpartition("/")
        if not inside[place]:
            continue
        inside[outer] += f"<{name}>{inside[place]}</{name}>"
        path = f"/data{place}"
        if place in repeats:
            body[outer] += f'<group ref="{path}"><label/><repeat nodeset="{path}">{body[place]}</repeat></group>'
        else:
            body[outer] += f'<group ref="{path}"><label/>{body[place]}</group>'
    return xform(inside[""], binds, body[""])


@st.composite
def versions(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Draw a form and a mutation of it: questions removed, added, renamed, retyped, moved; groups become repeats."""
    place = st.sampled_from(sorted(CONTAINERS))
    kind = st.sampled_from(KINDS)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    before = [Question(name, draw(kind), draw(place)) for name in names]
    repeats = {one for one, repeated in CONTAINERS.items() if repeated}
    after = []
    for question in before:
        fate = draw(st.sampled_from(["same", "same", "gone", "moved", "retyped", "renamed"]))
        if fate == "moved":
            after.append(replace(question, place=draw(place)))
        elif fate == "retyped":
            after.append(replace(question, kind=draw(kind)))
        elif fate == "renamed":
            after.append(replace(question, name=question.name * 2))
        elif fate == "same":
            after.append(question)
    after.append(Question("z", "string", draw(place)))
    flipped = draw(st.sets(st.sampled_from(sorted(set(CONTAINERS) - {""})), max_size=2))
    computed = draw(st.sets(st.sampled_from(NAMES), max_size=1))
    return (
        build(tuple(before), frozenset(repeats), frozenset(), "7x"),
        build(tuple(after), frozenset(repeats ^ flipped), frozenset(computed), "x2"),
    )


def answer_at_random(session: FormSession, data: st.DataObject) -> dict[str, str]:
    """Add instances and answer; return all answers by ref."""
    for ref in ("/data/r", "/data/t", "/data/r[1]/s", "/data/r[2]/s"):
        for _ in range(data.draw(st.integers(0, 2))):
            try:
                session.add_repeat(ref)
            except Exception as error:  # noqa: BLE001  (this form has no such repeat)
                assert type(error).__name__ == "AnswerError"  # noqa: PT017
    found: dict[str, str] = {}
    todo = session.children()
    for view in todo:
        todo.extend(session.children(view.ref))
        text = (
            data.draw(st.sampled_from(["", "7", "x", "2026-11-22", "é & <"]))
            if view.control in {"input", "select1"}
            else ""
        )
        if text:
            session.answer(view.ref, text)
            found[view.ref] = text
    return found


@settings(max_examples=150, deadline=None)
@given(versions(), st.data())
def test_kept_changed_and_orphaned_are_all_old_answers(forms: tuple[bytes, bytes], data: st.DataObject) -> None:
    old, new = (load_form(xml) for xml in forms)
    session = FormSession(old)
    answers = answer_at_random(session, data)
    draft = session.draft_xml()
    result = lift(old, draft, new)
    everything = (*result.kept, *result.changed, *result.orphaned)
    assert {answer.ref: answer.value for answer in everything} == answers
    assert len(everything) == len(answers)
    lifted = FormSession(new, instance_xml=result.xml)
    assert all(lifted.value(answer.new_ref) == answer.value for answer in (*result.kept, *result.changed))
    assert len({answer.new_ref for answer in (*result.kept, *result.changed)}) == len(result.kept) + len(result.changed)
    assert all(answer.loss is not None and not answer.new_ref for answer in result.orphaned)
