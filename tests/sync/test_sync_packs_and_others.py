# SPDX-License-Identifier: EUPL-1.2
"""Packs where they meet several accounts, and the staff's records of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fieldkit.packs import CATALOGUE
from fieldkit.store import Store
from sync.staff.client import StaffClient
from sync.staff.gather import gather
from tests.sync.pack_place import Place

EMAIL, PASSWORD = "agente@region.example", "correct horse"


@pytest.fixture
def place(store: Store, site: Any, tmp_path: Path) -> Place:
    (tmp_path / "made").mkdir()
    return Place(store, site, tmp_path / "made")


def test_the_staff_bring_no_packs_down_as_a_questionnaire(place: Place) -> None:
    place.publish(guides=place.toolkit(), appels=place.calls())
    site = place.site
    site.server.create_web_user(EMAIL, PASSWORD, "manager", site.project)
    client = StaffClient(site.server.url, site.project)
    client.sign_in(EMAIL, PASSWORD)
    assert CATALOGUE in {form.form_id for form in client.forms()}
    report = gather(place.store, client, origin=f"{site.server.url}/v1/projects/{site.project}")
    client.close()
    assert (report.stopped, report.problems) == (None, [])
    assert place.store.blank_forms.versions(CATALOGUE) == ()
    assert CATALOGUE not in {form.form_id for form in place.store.received.forms()}
