# SPDX-License-Identifier: EUPL-1.2
"""Pushing over lines and servers that fail: everything ends once on the server, or waits and says why."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from fieldkit.instance import State
from fieldkit.store import Store
from sync.errors import Intercepted, Interrupted, NotAuthorized, Offline, Reason, ServerTrouble
from sync.push import push
from sync.server import Fault, When

Finalize = Callable[..., bytes]


def state_of(store: Store, instance_id: str) -> tuple[State, str]:
    row = store.instances.get(instance_id)
    return row.state, row.reason


def test_oldest_first_frozen_bytes_and_files(store: Store, finalize: Finalize, site: Any) -> None:
    photo = bytes(range(256)) * 400
    sent = {f"uuid:{n}": finalize(f"uuid:{n}", f"nom {n}") for n in (3, 1, 2)}
    sent["uuid:p"] = finalize("uuid:p", files={"é photo.jpg": photo})
    seen: list[Any] = []
    report = push(store, site.client(), progress=seen.append)
    assert report.delivered == ["uuid:3", "uuid:1", "uuid:2", "uuid:p"]
    assert (report.stopped, report.waiting, report.rejected) == (None, {}, {})
    assert site.stored() == sent
    assert list(site.stored()) == report.delivered
    (row,) = [row for row in site.server.submissions(site.project, "lieux") if row.instance_id == "uuid:p"]
    assert site.server.submitted_file(row.files["é photo.jpg"]) == photo
    assert state_of(store, "uuid:1") == (State.SUBMITTED, "")
    assert "201 full submission upload was successful!" in store.instances.receipt("uuid:1")
    (attempt,) = store.attempts.of("uuid:p")
    assert attempt.outcome == "delivered"
    assert attempt.bytes_sent > len(photo)
    assert seen[-1].done == seen[-1].total == 4
    assert max(value.bytes_sent for value in seen) == attempt.bytes_sent
    assert push(store, site.client()).delivered == []


def test_server_down_is_offline_and_nothing_is_marked_attempted(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1")
    client = site.client()
    site.server.stop()
    report = push(store, client)
    assert isinstance(report.stopped, Offline)
    assert report.waiting == {"uuid:1": Reason.OFFLINE}
    assert state_of(store, "uuid:1") == (State.FINALIZED, "offline")
    assert not store.instances.get("uuid:1").attempted
    site.server.start()
    assert push(store, client).delivered == ["uuid:1"]


def test_answer_lost_after_commit_is_sent_again_and_stored_once(
    store: Store, finalize: Finalize, site: Any, line: Any
) -> None:
    sent = {f"uuid:{n}": finalize(f"uuid:{n}") for n in range(3)}
    line.lose_answers = 1
    report = push(store, site.client(line.url), pause_seconds=0.05)
    assert report.delivered == ["uuid:1", "uuid:2", "uuid:0"]
    assert site.stored() == sent
    assert [attempt.outcome for attempt in store.attempts.of("uuid:0")] == ["unknown", "delivered"]


def test_answer_lost_again_and_again_pauses_the_queue(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    for n in range(6):
        finalize(f"uuid:{n}")
    line.lose_answers = 99
    report = push(store, site.client(line.url), pause_seconds=0.01)
    assert isinstance(report.stopped, Interrupted)
    assert line.posts == 3
    assert report.waiting["uuid:0"] == Reason.INTERRUPTED
    assert report.waiting["uuid:5"] == Reason.OFFLINE
    line.lose_answers = 0
    assert len(push(store, site.client(line.url)).delivered) == 6
    assert len(site.stored()) == 6


@pytest.mark.parametrize("cut_after", [10, 300, 700, 40_000])
def test_request_cut_anywhere_stores_nothing_and_is_sent_again(
    store: Store, finalize: Finalize, site: Any, line: Any, cut_after: int
) -> None:
    photo = b"x" * 60_000
    xml = finalize("uuid:1", files={"a.jpg": photo})
    line.cut_after = cut_after
    report = push(store, site.client(line.url), pause_seconds=0.01)
    assert report.delivered == ["uuid:1"]
    assert site.stored() == {"uuid:1": xml}
    (row,) = site.server.submissions(site.project, "lieux")
    assert site.server.submitted_file(row.files["a.jpg"]) == photo


@pytest.mark.parametrize(
    "portal",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Wi-Fi</html>"),
        (302, {"Location": "http://127.0.0.1:1/login", "Content-Type": "text/html"}, b""),
        (511, {"Content-Type": "text/html"}, b"<html>Wi-Fi</html>"),
        (204, {}, b""),
        (200, {"Content-Type": "application/json"}, b'{"ok": true}'),
    ],
)
def test_captive_portal_receives_nothing(
    store: Store, finalize: Finalize, site: Any, scripted: Any, portal: tuple[int, dict[str, str], bytes]
) -> None:
    finalize("uuid:1")
    finalize("uuid:2")
    scripted.answer = lambda _request: portal
    report = push(store, site.client(scripted.url))
    assert isinstance(report.stopped, Intercepted)
    assert [request.method for request in scripted.seen] == ["GET"]
    assert state_of(store, "uuid:1") == state_of(store, "uuid:2") == (State.FINALIZED, "intercepted")
    assert push(store, site.client()).delivered == ["uuid:1", "uuid:2"]


def test_portal_that_wakes_up_in_the_middle(store: Store, finalize: Finalize, site: Any) -> None:
    for n in range(3):
        finalize(f"uuid:{n}")
    site.server.faults.add(
        Fault("POST .*submission", status=200, body=b"<html>", headers={"Content-Type": "text/html"})
    )
    report = push(store, site.client())
    assert isinstance(report.stopped, Intercepted)
    assert site.stored() == {}
    assert set(report.waiting) == {"uuid:0", "uuid:1", "uuid:2"}


def test_revoked_token_stops_all_and_a_new_one_delivers(store: Store, finalize: Finalize, site: Any) -> None:
    for n in range(3):
        finalize(f"uuid:{n}")
    site.server.revoke(site.token)
    report = push(store, site.client())
    assert isinstance(report.stopped, NotAuthorized)
    assert {state_of(store, f"uuid:{n}") for n in range(3)} == {(State.FINALIZED, "not-authorized")}
    token = site.server.create_app_user(site.project, "Agent")
    assert len(push(store, site.client(token=token)).delivered) == 3


def test_token_revoked_in_the_middle(store: Store, finalize: Finalize, site: Any) -> None:
    for n in range(3):
        finalize(f"uuid:{n}")

    def revoke_after_first(value: Any) -> None:
        if value.done == 1 and value.name and not value.bytes_sent:
            site.server.revoke(site.token)

    report = push(store, site.client(), progress=revoke_after_first)
    assert report.delivered == ["uuid:0"]
    assert isinstance(report.stopped, NotAuthorized)
    assert state_of(store, "uuid:2") == (State.FINALIZED, "not-authorized")


def test_no_right_to_one_form_parks_only_that_one(store: Store, finalize: Finalize, site: Any, samples: Any) -> None:
    token = site.server.create_app_user(site.project, "Nouveau", every_form=False)
    site.server.publish_form(site.project, samples.form(form_id="autre"))
    site.server.assign(site.project, token, "lieux")
    finalize("uuid:0", form_id="autre")
    finalize("uuid:1")
    report = push(store, site.client(token=token))
    assert report.delivered == ["uuid:1"]
    assert report.rejected == {"uuid:0": Reason.NO_RIGHT}
    assert report.stopped is None
    site.server.assign(site.project, token, "autre")
    store.instances.retry("uuid:0")
    assert push(store, site.client(token=token)).delivered == ["uuid:0"]


def test_refusals_of_one_do_not_keep_the_others(store: Store, finalize: Finalize, site: Any, samples: Any) -> None:
    finalize("uuid:version", version="9")
    finalize("uuid:form", form_id="nulle-part")
    finalize("uuid:base", deprecated="uuid:jamais")
    other = site.client()
    other.submit(samples.instance("uuid:taken", "other bytes"))
    finalize("uuid:taken")
    other.submit(samples.instance("uuid:gone"))
    site.server.delete_submission(site.project, "lieux", "uuid:gone")
    finalize("uuid:gone")
    finalize("uuid:good")
    report = push(store, site.client(), pause_seconds=0.01)
    assert report.delivered == ["uuid:good"]
    assert report.rejected == {
        "uuid:version": Reason.VERSION_UNKNOWN,
        "uuid:form": Reason.FORM_UNKNOWN,
        "uuid:base": Reason.BASE_UNKNOWN,
        "uuid:taken": Reason.DIFFERENT_XML,
        "uuid:gone": Reason.DELETED,
    }
    assert store.instances.get("uuid:gone").reason_text == "This submission has been deleted. You may not resubmit it."
    assert len(store.attempts.of("uuid:gone")) == 2


def test_false_deleted_is_asked_again(store: Store, finalize: Finalize, site: Any) -> None:
    xml = finalize("uuid:1")
    body = (
        b'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0"><message nature="error">'
        b"This submission has been deleted. You may not resubmit it.</message></OpenRosaResponse>"
    )
    headers = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
    site.server.faults.add(Fault("POST .*submission", When.AFTER, 409, body, headers))
    report = push(store, site.client(), pause_seconds=0.05)
    assert report.delivered == ["uuid:1"]
    assert site.stored() == {"uuid:1": xml}


def test_closed_form_says_whether_it_may_have_arrived(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    finalize("uuid:0")
    line.lose_answers = 99
    push(store, site.client(line.url), pause_seconds=0.01)
    line.lose_answers = 0
    finalize("uuid:1")
    site.server.set_form_state(site.project, "lieux", "closed")
    report = push(store, site.client(line.url))
    assert report.rejected == {"uuid:0": Reason.CLOSED_MAYBE_RECEIVED, "uuid:1": Reason.CLOSED}
    assert list(site.stored()) == ["uuid:0"]


def test_retired_form_still_takes(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1")
    site.server.set_form_state(site.project, "lieux", "closing")
    assert push(store, site.client()).delivered == ["uuid:1"]


def test_server_trouble_waits(store: Store, finalize: Finalize, site: Any) -> None:
    for n in range(5):
        finalize(f"uuid:{n}")
    html = {"Content-Type": "text/html"}
    site.server.faults.add(Fault("POST .*submission", When.BEFORE, 502, b"<html>502</html>", html, times=-1))
    report = push(store, site.client())
    assert isinstance(report.stopped, ServerTrouble)
    assert report.waiting == dict.fromkeys([f"uuid:{n}" for n in range(5)], Reason.SERVER_TROUBLE)
    assert sum(len(store.attempts.of(f"uuid:{n}")) for n in range(5)) == 3
    site.server.faults.clear()
    assert len(push(store, site.client()).delivered) == 5


def test_5xx_after_storing_is_delivered_once(store: Store, finalize: Finalize, site: Any) -> None:
    xml = finalize("uuid:1")
    site.server.faults.add(Fault("POST .*submission", When.AFTER, 504, b"<html>", {"Content-Type": "text/html"}))
    report = push(store, site.client())
    assert report.waiting == {"uuid:1": Reason.SERVER_TROUBLE}
    assert push(store, site.client()).delivered == ["uuid:1"]
    assert site.stored(every_version=True) == {"uuid:1": xml}


def test_one_that_makes_the_server_fail_is_parked_while_others_pass(
    store: Store, finalize: Finalize, site: Any
) -> None:
    finalize("uuid:bad")
    error = b'{"message":"Internal Server Error"}'
    json_type = {"Content-Type": "application/json"}
    for n in range(3):
        finalize(f"uuid:{n}")
        site.server.faults.add(Fault("POST .*submission", When.BEFORE, 500, error, json_type))
        report = push(store, site.client())
        assert report.delivered == [f"uuid:{n}"]
    assert report.rejected == {"uuid:bad": Reason.SERVER_FAILS_ON_IT}


def test_edits_go_in_order_and_wait_for_their_base(store: Store, finalize: Finalize, site: Any, line: Any) -> None:
    first = finalize("uuid:1")
    second = finalize("uuid:2", "Orp-Jauche", deprecated="uuid:1")
    line.lose_answers = 1
    report = push(store, site.client(line.url), pause_seconds=0.05)
    assert report.delivered == ["uuid:1", "uuid:2"]
    assert site.stored(every_version=True) == {"uuid:1": first, "uuid:2": second}
    (row,) = site.server.submissions(site.project, "lieux")
    assert (row.root_id, row.instance_id) == ("uuid:1", "uuid:2")


def test_edit_of_a_refused_base_waits(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1", version="9")
    finalize("uuid:2", deprecated="uuid:1")
    report = push(store, site.client())
    assert report.rejected == {"uuid:1": Reason.VERSION_UNKNOWN}
    assert report.waiting == {"uuid:2": Reason.WAITS_FOR_EARLIER}


def test_conflict_with_somebody_elses_edit(store: Store, finalize: Finalize, site: Any, samples: Any) -> None:
    finalize("uuid:1")
    push(store, site.client())
    site.client().submit(samples.instance("uuid:office", deprecated="uuid:1"))
    finalize("uuid:2", deprecated="uuid:1")
    assert push(store, site.client()).rejected == {"uuid:2": Reason.OUT_OF_DATE}
    assert "uuid:1" in store.instances.get("uuid:2").reason_text


def test_it_is_asked_again_so_long_after_the_answer(store: Store, site: Any, finalize: Callable[..., bytes]) -> None:
    """However late the answer came: what it raced with is then over (contract, fact 2)."""
    finalize("uuid:1")
    body = b'<OpenRosaResponse><message nature="error">This submission has been deleted.</message></OpenRosaResponse>'
    headers = {"Content-Type": "text/xml", "X-OpenRosa-Version": "1.0"}
    site.server.faults.add(Fault("POST", When.AFTER, 409, body, headers, delay=0.3))
    began = time.monotonic()
    assert push(store, site.client(), pause_seconds=0.4).delivered == ["uuid:1"]
    assert time.monotonic() - began > 0.7


def test_what_arrives_garbled_each_time_is_parked(store: Store, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1")
    garbled = b'{"message": "The multipart request could not be parsed.", "code": "400.39"}'
    site.server.faults.add(
        Fault("POST", status=400, body=garbled, headers={"Content-Type": "application/json"}, times=3)
    )
    client = site.client()
    for _ in range(2):
        assert push(store, client, pause_seconds=0).waiting == {"uuid:1": Reason.SERVER_TROUBLE}
    assert push(store, client, pause_seconds=0).rejected == {"uuid:1": Reason.BAD_REQUEST}
    store.instances.retry("uuid:1")
    assert push(store, client, pause_seconds=0).delivered == ["uuid:1"]


def test_late_original_after_its_own_edit_counts_as_delivered(
    store: Store, finalize: Finalize, site: Any, samples: Any
) -> None:
    first = finalize("uuid:1")
    client = site.client()
    client.submit(first)  # arrived, but this computer never learnt it
    second = finalize("uuid:2", deprecated="uuid:1")
    client.submit(second)
    store.instances.mark_submitted("uuid:2", store.instances.get("uuid:2").created_at, "201")
    report = push(store, client)
    assert report.delivered == ["uuid:1"]
    assert state_of(store, "uuid:1") == (State.SUBMITTED, "")


def test_frozen_bytes_or_files_that_changed_never_leave(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1", files={"a.jpg": b"photo"})
    (kept,) = store.instances.attachments("uuid:1")
    kept.path.write_bytes(b"other")
    finalize("uuid:2", files={"b.jpg": b"photo"})
    store.instances.attachments("uuid:2")[0].path.unlink()
    finalize("uuid:3", files={'a"b.jpg': b"photo"})
    report = push(store, site.client())
    assert report.rejected == {
        "uuid:1": Reason.DAMAGED,
        "uuid:2": Reason.DAMAGED,
        "uuid:3": Reason.BAD_FILE_NAME,
    }
    assert site.stored() == {}


def test_control_characters_never_leave(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:1", "a\0b")
    assert push(store, site.client()).rejected == {"uuid:1": Reason.BAD_REQUEST}
    assert site.stored() == {}


def test_cancel_in_mid_upload_keeps_all_and_goes_on_later(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:0", files={"a.jpg": b"x" * 2_000_000})
    finalize("uuid:1", files={"b.jpg": b"x" * 100_000})
    cancel = threading.Event()

    def stop_at_half(value: Any) -> None:
        if value.bytes_sent > 1_000_000:
            cancel.set()

    report = push(store, site.client(), cancel, stop_at_half)
    assert report.waiting == {"uuid:0": Reason.CANCELLED, "uuid:1": Reason.CANCELLED}
    assert 1_000_000 < report.bytes_sent < 1_100_000
    assert site.stored() == {}
    assert push(store, site.client()).delivered == ["uuid:0", "uuid:1"]


def test_taken_back_while_the_queue_runs(store: Store, finalize: Finalize, site: Any) -> None:
    finalize("uuid:0")
    finalize("uuid:1")

    def take_back(value: Any) -> None:
        if value.done == 0 and store.instances.get("uuid:1").state is State.FINALIZED:
            store.instances.reopen("uuid:1")

    assert push(store, site.client(), progress=take_back).delivered == ["uuid:0"]
    assert store.instances.get("uuid:1").state is State.DRAFT


def test_stopped_program_is_told_from_a_server_that_said_no(store: Store, finalize: Finalize, site: Any) -> None:
    xml = finalize("uuid:1")
    row = store.instances.get("uuid:1")
    store.instances.mark_attempted("uuid:1", row.created_at)
    store.instances.mark_waiting("uuid:1", Reason.SENDING, "")
    assert push(store, site.client()).delivered == ["uuid:1"]
    assert [attempt.outcome for attempt in store.attempts.of("uuid:1")] == ["unknown", "delivered"]
    assert hashlib.sha256(site.stored()["uuid:1"]).hexdigest() == hashlib.sha256(xml).hexdigest()
