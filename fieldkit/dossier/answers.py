# SPDX-License-Identifier: EUPL-1.2
"""What a draft holds, question by question and entry by entry: what two copies of a record are compared by.

A key is the path of a question outside repeats, or that of an outermost repeat, whose entries are compared whole with
all that is inside them. Answers are what a person or an action of the form gave: metadata, what is calculated and what
a preload gives are made again and never compared. A file counts by its content and not by its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from forms import FormDef
    from forms.definition import Node

Content: TypeAlias = "list[tuple[str, str]]"
_HEX: Final = 20  # digits of a digest: 80 bits tell the answers of one record apart


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a repeat: its element, its answers by path below it (in form order), their digest."""

    element: Element
    content: Content
    digest: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A draft taken apart. `texts` by path (every question, "" too), `entries` by path of their repeat.

    `counted`: the repeats whose form says how many entries they have, so that an entry is what its number says.
    `places`: the elements of the tree `root`, by path, where answers are written when drafts are put together.
    """

    root: Element
    texts: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    places: dict[str, Element] = field(default_factory=dict)


def read_answers(form: FormDef, draft_xml: bytes, files: Mapping[str, str]) -> Answers:
    """Take a draft apart; `files` maps names of attached files to their sha256. Raises FormError for other XML."""
    from forms.absent import completed
    from forms.document import read_document

    found = Answers(completed(read_document(draft_xml).root, form))
    _read(found, form, form.root, found.root, files)
    return found


def _read(found: Answers, form: FormDef, node: Node, element: Element, files: Mapping[str, str]) -> None:
    found.places[node.path] = element
    for kid in node.children:
        if kid.is_repeat:
            found.entries[kid.path] = []
            if kid.scope.body is not None and kid.scope.body.count is not None:
                found.counted.add(kid.path)
    for kid, inner in _inside(node, element):
        if kid is form.meta:
            continue
        if kid.is_repeat:
            content = list(_content(kid, inner, files, len(kid.path)))
            hashed = [(path, _counted(text, files, binary)) for path, text, binary in content]
            entry = Entry(inner, [(path, text) for path, text, _ in content], _digest(json.dumps(hashed)))
            found.entries[kid.path].append(entry)
        elif kid.holds_nodes():
            _read(found, form, kid, inner, files)
        elif is_answer(kid):
            text = inner.text or ""
            found.places[kid.path] = inner
            found.texts[kid.path] = text
            found.digests[kid.path] = _digest(_counted(text, files, is_file(kid))) if text else ""


def _inside(node: Node, element: Element) -> Iterator[tuple[Node, Element]]:
    from forms.document import local_name
    from forms.parse import TEMPLATE, child_named

    for inner in element:
        kid = child_named(node, local_name(inner.tag))
        if kid is not None and TEMPLATE not in inner.attrib:
            yield kid, inner


def _content(node: Node, element: Element, files: Mapping[str, str], cut: int) -> Iterator[tuple[str, str, bool]]:
    """Yield what an entry holds: path below it with the numbers of inner entries, text, whether it names a file."""
    numbers: dict[str, int] = {}
    for kid, inner in _inside(node, element):
        if kid.is_repeat:
            numbers[kid.path] = numbers.get(kid.path, 0) + 1
            place = f"{kid.path[cut:]}[{numbers[kid.path]}]"
            yield place, "", False  # an empty entry is one too
            for path, text, binary in _content(kid, inner, files, len(kid.path)):
                yield place + path, text, binary
        elif kid.holds_nodes():
            yield from _content(kid, inner, files, cut)
        elif is_answer(kid) and inner.text:
            yield kid.path[cut:], inner.text, is_file(kid)


def is_answer(node: Node) -> bool:
    """Whether a leaf of the form holds what somebody gave."""
    return not node.bind.calculate and not node.bind.preload and not node.is_attribute


def is_file(node: Node) -> bool:
    """Whether the answer is the name of an attached file."""
    return node.bind.data_type == "binary"


def rename_files(form: FormDef, answers: Answers, names: Mapping[str, str]) -> None:
    """Give attached files other names in a draft that was taken apart, and in its tree."""
    if not names:
        return
    for path, text in answers.texts.items():
        if text in names and is_file(form.nodes[path]):
            answers.texts[path] = answers.places[path].text = names[text]
    for path, entries in answers.entries.items():
        for entry in entries:
            _walk(form.nodes[path], entry.element, lambda leaf: _rename(leaf, names))


def _walk(node: Node, element: Element, act: Callable[[Element], None]) -> None:
    for kid, inner in _inside(node, element):
        if kid.is_repeat or kid.holds_nodes():
            _walk(kid, inner, act)
        elif is_file(kid):
            act(inner)


def _rename(leaf: Element, names: Mapping[str, str]) -> None:
    leaf.text = names.get(leaf.text or "", leaf.text)


def _counted(text: str, files: Mapping[str, str], binary: bool) -> str:
    return files.get(text, text) if binary else text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HEX]
