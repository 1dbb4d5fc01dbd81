# SPDX-License-Identifier: EUPL-1.2
"""Which of the guides and calls that ship and that were sent counts; an application never loses its call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fieldkit import application
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.packs.making import make_pack
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.store import Store
from forms import FormSession
from tests.fieldkit.pack_samples import call_text, folder_of, guide_text, region_key
from tests.sync.pack_place import ACCOUNT, SHIPPED, Place

AIM = "/data/a_identification/appel"


@pytest.fixture
def place(store: Store, site: Any, tmp_path: Path) -> Place:
    (tmp_path / "made").mkdir()
    return Place(store, site, tmp_path / "made")


@pytest.fixture
def application_draft(place: Place) -> Callable[[str], str]:
    """Begin an application that aims at a call; return its id."""
    install_shipped_forms(place.store)

    def begin(call_id: str) -> str:
        form = load_stored(place.store, application.FORM_ID)
        session = FormSession(form)
        session.answer(AIM, call_id)
        now = datetime.now(UTC)
        row = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, "Projet", now, now)
        place.store.instances.create(row, session.draft_xml())
        return session.instance_id

    return begin


def opened(place: Place, instance_id: str) -> FormSession:
    form = load_stored(place.store, application.FORM_ID)
    return FormSession(form, instance_xml=place.store.instances.draft_xml(instance_id))


def test_a_received_call_can_be_aimed_at_and_is_never_lost(
    place: Place, application_draft: Callable[[str], str]
) -> None:
    assert "appel_recu" not in dict(opened(place, application_draft("mon_smart_village_demo")).choices(AIM).pairs())
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    draft = application_draft("appel_recu")
    session = opened(place, draft)
    assert dict(session.choices(AIM).pairs())["appel_recu"] == "Appel reçu"
    assert session.value("/data/p_taux") == "0.8"
    kept = place.store.blank_forms.get(application.FORM_ID)
    place.withdraw("appels")
    place.pull()
    session = opened(place, draft)
    assert dict(session.choices(AIM).pairs())["appel_recu"] == "Appel reçu (n’est plus proposé)"
    assert [one for one in session.validate() if one.ref == AIM] == []
    assert session.value("/data/p_taux") == "0.8"
    place.store.packs.distrust(ACCOUNT)
    place.store.accounts.remove(ACCOUNT)
    assert opened(place, draft).value("/data/p_taux") == "0.8"
    assert [one for one in opened(place, draft).validate() if one.ref == AIM] == []
    place.store.instances.delete(draft)
    place.store.instances.empty_bin(datetime.now(UTC) + timedelta(days=1))
    other = opened(place, application_draft("mon_smart_village_demo"))
    assert "appel_recu" not in dict(other.choices(AIM).pairs())
    assert place.store.blank_forms.get(application.FORM_ID).attachments == kept.attachments


def test_a_call_of_an_earlier_version_of_its_pack_is_never_lost(
    place: Place, application_draft: Callable[[str], str]
) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    draft = application_draft("appel_recu")
    place.publish(appels=place.calls(version=2, files={"calls/suivant.json": call_text("suivant")}))
    place.pull()
    session = opened(place, draft)
    assert set(dict(session.choices(AIM).pairs())) == {"appel_recu", "suivant", "mon_smart_village_demo"}
    assert session.value("/data/p_taux") == "0.8"
    assert [one.call_id for one in place.library.calls() if one.is_open] == ["mon_smart_village_demo", "suivant"]


def test_a_newer_profile_of_a_call_that_ships_replaces_it_and_an_older_one_does_not(place: Place) -> None:
    place.trust()
    demo = "mon_smart_village_demo"
    files = {f"calls/{demo}.json": call_text(demo, title={"fr": "Règles revues"})}
    place.publish(guides=place.toolkit(), appels=place.calls(files=files))
    place.pull()
    shown = place.library.call(demo)
    assert shown is not None
    assert shown.titles["fr"] == "Règles revues"
    old = {f"calls/{demo}.json": call_text(demo, title={"fr": "Vieux"}, checked_on="2020-01-01")}
    place.publish(appels=place.calls(version=2, files=old))
    place.pull()
    shown = place.library.call(demo)
    assert shown is not None
    assert shown.titles["fr"].startswith("Mon Smart Village")


def test_a_guide_that_ships_newer_than_the_one_sent_stays(place: Place) -> None:
    place.trust()

    old = folder_of(place.folder / "old", {"guides/fr/G03.md": guide_text(updated="2020-01-01")})
    place.publish(guides=make_pack(old, region_key())[0], appels=place.calls())
    place.pull()
    assert place.g03() == SHIPPED.title
