# SPDX-License-Identifier: EUPL-1.2
"""The compiled form as bytes: damaged anywhere it is refused; with a right hash but wrong content, too, or it loads.

First byte: 0, the rest is the file; 1, the rest is the payload; else one value inside a good payload is replaced.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterator
from typing import Any, Final

from bench.fuzz.draw import Draw
from bench.fuzz.oracle import hold
from bench.fuzz.targets.xpath import FILES
from bench.fuzz.targets.xpath import FORM as XPATH_FORM
from forms import CacheError, load_compiled, load_form, to_bytes
from forms.compiled import MAGIC

_BINDS: Final = '<bind nodeset="/data/t" calculate="sum(/data/r/d) + count(instance(\'f\')/root/item)"/>'
GOOD: Final = to_bytes(load_form(XPATH_FORM.replace("{binds}", _BINDS).encode(), FILES.__getitem__))
_PAYLOAD: Final = GOOD[len(MAGIC) + 32 :]
_VALUES: Final = (None, 0, 1, -1, 10**4, "", "x", "/data/a", b"", (), (1,), [], {}, True, 1.5, ((),), [1, 2], {"a": 1})


def run(data: bytes) -> None:
    """Try one file."""
    draw = Draw(data)
    kind = draw.number(255)
    if kind == 0:
        content = draw.rest()
    elif kind == 1:
        content = _sealed(draw.rest())
    else:
        content = _sealed(marshal.dumps(_replaced(marshal.loads(_PAYLOAD), draw, 0)))  # noqa: S302  (written above)
    try:
        load_compiled(content)
    except CacheError as error:
        hold(error.cause, "an error tells its cause")


def _sealed(payload: bytes) -> bytes:
    return MAGIC + hashlib.sha256(payload).digest() + payload


def _replaced(value: Any, draw: Draw, depth: int) -> Any:
    """Replace one value somewhere inside; code objects are left alone, as what they do is the user's own business."""
    inside = isinstance(value, tuple | list | dict) and len(value) > 0
    if not inside or (depth > 1 and draw.odds(6)):
        return draw.pick(_VALUES) if not hasattr(value, "co_code") else value
    if isinstance(value, dict):
        key = draw.pick(list(value))
        return value | {key: _replaced(value[key], draw, depth + 1)}
    place = draw.number(len(value) - 1)
    changed = [*value]
    changed[place] = _replaced(value[place], draw, depth + 1)
    return tuple(changed) if isinstance(value, tuple) else changed


def seeds() -> Iterator[bytes]:
    """Yield the good file, its payload, and places in it."""
    yield b"\x00" + GOOD
    yield b"\x01" + _PAYLOAD
    for number in range(128):
        yield bytes([2 + number % 250, *((number * 3 + place * (5 + number)) % 256 for place in range(24))])
