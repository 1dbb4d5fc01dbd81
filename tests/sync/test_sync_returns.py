# SPDX-License-Identifier: EUPL-1.2
"""The way back: the region's list of dossiers confirms, returns and clears what was sent; each row once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms import FormSession
from sync.corrections import base_of
from sync.errors import Reason
from sync.pull import pull
from sync.push import push
from sync.returns import DossierReport, heed_dossiers, unconfirmed
from tests.dossiers import dossier_form, list_form, review_xml


@pytest.fixture
def office(store: Store, site: Any) -> SimpleNamespace:
    """Publish a form that sends dossiers and one that brings their list back; pull both."""
    site.server.publish_form(site.project, dossier_form())
    site.server.publish_form(site.project, list_form())
    client = site.client()
    assert pull(store, client).problems == []
    return SimpleNamespace(store=store, site=site, client=client)


def finish(office: SimpleNamespace, titre: str = "Halle", *, corrects: str = "") -> tuple[str, str]:
    """Finish a record; return its id and that of the entity that it makes ("" for a correction)."""
    session = FormSession(load_stored(office.store, "dossier"), deprecated_id=corrects)
    session.answer("/f/titre", titre)
    at = datetime.now(UTC)
    row = Instance(session.instance_id, "dossier", "1", State.DRAFT, titre, at, at, deprecated_id=corrects)
    office.store.instances.create(row, session.draft_xml())
    finalized = session.finalize()
    office.store.instances.finalize(session.instance_id, finalized, at)
    return session.instance_id, finalized.entities[0].entity_id


def review(office: SimpleNamespace, entity_id: str, statut: str, commentaire: str = "") -> None:
    """Write into the dossier as the office does."""
    office.site.client().submit(review_xml(entity_id, statut, commentaire))


def sync(office: SimpleNamespace) -> DossierReport:
    push(office.store, office.client, pause_seconds=0)
    report = pull(office.store, office.client)
    assert (report.problems, report.stopped) == ([], None)
    assert report.dossiers is not None
    return report.dossiers


def state_of(office: SimpleNamespace, instance_id: str) -> State:
    return office.store.instances.get(instance_id).state


def test_the_list_is_the_receipt_with_both_clocks(office: SimpleNamespace) -> None:
    before = datetime.now(UTC)
    sent, entity_id = finish(office)
    assert sync(office) == DossierReport(confirmed=[sent])
    receipt = office.store.dossiers.of(sent)
    assert (receipt.entity_id, receipt.status, receipt.comment) == (entity_id, "", "")
    assert before <= receipt.confirmed_at <= datetime.now(UTC)
    assert abs((receipt.server_at - receipt.confirmed_at).total_seconds()) < 5
    assert state_of(office, sent) is State.SUBMITTED
    assert [row["instance_id"] for row in office.site.server.entities(office.site.project, "dossiers")] == [sent]
    assert sync(office) == DossierReport()
    assert office.store.dossiers.of(sent) == receipt
    assert office.store.instances.get(sent).sent_to == f"{office.site.server.url}/v1/projects/{office.site.project}"


def test_what_is_to_be_corrected_comes_back_and_goes_again_as_a_correction(office: SimpleNamespace) -> None:
    sent, entity_id = finish(office)
    sync(office)
    receipt = office.store.dossiers.of(sent)
    review(office, entity_id, "à corriger", "code_postal : 1371 n’existe pas.\nMerci.")
    assert sync(office) == DossierReport(returned=[sent])
    returned = office.store.instances.get(sent)
    assert (returned.state, returned.reason_text) == (
        State.RETURNED,
        "code_postal : 1371 n’existe pas.\nMerci.",
    )
    assert sync(office) == DossierReport()
    assert office.store.instances.get(sent) == returned

    assert base_of(office.store, sent) == sent
    corrected, _ = finish(office, corrects=sent)
    assert sync(office) == DossierReport()  # the same row: it has had its effect
    assert (state_of(office, sent), state_of(office, corrected)) == (State.SUBMITTED, State.SUBMITTED)
    review(office, entity_id, "À corriger", "Encore le titre.")
    assert sync(office) == DossierReport(returned=[corrected])
    assert (state_of(office, sent), state_of(office, corrected)) == (State.SUBMITTED, State.RETURNED)
    review(office, entity_id, "accepté")
    assert sync(office) == DossierReport(cleared=[corrected])
    assert state_of(office, corrected) is State.SUBMITTED
    accepted = office.store.dossiers.of(sent)
    assert (accepted.status, accepted.confirmed_at, accepted.server_at) == (
        "accepté",
        receipt.confirmed_at,
        receipt.server_at,
    )
    assert accepted.changed_at > receipt.changed_at


def test_a_correction_under_way_is_left_alone(office: SimpleNamespace) -> None:
    sent, entity_id = finish(office)
    sync(office)
    review(office, entity_id, "hasIssues", "Une première remarque.")
    sync(office)
    session = FormSession(load_stored(office.store, "dossier"), deprecated_id=sent)
    at = datetime.now(UTC)
    draft = Instance(session.instance_id, "dossier", "1", State.DRAFT, "x", at, at, deprecated_id=sent)
    office.store.instances.create(draft, session.draft_xml())
    review(office, entity_id, "hasIssues", "Une seconde remarque.")
    assert sync(office) == DossierReport()
    assert office.store.instances.get(sent).reason_text == "Une seconde remarque."
    review(office, entity_id, "approved")
    assert sync(office) == DossierReport(cleared=[sent])
    assert office.store.instances.get(draft.instance_id) == draft
    assert office.store.instances.draft_xml(draft.instance_id) == session.draft_xml()


def test_a_status_that_nobody_knows_has_no_effect(office: SimpleNamespace) -> None:
    sent, entity_id = finish(office)
    sync(office)
    review(office, entity_id, "à corriger", "Le titre.")
    sync(office)
    review(office, entity_id, "chez le ministre", "Le titre.")
    assert sync(office) == DossierReport()
    assert state_of(office, sent) is State.RETURNED
    assert office.store.dossiers.of(sent).status == "chez le ministre"


def test_a_receipt_proves_what_a_closed_form_could_not_tell(office: SimpleNamespace, line: Any) -> None:
    """Contract, F26: the answer was lost, then the form was closed; the list shows that it did arrive."""
    sent, _ = finish(office)
    line.lose_answers = 9
    push(office.store, office.site.client(line.url), pause_seconds=0)
    line.lose_answers = 0
    office.site.server.set_form_state(office.site.project, "dossier", "closed")
    assert push(office.store, office.client, pause_seconds=0).rejected == {sent: Reason.CLOSED_MAYBE_RECEIVED}
    assert sync(office) == DossierReport(confirmed=[sent])
    assert state_of(office, sent) is State.SUBMITTED


def test_a_receipt_proves_nothing_for_bytes_that_were_refused_as_others(office: SimpleNamespace) -> None:
    sent, _ = finish(office)
    sync(office)
    at = datetime.now(UTC)
    office.store.instances.create(Instance("uuid:other", "dossier", "1", State.DRAFT, "x", at, at), b"<f/>")
    assert state_of(office, "uuid:other") is State.DRAFT  # a draft is never touched
    other, entity_id = finish(office, "Autre")
    office.store.instances.mark_attempted(other, at)
    office.store.instances.mark_rejected(other, Reason.DIFFERENT_XML, "")
    office.site.client().submit(office.store.instances.frozen_xml(other))
    review(office, entity_id, "reçu")
    assert sync(office) == DossierReport(confirmed=[other])
    assert state_of(office, other) is State.REJECTED
    assert state_of(office, sent) is State.SUBMITTED


def test_what_the_list_never_names_is_told_after_its_days(office: SimpleNamespace) -> None:
    """Contract, F37: the submission was taken, the entity was not; 201 does not tell."""
    finish(office, "")  # without a label no server makes an entity
    lost, _ = finish(office, "Perdu")
    push(office.store, office.client)
    for row in office.site.server.entities(office.site.project, "dossiers"):
        office.site.server.delete_entity(office.site.project, "dossiers", row["name"])
    sync(office)
    assert unconfirmed(office.store, "region", 30) == ()
    _age(office.store, 31)
    waiting = unconfirmed(office.store, "region", 30)
    assert (len(waiting), waiting[1]) == (2, lost)
    assert unconfirmed(office.store, "region", 40) == ()
    assert {state_of(office, one) for one in waiting} == {State.SUBMITTED}
    assert unconfirmed(office.store, "elsewhere", 30) == ()  # whose list never came tells nothing


def _age(store: Store, days: int) -> None:
    """Let so many days pass: the list is seen again then, and nothing in it has changed."""
    store.facts.set("returns.region.at", (datetime.now(UTC) + timedelta(days=days)).isoformat())


def test_a_row_finds_its_record_by_the_entity_alone(office: SimpleNamespace, samples: Any) -> None:
    """A list without `instance_id`: the entity is one that a record here makes, also when the list is long as far."""
    sent, entity_id = finish(office)
    sync(office)
    content = f"name,label,__version,statut,commentaire\n{entity_id},Halle,7,a_corriger,Le titre\n".encode()
    office.store.entities.put_list("region", "dossiers", content, "by-hand")
    from sync.returns import heed_dossiers  # noqa: PLC0415 — only here without a pull

    assert heed_dossiers(office.store, "region", None) == DossierReport(returned=[sent])
    unknown = b"name,label,statut,instance_id\n9f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10,X,accepte,uuid:nowhere\n"
    office.store.entities.put_list("region", "dossiers", unknown, "by-hand-2")
    assert heed_dossiers(office.store, "region", None) == DossierReport()
    assert state_of(office, sent) is State.RETURNED


def test_only_an_account_with_the_list_is_told_anything(
    store: Store, site: Any, finalize: Callable[..., bytes]
) -> None:
    finalize("uuid:1")
    push(store, site.client())
    report = pull(store, site.client())
    assert report.dossiers is None
    assert unconfirmed(store, "region", 0) == ()


def test_a_long_list_costs_no_more_for_each_of_its_rows(store: Store, finalize: Callable[..., bytes]) -> None:
    """Steps of the database and not seconds: those of a row must not hang on how many records there are."""

    def steps_for(first: int, last: int) -> int:
        ids = [f"uuid:{number}" for number in range(first, last)]
        with store.dossiers.together():
            for instance_id in ids:
                finalize(instance_id)
                store.instances.mark_submitted(instance_id, datetime.now(UTC))
        rows = "".join(f"{instance_id},l,1,reçu,,{instance_id}\n" for instance_id in ids)
        store.entities.put_list(
            "o", "dossiers", f"name,label,__version,statut,commentaire,instance_id\n{rows}".encode(), "1"
        )
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        database = store.dossiers._db._db
        database.set_progress_handler(step, 100)
        assert len(heed_dossiers(store, "o", None).confirmed) == len(ids)
        database.set_progress_handler(None, 0)
        return count

    few = steps_for(0, 50)
    assert steps_for(50, 250) < 2 * 4 * few


def test_records_that_correct_each_other_in_a_circle_end_the_search(
    store: Store, finalize: Callable[..., bytes]
) -> None:
    finalize("uuid:1", deprecated="uuid:2")
    finalize("uuid:2", deprecated="uuid:1")
    assert store.dossiers.last_delivered("uuid:1") == ""
    store.instances.mark_submitted("uuid:2", datetime.now(UTC))
    assert store.dossiers.last_delivered("uuid:1") == "uuid:2"
