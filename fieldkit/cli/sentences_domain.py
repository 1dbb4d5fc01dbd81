# SPDX-License-Identifier: EUPL-1.2
"""Sentences for the errors of the domain, the store and the command line itself."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit import answer_files, diagnostic, errors, instance
from fieldkit.cli import errors as command
from fieldkit.cli.messages import Sentence


def _copies(error: errors.StoreDamaged) -> str:
    if not error.copies:
        return "There is no copy of it; keep the file, something may still be read from it."
    return f"The latest copy is {error.copies[0]}: open the window to restore it; the damaged file is kept aside."


def _not_found(error: errors.NotFoundError) -> str:
    words = {"instance": "record", "finalized instance": "finished record", "blank form": "form"}
    kind = words.get(error.kind, error.kind)
    where = {"form": "forms", "account": "accounts", "received record": "staff list"}.get(kind, "records")
    return f"There is no {kind} {error.key}. See `fieldkit {where}`."


def _too_new(error: errors.StoreTooNew) -> str:
    if error.found < error.supported:
        return (
            f"The database {error.path} was written by an earlier version (schema {error.found}, this one has"
            f" {error.supported}). Open the window once, or run `fieldkit pull`, to bring it up to date."
        )
    return (
        f"The database {error.path} was written by a later version of the program (schema {error.found}, this one"
        f" knows {error.supported}). It was not touched: install the later version."
    )


def _busy(error: errors.WorkspaceBusy) -> str:
    who = f"process {error.pid} on {error.host}" if error.pid else "another program"
    return f"The workspace {error.folder} is in use by {who}. Close it there, then run the command again."


SENTENCES: Mapping[type[BaseException], Sentence] = {
    errors.FieldkitError: lambda e: f"This could not be done: {e}.",
    errors.WorkspaceError: lambda e: f"The workspace {e.folder} cannot be used: {e}.",
    errors.WorkspaceMissing: lambda e: (
        f"There is no workspace in {e.folder} yet. Open the window once, or name another folder with --workspace."
    ),
    errors.WorkspaceBusy: _busy,
    errors.FolderNotWritable: lambda e: (
        f"Nothing can be written in {e.folder} ({e.cause}). Choose another folder with --workspace or FIELDKIT_HOME."
    ),
    errors.StoreError: lambda e: f"The database {e.path} cannot be used: {e}.",
    errors.StoreTooNew: _too_new,
    errors.StoreDamaged: lambda e: f"The database {e.path} is damaged ({e.cause}). {_copies(e)}",
    errors.StoreFull: lambda e: (
        f"The disk of {e.path} is full. What was saved before is safe: make room, then run the command again."
    ),
    errors.StoreLocked: lambda e: (
        f"Another program is writing in {e.path} for too long. Wait until it is done, then run the command again."
    ),
    errors.StoreReadOnly: lambda e: f"{e.path} can only be read. Close the other program, or allow writing there.",
    errors.StoreUnreadable: lambda e: f"{e.path} could not be read or written ({e.cause}). Check the disk.",
    errors.RecordError: lambda e: f"The {e.kind} {e.key} cannot be used: {e}.",
    errors.NotFoundError: _not_found,
    errors.AlreadyThereError: lambda e: f"The {e.kind} {e.key} exists already. Use another name.",
    errors.WrongStateError: lambda e: f"The record {e.key} is {e.state}: one cannot {e.action} it any more.",
    errors.AttachmentDamaged: lambda e: (
        f"The attachment {e.key} is gone or was changed on disk ({e.path}). Put the file back, or attach it again."
    ),
    errors.EncryptionError: lambda e: f"This record of {e.form_id} cannot be encrypted: {e.cause}. Nothing left.",
    errors.UnusableKey: lambda e: (
        f"The public key of the form {e.form_id} cannot be used: {e.cause}. The record stays a draft with all its"
        " answers: ask the region for a new version of the form."
    ),
    errors.ReservedName: lambda e: (
        f"The record of {e.form_id} has a file named {e.name}, which is the name of the encrypted record itself"
        f" ({e.cause}). Attach that file under another name."
    ),
    errors.DossierError: lambda e: f"The dossier {e.path} cannot be used ({e.cause}). Nothing of it was taken.",
    errors.NotADossier: lambda e: f"{e.path} is not a dossier of this program ({e.cause}). Nothing was taken from it.",
    errors.DossierDamaged: lambda e: (
        f"The dossier {e.path} was cut or changed on the way ({e.cause}). Nothing of it was taken: copy it again from"
        " the other kit."
    ),
    errors.DossierUnsafe: lambda e: (
        f"The dossier {e.path} is built like none that this program makes ({e.cause}). Nothing of it was unpacked."
    ),
    errors.DossierTooNew: lambda e: (
        f"The dossier {e.path} was made by a later version of the program ({e.cause}). Nothing of it was taken: install"
        " the later version."
    ),
    errors.PassphraseNeeded: lambda e: f"The dossier {e.path} is {e.cause}. Give its passphrase: --passphrase-file.",
    errors.WrongPassphrase: lambda e: (
        f"The dossier {e.path} was encrypted with {e.cause}. Ask for the right one where it was made."
    ),
    errors.NoRoomForDossier: lambda e: (
        f"There is no room to take the dossier {e.path} in: {e.cause}. Nothing of it was taken: make room, then again."
    ),
    errors.DossierMustBeEncrypted: lambda e: (
        f"Records of the form {e.form_id} are encrypted for the region ({e.cause}): they go into a dossier with a"
        f" passphrase only. Give one with --passphrase-file. {e.path} was not written."
    ),
    errors.DossierTooBig: lambda e: (
        f"This is too much for one dossier ({e.cause}): make several, each with some of the records. {e.path} was not"
        " written."
    ),
    errors.DossierNotWritten: lambda e: (
        f"The dossier {e.path} could not be written ({e.cause}). The records are safe: make room, or choose another"
        " place."
    ),
    errors.SettingError: lambda e: f"The setting {e.key} does not take {e.value!r}: {e.cause}.",
    errors.ProofError: lambda e: f"There is no proof of filing: {e}.",
    errors.NotSent: lambda e: (
        f"The record {e.instance_id} is {e.state}: there is a proof once the region has taken it. Send it first."
    ),
    errors.NotAProof: lambda e: f"This file is not a proof of filing that can be checked: {e.cause}.",
    errors.NoKeyringError: lambda e: (
        f"This computer has no safe keyring for the token ({e.cause}). Give it in FIELDKIT_TOKEN, or type it each time."
    ),
    errors.TerritoryError: lambda e: f"There is no {e.kind} {e.code} in the tables of the territory. Check the code.",
    errors.GuideError: lambda e: f"The guide {e.name} cannot be read: {e.cause}.",
    errors.CallError: lambda e: f"The profile {e.name} of a call cannot be read: {e.cause}.",
    errors.ExportError: lambda e: f"The table {e.path} could not be written ({e.cause}). Choose another place.",
    instance.TransitionError: lambda e: (
        f"This is a fault of the program: the record {e.instance_id} cannot go from {e.old} to {e.new}."
    ),
    diagnostic.NotADiagnosticError: lambda e: f"This record is not a territorial diagnostic ({e}).",
    answer_files.AnswerFileError: lambda e: f"The file of answers has no answer at {e.ref or 'its top'}.",
    command.CommandError: lambda e: f"The command could not be done: {e}.",
    command.FileMissingError: lambda e: f"The file {e.path} cannot be read ({e.cause}). Check its name.",
    command.OutputError: lambda e: f"{e.path} cannot be written ({e.cause}). Choose another place.",
    command.SourceError: lambda e: f"The XLSForm {e.path} cannot be compiled: {e.cause}",
    command.AnswersError: lambda e: f"The answers in {e.path} cannot be used: {e.cause}. They must be one JSON object.",
    command.UnknownLanguageError: lambda e: (
        f"The form does not speak {e.language}. Its languages: {', '.join(e.languages) or 'only one, without a name'}."
    ),
    command.WrongFormError: lambda e: f"This record is of the form {e.form_id}: this page is for {e.wanted}.",
    command.NothingToResolveError: lambda e: (
        f"The region has nothing else in the place of {e.instance_id} ({e.state}): there is nothing to choose."
    ),
    command.NoNewerVersionError: lambda e: (
        f"The region's list names no newer version of {e.instance_id}: run `fieldkit pull`, or send it --as-new."
    ),
    command.NoAccountError: lambda _: (
        "There is no account yet. Ask the region for an invitation, then run `fieldkit connect INVITATION`."
    ),
    command.UnknownAccountError: lambda e: (
        f"There is no account {e.account_id}."
        f" {'There is ' + ', '.join(e.known) if e.known else 'Run `fieldkit connect INVITATION` first'}."
    ),
    command.NoTokenError: lambda e: (
        f"The token of {e.account_id} is not known. Run `fieldkit connect INVITATION`, or give it in FIELDKIT_TOKEN"
        f"{f' and name the account with --account {e.account_id}' if e.is_one_of_several else ''}."
    ),
    command.NoStaffError: lambda _: (
        "Nobody of the region's staff has signed in here: run `fieldkit staff sign-in EMAIL` first."
    ),
    command.NoPasswordError: lambda e: (
        f"A password is needed. Give it in {e.variable}, or run the command in a terminal to type it."
    ),
    command.UnknownFaultError: lambda e: (
        f"There is no fault {e.text}. Write NAME, NAME=3 or NAME=all with one of: {', '.join(e.names)}."
    ),
    command.PortError: lambda e: f"The server cannot listen on port {e.port} ({e.cause}). Choose another one: --port.",
    command.NoDisplayError: lambda _: (
        "There is no display to open the window on. Run it on a desktop; commands need no display: `fieldkit --help`."
    ),
}
