# SPDX-License-Identifier: EUPL-1.2
"""A form that asks for the record saved before gets the one of its own that was finalized last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

XFORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:jr="http://openrosa.org/javarosa" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Saved
</h:title><model><instance><data id="saved" version="1"><who/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
<instance id="before" src="jr://instance/last-saved"/>
<setvalue event="odk-instance-first-load" ref="/data/who" value="instance('before')/data/who"/>
</model></h:head><h:body><input ref="/data/who"><label>Who</label></input></h:body></h:html>"""


def test_the_next_record_begins_with_the_last(kit):
    kit.store.blank_forms.put("saved", "1", "Saved", XFORM, {}, "test")
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    for minutes, name in ((1, "Ana"), (3, "Bea"), (2, "Cis")):
        made = kit.new_record("saved")
        session = kit.open_session(made)
        session.answer("/data/who", name)
        kit.store.instances.finalize(made, session.finalize(), at + timedelta(minutes=minutes))
    kit.new_record("saved", answers={"/data/who": "a draft only"})
    assert kit.open_session(kit.new_record("saved")).value("/data/who") == "Bea"
