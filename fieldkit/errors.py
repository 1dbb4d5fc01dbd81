# SPDX-License-Identifier: EUPL-1.2
"""Everything that the domain and the store refuse, as one small tree.

FieldkitError
├── WorkspaceError          the folder where everything is kept: `folder`
│   ├── WorkspaceMissing        nothing there yet, and only reading was asked
│   ├── WorkspaceBusy           another program has it open (`pid`, `host`, `since`; 0 or "" if unknown)
│   └── FolderNotWritable       read-only disk, missing right, a file where the folder should be (`cause`)
├── StoreError              the database in it: `path`
│   ├── StoreTooNew             written by a later version (`found`, `supported`); left as it is
│   ├── StoreDamaged            cut or overwritten (`copies`: the files to restore from, newest first; `cause`)
│   ├── StoreFull               no room left on the disk (or in the quota)
│   ├── StoreLocked             another program held the file longer than the patience
│   ├── StoreReadOnly           opened for reading only, or the disk became read-only
│   └── StoreUnreadable         any other refusal of the disk or of SQLite (`cause`)
├── RecordError             one row: `kind` ("instance", "blank form", "attachment" …) and `key`
│   ├── NotFoundError           no such row
│   ├── AlreadyThereError       a row with this key exists
│   ├── WrongStateError         the action is not for an instance in that state (`state`, `action`)
│   └── AttachmentDamaged       the file is gone, or no longer the one that was put (`path`)
├── EncryptionError         a record cannot be sealed for its form (`form_id`, `cause`); it stays what it was
│   ├── UnusableKey             the form's public key is no RSA key of 2048 bits or more
│   └── ReservedName            an attached file is named `name`, which the sealed record needs itself
├── ProofError              the proof of filing
│   ├── NotSent                 the region has not taken the record (`instance_id`, `state`)
│   └── NotAProof               the file is none, or one that this program does not know (`cause`)
├── DossierError            a dossier file cannot be used: `path`, `cause`; nothing of it was taken
│   ├── NotADossier             another kind of file
│   ├── DossierDamaged          cut or changed since it was made
│   ├── DossierUnsafe           its names or sizes are none that this program writes: not unpacked
│   ├── DossierTooNew           of a later format (`found`, `supported`)
│   ├── PassphraseNeeded        it is encrypted, and no passphrase was given
│   ├── WrongPassphrase         it is encrypted with another one
│   ├── NoRoomForDossier        the disk of the workspace is full
│   ├── DossierMustBeEncrypted  a record of `form_id` may leave in clear no more in a file than by the network
│   ├── DossierTooBig           more than one dossier may hold: it would open nowhere, and was not written
│   └── DossierNotWritten       the file could not be written
├── SettingError            a key that is not declared, or a value that does not fit it (`key`, `value`, `cause`)
├── NoKeyringError          this machine has no safe place for secrets (`cause`)
├── TerritoryError          a code that no table of the territory knows (`kind`, `code`)
├── GuideError              a guide that cannot be read (`name`, `cause`)
└── ExportError             a file of results that could not be written (`path`, `cause`)

`fieldkit.instance.TransitionError` stands apart: it is always a bug, never the user's doing.
Errors carry data; sentences for people are written by the window and the command line. `cause` is a short English
clause for logs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The names below say a state of the world (StoreFull, WorkspaceBusy): the suffix Error would add nothing to them.
# ruff: noqa: N818


class FieldkitError(Exception):
    """Base of all."""


class WorkspaceError(FieldkitError):
    """The workspace folder cannot be used; `folder` is its path."""

    def __init__(self, folder: Path, message: str) -> None:
        self.folder = folder
        super().__init__(f"{message}: {folder}")


class WorkspaceMissing(WorkspaceError):
    """There is no workspace in `folder` yet, and opening for reading only does not make one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "no workspace here")


class WorkspaceBusy(WorkspaceError):
    """Another program works in `folder`: process `pid` on `host` since `since` (0 and "" if it did not say)."""

    def __init__(self, folder: Path, *, pid: int = 0, host: str = "", since: str = "") -> None:
        self.pid = pid
        self.host = host
        self.since = since
        super().__init__(folder, f"in use by process {pid or '?'} on {host or '?'}")


class FolderNotWritable(WorkspaceError):
    """Nothing can be written in `folder`; `cause` is the system's own clause."""

    def __init__(self, folder: Path, cause: str) -> None:
        self.cause = cause
        super().__init__(folder, f"cannot write ({cause})")


class StoreError(FieldkitError):
    """The database cannot be used; `path` is its file."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(f"{message}: {path}")


class StoreTooNew(StoreError):
    """Written by a later version of the program: schema `found`, this one knows up to `supported`."""

    def __init__(self, path: Path, found: int, supported: int) -> None:
        self.found = found
        self.supported = supported
        super().__init__(path, f"schema {found} is newer than {supported}")


class StoreDamaged(StoreError):
    """Not a whole database any more; `copies` are the files that `restore_copy` accepts, newest first."""

    def __init__(self, path: Path, copies: Sequence[Path], cause: str) -> None:
        self.copies = tuple(copies)
        self.cause = cause
        super().__init__(path, f"damaged ({cause}), {len(self.copies)} copies")


class StoreFull(StoreError):
    """The disk (or the quota) has no room; what was written before is safe, the last action was not kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "no room left")


