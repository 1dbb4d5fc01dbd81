# SPDX-License-Identifier: EUPL-1.2
"""Dossiers that are cut, changed, hostile, locked or of tomorrow, and a world that fails while one is taken in."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest

from fieldkit.dossier.container import Reader, Writer
from fieldkit.dossier.reading import open_dossier
from fieldkit.dossier.unpack import plan, take
from fieldkit.errors import (
    DossierDamaged,
    DossierError,
    DossierTooBig,
    DossierTooNew,
    DossierUnsafe,
    NotADossier,
    PassphraseNeeded,
    WrongPassphrase,
)
from fieldkit.signing import new_key, public_of, sign
from tests.fieldkit.child_process import run
from tests.fieldkit.dossier_kits import Place

PHRASE = "trois mots secrets"


@pytest.fixture
def bob(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "bob")
    yield place
    place.store.close()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[tuple[Place, str, Path]]:
    """Make a kit, its record, and the dossier of that."""
    ann = Place(tmp_path / "ann")
    record = ann.begin(a="oak", b="ash")
    ann.store.instances.put_attachment(record, "notes.txt", b"a few words")
    yield ann, record, ann.give(record)
    ann.store.close()


def refused(place: Place, content: bytes, passphrase: str = "") -> type[Exception] | None:
    """Say with which error a kit refuses these bytes; None if it takes them."""
    path = place.folder / "odd.fieldkit"
    path.write_bytes(content)
    try:
        with open_dossier(place.store, path, passphrase) as dossier:
            take(place.store, dossier)
    except DossierError as error:
        return type(error)
    return None


@cache
def key() -> bytes:
    return new_key()


def signed(parts: dict[str, bytes], facts: dict[str, object] | None = None) -> bytes:
    """Sign whatever parts, as a hostile program could."""
    file = io.BytesIO()
    writer = Writer(file, key())
    for name, content in parts.items():
        writer.add(name, content)
    writer.close(**(facts or {}))
    return file.getvalue()


def altered(path: Path, part: str, change: dict[str, object]) -> bytes:
    """Change fields of a part of JSON, and sign it all anew."""
    with path.open("rb") as file:
        reader = Reader(file, path)
        parts = {name: reader.read(name) for name in reader.names}
    parts[part] = json.dumps(json.loads(parts[part]) | change).encode()
    return signed(parts)


def contents(path: Path) -> dict[str, bytes]:
    """Read a dossier as any program can."""
    with zipfile.ZipFile(path) as source:
        return {name: source.read(name) for name in source.namelist()}


def zipped(parts: list[tuple[str, bytes]]) -> bytes:
    """Make a zip of these parts, whatever they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in parts:
            target.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("passphrase", ["", PHRASE])
