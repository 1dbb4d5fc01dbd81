# SPDX-License-Identifier: EUPL-1.2
"""Making a pack from a folder: `pack.json` says what it is, `guides/` or `calls/` what is in it.

pack.json   {"kind": "toolkit", "id": …, "version": 3, "title": …, "language": "fr", "valid_until": "2027-06-30"}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from fieldkit import signing
from fieldkit.packs.container import Pack, read_pack, write_pack
from fieldkit.packs.content import check_content
from fieldkit.packs.errors import PackContentWrong
from fieldkit.packs.manifest import MAX_WHOLE, Kind, Manifest, PackFile, check_description, check_files, write_manifest

DESCRIPTION: Final = "pack.json"
_FOLDERS: Final[Mapping[Kind, str]] = {Kind.TOOLKIT: "guides", Kind.CALL: "calls"}


def make_pack(
    folder: Path, private: bytes, *, issued_at: datetime | None = None, valid_until: date | None = None
) -> tuple[bytes, Pack]:
    """Return the bytes of the signed pack of a folder, and what a reader finds in them.

    PackContentWrong names the file that cannot be used; nothing is signed then. The same folder, key and moment give
    the same bytes. `valid_until`: another last day than that of pack.json.
    """
    name = folder.name
    facts = _description(folder)
    moment = (issued_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    try:
        kind = Kind(str(facts["kind"]))
        contents = _contents(folder, kind)
        files = tuple(PackFile(one, len(held), hashlib.sha256(held).hexdigest()) for one, held in contents.items())
        manifest = Manifest(
            kind=kind,
            pack_id=str(facts["id"]),
            version=_whole(facts["version"]),
            title=str(facts["title"]),
            language=str(facts["language"]),
            issued_at=moment,
            valid_until=valid_until or date.fromisoformat(str(facts["valid_until"])),
            public_key=signing.public_of(private),
            files=files,
        )
        check_description(manifest)
    except KeyError as error:
        raise PackContentWrong(name, f"{DESCRIPTION}: no {error.args[0]}") from error
    except ValueError as error:
        raise PackContentWrong(name, f"{DESCRIPTION}: {error}") from error
    check_files(files, name)
    signed = write_manifest(manifest)
    content = write_pack(signed, signing.sign(private, signed), contents.items())
    pack = read_pack(content, name)
    check_content(pack)
    return content, pack


def _description(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / DESCRIPTION).read_bytes())
    except OSError as error:
        raise PackContentWrong(folder.name, f"{DESCRIPTION}: {error.strerror or error}") from error
    except ValueError as error:
        raise PackContentWrong(folder.name, f"{DESCRIPTION}: {error}") from error
    if not isinstance(facts, dict):
        raise PackContentWrong(folder.name, f"{DESCRIPTION}: no JSON object")
    return facts


def _contents(folder: Path, kind: Kind) -> dict[str, bytes]:
    """Return the files by their name in the pack, in the order of their names; hidden ones are the system's own."""
    paths = [path for path in sorted((folder / _FOLDERS[kind]).rglob("*")) if path.is_file()]
    shown = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    whole = sum(path.stat().st_size for path in shown)
    if whole > MAX_WHOLE:
        raise ValueError(f"{whole} bytes, and a pack holds {MAX_WHOLE}")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in shown}


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("version: a whole number from 1")  # noqa: TRY004 (told with the other faults of the file)
    return value
