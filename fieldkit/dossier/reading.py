# SPDX-License-Identifier: EUPL-1.2
"""A dossier opened: its records and forms, checked as far as they can be without a workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fieldkit.dossier.container import MANIFEST, MAX_MANIFEST, Reader, bounded, open_zip, read_manifest
from fieldkit.dossier.history import History
from fieldkit.dossier.pack import scratch
from fieldkit.dossier.rows import read_attempts, read_files, read_instance, read_log, text_of
from fieldkit.errors import DossierDamaged, NoRoomForDossier, NotADossier, StoreFull
from fieldkit.instance import Instance, State
from fieldkit.store.attachments import Attachment
from fieldkit.store.seals import Seal
from fieldkit.store.sharing import Holding, NewForm

if TYPE_CHECKING:
    from fieldkit.store import Store
    from forms import FormDef

# What reading finds where the data have another shape than this program writes.
_MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Dossier:
    """An open dossier: the records in it (file paths are names of parts) and their forms, by id and version."""

    path: Path
    reader: Reader
    records: tuple[Holding, ...]
    forms: dict[tuple[str, str], NewForm]

    def read(self, file: Attachment) -> bytes:
        """Return the bytes of a file of a record. DossierDamaged if they are not those that the record names."""
        content = self.reader.read(file.path.as_posix())
        if hashlib.sha256(content).hexdigest() != file.sha256 or len(content) != file.size:
            raise DossierDamaged(self.path, f"{file.name} is another file")
        return content


@contextmanager
def open_dossier(store: Store, path: Path, passphrase: str = "") -> Iterator[Dossier]:
    """Open a dossier; an encrypted one lies in clear beside the database meanwhile. Raises the DossierError family.

    NoRoomForDossier also for what is done while it is open: nothing of that was kept.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotADossier(path, error.strerror or str(error)) from error
    try:
        with file, _clear(store, file, path, passphrase) as clear:
            yield _opened(clear, path)
    except StoreFull as error:
        raise NoRoomForDossier(path) from error


@contextmanager
def _clear(store: Store, file: IO[bytes], path: Path, passphrase: str) -> Iterator[IO[bytes]]:
    with open_zip(file, path) as outer:
        facts = read_manifest(bounded(outer, MANIFEST, MAX_MANIFEST, path), path)
        if "encryption" not in facts:
            yield file
            return
        from fieldkit.dossier.locking import unlock

        with scratch(store) as clear:
            unlock(outer, facts, path, passphrase, clear)
            yield clear


def _opened(file: IO[bytes], path: Path) -> Dossier:
    reader = Reader(file, path)
    try:
        forms = {}
        for part in _folders(reader, "forms"):
            form = _read_form(reader, part)
            forms[form.form_id, form.version] = form
        records = tuple(_read_record(reader, part, path) for part in _folders(reader, "records"))
    except _MISSHAPEN as error:
        raise DossierDamaged(path, f"{type(error).__name__}: {error}") from error
    if len({one.instance.instance_id for one in records}) < len(records):
        raise DossierDamaged(path, "a record twice")
    return Dossier(path, reader, records, forms)


def _folders(reader: Reader, kind: str) -> list[str]:
    numbers = {int(name.split("/")[1]) for name in reader.names if name.startswith(f"{kind}/")}
    return [f"{kind}/{number}" for number in sorted(numbers)]


def _read_form(reader: Reader, part: str) -> NewForm:
    facts = reader.read_json(f"{part}/form.json")
    media = {text_of(name): reader.read(f"{part}/media/{number}") for number, name in enumerate(facts["media"])}
    form_id, version, title = (text_of(facts[name]) for name in ("form_id", "version", "title"))
    return NewForm(form_id, version, title, reader.read(f"{part}/form.xml"), media)


def _read_record(reader: Reader, part: str, path: Path) -> Holding:
    facts = reader.read_json(f"{part}/record.json")
    instance = read_instance(facts["instance"])
    history = reader.read(f"{part}/history.json").decode()
    History.from_text(history)
    return Holding(
        instance,
        reader.read(f"{part}/draft.xml"),
        _frozen(reader, part, instance, path),
        read_log(reader.read_json(f"{part}/log.json")),
        text_of(facts["receipt"]),
        read_attempts(facts["attempts"]),
        read_files(facts["files"], f"{part}/files"),
        _seal(reader, part, facts["sealed"]),
        history,
    )


def _frozen(reader: Reader, part: str, instance: Instance, path: Path) -> bytes | None:
    if instance.state is State.DRAFT:
        return None
    frozen = reader.read(f"{part}/frozen.xml")
    if hashlib.sha256(frozen).hexdigest() != instance.sha256:
        raise DossierDamaged(path, "frozen bytes are not those of the record")
    return frozen


def _seal(reader: Reader, part: str, data: Any) -> Seal | None:
    if data is None:
        return None
    envelope = reader.read(f"{part}/seal.xml")
    return Seal(envelope, hashlib.sha256(envelope).hexdigest(), read_files(data, f"{part}/sealed"))


def load_new(form: NewForm, path: Path) -> FormDef:
    """Load a form of a dossier. DossierDamaged if it is another than it says; FormFileError."""
    from forms import load_form

    def attachment(name: str) -> bytes:
        if name not in form.files:
            raise FileNotFoundError(name)
        return form.files[name]

    found = load_form(form.xml, attachment)
    if (found.form_id, found.version) != (form.form_id, form.version):
        raise DossierDamaged(path, f"the form {form.form_id} is another one")
    return found