def test_every_cut_is_refused(given: tuple[Place, str, Path], bob: Place, passphrase: str) -> None:
    ann, record, _ = given
    whole = ann.give(record, passphrase=passphrase).read_bytes()
    places = [0, 1, 4, 30, *range(50, len(whole), len(whole) // 25), len(whole) - 1]
    kinds = {refused(bob, whole[:place], passphrase) for place in places}
    assert None not in kinds
    assert bob.store.instances.search() == []
    assert bob.store.blank_forms.versions("shared") == ()


@pytest.mark.parametrize("passphrase", ["", PHRASE])
def test_a_changed_byte_is_refused_or_changes_nothing(
    given: tuple[Place, str, Path], bob: Place, passphrase: str
) -> None:
    """Some bytes of a zip say nothing of its content (times, attributes): what is read is then what was written."""
    ann, record, _ = given
    whole = bytearray(ann.give(record, passphrase=passphrase).read_bytes())
    path, passed = bob.folder / "odd.fieldkit", 0
    places = range(7, len(whole), len(whole) // (10 if passphrase else 200))
    for place in places:
        whole[place] ^= 0x55
        path.write_bytes(whole)
        whole[place] ^= 0x55
        try:
            with open_dossier(bob.store, path, passphrase) as dossier:
                (held,) = dossier.records
                assert held.draft == ann.store.instances.draft_xml(record)
                assert [dossier.read(file) for file in held.files] == [b"a few words"]
                passed += 1
        except DossierError:
            continue
    assert passed < len(places) // 3


def test_a_passphrase_is_asked_for_and_must_be_the_right_one(given: tuple[Place, str, Path], bob: Place) -> None:
    ann, record, _ = given
    locked = ann.give(record, passphrase=PHRASE, name="locked").read_bytes()
    assert refused(bob, locked) is PassphraseNeeded
    assert refused(bob, locked, "trois mots") is WrongPassphrase
    assert bob.store.instances.search() == []
    assert [one for one in bob.folder.iterdir() if one.suffix in {".part", ".tmp"}] == []
    assert refused(bob, locked, PHRASE) is None


def test_what_unpacks_without_measure_is_not_unpacked(bob: Place) -> None:
    assert refused(bob, signed({f"records/0/files/{n}": bytes(40_000_000) for n in range(3)})) is DossierUnsafe
    file = io.BytesIO(signed({"records/0/draft.xml": b"x"}))
    with zipfile.ZipFile(file) as source:
        kept = {name: source.read(name) for name in source.namelist()}
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in kept.items():  # the manifest says one byte
            target.writestr(name, bytes(5_000_000) if name == "records/0/draft.xml" else content)
    bomb.seek(0)
    reader = Reader(bomb, Path("bomb"))
    with pytest.raises(DossierUnsafe):
        reader.read("records/0/draft.xml")


def test_a_manifest_that_its_key_did_not_sign_is_refused(given: tuple[Place, str, Path], bob: Place) -> None:
    manifest = contents(given[2])["manifest.json"]
    for change in (
        {"manifest.json": manifest.replace(b'"made_by"', b'"made_be"')},
        {"manifest.json": manifest + b" "},
        {"manifest.sig": sign(key(), manifest)},
        {"manifest.sig": bytes(64)},
        {"manifest.sig": b""},
    ):
        assert refused(bob, zipped(list((contents(given[2]) | change).items()))) is DossierDamaged, change.keys()


def test_parts_that_are_not_those_of_the_manifest_are_refused(given: tuple[Place, str, Path], bob: Place) -> None:
    kept = contents(given[2])
    for name in kept:
        other = bytes(byte ^ 1 for byte in kept[name])
        if not name.startswith("manifest"):
            assert refused(bob, zipped(list((kept | {name: other}).items()))) is DossierDamaged, name
            assert refused(bob, zipped(list((kept | {name: kept[name][:-1]}).items()))) is DossierDamaged, name
    whole = list(kept.items())
    for more in (("records/0/more.xml", b"x"), ("readme.txt", b"x"), ("records/0/draft.xml", b"<other/>")):
        with pytest.warns(UserWarning, match="Duplicate") if more[0] in kept else nullcontext():
            odd = zipped([*whole, more])
        assert refused(bob, odd) is DossierDamaged, more
    assert refused(bob, zipped([one for one in whole if one[0] != "records/0/log.json"])) is DossierDamaged
    assert bob.store.instances.search() == []


def test_what_no_program_would_open_is_not_written(
    given: tuple[Place, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, record, path = given
    whole = path.read_bytes()
    for limit, value in (("MAX_PARTS", 5), ("MAX_PART", 100), ("MAX_WHOLE", 1000)):
        with monkeypatch.context() as patch:
            patch.setattr(f"fieldkit.dossier.container.{limit}", value)
            with pytest.raises(DossierTooBig):
                ann.give(record)
    assert path.read_bytes() == whole  # the one that was there
    assert [one.name for one in ann.folder.glob("*.part")] == []


def test_a_file_of_nothing_but_zeros_is_no_bomb(given: tuple[Place, str, Path], bob: Place) -> None:
    ann, record, _ = given
    for name in "abc":
        ann.store.instances.put_attachment(record, f"{name}.bmp", bytes(30_000_000))
    bob.get(ann.give(record))
    assert {one.size for one in bob.store.instances.attachments(record)} == {11, 30_000_000}


def test_thousands_of_records_go_together(tmp_path: Path) -> None:
    parts = {f"records/{number}/{name}.json": b"" for number in range(5000) for name in ("a", "b", "c", "d", "e")}
    assert len(Reader(io.BytesIO(signed(parts)), tmp_path).names) == 25_000


def test_names_that_lead_elsewhere_are_refused(given: tuple[Place, str, Path], bob: Place) -> None:
    _, _, path = given
    odd = ("../evil.xml", "/etc/evil.xml", "records/0/../../evil", "records\\0\\x.xml", "manifest.xml")
    for name, size, kind in (*((name, 1, DossierUnsafe) for name in odd), ("records/0/a.xml", 1e400, DossierDamaged)):
        file = io.BytesIO()
        manifest = {"format": "fieldkit-dossier", "version": 1, "parts": {name: [size, "0" * 64]}}
        manifest["public_key"] = base64.b64encode(public_of(key())).decode()
        content = json.dumps(manifest).encode()
        with zipfile.ZipFile(file, "w") as target:
            target.writestr(name, b"x")
            target.writestr("manifest.json", content)
            target.writestr("manifest.sig", sign(key(), content))
        assert refused(bob, file.getvalue()) is kind
    with path.open("rb") as opened:
        record = Reader(opened, path).read_json("records/0/record.json")
    odd = {"files": [record["files"][0] | {"name": "../../evil.txt"}]}
    assert refused(bob, altered(path, "records/0/record.json", odd)) is DossierDamaged
    assert not list(bob.folder.parent.rglob("evil*"))


def test_a_record_that_is_another_than_it_says_is_refused(given: tuple[Place, str, Path], bob: Place) -> None:
    path = given[2]
    with path.open("rb") as opened:
        facts = Reader(opened, path).read_json("records/0/record.json")["instance"]
    for change in (
        {"instance_id": "uuid:another"},
        {"state": "submitted"},
        {"state": "lost"},
        {"created_at": "2026-01-01"},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"answered": "many"},
        {"answered": 10**30},
        {"name": "\ud800"},
        {"name": None},
    ):
        odd = altered(path, "records/0/record.json", {"instance": facts | change})
        assert refused(bob, odd) is DossierDamaged, change
    assert refused(bob, altered(path, "forms/0/form.json", {"version": "9"})) is DossierDamaged
    for history in ({"marks": 3}, {"seen": None}, {"entries": {"/data/r": ["/data/r[#7]"]}}, {"entries": [1]}):
        assert refused(bob, altered(path, "records/0/history.json", history)) is DossierDamaged, history
    assert bob.store.instances.search() == []


def test_what_a_record_says_of_its_bytes_is_checked(given: tuple[Place, str, Path], bob: Place) -> None:
    ann, _, path = given
    finished = ann.begin(a="elm")
    ann.finish(finished)
    sent = ann.give(finished, name="sent")
    facts = json.loads(contents(sent)["records/0/record.json"])["instance"] | {"sha256": "0" * 64}
    assert refused(bob, altered(sent, "records/0/record.json", {"instance": facts})) is DossierDamaged
    (file,) = json.loads(contents(path)["records/0/record.json"])["files"]
    for change in ({"sha256": "0" * 64}, {"size": 1}):
        odd = altered(path, "records/0/record.json", {"files": [file | change]})
        assert refused(bob, odd) is DossierDamaged, change
    parts = {name: content for name, content in contents(path).items() if not name.startswith("manifest")}
    again = {name.replace("records/0", "records/1"): content for name, content in parts.items()}
    assert refused(bob, signed(parts | again)) is DossierDamaged
    assert bob.store.instances.search() == []


def test_other_files_and_dossiers_of_tomorrow(given: tuple[Place, str, Path], bob: Place) -> None:
    assert refused(bob, b"") is NotADossier
    assert refused(bob, b"%PDF-1.7") is NotADossier
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("readme.txt", b"x")
    assert refused(bob, file.getvalue()) is NotADossier
    assert refused(bob, signed({}, {"version": 2})) is DossierTooNew
    assert refused(bob, signed({}, {"format": "other"})) is NotADossier
    with open_dossier(bob.store, given[2]) as dossier:
        assert plan(bob.store, dossier).findings[0].name == "Shared"
    with pytest.raises(NotADossier), open_dossier(bob.store, bob.folder / "none.fieldkit"):
        pass


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """Make a dossier of two records with files of a megabyte."""
    ann = Place(tmp_path / "heavy")
    records = [ann.begin(a=name) for name in ("oak", "ash")]
    for number, record in enumerate(records):
        ann.store.instances.put_attachment(record, "big.bin", bytes([number]) * 1_000_000)
    path = ann.give(*records)
    ann.store.close()
    return path


def test_a_disk_that_fills_takes_nothing_in(tmp_path: Path, heavy: Path) -> None:
    (tmp_path / "full").mkdir()
    facts = run("importing.py", tmp_path / "full", heavy, "full", 600_000)
    assert facts == {"refused": True, "before": "none", "left": [], "after": "whole"}


def test_a_kill_between_leaves_all_or_nothing(tmp_path: Path, heavy: Path) -> None:
    (tmp_path / "killed").mkdir()
    facts = run("importing.py", tmp_path / "killed", heavy, "kill", 12)
    assert set(facts["seen"]) <= {"none", "whole", "again whole"}
    assert "none" in facts["seen"]
