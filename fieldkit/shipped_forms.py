# SPDX-License-Identifier: EUPL-1.2
"""The forms that ship with the program, put in the store so that it is useful before any network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from fieldkit.store.blank_forms import md5_of
from fieldkit.store.offers import SHIPPED as ORIGIN

if TYPE_CHECKING:
    from fieldkit.store import Store
    from fieldkit.store.blank_forms import BlankForm
    from forms import FormDef

__all__ = ["ORIGIN", "bring_back", "install_shipped_forms", "look_again", "read_media"]

FACT = "shipped."  # the digest of each shipment, by the name of its file


def install_shipped_forms(store: Store) -> tuple[str, ...]:
    """Put the shipped forms that the store does not have yet; return the ids of those that were put.

    A version that came from a server is never replaced: the server is the authority on its forms. Where it gives the
    same, both offer it: without the account it is still here. Raises FormError if a shipped file is broken.
    """
    put = []
    for path in sorted(resources.path("forms").glob("*.xml")):
        if _is_known(store, path):
            continue
        form_id = _install(store, path)
        if form_id:
            put.append(form_id)
    return tuple(put)


def bring_back(store: Store) -> tuple[str, ...]:
    """Put the forms that stood back behind those of an account that has left; return their ids. Raises FormError."""
    look_again(store)
    return install_shipped_forms(store)


def look_again(store: Store) -> None:
    """Let the next `install_shipped_forms` look at every form: quick, where the looking itself takes a while."""
    for path in resources.path("forms").glob("*.xml"):
        store.facts.set(_fact(path), "")


def _fact(path: Path) -> str:
    return f"{FACT}{path.stem}"


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
    files = {name: read_media(name) for name in form.attachments}
    kept = store.blank_forms.find(form.form_id, form.version)
    put = False
    if kept is not None and _is_the_same(kept, form, files):
        store.blank_forms.offer(ORIGIN, form.form_id, form.version)
    elif kept is None or not _is_a_servers(store, kept):
        store.blank_forms.put(form.form_id, form.version, form.title, xml, files, ORIGIN)
        put = True
    store.facts.set(_fact(path), _digest(path))
    return form.form_id if put else ""


def _is_the_same(kept: BlankForm, form: FormDef, files: dict[str, bytes]) -> bool:
    return kept.hash == form.hash and kept.attachments == {name: md5_of(content) for name, content in files.items()}


def _is_a_servers(store: Store, kept: BlankForm) -> bool:
    """Tell whether an account counts on these bytes, or did before it left (its records are read by them)."""
    return kept.origin != ORIGIN and (bool(kept.offers) or bool(store.instances.count(form_id=kept.form_id)))


def read_media(name: str) -> bytes:
    """Return a media file of the shipped forms; FileNotFoundError if it does not ship."""
    return resources.read_bytes("forms", "media", Path(name).name)
