# SPDX-License-Identifier: EUPL-1.2
"""Packs from a region's server to this computer: made, published, pulled, trusted, replaced, withdrawn, refused."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import resources
from fieldkit import application
from fieldkit.account import Account
from fieldkit.form_cache import load_stored
from fieldkit.guides import load_guides
from fieldkit.instance import Instance, State
from fieldkit.library import Library
from fieldkit.packs import CATALOGUE
from fieldkit.packs.errors import PackContentWrong, PackExpired, PackFromTomorrow, PackOlder, PackTooNew
from fieldkit.packs.making import make_pack
from fieldkit.packs.receiving import questions, refusals, standing_refusal
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.signing import public_of
from fieldkit.store import Store
from fieldkit.store.packs import RefusedPack
from fieldkit.version import VERSION
from forms import FormSession
from sync.errors import Interrupted
from sync.pull import PullReport, pull
from tests.fieldkit.pack_samples import (
    ISSUED,
    UNTIL,
    call_text,
    calls,
    folder_of,
    guide_text,
    handmade,
    region_key,
    toolkit,
)

ACCOUNT = "acc"
AIM = "/data/a_identification/appel"
SHIPPED = load_guides()[2]


class Place:
    """A region that publishes catalogues, and a computer that pulls from it; each publication is a new version."""

    def __init__(self, store: Store, site: Any, folder: Path) -> None:
        self.store, self.site, self.folder = store, site, folder
        self.library = Library(store)
        self.client = site.client()
        self._version = 0
        store.accounts.put(Account(ACCOUNT, "https://region.example", 1, "GAL Essai"))

    def publish(self, **packs: bytes) -> None:
        """Publish these files, by name without .zip; of those that the form declares, the others stay as they were."""
        self._version += 1
        xml = resources.read_bytes("region", f"{CATALOGUE}.xml")
        xml = xml.replace(b'version="1">', f'version="{self._version}">'.encode())
        media = {f"{name}.zip": content for name, content in packs.items()}
        self.site.server.publish_form(self.site.project, xml, media)

    def pull(self) -> PullReport:
        return pull(self.store, self.client, origin=ACCOUNT)

    def trust(self, key: bytes = b"") -> None:
        self.store.packs.trust(ACCOUNT, public_of(key or region_key()), datetime.now(UTC))

    def toolkit(self, **facts: Any) -> bytes:
        return toolkit(self.folder / str(len(list(self.folder.iterdir()))), **facts)

    def calls(self, **facts: Any) -> bytes:
        return calls(self.folder / str(len(list(self.folder.iterdir()))), **facts)

    def g03(self) -> str:
        return self.library.shelf().guide("G03").title


@pytest.fixture
def place(store: Store, site: Any, tmp_path: Path) -> Place:
    (tmp_path / "made").mkdir()
    return Place(store, site, tmp_path / "made")


def test_a_pack_waits_for_trust_and_then_counts_at_once(place: Place) -> None:
    place.publish(guides=place.toolkit(), appels=place.calls())
    report = place.pull()
    assert report.packs is not None
    assert (report.packs.waiting, report.packs.new) == (["Essai", "Essai"], [])
    assert (report.new, report.problems) == (["lieux"], [])
    assert [form.form_id for form in place.store.blank_forms.list()] == ["lieux"]  # the catalogue is no questionnaire
    assert (place.g03(), place.library.call("appel_recu")) == (SHIPPED.title, None)
    (question,) = questions(place.store)
    assert (question.origin, question.titles, question.replaces) == (ACCOUNT, ("Essai", "Essai"), b"")
    place.store.packs.trust(ACCOUNT, question.public_key, datetime.now(UTC))
    assert questions(place.store) == []
    guide = place.library.shelf().guide("G03")
    assert (guide.title, guide.received and guide.received.account) == ("Un guide reçu", "GAL Essai")
    assert [hit.guide.guide_id for hit in place.library.shelf().search("tronconneuse")] == ["G03"]
    assert [one.call_id for one in place.library.calls() if one.is_open][:1] == ["appel_recu"]


def test_packs_of_a_trusted_key_come_in_silently_and_unchanged_ones_do_not_come_again(place: Place, line: Any) -> None:
    place.trust()
    place.publish(guides=place.toolkit())
    report = place.pull()
    assert report.packs is not None
    assert (report.packs.new, report.packs.waiting, report.packs.missing) == (["Essai"], [], ("appels.zip",))
    assert [(one.form_id, one.missing_media) for one in report.problems] == [(CATALOGUE, ("appels.zip",))]
    assert place.g03() == "Un guide reçu"
    place.client = place.site.client(line.url)
    stamp = place.store.packs.stamp()
    again = place.pull()
    assert again.packs is not None
    assert (again.packs.new, again.packs.updated, again.packs.withdrawn, again.problems) == ([], [], [], [])
    assert b"guides.zip" not in line.heard
    assert place.store.packs.stamp() == stamp


def test_a_new_version_replaces_the_one_in_use(place: Place) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    place.publish(guides=place.toolkit(version=2, more="Un mot nouveau : girouette."))
    report = place.pull()
    assert report.packs is not None
    assert (report.packs.new, report.packs.updated, report.packs.withdrawn) == ([], ["Essai"], [])
    assert place.library.shelf().search("girouette")
    assert [pack.version for pack in place.store.packs.all() if pack.kind == "toolkit"] == [2]


def test_a_line_that_breaks_in_the_middle_leaves_the_old_one_and_keeps_what_came(place: Place, line: Any) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    newer = place.toolkit(version=2, more="x" * 400_000)
    place.publish(guides=newer, appels=place.calls(version=2, files={"calls/autre.json": call_text("autre")}))
    place.client = place.site.client(line.url)
    line.cut_file = (b"guides.zip", 200_000)
    report = place.pull()
    assert isinstance(report.stopped, Interrupted)
    assert place.g03() == "Un guide reçu"
    assert not place.library.shelf().search("xxxxx")
    assert place.library.call("autre") is not None  # came before the break, and need not come again
    place.client = place.site.client()
    after = place.pull()
    assert after.packs is not None
    assert (after.packs.updated, after.problems) == (["Essai"], [])


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_what_was_tampered_with_is_refused_and_the_old_one_stays(place: Place, where: float) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    changed = bytearray(place.toolkit(version=2))
    changed[int(len(changed) * where)] ^= 1
    place.publish(guides=bytes(changed))
    report = place.pull()
    assert [problem.form_id for problem in report.problems] == [CATALOGUE]
    assert place.g03() == "Un guide reçu"
    assert report.packs is not None
    assert report.packs.withdrawn == []
    assert [error.name for error in refusals(place.store, ACCOUNT)] == ["guides.zip"]
    place.publish(guides=place.toolkit(version=2, more="girouette"))
    assert place.pull().problems == []
    assert refusals(place.store, ACCOUNT) == []
    assert place.library.shelf().search("girouette")


def test_what_is_refused_does_not_come_down_again_until_the_program_or_the_clock_changes(
    place: Place, line: Any
) -> None:
    place.trust()
    place.publish(guides=handmade({"guides/fr/G03.md": b"x"}, kind="territory"), appels=place.calls())
    assert [type(problem.error) for problem in place.pull().problems] == [PackTooNew]
    place.client = place.site.client(line.url)
    assert [type(problem.error) for problem in place.pull().problems] == [PackTooNew]
    assert b"guides.zip" not in line.heard
    (kept,) = place.store.packs.refused(ACCOUNT)
    place.store.packs.refuse(ACCOUNT, RefusedPack(kept.name, kept.md5, kept.code, kept.cause, "0.0.1"))
    assert [type(problem.error) for problem in place.pull().problems] == [PackTooNew]
    assert b"guides.zip" in line.heard


def test_one_bad_pack_keeps_no_other_out(place: Place) -> None:
    place.trust()
    place.publish(guides=b"%PDF", appels=place.calls())
    report = place.pull()
    assert len(report.problems) == 1
    assert place.library.call("appel_recu") is not None


def test_content_that_cannot_be_used_is_told_with_its_file(place: Place) -> None:
    place.trust()
    wrong = guide_text(updated="hier").encode()
    place.publish(guides=handmade({"guides/fr/G03.md": wrong}), appels=place.calls())
    (problem,) = place.pull().problems
    assert isinstance(problem.error, PackContentWrong)
    assert problem.error.cause.startswith("guides/fr/G03.md: ")


def test_dates_are_judged_with_two_days_of_grace(place: Place) -> None:
    place.trust()
    now = datetime.now(UTC)

    def outcome(issued: datetime, until: datetime, version: int) -> list[type]:
        made = place.toolkit(issued=issued, valid_until=until.date().isoformat(), version=version)
        place.publish(guides=made)
        return [type(problem.error) for problem in place.pull().problems if problem.error]

    year, day = timedelta(days=365), timedelta(days=1)
    assert outcome(now - year, now - 4 * day, 1) == [PackExpired]
    assert outcome(now - year, now - day, 2) == []
    assert outcome(now + 4 * day, now + year, 3) == [PackFromTomorrow]
    assert outcome(now + day, now + year, 4) == []


def test_a_clock_that_is_put_right_takes_what_it_had_refused(place: Place) -> None:
    """A computer whose clock was behind refused a pack as one of the future: with the clock right it comes."""
    place.trust()
    made = place.toolkit()
    place.publish(guides=made)
    future = ISSUED

    digest = hashlib.md5(made, usedforsecurity=False).hexdigest()
    for code, cause in (("PackFromTomorrow", future.isoformat()), ("PackExpired", UNTIL.isoformat())):
        place.store.packs.refuse(ACCOUNT, RefusedPack("guides.zip", digest, code, cause, VERSION))
        (kept,) = place.store.packs.refused(ACCOUNT)
        assert standing_refusal(kept, future + timedelta(days=1)) is None
    assert [problem.error for problem in place.pull().problems] == [None]
    assert place.g03() == "Un guide reçu"


def test_no_older_version_takes_the_place_of_a_newer_one(place: Place) -> None:
    place.trust()
    first, first_calls = place.toolkit(), place.calls()
    place.publish(guides=first, appels=first_calls)
    place.pull()
    place.publish(guides=place.toolkit(version=2, more="girouette"), appels=place.calls(version=2))
    place.pull()
    place.publish(guides=first, appels=first_calls)  # the server, or who rules it, goes back
    report = place.pull()
    assert [type(problem.error) for problem in report.problems] == [PackOlder, PackOlder]
    assert report.packs is not None
    assert report.packs.withdrawn == []
    assert place.library.shelf().search("girouette")
    received = place.library.call("appel_recu")
    assert received is not None
    assert received.received is not None
    assert (received.received.version, received.received.gone) == (2, False)
    place.publish(guides=place.toolkit(version=2, more="autre chose"), appels=place.calls(version=2))
    assert [type(problem.error) for problem in place.pull().problems] == [PackOlder]


def test_another_key_asks_and_changes_nothing_until_the_user_decides(place: Place) -> None:
    other = bytes(range(32))
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    place.publish(guides=place.toolkit(key=other, more="girouette"))
    report = place.pull()
    assert report.packs is not None
    assert (report.packs.waiting, report.packs.withdrawn, report.problems) == (["Essai"], [], [])
    assert place.g03() == "Un guide reçu"
    assert not place.library.shelf().search("girouette")
    (question,) = questions(place.store)
    assert question.replaces == public_of(region_key())
    place.trust(other)
    assert questions(place.store) == []
    assert place.library.shelf().search("girouette")
    after = place.pull()
    assert after.packs is not None
    assert after.packs.withdrawn == []
    received = place.library.call("appel_recu")
    assert received is not None
    assert received.received is not None
    assert received.received.gone  # of the key of before: no longer offered, never lost


def test_a_pack_of_a_key_that_nobody_trusted_goes_with_its_offer(place: Place) -> None:
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    place.publish(guides=place.toolkit(key=bytes(range(32))), appels=place.calls(key=bytes(range(32))))
    place.pull()
    assert {pack.public_key for pack in place.store.packs.all()} == {public_of(bytes(range(32)))}


def test_what_the_region_withdraws_gives_way_and_is_told(place: Place) -> None:
    place.trust()
    only = place.folder / "only"

    files = {"guides/fr/G03.md": guide_text(), "guides/fr/R01.md": guide_text("R01", "Seulement ici")}

    place.publish(guides=make_pack(folder_of(only, files), region_key())[0], appels=place.calls())
    place.pull()
    assert place.g03() == "Un guide reçu"
    withdrawn_xml(place, b"guides")
    report = place.pull()
    assert report.packs is not None
    assert report.packs.withdrawn == ["Essai"]
    assert place.g03() == SHIPPED.title
    left = place.library.shelf().guide("R01")
    assert left.received is not None
    assert left.received.gone
    assert place.pull().packs is not None


def withdrawn_xml(place: Place, name: bytes) -> None:
    """Publish a catalogue that does not declare one of its packs any more."""
    place._version += 1
    xml = resources.read_bytes("region", f"{CATALOGUE}.xml").replace(b"jr://video/" + name + b".zip", name)
    xml = xml.replace(b'version="1">', f'version="{place._version}">'.encode())
    place.site.server.publish_form(place.site.project, xml)


def test_a_catalogue_that_vanishes_withdraws_all_and_an_empty_list_nothing(place: Place) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    place.site.server.unassign(place.site.project, place.site.token)
    assert place.pull().lost_access
    assert place.g03() == "Un guide reçu"
    place.site.server.assign(place.site.project, place.site.token, "lieux")
    report = place.pull()
    assert report.packs is not None
    assert sorted(report.packs.withdrawn) == ["Essai", "Essai"]
    assert report.vanished == []
    assert place.g03() == SHIPPED.title
    assert place.pull().packs is None
    place.site.server.assign(place.site.project, place.site.token, CATALOGUE)
    place.pull()
    assert place.g03() == "Un guide reçu"  # offered again


def test_an_account_that_is_left_takes_its_packs_along(place: Place) -> None:
    place.trust()
    place.publish(guides=place.toolkit(), appels=place.calls())
    place.pull()
    place.store.accounts.remove(ACCOUNT)
    assert place.g03() == SHIPPED.title
    assert [one.call_id for one in place.library.calls() if one.is_open] == ["mon_smart_village_demo"]
    assert questions(place.store) == []


def test_a_catalogue_that_an_earlier_program_took_for_a_questionnaire_leaves_the_list(place: Place) -> None:
    xml = resources.read_bytes("region", f"{CATALOGUE}.xml")
    place.store.blank_forms.put(CATALOGUE, "1", "Catalogue", xml, {}, ACCOUNT)
    place.publish(guides=place.toolkit(), appels=place.calls())
    report = place.pull()
    assert report.vanished == []
    assert [form.form_id for form in place.store.blank_forms.list()] == ["lieux"]


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
    withdrawn_xml(place, b"appels")
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


def test_several_large_packs_are_in_memory_one_at_a_time(place: Place) -> None:
    place.trust()
    size = 900_000

    files = {f"guides/fr/G{n}.md": guide_text(f"G{n}", more="mot " * (size // 4)) for n in range(50, 58)}
    place.publish(guides=make_pack(folder_of(place.folder / "big", files), region_key())[0], appels=place.calls())
    tracemalloc.start()
    try:
        place.pull()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(place.library.shelf().guides) > 8
    assert peak < 6 * 8 * size  # the server, in this process too, has its share
