# SPDX-License-Identifier: EUPL-1.2
"""The dossier file: a zip of numbered parts and a manifest with their sizes, hashes and a signature.

manifest.json      {"format": "fieldkit-dossier", "version": 1, "public_key": …, "parts": {name: [size, sha256]}, …}
manifest.sig       Ed25519 (RFC 8032) over the bytes of the manifest: all parts come from one kit, as it wrote them.
                   The key is the workspace's own and stands in the manifest: it tells nothing of who that is.
forms/… records/…  the parts; names are numbers and fixed words, names of people's files stand in the parts

Nothing is unpacked to the disk by its name. What is read is bounded by the manifest, the manifest by constants.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from fieldkit import signing
from fieldkit.errors import DossierDamaged, DossierTooNew, DossierUnsafe, NotADossier
from fieldkit.zips import BulkyZipError, NotAZipError, ZipError, read_part
from fieldkit.zips import open_zip as open_any_zip

if TYPE_CHECKING:
    from fieldkit.store import Store

FORMAT: Final = "fieldkit-dossier"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_KEY_FACT: Final = "dossier.key"

MAX_PARTS: Final = 90_000  # five or six of a record
MAX_MANIFEST: Final = 16 * 1024 * 1024
MAX_PART: Final = 512 * 1024 * 1024
MAX_WHOLE: Final = 4 * 1024 * 1024 * 1024
_MAX_RATIO: Final = 100  # of what is unpacked to the file, beyond the first 64 MiB; text rarely reaches 30
_FREE: Final = 64 * 1024 * 1024
_NAME: Final = re.compile(r"(forms|records)/\d{1,5}/[a-z]{1,20}(\.(xml|json)|/\d{1,5})")


class Writer:
    """Puts parts into an open zip; `close` adds the manifest and its signature. A context manager: it lets go."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._key = key
        self._parts: dict[str, tuple[int, str]] = {}
        self._whole = self._largest = 0  # bytes

    def __enter__(self) -> Writer:
        """Return the writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file, also of one that was not written to its end."""
        with suppress(OSError, ValueError):
            self._zip.close()

    def add(self, name: str, content: bytes, *, packed: bool = True) -> None:
        """Add a part; a photo or what is encrypted is not `packed`: it gets no smaller, and nothing else a bomb."""
        assert _NAME.fullmatch(name)  # noqa: S101 (what no reader would take)
        self._parts[name] = (len(content), hashlib.sha256(content).hexdigest())
        self._whole += len(content)
        self._largest = max(self._largest, len(content))
        self._zip.writestr(name, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)

    @property
    def excess(self) -> str:
        """What is more than a reader would take, "" if nothing is."""
        return _excess(len(self._parts), self._largest, self._whole, self._file.tell())

    def close(self, **facts: object) -> None:
        """Write the manifest with these facts, sign it, and end the zip."""
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "public_key": base64.b64encode(signing.public_of(self._key)).decode(),
            **facts,
            "parts": self._parts,
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(MANIFEST, content)
        self._zip.writestr(SIGNATURE, signing.sign(self._key, content))
        self._zip.close()


