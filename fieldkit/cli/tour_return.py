# SPDX-License-Identifier: EUPL-1.2
"""The way back, as acts of the tour: the Region asks for a correction, gets it, accepts it; the proof is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit import application
from fieldkit.cli.tour_evidence import keep_pages
from fieldkit.cli.tour_journal import TourError
from fieldkit.instance import State
from fieldkit.proof import proof_of

if TYPE_CHECKING:
    from fieldkit.cli.tour_stage import Stage
    from sync.office import Office

EMAIL, PASSWORD = "revue@region.example", "une revue de démonstration"
QUESTION = "/data/b_porteur/porteur/contact_telephone"
REMARK = "ce numéro n’est pas en service, lequel appeler\u202f?"
COMMENT = f"Merci pour ce dossier clair. Une précision avant la décision.\ncontact_telephone\u00a0: {REMARK}"
CORRECTED = "081 00 00 00"
THANKS = "Dossier complet, retenu pour la démonstration."


def ask_correction(stage: Stage) -> str:
    """Let a reviewer ask for a correction over REST; the window hears of it and shows it beside the record."""
    sent = stage.ids["application"]
    stage.server.create_web_user(EMAIL, PASSWORD)
    with _office(stage) as office:
        office.review(application.FORM_ID, sent, "hasIssues", "à corriger", COMMENT)
    _look_for_answers(stage)
    returned = stage.kit.store.instances.get(sent)
    if (returned.state, returned.reason_text) != (State.RETURNED, COMMENT):
        raise TourError(f"the application is {returned.state}: {returned.reason_text!r}")
    stage.window.show_screen("records", sent)
    stage.shoot("returned")
    return f"« À corriger »: {COMMENT.splitlines()[0]}"


def correct_application(stage: Stage) -> str:
    """Press « Corriger », answer the question that the remark stands beside, finish and send."""
    from ui import hand

    hand.click(hand.button(stage.window.screen_widget("records"), "Corriger"))
    page = stage.page
    sent, stage.ids["correction"] = stage.ids["application"], page.instance_id
    page.walk.go_to(QUESTION)
    if page.desk.comment is None or page.desk.comment.pinned != {QUESTION: REMARK}:
        raise TourError(f"the remark is not beside its question: {page.desk.comment}")
    stage.shoot("correction")
    hand.answer(page, QUESTION, CORRECTED)
    page.verify()
    hand.settle()
    hand.click(page.review_foot.main)
    hand.wait_until(lambda: not stage.kit.connection.running, "sending the correction does not end")
    correction = stage.kit.store.instances.get(page.instance_id)
    if (correction.state, correction.deprecated_id) != (State.SUBMITTED, sent):
        raise TourError(f"the correction is {correction.state}, of {correction.deprecated_id or 'nothing'}")
    versions = stage.server.submissions(stage.project, application.FORM_ID, every_version=True)
    if [one.instance_id for one in versions] != [sent, page.instance_id]:
        raise TourError(f"the Region has {[one.instance_id for one in versions]}")
    return "sent as an edit (deprecatedID), one dossier of two versions"


def hear_acceptance(stage: Stage) -> str:
    """Let the reviewer accept; the window says so, and the proof of filing holds the receipt."""
    from ui.record_paper import show_proof

    sent, correction = stage.ids["application"], stage.ids["correction"]
    with _office(stage) as office:
        office.review(application.FORM_ID, sent, "approved", "accepté", THANKS)
    _look_for_answers(stage)
    store = stage.kit.store
    said = store.dossiers.said_of(store.instances.get(correction))
    if said is None or said.status != "accepté":
        raise TourError(f"the Region accepted, the window heard {said}")
    stage.window.show_screen("records", correction)
    stage.shoot("accepted")
    proof = proof_of(store, sent)
    if proof.confirmed_at is None or not proof.entity_id:
        raise TourError("the proof has no receipt")
    keep_pages(stage, "proof", lambda: show_proof(stage.kit, store.instances.get(sent), stage.window))
    return f"« Accepté », receipt {proof.entity_id[:8].upper()}, SHA-256 {proof.sha256[:12]}… in the proof"


def _office(stage: Stage) -> Office:
    from sync.office import Office

    return Office(stage.server.url, stage.project, EMAIL, PASSWORD)


def _look_for_answers(stage: Stage) -> None:
    from ui import hand

    stage.window.show_screen("outbox")
    hand.click(hand.button(stage.window.screen_widget("outbox"), "Vérifier maintenant"))
    hand.wait_until(lambda: not stage.kit.connection.running, "looking for answers does not end")
