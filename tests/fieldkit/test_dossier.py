# SPDX-License-Identifier: EUPL-1.2
"""A record goes by dossier from kit to kit: with its state, its bytes, its files and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.dossier.pack import export
from fieldkit.dossier.reading import open_dossier
from fieldkit.dossier.unpack import Finding, Outcome, Refusal, plan, take
from fieldkit.errors import AttachmentDamaged, DossierMustBeEncrypted, DossierNotWritten, NotFoundError
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.proof import proof_of
from fieldkit.store.sharing import MovedMeanwhile
from forms import FormSession
from tests.dossiers import dossier_form
from tests.fieldkit.dossier_kits import FORM_XML, REFS, Place
from tests.fieldkit.store_samples import at
from tests.unsealing import encrypted_form, private_key, public_text

PHRASE = "trois chênes"


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "ann")
    yield place
    place.store.close()


@pytest.fixture
def bob(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "bob")
    yield place
    place.store.close()


def carried(finding: Finding) -> tuple[Outcome, Refusal]:
    return finding.outcome, finding.refusal


def test_a_draft_is_continued_on_another_kit_and_comes_back(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    ann.store.instances.put_attachment(record, "notes.txt", b"first")
    assert carried(bob.get(ann.give(record))) == (Outcome.NEW, Refusal.NONE)
    assert bob.store.instances.draft_xml(record) == ann.store.instances.draft_xml(record)
    assert bob.store.instances.answer_log(record) == ann.store.instances.answer_log(record)
    assert bob.store.instances.attachment(record, "notes.txt") == b"first"
    assert load_stored(bob.store, "shared", "1").title == "Test"
    assert bob.store.blank_forms.list() == []  # nothing new is begun with it
    bob.answer(record, REFS["b"], "ash")
    ann.answer(record, REFS["c"], "elm")
    finding = ann.get(bob.give(record))
    assert (finding.outcome, finding.taken, finding.conflicts) == (Outcome.MERGED, (REFS["b"],), ())
    assert [ann.value(record, name) for name in "abc"] == ["oak", "ash", "elm"]
    assert {entry.new for entry in ann.store.instances.answer_log(record)} == {"oak", "ash", "elm"}
    # The other one now only catches up, and then nobody has news.
    assert bob.get(ann.give(record)).taken == (REFS["c"],)
    changed = ann.store.instances.get(record).changed_at
    assert carried(ann.get(bob.give(record))) == (Outcome.SAME, Refusal.NONE)
    assert ann.store.instances.get(record).changed_at == changed
    assert ann.store.instances.draft_xml(record) == bob.store.instances.draft_xml(record)


def test_what_both_changed_is_kept_as_here_or_taken_and_stays_in_the_log(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    ann.answer(record, REFS["a"], "beech")
    bob.answer(record, REFS["a"], "lime")
    given = bob.give(record)
    with open_dossier(ann.store, given) as dossier:
        before = ann.store.instances.draft_xml(record)
        (seen,) = plan(ann.store, dossier).findings
        assert ann.store.instances.draft_xml(record) == before
        assert [(one.ref, dict(one.mine), dict(one.theirs)) for one in seen.conflicts] == [
            (REFS["a"], {"": "beech"}, {"": "lime"})
        ]
        take(ann.store, dossier)
    assert ann.value(record, "a") == "beech"
    assert "lime" in {entry.new for entry in ann.store.instances.answer_log(record)}
    assert bob.get(ann.give(record)).taken == (REFS["a"],)  # the choice travels
    ann.answer(record, REFS["a"], "yew")
    bob.answer(record, REFS["a"], "fir")
    ann.get(bob.give(record), prefer=[REFS["a"]])
    assert ann.value(record, "a") == "fir"


def test_a_finished_record_waits_there_with_its_bytes_and_its_attempts(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    frozen = ann.finish(record)
    ann.store.instances.mark_attempted(record, at(70))
    ann.store.attempts.add(record, at(70), "unknown", "interrupted", "cut", 512)
    ann.store.instances.mark_waiting(record, "interrupted", "")
    bob.get(ann.give(record))
    there = bob.store.instances.get(record)
    assert (there.state, there.attempted, there.reason) == (State.FINALIZED, True, "interrupted")
    assert bob.store.instances.frozen_xml(record) == frozen
    assert [one.instance_id for one in bob.store.instances.outbox()] == [record]
    assert bob.store.attempts.of(record) == ann.store.attempts.of(record)
    bob.store.instances.mark_submitted(record, at(80), "taken", "https://region.example/v1/projects/7")
    assert carried(ann.get(bob.give(record))) == (Outcome.HEARD, Refusal.NONE)
    assert proof_of(ann.store, record) == proof_of(bob.store, record)
    here = ann.store.instances.get(record)
    assert (here.state, here.submitted_at, ann.store.instances.receipt(record)) == (State.SUBMITTED, at(80), "taken")
    assert carried(ann.get(bob.give(record))) == (Outcome.SAME, Refusal.NONE)


def test_a_sent_record_keeps_where_it_went_and_what_it_made(ann: Place, bob: Place) -> None:
    """Else the other kit has no whole proof, and does not know whose dossier the region's list speaks of."""
    ann.store.blank_forms.put("dossier", "1", "Dossier", dossier_form(), {}, "region")
    session = FormSession(load_stored(ann.store, "dossier"))
    session.answer("/f/titre", "Halle")
    record, finalized = session.instance_id, session.finalize()
    row = Instance(record, "dossier", "1", State.DRAFT, "Halle", at(), at())
    ann.store.instances.create(row, session.draft_xml())
    ann.store.instances.finalize(record, finalized, at(60))
    made = finalized.entities[0].entity_id
    for state, change in (
        (State.REJECTED, lambda: ann.store.instances.mark_rejected(record, "closed", "")),
        (State.SUBMITTED, lambda: ann.store.instances.mark_submitted(record, at(80), "taken", "https://r.example/v1")),
    ):
        change()
        with Place(bob.folder / state).store as store, open_dossier(store, ann.give(record)) as dossier:
            take(store, dossier)
            assert store.instances.get(record) == ann.store.instances.get(record)
            assert store.dossiers.maker_of("dossiers", made) == record


