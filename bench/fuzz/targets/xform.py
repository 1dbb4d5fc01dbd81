# SPDX-License-Identifier: EUPL-1.2
"""Whole forms: loaded, filled, kept, finalized.

First byte: odd, the rest is the XML; even, the form is drawn from pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.fuzz.draw import Draw
from bench.fuzz.grammar import xform
from bench.fuzz.harvest import strings_of_tests
from bench.fuzz.oracle import hold, try_form
from forms import FormFileError, load_form

FILES: Final = {
    "f.csv": b"name,label\n1,One\n2,Two\n",
    "f.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"p","properties":{"name":"1"},'
    b'"geometry":{"type":"Point","coordinates":[5,50]}}]}',
    "f.xml": b"<root><item><name>1</name><label>One</label></item></root>",
}
_VALUES: Final = ("", "1", "2", "x", "a", "2024-01-01", "1 2", "50 5 0 0", "-0.5", "é")


def run(data: bytes) -> None:
    """Try one form."""
    draw = Draw(data)
    written = draw.number(255) % 2
    answers = [(draw.number(20), draw.pick(_VALUES)) for _ in range(draw.number(4))]
    source = draw.rest() if written else xform(draw)
    try:
        form = load_form(source, _attachment)
    except FormFileError as error:
        hold(error.cause, "an error tells its cause")
        return
    try_form(form, source, answers)


def _attachment(name: str) -> bytes:
    if name not in FILES:
        raise FileNotFoundError(name)
    return FILES[name]


def seeds() -> Iterator[bytes]:
    """Yield the forms that the tests hold as text, and drawn ones."""
    for text in strings_of_tests("tests/forms/*.py", "tests/fieldkit/*.py"):
        if "html" in text and "instance" in text:
            yield b"\x01\x02\x01\x01\x05\x02" + text.encode("utf-8", "replace")
    for number in range(64):
        yield b"\x00\x01\x01" + bytes((number * 11 + place * (7 + number)) % 256 for place in range(160))
