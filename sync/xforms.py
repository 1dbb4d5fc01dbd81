# SPDX-License-Identifier: EUPL-1.2
"""What the network side must know of an XForm: its identity, the media it needs, where it holds files.

The engine (`forms`) reads a definition whole; this reads only the head, so that a server can publish a form that the
engine of this version would not run. ODK XForms specification: "Primary instance", "Media".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

JR_URI = re.compile(r"jr://(images|audio|video|file|file-csv)/(.+)", re.DOTALL)
PULLDATA = re.compile(r"""pulldata\(\s*['"]([^'"]+)['"]""")
MEDIA_TYPES = {"images": "image", "audio": "audio", "video": "video", "file": "file", "file-csv": "file"}


@dataclass(frozen=True, slots=True)
class FormHead:
    """The identity of a form; `media` maps declared file names to image, audio, video or file.

    `file_paths` are the paths of the binary binds without the root's name (`photo`, `lignes/photo`).
    """

    form_id: str
    version: str
    title: str
    media: dict[str, str]
    file_paths: frozenset[str]


def read_head(xform_xml: bytes) -> FormHead:
    """Return the head of a form definition; UnsafeXmlError if it is hostile or no XForm."""
    root = parse_xml(xform_xml)
    head = child(root, "head")
    model = child(head, "model") if head is not None else None
    instance = child(model, "instance") if model is not None else None
    if head is None or model is None or instance is None or len(instance) == 0:
        raise UnsafeXmlError("not an XForm: no head, model or primary instance")
    primary = instance[0]
    form_id = primary.get("id") or ""
    if not form_id:
        raise UnsafeXmlError("the primary instance has no id")
    return FormHead(
        form_id=form_id,
        version=primary.get("version") or "",
        title=text_of(head, "title") or form_id,
        media=dict(declared_media(root)),
        file_paths=frozenset(binary_paths(model)),
    )


def declared_media(root: Element) -> Iterator[tuple[str, str]]:
    """Yield (file name, type) for every `jr://` address and every list that `pulldata` names."""
    for element in root.iter():
        for value in ((element.text or "").strip(), *element.attrib.values()):
            if match := JR_URI.fullmatch(value):
                yield match[2], MEDIA_TYPES[match[1]]
        for value in element.attrib.values():
            for name in PULLDATA.findall(value):
                yield name if name.endswith((".csv", ".xml", ".geojson")) else f"{name}.csv", "file"


def binary_paths(model: Element) -> Iterator[str]:
    """Yield the paths below the root of the binds of type binary."""
    for bind in model:
        if local_name(bind) == "bind" and bind.get("type") == "binary":
            yield "/".join((bind.get("nodeset") or "").split("/")[2:])
