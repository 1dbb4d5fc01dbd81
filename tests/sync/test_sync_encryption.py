# SPDX-License-Identifier: EUPL-1.2
"""Encrypted forms from the form list to the server: what arrives opens with the private key, and nothing else left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fieldkit.encryption import Sealing
from fieldkit.errors import UnusableKey, WrongStateError
from fieldkit.form_cache import FOLDER, load_stored
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms import FormSession
from sync.errors import Reason
from sync.pull import pull
from sync.push import push
from tests.unsealing import Unsealed, encrypted_form, private_key, public_text, unseal

VERSION = "1[encrypted:AaIE+/8=]"  # as Central writes it: base64, with its + / and =
FORM = f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Familles</h:title><model>
<instance><data id="familles" version="{VERSION}"><nom/><age/><photo/><plan/><vide/>
<orx:meta><orx:instanceID/><orx:instanceName/></orx:meta></data></instance>
<bind nodeset="/data/nom" type="string"/><bind nodeset="/data/age" type="int"/>
<bind nodeset="/data/photo" type="binary"/><bind nodeset="/data/plan" type="binary"/>
<bind nodeset="/data/vide" type="binary"/>
<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" jr:preload="uid"/>
<bind nodeset="/data/orx:meta/orx:instanceName" type="string" calculate="concat('Famille ', /data/nom)"/>
</model></h:head><h:body>
<input ref="/data/nom"><label>Nom</label></input><input ref="/data/age"><label>Âge</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
<upload ref="/data/plan" mediatype="*/*"><label>Plan</label></upload>
<upload ref="/data/vide" mediatype="*/*"><label>Vide</label></upload>
</h:body></h:html>""".encode()
NAME = "Thérèse Noël-Đặng"
AGE = "48151623"
FILES = {
    "photo": ("été.jpg", b"\xff\xd8PHOTO-" + bytes(range(256)) * 800),
    "plan": ("plan.pdf", b"seize octets ici"),
    "vide": ("vide.bin", b""),
}


@pytest.fixture
def known(store: Store, site: Any) -> Store:
    """Publish the encrypted form, and get it as every form comes."""
    site.server.publish_form(site.project, encrypted_form(FORM, public_text(private_key())))
    report = pull(store, site.client(), origin="region")
    assert ("familles" in report.new, report.stopped) == (True, None)
    return store


def answer(store: Store, base: str = "", version: str = VERSION) -> str:
    """Fill the form through the engine; return the id of the draft."""
    form = load_stored(store, "familles", version)
    session = FormSession(form, deprecated_id=base)
    now = datetime.now(UTC)
    row = Instance(session.instance_id, "familles", version, State.DRAFT, "", now, now, deprecated_id=base)
    store.instances.create(row, session.draft_xml())
    session.answer("/data/nom", NAME)
    session.answer("/data/age", AGE)
    for question, (name, content) in FILES.items():
        store.instances.put_attachment(session.instance_id, name, content)
        session.answer(f"/data/{question}", name)
    finalized = session.finalize()
    store.instances.finalize(session.instance_id, finalized, now)
    return session.instance_id


def received(site: Any, instance_id: str) -> tuple[bytes, dict[str, bytes]]:
    (row,) = [one for one in site.server.submissions(site.project, "familles") if one.instance_id == instance_id]
    assert all(row.files.values()), "a part is missing"
    return row.xml, {name: site.server.submitted_file(digest) for name, digest in row.files.items()}


def opened(site: Any, instance_id: str) -> Unsealed:
    return unseal(*received(site, instance_id), private_key())


def traces(text: bytes) -> list[bytes]:
    """Return what of the answers is in clear in a text: the words, the number, any piece of a file."""
    pieces = [NAME.encode()[:8], AGE.encode(), b"PHOTO-", bytes(range(60)), FILES["plan"][1], b"Famille "]
    return [piece for piece in pieces if piece in text]


def test_what_the_server_gets_opens_with_the_private_key_and_is_all_that_left(
    known: Store, site: Any, line: Any
) -> None:
    instance_id = answer(known)
    assert push(known, site.client(line.url)).delivered == [instance_id]
    envelope, parts = received(site, instance_id)
    assert sorted(parts) == ["plan.pdf.enc", "submission.xml.enc", "vide.bin.enc", "été.jpg.enc"]
    read = opened(site, instance_id)
    assert read.xml == known.instances.frozen_xml(instance_id)
    assert f"<nom>{NAME}</nom><age>{AGE}</age>".encode() in read.xml
    assert read.files == dict(FILES.values())
    assert read.signed
    assert traces(read.xml)  # the search would find them
    assert traces(b"".join(read.files.values()))
    assert len(line.heard) > sum(len(content) for _, content in FILES.values())
    assert traces(bytes(line.heard)) == []
    assert f'id="familles" version="{VERSION}"'.encode() in envelope


