# SPDX-License-Identifier: EUPL-1.2
"""The other side of an encrypted form: a key pair, and a reader of what a server received.

Written from the text of the specification ("Encryption") alone, step by step and with everything in memory; nothing of
`fieldkit.encryption` is used, so that a mistake there is not made twice.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SUBMISSIONS = "{http://opendatakit.org/submissions}"
OPENROSA = "{http://openrosa.org/xforms}"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What the holder of the private key reads: the XML, the files by their own names, a true signature or not."""

    xml: bytes
    files: dict[str, bytes]
    signed: bool


@cache
def private_key(bits: int = 2048) -> RSAPrivateKey:
    """Make a key pair, once for each size and run."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, bits)


def public_text(key: Any) -> str:
    """Return a public key as a form holds it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def encrypted_form(form: bytes, key_text: str) -> bytes:
    """Return the form with a public key, as pyxform and Central write it."""
    return form.replace(b"</model>", f'<submission base64RsaPublicKey="{key_text}"/></model>'.encode())


def unseal(envelope: bytes, parts: Mapping[str, bytes], key: Any) -> Unsealed:
    """Decrypt a record from its envelope and the parts received with it."""
    root = ElementTree.fromstring(envelope)  # noqa: S314 — the test's own
    assert root.tag == f"{SUBMISSIONS}data"
    assert root.get("encrypted") == "yes"
    wrapped = text_of(root, f"{SUBMISSIONS}base64EncryptedKey")
    instance_id = text_of(root, f"{OPENROSA}meta/{OPENROSA}instanceID")
    media = [element.text or "" for element in root.iterfind(f"{SUBMISSIONS}media/{SUBMISSIONS}file")]
    xml_name = text_of(root, f"{SUBMISSIONS}encryptedXmlFile")
    secret = open_rsa(key, wrapped)
    assert len(secret) == 32
    vector = list(hashlib.md5(instance_id.encode("utf-8") + secret, usedforsecurity=False).digest())
    clear: dict[str, bytes] = {}
    for number, name in enumerate([*media, xml_name]):
        vector[number % 16] = (vector[number % 16] + 1) & 0xFF
        assert name.endswith(".enc")
        clear[name.removesuffix(".enc")] = decrypt(secret, bytes(vector), parts[name])
    lines = [root.get("id") or ""]
    if root.get("version") is not None:
        lines.append(root.get("version") or "")
    lines += [wrapped, instance_id]
    lines += [f"{name}::{hashlib.md5(data, usedforsecurity=False).hexdigest()}" for name, data in clear.items()]
    expected = hashlib.md5(("\n".join(lines) + "\n").encode("utf-8"), usedforsecurity=False).digest()
    signed = open_rsa(key, text_of(root, f"{SUBMISSIONS}base64EncryptedElementSignature")) == expected
    xml = clear.pop(xml_name.removesuffix(".enc"))
    return Unsealed(xml, clear, signed)


def text_of(root: ElementTree.Element, path: str) -> str:
    """Return the text of the one element at a path."""
    (found,) = root.iterfind(path)
    assert found.text
    return found.text


def open_rsa(key: Any, text: str) -> bytes:
    """Undo RSA/NONE/OAEPWithSHA256AndMGF1Padding by hand (RFC 8017, section 7.1.2), with SHA-256 in MGF1."""
    numbers = key.private_numbers()
    size = (key.key_size + 7) // 8
    message = int.from_bytes(base64.b64decode(text, validate=True), "big")
    padded = pow(message, numbers.d, numbers.public_numbers.n).to_bytes(size, "big")
    masked_seed, masked = padded[1:33], padded[33:]
    seed = xor(masked_seed, mask(masked, 32))
    data = xor(masked, mask(seed, size - 33))
    assert padded[0] == 0
    assert data[:32] == hashlib.sha256(b"").digest()
    return data[32:].partition(b"\x01")[2]


def mask(seed: bytes, length: int) -> bytes:
    """Return MGF1 with SHA-256 (RFC 8017, appendix B.2.1)."""
    blocks = (hashlib.sha256(seed + number.to_bytes(4, "big")).digest() for number in range(length // 32 + 1))
    return b"".join(blocks)[:length]


def xor(left: bytes, right: bytes) -> bytes:
    """Combine two texts of one length."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def decrypt(secret: bytes, vector: bytes, data: bytes) -> bytes:
    """Undo AES/CFB/PKCS5Padding with plain AES of single blocks (NIST SP 800-38A, section 6.3: CFB-128)."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    assert data
    assert len(data) % 16 == 0
    before = vector + data[:-16]
    encryptor = Cipher(AES(secret), ECB()).encryptor()  # noqa: S305 — the block function itself
    stream = encryptor.update(before)
    clear = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
    padding = clear[-1]
    assert 1 <= padding <= 16
    assert clear[-padding:] == bytes([padding]) * padding
    return clear[:-padding]
