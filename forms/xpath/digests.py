# SPDX-License-Identifier: EUPL-1.2
"""digest(), base64-decode() and extract-signed() (ODK XForms, "String Functions"; XForms 1.1 §7.8.3)."""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from typing import Final

from forms.errors import ExpressionError

_ALGORITHMS: Final = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
_SIGNATURE_LENGTH: Final = 64


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """Return the digest of the text's UTF-8 bytes.

    `algorithm` is MD5, SHA-1, SHA-256, SHA-384 or SHA-512, `encoding` hex or base64. Raises ExpressionError for others.
    """
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which few forms need

    name = _ALGORITHMS.get(algorithm.upper())
    if name is None:
        raise ExpressionError(f"digest() does not know the algorithm {algorithm!r}")
    hashed = hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False)
    match encoding.lower():
        case "hex":
            return hashed.hexdigest()
        case "base64":
            return b2a_base64(hashed.digest(), newline=False).decode("ascii")
        case _:
            raise ExpressionError(f"digest() does not know the encoding {encoding!r}")


def base64_decode(text: str) -> str:
    """Decode to UTF-8 text; bytes that are no UTF-8 become U+FFFD, text that is no base64 becomes ""."""
    return _bytes(text).decode("utf-8", "replace")


def extract_signed(contents: str, public_key: str) -> str:
    """Return the message of signed contents, or "" if the signature is not the key's.

    Both arguments are base64: `contents` is the 64 bytes of an Ed25519 signature followed by the message in UTF-8,
    `public_key` the 32 bytes of the key.
    """
    from forms.xpath.ed25519 import verify  # noqa: PLC0415 - few forms need it

    signed = _bytes(contents)
    signature, message = signed[:_SIGNATURE_LENGTH], signed[_SIGNATURE_LENGTH:]
    return message.decode("utf-8", "replace") if verify(_bytes(public_key), signature, message) else ""


def _bytes(text: str) -> bytes:
    compact = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return a2b_base64(compact + "=" * (-len(compact) % 4))
    except (NotBase64, ValueError):
        return b""
