# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI file of the regional API is true of the reference server: its paths, its examples, its answers."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import Client  # noqa: TID253 — the server in process

import resources
from sync.server import ReferenceServer
from sync.server.application import ROUTES, Application
from sync.server.database import Database
from sync.server.faults import Faults
from tests.sync.dossier_form import dossier, dossier_form

DOCUMENT: dict[str, Any] = json.loads(resources.read_bytes("region", "openapi.json"))
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item if method != "parameters"
]
ENTITY = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"
# What the examples of the document cannot do on the seeded server, and why.
REFUSED_EXAMPLES = {
    ("POST", "/sessions"): 401,  # nobody's password
    ("POST", "/projects/{project}/assignments/{role}/{actor}"): 409,  # has it already
    ("DELETE", "/projects/{project}/forms/{form_id}/assignments/{role}/{actor}"): 404,  # has it on the project
    ("POST", "/projects/{project}/datasets"): 409,
    ("POST", "/projects/{project}/datasets/{name}/properties"): 409,
    ("GET", "/projects/{project}/forms/{form_id}/attachments/{name}"): 404,  # declares none
    ("POST", "/projects/{project}/forms/{form_id}/draft/attachments/{name}"): 404,
    ("GET", "/projects/{project}/forms/{form_id}/submissions/{root_id}/attachments/{name}"): 404,
    ("GET", "/projects/{project}/datasets/{name}/integrity"): 200,
}


def parts_of(xml: bytes) -> dict[str, tuple[io.BytesIO, str]]:
    return {"xml_submission_file": (io.BytesIO(xml), "s.xml")}


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the file of a server with one of everything, and its administrator's token."""
    folder = tmp_path_factory.mktemp("seed")
    with ReferenceServer(folder, admin_email="a@region.example", admin_password="correct horse") as region:  # noqa: S106 — of a test
        project = region.create_project("GAL")
        region.publish_form(project, dossier_form())
        region.create_app_user(project, "Ana")
    database = Database(folder / "region.sqlite3")
    client = Client(Application(database, lambda: "http://localhost", Faults()))
    body = {"email": "a@region.example", "password": "correct horse"}
    token = client.post("/v1/sessions", json=body).get_json()["token"]
    headers = {"Authorization": f"Bearer {token}", "X-OpenRosa-Version": "1.0"}
    for xml in (dossier("uuid:1", ENTITY), dossier("uuid:2", "not a uuid")):
        answer = client.post("/v1/projects/1/submission", data=parts_of(xml), headers=headers)
        assert answer.status_code == 201
    second = dossier_form().replace(b'id="dossier" version="1"', b'id="dossier" version="2"')
    assert client.post("/v1/projects/1/forms/dossier/draft", headers=headers, data=second).status_code == 200
    database.close()
    return folder / "region.sqlite3", token


@pytest.fixture
def served(seed: tuple[Path, str], tmp_path: Path) -> Iterator[tuple[Application, dict[str, str]]]:
    """Yield a server of its own, as the seed left it, and the headers of its administrator."""
    shutil.copy(seed[0], tmp_path / "region.sqlite3")
    database = Database(tmp_path / "region.sqlite3")
    headers = {"Authorization": f"Bearer {seed[1]}", "X-OpenRosa-Version": "1.0"}
    yield Application(database, lambda: "http://localhost", Faults()), headers
    database.close()


def test_every_route_is_described_and_every_description_is_a_route() -> None:
    routes = {(method, re.sub(r"<(\w+)>", r"{\1}", path)) for methods, path, _ in ROUTES for method in methods.split()}
    assert routes ^ {each for each in OPERATIONS if each[0] != "HEAD"} == set()


def example_of(parameter: dict[str, Any]) -> tuple[str, str, str]:
    if "$ref" in parameter:
        parameter = DOCUMENT["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    value = parameter.get("example", "")
    return parameter["in"], parameter["name"], str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_examples_work(served: tuple[Application, dict[str, str]], method: str, path: str) -> None:
    application, headers = served
    operation = DOCUMENT["paths"][path][method.lower()]
    examples = [example_of(each) for each in (*DOCUMENT["paths"][path].get("parameters", ()),
                                              *operation.get("parameters", ()))]  # fmt: skip
    url = path
    for place, name, value in examples:
        url = url.replace(f"{{{name}}}", value) if place == "path" else url
    body = operation.get("requestBody", {}).get("content", {})
    options: dict[str, Any] = {}
    if "application/json" in body:
        options["json"] = body["application/json"]["example"]
    elif "application/xml" in body:
        options["data"] = dossier_form().replace(b'id="dossier"', b'id="autre"') if path.endswith("forms") else b""
    elif "multipart/form-data" in body:
        options["data"] = parts_of(dossier("uuid:3", ENTITY))
    query = {name: value for place, name, value in examples if place == "query" and value}
    answer = Client(application).open("/v1" + url, method=method, headers=headers, query_string=query, **options)
    wanted = REFUSED_EXAMPLES.get((method, path))
    success = next(status for status in operation["responses"] if status.startswith("2"))
    assert answer.status_code == (wanted or int(success)), answer.text


@cache
def schema() -> Any:
    return schemathesis.openapi.from_dict(DOCUMENT)


def cases_of(method: str, path: str) -> Any:
    """Return valid and invalid requests; most of them for what the seed has, so that they come past the 404."""
    operation = schema()[path][method]
    parameters = DOCUMENT["components"]["parameters"]
    there = {name: parameters[name]["example"] for name in re.findall(r"\{(\w+)\}", path)} or None
    valid = [operation.as_strategy(), operation.as_strategy(path_parameters=there)]
    described = DOCUMENT["paths"][path][method.lower()]
    if "application/json" not in described.get("requestBody", {}).get("content", {}):
        return strategies.one_of(valid)
    return strategies.one_of(*valid, operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=there))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_as_described(
    served: tuple[Application, dict[str, str]], method: str, path: str
) -> None:
    application, headers = served
    client = Client(application)
    cases = cases_of(method, path)
    quick = settings(
        max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @quick
    @given(case=cases)
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers}
        response = case.call(app=application)
        case.validate_response(response, checks=CHECKS)

    call: Callable[[], None] = ask
    call()
    assert client.get("/v1/roles").status_code == 200
