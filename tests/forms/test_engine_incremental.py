# SPDX-License-Identifier: EUPL-1.2
"""The heart of the engine: whatever was answered in whatever order, the state is that of a full recalculation.

Forms are drawn at random; after every action the session is compared with a new one that reads its draft, and every
difference to the state before must have been told by the action's changes.
"""

from __future__ import annotations

import re

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from forms import Changes, CycleError, FormSession, NodeKind, load_form

ROOT = ["/data/q0", "/data/q1", "/data/g/q2", "/data/g/h/q3", "/data/q4"]
INNER = ["a", "b", "c"]
PRE = '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
PRE += 'xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="x">'
INSTANCE = "<q0/><q1>3</q1><g><q2/><h><q3/></h></g><r><a/><b/><n><c/></n></r><q4/><s/><meta><instanceID/></meta>"
LIST = '<instance id="l"><root>{}</root></instance>'.format(
    "".join(f"<item><name>{n}</name><k>{n % 3}</k></item>" for n in range(6))
)
BODY = """</model></h:head><h:body><input ref="/data/q0"><label>L <output value="{label}"/></label></input>
<input ref="/data/q1"/><group ref="/data/g"><input ref="/data/g/q2"/><group ref="/data/g/h"><input ref="/data/g/h/q3"/>
</group></group><group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/><input ref="/data/r/b"/>
<group ref="/data/r/n"><repeat nodeset="/data/r/n" {count}><input ref="/data/r/n/c"/></repeat></group></repeat></group>
<input ref="/data/q4"/><select1 ref="/data/s"><itemset nodeset="{nodeset}"><value ref="{value}"/><label ref="{value}"/>
</itemset></select1></h:body></h:html>"""


def outer_values() -> st.SearchStrategy[str]:
    """Numbers that any node can read."""
    over_repeats = [
        f"{f}({p})" for f in ("sum", "count", "max", "count-non-empty") for p in ("/data/r/a", "/data/r/n/c")
    ]
    more = ["count(/data/r)", "sum(/data/r[a > 1]/b)", "/data/r[2]/a", "indexed-repeat(/data/r/b, /data/r, /data/q0)"]
    more += ["count(/data/r[n/c = 2])", "number(join('', /data/r/b))", "sum(/data/r/b)", "count(/data/g/*)"]
    more += ["count(instance('l')/root/item[k = /data/q1])", "sum(instance('l')/root/item[k = /data/q0]/name)"]
    return st.sampled_from([*ROOT, *over_repeats, *more, "1", "2"])


def inner_values() -> st.SearchStrategy[str]:
    """Numbers that a node directly in the repeat can read."""
    near = ["../a", "../b", "position(..)", "sum(../n/c)", "count(../n)", "/data/r/a", "count(../../r)"]
    return st.sampled_from(near) | outer_values()


def innermost_values() -> st.SearchStrategy[str]:
    """Numbers that a node in the nested repeat can read."""
    return st.sampled_from(["../../a", "position(../..)", "position(..)", "/data/r/b"]) | outer_values()


