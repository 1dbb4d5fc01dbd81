# SPDX-License-Identifier: EUPL-1.2
"""What the rail and the lists tell of a record and of the network, in the room that they have."""

from __future__ import annotations

from datetime import UTC, datetime

from fieldkit import application, settings
from fieldkit.account import Account
from sync.errors import Offline
from sync.service import SyncStatus
from ui.connection_story import story, summary
from ui.kit import Kit


def test_the_rail_says_offline_and_the_cards_since_when(kit: Kit) -> None:
    kit.store.accounts.put(Account("region.example/1", "https://region.example", 1, "Région"))
    kit.settings.set(settings.ACCOUNT_ID.key, "region.example/1")
    connection = kit.connection
    offline = SyncStatus(offline_since=datetime(2026, 11, 22, 9, 12, tzinfo=UTC), trouble=Offline("refused"))
    connection.state_of("region.example/1").status = offline
    assert summary(connection).title == "Hors ligne"
    assert story(connection).title.startswith("Hors ligne depuis ")


def test_an_application_stays_in_the_list_under_the_commune_that_leads_it(kit: Kit) -> None:
    instance_id = kit.new_record(application.FORM_ID, commune_nis="25084")
    recorder = kit.recorder(kit.open_session(instance_id))
    recorder.answer("/data/a_identification/communes", "25084")
    recorder.answer("/data/a_identification/commune_chef", "25084")
    recorder.answer("/data/a_identification/titre", "Relais")
    assert kit.store.instances.get(instance_id).commune_nis == "25084"
