# SPDX-License-Identifier: EUPL-1.2
"""Records sealed for the holder of a private key: ODK XForms specification, "Encryption".

Each record has a random AES-256 key of its own, which is thrown away; only the form's RSA key can bring it back. The
files go first, in an order that the envelope repeats, the XML goes last: the order decides on each initialization
vector. MD5 and CFB are what the specification asks for: MD5 protects nothing here, and every file has another vector.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from fieldkit.errors import UnusableKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

NAMESPACE: Final = "http://opendatakit.org/submissions"
OPENROSA: Final = "http://openrosa.org/xforms"
XML_NAME: Final = "submission.xml"
SUFFIX: Final = ".enc"
ATTRIBUTE: Final = "base64RsaPublicKey"
MIN_BITS: Final = 2048  # the size of Central's own keys; a shorter one would only look safe
_KEY_BYTES: Final = 32
_BLOCK_BITS: Final = 128
_IV_BYTES: Final = 16


def public_key_of(form_id: str, xform_xml: bytes) -> str:
    """Return the public key that a form asks to be sealed with, "" if it asks for none.

    UnusableKey for a form that cannot be read: nothing is taken for clear that may not be.
    """
    wide = b"\0" in xform_xml[:4]  # UTF-16 and UTF-32, in which the name would not be found
    if ATTRIBUTE.encode() not in xform_xml and not wide:
        return ""
    from io import BytesIO
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        for _, element in iterparse(BytesIO(xform_xml), events=("start",), forbid_dtd=True):
            if element.tag.rpartition("}")[2] == "submission":
                for name, value in element.attrib.items():
                    if name.rpartition("}")[2] == ATTRIBUTE and value.strip():
                        return str(value)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise UnusableKey(form_id, f"the form cannot be read: {error}") from error
    return ""


def check_key(form_id: str, public_key: str) -> None:
    """Raise UnusableKey unless records can be sealed with the key of a form."""
    _read_key(form_id, public_key)


def plain_version(version: str) -> str:
    """Return a version as people gave it: Central adds `[encrypted:…]`, some base64, to those of encrypted forms."""
    return re.sub(r"\s*\[encrypted:[A-Za-z0-9+/=]*\]$", "", version)


class Sealing:
    """One record on its way into its sealed form: `encrypt` each file, the XML last, then take the `envelope`."""

    def __init__(self, public_key: str, form_id: str, version: str, instance_id: str) -> None:
        """Draw the record's key. `public_key` as a form writes it; UnusableKey if it is none."""
        self._rsa = _read_key(form_id, public_key)
        self._form_id = form_id
        self._version = version
        self._instance_id = instance_id
        self._key = os.urandom(_KEY_BYTES)
        self._wrapped = self._wrap(self._key)
        seed = hashlib.md5(instance_id.encode() + self._key, usedforsecurity=False)
        self._vector = bytearray(seed.digest())
        self._files: list[tuple[str, str]] = []  # name and MD5 of the clear bytes, in the order of encryption

    def encrypt(self, name: str, blocks: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        """Hand the encrypted bytes of one file to `write`, block by block; memory stays flat.

        "Content Encryption", "Initialization Vector", "Padding": AES/CFB (128-bit segments) with PKCS#7.
        """
        from cryptography.hazmat.decrepit.ciphers.modes import CFB
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.padding import PKCS7

        place = len(self._files) % _IV_BYTES
        self._vector[place] = (self._vector[place] + 1) % 256
        cipher = Cipher(AES(self._key), CFB(bytes(self._vector))).encryptor()
        padding = PKCS7(_BLOCK_BITS).padder()
        digest = hashlib.md5(usedforsecurity=False)
        for block in blocks:
            digest.update(block)
            write(cipher.update(padding.update(block)))
        write(cipher.update(padding.finalize()) + cipher.finalize())
        self._files.append((name, digest.hexdigest()))

    def envelope(self) -> bytes:
        """Return the "Submission Manifest": what the server reads, and all that it can read.

        Neither the name of the record nor `deprecatedID` is in it: ODK Central decrypts every version of a submission
        with the instanceID of its first one, so that a correction under another would come out damaged.
        """
        from html import escape  # the quotes too: it serves for attributes

        *media, (xml_name, _) = self._files
        version = f' version="{escape(self._version)}"' if self._version else ""
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<data xmlns="{NAMESPACE}" encrypted="yes" id="{escape(self._form_id)}"{version}>',
            f"<base64EncryptedKey>{self._wrapped}</base64EncryptedKey>",
            f'<meta xmlns="{OPENROSA}"><instanceID>{escape(self._instance_id)}</instanceID></meta>',
            *(f"<media><file>{escape(name)}{SUFFIX}</file></media>" for name, _ in media),
            f"<encryptedXmlFile>{escape(xml_name)}{SUFFIX}</encryptedXmlFile>",
            f"<base64EncryptedElementSignature>{self._signature()}</base64EncryptedElementSignature>",
            "</data>",
        ]
        return "\n".join(lines).encode()

    def _signature(self) -> str:
        """Return the "Signature": who reads the record can tell whether a file is missing or another one."""
        lines = [self._form_id, *([self._version] if self._version else []), self._wrapped, self._instance_id]
        lines += [f"{name}::{digest}" for name, digest in self._files]
        text = "".join(f"{line}\n" for line in lines)
        return self._wrap(hashlib.md5(text.encode(), usedforsecurity=False).digest())

    def _wrap(self, secret: bytes) -> str:
        """Encrypt a few bytes for the holder of the private key; with SHA-1 in MGF1 nobody could read them."""
        import base64

        from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
        from cryptography.hazmat.primitives.hashes import SHA256

        padding = OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)
        return base64.b64encode(self._rsa.encrypt(secret, padding)).decode()


def _read_key(form_id: str, text: str) -> RSAPublicKey:
    """Read a public key as forms hold it: base64, with or without the lines of a PEM file around it."""
    import base64
    import binascii

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    inner = "".join(word for word in _without_pem_lines(text).split())
    try:
        key = load_der_public_key(base64.b64decode(inner, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(form_id, "it is not a public key") from error
    if not isinstance(key, RSAPublicKey):
        raise UnusableKey(form_id, "it is not an RSA key")
    if key.key_size < MIN_BITS:
        raise UnusableKey(form_id, f"it has {key.key_size} bits, fewer than {MIN_BITS}")
    return key


def _without_pem_lines(text: str) -> str:
    for word in ("BEGIN", "END"):
        text = text.replace(f"-----{word} PUBLIC KEY-----", "")
    return text