def numbers(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that give a number."""
    return (
        values
        | st.builds("{} + {}".format, values, values)
        | st.builds("if({} > {}, {}, '')".format, values, values, values)
        | st.builds("coalesce({}, {})".format, values, values)
        | st.builds("round({} div {}, 1)".format, values, values)
    )


def truths(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that give a truth."""
    return (
        st.builds("{} > {}".format, values, values)
        | st.builds("{} = {}".format, values, values)
        | st.builds("{} != ''".format, values)
        | st.builds("not({}) or {} = 2".format, values, values)
    )


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    """Draw a form: rules at random on a fixed tree."""
    places = [(path, outer_values()) for path in [*ROOT, "/data/g", "/data/g/h"]]
    places += [(f"/data/r/{name}", inner_values()) for name in ("a", "b")]
    places += [("/data/r/n/c", innermost_values()), ("/data/r", outer_values())]
    binds = ""
    for path, values in places:
        rules: dict[str, str] = {}
        if draw(st.integers(0, 3)) == 0:
            rules["relevant"] = draw(truths(values))
        leaf = path not in {"/data/g", "/data/g/h", "/data/r"}
        if leaf and draw(st.integers(0, 2)) == 0:
            rules["calculate"] = draw(numbers(values))
        for rule in ("required", "readonly", "constraint") if leaf else ():
            if draw(st.integers(0, 4)) == 0:
                rules[rule] = draw(truths(values))
        written = "".join(f' {key}="{value}"'.replace(">", "&gt;") for key, value in rules.items())
        binds += (
            f'<bind nodeset="{path}" type="{draw(st.sampled_from(["string", "int"])) if leaf else "string"}"{written}/>'
        )
    binds += '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>'
    lists = ["instance('l')/root/item[k = /data/q0]", "/data/r[a != '']", "instance('l')/root/item[name > /data/q1]"]
    nodeset = draw(st.sampled_from(lists))
    body = BODY.format(
        label=draw(outer_values()),
        nodeset=nodeset.replace(">", "&gt;"),
        value="a" if nodeset.startswith("/") else "name",
        count=draw(st.sampled_from(["", "", 'jr:count="../a"', 'jr:count="/data/q1"', 'jr:count="2"'])),
    )
    return (PRE + INSTANCE + "</data></instance>" + LIST + binds + body).encode()


Snapshot = dict[str, tuple[object, ...]]


def snapshot(session: FormSession) -> Snapshot:
    """Everything that people can see."""
    found: Snapshot = {}
    waiting = [""]
    while waiting:
        for view in session.children(waiting.pop()):
            label = view.label.value if view.label is not None else ""
            choices = tuple(choice.value for choice in session.choices(view.ref))
            shown = (view.value, view.readonly, view.required, view.violation, label, choices)
            found[view.ref] = (view.relevant, *shown) if view.relevant else (False, view.value)
            if view.kind is not NodeKind.QUESTION:
                waiting.append(view.ref)
    return found


def check_told(before: Snapshot, after: Snapshot, changes: Changes) -> None:
    """Every difference is told: by its own ref, by that of a group around, or as part of what came or went."""
    told = (*changes.refs, *changes.added)
    lists = {re.sub(r"\[\d+\]$", "", ref) for ref in (*changes.added, *changes.removed)}
    for ref, state in after.items():
        if (
            before.get(ref) == state
            or not (state[0] or before.get(ref, (True,))[0])
            or any(ref == list_ or ref.startswith(f"{list_}[") for list_ in lists)
        ):
            continue
        around = any(ref.startswith(f"{other}/") and not after[other][0] for other in told if other in after)
        assert ref in told or around or any(ref.startswith(f"{other}[") for other in told), (
            ref,
            before.get(ref),
            state,
        )


STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 20), st.sampled_from(["", "0", "1", "2", "3", "7.5", "x", "-1"])),
    max_size=10,
)


def act(session: FormSession, kind: int, place: int, value: str) -> Changes | None:
    """Do something at random: mostly answer what can be answered."""
    views = snapshot(session)
    repeats = [ref for ref in views if session.node(ref).can_add]
    instances = [ref for ref in views if ref.endswith("]") and session.node(ref).can_remove]
    questions = [
        ref
        for ref in views
        if session.node(ref).kind is NodeKind.QUESTION and not session.form.nodes[re.sub(r"\[\d+\]", "", ref)].calculate
    ]
    if kind == 0 and instances:
        return session.remove_repeat(instances[place % len(instances)])
    if kind <= 2 and repeats:
        return session.add_repeat(repeats[place % len(repeats)])
    return session.answer(questions[place % len(questions)], value) if questions else None


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking such a form takes minutes and helps little
)
@given(forms(), STEPS)
def test_incremental_is_full(xml: bytes, steps: list[tuple[int, int, str]]) -> None:
    try:
        form = load_form(xml)
    except CycleError:
        assume(False)
        return
    session = FormSession(form)
    assume(len(session.draft_xml()) < 3000)
    before = snapshot(session)
    for kind, place, value in steps:
        changes = act(session, kind, place, value)
        assume(len(session.draft_xml()) < 3000)  # a count that feeds itself ends at a bound, not at a solution
        after = snapshot(session)
        fresh = FormSession(form, instance_xml=session.draft_xml())
        assert fresh.draft_xml() == session.draft_xml()
        assert snapshot(fresh) == after
        assert fresh.progress() == session.progress()
        assert fresh.validate() == session.validate()
        if changes is not None:
            check_told(before, after, changes)
        before = after
