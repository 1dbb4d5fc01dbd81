# SPDX-License-Identifier: EUPL-1.2
"""Records into a dossier: each with its form, its files, its answer log and what another kit needs to merge it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from fieldkit.dossier.container import Writer, signing_key
from fieldkit.dossier.history import History, commit, new_stamp
from fieldkit.dossier.rows import attempts_data, files_data, instance_data, log_data
from fieldkit.durable import file_errors, flushed, put_in_place
from fieldkit.encryption import public_key_of
from fieldkit.errors import DossierMustBeEncrypted, DossierNotWritten, DossierTooBig, NotFoundError, StoreError
from fieldkit.instance import State
from fieldkit.store.attachments import read_checked
from fieldkit.version import VERSION as PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldkit.store import BlankForm, Store
    from fieldkit.store.sharing import Holding
    from forms import FormDef

    LoadForm = Callable[[str, str], FormDef]

SUFFIX: Final = ".fieldkit"
Told = Callable[[tuple[int, int]], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A dossier that was written: its records by id, its size in bytes, and whether a passphrase opens it."""

    path: Path
    records: tuple[str, ...]
    size: int
    encrypted: bool


def export(
    store: Store,
    instance_ids: Sequence[str],
    path: Path,
    passphrase: str = "",
    *,
    now: datetime | None = None,
    load: LoadForm | None = None,
    progress: Told = lambda _: None,
) -> Exported:
    """Write records into the file `path`, whole or not at all; `progress` gets (records done, of how many).

    Records of forms with a public key need a passphrase (DossierMustBeEncrypted). Raises NotFoundError for a record or
    a form that is not here, AttachmentDamaged, FormFileError, DossierTooBig, DossierNotWritten.
    """
    from fieldkit.lifting import stored_form

    at = now or datetime.now(UTC)
    load = load or stored_form(store)
    wanted = tuple(dict.fromkeys(instance_ids))
    histories: dict[str, str] = {}
    forms = _forms_of(store, wanted)
    if not passphrase:
        for form_id, version in forms:
            if public_key_of(form_id, store.blank_forms.xml(form_id, version)):
                raise DossierMustBeEncrypted(path, form_id)
    else:
        _seal_what_waits(store, wanted)
    with _target(store, path, passphrase) as file, Writer(file, signing_key(store)) as writer:
        for number, form in enumerate(forms.values()):
            _add_form(writer, f"forms/{number}", store, form)
        for number, instance_id in enumerate(wanted):
            progress((number, len(wanted)))
            held = committed(store, store.sharing.holding(instance_id), load, at)
            histories[instance_id] = held.history
            _add_record(writer, f"records/{number}", held)
            if writer.excess:
                raise DossierTooBig(path, writer.excess)
        store.sharing.keep_histories(histories)
        progress((len(wanted), len(wanted)))
        writer.close(made_at=at.isoformat(timespec="seconds"), made_by=PROGRAM, records=list(wanted))
    with suppress(StoreError):  # the dossier is written, and that is what was asked for
        store.parked.note_carried(wanted, at)
    return Exported(path, wanted, path.stat().st_size, bool(passphrase))


def committed(store: Store, held: Holding, load: LoadForm, at: datetime) -> Holding:
    """Return a record with the history of its draft as it stands; nothing is written."""
    from fieldkit.dossier.answers import read_answers

    form = load(held.instance.form_id, held.instance.form_version)
    answers = read_answers(form, held.draft, {file.name: file.sha256 for file in held.files})
    return replace(held, history=commit(History.from_text(held.history), answers, new_stamp(at)).to_text())


def _seal_what_waits(store: Store, instance_ids: Sequence[str]) -> None:
    """Seal here what its first attempt would seal: two kits would make two seals, and the server takes one."""
    seals = store.instances.seals
    for instance_id in instance_ids:
        one = store.instances.get(instance_id)
        unsealed = one.state is State.FINALIZED and not one.attempted and seals.of(instance_id) is None
        if unsealed and seals.is_asked_for(instance_id):
            seals.add(instance_id)


def _forms_of(store: Store, instance_ids: Sequence[str]) -> dict[tuple[str, str], BlankForm]:
    found: dict[tuple[str, str], BlankForm] = {}
    for instance_id in instance_ids:
        one = store.instances.get(instance_id)
        key = one.form_id, one.form_version
        if key not in found:
            found[key] = store.blank_forms.get(*key)
    return found


@contextmanager
def _target(store: Store, path: Path, passphrase: str) -> Iterator[IO[bytes]]:
    """Give the file to write the clear dossier in; with a passphrase it is the workspace's disk that holds it."""
    from fieldkit.dossier.locking import lock

    fresh = path.with_name(f".{path.name}.part")
    if not passphrase:
        with _writing(path), flushed(fresh) as file:
            yield file
    else:
        with scratch(store) as clear:
            yield clear
            with _writing(path), flushed(fresh) as file:
                lock(clear, file, passphrase)
    with _writing(path):
        put_in_place(fresh, path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DossierNotWritten(path, error.strerror or str(error)) from error


@contextmanager
def scratch(store: Store) -> Iterator[IO[bytes]]:
    """Give a file without a name beside the database, readable to its user only."""
    with file_errors(store.path), tempfile.TemporaryFile(dir=store.path.parent) as file:
        yield file


def _add_form(writer: Writer, part: str, store: Store, form: BlankForm) -> None:
    key = form.form_id, form.version
    writer.add(f"{part}/form.xml", store.blank_forms.xml(*key))
    names: list[str] = []
    for name in form.attachments:
        try:
            content = store.blank_forms.attachment(*key, name)
        except NotFoundError:  # an entity list that the server never gave
            continue
        writer.add(f"{part}/media/{len(names)}", content)
        names.append(name)
    facts = {"form_id": form.form_id, "version": form.version, "title": form.title, "media": names}
    writer.add(f"{part}/form.json", _json(facts))


def _add_record(writer: Writer, part: str, held: Holding) -> None:
    instance_id = held.instance.instance_id
    facts = {
        "instance": instance_data(held.instance),
        "receipt": held.receipt,
        "attempts": attempts_data(held.attempts),
        "files": files_data(held.files),
        "sealed": files_data(held.seal.files) if held.seal is not None else None,
    }
    writer.add(f"{part}/record.json", _json(facts))
    writer.add(f"{part}/draft.xml", held.draft)
    if held.instance.state is not State.DRAFT and held.frozen is not None:
        writer.add(f"{part}/frozen.xml", held.frozen)
    writer.add(f"{part}/log.json", _json(log_data(held.log)))
    writer.add(f"{part}/history.json", held.history.encode())
    for number, file in enumerate(held.files):
        writer.add(f"{part}/files/{number}", read_checked(instance_id, file), packed=False)
    if held.seal is not None:
        writer.add(f"{part}/seal.xml", held.seal.envelope)
        for number, file in enumerate(held.seal.files):
            writer.add(f"{part}/sealed/{number}", read_checked(instance_id, file), packed=False)


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()
