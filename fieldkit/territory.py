# SPDX-License-Identifier: EUPL-1.2
"""The territory: the 261 communes of Wallonia, the local action groups, and the levels between commune and region.

Tables and their sources: `resources/territory/SOURCES.md`. They are read at the first call (a few milliseconds) and
kept; everything returned is immutable.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import resources
from fieldkit.errors import TerritoryError
from fieldkit.folding import fold, words

PERIODS = ("2023-2027", "2014-2020")


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune, codes and names of 1 January 2025.

    `language` is the language of the administration ("fr" or "de"), `facilities` the one with facilities or "".
    Populations are persons on 1 January of the year; `area_km2` km², `density` persons per km²; `debt` euros per
    inhabitant in `debt_year`, both None where the source has none. `lon`, `lat` (WGS 84) is a point inside.
    """

    nis: str
    name: str
    name_de: str
    name_nl: str
    language: str
    facilities: str
    postal_codes: tuple[str, ...]
    province_nis: str
    province: str
    district_nis: str
    district: str
    nuts3: str
    population_2026: int
    population_2020: int
    area_km2: float
    density: float
    debt: float | None
    debt_year: int | None
    lon: float
    lat: float

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the commune answers its inhabitants, the administration's own first."""
        return (self.language, self.facilities) if self.facilities else (self.language,)


@dataclass(frozen=True, slots=True)
class Gal:
    """A local action group (groupe d'action locale) in one LEADER period; `communes` are NIS codes.

    `certain` is false when the membership of a commune was not seen in an institution's own page.
    """

    gal_id: str
    name: str
    period: str
    communes: tuple[str, ...]
    certain: bool


class Level(StrEnum):
    """The levels of the tree, from the whole to the part; a GAL stands beside it and groups communes."""

    REGION = "region"
    PROVINCE = "province"
    DISTRICT = "district"
    GAL = "gal"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Place:
    """Any territory: `code` is a NIS code or a GAL's id; `communes` the NIS codes inside (itself for a commune)."""

    level: Level
    code: str
    name: str
    communes: tuple[str, ...]


REGION_NIS = "03000"


@cache
def communes() -> tuple[Commune, ...]:
    """Return the 261 communes by French name (accents do not count)."""
    return tuple(sorted((_read_commune(row) for row in _table("communes.csv")), key=lambda one: fold(one.name)))


