# SPDX-License-Identifier: EUPL-1.2
"""A draft in the store goes to a new version of its form, and back: on disk, and from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

import resources
from fieldkit import answer_files, lifting
from fieldkit.errors import NotFoundError, WrongStateError
from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.shipped_forms import read_media
from fieldkit.store import Store
from fieldkit.workspace import Workspace
from forms import FormSession, load_form
from forms.lift import lift
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.store_samples import at
from tests.forms.conftest import xform


def form_xml(version: str, **questions: str) -> bytes:
    """Write a form `x`: questions by name with their type, and a list `r` with a `what` in it."""
    inside = "".join(f"<{name}/>" for name in questions) + "<r><what/></r>"
    binds = "".join(f'<bind nodeset="/data/{name}" type="{kind}"/>' for name, kind in questions.items())
    body = "".join(f'<input ref="/data/{name}"><label>{name.title()}</label></input>' for name in questions)
    repeat = '<group ref="/data/r"><label/><repeat nodeset="/data/r"><input ref="/data/r/what"/></repeat></group>'
    return xform(inside, binds, body + repeat, root=f'id="x" version="{version}"')


V1 = form_xml("1", town="string", people="string", gone="string")
V2 = form_xml("2", town="string", people="int", new="string")


def begin(store: Store) -> str:
    """Keep version 1, then a draft of it, then version 2."""
    store.blank_forms.put("x", "1", "X", V1, {}, "region")
    session = FormSession(load_form(V1))
    entries = []
    for name, value in {"town": "Jodoigne", "people": "many", "gone": "dear", "r[1]/what": "chairs"}.items():
        session.answer(f"/data/{name}", value)
        entries.append(AnswerEntry(f"/data/{name}", "", value, at(1)))
    store.instances.create(
        Instance(session.instance_id, "x", "1", State.DRAFT, "X", at(), at(), commune_nis="25048"), b"<data/>"
    )
    xml, progress = session.draft_xml(), session.progress()
    store.instances.save_draft(session.instance_id, xml, entries, progress, "/data/gone", "X", "25048")
    store.blank_forms.put("x", "2", "X", V2, {}, "region")
    return session.instance_id


def test_a_newer_version_is_noticed_for_drafts_only(store: Store) -> None:
    instance_id = begin(store)
    instance = store.instances.get(instance_id)
    assert lifting.newer_version(store, instance) == "2"
    lifting.lift_draft(store, instance_id)
    assert lifting.newer_version(store, store.instances.get(instance_id)) == ""
    finalized = FormSession(load_form(V2), instance_xml=store.instances.draft_xml(instance_id))
    finalized.answer("/data/people", "1")
    store.instances.finalize(instance_id, finalized.finalize(), at(3))
    store.blank_forms.put("x", "3", "X", form_xml("3"), {}, "region")
    assert lifting.newer_version(store, store.instances.get(instance_id)) == ""
    for act in (lifting.preview, lifting.lift_draft, lifting.undo_lift):
        with pytest.raises(WrongStateError):
            act(store, instance_id)


def test_a_lift_is_previewed_done_and_undone(store: Store) -> None:
    instance_id = begin(store)
    before = store.instances.draft_xml(instance_id)
    seen = lifting.preview(store, instance_id)
    assert store.instances.draft_xml(instance_id) == before
    done = lifting.lift_draft(store, instance_id, now=at(5))
    assert [(one.ref, one.label) for one in done.changed] == [("/data/people", "People")]
    assert [(one.ref, one.value) for one in done.orphaned] == [("/data/gone", "dear")]
    assert (seen.kept, seen.changed, seen.orphaned) == (done.kept, done.changed, done.orphaned)
    instance = store.instances.get(instance_id)
    assert (instance.form_version, instance.invalid, instance.commune_nis) == ("2", 1, "25048")
    assert store.instances.answer_log(instance_id)[-1] == AnswerEntry("/data/gone", "dear", "", at(5))
    assert b'version="2"' in store.instances.draft_xml(instance_id)
    assert lifting.undo_lift(store, instance_id) == ()
    instance = store.instances.get(instance_id)
    assert (instance.form_version, instance.current_ref) == ("1", "/data/gone")
    assert store.instances.draft_xml(instance_id) == before
    with pytest.raises(NotFoundError):
        lifting.undo_lift(store, instance_id)


def test_what_was_answered_since_is_answered_again(store: Store) -> None:
    instance_id = begin(store)
    lifting.lift_draft(store, instance_id, now=at(5))
    session = FormSession(load_form(V2), instance_xml=store.instances.draft_xml(instance_id))
    session.add_repeat("/data/r")
    steps = [("/data/r[2]", "+"), ("/data/r[2]/what", "tables"), ("/data/town", "Namur"), ("/data/new", "n")]
    for ref, value in steps[1:]:
        session.answer(ref, value)
    entries = [AnswerEntry(ref, "", value, at(5) + timedelta(seconds=1)) for ref, value in steps]
    store.instances.save_draft(instance_id, session.draft_xml(), entries, session.progress(), "", "X", "")
    lost = lifting.undo_lift(store, instance_id)
    assert [(one.ref, one.new) for one in lost] == [("/data/new", "n")]
    back = FormSession(load_form(V1), instance_xml=store.instances.draft_xml(instance_id))
    assert [back.value(f"/data/{name}") for name in ("town", "gone", "r[2]/what")] == ["Namur", "dear", "tables"]


def test_the_kept_draft_goes_with_its_instance(store: Store) -> None:
    instance_id = begin(store)
    lifting.lift_draft(store, instance_id)
    store.instances.delete(instance_id)
    assert store.instances.empty_bin(at(1_000_000)) == 1
    with pytest.raises(NotFoundError):
        store.lifts.before(instance_id)


def test_from_the_command_line(terminal: Terminal, tmp_path: Path) -> None:
    with Workspace.open(terminal.home) as workspace:
        instance_id = begin(workspace.store)
    dry = terminal.type("lift", instance_id, "--dry-run", "--json")
    assert (dry.code, dry.data["written"], dry.data["orphaned"][0]["value"]) == (0, False, "dear")
    told = terminal.type("lift", instance_id)
    assert told.code == 0
    assert "is now of version 2: 2 kept, 1 to look at, 1 without a place" in told.out
    assert "without a place: /data/gone “Gone”: 'dear': the question is gone" in told.out
    assert "of version 1 again" in terminal.type("lift", instance_id, "--undo").out
    again = terminal.type("lift", instance_id, "--undo")
    assert again.code == 1
    assert "no lifted draft" in again.err
    assert terminal.type("lift", instance_id, "--to", "9").code == 1


@pytest.mark.parametrize(
    ("name", "answers"),
    [("diagnostic_territorial", "diagnostic_express_perwez"), ("mon_smart_village", "application_perwez")],
)
def test_the_shipped_forms_keep_every_answer(name: str, answers: str) -> None:
    form = load_form(resources.read_bytes("forms", f"{name}.xml"), read_media)
    session = FormSession(form)
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", f"{answers}.json")))
    done = lift(form, session.draft_xml(), form)
    assert done.xml == session.draft_xml()
    assert (done.changed, done.orphaned, done.moved) == ((), (), ())
    assert len(done.kept) > 40
