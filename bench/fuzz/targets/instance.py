# SPDX-License-Identifier: EUPL-1.2
"""Filled forms of one form. First byte: odd, the rest is the XML; even, it is drawn from the names of the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.fuzz.draw import Draw
from bench.fuzz.grammar import NAMESPACES, instance
from bench.fuzz.oracle import act, finish, hold, new_session, seen
from forms import InstanceError, load_form

FORM: Final = load_form(
    f"""<h:html {NAMESPACES}><h:head><model><instance><data id="f" version="1"><a x=""/><b>1</b>
<g><c/></g><r jr:template=""><d/><n><e/></n></r><s/><t/><meta><instanceID/><instanceName/></meta></data></instance>
<bind nodeset="/data/a" type="int" required="true()" constraint=". &lt; 9"/>
<bind nodeset="/data/g" relevant="/data/a != 3"/>
<bind nodeset="/data/r/d" type="date"/><bind nodeset="/data/r/n/e" calculate="concat(../../d, position(..))"/>
<bind nodeset="/data/t" calculate="count(/data/r) + sum(/data/r/n/e)"/><bind nodeset="/data/meta/instanceName"
 calculate="concat('N ', /data/b)"/><bind nodeset="/data/meta/instanceID" jr:preload="uid"/></model></h:head><h:body>
<input ref="/data/a"/><input ref="/data/b"/><group ref="/data/g"><input ref="/data/g/c"/></group>
<repeat nodeset="/data/r">
<input ref="/data/r/d"/><repeat
 nodeset="/data/r/n" jr:count="if(/data/b &gt; 4, 4, /data/b)"><input ref="/data/r/n/e"/></repeat></repeat>
<select1 ref="/data/s"><item><value>1</value></item></select1></h:body></h:html>""".encode()
)


def run(data: bytes) -> None:
    """Try one filled form."""
    draw = Draw(data)
    if draw.number(255) % 2:
        xml = draw.rest()
    else:
        identity = draw.pick(("", "<meta><instanceID>uuid:1</instanceID><deprecatedID>uuid:0</deprecatedID></meta>"))
        xml = f'<data id="f">{instance(draw)}{identity}</data>'.encode("utf-8", "replace")
    try:
        session = new_session(FORM, xml)
    except InstanceError as error:
        hold(error.form == "f" and error.cause, "an error tells form and cause")
        return
    hold(session.instance_id, "every session has an instanceID")
    draft = session.draft_xml()
    again = new_session(FORM, draft)
    hold(again.draft_xml() == draft and not again.orphans, "a draft that is read back is the same draft")
    hold(seen(again) == seen(session), "a draft that is read back shows the same")
    act(session, 3, "1")
    act(session, 5, "")
    finish(session)


def seeds() -> Iterator[bytes]:
    """Yield drafts of the form, and drawn ones."""
    session = new_session(FORM)
    yield b"\x01" + session.draft_xml()
    session.add_repeat("/data/r")
    session.answer("/data/b", "2")
    session.answer("/data/a", "3")
    yield b"\x01" + session.draft_xml()
    yield b'\x01<?xml version="1.0" encoding="utf-16"?><data id="f"/>'
    yield b"\x01" + session.draft_xml().decode().encode("utf-16")
    for number in range(32):
        yield b"\x00" + bytes((number * 5 + place * (3 + number)) % 256 for place in range(80))
