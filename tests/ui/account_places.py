# SPDX-License-Identifier: EUPL-1.2
"""Servers with an account of a kit, records of it, and what a widget shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from fieldkit.account import Account
from sync.server import ReferenceServer
from ui.kit import Kit
from ui.widgets.text import Label

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>{title}</h:title><model><instance><data id="{form_id}" version="1"><a/><meta><instanceID/></meta></data>
</instance><bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"><label>A</label></input>
</h:body></h:html>"""


def form_xml(form_id: str = "visite", title: str = "Visite") -> bytes:
    return FORM.format(form_id=form_id, title=title).encode()


class Place:
    """A server with a project and an account of this kit there."""

    def __init__(self, kit: Kit, folder: Path, name: str) -> None:
        self.kit = kit
        self.server = ReferenceServer(folder)
        self.server.start()
        self.server.create_project(name)
        self.server.publish_form(1, form_xml())
        self.token = self.server.create_app_user(1, "Ana")
        self.link = self.server.invitation_link(1, self.token)
        self.account_id = ""
        self.name = name

    def connect(self) -> None:
        heard: list[Account] = []
        self.kit.connection.connect_account(self.link, heard.append, pytest.fail)
        self.account_id = heard[0].account_id
        self.kit.connection.rename(self.account_id, self.name)

    def finish(self) -> str:
        return finish(self.kit, self.account_id)

    def stored(self) -> list[str]:
        return [one.instance_id for one in self.server.submissions(1, "visite")]


def begin(kit: Kit, account_id: str, form_id: str = "visite") -> str:
    session = kit.session_of(kit.form(form_id, "1", account_id), None)
    session.answer("/data/a", "x")
    return kit.create(session, account_id=account_id)


def finish(kit: Kit, account_id: str, form_id: str = "visite") -> str:
    instance_id = begin(kit, account_id, form_id)
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), datetime.now(UTC))
    return instance_id


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label) if not label.isHidden())