@cache
def gals() -> tuple[Gal, ...]:
    """Return the local action groups, the present period first, then by name."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in _table("gal_communes.csv"):
        found.setdefault(row["gal_id"], []).append(row)
    every = [
        Gal(
            gal_id,
            rows[0]["gal_nom"],
            rows[0]["periode"],
            tuple(row["nis"] for row in rows),
            all(row["confiance"] == "high" for row in rows),
        )
        for gal_id, rows in found.items()
    ]
    return tuple(sorted(every, key=lambda gal: (PERIODS.index(gal.period), fold(gal.name))))


def commune(nis: str) -> Commune:
    """Return the commune of a NIS code, a code from before the renumberings included; else TerritoryError."""
    known = _by_nis()
    found = known.get(nis) or known.get(_renumbered().get(nis, ""))
    if found is None:
        raise TerritoryError("commune", nis)
    return found


def gal(gal_id: str) -> Gal:
    """Return the local action group of that id; TerritoryError if there is none."""
    for one in gals():
        if one.gal_id == gal_id:
            return one
    raise TerritoryError("gal", gal_id)


def gals_of(nis: str, period: str = PERIODS[0]) -> tuple[Gal, ...]:
    """Return the local action groups that a commune belongs to in a period (at most one in the present tables)."""
    return tuple(one for one in gals() if one.period == period and nis in one.communes)


def of_postal_code(code: str) -> tuple[Commune, ...]:
    """Return the communes of a postal code: one in practice, none if the code is not Walloon."""
    return tuple(one for one in communes() if code.strip() in one.postal_codes)


def search_communes(text: str, limit: int = 20) -> tuple[Commune, ...]:
    """Return the communes that `text` may mean, best first: by name in any language, postal code or NIS code.

    Accents, case and hyphens do not count ("saint leger", "Büllingen", "6600"). Names that begin with the text come
    before names with a word that does, and those before names that only contain it. Nothing typed finds nothing.
    """
    wanted = " ".join(words(text))
    if not wanted:
        return ()
    ranked = []
    for one in communes():
        rank = _rank(wanted, one)
        if rank is not None:
            ranked.append((rank, fold(one.name), one))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(entry[2] for entry in ranked[:limit])


@cache
def region() -> Place:
    """Return Wallonia."""
    return Place(Level.REGION, REGION_NIS, "Wallonie", tuple(one.nis for one in communes()))


@cache
def provinces() -> tuple[Place, ...]:
    """Return the five provinces by name."""
    return _grouped(Level.PROVINCE, ((one.province_nis, one.province, one.nis) for one in communes()))


@cache
def districts() -> tuple[Place, ...]:
    """Return the administrative districts (arrondissements) by name."""
    return _grouped(Level.DISTRICT, ((one.district_nis, one.district, one.nis) for one in communes()))


def place(level: Level | str, code: str) -> Place:
    """Return a territory of any level; TerritoryError if no table knows it."""
    level = Level(level)
    if level is Level.COMMUNE:
        one = commune(code)
        return Place(level, one.nis, one.name, (one.nis,))
    if level is Level.GAL:
        group = gal(code)
        return Place(level, group.gal_id, group.name, group.communes)
    candidates = {Level.REGION: (region(),), Level.PROVINCE: provinces(), Level.DISTRICT: districts()}[level]
    for candidate in candidates:
        if candidate.code == code:
            return candidate
    raise TerritoryError(level, code)


def commune_name(nis: str) -> str:
    """Return the name of a commune, "" without a code or if no table knows it."""
    try:
        return commune(nis).name if nis else ""
    except TerritoryError:
        return ""


def chosen_place(kind: str, code: str) -> Place | None:
    """Return the territory that a user chose, None if none was (or if the tables no longer know it)."""
    if not kind or not code:
        return None
    try:
        return place(kind, code)
    except TerritoryError:
        return None


def parents(nis: str) -> tuple[Place, ...]:
    """Return what a commune is part of, nearest first: its GAL if any, district, province, region."""
    one = commune(nis)
    groups = tuple(place(Level.GAL, group.gal_id) for group in gals_of(one.nis))
    return (*groups, place(Level.DISTRICT, one.district_nis), place(Level.PROVINCE, one.province_nis), region())


def children(parent: Place) -> tuple[Place, ...]:
    """Return the next level down: provinces of the region, districts of a province, communes of a district or GAL."""
    if parent.level is Level.REGION:
        return provinces()
    if parent.level is Level.PROVINCE:
        return tuple(one for one in districts() if one.communes[0] in parent.communes)
    if parent.level is Level.COMMUNE:
        return ()
    return tuple(sorted((place(Level.COMMUNE, nis) for nis in parent.communes), key=lambda one: fold(one.name)))


@cache
def _by_nis() -> dict[str, Commune]:
    return {one.nis: one for one in communes()}


@cache
def _renumbered() -> dict[str, str]:
    return {row["old_nis"]: row["new_nis"] for row in _table("nis_crosswalk.csv")}


@cache
def _search_keys() -> dict[str, tuple[str, ...]]:
    return {
        one.nis: tuple({" ".join(words(name)) for name in (one.name, one.name_de, one.name_nl) if name})
        for one in communes()
    }


def _rank(wanted: str, one: Commune) -> int | None:
    if wanted.isdigit():
        return 0 if any(code.startswith(wanted) for code in (*one.postal_codes, one.nis)) else None
    keys = _search_keys()[one.nis]
    if wanted in keys:
        return 0
    if any(key.startswith(wanted) for key in keys):
        return 1
    if any(f" {wanted}" in key for key in keys):
        return 2
    return 3 if any(wanted in key for key in keys) else None


def _grouped(level: Level, rows: Iterable[tuple[str, str, str]]) -> tuple[Place, ...]:
    members: dict[tuple[str, str], list[str]] = {}
    for code, name, nis in rows:
        members.setdefault((code, name), []).append(nis)
    places = [Place(level, code, name, tuple(codes)) for (code, name), codes in members.items()]
    return tuple(sorted(places, key=lambda one: fold(one.name)))


def _table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(resources.read_text("territory", name).splitlines()))


def _read_commune(row: dict[str, str]) -> Commune:
    return Commune(
        nis=row["nis"],
        name=row["nom_fr"],
        name_de=row["nom_de"],
        name_nl=row["nom_nl"],
        language=row["langue"],
        facilities=row["facilites"],
        postal_codes=tuple(row["codes_postaux"].split()),
        province_nis=row["province_nis"],
        province=row["province"],
        district_nis=row["arrondissement_nis"],
        district=row["arrondissement"],
        nuts3=row["nuts3_2021"],
        population_2026=int(row["population_2026"]),
        population_2020=int(row["population_2020"]),
        area_km2=float(row["superficie_km2"]),
        density=float(row["densite_hab_km2"]),
        debt=float(row["dette_eur_hab"]) if row["dette_eur_hab"] else None,
        debt_year=int(row["dette_annee"]) if row["dette_annee"] else None,
        lon=float(row["lon"]),
        lat=float(row["lat"]),
    )