class StoreLocked(StoreError):
    """Another program wrote in the database for longer than this one waits."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "locked by another program")


class StoreReadOnly(StoreError):
    """A write was asked of a database that can only be read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "read-only")


class StoreUnreadable(StoreError):
    """The disk or SQLite refused for another reason, told by `cause`."""

    def __init__(self, path: Path, cause: str) -> None:
        self.cause = cause
        super().__init__(path, cause)


class RecordError(FieldkitError):
    """One row: `kind` says what it is, `key` which one."""

    def __init__(self, kind: str, key: str, message: str) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"{kind} {key}: {message}")


class NotFoundError(RecordError):
    """No such row."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(kind, key, "not found")


class AlreadyThereError(RecordError):
    """A row with this key exists already."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(kind, key, "already there")


class WrongStateError(RecordError):
    """`action` ("save", "delete", "reopen" …) is not for an instance that is `state`."""

    def __init__(self, key: str, state: str, action: str) -> None:
        self.state = state
        self.action = action
        super().__init__("instance", key, f"cannot {action} while {state}")


class AttachmentDamaged(RecordError):
    """The file at `path` is gone or has other bytes than those that were put; `key` is "instance/name"."""

    def __init__(self, key: str, path: Path) -> None:
        self.path = path
        super().__init__("attachment", key, f"missing or changed on disk ({path})")


class EncryptionError(FieldkitError):
    """The form `form_id` asks for encryption, and the record cannot be sealed; nothing of it may leave."""

    def __init__(self, form_id: str, cause: str) -> None:
        self.form_id = form_id
        self.cause = cause
        super().__init__(f"{form_id}: {cause}")


class UnusableKey(EncryptionError):
    """The public key of the form is not one that protects anything: garbage, another algorithm, too short."""


class ReservedName(EncryptionError):
    """An attached file has the `name` that the record itself has once it is sealed."""

    def __init__(self, form_id: str, name: str) -> None:
        self.name = name
        super().__init__(form_id, f"a file is named {name}")


class ProofError(FieldkitError):
    """There is no proof of filing to be had."""


class NotSent(ProofError):
    """The record is `state`: the region has not taken it."""

    def __init__(self, instance_id: str, state: str) -> None:
        self.instance_id = instance_id
        self.state = state
        super().__init__(f"{instance_id} is {state}")


class NotAProof(ProofError):
    """The file is no proof of filing that this program can read."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


class DossierError(FieldkitError):
    """The dossier file `path` cannot be used; nothing of it was taken in."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")


class NotADossier(DossierError):
    """Another kind of file."""


class DossierDamaged(DossierError):
    """Cut, or not the bytes that were written: a hash or the signature does not fit."""


class DossierUnsafe(DossierError):
    """It names places outside itself, or unpacks without measure: no dossier that this program made."""


class DossierTooNew(DossierError):
    """Of format `found`, and this program knows them up to `supported`."""

    def __init__(self, path: Path, found: int, supported: int) -> None:
        self.found = found
        self.supported = supported
        super().__init__(path, f"format {found} is newer than {supported}")


class PassphraseNeeded(DossierError):
    """It is encrypted, and no passphrase was given."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "encrypted")


class WrongPassphrase(DossierError):
    """It is encrypted with another passphrase."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "another passphrase")


class NoRoomForDossier(DossierError):
    """The disk of the workspace filled while it was opened or taken in."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "the disk is full")


class DossierMustBeEncrypted(DossierError):
    """A record of the form `form_id`, which has a public key, goes into an encrypted dossier only."""

    def __init__(self, path: Path, form_id: str) -> None:
        self.form_id = form_id
        super().__init__(path, f"{form_id} asks for encryption")


class DossierTooBig(DossierError):
    """It would hold more than a dossier may, so that no program would open it: it was not written."""


class DossierNotWritten(DossierError):
    """The file could not be written: no room, no right, the stick is gone."""


class SettingError(FieldkitError):
    """`key` is not declared, or `value` is not one that it takes."""

    def __init__(self, key: str, value: object, cause: str) -> None:
        self.key = key
        self.value = value
        self.cause = cause
        super().__init__(f"{key} = {value!r}: {cause}")


class NoKeyringError(FieldkitError):
    """No keyring that keeps secrets safely: ask for the token each session, never write it in a file."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


class TerritoryError(FieldkitError):
    """`code` is no `kind` ("commune", "gal" …) of the tables."""

    def __init__(self, kind: str, code: str) -> None:
        self.kind = kind
        self.code = code
        super().__init__(f"unknown {kind} {code!r}")


class GuideError(FieldkitError):
    """The guide `name` is missing or cannot be read."""

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        self.cause = cause
        super().__init__(f"{name}: {cause}")


class CallError(FieldkitError):
    """The profile `name` of a call for projects cannot be read."""

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        self.cause = cause
        super().__init__(f"{name}: {cause}")


class ExportError(FieldkitError):
    """The file `path` could not be written."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")
