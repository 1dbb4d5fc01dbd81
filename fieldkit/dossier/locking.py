# SPDX-License-Identifier: EUPL-1.2
"""A dossier with a passphrase: the whole zip encrypted, in a zip of two parts.

manifest.json   {"format": …, "version": 1, "encryption": {"salt", "nonce", "check"}}, in base64
sealed          AES-256-GCM (NIST SP 800-38D) of the dossier; its tag is the last 16 bytes. The manifest is
                authenticated with it.

The key comes of the passphrase by scrypt (RFC 7914, n = 2^15, r = 8, p = 1: 32 MiB for each guess). `check` is a hash
of its other half: it tells a wrong passphrase from a damaged file. Only the workspace's disk ever holds the clear zip.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import unicodedata
import zipfile
from pathlib import Path
from typing import IO, Any, Final

from fieldkit.dossier.container import FORMAT, MANIFEST, MAX_MANIFEST, MAX_WHOLE, VERSION, bounded
from fieldkit.errors import DossierDamaged, DossierUnsafe, PassphraseNeeded, WrongPassphrase

SEALED: Final = "sealed"
_BLOCK: Final = 1_048_576
_TAG: Final = 16


def lock(clear: IO[bytes], target: IO[bytes], passphrase: str) -> None:
    """Write the encrypted dossier of a clear one."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import GCM

    salt, nonce = os.urandom(16), os.urandom(12)
    key, check = _keys(passphrase, salt)
    words = {"salt": salt, "nonce": nonce, "check": check}
    encryption = {name: base64.b64encode(value).decode() for name, value in words.items()}
    manifest = json.dumps({"format": FORMAT, "version": VERSION, "encryption": encryption}).encode()
    cipher = Cipher(AES(key), GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(manifest)
    clear.seek(0)
    with zipfile.ZipFile(target, "w") as outer:
        outer.writestr(MANIFEST, manifest)
        with outer.open(SEALED, "w", force_zip64=True) as part:
            while block := clear.read(_BLOCK):
                part.write(cipher.update(block))
            part.write(cipher.finalize() + cipher.tag)


def unlock(source: zipfile.ZipFile, facts: dict[str, Any], path: Path, passphrase: str, clear: IO[bytes]) -> None:
    """Write the clear dossier of an encrypted one; what was written is worth nothing if this raises.

    Raises PassphraseNeeded, WrongPassphrase, DossierDamaged, DossierUnsafe.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import GCM

    if not passphrase:
        raise PassphraseNeeded(path)
    try:
        given = facts["encryption"]
        words = {name: base64.b64decode(given[name], validate=True) for name in ("salt", "nonce", "check")}
        size = source.getinfo(SEALED).file_size - _TAG
        stored = source.getinfo(SEALED).compress_type == zipfile.ZIP_STORED
        key, check = _keys(passphrase, words["salt"])
        if not hmac.compare_digest(check, words["check"]):
            raise WrongPassphrase(path)
        cipher = Cipher(AES(key), GCM(words["nonce"])).decryptor()
    except (KeyError, ValueError, TypeError) as error:
        raise DossierDamaged(path, "no such encryption") from error
    if not stored or not 0 <= size <= MAX_WHOLE:
        raise DossierUnsafe(path, f"{size} bytes encrypted")
    cipher.authenticate_additional_data(bounded(source, MANIFEST, MAX_MANIFEST, path))
    try:
        with source.open(SEALED) as part:
            left = size
            while left > 0:
                block = part.read(min(_BLOCK, left))
                if not block:
                    raise DossierDamaged(path, "cut")
                left -= len(block)
                clear.write(cipher.update(block))
            clear.write(cipher.finalize_with_tag(part.read(_TAG)))
    except (InvalidTag, zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as error:
        raise DossierDamaged(path, "the encrypted bytes have changed") from error


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key and the hash that tells whether it is the right one."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    # The same letters, whichever way a keyboard composes their accents.
    word = unicodedata.normalize("NFC", passphrase).encode()
    made = Scrypt(salt=salt, length=64, n=2**15, r=8, p=1).derive(word)
    return made[:32], hashlib.sha256(made[32:]).digest()[:16]
