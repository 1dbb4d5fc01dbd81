# SPDX-License-Identifier: EUPL-1.2
"""The contract of `store.instances`, on a real file."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit.errors import AlreadyThereError, AttachmentDamaged, NotFoundError, WrongStateError
from fieldkit.instance import AnswerEntry, State, TransitionError
from fieldkit.store import Store, open_store
from forms.views import Progress
from tests.fieldkit.store_samples import add_draft, at, draft, finalized, freeze, save_answer


def test_a_created_draft_is_read_back_as_it_was(store: Store) -> None:
    wanted = draft(
        commune_nis="25048", deprecated_id="uuid:old", source_id="uuid:source", asked=9, answered=3, invalid=1
    )
    store.instances.create(wanted, b"<data>\xc3\xa9</data>")
    assert store.instances.get(wanted.instance_id) == wanted
    assert store.instances.draft_xml(wanted.instance_id) == b"<data>\xc3\xa9</data>"


def test_an_id_is_created_once_and_only_as_a_draft(store: Store) -> None:
    instance_id = add_draft(store)
    with pytest.raises(AlreadyThereError):
        store.instances.create(draft(), b"<other/>")
    assert store.instances.draft_xml(instance_id) == b"<data n='1'/>"
    with pytest.raises(WrongStateError):
        store.instances.create(draft(2, state=State.SUBMITTED), b"<data/>")


def test_saving_keeps_xml_log_and_progress_together(store: Store) -> None:
    instance_id = add_draft(store)
    entries = [AnswerEntry("/data/a", "", "1", at(1)), AnswerEntry("/data/b", "x", "", at(2))]
    store.instances.save_draft(
        instance_id, b"<data>2</data>", entries, Progress(9, 4, 1, 2), "/data/b", "Visite", "25048"
    )
    saved = store.instances.get(instance_id)
    assert (saved.asked, saved.answered, saved.invalid) == (9, 4, 1)
    assert (saved.current_ref, saved.name, saved.commune_nis) == ("/data/b", "Visite", "25048")
    assert saved.changed_at == at(2)
    assert store.instances.answer_log(instance_id) == entries
    assert store.instances.draft_xml(instance_id) == b"<data>2</data>"


def test_a_save_that_fails_changes_nothing(store: Store) -> None:
    instance_id = add_draft(store)
    naive = AnswerEntry("/data/a", "", "1", datetime(2026, 1, 1))  # noqa: DTZ001 (the fault that is tested)
    with pytest.raises(ValueError, match="naive"):
        store.instances.save_draft(
            instance_id,
            b"<lost/>",
            [naive.__class__("/data/a", "", "0", at()), naive],
            Progress(1, 1, 0, 0),
            "",
            "N",
            "",
        )
    assert store.instances.draft_xml(instance_id) == b"<data n='1'/>"
    assert store.instances.answer_log(instance_id) == []


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFoundError) as error:
        store.instances.get("uuid:none")
    assert (error.value.kind, error.value.key) == ("instance", "uuid:none")
    with pytest.raises(NotFoundError):
        save_answer(store, "uuid:none", 1)
    with pytest.raises(NotFoundError):
        store.instances.frozen_xml(add_draft(store))


def test_finalizing_freezes_the_bytes(store: Store) -> None:
    instance_id = add_draft(store)
    xml = b"<?xml version='1.0'?><data>\xe2\x80\xaf</data>"
    store.instances.finalize(instance_id, finalized(instance_id, xml, "Perwez, 22 nov."), at(5))
    row = store.instances.get(instance_id)
    assert store.instances.frozen_xml(instance_id) == xml
    assert (row.sha256, row.size) == (hashlib.sha256(xml).hexdigest(), len(xml))
    assert (row.state, row.finalized_at, row.name) == (State.FINALIZED, at(5), "Perwez, 22 nov.")
    for action in (lambda: save_answer(store, instance_id, 1), lambda: store.instances.delete(instance_id)):
        with pytest.raises(WrongStateError):
            action()
    assert store.instances.frozen_xml(instance_id) == xml


def test_the_bytes_of_another_instance_are_refused(store: Store) -> None:
    instance_id = add_draft(store)
    with pytest.raises(ValueError, match="is not"):
        store.instances.finalize(instance_id, finalized("uuid:other"), at())
    assert store.instances.get(instance_id).state is State.DRAFT


def test_the_outbox_keeps_the_order_of_finalizing_when_the_clock_goes_back(store: Store) -> None:
    first, second, third = freeze(store, 1, minutes=500), freeze(store, 2, minutes=-2880), freeze(store, 3, minutes=501)
    assert [one.instance_id for one in store.instances.outbox()] == [first, second, third]
    store.instances.mark_submitted(second, at(600), "received")
    assert [one.instance_id for one in store.instances.outbox()] == [first, third]


def test_sending_marks_the_row(store: Store) -> None:
    instance_id = freeze(store)
    store.instances.mark_waiting(instance_id, "offline", "no route")
    assert store.instances.get(instance_id).reason == "offline"
    store.instances.mark_attempted(instance_id, at(11))
    assert store.instances.get(instance_id).attempted
    store.instances.mark_submitted(instance_id, at(12), "full submission received")
    row = store.instances.get(instance_id)
    assert (row.state, row.submitted_at, row.reason, row.reason_text) == (State.SUBMITTED, at(12), "", "")
    assert store.instances.receipt(instance_id) == "full submission received"
    store.instances.mark_returned(instance_id, "Le budget dépasse le plafond.")
    row = store.instances.get(instance_id)
    assert (row.state, row.reason_text) == (State.RETURNED, "Le budget dépasse le plafond.")


def test_a_rejected_instance_returns_to_its_place(store: Store) -> None:
    first, second = freeze(store, 1), freeze(store, 2)
    store.instances.mark_rejected(first, "conflict", "different XML")
    assert [one.instance_id for one in store.instances.outbox()] == [second]
    store.instances.retry(first)
    assert [one.instance_id for one in store.instances.outbox()] == [first, second]
    assert store.instances.get(first).reason == ""


def test_frozen_bytes_are_never_replaced(store: Store) -> None:
    instance_id = freeze(store)
    store.instances.mark_rejected(instance_id, "closed", "")
    with pytest.raises(WrongStateError):
        store.instances.finalize(instance_id, finalized(instance_id, b"<other/>"), at(20))
    assert store.instances.frozen_xml(instance_id) == b"<data>1</data>"


def test_only_what_never_left_becomes_a_draft_again(store: Store) -> None:
    kept, gone = freeze(store, 1), freeze(store, 2)
    store.instances.reopen(kept)
    row = store.instances.get(kept)
    assert (row.state, row.finalized_at, row.sha256, row.size) == (State.DRAFT, None, "", 0)
    save_answer(store, kept, 1)
    store.instances.mark_attempted(gone, at(11))
    with pytest.raises(WrongStateError):
        store.instances.reopen(gone)
    assert store.instances.get(gone).state is State.FINALIZED


def test_a_change_that_the_table_forbids_is_refused(store: Store) -> None:
    instance_id = add_draft(store)
    with pytest.raises(TransitionError):
        store.instances.mark_submitted(instance_id, at(), "")
    with pytest.raises(TransitionError):
        store.instances.mark_rejected(instance_id, "x", "y")
    with pytest.raises(WrongStateError):
        store.instances.mark_attempted(instance_id, at())
    assert store.instances.get(instance_id) == draft()


def test_the_bin_gives_back_what_was_deleted(store: Store) -> None:
    kept, deleted = add_draft(store, 1), add_draft(store, 2)
    store.instances.delete(deleted)
    store.instances.delete(deleted)
    assert [one.instance_id for one in store.instances.search()] == [kept]
    assert [one.instance_id for one in store.instances.bin()] == [deleted]
    assert store.instances.counts()[State.DRAFT] == 1
    store.instances.restore(deleted)
    assert store.instances.counts()[State.DRAFT] == 2
    assert store.instances.bin() == []


def test_the_bin_is_emptied_by_age_with_its_files(store: Store) -> None:
    instance_id = add_draft(store)
    path = store.instances.put_attachment(instance_id, "p.jpg", b"1").path
    store.instances.delete(instance_id)
    assert store.instances.empty_bin(datetime.now(UTC) - timedelta(days=30)) == 0
    assert store.instances.empty_bin(datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert not path.exists()
    with pytest.raises(NotFoundError):
        store.instances.get(instance_id)


def test_counts_name_every_state(store: Store) -> None:
    add_draft(store, 1)
    freeze(store, 2)
    store.instances.mark_rejected(freeze(store, 3), "r", "t")
    assert store.instances.counts() == {
        State.DRAFT: 1,
        State.FINALIZED: 1,
        State.SUBMITTED: 0,
        State.RETURNED: 0,
        State.REJECTED: 1,
        State.SET_ASIDE: 0,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {1, 2, 3}),
        ("eghezee", {1}),
        ("ÉGHEZÉE enquête", {1}),
        ("enquete", {1, 2}),
        ("6660", {3}),  # a postal code of Houffalize
        ("houff", {3}),
        ("territorial", {1, 2, 3}),  # the form's title
        ("amel", {2}),  # the German name of Amblève
        ("diagnostic fiche", {3}),
        ("100%", set()),
        ("' UNION SELECT --", set()),
        ("é_%", {1, 2, 3}),  # wildcards of SQL are no letters
    ],
)
def test_search_finds_by_name_commune_and_form(store: Store, text: str, found: set[int]) -> None:
    store.blank_forms.put("diagnostic", "1", "Diagnostic territorial", b"<x/>", {}, "shipped")
    add_draft(store, 1, name="Enquête d’Éghezée", commune_nis="92035")
    add_draft(store, 2, name="Enquête, village nord", commune_nis="63001")
    add_draft(store, 3, name="Fiche", commune_nis="82014")
    names = {int(one.instance_id[5:13]) for one in store.instances.search(text)}
    assert names == found
    assert store.instances.count(text) == len(found)


def test_search_filters_pages_and_puts_the_last_changed_first(store: Store) -> None:
    for number in range(1, 7):
        add_draft(store, number, commune_nis="25048" if number % 2 else "", form_id="a" if number < 4 else "b")
    ids = [one.instance_id[5:13] for one in store.instances.search()]
    assert ids == sorted(ids, reverse=True)
    assert [one.instance_id[5:13] for one in store.instances.search(limit=2, offset=2)] == ids[2:4]
    assert len(store.instances.search(commune_nis="25048")) == 3
    assert len(store.instances.search(form_id="b", commune_nis="25048")) == 1
    assert store.instances.search(states=[State.SUBMITTED]) == []
    assert store.instances.count(states=(State.DRAFT, State.FINALIZED), form_id="a") == 3


def test_an_attachment_keeps_its_bytes_and_any_name(store: Store, tmp_path: Path) -> None:
    instance_id = add_draft(store)
    store.instances.put_attachment(instance_id, 'é "x": 1.jpg', b"one")
    store.instances.put_attachment(instance_id, "b.jpg", b"one")
    store.instances.put_attachment(instance_id, "b.jpg", b"two")
    kept = store.instances.attachments(instance_id)
    assert [(one.name, one.size, one.frozen) for one in kept] == [("b.jpg", 3, False), ('é "x": 1.jpg', 3, False)]
    assert store.instances.attachment(instance_id, "b.jpg") == b"two"
    assert store.instances.attachment(instance_id, 'é "x": 1.jpg') == b"one"
    store.instances.remove_attachment(instance_id, "b.jpg")
    assert len([path for path in (tmp_path / "instances").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["", ".", "..", "../evil.jpg", "a\\b", "a\x00b", "é" * 200])
def test_a_name_that_is_a_path_is_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        store.instances.put_attachment(add_draft(store), name, b"1")


def test_finalizing_needs_each_file_as_it_was_put(store: Store) -> None:
    instance_id = add_draft(store)
    with pytest.raises(NotFoundError):
        store.instances.finalize(instance_id, finalized(instance_id, files=("p.jpg",)), at())
    photo = store.instances.put_attachment(instance_id, "p.jpg", b"photo")
    store.instances.put_attachment(instance_id, "unused.jpg", b"other")
    photo.path.write_bytes(b"changed")
    with pytest.raises(AttachmentDamaged):
        store.instances.finalize(instance_id, finalized(instance_id, files=("p.jpg",)), at())
    assert store.instances.get(instance_id).state is State.DRAFT
    store.instances.put_attachment(instance_id, "p.jpg", b"photo")
    store.instances.finalize(instance_id, finalized(instance_id, files=("p.jpg",)), at())
    assert [one.name for one in store.instances.attachments(instance_id) if one.frozen] == ["p.jpg"]
    with pytest.raises(WrongStateError):
        store.instances.put_attachment(instance_id, "p.jpg", b"late")
    photo.path.unlink()
    with pytest.raises(AttachmentDamaged):
        store.instances.attachment(instance_id, "p.jpg")


def test_everything_is_there_after_closing(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        instance_id = freeze(store)
        store.attempts.add(instance_id, at(11), "failed", "offline", "no route", 120)
        before = store.instances.get(instance_id)
    with open_store(tmp_path / "s.db") as store:
        assert store.instances.get(instance_id) == before
        assert store.instances.frozen_xml(instance_id) == b"<data>1</data>"
        assert store.attempts.of(instance_id)[0].bytes_sent == 120
