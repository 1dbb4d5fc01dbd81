# SPDX-License-Identifier: EUPL-1.2
"""The seals of records whose form has a public key: the envelope and the encrypted files that leave in their place.

A seal is made once, in the transaction that freezes the record, and never again: the server refuses other bytes under
the same instanceID, and each sealing draws another key. The encrypted files lie with the record's own in
`instances/<id>/`, each under the sha256 of its content; its rows are the truth, as for every file of the store.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fieldkit.durable import file_errors, flushed, put_in_place
from fieldkit.encryption import SUFFIX, XML_NAME, Sealing, public_key_of
from fieldkit.errors import AttachmentDamaged, NotFoundError, ReservedName, WrongStateError
from fieldkit.instance import State
from fieldkit.store.attachments import Attachment, AttachmentFiles
from fieldkit.store.connection import Connection
from fieldkit.store.entities import Entities

_BLOCK = 1_048_576


@dataclass(frozen=True, slots=True)
class Seal:
    """What leaves of a sealed record: the envelope with its hash (hex), and the files in the order of encryption."""

    envelope: bytes
    sha256: str
    files: tuple[Attachment, ...]


class Seals:
    """Makes and reads seals. `make` and `drop` are parts of a transaction of the instances."""

    def __init__(self, connection: Connection, files: AttachmentFiles, entities: Entities) -> None:
        self._db = connection
        self._files = files
        self._entities = entities

    def of(self, instance_id: str) -> Seal | None:
        """Return the seal of a record, None if it has none."""
        row = self._db.row(
            "SELECT s.instance_seq, s.envelope, s.sha256 FROM seals s JOIN instances i ON i.seq = s.instance_seq"
            " WHERE i.instance_id = ?",
            (instance_id,),
        )
        if row is None:
            return None
        rows = self._db.rows(
            "SELECT name, sha256, size FROM sealed_files WHERE instance_seq = ? ORDER BY place", (row["instance_seq"],)
        )
        files = (Attachment(name, digest, size, True, self.path_of(instance_id, digest)) for name, digest, size in rows)
        return Seal(bytes(row["envelope"]), row["sha256"], tuple(files))

    def is_asked_for(self, instance_id: str) -> bool:
        """Tell whether the form of a record has a public key; UnusableKey if its definition cannot be read."""
        row = self._db.row("SELECT form_id, form_version FROM instances WHERE instance_id = ?", (instance_id,))
        return row is not None and bool(self._public_key(row["form_id"], row["form_version"]))

    def add(self, instance_id: str) -> Seal:
        """Seal a record that was finalized while its form had no key, or by a version that could not; return the seal.

        WrongStateError once clear bytes of it may have left: the server would refuse these as other bytes.
        """
        with self._db.write():
            row = self._db.row(
                "SELECT i.seq, i.state, i.attempted, i.form_id, i.form_version, x.frozen FROM instances i"
                " JOIN instance_xml x ON x.instance_seq = i.seq WHERE i.instance_id = ?",
                (instance_id,),
            )
            if row is None:
                raise NotFoundError("instance", instance_id)
            if row["state"] != str(State.FINALIZED) or row["attempted"]:
                raise WrongStateError(instance_id, row["state"], "seal")
            if self.make(instance_id, row["seq"], row["form_id"], row["form_version"], bytes(row["frozen"])):
                self._entities.take_back(row["seq"])
        made = self.of(instance_id)
        if made is None:
            raise NotFoundError("public key", f"{row['form_id']} {row['form_version']}".strip())
        return made

    def make(self, instance_id: str, seq: int, form_id: str, version: str, xml: bytes) -> bool:
        """Seal the frozen XML and the frozen files if the form has a key; return whether it has one.

        Inside the caller's transaction, and no change of an entity list goes with a seal: no server could read it.
        Raises EncryptionError, AttachmentDamaged for a file that changed, StoreFull; what was written is then a
        leftover that no row names.
        """
        key = self._public_key(form_id, version)
        if not key:
            return False
        sealing = Sealing(key, form_id, version, instance_id)
        self._db.run("INSERT INTO seals (instance_seq, envelope, sha256) VALUES (?, ?, ?)", (seq, b"", ""))
        kept = [one for one in self._files.all(instance_id) if one.frozen]
        if any(one.name == XML_NAME for one in kept):
            raise ReservedName(form_id, XML_NAME)
        for place, one in enumerate(kept):
            self._keep(seq, place, one.name, self._write(instance_id, sealing, one.name, _blocks(instance_id, one)))
        self._keep(seq, len(kept), XML_NAME, self._write(instance_id, sealing, XML_NAME, iter([xml])))
        envelope = sealing.envelope()
        digest = hashlib.sha256(envelope).hexdigest()
        self._db.run("UPDATE seals SET envelope = ?, sha256 = ? WHERE instance_seq = ?", (envelope, digest, seq))
        return True

    def drop(self, seq: int) -> None:
        """Forget the seal of a record that becomes a draft again. Inside the caller's transaction."""
        self._db.run("DELETE FROM seals WHERE instance_seq = ?", (seq,))

    def _public_key(self, form_id: str, version: str) -> str:
        """Return the key of exactly this version: another one's may belong to another private key."""
        row = self._db.row("SELECT xml FROM blank_forms WHERE form_id = ? AND version = ?", (form_id, version))
        return public_key_of(form_id, bytes(row["xml"])) if row is not None else ""

    def _keep(self, seq: int, place: int, name: str, written: tuple[str, int]) -> None:
        self._db.run(
            "INSERT INTO sealed_files (instance_seq, place, name, sha256, size) VALUES (?, ?, ?, ?, ?)",
            (seq, place, name + SUFFIX, *written),
        )

    def _write(self, instance_id: str, sealing: Sealing, name: str, blocks: Iterator[bytes]) -> tuple[str, int]:
        """Write one encrypted file under the hash of its bytes; return the hash (hex) and the size."""
        folder = self._files.folder(instance_id)
        fresh = folder / f".{os.urandom(8).hex()}.part"
        digest, size = hashlib.sha256(), 0
        with file_errors(fresh):
            folder.mkdir(parents=True, exist_ok=True)
            with flushed(fresh) as file:

                def put(block: bytes) -> None:
                    nonlocal size
                    digest.update(block)
                    size += file.write(block)

                sealing.encrypt(name, blocks, put)
            put_in_place(fresh, self.path_of(instance_id, digest.hexdigest()))
        return digest.hexdigest(), size

    def path_of(self, instance_id: str, digest: str) -> Path:
        """Return where an encrypted file lies, by the hash (hex) of its bytes."""
        return self._files.folder(instance_id) / f"{digest}{SUFFIX}"


def _blocks(instance_id: str, attachment: Attachment) -> Iterator[bytes]:
    """Yield the bytes of a file; AttachmentDamaged at the end if they are not those that were put."""
    damaged = AttachmentDamaged(f"{instance_id}/{attachment.name}", attachment.path)
    digest = hashlib.sha256()
    try:
        with attachment.path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                yield block
    except OSError as error:
        raise damaged from error
    if digest.hexdigest() != attachment.sha256:
        raise damaged
