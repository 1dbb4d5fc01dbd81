# SPDX-License-Identifier: EUPL-1.2
"""What the store keeps of records of others: whatever order pages, answers and changes come in, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldkit import readable
from fieldkit.commune_question import commune_ref, nis_of
from fieldkit.errors import NotFoundError
from fieldkit.received import Answers, Choice, Listed, ReceivedForm, wanted_communes
from fieldkit.settings import Settings
from fieldkit.store import Store, open_store
from tests.fieldkit.store_samples import at, draft

ORIGIN = "https://region.example/v1/projects/7"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "fieldkit.db") as opened:
        opened.received.note_form(ReceivedForm(ORIGIN, "f", "Formulaire", "", "", None, listed=True))
        yield opened


def listed(number: int, **values: object) -> Listed:
    return replace(Listed(f"uuid:{number}", "1", at(number), commune_nis="25048", submitter="Anne"), **values)  # type: ignore[arg-type]


def keep(store: Store, root_id: str, *, name: str = "N", commune: str = "25048") -> None:
    record = store.received.get(root_id)
    store.received.keep(record, Answers(b"<f/>", root_id, "1", name, commune, record.edits), at(99))


def test_the_same_line_again_is_no_news(store: Store) -> None:
    assert store.received.heard(ORIGIN, "f", [listed(1), listed(2)]).new == ["uuid:1", "uuid:2"]
    assert not store.received.heard(ORIGIN, "f", [listed(2), listed(1)])
    assert store.received.heard(ORIGIN, "f", [listed(1, edits=1)]).changed == ["uuid:1"]
    assert store.received.heard(ORIGIN, "f", [listed(1, edits=1, deleted_at=at(9))]).deleted == ["uuid:1"]
    assert not store.received.heard(ORIGIN, "f", [listed(3, deleted_at=at(9))])
    assert store.received.heard(ORIGIN, "f", [listed(1, edits=1)]).changed == ["uuid:1"]  # restored there
    assert store.received.alive(ORIGIN, "f") == 2


def test_answers_of_before_are_missing_again_after_a_correction(store: Store) -> None:
    store.received.heard(ORIGIN, "f", [listed(1)])
    keep(store, "uuid:1", name="Avant")
    assert store.received.missing(ORIGIN, "f") == []
    store.received.heard(ORIGIN, "f", [listed(1, edits=1)])
    (record,) = store.received.missing(ORIGIN, "f")
    assert (record.name, record.current, store.received.xml(record)) == ("Avant", False, b"<f/>")
    keep(store, "uuid:1", name="Après")
    assert store.received.get("uuid:1").current


def test_a_commune_that_nobody_knows_yet_is_fetched_and_one_outside_is_not(store: Store) -> None:
    store.received.heard(ORIGIN, "f", [listed(1), listed(2, commune_nis=""), listed(3, commune_nis="62063")])
    wanted = store.received.missing(ORIGIN, "f", {"25048"})
    assert [one.root_id for one in wanted] == ["uuid:2", "uuid:1"]
    keep(store, "uuid:2", commune="62063")
    assert [one.root_id for one in store.received.search(Choice(communes=frozenset({"62063"})))] == ["uuid:3", "uuid:2"]


def test_words_are_found_without_accents_in_name_commune_and_sender(store: Store) -> None:
    store.received.heard(ORIGIN, "f", [listed(1), listed(2, submitter="Élise", commune_nis="62063")])
    keep(store, "uuid:1", name="Château")
    for text, found in (("chateau", "uuid:1"), ("jodoigne", "uuid:1"), ("elise", "uuid:2"), ("liege", "uuid:2")):
        assert [one.root_id for one in store.received.search(Choice(text=text))] == [found]
    assert store.received.counts(Choice(text="anne")) == {"": 1}


def test_a_record_is_one_s_own_by_its_root_or_by_its_last_version(store: Store) -> None:
    own = draft(3)
    store.instances.create(own, b"<f/>")
    store.received.heard(ORIGIN, "f", [listed(1), replace(listed(2), root_id=own.instance_id)])
    for root_id in ("uuid:1", own.instance_id):
        keep(store, root_id)
    assert [one.root_id for one in store.received.of_others("f")] == ["uuid:1"]
    assert readable.find(store, own.instance_id).received is None
    found = readable.find(store, "uuid:1")
    assert (found.received is not None, found.instance.instance_id, found.xml) == (True, "uuid:1", b"<f/>")
    with pytest.raises(NotFoundError) as told:
        readable.find(store, "uuid:9")
    assert told.value.kind == "instance"


def test_a_record_that_came_from_two_addresses_counts_once(store: Store) -> None:
    """The region's server moved, or the project was copied."""
    store.received.heard(ORIGIN, "f", [listed(1), listed(2)])
    for root_id in ("uuid:1", "uuid:2"):
        keep(store, root_id, name="Avant")
    moved = "https://new.example/v1/projects/7"
    store.received.note_form(ReceivedForm(moved, "f", "Formulaire", "", "", None, listed=True))
    store.received.heard(moved, "f", [listed(1), listed(2)])
    assert readable.find(store, "uuid:1").instance.name == "Avant"  # the answers that are here
    assert [one.origin for one in store.received.of_others("f")] == [ORIGIN, ORIGIN]
    (fresh,) = [one for one in store.received.missing(moved, "f") if one.root_id == "uuid:1"]
    store.received.keep(fresh, Answers(b"<f/>", "uuid:1", "1", "Après", "25048", 0), at(100))
    assert [(one.root_id, one.name) for one in store.received.of_others("f")] == [
        ("uuid:1", "Après"),
        ("uuid:2", "Avant"),
    ]
    assert readable.find(store, "uuid:1").instance.name == "Après"
    store.received.heard(moved, "f", [listed(1, deleted_at=at(101))])
    assert [one.root_id for one in store.received.of_others("f")] == ["uuid:2"]  # the last word on it counts