def test_a_draft_that_was_finished_elsewhere_gives_way_unless_it_was_changed(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    frozen = bob.finish(record)
    finished = bob.give(record)
    ann.answer(record, REFS["b"], "ash")
    assert carried(ann.get(finished)) == (Outcome.REFUSED, Refusal.CHANGED_HERE)
    assert ann.value(record, "b") == "ash"
    assert carried(bob.get(ann.give(record))) == (Outcome.REFUSED, Refusal.FINISHED_HERE)
    assert bob.store.instances.frozen_xml(record) == frozen
    other = ann.begin(a="elm")
    bob.get(ann.give(other))
    bob.answer(other, REFS["c"], "lime")
    bob.finish(other)
    assert carried(ann.get(bob.give(other))) == (Outcome.REPLACED, Refusal.NONE)
    assert ann.store.instances.frozen_xml(other) == bob.store.instances.frozen_xml(other)
    assert [one.instance_id for one in ann.store.instances.outbox()] == [other]


def test_records_finished_apart_are_both_kept(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    bob.answer(record, REFS["b"], "ash")
    mine, theirs = ann.finish(record), bob.finish(record)
    given = bob.give(record)
    assert carried(ann.get(given)) == (Outcome.REFUSED, Refusal.OTHER_BYTES)
    assert (ann.store.instances.frozen_xml(record), bob.store.instances.frozen_xml(record)) == (mine, theirs)


def test_an_answer_saved_while_two_drafts_are_compared_is_not_lost(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    ann.answer(record, REFS["a"], "elm")
    with open_dossier(bob.store, ann.give(record)) as dossier:
        made = plan(bob.store, dossier)
        bob.answer(record, REFS["b"], "ash")
        with pytest.raises(MovedMeanwhile):
            bob.store.sharing.take(made.forms, made.arrivals, made.rewrites)
        assert (bob.value(record, "a"), bob.value(record, "b")) == ("oak", "ash")
        take(bob.store, dossier)
    assert (bob.value(record, "a"), bob.value(record, "b")) == ("elm", "ash")


def test_photos_of_one_name_are_both_kept(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    for place, content in ((ann, b"ann's"), (bob, b"bob's")):
        place.store.instances.put_attachment(record, "photo.jpg", content)
        place.answer(record, "/data/photo", "photo.jpg")
    finding = ann.get(bob.give(record), prefer=["/data/photo"])
    (conflict,) = finding.conflicts
    taken = ann.value(record, "photo")
    assert dict(conflict.mine) == {"": "photo.jpg"}
    assert ann.store.instances.attachment(record, "photo.jpg") == b"ann's"
    assert ann.store.instances.attachment(record, taken) == b"bob's"
    # The same picture under another name is no change.
    back = bob.get(ann.give(record))
    assert back.conflicts == ()
    assert bob.store.instances.attachment(record, bob.value(record, "photo")) == b"bob's"


def test_records_of_forms_with_a_key_travel_encrypted_with_their_seal(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    sealed_form = encrypted_form(FORM_XML, public_text(private_key()))
    ann.store.blank_forms.put("shared", "1", "Shared", sealed_form, {}, "region")
    with pytest.raises(DossierMustBeEncrypted):
        ann.give(record)
    assert not (ann.folder / "x.fieldkit").exists()
    ann.finish(record)
    with pytest.raises(DossierMustBeEncrypted):
        ann.give(record)
    path = ann.give(record, passphrase=PHRASE)
    assert b"oak" not in path.read_bytes()
    bob.get(path, "trois che\u0302nes")  # the same word, its accent typed apart
    mine, theirs = (place.store.instances.seals.of(record) for place in (ann, bob))
    assert mine is not None
    assert theirs is not None
    assert (theirs.envelope, theirs.sha256) == (mine.envelope, mine.sha256)
    assert [one.path.read_bytes() for one in theirs.files] == [one.path.read_bytes() for one in mine.files]
    assert bob.store.instances.seals.is_asked_for(record)
    assert carried(bob.get(path, PHRASE)) == (Outcome.SAME, Refusal.NONE)
    bob.store._connection.run("UPDATE seals SET sha256 = 'of another sealing'")  # a server takes only one of them
    assert carried(bob.get(path, PHRASE)) == (Outcome.REFUSED, Refusal.OTHER_BYTES)


def test_what_waits_unsealed_is_sealed_once_for_both(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    ann.finish(record)  # its form had no key then
    sealed_form = encrypted_form(FORM_XML, public_text(private_key()))
    ann.store.blank_forms.put("shared", "1", "Shared", sealed_form, {}, "region")
    bob.get(ann.give(record, passphrase=PHRASE), PHRASE)
    mine, theirs = (place.store.instances.seals.of(record) for place in (ann, bob))
    assert mine is not None
    assert theirs is not None
    assert theirs.envelope == mine.envelope


def test_a_draft_comes_back_from_the_bin(ann: Place) -> None:
    record = ann.begin(a="oak")
    given = ann.give(record)
    ann.store.instances.delete(record)
    assert carried(ann.get(given)) == (Outcome.RESTORED, Refusal.NONE)
    assert ann.store.instances.bin() == []


def test_an_older_form_that_comes_along_is_not_the_latest(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    newer = FORM_XML.replace(b'version="1"', b'version="2"')
    bob.store.blank_forms.put("shared", "2", "Shared", newer, {}, "region")
    bob.get(ann.give(record))
    assert bob.store.blank_forms.versions("shared") == ("2", "1")
    assert [form.version for form in bob.store.blank_forms.list()] == ["2"]
    ann.store.blank_forms.put("shared", "2", "Shared", newer, {}, "region")
    bob.lift(record, b"oak", b"yew")
    assert carried(ann.get(bob.give(record))) == (Outcome.REPLACED, Refusal.NONE)
    assert ann.store.instances.get(record).form_version == "2"
    assert ann.value(record, "a") == "yew"


def test_drafts_of_two_versions_and_forms_of_one_version_are_refused(ann: Place, bob: Place) -> None:
    record = ann.begin(a="oak")
    bob.get(ann.give(record))
    bob.store.blank_forms.put("shared", "2", "Shared", FORM_XML.replace(b'version="1"', b'version="2"'), {}, "region")
    bob.lift(record, b"oak", b"yew")
    ann.answer(record, REFS["b"], "ash")
    assert carried(ann.get(bob.give(record))) == (Outcome.REFUSED, Refusal.OTHER_VERSION)
    other = Place(ann.folder / "other")
    other.begin()
    other.store.blank_forms.put("shared", "1", "Shared", FORM_XML.replace(b"Alpha", b"Omega"), {}, "region")
    assert carried(other.get(ann.give(record))) == (Outcome.REFUSED, Refusal.OTHER_FORM)
    other.store.close()


def test_several_records_go_together_and_what_is_missing_is_told(ann: Place, bob: Place, tmp_path: Path) -> None:
    records = [ann.begin(a=name) for name in ("oak", "ash", "elm")]
    ann.store.instances.put_attachment(records[0], "notes.txt", b"words")
    told: list[tuple[int, int]] = []
    made = export(ann.store, [*records, records[0]], tmp_path / "all.fieldkit", progress=told.append)
    assert (made.records, told[-1], made.size) == (tuple(records), (3, 3), (tmp_path / "all.fieldkit").stat().st_size)
    bob.get(made.path)
    assert {one.instance_id for one in bob.store.instances.search()} == set(records)
    with pytest.raises(NotFoundError):
        export(ann.store, ["uuid:nobody"], tmp_path / "none.fieldkit")
    with pytest.raises(DossierNotWritten):
        export(ann.store, records, tmp_path / "no folder" / "x.fieldkit")
    (kept,) = bob.store.instances.attachments(records[0])
    kept.path.unlink()
    with pytest.raises(AttachmentDamaged):
        export(bob.store, records, tmp_path / "half.fieldkit")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.fieldkit", "ann", "bob"]
