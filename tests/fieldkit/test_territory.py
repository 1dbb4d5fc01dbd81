# SPDX-License-Identifier: EUPL-1.2
"""The tables of the territory: complete, consistent, quick, and found by what people type."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

import resources
from fieldkit import territory
from fieldkit.errors import TerritoryError
from fieldkit.territory import Level
from tests.fieldkit.child_process import ROOT


def test_the_tables_are_whole() -> None:
    every = territory.communes()
    assert len({one.nis for one in every}) == len(every) == 261
    assert sorted(Counter(one.province for one in every).values()) == [27, 38, 43, 69, 84]
    assert sum(one.population_2026 for one in every) == 3_713_450
    assert sum(one.population_2020 for one in every) == 3_645_243
    assert round(sum(one.area_km2 for one in every)) == 16_903
    codes = [code for one in every for code in one.postal_codes]
    assert len(set(codes)) == len(codes) == 606
    assert [one.name for one in every if one.language == "de"].__len__() == 9
    assert [one.name for one in every if one.debt is None or one.debt_year is None] == ["Bastogne"]
    assert all(abs(one.density - one.population_2026 / one.area_km2) < 1 + one.density * 0.01 for one in every)
    assert all(2.8 < one.lon < 6.5 and 49.4 < one.lat < 50.9 for one in every)


def test_the_groups_are_those_of_two_periods() -> None:
    periods = Counter(one.period for one in territory.gals())
    assert periods == {"2023-2027": 19, "2014-2020": 18}
    assert territory.gals()[0].period == "2023-2027"
    for period in periods:
        members = [nis for one in territory.gals() if one.period == period for nis in one.communes]
        assert len(members) == len(set(members))
        assert all(territory.commune(nis).nis == nis for nis in members)
    assert [one.gal_id for one in territory.gals_of("63001")] == ["23-100villages"]
    assert territory.gal("23-culturalite").name == "Culturalité en Hesbaye brabançonne"
    assert len(territory.gal("23-culturalite").communes) == 7


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("éghezée", "Eghezée"),
        ("  ÉGHEZÉE ", "Eghezée"),
        ("saint leger", "Saint-Léger"),
        ("büllingen", "Bullange"),
        ("bullingen", "Bullange"),
        ("Eigenbrakel", "Braine-l'Alleud"),
        ("braine l’alleud", "Braine-l'Alleud"),
        ("1370", "Jodoigne"),
        ("25048", "Jodoigne"),
        ("ans", "Ans"),
        ("hannut", "Hannut"),
        ("alleud", "Braine-l'Alleud"),
    ],
)
def test_a_commune_is_found_by_what_people_type(text: str, first: str) -> None:
    assert territory.search_communes(text)[0].name == first


def test_a_search_is_ranked_limited_and_may_find_nothing() -> None:
    assert territory.search_communes("") == territory.search_communes(" - ") == ()
    assert territory.search_communes("zzz") == territory.search_communes("9999") == ()
    names = [one.name for one in territory.search_communes("saint", limit=100)]
    beginning = [name for name in names if name.startswith(("Saint", "Sankt"))]
    assert names[: len(beginning)] == beginning
    assert len(territory.search_communes("a", limit=7)) == 7


def test_codes_of_before_the_renumberings_are_known() -> None:
    assert territory.commune("82003").name == "Bastogne"
    assert territory.commune("82005").name == "Bastogne"
    assert territory.commune("54007").name == "Mouscron"
    with pytest.raises(TerritoryError) as error:
        territory.commune("99999")
    assert (error.value.kind, error.value.code) == ("commune", "99999")
    assert territory.of_postal_code(" 6600 ")[0].name == "Bastogne"
    assert territory.of_postal_code("1000") == ()


def test_languages_of_a_commune() -> None:
    assert territory.commune("63023").languages == ("de", "fr")
    assert territory.commune("25048").languages == ("fr",)


def test_the_tree_goes_from_the_region_to_each_commune_once() -> None:
    leaves = [
        leaf.code
        for province in territory.children(territory.region())
        for district in territory.children(province)
        for leaf in territory.children(district)
    ]
    assert sorted(leaves) == sorted(one.nis for one in territory.communes())
    assert [one.level for one in territory.parents("63001")] == [
        Level.GAL,
        Level.DISTRICT,
        Level.PROVINCE,
        Level.REGION,
    ]
    assert territory.children(territory.place(Level.COMMUNE, "25048")) == ()
    gal = territory.place("gal", "23-culturalite")
    assert [one.name for one in territory.children(gal)] == sorted(one.name for one in territory.children(gal))
    assert territory.place(Level.PROVINCE, "20002").name == "Brabant wallon"
    for level, code in ((Level.PROVINCE, "1"), (Level.GAL, "1"), (Level.DISTRICT, "1"), (Level.REGION, "1")):
        with pytest.raises(TerritoryError):
            territory.place(level, code)


def test_the_source_is_told() -> None:
    text = resources.read_text("territory", "SOURCES.md")
    assert "Statbel (Direction générale Statistique - Statistics Belgium) ; IWEPS - WalStat" in text
    assert all(name.name in text for name in resources.path("territory").glob("*.csv"))


def test_reading_is_quick_and_needs_no_heavy_library() -> None:
    code = (
        "import sys, time; from fieldkit import territory; t = time.perf_counter();"
        "territory.communes(); territory.gals(); print(time.perf_counter() - t);"
        "print([m for m in ('pandas', 'sqlite_utils', 'keyring', 'requests') if m in sys.modules])"
    )
    times = []
    for _ in range(3):
        output = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        seconds, heavy = output.splitlines()
        assert heavy == "[]"
        times.append(float(seconds))
    assert min(times) < 0.2  # 4 ms on a quiet machine
