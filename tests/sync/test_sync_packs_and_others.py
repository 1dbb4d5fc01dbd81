# SPDX-License-Identifier: EUPL-1.2
"""Packs where they meet several accounts, and the staff's records of others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fieldkit.account import Account
from fieldkit.call_list import received_list
from fieldkit.form_cache import key_of
from fieldkit.packs import CATALOGUE
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.signing import public_of
from fieldkit.store import Store
from sync.pull import pull
from sync.staff.client import StaffClient
from sync.staff.gather import gather
from tests.fieldkit.pack_samples import region_key
from tests.sync.pack_place import ACCOUNT, SHIPPED, Place

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


def test_what_two_accounts_were_sent_stays_when_one_of_them_leaves(place: Place) -> None:
    store = place.store
    install_shipped_forms(store)
    plain = key_of(store, "mon_smart_village")
    store.accounts.put(Account("other", "https://other.example", 1, "Autre"))
    for origin in (ACCOUNT, "other"):
        store.packs.trust(origin, public_of(region_key()), datetime.now(UTC))
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    both = key_of(store, "mon_smart_village")
    report = pull(store, place.client, origin="other")
    assert report.packs is not None
    assert (report.packs.new, report.packs.refused) == (["Essai", "Essai"], [])
    assert key_of(store, "mon_smart_village") == both != plain  # the same rows, whoever sent them
    for left, still in ((ACCOUNT, "Un guide reçu"), ("other", SHIPPED.title)):
        store.accounts.remove(left)
        assert place.g03() == still
    call = place.library.call("appel_recu")
    assert call is not None
    assert call.received is not None
    assert call.received.gone
    listed = received_list(store, store.blank_forms.get("mon_smart_village"))
    assert listed is not None
    (row,) = [line for line in listed.decode().splitlines() if line.startswith("appel_recu")]
    assert "n’est plus proposé" in row
    assert key_of(store, "mon_smart_village") not in {plain, both}
