# SPDX-License-Identifier: EUPL-1.2
"""Entity lists and their rows over REST, for staff (contract, sections 2.6 and 8)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.wrappers import Response

from sync.server import answers, datasets, entities
from sync.server.answers import json_response
from sync.server.call import whole_number
from sync.server.rest import SUCCESS

if TYPE_CHECKING:
    from sync.server.call import Call


def list_datasets(call: Call, project: str) -> Response:
    """`GET /projects/N/datasets`."""
    with call.database.reading() as db:
        call.require(db, "dataset.list", whole_number(project))
        return json_response([each.as_json() for each in datasets.all_of(db, whole_number(project))])


def create_dataset(call: Call, project: str) -> Response:
    """`POST /projects/N/datasets {name}`; forms that make entities make their lists by themselves."""
    name = call.text("name")
    with call.database.writing() as db:
        call.require(db, "dataset.create", whole_number(project))
        datasets.create(db, whole_number(project), name)
        return json_response(datasets.named(db, whole_number(project), name).as_json())


def _dataset(call: Call, db: sqlite3.Connection, verb: str, project: str, name: str) -> datasets.Dataset:
    call.require(db, verb, whole_number(project))
    return datasets.named(db, whole_number(project), name)


def show_dataset(call: Call, project: str, name: str) -> Response:
    """`GET …/datasets/D`."""
    with call.database.reading() as db:
        return json_response(_dataset(call, db, "dataset.list", project, name).as_json())


def change_dataset(call: Call, project: str, name: str) -> Response:
    """`PATCH …/datasets/D {ownerOnly}`: whether each app user sees his own rows only."""
    owner_only = call.json().get("ownerOnly")
    if owner_only is not None and not isinstance(owner_only, bool):
        raise answers.unexpected_value("ownerOnly", str(owner_only), "true or false")
    with call.database.writing() as db:
        dataset = _dataset(call, db, "dataset.update", project, name)
        if owner_only is not None:
            datasets.set_owner_only(db, dataset, owner_only)
        return json_response(datasets.named(db, dataset.project_id, name).as_json())


def add_property(call: Call, project: str, name: str) -> Response:
    """`POST …/datasets/D/properties {name}`."""
    added = call.text("name")
    with call.database.writing() as db:
        datasets.add_property(db, _dataset(call, db, "dataset.update", project, name), added)
    return json_response(SUCCESS)


def list_entities(call: Call, project: str, name: str) -> Response:
    """`GET …/datasets/D/entities`: the latest first, without their data."""
    with call.database.reading() as db:
        rows = entities.all_of(db, _dataset(call, db, "entity.list", project, name))
    return json_response([row.as_json() for row in rows])


def show_entity(call: Call, project: str, name: str, uuid: str) -> Response:
    """`GET …/datasets/D/entities/UUID`, with its data."""
    with call.database.reading() as db:
        row = entities.named(db, _dataset(call, db, "entity.list", project, name), uuid)
    return json_response(row.as_json(whole=True))


def create_entity(call: Call, project: str, name: str) -> Response:
    """`POST …/datasets/D/entities {uuid, label, data}`; without a uuid it gets one."""
    uuid = call.text("uuid") if "uuid" in call.json() else str(uuid4())
    label, data = call.text("label"), call.texts("data")
    with call.database.writing() as db:
        dataset = _dataset(call, db, "entity.create", project, name)
        made = entities.create(db, dataset, uuid, label, data, call.actor.id if call.actor else 0)
    return json_response(made.as_json(whole=True))


def change_entity(call: Call, project: str, name: str, uuid: str) -> Response:
    """`PATCH …/entities/UUID?baseVersion=V|force=true {label, data}`; 409.15 if V is not its version."""
    label = call.text("label") if "label" in call.json() else ""
    data, version = call.texts("data"), call.request.args.get("baseVersion", "")
    base = None if call.request.args.get("force") == "true" else whole_number(version) if version else 0
    with call.database.writing() as db:
        dataset = _dataset(call, db, "entity.update", project, name)
        changed = entities.change(db, dataset, uuid, label, data, base)
    return json_response(changed.as_json(whole=True))


def delete_entity(call: Call, project: str, name: str, uuid: str) -> Response:
    """`DELETE …/entities/UUID`: forms forget it at their next sync (`integrity`)."""
    with call.database.writing() as db:
        entities.delete(db, _dataset(call, db, "entity.delete", project, name), uuid)
    return json_response(SUCCESS)


def dataset_csv(call: Call, project: str, name: str) -> Response:
    """`GET …/datasets/D/entities.csv`: the whole list, as forms get it."""
    with call.database.reading() as db:
        content = datasets.csv_of(db, _dataset(call, db, "entity.list", project, name))
    return Response(content, content_type="text/csv; charset=utf-8")
