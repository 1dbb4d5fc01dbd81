# SPDX-License-Identifier: EUPL-1.2
"""Verification of Ed25519 signatures (RFC 8032 §5.1.7). It only handles public data, so it need not hide its timing.

Points are extended homogeneous coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z (§5.1.4).
"""

from __future__ import annotations

import hashlib
from typing import Final

PRIME: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, PRIME) % PRIME
_ROOT_OF_MINUS_ONE: Final = pow(2, (PRIME - 1) // 4, PRIME)
_SIGN: Final = 1 << 255

Point = tuple[int, int, int, int]
_NEUTRAL: Final[Point] = (0, 1, 1, 0)


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether `signature` (64 bytes) on `message` is of `public_key` (32 bytes); false for other lengths."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key = _decompress(public_key)
    commitment = _decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return _same(_multiply(scalar, _BASE), _add(commitment, _multiply(challenge, key)))


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * _D % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _multiply(scalar: int, point: Point) -> Point:
    result = _NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _same(p: Point, q: Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % PRIME == 0 and (p[1] * q[2] - q[1] * p[2]) % PRIME == 0


def _decompress(encoded: bytes) -> Point | None:
    """Find the point of 32 bytes: y in little endian, the highest bit is the parity of x (§5.1.3)."""
    number = int.from_bytes(encoded, "little")
    y = number & (_SIGN - 1)
    x = _recover_x(y, odd=bool(number & _SIGN)) if y < PRIME else None
    return None if x is None else (x, y, 1, x * y % PRIME)


def _recover_x(y: int, *, odd: bool) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, PRIME) % PRIME
    if square == 0:
        return None if odd else 0
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * _ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME:
        return None
    return PRIME - x if bool(x & 1) != odd else x


_BASE_Y: Final = 4 * pow(5, -1, PRIME) % PRIME
_BASE_X: Final = _recover_x(_BASE_Y, odd=False) or 0
_BASE: Final[Point] = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % PRIME)
