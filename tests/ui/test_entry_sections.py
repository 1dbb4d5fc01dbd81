# SPDX-License-Identifier: EUPL-1.2
"""How forms are cut into sections, items and steps."""

from __future__ import annotations

from collections.abc import Callable

from fieldkit.reading_order import FLAT_PAGE
from forms import FormSession, load_form
from ui.entry.desk import Desk
from ui.entry.page import EntryPage
from ui.entry.sections import (
    ItemKind,
    entry_items,
    node_title,
    question_refs,
    read_items,
    read_sections,
    section_progress,
)
from ui.entry.steps import read_steps

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
    "<h:title>{title}</h:title><model><instance><data id='{title}' version='1'>{nodes}</data></instance>{binds}"
    "</model></h:head><h:body>{body}</h:body></h:html>"
)


def flat_form(count: int) -> FormSession:
    names = [f"q{n}" for n in range(1, count + 1)]
    xml = HEAD.format(
        title="plat",
        nodes="".join(f"<{name}/>" for name in names),
        binds="".join(f"<bind nodeset='/data/{name}' type='string'/>" for name in names),
        body="".join(f"<input ref='/data/{name}'><label>Question {name}</label></input>" for name in names),
    )
    return FormSession(load_form(xml.encode()))


def session_of(types_xml: bytes) -> FormSession:
    return FormSession(load_form(types_xml))


def test_top_level_groups_are_the_sections(types_xml: bytes) -> None:
    sections = read_sections(session_of(types_xml))
    assert [(section.number, section.title) for section in sections] == [
        (1, "Textes et nombres"),
        (2, "Choix"),
        (3, "Listes"),
    ]
    assert sections[1].holds("/data/choix/grille/fixe")
    assert not sections[1].holds("/data/choix2/x")


def test_numbers_count_questions_that_are_not_relevant_too(types_xml: bytes) -> None:
    session = session_of(types_xml)
    items = {item.ref.rpartition("/")[2]: item for item in read_items(session, read_sections(session)[1])}
    assert items["avis"].number == "2.1"
    assert items["pourquoi"].number == "2.2"
    assert items["lieux"].number == "2.3"
    session.answer("/data/choix/avis", "non")
    assert [item.number for item in read_items(session, read_sections(session)[1])][:3] == ["2.1", "2.2", "2.3"]


def test_notes_and_worked_out_values_have_no_number(types_xml: bytes) -> None:
    session = session_of(types_xml)
    items = read_items(session, read_sections(session)[0])
    notes = [item for item in items if item.kind is ItemKind.NOTE]
    assert [item.ref.rpartition("/")[2] for item in notes] == ["bienvenue", "double_vu"]
    assert all(not item.number for item in notes)


def test_a_table_list_is_one_grid_without_its_label_row(types_xml: bytes) -> None:
    session = session_of(types_xml)
    items = read_items(session, read_sections(session)[1])
    grids = [item for item in items if item.kind is ItemKind.MATRIX]
    assert [ref.rpartition("/")[2] for ref in grids[0].refs] == ["fixe", "mobile"]
    assert len(grids) == 1
    assert not any("reserved_name" in ref for item in items for ref in item.refs)


def test_a_long_flat_form_is_cut_into_pages() -> None:
    session = flat_form(60)
    sections = read_sections(session)
    assert [len(section.refs) for section in sections] == [FLAT_PAGE, FLAT_PAGE, 10]
    assert [section.title for section in sections] == ["plat (1)", "plat (2)", "plat (3)"]
    assert read_items(session, sections[1])[0].number == "2.1"


def test_a_short_flat_form_is_one_section() -> None:
    session = flat_form(3)
    sections = read_sections(session)
    assert [section.title for section in sections] == ["plat"]
    session.answer("/data/q2", "x")
    progress = section_progress(session, sections[0])
    assert (progress.asked, progress.answered) == (3, 1)
    assert question_refs(session, sections[0]) == ["/data/q1", "/data/q2", "/data/q3"]


def test_one_group_around_everything_is_no_section() -> None:
    xml = HEAD.format(
        title="enveloppe",
        nodes="<tout><a><x/></a><b><y/></b></tout>",
        binds="<bind nodeset='/data/tout/a/x' type='string'/><bind nodeset='/data/tout/b/y' type='string'/>",
        body="<group ref='/data/tout'><group ref='/data/tout/a'><label>Un</label><input ref='/data/tout/a/x'/></group>"
        "<group ref='/data/tout/b'><label>Deux</label><input ref='/data/tout/b/y'/></group></group>",
    )
    session = FormSession(load_form(xml.encode()))
    assert [section.title for section in read_sections(session)] == ["Un", "Deux"]
    assert node_title(session.node("/data/tout/a/x")) == "X"


def test_a_section_without_anything_relevant_is_left_out() -> None:
    xml = HEAD.format(
        title="condition",
        nodes="<a><x/></a><b><y/></b>",
        binds="<bind nodeset='/data/a/x' type='string'/><bind nodeset='/data/b/y' relevant=\"/data/a/x = 'oui'\"/>",
        body="<group ref='/data/a'><label>Un</label><input ref='/data/a/x'/></group>"
        "<group ref='/data/b'><label>Deux</label><input ref='/data/b/y'/></group>",
    )
    session = FormSession(load_form(xml.encode()))
    assert [section.number for section in read_sections(session)] == [1]
    session.answer("/data/a/x", "oui")
    assert [(section.number, section.title) for section in read_sections(session)] == [(1, "Un"), (2, "Deux")]


def test_entries_of_a_repeat_have_items_without_numbers(types_xml: bytes) -> None:
    session = session_of(types_xml)
    items = entry_items(session, "/data/listes/partenaire[1]")
    assert [item.kind for item in items] == [ItemKind.QUESTION, ItemKind.QUESTION, ItemKind.REPEAT]
    assert not any(item.number for item in items)


def test_steps_follow_relevance_and_carry_their_notes(open_types: Callable[..., EntryPage]) -> None:
    page = open_types()
    desk: Desk = page.desk
    steps = read_steps(desk, page.walk.sections)
    assert [item.kind for item in steps[0].items] == [ItemKind.NOTE, ItemKind.QUESTION]
    assert not any(step.holds("/data/choix/pourquoi") for step in steps)
    desk.answer("/data/choix/avis", "non")
    again = read_steps(desk, page.walk.sections)
    assert len(again) == len(steps) + 1
    assert any(step.asked.ref == "/data/choix/pourquoi" for step in again)
