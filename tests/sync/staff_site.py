# SPDX-License-Identifier: EUPL-1.2
"""A project with a form that asks for the commune, its surveyors, and staff who may read it or review it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import requests  # noqa: TID253 — this is the other end of the line

from sync.server import ReferenceServer, access
from sync.staff.client import StaffClient
from sync.transport import Patience
from tests.sync.contract_callers import Caller

FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:entities="http://www.opendatakit.org/xforms/entities">
<h:head><h:title>Visites</h:title><model entities:entities-version="2025.1.0">
<instance><data id="visites" version="{version}"><lieu><commune/></lieu><note/><numero/><statut/>
<commentaire/><arbre><espece/></arbre>
<meta><instanceID/><instanceName/><entity dataset="dossiers" id="" create="1"><label/></entity></meta></data></instance>
<bind nodeset="/data/lieu/commune" type="string"/><bind nodeset="/data/note" type="string"/>
<bind nodeset="/data/numero" type="string" entities:saveto="instance_id"/>
<bind nodeset="/data/statut" type="string" entities:saveto="statut"/>
<bind nodeset="/data/commentaire" type="string" entities:saveto="commentaire"/>
<bind nodeset="/data/arbre/espece" type="string"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><group ref="/data/lieu"><label>Lieu</label><input ref="/data/lieu/commune"><label>Commune</label></input>
</group><input ref="/data/note"><label>Note</label></input>
<group ref="/data/arbre"><label>Arbre</label><repeat nodeset="/data/arbre"><input ref="/data/arbre/espece">
<label>Espèce</label></input></repeat></group></h:body></h:html>"""
RECORD = (
    '<data id="visites" version="{version}"><lieu><commune>{commune}</commune></lieu><note>{note}</note>'
    "<numero>{root}</numero><statut/><commentaire/><arbre><espece>chêne</espece></arbre><arbre><espece>hêtre</espece></arbre>"
    "<meta>{old}<instanceID>{instance_id}</instanceID><instanceName>{note}</instanceName>"
    '<entity dataset="dossiers" id="{entity}" create="1"><label>{note}</label></entity></meta></data>'
)
PASSWORD = "correct horse"  # noqa: S105 — of a test
_STAFF: dict[tuple[str, str], int] = {}
JODOIGNE, INCOURT, LIEGE = "25048", "25043", "62063"


def form_xml(version: str = "1") -> bytes:
    return FORM.replace("{version}", version).encode()


def entity_of(instance_id: str) -> str:
    return f"0f9c9b3e-3b0c-4b57-9d0c-{instance_id.rpartition(':')[2]:0>12}"


def record_xml(
    instance_id: str, commune: str = JODOIGNE, *, note: str = "Visite", version: str = "1", deprecated: str = "",
    entity: str = "",
) -> bytes:  # fmt: skip
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    values = {"instance_id": instance_id, "commune": commune, "note": note, "version": version, "old": old}
    root = deprecated or instance_id
    return RECORD.format(**values, root=root, entity=entity or entity_of(root)).encode()


@dataclass
class StaffSite:
    """A server with one project; `manager@…` may review, `viewer@…` may read, `formfill@…` may fill only."""

    server: ReferenceServer
    project: int
    surveyor: Caller
    closing: ExitStack = field(default_factory=ExitStack)

    def submit(self, instance_id: str, commune: str = JODOIGNE, **options: str) -> bytes:
        xml = record_xml(instance_id, commune, **options)
        answer = self.surveyor.submit(xml)
        assert answer.status_code == 201, answer.text
        return xml

    def client(self, email: str = "manager@gal.example", *, url: str = "", password: str = PASSWORD) -> StaffClient:
        """Return a client that has signed in."""
        made = self.line(url)
        made.sign_in(email, password)
        return made

    def line(self, url: str = "", token: str = "") -> StaffClient:
        patience = Patience(connecting=3, sending=5, answer=5)
        made = StaffClient(url or self.server.url, self.project, token, patience=patience)
        self.closing.callback(made.close)
        return made

    @property
    def origin(self) -> str:
        return f"{self.server.url}/v1/projects/{self.project}"


def staff_site(server: ReferenceServer) -> StaffSite:
    """Return a new project on a running server; close `closing` at the end. Staff are the same in all of them."""
    project = server.create_project("GAL Culturalité")
    server.publish_form(project, form_xml())
    for role in ("manager", "viewer", "formfill"):
        number = _STAFF.get((server.url, role))
        if number is None:  # hashing a password takes its time
            _STAFF[server.url, role] = server.create_web_user(f"{role}@gal.example", PASSWORD, role, project)
        else:
            with server._database.writing() as db:  # what an administrator does over REST
                access.assign(db, number, role, project)
    session = requests.Session()
    token = server.create_app_user(project, "Agente du GAL")
    made = StaffSite(server, project, Caller(server.url, project, token, session))
    made.closing.callback(session.close)
    return made
