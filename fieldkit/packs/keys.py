# SPDX-License-Identifier: EUPL-1.2
"""The keys that sign packs: files of a region, and the fingerprint that people compare."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from fieldkit import signing
from fieldkit.packs.errors import PackNotWritten, UnusablePackKey

_GROUPS: Final = 6
_DIGITS: Final = 5


def fingerprint(public: bytes) -> str:
    """Return thirty digits in groups of five, of SHA-256 of the key: short enough to be read out on the telephone.

    A hundred bits: finding another key with the same ones is beyond anybody's means.
    """
    number = int.from_bytes(hashlib.sha256(public).digest()) % 10 ** (_GROUPS * _DIGITS)
    digits = f"{number:0{_GROUPS * _DIGITS}d}"
    return " ".join(digits[start : start + _DIGITS] for start in range(0, len(digits), _DIGITS))


def make_key(path: Path) -> bytes:
    """Write a new private key (PKCS #8, PEM), to be read by its owner alone; return it. Never over another file.

    PackNotWritten tells why not.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = signing.new_key()
    key = Ed25519PrivateKey.from_private_bytes(private)
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only its owner from the first byte on: rights that come later come too late.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise PackNotWritten(path.name, error.strerror or str(error)) from error
    return private


def read_key(path: Path) -> bytes:
    """Return the private key of a file that `make_key` wrote; UnusablePackKey."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise UnusablePackKey(path.name, error.strerror or str(error)) from error
    except (ValueError, TypeError) as error:
        raise UnusablePackKey(path.name, "no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusablePackKey(path.name, "a key of another kind than Ed25519")
    return key.private_bytes_raw()
