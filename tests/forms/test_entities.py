# SPDX-License-Identifier: EUPL-1.2
"""Entities as pyxform writes them: what a record makes and updates, with which versions and branches."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from forms import (
    EntityChange,
    EntityProblem,
    FormDef,
    FormSession,
    NewerEntitiesError,
    StructureError,
    entity_changes,
    load_compiled,
    load_form,
    to_bytes,
)
from tests.forms.entity_sheets import (
    EITHER,
    OTHER,
    PLANT,
    PLANT_IF,
    PLANTATION,
    ROUND,
    SEVERAL,
    TREE,
    TREES,
    VISIT,
    sheet,
)

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch


def load(table: str, trees: bytes = TREES) -> FormDef:
    return load_form(sheet(table), {"trees.csv": trees}.__getitem__)


def begin(table: str, trees: bytes = TREES, **answers: str) -> FormSession:
    session = FormSession(load(table, trees))
    for name, value in answers.items():
        session.answer(f"/f/{name}", value)
    return session


def only(session: FormSession) -> EntityChange:
    (change,) = session.finalize().entities
    return change


def test_a_record_makes_an_entity():
    session = begin(PLANT, species="oak", height="3")
    change = only(session)
    assert (change.dataset, change.create, change.update, change.label) == ("trees", True, False, "oak")
    assert change.properties == {"species": "oak", "height": "3"}
    assert (change.base_version, change.trunk_version, change.branch_id) == ("", "", "")
    assert UUID4(change.entity_id)
    assert change.problem is EntityProblem.NONE
    assert only(FormSession(session.form, instance_xml=session.draft_xml())) == change


def test_a_condition_decides_whether_it_is_made():
    session = begin(PLANT_IF, species="oak", height="2")
    assert session.finalize().entities == ()
    session.answer("/f/height", "3")
    assert only(session).properties["height"] == "3"


def test_a_record_updates_with_the_version_and_branch_of_the_list():
    change = only(begin(VISIT, tree=TREE, height="12"))
    assert (change.create, change.update, change.entity_id, change.label) == (False, True, TREE, "")
    assert change.properties == {"height": "12"}
    assert (change.base_version, change.trunk_version, change.branch_id) == ("3", "3", "b-3")
    made_here = only(begin(VISIT, tree=OTHER, height="1"))
    assert (made_here.base_version, made_here.trunk_version, made_here.branch_id) == ("1", "", "b-0")


def test_a_list_without_branches_fills_neither():
    change = only(begin(VISIT, f"name,label,__version\n{TREE},Oak,3\n".encode(), tree=TREE))
    assert (change.base_version, change.trunk_version, change.branch_id) == ("3", "", "")
    assert change.properties == {"height": ""}


@pytest.mark.parametrize(("tree", "made"), [("", True), (TREE, False)])
def test_a_form_that_makes_or_updates(tree, made):
    change = only(begin(EITHER, tree=tree, species="oak"))
    assert (change.create, change.update) == (made, not made)
    assert (change.entity_id == TREE) is not made
    assert change.base_version == ("" if made else "3")


def test_what_is_irrelevant_is_no_property():
    assert only(begin(EITHER, species="fern")).properties == {"species": "fern"}
    assert only(begin(EITHER, species="oak")).properties == {"species": "oak", "height": ""}


def test_several_entities_of_one_record():
    form = load(SEVERAL)
    assert form.entities_version == "2025.1.0"
    session = begin(SEVERAL, species="oak", **{"owner/who": "Ada"})
    tree, person = session.finalize().entities
    assert (tree.dataset, tree.label, tree.properties) == ("trees", "oak", {"species": "oak"})
    assert (person.dataset, person.label, person.properties) == ("people", "Ada", {"fullname": "Ada"})
    assert tree.entity_id != person.entity_id


def test_each_instance_of_a_repeat_makes_its_own():
    session = begin(PLANTATION)
    for place, species in enumerate(("oak", "elm", "ash"), 1):
        if place > 1:
            session.add_repeat("/f/row")
        session.answer(f"/f/row[{place}]/plant/species", species)
    made = session.finalize().entities
    assert [change.label for change in made] == ["oak", "elm", "ash"]
    assert [change.properties for change in made] == [{"species": "oak"}, {"species": "elm"}, {"species": "ash"}]
    assert len({change.entity_id for change in made}) == 3
    assert all(UUID4(change.entity_id) for change in made)
    session.answer("/f/row[2]/kept", "no")
    assert [change.label for change in session.finalize().entities] == ["oak", "ash"]
    session.remove_repeat("/f/row[1]")
    assert [change.entity_id for change in session.finalize().entities] == [made[2].entity_id]


def test_each_instance_of_a_repeat_updates_its_own():
    session = begin(ROUND)
    session.answer("/f/row[1]/tree", TREE)
    session.answer("/f/row[1]/health", "good")
    session.add_repeat("/f/row")
    session.answer("/f/row[2]/tree", OTHER)
    assert [change.entity_id for change in session.finalize().entities] == [TREE]
    session.answer("/f/row[2]/health", "bad")
    first, second = session.finalize().entities
    assert (first.base_version, first.trunk_version, first.branch_id) == ("3", "3", "b-3")
    assert (second.entity_id, second.base_version, second.properties) == (OTHER, "1", {"health": "bad"})


def test_the_bytes_tell_the_same_as_the_session():
    session = begin(SEVERAL, species="oak")
    finalized = session.finalize()
    assert entity_changes(session.form, finalized.xml) == session.entities() == finalized.entities


def test_what_a_server_would_not_take_is_told():
    assert only(begin(PLANT)).problem is EntityProblem.NO_LABEL
    assert only(begin(EITHER, tree="17", species="x")).problem is EntityProblem.BAD_ID


@pytest.mark.parametrize("table", [PLANT, VISIT, EITHER, SEVERAL, PLANTATION])
def test_a_compiled_form_knows_its_entities(table):
    form = load(table)
    kept = load_compiled(to_bytes(load(table)))
    assert kept.entities == form.entities != ()
    assert kept.entities_version == form.entities_version


@pytest.mark.parametrize(("version", "applied"), [("2022.1.0", 0), ("2023.1.0", 0), ("2024.1.3", 1), ("2025.1.9", 1)])
def test_older_forms_leave_the_lists_here_alone(version, applied):
    form = load_form(sheet(PLANT).replace(b"2024.1.0", version.encode()))
    session = FormSession(form)
    session.answer("/f/species", "oak")
    assert len(session.finalize().entities) == applied
    assert len(session.entities()) == 1


@pytest.mark.parametrize("version", ["2025.2.0", "2026.1.0", "soon", "0.0"])
def test_a_newer_version_is_refused(version):
    with pytest.raises(NewerEntitiesError) as error:
        load_form(sheet(PLANT).replace(b"2024.1.0", version.encode()))
    assert (error.value.version, error.value.supported, error.value.form) == (version, "2025.1.0", "f")


@pytest.mark.parametrize("change", [(b'dataset="trees" ', b""), (b'dataset="trees"', b'dataset=" "')])
def test_an_entity_of_no_dataset_is_refused(change: tuple[bytes, bytes]):
    with pytest.raises(StructureError) as error:
        load_form(sheet(PLANT).replace(*change))
    assert error.value.ref == "/f/meta/entity"


WARNED = {
    "no entities-version": (b' entities:entities-version="2024.1.0"', b""),
    "/f/species: saved to the property label, a name that": (b'saveto="species"', b'saveto="label"'),
    "/f/species: saved to the property __x, a name that": (b'saveto="species"', b'saveto="__x"'),
    "/f/species: saved to the property species, but no entity": (b"entity", b"thing"),
}


@pytest.mark.parametrize("warning", WARNED)
def test_the_author_is_warned(warning: str):
    xml = sheet(PLANT).replace(*WARNED[warning])
    assert [one for one in load_form(xml).warnings if one.startswith(warning)]


def test_an_answer_of_a_repeat_is_not_saved_to_an_entity_outside(write_xform: Callable[..., bytes]):
    xml = write_xform(
        "<r><a/></r>",
        '<bind nodeset="/data/r/a" xmlns:e="http://www.opendatakit.org/xforms/entities" e:saveto="a"/>',
        '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>',
    ).replace(b"<meta>", b'<meta><entity dataset="d" create="1" id=""><label/></entity>')
    form = load_form(xml)
    assert [one for one in form.warnings if one.startswith("/data/r/a: saved to the property a, but its entity")]
    assert form.entities[0].saves == ()