def test_received_records_are_in_no_list_of_instances_and_in_no_outbox(store: Store) -> None:
    store.received.heard(ORIGIN, "f", [listed(1)])
    keep(store, "uuid:1")
    assert (store.instances.search(), store.instances.outbox(), sum(store.instances.counts().values())) == ([], [], 0)


def test_as_of_is_the_oldest_of_the_forms_that_are_offered(store: Store) -> None:
    form = store.received.form(ORIGIN, "f")
    assert store.received.as_of() is None
    store.received.note_form(replace(form, pulled_at=at(5)))
    store.received.note_form(replace(form, form_id="g", pulled_at=at(3)))
    assert (store.received.as_of(), store.received.as_of("f")) == (at(3), at(5))
    store.received.note_listed(ORIGIN, {"f"})
    assert store.received.as_of() == at(5)
    store.received.note_listed(ORIGIN, {"f", "g"})
    assert store.received.as_of() == at(3)


def test_what_was_forgotten_while_its_answers_came_is_not_brought_back(store: Store) -> None:
    store.received.heard(ORIGIN, "f", [listed(1)])
    record = store.received.get("uuid:1")
    store.received.forget(["uuid:1"])
    with pytest.raises(NotFoundError):
        store.received.keep(record, Answers(b"<f/>", "uuid:1", "1", "N", "", 0), at(9))


def test_a_version_kept_for_reading_is_never_the_latest_nor_offered(store: Store) -> None:
    forms = store.blank_forms
    forms.keep_for_reading("lu", "1", "Lu", b"<one/>", {"a.csv": b"x"}, ORIGIN)
    assert (forms.list(), forms.get("lu").retired, forms.attachment("lu", "1", "a.csv")) == ([], True, b"x")
    forms.put("lu", "3", "Lu", b"<three/>", {}, "region")
    forms.keep_for_reading("lu", "2", "Lu", b"<two/>", {}, ORIGIN)
    forms.keep_for_reading("lu", "3", "Lu", b"<other/>", {}, ORIGIN)
    assert ([one.version for one in forms.list()], forms.xml("lu"), forms.xml("lu", "2")) == (
        ["3"],
        b"<three/>",
        b"<two/>",
    )
    forms.put("lu", "2", "Lu", b"<two/>", {}, "region")  # the region offers it now
    assert [one.version for one in forms.list()] == ["2"]


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        (["/data/a", "/data/b/commune"], "/data/b/commune"),
        (["/data/nis", "/data/commune", "/data/commune_nis"], "/data/commune_nis"),
        (["/data/commune", "/data/x/commune"], "/data/commune"),
        (["/data/communes"], ""),
        ([], ""),
    ],
)
def test_the_commune_is_asked_by_a_question_of_that_name(refs: list[str], expected: str) -> None:
    assert commune_ref(refs) == expected


@pytest.mark.parametrize(
    ("answer", "nis"), [("25048", "25048"), (" 25048 ", "25048"), ("2504", ""), ("٢٥٠٤٨", ""), ("", "")]
)
def test_only_a_nis_code_is_a_commune(answer: str, nis: str) -> None:
    assert nis_of(answer) == nis


def test_the_territory_or_all(tmp_path: Path) -> None:
    kept = Settings(tmp_path / "settings.json")
    assert wanted_communes(kept) == frozenset()
    kept.set("territory_kind", "gal")
    kept.set("territory_id", "23-culturalite")
    assert "25048" in wanted_communes(kept)
    kept.set("received_scope", "all")
    assert wanted_communes(kept) == frozenset()


events = st.lists(
    st.tuples(st.sampled_from(["edit", "review", "delete", "restore", "fetch", "page"]), st.integers(1, 4)), max_size=30
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_whatever_happens_the_last_page_and_the_last_fetch_are_what_is_here(
    tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[str, int]]
) -> None:
    server = {number: listed(number) for number in range(1, 5)}
    with open_store(tmp_path_factory.mktemp("s") / "fieldkit.db") as store:
        store.received.note_form(ReceivedForm(ORIGIN, "f", "F", "", "", None, listed=True))
        store.received.heard(ORIGIN, "f", list(server.values()))
        for clock, (what, number) in enumerate(happened, start=10):
            now = at(0) + timedelta(minutes=clock)
            one = server[number]
            if what == "edit":
                server[number] = replace(one, edits=one.edits + 1, updated_at=now, review_state="edited")
            elif what == "review":
                server[number] = replace(one, updated_at=now, review_state="approved")
            elif what in {"delete", "restore"}:
                server[number] = replace(one, deleted_at=now if what == "delete" else None)
            elif what == "page":
                store.received.heard(ORIGIN, "f", list(server.values()))
            else:
                for missing in store.received.missing(ORIGIN, "f"):
                    keep(store, missing.root_id)
        store.received.heard(ORIGIN, "f", list(server.values()))
        for missing in store.received.missing(ORIGIN, "f"):
            keep(store, missing.root_id)
        alive = {number for number, one in server.items() if one.deleted_at is None}
        found = {int(one.root_id[5:]): one for one in store.received.search()}
        assert set(found) == alive
        assert all(one.current and one.edits == server[number].edits for number, one in found.items())
        assert all(one.review_state == server[number].review_state for number, one in found.items())
        assert len(store.received.search(Choice(deleted=True))) == 4 - len(alive)
