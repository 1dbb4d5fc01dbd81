# SPDX-License-Identifier: EUPL-1.2
"""`pack`: keys and packs for a region that makes them; what a workspace received, and whom it trusts."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldkit import signing
from fieldkit.cli import files
from fieldkit.cli.answer import Answer
from fieldkit.cli.errors import KeyNotReplacedError, NoSuchPackKeyError, SeveralPackKeysError
from fieldkit.cli.messages import tell
from fieldkit.cli.reading import columns, folder_of, reading
from fieldkit.packs.container import read_pack
from fieldkit.packs.content import check_content
from fieldkit.packs.keys import fingerprint, make_key, read_key
from fieldkit.packs.making import make_pack
from fieldkit.packs.manifest import Manifest, read_manifest
from fieldkit.packs.receiving import Question, check_dates, questions, refusals
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from fieldkit.store import Store
    from fieldkit.store.packs import StoredPack


def key(arguments: Namespace) -> Answer:
    """Make the key pair of a region, in one file."""
    path = Path(arguments.out)
    told = fingerprint(signing.public_of(make_key(path)))
    lines = (
        f"{path}: a new key. Whoever has this file can sign for the region: keep it safe, and a copy elsewhere.",
        f"Its fingerprint, for those who compare: {told}",
    )
    return Answer(lines, {"out": str(path), "fingerprint": told})


def make(arguments: Namespace) -> Answer:
    """Sign the pack of a folder, if everything in it can be used."""
    private = read_key(Path(arguments.key))
    content, pack = make_pack(Path(arguments.folder), private)
    path = Path(arguments.out)
    files.write(path, content)
    data = _described(pack.manifest) | {"out": str(path), "size": len(content)}
    return Answer((f"{path}: {_line(pack.manifest)}, {len(content)} bytes",), data)


def check(arguments: Namespace) -> Answer:
    """Read a pack as a workspace would, whoever signed it."""
    path = Path(arguments.pack)
    pack = read_pack(files.read(path), path.name)
    check_content(pack)
    check_dates(pack.manifest, path.name, datetime.now(UTC))
    told = pack.manifest
    lines = (
        f"{path}: {_line(told)}",
        f"issued {told.issued_at.isoformat()}, valid until {told.valid_until.isoformat()}",
        f"signed by the key {fingerprint(told.public_key)}",
        *(f"  {one.name} ({one.size} bytes)" for one in told.files),
    )
    return Answer(lines, _described(told) | {"files": [one.name for one in told.files]})


def list_packs(arguments: Namespace) -> Answer:
    """List what regions sent, with the keys that wait for an answer."""
    with reading(arguments) as workspace:
        if workspace is None:
            return Answer(("No pack yet.",), {"packs": [], "questions": [], "refused": []})
        store = workspace.store
        packs = [_received(store, one) for one in store.packs.all()]
        asked = questions(store)
        refused = [
            {"account": account.account_id, "name": error.name, "message": tell(error)}
            for account in store.accounts.all()
            for error in refusals(store, account.account_id)
        ]
    heads = ("account", "pack", "version", "kind", "state", "valid until", "title")
    rows = [tuple(str(one[head.replace(" ", "_")]) for head in heads) for one in packs]
    trouble = [f"{one['account']}: {one['message']}" for one in refused]
    trouble += [_asked(one) for one in asked]
    data = {
        "packs": packs,
        "questions": [
            {"account": one.origin, "fingerprint": one.fingerprint, "replaces": bool(one.replaces)} for one in asked
        ],
        "refused": refused,
    }
    return Answer(columns(heads, rows, "No pack yet."), data, trouble=tuple(trouble))


def trust(arguments: Namespace) -> Answer:
    """Trust a key for an account, or take the trust back."""
    with Workspace.open(folder_of(arguments)) as workspace:
        store = workspace.store
        if arguments.withdraw:
            return _withdraw(store, arguments.whom)
        question = _question(store, arguments.whom)
        if question.replaces and not arguments.replace:
            raise KeyNotReplacedError(question.origin, fingerprint(question.replaces), question.fingerprint)
        store.packs.trust(question.origin, question.public_key, datetime.now(UTC))
    line = f"{question.origin}: packs signed by {question.fingerprint} are used from now on"
    return Answer((line,), {"account": question.origin, "fingerprint": question.fingerprint})


def _withdraw(store: Store, whom: str) -> Answer:
    wanted = "".join(whom.split())
    for origin, key in store.packs.trusted().items():
        told = fingerprint(key.public_key)
        if whom == origin or wanted == "".join(told.split()):
            store.packs.distrust(origin)
            line = f"{origin}: no key is trusted any more; what was received stays, and is not used"
            return Answer((line,), {"account": origin, "fingerprint": told})
    raise NoSuchPackKeyError(whom)


def _question(store: Store, whom: str) -> Question:
    """Return the one that an account's id or a fingerprint names."""
    wanted = "".join(whom.split())
    asked = questions(store)
    found = [one for one in asked if whom == one.origin or wanted == "".join(one.fingerprint.split())]
    if not found:
        raise NoSuchPackKeyError(whom)
    if len(found) > 1:
        raise SeveralPackKeysError(whom, tuple(one.fingerprint for one in found))
    return found[0]


def _received(store: Store, pack: StoredPack) -> dict[str, Any]:
    trusted = store.packs.trusted().get(pack.origin)
    if trusted is None or trusted.public_key != pack.public_key:
        state = "waits for trust" if pack.used_at is None else "trusted no longer"
    elif pack.origin not in {one.account_id for one in store.accounts.all()}:
        state = "of an account that left"
    else:
        state = "in use" if pack.withdrawn_at is None else "withdrawn by the region"
    return _described(read_manifest(pack.manifest, pack.name)) | {"account": pack.origin, "state": state}


def _described(told: Manifest) -> dict[str, Any]:
    return {
        "pack": told.pack_id,
        "version": told.version,
        "kind": str(told.kind),
        "title": told.title,
        "language": told.language,
        "issued_at": told.issued_at.isoformat(),
        "valid_until": told.valid_until.isoformat(),
        "fingerprint": fingerprint(told.public_key),
    }


def _line(told: Manifest) -> str:
    count = f"{len(told.files)} file{'s' if len(told.files) > 1 else ''}"
    return f"{told.title}, {told.kind} {told.pack_id} version {told.version}, {count}"


def _asked(question: Question) -> str:
    known = "another key than the one trusted" if question.replaces else "a key that nobody trusts yet"
    return (
        f"{question.origin}: {', '.join(question.titles)} came signed by {known}: {question.fingerprint}. Compare it"
        " with what the region says, then: fieldkit pack trust"
    )
