# SPDX-License-Identifier: EUPL-1.2
"""The catalogue down: a form whose media are packs, each taken whole or not at all, and never a questionnaire.

A pack that is refused, or a line that breaks, leaves the one in use where it is; packs that came before the break stay.
What was refused is remembered by its md5, so that it does not come down at each sync to be refused again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit.packs import SUFFIX
from fieldkit.packs.errors import PackError, PackOlder
from fieldkit.packs.receiving import receive, remember, standing_refusal
from sync.errors import AccessError, BadServerData, LineError, SyncError
from sync.progress import check_cancel
from sync.safe_xml import UnsafeXmlError
from sync.xforms import read_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from fieldkit.store import Store
    from fieldkit.store.packs import StoredPack
    from sync.protocol import FormEntry, MediaEntry, Region

MAX_PACKS = 100


@dataclass(slots=True)
class PackReport:
    """Titles of packs by what happened. `waiting`: of a key that the user has not decided on."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    refused: list[PackError | SyncError] = field(default_factory=list)
    missing: tuple[str, ...] = ()


def pull_packs(store: Store, region: Region, entry: FormEntry, cancel: Event | None, *, origin: str) -> PackReport:
    """Take what the catalogue offers an account; trouble of one pack is told in the report.

    Raises LineError, AccessError, and what the manifest or the form itself meet.
    """
    report = PackReport()
    manifest = [file for file in region.manifest(entry) if file.name.lower().endswith(SUFFIX)]
    if len(manifest) > MAX_PACKS:
        raise BadServerData(entry.form_id, f"{len(manifest)} packs")
    report.missing = _missing(store, region, entry, manifest, origin)
    offered: set[int] = set()
    for file in manifest:
        check_cancel(cancel)
        try:
            offered.add(_take(store, region, file, report, origin))
        except (LineError, AccessError):
            raise
        except (PackError, SyncError) as error:
            report.refused.append(error)
    _settle(store, manifest, offered, report, origin)
    return report


def withdraw_packs(store: Store, origin: str) -> PackReport:
    """Note that an account is offered no catalogue any more."""
    report = PackReport()
    _settle(store, (), set(), report, origin)
    if store.facts.get(_form_fact(origin)):  # most regions never had one: nothing is written for them
        store.facts.set(_form_fact(origin), "")
    return report


def _take(store: Store, region: Region, file: MediaEntry, report: PackReport, origin: str) -> int:
    """Return the row of what a file of the manifest holds: known already, or taken now. PackError, SyncError."""
    now = datetime.now(UTC)
    packs = store.packs.all(origin)
    known = next((pack for pack in packs if pack.md5 == file.hash), None)
    if known is not None:
        if (newer := _latest(packs)[known.public_key, known.pack_id]) is not known:
            raise PackOlder(file.name, f"version {known.version}, and version {newer.version} is here")
        if known.name != file.name:
            store.packs.rename(known.seq, file.name)
        return known.seq
    for refused in store.packs.refused(origin):
        if (refused.name, refused.md5) == (file.name, file.hash) and (error := standing_refusal(refused, now)):
            raise error
    try:
        taken = receive(store, origin, file.name, file.hash, region.media(file), now)
    except PackError as error:
        remember(store, origin, file.hash, error)
        raise
    told = report.waiting if not taken.in_use else report.new if taken.is_new else report.updated
    told.append(taken.manifest.title)
    return taken.seq


def _settle(store: Store, manifest: Sequence[MediaEntry], offered: set[int], report: PackReport, origin: str) -> None:
    """Withdraw what is offered no longer; what came under the name of a file that is refused or waits stays."""
    from fieldkit.packs.manifest import read_manifest  # noqa: PLC0415 — as a rule nothing is withdrawn

    packs, key = store.packs.all(origin), store.packs.trusted().get(origin)
    latest = set(_latest(packs).values())
    used = {pack.name for pack in packs if pack.seq in offered and pack.used_at is not None}
    names = {file.name for file in manifest}
    free = names - used
    held = {pack.seq for pack in latest if pack.used_at and not pack.withdrawn_at and pack.name in free}
    for pack in store.packs.settle(origin, offered | held, names, datetime.now(UTC)):
        # Of an earlier version, or of a key that was replaced, there is nothing to say.
        if pack in latest and key is not None and key.public_key == pack.public_key:
            report.withdrawn.append(read_manifest(pack.manifest, pack.name).title)


def _latest(packs: Sequence[StoredPack]) -> dict[tuple[bytes, str], StoredPack]:
    """Return the last version of each pack of each key; versions come in order, for an older one is refused."""
    return {(pack.public_key, pack.pack_id): pack for pack in packs}


def _missing(
    store: Store, region: Region, entry: FormEntry, manifest: Sequence[MediaEntry], origin: str
) -> tuple[str, ...]:
    """Return the packs that a new version of the catalogue declares and that the server does not have.

    Contract, fact 10: a manifest leaves out what was never uploaded; what is expected stands in the form.
    """
    if store.facts.get(_form_fact(origin)) == entry.hash:
        return ()
    try:
        declared = read_head(region.form_xml(entry)).media
    except UnsafeXmlError as error:
        raise BadServerData(entry.form_id, error.cause) from None
    store.facts.set(_form_fact(origin), entry.hash)
    there = {file.name for file in manifest}
    return tuple(sorted(name for name in declared if name.lower().endswith(SUFFIX) and name not in there))


def _form_fact(origin: str) -> str:
    return f"packs.{origin}.form"
