# SPDX-License-Identifier: EUPL-1.2
"""The files that belong to an instance: photos, signatures, recordings.

Bytes are in `instances/<id>/` beside the database, each under the sha256 of its content: a file is written under
another name, flushed and renamed before the row that names it is committed, so a row never names half a file. The
name that people and the XML see is in the row only, and may hold anything that a file name may.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fieldkit.durable import file_errors, write_whole
from fieldkit.encryption import SUFFIX
from fieldkit.errors import AttachmentDamaged, NotFoundError
from fieldkit.store.connection import Connection

FOLDER = "instances"
_NAME_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of an instance; `frozen` once the finalized XML refers to it: then it is sent and never changes."""

    name: str
    sha256: str
    size: int
    frozen: bool
    path: Path


def folder_name(instance_id: str) -> str:
    """Return a folder name that every system takes: "uuid:0f…" becomes "uuid-0f…"; odd ids get a digest."""
    plain = re.fullmatch(r"uuid:([0-9a-f-]{1,64})", instance_id)
    if plain:
        return f"uuid-{plain[1]}"
    digest = hashlib.sha256(instance_id.encode()).hexdigest()[:16]
    return f"{re.sub(r'[^A-Za-z0-9-]', '_', instance_id.lower())[:40]}-{digest}"


def check_name(name: str) -> str:
    """Return `name` if it is a bare file name; ValueError if it is empty, a path, too long or holds controls."""
    if not name or name in {".", ".."} or len(name.encode()) > _NAME_LIMIT:
        raise ValueError(f"not a file name: {name!r}")
    if any(char in "/\\" or ord(char) < 32 for char in name):
        raise ValueError(f"not a bare file name: {name!r}")
    return name


class AttachmentFiles:
    """Reads and writes the files and their rows; the state of the instance is checked by the caller."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def folder(self, instance_id: str) -> Path:
        """Return the folder of an instance's files; it may not exist yet."""
        return self._db.path.parent / FOLDER / folder_name(instance_id)

    def put(self, instance_id: str, seq: int, name: str, content: bytes) -> Attachment:
        """Write the file, then its row, inside the caller's transaction."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(instance_id, name, digest)
        with file_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        self._db.run(
            "INSERT OR REPLACE INTO instance_files (instance_seq, name, sha256, size) VALUES (?, ?, ?, ?)",
            (seq, check_name(name), digest, len(content)),
        )
        return Attachment(name, digest, len(content), False, path)

    def all(self, instance_id: str) -> list[Attachment]:
        """Return the files of an instance, by name."""
        rows = self._db.rows(
            "SELECT name, sha256, size, frozen FROM instance_files"
            " WHERE instance_seq = (SELECT seq FROM instances WHERE instance_id = ?) ORDER BY name",
            (instance_id,),
        )
        return [
            Attachment(row[0], row[1], row[2], bool(row[3]), self._path(instance_id, row[0], row[1])) for row in rows
        ]

    def read(self, instance_id: str, name: str) -> bytes:
        """Return the bytes, the same that were put: AttachmentDamaged if the disk no longer holds them."""
        for attachment in self.all(instance_id):
            if attachment.name == name:
                return read_checked(instance_id, attachment)
        raise NotFoundError("attachment", f"{instance_id}/{name}")

    def drop_unused(self, instance_id: str) -> None:
        """Remove the files that no row names (replaced photos, a write cut before its commit)."""
        if self._db.read_only:
            return
        used = {attachment.path.name for attachment in self.all(instance_id)} | self._sealed(instance_id)
        folder = self.folder(instance_id)
        if folder.is_dir():
            for path in folder.iterdir():
                if path.name not in used:
                    # A leftover that cannot be removed now (a scanner holds it) costs room, nothing else.
                    with suppress(OSError):
                        path.unlink()

    def _sealed(self, instance_id: str) -> set[str]:
        rows = self._db.rows(
            "SELECT f.sha256 FROM sealed_files f JOIN instances i ON i.seq = f.instance_seq WHERE i.instance_id = ?",
            (instance_id,),
        )
        return {row[0] + SUFFIX for row in rows}

    def _path(self, instance_id: str, name: str, digest: str) -> Path:
        suffix = Path(name).suffix.lower()
        return self.folder(instance_id) / (digest + (suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""))

    def freeze(self, instance_id: str, seq: int, names: Iterable[str]) -> None:
        """Let the files stay as they are for ever. NotFoundError, or AttachmentDamaged if the bytes are others now."""
        kept = {attachment.name: attachment for attachment in self.all(instance_id)}
        for name in names:
            if name not in kept:
                raise NotFoundError("attachment", f"{instance_id}/{name}")
            read_checked(instance_id, kept[name])
            self._db.run("UPDATE instance_files SET frozen = 1 WHERE instance_seq = ? AND name = ?", (seq, name))


def read_checked(instance_id: str, attachment: Attachment) -> bytes:
    """Return the bytes of the file if they are those that were put, else raise AttachmentDamaged."""
    key = f"{instance_id}/{attachment.name}"
    try:
        content = attachment.path.read_bytes()
    except OSError as error:
        raise AttachmentDamaged(key, attachment.path) from error
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise AttachmentDamaged(key, attachment.path)
    return content
