# SPDX-License-Identifier: EUPL-1.2
"""Leaving for good: the holder of a token ends it at the server, and nobody can use it (contract, section 7)."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from sync.addresses import redact
from sync.errors import Intercepted, NotAuthorized, Offline, Reason, Refused, ServerTrouble
from sync.server import Fault
from sync.server.reference import DEFAULT_ADMIN
from tests.sync.contract_callers import Caller, Staff
from tests.sync.test_demo_pages import Browser


def test_an_app_user_ends_its_own_token_only(staff: Staff, caller: Caller) -> None:
    """By the word and by the token, by header and by address; another's token is none of its business."""
    other, third = staff.create_app_user(), staff.create_app_user()
    assert caller.call("DELETE", f"/sessions/{other.token}").json()["code"] == "403.1"
    assert caller.call("DELETE", f"/sessions/{'z' * 64}").status_code in {403, 404}
    assert caller.call("DELETE", "/sessions/current").json() == {"success": True}
    assert caller.call("GET", "/sessions/restore").json()["code"] == "401.2"
    assert caller.call("DELETE", "/sessions/current").json()["code"] == "401.2"
    assert other.call("DELETE", f"/sessions/{other.token}").json() == {"success": True}
    assert other.call("GET", "/sessions/restore").status_code == 401
    url = f"{third.url}/v1/key/{third.token}/sessions/current"
    assert third.session.delete(url, timeout=5).json() == {"success": True}
    assert third.call("GET", "/sessions/restore").status_code == 401


def test_a_client_revokes_itself_and_again_is_no_error(site: Any) -> None:
    client = site.client()
    client.revoke()
    with pytest.raises(NotAuthorized):
        client.probe()
    client.revoke()  # the answer may have been lost the first time


def test_the_pages_show_the_access_as_withdrawn(site: Any) -> None:
    browser = Browser(site.server.url)
    browser.log_in("correct horse", DEFAULT_ADMIN)
    assert "accès retiré" not in browser.page("/").text
    site.client().revoke()
    assert "accès retiré" in browser.page("/").text
    browser.session.close()


def test_what_goes_wrong_is_told_and_the_token_lives(site: Any) -> None:
    client = site.client()
    site.server.faults.add(Fault("DELETE", status=502))
    with pytest.raises(ServerTrouble):
        client.revoke()
    site.server.faults.add(Fault("DELETE", status=200, body=b"<html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(Intercepted):
        client.revoke()
    assert client.probe().expires_at is None
    site.server.stop()
    with pytest.raises(Offline):
        client.revoke()


@pytest.mark.parametrize("status", [403, 404])
def test_a_server_without_that_word_is_asked_by_the_token(site: Any, status: int) -> None:
    client = site.client()
    site.server.faults.add(
        Fault("DELETE /v1/sessions/current", status=status, body=b'{"message":"no"}',
              headers={"Content-Type": "application/json"})
    )  # fmt: skip
    client.revoke()
    with pytest.raises(NotAuthorized):
        client.probe()


def test_a_server_that_lets_nobody_leave_is_not_believed_dead(site: Any) -> None:
    client = site.client()
    site.server.faults.add(
        Fault("DELETE", status=403, body=b'{"message":"no"}', times=-1, headers={"Content-Type": "application/json"})
    )
    with pytest.raises(Refused) as error:
        client.revoke()
    assert error.value.reason is Reason.NO_RIGHT
    assert client.probe()


@pytest.mark.parametrize("body", [b'{"hello": "portal"}', b"[]", b"no JSON"])
def test_what_says_something_else_is_no_success(site: Any, body: bytes) -> None:
    site.server.faults.add(Fault("DELETE", status=200, body=body, headers={"Content-Type": "application/json"}))
    with pytest.raises(Intercepted):
        site.client().revoke()


def test_the_token_is_in_no_log(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = site.client()
    site.server.faults.add(
        Fault("DELETE /v1/sessions/current", status=404, body=b'{"message":"no"}',
              headers={"Content-Type": "application/json"})
    )  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        client.revoke()
    assert "sessions/…" in caplog.text
    assert client._token not in caplog.text
    assert redact(f"https://a/v1/sessions/{'A' * 64}") == "https://a/v1/sessions/…"
    assert redact("https://a/v1/sessions/current") == "https://a/v1/sessions/current"
