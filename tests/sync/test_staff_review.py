# SPDX-License-Identifier: EUPL-1.2
"""Staff decide on a record; who sent it hears of it by the list of dossiers, and nobody is overruled unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldkit.received import ReceivedRecord
from fieldkit.standing import Standing, standing_of
from fieldkit.store import Store
from sync.errors import Interrupted, MayNotReview, OtherProject, Reason, Refused, ReviewedMeanwhile, SessionOver
from sync.server import ReferenceServer
from sync.server.faults import Fault, When
from sync.staff.client import StaffClient
from sync.staff.gather import gather
from sync.staff.review import Reviewed, comments_on, dossiers_of, review
from tests.sync.staff_site import StaffSite, entity_of, form_xml, staff_site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer, store: Store) -> Iterator[StaffSite]:
    made = staff_site(server)
    with made.closing:
        made.submit("uuid:1", note="Verger")
        gather(store, made.client(), origin=made.origin)
        yield made
    server.faults.clear()


@pytest.fixture
def record(place: StaffSite, store: Store) -> ReceivedRecord:
    return store.received.get("uuid:1")


@pytest.fixture
def client(place: StaffSite) -> StaffClient:
    return place.client()


def dossier(place: StaffSite) -> dict[str, str]:
    (row,) = place.server.entities(place.project, "dossiers")
    return row


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("hasIssues", Standing.TO_CORRECT),
        ("approved", Standing.ACCEPTED),
        ("rejected", Standing.REFUSED),
        ("", Standing.RECEIVED),
    ],
)
def test_a_decision_and_its_comment_reach_who_sent_it(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord, state: str, standing: Standing
) -> None:
    assert review(store, client, record, state, "Note : à préciser.\n") == Reviewed(told=1)
    assert client.review_of("visites", "uuid:1").state == state
    (said,) = client.comments("visites", "uuid:1")
    assert (said.author, said.body) == ("manager@gal.example", "Note : à préciser.")
    row = dossier(place)
    assert (standing_of(row["statut"]), row["commentaire"]) == (standing, "Note : à préciser.")
    assert store.received.get("uuid:1").review_state == state


def test_the_entity_is_that_of_the_records_own_xml(store: Store, record: ReceivedRecord) -> None:
    assert dossiers_of(store, record) == (entity_of("uuid:1"),)


def test_a_correction_asked_for_twice_is_two_states_of_the_dossier(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    review(store, client, record, "hasIssues", "La surface")
    before = int(dossier(place)["__version"])
    place.submit("uuid:11", deprecated="uuid:1", note="Verger corrigé")
    gather(store, client, origin=place.origin)
    review(store, client, store.received.get("uuid:1"), "hasIssues", "La surface")
    assert int(dossier(place)["__version"]) == before + 1
    assert [one.body for one in client.comments("visites", "uuid:1")] == ["La surface", "La surface"]


def test_what_a_colleague_decided_meanwhile_is_told_and_stays(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    review(store, place.client(), record, "approved", "Très bien")
    with pytest.raises(ReviewedMeanwhile) as told:
        review(store, client, record, "rejected", "Non")  # by one who looked before
    assert (told.value.state, told.value.comment, told.value.corrected) == ("approved", "Très bien", False)
    assert client.review_of("visites", "uuid:1").state == "approved"
    assert [one.body for one in client.comments("visites", "uuid:1")] == ["Très bien"]
    review(store, client, store.received.get("uuid:1"), "rejected", "Non")  # who knows of it may
    assert dossier(place)["statut"] == "refusé"


def test_a_record_that_was_corrected_since_is_not_judged_by_its_old_answers(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.submit("uuid:11", deprecated="uuid:1")
    with pytest.raises(ReviewedMeanwhile) as told:
        review(store, client, record, "rejected")
    assert told.value.corrected
    assert client.review_of("visites", "uuid:1").state == "edited"


def test_who_may_only_read_is_told_and_nothing_changes(place: StaffSite, store: Store, record: ReceivedRecord) -> None:
    with pytest.raises(MayNotReview):
        review(store, place.client("viewer@gal.example"), record, "approved", "Bien")
    assert store.received.get("uuid:1").review_state == ""
    assert place.client().comments("visites", "uuid:1") == ()
    assert dossier(place)["statut"] == ""


def test_a_lost_answer_to_a_comment_says_it_once(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.server.faults.add(Fault(r"^POST .*/comments", When.AFTER))
    with pytest.raises(Interrupted):
        review(store, client, record, "hasIssues", "La surface")
    assert review(store, client, store.received.get("uuid:1"), "hasIssues", "La surface") == Reviewed(told=1)
    assert [one.body for one in client.comments("visites", "uuid:1")] == ["La surface"]


def test_another_word_in_the_dossier_meanwhile_stays(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    """409.15: somebody wrote to the entity between our reading and our writing."""
    told, others = client.tell_dossier, place.client()
    calls = []

    def late(entity_id: str, version: int, status: str, comment: str) -> bool:
        calls.append(version)
        if len(calls) == 1:
            assert others.tell_dossier(entity_id, version, "accepté", "D’une collègue")
        return told(entity_id, version, status, comment)

    client.tell_dossier = late  # type: ignore[method-assign]
    assert review(store, client, record, "rejected", "Non") == Reviewed(untold=1)
    assert (dossier(place)["statut"], dossier(place)["commentaire"]) == ("accepté", "D’une collègue")


def test_a_change_of_something_else_in_the_dossier_is_no_obstacle(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    told, others = client.tell_dossier, place.client()
    calls = []

    def late(entity_id: str, version: int, status: str, comment: str) -> bool:
        calls.append(version)
        if len(calls) == 1:
            assert others.tell_dossier(entity_id, version, "", "")  # the version moves, the words do not
        return told(entity_id, version, status, comment)

    client.tell_dossier = late  # type: ignore[method-assign]
    assert review(store, client, record, "rejected", "Non") == Reviewed(told=1)
    assert calls == [1, 2]


def test_a_dossier_that_is_not_made_yet_is_no_error(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.server.delete_entity(place.project, "dossiers", entity_of("uuid:1"))
    assert review(store, client, record, "approved") == Reviewed()


def test_a_correction_that_names_an_entity_of_its_own_is_found_in_the_list_by_its_record(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.submit("uuid:11", deprecated="uuid:1", entity=entity_of("uuid:99"))
    gather(store, client, origin=place.origin)
    corrected = store.received.get("uuid:1")
    assert dossiers_of(store, corrected) == (entity_of("uuid:99"),)
    assert review(store, client, corrected, "approved", "Merci") == Reviewed(told=1)
    assert (dossier(place)["statut"], dossier(place)["commentaire"]) == ("approuvé", "Merci")


def test_a_state_that_is_none_is_a_fault_of_the_caller(
    store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    with pytest.raises(ValueError, match="perdu"):
        review(store, client, record, "perdu")


def test_a_session_that_was_ended_says_so(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.server.revoke(client._token)
    with pytest.raises(SessionOver):
        review(store, client, record, "approved")


def test_a_second_version_of_the_form_is_of_no_concern(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.server.publish_form(place.project, form_xml("2"))
    place.submit("uuid:2", version="2")
    assert gather(store, client, origin=place.origin).kept == ["uuid:2"]
    assert review(store, client, record, "approved") == Reviewed(told=1)


def test_a_record_that_was_deleted_meanwhile_is_told_as_such(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    place.server.delete_submission(place.project, "visites", "uuid:1")
    for ask in (lambda: review(store, client, record, "approved"), lambda: client.comments("visites", "uuid:1")):
        with pytest.raises(Refused) as told:
            ask()
        assert told.value.reason is Reason.DELETED


def test_a_record_of_another_project_is_decided_on_in_neither(
    place: StaffSite, store: Store, client: StaffClient, record: ReceivedRecord
) -> None:
    copy = staff_site(place.server)  # the same form, and a record under the same number
    with copy.closing:
        copy.submit("uuid:1", note="Verger")
        there = copy.client()
        with pytest.raises(OtherProject) as met:
            review(store, there, record, "rejected", "Non")
        assert met.value.address == place.origin
        with pytest.raises(OtherProject):
            comments_on(there, record)
        assert there.comments("visites", "uuid:1") == ()
        for one in (client, there):
            assert one.review_of("visites", "uuid:1").state == ""
