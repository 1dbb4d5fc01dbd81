# SPDX-License-Identifier: EUPL-1.2
"""Older databases: copied first, brought up to date step by step, nothing lost; a failed step leaves the old file."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest

from fieldkit.errors import NotFoundError, StoreTooNew, StoreUnreadable
from fieldkit.instance import State, kept_state
from fieldkit.store import Store, copies_of, open_store, restore_copy
from fieldkit.store.migrations import MIGRATIONS
from tests.fieldkit.store_samples import at

GOLDEN = Path(__file__).parent / "data"
NEXT = (*MIGRATIONS, ("ALTER TABLE instances ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'",))


def unpack(folder: Path, version: int) -> Path:
    path = folder / "fieldkit.db"
    path.write_bytes(gzip.decompress((GOLDEN / f"store_schema{version}.db.gz").read_bytes()))
    return path


def schema_of(path: Path) -> list[tuple[str, str]]:
    db = sqlite3.connect(path)
    try:
        rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    finally:
        db.close()
    return [(name, " ".join(sql.split())) for name, sql in rows]


def version_of(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def check_offers(store: Store, version: int) -> None:
    offered = [(form.form_id, form.version, form.origin, form.offers) for form in store.blank_forms.list()]
    trees_of_another = [("arbres", "1", "other", ("other",))] if version >= 9 else []
    assert offered == [*trees_of_another, ("diagnostic", "2", "region", ("region",))]


def check_dossier(store: Store, submitted: str) -> None:
    receipt = store.dossiers.of(submitted)
    assert receipt is not None
    assert (receipt.status, receipt.comment, receipt.version) == ("accepté", "Très bien", 2)
    assert (receipt.confirmed_at, receipt.server_at, receipt.heeded) == (at(3), at(2), "2")
    assert store.dossiers.maker_of("dossiers", receipt.entity_id) == submitted
    assert store.instances.get(submitted).sent_to == "https://region.example/v1/projects/7"


def check_received(store: Store) -> None:
    first, second = (store.received.get(f"uuid:r{number}") for number in (1, 2))
    assert (store.received.xml(first), first.name, first.review_state) == (b"<visite/>", "Verger", "hasIssues")
    assert (first.instance_id, first.commune_nis, first.current) == ("uuid:r1b", "25048", True)
    assert (second.encrypted, second.kept_at) == (True, None)
    assert (store.received.as_of("visite"), store.received.forms()[0].etag) == (at(20), 'W/"1"')


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_golden_database_is_brought_up_to_date_with_all_it_held(tmp_path: Path, version: int) -> None:
    path = unpack(tmp_path, version)
    with open_store(path) as store:
        found = {one.instance_id[5:13]: one for one in store.instances.search()}
        states = [state for state in State if kept_state(state) == state]  # the others are told by the reason
        assert [found[f"{n:08d}"].state for n in (1, 3, 4, 5, 6)] == states
        draft = found["00000001"]
        assert (draft.name, draft.commune_nis, draft.source_id) == ("Jodoigne", "25048", "uuid:source")
        assert (draft.asked, draft.answered, draft.invalid, draft.current_ref) == (9, 3, 1, "/data/a")
        assert store.instances.draft_xml(draft.instance_id) == b"<data>\xc3\xa9</data>"
        assert [(entry.new, entry.at) for entry in store.instances.answer_log(draft.instance_id)] == [
            ("é", at(1)),
            ("", at(2)),
        ]
        assert [(one.name, one.size) for one in store.instances.attachments(draft.instance_id)] == [("photo é.jpg", 5)]
        assert len(store.instances.bin()) == 1
        assert [one.instance_id[5:13] for one in store.instances.outbox()] == ["00000003"]
        submitted = found["00000004"].instance_id
        assert store.instances.frozen_xml(submitted) == b"<data>4</data>"
        assert store.instances.receipt(submitted) == "full submission received"
        assert store.attempts.of(submitted)[0].bytes_sent == 2048
        assert (found["00000005"].reason_text, found["00000006"].reason) == ("À préciser", "closed")
        check_offers(store, version)
        assert store.blank_forms.attachment("diagnostic", "2", "communes.csv") == b"nis\n25048\n"
        assert store.accounts.get("region").project == 7
        assert store.facts.get("pull.at").startswith("2026")
        if version >= 2:
            before = store.lifts.before(draft.instance_id)
            assert (before.form_version, before.xml, before.current_ref) == ("0", b"<data>old</data>", "/data/old")
        if version >= 3:
            seal = store.instances.seals.of(submitted)
            assert seal is not None
            assert b'encrypted="yes" id="scelle" version="1[encrypted:AaIE+/8=]"' in seal.envelope
            assert [(one.name, one.size) for one in seal.files] == [("submission.xml.enc", 16)]
        if version >= 4:
            trees = store.blank_forms.attachment("visite", "1", "arbres.csv").decode()
            header, row = trees.splitlines()
            assert header == "name,label,__version,__trunkVersion,__branchId,santé"
            assert row.startswith("0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10,Chêne,3,2,")
            assert row.endswith(",bonne")
            assert (found["00000003"].account_id, draft.account_id) == ("region", "")
        if version >= 5:
            check_dossier(store, submitted)
        if version >= 6:
            assert store.parts.of(found["00000003"].instance_id, "region") == {"video.mp4"}
        if version >= 7:
            assert '"/data/a": ["0123", "one"]' in store.sharing.holding(draft.instance_id).history
        if version >= 10:
            check_received(store)
    assert version_of(path) == len(MIGRATIONS)


def alter(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_records_of_before_belong_to_the_account_that_is_certain(tmp_path: Path) -> None:
    """The project that took it, then the account that has files of it, then whose form it is, then the only account."""
    path = unpack(tmp_path, 7)
    alter(
        path,
        "INSERT INTO accounts VALUES ('other', 'https://other.example', 3, 'Autre')",
        "UPDATE instances SET sent_to = 'https://other.example/v1/projects/3' WHERE state = 'returned'",
        "UPDATE instances SET form_version = '2' WHERE state = 'rejected'",
        "UPDATE sent_parts SET origin = 'other'",
    )
    with open_store(path) as store:
        found = {one.instance_id[5:13]: one.account_id for one in store.instances.search()}
    whose = ["", "other", "region", "other", "region"]
    assert found == dict(zip((f"{n:08d}" for n in (1, 3, 4, 5, 6)), whose, strict=True))


def test_what_was_tried_is_of_the_only_account_and_what_ships_is_looked_at_again(tmp_path: Path) -> None:
    path = unpack(tmp_path, 7)
    alter(
        path,
        "UPDATE instances SET attempted = 1, form_id = 'other' WHERE state IN ('finalized', 'rejected')",
        "INSERT INTO facts VALUES ('shipped.diagnostic', 'digest')",
    )
    with open_store(path) as store:
        found = {one.instance_id[5:13]: one.account_id for one in store.instances.search()}
        assert store.facts.get("shipped.diagnostic") == ""
    assert (found["00000003"], found["00000006"], found["00000001"]) == ("region", "region", "")


@pytest.mark.parametrize("version", range(11, len(MIGRATIONS) + 1))
def test_a_golden_database_keeps_its_packs(tmp_path: Path, version: int) -> None:
    with open_store(unpack(tmp_path, version)) as store:
        (pack,) = store.packs.all("region")
        assert (pack.pack_id, pack.version, pack.used_at, pack.withdrawn_at) == ("appels", 2, at(4), None)
        assert store.packs.read(pack.seq, "calls/a.json") == b"{}"
        assert store.packs.trusted()["region"].public_key == pack.public_key
        assert [(one.name, one.code) for one in store.packs.refused("region")] == [("guides.zip", "PackDamaged")]


def test_what_the_version_before_could_not_encrypt_goes_out_by_itself(tmp_path: Path) -> None:
    path = unpack(tmp_path, 2)
    db = sqlite3.connect(path)
    db.execute("UPDATE instances SET reason = 'needs-encryption' WHERE state = 'rejected'")
    db.commit()
    db.close()
    with open_store(path) as store:
        waiting = {one.instance_id[5:13]: one.reason for one in store.instances.outbox()}
        assert waiting == {"00000003": "", "00000006": ""}


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_an_old_database_ends_with_the_schema_of_a_new_one(tmp_path: Path, version: int) -> None:
    path = unpack(tmp_path, version)
    open_store(path).close()
    open_store(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_a_step_copies_the_file_first(tmp_path: Path) -> None:
    path = unpack(tmp_path, len(MIGRATIONS))
    with open_store(path, steps=NEXT) as store:
        assert len(store.instances.search()) == 5
    assert version_of(path) == len(NEXT)
    (copy,) = copies_of(path)
    assert copy.name.endswith(f"-schema{len(MIGRATIONS)}.db")
    assert version_of(copy) == len(MIGRATIONS)
    # The program of before refuses the new file, and the copy brings it back.
    with pytest.raises(StoreTooNew):
        open_store(path)
    restore_copy(path, copy)
    with open_store(path) as store:
        assert len(store.instances.search()) == 5


def test_a_step_that_fails_is_undone_whole(tmp_path: Path) -> None:
    path = unpack(tmp_path, len(MIGRATIONS))
    broken = (*NEXT, ("CREATE TABLE half (a)", "UPDATE nothing SET a = 1"))
    with pytest.raises(StoreUnreadable):
        open_store(path, steps=broken)
    assert version_of(path) == len(NEXT)  # the step before it stands
    assert "half" not in dict(schema_of(path))
    with open_store(path, steps=NEXT) as store:
        assert len(store.instances.search()) == 5


def test_an_older_file_is_not_migrated_by_a_reader(tmp_path: Path) -> None:
    path = unpack(tmp_path, len(MIGRATIONS))
    before = path.read_bytes()
    with pytest.raises(StoreTooNew) as error:
        open_store(path, read_only=True, steps=NEXT)
    assert (error.value.found, error.value.supported) == (len(MIGRATIONS), len(NEXT))
    assert path.read_bytes() == before


def test_the_copies_before_migrations_are_the_last_three(tmp_path: Path) -> None:
    path = unpack(tmp_path, len(MIGRATIONS))
    steps = MIGRATIONS
    for number in range(5):
        steps = (*steps, (f"CREATE TABLE extra{number} (a)",))
        with open_store(path, steps=steps) as store:
            store.copy_now()
    labels = [copy.stem.split("-")[-1] for copy in copies_of(path)]
    assert sum(label.startswith("schema") for label in labels) == 3
    with pytest.raises(NotFoundError):
        restore_copy(path, tmp_path / "copies" / "none.db")
