# SPDX-License-Identifier: EUPL-1.2
"""Pulling forms: each whole or not at all, whatever the server does, and none taken from a draft."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from fieldkit.store import Store
from forms.errors import FormError
from sync.errors import BadServerData, Cancelled, Interrupted, NoRight, NotAuthorized, Offline, ServerTrouble
from sync.pull import pull
from sync.server import Fault


def test_new_unchanged_updated(store: Store, site: Any, samples: Any) -> None:
    client = site.client()
    seen: list[Any] = []
    report = pull(store, client, progress=seen.append, origin="acc")
    assert (report.new, report.problems, report.stopped) == (["lieux"], [], None)
    form = store.blank_forms.get("lieux")
    assert (form.version, form.title, form.origin) == ("1", "Lieux", "acc")
    assert store.blank_forms.xml("lieux", "1") == samples.form()
    assert store.blank_forms.attachment("lieux", "1", "carte.png") == b"png"
    assert [(value.done, value.total) for value in seen] == [(0, 1), (1, 1)]
    assert pull(store, client, origin="acc").unchanged == ["lieux"]
    site.server.publish_form(site.project, samples.form("2", title="Lieux et liens"))
    report = pull(store, client, origin="acc")
    assert report.updated == ["lieux"]
    assert store.blank_forms.get("lieux").title == "Lieux et liens"
    assert store.blank_forms.xml("lieux", "1") == samples.form()
    assert store.blank_forms.attachment("lieux", "2", "carte.png") == b"png"


def test_only_what_changed_comes_down(store: Store, site: Any, samples: Any, scripted: Any) -> None:
    pull(store, site.client())
    site.server.publish_form(site.project, samples.form("2"))
    site.server.faults.add(Fault("attachments", status=500, times=-1))  # the picture is the same: not asked again
    assert pull(store, site.client()).updated == ["lieux"]
    assert store.blank_forms.attachment("lieux", "2", "carte.png") == b"png"


def test_new_medium_of_an_unchanged_list(store: Store, site: Any, samples: Any) -> None:
    pull(store, site.client())
    site.server.publish_form(site.project, samples.form("2"), {"carte.png": b"other"})
    assert pull(store, site.client()).updated == ["lieux"]
    assert store.blank_forms.attachment("lieux", "2", "carte.png") == b"other"


def test_form_that_ships_with_the_program_is_left_alone(store: Store, site: Any, samples: Any) -> None:
    store.blank_forms.put("lieux", "1", "Lieux", samples.form(), {"carte.png": b"png"}, "shipped")
    store.blank_forms.put("autre", "1", "Autre", samples.form(form_id="autre"), {}, "shipped")
    report = pull(store, site.client(), origin="acc")
    assert (report.unchanged, report.vanished) == (["lieux"], [])
    assert store.blank_forms.get("lieux").origin == "shipped"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(r"forms/lieux\.xml", status=200, body=b"<h:html/>", headers={"Content-Type": "application/xml"}),
        Fault("attachments/carte.png", status=200, body=b"pn", headers={"Content-Type": "image/png"}),
        Fault("attachments/carte.png", status=404, body=b'{"message":"gone"}',
              headers={"Content-Type": "application/json"}),
        Fault("manifest", status=200, body=b"<manifest><mediaFile/></manifest>",
              headers={"Content-Type": "text/xml", "X-OpenRosa-Version": "1.0"}),
        Fault("attachments/carte.png"),
        Fault("attachments/carte.png", status=503),
        Fault(r"forms/lieux\.xml", status=403, body=b'{"message":"no"}', headers={"Content-Type": "application/json"}),
    ],
)  # fmt: skip
def test_what_fails_on_the_way_leaves_the_old_version(store: Store, site: Any, samples: Any, fault: Fault) -> None:
    pull(store, site.client())
    site.server.publish_form(site.project, samples.form("2"), {"carte.png": b"other"})
    fault.times = -1
    site.server.faults.add(fault)
    report = pull(store, site.client())
    assert (report.new, report.updated, report.unchanged) == ([], [], [])
    assert report.problems or report.stopped
    assert store.blank_forms.versions("lieux") == ("1",)
    site.server.faults.clear()
    assert pull(store, site.client()).updated == ["lieux"]


def test_trouble_of_one_form_is_its_own(store: Store, site: Any, samples: Any) -> None:
    site.server.publish_form(site.project, samples.form(form_id="autre"))
    site.server.faults.add(Fault(r"lieux\.xml", status=200, body=b"<x/>", headers={"Content-Type": "text/xml"}))
    report = pull(store, site.client())
    assert report.new == ["autre"]
    problems = {problem.form_id: problem for problem in report.problems}
    assert isinstance(problems["lieux"].error, BadServerData)
    assert problems["autre"].missing_media == ("carte.png",)
    assert problems["autre"].error is None


def test_form_that_the_engine_does_not_understand_is_told(store: Store, site: Any, samples: Any) -> None:
    strange = samples.form(form_id="etrange").replace(
        b'nodeset="/data/nom" type="string"', b'nodeset="/data/nom" type="string" calculate="no-such-function(1)"'
    )
    site.server.publish_form(site.project, strange)
    report = pull(store, site.client())
    assert report.new == ["lieux"]
    (problem,) = report.problems
    assert (problem.form_id, isinstance(problem.error, FormError)) == ("etrange", True)
    assert [form.form_id for form in store.blank_forms.list()] == ["lieux"]


def test_vanished_forms_keep_their_definition_and_drafts(
    store: Store, site: Any, samples: Any, finalize: Callable[..., bytes]
) -> None:
    site.server.publish_form(site.project, samples.form(form_id="autre"))
    pull(store, site.client(), origin="acc")
    finalize("uuid:1")
    site.server.set_form_state(site.project, "lieux", "closing")
    report = pull(store, site.client(), origin="acc")
    assert report.vanished == ["lieux"]
    assert [form.form_id for form in store.blank_forms.list()] == ["autre"]
    assert store.blank_forms.xml("lieux", "1") == samples.form()
    site.server.set_form_state(site.project, "lieux", "open")
    assert pull(store, site.client(), origin="acc").updated == ["lieux"]
    assert [form.form_id for form in store.blank_forms.list()] == ["autre", "lieux"]


def test_empty_list_is_a_warning_not_an_order(store: Store, site: Any) -> None:
    pull(store, site.client(), origin="acc")
    site.server.unassign(site.project, site.token)
    report = pull(store, site.client(), origin="acc")
    assert (report.lost_access, report.vanished) == (True, [])
    assert [form.form_id for form in store.blank_forms.list()] == ["lieux"]


def test_line_that_breaks_ends_it(store: Store, site: Any) -> None:
    client = site.client()
    site.server.faults.add(Fault("formList"))
    assert isinstance(pull(store, client).stopped, Interrupted)
    site.server.faults.add(Fault("formList", status=502))
    assert isinstance(pull(store, client).stopped, ServerTrouble)
    site.server.stop()
    assert isinstance(pull(store, client).stopped, Offline)
    assert store.blank_forms.list() == []


def test_cancel_between_forms(store: Store, site: Any, samples: Any) -> None:
    site.server.publish_form(site.project, samples.form(form_id="autre"))
    cancel = threading.Event()
    report = pull(store, site.client(), cancel, lambda value: cancel.set() if value.done else None)
    assert isinstance(report.stopped, Cancelled)
    assert report.new == ["autre"]


def test_closed_while_it_is_listed(store: Store, site: Any) -> None:
    client = site.client()

    def close_it(_value: Any) -> None:
        site.server.set_form_state(site.project, "lieux", "closed")

    report = pull(store, client, progress=close_it)
    assert [type(problem.error) for problem in report.problems] == [NoRight]


def test_entity_list_is_compared_by_its_last_manifest(store: Store, site: Any, samples: Any, scripted: Any) -> None:
    digest, rows = "a" * 32, [b"name,label\n1,Perwez\n"]
    xml = samples.form()
    openrosa = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        if request.path.endswith("formList"):
            md5 = hashlib.md5(xml, usedforsecurity=False).hexdigest()
            return 200, openrosa, (
                f"<xforms><xform><formID>lieux</formID><version>1</version><hash>md5:{md5}</hash><downloadUrl>/v1/f</downloadUrl>"
                "<manifestUrl>/v1/m</manifestUrl></xform></xforms>"
            ).encode()  # fmt: skip
        if request.path == "/v1/m":
            return 200, openrosa, (
                f'<manifest><mediaFile type="entityList"><filename>carte.png</filename><hash>{digest}</hash>'
                "<downloadUrl>/v1/csv</downloadUrl></mediaFile></manifest>"
            ).encode()  # fmt: skip
        return 200, {"Content-Type": "text/xml"}, xml if request.path == "/v1/f" else rows[0]

    scripted.answer = answer
    client = site.client(scripted.url)
    assert pull(store, client).new == ["lieux"]
    assert pull(store, client).unchanged == ["lieux"]
    digest, rows[0] = "b" * 32, b"name,label\n1,Jodoigne\n"
    assert pull(store, client).refreshed == ["lieux"]
    assert b"\n1,Jodoigne," in store.blank_forms.attachment("lieux", "1", "carte.png")
    assert pull(store, client).unchanged == ["lieux"]


def test_token_that_dies_in_the_middle(store: Store, site: Any) -> None:
    def revoke(value: Any) -> None:
        if not value.done:
            site.server.revoke(site.token)

    report = pull(store, site.client(), progress=revoke)
    assert isinstance(report.stopped, NotAuthorized)
    assert report.problems == []


def test_what_is_unchanged_comes_down_in_no_session_again(store: Store, site: Any, line: Any) -> None:
    pull(store, site.client(line.url))
    line.heard.clear()
    report = pull(store, site.client(line.url))
    assert report.unchanged == ["lieux"]
    assert line.heard.count(b"If-None-Match") == 2
    kept = store.facts.get("lists.region")
    assert site.token not in kept
    assert "/forms/lieux/manifest" in kept
    store.facts.set("lists.region", "{ damaged")
    assert pull(store, site.client(line.url)).unchanged == ["lieux"]
    assert store.facts.get("lists.region") == kept


def test_lists_of_a_server_that_writes_the_token_into_them_are_not_kept(site: Any, scripted: Any) -> None:
    client = site.client(scripted.url)
    page = f'<xforms xmlns="http://openrosa.org/xforms/xformsList"><!-- /v1/key/{site.token}/ --></xforms>'
    scripted.answer = lambda _request: (
        200,
        {"Content-Type": "text/xml", "X-OpenRosa-Version": "1.0", "ETag": '"a"'},
        page.encode(),
    )
    assert client.form_list() == ()
    assert client.memory() == ""
