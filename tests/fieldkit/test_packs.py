# SPDX-License-Identifier: EUPL-1.2
"""Packs: made from a folder, read strictly; whatever is changed in one, nothing of it is taken."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.packs.container import MAX_PACK, read_pack, write_pack
from fieldkit.packs.content import check_content
from fieldkit.packs.errors import (
    NotAPack,
    PackContentWrong,
    PackDamaged,
    PackError,
    PackNotWritten,
    PackTooNew,
    PackUnsafe,
    PackUnsigned,
    UnusablePackKey,
    refusal,
)
from fieldkit.packs.keys import fingerprint, make_key, read_key
from fieldkit.packs.making import make_pack
from fieldkit.packs.manifest import Kind
from fieldkit.signing import public_of, sign
from tests.fieldkit.pack_samples import (
    ISSUED,
    UNTIL,
    call_text,
    calls,
    folder_of,
    guide_text,
    handmade,
    region_key,
    toolkit,
)

NAME = "guides.zip"
GUIDE = {"guides/fr/G03.md": guide_text().encode()}


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return {name: source.read(name) for name in source.namelist()}


def zipped(parts: dict[str, bytes], **options: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **options) as made:  # type: ignore[arg-type]
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def refused(content: bytes) -> type[PackError]:
    with pytest.raises(PackError) as error:
        check_content(read_pack(content, NAME))
    assert error.value.name == NAME
    assert type(refusal(error.value.code, NAME, error.value.cause)) is type(error.value)
    return type(error.value)


def test_a_pack_says_what_it_is_and_gives_its_files(tmp_path: Path) -> None:
    pack = read_pack(toolkit(tmp_path, version=3, title="Guides d’automne"), NAME)
    told = pack.manifest
    assert (told.kind, told.pack_id, told.version, told.title) == (Kind.TOOLKIT, "essai", 3, "Guides d’automne")
    assert (told.language, told.issued_at, told.valid_until) == ("fr", ISSUED, UNTIL)
    assert told.public_key == public_of(region_key())
    assert {one.name: pack.read(one.name) for one in told.files} == GUIDE
    check_content(pack)
    check_content(read_pack(calls(tmp_path / "calls"), NAME))


def test_the_same_folder_key_and_moment_give_the_same_bytes(tmp_path: Path) -> None:
    assert toolkit(tmp_path) == toolkit(tmp_path)


def test_the_golden_pack_is_read_for_ever() -> None:
    """Another version of Python that writes zips otherwise must not make packs of before unreadable."""
    content = (Path(__file__).parent / "data" / "pack_1.zip").read_bytes()
    pack = read_pack(content, NAME)
    check_content(pack)
    assert [one.name for one in pack.manifest.files] == ["guides/de/G03.md", "guides/fr/G03.md"]
    assert fingerprint(pack.manifest.public_key) == "21276 87232 01725 49654 54553 37612"


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_byte_is_changed_it_is_refused(data: st.DataObject) -> None:
    whole = bytearray(handmade(GUIDE))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    refused(bytes(whole))


def test_every_byte_counts_in_turn() -> None:
    whole = bytearray(handmade({"guides/fr/G03.md": b"---\nid: G03\ntitle: t\nupdated: 2026-11-25\n---\nx"}))
    for place in range(len(whole)):
        whole[place] ^= 1
        refused(bytes(whole))
        whole[place] ^= 1
    check_content(read_pack(bytes(whole), NAME))


@settings(max_examples=60)
@given(data=st.data())
def test_cut_or_lengthened_it_is_refused(data: st.DataObject) -> None:
    whole = handmade(GUIDE)
    cut = data.draw(st.integers(0, len(whole) - 1))
    refused(whole[:cut])
    refused(data.draw(st.binary(min_size=1, max_size=40)) + whole)
    refused(whole + data.draw(st.binary(min_size=1, max_size=40)))


@given(content=st.binary(max_size=400))
def test_whatever_comes_is_refused_in_words(content: bytes) -> None:
    refused(content)
    refused(b"PK\x03\x04" + content)


def test_other_files_and_packs_of_tomorrow() -> None:
    assert refused(b"") is NotAPack
    assert refused(b"%PDF-1.7") is NotAPack
    assert refused(zipped({"a.txt": b"a"})) is NotAPack
    assert refused(zipped({"manifest.json": b'{"format": "fieldkit-dossier", "format_version": 1}'})) is NotAPack
    assert refused(handmade(GUIDE, format_version=2)) is PackTooNew
    assert refused(handmade(GUIDE, kind="territory")) is PackTooNew
    assert refused(handmade(GUIDE, format_version=True)) is NotAPack
    assert refused(handmade(GUIDE, kind=7)) is NotAPack


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Ah ça"), ("id", "../x"), ("id", 7), ("version", 0), ("version", "2"), ("version", 2**40), ("title", ""),
        ("title", "a\nb"), ("title", "x" * 121),
        ("title", "<img src='//x/y.png'>"), ("language", "xx"), ("issued_at", "2026-11-20"), ("issued_at", "x"),
        ("issued_at", "0001-01-01T00:00:00+14:00"), ("valid_until", "2026-02-30"), ("valid_until", "2020-01-01"),
        ("public_key", "AA=="), ("public_key", "é"), ("files", 3), ("files", [3]), ("files", [{"name": "a"}]),
        ("files", [{"name": "guides/fr/G03.md", "size": True, "sha256": "0" * 64}]),
        ("files", [{"name": "guides/fr/G03.md", "size": 1, "sha256": "X" * 64}]),
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    assert refused(handmade(GUIDE, **{field: value})) is PackDamaged


def test_a_key_twice_in_a_manifest_is_refused() -> None:
    parts = parts_of(handmade(GUIDE))
    signed = parts["manifest.json"].replace(b'"kind"', b'"kind": "call", "kind"')
    assert refused(write_pack(signed, sign(region_key(), signed), GUIDE.items())) is PackDamaged


def test_another_signature_is_refused() -> None:
    parts = parts_of(handmade(GUIDE))
    signed = parts["manifest.json"]
    assert refused(write_pack(signed, sign(region_key("other") or b"", signed + b" "), GUIDE.items())) is PackUnsigned
    assert refused(write_pack(signed, b"", GUIDE.items())) is PackUnsigned
    assert refused(write_pack(signed, bytes(65), GUIDE.items())) is PackUnsafe


def test_a_file_that_changed_or_another_one_is_refused() -> None:
    parts = parts_of(handmade(GUIDE))
    signed, signature = parts["manifest.json"], parts["manifest.sig"]
    changed = {"guides/fr/G03.md": GUIDE["guides/fr/G03.md"].replace(b"rare", b"dare")}
    assert refused(write_pack(signed, signature, changed.items())) is PackDamaged
    shorter = {"guides/fr/G03.md": GUIDE["guides/fr/G03.md"][:-1]}
    assert refused(write_pack(signed, signature, shorter.items())) is PackDamaged
    longer = {"guides/fr/G03.md": GUIDE["guides/fr/G03.md"] + b"x"}
    assert refused(write_pack(signed, signature, longer.items())) is PackUnsafe
    assert refused(write_pack(signed, signature, {**GUIDE, "guides/fr/G04.md": b"x"}.items())) is PackUnsafe
    assert refused(write_pack(signed, signature, {})) is PackUnsafe


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused() -> None:
    parts = parts_of(handmade(GUIDE))
    twice = [*GUIDE.items(), ("guides/fr/G03.md", b"other")]
    assert refused(write_pack(parts["manifest.json"], parts["manifest.sig"], twice)) is PackUnsafe
    assert refused(handmade({"manifest.json": b"x"})) is PackUnsafe
    assert refused(handmade({"guides/fr/G03.md": b"a", "guides/fr/g03.md": b"b"})) is PackUnsafe


@pytest.mark.parametrize(
    "name",
    ["../evil.md", "/etc/evil.md", "guides/../evil.md", "guides\\fr\\G03.md", "guides/fr/..md", "guides/fr/CON.x.md",
     "C:/x.md", "guides/fr/a/b/c.md", "guides/fr/G03.exe", "guides/fr/é.md", "G03.md", ""],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert refused(handmade({name: b"x"})) is PackUnsafe


def test_what_unpacks_without_measure_is_not_unpacked() -> None:
    parts = parts_of(handmade(GUIDE))
    assert refused(zipped(parts, compression=zipfile.ZIP_DEFLATED)) is PackUnsafe
    bomb = zipped(parts | {"guides/fr/G04.md": bytes(20_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 50_000
    assert refused(bomb) is PackUnsafe
    assert refused(zipped({"manifest.json": bytes(2_000_000)})) is PackUnsafe
    assert refused(bytes(MAX_PACK + 1)) is PackUnsafe
    assert refused(zipped({f"{number}": b"" for number in range(2_100)})) is PackUnsafe
    huge = [{"name": f"guides/fr/G{n}.md", "size": 30_000_000, "sha256": "0" * 64} for n in (1, 2)]
    assert refused(handmade(GUIDE, files=huge)) is PackUnsafe


@pytest.mark.parametrize(
    ("name", "text", "clause"),
    [
        ("guides/fr/G03.md", guide_text("G04"), "the id in it is G04"),
        ("guides/fr/G03.md", "no head", "no head"),
        ("guides/fr/G03.md", guide_text().replace("ECON", "MARS"), "unknown axes MARS"),
        ("guides/fr/G03.md", guide_text(more="![carte](//ailleurs/carte.png)"), "a picture"),
        ("guides/fr/G03.md", guide_text(updated="hier"), "hier"),
        ("guides/fr/G03.md", guide_text(title="<img src='//ailleurs/x.png'>"), "a < in"),
        ("guides/xx/G03.md", guide_text(), "no guide"),
        ("calls/a.json", call_text("a"), "no guide"),
        ("guides/fr/G03.md", "", "0 bytes"),
    ],
)
def test_a_guide_that_cannot_be_used_is_told_by_name(name: str, text: str, clause: str) -> None:
    with pytest.raises(PackContentWrong) as error:
        check_content(read_pack(handmade({name: text.encode()}), NAME))
    assert error.value.cause.startswith(f"{name}: ")
    assert clause in error.value.cause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (call_text("b"), "the id in it is b"),
        ("{", "Expecting"),
        ("[]", ""),
        ("[" * 20_000, ""),
        ("{}", "no parameters"),
        (call_text("a", title={"de": "x"}), "title"),
        (call_text("a", parameters={"rate": {"value": 0.5, "status": "sûr"}}), "sûr"),
        (call_text("a", parameters={"rate": {"value": "beaucoup", "status": "vu"}}), "beaucoup"),
        (call_text("a", checked_on="hier"), "hier"),
        (call_text("a", sources=["<b>ici</b>"]), "a < in"),
    ],
)
def test_a_call_that_cannot_be_used_is_told_by_name(text: str, clause: str) -> None:
    with pytest.raises(PackContentWrong) as error:
        check_content(read_pack(handmade({"calls/a.json": text.encode()}, kind=Kind.CALL), NAME))
    assert error.value.cause.startswith("calls/a.json: ")
    assert clause in error.value.cause


def test_a_folder_with_a_fault_is_never_signed(tmp_path: Path) -> None:
    def fault(folder: Path) -> str:
        with pytest.raises((PackContentWrong, PackUnsafe)) as error:
            make_pack(folder, region_key())
        return str(error.value.cause)

    assert "pack.json" in fault(tmp_path)
    guide = {"guides/fr/G03.md": guide_text()}
    (tmp_path / "pack.json").write_text("[]")
    assert "no JSON object" in fault(tmp_path)
    (tmp_path / "pack.json").write_text("{")
    assert "pack.json" in fault(tmp_path)
    assert "no version" in fault(folder_of_without(tmp_path / "a", guide, "version"))
    for number, (field, value) in enumerate({"kind": "x", "version": "1", "valid_until": "x", "language": "x"}.items()):
        assert "pack.json" in fault(folder_of(tmp_path / f"b{number}", guide, **{field: value}))
    assert "0 files" in fault(folder_of(tmp_path / "c", {}))
    assert "G03.md" in fault(folder_of(tmp_path / "d", {"guides/fr/G03.md": "x"}))
    hidden = folder_of(tmp_path / "e", guide | {"guides/.DS_Store": "x"})
    assert [one.name for one in make_pack(hidden, region_key())[1].manifest.files] == ["guides/fr/G03.md"]


def folder_of_without(place: Path, files: dict[str, str], field: str) -> Path:
    folder = folder_of(place, files)
    facts = json.loads((folder / "pack.json").read_text())
    del facts[field]
    (folder / "pack.json").write_text(json.dumps(facts))
    return folder


def test_a_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "region.pem"
    private = make_key(path)
    assert read_key(path) == private
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(PackNotWritten):
        make_key(path)
    assert read_key(path) == private


def test_files_that_hold_no_key_are_told(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = tmp_path / "key.pem"
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"no key", other):
        path.write_bytes(content)
        with pytest.raises(UnusablePackKey):
            read_key(path)
    with pytest.raises(UnusablePackKey):
        read_key(tmp_path / "none.pem")


def test_a_fingerprint_is_thirty_digits_that_can_be_read_out() -> None:
    told = fingerprint(public_of(region_key()))
    assert [len(group) for group in told.split()] == [5] * 6
    assert told.replace(" ", "").isdecimal()
    assert fingerprint(os.urandom(32)) != told


def test_the_clock_of_making_is_kept_in_utc(tmp_path: Path) -> None:
    pack = read_pack(toolkit(tmp_path, issued=ISSUED + timedelta(microseconds=5)), NAME)
    assert pack.manifest.issued_at == ISSUED
