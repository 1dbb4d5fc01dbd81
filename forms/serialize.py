# SPDX-License-Identifier: EUPL-1.2
"""The instance as XML: elements in the order of the definition, as ODK Central and JavaRosa read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from forms.definition import Node, Scope
from forms.document import JAVAROSA, XFORMS, Element, split_tag
from forms.tree import Frame

if TYPE_CHECKING:
    from forms.form import FormDef

_USUAL: Final = {"http://openrosa.org/xforms": "orx", "http://www.opendatakit.org/xforms": "odk", JAVAROSA: "jr"}
# What XML cannot hold may come out of a calculation: a draft with it would be one that nothing reads.
_REPLACED: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd")
_TEXT: Final = _REPLACED | str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE: Final = _REPLACED | str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


class Names:
    """How tags and attributes are written: which namespaces have a prefix, declared on the root element."""

    def __init__(self, form: FormDef) -> None:
        root = form.model.primary
        address = split_tag(root.tag)[0]
        self.default = "" if address in {"", XFORMS} else address
        plain = {"", XFORMS, address}
        prefixes = {uri: prefix for prefix, uri in form.model.prefixes.items() if prefix} | _USUAL
        self._written: dict[str, str] = {}
        used: dict[str, str] = {}
        tags = [node.tag for scope in form.scopes for node in scope.nodes]
        for tag in (*tags, *root.attrib):
            before, _, local = tag.rpartition("}")
            uri = before[1:]
            if uri in plain:
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


# How a node is written: as a leaf, or as an element with others inside, begun and ended.
_LEAF, _BEGIN, _END, _REPEAT = range(4)


_Part = tuple[int, int, str, str, str, Node, tuple[tuple[str, int], ...]]
"""One thing to write for a frame: kind, slot, how it begins and ends, how it is written without any text, the node, and
for each attribute what stands before its value, and the slot."""


class Script:
    """What is written for one frame of a scope, in order, worked out once for the form."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.parts: list[_Part] = []
        # A stack of what is still to be visited: a node, or the part that ends one.
        stack: list[Node | _Part] = [scope.node]
        while stack:
            node = stack.pop()
            if isinstance(node, tuple):
                self.parts.append(node)
            elif node.is_repeat and node is not scope.node:
                self.parts.append((_REPEAT, node.scope.place, "", "", "", node, ()))
            elif node.children:
                stack.extend(reversed(self._begin(node, names)))
            else:
                name = names.name(node.tag)
                self.parts.append((_LEAF, node.slot, f"<{name}>", f"</{name}>", f"<{name}/>", node, ()))

    def _begin(self, node: Node, names: Names) -> list[Node | _Part]:
        """Note the beginning of an element; returns what follows it."""
        name = names.name(node.tag)
        fixed = names.root if node.parent is None else ""
        inner: list[Node | _Part] = [child for child in node.children if not child.is_attribute]
        attributes = tuple((f' {names.name(child.tag)}="', child.slot) for child in node.children if child.is_attribute)
        if node.parent is None:
            attributes = ()  # the root's are part of `fixed`
        end = f"</{name}>"
        begin = f"<{name}{fixed}" if attributes else f"<{name}{fixed}>"
        kind = _BEGIN if inner else _LEAF
        self.parts.append((kind, node.slot, begin, end, f"<{name}{fixed}/>", node, attributes))
        return [*inner, (_END, node.slot, "", end, "", node, ())] if inner else []


def write_instance(form: FormDef, root: Frame, *, prune: bool, extra: Mapping[str, str]) -> bytes:
    """Write the instance. `prune` leaves out what is irrelevant; `extra` are elements to add to meta."""
    added = "".join(f"<{key}>{value.translate(_TEXT)}</{key}>" for key, value in extra.items())
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(_Output(form, out.append, prune, added), root)
    return "".join(out).encode()


@dataclass(frozen=True, slots=True)
class _Output:
    form: FormDef
    write: Callable[[str], None]
    prune: bool
    added: str  # at the end of meta


def _write(to: _Output, frame: Frame) -> None:
    """Write a frame, and those inside it: repeats nest to a bounded depth (`parse.MAX_REPEAT_DEPTH`)."""
    write, prune, meta = to.write, to.prune, to.form.meta
    texts, relevant = _texts(frame, to.form), frame.rel
    for part in to.form.scripts[frame.scope.index].parts:
        kind, slot, begin, end, empty, node, attributes = part
        if kind == _REPEAT:
            for kid in frame.kids[slot]:
                if kid.rel[0] or not prune:
                    _write(to, kid)
        elif prune and not relevant[slot] and node not in to.form.kept:
            continue
        elif attributes:
            write(_with_attributes(part, frame, texts[slot], prune=prune))
        elif kind == _LEAF:
            text = texts[slot]
            write(f"{begin}{text}{end}" if text else empty)
        elif kind == _BEGIN:
            write(begin)
        else:
            write(to.added + end if node is meta else end)


def _texts(frame: Frame, form: FormDef) -> list[str]:
    """Give the texts of a frame by slot, as XML wants them."""
    for slot in form.blanks[frame.scope.index].quiet:
        frame.text(slot)  # written now if it was not
    joined = "".join(frame.s)
    if joined.isprintable() and "&" not in joined and "<" not in joined and ">" not in joined:
        return frame.s
    return [text.translate(_TEXT) for text in frame.s]


def _with_attributes(part: _Part, frame: Frame, text: str, *, prune: bool) -> str:
    """Write the beginning of an element with attributes, or a leaf with attributes as a whole."""
    kind, _, begin, end, _, _, attributes = part
    written = [
        f'{before}{frame.s[slot].translate(_ATTRIBUTE)}"' for before, slot in attributes if frame.rel[slot] or not prune
    ]
    opened = begin + "".join(written)
    if kind == _BEGIN:
        return f"{opened}>"
    return f"{opened}>{text}{end}" if text else f"{opened}/>"


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
