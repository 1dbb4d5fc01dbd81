# SPDX-License-Identifier: EUPL-1.2
"""The guides and calls that the program shows: those that ship, and those of the packs that regions sent.

Of two guides (or calls) with one id the newer one counts, by its own date; of two as new, the one that was sent. What a
region no longer offers gives way to what ships; what only it brought can still be read, marked as gone. A call that an
application may aim at is found for ever. The library reads the store when something in it has changed, and only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from fieldkit import call as calls
from fieldkit import guides
from fieldkit.errors import CallError, GuideError
from fieldkit.received import Received

if TYPE_CHECKING:
    from fieldkit.call import Call
    from fieldkit.guides import Guide, Shelf
    from fieldkit.store import Store
    from fieldkit.store.packs import StoredPack

Item = TypeVar("Item", "Guide", "Call")


@dataclass(frozen=True, slots=True)
class _Brought:
    """What the packs of all accounts brought."""

    guides: tuple[Guide, ...] = ()
    calls: tuple[Call, ...] = ()


class Library:
    """Guides and calls of one workspace; without a store, those that ship. Used in the thread of the store."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._key = ""
        self._brought = _Brought()
        self._shelves: dict[str, Shelf] = {}

    @property
    def stamp(self) -> str:
        """Return what changes when anything in the library may have."""
        if self._store is None:
            return ""
        stamp = self._store.packs.stamp()
        return " ".join((stamp, *(account.account_id for account in self._store.accounts.all()))) if stamp else ""

    def shelf(self, language: str = guides.DEFAULT_LANGUAGE) -> Shelf:
        """Return the guides in `language` where there is a translation, else in French."""
        brought = self._read().guides
        if not brought:
            return guides.shipped(language)
        if language not in self._shelves:
            self._shelves[language] = guides.Shelf(_in_language(brought, language))
        return self._shelves[language]

    def calls(self) -> tuple[Call, ...]:
        """Return the calls that ship or are offered, the open ones first."""
        return calls.in_order(one for one in self.every_call() if one.received is None or not one.received.gone)

    def call(self, call_id: str) -> Call | None:
        """Return a call by its id, also one that is no longer offered; None if there never was one."""
        return next((one for one in self.every_call() if one.call_id == call_id), None)

    def received_calls(self) -> tuple[Call, ...]:
        """Return the calls that packs brought and that count, those that are gone included."""
        return tuple(one for one in self.every_call() if one.received is not None)

    def every_call(self) -> tuple[Call, ...]:
        """Return every call once."""
        brought = self._read().calls
        if not brought:
            return calls.calls()
        every = _newest((*calls.calls(), *brought), lambda one: one.call_id, lambda one: one.checked_on)
        return calls.in_order(every)

    def _read(self) -> _Brought:
        key = self.stamp
        if key != self._key:
            self._key = key
            self._shelves = {}
            self._brought = _read(self._store) if self._store is not None and key else _Brought()
        return self._brought


def _in_language(brought: Iterable[Guide], language: str) -> Iterator[Guide]:
    """Return one guide an id: in the language if there is one, else in French, else in the one that it has."""
    every = [*guides.load_guides(), *guides.load_guides(language), *brought]
    for guide_id in sorted({one.guide_id for one in every}):
        mine = [one for one in every if one.guide_id == guide_id]
        mine = [one for one in mine if _counts(one)] or mine
        spoken = {one.language for one in mine}
        wanted = next((code for code in (language, guides.DEFAULT_LANGUAGE) if code in spoken), mine[0].language)
        yield from _newest([one for one in mine if one.language == wanted], lambda one: one.guide_id, _day_of_guide)


def _day_of_guide(one: Guide) -> date:
    return one.updated


def _newest(some: Iterable[Item], key: Callable[[Item], str], day: Callable[[Item], date]) -> list[Item]:
    """Return one of each key: what counts before what is gone, the newest before others, the last of those as new."""
    found: dict[str, Item] = {}
    for one in some:
        other = found.get(key(one))
        if other is None or (_counts(one), day(one)) >= (_counts(other), day(other)):
            found[key(one)] = one
    return list(found.values())


def _counts(one: Guide | Call) -> bool:
    return one.received is None or not one.received.gone


def _read(store: Store) -> _Brought:
    """Read what was in use once; its bytes were judged when they came."""
    from fieldkit.packs.content import read_call_file, read_guide_file
    from fieldkit.packs.manifest import Kind, read_manifest

    names = {account.account_id: account.display_name or account.url for account in store.accounts.all()}
    trusted = {origin: key.public_key for origin, key in store.packs.trusted().items()}
    newest: dict[tuple[str, bytes, str], StoredPack] = {}
    packs = [pack for pack in store.packs.all() if pack.used_at is not None]
    for pack in packs:
        newest[pack.origin, pack.public_key, pack.pack_id] = pack
    found_guides, found_calls = list["Guide"](), list["Call"]()
    for pack in packs:
        manifest = read_manifest(pack.manifest, pack.name)
        is_trusted = trusted.get(pack.origin) == pack.public_key
        superseded = newest[pack.origin, pack.public_key, pack.pack_id] is not pack
        gone = superseded or not is_trusted or pack.withdrawn_at is not None or pack.origin not in names
        received = Received(
            account_id=pack.origin,
            account=names.get(pack.origin, ""),
            pack_id=pack.pack_id,
            pack_title=manifest.title,
            version=pack.version,
            issued_at=manifest.issued_at,
            received_at=pack.received_at,
            valid_until=manifest.valid_until,
            gone=gone,
        )
        for file in manifest.files:
            # What an earlier version of the program took and this one cannot read is left out.
            with suppress(GuideError, CallError, ValueError):
                content = store.packs.read(pack.seq, file.name)
                if manifest.kind is Kind.CALL:
                    found_calls.append(replace(read_call_file(file.name, content), received=received))
                elif is_trusted:  # without trust no guide is shown; a call stays for the applications that aim at it
                    found_guides.append(replace(read_guide_file(file.name, content), received=received))
    return _Brought(tuple(found_guides), tuple(found_calls))
