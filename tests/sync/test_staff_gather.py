# SPDX-License-Identifier: EUPL-1.2
"""Records of others come down whole, once, and go on where a cut left them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fieldkit import tables
from fieldkit.errors import NotFoundError, StoreFull
from fieldkit.received import Choice
from fieldkit.store import Store
from forms import FormSession, load_form
from sync.errors import BadServerData, Cancelled, LineError, NoRight, SessionOver
from sync.progress import Phase, SyncProgress
from sync.server import ReferenceServer
from sync.server.faults import PASSES, Fault
from sync.staff import feed
from sync.staff.gather import GatherReport, gather
from tests.sync.staff_site import INCOURT, JODOIGNE, LIEGE, StaffSite, form_xml, staff_site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    with ReferenceServer(tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture
def place(server: ReferenceServer) -> Iterator[StaffSite]:
    made = staff_site(server)
    with made.closing:
        yield made
    server.faults.clear()


def pull(store: Store, place: StaffSite, client=None, **options) -> GatherReport:
    return gather(store, client or place.client(), origin=place.origin, **options)


def test_records_come_whole_with_their_repeats_and_can_be_opened(store: Store, place: StaffSite) -> None:
    xml = place.submit("uuid:1", JODOIGNE, note="Verger de l’école")
    report = pull(store, place)
    assert (report.new, report.kept, report.problems, report.stopped) == (["uuid:1"], ["uuid:1"], [], None)
    (record,) = store.received.search()
    assert store.received.xml(record) == xml
    assert (record.name, record.commune_nis, record.submitter) == ("Verger de l’école", JODOIGNE, "Agente du GAL")
    assert (record.form_title, record.form_version, record.review_state) == ("Visites", "1", "")
    assert record.current
    assert not record.own
    form = load_form(store.blank_forms.xml("visites", "1"))
    session = FormSession(form, instance_xml=xml)
    assert [session.value(f"/data/arbre[{n}]/espece") for n in (1, 2)] == ["chêne", "hêtre"]
    values = tables.read_values(xml, {"/data/arbre"})
    assert values["/data/arbre[2]/espece"] == "hêtre"


def test_a_form_of_others_is_not_offered_to_be_filled(store: Store, place: StaffSite) -> None:
    store.blank_forms.put("visites", "2", "Visites", form_xml("2"), {}, "region")
    place.submit("uuid:1")
    pull(store, place)
    assert [one.version for one in store.blank_forms.list()] == ["2"]
    assert store.blank_forms.get("visites").version == "2"
    assert store.blank_forms.versions("visites") == ("2", "1")


def test_what_is_unchanged_costs_one_short_answer(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    client = place.client()
    pull(store, place, client)
    pull(store, place, client)  # the mark has moved: this list is asked for the first time
    before = client.bytes_received
    report = pull(store, place, client)
    forms = len(client._transport.get(client.path("/forms"), client._headers(), max_bytes=9999, what="forms").body)
    assert client.bytes_received - before == forms  # the list itself: 304, no body
    assert report == GatherReport(bytes_received=client.bytes_received)


def test_only_what_is_new_is_asked_for(store: Store, place: StaffSite) -> None:
    for number in range(1, 4):
        place.submit(f"uuid:{number}")
    client = place.client()
    pull(store, place, client)
    place.submit("uuid:4", note="Nouvelle")
    report = pull(store, place, client)
    assert (report.new, report.kept) == (["uuid:4"], ["uuid:4"])


def test_corrections_reviews_and_deletions_there_are_noticed(store: Store, place: StaffSite) -> None:
    for number in range(1, 5):
        place.submit(f"uuid:{number}")
    client = place.client()
    pull(store, place, client)
    place.submit("uuid:11", INCOURT, note="Corrigée", deprecated="uuid:1")
    client.set_review("visites", "uuid:2", "approved")
    place.server.delete_submission(place.project, "visites", "uuid:3")
    report = pull(store, place, client)
    assert (sorted(report.changed), report.deleted, report.kept) == (["uuid:1", "uuid:2"], ["uuid:3"], ["uuid:1"])
    corrected, reviewed, gone = (store.received.get(f"uuid:{n}") for n in (1, 2, 3))
    assert (corrected.instance_id, corrected.name, corrected.commune_nis) == ("uuid:11", "Corrigée", INCOURT)
    assert (corrected.review_state, reviewed.review_state) == ("edited", "approved")
    assert gone.deleted_at is not None
    assert store.received.xml(gone)  # deleted there, kept here
    assert {one.root_id for one in store.received.search()} == {"uuid:1", "uuid:2", "uuid:4"}
    assert [one.root_id for one in store.received.search(Choice(deleted=True))] == ["uuid:3"]


def test_what_was_purged_there_is_noticed_by_the_count(store: Store, place: StaffSite) -> None:
    """A server forgets what it deleted after a month: then no time in its list tells."""
    for number in range(1, 4):
        place.submit(f"uuid:{number}")
    client = place.client()
    pull(store, place, client)
    with place.server._database.writing() as db:  # what the server's own worker does
        db.execute("DELETE FROM submission_files")
        db.execute("DELETE FROM entity_queue")
        db.execute("UPDATE submissions SET deleted_at = '2020-01-01T00:00:00.000Z' WHERE instance_id = 'uuid:2'")
    place.submit("uuid:4")
    report = pull(store, place, client)
    assert (report.new, report.deleted) == (["uuid:4"], ["uuid:2"])


def test_the_territory_decides_what_comes_and_all_can_come_later(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1", JODOIGNE)
    place.submit("uuid:2", LIEGE)
    place.submit("uuid:3", "")
    client = place.client()
    report = pull(store, place, client, communes={JODOIGNE, INCOURT})
    assert (sorted(report.kept), report.outside) == (["uuid:1", "uuid:3"], 1)
    liege = store.received.get("uuid:2")
    assert (liege.commune_nis, liege.kept_at) == (LIEGE, None)
    with pytest.raises(NotFoundError):
        store.received.xml(liege)
    pull(store, place, client)
    report = pull(store, place, client)
    assert report.kept == []
    assert store.received.get("uuid:2").kept_at is not None


def test_pages_that_change_while_they_are_read_lose_and_double_nothing(
    store: Store, place: StaffSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    for number in range(1, 8):
        place.submit(f"uuid:{number}")
    client = place.client()
    came = []

    def meanwhile(progress: SyncProgress) -> None:
        if progress.phase is Phase.GATHER and not came:
            came.append(True)
            place.submit("uuid:8")
            place.submit("uuid:17", deprecated="uuid:7", note="Corrigée entre-temps")
            place.server.delete_submission(place.project, "visites", "uuid:1")

    pull(store, place, client, progress=meanwhile)
    pull(store, place, client)
    alive = store.received.search()
    assert sorted(one.root_id for one in alive) == [f"uuid:{n}" for n in range(2, 9)]
    assert store.received.get("uuid:7").name == "Corrigée entre-temps"
    assert all(one.current for one in alive)


def test_a_cut_in_the_middle_goes_on_where_it_was(store: Store, place: StaffSite) -> None:
    for number in range(1, 6):
        place.submit(f"uuid:{number}")
    client = place.client()
    answers = r"^GET .*/submissions/.*\.xml"
    place.server.faults.add(Fault(answers, status=PASSES, times=2))
    place.server.faults.add(Fault(answers, times=6))  # a kept connection is tried once more
    report = pull(store, place, client)
    assert isinstance(report.stopped, LineError)
    kept = set(report.kept)
    assert len(kept) < 5
    place.server.faults.clear()
    report = pull(store, place, client)
    assert kept | set(report.kept) == {f"uuid:{number}" for number in range(1, 6)}
    assert not kept & set(report.kept)
    assert (report.new, report.stopped) == ([], None)


def test_it_can_be_stopped_and_what_came_stays(store: Store, place: StaffSite) -> None:
    for number in range(1, 4):
        place.submit(f"uuid:{number}")
    cancel = threading.Event()

    def stop(progress: SyncProgress) -> None:
        if progress.done == 1:
            cancel.set()

    report = pull(store, place, cancel=cancel, progress=stop)
    assert isinstance(report.stopped, Cancelled)
    assert 0 < len(report.kept) < 3
    assert len(store.received.search()) == 3


def test_a_session_that_ends_in_mid_pull_asks_to_sign_in_again_and_goes_on(store: Store, place: StaffSite) -> None:
    for number in range(1, 21):
        place.submit(f"uuid:{number}")
    client = place.client()

    def revoke(progress: SyncProgress) -> None:
        if progress.done == 1:
            place.server.revoke(client._token)  # as an administrator does

    report = pull(store, place, client, progress=revoke)
    assert isinstance(report.stopped, SessionOver)
    assert 0 < len(report.kept) < 20
    assert {*report.kept, *pull(store, place).kept} == {f"uuid:{number}" for number in range(1, 21)}


def test_who_may_not_read_records_is_told_by_form(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    report = pull(store, place, place.client("formfill@gal.example"))
    (problem,) = report.problems
    assert problem.form_id == "visites"
    assert isinstance(problem.error, NoRight)
    assert report.stopped is None
    assert store.received.search() == []


def test_encrypted_records_are_shown_as_such_and_not_fetched(store: Store, place: StaffSite) -> None:
    envelope = (
        b'<data xmlns="http://opendatakit.org/submissions" encrypted="yes" id="visites" version="1">'
        b'<base64EncryptedKey>AAAA</base64EncryptedKey><meta xmlns="http://openrosa.org/xforms">'
        b"<instanceID>uuid:5</instanceID></meta><encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
        b"<base64EncryptedElementSignature>AAAA</base64EncryptedElementSignature></data>"
    )
    assert place.surveyor.submit(envelope).status_code == 201
    report = pull(store, place, communes={JODOIGNE})
    assert (report.new, report.kept, report.outside) == (["uuid:5"], [], 0)
    (record,) = store.received.search()
    assert record.encrypted


def test_own_records_win_over_received_ones(store: Store, place: StaffSite, finalize) -> None:
    place.submit("uuid:1")
    place.submit("uuid:2")
    pull(store, place)
    finalize("uuid:1", form_id="visites")
    assert [one.root_id for one in store.received.of_others("visites")] == ["uuid:2"]
    assert {one.root_id: one.own for one in store.received.search()} == {"uuid:1": True, "uuid:2": False}


def test_a_form_that_is_gone_there_keeps_its_records_and_the_time_they_are_of(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    client = place.client()
    pull(store, place, client)
    at = store.received.as_of()
    assert at is not None
    assert datetime.now(UTC) - at < timedelta(minutes=1)
    place.server.delete_form(place.project, "visites")
    pull(store, place, client)
    (form,) = store.received.forms()
    assert not form.listed
    assert len(store.received.search()) == 1


def test_a_record_that_is_not_what_was_announced_keeps_no_other_away(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    place.submit("uuid:2")
    client = place.client()
    told = client.record
    client.record = lambda form_id, root_id: told(form_id, "uuid:2")  # type: ignore[method-assign]
    client.twin = lambda: client  # type: ignore[method-assign]
    report = pull(store, place, client)
    assert report.kept == ["uuid:2"]
    (problem,) = report.problems
    assert isinstance(problem.error, BadServerData)


def test_forgetting_is_the_users_and_the_region_gives_it_again(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    client = place.client()
    pull(store, place, client)
    assert store.received.forget() == 1
    assert (store.received.search(), store.received.as_of()) == ([], None)
    assert pull(store, place, client).kept == ["uuid:1"]


def test_a_record_that_is_corrected_between_its_line_and_its_answers(store: Store, place: StaffSite) -> None:
    place.submit("uuid:1")
    client = place.client()
    corrected = []

    def correct(progress: SyncProgress) -> None:
        if not corrected:  # after the page of the list was told
            corrected.append(place.submit("uuid:11", deprecated="uuid:1", note="Corrigée"))

    report = pull(store, place, client, progress=correct)
    assert (report.kept, report.problems) == (["uuid:1"], [])
    pull(store, place, client)
    record = store.received.get("uuid:1")
    assert (record.name, record.current, store.received.xml(record)) == ("Corrigée", True, corrected[0])


def test_a_disk_that_fills_stops_it_and_what_came_stays(store: Store, place: StaffSite) -> None:
    for number in range(1, 7):
        place.submit(f"uuid:{number}", note="x" * 20_000)
    client = place.client()

    def fill(progress: SyncProgress) -> None:
        if progress.done == 2:
            pages = store._connection.number("PRAGMA page_count")
            store._connection.run(f"PRAGMA max_page_count = {pages + 8}")

    with pytest.raises(StoreFull):
        pull(store, place, client, progress=fill)
    store._connection.run("PRAGMA max_page_count = 1073741823")
    kept = [one.root_id for one in store.received.search() if one.kept_at]
    assert 0 < len(kept) < 6
    assert len(pull(store, place, client).kept) == 6 - len(kept)
