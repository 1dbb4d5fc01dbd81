# SPDX-License-Identifier: EUPL-1.2
"""Who calls in the contract tests: staff who set a server up through REST, and app users.

The server is a reference server, or the one that FIELDKIT_SERVER_URL names.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests  # noqa: TID253 — this is the other end of the line

from sync.server import ReferenceServer

FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Lieux &amp; liens</h:title><model>
<itext><translation lang="fr"><text id="a"><value form="image">jr://images/carte.png</value></text></translation></itext>
<instance><data id="lieux" version="{version}"><nom/><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/nom" type="string"/><bind nodeset="/data/photo" type="binary"/></model></h:head>
<h:body><input ref="/data/nom"><label>Nom</label></input></h:body></h:html>"""


def form_xml(version: str = "1") -> bytes:
    return FORM.format(version=version).encode()


def instance(
    instance_id: str, nom: str = "Perwez", *, version: str = "1", deprecated: str = "", photo: str = ""
) -> bytes:
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    name = f"<instanceID>{instance_id}</instanceID>" if instance_id else ""
    return (
        f'<data id="lieux" version="{version}"><nom>{nom}</nom><photo>{photo}</photo><meta>{old}{name}</meta></data>'
    ).encode()


@dataclass
class Caller:
    """Calls one server by requests; `token` goes as Bearer."""

    url: str
    project: int
    token: str
    session: requests.Session
    actor_id: int = 0

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        self.session.trust_env = False
        url = f"{self.url}/v1{path.replace('/P/', f'/projects/{self.project}/')}"
        return self.session.request(method, url, headers=headers, allow_redirects=False, timeout=10, **options)

    def submit(self, xml: bytes, **files: bytes) -> requests.Response:
        parts = {"xml_submission_file": ("s.xml", xml, "text/xml")} | {
            name.replace("__", "."): ("x", content) for name, content in files.items()
        }
        return self.call("POST", "/P/submission", files=parts)


@dataclass
class Staff(Caller):
    """An administrator who sets a server up through its REST paths, as any regional server has them."""

    def publish_form(self, xml: bytes, form_id: str = "lieux", **media: bytes) -> None:
        headers = {"Content-Type": "application/xml"}
        path = f"/P/forms/{form_id}/draft"
        created = self.call("POST", "/P/forms?ignoreWarnings=true", data=xml, headers=headers)
        if created.status_code == 409:
            assert self.call("POST", path, data=xml, headers=headers).status_code == 200
        for file, content in media.items():
            medium = f"{path}/attachments/{file.replace('__', '.')}"
            assert self.call("POST", medium, data=content).status_code == 200
        assert self.call("POST", f"{path}/publish").status_code == 200

    def create_app_user(self, *forms: str, assigned: bool = True) -> Caller:
        user = self.call("POST", "/P/app-users", json={"displayName": "Agent"}).json()
        made = Caller(self.url, self.project, user["token"], self.session, user["id"])
        for form_id in forms or (("lieux",) if assigned else ()):
            self.assign(made, form_id)
        return made

    def assign(self, user: Caller, form_id: str = "lieux") -> None:
        role = next(each["id"] for each in self.call("GET", "/roles").json() if each["system"] == "app-user")
        assert self.call("POST", f"/P/forms/{form_id}/assignments/{role}/{user.actor_id}").status_code == 200

    def revoke(self, user: Caller) -> None:
        assert self.call("DELETE", f"/sessions/{user.token}").status_code == 200

    def set_form_state(self, state: str) -> None:
        assert self.call("PATCH", "/P/forms/lieux", json={"state": state}).status_code == 200

    def delete_submission(self, root_id: str) -> None:
        assert self.call("DELETE", f"/P/forms/lieux/submissions/{root_id}").status_code == 200

    def stored(self) -> dict[str, bytes]:
        rows = self.call("GET", "/P/forms/lieux/submissions").json()
        path = "/P/forms/lieux/submissions"
        return {row["instanceId"]: self.call("GET", f"{path}/{row['instanceId']}.xml").content for row in rows}

    def files(self, root_id: str) -> dict[str, bytes | None]:
        path = f"/P/forms/lieux/submissions/{root_id}/attachments"
        return {
            row["name"]: self.call("GET", f"{path}/{row['name']}").content if row["exists"] else None
            for row in self.call("GET", path).json()
        }


@contextmanager
def contract_server(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield address, member of staff and password: of FIELDKIT_SERVER_URL, else of a reference server in `folder`."""
    if url := os.environ.get("FIELDKIT_SERVER_URL"):
        yield url.rstrip("/"), os.environ["FIELDKIT_SERVER_EMAIL"], os.environ["FIELDKIT_SERVER_PASSWORD"]
        return
    with ReferenceServer(folder, admin_email="staff@region.example", admin_password="correct horse") as region:  # noqa: S106 — of a test
        yield region.url, "staff@region.example", "correct horse"


def eventually(read: Callable[[], Any], wanted: Any, seconds: float = 40) -> None:
    """Ask until the answer is the wanted one: Central makes entities up to 25 seconds after the submission."""
    end = time.monotonic() + seconds
    while (found := read()) != wanted and time.monotonic() < end:
        time.sleep(0.2)
    assert found == wanted


def message(response: requests.Response) -> str:
    assert response.headers["X-OpenRosa-Version"] == "1.0"
    found = re.search(r"<message nature=\"(\w*)\">(.*)</message>", response.text)
    assert found, response.text
    return found[2]