def test_the_record_stays_readable_for_its_author(known: Store, site: Any) -> None:
    instance_id = answer(known)
    push(known, site.client())
    row = known.instances.get(instance_id)
    assert (row.state, row.name) == (State.SUBMITTED, f"Famille {NAME}")
    session = FormSession(load_stored(known, "familles", VERSION), instance_xml=known.instances.frozen_xml(instance_id))
    assert session.value("/data/nom") == NAME
    for name, content in FILES.values():
        assert known.instances.attachment(instance_id, name) == content


def test_the_form_list_the_cache_and_the_addresses_take_the_version_of_central(known: Store, site: Any) -> None:
    assert known.blank_forms.get("familles", VERSION).version == VERSION
    load_stored(known, "familles", VERSION)
    (cached,) = (known.path.parent / FOLDER).iterdir()
    assert cached.suffix == ".form"
    assert pull(known, site.client(), origin="region").unchanged == ["familles", "lieux"]
    path = f"/projects/{site.project}/forms/familles/versions/1%5Bencrypted%3AAaIE%2B%2F8%3D%5D.xml"
    client = site.client()
    answered = client._send_get(client._address(path), "form", max_bytes=100_000, with_token=True)
    assert (answered.status, VERSION.encode() in answered.body) == (200, True)


def test_every_retry_sends_the_same_bytes(known: Store, site: Any, line: Any) -> None:
    instance_id = answer(known)
    before = known.instances.seals.of(instance_id)
    line.lose_answers = 2
    report = push(known, site.client(line.url), pause_seconds=0.01)
    assert report.waiting == {instance_id: Reason.INTERRUPTED}
    envelope, parts = received(site, instance_id)
    assert push(known, site.client(line.url)).delivered == [instance_id]
    assert line.posts >= 3
    assert received(site, instance_id) == (envelope, parts)
    seal = known.instances.seals.of(instance_id)
    assert seal is not None
    assert seal == before
    assert seal.envelope == envelope
    assert traces(bytes(line.heard)) == []


def test_what_the_server_missed_of_the_files_is_filled_by_the_next_try(known: Store, site: Any) -> None:
    instance_id = answer(known)
    seal = known.instances.seals.of(instance_id)
    assert seal is not None
    client = site.client()
    client.submit(seal.envelope)  # the envelope first, the parts later: 201 and 201, as at Central
    (row,) = site.server.submissions(site.project, "familles")
    assert row.files == {file.name: "" for file in seal.files}
    assert push(known, client).delivered == [instance_id]
    assert opened(site, instance_id).signed


def test_a_correction_names_its_base_in_the_encrypted_xml_only(known: Store, site: Any, line: Any) -> None:
    first = answer(known)
    assert push(known, site.client(line.url)).delivered == [first]
    second = answer(known, base=first)
    assert push(known, site.client(line.url)).delivered == [second]
    envelope, _ = received(site, second)
    assert first.encode() not in envelope
    assert b"deprecatedID" not in bytes(line.heard)
    assert f"<orx:deprecatedID>{first}</orx:deprecatedID>".encode() in opened(site, second).xml
    # Each opens with its own instanceID: at Central the versions of one submission open with the first one's.
    assert opened(site, first).signed
    assert opened(site, second).signed


def test_an_envelope_that_changed_never_leaves(known: Store, site: Any, line: Any) -> None:
    instance_id = answer(known)
    known._connection.run(
        "UPDATE seals SET envelope = CAST(replace(CAST(envelope AS TEXT), '</data>', ' </data>') AS BLOB)"
    )
    assert push(known, site.client(line.url)).rejected == {instance_id: Reason.DAMAGED}
    assert line.posts == 0


def test_an_encrypted_file_that_changed_never_leaves_and_can_be_made_again(known: Store, site: Any) -> None:
    instance_id = answer(known)
    seal = known.instances.seals.of(instance_id)
    assert seal is not None
    seal.files[0].path.write_bytes(b"other")
    assert push(known, site.client()).rejected == {instance_id: Reason.DAMAGED}
    assert site.server.submissions(site.project, "familles") == []
    known.instances.reopen(instance_id)
    assert known.instances.seals.of(instance_id) is None
    folder = seal.files[0].path.parent
    assert not list(folder.glob("*.enc"))  # what no row names is gone
    assert len(list(folder.iterdir())) == len(FILES)


