# SPDX-License-Identifier: EUPL-1.2
"""The pack file: a zip that has one form only, so that no byte of it can change without being noticed.

manifest.json   what it is and what is in it (fieldkit.packs.manifest)
manifest.sig    Ed25519 (RFC 8032) over the bytes of the manifest
guides/… calls/…    the files, in the manifest's order

Stored and not compressed, without dates, comments or extra fields. So the manifest, the signature and the files decide
on every byte: a reader makes the zip again and compares. It is also why nothing can be packed without measure.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import Final

from fieldkit import signing
from fieldkit.packs.errors import NotAPack, PackDamaged, PackError, PackUnsafe, PackUnsigned
from fieldkit.packs.manifest import MAX_FILES, MAX_MANIFEST, MAX_WHOLE, Manifest, read_manifest
from fieldkit.zips import BulkyZipError, NotAZipError, ZipError, open_zip, read_part

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_SIGNATURE_BYTES: Final = 64
# Beside the files: manifest, signature, and some hundred bytes a file of the zip itself.
MAX_PACK: Final = MAX_WHOLE + MAX_MANIFEST + 512 * MAX_FILES


class Pack:
    """A pack whose signature, files and form were checked. `name` is what errors call it."""

    def __init__(self, name: str, manifest: Manifest, signed: bytes, signature: bytes, source: zipfile.ZipFile) -> None:
        self.name = name
        self.manifest = manifest
        self.signed = signed
        self.signature = signature
        self._source = source

    def read(self, file: str) -> bytes:
        """Return one file of it: one at a time is in memory."""
        size = next(one.size for one in self.manifest.files if one.name == file)
        return read_part(self._source, file, size)


def write_pack(signed: bytes, signature: bytes, files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the one zip that a manifest's bytes, their signature and the files have."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for name, content in ((MANIFEST, signed), (SIGNATURE, signature), *files):
            made.writestr(_entry(name), content)
    return target.getvalue()


def read_pack(content: bytes, name: str) -> Pack:
    """Check a pack: format, signature, every file, every byte. Raises the PackError family, never half a pack."""
    if len(content) > MAX_PACK:
        raise PackUnsafe(name, f"{len(content)} bytes")
    try:
        source = open_zip(io.BytesIO(content), MAX_FILES + 2)
        names = [info.filename for info in source.infolist()]
        if MANIFEST not in names:
            raise NotAPack(name, "no manifest")
        if len(set(names)) < len(names):
            raise PackUnsafe(name, "a part twice")
        if any(info.compress_type != zipfile.ZIP_STORED for info in source.infolist()):
            raise PackUnsafe(name, "compressed parts")
        signed = read_part(source, MANIFEST, MAX_MANIFEST)
        manifest = read_manifest(signed, name)
        if names != [MANIFEST, SIGNATURE, *(one.name for one in manifest.files)]:
            raise PackUnsafe(name, "other files than the manifest names")
        signature = read_part(source, SIGNATURE, _SIGNATURE_BYTES)
        if not signing.is_signed(manifest.public_key, signature, signed):
            raise PackUnsigned(name, "the signature does not fit")
        pack = Pack(name, manifest, signed, signature, source)
        again = write_pack(signed, signature, ((one.name, _checked(pack, one.name)) for one in manifest.files))
    except ZipError as error:
        raise _told(error, name) from error
    if again != content:
        raise PackDamaged(name, "bytes that say nothing have changed")
    return pack


def read_label(content: bytes, name: str) -> Manifest:
    """Return what a pack says of itself, which proves nothing; NotAPack, and what `read_manifest` meets."""
    try:
        source = open_zip(io.BytesIO(content), MAX_FILES + 2)
        if MANIFEST not in source.namelist():
            raise NotAPack(name, "no manifest")
        return read_manifest(read_part(source, MANIFEST, MAX_MANIFEST), name)
    except ZipError as error:
        raise _told(error, name) from error


def _checked(pack: Pack, file: str) -> bytes:
    content = pack.read(file)
    expected = next(one for one in pack.manifest.files if one.name == file)
    if len(content) != expected.size or hashlib.sha256(content).hexdigest() != expected.sha256:
        raise PackDamaged(pack.name, f"{file} has changed")
    return content


def _entry(name: str) -> zipfile.ZipInfo:
    """Return what a zip says of a part, the same on every system."""
    found = zipfile.ZipInfo(name)  # of 1 January 1980, as a zip without dates has it
    found.create_system = 3
    found.external_attr = 0o600 << 16
    return found


def _told(error: ZipError, name: str) -> PackError:
    if isinstance(error, NotAZipError):
        return NotAPack(name, error.cause)
    return (PackUnsafe if isinstance(error, BulkyZipError) else PackDamaged)(name, error.cause)
