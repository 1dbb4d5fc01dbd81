# SPDX-License-Identifier: EUPL-1.2
"""What is sent of one instance: the frozen bytes and files, checked against what was finalized before a byte leaves.

The server takes XML that is cut short, and files that are not those of the XML (contract, section 2.3): the sender must
be sure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.errors import NotFoundError
from sync.errors import Reason, Refused, TooBig
from sync.protocol import SubmissionFile
from sync.safe_xml import UnsafeXmlError, child, parse_xml, text_of
from sync.xforms import read_head

if TYPE_CHECKING:
    from pathlib import Path

    from fieldkit.instance import Instance
    from fieldkit.store import Store

MAX_SUBMISSION_BYTES = 100_000_000
MAX_INSTANCE_ID = 64
BLOCK = 1_048_576


@dataclass(frozen=True, slots=True)
class Parcel:
    """Ready to be sent; `size` counts the XML and the files."""

    instance: Instance
    xml: bytes
    files: tuple[SubmissionFile, ...]

    @property
    def size(self) -> int:
        """Bytes without the multipart's own lines."""
        return len(self.xml) + sum(file.size for file in self.files)


def pack(store: Store, instance: Instance) -> Parcel:
    """Return what to send; Refused (DAMAGED, NEEDS_ENCRYPTION, TOO_BIG …) if it must not leave."""
    xml = store.instances.frozen_xml(instance.instance_id)
    _check_xml(xml, instance)
    _check_encryption(store, instance)
    files = []
    for kept in store.instances.attachments(instance.instance_id):
        if kept.frozen:
            if hash_of(kept.path) != kept.sha256:
                raise Refused(Reason.DAMAGED, kept.name)
            files.append(SubmissionFile(kept.name, kept.path, kept.size))
    parcel = Parcel(instance, xml, tuple(files))
    if parcel.size > MAX_SUBMISSION_BYTES:
        raise TooBig(f"{parcel.size} bytes")
    return parcel


def _check_xml(xml: bytes, instance: Instance) -> None:
    if hashlib.sha256(xml).hexdigest() != instance.sha256:
        raise Refused(Reason.DAMAGED, "sha256")
    try:
        root = parse_xml(xml)
    except UnsafeXmlError as error:
        raise Refused(Reason.BAD_REQUEST, error.cause) from None
    meta = child(root, "meta")
    instance_id = text_of(meta, "instanceID") if meta is not None else ""
    if instance_id != instance.instance_id or not 0 < len(instance_id) <= MAX_INSTANCE_ID:
        raise Refused(Reason.BAD_REQUEST, f"instanceID {instance_id!r}")


def _check_encryption(store: Store, instance: Instance) -> None:
    """Refuse to send in clear what a form with a public key asks to be encrypted (contract, section 2.5)."""
    try:
        definition = store.blank_forms.xml(instance.form_id, instance.form_version)
    except NotFoundError:
        return
    if b"base64RsaPublicKey" in definition and read_head(definition).public_key:
        raise Refused(Reason.NEEDS_ENCRYPTION)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, "" if it cannot be read; memory stays flat."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()
