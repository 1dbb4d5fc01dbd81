# SPDX-License-Identifier: EUPL-1.2
"""Form lists and manifests as OpenRosa writes them, read without trust (Form Discovery and Form Manifest APIs)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.errors import BadServerData
from sync.protocol import FormEntry, MediaEntry
from sync.safe_xml import UnsafeXmlError, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LIST_BYTES = 10_000_000
MD5 = re.compile(r"(?:md5:)?([0-9a-f]{32})")
RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})


def read_form_list(body: bytes) -> tuple[FormEntry, ...]:
    """Return the entries in the server's order; BadServerData if the list cannot be trusted."""
    entries = []
    for element in _children(body, "form list", "xforms", "xform"):
        form_id, address = text_of(element, "formID"), text_of(element, "downloadUrl")
        if not form_id or not address:
            raise BadServerData("form list", "an entry without formID or downloadUrl")
        entries.append(
            FormEntry(
                form_id=form_id,
                version=text_of(element, "version"),
                name=text_of(element, "name") or form_id,
                hash=_hash(text_of(element, "hash"), form_id),
                download_url=address,
                manifest_url=text_of(element, "manifestUrl"),
            )
        )
    if len({entry.form_id for entry in entries}) < len(entries):
        raise BadServerData("form list", "the same form twice")
    return tuple(entries)


def read_manifest(body: bytes, form_id: str) -> tuple[MediaEntry, ...]:
    """Return the media of a manifest; BadServerData if a name is not a bare file name or comes twice."""
    entries = []
    for element in _children(body, f"manifest of {form_id}", "manifest", "mediaFile"):
        name = safe_name(text_of(element, "filename"), form_id)
        is_list = element.get("type") == "entityList"
        digest = text_of(element, "hash") if is_list else _hash(text_of(element, "hash"), name)
        integrity = text_of(element, "integrityUrl") if is_list else ""
        entries.append(MediaEntry(name, digest, text_of(element, "downloadUrl"), is_list, integrity))
    if len({entry.name for entry in entries}) < len(entries):
        raise BadServerData(f"manifest of {form_id}", "the same file name twice")
    return tuple(entries)


def read_integrity(body: bytes, what: str) -> frozenset[str]:
    """Return the ids that an integrity answer calls deleted; BadServerData if it is none."""
    entities = [one for part in _children(body, what, "data", "entities") for one in part]
    return frozenset(one.get("id", "") for one in entities if text_of(one, "deleted") == "true")


def safe_name(name: str, form_id: str) -> str:
    """Return `name` if it is a bare file name on every system; it is only ever a key, but a server must not try."""
    bad = not name or name.startswith(".") or len(name.encode()) > 255 or name.partition(".")[0].upper() in RESERVED
    if bad or any(char in '/\\:*?"<>|' or ord(char) < 32 for char in name):
        raise BadServerData(f"manifest of {form_id}", f"an unsafe file name ({name[:80]!r})")
    return name


def _hash(text: str, what: str) -> str:
    found = MD5.fullmatch(text.lower())
    if found is None:
        raise BadServerData(what, "no md5 was announced")
    return found[1]


def _children(body: bytes, what: str, root_name: str, name: str) -> list[Element]:
    try:
        root = parse_xml(body, MAX_LIST_BYTES)
    except UnsafeXmlError as error:
        raise BadServerData(what, error.cause) from None
    if local_name(root) != root_name:
        raise BadServerData(what, f"<{local_name(root)}> instead of <{root_name}>")
    return [element for element in root if local_name(element) == name]
