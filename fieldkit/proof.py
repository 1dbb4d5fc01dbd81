# SPDX-License-Identifier: EUPL-1.2
"""The proof of filing: what was sent, what the region answered, by both clocks; a file that anybody can check offline.

A proof holds hashes, never answers. Its checksum tells an accident from the file that was written; it is no signature,
for the region signs nothing: what the proof shows and what it does not is told wherever it is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fieldkit.errors import NotAProof, NotSent
from fieldkit.instance import State
from fieldkit.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fieldkit.store import Store

KIND, FORMAT = "fieldkit-proof-of-filing", 1
MAX_BYTES = 1_000_000  # of a proof: a page of text
# As `sync.push.describe` keeps an answer: the server's clock or -, its status, its sentence.
_RECEIPT = re.compile(r"(?P<at>\S+Z|-) (?P<status>\d{3})(?: (?P<text>.*))?", re.DOTALL)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A file that went with the record."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Times are aware. `sha256` and `size` are of the XML as it was sent: of an encrypted record its envelope.

    `record_sha256` is of the record's own XML, which an encrypted one never sends. `status` is the HTTP status, 0 if
    the version that sent it kept none; `server_at` the server's clock in its answer, `submitted_at` this computer's.
    `confirmed_at`, `confirmed_server_at` and `entity_id` are the receipt in the region's list of dossiers, None and ""
    without one.
    """

    instance_id: str
    form_id: str
    form_version: str
    form_title: str
    name: str
    deprecated_id: str
    finalized_at: datetime | None
    encrypted: bool
    sha256: str
    size: int
    record_sha256: str
    files: tuple[ProofFile, ...]
    sent_to: str
    status: int
    text: str
    server_at: datetime | None
    submitted_at: datetime
    entity_id: str
    confirmed_at: datetime | None
    confirmed_server_at: datetime | None
    program: str = f"Field Kit {VERSION}"


class Match(StrEnum):
    """What some bytes are to a proof."""

    SENT = "sent"  # the very bytes that were sent
    RECORD = "record"  # the record whose encrypted form was sent
    OTHER = "other"


def proof_of(store: Store, instance_id: str) -> Proof:
    """Return the proof of a record; NotSent unless the region has taken it, NotFoundError if there is none."""
    instance = store.instances.get(instance_id)
    if instance.submitted_at is None or instance.state not in {State.SUBMITTED, State.RETURNED}:
        raise NotSent(instance_id, instance.state)
    seal = store.instances.seals.of(instance_id)
    sent = seal.files if seal else tuple(one for one in store.instances.attachments(instance_id) if one.frozen)
    said = _RECEIPT.fullmatch(kept := store.instances.receipt(instance_id))
    dossier = store.dossiers.of(instance_id)
    return Proof(
        instance_id=instance_id,
        form_id=instance.form_id,
        form_version=instance.form_version,
        form_title=_title(store, instance.form_id, instance.form_version),
        name=instance.name,
        deprecated_id=instance.deprecated_id,
        finalized_at=instance.finalized_at,
        encrypted=seal is not None,
        sha256=seal.sha256 if seal else instance.sha256,
        size=len(seal.envelope) if seal else instance.size,
        record_sha256=instance.sha256,
        files=tuple(ProofFile(one.name, one.sha256, one.size) for one in sent),
        sent_to=instance.sent_to,
        status=int(said["status"]) if said else 0,
        text=(said["text"] or "") if said else kept,
        server_at=datetime.fromisoformat(said["at"]) if said and said["at"] != "-" else None,
        submitted_at=instance.submitted_at,
        entity_id=dossier.entity_id if dossier else "",
        confirmed_at=dossier.confirmed_at if dossier else None,
        confirmed_server_at=dossier.server_at if dossier else None,
    )


def match(proof: Proof, xml: bytes) -> Match:
    """Tell what some XML is to a proof."""
    found = hashlib.sha256(xml).hexdigest()
    if found == proof.sha256:
        return Match.SENT
    return Match.RECORD if found == proof.record_sha256 else Match.OTHER


