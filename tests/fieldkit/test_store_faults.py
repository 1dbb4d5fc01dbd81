# SPDX-License-Identifier: EUPL-1.2
"""What the store does when things go wrong: kills, full disks, damage, newer files, other programs; all for real."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.errors import StoreDamaged, StoreLocked, StoreReadOnly, StoreTooNew, StoreUnreadable, WorkspaceMissing
from fieldkit.instance import AnswerEntry
from fieldkit.store import Store, copies_of, open_store, restore_copy
from fieldkit.store import connection as connection_module
from forms.views import Progress
from tests.fieldkit.child_process import run
from tests.fieldkit.store_samples import add_draft, at, save_answer

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks, signals and limits of POSIX")


@posix
def test_fifty_kills_lose_no_saved_answer(tmp_path: Path) -> None:
    facts = run("saving.py", tmp_path, 50, 20261122)
    assert facts["kills"] == 50
    assert facts["lost"] == []
    assert facts["answers"] >= 50


@posix
def test_a_reached_limit_keeps_what_was_saved(tmp_path: Path) -> None:
    facts = run("full_disk.py", tmp_path, "limit")
    assert facts.pop("saved") > 0
    assert all(facts.values()), facts


@posix
def test_a_full_disk_keeps_what_was_saved(tmp_path: Path) -> None:
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount:
        pytest.skip("no mount command")
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [mount, "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs rights that this user does not have")
    try:
        facts = run("full_disk.py", disk, "disk")
    finally:
        subprocess.run([umount, disk], check=True)
    assert facts.pop("saved") > 0
    assert all(facts.values()), facts


def test_three_threads_write_without_waiting_in_vain(store: Store) -> None:
    ids = [add_draft(store, number) for number in (1, 2, 3)]
    failures: list[BaseException] = []

    def write(instance_id: str) -> None:
        try:
            with store.reopen() as own:
                for number in range(1, 301):
                    save_answer(own, instance_id, number)
        except BaseException as error:  # noqa: BLE001 (told to the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=write, args=(instance_id,)) for instance_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [len(store.instances.answer_log(instance_id)) for instance_id in ids] == [300, 300, 300]


def test_a_store_is_of_one_thread(store: Store) -> None:
    failures: list[BaseException] = []

    def read() -> None:
        try:
            store.instances.counts()
        except sqlite3.ProgrammingError as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert len(failures) == 1


def test_a_long_lock_of_another_program_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "PATIENCE_MS", 50)
    other = sqlite3.connect(store.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with store.reopen() as impatient, pytest.raises(StoreLocked):
            add_draft(impatient)
        other.execute("ROLLBACK")
    finally:
        other.close()
    add_draft(store)


def filled(path: Path, copies: int = 1) -> bytes:
    """Make a closed store with 60 drafts and some copies; return the bytes of the file."""
    with open_store(path) as store:
        for number in range(1, 61):
            instance_id = add_draft(store, number)
            save_answer(store, instance_id, 1, xml=b"<data>" + b"x" * 3000 + b"</data>")
        for _ in range(copies):
            store.copy_now()
    return path.read_bytes()


CUTS = [0, 1, 15, 16, 50, 99, 100, 511, 512, 1024, 4095, 4096, 4097, 40_960, 100_000]


@pytest.mark.parametrize("cut", [*CUTS, -4096, -4095, -1, -40_000])
def test_a_cut_file_is_refused_and_kept(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "fieldkit.db"
    whole = filled(path)
    remaining = whole[:cut]
    path.write_bytes(remaining)
    with pytest.raises(StoreDamaged) as error:
        open_store(path)
    assert error.value.copies == copies_of(path) != ()
    assert path.read_bytes() == remaining
    with pytest.raises(StoreDamaged):
        open_store(path, read_only=True)
    aside = restore_copy(path, error.value.copies[0])
    assert aside.read_bytes() == remaining
    with open_store(path) as store:
        assert len(store.instances.search()) == 60


def test_a_lost_file_is_not_started_again_over_its_copies(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    filled(path)
    path.unlink()
    with pytest.raises(StoreDamaged) as error:
        open_store(path)
    assert error.value.cause == "the file is gone"
    restore_copy(path, error.value.copies[0])
    with open_store(path) as store:
        assert len(store.instances.search()) == 60


def test_overwritten_pages_are_found_by_the_daily_copy_and_no_copy_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    whole = filled(path, copies=1)
    kept = copies_of(path)
    hole = bytearray(whole)
    hole[len(whole) // 2 : len(whole) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(bytes(hole))
    with pytest.raises(StoreDamaged), open_store(path) as store:
        store.copy_now()
    assert copies_of(path) == kept
    assert not list((tmp_path / "copies").glob("*.unfinished"))


@pytest.mark.parametrize("content", [b"not a database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_another_file_in_its_place_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fieldkit.db"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        open_store(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged) as error:
        open_store(path)
    assert "another program" in error.value.cause
    assert path.read_bytes() == before


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    filled(path, copies=0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA user_version = 99")
    other.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreTooNew) as error:
            open_store(path, read_only=read_only)
        assert error.value.found == 99
        assert error.value.supported < 99
    assert path.read_bytes() == before
    assert copies_of(path) == ()


def test_a_damaged_copy_is_not_restored(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    whole = filled(path)
    copy = copies_of(path)[0]
    copy.write_bytes(whole[:50_000])
    with pytest.raises(StoreUnreadable):
        restore_copy(path, copy)
    assert path.read_bytes() == whole


def test_reading_alone_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fieldkit.db"
    with pytest.raises(WorkspaceMissing):
        open_store(path, read_only=True)
    assert not path.exists()
    before = filled(path, copies=0)
    with open_store(path, read_only=True) as store:
        assert len(store.instances.search()) == 60
        with pytest.raises(StoreReadOnly):
            add_draft(store, 99)
    assert path.read_bytes() == before


def test_a_reader_sees_what_a_writer_has_not_yet_moved_into_the_file(store: Store) -> None:
    add_draft(store)
    with open_store(store.path, read_only=True) as reader:
        assert len(reader.instances.search()) == 1
        add_draft(store, 2)
        assert len(reader.instances.search()) == 2


def test_an_interrupted_save_is_undone(store: Store) -> None:
    instance_id = add_draft(store)

    def stopping() -> Iterator[AnswerEntry]:
        yield AnswerEntry("/data/a", "", "1", at())
        raise KeyboardInterrupt

    class Stopping(list[AnswerEntry]):
        def __iter__(self) -> Iterator[AnswerEntry]:
            return stopping()

    with pytest.raises(KeyboardInterrupt):
        store.instances.save_draft(
            instance_id,
            b"<half/>",
            Stopping([AnswerEntry("/data/a", "", "1", at())]),
            Progress(1, 1, 0, 0),
            "",
            "N",
            "",
        )
    assert store.instances.draft_xml(instance_id) == b"<data n='1'/>"
    assert store.instances.answer_log(instance_id) == []
    save_answer(store, instance_id, 1)
