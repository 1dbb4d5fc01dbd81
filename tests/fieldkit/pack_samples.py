# SPDX-License-Identifier: EUPL-1.2
"""Folders and packs for tests, with one key of a region for all of them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import resources
from fieldkit.packs.container import write_pack
from fieldkit.packs.making import make_pack
from fieldkit.packs.manifest import Kind, Manifest, PackFile, write_manifest
from fieldkit.signing import new_key, public_of, sign

# Of now: what is judged by the clock must hold whenever the tests run.
ISSUED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=6)
UNTIL = ISSUED.date() + timedelta(days=200)


@cache
def region_key(name: str = "region") -> bytes:
    """Return a private key, the same for the same name."""
    del name
    return new_key()


def guide_text(guide_id: str = "G03", title: str = "Un guide reçu", updated: str = "2026-11-25", more: str = "") -> str:
    head = f"---\nid: {guide_id}\ntitle: {title}\nupdated: {updated}\naxes: ECON\n---\n"
    return f"{head}\nTexte.\n\n## Tronçonneuse\n\n{more or 'Le mot rare est ici.'}\n"


def call_text(call_id: str = "appel_recu", **changes: object) -> str:
    raw = json.loads(resources.read_text("calls", "mon_smart_village_demo.json"))
    title = {"fr": "Appel reçu"}
    return json.dumps(raw | {"id": call_id, "title": title, "checked_on": "2026-11-25"} | changes, ensure_ascii=False)


def folder_of(place: Path, files: dict[str, str], **facts: object) -> Path:
    """Write a folder that a pack can be made of."""
    kind = "call" if any(name.startswith("calls/") for name in files) else "toolkit"
    known = {
        "kind": kind,
        "id": "essai",
        "version": 1,
        "title": "Essai",
        "language": "fr",
        "valid_until": UNTIL.isoformat(),
    }
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (place / "pack.json").write_text(json.dumps(known | facts), encoding="utf-8")
    return place


def toolkit(place: Path, *, key: bytes = b"", issued: datetime = ISSUED, more: str = "", **facts: object) -> bytes:
    """Return a pack with one guide, G03."""
    folder = folder_of(place, {"guides/fr/G03.md": guide_text(more=more)}, **facts)
    return make_pack(folder, key or region_key(), issued_at=issued)[0]


def calls(
    place: Path, *, key: bytes = b"", issued: datetime = ISSUED, files: dict[str, str] | None = None, **facts: object
) -> bytes:
    """Return a pack with one call, or those given."""
    folder = folder_of(place, files or {"calls/appel_recu.json": call_text()}, **({"id": "appels"} | facts))
    return make_pack(folder, key or region_key(), issued_at=issued)[0]


def handmade(contents: dict[str, bytes], /, *, key: bytes = b"", kind: Kind = Kind.TOOLKIT, **changes: object) -> bytes:
    """Sign whatever files, as a region with another program could."""
    private = key or region_key()
    described = tuple(PackFile(name, len(held), hashlib.sha256(held).hexdigest()) for name, held in contents.items())
    manifest = Manifest(kind, "essai", 1, "Essai", "fr", ISSUED, UNTIL, public_of(private), described)
    signed = json.dumps(json.loads(write_manifest(manifest)) | changes, indent=1).encode()
    return write_pack(signed, sign(private, signed), contents.items())
