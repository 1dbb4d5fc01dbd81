# SPDX-License-Identifier: EUPL-1.2
"""A stock server hands packs out: uploaded by staff through REST, pulled by an app user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import resources
from fieldkit.account import Account
from fieldkit.library import Library
from fieldkit.packs import CATALOGUE
from fieldkit.signing import public_of
from fieldkit.store import Store
from sync.client import RegionClient
from sync.pull import pull
from tests.fieldkit.pack_samples import calls, region_key, toolkit
from tests.sync.contract_callers import Staff

FORM = resources.read_bytes("region", f"{CATALOGUE}.xml")


@pytest.fixture
def client(staff: Staff, store: Store) -> Iterator[RegionClient]:
    """Connect an agent who may see the catalogue, and the store to it."""
    account = Account("acc", staff.url, staff.project, "GAL")
    store.accounts.put(account)
    store.packs.trust("acc", public_of(region_key()), datetime.now(UTC))
    staff.publish_form(FORM, CATALOGUE)
    made = RegionClient(account, staff.create_app_user(CATALOGUE).token)
    yield made
    made.close()


def test_packs_go_up_through_rest_and_come_down_with_the_forms(
    staff: Staff, client: RegionClient, store: Store, tmp_path: Path
) -> None:
    empty = pull(store, client, origin="acc")
    assert [(one.form_id, one.missing_media) for one in empty.problems] == [(CATALOGUE, ("appels.zip", "guides.zip"))]
    assert (empty.new, store.blank_forms.list()) == ([], [])
    staff.publish_form(
        FORM.replace(b'version="1">', b'version="2">'),
        CATALOGUE,
        guides__zip=toolkit(tmp_path / "g1"),
        appels__zip=calls(tmp_path / "a1"),
    )
    report = pull(store, client, origin="acc")
    assert report.problems == []
    assert report.packs is not None
    assert sorted(report.packs.new) == ["Essai", "Essai"]
    library = Library(store)
    assert library.shelf().guide("G03").title == "Un guide reçu"
    assert library.call("appel_recu") is not None
    staff.publish_form(
        FORM.replace(b'version="1">', b'version="3">'), CATALOGUE, guides__zip=toolkit(tmp_path / "g2", version=2)
    )
    report = pull(store, client, origin="acc")
    assert report.packs is not None
    assert (report.packs.updated, report.packs.withdrawn, report.problems) == (["Essai"], [], [])
    assert library.call("appel_recu") is not None  # the server carries over what was not uploaded anew
