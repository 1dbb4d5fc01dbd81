# SPDX-License-Identifier: EUPL-1.2
"""The reference server in a process of its own, with the three REST paths beside it that pyodk sends over.

    python -m bench.sending.server FOLDER FORMS

Prints one line of JSON (url, project, token, e-mail, password), then serves until its input ends.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.routing import Rule  # noqa: TID253
from werkzeug.wrappers import Response  # noqa: TID253

from sync.server import ReferenceServer, published, received
from sync.server.application import FORM, SUBMISSION, URLS
from sync.server.call import whole_number
from sync.server.envelope import read_envelope

if TYPE_CHECKING:
    from sync.server.call import Call

FORM_XML = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>{form_id}</h:title><model><itext><translation lang="fr"><text id="a"><value>Nom</value>
<value form="image">jr://images/carte.png</value></text></translation></itext>
<instance><data id="{form_id}" version="1"><nom/><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/nom" type="string"/><bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><input ref="/data/nom"><label ref="jr:itext('a')"/></input></h:body></h:html>"""
PASSWORD = "a bench, not a secret"  # noqa: S105


def create(call: Call, project: str, form_id: str) -> Response:
    """`POST …/forms/F/submissions`: the XML alone; answers with the submission."""
    xml = call.request.get_data()
    envelope = read_envelope(xml)
    with call.database.writing() as db:
        form = published.form_named(db, whole_number(project), form_id)
        received.receive(db, form, envelope, xml, {}, received.Sender(call.actor.id if call.actor else 0))
    value = {"instanceId": envelope.instance_id, "submitterId": 1, "deviceId": None, "userAgent": None,
             "reviewState": None, "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": None,
             "currentVersion": {"instanceId": envelope.instance_id, "current": True}}  # fmt: skip
    return Response(json.dumps(value), content_type="application/json; charset=utf-8")


def attach(call: Call, project: str, form_id: str, root_id: str, name: str) -> Response:
    """`POST …/submissions/ID/attachments/NAME`: one file."""
    with call.database.writing() as db:
        form = published.form_named(db, whole_number(project), form_id)
        row = db.execute(
            "SELECT xml FROM versions WHERE form_id = ? AND instance_id = ?", (form.id, root_id)
        ).fetchone()
        xml = bytes(row["xml"])
        received.receive(db, form, read_envelope(xml), xml, {name: call.request.get_data()}, received.Sender(0))
    return Response('{"success":true}', content_type="application/json; charset=utf-8")


def main() -> None:
    folder, forms = Path(sys.argv[1]), int(sys.argv[2])
    URLS.add(Rule(f"{FORM}/submissions", methods=["POST"], endpoint=create))
    URLS.add(Rule(f"{SUBMISSION}/attachments/<name>", methods=["POST"], endpoint=attach))
    with ReferenceServer(folder, admin_password=PASSWORD) as server:
        project = server.create_project("Bench")
        for number in range(forms):
            xml = FORM_XML.format(form_id=f"lieux_{number}")
            server.publish_form(project, xml.encode(), {"carte.png": b"png"})
        token = server.create_app_user(project, "Agent")
        about = {"url": server.url, "project": project, "token": token, "email": "admin@fieldkit.local",
                 "password": PASSWORD, "folder": str(folder)}  # fmt: skip
        print(json.dumps(about), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