class Reader:
    """Reads an open dossier that was checked; `facts` is the manifest. `path` is what errors name."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        """Check the outline: format, names, sizes, signature. Raises the DossierError family."""
        self._path = path
        self._zip = open_zip(file, path)
        content = bounded(self._zip, MANIFEST, MAX_MANIFEST, path)
        self.facts = read_manifest(content, path)
        if isinstance(self.facts.get("encryption"), Mapping):
            raise DossierUnsafe(path, "a dossier in a dossier")
        self._check_signature(content)
        self._parts = self._checked_parts(file)

    def close(self) -> None:
        """Close the zip; the file under it is the caller's."""
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(self._parts)

    def read(self, name: str) -> bytes:
        """Return a part, the bytes that were written. DossierDamaged if they are not, or there is no such part."""
        if name not in self._parts:
            raise DossierDamaged(self._path, f"no {name}")
        size, digest = self._parts[name]
        content = bounded(self._zip, name, size, self._path)
        if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
            raise DossierDamaged(self._path, f"{name} has changed")
        return content

    def read_json(self, name: str) -> Any:
        """Return what a part of JSON holds."""
        return _json(self.read(name), self._path)

    def _check_signature(self, content: bytes) -> None:
        signature = bounded(self._zip, SIGNATURE, 64, self._path)
        try:
            public = base64.b64decode(self.facts["public_key"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            raise DossierDamaged(self._path, "no key") from error
        if not signing.is_signed(public, signature, content):
            raise DossierDamaged(self._path, "the signature does not fit")

    def _checked_parts(self, file: IO[bytes]) -> dict[str, tuple[int, str]]:
        """Return the parts that the manifest names, if they are those of the zip and no more than they may be."""
        try:
            parts = {str(name): (int(size), str(digest)) for name, (size, digest) in self.facts["parts"].items()}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DossierDamaged(self._path, "no list of parts") from error
        for name, (size, _) in parts.items():
            if not _NAME.fullmatch(name) or size < 0:
                raise DossierUnsafe(self._path, f"a part {name!r} of {size} bytes")
        found = [info.filename for info in self._zip.infolist()]
        if sorted(found) != sorted([*parts, MANIFEST, SIGNATURE]):
            raise DossierDamaged(self._path, "other parts than the manifest names")
        sizes = [size for size, _ in parts.values()]
        if cause := _excess(len(sizes), max(sizes, default=0), sum(sizes), file.seek(0, 2)):
            raise DossierUnsafe(self._path, cause)
        return parts


def _excess(parts: int, largest: int, whole: int, packed: int) -> str:
    """Tell what is more than a dossier may hold, of whose bytes `packed` are in the file; "" if nothing is."""
    if parts > MAX_PARTS - 2:
        return f"{parts} parts"
    if largest > MAX_PART:
        return f"a part of {largest} bytes"
    return f"{whole} bytes packed into {packed}" if whole > min(MAX_WHOLE, _FREE + _MAX_RATIO * packed) else ""


def open_zip(file: IO[bytes], path: Path) -> zipfile.ZipFile:
    """Open a zip with no more and no other names than a dossier may have."""
    with _told(path):
        found = open_any_zip(file, MAX_PARTS)
    if MANIFEST not in found.namelist():
        raise NotADossier(path, "no manifest")
    return found


def bounded(source: zipfile.ZipFile, name: str, size: int, path: Path) -> bytes:
    """Read a part of at most `size` bytes, whatever its header says."""
    with _told(path):
        return read_part(source, name, size)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what is wrong with the zip as what is wrong with the dossier."""
    try:
        yield
    except NotAZipError as error:
        raise NotADossier(path, error.cause) from error
    except BulkyZipError as error:
        raise DossierUnsafe(path, error.cause) from error
    except ZipError as error:
        raise DossierDamaged(path, error.cause) from error


def read_manifest(content: bytes, path: Path) -> dict[str, Any]:
    """Return the manifest of a dossier of this format. NotADossier, DossierTooNew."""
    facts = _json(content, path)
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NotADossier(path, "another manifest")
    version = facts.get("version")
    if not isinstance(version, int) or version < 1:
        raise NotADossier(path, "no version")
    if version > VERSION:
        raise DossierTooNew(path, version, VERSION)
    return facts


def _json(content: bytes, path: Path) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DossierDamaged(path, "not JSON") from error


def signing_key(store: Store) -> bytes:
    """Return the workspace's private key, made when it is first asked for."""
    kept = store.facts.get(_KEY_FACT)
    if not kept:
        kept = base64.b64encode(signing.new_key()).decode()
        store.facts.set(_KEY_FACT, kept)
    return base64.b64decode(kept)
