# SPDX-License-Identifier: EUPL-1.2
"""Whether this workspace takes a pack: by its dates, by what is here already, and by whose key the user trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from fieldkit.packs.container import read_pack
from fieldkit.packs.content import check_content
from fieldkit.packs.errors import PackError, PackExpired, PackFromTomorrow, PackOlder, refusal
from fieldkit.packs.keys import fingerprint
from fieldkit.packs.manifest import Kind, Manifest, read_manifest
from fieldkit.store.packs import RefusedPack, StoredPack
from fieldkit.version import VERSION

if TYPE_CHECKING:
    from fieldkit.store import Store

# Contract, F50: a clock may be two days off, here or where the pack was made.
CLOCK_ERROR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a pack: `in_use`, or it waits until its key is trusted; `is_new`: none of that id was here."""

    seq: int
    manifest: Manifest
    in_use: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A key that signs what an account is offered and that nobody decided on.

    `replaces` is the key that is trusted now, b"" if none is: then it is the account's first one.
    """

    origin: str
    public_key: bytes
    titles: tuple[str, ...]
    replaces: bytes

    @property
    def fingerprint(self) -> str:
        """Return what people compare."""
        return fingerprint(self.public_key)


def receive(store: Store, origin: str, name: str, md5: str, content: bytes, now: datetime) -> Taken:
    """Take the pack whose bytes came down as the file `name` of an account; the PackError family, and then nothing is.

    It is kept beside the one in use until its key is trusted.
    """
    pack = read_pack(content, name)
    manifest = pack.manifest
    check_dates(manifest, name, now)
    same = (manifest.public_key, manifest.pack_id)
    # What only waits for trust protects nothing: another version may take its place.
    used = [one for one in store.packs.all(origin) if (one.public_key, one.pack_id) == same and one.used_at is not None]
    newest = max((one.version for one in used), default=0)
    if newest >= manifest.version:
        raise PackOlder(name, f"version {manifest.version}, and version {newest} is here")
    check_content(pack)
    row = StoredPack(
        seq=0,
        origin=origin,
        name=name,
        md5=md5,
        public_key=manifest.public_key,
        pack_id=manifest.pack_id,
        kind=str(manifest.kind),
        version=manifest.version,
        manifest=pack.signed,
        received_at=now,
        used_at=None,
        withdrawn_at=None,
    )
    files = ((one.name, lambda file=one.name: pack.read(file)) for one in manifest.files)
    kept = store.packs.put(row, pack.signature, files, kept=manifest.kind is Kind.CALL)
    return Taken(kept.seq, manifest, in_use=kept.used_at is not None, is_new=not used)


def check_dates(manifest: Manifest, name: str, now: datetime) -> None:
    """Raise PackExpired or PackFromTomorrow, unless the clock's own error may explain it."""
    end = datetime.combine(manifest.valid_until, time.max, UTC)
    if now - CLOCK_ERROR > end:
        raise PackExpired(name, manifest.valid_until.isoformat())
    if now + CLOCK_ERROR < manifest.issued_at:
        raise PackFromTomorrow(name, manifest.issued_at.isoformat())


def remember(store: Store, origin: str, md5: str, error: PackError) -> None:
    """Keep why a file was refused."""
    store.packs.refuse(origin, RefusedPack(error.name, md5, error.code, error.cause, VERSION))


def standing_refusal(refused: RefusedPack, now: datetime) -> PackError | None:
    """Return the refusal as an error, None if it must be judged again: another program, or another clock."""
    error = refusal(refused.code, refused.name, refused.cause)
    if refused.program != VERSION:
        return None
    if isinstance(error, PackFromTomorrow) and now + CLOCK_ERROR >= datetime.fromisoformat(error.cause):
        return None
    if isinstance(error, PackExpired) and (now - CLOCK_ERROR).date().isoformat() <= error.cause:
        return None
    return error


def refusals(store: Store, origin: str) -> list[PackError]:
    """Return why files of an account were refused."""
    return [refusal(one.code, one.name, one.cause) for one in store.packs.refused(origin)]


def questions(store: Store) -> list[Question]:
    """Return the keys that the user has not decided on, account by account; accounts that were left ask nothing."""
    trusted = store.packs.trusted()
    accounts = {account.account_id for account in store.accounts.all()}
    waiting: dict[tuple[str, bytes], list[str]] = {}
    for one in store.packs.all():
        known = trusted.get(one.origin)
        offered = one.origin in accounts and one.withdrawn_at is None
        # What was trusted once and gave way to another key was decided on.
        if offered and (known is None or (known.public_key != one.public_key and one.used_at is None)):
            title = read_manifest(one.manifest, one.name).title
            waiting.setdefault((one.origin, one.public_key), []).append(title)
    return [
        Question(origin, key, tuple(titles), trusted[origin].public_key if origin in trusted else b"")
        for (origin, key), titles in waiting.items()
    ]
