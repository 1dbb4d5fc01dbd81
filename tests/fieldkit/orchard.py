# SPDX-License-Identifier: EUPL-1.2
"""A workspace with two forms that share an entity list: one plants trees, one visits them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms import EntityChange, FormSession
from tests.forms.entity_sheets import OTHER, PLANT, TREE, VISIT, sheet

SERVER = f"name,label,__version,species\n{TREE},Oak,3,oak\n{OTHER},Elm,1,elm\n".encode()
ORIGIN = "region"


def begin(store: Store, server: bytes = SERVER) -> None:
    """Put both forms and the list, as a pull does."""
    store.entities.put_list(ORIGIN, "trees", server, "md5:1")
    store.blank_forms.put("plant", "1", "Plant", sheet(PLANT, "plant"), {}, ORIGIN)
    store.blank_forms.put("visit", "1", "Visit", sheet(VISIT, "visit"), {}, ORIGIN, lists=["trees.csv"])


def draft(store: Store, form_id: str, deprecated_id: str = "", **answers: str) -> FormSession:
    """Begin a record and keep it; its answers are given by name."""
    session = FormSession(load_stored(store, form_id))
    for name, value in answers.items():
        session.answer(f"/f/{name}", value)
    at = datetime.now(UTC)
    instance = Instance(session.instance_id, form_id, session.form.version, State.DRAFT, form_id, at, at)
    store.instances.create(replace(instance, deprecated_id=deprecated_id), session.draft_xml())
    return session


def finish(store: Store, session: FormSession) -> EntityChange:
    """Finalize a record; return what it does."""
    finalized = session.finalize()
    store.instances.finalize(session.instance_id, finalized, datetime.now(UTC))
    (change,) = finalized.entities
    return change


def again(store: Store, instance_id: str) -> FormSession:
    """Open a draft with the list as it is now."""
    form = load_stored(store, store.instances.get(instance_id).form_id)
    return FormSession(form, instance_xml=store.instances.draft_xml(instance_id))


def rows(store: Store) -> dict[str, dict[str, str]]:
    """Read the list as forms see it."""
    content = store.blank_forms.attachment("visit", "1", "trees.csv").decode()
    return {row["name"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}


def server_csv(trees: dict[str, dict[str, str]]) -> bytes:
    """Write what a server gives of these trees: `__version` and properties by id."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["name", "label", "__version", "species", "height"], restval="")
    writer.writeheader()
    writer.writerows({"name": name, **tree} for name, tree in trees.items())
    return out.getvalue().encode()
