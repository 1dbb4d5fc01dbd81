# SPDX-License-Identifier: EUPL-1.2
"""The instance as XML: elements in the order of the definition, as ODK Central and JavaRosa read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from forms.definition import Node
from forms.document import JAVAROSA, XFORMS, Element, split_tag
from forms.tree import Frame

if TYPE_CHECKING:
    from forms.form import FormDef

_USUAL: Final = {"http://openrosa.org/xforms": "orx", "http://www.opendatakit.org/xforms": "odk", JAVAROSA: "jr"}
_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


class Names:
    """How tags and attributes are written: which namespaces have a prefix, declared on the root element."""

    def __init__(self, form: FormDef) -> None:
        root = form.model.primary
        address = split_tag(root.tag)[0]
        self.default = "" if address in {"", XFORMS} else address
        self._plain = {"", XFORMS, address}
        prefixes = {uri: prefix for prefix, uri in form.model.prefixes.items() if prefix} | _USUAL
        self._written: dict[str, str] = {}
        used: dict[str, str] = {}
        tags = [node.tag for scope in form.scopes for node in scope.nodes]
        for tag in (*tags, *root.attrib):
            uri, local = split_tag(tag)
            if uri in self._plain:
                self._written[tag] = local
            else:
                prefix = used.setdefault(uri, prefixes.get(uri, f"ns{len(used)}"))
                self._written[tag] = f"{prefix}:{local}"
        declarations = [f' xmlns="{self.default.translate(_ATTRIBUTE)}"'] if self.default else []
        declarations += [f' xmlns:{prefix}="{uri.translate(_ATTRIBUTE)}"' for uri, prefix in used.items()]
        attributes = [f' {self._written[key]}="{value.translate(_ATTRIBUTE)}"' for key, value in root.attrib.items()]
        self.root = "".join((*declarations, *attributes))

    def name(self, tag: str) -> str:
        """Write the name of an element or attribute, with its prefix if it has one."""
        return self._written[tag]


def write_instance(form: FormDef, names: Names, root: Frame, *, prune: bool, extra: Mapping[str, str]) -> bytes:
    """Write the instance. `prune` leaves out what is irrelevant; `extra` are elements to add to meta."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    meta = form.meta
    # A stack of what is still to be written: a closing tag, or a node in a frame.
    stack: list[str | tuple[Frame, Node]] = [(root, form.root)]
    while stack:
        entry = stack.pop()
        if isinstance(entry, str):
            out.append(entry)
            continue
        frame, node = entry
        if prune and not frame.rel[node.slot] and node is not meta:
            continue
        name = names.name(node.tag)
        attributes = names.root if node is form.root else _attributes(frame, node, names, prune=prune)
        inner: list[str | tuple[Frame, Node]] = []
        for child in node.children:
            if child.is_repeat:
                inner.extend((kid, child) for kid in frame.kids[child.scope.place])
            elif not child.is_attribute:
                inner.append((frame, child))
        if node is meta:
            inner.extend(f"<{key}>{value.translate(_TEXT)}</{key}>" for key, value in extra.items())
        text = frame.s[node.slot]
        if not inner and not text:
            out.append(f"<{name}{attributes}/>")
            continue
        out.append(f"<{name}{attributes}>{text.translate(_TEXT)}")
        stack.append(f"</{name}>")
        stack.extend(reversed(inner))
    return "".join(out).encode()


def _attributes(frame: Frame, node: Node, names: Names, *, prune: bool) -> str:
    if not any(child.is_attribute for child in node.children):
        return ""
    return "".join(
        f' {names.name(child.tag)}="{frame.s[child.slot].translate(_ATTRIBUTE)}"'
        for child in node.children
        if child.is_attribute and (frame.rel[child.slot] or not prune)
    )


def meta_name(form: FormDef, names: Names, local: str) -> str:
    """Write the name of an element added to meta: with the prefix of instanceID."""
    prefix, colon, _ = names.name(form.instance_id.tag).rpartition(":")
    return prefix + colon + local


def stored_deprecated_id(root: Element) -> str:
    """Read the deprecatedID that an instance carries, "" if none."""
    for element in root.iter():
        if split_tag(element.tag)[1] == "deprecatedID":
            return (element.text or "").strip()
    return ""
