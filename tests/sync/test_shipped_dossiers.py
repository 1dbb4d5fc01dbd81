# SPDX-License-Identifier: EUPL-1.2
"""The forms that ship, at a region as `serve` makes it: dossiers there and back, each account its own."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import resources
from fieldkit import answer_files, application, diagnostic, lifting, standing
from fieldkit.account import Account
from fieldkit.cli.serving import publish_shipped
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.proof import proof_of
from fieldkit.shipped_forms import ORIGIN, install_shipped_forms, read_media
from fieldkit.store import Store
from forms import FormSession, load_form
from sync.client import RegionClient
from sync.errors import Refused, WrongPassword
from sync.office import Office
from sync.pull import pull
from sync.push import push
from sync.returns import DossierReport, unconfirmed
from sync.server import ReferenceServer

EMAIL, PASSWORD = "revue@region.example", "correct horse"
ANSWERS = {application.FORM_ID: "application_perwez", diagnostic.FORM_ID: "diagnostic_express_perwez"}
BEFORE = {application.FORM_ID: "2026112202", diagnostic.FORM_ID: "2026112201"}
COMMENT = "adresse : la rue manque.\nMerci pour ce dossier."


def form_before(form_id: str) -> bytes:
    """Read a form as it shipped before it made dossiers."""
    name = f"{form_id}_{BEFORE[form_id]}.xml.gz"
    return gzip.decompress((Path(__file__).parents[1] / "fieldkit" / "data" / name).read_bytes())


@pytest.fixture
def region(tmp_path: Path) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path / "region") as server:
        server.create_project("Essai")
        publish_shipped(server, 1)
        server.create_web_user(EMAIL, PASSWORD)
        yield server


@pytest.fixture
def agent(region: ReferenceServer, store: Store) -> Iterator[SimpleNamespace]:
    """Be an agent whose program has the shipped forms and an access, and has not heard of the region yet."""
    install_shipped_forms(store)
    client = RegionClient(Account("essai", region.url, 1, "Essai"), region.create_app_user(1, "agent"))
    yield SimpleNamespace(region=region, store=store, client=client)
    client.close()


@pytest.fixture
def office(region: ReferenceServer) -> Iterator[Office]:
    with Office(region.url, 1, EMAIL, PASSWORD) as staff:
        yield staff


def begin(store: Store, session: FormSession, corrects: str = "") -> str:
    at, form = datetime.now(UTC), session.form
    row = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, "", at, at, deprecated_id=corrects)
    store.instances.create(row, session.draft_xml())
    return session.instance_id


def fill_in(form_id: str, session: FormSession) -> FormSession:
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", f"{ANSWERS[form_id]}.json")))
    return session


def finish(store: Store, session: FormSession, corrects: str = "") -> str:
    begin(store, session, corrects)
    store.instances.finalize(session.instance_id, session.finalize(), datetime.now(UTC))
    return session.instance_id


def sync(agent: SimpleNamespace) -> DossierReport:
    push(agent.store, agent.client, pause_seconds=0, origin="essai")
    report = pull(agent.store, agent.client, origin="essai")
    assert (report.problems, report.stopped) == ([], None)
    assert report.dossiers is not None
    return report.dossiers


@pytest.mark.parametrize("form_id", ANSWERS)
def test_a_dossier_goes_comes_back_is_corrected_and_accepted(
    agent: SimpleNamespace, office: Office, form_id: str
) -> None:
    store = agent.store
    assert store.blank_forms.get(form_id).origin == ORIGIN  # finished before the region was ever heard of
    session = fill_in(form_id, FormSession(load_stored(store, form_id)))
    sent = finish(store, session)
    assert sync(agent) == DossierReport(confirmed=[sent])
    (row,) = agent.region.entities(1, standing.LIST)
    assert (row["instance_id"], row["label"], row["statut"]) == (sent, session.instance_name, "")

    office.review(form_id, sent, "hasIssues", "à corriger", COMMENT)
    assert sync(agent) == DossierReport(returned=[sent])
    returned = store.instances.get(sent)
    assert (returned.state, returned.reason_text) == (State.RETURNED, COMMENT)

    without_identity = re.sub(rb"(<instanceID[^<>]*>)[^<]*", rb"\1", store.instances.frozen_xml(sent))
    again = FormSession(load_stored(store, form_id), instance_xml=without_identity, deprecated_id=sent)
    corrected = finish(store, again, corrects=sent)
    assert sync(agent) == DossierReport()
    assert [one["name"] for one in agent.region.entities(1, standing.LIST)] == [row["name"]]
    versions = agent.region.submissions(1, form_id, every_version=True)
    assert [one.instance_id for one in versions] == [sent, corrected]
    assert [one.xml for one in versions] == [store.instances.frozen_xml(one) for one in (sent, corrected)]

    store.facts.set("returns.essai.at", (datetime.now(UTC) + timedelta(days=31)).isoformat())
    assert unconfirmed(store, "essai", 30) == ()  # an edit makes no dossier of its own: none is missed

    office.review(form_id, sent, "approved", "accepté", "Merci.")
    sync(agent)
    assert store.dossiers.said_of(store.instances.get(corrected)).status == "accepté"
    proof = proof_of(store, sent)
    assert (proof.entity_id, proof.status) == (row["name"], 201)
    assert proof.confirmed_at is not None


def test_mes_dossiers_tells_where_each_stands() -> None:
    """As ODK Collect shows it: Field Kit reads the list itself."""
    one, two = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10", "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b11"
    rows = f"{one},Halle,2,uuid:1,à corriger,Le titre.\n{two},Relais,1,uuid:2,,\n"
    head = "name,label,__version,instance_id,statut,commentaire\n"
    xml = resources.read_bytes("region", "mes_dossiers.xml")
    session = FormSession(load_form(xml, lambda _name: (head + rows).encode()))
    seen = {}
    for dossier in (one, two):
        session.answer("/data/suivi/dossier", dossier)
        notes = [session.node(f"/data/suivi/{name}") for name in ("etat", "remarques")]
        seen[dossier] = [note.label.value for note in notes if note.relevant and note.label]
    assert seen == {one: ["**à corriger**", "La région écrit\u00a0: Le titre."], two: ["**reçu**"]}
    nothing = FormSession(load_form(xml, lambda _name: head.encode()))
    assert [nothing.node(f"/data/suivi/{name}").relevant for name in ("aucun", "usage", "dossier")] == [
        True,
        False,
        False,
    ]


def test_an_account_sees_its_own_dossiers_only(agent: SimpleNamespace) -> None:
    finish(agent.store, fill_in(diagnostic.FORM_ID, FormSession(load_stored(agent.store, diagnostic.FORM_ID))))
    sync(agent)
    assert len(agent.store.entities.server_rows("essai", standing.LIST)) == 1
    other = RegionClient(Account("b", agent.region.url, 1, "B"), agent.region.create_app_user(1, "b"))
    with closing(other):
        assert pull(agent.store, other, origin="b").problems == []
    assert agent.store.entities.server_rows("b", standing.LIST) == {}


@pytest.mark.parametrize("form_id", ANSWERS)
def test_a_draft_of_the_version_before_keeps_every_answer_and_then_makes_its_dossier(
    agent: SimpleNamespace, form_id: str
) -> None:
    store = agent.store
    old = load_form(form_before(form_id), read_media)
    assert (old.version, old.entities) == (BEFORE[form_id], ())
    files = {name: read_media(name) for name in old.attachments}
    store.blank_forms.put(form_id, old.version, old.title, form_before(form_id), files, ORIGIN)
    session = fill_in(form_id, FormSession(old))
    draft = begin(store, session)
    newest = load_form(resources.read_bytes("forms", f"{form_id}.xml"), read_media)
    store.blank_forms.put(form_id, newest.version, newest.title, newest_xml(form_id), files, ORIGIN)
    assert lifting.newer_version(store, store.instances.get(draft)) == newest.version
    done = lifting.lift_draft(store, draft)
    assert (done.changed, done.orphaned, done.moved) == ((), (), ())
    assert len(done.kept) > 50
    lifted = FormSession(newest, instance_xml=store.instances.draft_xml(draft))
    assert (lifted.instance_id, lifted.instance_name) == (draft, session.instance_name)
    store.instances.finalize(draft, lifted.finalize(), datetime.now(UTC))
    assert sync(agent) == DossierReport(confirmed=[draft])


def newest_xml(form_id: str) -> bytes:
    return resources.read_bytes("forms", f"{form_id}.xml")


def test_a_folder_of_an_earlier_program_gets_the_forms_once_and_keeps_what_was_set(tmp_path: Path) -> None:
    with ReferenceServer(tmp_path / "old") as server:
        server.create_project("Essai")
        for form_id in ANSWERS:
            xml = form_before(form_id)
            server.publish_form(1, xml, {name: read_media(name) for name in load_form(xml, read_media).attachments})
        server.publish_form(1, newest_xml(application.FORM_ID).replace(b"2026112601", b"2999010101"))
        assert publish_shipped(server, 1) == (diagnostic.FORM_ID, standing.FORM)
        assert server.form_versions(1)[application.FORM_ID] == "2999010101"
        server.set_owner_only(1, standing.LIST, False)
        assert publish_shipped(server, 1) == ()
        assert sees_all(server)


def sees_all(server: ReferenceServer) -> bool:
    server.create_web_user(EMAIL, PASSWORD)
    with Office(server.url, 1, EMAIL, PASSWORD) as staff:
        path = staff.client.path(f"/datasets/{standing.LIST}")
        return staff.client._get_json(path, standing.LIST)["ownerOnly"] is False


def test_the_office_is_told_what_the_server_refuses(agent: SimpleNamespace, office: Office) -> None:
    with pytest.raises(WrongPassword):
        Office(agent.region.url, 1, EMAIL, "wrong")
    with pytest.raises(Refused, match="deleted"):
        office.review(application.FORM_ID, "uuid:none", "approved", "accepté")
    old = load_form(form_before(diagnostic.FORM_ID).replace(b"2026112201", b"2999010101"), read_media)
    agent.region.publish_form(1, form_before(diagnostic.FORM_ID).replace(b"2026112201", b"2999010101"))
    agent.store.blank_forms.put(old.form_id, old.version, old.title, b"<x/>", {}, ORIGIN)
    sent = finish(agent.store, fill_in(diagnostic.FORM_ID, FormSession(old)))
    sync(agent)
    with pytest.raises(Refused, match="no dossier of"):
        office.review(diagnostic.FORM_ID, sent, "approved", "accepté")
