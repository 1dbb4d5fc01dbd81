# SPDX-License-Identifier: EUPL-1.2
"""What is sent of one instance: the frozen bytes and files, checked against what was finalized before a byte leaves.

The server takes XML that is cut short, and files that are not those of the XML (contract, section 2.3): the sender must
be sure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.errors import AttachmentDamaged, EncryptionError
from sync.errors import Reason, Refused, TooBig
from sync.protocol import SubmissionFile
from sync.safe_xml import UnsafeXmlError, child, parse_xml, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from fieldkit.instance import Instance
    from fieldkit.store import Attachment, Seal, Store
    from sync.protocol import Region

MAX_SUBMISSION_BYTES = 100_000_000  # of a server that does not say what it takes
PART_BYTES = 500  # of a part's own lines, beside its name, which is written twice
TRIP_BYTES = 2_000_000  # of files in one request: half a minute of a slow line is lost at most (contract, section 3)
MAX_INSTANCE_ID = 64
BLOCK = 1_048_576


@dataclass(frozen=True, slots=True)
class Parcel:
    """Ready to be sent in one request; `size` counts the XML and the files, `later` the bytes of files to come.

    `names`: all files of the record, as the server will have them when nothing is left for later; none if it is sealed.
    """

    instance: Instance
    xml: bytes
    files: tuple[SubmissionFile, ...]
    later: int = 0
    names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes without the multipart's own lines."""
        return len(self.xml) + sum(file.size for file in self.files)


def pack(
    store: Store, instance: Instance, acknowledged: Collection[str] = (), inherited: Collection[str] = (),
    *, accepts: int = 0,
) -> Parcel:  # fmt: skip
    """Return what to send next; Refused (DAMAGED, NEEDS_ENCRYPTION, TOO_BIG …) if it must not leave.

    The files whose names are `acknowledged` are with the server, and those `inherited` it has from the version before.
    What remains goes in trips, small files first; before the first one every file is checked, before the others those
    that leave. No request is larger than what the server `accepts` (0: it has not said).
    A record of a form with a public key leaves as its seal: the envelope and the encrypted files, nothing else.
    """
    xml = store.instances.frozen_xml(instance.instance_id)
    _check_xml(xml, instance.sha256, instance)
    seal = _seal_of(store, instance)
    if seal is None:
        kept = [file for file in store.instances.attachments(instance.instance_id) if file.frozen]
    else:
        xml, kept = seal.envelope, list(seal.files)
        _check_xml(xml, seal.sha256, instance)
    there = {*acknowledged, *inherited}
    left = sorted((file for file in kept if file.name not in there), key=lambda file: file.size)
    room = (accepts or MAX_SUBMISSION_BYTES) - len(xml) - PART_BYTES
    if room < 0:
        raise TooBig(name="", size=len(xml), limit=accepts or MAX_SUBMISSION_BYTES)
    trip = _first_trip(left, room)
    for file in trip if acknowledged else left:
        if hash_of(file.path) != file.sha256:
            raise Refused(Reason.DAMAGED, file.name)
    if left and _weight(left[-1]) > room:
        raise TooBig(name=left[-1].name, size=left[-1].size, limit=accepts or MAX_SUBMISSION_BYTES)
    files = tuple(SubmissionFile(file.name, file.path, file.size) for file in trip)
    names = tuple(file.name for file in kept) if seal is None else ()
    return Parcel(instance, xml, files, sum(file.size for file in left[len(trip) :]), names)


def _first_trip(files: Sequence[Attachment], room: int) -> Sequence[Attachment]:
    """Return the first files, as many as go together: at least one, so that a large one goes alone."""
    size = weight = 0
    for number, file in enumerate(files):
        size, weight = size + file.size, weight + _weight(file)
        if number and (size > TRIP_BYTES or weight > room):
            return files[:number]
    return files


def _weight(file: Attachment) -> int:
    return file.size + PART_BYTES + 2 * len(file.name.encode())


def accepted(store: Store, region: Region, origin: str) -> int:
    """Return how many bytes of a request the server takes, as it said now or in an earlier session; 0: it never said.

    Nothing is asked for it: sending comes before the lists, and a request more is a second of a slow line.
    """
    known = int(store.facts.get(f"accepts.{origin}", "0"))
    if region.accepts and region.accepts != known:
        store.facts.set(f"accepts.{origin}", str(region.accepts))
    return region.accepts or known


def _check_xml(xml: bytes, sha256: str, instance: Instance) -> None:
    if hashlib.sha256(xml).hexdigest() != sha256:
        raise Refused(Reason.DAMAGED, "sha256")
    try:
        root = parse_xml(xml)
    except UnsafeXmlError as error:
        raise Refused(Reason.BAD_REQUEST, error.cause) from None
    meta = child(root, "meta")
    instance_id = text_of(meta, "instanceID") if meta is not None else ""
    if instance_id != instance.instance_id or not 0 < len(instance_id) <= MAX_INSTANCE_ID:
        raise Refused(Reason.BAD_REQUEST, f"instanceID {instance_id!r}")


def _seal_of(store: Store, instance: Instance) -> Seal | None:
    """Return what leaves in place of the record, None if it may leave in clear (contract, section 2.5).

    One that was finalized while its form had no key, or by a version that did not encrypt, is sealed now, unless bytes
    of it may have left: then neither the clear ones nor others may follow.
    """
    seals = store.instances.seals
    try:
        seal = seals.of(instance.instance_id)
        if seal is not None or not seals.is_asked_for(instance.instance_id):
            return seal
        if instance.attempted:
            raise Refused(Reason.NEEDS_ENCRYPTION, "it was tried in clear before")
        return seals.add(instance.instance_id)
    except EncryptionError as error:
        raise Refused(Reason.NEEDS_ENCRYPTION, error.cause) from error
    except AttachmentDamaged as error:
        raise Refused(Reason.DAMAGED, error.key.rpartition("/")[2]) from error


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
