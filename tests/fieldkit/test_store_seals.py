# SPDX-License-Identifier: EUPL-1.2
"""Seals in the store: made once with the frozen bytes or not at all, whatever cuts them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldkit.errors import AttachmentDamaged, NotFoundError, ReservedName, StoreReadOnly, UnusableKey
from fieldkit.instance import State
from fieldkit.store import Store, open_store
from tests.fieldkit.child_process import run
from tests.fieldkit.store_samples import add_draft, at, finalized
from tests.unsealing import encrypted_form, private_key, public_text, unseal

posix = pytest.mark.skipif(os.name == "nt", reason="children are forked")
BLANK = b"<form><model></model></form>"


def sealed_draft(store: Store, key_text: str = "", **files: bytes) -> str:
    form = encrypted_form(BLANK, key_text or public_text(private_key()))
    store.blank_forms.put("scelle", "1", "Scellé", form, {}, "region")
    instance_id = add_draft(store, form_id="scelle")
    for name, content in files.items():
        store.instances.put_attachment(instance_id, name, content)
    return instance_id


def test_a_record_is_sealed_with_the_frozen_bytes_and_files(store: Store) -> None:
    instance_id = sealed_draft(store, a=b"photo", b=b"not referred to any more")
    store.instances.finalize(instance_id, finalized(instance_id, b"<data>1</data>", files=("a",)), at(5))
    seal = store.instances.seals.of(instance_id)
    assert seal is not None
    assert [one.name for one in seal.files] == ["a.enc", "submission.xml.enc"]
    opened = unseal(seal.envelope, {one.name: one.path.read_bytes() for one in seal.files}, private_key())
    assert (opened.xml, opened.files, opened.signed) == (b"<data>1</data>", {"a": b"photo"}, True)
    assert store.instances.frozen_xml(instance_id) == b"<data>1</data>"
    assert store.instances.attachment(instance_id, "b") == b"not referred to any more"


def test_a_record_of_a_plain_form_has_no_seal(store: Store) -> None:
    store.blank_forms.put("diagnostic", "1", "Diagnostic", BLANK, {}, "shipped")
    instance_id = add_draft(store)
    store.instances.finalize(instance_id, finalized(instance_id), at(5))
    assert store.instances.seals.of(instance_id) is None
    assert not store.instances.seals.is_asked_for(instance_id)
    with pytest.raises(NotFoundError):
        store.instances.seals.add(instance_id)


def test_reopening_drops_the_seal_and_the_next_one_is_another(store: Store) -> None:
    instance_id = sealed_draft(store, a=b"photo")
    store.instances.finalize(instance_id, finalized(instance_id, files=("a",)), at(5))
    first = store.instances.seals.of(instance_id)
    store.instances.reopen(instance_id)
    assert store.instances.seals.of(instance_id) is None
    store.instances.finalize(instance_id, finalized(instance_id, files=("a",)), at(6))
    second = store.instances.seals.of(instance_id)
    assert first is not None
    assert second is not None
    assert first.envelope != second.envelope
    assert not any(one.path.exists() for one in first.files)


@pytest.mark.parametrize("key_text", ["MIIB", "pas une clé", public_text(private_key(1024))], ids=["cut", "no", "1024"])
def test_an_unusable_key_leaves_the_draft_as_it_was(store: Store, key_text: str) -> None:
    instance_id = sealed_draft(store, key_text, a=b"photo")
    with pytest.raises(UnusableKey) as error:
        store.instances.finalize(instance_id, finalized(instance_id, files=("a",)), at(5))
    assert error.value.form_id == "scelle"
    assert store.instances.get(instance_id).state is State.DRAFT
    assert [one.frozen for one in store.instances.attachments(instance_id)] == [False]
    assert store.instances.draft_xml(instance_id) == b"<data n='1'/>"


def test_a_file_with_the_name_of_the_record_itself_is_refused(store: Store) -> None:
    instance_id = sealed_draft(store, **{"submission.xml": b"<plan/>"})
    with pytest.raises(ReservedName) as error:
        store.instances.finalize(instance_id, finalized(instance_id, files=("submission.xml",)), at(5))
    assert error.value.name == "submission.xml"
    assert store.instances.get(instance_id).state is State.DRAFT


def test_a_file_that_changed_on_the_disk_is_not_sealed(store: Store) -> None:
    instance_id = sealed_draft(store, a=b"photo")
    store.blank_forms.put("scelle", "1", "Scellé", BLANK, {}, "region")
    store.instances.finalize(instance_id, finalized(instance_id, files=("a",)), at(5))
    store.blank_forms.put("scelle", "1", "Scellé", encrypted_form(BLANK, public_text(private_key())), {}, "region")
    (kept,) = store.instances.attachments(instance_id)
    kept.path.write_bytes(b"other")
    with pytest.raises(AttachmentDamaged):
        store.instances.seals.add(instance_id)
    assert store.instances.seals.of(instance_id) is None
    kept.path.write_bytes(b"photo")
    assert len(store.instances.seals.add(instance_id).files) == 2


def test_a_reader_touches_no_file(tmp_path: Path) -> None:
    with open_store(tmp_path / "fieldkit.db") as store:
        instance_id = sealed_draft(store, a=b"photo")
        folder = store.instances.attachments(instance_id)[0].path.parent
    (folder / "of another program.part").write_bytes(b"x")
    with open_store(tmp_path / "fieldkit.db", read_only=True) as reader, pytest.raises(StoreReadOnly):
        reader.instances.finalize(instance_id, finalized(instance_id, files=("a",)), at(5))
    assert (folder / "of another program.part").exists()


@posix
def test_twenty_kills_while_sealing_lose_nothing(tmp_path: Path) -> None:
    facts = run("sealing.py", tmp_path, "kills", 20261122)
    assert facts["lost"] == 0
    assert facts["draft"] + facts["finalized"] == 20
    assert facts["draft"] * facts["finalized"] > 0  # some were cut, some were not
    assert facts["goes on"]
    assert facts["tidy"]


@posix
def test_a_kill_between_encryption_and_commit_loses_nothing(tmp_path: Path) -> None:
    facts = run("sealing.py", tmp_path, "between", 1)
    assert facts.pop("left over") == 5  # all was encrypted
    assert all(facts.values()), facts


@posix
def test_a_disk_that_fills_while_sealing_leaves_the_draft(tmp_path: Path) -> None:
    facts = run("sealing.py", tmp_path, "full", 1)
    assert all(facts.values()), facts
