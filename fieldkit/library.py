# SPDX-License-Identifier: EUPL-1.2
"""The guides and calls that the program shows: those that ship, and those of the packs that regions sent.

Of two guides (or calls) with one id the newer one counts, by its own date; of two as new, the one that was sent. What a
region no longer offers gives way to what ships; what only it brought can still be read, marked as gone. A call that an
application may aim at is found for ever. The library reads the store when something in it has changed, and only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from fieldkit import call as calls
from fieldkit import guides
from fieldkit.errors import CallError, GuideError
from fieldkit.packs.manifest import Kind, Manifest, read_manifest
from fieldkit.provenance import Provenance

if TYPE_CHECKING:
    from fieldkit.call import Call
    from fieldkit.guides import Guide, Shelf
    from fieldkit.store import Store
    from fieldkit.store.packs import StoredPack

Item = TypeVar("Item", "Guide", "Call")


class Library:
    """Guides and calls of one workspace; without a store, those that ship. Used in the thread of the store."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._stamp = ""
        self._shelves: dict[str, Shelf] = {}
        self._guides: list[Guide] | None = None
        self._calls: tuple[Call, ...] | None = None

    @property
    def stamp(self) -> str:
        """Return what changes when anything in the library may have; "" while no region sent anything."""
        stamp = self._store.packs.stamp() if self._store is not None else ""
        if not stamp or self._store is None:
            return ""
        return repr((stamp, *((one.account_id, one.display_name) for one in self._store.accounts.all())))

    def shelf(self, language: str = guides.DEFAULT_LANGUAGE) -> Shelf:
        """Return the guides in `language` where there is a translation, else in French."""
        self._forget_what_changed()
        if self._guides is None:
            self._guides = list(_read_guides(self._brought(Kind.TOOLKIT)))
        if not self._guides:
            return guides.shipped(language)
        if language not in self._shelves:
            self._shelves[language] = guides.Shelf(_in_language(self._guides, language))
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
        self._forget_what_changed()
        if self._calls is None:
            brought = _read_calls(self._brought(Kind.CALL))
            every = _newest((*calls.calls(), *brought), lambda one: one.call_id, lambda one: one.checked_on)
            self._calls = calls.in_order(every)
        return self._calls

    def _forget_what_changed(self) -> None:
        stamp = self.stamp
        if stamp != self._stamp:
            self._stamp, self._shelves, self._guides, self._calls = stamp, {}, None, None

    def _brought(self, kind: Kind) -> Iterator[tuple[str, bytes, Provenance]]:
        """Return name and bytes of each file of this kind that packs brought and that were in use once."""
        store = self._store
        if store is None or not self._stamp:
            return
        names = {account.account_id: account.display_name or account.url for account in store.accounts.all()}
        trusted = {origin: key.public_key for origin, key in store.packs.trusted().items()}
        packs = [pack for pack in store.packs.all() if pack.used_at is not None and pack.kind == kind]
        newest = {(pack.origin, pack.public_key, pack.pack_id): pack for pack in packs}  # they are in order
        for pack in packs:
            is_trusted = trusted.get(pack.origin) == pack.public_key
            if kind is Kind.TOOLKIT and not is_trusted:
                continue  # without trust no guide is shown; a call stays for the applications that aim at it
            superseded = newest[pack.origin, pack.public_key, pack.pack_id] is not pack
            gone = superseded or not is_trusted or pack.withdrawn_at is not None or pack.origin not in names
            manifest = read_manifest(pack.manifest, pack.name)
            received = _received(pack, manifest, names.get(pack.origin, ""), gone=gone)
            for file in manifest.files:
                yield file.name, store.packs.read(pack.seq, file.name), received


def _received(pack: StoredPack, manifest: Manifest, account: str, *, gone: bool) -> Provenance:
    return Provenance(
        account_id=pack.origin,
        account=account,
        pack_id=pack.pack_id,
        pack_title=manifest.title,
        version=pack.version,
        issued_at=manifest.issued_at,
        received_at=pack.received_at,
        valid_until=manifest.valid_until,
        gone=gone,
    )


# What an earlier version of the program took and this one cannot read is left out.


def _read_guides(brought: Iterable[tuple[str, bytes, Provenance]]) -> Iterator[Guide]:
    for name, content, received in brought:
        from fieldkit.packs.content import read_guide_file

        with suppress(GuideError, ValueError):
            yield replace(read_guide_file(name, content), received=received)


def _read_calls(brought: Iterable[tuple[str, bytes, Provenance]]) -> Iterator[Call]:
    for name, content, received in brought:
        from fieldkit.packs.content import read_call_file

        with suppress(CallError, ValueError):
            yield replace(read_call_file(name, content), received=received)


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