@pytest.fixture
def older(known: Store) -> Callable[[str], str]:
    """Make a record of the encrypted form as the version before left it: finalized, without a seal."""

    def make(key_text: str) -> str:
        clear = FORM
        known.blank_forms.put("familles", VERSION, "Familles", clear, {}, "region")
        instance_id = answer(known)
        known.blank_forms.put("familles", VERSION, "Familles", encrypted_form(clear, key_text), {}, "region")
        return instance_id

    return make


def test_a_record_that_was_finalized_before_is_sealed_at_its_first_try(
    known: Store, site: Any, line: Any, older: Callable[[str], str]
) -> None:
    instance_id = older(public_text(private_key()))
    assert known.instances.seals.of(instance_id) is None
    line.lose_answers = 2
    push(known, site.client(line.url), pause_seconds=0.01)
    envelope, _ = received(site, instance_id)
    assert push(known, site.client(line.url)).delivered == [instance_id]
    assert received(site, instance_id)[0] == envelope
    assert opened(site, instance_id).files == dict(FILES.values())
    assert traces(bytes(line.heard)) == []


@pytest.mark.parametrize("key_text", ["MIIB", "pas une clé"])
def test_a_record_that_cannot_be_sealed_never_leaves(
    known: Store, site: Any, line: Any, older: Callable[[str], str], key_text: str
) -> None:
    instance_id = older(key_text)
    assert push(known, site.client(line.url)).rejected == {instance_id: Reason.NEEDS_ENCRYPTION}
    assert known.instances.get(instance_id).attempted is False
    assert traces(bytes(line.heard)) == []
    assert site.server.submissions(site.project, "familles") == []


def test_clear_bytes_that_may_have_left_are_followed_by_none(
    known: Store, site: Any, line: Any, older: Callable[[str], str]
) -> None:
    instance_id = older(public_text(private_key()))
    known.instances.mark_attempted(instance_id, datetime.now(UTC))
    assert push(known, site.client(line.url)).rejected == {instance_id: Reason.NEEDS_ENCRYPTION}
    known.instances.retry(instance_id)
    with pytest.raises(WrongStateError):
        known.instances.seals.add(instance_id)
    assert traces(bytes(line.heard)) == []


def test_the_key_is_that_of_the_record_s_own_version(known: Store, site: Any) -> None:
    """The latest version may have another key, or none: its holder is another."""
    other = FORM.replace(VERSION.encode(), b"2")
    site.server.publish_form(site.project, other)
    pull(known, site.client(), origin="region")
    old, new = answer(known), answer(known, version="2")
    assert push(known, site.client()).delivered == [old, new]
    assert opened(site, old).signed
    assert known.instances.seals.of(new) is None
    (row,) = [one for one in site.server.submissions(site.project, "familles") if one.instance_id == new]
    assert row.xml == known.instances.frozen_xml(new)


def test_control_characters_never_leave_sealed_either(known: Store, site: Any) -> None:
    from forms.views import Finalized  # noqa: PLC0415 — of this test only

    instance_id = answer(known)
    known.instances.reopen(instance_id)
    bad = b'<data id="familles"><nom>a\0b</nom><meta><instanceID>%s</instanceID></meta></data>' % instance_id.encode()
    known.instances.finalize(instance_id, Finalized(bad, instance_id, "", ()), datetime.now(UTC))
    assert push(known, site.client()).rejected == {instance_id: Reason.BAD_REQUEST}
    assert site.server.submissions(site.project, "familles") == []


def test_memory_stays_flat_while_a_large_file_is_sealed(tmp_path: Path) -> None:
    sealing = Sealing(public_text(private_key()), "f", "1", "uuid:1")
    longest = 0

    def write(block: bytes) -> None:
        nonlocal longest
        longest = max(longest, len(block))

    sealing.encrypt("video.mp4", (b"x" * 65_536 for _ in range(500)), write)
    assert longest <= 65_536 + 16


def test_a_key_is_told_before_anything_is_frozen(known: Store) -> None:
    known.blank_forms.put(
        "familles", "3", "Familles", encrypted_form(FORM.replace(VERSION.encode(), b"3"), "MIIB"), {}, "r"
    )
    with pytest.raises(UnusableKey):
        answer(known, version="3")
    (row,) = known.instances.search()
    assert (row.state, known.instances.outbox()) == (State.DRAFT, [])
    assert [file.frozen for file in known.instances.attachments(row.instance_id)] == [False] * 3
