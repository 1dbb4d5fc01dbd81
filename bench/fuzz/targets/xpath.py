# SPDX-License-Identifier: EUPL-1.2
"""Expressions: read, written again, compiled in the places where a form has them, computed.

First byte: odd, the rest is the expression; even, the expression is drawn from its grammar.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from bench.fuzz.draw import Draw
from bench.fuzz.grammar import LAST, LISTS, NAMESPACES, expression
from bench.fuzz.harvest import strings_of_tests
from bench.fuzz.oracle import hold, new_session, seen, try_form
from forms import ExpressionError, FormFileError, load_form
from forms.xpath.parser import parse
from forms.xpath.tree import unparse

MAX_COMPARED: Final = 2_000  # characters: trees are compared by recursion
FILES: Final = {"f.csv": b"name,label\n1,One\n2,Two\n"}
FORM: Final = (
    f"<h:html {NAMESPACES}><h:head><model><instance><data id='f'><a/><b>1</b><g><c>x</c></g><r><d>2</d><n><e/></n></r>"
    f"<s/><t/><meta><instanceID/></meta></data></instance>{LISTS}{LAST}{{binds}}</model></h:head><h:body>"
    '<input ref="/data/a"/><input ref="/data/b"/><input ref="/data/g/c"/><repeat nodeset="/data/r">'
    '<input ref="/data/r/d"/><repeat nodeset="/data/r/n"><input ref="/data/r/n/e"/></repeat></repeat>'
    '<input ref="/data/s"/><input ref="/data/t"/>'
    "</h:body></h:html>"
)
_PLACES: Final = (
    *(("/data/t", "calculate"), ("/data/r/d", "calculate"), ("/data/r/n/e", "constraint"), ("/data/r", "relevant")),
    *(("/data/g", "relevant"), ("/data/a", "required"), ("/data/g", "readonly"), ("/data/t", "constraint")),
)
ANSWERS: Final = [(0, "7"), (1, "2024-02-29"), (4, ""), (2, "a b"), (5, "x")]


def run(data: bytes) -> None:
    """Try one expression."""
    draw = Draw(data)
    written = draw.number(255) % 2
    places = [draw.pick(_PLACES), draw.pick(_PLACES)]
    text = draw.rest().decode("utf-8", "replace") if written else expression(draw)
    _read(text)
    text = "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")
    binds = [f"<bind nodeset='{path}' {name}={quoteattr(text)}/>" for path, name in dict.fromkeys(places)]
    source = FORM.replace("{binds}", "".join(binds)).encode("utf-8", "replace")
    try:
        form = load_form(source, FILES.__getitem__)
    except FormFileError as error:
        hold(error.form == "f", "an error tells the form")
        return
    try_form(form, source, ANSWERS)
    _shapes_change_nothing(text, source)


def _read(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError as error:
        hold(0 <= error.position <= len(text), "the position is inside the expression")
        return
    if len(text) < MAX_COMPARED:
        hold(parse(unparse(tree)) == tree, "what was written again is read as the same")


def _shapes_change_nothing(text: str, source: bytes) -> None:
    """Compare an expression alone with the same after another of its shape."""
    if b"random" in source or b"uuid" in source:
        return
    bind = f'<bind nodeset="/data/t" calculate={quoteattr(text)}/>'
    other = text.replace("/data/a", "/data/b").replace("'a'", "'b'").replace("1", "3")
    before = f'<bind nodeset="/data/s" calculate={quoteattr(other)}/>'
    found = []
    for binds in (bind, before + bind):
        try:
            session = new_session(
                load_form(FORM.replace("{binds}", binds).encode("utf-8", "replace"), FILES.__getitem__)
            )
        except FormFileError:
            return
        session.answer("/data/b", "5")
        found.append(seen(session)["/data/t"])
    hold(
        "/data/s" in text or "//" in text or "*" in text or found[0] == found[1],
        "a shape compiled before changes nothing",
    )


def seeds() -> Iterator[bytes]:
    """Yield the expressions of the tests, and a few drawn ones."""
    for text in strings_of_tests(
        "tests/forms/test_xpath_*.py", "tests/forms/test_*expressions.py", "tests/forms/test_engine_*.py"
    ):
        if len(text) < 300 and "<" not in text.replace("<=", ""):
            yield b"\x01\x00\x00" + text.encode("utf-8", "replace")
    for number in range(64):
        yield bytes([0, number, number]) + bytes((number * 7 + place * 13) % 256 for place in range(40))
