# SPDX-License-Identifier: EUPL-1.2
"""A record whose form asks for an audit log is finished in the window: the log goes with it."""

from __future__ import annotations

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from fieldkit.instance import Instance, State
from forms import FormSession, load_form
from tests.forms.conftest import compiled
from ui.entry.page import EntryPage
from ui.kit import Kit


def test_the_log_of_what_was_typed_is_attached(kit: Kit, qtbot: QtBot) -> None:
    survey = "type | name | label | parameters\n| audit | audit | | track-changes=true\n| text | town | Town |"
    xml = compiled(survey, "", "form_id\naudited")
    session = FormSession(load_form(xml))
    kit.store.blank_forms.put("audited", "", "Audited", xml, {}, "region")
    now = datetime.now(UTC)
    drafted = Instance(session.instance_id, "audited", "", State.DRAFT, "Audited", now, now)
    kit.store.instances.create(drafted, session.draft_xml())
    page = EntryPage(kit, session.instance_id)
    qtbot.addWidget(page)
    for text in ("Jo", "Jodoigne"):
        page.desk.recorder.answer("/f/town", text, merge=True)
    page.verbs.finish()
    assert kit.store.instances.get(session.instance_id).state is State.FINALIZED
    (log,) = kit.store.instances.attachments(session.instance_id)
    assert (log.name, log.frozen) == ("audit.csv", True)
    lines = kit.store.instances.attachment(session.instance_id, "audit.csv").decode().splitlines()
    assert lines[0] == "event,node,start,end,old-value,new-value"
    assert [line.split(",")[0] for line in lines[1:]] == ["form start", "question", "form save", "form finalize"]
    assert lines[2].startswith("question,/f/town,")
    assert lines[2].endswith(",,Jodoigne")
    assert b"audit.csv" in kit.store.instances.frozen_xml(session.instance_id)