@dataclass(frozen=True, slots=True)
class Kept:
    """What this computer holds of a record that was sent: the XML that left, and the files that no longer fit."""

    xml: bytes
    damaged: tuple[str, ...]


def kept(store: Store, proof: Proof) -> Kept:
    """Return what there is to compare a proof with; NotFoundError if the record is not here."""
    seal = store.instances.seals.of(proof.instance_id)
    xml = seal.envelope if seal else store.instances.frozen_xml(proof.instance_id)
    paths = {one.name: one.path for one in (seal.files if seal else store.instances.attachments(proof.instance_id))}
    return Kept(xml, tuple(one.name for one in proof.files if _hash_of(paths.get(one.name)) != one.sha256))


def _hash_of(path: Path | None) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
    except OSError:
        return ""


# The file


def write_proof(proof: Proof) -> bytes:
    """Return a proof as JSON: the same proof gives the same bytes."""
    data = {"kind": KIND, "format": FORMAT, **asdict(proof)}
    data = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}
    data["checksum"] = _checksum(data)
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def read_proof(content: bytes) -> tuple[Proof, bool]:
    """Read a proof, and tell whether it is as it was written: its checksum fits. NotAProof tells why it is none."""
    if len(content) > MAX_BYTES:
        raise NotAProof(f"more than {MAX_BYTES} bytes")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise NotAProof("not JSON") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise NotAProof("not a proof of filing")
    if data.get("format") != FORMAT:
        raise NotAProof(f"format {data.get('format')}, this program knows {FORMAT}")
    return _read(data), data.get("checksum") == _checksum(data)


def _checksum(data: Mapping[str, Any]) -> str:
    bare = {key: value for key, value in data.items() if key != "checksum"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(data: Mapping[str, Any]) -> Proof:
    files = tuple(
        ProofFile(_text(one, "name"), _hash(one, "sha256"), _count(one, "size")) for one in _list(data, "files")
    )
    return Proof(
        instance_id=_text(data, "instance_id"),
        form_id=_text(data, "form_id"),
        form_version=_text(data, "form_version"),
        form_title=_text(data, "form_title"),
        name=_text(data, "name"),
        deprecated_id=_text(data, "deprecated_id"),
        finalized_at=_time(data, "finalized_at"),
        encrypted=data.get("encrypted") is True,
        sha256=_hash(data, "sha256"),
        size=_count(data, "size"),
        record_sha256=_hash(data, "record_sha256"),
        files=files,
        sent_to=_text(data, "sent_to"),
        status=_count(data, "status"),
        text=_text(data, "text"),
        server_at=_time(data, "server_at"),
        submitted_at=_known_time(data, "submitted_at"),
        entity_id=_text(data, "entity_id"),
        confirmed_at=_time(data, "confirmed_at"),
        confirmed_server_at=_time(data, "confirmed_server_at"),
        program=_text(data, "program"),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value: Any = data.get(key)
    try:
        value.encode()  # half a character, which JSON can hold, is no text either
    except (AttributeError, UnicodeEncodeError):
        raise NotAProof(f"{key} is no text") from None
    return str(value)


def _hash(data: Mapping[str, Any], key: str) -> str:
    if not _SHA256.fullmatch(value := _text(data, key)):
        raise NotAProof(f"{key} is no SHA-256")
    return value


def _count(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if type(value) is not int or value < 0:
        raise NotAProof(f"{key} is no number")
    return value


def _list(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotAProof(f"{key} is no list")
    return value


def _time(data: Mapping[str, Any], key: str) -> datetime | None:
    return None if data.get(key) is None else _known_time(data, key)


def _known_time(data: Mapping[str, Any], key: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(data, key))
    except ValueError:
        raise NotAProof(f"{key} is no time") from None
    if at.tzinfo is None:
        raise NotAProof(f"{key} has no time zone")
    return at


def _title(store: Store, form_id: str, version: str) -> str:
    from fieldkit.errors import NotFoundError

    try:
        return store.blank_forms.get(form_id, version).title
    except NotFoundError:
        return form_id
