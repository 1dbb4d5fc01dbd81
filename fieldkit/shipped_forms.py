# SPDX-License-Identifier: EUPL-1.2
"""The forms that ship with the program, put in the store so that it is useful before any network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import resources

if TYPE_CHECKING:
    from fieldkit.store import Store

ORIGIN = "shipped"


def install_shipped_forms(store: Store) -> tuple[str, ...]:
    """Put the shipped forms that the store does not have yet; return the ids of those that were put.

    A version that came from a server is never replaced: the server is the authority on its forms. Raises FormError
    if a shipped file is broken.
    """
    put = []
    for path in sorted(resources.path("forms").glob("*.xml")):
        if _is_known(store, path):
            continue
        form_id = _install(store, path)
        if form_id:
            put.append(form_id)
    return tuple(put)


def _fact(path: Path) -> str:
    return f"shipped.{path.stem}"


def _is_known(store: Store, path: Path) -> bool:
    return store.facts.get(_fact(path)) == _digest(path)


def _digest(path: Path) -> str:
    """Return one digest of the XML and of the media files: a change in either is a new shipment."""
    digest = hashlib.sha256(path.read_bytes())
    for media in sorted(resources.path("forms", "media").glob("*")):
        digest.update(media.name.encode() + media.read_bytes())
    return digest.hexdigest()


def _install(store: Store, path: Path) -> str:
    from forms import load_form

    xml = path.read_bytes()
    form = load_form(xml, read_media)
    kept = store.blank_forms.versions(form.form_id)
    from_server = form.version in kept and store.blank_forms.get(form.form_id, form.version).origin != ORIGIN
    if not from_server:
        files = {name: read_media(name) for name in form.attachments}
        store.blank_forms.put(form.form_id, form.version, form.title, xml, files, ORIGIN)
    store.facts.set(_fact(path), _digest(path))
    return "" if from_server else form.form_id


def read_media(name: str) -> bytes:
    """Return a media file of the shipped forms; FileNotFoundError if it does not ship."""
    return resources.read_bytes("forms", "media", Path(name).name)
