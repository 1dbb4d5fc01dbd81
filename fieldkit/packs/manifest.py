# SPDX-License-Identifier: EUPL-1.2
"""The manifest of a pack: what it is, until when, by whom, and each file with size and SHA-256.

{"format": "fieldkit-pack", "format_version": 1, "kind": "toolkit", "id": "guides-wallonie", "version": 3,
 "title": "…", "language": "fr", "issued_at": "2026-11-26T09:00:00+00:00", "valid_until": "2027-06-30",
 "public_key": base64, "files": [{"name": "guides/fr/G03.md", "size": 9021, "sha256": hex}, …]}
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from fieldkit.packs.errors import NotAPack, PackDamaged, PackTooNew, PackUnsafe

FORMAT: Final = "fieldkit-pack"
FORMAT_VERSION: Final = 1
MAX_MANIFEST: Final = 1024 * 1024
MAX_FILES: Final = 2_000
MAX_WHOLE: Final = 32 * 1024 * 1024
LANGUAGES: Final = ("fr", "de", "en", "nl")
# Bare words only: no dot but the last one, no way up, nothing that a system reads as something else.
_FILE: Final = re.compile(r"[a-z]{1,16}(/[A-Za-z0-9_-]{1,64}){1,2}\.(md|json)")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MAX_TITLE: Final = 120
_MAX_VERSION: Final = 2**31
_KEY_BYTES: Final = 32


class Kind(StrEnum):
    """What a pack brings."""

    TOOLKIT = "toolkit"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file: its name in the pack, its size in bytes, its SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself. `issued_at` is aware UTC; it is valid through the whole day `valid_until`."""

    kind: Kind
    pack_id: str
    version: int
    title: str
    language: str
    issued_at: datetime
    valid_until: date
    public_key: bytes
    files: tuple[PackFile, ...]


def write_manifest(manifest: Manifest) -> bytes:
    """Return the bytes that are signed."""
    facts = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "kind": manifest.kind,
        "id": manifest.pack_id,
        "version": manifest.version,
        "title": manifest.title,
        "language": manifest.language,
        "issued_at": manifest.issued_at.isoformat(),
        "valid_until": manifest.valid_until.isoformat(),
        "public_key": base64.b64encode(manifest.public_key).decode(),
        "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in manifest.files],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def read_manifest(content: bytes, name: str) -> Manifest:
    """Return what the bytes say of the pack `name`; NotAPack, PackTooNew, PackDamaged, PackUnsafe.

    A later format or kind is told before anything else of it is looked at.
    """
    facts = _facts(content, name)
    version = facts.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise NotAPack(name, "no format version")
    if version > FORMAT_VERSION:
        raise PackTooNew(name, f"format {version}, and this program knows {FORMAT_VERSION}")
    kind = facts.get("kind")
    if not isinstance(kind, str) or not kind:
        raise NotAPack(name, "no kind")
    if kind not in set(Kind):
        raise PackTooNew(name, f"of the kind {kind[:40]!r}")
    try:
        return _manifest(Kind(kind), facts, name)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PackDamaged(name, f"a manifest that cannot be read: {error}") from error


def check_description(manifest: Manifest) -> None:
    """Raise ValueError, with the cause, if a field has a value that no manifest may have."""
    if not _ID.fullmatch(manifest.pack_id):
        raise ValueError("id: small letters, digits and hyphens")
    if not 1 <= manifest.version < _MAX_VERSION:
        raise ValueError("version: a whole number from 1")
    if not 1 <= len(manifest.title) <= _MAX_TITLE or not manifest.title.isprintable() or "<" in manifest.title:
        raise ValueError(
            f"title: a line of at most {_MAX_TITLE} characters, without <"
        )  # no window takes it for markup
    if manifest.language not in LANGUAGES:
        raise ValueError(f"language: one of {', '.join(LANGUAGES)}")
    if manifest.valid_until < manifest.issued_at.date():
        raise ValueError("valid_until: a day before issued_at")


def check_files(files: tuple[PackFile, ...], name: str) -> None:
    """Raise PackUnsafe for names or sizes that no pack may have."""
    for one in files:
        if not _FILE.fullmatch(one.name) or not 0 <= one.size <= MAX_WHOLE:
            raise PackUnsafe(name, f"a file {one.name[:80]!r} of {one.size} bytes")
    # One name on every system: some do not tell capitals from small letters.
    if len({one.name.lower() for one in files}) < len(files):
        raise PackUnsafe(name, "two files of one name")
    whole = sum(one.size for one in files)
    if not files or len(files) > MAX_FILES or whole > MAX_WHOLE:
        raise PackUnsafe(name, f"{len(files)} files of {whole} bytes")


def _facts(content: bytes, name: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise PackDamaged(name, "a manifest that is not JSON") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NotAPack(name, "another manifest")
    return facts


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what two readers could read differently: the same key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the same key twice")
    return found


def _manifest(kind: Kind, facts: Mapping[str, Any], name: str) -> Manifest:
    public = base64.b64decode(_text(facts, "public_key"), validate=True)
    if len(public) != _KEY_BYTES:
        raise ValueError("public_key")
    files = tuple(_file(raw) for raw in facts["files"])
    found = Manifest(
        kind=kind,
        pack_id=_text(facts, "id"),
        version=_number(facts, "version"),
        title=_text(facts, "title"),
        language=_text(facts, "language"),
        issued_at=_moment(_text(facts, "issued_at")),
        valid_until=date.fromisoformat(_text(facts, "valid_until")),
        public_key=public,
        files=files,
    )
    check_description(found)
    check_files(files, name)
    return found


def _file(raw: Mapping[str, Any]) -> PackFile:
    digest = _text(raw, "sha256")
    if not _SHA256.fullmatch(digest):
        raise ValueError("sha256")
    return PackFile(_text(raw, "name"), _number(raw, "size"), digest)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("issued_at without a time zone")
    return found.astimezone(UTC)


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value


def _number(facts: Mapping[str, Any], key: str) -> int:
    value = facts[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{key} is no whole number")
    return value
