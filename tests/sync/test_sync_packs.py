# SPDX-License-Identifier: EUPL-1.2
"""Packs from a region's server to this computer: made, published, pulled, trusted, replaced, withdrawn, refused."""

from __future__ import annotations

import hashlib
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import resources
from fieldkit.packs import CATALOGUE
from fieldkit.packs.errors import PackContentWrong, PackExpired, PackFromTomorrow, PackOlder, PackTooNew
from fieldkit.packs.making import make_pack
from fieldkit.packs.receiving import questions, refusals, standing_refusal
from fieldkit.signing import public_of
from fieldkit.store import Store
from fieldkit.store.packs import RefusedPack
from fieldkit.version import VERSION
from sync.errors import Interrupted
from tests.fieldkit.pack_samples import (
    ISSUED,
    UNTIL,
    call_text,
    folder_of,
    guide_text,
    handmade,
    region_key,
)
from tests.sync.pack_place import ACCOUNT, SHIPPED, Place


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


def test_what_waits_for_trust_keeps_no_other_version_out(place: Place) -> None:
    first = place.toolkit()
    place.publish(guides=place.toolkit(version=2), appels=place.calls())
    place.pull()
    place.publish(guides=first)
    report = place.pull()
    assert report.problems == []
    assert [pack.version for pack in place.store.packs.all() if pack.kind == "toolkit"] == [1]


def test_what_the_region_withdraws_gives_way_and_is_told(place: Place) -> None:
    place.trust()
    only = place.folder / "only"

    files = {"guides/fr/G03.md": guide_text(), "guides/fr/R01.md": guide_text("R01", "Seulement ici")}

    place.publish(guides=make_pack(folder_of(only, files), region_key())[0], appels=place.calls())
    place.pull()
    assert place.g03() == "Un guide reçu"
    place.withdraw("guides")
    report = place.pull()
    assert report.packs is not None
    assert report.packs.withdrawn == ["Essai"]
    assert place.g03() == SHIPPED.title
    left = place.library.shelf().guide("R01")
    assert left.received is not None
    assert left.received.gone
    assert place.pull().packs is not None


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
