# SPDX-License-Identifier: EUPL-1.2
"""Compiled forms kept in the workspace, so that a form opens at once: `<workspace>/cache/forms/<key>.form`.

The key is the hash of the form's bytes, of its files, of its entity lists with what was changed here, of the calls that
packs brought, of the engine and of Python: another version of any of them is another file. The folder holds nothing
that cannot be made again; it may be deleted at any time. It is kept below `MAX_BYTES`: what was used longest ago goes.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fieldkit.call import LIST_FILE
from fieldkit.call_list import received_list
from fieldkit.errors import NotFoundError
from fieldkit.version import VERSION

if TYPE_CHECKING:
    from fieldkit.store import Store
    from fieldkit.store.blank_forms import BlankForm
    from forms import FormDef

FOLDER: Final = Path("cache", "forms")
MAX_BYTES: Final = 256 * 1024 * 1024
_SUFFIX: Final = ".form"


def load_stored(store: Store, form_id: str, version: str = "", account_id: str = "") -> FormDef:
    """Load a blank form of the store (see `blank_forms.get`), from its compiled form if there is one.

    Else it is compiled, and the compiled form is kept unless the store is read-only. Raises NotFoundError, and
    FormFileError for a form that cannot be used; trouble with the cache itself is no error.
    """
    from forms import CacheError, load_compiled, load_form

    blank = store.blank_forms.get(form_id, version, account_id)
    calls = received_list(store, blank)
    key = _key_of(blank, calls)
    path = store.path.parent / FOLDER / f"{key}{_SUFFIX}"
    with suppress(OSError, CacheError):
        form = load_compiled(path.read_bytes())
        _mark_used(path, store)
        return form

    def attachment(name: str) -> bytes:
        if name == LIST_FILE and calls is not None:
            return calls
        try:
            return store.blank_forms.attachment(blank.form_id, blank.version, name, account_id)
        except NotFoundError as error:
            raise FileNotFoundError(name) from error

    form = load_form(store.blank_forms.xml(blank.form_id, blank.version), attachment)
    # An entity list may have changed meanwhile: then this form is not the one that the key names.
    if not store.read_only and key_of(store, blank.form_id, blank.version, account_id) == key:
        with suppress(OSError, CacheError):
            keep(path, form)
    return form


def key_of(store: Store, form_id: str, version: str = "", account_id: str = "") -> str:
    """Name the compiled form of a blank one (hex): another name as soon as anything that it is made of changes."""
    blank = store.blank_forms.get(form_id, version, account_id)
    return _key_of(blank, received_list(store, blank))


def _key_of(blank: BlankForm, calls: bytes | None) -> str:
    """Return the name; the store hashed the form's bytes and files when they were put."""
    parts: list[object] = [_engine(), blank.form_id, blank.version, blank.hash, *sorted(blank.attachments.items())]
    if calls is not None:
        parts.append(hashlib.sha256(calls).hexdigest())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def keep(path: Path, form: FormDef, max_bytes: int = MAX_BYTES) -> None:
    """Write the compiled form, whole or not at all, and drop the oldest ones. Raises OSError, CacheError."""
    from forms import to_bytes

    data = to_bytes(form)
    if len(data) > max_bytes // 2:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _drop_oldest(path.parent, max_bytes)


def _mark_used(path: Path, store: Store) -> None:
    if not store.read_only:
        with suppress(OSError):
            os.utime(path)


def _drop_oldest(folder: Path, max_bytes: int) -> None:
    """Delete what was used longest ago until the rest fits, and what writers that were cut off left behind."""
    left = max_bytes
    for path, size in _newest_first(folder.iterdir()):
        left -= size if path.suffix == _SUFFIX else 0
        if left < 0 or path.suffix != _SUFFIX:
            path.unlink(missing_ok=True)


def _newest_first(paths: Iterable[Path]) -> list[tuple[Path, int]]:
    found = [(path, path.stat()) for path in paths]
    found.sort(key=lambda one: one[1].st_mtime_ns, reverse=True)
    return [(path, facts.st_size) for path, facts in found]


@cache
def _engine() -> str:
    """Tell this engine from any other: the program's version, Python's, and the very files of the engine."""
    import forms

    sources = sorted(Path(forms.__file__).parent.rglob("*.py")) or [Path(sys.executable)]
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    return repr((VERSION, sys.version, facts))
