# SPDX-License-Identifier: EUPL-1.2
"""The recipe: what is sealed opens with the private key, by a reader written from the specification alone."""

from __future__ import annotations

import base64

import pytest

from fieldkit.encryption import Sealing, public_key_of
from fieldkit.errors import UnusableKey
from tests.unsealing import encrypted_form, open_rsa, private_key, public_text, unseal

FORM = b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model></model></h:head></h:html>'
XML = '<data id="f"><nom>Thérèse &amp; Noël, 42 €</nom></data>'.encode()
VERSION = "1[encrypted:AaIE+/8=]"


def seal(
    xml: bytes, files: dict[str, list[bytes]], key_text: str = "", version: str = VERSION
) -> tuple[bytes, dict[str, bytes]]:
    sealing = Sealing(key_text or public_text(private_key()), "f", version, "uuid:été-1")
    parts: dict[str, bytes] = {}
    for name, blocks in [*files.items(), ("submission.xml", [xml])]:
        written = bytearray()
        sealing.encrypt(name, blocks, written.extend)
        parts[f"{name}.enc"] = bytes(written)
    return sealing.envelope(), parts


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"vide.bin": []},
        {"seize.bin": [b"0123456789abcdef"]},
        {
            "photo é & <1>.jpg": [b"\xff\xd8" + bytes(range(256)) * 500, b"x", b"", b"y" * 33],
            "vide": [b""],
            "a": [b"a"],
        },
        {f"{number}.jpg": [b"photo %d" % number] for number in range(40)},  # the vector goes round twice
    ],
    ids=["none", "empty", "sixteen", "several", "forty"],
)
def test_what_is_sealed_opens_with_the_private_key(files: dict[str, list[bytes]]) -> None:
    envelope, parts = seal(XML, files)
    opened = unseal(envelope, parts, private_key())
    assert opened.xml == XML
    assert opened.files == {name: b"".join(blocks) for name, blocks in files.items()}
    assert opened.signed
    for name, blocks in files.items():  # always padded: a whole block where the file ends with one
        size = len(b"".join(blocks))
        assert len(parts[f"{name}.enc"]) == size + 16 - size % 16


def test_the_vector_wraps_at_255() -> None:
    for _ in range(40):  # 16 bytes each: one of them is 255 almost surely
        envelope, parts = seal(XML, {f"{number}": [b"x"] for number in range(16)})
        assert unseal(envelope, parts, private_key()).signed


def test_a_form_without_a_version_has_none_in_its_envelope() -> None:
    envelope, parts = seal(XML, {}, version="")
    assert b" version=" not in envelope.partition(b"?>")[2]
    assert unseal(envelope, parts, private_key()).signed


def test_each_record_has_a_key_of_its_own() -> None:
    first, second = seal(XML, {}), seal(XML, {})
    assert first[0] != second[0]
    assert first[1]["submission.xml.enc"] != second[1]["submission.xml.enc"]


def test_the_signature_tells_a_file_that_was_exchanged() -> None:
    envelope, parts = seal(XML, {"a.jpg": [b"first"], "b.jpg": [b"second"]})
    changed = bytes([parts["a.jpg.enc"][0] ^ 1]) + parts["a.jpg.enc"][1:]
    assert unseal(envelope, parts, private_key()).signed
    assert not unseal(envelope, parts | {"a.jpg.enc": changed}, private_key()).signed
    assert not unseal(envelope.replace(b'id="f"', b'id="g"'), parts, private_key()).signed


def test_a_larger_key_and_the_lines_of_a_pem_file_are_taken() -> None:
    text = public_text(private_key(3072))
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    envelope, parts = seal(XML, {}, f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n")
    assert unseal(envelope, parts, private_key(3072)).xml == XML


def elliptic_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec

    return public_text(ec.generate_private_key(ec.SECP256R1()))


def whole_pair() -> str:
    from cryptography.hazmat.primitives import serialization

    pem = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return base64.b64encode(private_key().private_bytes(*pem)).decode()


@pytest.mark.parametrize(
    ("key_text", "cause"),
    [
        ("pas une clé", "it is not a public key"),
        ("MIIB", "it is not a public key"),
        (base64.b64encode(b"garbage of some length").decode(), "it is not a public key"),
        (whole_pair, "it is not a public key"),
        (elliptic_key, "it is not an RSA key"),
        (lambda: public_text(private_key(1024)), "it has 1024 bits, fewer than 2048"),
    ],
    ids=["words", "cut", "garbage", "private", "elliptic", "1024"],
)
def test_a_key_that_protects_nothing_is_refused(key_text: object, cause: str) -> None:
    text = key_text() if callable(key_text) else str(key_text)
    with pytest.raises(UnusableKey) as error:
        Sealing(text, "f", "1", "uuid:1")
    assert (error.value.form_id, error.value.cause) == ("f", cause)


def test_the_key_of_a_form_is_found_whatever_its_encoding() -> None:
    assert public_key_of("f", FORM) == ""
    form = encrypted_form(FORM, "KEY")
    assert public_key_of("f", form) == "KEY"
    assert public_key_of("f", encrypted_form(FORM, "  ")) == ""
    assert public_key_of("f", f'<?xml version="1.0" encoding="UTF-16"?>{form.decode()}'.encode("utf-16")) == "KEY"
    with pytest.raises(UnusableKey):
        public_key_of("f", b"<a>" + form[-80:])


def test_sha_256_is_in_both_places_of_the_padding() -> None:
    """With SHA-1 in MGF1 the server takes the record, and no export of the form ends well any more."""
    sealing = Sealing(public_text(private_key()), "f", "1", "uuid:1")
    assert open_rsa(private_key(), sealing._wrap(b"secret")) == b"secret"
